//! The dashboard as a file for a spreadsheet.

use super::completeness;
use crate::{
    api::report::{Completeness, Dashboard},
    bilan::{compare, csv, stages, trend},
    domain::{
        coded::Code,
        fr,
        headline::Compared,
        indicators::{Indicator, Sums},
        measure::Measure,
        needs::{NeedFigures, Subject},
        network_life::{EventKind, Life},
        objective::{Aim, Objective},
        people::{AgeBands, Genders},
        period::Period,
        scope::Scope,
        taxonomy::{Network, Setting, StructureType, Theme, ThemeGroup, label_of},
        team::Team,
    },
};

type Row = [String; 3];

fn row(heading: &str, detail: &str, value: i64) -> Row {
    [heading.to_owned(), detail.to_owned(), value.to_string()]
}

/// The name of the file.
pub fn name(dashboard: &Dashboard) -> String {
    // A scope other than the network is named inside: a file's name travels, and may be read over a shoulder.
    let scope = if dashboard.scope == Scope::Network { "reseau" } else { "extrait" };
    format!("lanterne-{scope}-{}.csv", dashboard.period)
}

/// The file: whose figures, of when, how complete; then every figure, and the months.
pub fn file(dashboard: &Dashboard) -> String {
    let Dashboard { sums, period, today, .. } = dashboard;
    let line = |name: &str, value: String| [name.to_owned(), value, String::new()];
    let whose = match dashboard.scope {
        Scope::Network | Scope::Territory(_) => "coordination",
        Scope::Structure(_) | Scope::Promeneur(_) => "structure",
    };
    let about = vec![
        line("Usage", format!("interne à la {whose}\u{202f}: les petits nombres n’y sont pas masqués")),
        line("Réseau", dashboard.scheme_name.clone()),
        line("Périmètre", dashboard.scope_name.clone()),
        line("Période", period.label()),
        line("Au", fr::date(*today)),
        line(Indicator::I15.label(), completeness::sentence(&dashboard.completeness, *period, *today)),
    ];
    let mut rows = csv::rows(about, sums);
    rows.extend(of_the_statements(&dashboard.completeness));
    rows.extend(of_the_office(sums));
    // The average of the screen: of a year that goes on by the days that have gone.
    rows.push(row("Dont jours passés, additionnés par promeneur·euse", "", dashboard.days_gone()));
    if let Some(hours) = dashboard.hours_per_person_week() {
        rows.push(["Heures par semaine et promeneur·euse".to_owned(), String::new(), fr::decimal(hours, 2)]);
    }
    rows.extend(of_genders(sums));
    rows.extend(
        stages::in_order(&dashboard.stages)
            .into_iter()
            .map(|(stage, count)| row("Projets et suivis de parcours menés sur la période, par étape", &stage, count)),
    );
    for it in trend::course(*period, *today, &dashboard.months) {
        let month = it.month.to_string();
        rows.push(row("Interventions, par mois", &month, it.interventions));
        rows.push(row("Minutes, par mois", &month, it.minutes));
    }
    rows.extend(dashboard.comparison.iter().flat_map(|it| &it.others).flat_map(of_another_period));
    rows.extend(dashboard.objectives.iter().map(of_an_objective));
    rows.extend(dashboard.team.iter().flat_map(of_the_team));
    rows.extend(dashboard.life.iter().flat_map(of_its_life));
    rows.extend(dashboard.needs.iter().flatten().flat_map(of_a_need));
    csv::file(rows)
}

/// I15.
fn of_the_statements(completeness: &Completeness) -> Vec<Row> {
    let all = [
        ("Relevés reçus", completeness.received),
        ("Relevés attendus", completeness.expected),
        ("Saisies gardées sur des téléphones", completeness.pending),
        ("Saisies à vérifier, qui ne comptent pas encore", completeness.to_check),
    ];
    let missing = completeness.missing.iter();
    let missing =
        missing.map(|(month, count)| row("Relevés manquants, par mois", &Period::month_of(*month).to_string(), *count));
    all.map(|(name, value)| row(name, "", value)).into_iter().chain(missing).collect()
}

/// What the office's report tells beside the phone's.
fn of_the_office(sums: &Sums) -> Vec<Row> {
    // Without a code: a sum that stands for itself.
    let alone = [
        (Measure::Presences.label(), sums.total(Measure::Presences)),
        ("Jours attendus, additionnés par promeneur·euse", sums.person_days),
        (Measure::Meetings.label(), sums.total(Measure::Meetings)),
        (Measure::WithYoung.label(), sums.total(Measure::WithYoung)),
        (Measure::WithAges.label(), sums.total(Measure::WithAges)),
        (Measure::ReachCount.label(), sums.total(Measure::ReachCount)),
    ];
    let mut rows: Vec<Row> = alone.map(|(name, value)| row(name, "", value)).into();
    for (measure, label) in [
        (Measure::ThemeGroups, label_of::<ThemeGroup> as fn(&str) -> String),
        (Measure::Settings, label_of::<Setting>),
        (Measure::Ages, age),
        (Measure::ReferralThemes, label_of::<Theme>),
    ] {
        rows.extend(sums.keys(measure).into_iter().map(|(code, value)| row(measure.label(), &label(code), value)));
    }
    rows
}

/// Genders, where they were noted (`domain.md` B7).
fn of_genders(sums: &Sums) -> Vec<Row> {
    let noted = sums.total(Measure::WithGenders);
    if noted == 0 {
        return Vec::new();
    }
    let parts = sums.keys(Measure::Genders).into_iter();
    let parts = parts.map(|(code, value)| row(Measure::Genders.label(), &gender(code), value));
    std::iter::once(row(Measure::WithGenders.label(), "", noted)).chain(parts).collect()
}

/// What is compared with the period; nothing of one in which nothing was noted, which is not zero.
fn of_another_period(other: &Compared) -> Vec<Row> {
    if other.headline.is_empty() {
        return Vec::new();
    }
    let Compared { headline, coverage, .. } = other;
    let days = compare::column(other);
    [
        ("Jeunes connectés", headline.distinct),
        ("Contacts-jeunes", headline.contacts),
        ("Interventions", headline.interventions),
        ("Jeunes rencontrés", headline.met),
        ("Orientations", headline.referrals),
        ("Projets initiés", headline.projects),
        ("Minutes", headline.minutes),
        ("Jours attendus, additionnés par promeneur·euse", headline.person_days),
        ("Relevés reçus", coverage.received),
        ("Relevés attendus", coverage.expected),
    ]
    .map(|(name, value)| row(&format!("{name}, sur une autre période"), &days, value))
    .into()
}

fn of_an_objective(objective: &Objective) -> Row {
    let unit = if objective.aim == Aim::WeeklyHours.code() { ", en minutes" } else { "" };
    row("Objectif", &format!("{}{unit}", label_of::<Aim>(&objective.aim)), objective.value)
}

/// I13.
fn of_the_team(team: &Team) -> Vec<Row> {
    let on = fr::date(team.on);
    let mut rows: Vec<Row> = [
        ("Promeneurs·euses labellisé·es", on.as_str(), team.labelled),
        ("Promeneurs·euses absent·es", &on, team.on_leave),
        ("Arrivées", "", team.arrived),
        ("Départs", "", team.departed),
        ("Communes", &on, team.communes),
        ("Territoires", &on, team.territories),
    ]
    .map(|(name, detail, value)| row(name, detail, value))
    .into();
    let structures = team.structures.iter();
    rows.extend(team.towns.iter().map(|town| row("Commune", town, 1)));
    rows.extend(structures.map(|(code, count)| row("Structures, par type", &label_of::<StructureType>(code), *count)));
    rows
}

/// I12, I14.
fn of_its_life(life: &Life) -> Vec<Row> {
    let mut rows = Vec::new();
    for it in &life.events {
        let kind = label_of::<EventKind>(&it.kind);
        rows.push(row("Actions de la coordination, par nature", &kind, it.count));
        rows.push(row("Présences de promeneurs·euses, par nature d’action", &kind, it.present));
        rows.push(row("Dont promeneurs·euses en activité, par nature d’action", &kind, it.came));
        rows.push(row("Promeneurs·euses en activité ces jours-là, par nature d’action", &kind, it.active));
    }
    for it in &life.accounts {
        let network = label_of::<Network>(&it.network);
        rows.push(row("Comptes professionnels, par réseau", &network, it.count));
        rows.push(row("Comptes vérifiés, par réseau", &network, it.checked));
        rows.push(row("Comptes conformes, par réseau", &network, it.conforming));
    }
    rows
}

/// I17.
fn of_a_need(need: &NeedFigures) -> [Row; 2] {
    let subject = label_of::<Subject>(&need.subject);
    [
        row("Promeneurs·euses qui souhaitent une formation, par sujet", &subject, need.wishing),
        row("Promeneurs·euses qui disent une difficulté, par sujet", &subject, need.struggling),
    ]
}

/// What an age band is called.
fn age(code: &str) -> String {
    if code == "unknown" {
        return "Âge inconnu, là où des âges sont notés".to_owned();
    }
    AgeBands::default().each().iter().find(|(band, ..)| *band == code).map_or(code, |(_, label, _)| label).to_owned()
}

/// What a gender is called.
fn gender(code: &str) -> String {
    let asked = Genders::default().each();
    asked.iter().find(|(it, ..)| *it == code).map_or("Autre ou non précisé", |(_, label, _)| label).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        headline::{Coverage, Headline},
        indicators::sums_of,
    };

    #[test]
    fn other_periods_and_objectives_are_in_the_file() {
        let headline = Headline { interventions: 33, minutes: 90, ..Headline::default() };
        let coverage = Coverage { received: 9, expected: 10 };
        let (whole, counted) = (Period::CivilYear(2025), "2025-01-01..2025-11-30".parse().unwrap());
        let rows = of_another_period(&Compared { whole, counted, headline, coverage });
        for [heading, value] in [["Interventions", "33"], ["Minutes", "90"], ["Relevés attendus", "10"]] {
            let wanted =
                [&format!("{heading}, sur une autre période"), "Année 2025 (334 jours)", value].map(str::to_owned);
            assert!(rows.contains(&wanted), "{wanted:?} is not in {rows:?}");
        }
        let nothing = Headline::default();
        assert!(of_another_period(&Compared { whole, counted: whole, headline: nothing, coverage }).is_empty());
        let objective = Objective { aim: "weekly_hours".to_owned(), value: 150 };
        let wanted = ["Objectif", "Heures par semaine et promeneur·euse, en minutes", "150"];
        assert_eq!(of_an_objective(&objective), wanted.map(str::to_owned));
    }

    #[test]
    fn what_only_the_office_tells_is_in_the_file() {
        let counted = sums_of(&[
            (Measure::Settings, "individual", 3),
            (Measure::WithYoung, "", 3),
            (Measure::WithAges, "", 1),
            (Measure::Ages, "15_17", 2),
            (Measure::Ages, "unknown", 1),
            (Measure::ReachCount, "", 40),
        ]);
        let rows = of_the_office(&Sums { person_days: 30, ..counted });
        for [heading, detail, value] in [
            ["Interventions, par cadre", "Individuel", "3"],
            ["Échanges avec des jeunes", "", "3"],
            ["Échanges dont les âges sont notés", "", "1"],
            ["Jeunes, par tranche d’âge", "15–17 ans", "2"],
            ["Jeunes, par tranche d’âge", "Âge inconnu, là où des âges sont notés", "1"],
            ["Vues et réactions", "", "40"],
            ["Jours attendus, additionnés par promeneur·euse", "", "30"],
        ] {
            let wanted = [heading, detail, value].map(str::to_owned);
            assert!(rows.contains(&wanted), "{wanted:?} is missing from {rows:?}");
        }
    }

    #[test]
    fn genders_are_in_the_file_where_they_were_noted() {
        let noted = sums_of(&[
            (Measure::WithGenders, "", 1),
            (Measure::Genders, "girl_woman", 2),
            (Measure::Genders, "other_unspecified", 1),
        ]);
        let wanted = [
            ["Échanges dont le genre est noté", "", "1"],
            ["Jeunes, par genre", "Filles ou femmes", "2"],
            ["Jeunes, par genre", "Autre ou non précisé", "1"],
        ];
        assert_eq!(of_genders(&noted), wanted.map(|row| row.map(str::to_owned)));
        assert!(of_genders(&sums_of(&[])).is_empty());
    }

    #[test]
    fn the_team_is_told_of_a_day() {
        let rows = of_the_team(&Team {
            on: "2026-08-31".parse().unwrap(),
            labelled: 9,
            on_leave: 1,
            arrived: 2,
            departed: 1,
            structures: vec![("mjc".to_owned(), 2)],
            communes: 3,
            territories: 2,
            towns: vec!["Brioude".to_owned()],
        });
        assert!(rows.contains(&row("Promeneurs·euses labellisé·es", "31\u{a0}août 2026", 9)), "{rows:?}");
        assert!(rows.contains(&row("Structures, par type", "Maison des Jeunes et de la Culture", 2)), "{rows:?}");
    }
}
