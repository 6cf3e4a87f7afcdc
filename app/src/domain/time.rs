//! Days, slots and the evening's rules. All times of records are wall-clock times of the network's zone.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::{
    coded::codes,
    fault::{FaultCode, Faults},
    fr::NNBSP,
};

codes! {
    /// The slots of a day, by the hour (`domain.md` B8).
    TimeSlot {
        Morning = "morning", "Matin";
        Midday = "midday", "Midi";
        Afternoon = "afternoon", "Après-midi";
        AfterSchool = "after_school", "Après l’école";
        Evening = "evening", "Soirée";
        Night = "night", "Nuit";
    }
}

impl TimeSlot {
    /// The slot of an hour of the day, 0 to 23.
    pub fn of_hour(hour: u32) -> Self {
        match hour {
            6..=11 => Self::Morning,
            12..=13 => Self::Midday,
            14..=16 => Self::Afternoon,
            17..=19 => Self::AfterSchool,
            20..=22 => Self::Evening,
            _ => Self::Night,
        }
    }

    /// The hour at which it begins and the one at which it ends.
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Self::Morning => (6, 12),
            Self::Midday => (12, 14),
            Self::Afternoon => (14, 17),
            Self::AfterSchool => (17, 20),
            Self::Evening => (20, 23),
            Self::Night => (23, 6),
        }
    }

    /// The hours it covers, as shown beside its name: « 20–23 h ».
    pub fn hours(self) -> String {
        let (from, until) = self.bounds();
        // One word, which no line breaks (U+2060).
        format!("{from}\u{2060}–\u{2060}{until}{NNBSP}h")
    }

    /// When on a day of the week, in a sentence: « le jeudi en soirée », « le jeudi matin ».
    pub fn when_on(self, weekday: &str) -> String {
        match self {
            Self::Morning => format!("le {weekday} matin"),
            Self::Midday => format!("le {weekday} midi"),
            Self::Afternoon => format!("le {weekday} après-midi"),
            Self::AfterSchool => format!("le {weekday} après l’école"),
            Self::Evening => format!("le {weekday} en soirée"),
            // Of one day, which has two halves of a night.
            Self::Night => format!("le {weekday} avant 6{NNBSP}h ou après 23{NNBSP}h"),
        }
    }

    /// When, in a sentence: « en soirée ».
    pub fn when(self) -> &'static str {
        match self {
            Self::Morning => "le matin",
            Self::Midday => "le midi",
            Self::Afternoon => "l’après-midi",
            Self::AfterSchool => "après l’école",
            Self::Evening => "en soirée",
            Self::Night => "la nuit",
        }
    }
}

/// The earliest day a record may bear: the year of the first French experiment (seed, I.b).
pub const FIRST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2011, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// The hour until which the night still belongs to the evening before (`offline.md` 2.8).
pub const EVENING_ENDS_AT: u32 = 3;

/// The day an activity at `now` belongs to by default: an evening ends at three in the morning.
pub fn evening_of(now: NaiveDateTime) -> NaiveDate {
    if now.hour() < EVENING_ENDS_AT { now.date().pred_opt().unwrap_or(now.date()) } else { now.date() }
}

/// The moment of a time of day in an evening: what is after midnight is of the next day.
pub fn moment_of(evening: NaiveDate, time: NaiveTime) -> NaiveDateTime {
    let next = evening.succ_opt().filter(|_| time.hour() < EVENING_ENDS_AT);
    next.unwrap_or(evening).and_time(time)
}

/// Notes a fault for a day outside the sane window: before [`FIRST_DAY`], or after tomorrow (a phone's clock may be
/// ahead of the server's by a day, and no more is believed).
pub fn check_day(faults: &mut Faults, field: &str, day: NaiveDate, today: NaiveDate) {
    if day < FIRST_DAY {
        faults.add(field, FaultCode::DateTooOld);
    } else if day > today.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX) {
        faults.add(field, FaultCode::DateInFuture);
    }
}

/// Wall-clock minutes from `start` to `end`, one piece for each day and slot they fall in.
pub fn minutes_by_slot(start: NaiveDateTime, end: NaiveDateTime) -> Vec<(NaiveDate, TimeSlot, i64)> {
    let mut pieces: Vec<(NaiveDate, TimeSlot, i64)> = Vec::new();
    let mut at = start;
    while at < end {
        let Some(next_hour) = at
            .date()
            .and_hms_opt(at.hour(), 0, 0)
            .and_then(|hour| hour.checked_add_signed(chrono::TimeDelta::hours(1)))
        else {
            break;
        };
        let until = next_hour.min(end);
        let minutes = (until - at).num_minutes();
        let slot = TimeSlot::of_hour(at.hour());
        match pieces.last_mut() {
            Some((day, last, sum)) if *day == at.date() && *last == slot => *sum += minutes,
            _ => pieces.push((at.date(), slot, minutes)),
        }
        at = until;
    }
    pieces.retain(|(_, _, minutes)| *minutes > 0);
    pieces
}

/// Whether minutes of this day and slot are ones when young people are available (`domain.md` I7').
pub fn is_available(day: NaiveDate, slot: TimeSlot, holiday: bool) -> bool {
    holiday
        || matches!(slot, TimeSlot::Midday | TimeSlot::AfterSchool | TimeSlot::Evening)
        || matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
        || (day.weekday() == Weekday::Wed && slot == TimeSlot::Afternoon)
}

/// A stretch of days, both ends included; no end means still going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Span {
    /// First day.
    #[serde(deserialize_with = "super::iso::read")]
    pub from: NaiveDate,
    /// Last day.
    #[serde(default, deserialize_with = "super::iso::read_some")]
    pub until: Option<NaiveDate>,
}

impl Span {
    /// Whether the day lies in it.
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    /// The days that lie in both; it ends before it begins where there are none.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let until = match (self.until, other.until) {
            (Some(one), Some(another)) => Some(one.min(another)),
            (one, another) => one.or(another),
        };
        Self { from: self.from.max(other.from), until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::coded::Code;

    #[test]
    fn a_moment_belongs_to_the_evening_it_was_made_from() {
        let evening = NaiveDate::from_ymd_opt(2026, 11, 19).expect("a day");
        for (hour, day) in [(3, 19), (14, 19), (23, 19), (0, 20), (2, 20)] {
            let at = moment_of(evening, NaiveTime::from_hms_opt(hour, 30, 0).expect("a time"));
            assert_eq!((at.day(), evening_of(at)), (day, evening));
        }
    }

    #[test]
    fn bounds_agree_with_the_hours_that_fall_in_a_slot() {
        for slot in TimeSlot::ALL {
            let (from, until) = slot.bounds();
            assert_eq!(TimeSlot::of_hour(from), *slot);
            assert_ne!(TimeSlot::of_hour(until), *slot);
            assert_eq!(TimeSlot::of_hour((until + 23) % 24), *slot);
        }
        assert_eq!(TimeSlot::Evening.hours(), "20\u{2060}–\u{2060}23\u{202f}h");
    }
}
