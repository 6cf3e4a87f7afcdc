//! The monthly statement, *relevé d'activité*, that a promeneur hands over (`domain.md` A3, C19, I15): the month's figures
//! as they stood then, and three short texts in the promeneur's own words (B13).

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::{
    fault::{Fault, FaultCode, Faults},
    fields::{counts, fields},
    fr,
    indicators::Sums,
    people::MOST_REACH,
    period::Period,
    time::check_day,
};

/// Longest of its texts, in characters.
pub const TEXT_LENGTH: usize = 600;

/// The month's figures when it was handed over. What was noted, changed or withdrawn since shows as the difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handed {
    /// Interventions (I2).
    pub interventions: i64,
    /// Contacts with young people (I1c).
    pub contacts: i64,
    /// Young people met for the first time this year (I1b).
    pub distinct: i64,
    /// Young people met face to face after an online contact (I3).
    pub met: i64,
    /// Projects born of the online presence (I4).
    pub projects: i64,
    /// Minutes of presence online (I7).
    pub presence_min: i64,
}

counts!(Handed { interventions, contacts, distinct, met, projects, presence_min });

impl Handed {
    /// The figures of a month as they stand.
    pub fn of(sums: &Sums) -> Self {
        Self {
            interventions: sums.interventions(),
            contacts: sums.contacts(),
            distinct: sums.distinct(),
            met: sums.met(),
            projects: sums.projects_initiated(),
            presence_min: sums.presence_minutes(),
        }
    }

    /// Label and value of each, minutes as a duration.
    pub fn each(&self) -> [(&'static str, String); 6] {
        [
            ("Présence en ligne", fr::duration(self.presence_min)),
            ("Interventions", fr::integer(self.interventions)),
            ("Contacts-jeunes", fr::integer(self.contacts)),
            ("Jeunes connectés, vus pour la première fois cette année", fr::integer(self.distinct)),
            ("Jeunes rencontrés après un contact en ligne", fr::integer(self.met)),
            ("Projets initiés", fr::integer(self.projects)),
        ]
    }

    /// What has changed until `now`, in words; none where nothing has.
    pub fn since(&self, now: &Self) -> Option<String> {
        let minutes = now.presence_min - self.presence_min;
        let length = (minutes != 0).then(|| {
            format!("{} de présence {}", fr::duration(minutes.abs()), if minutes > 0 { "de plus" } else { "de moins" })
        });
        let counts = [
            (now.interventions - self.interventions, "intervention", "interventions"),
            (now.contacts - self.contacts, "contact", "contacts"),
            (now.distinct - self.distinct, "première fois", "premières fois"),
            (now.met - self.met, "jeune rencontré", "jeunes rencontrés"),
            (now.projects - self.projects, "projet initié", "projets initiés"),
        ];
        let counts = counts.into_iter().filter(|(difference, ..)| *difference != 0).map(|(difference, one, many)| {
            let way = if difference > 0 { "de plus" } else { "de moins" };
            format!("{} {way}", fr::count(difference.abs(), one, many))
        });
        let parts: Vec<String> = length.into_iter().chain(counts).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn values(&self) -> [i64; 6] {
        [self.interventions, self.contacts, self.distinct, self.met, self.projects, self.presence_min]
    }
}

/// What its three texts are called.
pub const HIGHLIGHT: &str = "Fait marquant";
/// The second.
pub const DIFFICULTIES: &str = "Difficultés rencontrées";
/// The third.
pub const TRAINING_WISHES: &str = "Souhaits de formation";

/// A statement as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StatementDraft {
    /// First day of its month.
    pub month: Option<NaiveDate>,
    /// The month's figures when it was handed over.
    pub figures: Option<Handed>,
    /// Something worth telling, told so that nobody can be recognised.
    pub highlight: Option<String>,
    /// Difficulties met.
    pub difficulties: Option<String>,
    /// Training wished for.
    pub training_wishes: Option<String>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(StatementDraft { month, figures, highlight, difficulties, training_wishes });

/// A statement that keeps its invariants: of a month that has begun, with figures that can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// First day of its month.
    pub month: NaiveDate,
    /// The month's figures when it was handed over.
    pub figures: Handed,
    /// Something worth telling.
    pub highlight: Option<String>,
    /// Difficulties met.
    pub difficulties: Option<String>,
    /// Training wished for.
    pub training_wishes: Option<String>,
}

impl Statement {
    /// Its texts, each with what it is called; those that are there.
    pub fn texts(&self) -> impl Iterator<Item = (&'static str, String)> {
        let texts = [
            (HIGHLIGHT, &self.highlight),
            (DIFFICULTIES, &self.difficulties),
            (TRAINING_WISHES, &self.training_wishes),
        ];
        texts.into_iter().filter_map(|(name, text)| Some((name, text.clone()?)))
    }
}

impl StatementDraft {
    /// The statement, or what is wrong with it.
    pub fn parse(&self, today: NaiveDate) -> Result<Statement, Vec<Fault>> {
        let mut faults = Faults::default();
        let month = faults.require("month", self.month, FaultCode::Missing);
        if let Some(month) = month {
            if month.day() != 1 {
                faults.add("month", FaultCode::MalformedBody);
            }
            check_day(&mut faults, "month", month, today);
        }
        let figures = faults.require("figures", self.figures, FaultCode::Missing);
        for value in figures.iter().flat_map(Handed::values) {
            faults.count("figures", Some(value), MOST_REACH);
        }
        let highlight = faults.text("highlight", self.highlight.as_deref(), TEXT_LENGTH);
        let difficulties = faults.text("difficulties", self.difficulties.as_deref(), TEXT_LENGTH);
        let training_wishes = faults.text("training_wishes", self.training_wishes.as_deref(), TEXT_LENGTH);
        let statement = month.zip(figures).map(|(month, figures)| Statement {
            month,
            figures,
            highlight,
            difficulties,
            training_wishes,
        });
        faults.finish(statement)
    }

    /// Its name: « Relevé de novembre 2026 ».
    pub fn title(&self) -> String {
        self.month.map_or_else(|| "Relevé".to_owned(), title_of)
    }
}

/// What the statement of a month is called.
pub fn title_of(month: NaiveDate) -> String {
    format!("Relevé {}", fr::of(&Period::month_of(month).label()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap()
    }

    fn codes(draft: &StatementDraft) -> Vec<(String, String)> {
        let faults = draft.parse(day(11, 25)).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field, fault.code.code().to_owned())).collect()
    }

    fn october() -> StatementDraft {
        StatementDraft { month: Some(day(10, 1)), figures: Some(Handed::default()), ..StatementDraft::default() }
    }

    #[test]
    fn a_month_that_has_begun_with_figures_that_can_be() {
        assert!(codes(&october()).is_empty());
        assert!(codes(&StatementDraft { month: Some(day(11, 1)), ..october() }).is_empty());
        let fault = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
        assert_eq!(codes(&StatementDraft { month: Some(day(12, 1)), ..october() }), fault("month", "date_in_future"));
        assert_eq!(codes(&StatementDraft { month: Some(day(10, 2)), ..october() }), fault("month", "malformed_body"));
        assert_eq!(codes(&StatementDraft { month: None, ..october() }), fault("month", "missing"));
        let figures = Some(Handed { met: -1, ..Handed::default() });
        assert_eq!(codes(&StatementDraft { figures, ..october() }), fault("figures", "negative"));
        assert_eq!(codes(&StatementDraft { figures: None, ..october() }), fault("figures", "missing"));
        let long = Some("a".repeat(TEXT_LENGTH + 1));
        assert_eq!(codes(&StatementDraft { highlight: long, ..october() }), fault("highlight", "text_too_long"));
    }

    #[test]
    fn what_came_later_is_said_in_words() {
        let handed = Handed { interventions: 4, contacts: 9, presence_min: 180, ..Handed::default() };
        assert_eq!(handed.since(&handed), None);
        let now = Handed { interventions: 6, contacts: 8, presence_min: 225, met: 1, ..handed };
        assert_eq!(
            handed.since(&now).as_deref(),
            Some(
                "45\u{202f}min de présence de plus, 2 interventions de plus, 1 contact de moins, 1 jeune rencontré de plus"
            )
        );
    }

    #[test]
    fn it_is_called_by_its_month() {
        assert_eq!(october().title(), "Relevé d’octobre 2026");
        assert_eq!(title_of(day(11, 1)), "Relevé de novembre 2026");
    }
}
