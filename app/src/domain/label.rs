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
        let whole = Span { from, until: Some(until) };
        let mut away: Vec<Span> = self.leaves.iter().map(|leave| leave.and(whole)).collect();
        away.retain(|leave| leave.until.is_some_and(|until| leave.from <= until));
        away.sort_by_key(|leave| leave.from);
        // Leaves that overlap take each day away once.
        let mut next = from;
        let mut days = length(from, until);
        for leave in away {
            let (first, last) = (leave.from.max(next), leave.until.unwrap_or(until));
            if first <= last {
                days -= length(first, last);
                next = last.succ_opt().unwrap_or(last);
            }
        }
        days
    }
}

/// How many days there are from one to another, both included.
fn length(first: NaiveDate, last: NaiveDate) -> i64 {
    last.signed_duration_since(first).num_days() + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(offset: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 1, 1).expect("a day") + chrono::Days::new(offset.into())
    }

    proptest! {
        /// Counted at once they are as many as counted one by one, however leaves overlap.
        #[test]
        fn days_are_those_that_count(
            labelled in 0_u32..60,
            left in proptest::option::of(0_u32..90),
            from in 0_u32..80,
            long in 0_u32..60,
            leaves in proptest::collection::vec((0_u32..80, 0_u32..30, any::<bool>()), 0..5),
        ) {
            let leave = |(from, long, is_open): (u32, u32, bool)| Span {
                from: day(from),
                until: (!is_open).then(|| day(from + long)),
            };
            let label = Label {
                promeneur: PromeneurId(Uuid::nil()),
                labelled_on: day(labelled),
                left_on: left.map(day),
                leaves: leaves.into_iter().map(leave).collect(),
            };
            let one_by_one = (from..=from + long).filter(|offset| label.counts_on(day(*offset))).count();
            let span = Span { from: day(from), until: Some(day(from + long)) };
            prop_assert_eq!(label.days_in(span), i64::try_from(one_by_one).unwrap_or(-1));
        }
    }
}
