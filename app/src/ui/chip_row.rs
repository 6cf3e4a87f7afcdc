//! Chips in a row: radio buttons or checkboxes that a thumb can hit, the first ones at once and the others after « + ».
//!
//! They are one piece of markup with one listener: a form has fifty, and as views of their own they were what a slow phone
//! spent most of a form's time on.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    focus::focus_after,
    html::{Html, html},
    icon::Icon,
};

/// A value and what to call it.
pub type Choice = (String, String);

/// The chips of a group.
pub struct ChipRow {
    /// The field's name.
    pub field: &'static str,
    /// Whether several may be chosen.
    pub many: bool,
    /// Whether the one that is chosen may be taken back.
    pub optional: bool,
    /// Offered at once.
    pub first: Vec<Choice>,
    /// Offered after « + ».
    pub rest: Vec<Choice>,
    /// What is chosen.
    pub chosen: Signal<Vec<String>>,
    /// A tap on a value; for a single choice the value chosen.
    pub tap: Callback<String>,
}

impl ChipRow {
    /// The row; `more` names its « + ».
    pub fn view(self, more: AnyView) -> AnyView {
        let Self { field, many, optional, first, rest, chosen, tap } = self;
        let (open, set_open) = signal(false);
        let write = move |choices: &mut dyn Iterator<Item = &Choice>| {
            let mut out = Html::default();
            let kind = if many { "checkbox" } else { "radio" };
            chosen.with_untracked(|chosen| {
                for (value, label) in choices {
                    let checked = if chosen.contains(value) { "checked" } else { "" };
                    html!(out; "<label class=\"chip\"><input type=\"" (kind) "\" name=\"" (field) "\" value=\"" (value)
                        "\" " (checked) "><span>" (label) "</span></label>");
                }
            });
            out.finish()
        };
        let has_rest = !rest.is_empty();
        let first = write(&mut first.iter());
        // Something chosen among the others must be visible, and stays so: whoever takes it back may want it once more.
        let visible = Memo::new(move |before: Option<&Vec<Choice>>| {
            let was = |choice: &Choice| before.is_some_and(|before| before.contains(choice));
            let is_visible =
                |choice: &&Choice| open.get() || was(choice) || chosen.with(|chosen| chosen.contains(&choice.0));
            rest.iter().filter(is_visible).cloned().collect::<Vec<_>>()
        });
        let others = move || visible.with(|visible| write(&mut visible.iter()));
        let rows = NodeRef::<html::Span>::new();
        // What changes otherwise than by a tap: one choice in place of another, or a form that is filled.
        Effect::new(move |before: Option<Vec<String>>| {
            let now = chosen.get();
            if let Some(rows) = rows.get_untracked() {
                let input_of = |selector: &str| {
                    let found = rows.query_selector(selector).ok().flatten();
                    found.map(JsCast::unchecked_into::<web_sys::HtmlInputElement>)
                };
                // A form that is begun anew in the place of another one finds that one's inputs, as they were tapped.
                while let Some(tapped) = input_of("input:checked").filter(|_| before.is_none()) {
                    tapped.set_checked(false);
                }
                let before = before.unwrap_or_default();
                let changed = |value: &&String| before.contains(value) != now.contains(value);
                for value in before.iter().chain(&now).filter(changed) {
                    if let Some(input) = input_of(&format!("input[value=\"{value}\"]")) {
                        input.set_checked(now.contains(value));
                    }
                }
            }
            now
        });
        let plus = has_rest.then(|| {
            let click = move |event| {
                focus_after(&event);
                set_open.set(true);
            };
            view! {
                <button type="button" class="chip-more" hidden=open on:click=click>
                    <Icon name="plus" />
                    {more}
                </button>
            }
        });
        // A radio button that is chosen cannot be unchosen by itself: a second tap on it does nothing, and changes nothing.
        let take_back = move |event: web_sys::MouseEvent| {
            let input = event.target().and_then(|it| it.dyn_into::<web_sys::HtmlInputElement>().ok());
            let Some(input) = input.filter(|_| optional) else { return };
            if chosen.with_untracked(|chosen| chosen.contains(&input.value())) {
                event.prevent_default();
                // Once the browser has put it back to what it was before the tap.
                set_timeout(move || tap.run(String::new()), std::time::Duration::ZERO);
            }
        };
        view! {
            <span class="chip-rows" node_ref=rows on:click=take_back on:change=move |event| tap.run(event_target_value(&event))>
                <span class="chip-rows" inner_html=first></span>
                <span class="chip-rows" inner_html=others></span>
            </span>
            {plus}
        }
        .into_any()
    }
}
