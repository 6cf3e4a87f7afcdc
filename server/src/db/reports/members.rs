//! Who belongs to a scope and when, and for how long each of them counts.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use app::domain::{ids::PromeneurId, indicators::count_of, label::Label, period::Period, scope::Scope, time::Span};
use chrono::NaiveDate;
use uuid::Uuid;

/// The members of a scope.
#[derive(Clone, Debug)]
pub struct Members {
    pub(super) scope: Scope,
    /// Where anybody belongs to it at some times only; to the network everybody always does.
    pub(super) spans: Option<Spans>,
    /// Those of its members, by name.
    pub(super) labels: Arc<[Label]>,
}

/// When people belong to a scope.
pub(super) type Spans = HashMap<PromeneurId, Vec<Span>>;

/// Days in a row, both ends included.
pub(super) type Days = (NaiveDate, NaiveDate);

pub(super) const ALWAYS: Span = Span { from: NaiveDate::MIN, until: None };

impl Members {
    /// Those of whom something is expected in a period: they count on some day of it.
    pub fn expected_in(&self, period: Period) -> HashSet<Uuid> {
        let counts = |label: &&Label| self.days_of(label, period.span()) > 0;
        self.labels.iter().filter(counts).map(|label| label.promeneur.0).collect()
    }

    /// Of the statements that are expected for the months of a period that are over: how many were received, and how many there
    /// are.
    pub fn statements(&self, received: &HashSet<(Uuid, NaiveDate)>, period: Period, today: NaiveDate) -> (i64, i64) {
        let months = self.statements_by_month(received, period, today);
        months.fold((0, 0), |(all_came, all), (_, came, expected)| (all_came + came, all + expected))
    }

    /// The same of each of these months, by its first day.
    pub(super) fn statements_by_month(
        &self,
        received: &HashSet<(Uuid, NaiveDate)>,
        period: Period,
        today: NaiveDate,
    ) -> impl Iterator<Item = (NaiveDate, i64, i64)> {
        let is_over = move |month: &NaiveDate| Period::month_of(*month).last() < today;
        period.months().into_iter().filter(is_over).map(|month| {
            let (mut came, mut expected) = (0, 0);
            let whole = Period::month_of(month).span();
            for label in self.labels.iter().filter(|label| self.days_of(label, whole) > 0) {
                expected += 1;
                came += i64::from(received.contains(&(label.promeneur.0, month)));
            }
            (month, came, expected)
        })
    }

    /// How many of a network count on a day.
    pub fn active_on(&self, day: NaiveDate) -> i64 {
        count_of(self.labels.iter().filter(|label| label.counts_on(day)).count())
    }

    /// Days of a period on which promeneurs count for the scope, summed over them.
    pub(super) fn days_in(&self, period: Period) -> i64 {
        self.labels.iter().map(|label| self.days_of(label, period.span())).sum()
    }

    /// Whose days belong to the scope, of some days in a row: for each person stretches that do not overlap, so that none is read
    /// twice.
    pub(super) fn stretches(&self, days: Days) -> Vec<(PromeneurId, Days)> {
        let (first, last) = days;
        let Some(members) = &self.spans else {
            return self.labels.iter().map(|label| (label.promeneur, days)).collect();
        };
        let mut stretches = Vec::new();
        for (promeneur, spans) in members {
            let within =
                spans.iter().map(|span| (span.from.max(first), span.until.unwrap_or(NaiveDate::MAX).min(last)));
            let within = within.filter(|(first, last)| first <= last).collect();
            stretches.extend(merged(within).into_iter().map(|days| (*promeneur, days)));
        }
        stretches
    }

    /// Whether somebody belongs to the scope on some day of a period.
    pub fn has_within(&self, promeneur: PromeneurId, period: Period) -> bool {
        meet(self.spans_of(promeneur), period)
    }

    fn spans_of(&self, promeneur: PromeneurId) -> &[Span] {
        match &self.spans {
            None => &[ALWAYS],
            Some(spans) => spans.get(&promeneur).map_or(&[], Vec::as_slice),
        }
    }

    /// Days of a span on which a promeneur counts for the scope.
    fn days_of(&self, label: &Label, span: Span) -> i64 {
        self.spans_of(label.promeneur).iter().map(|member| label.days_in(span.and(*member))).sum()
    }
}

/// Whether one of some stretches of time has a day of a period.
pub(super) fn meet(spans: &[Span], period: Period) -> bool {
    let meets = |span: &Span| span.from <= period.last() && span.until.is_none_or(|until| period.first() <= until);
    spans.iter().any(meets)
}

/// The same days in stretches that do not overlap.
fn merged(mut days: Vec<Days>) -> Vec<Days> {
    days.sort_unstable();
    let mut merged: Vec<Days> = Vec::new();
    for (first, last) in days {
        match merged.last_mut() {
            Some((_, until)) if first <= *until => *until = last.max(*until),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// Whether somebody is labelled on a day, on leave or not.
pub(super) fn is_labelled(label: &Label, day: NaiveDate) -> bool {
    label.labelled_on <= day && label.left_on.is_none_or(|left| day < left)
}
