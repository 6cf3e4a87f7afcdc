//! How much of the truth the figures hold (I15), in one line.

use chrono::{Datelike, NaiveDate};
use leptos::prelude::*;

use crate::{
    api::report::Completeness,
    domain::{
        fr::{self, NNBSP},
        period::Period,
    },
    ui::icon::Icon,
};

/// The months of the period that are over, in words: statements are expected for these.
fn months_over(period: Period, today: NaiveDate) -> Option<String> {
    let months = period.months().into_iter().map(Period::month_of).filter(|month| month.last() < today);
    let over: Vec<Period> = months.collect();
    match over.as_slice() {
        [] => None,
        [only] => Some(format!("pour {}", only.label())),
        [first, .., last] => {
            let (from, until) = (first.first(), last.first());
            let year = if from.year() == until.year() { String::new() } else { format!(" {}", from.year()) };
            Some(format!("{}{year} à {}", fr::of(fr::month(from.month())), last.label()))
        }
    }
}

/// What was received of what was expected.
fn statements(completeness: &Completeness, period: Period, today: NaiveDate) -> String {
    let Some(months) = months_over(period, today) else {
        return "Aucun mois de cette période n’est encore terminé".to_owned();
    };
    let (received, expected) = (completeness.received, completeness.expected);
    let all = fr::integer(expected);
    match (received, expected) {
        (_, 0) => format!("Aucun relevé n’était attendu {months}"),
        (0, 1) => format!("Le seul relevé attendu {months} n’est pas encore reçu"),
        (1, 1) => format!("Le seul relevé attendu {months} est reçu"),
        (0, _) => format!("Aucun des {all} relevés attendus {months} n’est encore reçu"),
        (received, expected) if received >= expected => format!("Les {all} relevés attendus {months} sont tous reçus"),
        _ => {
            let received = fr::count(received, "relevé", "relevés");
            let word = fr::plural(completeness.received, "reçu", "reçus");
            format!("{received} sur {all} {word} {months}")
        }
    }
}

/// What still waits on phones, whatever its day.
fn waiting(completeness: &Completeness, today: NaiveDate) -> String {
    if completeness.pending == 0 {
        return "aucune saisie n’attend sur les téléphones, d’après leur dernier envoi".to_owned();
    }
    let phones = fr::count(completeness.phones, "téléphone garde encore", "téléphones gardent encore");
    let entries = fr::count(completeness.pending, "saisie", "saisies");
    let since = completeness.since.map_or_else(String::new, |day| format!(", depuis le {}", fr::near_date(day, today)));
    format!("{phones} {entries}{since}")
}

/// The line.
pub fn sentence(completeness: &Completeness, period: Period, today: NaiveDate) -> String {
    let to_check = match completeness.to_check {
        0 => String::new(),
        count => format!(
            "{NNBSP}; {} une décision et ne {} pas encore",
            fr::count(count, "saisie attend", "saisies attendent"),
            fr::plural(count, "compte", "comptent")
        ),
    };
    format!("{}{NNBSP}; {}{to_check}.", statements(completeness, period, today), waiting(completeness, today))
}

/// The line with its icon.
#[component]
pub fn CompletenessLine(
    /// What is known.
    completeness: Completeness,
    /// The period counted.
    period: Period,
    /// Today.
    today: NaiveDate,
) -> impl IntoView {
    let icon = if completeness.pending > 0 { "phone" } else { "info" };
    view! {
        <p>
            <Icon name=icon />
            <span>{sentence(&completeness, period, today)}</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn received(received: i64, expected: i64, period: Period) -> String {
        statements(&Completeness { expected, received, ..Completeness::default() }, period, day(2026, 11, 23))
    }

    fn held(phones: i64, pending: i64, since: Option<NaiveDate>) -> String {
        waiting(&Completeness { phones, pending, since, ..Completeness::default() }, day(2026, 11, 23))
    }

    #[test]
    fn the_whole_line() {
        let completeness = Completeness {
            expected: 10,
            received: 9,
            phones: 2,
            pending: 7,
            since: Some(day(2026, 11, 19)),
            to_check: 1,
            ..Completeness::default()
        };
        assert_eq!(
            sentence(&completeness, Period::Month(2026, 10), day(2026, 11, 23)),
            "9 relevés sur 10 reçus pour octobre 2026\u{202f}; 2 téléphones gardent encore 7 saisies, depuis le 19\u{a0}novembre\u{202f}; 1 saisie attend une décision et ne compte pas encore."
        );
    }

    #[test]
    fn statements_received() {
        let october = Period::Month(2026, 10);
        assert_eq!(received(0, 0, october), "Aucun relevé n’était attendu pour octobre 2026");
        assert_eq!(received(0, 1, october), "Le seul relevé attendu pour octobre 2026 n’est pas encore reçu");
        assert_eq!(received(1, 1, october), "Le seul relevé attendu pour octobre 2026 est reçu");
        assert_eq!(received(0, 10, october), "Aucun des 10 relevés attendus pour octobre 2026 n’est encore reçu");
        assert_eq!(received(1, 10, october), "1 relevé sur 10 reçu pour octobre 2026");
        assert_eq!(received(10, 10, october), "Les 10 relevés attendus pour octobre 2026 sont tous reçus");
    }

    #[test]
    fn only_months_that_are_over_are_named() {
        assert_eq!(received(0, 0, Period::Month(2026, 11)), "Aucun mois de cette période n’est encore terminé");
        assert_eq!(received(0, 0, Period::CivilYear(2027)), "Aucun mois de cette période n’est encore terminé");
        assert_eq!(received(9, 10, Period::Quarter(2026, 4)), "9 relevés sur 10 reçus pour octobre 2026");
        assert_eq!(
            statements(
                &Completeness { expected: 30, received: 29, ..Completeness::default() },
                Period::Quarter(2025, 4),
                day(2026, 11, 23)
            ),
            "29 relevés sur 30 reçus d’octobre à décembre 2025"
        );
        assert_eq!(received(90, 100, Period::CivilYear(2026)), "90 relevés sur 100 reçus de janvier à octobre 2026");
    }

    #[test]
    fn months_of_two_years_name_both() {
        assert_eq!(
            received(100, 107, Period::SchoolYear(2025)),
            "100 relevés sur 107 reçus de septembre 2025 à août 2026"
        );
    }

    #[test]
    fn entries_on_phones() {
        assert_eq!(held(0, 0, None), "aucune saisie n’attend sur les téléphones, d’après leur dernier envoi");
        assert_eq!(held(1, 1, None), "1 téléphone garde encore 1 saisie");
        assert_eq!(
            held(1, 2, Some(day(2025, 12, 31))),
            "1 téléphone garde encore 2 saisies, depuis le 31\u{a0}décembre 2025"
        );
        assert_eq!(
            held(2, 7, Some(day(2026, 11, 1))),
            "2 téléphones gardent encore 7 saisies, depuis le 1er\u{a0}novembre"
        );
    }
}
