//! Choices as chips: radio buttons and checkboxes that a thumb can hit.

use leptos::prelude::*;

use super::{
    fault::{FaultLine, Faults, described},
    focus::focus_after,
    icon::Icon,
};

/// A value and what to call it.
pub type Choice = (String, String);

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
    /// Offered after « + ».
    #[prop(optional)]
    rest: Vec<Choice>,
    /// The word on « + ».
    #[prop(default = "Autre")]
    more: &'static str,
    /// Whether several may be chosen.
    #[prop(optional)]
    many: bool,
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
    let has_rest = !rest.is_empty();
    let first_count = first.len();
    // Something chosen among the others must be visible.
    let (open, set_open) = signal(false);
    let shown_rest = rest.clone();
    let visible_rest = move || {
        let open = open.get();
        shown_rest
            .iter()
            .filter(|(value, _)| open || chosen.with(|chosen| chosen.contains(value)))
            .cloned()
            .collect::<Vec<_>>()
    };
    let chip = move |(value, label): Choice| {
        let own = value.clone();
        let checked = Memo::new(move |_| chosen.with(|chosen| chosen.contains(&own)));
        let tapped = value.clone();
        view! {
            <label class="chip">
                <input
                    type=if many { "checkbox" } else { "radio" }
                    name=field
                    value=value
                    prop:checked=checked
                    on:change=move |_| toggle.run(tapped.clone())
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field" aria-describedby=described(faults, field)>
            <legend class="field-label">
                {legend}
                {(!hint.is_empty()).then(|| view! { " " <span class="quiet">{hint}</span> })}
            </legend>
            <div class=if tight { "chips chips-tight" } else { "chips" }>
                {first.into_iter().map(chip).collect_view()}
                <For each=visible_rest key=|(value, _)| value.clone() children=chip />
                {has_rest
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="chip-more"
                                hidden=open
                                on:click=move |event| {
                                    focus_after(&event, first_count);
                                    set_open.set(true);
                                }
                            >
                                <Icon name="plus" />
                                <span class=tight.then_some("sr-only")>{more}</span>
                                <span class="sr-only">"\u{202f}: " {legend}</span>
                            </button>
                        }
                    })}
            </div>
            <FaultLine faults=faults field=field />
        </fieldset>
    }
}
