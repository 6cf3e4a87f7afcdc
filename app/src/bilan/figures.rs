//! The four figures of the bilan, each with its sentence and its definition.

use super::places;
use crate::{
    domain::{
        fr::{self, NNBSP},
        indicators::{Indicator, Sums},
        measure::Measure,
        order::sort_short,
        taxonomy::{Theme, label_of},
    },
    ui::table::Table,
};

/// One figure, large.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The number.
    pub value: i64,
    /// What it counts, in the number that agrees with it.
    pub name: &'static str,
    /// What to say of it.
    pub said: Option<String>,
    /// Other counts beside it, each with what it counts.
    pub circles: Vec<(i64, &'static str)>,
    /// The breakdown that belongs to it.
    pub table: Option<Table>,
    /// How it is counted.
    pub indicators: Vec<Indicator>,
    /// The address of what makes it up, for who may look at that.
    #[cfg(any(feature = "ssr", feature = "office"))]
    pub parts: Option<String>,
}

/// The wider and narrower circles around I1b, from the widest.
pub fn funnel(sums: &Sums) -> [(i64, &'static str); 3] {
    let named = |count: i64, one, many| (count, fr::plural(count, one, many));
    [
        named(
            sums.followers,
            "abonné ou «\u{202f}ami\u{202f}» des comptes",
            "abonnés et «\u{202f}amis\u{202f}» des comptes",
        ),
        named(sums.contacts(), "contact-jeune", "contacts-jeunes"),
        named(sums.accompanied, "jeune accompagné", "jeunes accompagnés"),
    ]
}

/// Where the interventions took place, in a sentence.
pub fn online_or_not(sums: &Sums) -> String {
    let (all, met) = (sums.interventions(), places::in_person(sums));
    match (all - met, met) {
        (0, 0) => "Aucune intervention.".to_owned(),
        (1, 0) => "En ligne.".to_owned(),
        (_, 0) => "Toutes en ligne.".to_owned(),
        (0, 1) => "En présentiel.".to_owned(),
        (0, _) => "Toutes en présentiel.".to_owned(),
        (online, met) => format!("{} en ligne, {} en présentiel.", fr::integer(online), fr::integer(met)),
    }
}

/// I3', in a sentence.
pub fn meeting_rate(sums: &Sums) -> String {
    match sums.met_rate() {
        Some(rate) if rate > 1.0 => format!(
            "Taux de rencontre{NNBSP}: {}, car plus de jeunes ont été rencontrés que connectés sur la période.",
            fr::percent(Some(rate), 1)
        ),
        rate @ Some(_) => format!("Taux de rencontre{NNBSP}: {} des jeunes connectés.", fr::percent(rate, 1)),
        None => format!("Taux de rencontre{NNBSP}: –, faute de jeunes connectés sur la période."),
    }
}

/// Projects by theme, most first: the theme's code, projects, young people. Never in the order of their young people, which
/// would tell something of a number that is masked.
pub fn project_themes(sums: &Sums) -> Vec<(&str, i64, i64)> {
    let themes = sums.keys(Measure::ProjectsInitiated).into_iter();
    let mut themes: Vec<(&str, i64, i64)> =
        themes.map(|(code, count)| (code, count, sums.of(Measure::ProjectYoung, code))).collect();
    sort_short(&mut themes, |a, b| a.1 > b.1);
    themes
}

/// The same, by the theme's name.
pub fn projects(sums: &Sums) -> Vec<(String, i64, i64)> {
    project_themes(sums).into_iter().map(|(code, count, young)| (label_of::<Theme>(code), count, young)).collect()
}

/// For whom the projects are, in a sentence.
pub fn project_people(sums: &Sums) -> String {
    match (sums.projects_initiated(), sums.total(Measure::ProjectYoung)) {
        (0, _) => "Aucun projet né d’un contact en ligne n’a commencé.".to_owned(),
        (projects, young) => {
            let born = fr::plural(projects, "Né", "Nés");
            format!("{born} d’un contact en ligne, avec {}.", fr::count(young, "jeune", "jeunes"))
        }
    }
}

/// The four figures.
pub fn figures(sums: &Sums) -> [Figure; 4] {
    let figure = |value: i64, name, said, indicators| Figure { value, name, said, indicators, ..Figure::default() };
    let (distinct, all, met, born) = (sums.distinct(), sums.interventions(), sums.met(), sums.projects_initiated());
    let met_name = fr::plural(
        met,
        "jeune rencontré après un contact sur Internet",
        "jeunes rencontrés après un contact sur Internet",
    );
    [
        Figure {
            circles: funnel(sums).to_vec(),
            ..figure(
                distinct,
                fr::plural(distinct, "jeune connecté", "jeunes connectés"),
                None,
                vec![Indicator::I1b, Indicator::I1a, Indicator::I1c, Indicator::I1d],
            )
        },
        figure(all, fr::plural(all, "intervention", "interventions"), Some(online_or_not(sums)), vec![Indicator::I2]),
        figure(met, met_name, Some(meeting_rate(sums)), vec![Indicator::I3]),
        Figure {
            table: project_table(sums),
            ..figure(
                born,
                fr::plural(born, "projet initié", "projets initiés"),
                Some(project_people(sums)),
                vec![Indicator::I4],
            )
        },
    ]
}

/// The list by theme that the bilan asks for.
fn project_table(sums: &Sums) -> Option<Table> {
    let row = |(theme, count, young): (String, i64, i64)| vec![theme, fr::integer(count), fr::integer(young)];
    let rows: Vec<Vec<String>> = projects(sums).into_iter().map(row).collect();
    (!rows.is_empty()).then(|| Table {
        caption: "Projets initiés par thématique",
        is_named_elsewhere: true,
        columns: vec!["Thématique".into(), "Projets".into(), "Jeunes".into()],
        rows,
        ..Table::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::indicators::sums_of as sums;

    #[test]
    fn a_rate_without_a_base_is_not_zero() {
        assert_eq!(meeting_rate(&sums(&[])), "Taux de rencontre\u{202f}: –, faute de jeunes connectés sur la période.");
        assert_eq!(
            meeting_rate(&sums(&[(Measure::Distinct, "", 7)])),
            "Taux de rencontre\u{202f}: 0,0\u{202f}% des jeunes connectés."
        );
        assert_eq!(
            meeting_rate(&sums(&[(Measure::Distinct, "", 7), (Measure::Met, "", 1)])),
            "Taux de rencontre\u{202f}: 14,3\u{202f}% des jeunes connectés."
        );
    }

    #[test]
    fn interventions_online_and_not() {
        let said = |all, met| {
            online_or_not(&sums(&[(Measure::Interventions, "listen", all), (Measure::Channels, "in_person", met)]))
        };
        assert_eq!(said(0, 0), "Aucune intervention.");
        assert_eq!(said(1, 0), "En ligne.");
        assert_eq!(said(2, 0), "Toutes en ligne.");
        assert_eq!(said(1, 1), "En présentiel.");
        assert_eq!(said(3, 3), "Toutes en présentiel.");
        assert_eq!(said(1048, 20), "1\u{202f}028 en ligne, 20 en présentiel.");
    }

    #[test]
    fn circles_agree_with_their_numbers() {
        let mut sums = sums(&[(Measure::Contacts, "", 1)]);
        sums.accompanied = 2;
        let [(_, followers), (_, contacts), (_, accompanied)] = funnel(&sums);
        assert_eq!(followers, "abonné ou «\u{202f}ami\u{202f}» des comptes");
        assert_eq!(contacts, "contact-jeune");
        assert_eq!(accompanied, "jeunes accompagnés");
    }

    #[test]
    fn themes_of_as_many_projects_are_not_in_the_order_of_their_young_people() {
        let sums = sums(&[
            (Measure::ProjectsInitiated, "housing", 1),
            (Measure::ProjectYoung, "housing", 2),
            (Measure::ProjectsInitiated, "leisure", 1),
            (Measure::ProjectYoung, "leisure", 9),
        ]);
        assert_eq!(project_themes(&sums), [("housing", 1, 2), ("leisure", 1, 9)]);
    }

    #[test]
    fn projects_by_theme_keep_themes_of_newer_releases() {
        let sums = sums(&[
            (Measure::ProjectsInitiated, "housing", 1),
            (Measure::ProjectsInitiated, "space_travel", 2),
            (Measure::ProjectYoung, "space_travel", 5),
        ]);
        assert_eq!(projects(&sums), [("space_travel".to_owned(), 2, 5), ("Logement".to_owned(), 1, 0)]);
        assert_eq!(project_people(&sums), "Nés d’un contact en ligne, avec 5 jeunes.");
    }

    #[test]
    fn no_project_and_one() {
        assert_eq!(project_people(&sums(&[])), "Aucun projet né d’un contact en ligne n’a commencé.");
        let one = sums(&[(Measure::ProjectsInitiated, "housing", 1), (Measure::ProjectYoung, "housing", 1)]);
        assert_eq!(project_people(&one), "Né d’un contact en ligne, avec 1 jeune.");
    }
}
