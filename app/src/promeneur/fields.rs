//! A day, a time and a note: the fields of forms that are typed.

use chrono::{NaiveDate, NaiveTime, Timelike};
use leptos::prelude::*;

use super::{habits, question::only_if, sheet::FormDesk};
use crate::{
    domain::{
        guard::{trace, without},
        iso::Iso,
        other::{OTHER_LENGTH, Other},
        record::NOTE_LENGTH,
    },
    ui::{
        chip_row::ChipRow,
        fault::{FaultLine, described, invalid},
        focus::focus_field,
        icon::Icon,
    },
};

/// A day.
#[component]
pub fn DateField(
    /// The field's name.
    field: &'static str,
    /// Its label.
    label: &'static str,
    /// The day.
    #[prop(into)]
    value: Signal<Option<NaiveDate>>,
    /// A new day.
    #[prop(into)]
    set: Callback<Option<NaiveDate>>,
    /// Whether there must be one.
    #[prop(default = true)]
    needed: bool,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let faults = desk.faults.into();
    view! {
        <div class="field">
            <label class="field-label" for=field>{label}</label>
            <input
                class="input"
                type="date"
                required=needed
                id=field
                name=field
                prop:value=move || value.get().map(|day| day.to_string()).unwrap_or_default()
                aria-invalid=invalid(faults, field)
                aria-describedby=described(faults, field)
                on:change=move |event| set.run(NaiveDate::from_iso(&event_target_value(&event)))
            />
            <FaultLine faults=faults field=field />
        </div>
    }
}

/// A time of day.
#[component]
pub fn TimeField(
    /// The field's name.
    field: &'static str,
    /// Its label.
    label: &'static str,
    /// The time.
    #[prop(into)]
    value: Signal<Option<NaiveTime>>,
    /// A new time.
    #[prop(into)]
    set: Callback<Option<NaiveTime>>,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let faults = desk.faults.into();
    let text = move || value.get().map(|time| format!("{:02}:{:02}", time.hour(), time.minute())).unwrap_or_default();
    view! {
        <div class="field">
            <label class="field-label" for=field>{label}</label>
            <input
                class="input"
                type="time"
                id=field
                name=field
                prop:value=text
                aria-invalid=invalid(faults, field)
                aria-describedby=described(faults, field)
                on:change=move |event| {
                    set.run(time_of(&event_target_value(&event)));
                }
            />
            <FaultLine faults=faults field=field />
        </div>
    }
}

/// The time of an input: « 21:14 », perhaps with seconds.
fn time_of(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(hour)), Some(Ok(minute))) => NaiveTime::from_hms_opt(hour, minute, 0),
        _ => None,
    }
}

/// What in a free text could point at somebody, with the way to take it out. It holds nothing up.
pub fn guard(value: Signal<String>, set: Callback<String>) -> AnyView {
    let found = Memo::new(move |_| value.with(|text| trace(text)));
    let notice = move || {
        found.get().map(|(kind, range)| {
            let take_out = move |event| {
                // The button goes: one types on where it stood.
                focus_field(&event);
                set.run(value.with_untracked(|text| without(text, &range)));
            };
            view! {
                <p class="guard">
                    <Icon name="info" />
                    <span>{kind.sentence()}</span>
                    <button type="button" class="btn btn-small" on:click=take_out>"Retirer"</button>
                </p>
            }
        })
    };
    view! { <div aria-live="polite">{notice}</div> }.into_any()
}

/// What a note is called where it is nothing else, and that it may be left empty.
pub const NOTE: (&str, &str) = ("Note", "facultative");

/// The short note, with what may not stand in it.
#[component]
pub fn Note(
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// A new text.
    #[prop(into)]
    set: Callback<String>,
    /// What it is called, and that it may be left empty.
    #[prop(default = NOTE)]
    label: (&'static str, &'static str),
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let (label, aside) = label;
    free_text(
        desk,
        FreeText {
            field: "note",
            label,
            aside,
            most: NOTE_LENGTH,
            hint: "Notez des faits utiles, jamais ce qui permettrait de reconnaître un jeune\u{202f}: ni nom, ni pseudo, ni détail de santé. La personne concernée peut demander à lire cette note.",
        },
        value,
        set,
    )
}

/// A text of a draft as its field shows and sets it; an empty one is none.
pub fn text_of<T: Clone + Send + Sync + 'static>(
    draft: RwSignal<T>,
    text: fn(&mut T) -> Option<&mut Option<String>>,
) -> (Signal<String>, Callback<String>) {
    let value = move || draft.with(|it| text(&mut it.clone()).cloned().flatten().unwrap_or_default());
    let set = move |typed: String| {
        draft.update(|it| {
            if let Some(text) = text(it) {
                *text = Some(typed).filter(|typed| !typed.is_empty());
            }
        });
    };
    (Signal::derive(value), Callback::new(set))
}

/// What specifies « Autre », asked while that is chosen (`domain.md` B2, B6).
pub fn specified<T: Clone + Send + Sync + 'static>(
    desk: FormDesk,
    draft: RwSignal<T>,
    of: Other,
    is_asked: fn(&T) -> bool,
    text: fn(&mut T) -> Option<&mut Option<String>>,
) -> AnyView {
    let is_asked = Memo::new(move |_| draft.with(is_asked));
    let (value, set) = text_of(draft, text);
    only_if(is_asked, move || short_text(desk, of, value, set))
}

/// A few words that say which « other » it is; guarded like every text. Who has a network of their own says it with a tap.
fn short_text(desk: FormDesk, of: Other, value: Signal<String>, set: Callback<String>) -> AnyView {
    // Of each its own name: buttons of one name take the place of each other in a form.
    let (label, name, said) = match of {
        Other::Network => ("Quel réseau", "earlier_network", "Réseaux déjà notés"),
        Other::Theme => ("Quelle thématique", "earlier_theme", "Thématiques déjà notées"),
    };
    let (field, faults) = (of.field(), desk.faults.into());
    // Known by their places: a word may hold what no selector could.
    let earlier = StoredValue::new(habits::earlier(desk.carnet, of));
    let place = move |text: &String| earlier.with_value(|all| all.iter().position(|it| it == text));
    let row = earlier.with_value(|all| {
        (!all.is_empty()).then(|| ChipRow {
            field: name,
            many: false,
            optional: true,
            first: all.iter().enumerate().map(|(at, text)| (at.to_string(), text.clone())).collect(),
            rest: Vec::new(),
            chosen: Signal::derive(move || value.with(place).iter().map(ToString::to_string).collect()),
            tap: Callback::new(move |at: String| {
                let text = at.parse().ok().and_then(|at: usize| earlier.with_value(|all| all.get(at).cloned()));
                set.run(text.unwrap_or_default());
            }),
        })
    });
    let row = row.map(|row| {
        view! { <div class="chips" role="radiogroup" aria-label=said>{row.view(().into_any())}</div> }
    });
    view! {
        <div class="field">
            <label class="field-label" for=field>
                {label} " " <span class="quiet">"facultatif"</span>
            </label>
            <input
                class="input"
                type="text"
                id=field
                name=field
                maxlength=OTHER_LENGTH.to_string()
                aria-invalid=invalid(faults, field)
                aria-describedby=described(faults, field)
                prop:value=value
                on:input=move |event| set.run(event_target_value(&event))
            />
            <FaultLine faults=faults field=field />
            {row}
            {guard(value, set)}
        </div>
    }
    .into_any()
}

/// A text that is typed freely.
pub struct FreeText {
    /// The field's name.
    pub field: &'static str,
    /// Its label.
    pub label: &'static str,
    /// That it may be left empty, in agreement with the label.
    pub aside: &'static str,
    /// How long it may be, in characters.
    pub most: usize,
    /// What stands under it.
    pub hint: &'static str,
}

/// The field of a free text. It may be left empty, and is guarded.
pub fn free_text(desk: FormDesk, text: FreeText, value: Signal<String>, set: Callback<String>) -> AnyView {
    let FreeText { field, label, aside, most, hint } = text;
    let faults = desk.faults.into();
    let hint_id = format!("{field}-hint");
    let described = {
        let (hint, fault) = (hint_id.clone(), described(faults, field));
        move || fault().map_or_else(|| hint.clone(), |fault| format!("{fault} {hint}"))
    };
    view! {
        <div class="field">
            <label class="field-label" for=field>
                {label} " " <span class="quiet">{aside}</span>
            </label>
            <textarea
                class="input"
                id=field
                name=field
                rows="3"
                maxlength=most.to_string()
                aria-describedby=described
                aria-invalid=invalid(faults, field)
                prop:value=value
                on:input=move |event| set.run(event_target_value(&event))
            ></textarea>
            <FaultLine faults=faults field=field />
            {guard(value, set)}
            <div class="field-foot">
                <p class="hint" id=hint_id>{hint}</p>
                <p class="counter">{move || value.with(|text| text.chars().count())} " / " {most}</p>
            </div>
        </div>
    }
    .into_any()
}
