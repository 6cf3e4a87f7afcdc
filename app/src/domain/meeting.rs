//! Meeting face to face after an online contact, *rencontre* (`domain.md` B0, I3).

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{
    coded::Coded,
    fault::{Fault, FaultCode, Faults},
    fields::fields,
    other::{OTHER_LENGTH, Other},
    people::{YoungCounts, YoungPeople},
    record::NOTE_LENGTH,
    taxonomy::Theme,
    time::check_day,
};

/// A meeting as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeetingDraft {
    /// The day.
    pub occurred_on: Option<NaiveDate>,
    /// How many young people.
    pub young_count: Option<i64>,
    /// How many of them for the first time this year, after an online contact.
    pub met_after_online_count: Option<i64>,
    /// What it was about.
    pub themes: Vec<Coded<Theme>>,
    /// Which one, when a theme is « Autre ».
    pub theme_other: Option<String>,
    /// A short note.
    pub note: Option<String>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(MeetingDraft { occurred_on, young_count, met_after_online_count, themes, theme_other, note });

/// A meeting that keeps its invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The day.
    pub occurred_on: NaiveDate,
    /// Who was there, in numbers.
    pub young: YoungPeople,
    /// What it was about.
    pub themes: Vec<Coded<Theme>>,
    /// A short note.
    pub note: Option<String>,
}

impl MeetingDraft {
    /// The meeting, or what is wrong with it. `strict` refuses codes that this release does not know.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Meeting, Vec<Fault>> {
        let mut faults = Faults::default();
        let occurred_on = faults.require("occurred_on", self.occurred_on, FaultCode::Missing);
        if let Some(day) = occurred_on {
            check_day(&mut faults, "occurred_on", day, today);
        }
        faults.known("themes", &self.themes, strict);
        let counts = YoungCounts {
            present: self.young_count,
            met_after_online: self.met_after_online_count,
            ..YoungCounts::default()
        };
        let young = YoungPeople::parse(counts, &mut faults);
        faults.text(Other::Theme.field(), self.theme_other.as_deref(), OTHER_LENGTH);
        let note = faults.text("note", self.note.as_deref(), NOTE_LENGTH);
        let meeting = match (occurred_on, young) {
            (Some(occurred_on), Some(young)) => Some(Meeting { occurred_on, young, themes: self.themes.clone(), note }),
            _ => None,
        };
        faults.finish(meeting)
    }
}
