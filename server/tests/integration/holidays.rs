//! « Vacances scolaires »: the coordination notes those of its zone, and every figure knows them at once.

use app::domain::{
    presence::PresenceDraft,
    record::{Body, Draft},
    taxonomy::Network,
};
use axum::http::StatusCode;

use crate::{harness::Office, messages::fresh_record, phone::Phone, recount};

const HOLIDAYS: &str = "/coordination/reseau/vacances";

fn presence(day: &str, from: &str, until: &str) -> String {
    let at = |time: &str| format!("{day}T{time}:00").parse().ok();
    Body::new(Draft::Presence(PresenceDraft {
        started_at: at(from),
        ended_at: at(until),
        networks: vec![Network::Discord.into()],
        ..PresenceDraft::default()
    }))
    .to_json()
}

#[tokio::test]
async fn holidays_that_are_noted_make_young_people_available_all_day() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (coordinator, other) = (office.coordinator().await, office.coordinator_of(elsewhere).await);
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    // A Monday morning of the autumn holidays, and an evening.
    phone.save(fresh_record(), presence("2025-10-20", "09:00", "12:00"));
    phone.save(fresh_record(), presence("2025-10-21", "20:00", "22:00"));
    assert_eq!(phone.round().await.fault, None);
    let share = async || office.dashboard(&coordinator, "2025", "reseau").await.sums.available_share();
    let standing = async || {
        let answer = office.post_json("/api/v1/standing", &phone.who.cookie, String::new()).await;
        answer.json::<serde_json::Value>()["holidays"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((share().await, standing().await), (Some(0.4), 0));
    let page = office.get(HOLIDAYS, &coordinator.cookie).await.text();
    assert!(page.contains("Aucune n’est notée"), "{page}");

    let autumn = [("du", "2025-10-18"), ("au", "2025-11-02")];
    assert_eq!(office.submit(&phone.who, HOLIDAYS, &autumn).await.status, StatusCode::FORBIDDEN);
    let answer = office.submit(&coordinator, HOLIDAYS, &autumn).await;
    assert_eq!(answer.header("location"), format!("{HOLIDAYS}?fait=ajoute"));
    assert_eq!((share().await, standing().await), (Some(1.0), 1));
    recount::check(&office, &coordinator, "2025").await;
    let page = office.get(HOLIDAYS, &coordinator.cookie).await.text().replace('\u{a0}', " ");
    assert!(page.contains("Du 18 octobre 2025 au 2 novembre 2025"), "{page}");

    for (days, code) in [
        ([("du", "2025-11-01"), ("au", "2025-11-03")], "holiday_overlaps"),
        ([("du", "2025-12-20"), ("au", "2025-12-19")], "holiday_ends_before"),
        ([("du", "2025-07-05"), ("au", "2025-12-19")], "holiday_too_long"),
        ([("du", ""), ("au", "2025-12-19")], "holiday_days_missing"),
    ] {
        let refused = office.submit(&coordinator, HOLIDAYS, &days).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
        let page = refused.text();
        assert!(page.contains(code) && page.contains(&format!("value=\"{}\"", days[1].1)), "{code}: {page}");
    }
    assert_eq!(office.get(&format!("{HOLIDAYS}?zone=b"), &coordinator.cookie).await.status, StatusCode::BAD_REQUEST);

    // Another network's hand takes nothing away here, and its own may be the same days.
    let remove = format!("{HOLIDAYS}/retirer");
    assert_eq!(office.submit(&other, HOLIDAYS, &autumn).await.status, StatusCode::SEE_OTHER);
    office.submit(&other, &remove, &autumn[..1]).await;
    assert_eq!((share().await, standing().await), (Some(1.0), 1));
    let answer = office.submit(&coordinator, &remove, &autumn[..1]).await;
    assert_eq!(answer.header("location"), format!("{HOLIDAYS}?fait=retire"));
    assert_eq!((share().await, standing().await), (Some(0.4), 0));
    recount::check(&office, &coordinator, "2025").await;
}
