//! « Et avant ? »: the main figures beside those of the period before and of a year earlier, honest about unequal lengths.
//! Told by the office alone.

use super::{Chart, Section};
use crate::{
    domain::{
        fr::{self, NNBSP},
        headline::{Compared, Headline},
        period::Period,
    },
    ui::table::Table,
};

/// From how many on a change is also told in per cent: of fewer, one more or less would read as a tendency.
const BASE_OF_PERCENT: i64 = 20;

/// The periods to compare with, each with the days of it to count: the period before, and a year earlier where that is
/// another one. Of a period that is not over the others are counted no further than it has gone; one that has not begun is
/// compared with nothing.
pub fn others(period: Period, today: chrono::NaiveDate) -> Vec<(Period, Period)> {
    if period.first() > today {
        return Vec::new();
    }
    let gone = (period.last().min(today) - period.first()).num_days();
    let mut wholes = vec![period.before()];
    if !wholes.contains(&period.year_before()) {
        wholes.push(period.year_before());
    }
    let counted = |whole: Period| {
        let until = whole.first().checked_add_days(chrono::Days::new(u64::try_from(gone).unwrap_or(0)));
        match until.filter(|until| period.last() > today && *until < whole.last()) {
            Some(until) => Period::Days(whole.first(), until),
            None => whole,
        }
    };
    wholes.into_iter().map(|whole| (whole, counted(whole))).collect()
}

/// « 40 de plus (+6 %) », as a sentence needs it.
fn difference(now: i64, before: i64) -> String {
    let change = match (now - before).signum() {
        0 => return "autant d’interventions".to_owned(),
        1 => format!("{} de plus", fr::count(now - before, "intervention", "interventions")),
        _ => format!("{} de moins", fr::count(before - now, "intervention", "interventions")),
    };
    match percent(now, before) {
        Some(percent) => format!("{change} ({percent})"),
        None => change,
    }
}

/// The change in per cent, with its sign; none where the base is small.
fn percent(now: i64, before: i64) -> Option<String> {
    (before >= BASE_OF_PERCENT).then(|| {
        let change = now - before;
        let rounded = (change.abs() * 200 + before) / (before * 2);
        format!("{}{NNBSP}%", signed(rounded * change.signum()))
    })
}

fn signed(number: i64) -> String {
    if number > 0 { format!("+{}", fr::integer(number)) } else { fr::integer(number) }
}

/// A number of another period, with what has changed since.
fn cell(now: i64, before: i64) -> String {
    if now == before {
        return fr::integer(before);
    }
    let change = percent(now, before).unwrap_or_else(|| signed(now - before));
    format!("{} ({change})", fr::integer(before))
}

fn sentence(now: &Headline, other: &Compared) -> String {
    if other.headline.is_empty() {
        return format!("Rien n’est noté pour {}{NNBSP}: aucune comparaison.", other.whole.in_words());
    }
    let difference = difference(now.interventions, other.headline.interventions);
    format!("Par rapport {}{NNBSP}: {difference}.", other.whole.after_to())
}

/// What to know of the lengths: none where all are equal.
fn lengths(period: Period, others: &[Compared]) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(other) = others.iter().find(|other| other.counted != other.whole) {
        let days = fr::count(other.counted.days(), "premier jour", "premiers jours");
        let said_days = if other.counted.days() == 1 { "du premier jour".to_owned() } else { format!("des {days}") };
        said.push(format!(
            "La période n’est pas terminée{NNBSP}: ailleurs aussi, seul le compte {said_days} est donné."
        ));
    }
    for other in others.iter().filter(|other| other.counted == other.whole && other.whole.days() != period.days()) {
        said.push(format!(
            "Des durées différentes{NNBSP}: {} contre {} pour {}.",
            fr::count(period.days(), "jour", "jours"),
            fr::integer(other.whole.days()),
            other.whole.in_words()
        ));
    }
    said
}

/// The section; none where there is nothing to compare with.
pub fn section(period: Period, now: &Headline, others: &[Compared]) -> Option<Section> {
    if others.is_empty() {
        return None;
    }
    let facts: Vec<String> = others.iter().map(|other| sentence(now, other)).collect();
    let row = |name: &str, of: fn(&Headline) -> i64| {
        let mut cells = vec![name.to_owned(), fr::integer(of(now))];
        cells.extend(others.iter().map(|Compared { headline, .. }| {
            // Where nothing was noted, nothing is known: that is not zero.
            if headline.is_empty() { "–".to_owned() } else { cell(of(now), of(headline)) }
        }));
        cells
    };
    let weekly = |headline: &Headline| {
        let hours = headline.hours_per_person_week().filter(|_| !headline.is_empty());
        hours.map_or("–".to_owned(), |hours| fr::decimal(hours, 1))
    };
    let mut rows = vec![
        row("Jeunes connectés", |it| it.distinct),
        row("Interventions", |it| it.interventions),
        row("Jeunes rencontrés", |it| it.met),
        row("Projets initiés", |it| it.projects),
        row("Heures", |it| (it.minutes + 30) / 60),
    ];
    let mut average = vec!["Heures par semaine et promeneur·euse".to_owned(), weekly(now)];
    average.extend(others.iter().map(|other| weekly(&other.headline)));
    rows.push(average);
    let mut columns = vec!["Chiffre".into(), fr::capital(&period.label()).into()];
    columns.extend(others.iter().map(|other| fr::capital(&other.whole.label()).into()));
    Some(Section {
        id: "avant",
        heading: "Et avant\u{202f}?",
        fact: facts.join(" "),
        quiet: lengths(period, others),
        // Each is defined where it stands above; said again here it would be a page of paper.
        indicators: Vec::new(),
        chart: Some(Chart::Table(Table {
            caption: "D’une période à l’autre", columns, rows, ..Table::default()
        })),
    })
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn counted(period: &str, today: &str) -> Vec<(String, String)> {
        let others = others(period.parse().unwrap(), day(today));
        others.into_iter().map(|(whole, counted)| (whole.to_string(), counted.to_string())).collect()
    }

    fn pair(whole: &str, counted: &str) -> (String, String) {
        (whole.to_owned(), counted.to_owned())
    }

    #[test]
    fn a_period_that_is_over_is_compared_with_whole_ones() {
        assert_eq!(counted("2026-10", "2026-11-26"), [pair("2026-09", "2026-09"), pair("2025-10", "2025-10")]);
        assert_eq!(counted("2026-T1", "2026-11-26"), [pair("2025-T4", "2025-T4"), pair("2025-T1", "2025-T1")]);
        assert_eq!(counted("2025", "2026-11-26"), [pair("2024", "2024")]);
    }

    #[test]
    fn a_period_that_goes_on_is_compared_as_far_as_it_has_gone() {
        assert_eq!(
            counted("2026-11", "2026-11-26"),
            [pair("2026-10", "2026-10-01..2026-10-26"), pair("2025-11", "2025-11-01..2025-11-26")]
        );
        assert_eq!(counted("2026-2027", "2026-09-01"), [pair("2025-2026", "2025-09-01..2025-09-01")]);
        // The thirty-first day of March: February has no more than it has.
        assert_eq!(counted("2026-03", "2026-03-30")[0], pair("2026-02", "2026-02"));
        assert_eq!(counted("2026-12", "2026-11-26"), []);
        assert_eq!(counted("2026-11", "2026-11-30"), [pair("2026-10", "2026-10"), pair("2025-11", "2025-11")]);
    }

    #[test]
    fn days_of_a_leap_year_have_a_year_before() {
        assert_eq!(
            counted("2024-02-29..2024-03-01", "2026-11-26"),
            [
                pair("2024-02-27..2024-02-28", "2024-02-27..2024-02-28"),
                pair("2023-02-28..2023-03-01", "2023-02-28..2023-03-01")
            ]
        );
    }

    #[test]
    fn changes_say_their_sign_and_a_small_base_has_no_per_cent() {
        assert_eq!(difference(663, 623), "40 interventions de plus (+6\u{202f}%)");
        assert_eq!(difference(590, 623), "33 interventions de moins (\u{2212}5\u{202f}%)");
        assert_eq!(difference(4, 3), "1 intervention de plus");
        assert_eq!(difference(3, 3), "autant d’interventions");
        assert_eq!(
            (cell(40, 20), cell(3, 5), cell(5, 0)),
            ("20 (+100\u{202f}%)".into(), "5 (\u{2212}2)".into(), "0 (+5)".into())
        );
    }

    #[test]
    fn the_section_speaks_of_each_other_period() {
        let period: Period = "2026-11".parse().unwrap();
        let headline = |interventions| Headline { interventions, person_days: 70, minutes: 600, ..Headline::default() };
        let other = |whole: &str, counted: &str, headline| Compared {
            whole: whole.parse().unwrap(),
            counted: counted.parse().unwrap(),
            headline,
        };
        let others = [
            other("2026-10", "2026-10-01..2026-10-26", headline(30)),
            other("2025-11", "2025-11-01..2025-11-26", Headline::default()),
        ];
        let section = section(period, &headline(33), &others).unwrap();
        assert_eq!(
            section.fact,
            "Par rapport à octobre 2026\u{202f}: 3 interventions de plus (+10\u{202f}%). Rien n’est noté pour novembre 2025\u{202f}: aucune comparaison."
        );
        assert_eq!(
            section.quiet,
            ["La période n’est pas terminée\u{202f}: ailleurs aussi, seul le compte des 26 premiers jours est donné."]
        );
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        assert_eq!(table.rows[1], ["Interventions", "33", "30 (+10\u{202f}%)", "–"]);
        assert_eq!(table.rows[5], ["Heures par semaine et promeneur·euse", "1,0", "1,0", "–"]);
    }

    #[test]
    fn unequal_lengths_are_said() {
        let period: Period = "2026-10".parse().unwrap();
        let other = Compared {
            whole: "2026-09".parse().unwrap(),
            counted: "2026-09".parse().unwrap(),
            headline: Headline::default(),
        };
        assert_eq!(
            lengths(period, &[other]),
            ["Des durées différentes\u{202f}: 31 jours contre 30 pour septembre 2026."]
        );
    }
}
