//! « Et avant ? »: the main figures beside those of the period before and of a year earlier, honest about unequal lengths.
//! Told by the office alone.

use chrono::{Days, NaiveDate};

use super::{Chart, Section};
use crate::{
    domain::{
        fr::{self, NNBSP},
        headline::{Compared, Comparison, Coverage, Headline},
        period::Period,
    },
    ui::table::Table,
};

/// From how many on a change is also told in per cent: of fewer, one more or less would read as a tendency.
const BASE_OF_PERCENT: i64 = 20;

/// The days of a period that have begun, which are what others are compared with; none of one that has not begun.
pub fn so_far(period: Period, today: NaiveDate) -> Option<Period> {
    if period.first() > today {
        None
    } else if period.last() > today {
        Some(Period::Days(period.first(), today))
    } else {
        Some(period)
    }
}

/// The periods to compare with, each with the days of it to count: the period before, and a year earlier where that is
/// another one. Of a period that is not over the others are counted no further than it has gone.
pub fn others(period: Period, so_far: Period) -> Vec<(Period, Period)> {
    let (before, year) = (period.before(), period.year_before());
    let days_between = (period.first() - year.last()).num_days();
    let wholes = match days_between {
        // The same one; or, of more than a year, one that it overlaps with.
        days if before == year || days < 1 => vec![before],
        // Of a whole year of days: the two differ by the 29th of February at most.
        1 => vec![year],
        _ => vec![before, year],
    };
    let counted = |whole: Period| {
        let gone = u64::try_from(so_far.days() - 1).unwrap_or(0);
        let until = whole.first().checked_add_days(Days::new(gone));
        match until.filter(|until| so_far != period && *until < whole.last()) {
            Some(until) => Period::Days(whole.first(), until),
            None => whole,
        }
    };
    wholes.into_iter().filter(|whole| whole.can_be_named()).map(|whole| (whole, counted(whole))).collect()
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
        match (change.abs() * 200 + before) / (before * 2) {
            0 if change != 0 => format!("moins de 1{NNBSP}%"),
            rounded => format!("{}{NNBSP}%", signed(rounded * change.signum())),
        }
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
    // Of a month of which a part is counted, nothing is known of the rest.
    if other.headline.is_empty() {
        return format!("Rien n’est noté pour {}{NNBSP}: aucune comparaison.", other.counted.in_words());
    }
    let difference = difference(now.interventions, other.headline.interventions);
    format!("Par rapport {}{NNBSP}: {difference}.", other.counted.after_to())
}

/// Whether people counted for the first time in a year are compared with those of the same part of another year. Their
/// count restarts in January: of October beside September it would show a tendency that is none.
fn is_same_part_of_a_year(period: Period, other: &Compared) -> bool {
    other.whole == period.year_before()
}

/// Statements received of those expected; a dash where none is expected yet.
fn received(coverage: Coverage) -> String {
    let Coverage { received, expected } = coverage;
    if expected == 0 { "–".to_owned() } else { format!("{} sur {}", fr::integer(received), fr::integer(expected)) }
}

/// What to know before one compares.
fn notes(period: Period, so_far: Period, now: Coverage, others: &[Compared]) -> Vec<String> {
    let mut said = Vec::new();
    let mut known = others.iter().filter(|other| !other.headline.is_empty());
    if known.any(|other| now.is_partial() || other.coverage.is_partial()) {
        said.push(
            "Des relevés manquent\u{202f}: une différence peut venir de ce qui n’est pas encore reçu.".to_owned(),
        );
    }
    if let Some(other) = others.iter().find(|other| other.counted != other.whole) {
        let days = fr::count(other.counted.days(), "premier jour", "premiers jours");
        let said_days = if other.counted.days() == 1 { "du premier jour".to_owned() } else { format!("des {days}") };
        said.push(format!(
            "La période n’est pas terminée{NNBSP}: ailleurs aussi, seul le compte {said_days} est donné."
        ));
    }
    for other in others.iter().filter(|other| other.counted.days() != so_far.days()) {
        said.push(format!(
            "Des durées différentes{NNBSP}: {} contre {} pour {}.",
            fr::count(so_far.days(), "jour", "jours"),
            fr::integer(other.counted.days()),
            other.counted.in_words()
        ));
    }
    if others.iter().any(|other| !other.headline.is_empty() && !is_same_part_of_a_year(period, other)) {
        said.push(format!(
            "Jeunes connectés et jeunes rencontrés se comptent une fois par année civile{NNBSP}: leur évolution n’est donnée que d’une année à l’autre."
        ));
    }
    said
}

/// What a row counts.
struct Row {
    name: &'static str,
    of: fn(&Headline) -> i64,
    /// Whether these are people counted once a year.
    is_once_a_year: bool,
}

const ROWS: [Row; 7] = [
    Row { name: "Jeunes connectés", of: |it| it.distinct, is_once_a_year: true },
    Row { name: "Contacts-jeunes", of: |it| it.contacts, is_once_a_year: false },
    Row { name: "Interventions", of: |it| it.interventions, is_once_a_year: false },
    Row { name: "Jeunes rencontrés", of: |it| it.met, is_once_a_year: true },
    Row { name: "Orientations", of: |it| it.referrals, is_once_a_year: false },
    Row { name: "Projets initiés", of: |it| it.projects, is_once_a_year: false },
    Row { name: "Heures", of: |it| (it.minutes + 30) / 60, is_once_a_year: false },
];

/// The name of a column: of which days it counts.
pub fn column(other: &Compared) -> String {
    let name = fr::capital(&other.whole.label());
    if other.counted == other.whole {
        return name;
    }
    format!("{name} ({})", fr::count(other.counted.days(), "jour", "jours"))
}

/// The section; none where there is nothing to compare with.
pub fn section(period: Period, comparison: &Comparison) -> Option<Section> {
    let Comparison { so_far, headline: now, coverage, others } = comparison;
    if others.is_empty() {
        return None;
    }
    let row = |row: Row| {
        let beside = |other: &Compared| {
            let (now, before) = ((row.of)(now), (row.of)(&other.headline));
            if other.headline.is_empty() {
                // Where nothing was noted, nothing is known: that is not zero.
                "–".to_owned()
            } else if row.is_once_a_year && !is_same_part_of_a_year(period, other) {
                fr::integer(before)
            } else {
                cell(now, before)
            }
        };
        [row.name.to_owned(), fr::integer((row.of)(now))].into_iter().chain(others.iter().map(beside)).collect()
    };
    let is_early = comparison.is_first_week(period);
    let weekly = |headline: &Headline| {
        let hours = headline.hours_per_person_week().filter(|_| !headline.is_empty() && !is_early);
        hours.map_or("–".to_owned(), |hours| fr::decimal(hours, 1))
    };
    let mut rows: Vec<Vec<String>> = ROWS.into_iter().map(row).collect();
    let average = ["Heures par semaine et promeneur·euse".to_owned(), weekly(now)].into_iter();
    rows.push(average.chain(others.iter().map(|other| weekly(&other.headline))).collect());
    let complete = ["Relevés reçus".to_owned(), received(*coverage)].into_iter();
    rows.push(complete.chain(others.iter().map(|other| received(other.coverage))).collect());
    let columns = ["Chiffre".to_owned(), fr::capital(&period.label())].into_iter().chain(others.iter().map(column));
    Some(Section {
        id: "avant",
        heading: "Et avant\u{202f}?",
        fact: others.iter().map(|other| sentence(now, other)).collect::<Vec<String>>().join(" "),
        quiet: notes(period, *so_far, *coverage, others),
        // Each is defined where it stands above; said again here it would be a page of paper.
        indicators: Vec::new(),
        chart: Some(Chart::Table(Table {
            caption: "D’une période à l’autre\u{202f}; entre parenthèses, l’évolution depuis",
            columns: columns.map(Into::into).collect(),
            rows,
            ..Table::default()
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(period: &str, today: &str) -> Vec<(String, String)> {
        let period = period.parse().unwrap();
        let so_far = so_far(period, today.parse().unwrap());
        let others = so_far.into_iter().flat_map(|so_far| others(period, so_far));
        others.map(|(whole, counted)| (whole.to_string(), counted.to_string())).collect()
    }

    fn pair(whole: &str, counted: &str) -> (String, String) {
        (whole.to_owned(), counted.to_owned())
    }

    fn other(whole: &str, counted: &str, headline: Headline) -> Compared {
        let coverage = Coverage { received: 9, expected: 9 };
        Compared { whole: whole.parse().unwrap(), counted: counted.parse().unwrap(), headline, coverage }
    }

    fn some(interventions: i64) -> Headline {
        Headline { interventions, person_days: 70, minutes: 600, ..Headline::default() }
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
        // The thirtieth day of March: February has no more than it has.
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
    fn nothing_is_compared_with_days_of_its_own_nor_twice_nor_with_what_no_address_names() {
        let whole =
            |period: &str| counted(period, "2026-11-26").into_iter().map(|(whole, _)| whole).collect::<Vec<_>>();
        // Twelve months with a 29 February in them, and eighteen months.
        assert_eq!(whole("2023-11-25..2024-11-24"), ["2022-11-25..2023-11-24"]);
        assert_eq!(whole("2025-01-01..2026-06-30"), ["2023-07-05..2024-12-31"]);
        assert_eq!(whole("1900"), Vec::<String>::new());
        assert_eq!(whole("1900-01"), Vec::<String>::new());
        assert_eq!(whole("1901-01"), ["1900-12", "1900-01"]);
        assert_eq!(whole("1900-01-01..2200-12-31"), Vec::<String>::new());
    }

    #[test]
    fn changes_say_their_sign_and_a_small_base_has_no_per_cent() {
        assert_eq!(difference(663, 623), "40 interventions de plus (+6\u{202f}%)");
        assert_eq!(difference(590, 623), "33 interventions de moins (\u{2212}5\u{202f}%)");
        assert_eq!(difference(4, 3), "1 intervention de plus");
        assert_eq!(difference(3, 3), "autant d’interventions");
        assert_eq!(difference(1001, 1000), "1 intervention de plus (moins de 1\u{202f}%)");
        assert_eq!(
            (cell(40, 20), cell(3, 5), cell(5, 0)),
            ("20 (+100\u{202f}%)".into(), "5 (\u{2212}2)".into(), "0 (+5)".into())
        );
    }

    #[test]
    fn the_section_speaks_of_each_other_period() {
        let others = vec![
            other("2026-10", "2026-10-01..2026-10-26", Headline { distinct: 40, ..some(30) }),
            other("2025-11", "2025-11-01..2025-11-26", Headline::default()),
        ];
        let headline = Headline { distinct: 20, ..some(33) };
        let so_far = "2026-11-01..2026-11-26".parse().unwrap();
        let coverage = Coverage::default();
        let section = section("2026-11".parse().unwrap(), &Comparison { so_far, headline, coverage, others }).unwrap();
        assert_eq!(
            section.fact,
            "Par rapport à la période du 1er\u{a0}octobre 2026 au 26\u{a0}octobre 2026\u{202f}: 3 interventions de plus (+10\u{202f}%). Rien n’est noté pour la période du 1er\u{a0}novembre 2025 au 26\u{a0}novembre 2025\u{202f}: aucune comparaison."
        );
        assert_eq!(
            section.quiet,
            [
                "La période n’est pas terminée\u{202f}: ailleurs aussi, seul le compte des 26 premiers jours est donné.",
                "Jeunes connectés et jeunes rencontrés se comptent une fois par année civile\u{202f}: leur évolution n’est donnée que d’une année à l’autre.",
            ]
        );
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        assert_eq!(table.columns[2], "Octobre 2026 (26 jours)");
        assert_eq!(table.rows[0], ["Jeunes connectés", "20", "40", "–"]);
        assert_eq!(table.rows[2], ["Interventions", "33", "30 (+10\u{202f}%)", "–"]);
        assert_eq!(table.rows[7], ["Heures par semaine et promeneur·euse", "1,0", "1,0", "–"]);
        assert_eq!(table.rows[8], ["Relevés reçus", "–", "9 sur 9", "9 sur 9"]);
    }

    #[test]
    fn statements_that_are_missing_are_said_beside_what_they_would_change() {
        let others = vec![other("2025", "2025", some(30))];
        let (period, headline) = ("2026".parse().unwrap(), some(20));
        let coverage = Coverage { received: 4, expected: 9 };
        let section = section(period, &Comparison { so_far: period, headline, coverage, others }).unwrap();
        assert!(section.quiet[0].starts_with("Des relevés manquent"), "{:?}", section.quiet);
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        assert_eq!(table.rows[8], ["Relevés reçus", "4 sur 9", "9 sur 9"]);
        // Of nothing there is no difference.
        let nothing = notes(period, period, coverage, &[other("2025", "2025", Headline::default())]);
        assert_eq!(nothing, Vec::<String>::new());
    }

    #[test]
    fn of_a_week_that_has_not_gone_there_is_no_average() {
        let (period, so_far): (Period, Period) = ("2026".parse().unwrap(), "2026-01-01..2026-01-02".parse().unwrap());
        let others = vec![other("2025", "2025-01-01..2025-01-02", some(30))];
        let comparison = Comparison { so_far, headline: some(2), coverage: Coverage::default(), others };
        assert_eq!(comparison.for_an_average(period).hours_per_person_week(), None);
        let Some(Chart::Table(table)) = section(period, &comparison).unwrap().chart else { panic!("a table") };
        let average = table.rows.iter().find(|row| row[0].starts_with("Heures par semaine")).unwrap();
        assert_eq!(average[1..], ["–", "–"]);
        // Who asks for two days asks for their average too.
        assert!(comparison.for_an_average(so_far).hours_per_person_week().is_some());
    }

    #[test]
    fn people_counted_once_a_year_are_compared_from_year_to_year() {
        let others = vec![other("2025", "2025", Headline { distinct: 40, ..some(30) })];
        let (period, headline) = ("2026".parse().unwrap(), Headline { distinct: 20, ..some(33) });
        let section = section(
            period,
            &Comparison { so_far: period, headline, coverage: Coverage { received: 9, expected: 9 }, others },
        )
        .unwrap();
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        assert_eq!(table.rows[0], ["Jeunes connectés", "20", "40 (\u{2212}50\u{202f}%)"]);
        assert_eq!(section.quiet, Vec::<String>::new());
    }

    #[test]
    fn unequal_lengths_are_said_of_the_days_counted() {
        let said = |period: &str, so_far: &str, whole: &str, counted: &str| {
            let others = [other(whole, counted, Headline::default())];
            notes(period.parse().unwrap(), so_far.parse().unwrap(), Coverage::default(), &others)
        };
        assert_eq!(
            said("2026-10", "2026-10", "2026-09", "2026-09"),
            ["Des durées différentes\u{202f}: 31 jours contre 30 pour septembre 2026."]
        );
        assert_eq!(
            said("2026-03", "2026-03-01..2026-03-30", "2026-02", "2026-02"),
            ["Des durées différentes\u{202f}: 30 jours contre 28 pour février 2026."]
        );
        assert_eq!(said("2026-03", "2026-03-01..2026-03-28", "2026-02", "2026-02"), Vec::<String>::new());
        assert_eq!(
            said("2024", "2024-01-01..2024-03-15", "2023", "2023-01-01..2023-03-16"),
            ["La période n’est pas terminée\u{202f}: ailleurs aussi, seul le compte des 75 premiers jours est donné."]
        );
    }
}
