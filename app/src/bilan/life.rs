//! « Comment vit le réseau ? » (I12) and « Nos comptes professionnels » (I14). Told by the office alone, of the network.

use super::{Chart, Section};
use crate::{
    domain::{
        coded::Code,
        fr::{self, NNBSP},
        indicators::{Indicator, count_of},
        network_life::{AccountFigures, EventFigures, EventKind, Life},
        taxonomy::{Network, label_of},
    },
    ui::table::Table,
};

/// What took place, and how many came.
pub fn events_section(life: &Life) -> Section {
    let count = |kinds: &[EventKind]| -> i64 {
        life.events.iter().filter(|it| kinds.iter().any(|kind| kind.code() == it.kind)).map(|it| it.count).sum()
    };
    let all: i64 = life.events.iter().map(|it| it.count).sum();
    let fact = if all == 0 {
        "Rien n’est noté dans le journal du réseau sur cette période.".to_owned()
    } else {
        let support = [EventKind::Onboarding, EventKind::IndividualSupport, EventKind::StructureSupport];
        let parts = [
            (count(&[EventKind::Training]), "formation", "formations"),
            (count(&[EventKind::PracticeExchange]), "échange de pratiques", "échanges de pratiques"),
            (count(&[EventKind::NetworkMeeting]), "réunion de réseau", "réunions de réseau"),
            (count(&support), "accompagnement", "accompagnements"),
        ];
        let told: i64 = parts.iter().map(|(n, ..)| n).sum();
        let parts: Vec<String> =
            parts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| fr::count(*n, one, many)).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let whole = fr::count(all, "action de la coordination", "actions de la coordination");
        match fr::list(&parts) {
            _ if parts.is_empty() => format!("{whole}."),
            // Where they are all of it, there is nothing that they are part of.
            parts if told == all => format!("{whole}\u{202f}: {parts}."),
            parts => format!("{whole}, dont {parts}."),
        }
    };
    let came = life.attendance().map(|share| {
        format!(
            "Aux réunions, formations et échanges, {} des promeneurs·euses en activité étaient là.",
            fr::percent(Some(share), 0)
        )
    });
    let rows = life.events.iter().map(|it| {
        let share = Some(it).filter(|it| it.awaits_all()).and_then(|it| EventFigures::attendance([it]));
        // Where nobody awaits promeneurs, none of them is no absence.
        let present = if it.awaits_all() || it.present > 0 { fr::integer(it.present) } else { "–".to_owned() };
        vec![label_of::<EventKind>(&it.kind), fr::integer(it.count), present, fr::percent(share, 0)]
    });
    Section {
        id: "vie",
        heading: "Comment vit le réseau\u{202f}?",
        fact,
        quiet: came.into_iter().collect(),
        indicators: vec![Indicator::I12],
        chart: (all > 0).then(|| {
            Chart::Table(Table {
                caption: "Actions de la coordination, par nature",
                columns: ["Nature", "Nombre", "Promeneurs·euses présent·es", "Participation"].map(Into::into).into(),
                rows: rows.collect(),
                ..Table::default()
            })
        }),
    }
}

/// The accounts, and how many show what the charter asks for.
pub fn accounts_section(life: &Life) -> Section {
    let sum = |of: fn(&AccountFigures) -> i64| -> i64 { life.accounts.iter().map(of).sum() };
    let (all, checked, conforming) = (sum(|it| it.count), sum(|it| it.checked), sum(|it| it.conforming));
    let fact = if all == 0 {
        "Aucun compte professionnel n’est connu à la fin de la période.".to_owned()
    } else {
        let accounts = fr::count(all, "compte professionnel", "comptes professionnels");
        format!("{accounts} sur {}.", fr::count(count_of(life.accounts.len()), "réseau", "réseaux"))
    };
    let said = match (all, checked) {
        (0, _) => None,
        (_, 0) => Some("Aucun n’a encore été vérifié.".to_owned()),
        (all, checked) => {
            let rest = if all > checked {
                format!("{NNBSP}; {} à vérifier", fr::integer(all - checked))
            } else {
                String::new()
            };
            let share = fr::percent(life.conforming_share(), 0);
            let said = fr::count(conforming, "compte conforme", "comptes conformes");
            Some(format!("{said} sur {} ({share}){rest}.", fr::integer(all)))
        }
    };
    let rows = life.accounts.iter().map(|it| {
        let rest = [it.count, it.checked, it.conforming].map(fr::integer);
        std::iter::once(label_of::<Network>(&it.network)).chain(rest).collect()
    });
    let total = [all, checked, conforming].map(fr::integer);
    Section {
        id: "comptes",
        heading: "Nos comptes professionnels",
        fact,
        quiet: said.into_iter().collect(),
        indicators: vec![Indicator::I14],
        chart: (all > 0).then(|| {
            Chart::Table(Table {
                caption: "Comptes professionnels par réseau",
                columns: ["Réseau", "Comptes", "Vérifiés", "Conformes"].map(Into::into).into(),
                rows: rows.collect(),
                total: Some(std::iter::once("Ensemble".to_owned()).chain(total).collect()),
                ..Table::default()
            })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, count: i64, present: i64, active: i64) -> EventFigures {
        EventFigures { kind: kind.to_owned(), count, present, came: present.min(active), active }
    }

    fn cells(section: Section) -> Vec<Vec<String>> {
        let Some(Chart::Table(table)) = section.chart else { panic!("a table") };
        table.rows
    }

    #[test]
    fn what_took_place_is_counted_and_who_came_is_a_share_of_those_awaited() {
        let events = vec![
            event("individual_support", 3, 3, 27),
            event("training", 2, 12, 18),
            event("steering_committee", 1, 1, 9),
            event("hologram", 1, 0, 9),
        ];
        let section = events_section(&Life { events, ..Life::default() });
        assert_eq!(section.fact, "7 actions de la coordination, dont 2 formations et 3 accompagnements.");
        assert_eq!(
            section.quiet,
            ["Aux réunions, formations et échanges, 67\u{202f}% des promeneurs·euses en activité étaient là."]
        );
        let rows = cells(section);
        assert_eq!(rows[1], ["Formation", "2", "12", "67\u{202f}%"]);
        assert_eq!(rows[2], ["Comité de pilotage", "1", "1", "–"], "nobody awaits every promeneur there");
        assert_eq!(rows[3][0], "hologram");
    }

    #[test]
    fn more_present_than_active_are_all_of_them() {
        let section = events_section(&Life { events: vec![event("training", 1, 12, 9)], ..Life::default() });
        assert_eq!(cells(section)[0][3], "100\u{202f}%");
        assert_eq!(
            cells(events_section(&Life { events: vec![event("training", 1, 0, 0)], ..Life::default() }))[0][3],
            "–"
        );
        let one = events_section(&Life { events: vec![event("training", 1, 2, 9)], ..Life::default() });
        assert_eq!(one.fact, "1 action de la coordination\u{202f}: 1 formation.");
        let nobody = events_section(&Life { events: vec![event("training", 1, 2, 0)], ..Life::default() });
        assert_eq!(cells(nobody)[0][3], "–", "a rate without a base is none");
    }

    #[test]
    fn accounts_are_told_with_those_that_nobody_looked_at() {
        let account = |network: &str, count, checked, conforming| AccountFigures {
            network: network.to_owned(),
            count,
            checked,
            conforming,
        };
        let accounts = vec![account("instagram", 8, 4, 3), account("discord", 2, 0, 0)];
        let section = accounts_section(&Life { accounts, ..Life::default() });
        assert_eq!(section.fact, "10 comptes professionnels sur 2 réseaux.");
        assert_eq!(section.quiet, ["3 comptes conformes sur 10 (30\u{202f}%)\u{202f}; 6 à vérifier."]);
        let none = accounts_section(&Life::default());
        assert_eq!((none.quiet.len(), none.chart), (0, None));
    }
}
