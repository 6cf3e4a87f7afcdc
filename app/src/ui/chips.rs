//! A question that is answered with chips.

use leptos::prelude::*;

use super::{
    chip_row::{ChipRow, Choice},
    fault::{FaultLine, Faults, described},
};

/// A group of chips under a legend. The first values stand there; the others come with « + ».
#[component]
pub fn Chips(
    /// The field's name.
    field: &'static str,
    /// The legend.
    legend: &'static str,
    /// A few quiet words beside it.
    #[prop(optional)]
    hint: &'static str,
    /// Offered at once.
    first: Vec<Choice>,
    /// Offered after « + Voir tout ».
    #[prop(optional)]
    rest: Vec<Choice>,
    /// Whether several may be chosen.
    #[prop(optional)]
    many: bool,
    /// Whether what is chosen may be taken back by a second tap, which gives an empty value.
    #[prop(optional)]
    optional: bool,
    /// Whether the chips hold numbers only.
    #[prop(optional)]
    tight: bool,
    /// What is chosen.
    #[prop(into)]
    chosen: Signal<Vec<String>>,
    /// A tap on a value; for a single choice the value chosen.
    #[prop(into)]
    toggle: Callback<String>,
    /// The faults of the form.
    faults: Faults,
) -> impl IntoView {
    let row = ChipRow { field, many, optional, first, rest, chosen, tap: toggle };
    let more = view! {
        <span class=tight.then_some("sr-only")>"Voir tout"</span>
        <span class="sr-only">"\u{202f}: " {legend}</span>
    };
    view! {
        <fieldset class="field" aria-describedby=described(faults, field)>
            <legend class="field-label">
                {legend}
                {(!hint.is_empty()).then(|| view! { " " <span class="quiet">{hint}</span> })}
            </legend>
            <div class=if tight { "chips chips-tight" } else { "chips" }>{row.view(more.into_any())}</div>
            <FaultLine faults=faults field=field />
        </fieldset>
    }
}
