//! The school year of `demo`, sent by ten phones, gives the figures that a separate program computed from its rows.

use std::collections::{BTreeMap, BTreeSet};

use app::domain::{
    coded::Code, ids::RecordId, indicators::Sums, measure::Measure, record::Record, tally::tally, taxonomy::Outcome,
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use server::demo::{
    create_people,
    year::{Promeneur, SchoolYear, Structure},
};

use crate::{bilans, export, harness::Office, messages::Person, phone::Phone, recount};

/// An office in which ten phones have sent a school year, and its coordinator.
pub async fn a_year() -> (Office, Person, SchoolYear) {
    let mut office = Office::open().await;
    let year = SchoolYear::read().expect("the data");
    office.scheme = server::clock::fresh_scheme();
    let people = create_people(&office.db, office.scheme, &year).await.expect("people");
    for (promeneur, me) in year.promeneurs.iter().zip(people) {
        let phone = Phone::of(&office, office.sign_in_as(me).await);
        for (record, body) in &promeneur.records {
            phone.save(*record, body.to_json());
        }
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (promeneur.records.len(), None));
        assert!(phone.store.outbox().is_empty());
        assert!(phone.store.answered().iter().all(|(_, receipt)| receipt.status == "applied"));
    }
    let coordinator = office.coordinator().await;
    (office, coordinator, year)
}

fn table(keys: Vec<(&str, i64)>) -> Value {
    keys.into_iter().map(|(key, n)| (key.to_owned(), json!(n))).collect::<Map<_, _>>().into()
}

fn figures(sums: &Sums) -> BTreeMap<&'static str, Value> {
    let heat = sums.heat.iter().map(|(day, slot, n)| (format!("{day}:{slot}"), n));
    let heat: Map<String, Value> = heat.filter(|(_, n)| **n != 0).map(|(key, n)| (key, json!(n))).collect();
    BTreeMap::from([
        ("I10_share_new", json!(sums.new_share())),
        ("I11_age_12_17", json!(sums.aged_12_17())),
        ("I11_age_18_25", json!(sums.aged_18_25())),
        ("I11_age_fill_rate", json!(sums.age_fill_rate())),
        ("I16_publications", json!(sums.publications())),
        ("I16_reach", json!(sums.total(Measure::ReachCount))),
        ("I18_alerts", json!(sums.alerts())),
        ("I1a_followers", json!(sums.followers)),
        ("I1b_distinct", json!(sums.distinct())),
        ("I1c_contacts", json!(sums.contacts())),
        ("I1d_accompanied", json!(sums.accompanied)),
        ("I2_types", table(sums.types())),
        ("I3_met", json!(sums.met())),
        ("I3_rate", json!(sums.met_rate())),
        ("I4_projects_initiated", json!(sums.projects_initiated())),
        ("I5_channels", table(sums.keys(Measure::Channels))),
        ("I5_networks", table(sums.keys(Measure::Networks))),
        ("I6_themes", table(sums.keys(Measure::Themes))),
        ("I7_hours_per_person_week", json!(sums.hours_per_person_week())),
        ("I7_minutes", json!(sums.minutes())),
        ("I7_person_weeks", json!(sums.person_weeks())),
        ("I7_presence_minutes", json!(sums.presence_minutes())),
        ("I7b_share_available", json!(sums.available_share())),
        ("I8_external_by_kind", table(sums.keys(Measure::ReferralKinds))),
        ("I8_referrals", json!(sums.referrals())),
        ("I9_share_young_initiated", json!(sums.young_initiated_share())),
        ("heat_minutes", heat.into()),
        ("interventions", json!(sums.interventions())),
    ])
}

/// Numbers to the four decimals given, everything else exactly.
fn same(expected: &Value, found: &Value) -> bool {
    match (expected.as_f64(), found.as_f64()) {
        (Some(expected), Some(found)) => (expected - found).abs() <= 0.000_051,
        _ => expected == found,
    }
}

/// What a separate program computed of a scope.
pub struct Expected {
    /// Whose, as the data call them.
    pub scope: String,
    /// The same in an address.
    pub address: String,
    /// By the days of a period, each figure.
    pub periods: Vec<(String, BTreeMap<String, Value>)>,
}

/// The expected figures, for the people of this office.
pub async fn expected(office: &Office, coordinator: &Person, year: &SchoolYear) -> Vec<Expected> {
    let expected: BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>> =
        serde_json::from_str(include_str!("data/expected.json")).expect("expected figures");
    assert_eq!(expected.len(), 7);
    let choices = office.dashboard(coordinator, "2026", "").await;
    let address_of = |scope: &str| match scope.split_once(':') {
        None => "reseau".to_owned(),
        Some(("promeneur", id)) => {
            let name = &year.promeneurs.iter().find(|promeneur| promeneur.id == id).expect("a promeneur").name;
            let choice = choices.choices.promeneurs.iter().find(|choice| choice.name == *name).expect("a choice");
            format!("promeneur:{}", choice.id)
        }
        Some((_, id)) => {
            let structure = year.structures.iter().find(|structure| structure.id == id).expect("a structure");
            let name = format!("{}, {}", structure.name, structure.commune);
            let choice = choices.choices.structures.iter().find(|choice| choice.name == name).expect("a choice");
            format!("structure:{}", choice.id)
        }
    };
    let of_scope = |(scope, periods): (String, BTreeMap<String, BTreeMap<String, Value>>)| {
        let address = address_of(&scope);
        assert_eq!(periods.len(), 6);
        let of_period = |mut wanted: BTreeMap<String, Value>| {
            if address != "reseau" {
                // Told of the whole network only.
                wanted.insert("I18_alerts".to_owned(), json!(0));
            }
            let days: [String; 2] = serde_json::from_value(wanted.remove("period").expect("days")).expect("two days");
            (days.join(".."), wanted)
        };
        let periods = periods.into_values().map(of_period).collect();
        Expected { scope, address, periods }
    };
    expected.into_iter().map(of_scope).collect()
}

/// Compares every figure of a scope and period; how many there were.
pub fn compare(scope: &str, days: &str, wanted: &BTreeMap<String, Value>, sums: &Sums) -> usize {
    let found = figures(sums);
    assert!(wanted.keys().eq(found.keys()), "{:?} {:?}", wanted.keys(), found.keys());
    for (key, wanted) in wanted {
        let found = &found[key.as_str()];
        assert!(same(wanted, found), "{scope} {days} {key}: expected {wanted}, found {found}");
    }
    found.len()
}

#[tokio::test]
async fn the_dashboard_says_what_the_rows_say() {
    let (office, coordinator, year) = a_year().await;
    let (mut compared, mut exported, mut handed, mut others) = (0, 0, 0, 0);
    for Expected { scope, address, periods } in expected(&office, &coordinator, &year).await {
        for period in ["2025-2026", "2026-T1", "2025-10", "2025-10-15..2026-02-03"] {
            others += recount::check_course(&office, &coordinator, period, &address).await;
        }
        for (days, wanted) in periods {
            handed += bilans::check(&office, &coordinator, &days, &address, &wanted).await;
            exported += export::check(&office, &coordinator, &days, &address, &wanted).await;
            let dashboard = office.dashboard(&coordinator, &days, &address).await;
            // Not even as a sum of nothing, which would tell that there was one.
            let tells_alerts = dashboard.sums.by.iter().any(|(_, key, _)| key == Outcome::AlertMade.code());
            assert!(!tells_alerts || address == "reseau", "{scope} {days} tells of alerts");
            compared += compare(&scope, &days, &wanted, &dashboard.sums);
        }
    }
    assert_eq!(compared, 7 * 6 * 28);
    assert!(exported > 7 * 6 * 30, "only {exported} figures of the files compared");
    assert!(handed > 7 * 6 * 20, "only {handed} figures of the workbooks compared");
    assert!(others > 7 * (1 + 2 + 2 + 2), "only {others} other periods and months");
    check_team(&office, &coordinator, &year).await;
    for period in ["2025-2026", "2025-10", "2026", "2025-10-20..2025-10-26"] {
        recount::check(&office, &coordinator, period).await;
    }
    recount::check_rebuild(&office).await;
    phones_count_alike(&office, &coordinator, &year).await;
}

/// The network at the end of a period, by the rows of its people; and no word of it for one structure.
async fn check_team(office: &Office, coordinator: &Person, year: &SchoolYear) {
    let number = |count: usize| i64::try_from(count).expect("a count");
    for (period, first, last) in [
        ("2025-2026", "2025-09-01", "2026-08-31"),
        ("2026-01", "2026-01-01", "2026-01-31"),
        ("2025", "2025-01-01", "2025-12-31"),
    ] {
        let (first, last): (NaiveDate, NaiveDate) = (first.parse().expect("a day"), last.parse().expect("a day"));
        let team = office.dashboard(coordinator, period, "reseau").await.team.expect("the network's");
        let count = |is: &dyn Fn(&Promeneur) -> bool| number(year.promeneurs.iter().filter(|it| is(it)).count());
        let here = |it: &Promeneur| it.labelled_on <= last && it.left_on.is_none_or(|left| last < left);
        let away = |it: &Promeneur| it.leave.is_some_and(|(from, until)| (from..=until).contains(&last));
        let moved = |day: NaiveDate| (first..=last).contains(&day);
        assert_eq!(
            [team.labelled, team.on_leave, team.arrived, team.departed],
            [
                count(&here),
                count(&|it| here(it) && away(it)),
                count(&|it| moved(it.labelled_on)),
                count(&|it| it.left_on.is_some_and(moved)),
            ],
            "{period}"
        );
        let are_home =
            |structure: &&Structure| year.promeneurs.iter().any(|it| here(it) && it.structure == structure.id);
        let homes: Vec<&Structure> = year.structures.iter().filter(are_home).collect();
        let communes: BTreeSet<&str> = homes.iter().map(|it| it.commune.as_str()).collect();
        let mut kinds: BTreeMap<String, i64> = BTreeMap::new();
        for home in &homes {
            *kinds.entry(home.kind.clone()).or_default() += 1;
        }
        assert_eq!(team.communes, number(communes.len()), "{period}");
        assert_eq!(team.structures.into_iter().collect::<BTreeMap<_, _>>(), kinds, "{period}");
    }
    let structure = office.dashboard(coordinator, "2025", "").await.choices.structures[0].id;
    assert_eq!(office.dashboard(coordinator, "2025", &format!("structure:{structure}")).await.team, None);
}

/// A phone counts its own records, offline, to the very figures that the dashboard has of the promeneur.
async fn phones_count_alike(office: &Office, coordinator: &Person, year: &SchoolYear) {
    let choices = office.dashboard(coordinator, "2026", "").await;
    for promeneur in &year.promeneurs {
        let choice = choices.choices.promeneurs.iter().find(|choice| choice.name == promeneur.name).expect("a choice");
        let mut tx = office.db.of(coordinator.me.scheme).await.expect("a transaction");
        let standing = server::db::reports::standing(&mut tx, choice.id).await.expect("a standing");
        tx.commit().await.expect("committed");
        let records: Vec<(RecordId, Record)> = promeneur
            .records
            .iter()
            .map(|(id, body)| (*id, body.draft.parse(NaiveDate::MAX, true).expect("a record")))
            .collect();
        for period in ["2025-2026", "2026", "2025-10", "2025-10-20..2025-10-26", "2026-T1"] {
            let found = tally(&records, period.parse().expect("a period"), Some(&standing)).of_a_part();
            let dashboard = office.dashboard(coordinator, period, &format!("promeneur:{}", choice.id)).await;
            let (found, wanted) = (figures(&found), figures(&dashboard.sums));
            assert_eq!(found, wanted, "{} {period}", promeneur.id);
        }
    }
}
