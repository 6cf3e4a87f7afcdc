//! What took place in the network, as a chapter of the bilan tells it (`domain.md` C4, 4 to 7): by which means, for how long,
//! with what resources, and day by day.

use super::{Cell, Chapter, Grid, Subject};
use crate::domain::{
    coded::Code,
    fr::{self, NNBSP},
    indicators::count_of,
    network_life::{EventKind, Medium, NetworkEvent},
};

/// In which chapter something that took place is told.
fn chapter_of(event: &NetworkEvent) -> Chapter {
    match event.kind.known() {
        Some(EventKind::Onboarding | EventKind::IndividualSupport | EventKind::StructureSupport) => Chapter::Support,
        Some(EventKind::Partnership | EventKind::CallInfo | EventKind::Publication) => Chapter::Partners,
        Some(EventKind::SteeringCommittee | EventKind::TechnicalCommittee | EventKind::Reporting) => Chapter::Steering,
        Some(EventKind::NetworkMeeting | EventKind::Training | EventKind::PracticeExchange) | None => Chapter::Life,
    }
}

/// What took place that a chapter tells, in the order of the days; none where nothing did.
pub(super) fn log(chapter: Chapter, events: &[NetworkEvent]) -> Option<Subject> {
    let mut told: Vec<&NetworkEvent> = events.iter().filter(|event| chapter_of(event) == chapter).collect();
    told.sort_by_key(|event| (event.on, event.id));
    // What nobody noted is not nothing.
    let number =
        |count: Option<i32>| count.map_or_else(|| Cell::Said("–".to_owned()), |count| Cell::Count(i64::from(count)));
    let sum = |a: Option<i32>, b: Option<i32>| match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
    let row = |event: &&NetworkEvent| {
        let by = Some(&event.organiser).filter(|by| !by.is_empty()).map(|by| format!("par {by}"));
        let said: Vec<&str> = [Some(event.subject.as_str()), by.as_deref()].into_iter().flatten().collect();
        let said = said.into_iter().filter(|said| !said.is_empty()).collect::<Vec<_>>().join(", ");
        let cells = vec![
            Cell::Said(event.kind.label().to_owned()),
            Cell::Said(fr::spaced(&said)),
            number(event.promeneurs),
            number(event.structures),
            number(sum(event.partners, event.others)),
        ];
        (fr::date(event.on), cells)
    };
    (!told.is_empty()).then(|| Subject {
        heading: "Le journal".to_owned(),
        facts: facts(&told),
        grid: Some(Grid {
            caption: format!("{}, jour par jour", chapter.label()),
            columns: ["Jour", "Nature", "Sujet", "Promeneurs·euses", "Structures", "Autres"].map(str::to_owned).into(),
            rows: told.iter().map(row).collect(),
            is_drawn: false,
        }),
    })
}

/// By which means, in how much time and with what resources, as far as that was noted, and of how many of them.
fn facts(told: &[&NetworkEvent]) -> Vec<String> {
    let all = count_of(told.len());
    let by = |medium: Medium| {
        let is_so = |event: &&&NetworkEvent| event.medium.as_ref().is_some_and(|it| it.is(medium));
        count_of(told.iter().filter(is_so).count())
    };
    let means: Vec<(Medium, i64)> = Medium::ALL.iter().map(|medium| (*medium, by(*medium))).collect();
    let noted: i64 = means.iter().map(|(_, count)| count).sum();
    let means: Vec<String> = means
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(medium, count)| format!("{} {}", fr::integer(count), fr::small(medium.label())))
        .collect();
    let means: Vec<&str> = means.iter().map(String::as_str).collect();
    let means = (noted > 0).then(|| {
        let rest = match all - noted {
            0 => String::new(),
            rest => format!("{NNBSP}; {} sans précision", fr::integer(rest)),
        };
        format!("{}{NNBSP}: {}{rest}.", fr::count(all, "action", "actions"), fr::list(&means))
    });
    let timed: Vec<i64> = told.iter().map(|event| i64::from(event.minutes)).filter(|minutes| *minutes > 0).collect();
    let time = (!timed.is_empty()).then(|| {
        let of = match count_of(timed.len()) {
            some if some < all => format!(" ({} sur {})", fr::integer(some), fr::integer(all)),
            _ => String::new(),
        };
        format!("Temps noté{NNBSP}: {}{of}.", fr::duration(timed.iter().sum()))
    });
    let shared: i64 = told.iter().filter_map(|event| event.resources).map(i64::from).sum();
    let shared = (shared > 0).then(|| format!("{}.", fr::count(shared, "ressource partagée", "ressources partagées")));
    means.into_iter().chain(time).chain(shared).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{coded::Coded, ids::EventId};

    fn support(number: u128, medium: Option<Medium>, minutes: i32, resources: Option<i32>) -> NetworkEvent {
        NetworkEvent {
            id: EventId(Uuid::from_u128(number)),
            kind: EventKind::IndividualSupport.into(),
            on: NaiveDate::from_ymd_opt(2026, 3, 4).unwrap(),
            medium: medium.map(Coded::from),
            minutes,
            organiser: String::new(),
            subject: String::new(),
            promeneurs: Some(1),
            structures: None,
            partners: None,
            others: None,
            resources,
        }
    }

    #[test]
    fn means_time_and_resources_are_told_as_far_as_they_were_noted() {
        let events = [
            support(1, Some(Medium::Email), 0, Some(3)),
            support(2, Some(Medium::Email), 15, None),
            support(3, Some(Medium::Telephone), 50, Some(1)),
            support(4, None, 0, None),
        ];
        let subject = log(Chapter::Support, &events).unwrap();
        assert_eq!(
            subject.facts,
            [
                "4 actions\u{202f}: 1 au téléphone et 2 par courriel\u{202f}; 1 sans précision.",
                "Temps noté\u{202f}: 1\u{202f}h\u{202f}05 (2 sur 4).",
                "4 ressources partagées.",
            ]
        );
        assert_eq!(log(Chapter::Support, &events[3..]).unwrap().facts, Vec::<String>::new());
        assert!(log(Chapter::Life, &events).is_none(), "it is told where it belongs");
    }
}
