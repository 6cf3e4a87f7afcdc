//! Time of presence online, *permanence* (`domain.md` B0, B8). An idle one counts too.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use serde_json::{Map, Value};

use super::{
    coded::Coded,
    fault::{Fault, FaultCode, Faults},
    fields::fields,
    intervention::InterventionDraft,
    other::{OTHER_LENGTH, Other},
    record::NOTE_LENGTH,
    taxonomy::Network,
    time::{check_day, evening_of},
};

/// A presence as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PresenceDraft {
    /// When it began, wall clock.
    pub started_at: Option<NaiveDateTime>,
    /// When it ended, wall clock; none while it goes on.
    pub ended_at: Option<NaiveDateTime>,
    /// Where.
    pub networks: Vec<Coded<Network>>,
    /// Which one, when a network is « Autre ».
    pub network_other: Option<String>,
    /// A short note, about the activity and never about a person.
    pub note: Option<String>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(PresenceDraft { started_at, ended_at, networks, network_other, note });

/// A presence that keeps its invariants: it ends after it begins, within 24 hours, on at least one network, and both
/// are whole minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// When it began, wall clock of the network's zone.
    pub started_at: NaiveDateTime,
    /// When it ended; none while it goes on.
    pub ended_at: Option<NaiveDateTime>,
    /// Where; never empty.
    pub networks: Vec<Coded<Network>>,
    /// A short note.
    pub note: Option<String>,
}

impl PresenceDraft {
    /// The presence, or what is wrong with it. `strict` refuses codes that this release does not know.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Presence, Vec<Fault>> {
        let mut faults = Faults::default();
        let started_at = faults.require("started_at", self.started_at.map(whole_minute), FaultCode::Missing);
        let ended_at = self.ended_at.map(whole_minute);
        if let Some(start) = started_at {
            check_day(&mut faults, "started_at", start.date(), today);
            if let Some(end) = ended_at {
                check_end(&mut faults, start, end);
            }
        }
        if self.networks.is_empty() {
            faults.add("networks", FaultCode::ChooseNetwork);
        }
        faults.known("networks", &self.networks, strict);
        faults.text(Other::Network.field(), self.network_other.as_deref(), OTHER_LENGTH);
        let note = faults.text("note", self.note.as_deref(), NOTE_LENGTH);
        let presence =
            started_at.map(|started_at| Presence { started_at, ended_at, networks: self.networks.clone(), note });
        faults.finish(presence)
    }
}

/// How long a presence that nobody ended is believed to go on, in hours. After that its end was forgotten.
pub const FORGOTTEN_AFTER_H: i64 = 8;

impl PresenceDraft {
    /// Whether a network is « Autre », which can be specified.
    pub fn is_on_another_network(&self) -> bool {
        self.networks.iter().any(|network| network.is(Network::Other))
    }

    /// Whether it goes on although nobody works that long: its end was forgotten.
    pub fn is_forgotten(&self, now: NaiveDateTime) -> bool {
        let long = |start: NaiveDateTime| now.signed_duration_since(start) > TimeDelta::hours(FORGOTTEN_AFTER_H);
        self.ended_at.is_none() && self.started_at.is_some_and(long)
    }

    /// When it probably ended, where that was forgotten: with what was done last in it, else two hours after it began; not
    /// later than now, nor than a presence can be.
    pub fn probable_end(&self, last_act_ended: Option<NaiveDateTime>, now: NaiveDateTime) -> Option<NaiveDateTime> {
        let start = whole_minute(self.started_at?);
        let latest = start.checked_add_signed(TimeDelta::hours(24))?.min(whole_minute(now)).max(start);
        let acted = last_act_ended.map(whole_minute).filter(|end| *end > start);
        Some(acted.or(start.checked_add_signed(TimeDelta::hours(2)))?.min(latest))
    }

    /// Whether some time is both of this one and of another; of one that goes on, as long as that is believed.
    pub fn overlaps(&self, other: &Self, now: NaiveDateTime) -> bool {
        let of = |it: &Self| {
            let start = it.started_at?;
            let believed = start.checked_add_signed(TimeDelta::hours(FORGOTTEN_AFTER_H))?.min(now).max(start);
            Some((start, it.ended_at.unwrap_or(believed)))
        };
        of(self).zip(of(other)).is_some_and(|(mine, theirs)| mine.0 < theirs.1 && theirs.0 < mine.1)
    }

    /// Whether a moment lies in it, both ends included.
    pub fn covers(&self, at: NaiveDateTime, now: NaiveDateTime) -> bool {
        let Some(start) = self.started_at.map(whole_minute) else { return false };
        // Both ends are whole minutes: what was noted in the last one lies in it.
        let at = whole_minute(at);
        let believed = start.checked_add_signed(TimeDelta::hours(FORGOTTEN_AFTER_H)).unwrap_or(now);
        start <= at && at <= self.ended_at.unwrap_or_else(|| now.max(start).min(believed))
    }

    /// Whether an intervention lies in it. One without an hour lies in the presence of its evening, or its minutes would count
    /// beside those of the presence (I7).
    pub fn holds(&self, it: &InterventionDraft, now: NaiveDateTime) -> bool {
        let is_of_evening = || self.started_at.is_some_and(|start| Some(evening_of(start)) == it.occurred_on);
        it.moment().map_or_else(is_of_evening, |at| self.covers(at, now))
    }
}

/// Presence is counted in whole minutes: seconds would be lost wherever it is cut between two slots.
pub fn whole_minute(at: NaiveDateTime) -> NaiveDateTime {
    at.date().and_hms_opt(at.hour(), at.minute(), 0).unwrap_or(at)
}

fn check_end(faults: &mut Faults, start: NaiveDateTime, end: NaiveDateTime) {
    if end < start {
        faults.add("ended_at", FaultCode::EndBeforeStart);
    } else if end.signed_duration_since(start) > TimeDelta::hours(24) {
        faults.add("ended_at", FaultCode::TooLong);
    }
}

impl Presence {
    /// Wall-clock minutes; none while it goes on.
    pub fn minutes(&self) -> Option<i64> {
        self.ended_at.map(|end| end.signed_duration_since(self.started_at).num_minutes())
    }

    /// The day it belongs to: the one on which it starts.
    pub fn day(&self) -> NaiveDate {
        self.started_at.date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().expect("a moment")
    }

    fn presence(start: &str, end: Option<&str>) -> PresenceDraft {
        PresenceDraft { started_at: Some(at(start)), ended_at: end.map(at), ..PresenceDraft::default() }
    }

    #[test]
    fn it_holds_what_was_noted_from_its_first_to_its_last_minute() {
        let evening = presence("2026-11-19T21:00:40", Some("2026-11-20T00:14:00"));
        let now = at("2026-11-20T08:00:00");
        for inside in ["2026-11-19T21:00:05", "2026-11-19T23:59:59", "2026-11-20T00:14:50"] {
            assert!(evening.covers(at(inside), now), "{inside}");
        }
        for outside in ["2026-11-19T20:59:59", "2026-11-20T00:15:00"] {
            assert!(!evening.covers(at(outside), now), "{outside}");
        }
    }

    #[test]
    fn the_end_that_was_forgotten_is_guessed_from_what_was_done() {
        let running = presence("2026-11-19T21:00:00", None);
        let morning = at("2026-11-20T09:00:00");
        let ends = |last: &str| running.probable_end(Some(at(last)), morning);
        assert_eq!(running.probable_end(None, morning), Some(at("2026-11-19T23:00:00")));
        assert_eq!(ends("2026-11-20T00:20:30"), Some(at("2026-11-20T00:20:00")));
        assert_eq!(ends("2026-11-19T20:50:00"), Some(at("2026-11-19T23:00:00")));
        assert_eq!(ends("2026-11-20T11:00:00"), Some(morning), "nobody ends in the future");
        assert_eq!(
            running.probable_end(Some(at("2026-11-21T11:00:00")), at("2026-11-22T09:00:00")),
            Some(at("2026-11-20T21:00:00"))
        );
        assert_eq!(PresenceDraft::default().probable_end(None, morning), None);
    }

    #[test]
    fn time_that_two_presences_share_is_seen() {
        let now = at("2026-11-19T22:00:00");
        let evening = presence("2026-11-19T20:30:00", Some("2026-11-19T22:30:00"));
        for (other, shares) in [
            (presence("2026-11-19T22:00:00", Some("2026-11-20T00:10:00")), true),
            (presence("2026-11-19T21:00:00", Some("2026-11-19T21:10:00")), true),
            (presence("2026-11-19T21:00:00", None), true),
            (presence("2026-11-19T22:30:00", Some("2026-11-19T23:00:00")), false),
            (presence("2026-11-19T18:00:00", Some("2026-11-19T20:30:00")), false),
            (PresenceDraft::default(), false),
        ] {
            assert_eq!((evening.overlaps(&other, now), other.overlaps(&evening, now)), (shares, shares), "{other:?}");
        }
        // One of Monday that nobody ended is not still going on.
        let forgotten = presence("2026-11-16T21:00:00", None);
        assert!(!forgotten.overlaps(&evening, now) && !evening.overlaps(&forgotten, now));
    }

    #[test]
    fn one_that_nobody_ended_is_believed_for_some_hours() {
        let running = presence("2026-11-19T21:00:00", None);
        assert!(!running.is_forgotten(at("2026-11-20T04:00:00")));
        assert!(running.covers(at("2026-11-20T03:59:00"), at("2026-11-20T04:00:00")));
        assert!(!running.covers(at("2026-11-20T04:30:00"), at("2026-11-20T04:00:00")), "nothing is in the future");
        let morning = at("2026-11-20T09:00:00");
        assert!(running.is_forgotten(morning));
        assert!(
            running.covers(at("2026-11-19T22:00:00"), morning) && !running.covers(at("2026-11-20T08:59:00"), morning)
        );
        assert!(!presence("2026-11-19T21:00:00", Some("2026-11-19T22:00:00")).is_forgotten(morning));
        // The clock was put back since: it began, whatever the clock says.
        assert!(running.covers(at("2026-11-19T21:00:30"), at("2026-11-19T20:30:00")));
    }
}
