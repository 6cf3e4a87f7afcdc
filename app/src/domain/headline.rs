//! The main figures of a period, small enough to be asked for several periods at once (`domain.md` C1, I7).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    indicators::{Sums, hours_a_week},
    period::Period,
};

/// The main figures of a period, to be compared with another's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// I1b.
    pub distinct: i64,
    /// I1c.
    #[serde(default)]
    pub contacts: i64,
    /// I2.
    pub interventions: i64,
    /// I3.
    pub met: i64,
    /// I8.
    #[serde(default)]
    pub referrals: i64,
    /// I4.
    pub projects: i64,
    /// I7, in minutes.
    pub minutes: i64,
    /// Days on which promeneurs of the scope counted, summed over them.
    pub person_days: i64,
}

impl Headline {
    /// Those of sums.
    pub fn of(sums: &Sums) -> Self {
        Self {
            distinct: sums.distinct(),
            contacts: sums.contacts(),
            interventions: sums.interventions(),
            met: sums.met(),
            referrals: sums.referrals(),
            projects: sums.projects_initiated(),
            minutes: sums.minutes(),
            person_days: sums.person_days,
        }
    }

    /// Whether no activity was noted. A project alone is none: it may have been noted since.
    pub fn is_empty(&self) -> bool {
        (self.interventions, self.minutes, self.distinct, self.met) == (0, 0, 0, 0)
    }

    /// I7: hours a week and promeneur; none where nobody counted.
    pub fn hours_per_person_week(&self) -> Option<f64> {
        hours_a_week(self.minutes, self.person_days)
    }
}

/// Statements received of those expected for the months that are over (I15): without them a figure is short of what was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// How many were received.
    pub received: i64,
    /// How many are expected.
    pub expected: i64,
}

impl Coverage {
    /// Whether some are missing.
    pub fn is_partial(self) -> bool {
        self.received < self.expected
    }
}

/// Another period, counted as far as the one that is compared with it has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The whole of it.
    pub whole: Period,
    /// The days of it that are counted.
    pub counted: Period,
    /// What these came to.
    pub headline: Headline,
    /// How complete that is.
    #[serde(default)]
    pub coverage: Coverage,
}

/// A period beside others, so far as it has gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The days of it that are counted: all, or those until today.
    pub so_far: Period,
    /// What these came to.
    pub headline: Headline,
    /// How complete that is.
    #[serde(default)]
    pub coverage: Coverage,
    /// The others.
    pub others: Vec<Compared>,
}

impl Comparison {
    /// Whether a week of the period has not gone yet, of which an average a week would be made up.
    pub fn is_first_week(&self, period: Period) -> bool {
        self.so_far != period && self.so_far.days() < 7
    }

    /// What the days that have gone came to, for an average a week: in the first week there is none.
    pub fn for_an_average(&self, period: Period) -> Headline {
        let person_days = if self.is_first_week(period) { 0 } else { self.headline.person_days };
        Headline { person_days, ..self.headline }
    }
}

/// A month of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthFigures {
    /// Its first day.
    pub month: NaiveDate,
    /// Interventions in it, as far as the period covers it.
    pub interventions: i64,
    /// Minutes in it: of presence, and of interventions outside a presence.
    pub minutes: i64,
}
