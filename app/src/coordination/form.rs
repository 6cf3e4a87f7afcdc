//! The fields of the office's plain forms: a name, what is asked, and what is wrong with what was typed.

use leptos::prelude::*;

use crate::{
    domain::{coded::Code, fr},
    ui::fault::Refused,
};

/// A line to fill.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its name.
    pub name: &'static str,
    /// Its id; its name, where no other form of the page has one of that name.
    pub id: &'static str,
    /// What is asked.
    pub label: &'static str,
    /// `text`, `date` or `number`.
    pub kind: &'static str,
    /// Whether it must be filled.
    pub is_asked: bool,
    /// What it holds.
    pub value: String,
    /// What is wrong with it.
    pub fault: Option<Refused>,
    /// What to know before one types.
    pub hint: Option<&'static str>,
    /// The largest number.
    pub most: Option<i32>,
    /// The longest text, in characters.
    pub length: Option<usize>,
}

impl Line {
    /// A line of a kind.
    pub fn new(name: &'static str, label: &'static str, kind: &'static str) -> Self {
        Self { name, id: name, label, kind, ..Self::default() }
    }

    /// Its markup.
    pub fn view(self) -> AnyView {
        let Self { name, id, label, kind, is_asked, value, fault, hint, most, length } = self;
        let (fault_id, hint_id) = (format!("f-{id}"), format!("a-{id}"));
        let described: Vec<&str> =
            [hint.map(|_| hint_id.as_str()), fault.map(|_| fault_id.as_str())].into_iter().flatten().collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let said = fault.map(|fault| fault.line(fault_id));
        let hint = hint.map(|hint| view! { <p class="quiet" id=hint_id>{fr::spaced(hint)}</p> });
        let class = match kind {
            "number" => "input input-short",
            "date" => "input input-day",
            _ => "input",
        };
        view! {
            <div class="field">
                <label class="field-label" for=id>{label} {required(is_asked)}</label>
                {hint}
                <input
                    class=class
                    type=kind
                    id=id
                    name=name
                    required=is_asked
                    autocomplete="off"
                    min=most.map(|_| "0")
                    max=most.map(|most| most.to_string())
                    maxlength=length.map(|length| length.to_string())
                    value=value
                    aria-invalid=fault.map(|_| "true")
                    aria-describedby=described
                />
                {said}
            </div>
        }
        .into_any()
    }
}

fn required(is_asked: bool) -> Option<impl IntoView> {
    is_asked.then(|| view! { " " <span class="quiet">"obligatoire"</span> })
}

/// A choice among a few, each with its value.
pub fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
    is_asked: bool,
    fault: Option<Refused>,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, label)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect_view();
    let id = format!("f-{name}");
    let described = fault.map(|_| id.clone());
    let said = fault.map(|fault| fault.line(id));
    view! {
        <div class="field">
            <label class="field-label" for=name>{label} {required(is_asked)}</label>
            <select
                class="input"
                id=name
                name=name
                required=is_asked
                aria-invalid=fault.map(|_| "true")
                aria-describedby=described
            >
                <option value="">{if is_asked { "Choisir…" } else { "Sans précision" }}</option>
                {options}
            </select>
            {said}
        </div>
    }
    .into_any()
}

/// The values of an enumeration, to choose from.
pub fn all_of<T: Code>() -> Vec<(String, String)> {
    T::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect()
}
