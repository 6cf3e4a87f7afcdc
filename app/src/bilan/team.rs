//! « Qui sommes-nous ? »: promeneurs, structures and communes of the network (I13). Told by the office alone, of the network.

use super::{Chart, Section};
use crate::{
    domain::{
        fr::{self, NNBSP},
        indicators::Indicator,
        taxonomy::{StructureType, label_of},
        team::Team,
    },
    ui::bar_chart::Bar,
};

/// How many, where, in a sentence.
fn fact(team: &Team) -> String {
    if team.labelled == 0 {
        return format!("Aucun·e promeneur·euse n’était labellisé·e au {}.", fr::date(team.on));
    }
    let people = fr::count(team.labelled, "promeneur·euse labellisé·e", "promeneurs·euses labellisé·es");
    let count: i64 = team.structures.iter().map(|(_, count)| count).sum();
    let structures = fr::count(count, "structure", "structures");
    let communes = fr::count(team.communes, "commune", "communes");
    // A network without territories of its own has none to cover.
    let over = (team.territories > 0).then(|| fr::count(team.territories, "territoire", "territoires"));
    let over = over.map_or_else(String::new, |over| format!(", sur {over}"));
    format!("{people} au {}, dans {structures} et {communes}{over}.", fr::date(team.on))
}

/// Who came, went, or is away for a while, in a sentence each.
fn movements(team: &Team) -> Vec<String> {
    let moved = match (team.arrived, team.departed) {
        (0, 0) => "Ni arrivée ni départ sur la période.".to_owned(),
        (arrived, departed) => format!(
            "{} et {} sur la période.",
            fr::count(arrived, "arrivée", "arrivées"),
            fr::count(departed, "départ", "départs")
        ),
    };
    let away = (team.on_leave > 0)
        .then(|| format!("{} absent·e{} ce jour-là.", fr::integer(team.on_leave), fr::plural(team.on_leave, "", "s")));
    let towns: Vec<&str> = team.towns.iter().map(String::as_str).collect();
    let where_to = (!towns.is_empty()).then(|| format!("Communes{NNBSP}: {}.", fr::list(&towns)));
    [Some(moved), away, where_to].into_iter().flatten().collect()
}

/// The section.
pub fn section(team: &Team) -> Section {
    let parts = team.structures.iter().map(|(code, count)| (label_of::<StructureType>(code), *count));
    Section {
        id: "equipe",
        heading: "Qui sommes-nous\u{202f}?",
        fact: fact(team),
        quiet: movements(team),
        indicators: vec![Indicator::I13],
        chart: Chart::of_bars("Structures par type", "Type de structure", Bar::ranked(parts, None), true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn team() -> Team {
        Team {
            on: "2026-08-31".parse().unwrap(),
            labelled: 9,
            on_leave: 1,
            arrived: 2,
            departed: 1,
            structures: vec![("mjc".to_owned(), 2), ("fjt".to_owned(), 1)],
            communes: 3,
            territories: 2,
            towns: ["Brioude", "Langeac", "Le Puy-en-Velay"].map(str::to_owned).into(),
        }
    }

    #[test]
    fn the_network_is_told_as_of_a_day() {
        let section = section(&team());
        assert_eq!(
            section.fact,
            "9 promeneurs·euses labellisé·es au 31\u{a0}août 2026, dans 3 structures et 3 communes, sur 2 territoires."
        );
        assert_eq!(
            section.quiet,
            [
                "2 arrivées et 1 départ sur la période.",
                "1 absent·e ce jour-là.",
                "Communes\u{202f}: Brioude, Langeac et Le Puy-en-Velay."
            ]
        );
        let Some(Chart::Bars(chart)) = section.chart else { panic!("bars") };
        assert_eq!(chart.bars[0].label, "Maison des Jeunes et de la Culture");
    }

    #[test]
    fn nobody_and_no_movement() {
        let nobody = Team {
            labelled: 0,
            on_leave: 0,
            arrived: 0,
            departed: 0,
            structures: Vec::new(),
            communes: 0,
            territories: 0,
            towns: Vec::new(),
            ..team()
        };
        let section = section(&nobody);
        assert_eq!(section.fact, "Aucun·e promeneur·euse n’était labellisé·e au 31\u{a0}août 2026.");
        assert_eq!((section.quiet, section.chart), (vec!["Ni arrivée ni départ sur la période.".to_owned()], None));
    }
}
