//! Pages: whose they are, where one is sent, and what every answer carries.

use crate::harness::Office;

#[tokio::test]
async fn each_is_sent_to_where_they_belong() {
    let office = Office::open().await;
    let (promeneur, coordinator) = (office.promeneur("Anne").await, office.coordinator().await);
    for (cookie, to) in [("", "/connexion"), (&promeneur.cookie, "/app"), (&coordinator.cookie, "/coordination")] {
        let answer = office.get("/", cookie).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, to));
    }
    let answer = office.get("/coordination?periode=2026-11", "").await;
    assert_eq!(answer.status.as_u16(), 303);
    assert_eq!(answer.header("location"), "/connexion?retour=%2Fcoordination%3Fperiode%3D2026-11");
    assert_eq!(office.get("/coordination", &promeneur.cookie).await.status.as_u16(), 403);
    assert_eq!(office.get("/coordination", &coordinator.cookie).await.status.as_u16(), 200);
}

/// The phone's shell holds nothing of whoever asks: it is cached for everybody.
#[tokio::test]
async fn the_shell_is_the_same_for_everybody() {
    let office = Office::open().await;
    let promeneur = office.promeneur("Anne").await;
    let (nobody, anne) = (office.get("/app", "").await, office.get("/app/journal", &promeneur.cookie).await);
    assert_eq!(nobody.body, anne.body);
    assert!(nobody.text().contains("data-shell"));
    assert_eq!(nobody.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn every_answer_carries_the_same_guards() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let pages = [
        ("/", 303),
        ("/connexion", 200),
        ("/app", 200),
        ("/app/journal", 200),
        ("/hors-reseau", 200),
        ("/coordination", 200),
        ("/sw.js", 200),
        ("/healthz", 200),
        ("/api/v1/dashboard", 200),
        ("/api/v1/nowhere", 404),
        ("/nowhere", 404),
        ("/pkg/nothing.js", 404),
    ];
    for (path, status) in pages {
        let answer = office.get(path, &coordinator.cookie).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_ne!(answer.header("x-request-id"), "", "{path}");
    }
}

/// The policy allows no inline script or style, so that no page may hold one.
#[tokio::test]
async fn no_page_needs_what_the_policy_forbids() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    for path in ["/connexion", "/app", "/hors-reseau", "/coordination", "/nowhere"] {
        let text = office.get(path, &coordinator.cookie).await.text();
        assert!(text.to_lowercase().starts_with("<!doctype html>"), "{path}");
        assert!(!text.contains("<style") && !text.contains(" style=\"") && !text.contains(" onclick="), "{path}");
        for script in text.split("<script").skip(1) {
            assert!(script.contains(" src="), "{path}: an inline script: {}", &script[..script.len().min(200)]);
        }
    }
}
