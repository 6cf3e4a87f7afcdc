//! Whoever asks for too much is told when to come again, and takes nothing from the others. The watch stands still but where
//! a test sets it forward, so that the counts are exact on any machine.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::StatusCode;

use crate::{
    harness::{Answer, Office},
    messages::Person,
};

/// Asks until it is too much; how often it was answered, and the refusal.
async fn until_too_much(office: &Office, who: &Person, path: &str, most: usize) -> (usize, Answer) {
    for asked in 0..most {
        let answer = office.get(path, &who.cookie).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let seconds: u32 = answer.header("retry-after").parse().expect("when to come again");
            assert!((1..=60).contains(&seconds), "{seconds}");
            return (asked, answer);
        }
        assert!(answer.status.as_u16() < 500, "{}", answer.text());
    }
    panic!("never too much");
}

#[tokio::test]
async fn one_session_that_asks_without_end_is_put_off_and_the_others_are_not() {
    let seconds = Arc::new(AtomicU64::new(0));
    let watch = Arc::clone(&seconds);
    let office = Office::open().await.paced(move || Duration::from_secs(watch.load(Ordering::Relaxed))).await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let (answered, answer) = until_too_much(&office, &coordinator, "/acces", 3_000).await;
    assert_eq!(answered, 600);
    assert!(answer.header("content-type").starts_with("text/html") && answer.text().contains("Trop de demandes"));
    let program = office.post_json("/api/v1/me", &coordinator.cookie, "{}").await;
    assert_eq!(program.refusal(), (429, "too_many_requests".to_owned()));
    // From the same address.
    assert_eq!(office.get("/acces", &anne.cookie).await.status, StatusCode::OK);
    assert_eq!(office.get("/connexion", "").await.status, StatusCode::OK);
    assert_eq!(office.pull(&anne, None, 1).await.status, StatusCode::OK);
    // Whoever comes again when told to is answered, as often as so many seconds allow.
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    seconds.fetch_add(wait, Ordering::Relaxed);
    let (answered, _) = until_too_much(&office, &coordinator, "/acces", 3_000).await;
    assert_eq!(answered as u64, 10 * wait);
}

#[tokio::test]
async fn files_that_are_made_for_each_who_asks_are_fewer_and_pages_stay_open() {
    let office = Office::open().await.paced(|| Duration::ZERO).await;
    let coordinator = office.coordinator().await;
    let (answered, _) = until_too_much(&office, &coordinator, "/coordination/tableau.csv?periode=2026", 300).await;
    assert_eq!(answered, 60);
    let other = office.get("/coordination/bilans/chiffres/bilan.xlsx?periode=2026", &coordinator.cookie).await;
    assert_eq!(other.status, StatusCode::TOO_MANY_REQUESTS, "all files together");
    assert_eq!(office.get("/coordination?periode=2026", &coordinator.cookie).await.status, StatusCode::OK);
}

/// Who has no session, or another one each time, is counted by the address from which it comes.
#[tokio::test]
async fn one_address_that_asks_without_end_is_put_off() {
    let office = Office::open().await.paced(|| Duration::ZERO).await;
    let ask = async |from: &str, at: usize| {
        let request = axum::http::Request::get("/")
            .header("x-forwarded-for", from)
            .header("cookie", format!("lanterne={at:064x}"));
        office.send(request, "/healthz", axum::body::Body::empty()).await.status
    };
    let mut at = 0;
    while ask("203.0.113.7", at).await != StatusCode::TOO_MANY_REQUESTS {
        at += 1;
        assert!(at <= 20_000, "never too much");
    }
    assert_eq!(at, 20_000);
    assert_eq!(ask("203.0.113.8", 0).await, StatusCode::OK);
}
