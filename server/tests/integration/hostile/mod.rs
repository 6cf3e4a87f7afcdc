//! Bad input: whatever comes, the answer is one of the error table (`offline.md` 2.6), nothing panics, nobody's words
//! reach the log, and what others see stays as it was.

mod decoders;
mod decoding;
mod log;
mod twist;

use app::{
    api::error::AppError,
    domain::ids::{DeviceId, OpId, RecordId},
    sync::messages::{Op, OpKind, PullAnswer, PullRequest, PushAnswer, PushRequest, Refusal, Verdict},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use server::{
    clock::{fresh_id, fresh_scheme},
    db::people,
};
use sqlx::AssertSqlSafe;

use crate::{
    harness::{Answer, Office},
    messages::{Person, fresh_record, line, meeting, message, raw, upsert},
};
use log::Log;
use twist::{SECRET, bend, bodies, push_of, twists};

/// Two other people, one of the same network and one of another, and what is known of them.
struct Others {
    office: Office,
    /// Of the same network.
    near: Person,
    /// Of another.
    far: Person,
    before: Vec<String>,
}

impl Others {
    async fn settled() -> Self {
        let office = Office::open().await;
        let elsewhere = fresh_scheme();
        people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
        let (near, far) = (office.promeneur("Bruno").await, office.promeneur_of(elsewhere, "Claire").await);
        for who in [&near, &far] {
            for body in bodies() {
                office.push(who, &[upsert(fresh_record(), None, &body)]).await;
            }
        }
        let mut others = Self { office, near, far, before: Vec::new() };
        others.before = others.rows().await;
        assert!(others.before.len() > 20);
        others
    }

    /// Every row that is theirs.
    async fn rows(&self) -> Vec<String> {
        let mut owner = self.office.owner().await;
        let statement = "select table_name::text, column_name::text from information_schema.columns
            where table_schema = 'public' and column_name in ('promeneur_id', 'account_id') order by 1, 2";
        let tables: Vec<(String, String)> = sqlx::query_as(statement).fetch_all(&mut owner).await.expect("tables");
        let ids =
            [&self.near, &self.far].map(|who| [who.me.account.0, who.me.promeneur.expect("a promeneur").0]).concat();
        let mut rows = Vec::new();
        for (table, column) in tables {
            let statement = format!("select row_to_json(t)::text from {table} t where {column} = any($1) order by 1");
            let found: Vec<String> =
                sqlx::query_scalar(AssertSqlSafe(statement)).bind(&ids).fetch_all(&mut owner).await.expect("rows");
            rows.extend(found.into_iter().map(|row| format!("{table}: {row}")));
        }
        rows
    }

    async fn are_untouched(&self) {
        let after = self.rows().await;
        assert_eq!(self.before.len(), after.len());
        self.before.iter().zip(&after).for_each(|(before, after)| assert_eq!(before, after));
    }
}

/// Holds an answer against the error table: ours, with a stable code that belongs to its status, and no fault of ours.
fn is_from_the_table(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), "application/json", "{}", answer.text());
    assert!(answer.status.as_u16() < 500, "{}", answer.text());
    let error: AppError = answer.json();
    let code = error.code.known().unwrap_or_else(|| panic!("no code: {}", answer.text()));
    // What HTTP itself says more exactly than our code: 415 for a coding that nobody here unpacks.
    let status = if answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE { 400 } else { answer.status.as_u16() };
    assert_eq!(code.status(), status, "{}", answer.text());
    assert!(!answer.text().contains(SECRET), "{}", answer.text());
    error.code.code().to_owned()
}

/// The same of the answer to a push, line by line: a final word on each operation, or that it awaits another.
fn answers_a_push(answer: &Answer) -> Vec<Verdict> {
    if answer.status != StatusCode::OK {
        is_from_the_table(answer);
        return Vec::new();
    }
    let answer: PushAnswer = answer.json();
    for result in &answer.results {
        match &result.verdict {
            Verdict::Rejected { code, .. } => assert!(code.known().is_some(), "{result:?}"),
            // Damaged on its way, or before the one that it stands on; nothing that the database could not hold.
            Verdict::Deferred { code } => {
                let waits = [Refusal::AwaitsPrevious, Refusal::HashMismatch].iter().any(|refusal| code.is(*refusal));
                assert!(waits, "{result:?} comes back for ever");
            }
            Verdict::Unknown => panic!("{result:?}"),
            Verdict::Applied { .. } | Verdict::Duplicate { .. } | Verdict::Conflict { .. } => {}
        }
    }
    answer.results.into_iter().map(|result| result.verdict).collect()
}

/// How many messages are tried; `make soak` tries more.
fn cases(usually: usize) -> usize {
    let rounds = std::env::var("LANTERNE_SOAK_ROUNDS").ok().and_then(|text| text.parse::<usize>().ok());
    rounds.map_or(usually, |rounds| usually * rounds.div_ceil(10))
}

#[tokio::test]
async fn a_bent_push_is_answered_from_the_table_and_touches_nobody_else() {
    let others = Others::settled().await;
    let who = others.office.promeneur("Anne").await;
    let log = Log::open();
    let mut runner = TestRunner::deterministic();
    let (mut applied, mut rejected, mut refused) = (0, 0, 0);
    let bodies = bodies();
    for case in 0..cases(500) {
        let twists = twists().new_tree(&mut runner).expect("twists").current();
        let body = &bodies[case % bodies.len()];
        // In its body, with a hash that is right; or anywhere.
        let bytes = if case % 3 == 0 {
            bend(&push_of(&who, body), &twists)
        } else {
            push_of(&who, &String::from_utf8_lossy(&bend(body, &twists))).into_bytes()
        };
        let answer = others.office.post_json("/api/v1/sync_push", &who.cookie, bytes).await;
        let verdicts = answers_a_push(&answer);
        refused += usize::from(answer.status != StatusCode::OK);
        for verdict in verdicts {
            match line(&verdict).0 {
                "applied" => applied += 1,
                "rejected" => rejected += 1,
                _ => {}
            }
        }
    }
    assert!(applied > 10 && rejected > 50 && refused > 50, "{applied} applied, {rejected} rejected, {refused} refused");
    others.are_untouched().await;
    let text = log.text();
    assert!(text.contains("request") && text.len() > 10_000, "nothing is logged: {text}");
    let told = text.lines().find(|line| line.contains(SECRET));
    assert_eq!(told, None);
    crate::recount::check_rebuild(&others.office).await;
}

#[tokio::test]
async fn a_bent_pull_is_answered_from_the_table_and_tells_of_nobody_else() {
    let others = Others::settled().await;
    let who = others.office.promeneur("Anne").await;
    others.office.push(&who, &[upsert(fresh_record(), None, &bodies()[2])]).await;
    let log = Log::open();
    let mut runner = TestRunner::deterministic();
    let (mut told, mut refused) = (0, 0);
    for case in 0..cases(300) {
        let cursor = [None, Some(format!("{}.0", fresh_id())), None, None, Some(SECRET.to_owned())][case % 5].clone();
        let request = message(PullRequest { heartbeat: who.heartbeat(), cursor, limit: 500 });
        let twists = twists().new_tree(&mut runner).expect("twists").current();
        let bytes = bend(&request, &twists);
        let answer = others.office.post_json("/api/v1/sync_pull", &who.cookie, bytes).await;
        if answer.status == StatusCode::OK {
            told += 1;
            let answer: PullAnswer = answer.json();
            assert!(answer.changes.len() <= 1);
        } else {
            refused += 1;
            is_from_the_table(&answer);
        }
    }
    assert!(told > 10 && refused > 50, "{told} told, {refused} refused");
    others.are_untouched().await;
    let text = log.text();
    assert_eq!(text.lines().find(|line| line.contains(SECRET)), None);
}

/// Bytes that never were a message, on every path of sync and however they are announced.
#[tokio::test]
async fn what_never_was_a_message_is_answered_from_the_table() {
    let others = Others::settled().await;
    let (office, who) = (&others.office, others.office.promeneur("Anne").await);
    let log = Log::open();
    let valid = push_of(&who, &bodies()[2]).replace("\"ops\":", "\"limit\":1,\"ops\":");
    let bytes: Vec<Vec<u8>> = vec![
        Vec::new(),
        vec![0],
        vec![0xff, 0xfe, 0xfd],
        b"\xef\xbb\xbf{}".to_vec(),
        "[".repeat(100_000).into_bytes(),
        "{\"req\":".repeat(50_000).into_bytes(),
        format!("{{\"req\":{}}}", "9".repeat(100_000)).into_bytes(),
        format!("{valid}{valid}").into_bytes(),
        format!("{valid}\0").into_bytes(),
        valid.replace('e', "\\u0000").into_bytes(),
        valid.bytes().flat_map(|byte| [byte, 0]).collect(),
        format!("<?xml version=\"1.0\"?><req>{SECRET}</req>").into_bytes(),
        format!("req[proto]=1&req[build]={SECRET}").into_bytes(),
    ];
    for path in ["/api/v1/sync_push", "/api/v1/sync_pull", "/api/v1/sync_escrow"] {
        for bytes in &bytes {
            let answer = office.post_json(path, &who.cookie, bytes.clone()).await;
            assert_eq!(is_from_the_table(&answer), "malformed_request", "{path}: {:?}", bytes.get(..40));
        }
        let post = || Request::post("/").header(header::COOKIE, &who.cookie);
        let json = |request: axum::http::request::Builder| request.header(header::CONTENT_TYPE, "application/json");
        for coding in ["gzip", "br", "deflate", "gzip, gzip", "identity", SECRET] {
            let request = json(post()).header(header::CONTENT_ENCODING, coding);
            let answer = office.send(request, path, Body::from(bytes[4].clone())).await;
            is_from_the_table(&answer);
        }
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let request = json(post()).method(method);
            is_from_the_table(&office.send(request, path, Body::from(valid.clone())).await);
        }
        for strange in [format!("{path}/"), format!("{path}%00"), format!("{path}/{SECRET}"), path.replace("v1", "v2")]
        {
            assert_eq!(is_from_the_table(&office.post_json(&strange, &who.cookie, valid.clone()).await), "not_found");
        }
        for cookie in
            [String::new(), format!("lanterne={SECRET}"), format!("lanterne={}", "é".repeat(500)), ";;=".to_owned()]
        {
            assert_eq!(is_from_the_table(&office.post_json(path, &cookie, valid.clone()).await), "signed_out");
        }
    }
    others.are_untouched().await;
    let text = log.text();
    assert_eq!(text.lines().find(|line| line.contains(SECRET)), None);
}

/// A withdrawal has a size too: one that no database holds would come back for ever.
#[tokio::test]
async fn a_withdrawal_that_holds_too_much_is_refused_for_good() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let op = Op { kind: OpKind::Delete, ..upsert(fresh_record(), None, &deep) };
    for refill in [false, true] {
        let verdicts =
            office.push(&who, &[Op { refill, ..op.clone() }, upsert(fresh_record(), None, &meeting(1))]).await;
        assert_eq!(line(&verdicts[0]), ("rejected", "too_large".to_owned(), String::new()));
        assert_eq!(line(&verdicts[1]).0, "applied");
    }
}

/// What somebody else has sent, sent again under another session: as it was, and step by step better disguised.
#[tokio::test]
async fn operations_of_another_person_cannot_be_replayed() {
    let others = Others::settled().await;
    let (office, who) = (&others.office, others.office.promeneur("Anne").await);
    let log = Log::open();
    let mut owner = office.owner().await;
    let sent: Vec<(uuid::Uuid, uuid::Uuid, String)> =
        sqlx::query_as("select op_id, record_id, body::text from operation where status = 'applied'")
            .fetch_all(&mut owner)
            .await
            .expect("operations");
    for theirs in [&others.near, &others.far] {
        let ops: Vec<_> = sent
            .iter()
            .map(|(op, record, body)| {
                let mine = upsert(RecordId(*record), None, body);
                Op { op: OpId(*op), ..mine }
            })
            .collect();
        let push = |who: &Person| {
            message(PushRequest { heartbeat: who.heartbeat(), epoch: None, ops: ops.iter().map(raw).collect() })
        };
        let as_it_was = office.post_json("/api/v1/sync_push", &who.cookie, push(theirs)).await;
        assert_eq!(is_from_the_table(&as_it_was), "wrong_account");
        // Of a phone of another network nobody here knows anything.
        if theirs.me.scheme == who.me.scheme {
            let on_their_phone = Person { device: theirs.device, ..who.clone() };
            let answer = office.post_json("/api/v1/sync_push", &who.cookie, push(&on_their_phone)).await;
            assert_eq!(is_from_the_table(&answer), "device_not_yours");
        }
    }
    // Under one's own name and on one's own phone: of one's own network, ids that are taken; of another, new ones.
    let near: std::collections::BTreeSet<uuid::Uuid> =
        sqlx::query_scalar("select id from record where promeneur_id = $1")
            .bind(others.near.me.promeneur.expect("a promeneur").0)
            .fetch_all(&mut owner)
            .await
            .expect("records")
            .into_iter()
            .collect();
    let mine = Person { device: DeviceId(fresh_id()), ..who.clone() };
    for (op, record, body) in &sent {
        let record_id = RecordId(*record);
        let replayed = Op { op: OpId(*op), ..upsert(record_id, None, body) };
        let renamed = upsert(record_id, Some(1), &meeting(9));
        let verdicts = office.push(&mine, &[replayed, renamed]).await;
        if near.contains(record) {
            assert_eq!(line(&verdicts[0]), ("rejected", "op_reused".to_owned(), String::new()));
            assert_eq!(line(&verdicts[1]), ("rejected", "not_yours".to_owned(), String::new()));
        } else {
            assert_eq!(line(&verdicts[0]).0, "applied");
        }
    }
    others.are_untouched().await;
    let text = log.text();
    assert_eq!(text.lines().find(|line| line.contains(SECRET)), None);
}
