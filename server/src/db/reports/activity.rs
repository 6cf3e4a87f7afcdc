//! What scopes did in the days of some periods: sums of days, read at once and added up where they are wanted.

use std::collections::{BTreeSet, HashMap};

use app::domain::{
    coded::Code,
    headline::{Headline, MonthFigures},
    indicators::Sums,
    measure::RULES,
    period::Period,
    scope::Scope,
    time::{Span, TimeSlot, is_available},
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{Frame, Members, Tx};
use crate::db::projections::{self, PRESENCE};

/// What a scope did in the days of some periods.
#[derive(Debug, Default)]
pub struct Activity {
    parts: Vec<Part>,
}

/// Days in a row, within a month, that the periods asked for hold all of or none of.
#[derive(Debug)]
struct Part {
    first: NaiveDate,
    last: NaiveDate,
    sums: Sums,
}

/// Reads what a scope did.
pub async fn activity(
    tx: &mut Tx,
    frame: &Frame,
    members: &Members,
    periods: &[Period],
    today: NaiveDate,
) -> Result<Activity, sqlx::Error> {
    Ok(activities(tx, frame, &[members], periods, today).await?.pop().unwrap_or_default())
}

/// Reads what some scopes did, each for itself. Of the network the months that a period holds wholly are read as such; everything
/// else is read day by day.
pub async fn activities(
    tx: &mut Tx,
    frame: &Frame,
    scopes: &[&Members],
    periods: &[Period],
    today: NaiveDate,
) -> Result<Vec<Activity>, sqlx::Error> {
    let days = apart(periods);
    let mut ask = Ask::default();
    for (scope, members) in (0..).zip(scopes) {
        for (part, (first, last)) in (0..).zip(&days) {
            ask.add((scope, part), frame, members, (*first, *last), today);
        }
    }
    let mut sums: HashMap<(i32, i32), Sums> = HashMap::new();
    if !ask.is_empty() {
        // Person by person, each by the key of the table, whatever the planner believes of how many there are.
        let rows = sqlx::query!(
            r#"select scope as "scope!", part as "part!", cells as "cells!"
               from unnest($1::int[], $2::int[], $3::date[]) as it (scope, part, first),
                   lateral (select cells from network_month where month = first limit 1) as held
               union all
               select scope, part, string_agg(cells, E'\n')
               from unnest($4::int[], $5::int[], $6::date[], $7::date[]) as it (scope, part, first, last),
                   lateral (select cells from figure_day where day between first and last offset 0) as held
               group by scope, part
               union all
               select scope, part, string_agg(cells, E'\n')
               from unnest($8::int[], $9::int[], $10::date[], $11::date[], $12::uuid[])
                       as it (scope, part, first, last, person),
                   lateral (
                       select cells from figure_day where promeneur_id = person and day between first and last offset 0
                   ) as held
               group by scope, part"#,
            &ask.months.scopes,
            &ask.months.parts,
            &ask.months.firsts,
            &ask.days.scopes,
            &ask.days.parts,
            &ask.days.firsts,
            &ask.days.lasts,
            &ask.people.scopes,
            &ask.people.parts,
            &ask.people.firsts,
            &ask.people.lasts,
            &ask.whose,
        )
        .fetch_all(&mut **tx)
        .await?;
        for row in &rows {
            sums.insert((row.scope, row.part), summed(&row.cells, &frame.holidays)?);
        }
    }
    let of = |scope: i32| {
        let parts = (0..).zip(&days).filter_map(|(part, (first, last))| {
            let sums = sums.remove(&(scope, part))?;
            Some(Part { first: *first, last: *last, sums })
        });
        Activity { parts: parts.collect() }
    };
    Ok((0..).zip(scopes).map(|(scope, _)| scope).map(of).collect())
}

/// Which days of whom are asked for, each by the numbers of its scope and of its part.
#[derive(Default)]
struct Ask {
    /// Whole months of the network.
    months: Asked,
    /// Days of everybody in it.
    days: Asked,
    /// Days of one person each.
    people: Asked,
    whose: Vec<Uuid>,
}

#[derive(Default)]
struct Asked {
    scopes: Vec<i32>,
    parts: Vec<i32>,
    firsts: Vec<NaiveDate>,
    lasts: Vec<NaiveDate>,
}

impl Asked {
    fn push(&mut self, (scope, part): (i32, i32), (first, last): (NaiveDate, NaiveDate)) {
        self.scopes.push(scope);
        self.parts.push(part);
        self.firsts.push(first);
        self.lasts.push(last);
    }
}

impl Ask {
    fn is_empty(&self) -> bool {
        [&self.months, &self.days, &self.people].iter().all(|asked| asked.firsts.is_empty())
    }

    fn add(
        &mut self,
        place: (i32, i32),
        frame: &Frame,
        members: &Members,
        days: (NaiveDate, NaiveDate),
        today: NaiveDate,
    ) {
        if members.scope != Scope::Network {
            for (promeneur, days) in members.stretches(days) {
                self.people.push(place, days);
                self.whose.push(promeneur.0);
            }
            return;
        }
        let (first, last) = days;
        let month = Period::month_of(first);
        // Of the month that goes on nothing is noted after today, unless a clock was wrong.
        let is_whole = first == month.first()
            && (last == month.last() || (last == today && frame.last_noted.is_none_or(|noted| noted <= today)));
        // Months that another release's server has written beside, while one rolls out, are no sums of ours.
        let asked = if is_whole && frame.rules == Some(RULES) { &mut self.months } else { &mut self.days };
        asked.push(place, days);
    }
}

/// The days of some periods in parts: wherever a period or a month begins or ends, a part does.
fn apart(periods: &[Period]) -> Vec<(NaiveDate, NaiveDate)> {
    let next = |day: NaiveDate| day.succ_opt().unwrap_or(day);
    let mut begin = BTreeSet::new();
    for period in periods {
        begin.extend([period.first(), next(period.last())]);
        begin.extend(period.months().into_iter().filter(|month| *month > period.first()));
    }
    let begin: Vec<NaiveDate> = begin.into_iter().collect();
    let parts = begin.windows(2).map(|pair| (pair[0], pair[1].pred_opt().unwrap_or(pair[1])));
    parts.filter(|(first, _)| periods.iter().any(|period| period.span().contains(*first))).collect()
}

/// What cells come to.
fn summed(cells: &str, holidays: &[Span]) -> Result<Sums, sqlx::Error> {
    let mut by_name: HashMap<(&str, &str), i64> = HashMap::new();
    for cell in projections::cells_of(cells) {
        let (measure, key, value) = cell?;
        *by_name.entry((measure, key)).or_default() += value;
    }
    let mut sums = Sums::default();
    for ((measure, key), value) in by_name {
        if value == 0 {
            continue;
        }
        if measure != PRESENCE {
            sums.by.push((measure.to_owned(), key.to_owned(), value));
            continue;
        }
        let (on_day, slot) = projections::presence_of(key)?;
        sums.add_minutes(on_day.weekday().number_from_monday(), slot, value);
        let holiday = holidays.iter().any(|span| span.contains(on_day));
        if TimeSlot::from_code(slot).is_some_and(|slot| is_available(on_day, slot, holiday)) {
            sums.available_minutes += value;
        }
    }
    sums.by.sort_unstable();
    Ok(sums)
}

impl Activity {
    /// The parts that make up one of the periods asked for.
    fn parts_of(&self, period: Period) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| period.first() <= part.first && part.last <= period.last())
    }

    /// The sums of one of the periods, without what is no sum of days.
    pub fn sums(&self, period: Period) -> Sums {
        let mut sums = Sums::default();
        self.parts_of(period).for_each(|part| sums.count_in(&part.sums));
        sums
    }

    /// The main figures of one of the periods.
    pub fn headline(&self, members: &Members, period: Period) -> Headline {
        let mut headline = Headline { person_days: members.days_in(period), ..Headline::default() };
        self.parts_of(period).for_each(|part| headline.count_in(Headline::of(&part.sums)));
        headline
    }

    /// The months of one of the periods in which something was noted, in order, as far as the period covers them.
    pub fn months(&self, period: Period) -> Vec<MonthFigures> {
        let mut months: Vec<MonthFigures> = Vec::new();
        for part in self.parts_of(period) {
            let month = Period::month_of(part.first).first();
            let (interventions, minutes) = (part.sums.interventions(), part.sums.minutes());
            match months.last_mut().filter(|last| last.month == month) {
                Some(last) => {
                    last.interventions += interventions;
                    last.minutes += minutes;
                }
                None => months.push(MonthFigures { month, interventions, minutes }),
            }
        }
        months.retain(|it| (it.interventions, it.minutes) != (0, 0));
        months
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(periods: &[&str]) -> Vec<String> {
        let periods: Vec<Period> = periods.iter().map(|text| text.parse().expect("a period")).collect();
        apart(&periods).into_iter().map(|(first, last)| format!("{first}..{last}")).collect()
    }

    #[test]
    fn parts_end_where_periods_and_months_do() {
        assert_eq!(cut(&["2026-02"]), ["2026-02-01..2026-02-28"]);
        assert_eq!(cut(&["2026-01-10..2026-02-03"]), ["2026-01-10..2026-01-31", "2026-02-01..2026-02-03"]);
        assert_eq!(
            cut(&["2026-02", "2026-02-01..2026-02-10", "2025-02-01..2025-02-10"]),
            ["2025-02-01..2025-02-10", "2026-02-01..2026-02-10", "2026-02-11..2026-02-28"]
        );
        assert_eq!(cut(&["2024-02-29..2024-02-29"]), ["2024-02-29..2024-02-29"]);
        assert_eq!(cut(&[]), Vec::<String>::new());
        assert_eq!(cut(&["2026"]).len(), 12);
    }
}
