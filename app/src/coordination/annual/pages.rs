//! « Bilans »: those published, and where one begins to write another.

use leptos::prelude::*;

use super::{Document, view};
use crate::{
    api::report::Choices,
    coordination::{
        address::{BILANS, IMPORTS, KEYS, figures_address},
        choice::{period_field, scope_field, year_field},
        notice::NoticeBox,
    },
    domain::{
        access::{self, Act, Reach},
        coded::{Code, Coded, codes},
        fr,
        ids::BilanId,
        period::Period,
        person::Role,
        scope::Scope,
        small_numbers::{Masking, THRESHOLDS, Years},
    },
    ui::{fault::Refused, icon::Chevron},
};

codes! {
    /// What has just been done.
    Done {
        Kept = "ecrit", "Le texte est enregistré.";
        Published = "publie", "Le bilan est publié. Cette version ne changera plus.";
        Threshold = "seuil", "C’est enregistré, pour ce qui se lit à ce jour et pour les prochaines versions.";
    }
}

codes! {
    /// Why a form is not taken.
    Refusal {
        TooLong = "text_too_long", "Ce texte dépasse 8\u{202f}000 caractères. Il est gardé ci-dessous : raccourcissez-le, puis enregistrez.";
        Changed = "text_changed", "Quelqu’un d’autre a écrit ici entre-temps. Votre texte est gardé ci-dessous ; le sien se lit au-dessus. Enregistrer remplacera le sien.";
        Threshold = "threshold_out_of_range", "Le seuil va de 3 à 20.";
        Years = "years_published", "Un bilan de l’autre sorte d’années est déjà publié : leurs détails, rapprochés, diraient ce que chacun masque.";
        YearsRead = "years_read", "La Caf, le comité ou un programme ont déjà pu lire une année de l’autre sorte : leurs détails, rapprochés, diraient ce que chacun masque.";
        Moved = "bilan_moved", "Un texte ou un chiffre a changé depuis que cette page s’est ouverte. La voici à jour : relisez-la, puis publiez.";
        NotBegun = "period_not_begun", "Cette période n’a pas commencé : il n’y a rien à publier.";
    }
}

/// A version that was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its id.
    pub id: BilanId,
    /// Its number among those of the same period and scope, from one.
    pub number: i32,
    /// Its title.
    pub title: String,
    /// Whose activity.
    pub scope: String,
    /// Who published it, and on which day.
    pub by: String,
    /// The day.
    pub on: chrono::NaiveDate,
    /// The newest of the same period and scope, and its number, where it is another one.
    pub newest: Option<(BilanId, i32)>,
    /// Of when, as addresses name it.
    pub period: String,
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct Bilans {
    /// Today.
    pub today: chrono::NaiveDate,
    /// As what one reads them.
    pub role: Coded<Role>,
    /// The versions, the newest first.
    pub versions: Vec<Version>,
    /// The scopes to choose from.
    pub choices: Choices,
    /// How small numbers of people are masked.
    pub masking: Masking,
    /// What was just done.
    pub done: Option<Done>,
    /// Why the threshold was not taken.
    pub refused: Option<Refusal>,
}

/// `/coordination/bilans`.
#[component]
pub fn BilansPage(
    /// What to show.
    page: Bilans,
) -> impl IntoView {
    let Bilans { today, role, versions, choices, masking, done, refused } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let last_year = Period::civil_year_of(today).before();
    if access::reach(&role, Act::WriteBilans).is_none() {
        let is_structure = access::reach(&role, Act::Bilans) == Some(Reach::Structure);
        return view! {
            <div class="report-head">
                <h1>"Bilans"</h1>
                <p class="quiet">{readers_word(is_structure)}</p>
            </div>
            <section aria-labelledby="publies">
                <h2 id="publies">"Publiés"</h2>
                {published_list(&versions, "Aucun bilan n’est encore publié.")}
            </section>
            <section class="form decision" aria-labelledby="ouvrir">
                <h2 id="ouvrir">{if is_structure { "Lire les chiffres d’une période" } else { "Lire les chiffres d’une année" }}</h2>
                <form class="form" method="get" action=format!("{BILANS}/chiffres") aria-labelledby="ouvrir">
                    {if is_structure { period_field(last_year, today) } else { year_field(last_year, today) }}
                    <p><button class="btn btn-primary">"Ouvrir"</button></p>
                </form>
            </section>
        }
        .into_any();
    }
    let fault_at = |wanted: Refusal, id: &str| {
        refused.filter(|refused| *refused == wanted).map(|refused| Refused::of(refused).line(id.to_owned()))
    };
    let years_refusal = if refused == Some(Refusal::YearsRead) { Refusal::YearsRead } else { Refusal::Years };
    let (fault, years_fault) = (fault_at(Refusal::Threshold, "f-seuil"), fault_at(years_refusal, "f-annees"));
    let years = Years::ALL.iter().map(|years| {
        view! {
            <label class="check">
                <input type="radio" name="annees" value=years.code() checked=*years == masking.years />
                {years.label()}
            </label>
        }
    });
    let years = years.collect_view();
    let list = published_list(
        &versions,
        "Aucun bilan n’est encore publié. Celui d’une année s’ouvre ci-dessus, déjà rempli de ses chiffres.",
    );
    view! {
        <div class="report-head">
            <h1>"Bilans"</h1>
            <p class="quiet">
                "Un bilan se remplit de lui-même avec les chiffres d’une période. On y ajoute ses textes, puis on le publie\u{202f}: ce qui est publié ne change plus."
            </p>
            {notice}
        </div>
        <section class="form decision" aria-labelledby="ouvrir">
            <h2 id="ouvrir">"Écrire un bilan"</h2>
            <form class="form" method="get" action=format!("{BILANS}/ecrire") aria-labelledby="ouvrir">
                {period_field(last_year, today)}
                {scope_field(Scope::Network, choices)}
                <p><button class="btn btn-primary">"Ouvrir"</button></p>
            </form>
        </section>
        <section aria-labelledby="publies">
            <h2 id="publies">"Publiés"</h2>
            {list}
        </section>
        <section class="form decision" aria-labelledby="seuil-titre">
            <h2 id="seuil-titre">"Petits nombres"</h2>
            <form class="form" method="post" action=format!("{BILANS}/seuil") aria-labelledby="seuil-titre">
                <div class="field">
                    <label class="field-label" for="seuil">"Masquer les nombres de jeunes inférieurs à"</label>
                    <input
                        class="input input-short"
                        type="number"
                        id="seuil"
                        name="seuil"
                        required
                        min=THRESHOLDS.start().to_string()
                        max=THRESHOLDS.end().to_string()
                        value=masking.threshold.to_string()
                        aria-invalid=(refused == Some(Refusal::Threshold)).then_some("true")
                        aria-describedby="a-seuil f-seuil"
                    />
                    {fault}
                    <p class="quiet" id="a-seuil">
                        "Dans le bilan du réseau, qui va à la Caf et au comité\u{202f}: par âge et par thématique, avec les nombres par lesquels on pourrait les calculer. À convenir avec la Caf\u{202f}; 5 est l’usage."
                    </p>
                </div>
                <fieldset class="field" aria-describedby="a-annees f-annees">
                    <legend class="field-label">"Années dont ils se lisent hors de la coordination"</legend>
                    {years}
                    {years_fault}
                    <p class="quiet" id="a-annees">
                        "Celles de votre bilan annuel. Une seule sorte\u{202f}: de deux années qui se chevauchent, l’une permettrait de calculer ce que l’autre masque. À fixer avant la première publication."
                    </p>
                </fieldset>
                <p><button class="btn">"Enregistrer"</button></p>
            </form>
        </section>
        <p><a class="lone" href=IMPORTS>"Importer l’activité d’avant le carnet, d’un tableau"</a></p>
        <p><a class="lone" href=KEYS>"Donner une clé d’accès aux chiffres, pour le logiciel de la Caf"</a></p>
    }
    .into_any()
}

/// What those are told who read and do not write.
fn readers_word(is_structure: bool) -> &'static str {
    if is_structure {
        "Les bilans de votre structure, tels que la coordination les a publiés, et ses chiffres à ce jour."
    } else {
        "Les bilans que la coordination a publiés, et les chiffres du réseau à ce jour. Les petits nombres de jeunes y sont masqués."
    }
}

fn published_list(versions: &[Version], nothing: &'static str) -> AnyView {
    if versions.is_empty() {
        return view! { <p class="quiet">{nothing}</p> }.into_any();
    }
    let items = versions.iter().map(|version| item(version, true)).collect_view();
    view! { <ul class="phones">{items}</ul> }.into_any()
}

/// A version in a list; named where others stand there too.
pub(super) fn item(version: &Version, is_named: bool) -> AnyView {
    let number = format!("version {}", version.number);
    let title =
        if is_named { format!("{} · {} · {number}", version.title, version.scope) } else { fr::capital(&number) };
    let replaced = version.newest.map(|(_, newest)| format!(" · remplacé par la version {newest}")).unwrap_or_default();
    view! {
        <li>
            <p><a href=format!("{BILANS}/{}", version.id)>{title}</a></p>
            <p class="quiet">{format!("Publié le {} par {}{replaced}", fr::date(version.on), version.by)}</p>
        </li>
    }
    .into_any()
}

/// The files of a document, each at its address.
fn files(address: impl Fn(&str) -> String, document: &Document) -> AnyView {
    let tables = document
        .grids()
        .enumerate()
        .map(|(index, grid)| {
            view! {
                <li><a href=address(&format!("tableau-{}.csv", index + 1)) rel="external">{grid.caption.clone()}</a></li>
            }
        })
        .collect_view();
    view! {
        <div class="no-print">
            <ul class="actions">
                <li><a class="btn" href=address("bilan.pdf") rel="external">"PDF"</a></li>
                <li><a class="btn" href=address("bilan.xlsx") rel="external">"Tableur (XLSX)"</a></li>
            </ul>
            <details class="reminder">
                <summary>"Chaque tableau (CSV)" <Chevron /></summary>
                <ul>{tables}</ul>
            </details>
        </div>
    }
    .into_any()
}

/// `/coordination/bilans/<id>`: a published version.
#[component]
pub fn VersionPage(
    /// Which.
    version: Version,
    /// What was published.
    document: Document,
    /// What was just done.
    done: Option<Done>,
) -> impl IntoView {
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    // Whoever comes by an old link must not quote what was put right since.
    let replaced = version.newest.map(|(id, newest)| {
        view! { <p><a class="lone" href=format!("{BILANS}/{id}")>{format!("La version {newest} l’a remplacée")}</a></p> }
    });
    view! {
        <div class="report-head">
            <h1>{document.title.clone()}</h1>
            <p>
                {format!("Version {}, publiée le {} par {}.", version.number, fr::date(version.on), version.by)}
            </p>
            {replaced}
            {notice}
            {files(|file| format!("{BILANS}/{}/{file}", version.id), &document)}
        </div>
        <div class="bilan" inner_html=view::document(&document)></div>
    }
    .into_any()
}

/// `/coordination/bilans/chiffres`: the figures of a period as a document, without a text that is not published yet.
#[component]
pub fn FiguresPage(
    /// The document.
    document: Document,
    /// Of when.
    period: Period,
    /// Of whom.
    scope: Scope,
) -> impl IntoView {
    view! {
        <div class="report-head">
            <h1>{document.title.clone()}</h1>
            <p>{format!("{}. {}.", document.scope, document.status)}</p>
            {files(|file| figures_address(file, period, scope), &document)}
        </div>
        <div class="bilan" inner_html=view::document(&document)></div>
    }
    .into_any()
}
