//! What scopes did in the days of some periods: sums of days, read at once and added up where they are wanted.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use app::domain::{
    coded::Code,
    headline::{Headline, MonthFigures},
    indicators::Sums,
    measure::{Measure, RULES},
    period::Period,
    scope::Scope,
    time::{Span, TimeSlot, is_available},
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{Frame, Members, Tx, members::Days};
use crate::db::projections::{self, PRESENCE};

/// What a scope did in the days of some periods.
#[derive(Debug, Default)]
pub struct Activity {
    names: Arc<Names>,
    parts: Vec<Part>,
}

/// Days in a row, within a month, that the periods asked for hold all of or none of.
#[derive(Debug)]
struct Part {
    first: NaiveDate,
    last: NaiveDate,
    sums: PartSums,
}

/// Reads what the scope of a frame did.
pub async fn activity(
    tx: &mut Tx,
    frame: &Frame,
    periods: &[Period],
    today: NaiveDate,
) -> Result<Activity, sqlx::Error> {
    Ok(activities(tx, frame, &[&frame.members], periods, today).await?.pop().unwrap_or_default())
}

/// Reads what some scopes did, each for itself. Of the network the months that a period holds wholly are read as such, and the
/// days around them whosever they are; everything else is read person by person.
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
        for (part, days) in (0..).zip(&days) {
            ask.add((scope, part), frame, members, *days, today);
        }
    }
    let mut names = Names::default();
    let mut sums: HashMap<(i32, i32), PartSums> = HashMap::new();
    if !ask.is_empty() {
        // Days of the network by the index of its days, those of a person by the key of the table, whatever the planner
        // believes of how many there are.
        let rows = sqlx::query!(
            r#"select scope as "scope!", part as "part!", cells as "cells!"
               from unnest($1::int[], $2::int[], $3::date[]) as it (scope, part, first),
                   lateral (select cells from network_month where month = first limit 1) as held
               union all
               select scope, part, string_agg(cells, E'\n')
               from unnest($9::int[], $10::int[], $11::date[], $12::date[]) as it (scope, part, first, last),
                   lateral (select cells from figure_day where greatest(day, day) between first and last offset 0) as held
               group by scope, part
               union all
               select scope, part, string_agg(cells, E'\n')
               from unnest($4::int[], $5::int[], $6::date[], $7::date[], $8::uuid[])
                       as it (scope, part, first, last, person),
                   lateral (
                       select cells from figure_day where promeneur_id = person and day between first and last offset 0
                   ) as held
               group by scope, part"#,
            &ask.months.scopes,
            &ask.months.parts,
            &ask.months.firsts,
            &ask.people.scopes,
            &ask.people.parts,
            &ask.people.firsts,
            &ask.people.lasts,
            &ask.whose,
            &ask.days.scopes,
            &ask.days.parts,
            &ask.days.firsts,
            &ask.days.lasts,
        )
        .fetch_all(&mut **tx)
        .await?;
        for row in &rows {
            sums.insert((row.scope, row.part), names.sum(&row.cells, frame.holidays())?);
        }
    }
    let names = Arc::new(names);
    let of = |scope: i32| {
        let parts = (0..).zip(&days).filter_map(|(part, (first, last))| {
            let sums = sums.remove(&(scope, part))?;
            Some(Part { first: *first, last: *last, sums })
        });
        Activity { names: Arc::clone(&names), parts: parts.collect() }
    };
    Ok((0..).zip(scopes).map(|(scope, _)| scope).map(of).collect())
}

/// Which days of whom are asked for, each by the numbers of its scope and of its part.
#[derive(Default)]
struct Ask {
    /// Whole months of the network.
    months: Asked,
    /// Other days of the network.
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
    fn push(&mut self, (scope, part): (i32, i32), (first, last): Days) {
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

    fn add(&mut self, place: (i32, i32), frame: &Frame, members: &Members, days: Days, today: NaiveDate) {
        let (first, last) = days;
        // Of what comes after all that was noted there is nothing to ask, be it two centuries of it.
        if frame.stand.last_noted.is_none_or(|noted| noted < first) {
            return;
        }
        let month = Period::month_of(first);
        // Of the month that goes on nothing is noted after today, unless a clock was wrong.
        let is_whole = first == month.first()
            && (last == month.last() || (last == today && frame.stand.last_noted.is_none_or(|noted| noted <= today)));
        if members.scope == Scope::Network {
            // Months that another release's server has written beside, while one rolls out, are no sums of ours.
            let asked = if is_whole && frame.stand.rules == Some(RULES) { &mut self.months } else { &mut self.days };
            asked.push(place, days);
            return;
        }
        for (promeneur, days) in members.stretches(days) {
            self.people.push(place, days);
            self.whose.push(promeneur.0);
        }
    }
}

/// The days of some periods in parts: wherever a period or a month begins or ends, a part does.
fn apart(periods: &[Period]) -> Vec<Days> {
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

/// What cells are named, in the order in which the names were met: a text and its allocation for each cell of each month would
/// take longer than all the sums.
#[derive(Debug, Default)]
struct Names {
    names: Vec<(String, String)>,
    places: HashMap<String, usize>,
}

/// The sums of a part: of each name those at its place.
#[derive(Debug, Default)]
struct PartSums {
    values: Vec<i64>,
    /// Minutes of presence, by weekday from Monday and by slot.
    heat: [[i64; TimeSlot::ALL.len()]; 7],
    /// The same in slots that this release does not know.
    later: Vec<(u32, String, i64)>,
    available_minutes: i64,
}

/// A day of presence.
#[derive(Default)]
struct Day<'a> {
    text: &'a str,
    date: NaiveDate,
    is_holiday: bool,
}

impl<'a> Day<'a> {
    fn of(text: &'a str, holidays: &[Span]) -> Result<Self, sqlx::Error> {
        let date = projections::day_of(text)?;
        Ok(Self { text, date, is_holiday: holidays.iter().any(|span| span.contains(date)) })
    }
}

impl Names {
    /// What cells come to.
    fn sum(&mut self, cells: &str, holidays: &[Span]) -> Result<PartSums, sqlx::Error> {
        let mut sums = PartSums { values: vec![0; self.names.len()], ..PartSums::default() };
        // Minutes of presence stand day by day, and a day has several moments.
        let mut on = Day::default();
        // One month names in the same order what the one before it named.
        let mut next = 0;
        for cell in projections::cells_of(cells) {
            let (measure, key, value) = cell?;
            if measure != PRESENCE {
                let at = self.place(measure, key, next);
                next = at + 1;
                if sums.values.len() <= at {
                    sums.values.resize(at + 1, 0);
                }
                sums.values[at] += value;
                continue;
            }
            let (day, slot) = projections::presence_of(key)?;
            if on.text != day {
                on = Day::of(day, holidays)?;
            }
            let weekday = on.date.weekday();
            match TimeSlot::ALL.iter().enumerate().find(|(_, known)| known.code() == slot) {
                Some((at, known)) => {
                    sums.heat[weekday.num_days_from_monday() as usize][at] += value;
                    if is_available(on.date, *known, on.is_holiday) {
                        sums.available_minutes += value;
                    }
                }
                None => sums.later.push((weekday.number_from_monday(), slot.to_owned(), value)),
            }
        }
        Ok(sums)
    }

    /// Where a name stands, which is mostly where it is looked for.
    fn place(&mut self, measure: &str, key: &str, next: usize) -> usize {
        if self.names.get(next).is_some_and(|(of, by)| of == measure && by == key) {
            return next;
        }
        let name = format!("{measure} {key}");
        *self.places.entry(name).or_insert_with(|| {
            self.names.push((measure.to_owned(), key.to_owned()));
            self.names.len() - 1
        })
    }

    /// The places of a measure's names.
    fn of(&self, measure: Measure) -> Vec<usize> {
        let places = self.names.iter().enumerate();
        places.filter(|(_, (of, _))| of == measure.code()).map(|(at, _)| at).collect()
    }
}

impl PartSums {
    fn total(&self, places: &[usize]) -> i64 {
        places.iter().filter_map(|at| self.values.get(*at)).sum()
    }

    fn presence(&self) -> i64 {
        self.heat.iter().flatten().sum::<i64>() + self.later.iter().map(|(.., minutes)| minutes).sum::<i64>()
    }

    fn count_in(&mut self, other: &Self) {
        if self.values.len() < other.values.len() {
            self.values.resize(other.values.len(), 0);
        }
        self.values.iter_mut().zip(&other.values).for_each(|(sum, value)| *sum += value);
        self.heat.iter_mut().flatten().zip(other.heat.iter().flatten()).for_each(|(sum, value)| *sum += value);
        self.later.extend_from_slice(&other.later);
        self.available_minutes += other.available_minutes;
    }

    fn named(self, names: &Names) -> Sums {
        let mut sums = Sums { available_minutes: self.available_minutes, ..Sums::default() };
        let cells = names.names.iter().zip(self.values).filter(|(_, value)| *value != 0);
        sums.by = cells.map(|((measure, key), value)| (measure.clone(), key.clone(), value)).collect();
        sums.by.sort_unstable();
        for (weekday, slots) in (1..).zip(self.heat) {
            let slots = TimeSlot::ALL.iter().zip(slots).filter(|(_, minutes)| *minutes != 0);
            slots.for_each(|(slot, minutes)| sums.add_minutes(weekday, slot.code(), minutes));
        }
        self.later.iter().for_each(|(weekday, slot, minutes)| sums.add_minutes(*weekday, slot, *minutes));
        sums
    }
}

impl Activity {
    /// The parts that make up one of the periods asked for.
    fn parts_of(&self, period: Period) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(move |part| period.first() <= part.first && part.last <= period.last())
    }

    /// The sums of one of the periods, without what is no sum of days.
    pub fn sums(&self, period: Period) -> Sums {
        let mut sums = PartSums::default();
        self.parts_of(period).for_each(|part| sums.count_in(&part.sums));
        sums.named(&self.names)
    }

    /// The main figures of one of the periods.
    pub fn headline(&self, members: &Members, period: Period) -> Headline {
        Headline { person_days: members.days_in(period), ..Headline::of(&self.sums(period)) }
    }

    /// The months of one of the periods in which something was noted, in order, as far as the period covers them.
    pub fn months(&self, period: Period) -> Vec<MonthFigures> {
        let (acts, outside) = (self.names.of(Measure::Interventions), self.names.of(Measure::OutsideMinutes));
        let mut months: Vec<MonthFigures> = Vec::new();
        for Part { first, sums, .. } in self.parts_of(period) {
            let month = Period::month_of(*first).first();
            let (interventions, minutes) = (sums.total(&acts), sums.presence() + sums.total(&outside));
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

    /// What is summed by place is what is summed by name, in whatever order parts name it.
    #[test]
    fn parts_are_summed_name_by_name() {
        let holidays = [Span { from: "2026-10-19".parse().expect("a day"), until: "2026-10-30".parse().ok() }];
        let texts = [
            "contacts  3\ninterventions listen 2\npresence 2026-10-13:morning 60\npresence 2026-10-13:later 5",
            "interventions create 4\ninterventions listen 1\nnetworks discord 1\npresence 2026-10-20:morning 30",
            "interventions listen -1\n\ncontacts  1\nnetworks discord -1\npresence 2026-10-13:later 1",
        ];
        let mut names = Names::default();
        let mut whole = PartSums::default();
        for text in texts {
            whole.count_in(&names.sum(text, &holidays).expect("cells"));
        }
        let sums = whole.named(&names);
        let by = |measure: &str, key: &str, value| (measure.to_owned(), key.to_owned(), value);
        let wanted = [by("contacts", "", 4), by("interventions", "create", 4), by("interventions", "listen", 2)];
        assert_eq!(sums.by, wanted);
        assert_eq!((sums.minutes_in(2, "morning"), sums.minutes_in(2, "later"), sums.presence_minutes()), (90, 6, 96));
        assert_eq!(sums.available_minutes, 30, "a morning counts in the holidays only");
        assert!(names.sum("contacts 3", &holidays).is_err() && names.sum("presence x:morning 1", &holidays).is_err());
    }
}
