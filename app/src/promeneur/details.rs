//! « Préciser »: everything of an intervention beyond the minimal entry.

use chrono::{NaiveDate, NaiveTime, Timelike};
use leptos::prelude::*;

use super::{
    question::{Question, choices, codes, toggle},
    sheet::FormDesk,
};
use crate::{
    domain::{
        coded::{Code, Coded},
        intervention::InterventionDraft,
        people::AgeBands,
        record::NOTE_LENGTH,
        taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Outcome, ReferralKind, Setting},
    },
    ui::{
        chips::Choice,
        fault::{FaultLine, described, invalid},
        icon::Chevron,
        stepper::Stepper,
    },
};

/// The fields behind « Préciser ». They open by themselves when one of them has a fault.
#[component]
pub fn Details(
    /// The intervention.
    draft: RwSignal<InterventionDraft>,
    /// Its type.
    kind: InterventionType,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let faults = desk.faults;
    let inside = [
        "channel",
        "setting",
        "initiator",
        "audience",
        "age_bands",
        "outcomes",
        "met_after_online_count",
        "referral_kinds",
        "occurred_on",
        "started_at",
        "note",
    ];
    let has_fault = move || faults.with(|faults| faults.iter().any(|fault| inside.contains(&fault.field.as_str())));
    let summary = move || {
        draft.with(|draft| {
            let parts = [draft.channel.as_ref().map(Coded::label), draft.initiator.as_ref().map(Coded::label)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    view! {
        <details class="more" prop:open=has_fault>
            <summary>"Préciser " <span class="quiet">{summary}</span> <Chevron /></summary>
            <div class="form">
                {(!kind.details().is_empty())
                    .then(|| {
                        view! {
                            <Question
                                draft=draft
                                desk=desk
                                field="detail"
                                legend="En particulier"
                                first=choices(kind.details())
                                read=|it| codes(&it.detail)
                                tap=|it, code| it.detail = Some(code.into())
                            />
                        }
                    })}
                <Question
                    draft=draft
                    desk=desk
                    field="channel"
                    legend="Forme"
                    first=choices(ChannelKind::ALL)
                    read=|it| codes(&it.channel)
                    tap=|it, code| it.channel = Some(code.into())
                />
                <Question
                    draft=draft
                    desk=desk
                    field="setting"
                    legend="Cadre"
                    first=choices(Setting::ALL)
                    read=|it| codes(&it.setting)
                    tap=|it, code| it.setting = Some(code.into())
                />
                <Question
                    draft=draft
                    desk=desk
                    field="initiator"
                    legend="À l’initiative de"
                    first=initiators()
                    read=|it| codes(&it.initiator)
                    tap=|it, code| it.initiator = Some(code.into())
                />
                <Question
                    draft=draft
                    desk=desk
                    field="audience"
                    legend="Avec qui"
                    first=choices(Audience::ALL)
                    read=|it| codes(&it.audience)
                    tap=|it, code| it.audience = Some(code.into())
                />
                {move || draft.with(InterventionDraft::counts_young).then(|| view! { <Ages draft=draft desk=desk /> })}
                <Question
                    draft=draft
                    desk=desk
                    field="outcomes"
                    legend="Et après"
                    first=choices(&Outcome::ALL[1..])
                    many=true
                    read=|it| codes(&it.outcomes)
                    tap=|it, code| tap_outcome(it, code)
                />
                {move || draft.with(InterventionDraft::met).then(|| view! { <Met draft=draft desk=desk /> })}
                {move || {
                    draft
                        .with(InterventionDraft::refers)
                        .then(|| {
                            view! {
                                <Question
                                    draft=draft
                                    desk=desk
                                    field="referral_kinds"
                                    legend="Orienté·e vers"
                                    first=choices(ReferralKind::ALL)
                                    many=true
                                    read=|it| codes(&it.referral_kinds)
                                    tap=|it, code| toggle(&mut it.referral_kinds, code)
                                />
                            }
                        })
                }}
                <When draft=draft desk=desk />
                <Note
                    value=Signal::derive(move || draft.with(|draft| draft.note.clone().unwrap_or_default()))
                    set=move |text: String| draft.update(|draft| draft.note = Some(text).filter(|text| !text.is_empty()))
                    desk=desk
                />
            </div>
        </details>
    }
}

/// On their own phone the promeneur is « vous ».
fn initiators() -> Vec<Choice> {
    let mut choices = choices(Initiator::ALL);
    let own = choices.iter_mut().filter(|(code, _)| code == Initiator::Promeneur.code());
    own.for_each(|(_, label)| "Vous".clone_into(label));
    choices
}

/// Ticking « rencontré·e » opens the number that the bilan counts, at one.
fn tap_outcome(it: &mut InterventionDraft, code: &str) {
    toggle(&mut it.outcomes, code);
    if it.met() && it.met_after_online_count.is_none() {
        it.met_after_online_count = Some(1);
    }
}

#[component]
fn Met(draft: RwSignal<InterventionDraft>, desk: FormDesk) -> impl IntoView {
    let met = Signal::derive(move || draft.with(|draft| draft.met_after_online_count.unwrap_or(0)));
    view! {
        <div class="steppers">
            <Stepper
                field="met_after_online_count"
                label="Rencontrés pour la première fois cette année, après un contact en ligne"
                part=true
                value=met
                set=move |count: i64| draft.update(|draft| draft.met_after_online_count = Some(count))
                faults=desk.faults.into()
            />
        </div>
    }
}

#[component]
fn Ages(draft: RwSignal<InterventionDraft>, desk: FormDesk) -> impl IntoView {
    let steppers = AgeBands::default()
        .each()
        .map(|(code, label, _)| {
            let value = Signal::derive(move || {
                draft.with(|draft| {
                    let bands = draft.age_bands.unwrap_or_default().each();
                    bands.iter().find(|(band, ..)| *band == code).map_or(0, |(_, _, count)| *count)
                })
            });
            let set = move |count: i64| {
                draft.update(|draft| {
                    let mut bands = draft.age_bands.unwrap_or_default();
                    if let Some(band) = bands.band_mut(code) {
                        *band = count;
                    }
                    draft.age_bands = (bands != AgeBands::default()).then_some(bands);
                });
            };
            view! { <Stepper field=code label=label value=value set=set faults=Signal::derive(Vec::new) /> }
        })
        .collect_view();
    let rest = move || {
        draft.with(|draft| {
            let known: i64 = draft.age_bands.unwrap_or_default().each().iter().map(|(_, _, count)| count).sum();
            (draft.young_count.unwrap_or(0) - known).max(0)
        })
    };
    view! {
        <fieldset class="field" aria-describedby=described(desk.faults.into(), "age_bands")>
            <legend class="field-label">"Âges"</legend>
            <div class="steppers">{steppers}</div>
            <p class="hint">"Sans âge précisé\u{202f}: " {rest}</p>
            <FaultLine faults=desk.faults.into() field="age_bands" />
        </fieldset>
    }
}

#[component]
fn When(draft: RwSignal<InterventionDraft>, desk: FormDesk) -> impl IntoView {
    view! {
        <div class="field-pair">
            <DateField
                field="occurred_on"
                label="Date"
                value=Signal::derive(move || draft.with(|draft| draft.occurred_on))
                set=move |day| draft.update(|draft| draft.occurred_on = day)
                desk=desk
            />
            <TimeField
                field="started_at"
                label="Heure"
                value=Signal::derive(move || draft.with(|draft| draft.started_at))
                set=move |time| draft.update(|draft| draft.started_at = time)
                desk=desk
            />
        </div>
    }
}

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
                id=field
                name=field
                prop:value=move || value.get().map(|day| day.to_string()).unwrap_or_default()
                aria-invalid=invalid(faults, field)
                aria-describedby=described(faults, field)
                on:change=move |event| set.run(event_target_value(&event).parse().ok())
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

/// The short note, with what may not stand in it.
#[component]
pub fn Note(
    /// The text.
    #[prop(into)]
    value: Signal<String>,
    /// A new text.
    #[prop(into)]
    set: Callback<String>,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let faults = desk.faults.into();
    view! {
        <div class="field">
            <label class="field-label" for="note">
                "Note " <span class="quiet">"facultative"</span>
            </label>
            <textarea
                class="input"
                id="note"
                name="note"
                rows="3"
                maxlength=NOTE_LENGTH.to_string()
                aria-describedby="note-hint"
                aria-invalid=invalid(faults, "note")
                prop:value=value
                on:input=move |event| set.run(event_target_value(&event))
            ></textarea>
            <FaultLine faults=faults field="note" />
            <div class="field-foot">
                <p class="hint" id="note-hint">
                    "Notez des faits utiles, jamais ce qui permettrait de reconnaître un jeune\u{202f}: ni nom, ni pseudo, ni détail de santé. La personne concernée peut demander à lire cette note."
                </p>
                <p class="counter">{move || value.with(|text| text.chars().count())} " / " {NOTE_LENGTH}</p>
            </div>
        </div>
    }
}
