//! F9 to F11: answers that are not the office's, a line that crawls, and one on which nobody speaks.

use std::time::Duration;

use app::sync::engine::WireFault;

use super::{
    Scene, end_state,
    proxy::{Fault, forged},
};
use crate::messages::{fresh_record, meeting};

/// What a captive portal, a proxy or a broken server says, and what the phone makes of it.
fn strangers() -> Vec<(String, WireFault)> {
    let page = "<!doctype html><title>Bienvenue sur notre Wi-Fi</title>";
    let (html, json) = ("text/html", "application/json");
    let moved =
        "HTTP/1.1 302 Found\r\nlocation: http://login.invalid/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let answer = |sync: u16| {
        format!(
            r#"{{"sync":{sync},"server_now":"2026-11-24T20:00:00Z","epoch":"0f6ad1c5-37a8-4bd5-9f4a-0d4ff1b4a2a1","results":[],"changes":[],"cursor":"0f6ad1c5-37a8-4bd5-9f4a-0d4ff1b4a2a1.0","more":false}}"#
        )
    };
    vec![
        (forged("200 OK", html, page), WireFault::Portal),
        (forged("200 OK", json, ""), WireFault::Portal),
        (forged("200 OK", json, "{}"), WireFault::Portal),
        (forged("200 OK", json, "null"), WireFault::Portal),
        (forged("200 OK", json, &answer(0)), WireFault::Portal),
        (forged("200 OK", json, &answer(1)[..60]), WireFault::Portal),
        (moved.to_owned(), WireFault::Portal),
        (forged("511 Network Authentication Required", html, page), WireFault::Portal),
        (forged("403 Forbidden", html, page), WireFault::Unreachable),
        (forged("404 Not Found", html, page), WireFault::Unreachable),
        (forged("400 Bad Request", html, page), WireFault::Unreachable),
        (forged("502 Bad Gateway", html, page), WireFault::Unreachable),
        ("\u{0}\u{1}\u{2} nothing of HTTP\r\n\r\n".to_owned(), WireFault::Unreachable),
    ]
}

#[tokio::test]
async fn f09_an_answer_that_is_not_the_offices_acknowledges_nothing() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    for (answer, fault) in strangers() {
        phone.save(fresh_record(), meeting(2));
        let waiting = phone.store.outbox();
        scene.proxy.next("sync_push", Fault::Forge(answer.clone()));
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (0, Some(fault)), "{answer}");
        let ops = |rows: Vec<app::sync::outbox::OutboxRow>| rows.into_iter().map(|row| row.op).collect::<Vec<_>>();
        assert_eq!(ops(phone.store.outbox()), ops(waiting));
        assert_eq!(phone.round().await.settled, 1);
        let (cursor, entries) = (phone.store.meta().cursor, phone.store.entries());
        scene.proxy.next("sync_pull", Fault::Forge(answer.clone()));
        let round = phone.round().await;
        assert_eq!((round.received, round.fault), (0, Some(fault)), "{answer}");
        assert_eq!((phone.store.meta().cursor, phone.store.entries()), (cursor, entries));
    }
    end_state::check(&scene.office, &[phone]).await;
}

/// A stranger's 413 parks one operation for a while, and no more.
#[tokio::test]
async fn f09_a_stranger_who_finds_everything_too_large_only_delays() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    for _ in 0..5 {
        phone.save(fresh_record(), meeting(2));
    }
    scene.proxy.always(Fault::AtMost(0, forged("413 Content Too Large", "text/html", "<html>413</html>")));
    assert_eq!(phone.round().await.settled, 0);
    assert_eq!(phone.store.outbox().len(), 5);
    scene.proxy.always(Fault::Pass);
    end_state::check(&scene.office, &[phone]).await;
}

/// A line of 200 kbit/s with a tenth of the patience is one of 20 kbit/s. One request of five is lost half-way.
#[tokio::test]
async fn f10_a_slow_and_lossy_line_brings_an_evening_home() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    phone.patience.set(Duration::from_secs(2));
    scene.proxy.always(Fault::Slow(250));
    let mut rounds = 0;
    for evening in 0..3 {
        for _ in 0..12 {
            phone.save(fresh_record(), meeting(2));
        }
        scene.proxy.next(if evening == 1 { "sync_pull" } else { "sync_push" }, Fault::CutRequest(50));
        while !phone.store.outbox().is_empty() {
            phone.round().await;
            rounds += 1;
        }
    }
    assert!(rounds <= 5, "{rounds} rounds");
    scene.proxy.always(Fault::Pass);
    end_state::check(&scene.office, &[phone]).await;
}

#[tokio::test]
async fn f11_a_line_on_which_nobody_answers_is_given_up_and_costs_nothing() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    phone.save(fresh_record(), meeting(2));
    phone.patience.set(Duration::from_millis(50));
    scene.proxy.always(Fault::Stall);
    assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    assert_eq!((phone.store.outbox().len(), scene.count().await), (1, 0));
    // What was saved in the meantime goes with it once somebody answers again.
    phone.save(fresh_record(), meeting(3));
    scene.proxy.always(Fault::Pass);
    phone.patience.set(Duration::from_secs(20));
    assert_eq!(phone.round().await.settled, 2);
    // A server that was asleep wakes up and takes what nobody waits for any more.
    phone.save(fresh_record(), meeting(4));
    phone.patience.set(Duration::from_millis(50));
    scene.proxy.always(Fault::Hold);
    assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    let before = scene.proxy.count();
    scene.proxy.release();
    scene.proxy.over(before).await;
    assert_eq!((phone.store.outbox().len(), scene.count().await), (1, 3));
    phone.patience.set(Duration::from_secs(20));
    end_state::check(&scene.office, &[phone]).await;
}
