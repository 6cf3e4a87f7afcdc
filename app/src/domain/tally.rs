//! The figures of records at hand: what a phone counts of its own, by the contributions that the server sums.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{
    coded::Code,
    helpline::Helpline,
    ids::RecordId,
    indicators::Sums,
    label::Label,
    measure::{Contribution, contributions},
    period::Period,
    record::Record,
    time::{Span, is_available},
};

/// What figures need beside the records: for how long the person counts, what they committed to, the holidays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// For how long they count.
    pub label: Label,
    /// Minutes of presence a week that they committed to, where that was agreed on.
    #[serde(default)]
    pub weekly_minutes: Option<i64>,
    /// School holidays of the network's zone.
    pub holidays: Vec<Span>,
    /// Whom to call in the department. No figure needs them; a phone asks for all of this in one go.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helplines: Vec<Helpline>,
    /// Whether the gender of young people is asked for (`domain.md` B7). A phone of before knows nothing of it.
    #[serde(default, skip_serializing_if = "is_no")]
    pub asks_gender: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_no(asked: &bool) -> bool {
    !asked
}

/// Whether a record adds to the figures of a period, wherever it stands in the journal: a project while it goes on, a number of
/// followers until there is another.
pub fn counts_in(record: &Record, period: Period) -> bool {
    match record {
        Record::Project(project) => {
            let runs = period.span().and(project.span);
            runs.until.is_none_or(|until| runs.from <= until)
        }
        Record::AccountSnapshot(it) => it.as_of <= period.last(),
        _ => contributions(record).iter().any(|contribution| {
            let (Contribution::Sum { day, .. } | Contribution::Presence { day, .. }) = contribution;
            period.span().contains(*day)
        }),
    }
}

/// Every sum of one person's records over a period. Without a standing nobody counts weeks (I7 has no rate), and no day
/// is known to be a holiday.
pub fn tally(records: &[(RecordId, Record)], period: Period, standing: Option<&Standing>) -> Sums {
    let mut sums = Sums::default();
    let span = period.span();
    let holidays = standing.map_or(&[][..], |standing| &standing.holidays);
    let mut accounts: Vec<(&str, (NaiveDate, RecordId, i64))> = Vec::new();
    for (id, record) in records {
        for contribution in contributions(record) {
            match contribution {
                Contribution::Sum { day, measure, key, value } if span.contains(day) => {
                    sums.add(measure.code(), &key, value);
                }
                Contribution::Presence { day, on_day, slot, minutes } if span.contains(day) => {
                    sums.add_minutes(on_day.weekday().number_from_monday(), slot.code(), minutes);
                    if is_available(on_day, slot, holidays.iter().any(|holiday| holiday.contains(on_day))) {
                        sums.available_minutes += minutes;
                    }
                }
                _ => {}
            }
        }
        match record {
            Record::Project(project) if counts_in(record, period) => {
                sums.accompanied += i64::from(project.young_count);
            }
            // The last number read on each account before the period's end; of two on one day, that of the newer record.
            Record::AccountSnapshot(it) if counts_in(record, period) => {
                let read = (it.as_of, *id, i64::from(it.followers));
                match accounts.iter_mut().find(|(network, _)| *network == it.network.code()) {
                    Some((_, last)) => *last = read.max(*last),
                    None => accounts.push((it.network.code(), read)),
                }
            }
            _ => {}
        }
    }
    sums.followers = accounts.iter().map(|(_, (_, _, followers))| followers).sum();
    sums.person_days = standing.map_or(0, |standing| standing.label.days_in(span));
    sums
}
