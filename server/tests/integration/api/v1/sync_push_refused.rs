//! `POST /api/v1/sync_push`: what is refused, one by one, with a stable code, and without a word on what is another's.

use app::{
    domain::{
        ids::{OpId, RecordId},
        presence::PresenceDraft,
        record::{BODY_BYTES, Body as RecordBody, Draft},
        taxonomy::Network,
    },
    sync::{
        hash::BodyHash,
        messages::{Op, PushAnswer, PushRequest},
    },
};
use serde_json::value::RawValue;
use server::{clock::fresh_id, db::people};

use crate::{
    harness::Office,
    messages::{delete, fresh_record, line, meeting, message, raw, statuses, upsert, version},
};

/// Each among others that are applied, with its stable code and field; and nothing of it is kept but the line.
#[tokio::test]
async fn each_bad_operation_is_refused_on_its_own() {
    let office = Office::open().await;
    let (who, other) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let theirs = fresh_record();
    office.push(&other, &[upsert(theirs, None, &meeting(1))]).await;
    let mine = fresh_record();
    let my_version = version(&office.push(&who, &[upsert(mine, None, &meeting(1))]).await[0]);
    let presence = RecordBody::new(Draft::Presence(PresenceDraft {
        started_at: "2026-11-19T21:00:00".parse().ok(),
        networks: vec![Network::Discord.into()],
        ..PresenceDraft::default()
    }))
    .to_json();
    let with = |from: &str, to: &str| {
        let text = meeting(3).replace(from, to);
        assert_ne!(text, meeting(3));
        upsert(fresh_record(), None, &text)
    };
    let large = format!("\"x_more\":\"{}\",\"themes\":", "a".repeat(BODY_BYTES));
    let four = "0f6ad1c5-37a8-4bd5-9f4a-0d4ff1b4a2a1".parse().expect("a version 4 id");
    let cases: Vec<(&str, Op, &str, &str)> = vec![
        (
            "more met than present",
            with("\"themes\"", "\"met_after_online_count\":9,\"themes\""),
            "invalid_body",
            "met_after_online_count",
        ),
        ("in the future", with("2026-11-19", "2199-01-01"), "invalid_body", "occurred_on"),
        ("too old", with("2026-11-19", "2010-12-31"), "invalid_body", "occurred_on"),
        ("unknown code", with("\"themes\":[]", "\"themes\":[\"astrology\"]"), "invalid_body", "themes"),
        ("no young people", with("\"young_count\":3", "\"young_count\":0"), "invalid_body", "young_count"),
        ("no record", upsert(fresh_record(), None, r#"{"a":1}"#), "invalid_body", "body"),
        ("record id", upsert(RecordId(four), None, &meeting(3)), "invalid_id", ""),
        ("operation id", Op { op: OpId(four), ..upsert(fresh_record(), None, &meeting(3)) }, "invalid_id", ""),
        ("kind", upsert(mine, Some(my_version), &presence), "kind_changed", ""),
        ("size", with("\"themes\":", &large), "too_large", ""),
        ("another's", upsert(theirs, Some(1), &meeting(3)), "not_yours", ""),
        ("another's, withdrawn", delete(theirs, Some(1)), "not_yours", ""),
        (
            "reason",
            Op { reason: Some("a\0b".to_owned()), ..upsert(fresh_record(), None, &meeting(3)) },
            "malformed_op",
            "",
        ),
    ];
    for (name, bad, code, field) in &cases {
        let (before, after) = (upsert(fresh_record(), None, &meeting(1)), upsert(fresh_record(), None, &meeting(1)));
        let verdicts = office.push(&who, &[before, bad.clone(), after]).await;
        assert_eq!(statuses(&verdicts), ["applied", "rejected", "applied"], "{name}: {verdicts:?}");
        assert_eq!(line(&verdicts[1]), ("rejected", (*code).to_owned(), (*field).to_owned()), "{name}");
        let again = office.push(&who, std::slice::from_ref(bad)).await;
        assert_eq!(line(&again[0]), line(&verdicts[1]), "{name}: the same answer the second time");
    }
    let kept = i64::try_from(2 + 2 * cases.len()).expect("small");
    assert_eq!(office.number("select count(*) from record").await, kept);
    assert_eq!(office.number("select count(*) from operation where status = 'applied'").await, kept);
}

/// There is nothing that a person could correct: the phone sends it again.
#[tokio::test]
async fn what_was_damaged_on_its_way_is_asked_for_again() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let whole = upsert(fresh_record(), None, &meeting(3));
    let damaged = Op { hash: BodyHash::of("other"), ..whole.clone() };
    let verdicts = office.push(&who, &[damaged, upsert(fresh_record(), None, &meeting(1))]).await;
    assert_eq!(line(&verdicts[0]), ("deferred", "hash_mismatch".to_owned(), String::new()));
    assert_eq!(statuses(&verdicts), ["deferred", "applied"]);
    assert_eq!(statuses(&office.push(&who, &[whole]).await), ["applied"]);
    assert_eq!(office.number("select count(*) from operation").await, 2);
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_on_its_own() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let id = OpId(fresh_id());
    let text = |text: String| RawValue::from_string(text).expect("JSON");
    let good = upsert(fresh_record(), None, &meeting(1));
    let unreadable = vec![
        text(format!(r#"{{"op":"{id}","kind":"upsert"}}"#)),
        text("42".to_owned()),
        text(raw(&good).get().replace("\"upsert\"", "\"explode\"")),
        raw(&good),
    ];
    let answer = office.push_raw(&who, unreadable).await;
    let answer: PushAnswer = answer.json();
    let lines: Vec<_> = answer.results.iter().map(|result| (result.op, line(&result.verdict).1)).collect();
    let malformed = || "malformed_op".to_owned();
    assert_eq!(
        lines,
        [(Some(id), malformed()), (None, malformed()), (Some(good.op), malformed()), (Some(good.op), String::new())]
    );
    assert_eq!(office.number("select count(*) from record").await, 1);
}

#[tokio::test]
async fn a_record_id_of_another_network_leaks_nothing_and_touches_nothing() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (here, there) = (office.promeneur("Anne").await, office.promeneur_of(elsewhere, "Bruno").await);
    let theirs = fresh_record();
    let their_op = upsert(theirs, None, &meeting(7));
    office.push(&there, std::slice::from_ref(&their_op)).await;
    let before: Vec<String> = rows_of(&office, elsewhere.0).await;
    // As for an id that nobody has: taken as a new record, and nothing to withdraw.
    assert_eq!(line(&office.push(&here, &[delete(theirs, Some(1))]).await[0]).1, "not_yours");
    let mine = upsert(theirs, None, &meeting(2));
    assert_eq!(version(&office.push(&here, &[mine]).await[0]), 1);
    let reused = Op { op: their_op.op, ..upsert(fresh_record(), None, &meeting(4)) };
    assert_eq!(statuses(&office.push(&here, &[reused]).await), ["applied"]);
    assert_eq!(rows_of(&office, elsewhere.0).await, before);
}

async fn rows_of(office: &Office, scheme: uuid::Uuid) -> Vec<String> {
    let statement = "select row_to_json(t)::text from record t where network_id = $1
        union all select row_to_json(t)::text from operation t where network_id = $1
        union all select row_to_json(t)::text from daily_figure t where network_id = $1 order by 1";
    let mut owner = office.owner().await;
    sqlx::query_scalar(statement).bind(scheme).fetch_all(&mut owner).await.expect("rows")
}

/// An operation sent again for another record is no repetition: it must not be answered with what that one holds.
#[tokio::test]
async fn a_repeated_operation_tells_nothing_of_another_record() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let (theirs, mine) = (fresh_record(), fresh_record());
    office.push(&anne, &[upsert(theirs, None, &meeting(7))]).await;
    office.push(&bruno, &[upsert(mine, None, &meeting(1)), upsert(mine, Some(2), &meeting(2))]).await;
    let stale = upsert(mine, Some(2), &meeting(3));
    assert_eq!(line(&office.push(&bruno, std::slice::from_ref(&stale)).await[0]).0, "conflict");
    let elsewhere = Op { record: theirs, ..stale.clone() };
    assert_eq!(line(&office.push(&bruno, &[elsewhere]).await[0]).1, "op_reused");
    assert_eq!(line(&office.push(&anne, &[Op { record: theirs, ..stale }]).await[0]).1, "op_reused");
}

/// What no database can hold, or should, is refused for good the first time: it does not come back for ever.
#[tokio::test]
async fn what_cannot_be_held_is_refused_for_good() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let at = |text: &str| text.parse().expect("a time");
    let cases = [
        (upsert(fresh_record(), None, &deep), "too_large"),
        (Op { at: at("-9000-01-01T00:00:00Z"), ..upsert(fresh_record(), None, &meeting(1)) }, "malformed_op"),
        (Op { at: at("2200-01-01T00:00:00Z"), ..upsert(fresh_record(), None, &meeting(1)) }, "malformed_op"),
    ];
    for (op, code) in cases {
        let verdicts = office.push(&who, &[op, upsert(fresh_record(), None, &meeting(1))]).await;
        assert_eq!((line(&verdicts[0]).0, line(&verdicts[0]).1.as_str()), ("rejected", code));
        assert_eq!(line(&verdicts[1]).0, "applied");
    }
    assert_eq!(office.number("select count(*) from operation where body is not null").await, 3);
    // A phone that says nonsense of itself is heard all the same.
    let mut heartbeat = who.heartbeat();
    heartbeat.build = "a\0b".to_owned();
    (heartbeat.pending, heartbeat.oldest) = (2, Some(at("-9000-01-01T00:00:00Z")));
    let ops = vec![raw(&upsert(fresh_record(), None, &meeting(1)))];
    let body = message(PushRequest { heartbeat, epoch: None, ops });
    assert_eq!(office.post_json("/api/v1/sync_push", &who.cookie, body).await.status.as_u16(), 200);
    assert_eq!(office.number("select count(*) from device where build = 'ab' and pending_count = 1").await, 1);
}
