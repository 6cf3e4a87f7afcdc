//! « Où en sommes-nous ? »: what was set out to be reached, and what has been (`domain.md` C22). Told by the office alone.

use super::{Chart, Section};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        headline::Comparison,
        indicators::{Sums, count_of},
        objective::{Aim, Objective},
        period::Period,
    },
    ui::table::Table,
};

/// The section, of a period of which is known whether it is over; none where nothing was set out.
pub fn section(
    (period, is_over): (Period, bool),
    objectives: &[Objective],
    sums: &Sums,
    comparison: Option<&Comparison>,
) -> Option<Section> {
    let so_far = comparison.map(|comparison| comparison.for_an_average(period));
    let of = |aim: Aim| Some((aim, objectives.iter().find(|objective| objective.aim == aim.code())?.value));
    let aims: Vec<(Aim, i64, Option<i64>)> = Aim::ALL
        .iter()
        .filter_map(|aim| of(*aim))
        .map(|(aim, value)| (aim, value, aim.reached(sums, so_far.as_ref())))
        .collect();
    if aims.is_empty() {
        return None;
    }
    let done =
        count_of(aims.iter().filter(|(_, value, reached)| reached.is_some_and(|reached| reached >= *value)).count());
    let all = count_of(aims.len());
    let fact = match (done, all) {
        (0, 1) if is_over => "L’objectif n’a pas été atteint.".to_owned(),
        (0, all) if is_over => format!("Aucun des {} objectifs n’a été atteint.", fr::integer(all)),
        (0, 1) => "L’objectif n’est pas encore atteint.".to_owned(),
        (1, 1) => "L’objectif est atteint.".to_owned(),
        (0, all) => format!("Aucun des {} objectifs n’est encore atteint.", fr::integer(all)),
        (done, all) if done == all => format!("Les {} objectifs sont atteints.", fr::integer(all)),
        (done, all) => format!(
            "{} sur {} {}.",
            fr::count(done, "objectif", "objectifs"),
            fr::integer(all),
            fr::plural(done, "atteint", "atteints")
        ),
    };
    let gone = comparison.filter(|comparison| comparison.so_far != period).map(|comparison| {
        let share = (comparison.so_far.days() * 200 + period.days()) / (period.days() * 2);
        format!("{share}{NNBSP}% des jours de la période sont passés.")
    });
    let rows = aims.into_iter().map(|(aim, value, reached)| {
        let share = reached.map_or("–".to_owned(), |reached| format!("{}{NNBSP}%", reached * 100 / value));
        vec![
            aim.label().to_owned(),
            aim.read(value),
            reached.map_or("–".to_owned(), |reached| aim.read(reached)),
            share,
        ]
    });
    Some(Section {
        id: "objectifs",
        heading: "Où en sommes-nous\u{202f}?",
        fact,
        quiet: gone.into_iter().collect(),
        // Each is defined where it stands above.
        indicators: Vec::new(),
        chart: Some(Chart::Table(Table {
            caption: "Objectifs de la période",
            columns: ["Objectif", "Visé", "Atteint", "Part"].map(Into::into).into(),
            rows: rows.collect(),
            ..Table::default()
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        headline::{Coverage, Headline},
        indicators::sums_of,
        measure::Measure,
    };

    #[test]
    fn what_was_reached_stands_beside_what_was_aimed_at() {
        let sums = sums_of(&[(Measure::Contacts, "", 150), (Measure::Met, "", 9)]);
        let aim = |aim: &str, value| Objective { aim: aim.to_owned(), value };
        let objectives = [aim("met", 10), aim("contacts", 100), aim("weekly_hours", 180), aim("hologram", 3)];
        let period: Period = "2026".parse().unwrap();
        let comparison = Comparison {
            so_far: "2026-01-01..2026-06-30".parse().unwrap(),
            headline: Headline { minutes: 1200, person_days: 70, ..Headline::default() },
            coverage: Coverage::default(),
            others: Vec::new(),
        };
        let nothing = |is_over| section((period, is_over), &objectives, &Sums::default(), None).unwrap().fact;
        assert_eq!(nothing(false), "Aucun des 3 objectifs n’est encore atteint.");
        assert_eq!(nothing(true), "Aucun des 3 objectifs n’a été atteint.");
        let section = section((period, false), &objectives, &sums, Some(&comparison)).unwrap();
        assert_eq!(section.fact, "1 objectif sur 3 atteint.");
        assert_eq!(section.quiet, ["50\u{202f}% des jours de la période sont passés."]);
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        let cells: Vec<Vec<&str>> = table.rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        assert_eq!(
            cells,
            [
                ["Heures par semaine et promeneur·euse", "3\u{202f}h", "2\u{202f}h", "66\u{202f}%"],
                ["Contacts-jeunes", "100", "150", "150\u{202f}%"],
                ["Jeunes rencontrés", "10", "9", "90\u{202f}%"],
            ]
        );
    }

    #[test]
    fn without_an_objective_there_is_no_section() {
        assert_eq!(section((Period::CivilYear(2026), false), &[], &Sums::default(), None), None);
    }
}
