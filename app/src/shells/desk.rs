//! The pages of the office that no wasm takes over: lists and forms, whole as they come from the server.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{SiteAssets, apart, document};
use crate::{
    api::{
        phones::{Phone, Phones},
        statements::Statements,
        to_check::{Imported, RescueFault, ToCheck},
    },
    coordination::{
        annual::{
            Document,
            draft::{Draft, DraftPage},
            pages::{Bilans, BilansPage, Done, Version, VersionPage},
        },
        bar::{OfficeBar, Place},
        helplines::{Helplines, HelplinesPage},
        imports::{Imported as File, Imports, ImportsPage, Preview, PreviewPage, UndoPage},
        keys::{Keys, KeysPage},
        needs::{Needs, NeedsPage},
        objectives::{Objectives, ObjectivesPage},
        phones::{PhonesPage, WithdrawPage},
        rescue::RescuePage,
        statements::StatementsPage,
        to_check::ToCheckPage,
        to_decide::{Act, Decision, DecisionPage},
    },
    domain::{fr, period::Period},
};

fn page(site: &SiteAssets, title: &str, here: Place, content: impl FnOnce() -> AnyView) -> String {
    apart(|| {
        let body = view! {
            <div class="office">
                <a class="skip-link" href="#contenu">"Aller au contenu"</a>
                <OfficeBar here=here />
                <main class="office-page" id="contenu" tabindex="-1">{content()}</main>
            </div>
        };
        document(site, &site.office, &format!("{title} – Lanterne"), (), body)
    })
}

/// `/coordination/telephones`.
pub fn phones(site: &SiteAssets, phones: Phones) -> String {
    page(site, "Téléphones", Place::Phones, || view! { <PhonesPage phones=phones /> }.into_any())
}

/// `/coordination/releves/…`.
pub fn statements(site: &SiteAssets, statements: Statements) -> String {
    let title = format!("Relevés {}", fr::of(&Period::month_of(statements.month).label()));
    page(site, &title, Place::Statements, || view! { <StatementsPage statements=statements /> }.into_any())
}

/// `/coordination/objectifs`.
pub fn objectives(site: &SiteAssets, objectives: Objectives) -> String {
    page(site, "Objectifs", Place::Dashboard, || view! { <ObjectivesPage page=objectives /> }.into_any())
}

/// `/coordination/import`.
pub fn imports(site: &SiteAssets, imports: Imports) -> String {
    page(site, "Importer", Place::Bilans, || view! { <ImportsPage page=imports /> }.into_any())
}

/// `/coordination/import/…`.
pub fn import(site: &SiteAssets, preview: Preview) -> String {
    let title = format!("Importer {}", preview.file.file_name);
    page(site, &title, Place::Bilans, || view! { <PreviewPage page=preview /> }.into_any())
}

/// `/coordination/import/…/retirer`.
pub fn undo_import(site: &SiteAssets, file: File, withdrawn: i64, kept: i64) -> String {
    page(site, "Retirer un import", Place::Bilans, || {
        view! { <UndoPage file=file withdrawn=withdrawn kept=kept /> }.into_any()
    })
}

/// `/coordination/cles`.
pub fn keys(site: &SiteAssets, keys: Keys) -> String {
    page(site, "Clés d’accès", Place::Bilans, || view! { <KeysPage page=keys /> }.into_any())
}

/// `/coordination/besoins`.
pub fn needs(site: &SiteAssets, needs: Needs) -> String {
    let title = format!("Besoins, {}", needs.period.label());
    page(site, &title, Place::Statements, || view! { <NeedsPage needs=needs /> }.into_any())
}

/// `/coordination/telephones/…/retirer`.
pub fn withdraw(site: &SiteAssets, phone: Phone, today: NaiveDate) -> String {
    page(site, "Retirer un téléphone", Place::Phones, || {
        view! { <WithdrawPage phone=phone today=today /> }.into_any()
    })
}

/// `/coordination/a-verifier`.
pub fn to_check(site: &SiteAssets, to_check: ToCheck) -> String {
    page(site, "À vérifier", Place::ToCheck, || view! { <ToCheckPage to_check=to_check /> }.into_any())
}

/// `/coordination/a-verifier/…/corriger`, `demander`, `ecarter`.
pub fn decide(site: &SiteAssets, decision: Decision) -> String {
    let title = match decision.act {
        Act::Correct => "Corriger une saisie",
        Act::Ask => "Demander une précision",
        Act::Drop => "Écarter une saisie",
    };
    page(site, title, Place::ToCheck, || view! { <DecisionPage decision=decision /> }.into_any())
}

/// `/coordination/numeros`.
pub fn helplines(site: &SiteAssets, helplines: Helplines) -> String {
    page(site, "Numéros utiles", Place::Helplines, || view! { <HelplinesPage page=helplines /> }.into_any())
}

/// `/coordination/bilans`.
pub fn bilans(site: &SiteAssets, bilans: Bilans) -> String {
    page(site, "Bilans", Place::Bilans, || view! { <BilansPage page=bilans /> }.into_any())
}

/// `/coordination/bilans/ecrire`.
pub fn bilan_draft(site: &SiteAssets, draft: Draft) -> String {
    let title = format!("{}, {}, projet", draft.document.title, draft.document.scope);
    page(site, &title, Place::Bilans, || view! { <DraftPage draft=draft /> }.into_any())
}

/// `/coordination/bilans/<id>`.
pub fn bilan_version(site: &SiteAssets, version: Version, document: Document, done: Option<Done>) -> String {
    let title = format!("{}, {}, version {}", document.title, document.scope, version.number);
    page(site, &title, Place::Bilans, || {
        view! { <VersionPage version=version document=document done=done /> }.into_any()
    })
}

/// `/coordination/fichier-de-secours`.
pub fn rescue(site: &SiteAssets, done: Option<Result<Imported, RescueFault>>) -> String {
    page(site, "Fichier de secours", Place::ToCheck, || view! { <RescuePage done=done /> }.into_any())
}
