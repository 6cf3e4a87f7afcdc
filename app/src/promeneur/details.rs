//! « Préciser »: everything of an intervention beyond the minimal entry.

use leptos::prelude::*;

use super::{
    fields::{DateField, Note, TimeField, text_of},
    question::{Question, choices, chosen, codes, hint, only_if, toggle},
    sheet::FormDesk,
};
use crate::{
    domain::{
        coded::{Code, Coded},
        intervention::InterventionDraft,
        people::{AgeBands, Genders},
        taxonomy::{
            Audience, ChannelKind, Initiator, InterventionType, KnownFrom, Outcome, Reach, ReferralKind, Setting,
        },
    },
    ui::{
        after_paint::after_paint,
        chip_row::Choice,
        fault::{FaultLine, described},
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
    kind: Memo<InterventionType>,
    /// Whether its evening and hour stand above, among what is asked at once.
    is_dated: bool,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let faults = desk.faults;
    let inside = [
        "type",
        "channel",
        "reach",
        "setting",
        "initiator",
        "audience",
        "age_bands",
        "gender",
        "known_from",
        "outcomes",
        "met_after_online_count",
        "referral_kinds",
        "occurred_on",
        "started_at",
        "note",
    ];
    let has_fault =
        Memo::new(move |_| faults.with(|faults| faults.iter().any(|fault| inside.contains(&fault.field.as_str()))));
    let details = NodeRef::<leptos::html::Details>::new();
    // Drawn when they are first opened: most evenings they are not, and they are two thirds of the form.
    let drawn = RwSignal::new(false);
    // A fault opens them and nothing but a tap closes them: not the fault's being put right, under the thumb.
    Effect::new(move |_| {
        if let (true, Some(details)) = (has_fault.get(), details.get()) {
            drawn.set(true);
            details.set_open(true);
        }
    });
    let summary = move || {
        draft.with(|draft| {
            let (channel, setting) = (draft.channel.as_ref(), draft.setting.as_ref());
            let parts = [channel.map(Coded::label), setting.map(Coded::label), draft.initiator.as_ref().map(initiator)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    };
    view! {
        <details class="more" node_ref=details>
            <summary on:click=move |_| after_paint(move || {
                let _ = drawn.try_set(true);
            })>
                "Préciser " <span class="quiet">{summary}</span> <Chevron />
            </summary>
            {move || drawn.get().then(|| fields(draft, kind, is_dated, desk))}
        </details>
    }
}

fn fields(draft: RwSignal<InterventionDraft>, kind: Memo<InterventionType>, is_dated: bool, desk: FormDesk) -> AnyView {
    // Of the whole record each change would draw these questions anew, under the thumb that has just answered them.
    let asks = |read: fn(&InterventionDraft) -> bool| Memo::new(move |_| draft.with(read));
    let counts_young = asks(InterventionDraft::counts_young);
    let met = asks(InterventionDraft::met);
    let refers = asks(InterventionDraft::refers);
    let informs = Memo::new(move |_| kind.get() == InterventionType::Inform);
    let (note, set_note) = text_of(draft, |it| Some(&mut it.note));
    let met_uncounted =
        asks(|it| it.publishes_to_young() && it.outcomes.iter().any(|outcome| outcome.is(Outcome::MetInPerson)));
    let asks_gender = Memo::new(move |_| {
        // Where it was noted already it can be seen and taken back, whatever is asked now.
        let is_asked = desk.carnet.standing.with(|standing| standing.as_ref().is_some_and(|it| it.asks_gender));
        draft.with(|draft| draft.counts_young() && (is_asked || draft.gender.is_some()))
    });
    let begins_project = asks(|it| it.outcomes.iter().any(|outcome| outcome.is(Outcome::ProjectStarted)));
    view! {
        <div class="form">
            <Question
                draft=draft
                desk=desk
                field="type"
                legend="Type"
                first=choices(InterventionType::ALL)
                read=|it| codes(&it.kind)
                tap=|it, code| it.kind = Some(code.into())
            />
            {move || {
                let details = kind.get().details();
                (!details.is_empty()).then(|| {
                    view! {
                        <Question
                            draft=draft
                            desk=desk
                            field="detail"
                            legend="En particulier"
                            first=choices(details)
                            optional=true
                            read=|it| codes(&it.detail)
                            tap=|it, code| it.detail = chosen(code)
                        />
                    }
                    .into_any()
                })
            }}
            {only_if(informs, move || {
                view! {
                    <Question
                        draft=draft
                        desk=desk
                        field="reach"
                        legend="Portée de l’information"
                        first=choices(Reach::ALL)
                        optional=true
                        read=|it| codes(&it.reach)
                        tap=|it, code| it.reach = chosen(code)
                    />
                }
                .into_any()
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
            {only_if(counts_young, move || split(draft, desk, AGES))}
            {only_if(asks_gender, move || split(draft, desk, GENDERS))}
            {only_if(counts_young, move || {
                view! {
                        <Question
                            draft=draft
                            desk=desk
                            field="known_from"
                            legend="D’où vous vous connaissez"
                            first=choices(KnownFrom::ALL)
                            optional=true
                            read=|it| codes(&it.known_from)
                            tap=|it, code| it.known_from = chosen(code)
                        />
                }
                    .into_any()
            })}
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
            {only_if(begins_project, move || {
                view! {
                        <p class="hint">
                            "Décrivez-le aussi par «\u{202f}Projet ou parcours\u{202f}», au bas de Ce soir\u{202f}: c’est là qu’il compte parmi les projets initiés."
                        </p>
                }
                    .into_any()
            })}
            {only_if(met_uncounted, || hint(MET_ELSEWHERE))}
            {only_if(met, move || view! { <Met draft=draft desk=desk /> }.into_any())}
            {only_if(refers, move || {
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
                    .into_any()
            })}
            {(!is_dated).then(|| view! { <When draft=draft desk=desk /> })}
            <div class="steppers">
                <Stepper
                    field="duration_exact"
                    label="Durée exacte, en minutes"
                    fives=true
                    value=Signal::derive(move || draft.with(|draft| draft.duration_min.unwrap_or(0)))
                    set=move |minutes: i64| draft.update(|draft| draft.duration_min = (minutes > 0).then_some(minutes))
                    faults=Signal::derive(Vec::new)
                />
            </div>
            <Note
                value=note
                set=set_note
                desk=desk
            />
        </div>
    }
    .into_any()
}

/// Who began, in words: on their own phone the promeneur is « vous ».
pub fn initiator(who: &Coded<Initiator>) -> &str {
    if who.is(Initiator::Promeneur) { "Vous" } else { who.label() }
}

fn initiators() -> Vec<Choice> {
    Initiator::ALL.iter().map(|who| (who.code().to_owned(), initiator(&(*who).into()).to_owned())).collect()
}

/// Ticking « rencontré·e » opens the number that the bilan counts, at one.
fn tap_outcome(it: &mut InterventionDraft, code: &str) {
    toggle(&mut it.outcomes, code);
    if it.met() && it.met_after_online_count.is_none() {
        it.met_after_online_count = Some(1);
    }
}

/// Whom one met is counted with young people only, and not with those who read a publication (I3).
const MET_ELSEWHERE: &str = "Ici, cette rencontre ne compte pas parmi les jeunes rencontrés\u{202f}: notez-la par «\u{202f}Rencontre\u{202f}», au bas de Ce soir.";

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
        <p class="hint">
            "Cette rencontre compte ici\u{202f}: notée aussi par «\u{202f}Rencontre\u{202f}», elle compterait deux fois."
        </p>
    }
}

/// Into which parts the young people of an exchange can be split.
struct Split {
    field: &'static str,
    legend: &'static str,
    /// What those are called whom no part holds.
    rest: &'static str,
    /// The parts: code, label, count.
    each: fn(&InterventionDraft) -> Vec<(&'static str, &'static str, i64)>,
    /// Sets the count of one.
    set: fn(&mut InterventionDraft, &str, i64),
}

const AGES: Split = Split {
    field: "age_bands",
    legend: "Âges",
    rest: "Sans âge précisé\u{202f}: ",
    each: |it| it.age_bands.unwrap_or_default().each().into(),
    set: |it, code, count| {
        let mut bands = it.age_bands.unwrap_or_default();
        bands.band_mut(code).into_iter().for_each(|band| *band = count);
        it.age_bands = (bands != AgeBands::default()).then_some(bands);
    },
};

const GENDERS: Split = Split {
    field: "gender",
    legend: "Genre",
    rest: "Autre ou non précisé\u{202f}: ",
    each: |it| it.gender.unwrap_or_default().each().into(),
    set: |it, code, count| {
        let mut genders = it.gender.unwrap_or_default();
        genders.part_mut(code).into_iter().for_each(|part| *part = count);
        it.gender = (genders != Genders::default()).then_some(genders);
    },
};

fn split(draft: RwSignal<InterventionDraft>, desk: FormDesk, of: Split) -> AnyView {
    let Split { field, legend, rest, each, set } = of;
    let steppers = each(&InterventionDraft::default())
        .into_iter()
        .map(|(code, label, _)| {
            let count = move |draft: &InterventionDraft| {
                each(draft).iter().find(|(part, ..)| *part == code).map_or(0, |(_, _, count)| *count)
            };
            let value = Signal::derive(move || draft.with(count));
            let set = move |count: i64| draft.update(|draft| set(draft, code, count));
            view! { <Stepper field=code label=label value=value set=set faults=Signal::derive(Vec::new) /> }
        })
        .collect_view();
    let left = move || {
        draft.with(|draft| {
            let known: i64 = each(draft).iter().map(|(_, _, count)| count).sum();
            (draft.young_count.unwrap_or(0) - known).max(0)
        })
    };
    view! {
        <fieldset class="field" aria-describedby=described(desk.faults.into(), field)>
            <legend class="field-label">{legend}</legend>
            <div class="steppers">{steppers}</div>
            <p class="hint">{rest} {left}</p>
            <FaultLine faults=desk.faults.into() field=field />
        </fieldset>
    }
    .into_any()
}

/// The evening, and the hour.
#[component]
pub fn When(
    /// The intervention.
    draft: RwSignal<InterventionDraft>,
    /// The form.
    desk: FormDesk,
) -> impl IntoView {
    let is_to_come = Memo::new(move |_| {
        let evening = desk.carnet.this_evening();
        draft.with(|draft| draft.occurred_on.is_some_and(|day| day > evening))
    });
    view! {
        <div class="field-pair">
            <DateField
                field="occurred_on"
                label="Soirée du"
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
        <p class="hint" aria-live="polite">{only_if(is_to_come, || "Ce jour n’est pas encore venu.".into_any())}</p>
    }
}
