//! A presence that is over: noted afterwards, or corrected.

use std::sync::Arc;

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use leptos::prelude::*;

use super::{
    add::back,
    carnet::Carnet,
    fields::{DateField, Note, TimeField, specified, text_of},
    habits,
    line::Line,
    question::{choices, codes, others, toggle},
    resumed::resumable,
    sheet::{FormDesk, Opened, Sheet},
};
use crate::{
    domain::{
        fault::{Fault, FaultCode},
        fr,
        other::Other,
        presence::{PresenceDraft, whole_minute},
        record::Draft,
        time::{evening_of, moment_of},
    },
    ui::chips::Chips,
};

/// `/app/presence/nouvelle`, of yesterday, or of the day in the address: a presence that is over, or the one that was
/// being noted.
#[component]
pub fn NewPresence(
    /// Its day.
    day: Option<NaiveDate>,
) -> impl IntoView {
    let carnet = Carnet::open();
    let unfinished = carnet.unfinished(|form| match &form.draft {
        Draft::Presence(draft) => {
            let same = day.is_none() || draft.started_at.map(evening_of) == day;
            same.then(|| (form.touched_at, form.id, draft.clone()))
        }
        _ => None,
    });
    let fresh = move || {
        let now = carnet.port.with_value(|port| port.now());
        let day = day.or_else(|| evening_of(now).pred_opt()).unwrap_or(now.date());
        let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).map(|time| day.and_time(time));
        // Of an evening that goes on, no hour that is still to come.
        let gone = |at: Option<NaiveDateTime>| at.map(|at| at.min(whole_minute(now)));
        PresenceDraft { started_at: gone(at(20)), ended_at: gone(at(22)), ..PresenceDraft::default() }
    };
    resumable(carnet, unfinished, fresh, move |id, draft, notice| {
        let opened = Opened { id, is_new: true, seen: None, back: back(day) };
        view! { <PresenceForm desk=FormDesk::new(carnet, opened) initial=draft notice=notice /> }.into_any()
    })
}

/// The form of a presence. An end before the start is on the next day: an evening goes past midnight.
#[component]
pub fn PresenceForm(
    /// The desk it stands on.
    desk: FormDesk,
    /// What it begins with.
    initial: PresenceDraft,
    /// What there is to say of it above its fields.
    #[prop(optional_no_strip)]
    notice: Option<AnyView>,
) -> impl IntoView {
    let carnet = desk.carnet;
    let now = carnet.port.with_value(|port| port.now());
    let (start, end) = (initial.started_at, initial.ended_at);
    let day = RwSignal::new(start.or(end).or(Some(now)).map(evening_of));
    let from = RwSignal::new(start.map(|start| start.time()));
    let until = RwSignal::new(end.map(|end| end.time()));
    let rest = RwSignal::new(initial);
    let draft = Signal::derive(move || {
        let at = |time: Option<NaiveTime>| day.get().zip(time).map(|(evening, time)| moment_of(evening, time));
        let started_at = at(from.get());
        // An end is kept also while its start is being typed anew.
        let ended_at = match started_at {
            // As it was noted, however long it was, unless one of its times is changed.
            Some(now) if Some(now) == start && until.get() == end.map(|end| end.time()) => end,
            Some(start) => until.get().and_then(|time| end_after(start, time)),
            None => at(until.get()),
        };
        Draft::Presence(PresenceDraft { started_at, ended_at, ..rest.get() })
    });
    desk.autosave(draft);
    // The record has moments only: of one without a day, or with a day that cannot be, it is the day that is put right.
    desk.place(move |fault| {
        let is_of_day = matches!(fault.code.known(), Some(FaultCode::DateTooOld | FaultCode::DateInFuture));
        let is_days = fault.field == "started_at" && (is_of_day || day.get_untracked().is_none());
        if is_days { Fault { field: "day".to_owned(), ..fault } } else { fault }
    });
    let faults = desk.faults.into();
    let length = move || match draft.get() {
        Draft::Presence(PresenceDraft { started_at: Some(start), ended_at: Some(end), .. }) => {
            let minutes = end.signed_duration_since(start).num_minutes();
            // The next day is right for an evening past midnight, and a slip otherwise: it must be seen.
            let until = if end.date() > start.date() {
                format!(", jusqu’au lendemain à {}", fr::time(end.time()))
            } else {
                String::new()
            };
            if minutes < 0 {
                return String::new();
            }
            format!("Soit {}, {}{until}.", fr::duration(minutes), fr::long_date(start.date(), now.date()))
        }
        Draft::Presence(PresenceDraft { started_at: None, .. }) => String::new(),
        _ => "Présence en cours\u{202f}: elle n’a pas encore de fin.".to_owned(),
    };
    // Two promeneurs may share an evening, and one person has only one: what is noted twice would be counted twice.
    let overlap = Memo::new(move |_| {
        let Draft::Presence(mine) = draft.get() else { return None };
        carnet.lines.with(|lines| {
            let is_other = |line: &&Arc<Line>| !line.entry.deleted && line.entry.id != desk.id && carnet.may_open(line);
            let others = lines.values().filter(is_other);
            let other = others.filter_map(|line| line.presence()).find(|other| mine.overlaps(other, now))?;
            let began = other.started_at?;
            let from = fr::time(began.time());
            let span = match other.ended_at {
                Some(end) => format!("de {from} à {}", fr::time(end.time())),
                None => format!("commencée à {from}"),
            };
            let is_same = mine.started_at.is_some_and(|start| evening_of(start) == evening_of(began));
            let day =
                if is_same { String::new() } else { format!(", {}", fr::long_date(evening_of(began), now.date())) };
            Some(format!("Une présence {span}{day} est déjà notée\u{202f}: le temps commun compterait deux fois."))
        })
    });
    let to_come = move || match draft.get() {
        Draft::Presence(PresenceDraft { started_at, ended_at, .. }) => {
            let now = Some(carnet.clock.get());
            match (started_at > now, ended_at > now) {
                (true, _) => " Elle commence plus tard que maintenant\u{202f}: est-ce la bonne heure\u{202f}?",
                (_, true) => " Elle finit plus tard que maintenant\u{202f}: est-ce la bonne heure\u{202f}?",
                _ => "",
            }
        }
        _ => "",
    };
    let first = habits::networks(carnet, habits::FIRST_NETWORKS);
    let (note, set_note) = text_of(rest, |it| Some(&mut it.note));
    view! {
        <Sheet desk=desk title="Présence" draft=draft>
            {notice}
            <DateField field="day" label="Soirée du" value=day set=move |to| day.set(to) desk=desk />
            <div class="field-pair">
                <TimeField field="started_at" label="Début" value=from set=move |to| from.set(to) desk=desk />
                <TimeField field="ended_at" label="Fin" value=until set=move |to| until.set(to) desk=desk />
            </div>
            <p class="quiet" aria-live="polite">{length} {to_come} " " {move || overlap.get()}</p>
            <Chips
                field="networks"
                legend="Réseaux"
                hint="un au moins"
                first=choices(&first)
                rest=others(&first)
                many=true
                chosen=Signal::derive(move || rest.with(|draft| codes(&draft.networks)))
                toggle=move |code: String| rest.update(|draft| toggle(&mut draft.networks, &code))
                faults=faults
            />
            {specified(
                desk,
                rest,
                Other::Network,
                PresenceDraft::is_on_another_network,
                |it| Some(&mut it.network_other),
            )}
            <Note
                value=note
                set=set_note
                desk=desk
            />
        </Sheet>
    }
}

/// Longest presence over midnight.
const LONGEST_NIGHT: TimeDelta = TimeDelta::hours(16);

/// The moment at this time of day at which what began then ends: on the next day, where that makes a night of it. Twenty-three
/// hours are two times in the wrong order, which the form then says.
fn end_after(start: NaiveDateTime, time: NaiveTime) -> Option<NaiveDateTime> {
    let same_day = start.date().and_time(time);
    let next_day = same_day.checked_add_days(Days::new(1))?;
    let is_night = same_day < start && next_day - start <= LONGEST_NIGHT;
    Some(if is_night { next_day } else { same_day })
}
