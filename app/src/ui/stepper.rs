//! A count with a big minus and a big plus, which can be typed too.

use leptos::prelude::*;

use super::{
    fault::{FaultLine, Faults, described, invalid},
    icon::Icon,
};
use crate::domain::fr;

/// A stepper.
#[component]
pub fn Stepper(
    /// The field's name: its id, and where its fault stands.
    field: &'static str,
    /// What is counted.
    #[prop(into)]
    label: String,
    /// Whether it counts part of the one above.
    #[prop(optional)]
    part: bool,
    /// Whether a tap changes it by five.
    #[prop(optional)]
    fives: bool,
    /// The count.
    #[prop(into)]
    value: Signal<i64>,
    /// A new count.
    #[prop(into)]
    set: Callback<i64>,
    /// The faults of the form.
    faults: Faults,
    /// Whether nothing was counted yet, where nothing is not none.
    #[prop(default = Signal::stored(false))]
    blank: Signal<bool>,
) -> impl IntoView {
    let name = fr::small(&label);
    let (less, more) = if fives { ("Cinq de moins", "Cinq de plus") } else { ("Un de moins", "Un de plus") };
    let by: i64 = if fives { 5 } else { 1 };
    // The focus stays on the button, so what it has made of the count is told.
    let told = RwSignal::new(None::<i64>);
    let step = move |steps: i64| {
        let now = value.get_untracked();
        let next = now.saturating_add(by.saturating_mul(steps)).max(0);
        // Below none there is nothing: what was not counted yet does not become none by it.
        if next != now {
            set.run(next);
        }
        told.set(Some(next));
    };
    let typed = move |event: leptos::ev::Event| {
        let text = event_target_value(&event);
        told.set(None);
        set.run(text.trim().parse().unwrap_or(0));
    };
    view! {
        <div class=if part { "stepper stepper-sub" } else { "stepper" }>
            <label class="stepper-label" for=field>{label}</label>
            <div class="stepper-keys">
                <button
                    type="button"
                    class="stepper-key"
                    aria-label=format!("{less}\u{202f}: {name}")
                    aria-disabled=move || (value.get() <= 0).to_string()
                    on:click=move |_| step(-1)
                >
                    <Icon name="minus" />
                </button>
                <input
                    class="stepper-value"
                    id=field
                    name=field
                    type="number"
                    inputmode="numeric"
                    min="0"
                    prop:value=move || if blank.get() { String::new() } else { value.get().to_string() }
                    aria-invalid=invalid(faults, field)
                    aria-describedby=described(faults, field)
                    on:change=typed
                />
                <button
                    type="button"
                    class="stepper-key"
                    aria-label=format!("{more}\u{202f}: {name}")
                    on:click=move |_| step(1)
                >
                    <Icon name="plus" />
                </button>
                <output class="sr-only">{told}</output>
            </div>
        </div>
        <FaultLine faults=faults field=field />
    }
}
