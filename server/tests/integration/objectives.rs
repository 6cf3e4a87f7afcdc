//! Objectives: set by the coordination, read beside what was reached.

use app::domain::objective::Objective;
use axum::http::StatusCode;

use crate::harness::Office;

const OBJECTIVES: &str = "/coordination/objectifs";

#[tokio::test]
async fn what_is_set_out_stands_on_the_dashboard_of_that_period_and_scope_only() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let fields = [("periode", "2026"), ("weekly_hours", "3,5"), ("contacts", "1 200"), ("met", "")];
    let answer = office.submit(&coordinator, OBJECTIVES, &fields).await;
    assert_eq!(answer.header("location"), format!("{OBJECTIVES}?periode=2026&fait=enregistre"));
    let aim = |aim: &str, value| Objective { aim: aim.to_owned(), value };
    let of = async |period: &str| office.dashboard(&coordinator, period, "reseau").await.objectives;
    assert_eq!(of("2026").await, [aim("contacts", 1200), aim("weekly_hours", 210)]);
    assert_eq!(of("2026-T1").await, []);
    let page = office.get(&format!("{OBJECTIVES}?periode=2026&fait=enregistre"), &coordinator.cookie).await.text();
    assert!(page.contains("value=\"3,5\"") && page.contains("Les objectifs sont enregistrés"), "{page}");

    // One that cannot be aimed at is said beside it, nothing of the rest is set, and what was typed stays.
    let wrong = [("periode", "2026"), ("contacts", "beaucoup"), ("projects", "12")];
    let answer = office.submit(&coordinator, OBJECTIVES, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text();
    assert!(
        page.contains("id=\"f-contacts\"") && page.contains("value=\"beaucoup\"") && page.contains("value=\"12\""),
        "{page}"
    );
    assert_eq!(of("2026").await, [aim("contacts", 1200), aim("weekly_hours", 210)]);
    office.submit(&coordinator, OBJECTIVES, &[("periode", "2026"), ("contacts", "900")]).await;
    assert_eq!(of("2026").await, [aim("contacts", 900)]);
}

#[tokio::test]
async fn they_are_for_the_coordinator_of_a_network_or_one_of_its_structures() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let anne = office.promeneur("Anne").await;
    assert_eq!(office.submit(&anne, OBJECTIVES, &[("met", "3")]).await.status, StatusCode::FORBIDDEN);
    let own = format!("promeneur:{}", anne.me.promeneur.expect("a promeneur"));
    let foreign = "structure:0190a000-0000-7000-8000-000000000001";
    for (period, scope) in [("2026", own.as_str()), ("2026", foreign), ("2026-13", "reseau"), ("2026", "x")] {
        let fields = [("periode", period), ("perimetre", scope), ("met", "3")];
        assert_eq!(
            office.submit(&coordinator, OBJECTIVES, &fields).await.status,
            StatusCode::BAD_REQUEST,
            "{period} {scope}"
        );
    }
    assert_eq!(office.number("select count(*) from objective").await, 0);
}
