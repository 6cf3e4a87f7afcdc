//! « Équipe et accès »: structures, promeneurs, invitations.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::STAFF,
        staff::{
            Done, Filled, PersonLine, Staff,
            access::{AccessList, FreshInvitation, INVITED},
            promeneur::PromeneurStaff,
            role_fault,
        },
    },
    domain::{
        coded::Code,
        ids::{AccountId, InvitationId, PromeneurId, StructureId},
        person::{Me, Role},
        staff::{Faults, NAME_LENGTH, PromeneurForm, StaffFault, StructureForm, name, sane_day, typed_hours},
        time::Span,
        typed::{Typed, text},
    },
    shells,
};
use axum::{
    Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use chrono::TimeDelta;
use serde::Deserialize;

use super::{AppState, Caller, answer, html, malformed};
use crate::{
    auth::token::Token,
    clock::day_in,
    db::{
        Tx, failed,
        invitations::{self, Invitee},
        people::{self, NewPromeneur, Place},
        staff,
    },
    http::invitation::{link_of, outline_of},
    waiting::Days,
};

/// What an address says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
    remplace: Option<PromeneurId>,
}

/// The three forms of the page, of which one may hold something.
#[derive(Default)]
struct Forms {
    structure: Filled,
    promeneur: Filled,
    invitation: Filled,
}

type Sent = Result<Form<Typed>, FormRejection>;

async fn shown(state: &AppState, me: &Me, asked: Asked, forms: Forms) -> Result<Response, AppError> {
    let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let (structures, others) = staff::list(&mut tx, today).await.map_err(failed)?;
    let open = staff::accesses(&mut tx, None, None).await.map_err(failed)?;
    let invited = invitations::list(&mut tx, None).await.map_err(failed)?;
    let Forms { structure, mut promeneur, invitation } = forms;
    if let Some(left) = asked.remplace {
        // Whoever comes takes the place from the day on which it is free.
        if let Some((person, minutes)) = staff::person(&mut tx, left, today).await.map_err(failed)? {
            let place = staff::place_of(&mut tx, left).await.map_err(failed)?;
            promeneur.typed = typed([
                ("structure", place.map(|id| id.to_string()).unwrap_or_default()),
                ("depuis", person.left_on.map(|day| day.to_string()).unwrap_or_default()),
                ("heures", minutes.map(typed_hours).unwrap_or_default()),
            ]);
        }
    }
    tx.commit().await.map_err(failed)?;
    let is_wrong = [&structure, &promeneur, &invitation].iter().any(|form| !form.faults.is_empty());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let access = AccessList { open, invited, me: Some(me.account) };
    let done = Done::from_code(&asked.fait);
    let page = Staff { today, structures, others, access, done, structure, promeneur, invitation };
    Ok((status, html(shells::desk::staff(state.desk_of(me), page))).into_response())
}

fn typed<const N: usize>(pairs: [(&str, String); N]) -> Typed {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

fn back(page: &str, done: Done) -> Response {
    Redirect::to(&format!("{page}?fait={}", done.code())).into_response()
}

/// `GET /coordination/equipe`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    answer(&state, shown(&state, &me, asked, Forms::default())).await
}

/// `POST /coordination/equipe/structures`.
pub(super) async fn add_structure(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let form = match StructureForm::parse(&typed) {
            Ok(form) => form,
            Err(faults) => {
                let forms = Forms { structure: Filled { typed, faults }, ..Forms::default() };
                return shown(&state, &me, Asked::default(), forms).await;
            }
        };
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        // The second tap finds it there.
        if people::structure_named(&mut tx, &form.name, &form.commune).await.map_err(failed)?.is_none() {
            people::create_structure(&mut tx, me.scheme, &form.name, form.kind.code(), &form.commune)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, "structure added");
        Ok(back(STAFF, Done::Structure))
    })
    .await
}

/// `GET /coordination/equipe/structures/{id}`.
pub(super) async fn structure(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<StructureId>,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        let (structure, typed) = staff::structure(&mut tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        tx.commit().await.map_err(failed)?;
        let filled = Filled { typed, faults: Faults::new() };
        Ok(html(shells::desk::structure(state.desk_of(&me), structure, filled)))
    })
    .await
}

/// `POST /coordination/equipe/structures/{id}`.
pub(super) async fn set_structure(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<StructureId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let (structure, _) = staff::structure(&mut tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        match StructureForm::parse(&typed) {
            Ok(form) => staff::update_structure(&mut tx, id, &form).await.map_err(failed)?,
            Err(faults) => {
                tx.rollback().await.map_err(failed)?;
                let page = html(shells::desk::structure(state.desk_of(&me), structure, Filled { typed, faults }));
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        };
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, structure = %id, "structure changed");
        Ok(back(STAFF, Done::Structure))
    })
    .await
}

/// The structure of a form, where it is one of the network.
async fn structure_of(tx: &mut Tx, typed: &Typed, field: &str) -> Result<Option<StructureId>, AppError> {
    let Ok(id) = text(typed, field).parse() else { return Ok(None) };
    Ok(staff::structure(tx, id).await.map_err(failed)?.map(|_| id))
}

/// `POST /coordination/equipe/promeneurs`.
pub(super) async fn add_promeneur(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let structure = structure_of(&mut tx, &typed, "structure").await?;
        let (form, structure) = match (PromeneurForm::parse(&typed), structure) {
            (Ok(form), Some(structure)) => (form, structure),
            (read, structure) => {
                let mut faults = read.err().unwrap_or_default();
                if structure.is_none() {
                    faults.push(("structure", StaffFault::Structure));
                }
                tx.rollback().await.map_err(failed)?;
                let forms = Forms { promeneur: Filled { typed, faults }, ..Forms::default() };
                return shown(&state, &me, Asked::default(), forms).await;
            }
        };
        let id = match staff::same(&mut tx, &form, structure).await.map_err(failed)? {
            // The second tap finds them there.
            Some(id) => id,
            None => {
                let new = NewPromeneur {
                    name: &form.name,
                    structure,
                    labelled_on: form.labelled_on,
                    left_on: None,
                    leave: None,
                    weekly_minutes: form.weekly_minutes,
                };
                people::create_promeneur(&mut tx, me.scheme, &new).await.map_err(failed)?
            }
        };
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur added");
        Ok(back(&format!("{STAFF}/promeneurs/{id}"), Done::Promeneur))
    })
    .await
}

/// The forms of a promeneur's page, of which one may hold something.
#[derive(Default)]
struct Of {
    about: Option<Filled>,
    moving: Filled,
    leaving: Filled,
    done: Option<Done>,
}

async fn one(state: &AppState, me: &Me, id: PromeneurId, of: Of) -> Result<Response, AppError> {
    let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let found = staff::person(&mut tx, id, today).await.map_err(failed)?;
    let (person, minutes) = found.ok_or(ErrorCode::NotFound)?;
    let structures = staff::history(&mut tx, id).await.map_err(failed)?;
    let leaves = staff::leaves(&mut tx, id).await.map_err(failed)?;
    let access = staff::accesses(&mut tx, Some(id), None).await.map_err(failed)?.into_iter().next();
    let invited = invitations::list(&mut tx, Some(id)).await.map_err(failed)?.into_iter().next();
    let pending = staff::pending(&mut tx, id).await.map_err(failed)?;
    let (all, _) = staff::list(&mut tx, today).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let Of { about, moving, leaving, done } = of;
    let is_wrong = about.is_some() || !moving.faults.is_empty() || !leaving.faults.is_empty();
    let now = as_typed(&person, minutes);
    let mark = mark_of(&now);
    let mut about = about.unwrap_or_else(|| Filled { typed: now, faults: Faults::new() });
    about.typed.insert("avant".to_owned(), mark);
    let choices = all.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PromeneurStaff {
        today,
        person,
        structures,
        leaves,
        access,
        invited,
        pending,
        choices,
        done,
        about,
        moving,
        leaving,
    };
    Ok((status, html(shells::desk::promeneur(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/equipe/promeneurs/{id}`.
pub(super) async fn promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
    answer(&state, one(&state, &me, id, Of { done, ..Of::default() })).await
}

/// A promeneur as the form holds them.
fn as_typed(person: &PersonLine, minutes: Option<i32>) -> Typed {
    typed([
        ("nom", person.name.clone()),
        ("depuis", person.labelled_on.to_string()),
        ("heures", minutes.map(typed_hours).unwrap_or_default()),
        ("depart", person.left_on.map(|day| day.to_string()).unwrap_or_default()),
    ])
}

/// From what a form was made, in one text: whoever sends it back has seen just that.
fn mark_of(typed: &Typed) -> String {
    ["nom", "depuis", "heures", "depart"].map(|name| text(typed, name)).join("|")
}

fn page_of(id: PromeneurId) -> String {
    format!("{STAFF}/promeneurs/{id}")
}

/// `POST /coordination/equipe/promeneurs/{id}`.
pub(super) async fn set_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let form = match PromeneurForm::parse(&typed) {
            Ok(form) => form,
            Err(faults) => {
                let about = Some(Filled { typed, faults });
                return one(&state, &me, id, Of { about, ..Of::default() }).await;
            }
        };
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let (person, minutes) = staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        let now = as_typed(&person, minutes);
        if text(&typed, "avant") != mark_of(&now) {
            tx.rollback().await.map_err(failed)?;
            // What was typed stays; sent again it is taken, by somebody who has been told.
            let about = Some(Filled { typed, faults: vec![("nom", StaffFault::Changed)] });
            return one(&state, &me, id, Of { about, ..Of::default() }).await;
        }
        staff::update_promeneur(&mut tx, id, &form).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur changed");
        Ok(back(&page_of(id), Done::Promeneur))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/structure`.
pub(super) async fn move_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        let structure = structure_of(&mut tx, &typed, "structure").await?;
        // A year further than today is a slip of the finger.
        let day = sane_day(&typed, "arrivee").filter(|day| *day <= today + TimeDelta::days(366));
        let mut faults = Faults::new();
        if structure.is_none() {
            faults.push(("structure", StaffFault::Structure));
        }
        if day.is_none() {
            faults.push(("arrivee", StaffFault::Day));
        }
        if let (Some(structure), Some(day)) = (structure, day)
            && !staff::move_promeneur(&mut tx, me.scheme, id, structure, day).await.map_err(failed)?
        {
            faults.push(("arrivee", StaffFault::Order));
        }
        if !faults.is_empty() {
            tx.rollback().await.map_err(failed)?;
            let moving = Filled { typed, faults };
            return one(&state, &me, id, Of { moving, ..Of::default() }).await;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur moved");
        Ok(back(&page_of(id), Done::Moved))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/absences`.
pub(super) async fn add_leave(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (from, until) = (sane_day(&typed, "du"), sane_day(&typed, "au"));
        let mut faults = Faults::new();
        if from.is_none() {
            faults.push(("du", StaffFault::Day));
        }
        match (from, until) {
            (_, None) => faults.push(("au", StaffFault::Day)),
            (Some(from), Some(until)) if until < from => faults.push(("au", StaffFault::Order)),
            _ => {}
        }
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        if let (Some(from), true) = (from, faults.is_empty())
            && !staff::add_leave(&mut tx, me.scheme, id, Span { from, until }).await.map_err(failed)?
        {
            faults.push(("du", StaffFault::Overlap));
        }
        if !faults.is_empty() {
            tx.rollback().await.map_err(failed)?;
            let leaving = Filled { typed, faults };
            return one(&state, &me, id, Of { leaving, ..Of::default() }).await;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "leave noted");
        Ok(back(&page_of(id), Done::Leave))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/absences/retirer`.
pub(super) async fn remove_leave(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let from = sane_day(&typed, "du").ok_or_else(|| AppError::at(ErrorCode::Malformed, "du"))?;
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        staff::remove_leave(&mut tx, id, from).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "leave removed");
        Ok(back(&page_of(id), Done::LeaveRemoved))
    })
    .await
}

/// Makes an invitation and shows its link, which is never shown again.
async fn invite(
    state: &AppState,
    headers: &HeaderMap,
    me: &Me,
    mut tx: Tx,
    name: &str,
    invitee: Invitee,
    role: Role,
) -> Result<Response, AppError> {
    let token = Token::fresh().map_err(|_| AppError::new(ErrorCode::Internal))?;
    let zone = people::scheme(&mut tx).await.map_err(failed)?.time_zone;
    // The operator may have given a longer one.
    let name: String = name.chars().take(NAME_LENGTH).collect();
    let until = invitations::create(&mut tx, me, &name, invitee, &token.hash()).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, role = role.code(), "invitation made");
    let link = link_of(state, headers, &token);
    let (outline, cells) = outline_of(&link).ok_or(ErrorCode::Internal)?;
    let invitation = FreshInvitation {
        name,
        role: role.into(),
        is_recovery: matches!(invitee, Invitee::Holder(..)),
        link,
        outline,
        cells,
        until: day_in(&zone, until),
    };
    Ok(html(shells::desk::invitation(state.desk_of(me), invitation)))
}

/// `POST /coordination/equipe/promeneurs/{id}/inviter`.
pub(super) async fn invite_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    headers: HeaderMap,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let (person, _) = staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        if !staff::accesses(&mut tx, Some(id), None).await.map_err(failed)?.is_empty() {
            tx.rollback().await.map_err(failed)?;
            return Ok(Redirect::to(&page_of(id)).into_response());
        }
        let invitee = Invitee::Newcomer(Place::Promeneur(id));
        invite(&state, &headers, &me, tx, &person.name, invitee, Role::Promeneur).await
    })
    .await
}

/// `POST /coordination/equipe/invitations`.
pub(super) async fn invite_other(
    State(state): State<AppState>,
    Caller(me): Caller,
    headers: HeaderMap,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let role = Role::from_code(text(&typed, "role")).filter(|role| INVITED.contains(role));
        let person = name(&typed, "personne");
        let mut faults = if role.is_none() { role_fault() } else { Faults::new() };
        if person.is_none() {
            faults.push(("personne", StaffFault::Name));
        }
        let place = match role {
            Some(Role::StructureManager) => {
                structure_of(&mut tx, &typed, "direction").await?.map(Place::StructureManager)
            }
            Some(Role::Caf) => Some(Place::Caf),
            Some(Role::Committee) => Some(Place::Committee),
            _ => Some(Place::Coordinator),
        };
        if place.is_none() {
            faults.push(("direction", StaffFault::Structure));
        }
        match (role, person, place) {
            (Some(role), Some(person), Some(place)) if faults.is_empty() => {
                invite(&state, &headers, &me, tx, &person, Invitee::Newcomer(place), role).await
            }
            _ => {
                tx.rollback().await.map_err(failed)?;
                let forms = Forms { invitation: Filled { typed, faults }, ..Forms::default() };
                shown(&state, &me, Asked::default(), forms).await
            }
        }
    })
    .await
}

/// `POST /coordination/equipe/invitations/{id}/retirer`.
pub(super) async fn revoke_invitation(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<InvitationId>,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        invitations::revoke(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, invitation = %id, "invitation taken back");
        Ok(back(STAFF, Done::Revoked))
    })
    .await
}

/// `POST /coordination/equipe/acces/{account}/lien`.
pub(super) async fn recover(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
    headers: HeaderMap,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let access = staff::accesses(&mut tx, None, Some(account)).await.map_err(failed)?.pop();
        let access = access.filter(|access| access.closed_on.is_none()).ok_or(ErrorCode::NotFound)?;
        let role = access.role.known().ok_or(ErrorCode::NotFound)?;
        invite(&state, &headers, &me, tx, &access.name, Invitee::Holder(account, role), role).await
    })
    .await
}

async fn set_closed(state: AppState, me: Me, account: AccountId, is_closed: bool) -> Response {
    answer(&state, async {
        // Whoever shuts themselves out has nobody to open again.
        if account == me.account {
            return Err(ErrorCode::Forbidden.into());
        }
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        if !staff::set_closed(&mut tx, account, is_closed).await.map_err(failed)? {
            return Err(ErrorCode::NotFound.into());
        }
        let promeneur = staff::promeneur_of(&mut tx, account).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, %account, is_closed, "access closed or opened");
        let done = if is_closed { Done::Closed } else { Done::Reopened };
        Ok(back(&promeneur.map_or_else(|| STAFF.to_owned(), page_of), done))
    })
    .await
}

/// `POST /coordination/equipe/acces/{account}/fermer`.
pub(super) async fn close(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
) -> Response {
    set_closed(state, me, account, true).await
}

/// `POST /coordination/equipe/acces/{account}/rouvrir`.
pub(super) async fn reopen(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(account): Path<AccountId>,
) -> Response {
    set_closed(state, me, account, false).await
}
