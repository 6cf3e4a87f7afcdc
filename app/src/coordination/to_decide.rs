//! The pages on which one of what waits is corrected, asked about, or set aside.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::TO_CHECK,
    notice::NoticeBox,
    to_check::{content, title},
};
use crate::{
    api::to_check::{WORDS_LENGTH, Waiting},
    domain::{
        coded::Code,
        correction::{Field, Input},
        fault::Fault,
        taxonomy::Theme,
    },
    ui::{fault::sentence, html::in_textarea, icon::Icon},
};

/// What is about to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The record is put right.
    Correct,
    /// The promeneur is asked.
    Ask,
    /// It is set aside.
    Drop,
}

impl Act {
    /// Its word in the address.
    pub fn path(self) -> &'static str {
        match self {
            Self::Correct => "corriger",
            Self::Ask => "demander",
            Self::Drop => "ecarter",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Correct => "Corriger",
            Self::Ask => "Demander",
            Self::Drop => "Écarter",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Correct => "Pourquoi ce changement",
            Self::Ask => "Votre question",
            Self::Drop => "Pourquoi l’écarter",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Correct => {
                "La saisie reste celle de son auteur ou autrice, qui verra la correction dans son journal."
            }
            Self::Ask => {
                "Elle arrive sur le téléphone, à côté de la saisie. 280 caractères au plus, et rien sur une personne."
            }
            Self::Drop => "La saisie ne comptera pas, et restera gardée. Ces mots restent à côté d’elle.",
        }
    }
}

/// Everything that the page needs.
#[derive(Clone, Debug)]
pub struct Decision {
    /// What is decided.
    pub act: Act,
    /// Today.
    pub today: NaiveDate,
    /// Whose record it is.
    pub name: String,
    /// The record.
    pub waiting: Waiting,
    /// The fields to correct, each with what it holds.
    pub fields: Vec<(Field, String)>,
    /// What is wrong with them.
    pub faults: Vec<Fault>,
    /// The words of before.
    pub words: String,
    /// What went wrong.
    pub fault: Option<&'static str>,
}

/// The page.
#[component]
pub fn DecisionPage(
    /// What to show.
    decision: Decision,
) -> impl IntoView {
    let Decision { act, today, name, mut waiting, fields, faults, words, fault } = decision;
    // What stands at its field is not said twice.
    waiting.faults.retain(|fault| !fields.iter().any(|(field, _)| field.name == fault.field));
    let notice = fault.map(|text| view! { <NoticeBox text=text done=false /> });
    let inputs = fields.iter().map(|(field, value)| input(field, value, &faults)).collect_view();
    view! {
        <div class="report-head">
            <h1>{act.heading()}</h1>
            <p>{format!("{}, de {name}", title(&waiting, today))}</p>
            {notice}
        </div>
        <section class="form decision">
            {content(&waiting, today)}
            <form class="form" method="post" action=format!("{TO_CHECK}/{}/{}", waiting.op, act.path())>
                {inputs}
                <div class="field">
                    <label class="field-label" for="mots">
                        {act.label()} " " <span class="quiet">"obligatoire"</span>
                    </label>
                    <textarea
                        class="input"
                        id="mots"
                        name="mots"
                        required
                        maxlength=WORDS_LENGTH.to_string()
                        aria-describedby="mots-aide"
                    >
                        {in_textarea(&words)}
                    </textarea>
                    <p class="hint" id="mots-aide">{act.hint()}</p>
                </div>
                <div class="actions">
                    <button class="btn">{act.heading()}</button>
                    <a class="btn btn-quiet" href=TO_CHECK>"Ne rien changer"</a>
                </div>
            </form>
        </section>
    }
    .into_any()
}

fn input(field: &Field, value: &str, faults: &[Fault]) -> AnyView {
    let (name, value) = (field.name, value.to_owned());
    let text = sentence(faults, name);
    let (invalid, described) = (text.as_ref().map(|_| "true"), text.as_ref().map(|_| format!("f-{name}")));
    let fault = text.map(|text| {
        view! {
            <p class="fault" id=format!("f-{name}")>
                <Icon name="fix" />
                <span>{text}</span>
            </p>
        }
    });
    if matches!(field.input, Input::Remove) {
        return view! {
            <div class="field">
                <label class="check">
                    <input type="checkbox" name=name value="1" aria-describedby=described />
                    {field.label}
                </label>
                {fault}
            </div>
        }
        .into_any();
    }
    let typed = match field.input {
        Input::One(choices) | Input::OneOfMany(choices) => {
            let choices = choices();
            // Themes in the groups in which they are reported.
            let group = |code: &str| Theme::from_code(code).filter(|_| name.starts_with("theme")).map(Theme::group);
            let options = choices
                .chunk_by(|(one, _), (next, _)| group(one) == group(next))
                .map(|together| {
                    let options = together
                        .iter()
                        .map(|(code, label)| view! { <option value=*code selected=*code == value>{*label}</option> })
                        .collect_view();
                    match together.first().and_then(|(code, _)| group(code)) {
                        Some(group) => view! { <optgroup label=group.label()>{options}</optgroup> }.into_any(),
                        None => options.into_any(),
                    }
                })
                .collect_view();
            view! {
                <select class="input" id=name name=name aria-invalid=invalid aria-describedby=described>
                    <option value="">"Choisir"</option>
                    {options}
                </select>
            }
            .into_any()
        }
        Input::Day | Input::DayOf => view! {
            <input
                class="input"
                type="date"
                id=name
                name=name
                value=value
                // A project may have no end yet; every other day must be known.
                required=name != "ended_on"
                aria-invalid=invalid
                aria-describedby=described
            />
        }
        .into_any(),
        Input::Count | Input::Minutes | Input::Remove => view! {
            <input
                class="input"
                type="number"
                inputmode="numeric"
                min="0"
                id=name
                name=name
                value=value
                aria-invalid=invalid
                aria-describedby=described
            />
        }
        .into_any(),
    };
    view! {
        <div class="field">
            <label class="field-label" for=name>{field.label}</label>
            {typed}
            {fault}
        </div>
    }
    .into_any()
}
