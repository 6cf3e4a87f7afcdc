//! Pages: whose they are, where one is sent, and what every answer carries.

use axum::{body::Body, http::Request};

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
        ("/accessibilite", 200),
        ("/plan", 200),
        ("/coordination", 200),
        ("/coordination/releves", 303),
        ("/coordination/releves/2026-10", 200),
        ("/coordination/telephones", 200),
        ("/coordination/a-verifier", 200),
        ("/coordination/numeros", 200),
        ("/coordination/fichier-de-secours", 200),
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
        // The page that Leptos renders holds inline scripts, each named by a nonce of that one answer; the phone's shell
        // one that is always the same.
        let nonce = nonce_of(policy);
        assert_eq!(nonce.is_some(), path == "/coordination", "{path}: {policy}");
        let fixed = nonce.map_or(policy.to_owned(), |nonce| policy.replace(&format!("'nonce-{nonce}' "), ""));
        assert_eq!(fixed.contains("'sha256-ahead' "), path.starts_with("/app"), "{path}: {policy}");
        let fixed = fixed.replace("'sha256-ahead' ", "");
        assert!(fixed.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_ne!(answer.header("x-request-id"), "", "{path}");
    }
}

/// The nonce by which a policy lets inline scripts run.
fn nonce_of(policy: &str) -> Option<&str> {
    policy.split_once("'nonce-")?.1.split_once('\'').map(|(nonce, _)| nonce)
}

/// The policy allows inline scripts by their nonce and no inline style, so that no page may hold another.
#[tokio::test]
async fn no_page_needs_what_the_policy_forbids() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let mut nonces = std::collections::BTreeSet::new();
    for path in [
        "/connexion",
        "/app",
        "/hors-reseau",
        "/accessibilite",
        "/coordination",
        "/coordination",
        "/coordination/releves/2026-10",
        "/coordination/telephones",
        "/coordination/a-verifier",
        "/coordination/numeros",
        "/coordination/fichier-de-secours",
        "/nowhere",
    ] {
        let answer = office.get(path, &coordinator.cookie).await;
        let nonce = nonce_of(answer.header("content-security-policy")).map(|nonce| format!("nonce=\"{nonce}\""));
        let text = answer.text();
        assert!(text.to_lowercase().starts_with("<!doctype html>"), "{path}");
        assert!(!text.contains("<style") && !text.contains(" style=\"") && !text.contains(" onclick="), "{path}");
        for script in text.split("<script").skip(1) {
            let tag = script.split_once('>').map_or(script, |(tag, _)| tag);
            let allowed = nonce.as_ref().is_some_and(|nonce| tag.contains(nonce))
                || (path.starts_with("/app") && script.starts_with(">ahead()</script>"));
            assert!(tag.contains(" src=") || allowed, "{path}: an inline script: {tag}");
        }
        nonces.extend(nonce);
    }
    assert_eq!(nonces.len(), 2, "a nonce is for one answer only");
}

/// Whatever the libraries below us refuse is said with a code and a French sentence.
#[tokio::test]
async fn every_refusal_speaks() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let send = async |method: &str, path: &str, kind: &str, body: &'static str| {
        let request =
            Request::builder().method(method).header("content-type", kind).header("cookie", &coordinator.cookie);
        office.send(request, path, Body::from(body)).await
    };
    let form = "application/x-www-form-urlencoded";
    let to_people = [
        ("GET", "/connexion?retour=a&retour=b", form, "", 200),
        ("POST", "/connexion", "text/plain", "a", 400),
        ("POST", "/connexion", form, "identifiant=a&identifiant=b", 400),
        ("PUT", "/connexion", form, "", 405),
        ("POST", "/coordination", form, "", 405),
        ("GET", "/coordination/telephones/1/retirer", form, "", 400),
        ("GET", "/coordination/a-verifier/tout-accepter", form, "", 405),
        ("POST", "/coordination/a-verifier/1/accepter", form, "", 400),
        ("GET", "/deconnexion", form, "", 405),
        ("GET", "/pkg/nothing.js", form, "", 404),
    ];
    for (method, path, kind, body, status) in to_people {
        let answer = send(method, path, kind, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}");
        assert!(answer.text().contains("<html lang=\"fr\""), "{method} {path}: {}", answer.text());
        assert_ne!(answer.header("cache-control"), "public, max-age=31536000, immutable", "{method} {path}");
    }
    let answer = send("DELETE", "/api/v1/me", "application/json", "").await;
    assert_eq!(answer.refusal(), (405, "method_not_allowed".to_owned()));
    let request = Request::post("/").header("content-encoding", "zstd");
    let answer = office.send(request, "/api/v1/sync_push", Body::from("x")).await;
    assert_eq!(answer.refusal(), (415, "malformed_request".to_owned()));
}
