//! « Au fil des mois »: interventions month by month, in the order of time. Told by the office alone.

use chrono::{Datelike, NaiveDate};

use super::{Chart, Section, presence::hours};
use crate::{
    domain::{
        fr::{self, NNBSP},
        headline::MonthFigures,
        indicators::{Indicator, count_of},
        period::Period,
    },
    ui::bar_chart::Bar,
};

/// Fewer months show no course.
const FEWEST: usize = 3;
/// So many months with gaps are named.
const MOST_GAPS: usize = 4;
/// More are no longer read one by one: three school years.
const MOST: usize = 36;

fn name(month: NaiveDate) -> String {
    format!("{} {}", fr::month(month.month()), month.year())
}

/// The months of the period that have begun, those without a record too, with what is known of them.
pub fn course(period: Period, today: NaiveDate, known: &[MonthFigures]) -> Vec<MonthFigures> {
    let begun = period.months().into_iter().filter(|month| *month <= today);
    begun
        .map(|month| {
            let nothing = MonthFigures { month, interventions: 0, minutes: 0 };
            known.iter().find(|it| it.month == month).copied().unwrap_or(nothing)
        })
        .collect()
}

fn bars(months: &[MonthFigures]) -> Vec<Bar> {
    Bar::in_order(months.iter().map(|it| (fr::capital(&name(it.month)), it.interventions)).collect())
}

fn fact(months: &[MonthFigures]) -> String {
    let most = months.iter().map(|it| it.interventions).max().unwrap_or(0);
    let fullest: Vec<&MonthFigures> = months.iter().filter(|it| it.interventions == most && most > 0).collect();
    match fullest.as_slice() {
        [] => "Aucune intervention n’est notée sur cette période.".to_owned(),
        [only] => {
            let count = fr::count(most, "intervention", "interventions");
            format!("Le mois le plus rempli{NNBSP}: {}, avec {count} et {}.", name(only.month), hours(only.minutes))
        }
        several => {
            let names: Vec<String> = several.iter().map(|it| name(it.month)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let count = fr::count(most, "intervention", "interventions");
            format!("Les mois les plus remplis{NNBSP}: {}, avec {count} chacun.", fr::list(&names))
        }
    }
}

/// The hours of the months, as whole ones: a month is told to nobody by the minute. Their shares are those of the minutes.
fn hours_bars(months: &[MonthFigures]) -> Vec<Bar> {
    let mut bars = Bar::in_order(months.iter().map(|it| (fr::capital(&name(it.month)), it.minutes)).collect());
    for bar in &mut bars {
        bar.value = (bar.value + 30) / 60;
    }
    bars
}

/// What to know of the months at the ends.
fn parts(period: Period, today: NaiveDate) -> Option<String> {
    let begins = (period.first().day() != 1).then(|| format!("compte à partir du {}", fr::date(period.first())));
    let last = period.last().min(today);
    let ends = (last != Period::month_of(last).last()).then(|| format!("s’arrête au {}", fr::date(last)));
    match (begins, ends) {
        (Some(begins), Some(ends)) => Some(format!("Le premier mois {begins}, le dernier {ends}.")),
        (Some(begins), None) => Some(format!("Le premier mois {begins}.")),
        (None, Some(ends)) => Some(format!("Le dernier mois {ends}.")),
        (None, None) => None,
    }
}

/// Of which months statements are missing (I15): what is told of these may be too little.
fn gaps(missing: &[(NaiveDate, i64)]) -> Option<String> {
    let most = missing.iter().map(|(_, count)| *count).max()?;
    let named = |months: &mut dyn Iterator<Item = &(NaiveDate, i64)>| {
        let told: Vec<String> =
            months.map(|(month, count)| format!("{} pour {}", fr::integer(*count), name(*month))).collect();
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        fr::list(&told)
    };
    let all: i64 = missing.iter().map(|(_, count)| count).sum();
    let verb = fr::plural(all, "manque un relevé", "manque des relevés");
    Some(if missing.len() <= MOST_GAPS {
        format!("Il {verb}{NNBSP}: {}.", named(&mut missing.iter()))
    } else {
        let months = fr::count(count_of(missing.len()), "mois", "mois");
        let worst = || missing.iter().filter(|(_, count)| *count == most);
        // Where many are as bad, none of them is the worst.
        if worst().count() > MOST_GAPS {
            format!("Il {verb} pour {months}.")
        } else {
            format!("Il {verb} pour {months}, jusqu’à {}.", named(&mut worst()))
        }
    })
}

/// The course of the hours (I7), beside that of the interventions; none where that is none, or without an hour.
pub fn hours_section(period: Period, today: NaiveDate, known: &[MonthFigures]) -> Option<Section> {
    let months = course(period, today, known);
    let most = months.iter().max_by_key(|it| it.minutes).filter(|it| it.minutes > 0 && is_course(&months))?;
    Some(Section {
        id: "mois-heures",
        heading: "Et les heures\u{202f}?",
        fact: format!("Jusqu’à {} en {}.", hours(most.minutes), name(most.month)),
        // Rounded hours do not sum to the hours of all: these are told apart.
        quiet: vec![format!(
            "{} en tout{NNBSP}: présence, et interventions hors présence.",
            fr::capital(&hours(months.iter().map(|it| it.minutes).sum()))
        )],
        indicators: vec![Indicator::I7],
        chart: Chart::of_bars("Heures par mois, arrondies", "Mois", hours_bars(&months), false),
    })
}

fn is_course(months: &[MonthFigures]) -> bool {
    (FEWEST..=MOST).contains(&months.len())
}

/// The section; none for fewer than three months, nor for more than three years. `missing` are the months of which statements are
/// missing, and how many.
pub fn section(
    period: Period,
    today: NaiveDate,
    known: &[MonthFigures],
    missing: &[(NaiveDate, i64)],
) -> Option<Section> {
    let months = course(period, today, known);
    is_course(&months).then(|| Section {
        id: "mois",
        heading: "Au fil des mois",
        fact: fact(&months),
        quiet: parts(period, today).into_iter().chain(gaps(missing)).collect(),
        indicators: vec![Indicator::I2, Indicator::I7, Indicator::I15],
        chart: Chart::of_bars("Interventions par mois", "Mois", bars(&months), true),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn month(text: &str, interventions: i64, minutes: i64) -> MonthFigures {
        MonthFigures { month: day(text), interventions, minutes }
    }

    #[test]
    fn hours_have_a_course_of_their_own() {
        let (period, today) = ("2026-T1".parse().unwrap(), day("2026-04-02"));
        let months = [month("2026-01-01", 3, 90), month("2026-03-01", 1, 630)];
        let section = hours_section(period, today, &months).expect("a section");
        assert_eq!(section.fact, "Jusqu’à 11 heures en mars 2026.");
        let Some(Chart::Bars(chart)) = section.chart else { panic!("bars") };
        assert_eq!(chart.bars.iter().map(|bar| bar.value).collect::<Vec<_>>(), [2, 0, 11]);
        assert_eq!(hours_section(period, today, &[month("2026-01-01", 3, 0)]), None);
    }

    #[test]
    fn months_without_a_record_stand_in_the_course_and_those_to_come_do_not() {
        let known = [month("2026-09-01", 12, 600), month("2026-11-01", 30, 90)];
        let section = section(Period::SchoolYear(2026), day("2026-11-26"), &known, &[(day("2026-10-01"), 2)]).unwrap();
        assert_eq!(section.fact, "Le mois le plus rempli\u{202f}: novembre 2026, avec 30 interventions et 1,5 heure.");
        assert_eq!(
            section.quiet,
            [
                "Le dernier mois s’arrête au 26\u{a0}novembre 2026.",
                "Il manque des relevés\u{202f}: 2 pour octobre 2026."
            ]
        );
        let Some(Chart::Bars(chart)) = section.chart else { panic!("bars") };
        let seen: Vec<(&str, i64, i64)> =
            chart.bars.iter().map(|bar| (bar.label.as_str(), bar.value, bar.share)).collect();
        assert_eq!(seen, [("Septembre 2026", 12, 29), ("Octobre 2026", 0, 0), ("Novembre 2026", 30, 71)]);
    }

    #[test]
    fn centuries_are_no_course() {
        let months = |period: &str| section(period.parse().unwrap(), day("2026-11-26"), &[], &[]).is_some();
        assert!(months("2023-09-01..2026-08-31"));
        assert!(!months("2023-08-31..2026-08-31") && !months("1900-01-01..2200-12-31"));
    }

    #[test]
    fn two_months_are_no_course() {
        let period = "2026-10-15..2026-11-03".parse().unwrap();
        assert_eq!(section(period, day("2026-11-26"), &[], &[]), None);
        assert_eq!(
            parts(period, day("2026-11-26")).as_deref(),
            Some(
                "Le premier mois compte à partir du 15\u{a0}octobre 2026, le dernier s’arrête au 3\u{a0}novembre 2026."
            )
        );
        assert_eq!(parts(Period::CivilYear(2025), day("2026-11-26")), None);
    }

    #[test]
    fn gaps_are_named_as_long_as_they_are_few() {
        let of = |months: &[(u32, i64)]| {
            let day = |month: u32| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
            gaps(&months.iter().map(|(month, count)| (day(*month), *count)).collect::<Vec<_>>()).unwrap_or_default()
        };
        assert_eq!(of(&[]), "");
        assert_eq!(of(&[(6, 1)]), "Il manque un relevé\u{202f}: 1 pour juin 2026.");
        assert_eq!(of(&[(6, 3), (7, 1)]), "Il manque des relevés\u{202f}: 3 pour juin 2026 et 1 pour juillet 2026.");
        assert_eq!(
            of(&[(1, 1), (2, 1), (3, 4), (5, 2), (6, 4)]),
            "Il manque des relevés pour 5 mois, jusqu’à 4 pour mars 2026 et 4 pour juin 2026."
        );
        assert_eq!(of(&[1, 2, 3, 5, 6].map(|month| (month, 1))), "Il manque des relevés pour 5 mois.");
    }

    #[test]
    fn equals_are_all_named() {
        let known = [month("2026-01-01", 3, 0), month("2026-03-01", 3, 0)];
        let section = section(Period::Quarter(2026, 1), day("2026-11-26"), &known, &[]).unwrap();
        assert_eq!(
            section.fact,
            "Les mois les plus remplis\u{202f}: janvier 2026 et mars 2026, avec 3 interventions chacun."
        );
    }
}
