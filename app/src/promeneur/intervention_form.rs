//! Noting an intervention: the minimal entry of `domain.md` B14 at once, everything else behind « Préciser ».

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    details::Details,
    habits,
    question::{Question, choices, codes, others, toggle},
    sheet::{FormDesk, Sheet},
};
use crate::{
    domain::{
        coded::{Code, Coded},
        intervention::InterventionDraft,
        record::Draft,
        taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Outcome, Setting, Theme},
        time::evening_of,
    },
    ui::{chips::Choice, stepper::Stepper},
};

/// Durations offered at once, in minutes (`domain.md` B8).
const DURATIONS: [i64; 5] = [5, 15, 30, 45, 60];
/// Longer ones.
const LONG_DURATIONS: [i64; 2] = [90, 120];

/// `/app/noter/:kind`: a new intervention, or the one that was being noted.
#[component]
pub fn NewIntervention(
    /// Its type.
    kind: InterventionType,
) -> impl IntoView {
    let carnet = Carnet::open();
    let unfinished = carnet.drafts.with_untracked(|drafts| {
        let mine = drafts.iter().filter(|draft| draft.is_new);
        mine.filter_map(|form| match &form.draft {
            Draft::Intervention(draft) if draft.kind.as_ref().is_some_and(|own| own.is(kind)) => {
                Some((form.touched_at, form.id, (**draft).clone()))
            }
            _ => None,
        })
        .max_by_key(|(touched_at, ..)| *touched_at)
    });
    let (id, draft) = match unfinished {
        Some((_, id, draft)) => (id, draft),
        None => (carnet.port.with_value(|port| port.fresh_record()), untrack(|| fresh(&carnet, kind))),
    };
    view! { <InterventionForm desk=FormDesk::new(carnet, id, true, "/app") initial=draft /> }
}

/// A new intervention, filled from the moment and from habit.
fn fresh(carnet: &Carnet, kind: InterventionType) -> InterventionDraft {
    let now = carnet.port.with_value(|port| port.now());
    let last = habits::last(carnet);
    let running = carnet.running();
    let network = match &running {
        Some((_, presence)) if presence.networks.len() == 1 => presence.networks.first().cloned(),
        Some((_, presence)) => {
            let last = last.as_ref().and_then(|last| last.network.clone());
            last.filter(|network| presence.networks.contains(network))
        }
        None => None,
    };
    let publishes = kind == InterventionType::PromoteStructure;
    InterventionDraft {
        presence: running.map(|(id, _)| id),
        occurred_on: Some(evening_of(now)),
        started_at: Some(now.time()),
        kind: Some(kind.into()),
        network,
        channel: Some(if publishes { ChannelKind::Publication } else { ChannelKind::PrivateMessage }.into()),
        setting: Some(Setting::Individual.into()),
        initiator: Some(
            last.and_then(|last| last.initiator)
                .unwrap_or_else(|| if publishes { Initiator::Promeneur } else { Initiator::YoungPerson }.into()),
        ),
        audience: Some(Audience::Young.into()),
        young_count: Some(1),
        ..InterventionDraft::default()
    }
}

/// The form of an intervention.
#[component]
pub fn InterventionForm(
    /// The desk it stands on.
    desk: FormDesk,
    /// What it begins with.
    initial: InterventionDraft,
) -> impl IntoView {
    let carnet = desk.carnet;
    let kind = initial.kind.as_ref().and_then(Coded::known).unwrap_or(InterventionType::MaintainLink);
    let draft = RwSignal::new(initial);
    let whole = Signal::derive(move || Draft::Intervention(Box::new(draft.get().tidied())));
    desk.autosave(Signal::derive(move || Draft::Intervention(Box::new(draft.get()))));
    let faults = desk.faults.into();
    let known = Memo::new(move |_| draft.with(|draft| draft.channel.as_ref().and_then(Coded::known)));
    let publishes = move || known.get() == Some(ChannelKind::Publication);
    let in_person = move || known.get() == Some(ChannelKind::InPerson);
    let with_young = Memo::new(move |_| {
        draft.with(|draft| draft.audience.as_ref().is_some_and(|audience| audience.is(Audience::Young)))
    });
    let people = move || {
        if publishes() {
            let value = Signal::derive(move || draft.with(|draft| draft.reach_count.unwrap_or(0)));
            let set = move |count: i64| draft.update(|draft| draft.reach_count = Some(count));
            view! {
                <div class="steppers">
                    <Stepper field="reach_count" label="Vues ou réactions" value=value set=set faults=faults />
                </div>
            }
            .into_any()
        } else if with_young.get() {
            view! { <Young draft=draft desk=desk /> }.into_any()
        } else {
            ().into_any()
        }
    };
    view! {
        <Sheet desk=desk title=kind.label() draft=whole>
            {move || {
                (!in_person())
                    .then(|| {
                        let first = habits::networks(&carnet);
                        view! {
                            <Question
                                draft=draft
                                desk=desk
                                field="network"
                                legend="Réseau"
                                first=choices(&first)
                                rest=others(&first)
                                read=|it| codes(&it.network)
                                tap=|it, code| it.network = Some(code.into())
                            />
                        }
                    })
            }}
            {people}
            <Themes draft=draft kind=kind desk=desk />
            <Question
                draft=draft
                desk=desk
                field="duration_min"
                legend="Durée"
                hint="en minutes"
                first=minutes(&DURATIONS)
                rest=minutes(&LONG_DURATIONS)
                more="Autre durée"
                tight=true
                read=|it| it.duration_min.iter().map(i64::to_string).collect()
                tap=|it, minutes| it.duration_min = minutes.parse().ok()
            />
            <Details draft=draft kind=kind desk=desk />
        </Sheet>
    }
}

#[component]
fn Young(draft: RwSignal<InterventionDraft>, desk: FormDesk) -> impl IntoView {
    let faults = desk.faults.into();
    let present = Signal::derive(move || draft.with(|draft| draft.young_count.unwrap_or(0)));
    let first = Signal::derive(move || draft.with(|draft| draft.first_this_year_count.unwrap_or(0)));
    view! {
        <div class="steppers">
            <Stepper
                field="young_count"
                label="Jeunes"
                value=present
                set=move |count: i64| draft.update(|draft| draft.young_count = Some(count))
                faults=faults
            />
            <Stepper
                field="first_this_year_count"
                label="dont première fois cette année"
                part=true
                value=first
                set=move |count: i64| draft.update(|draft| draft.first_this_year_count = Some(count))
                faults=faults
            />
            {move || {
                draft
                    .with(|draft| draft.outcomes.iter().any(|outcome| outcome.is(Outcome::MetInPerson)))
                    .then(|| {
                        let met = Signal::derive(move || draft.with(|draft| draft.met_after_online_count.unwrap_or(0)));
                        let set = move |count: i64| draft.update(|draft| draft.met_after_online_count = Some(count));
                        view! {
                            <Stepper
                                field="met_after_online_count"
                                label="rencontrés après un contact en ligne, pour la première fois cette année"
                                part=true
                                value=met
                                set=set
                                faults=faults
                            />
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Themes(draft: RwSignal<InterventionDraft>, kind: InterventionType, desk: FormDesk) -> impl IntoView {
    let first = habits::themes(&desk.carnet, kind);
    let chip = |theme: &Theme| (theme.code().to_owned(), theme.short_label().to_owned());
    let usual: Vec<Choice> = first.iter().map(chip).collect();
    let rest: Vec<Choice> = Theme::ALL.iter().filter(|theme| !first.contains(theme)).map(chip).collect();
    view! {
        <Question
            draft=draft
            desk=desk
            field="themes"
            legend="Thématiques"
            hint="une à trois"
            first=usual
            rest=rest
            more="Toutes"
            many=true
            read=|it| codes(&it.themes)
            tap=|it, code| toggle(&mut it.themes, code)
        />
    }
}

fn minutes(values: &[i64]) -> Vec<Choice> {
    let label = |minutes: i64| match minutes {
        60 => "1\u{202f}h".to_owned(),
        90 => "1\u{202f}h\u{202f}30".to_owned(),
        120 => "2\u{202f}h".to_owned(),
        _ => minutes.to_string(),
    };
    values.iter().map(|minutes| (minutes.to_string(), label(*minutes))).collect()
}
