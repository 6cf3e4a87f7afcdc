//! « Numéros utiles »: whom to call in the department. They stand under the national ones in « Aide » on every phone,
//! without network too.

use leptos::prelude::*;

use super::{address::HELPLINES, notice::NoticeBox};
use crate::{
    domain::{
        coded::{Code, codes},
        helpline::{Helpline, HelplineFault, WORDS_LENGTH},
    },
    ui::fault::Refused,
};

codes! {
    /// What has just been done, said above the list.
    Done {
        Added = "ajoute", "Le numéro est enregistré. Il arrivera sur les téléphones dès qu’ils auront du réseau.";
        Removed = "retire", "Le numéro est retiré. Il quittera les téléphones dès qu’ils auront du réseau.";
    }
}

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Helplines {
    /// The numbers.
    pub lines: Vec<Helpline>,
    /// What has just been done.
    pub done: Option<Done>,
    /// Why what was typed is not taken.
    pub fault: Option<HelplineFault>,
    /// The number that was typed.
    pub number: String,
    /// The words that were typed.
    pub words: String,
}

/// The page.
#[component]
pub fn HelplinesPage(
    /// What to show.
    page: Helplines,
) -> impl IntoView {
    let Helplines { lines, done, fault, number, words } = page;
    let full = fault.filter(|fault| *fault == HelplineFault::Many).map(|fault| (fault.label(), false));
    let notice = done.map(|done| (done.label(), true)).or(full);
    let notice = notice.map(|(text, done)| view! { <NoticeBox text=text done=done /> });
    let list = if lines.is_empty() {
        view! { <p class="quiet">"Aucun pour l’instant. Les numéros nationaux (119, 3018, 3114, Fil Santé Jeunes) sont déjà sur les téléphones."</p> }
            .into_any()
    } else {
        let items = lines.iter().map(item).collect_view();
        view! { <ul class="phones helplines">{items}</ul> }.into_any()
    };
    view! {
        <div class="report-head">
            <h1>"Numéros utiles"</h1>
            <p class="quiet">
                "Qui appeler dans le département\u{202f}: la cellule de recueil (CRIP), la maison des adolescents, une astreinte… Ces numéros s’ajoutent aux numéros nationaux, dans l’aide de chaque téléphone, même sans réseau."
            </p>
            {notice}
        </div>
        {list}
        <section class="form decision" aria-labelledby="ajouter">
            <h2 id="ajouter">"Ajouter un numéro"</h2>
            <form class="form" method="post" action=HELPLINES aria-labelledby="ajouter">
                <Field
                    name="numero"
                    label="Numéro"
                    kind="tel"
                    value=number
                    fault=fault.filter(|fault| *fault == HelplineFault::Number)
                    most=30
                />
                <Field
                    name="mots"
                    label="Qui répond"
                    kind="text"
                    value=words
                    fault=fault.filter(|fault| *fault == HelplineFault::Words)
                    most=WORDS_LENGTH
                />
                <p><button class="btn btn-primary">"Ajouter"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn item(line: &Helpline) -> AnyView {
    let shown = line.shown();
    view! {
        <li>
            <p><b>{shown.clone()}</b></p>
            <p>{line.spaced_words()}</p>
            <form method="post" action=format!("{HELPLINES}/retirer") aria-label=format!("Retirer le {shown}")>
                <input type="hidden" name="numero" value=line.number.clone() />
                <button class="btn btn-quiet btn-small btn-danger">
                    "Retirer" <span class="sr-only">" le " {shown.clone()}</span>
                </button>
            </form>
        </li>
    }
    .into_any()
}

/// A line to fill, with what is wrong with it.
#[component]
fn Field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    fault: Option<HelplineFault>,
    most: usize,
) -> impl IntoView {
    let id = format!("f-{name}");
    let described = fault.map(|_| id.clone());
    let line = fault.map(|fault| Refused::of(fault).line(id));
    view! {
        <div class="field">
            <label class="field-label" for=name>{label} " " <span class="quiet">"obligatoire"</span></label>
            <input
                class="input"
                type=kind
                id=name
                name=name
                required
                autocomplete="off"
                maxlength=most.to_string()
                value=value
                aria-invalid=fault.map(|_| "true")
                aria-describedby=described
            />
            {line}
        </div>
    }
    .into_any()
}
