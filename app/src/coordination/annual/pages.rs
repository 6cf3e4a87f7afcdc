//! « Bilans »: those published, and the one being written.

use leptos::prelude::*;

use super::{Chapter, Document, TEXT_LENGTH, Written, view};
use crate::{
    api::report::Choice,
    api::statements::Said,
    coordination::{
        address::{BILANS, KEYS, bilan_address},
        choice::{periods, scopes},
        notice::NoticeBox,
    },
    domain::{
        coded::{Code, codes},
        fr, guard,
        ids::{BilanId, PromeneurId, StructureId},
        period::Period,
        scope::Scope,
        small_numbers::THRESHOLDS,
    },
    ui::{fault::fault_line, html::in_textarea, icon::Chevron},
};

codes! {
    /// What has just been done.
    Done {
        Kept = "ecrit", "Le texte est enregistré.";
        Published = "publie", "Le bilan est publié. Cette version ne changera plus.";
        Threshold = "seuil", "Le seuil est enregistré. Il vaut pour les prochaines versions.";
    }
}

codes! {
    /// Why a form is not taken.
    Refusal {
        TooLong = "text_too_long", "Ce texte dépasse 8 000 caractères. Il est gardé ci-dessous : raccourcissez-le, puis enregistrez.";
        Changed = "text_changed", "Quelqu’un d’autre a écrit ici entre-temps. Votre texte est gardé ci-dessous ; le sien se lit au-dessus. Enregistrer remplacera le sien.";
        Threshold = "threshold_out_of_range", "Le seuil va de 3 à 20.";
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
}

/// What the list shows.
#[derive(Clone, Debug)]
pub struct Bilans {
    /// Today.
    pub today: chrono::NaiveDate,
    /// The versions, the newest first.
    pub versions: Vec<Version>,
    /// The structures to choose from.
    pub structures: Vec<Choice<StructureId>>,
    /// The promeneurs to choose from.
    pub promeneurs: Vec<Choice<PromeneurId>>,
    /// Under which numbers of people are masked.
    pub threshold: i64,
    /// What was just done.
    pub done: Option<Done>,
    /// Why the threshold was not taken.
    pub refused: Option<Refusal>,
}

/// What was typed and not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// For which chapter.
    pub chapter: Chapter,
    /// The text.
    pub text: String,
    /// Why.
    pub refusal: Refusal,
}

/// The bilan being written.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Of when.
    pub period: Period,
    /// Of whom.
    pub scope: Scope,
    /// As it would be published now.
    pub document: Document,
    /// What was published of it before, the newest first.
    pub versions: Vec<Version>,
    /// What the statements of the period say.
    pub said: Vec<Said>,
    /// What was just done, and for which chapter.
    pub done: Option<(Done, Option<Chapter>)>,
    /// What was typed and not taken.
    pub typed: Option<Typed>,
    /// Why it was not published.
    pub refused: Option<Refusal>,
}

/// `/coordination/bilans`.
#[component]
pub fn BilansPage(
    /// What to show.
    page: Bilans,
) -> impl IntoView {
    let Bilans { today, versions, structures, promeneurs, threshold, done, refused } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let last_year = Period::civil_year_of(today).before();
    let fault = refused.map(|refused| fault_line("f-seuil".to_owned(), fr::spaced(refused.label())));
    let list = if versions.is_empty() {
        view! { <p class="quiet">"Aucun bilan n’est encore publié. Celui d’une année s’ouvre ci-dessus, déjà rempli de ses chiffres."</p> }
            .into_any()
    } else {
        let items = versions.iter().map(|version| item(version, true)).collect_view();
        view! { <ul class="phones">{items}</ul> }.into_any()
    };
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
                <div class="field">
                    <label class="field-label" for="periode">"Période"</label>
                    <select class="input" id="periode" name="periode">{periods(last_year, today)}</select>
                </div>
                <div class="field">
                    <label class="field-label" for="perimetre">"Qui"</label>
                    <select class="input" id="perimetre" name="perimetre">
                        <option value="reseau">"Tout le réseau"</option>
                        {scopes("Structures", structures, Scope::Network, Scope::Structure)}
                        {scopes("Promeneurs·euses", promeneurs, Scope::Network, Scope::Promeneur)}
                    </select>
                </div>
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
                        value=threshold.to_string()
                        aria-invalid=refused.map(|_| "true")
                        aria-describedby="a-seuil f-seuil"
                    />
                    {fault}
                    <p class="quiet" id="a-seuil">
                        "Dans le bilan du réseau, qui va à la Caf et au comité\u{202f}: par âge et par thématique, avec les nombres par lesquels on pourrait les calculer. À convenir avec la Caf\u{202f}; 5 est l’usage."
                    </p>
                </div>
                <p><button class="btn">"Enregistrer"</button></p>
            </form>
        </section>
        <p><a href=KEYS>"Donner une clé d’accès aux chiffres, pour le logiciel de la Caf"</a></p>
    }
    .into_any()
}

fn item(version: &Version, is_named: bool) -> AnyView {
    let number = format!("version {}", version.number);
    let title =
        if is_named { format!("{} · {} · {number}", version.title, version.scope) } else { fr::capital(&number) };
    view! {
        <li>
            <p><a href=format!("{BILANS}/{}", version.id)>{title}</a></p>
            <p class="quiet">{format!("Publié le {} par {}", fr::date(version.on), version.by)}</p>
        </li>
    }
    .into_any()
}

/// The files of a document at an address.
fn files(base: &str, document: &Document) -> AnyView {
    let tables = document
        .grids()
        .enumerate()
        .map(|(index, grid)| {
            view! {
                <li><a href=format!("{base}tableau-{}.csv", index + 1) rel="external">{grid.caption.clone()}</a></li>
            }
        })
        .collect_view();
    view! {
        <div class="no-print">
            <ul class="actions">
                <li><a class="btn" href=format!("{base}bilan.pdf") rel="external">"PDF"</a></li>
                <li><a class="btn" href=format!("{base}bilan.xlsx") rel="external">"Tableur (XLSX)"</a></li>
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
    view! {
        <div class="report-head">
            <h1>{document.title.clone()}</h1>
            <p>
                {format!("Version {}, publiée le {} par {}.", version.number, fr::date(version.on), version.by)}
            </p>
            {notice}
            {files(&format!("{BILANS}/{}/", version.id), &document)}
        </div>
        <div class="bilan" inner_html=view::document(&document)></div>
    }
    .into_any()
}

/// `/coordination/bilans/ecrire`: the document as it stands, with a text to write for each chapter.
#[component]
pub fn DraftPage(
    /// What to show.
    draft: Draft,
) -> impl IntoView {
    let Draft { period, scope, document, versions, said, done, typed, refused } = draft;
    let notice = done
        .filter(|(_, chapter)| chapter.is_none())
        .map(|(done, _)| (done.label(), true))
        .or(refused.map(|refused| (refused.label(), false)))
        .map(|(text, done)| view! { <NoticeBox text=text done=done /> });
    let next = versions.first().map_or(1, |version| version.number + 1);
    let before = (!versions.is_empty()).then(|| {
        let items = versions.iter().map(|version| item(version, false)).collect_view();
        view! {
            <section aria-labelledby="versions">
                <h2 id="versions">"Versions publiées"</h2>
                <ul class="phones">{items}</ul>
            </section>
        }
    });
    let forms = Chapter::of(scope)
        .map(|chapter| {
            let written =
                document.chapters.iter().find(|part| part.code == chapter.code()).and_then(|part| part.text.clone());
            let typed = typed.clone().filter(|typed| typed.chapter == chapter);
            let kept = done.filter(|(_, of)| *of == Some(chapter)).map(|(done, _)| done);
            let said = if chapter == Chapter::Quality { said.clone() } else { Vec::new() };
            form(period, scope, chapter, written, typed, kept, said)
        })
        .collect_view();
    let hidden = move || {
        view! {
            <input type="hidden" name="periode" value=period.to_string() />
            <input type="hidden" name="perimetre" value=scope.to_string() />
        }
    };
    view! {
        <div class="report-head">
            <h1>{document.title.clone()}</h1>
            <p>{document.scope.clone()} ". Voici le bilan tel qu’il serait publié maintenant."</p>
            {notice}
            <ul class="actions no-print">
                <li><a class="btn" href="#ecrire">"Écrire les textes"</a></li>
                <li><a class="btn btn-quiet" href=bilan_address("bilan.pdf", period, scope) rel="external">"Projet en PDF"</a></li>
                <li><a class="btn btn-quiet" href=bilan_address("bilan.xlsx", period, scope) rel="external">"Projet en tableur"</a></li>
            </ul>
        </div>
        {before}
        <div class="bilan" inner_html=view::document(&document)></div>
        <section class="no-print chapters" id="ecrire" aria-labelledby="ecrire-titre">
            <h2 id="ecrire-titre">"Écrire les textes"</h2>
            <p class="quiet">"Chaque texte s’enregistre seul, avec votre nom et la date. Ne nommez aucun jeune, et rien par quoi on le reconnaîtrait."</p>
            {forms}
        </section>
        <section class="form decision no-print" aria-labelledby="publier">
            <h2 id="publier">"Publier"</h2>
            <p class="quiet">
                {format!("Ce sera la version {next}. Elle gardera ses chiffres et ses textes d’aujourd’hui, quoi qu’il arrive ensuite aux saisies.")}
            </p>
            <form method="post" action=format!("{BILANS}/publier") aria-labelledby="publier">
                {hidden()}
                <input type="hidden" name="numero" value=next.to_string() />
                <p><button class="btn btn-primary">"Publier la version " {next}</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn form(
    period: Period,
    scope: Scope,
    chapter: Chapter,
    written: Option<Written>,
    typed: Option<Typed>,
    kept: Option<Done>,
    said: Vec<Said>,
) -> AnyView {
    let code = chapter.code();
    let refusal = typed.as_ref().map(|typed| typed.refusal);
    let fault = refusal.map(|refusal| fault_line(format!("f-{code}"), fr::spaced(refusal.label())));
    let since = written.as_ref().map_or_else(String::new, |written| written.at.to_rfc3339());
    let theirs = written.clone().filter(|_| refusal == Some(Refusal::Changed)).map(|written| {
        view! { <blockquote><p class="written-text">{written.text.clone()}</p><p class="quiet">{view::signature(&written)}</p></blockquote> }
    });
    let author = written.as_ref().map(|written| view! { <p class="quiet">{view::signature(written)}</p> });
    let text = typed.map(|typed| typed.text).or(written.map(|written| written.text)).unwrap_or_default();
    let traces = traces(&text);
    let status = kept.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let help = format!("a-{code}");
    view! {
        <form class="form" method="post" action=format!("{BILANS}/texte#t-{code}") id=format!("t-{code}") aria-label=chapter.label()>
            <input type="hidden" name="periode" value=period.to_string() />
            <input type="hidden" name="perimetre" value=scope.to_string() />
            <input type="hidden" name="partie" value=code />
            <input type="hidden" name="depuis" value=since />
            <div class="field">
                <label class="field-label" for=code>{chapter.label()}</label>
                <p class="quiet" id=help.clone()>{fr::spaced(chapter.prompt())}</p>
                {theirs}
                <textarea
                    class="input"
                    id=code
                    name="texte"
                    rows="6"
                    maxlength=TEXT_LENGTH.to_string()
                    aria-invalid=refusal.map(|_| "true")
                    aria-describedby=format!("{help} f-{code}")
                >
                    {in_textarea(&text)}
                </textarea>
                {fault}
                {traces}
                {author}
            </div>
            {suggestions(&said)}
            {status}
            <p><button class="btn">"Enregistrer" <span class="sr-only">" : " {chapter.label()}</span></button></p>
        </form>
    }
    .into_any()
}

/// What somebody might be recognised by: noticed, never refused.
fn traces(text: &str) -> Option<AnyView> {
    let (trace, _) = guard::trace(text)?;
    let said = format!("Ce texte contient {}. Relisez-le\u{202f}: il sera publié.", trace.label());
    Some(view! { <p class="hint">{said}</p> }.into_any())
}

/// What the promeneurs wrote in their statements, to draw from.
fn suggestions(said: &[Said]) -> Option<AnyView> {
    (!said.is_empty()).then(|| {
        let items = said
            .iter()
            .map(|said| {
                view! {
                    <dt>{format!("{}, {}, {}", said.about, said.promeneur, Period::month_of(said.month).label())}</dt>
                    <dd>{said.text.clone()}</dd>
                }
            })
            .collect_view();
        let count = fr::count(i64::try_from(said.len()).unwrap_or(i64::MAX), "texte", "textes");
        view! {
            <details class="reminder">
                <summary>{format!("Ce que disent les relevés ({count})")} <Chevron /></summary>
                <dl>{items}</dl>
            </details>
        }
        .into_any()
    })
}
