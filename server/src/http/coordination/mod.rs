//! The coordinator's pages that are plain HTML and plain forms: they work without JavaScript. What other sites send is
//! refused before it comes here (`limits::same_site_only`).

mod bilans;
mod composition;
mod export;
mod helplines;
mod holidays;
mod imports;
mod keys;
mod network_life;
mod objectives;
mod phones;
mod rescue;
mod service;
mod staff;
mod statements;
mod to_check;

use app::{
    api::error::{AppError, ErrorCode},
    domain::{access::Act, person::Me, typed::Typed},
};
use axum::{
    Form,
    extract::{
        DefaultBodyLimit,
        rejection::{FormRejection, QueryRejection},
    },
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

use super::{
    AppState,
    pages::{self, Caller, Page, answer, attachment},
};
use crate::db::{
    audit::{self, Export},
    failed,
};

/// Every page of the office. What does not stand here has no address.
pub const PAGES: &[Page] = &[
    ("/coordination", Act::Figures, || get(pages::dashboard)),
    ("/coordination/tableau.csv", Act::Figures, || get(export::file)),
    ("/coordination/composition", Act::Figures, || get(composition::page)),
    ("/coordination/releves", Act::Statements, || get(statements::last_month)),
    ("/coordination/releves/{month}", Act::Statements, || get(statements::page)),
    ("/coordination/besoins", Act::Statements, || get(statements::needs)),
    ("/coordination/objectifs", Act::Objectives, || get(objectives::page).post(objectives::set)),
    ("/coordination/cles", Act::Keys, || get(keys::page).post(keys::give)),
    ("/coordination/cles/{id}/retirer", Act::Keys, || post(keys::revoke)),
    ("/coordination/telephones", Act::Phones, || get(phones::page)),
    ("/coordination/telephones/{id}/retirer", Act::Phones, || get(phones::confirm).post(phones::withdraw)),
    ("/coordination/a-verifier", Act::ToCheck, || get(to_check::page)),
    ("/coordination/a-verifier/tout-accepter", Act::ToCheck, || post(to_check::accept_all)),
    ("/coordination/a-verifier/{op}/accepter", Act::ToCheck, || post(to_check::accept)),
    ("/coordination/a-verifier/{op}/corriger", Act::ToCheck, || get(to_check::correct_page).post(to_check::correct)),
    ("/coordination/a-verifier/{op}/demander", Act::ToCheck, || get(to_check::ask_page).post(to_check::ask)),
    ("/coordination/a-verifier/{op}/ecarter", Act::ToCheck, || get(to_check::drop_page).post(to_check::set_aside)),
    ("/coordination/numeros", Act::Helplines, || get(helplines::page).post(helplines::put)),
    ("/coordination/numeros/retirer", Act::Helplines, || post(helplines::remove)),
    ("/coordination/reseau", Act::NetworkLife, || get(network_life::journal).post(network_life::put)),
    ("/coordination/reseau/actions/{id}", Act::NetworkLife, || get(network_life::edit)),
    ("/coordination/reseau/actions/{id}/retirer", Act::NetworkLife, || post(network_life::withdraw)),
    ("/coordination/reseau/actions/{id}/remettre", Act::NetworkLife, || post(network_life::restore)),
    ("/coordination/reseau/comptes", Act::NetworkLife, || get(network_life::accounts).post(network_life::check)),
    ("/coordination/reseau/comptes/retirer", Act::NetworkLife, || post(network_life::forget)),
    ("/coordination/reseau/territoires", Act::NetworkLife, || get(network_life::territories).post(network_life::place)),
    ("/coordination/reseau/vacances", Act::NetworkLife, || get(holidays::page).post(holidays::add)),
    ("/coordination/reseau/vacances/retirer", Act::NetworkLife, || post(holidays::remove)),
    ("/coordination/equipe", Act::Staff, || get(staff::page)),
    ("/coordination/equipe/structures", Act::Staff, || post(staff::add_structure)),
    ("/coordination/equipe/structures/{id}", Act::Staff, || get(staff::structure).post(staff::set_structure)),
    ("/coordination/equipe/promeneurs", Act::Staff, || post(staff::promeneur::add_promeneur)),
    ("/coordination/equipe/promeneurs/{id}", Act::Staff, || {
        get(staff::promeneur::promeneur).post(staff::promeneur::set_promeneur)
    }),
    ("/coordination/equipe/promeneurs/{id}/structure", Act::Staff, || post(staff::promeneur::move_promeneur)),
    ("/coordination/equipe/promeneurs/{id}/absences", Act::Staff, || post(staff::promeneur::add_leave)),
    ("/coordination/equipe/promeneurs/{id}/absences/retirer", Act::Staff, || post(staff::promeneur::remove_leave)),
    ("/coordination/equipe/promeneurs/{id}/inviter", Act::Staff, || post(staff::access::invite_promeneur)),
    ("/coordination/equipe/invitations", Act::Staff, || post(staff::access::invite_other)),
    ("/coordination/equipe/invitations/{id}/envoyer", Act::Staff, || post(staff::access::mail)),
    ("/coordination/equipe/invitations/{id}/retirer", Act::Staff, || post(staff::access::revoke_invitation)),
    ("/coordination/equipe/acces/{id}/lien", Act::Staff, || post(staff::access::recover)),
    ("/coordination/equipe/acces/{id}/fermer", Act::Staff, || post(staff::access::close)),
    ("/coordination/equipe/acces/{id}/rouvrir", Act::Staff, || post(staff::access::reopen)),
    ("/coordination/service", Act::Service, || get(service::page).post(service::set)),
    ("/coordination/service/genre", Act::Service, || post(service::ask_gender)),
    ("/coordination/service/actes", Act::Service, || get(service::trail)),
    ("/coordination/bilans", Act::Bilans, || get(bilans::all)),
    ("/coordination/bilans/chiffres", Act::Bilans, || get(bilans::figures)),
    ("/coordination/bilans/chiffres/{file}", Act::Bilans, || get(bilans::figures_file)),
    ("/coordination/bilans/{id}", Act::Bilans, || get(bilans::version)),
    ("/coordination/bilans/{id}/{file}", Act::Bilans, || get(bilans::version_file)),
    ("/coordination/bilans/seuil", Act::WriteBilans, || post(bilans::set_masking)),
    ("/coordination/bilans/ecrire", Act::WriteBilans, || get(bilans::write)),
    ("/coordination/bilans/ecrire/{file}", Act::WriteBilans, || get(bilans::draft_file)),
    ("/coordination/bilans/texte", Act::WriteBilans, || post(bilans::keep_text)),
    ("/coordination/bilans/publier", Act::WriteBilans, || post(bilans::publish)),
    ("/coordination/import", Act::Imports, || {
        get(imports::all).post(imports::bring).layer(DefaultBodyLimit::max(imports::LARGEST_FORM))
    }),
    ("/coordination/import/{id}", Act::Imports, || get(imports::preview).post(imports::say)),
    ("/coordination/import/{id}/importer", Act::Imports, || post(imports::take)),
    ("/coordination/import/{id}/abandonner", Act::Imports, || post(imports::abandon)),
    ("/coordination/import/{id}/retirer", Act::Imports, || get(imports::confirm).post(imports::undo)),
    ("/coordination/fichier-de-secours", Act::Imports, || {
        get(rescue::page).post(rescue::import).layer(DefaultBodyLimit::max(rescue::LARGEST_FORM))
    }),
];

/// The fields of a form that was sent, where it can be read.
type Sent = Result<Form<Typed>, FormRejection>;

/// A query or a form that could not be read.
fn malformed<T>(_: T) -> AppError {
    AppError::new(ErrorCode::Malformed)
}

/// An address that asks for what its page does not know: a filter left out unseen would look like one that was heeded.
fn unknown_filter(rejection: QueryRejection) -> AppError {
    // « unknown field `x`, expected … »
    let said = rejection.body_text();
    let name = said.split('`').nth(1).filter(|_| said.contains("unknown field"));
    match name {
        Some(name) => AppError::at(ErrorCode::FilterUnknown, name),
        None => ErrorCode::FilterUnknown.into(),
    }
}

/// Notes that a file leaves the office.
async fn leaves(state: &AppState, me: &Me, what: Export, key: &str) -> Result<(), AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    audit::export(&mut tx, what, key).await.map_err(failed)?;
    tx.commit().await.map_err(failed)
}

/// A page of ours.
fn html(text: String) -> Response {
    Html(text).into_response()
}
