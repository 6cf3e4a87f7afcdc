//! What each answer carries, what other sites send, and what never ends.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use server::{
    clock::fresh_id,
    http::{coordination, own},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{is_bounded, resident_kb, told, tries};
use crate::harness::{Office, Unannounced};

/// What each answer carries, and what another site may make a browser send.
#[tokio::test]
async fn every_page_is_guarded_by_its_headers_and_no_other_site_is_heard() {
    let office = Office::open_with(true).await;
    let who = office.coordinator().await;
    let cookie = who.cookie.replace("lanterne=", "__Host-lanterne=");
    let id = fresh_id().to_string();
    let pages = coordination::PAGES.iter().chain(own::PAGES).map(|(address, ..)| {
        address.replace("{id}", &id).replace("{op}", &id).replace("{month}", "2026-10").replace("{file}", "bilan.pdf")
    });
    let fixed = [
        "/",
        "/app",
        "/app/journal",
        "/connexion",
        "/hors-reseau",
        "/accessibilite",
        "/donnees",
        "/plan",
        "/nulle-part",
        "/healthz",
        "/metrics",
        "/api/v1/dashboard",
        "/api/figures/v1/openapi.json",
        "/api/v1/nothing",
    ];
    let (mut looked, mut sent) = (0, 0);
    for path in pages.chain(fixed.map(str::to_owned)) {
        let answer = office.get(&path, &cookie).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains(" 'unsafe-eval'") && !policy.contains('*'),
            "{path}: {policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), value, "{path}: {name}");
        }
        assert_eq!(answer.header("server"), "", "{path}");
        for set in answer.headers.get_all("set-cookie") {
            let given = set.to_str().expect("text");
            assert!(
                given.starts_with("__Host-")
                    && given.contains("HttpOnly")
                    && given.contains("Secure")
                    && given.contains("SameSite="),
                "{given}"
            );
        }
        let is_kept = answer.header("cache-control") == "no-store";
        assert!(
            is_kept || matches!(path.as_str(), "/app" | "/app/journal" | "/healthz"),
            "{path}: {}",
            answer.header("cache-control")
        );
        looked += 1;
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://ailleurs.fr"),
            ("origin", "null"),
        ] {
            let request = Request::builder()
                .method(Method::POST)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::COOKIE, &cookie)
                .header(name, value);
            let answer = office.send(request, &path, Body::from("seuil=7")).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {name}: {value}");
            sent += 1;
        }
    }
    told("headers looked at", looked, looked, "CSP, HSTS, nosniff, cookies, caching");
    told("sent by another site", sent, sent, "");
}

/// Heads that never end hold nobody up, and bodies without end are not kept.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_and_bodies_without_end_hold_nobody_up() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let before = resident_kb();
    let count = tries(200, 2_000);
    let mut lines = Vec::new();
    for number in 0..count {
        let mut line = TcpStream::connect(office.address).await.expect("it listens");
        let begun = if number % 3 == 0 {
            // Nothing, or the beginning of what HTTP/2 begins with.
            ["", "PRI * HT"][number % 2]
        } else if number % 2 == 0 {
            "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "
        } else {
            "POST /connexion HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nidentifiant="
        };
        line.write_all(begun.as_bytes()).await.expect("sent");
        lines.push(line);
    }
    for _ in 0..20 {
        assert_eq!(office.get("/coordination?periode=2025", &who.cookie).await.status, StatusCode::OK);
    }
    let mut ended = 0;
    if std::env::var_os("LANTERNE_ATTACK").is_some() {
        // Thirty seconds later they have been sent away.
        for line in &mut lines {
            let mut rest = Vec::new();
            ended += usize::from(line.read_to_end(&mut rest).await.is_ok());
        }
        assert_eq!(ended, count);
    }
    drop(lines);
    let mut large = 0;
    for path in [
        "/connexion",
        "/api/v1/sync_push",
        "/coordination/bilans/texte",
        "/coordination/import",
        "/coordination/fichier-de-secours",
        "/acces/phrase",
        "/confirmer",
        "/invitation/abc",
    ] {
        for is_announced in [true, false] {
            let request = Request::builder().method(Method::POST).header(header::COOKIE, &who.cookie).header(
                header::CONTENT_TYPE,
                if path.starts_with("/api") { "application/json" } else { "application/x-www-form-urlencoded" },
            );
            let bytes = vec![b'a'; 8 * 1024 * 1024];
            let body = if is_announced { Body::from(bytes) } else { Body::new(Unannounced(vec![bytes.into()])) };
            // Cut off in the midst of it, where the answer came first.
            let answer = office.try_send(request, path, body).await;
            let status = answer.map_or(413, |answer| answer.status.as_u16());
            assert!([400, 404, 413, 415, 422].contains(&status), "{path}: {status}");
            large += 1;
        }
    }
    let grown = resident_kb().saturating_sub(before);
    is_bounded(grown, 200_000);
    told(
        "connections that never end",
        count,
        ended.max(count),
        &format!("20 pages answered meanwhile; +{} MB", grown / 1024),
    );
    told("bodies of 8 MB", large, large, "");
}
