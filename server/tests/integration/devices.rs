//! « Téléphones »: what is missing, by the day and never by the hour; withdrawing one.

use std::time::Duration;

use app::sync::messages::PullRequest;
use axum::{
    body::Body as Sent,
    http::{Request, header},
};
use chrono::{DateTime, FixedOffset, TimeDelta};
use server::{
    admin,
    clock::{self, fresh_id},
    config::Admin,
};

use crate::{
    forms::PHONES,
    harness::{METRICS_TOKEN, Office},
    messages::{Person, message},
};

async fn says(office: &Office, who: &Person, pending: u32, oldest: &str, stalls: u32, ahead: TimeDelta) {
    let mut heartbeat = who.heartbeat();
    let oldest: Option<DateTime<FixedOffset>> = oldest.parse().ok();
    (heartbeat.pending, heartbeat.oldest, heartbeat.stalls) = (pending, oldest, stalls);
    heartbeat.now = (clock::now() + ahead).fixed_offset();
    let request = PullRequest { heartbeat, cursor: None, limit: 1 };
    let answer = office.post_json("/api/v1/sync_pull", &who.cookie, message(request)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
}

#[tokio::test]
async fn phones_are_listed_by_what_is_missing() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let page = office.get(PHONES, &coordinator.cookie).await.text();
    assert!(page.contains("Aucun téléphone pour l’instant"), "{page}");
    let (anne, bruno, chloe) =
        (office.promeneur("Anne").await, office.promeneur("Bruno").await, office.promeneur("Chloé").await);
    says(&office, &anne, 0, "", 0, TimeDelta::zero()).await;
    says(&office, &bruno, 2, "2026-11-20T21:04:00+01:00", 0, TimeDelta::days(3)).await;
    says(&office, &chloe, 5, "2026-11-18T22:31:00+01:00", 4, TimeDelta::zero()).await;
    let answer = office.get(PHONES, &coordinator.cookie).await;
    let page = answer.text();
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
    let place = |name: &str| page.find(&format!("<h2>{name}</h2>")).expect(name);
    assert!(place("Chloé") < place("Bruno") && place("Bruno") < place("Anne"), "{page}");
    for said in [
        "2 téléphones gardent encore 7 saisies, depuis le 18\u{a0}novembre",
        "Garde encore 5 saisies, depuis le 18\u{a0}novembre",
        "L’envoi s’est arrêté 4 fois",
        "Son horloge avance de",
        "N’a plus rien à envoyer",
    ] {
        assert!(page.contains(said), "{said} is missing from {page}");
    }
    // By the day: no hour of anybody's evening, nor when a phone last spoke.
    for hour in ["21:04", "21\u{202f}h", "22:31", "22\u{202f}h", "dernière fois", "dernière activité le"] {
        assert!(!page.contains(hour), "{hour} is on {page}");
    }
}

#[tokio::test]
async fn a_phone_is_withdrawn_after_a_page_that_says_what_will_happen() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    says(&office, &anne, 3, "2026-11-20T21:04:00+01:00", 0, TimeDelta::zero()).await;
    let path = format!("{PHONES}/{}/retirer", anne.device);
    assert!(office.get(PHONES, &coordinator.cookie).await.text().contains(&path));
    let page = office.get(&path, &coordinator.cookie).await.text();
    assert!(page.contains("<form method=\"post\"") && page.contains("Il garde encore 3 saisies"), "{page}");
    office.pull(&anne, None, 1).await;
    office.withdraw(&coordinator, &anne).await;
    assert_eq!(office.pull(&anne, None, 1).await.refusal(), (403, "device_revoked".to_owned()));
    let since = "select extract(epoch from revoked_at)::bigint from device";
    let first = office.number(since).await;
    office.withdraw(&coordinator, &anne).await;
    assert_eq!(office.number(since).await, first, "once");
    let page = office.get(&format!("{PHONES}?fait=retire"), &coordinator.cookie).await.text();
    assert!(page.contains("Le téléphone est retiré") && page.contains("Retiré le") && !page.contains(&path), "{page}");
    let unknown = office.submit(&coordinator, &format!("{PHONES}/{}/retirer", fresh_id()), &[]).await;
    assert_eq!(unknown.status.as_u16(), 404);
}

/// R6: whichever server withdraws it, an open notebook hears of it while it waits, long before it would ask by itself.
#[tokio::test]
async fn an_open_notebook_hears_at_once_that_its_phone_was_withdrawn() {
    let office = Office::open().await;
    let elsewhere = office.again_over(office.options.clone()).await;
    let coordinator = office.coordinator().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    for who in [&anne, &bruno] {
        office.pull(who, None, 1).await;
    }
    let news = async |who: &Person, known: u32| {
        let body = format!(r#"{{"known":{known}}}"#);
        let answer = office.post_json("/api/v1/sync_news", &who.cookie, body).await;
        (answer.status.as_u16(), answer.text())
    };
    // To somebody who knows another number it is told at once.
    assert_eq!(news(&anne, 3).await, (200, "0".to_owned()));
    let withdrawn = async {
        // Both questions are held, beside this one of ours.
        let under_way = async || {
            let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {METRICS_TOKEN}"));
            let page = office.send(request, "/metrics", Sent::empty()).await.text();
            let line = page.lines().find_map(|line| line.strip_prefix("lanterne_http_requests_under_way "));
            line.expect("a number").parse::<i64>().expect("a number")
        };
        while under_way().await < 3 {
            tokio::task::yield_now().await;
        }
        elsewhere.withdraw(&coordinator, &anne).await;
    };
    let heard = async {
        tokio::select! {
            _ = news(&bruno, 0) => panic!("nobody's news but hers"),
            both = async { tokio::join!(news(&anne, 0), withdrawn).0 } => both,
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(20), heard).await.expect("told before it asks again by itself");
    assert_eq!(told, (200, "1".to_owned()));
    assert_eq!(news(&anne, 0).await, (200, "1".to_owned()), "nor missed by whoever asks later");
    assert_eq!(news(&Person { cookie: String::new(), ..anne.clone() }, 0).await.0, 401);
}

#[tokio::test]
async fn the_operator_withdraws_one_too() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    office.pull(&anne, None, 1).await;
    let mut owner = office.owner().await;
    let act = Admin::RevokeDevice { device: anne.device };
    Box::pin(admin::run(&office.db, &mut owner, act)).await.expect("withdrawn");
    assert_eq!(office.pull(&anne, None, 1).await.refusal(), (403, "device_revoked".to_owned()));
    let unknown = Admin::RevokeDevice { device: app::domain::ids::DeviceId(fresh_id()) };
    assert!(Box::pin(admin::run(&office.db, &mut owner, unknown)).await.is_err());
}

#[tokio::test]
async fn the_coordinators_pages_are_for_coordinators() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    for path in [PHONES, crate::forms::TO_CHECK, crate::forms::RESCUE] {
        let answer = office.get(path, "").await;
        assert_eq!(answer.status.as_u16(), 303, "{path}");
        assert!(answer.header("location").starts_with("/connexion?retour="), "{path}");
        assert_eq!(office.get(path, &anne.cookie).await.status.as_u16(), 403, "{path}");
        let other_site = axum::http::Request::post("/").header("sec-fetch-site", "cross-site");
        let answer = office.send(other_site, path, axum::body::Body::empty()).await;
        assert_eq!(answer.refusal(), (403, "cross_site".to_owned()), "{path}");
    }
    let path = format!("{PHONES}/{}/retirer", anne.device);
    office.pull(&anne, None, 1).await;
    assert_eq!(office.submit(&anne, &path, &[]).await.status.as_u16(), 403);
    assert_eq!(office.number("select count(*) from device where revoked_at is not null").await, 0);
}
