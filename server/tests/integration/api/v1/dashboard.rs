//! `GET /api/v1/dashboard`: for coordinators, with periods and scopes that exist.

use app::domain::{
    indicators::Sums,
    measure::Measure,
    meeting::MeetingDraft,
    record::{Body, Draft},
};
use chrono::{Datelike, NaiveDate};
use server::{clock::fresh_id, db::people};

use crate::{
    harness::Office,
    messages::{fresh_record, meeting, message},
    phone::Phone,
};

#[tokio::test]
async fn it_is_for_the_coordinator() {
    let office = Office::open().await;
    let promeneur = office.promeneur("Anne").await;
    assert_eq!(office.get("/api/v1/dashboard", "").await.refusal(), (401, "signed_out".to_owned()));
    assert_eq!(office.get("/api/v1/dashboard", &promeneur.cookie).await.refusal(), (403, "forbidden".to_owned()));
    let coordinator = office.coordinator().await;
    let answer = office.get("/api/v1/dashboard", &coordinator.cookie).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
}

#[tokio::test]
async fn what_does_not_exist_is_refused_with_its_field() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let elsewhere = server::clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let foreign = office.promeneur_of(elsewhere, "Bruno").await.me.promeneur.expect("a promeneur");
    for period in ["2026-13", "26", "2026-T5", "2025-2027", "2026-02-01..2026-01-01", "hier"] {
        let answer = office.get(&format!("/api/v1/dashboard?periode={period}"), &coordinator.cookie).await;
        assert_eq!(answer.refusal(), (400, "period_malformed".to_owned()), "{period}");
    }
    for scope in [format!("promeneur:{foreign}"), format!("structure:{}", fresh_id()), "commune:1".to_owned()] {
        let answer = office.get(&format!("/api/v1/dashboard?perimetre={scope}"), &coordinator.cookie).await;
        assert_eq!(answer.refusal(), (400, "scope_malformed".to_owned()), "{scope}");
    }
    let empty = office.dashboard(&coordinator, "1999", "").await.sums;
    assert_eq!(empty, Sums::default());
}

/// What a phone still holds stands beside the figures, and is gone once it has sent it (I15).
#[tokio::test]
async fn it_says_what_is_missing() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let mut heartbeat = phone.who.heartbeat();
    (heartbeat.pending, heartbeat.oldest) = (3, "2026-11-20T21:00:00+01:00".parse().ok());
    let request = app::sync::messages::PullRequest { heartbeat, cursor: None, limit: 1 };
    office.post_json("/api/v1/sync_pull", &phone.who.cookie, message(request)).await;
    let held = office.dashboard(&coordinator, "2026", "").await.completeness;
    assert_eq!((held.phones, held.pending, held.since), (1, 3, "2026-11-20".parse().ok()));
    phone.save(fresh_record(), meeting(1));
    assert_eq!(phone.round().await.fault, None);
    let held = office.dashboard(&coordinator, "2026", "").await.completeness;
    assert_eq!((held.phones, held.pending, held.since), (0, 0, None));
    assert!(held.expected > 0 && held.received == 0);
}

/// A person who moves takes nothing along: what they did, and what their phone still holds, counts for the structure
/// that they belonged to on that day.
#[tokio::test]
async fn a_structure_counts_its_people_while_they_are_there() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), meeting(3));
    assert_eq!(phone.round().await.fault, None);
    let promeneur = phone.who.me.promeneur.expect("a promeneur");
    let before = office.dashboard(&coordinator, "2026", "").await.choices.structures.remove(0).id;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let after = people::create_structure(&mut tx, office.scheme, "Après", "mjc", "Le Puy").await.expect("a structure");
    tx.commit().await.expect("committed");
    // The meeting is of 19 November; the move of the 20th.
    let mut owner = office.owner().await;
    sqlx::query("update affiliation set until_on = '2026-11-19'").execute(&mut owner).await.expect("left");
    sqlx::query("insert into affiliation select network_id, promeneur_id, $1, '2026-11-20' from affiliation")
        .bind(after.0)
        .execute(&mut owner)
        .await
        .expect("arrived");
    let mut hold = async |day: &str| {
        sqlx::query("update device set pending_count = 2, oldest_pending_on = $1::date")
            .bind(day)
            .execute(&mut owner)
            .await
            .expect("held");
    };
    let shown = async |scope: String| {
        let dashboard = office.dashboard(&coordinator, "2026", &scope).await;
        (dashboard.sums.total(Measure::Meetings), dashboard.completeness.phones, dashboard.sums.person_days)
    };
    let (old, new, own) =
        (format!("structure:{before}"), format!("structure:{after}"), format!("promeneur:{promeneur}"));
    hold("2026-11-18").await;
    let (first, second) = (shown(old.clone()).await, shown(new.clone()).await);
    assert_eq!(((first.0, first.1), (second.0, second.1)), ((1, 1), (0, 1)));
    assert_eq!((first.2, second.2), (323, 42), "labelled all year: until 19 November, and from the 20th on");
    hold("2026-11-21").await;
    assert_eq!((shown(old).await.1, shown(new).await.1), (0, 1));
    assert_eq!(shown(own).await, (1, 1, 365));
    assert_eq!(shown("reseau".to_owned()).await, (1, 1, 365));
}

/// Who is of a large network does not fit into a list: one comes to them by their territory and their structure.
#[tokio::test]
async fn a_large_network_lists_what_is_near() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let [anne, bruno] = ["Anne", "Bruno"].map(|name| office.promeneur(name));
    let (anne, bruno) = (anne.await.me.promeneur.expect("hers"), bruno.await.me.promeneur.expect("his"));
    let choices = async |scope: &str| office.dashboard(&coordinator, "2026", scope).await.choices;
    let all = choices("reseau").await;
    assert_eq!((all.is_part, all.structures.len(), all.promeneurs.len()), (false, 2, 2));
    let statement = "
        with velay as (
            insert into territory (network_id, id, name) select id, gen_random_uuid(), 'Velay' from network returning *
        ), house as (
            insert into structure (network_id, id, name, type, commune, territory_id)
            select network_id, gen_random_uuid(), 'Maison ' || at, 'mjc', 'Le Puy', velay.id
            from velay, generate_series(1, 220) as at returning *
        )
        update affiliation set structure_id = (select id from house where name = 'Maison 7') where promeneur_id = $1";
    sqlx::query(statement).bind(bruno.0).execute(&mut office.owner().await).await.expect("a large network");

    let near = choices("reseau").await;
    assert_eq!((near.is_part, near.territories.len(), near.promeneurs.len()), (true, 1, 0));
    assert_eq!(near.structures.len(), 2, "those that are in no territory");
    let velay = near.territories[0].id;
    let near = choices(&format!("territoire:{velay}")).await;
    assert_eq!((near.structures.len(), near.promeneurs.len(), near.promeneurs[0].id), (220, 1, bruno));
    let house = near.structures.iter().find(|choice| choice.name.starts_with("Maison 7,")).expect("his").id;
    let near = choices(&format!("structure:{house}")).await;
    assert_eq!((near.structures.len(), near.promeneurs.len()), (220, 1));
    let near = choices(&format!("promeneur:{anne}")).await;
    assert_eq!((near.structures.len(), near.promeneurs[0].id), (2, anne));
    let page = office.get(&format!("/coordination?perimetre=promeneur:{anne}"), &coordinator.cookie).await.text();
    assert!(page.contains("Tout le monde ne tient pas dans cette liste"), "{page}");
    assert!(page.contains(&format!("<option value=\"promeneur:{anne}\" selected>")), "{page}");
}

/// A month that goes on is read whole, and what a clock that is ahead noted of tomorrow is no part of the days until today.
#[tokio::test]
async fn the_month_that_goes_on_ends_today() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let today = server::clock::today_in("Europe/Paris");
    let tomorrow = today.succ_opt().expect("a day");
    let count = async |first: NaiveDate, last: NaiveDate| {
        let dashboard = office.dashboard(&coordinator, &format!("{first}..{last}"), "reseau").await;
        let told = dashboard.comparison.map(|comparison| comparison.headline.met);
        assert!(last > today || told == Some(dashboard.sums.met()), "{first} to {last}");
        dashboard.sums.met()
    };
    let first = today.with_day(1).expect("a day");
    let met = |day: NaiveDate| {
        let draft = MeetingDraft {
            occurred_on: Some(day),
            young_count: Some(1),
            met_after_online_count: Some(1),
            ..MeetingDraft::default()
        };
        Body::new(Draft::Meeting(draft)).to_json()
    };
    phone.save(fresh_record(), met(today));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!((count(first, today).await, count(first, tomorrow).await), (1, 1));
    phone.save(fresh_record(), met(tomorrow));
    assert_eq!(phone.round().await.fault, None);
    assert_eq!((count(first, today).await, count(first, tomorrow).await, count(tomorrow, tomorrow).await), (1, 2, 1));
}
