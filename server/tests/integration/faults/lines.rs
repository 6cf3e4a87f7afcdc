//! F1 to F5: what breaks on the line between a phone and the office.

use std::time::Duration;

use app::{
    api::error::{AppError, ErrorCode},
    sync::{engine::WireFault, messages::Op},
};

use super::{
    Scene, end_state,
    proxy::{Fault, Passed, forged},
};
use crate::{
    messages::{fresh_record, line, meeting, statuses, upsert, version},
    phone::Phone,
};

/// Saves three more records.
fn save_three(phone: &Phone<'_>) {
    for young in 1..4 {
        phone.save(fresh_record(), meeting(young));
    }
}

#[tokio::test]
async fn f01_a_request_cut_after_any_tenth_applies_nothing_and_the_next_one_all() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let cuts = (0..10).map(|tenth| Fault::CutRequest(10 * tenth)).chain([Fault::CutBeforeBody, Fault::CutRequest(99)]);
    for (sent, cut) in (0..).step_by(3).zip(cuts) {
        save_three(&phone);
        scene.proxy.next("sync_push", cut.clone());
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (0, Some(WireFault::Unreachable)), "{cut:?}");
        assert_eq!((phone.store.outbox().len(), scene.count().await), (3, sent), "{cut:?}");
        let before = phone.store.meta();
        scene.proxy.next("sync_pull", cut.clone());
        let round = phone.round().await;
        assert_eq!((round.settled, round.received, round.fault), (3, 0, Some(WireFault::Unreachable)), "{cut:?}");
        assert_eq!(phone.store.meta().cursor, before.cursor);
        assert_eq!(phone.round().await.fault, None);
    }
    // All of it arrives, and nobody waits for the answer: taken or not, but once.
    save_three(&phone);
    scene.proxy.next("sync_push", Fault::CutRequest(100));
    assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    end_state::check(&scene.office, &[phone]).await;
}

#[tokio::test]
async fn f02_an_answer_lost_after_commit_is_asked_for_again() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    for hundredths in (0..100).step_by(10).chain([99]) {
        save_three(&phone);
        let before = scene.count().await;
        scene.proxy.next("sync_push", Fault::CutAnswer(hundredths));
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (0, Some(WireFault::Unreachable)), "{hundredths} %");
        assert_eq!((phone.store.outbox().len(), scene.count().await), (3, before + 3), "committed, and not known");
        assert_eq!(phone.round().await.settled, 3);
        let receipts = phone.receipts();
        assert!(receipts[receipts.len() - 3..].iter().all(|receipt| receipt.status == "duplicate"));
        assert_eq!(scene.count().await, before + 3);
        scene.proxy.next("sync_pull", Fault::CutAnswer(hundredths));
        assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    }
    end_state::check(&scene.office, &[phone]).await;
}

/// What the office answered to a push, each time that it heard it: version and hash, whatever it called them.
fn acknowledgements(passed: &Passed) -> Vec<Vec<i64>> {
    passed.verdicts().iter().map(|lines| lines.iter().map(|line| version(&line.verdict)).collect()).collect()
}

#[tokio::test]
async fn f03_a_request_delivered_twice_has_one_effect_and_one_answer() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let record = fresh_record();
    for (young, fault) in (1..).zip([Fault::Twice, Fault::TwiceAtOnce, Fault::TwiceAtOnce, Fault::Twice]) {
        save_three(&phone);
        phone.save(record, meeting(young));
        let before = scene.count().await;
        scene.proxy.next("sync_push", fault);
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (4, None));
        let twice = acknowledgements(scene.proxy.pushes().last().expect("a push"));
        assert_eq!(twice.len(), 2);
        assert_eq!(twice[0], twice[1]);
        assert_eq!(scene.count().await, before + 4);
    }
    // Much later, when the record has long gone on: each old request, as it was.
    let before = scene.count().await;
    for passed in scene.proxy.pushes() {
        let answers = vec![scene.proxy.repeat(&passed.bytes).await];
        let again = Passed { answers, ..passed.clone() };
        assert_eq!(acknowledgements(&again)[0], acknowledgements(&passed)[0]);
    }
    assert_eq!(scene.count().await, before);
    end_state::check(&scene.office, &[phone]).await;
}

/// The first batch is still on its way when the phone has given it up, gone on, and sent the next ones.
#[tokio::test]
async fn f04_a_batch_that_arrives_after_later_ones_takes_nothing_back() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let (edited, withdrawn) = (fresh_record(), fresh_record());
    phone.save(edited, meeting(1));
    phone.save(withdrawn, meeting(1));
    phone.patience.set(Duration::from_millis(50));
    scene.proxy.next("sync_push", Fault::Hold);
    assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    phone.patience.set(Duration::from_secs(20));
    phone.save(edited, meeting(5));
    phone.withdraw(withdrawn);
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (4, None));
    let before = scene.proxy.count();
    scene.proxy.release();
    scene.proxy.over(before).await;
    let late = scene.proxy.pushes().pop().expect("the held one");
    let late = late.verdicts().remove(0);
    assert!(late.iter().all(|result| line(&result.verdict).0 == "duplicate"), "{late:?}");
    end_state::check(&scene.office, &[phone]).await;
}

/// The second batch of a chain overtakes the first: it waits for it, and is then applied on top of it.
#[tokio::test]
async fn f04_an_operation_that_overtakes_the_one_it_stands_on_waits() {
    let scene = Scene::open().await;
    let who = scene.office.promeneur("Anne").await;
    let record = fresh_record();
    let first = upsert(record, None, &meeting(1));
    let second = Op { after: Some(first.op), seq: 2, ..upsert(record, None, &meeting(2)) };
    scene.proxy.next("sync_push", Fault::Hold);
    let (held, ()) = tokio::join!(scene.way.push(&who, std::slice::from_ref(&first)), async {
        scene.proxy.came(1).await;
        let early = scene.way.push(&who, std::slice::from_ref(&second)).await;
        assert_eq!(line(&early[0]), ("deferred", "awaits_previous".to_owned(), String::new()));
        assert_eq!(scene.count().await, 0);
        scene.proxy.release();
    });
    assert_eq!(statuses(&held), ["applied"]);
    assert_eq!(version(&scene.way.push(&who, &[second]).await[0]), 2);
    let phone = Phone::of(&scene.way, who);
    phone.told.borrow_mut().insert(record, Some(meeting(2)));
    end_state::check(&scene.office, &[phone]).await;
}

#[tokio::test]
async fn f05_an_error_told_after_commit_is_no_refusal() {
    let scene = Scene::open().await;
    let phone = scene.phone("Anne").await;
    let ours = |code: ErrorCode| serde_json::to_string(&AppError::new(code)).expect("JSON");
    let json = "application/json";
    let answers = [
        forged("500 Internal Server Error", json, &ours(ErrorCode::Internal)),
        forged("500 Internal Server Error", "text/plain", "oops"),
        forged("502 Bad Gateway", "text/html", "<html>502</html>"),
        forged("503 Service Unavailable", json, &ours(ErrorCode::Unavailable)),
        forged("504 Gateway Timeout", json, &ours(ErrorCode::Timeout)),
    ];
    for answer in answers {
        save_three(&phone);
        let before = scene.count().await;
        scene.proxy.next("sync_push", Fault::ForgeAfterAnswer(answer));
        let round = phone.round().await;
        assert_eq!((round.settled, round.fault), (0, Some(WireFault::Unreachable)));
        assert_eq!((phone.store.outbox().len(), scene.count().await), (3, before + 3));
        assert_eq!(phone.round().await.settled, 3);
        assert_eq!(scene.count().await, before + 3);
    }
    end_state::check(&scene.office, &[phone]).await;
}
