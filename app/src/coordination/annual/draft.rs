//! The bilan being written: the document as it stands, a text to write for each chapter, and its publication.

use leptos::prelude::*;

use super::{
    Chapter, Document, TEXT_LENGTH, Written,
    pages::{Done, Refusal, Version, item},
    view,
};
use crate::{
    api::statements::Said,
    coordination::{
        address::{BILANS, bilan_address},
        choice::kept_choice,
        notice::NoticeBox,
    },
    domain::{coded::Code, fr, guard, indicators::count_of, period::Period, scope::Scope},
    ui::{fault::Refused, html::in_textarea, icon::Chevron},
};

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

/// `/coordination/bilans/ecrire`: the document as it stands, with a text to write for each chapter.
#[component]
pub fn DraftPage(
    /// What to show.
    draft: Draft,
) -> impl IntoView {
    let Draft { period, scope, document, versions, said, done, typed, refused } = draft;
    let notice = done
        .filter(|(_, chapter)| chapter.is_none())
        .map(|(done, _)| view! { <NoticeBox text=done.label() done=true /> }.into_any())
        .or(refused.map(|refused| {
            view! { <NoticeBox text=refused.label() done=false code=Some(refused.code()) /> }.into_any()
        }));
    let next = versions.first().map_or(1, |version| version.number + 1);
    let seal = document.seal(period);
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
                {kept_choice(period, scope)}
                <input type="hidden" name="numero" value=next.to_string() />
                <input type="hidden" name="vu" value=seal />
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
    let fault = refusal.map(|refusal| Refused::of(refusal).line(format!("f-{code}")));
    let since = written.as_ref().map_or_else(String::new, |written| written.at.to_rfc3339());
    let theirs = written.clone().filter(|_| refusal == Some(Refusal::Changed)).map(|written| {
        view! { <blockquote><p>{written.text.clone()}</p><p class="quiet">{view::signature(&written)}</p></blockquote> }
    });
    let author = written.as_ref().map(|written| view! { <p class="quiet">{view::signature(written)}</p> });
    let text = typed.map(|typed| typed.text).or(written.map(|written| written.text)).unwrap_or_default();
    let traces = traces(&text);
    let status = kept.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let help = format!("a-{code}");
    view! {
        <form class="form" method="post" action=format!("{BILANS}/texte#t-{code}") id=format!("t-{code}") aria-label=chapter.label()>
            {kept_choice(period, scope)}
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
            <p><button class="btn">"Enregistrer" <span class="sr-only">"\u{202f}: " {chapter.label()}</span></button></p>
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
        let count = fr::count(count_of(said.len()), "texte", "textes");
        view! {
            <details class="reminder">
                <summary>{format!("Ce que disent les relevés ({count})")} <Chevron /></summary>
                <dl>{items}</dl>
            </details>
        }
        .into_any()
    })
}
