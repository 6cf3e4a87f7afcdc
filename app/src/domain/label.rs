//! For how long a promeneur counts: labelled, not left, not on leave (`domain.md` A3, I7).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{ids::PromeneurId, iso, time::Span};

/// The stretch of time for which a promeneur is expected to be present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Who.
    pub promeneur: PromeneurId,
    /// First day as a labelled promeneur.
    #[serde(deserialize_with = "iso::read")]
    pub labelled_on: NaiveDate,
    /// First day away for good.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub left_on: Option<NaiveDate>,
    /// Declared leaves, both ends included.
    pub leaves: Vec<Span>,
}

impl Label {
    /// Whether the promeneur counts on this day.
    pub fn counts_on(&self, day: NaiveDate) -> bool {
        self.labelled_on <= day
            && self.left_on.is_none_or(|left| day < left)
            && !self.leaves.iter().any(|leave| leave.contains(day))
    }

    /// Days of `span` on which the promeneur counts.
    pub fn days_in(&self, span: Span) -> i64 {
        let from = span.from.max(self.labelled_on);
        let last_here = self.left_on.and_then(|left| left.pred_opt()).unwrap_or(NaiveDate::MAX);
        let until = span.until.unwrap_or(NaiveDate::MAX).min(last_here);
        if until < from {
            return 0;
        }
        from.iter_days()
            .take_while(|day| *day <= until)
            .filter(|day| self.counts_on(*day))
            .count()
            .try_into()
            .unwrap_or(0)
    }
}
