//! Noting an intervention: the minimal entry of `domain.md` B14 at once, everything else behind « Préciser ».

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    add::back,
    carnet::Carnet,
    details::{Details, When},
    fields::specified,
    habits,
    question::{Question, choices, codes, hint, only_if, others, toggle},
    resumed::resumable,
    sheet::{FormDesk, Opened, Sheet},
};
use crate::{
    domain::{
        coded::{Code, Coded},
        intervention::InterventionDraft,
        other::Other,
        record::Draft,
        taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Setting},
        time::evening_of,
    },
    ui::{chip_row::Choice, stepper::Stepper},
};

/// Durations offered at once, in minutes (`domain.md` B8).
const DURATIONS: [i64; 5] = [5, 15, 30, 45, 60];
/// Longer ones.
const LONG_DURATIONS: [i64; 2] = [90, 120];

/// `/app/noter/:kind`, and `/app/noter/:kind/:day` for another evening: a new intervention, or the one that was being
/// noted.
#[component]
pub fn NewIntervention(
    /// Its type.
    kind: InterventionType,
    /// Its evening, where it is not this one.
    day: Option<NaiveDate>,
) -> impl IntoView {
    let carnet = Carnet::open();
    let unfinished = carnet.unfinished(|form| match &form.draft {
        Draft::Intervention(draft) if draft.kind.as_ref().is_some_and(|own| own.is(kind)) => {
            // Another evening is chosen on purpose: a draft of this one is not what was asked for.
            (day.is_none() || day == draft.occurred_on).then(|| (form.touched_at, form.id, (**draft).clone()))
        }
        _ => None,
    });
    // A form that comes back after a restart is where the person was; one that was left says what it is.
    resumable(
        carnet,
        unfinished,
        move || fresh(carnet, kind, day),
        move |id, draft, notice| {
            let desk = FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: back(day) });
            view! { <InterventionForm desk=desk initial=draft notice=notice /> }.into_any()
        },
    )
}

/// A new intervention, filled from the moment and from habit.
fn fresh(carnet: Carnet, kind: InterventionType, day: Option<NaiveDate>) -> InterventionDraft {
    let now = carnet.port.with_value(|port| port.now());
    let last = habits::last(carnet, kind);
    let running = carnet.running().filter(|(_, presence)| day.is_none() && !presence.is_forgotten(now));
    let network = match &running {
        Some((_, presence)) if presence.networks.len() == 1 => presence.networks.first().cloned(),
        Some((_, presence)) => {
            let last = last.as_ref().and_then(|last| last.network.clone());
            last.filter(|network| presence.networks.contains(network))
        }
        None => None,
    };
    let publishes = kind == InterventionType::PromoteStructure;
    // Informing is a story as often as it is a message.
    let may_publish = publishes || kind == InterventionType::Inform;
    // Who begins an exchange is asked because it tells something: the first guess must not flatter it.
    let begins =
        if publishes || kind == InterventionType::ReachOut { Initiator::Promeneur } else { Initiator::YoungPerson };
    // As last time; but an evening online is not begun by what was face to face, and people are not counted on a publication.
    let last_setting = last.as_ref().and_then(|last| last.setting.clone()).filter(|_| !publishes);
    let usual = last.as_ref().filter(|last| {
        let channel = last.channel.as_ref().and_then(Coded::known);
        let is_usable = channel.is_some_and(|channel| match channel {
            ChannelKind::InPerson => false,
            ChannelKind::Publication => may_publish,
            _ => true,
        });
        is_usable && last.setting.as_ref().and_then(Coded::known).is_some()
    });
    let (channel, setting) = match usual {
        Some(usual) => (usual.channel.clone(), usual.setting.clone()),
        None if publishes => (Some(ChannelKind::Publication.into()), Some(Setting::Collective.into())),
        None => (Some(ChannelKind::PrivateMessage.into()), last_setting.or_else(|| Some(Setting::Individual.into()))),
    };
    InterventionDraft {
        presence: running.map(|(id, _)| id),
        occurred_on: Some(day.unwrap_or_else(|| evening_of(now))),
        started_at: day.is_none().then(|| now.time()),
        kind: Some(kind.into()),
        network,
        channel,
        setting,
        initiator: Some(last.and_then(|last| last.initiator).unwrap_or_else(|| begins.into())),
        audience: Some(Audience::Young.into()),
        young_count: Some(1),
        ..InterventionDraft::default()
    }
}

/// `/app/noter/encore`: what was noted last, of now. What is only true once is not said again: who was seen for the first
/// time, what came of it, the note.
#[component]
pub fn Again() -> impl IntoView {
    let carnet = Carnet::open();
    // The phone may have stopped the page in the middle of it: that form goes on.
    let stopped = carnet.unfinished(|form| match &form.draft {
        Draft::Intervention(it) if form.open => Some((form.id, (**it).clone())),
        _ => None,
    });
    if let Some((id, draft)) = stopped {
        let desk = FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: "/app".to_owned() });
        return view! { <InterventionForm desk=desk initial=draft /> }.into_any();
    }
    let Some(last) = untrack(|| habits::latest(carnet)) else {
        return view! { <NewIntervention kind=InterventionType::MaintainLink day=None /> }.into_any();
    };
    let kind = last.kind.as_ref().and_then(Coded::known).unwrap_or(InterventionType::MaintainLink);
    let fresh = untrack(|| fresh(carnet, kind, None));
    let initial = InterventionDraft {
        presence: fresh.presence,
        occurred_on: fresh.occurred_on,
        started_at: fresh.started_at,
        first_this_year_count: None,
        known_from: None,
        // Of other young people; and the coordination may ask for it no more.
        gender: None,
        reach_count: None,
        outcomes: Vec::new(),
        met_after_online_count: None,
        referral_kinds: Vec::new(),
        note: None,
        extra: fresh.extra,
        ..last
    };
    let id = carnet.port.with_value(|port| port.fresh_record());
    let desk = FormDesk::new(carnet, Opened { id, is_new: true, seen: None, back: "/app".to_owned() });
    view! { <InterventionForm desk=desk initial=initial /> }.into_any()
}

/// The form of an intervention.
#[component]
pub fn InterventionForm(
    /// The desk it stands on.
    desk: FormDesk,
    /// What it begins with.
    initial: InterventionDraft,
    /// What there is to say of it above its fields.
    #[prop(optional_no_strip)]
    notice: Option<AnyView>,
) -> impl IntoView {
    let carnet = desk.carnet;
    let first_kind = initial.kind.as_ref().and_then(Coded::known).unwrap_or(InterventionType::MaintainLink);
    // Of another evening one says which, and when, before anything else.
    let is_dated = untrack(|| carnet.this_evening()) != initial.occurred_on.unwrap_or_default();
    let draft = RwSignal::new(initial);
    let kind = Memo::new(move |_| draft.with(|it| it.kind.as_ref().and_then(Coded::known)).unwrap_or(first_kind));
    let is_project = Memo::new(move |_| kind.get() == InterventionType::SupportProject);
    let whole = Signal::derive(move || {
        let mut it = draft.get();
        // Moved to another moment, or noted afterwards, it belongs to the presence of that moment.
        it.presence = carnet.presence_of(&it);
        Draft::Intervention(Box::new(it))
    });
    desk.autosave(Signal::derive(move || Draft::Intervention(Box::new(draft.get()))));
    let faults = desk.faults.into();
    let known = Memo::new(move |_| draft.with(|draft| draft.channel.as_ref().and_then(Coded::known)));
    let publishes = move || known.get() == Some(ChannelKind::Publication);
    let is_online = Memo::new(move |_| known.get() != Some(ChannelKind::InPerson));
    let with_young = Memo::new(move |_| {
        draft.with(|draft| draft.audience.as_ref().is_some_and(|audience| audience.is(Audience::Young)))
    });
    // One that was noted by the minute is read there too.
    let mut durations = DURATIONS.to_vec();
    let own = draft.with_untracked(|draft| draft.duration_min);
    durations.extend(own.filter(|own| !DURATIONS.contains(own) && !LONG_DURATIONS.contains(own)));
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
        <Sheet desk=desk title=Signal::derive(move || kind.get().label().to_owned()) draft=whole>
            {notice}
            {is_dated.then(|| view! { <When draft=draft desk=desk /> })}
            {only_if(is_online, move || {
                let first = habits::networks(carnet, habits::FIRST_NETWORKS);
                view! {
                    <Question
                        draft=draft
                        desk=desk
                        field="network"
                        legend="Réseau"
                        hint="à choisir"
                        first=choices(&first)
                        rest=others(&first)
                        read=|it| codes(&it.network)
                        tap=|it, code| it.network = Some(code.into())
                    />
                }
                .into_any()
            })}
            {specified(desk, draft, Other::Network, InterventionDraft::is_on_another_network, |it| Some(&mut it.network_other))}
            {people}
            <Themes draft=draft kind=first_kind desk=desk />
            {specified(desk, draft, Other::Theme, InterventionDraft::has_another_theme, |it| Some(&mut it.theme_other))}
            <Question
                draft=draft
                desk=desk
                field="duration_min"
                legend="Durée"
                hint="en minutes"
                first=minutes(&durations)
                rest=minutes(&LONG_DURATIONS)
                tight=true
                optional=true
                read=|it| it.duration_min.iter().map(i64::to_string).collect()
                tap=|it, minutes| it.duration_min = minutes.parse().ok()
            />
            {only_if(is_project, || hint(BORN).into_any())}
            <Details draft=draft kind=kind is_dated=is_dated desk=desk />
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
                label="dont vus pour la première fois cette année"
                part=true
                value=first
                set=move |count: i64| draft.update(|draft| draft.first_this_year_count = Some(count))
                faults=faults
            />
        </div>
    }
}

#[component]
fn Themes(draft: RwSignal<InterventionDraft>, kind: InterventionType, desk: FormDesk) -> impl IntoView {
    let (first, rest) = habits::theme_choices(desk.carnet, kind);
    view! {
        <Question
            draft=draft
            desk=desk
            field="themes"
            legend="Thématiques"
            hint="une à trois"
            first=first
            rest=rest
            many=true
            read=|it| codes(&it.themes)
            tap=|it, code| toggle(&mut it.themes, code)
        />
    }
}

const BORN: &str = "Un projet qui naît se décrit aussi par «\u{202f}Projet ou parcours\u{202f}», au bas de Ce soir\u{202f}: c’est là qu’il compte parmi les projets initiés.";

fn minutes(values: &[i64]) -> Vec<Choice> {
    let label = |minutes: i64| match minutes {
        60 => "1\u{202f}h".to_owned(),
        90 => "1\u{202f}h\u{202f}30".to_owned(),
        120 => "2\u{202f}h".to_owned(),
        _ => minutes.to_string(),
    };
    values.iter().map(|minutes| (minutes.to_string(), label(*minutes))).collect()
}
