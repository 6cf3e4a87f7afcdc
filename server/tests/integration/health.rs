//! What those who watch over the service ask.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::Executor;

use crate::harness::{METRICS_TOKEN, Office};

/// How the service fares is told by route and status, to whoever holds the token, and names nobody.
#[tokio::test]
async fn metrics_are_for_whoever_holds_the_token_and_name_nobody() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    office.pull(&who, None, 1).await;
    assert_eq!(office.get(&format!("/invitation/{}", "0".repeat(64)), "").await.status.as_u16(), 404);
    let ask = async |token: &str| {
        let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
        office.send(request, "/metrics", Body::empty()).await
    };
    for wrong in ["", "un autre", &METRICS_TOKEN[1..]] {
        assert_eq!(ask(wrong).await.status.as_u16(), 404);
    }
    assert_eq!(office.get("/metrics", &who.cookie).await.status.as_u16(), 404);
    let answer = ask(METRICS_TOKEN).await;
    assert_eq!(answer.status.as_u16(), 200);
    let text = answer.text();
    for line in [
        "lanterne_http_requests_total{route=\"/api/{*path}\",method=\"POST\",status=\"200\"} 1",
        "lanterne_http_requests_total{route=\"/invitation/{token}\",method=\"GET\",status=\"404\"} 1",
        "lanterne_http_request_duration_seconds_count{route=\"/api/{*path}\"} 1",
        "lanterne_db_connections ",
    ] {
        assert!(text.contains(line), "{line} is missing from {text}");
    }
    assert!(!text.contains("Anne") && !text.contains(&"0".repeat(64)), "{text}");
}

#[tokio::test]
async fn it_lives_and_is_ready() {
    let office = Office::open().await;
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = office.get(path, "").await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, text));
    }
}

/// Without its database the process lives and is not ready; everything else says so without a cause.
#[tokio::test]
async fn without_its_database_it_lives_and_is_not_ready() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    office.db.close().await;
    assert_eq!(office.get("/healthz", "").await.status.as_u16(), 200);
    assert_eq!(office.get("/readyz", "").await.status.as_u16(), 503);
    let answer = office.post_json("/api/v1/me", &who.cookie, "").await;
    assert_eq!(answer.refusal(), (503, "unavailable".to_owned()));
    let page = office.get("/coordination", &who.cookie).await;
    assert_eq!(page.status.as_u16(), 503);
    assert!(page.text().contains("Un instant"));
}

/// A database that was restarted under the server is used again, without a restart of ours.
#[tokio::test]
async fn connections_that_were_cut_are_made_anew() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    assert_eq!(office.post_json("/api/v1/me", &who.cookie, "").await.status.as_u16(), 200);
    let mut owner = office.owner().await;
    owner
        .execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
        .await
        .expect("cut");
    assert_eq!(office.post_json("/api/v1/me", &who.cookie, "").await.status.as_u16(), 200);
}
