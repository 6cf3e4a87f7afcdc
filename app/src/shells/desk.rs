//! The pages of the office that no wasm takes over: lists and forms, whole as they come from the server.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{SiteAssets, apart, document, passkeys_script};
use crate::{
    api::{
        phones::{Phone, Phones},
        report::Choice,
        statements::Statements,
        to_check::{Imported, RescueFault, ToCheck},
    },
    coordination::{
        annual::{
            Document,
            draft::{Draft, DraftPage},
            pages::{Bilans, BilansPage, Done, FiguresPage, Version, VersionPage},
        },
        audit::{Trail, TrailPage},
        bar::{OfficeBar, Place},
        composition::{Composition, CompositionPage},
        helplines::{Helplines, HelplinesPage},
        imports::{Imported as File, Imports, ImportsPage, Preview, PreviewPage, UndoPage},
        keys::{Keys, KeysPage},
        needs::{Needs, NeedsPage},
        network_life::{
            accounts::{Accounts, AccountsPage},
            holidays::{Holidays, HolidaysPage},
            journal::{Journal, JournalPage},
            territories::{Territories, TerritoriesPage},
        },
        objectives::{Objectives, ObjectivesPage},
        phones::{PhonesPage, WithdrawPage},
        rescue::RescuePage,
        service::{Service, ServicePage},
        staff::{
            Filled, Staff, StaffPage, StructurePage,
            access::{FreshInvitation, InvitationPage},
            promeneur::{PromeneurPage, PromeneurStaff},
        },
        statements::StatementsPage,
        to_check::ToCheckPage,
        to_decide::{Act, Decision, DecisionPage},
    },
    domain::{coded::Coded, fr, ids::StructureId, period::Period, person::Role, scope::Scope},
};

/// What every page of the office needs: the site, and as what one looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The built site.
    pub site: &'a SiteAssets,
    /// As what one is here.
    pub role: &'a Coded<Role>,
}

fn page(desk: Desk<'_>, title: &str, here: Place, content: impl FnOnce() -> AnyView) -> String {
    page_with(desk, title, here, || ().into_any(), content)
}

/// A page with more in its head.
fn page_with(
    desk: Desk<'_>,
    title: &str,
    here: Place,
    head: impl FnOnce() -> AnyView,
    content: impl FnOnce() -> AnyView,
) -> String {
    let Desk { site, role } = desk;
    apart(|| {
        let body = view! {
            <div class="office">
                <a class="skip-link" href="#contenu">"Aller au contenu"</a>
                <OfficeBar here=here role=role.clone() />
                <main class="office-page" id="contenu" tabindex="-1">{content()}</main>
            </div>
        };
        document(site, &site.office, &format!("{title} – Lanterne"), head(), body)
    })
}

/// `/coordination/telephones`.
pub fn phones(desk: Desk<'_>, phones: Phones) -> String {
    page(desk, "Téléphones", Place::Phones, || view! { <PhonesPage phones=phones /> }.into_any())
}

/// `/coordination/releves/…`.
pub fn statements(desk: Desk<'_>, statements: Statements) -> String {
    let title = format!("Relevés {}", fr::of(&Period::month_of(statements.month).label()));
    page(desk, &title, Place::Statements, || view! { <StatementsPage statements=statements /> }.into_any())
}

/// `/coordination/objectifs`.
pub fn objectives(desk: Desk<'_>, objectives: Objectives) -> String {
    page(desk, "Objectifs", Place::Dashboard, || view! { <ObjectivesPage page=objectives /> }.into_any())
}

/// `/coordination/import`.
pub fn imports(desk: Desk<'_>, imports: Imports) -> String {
    page(desk, "Importer", Place::Bilans, || view! { <ImportsPage page=imports /> }.into_any())
}

/// `/coordination/import/…`.
pub fn import(desk: Desk<'_>, preview: Preview) -> String {
    let title = format!("Importer {}", preview.file.file_name);
    page(desk, &title, Place::Bilans, || view! { <PreviewPage page=preview /> }.into_any())
}

/// `/coordination/import/…/retirer`.
pub fn undo_import(desk: Desk<'_>, file: File, withdrawn: i64, kept: i64) -> String {
    page(desk, "Retirer un import", Place::Bilans, || {
        view! { <UndoPage file=file withdrawn=withdrawn kept=kept /> }.into_any()
    })
}

/// `/coordination/cles`.
pub fn keys(desk: Desk<'_>, keys: Keys) -> String {
    page(desk, "Clés d’accès", Place::Bilans, || view! { <KeysPage page=keys /> }.into_any())
}

/// `/coordination/besoins`.
pub fn needs(desk: Desk<'_>, needs: Needs) -> String {
    let title = format!("Besoins, {}", needs.period.label());
    page(desk, &title, Place::Statements, || view! { <NeedsPage needs=needs /> }.into_any())
}

/// `/coordination/telephones/…/retirer`.
pub fn withdraw(desk: Desk<'_>, phone: Phone, today: NaiveDate) -> String {
    page(desk, "Retirer un téléphone", Place::Phones, || {
        view! { <WithdrawPage phone=phone today=today /> }.into_any()
    })
}

/// `/coordination/a-verifier`.
pub fn to_check(desk: Desk<'_>, to_check: ToCheck) -> String {
    page(desk, "À vérifier", Place::ToCheck, || view! { <ToCheckPage to_check=to_check /> }.into_any())
}

/// `/coordination/a-verifier/…/corriger`, `demander`, `ecarter`.
pub fn decide(desk: Desk<'_>, decision: Decision) -> String {
    let title = match decision.act {
        Act::Correct => "Corriger une saisie",
        Act::Ask => "Demander une précision",
        Act::Drop => "Écarter une saisie",
    };
    page(desk, title, Place::ToCheck, || view! { <DecisionPage decision=decision /> }.into_any())
}

/// `/coordination/numeros`.
pub fn helplines(desk: Desk<'_>, helplines: Helplines) -> String {
    page(desk, "Numéros utiles", Place::Helplines, || view! { <HelplinesPage page=helplines /> }.into_any())
}

/// `/coordination/reseau`.
pub fn journal(desk: Desk<'_>, journal: Journal) -> String {
    page(desk, "Réseau", Place::Life, || view! { <JournalPage page=journal /> }.into_any())
}

/// `/coordination/equipe`.
pub fn staff(desk: Desk<'_>, staff: Staff) -> String {
    page(desk, "Équipe et accès", Place::Life, || view! { <StaffPage page=staff /> }.into_any())
}

/// `/coordination/equipe/structures/<id>`.
pub fn structure(desk: Desk<'_>, structure: Choice<StructureId>, filled: Filled) -> String {
    let title = structure.name.clone();
    page(desk, &title, Place::Life, || view! { <StructurePage structure=structure filled=filled /> }.into_any())
}

/// `/coordination/equipe/promeneurs/<id>`.
pub fn promeneur(desk: Desk<'_>, promeneur: PromeneurStaff) -> String {
    let title = promeneur.person.name.clone();
    page(desk, &title, Place::Life, || view! { <PromeneurPage page=promeneur /> }.into_any())
}

/// An invitation that was just made.
pub fn invitation(desk: Desk<'_>, invitation: FreshInvitation) -> String {
    let title = format!("Invitation pour {}", invitation.name);
    page(desk, &title, Place::Life, || view! { <InvitationPage invitation=invitation /> }.into_any())
}

/// `/coordination/reseau/comptes`.
pub fn accounts(desk: Desk<'_>, accounts: Accounts) -> String {
    page(desk, "Comptes professionnels", Place::Life, || view! { <AccountsPage page=accounts /> }.into_any())
}

/// `/coordination/reseau/territoires`.
pub fn territories(desk: Desk<'_>, territories: Territories) -> String {
    page(desk, "Territoires", Place::Life, || view! { <TerritoriesPage page=territories /> }.into_any())
}

/// `/coordination/reseau/vacances`.
pub fn holidays(desk: Desk<'_>, holidays: Holidays) -> String {
    page(desk, "Vacances scolaires", Place::Life, || view! { <HolidaysPage page=holidays /> }.into_any())
}

/// `/coordination/composition`.
pub fn composition(desk: Desk<'_>, composition: Composition) -> String {
    page(desk, "Ce qui compose ces chiffres", Place::Dashboard, || {
        view! { <CompositionPage page=composition /> }.into_any()
    })
}

/// `/coordination/bilans`.
pub fn bilans(desk: Desk<'_>, bilans: Bilans) -> String {
    page(desk, "Bilans", Place::Bilans, || view! { <BilansPage page=bilans /> }.into_any())
}

/// `/coordination/bilans/chiffres`.
pub fn figures(desk: Desk<'_>, document: Document, period: Period, scope: Scope) -> String {
    let title = format!("{}, {}", document.title, document.scope);
    page(desk, &title, Place::Bilans, || {
        view! { <FiguresPage document=document period=period scope=scope /> }.into_any()
    })
}

/// `/coordination/bilans/ecrire`.
pub fn bilan_draft(desk: Desk<'_>, draft: Draft) -> String {
    let title = format!("{}, {}, projet", draft.document.title, draft.document.scope);
    page(desk, &title, Place::Bilans, || view! { <DraftPage draft=draft /> }.into_any())
}

/// `/coordination/bilans/<id>`.
pub fn bilan_version(desk: Desk<'_>, version: Version, document: Document, done: Option<Done>) -> String {
    let title = format!("{}, {}, version {}", document.title, document.scope, version.number);
    page(desk, &title, Place::Bilans, || {
        view! { <VersionPage version=version document=document done=done /> }.into_any()
    })
}

/// `/coordination/service`.
pub fn service(desk: Desk<'_>, service: Service) -> String {
    page(desk, "Service", Place::Life, || view! { <ServicePage page=service /> }.into_any())
}

/// `/coordination/service/actes`.
pub fn trail(desk: Desk<'_>, trail: Trail) -> String {
    page(desk, "Actes d’administration", Place::Life, || view! { <TrailPage page=trail /> }.into_any())
}

/// `/acces`.
pub(super) fn own_access(desk: Desk<'_>, passkeys: Option<&str>, content: impl FnOnce() -> AnyView) -> String {
    page_with(desk, "Mon accès", Place::Own, || passkeys_script(desk.site, passkeys), content)
}

/// `/coordination/fichier-de-secours`.
pub fn rescue(desk: Desk<'_>, done: Option<Result<Imported, RescueFault>>) -> String {
    page(desk, "Fichier de secours", Place::ToCheck, || view! { <RescuePage done=done /> }.into_any())
}
