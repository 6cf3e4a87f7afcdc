//! What this release writes on the wire and in the stores of a phone, with fixed ids and times.

use std::collections::BTreeMap;

use app::{
    api::{
        error::{AppError, ErrorCode},
        sync::fault_of,
    },
    domain::{
        coded::Code,
        fault::{Fault, FaultCode},
        ids::{AccountId, DeviceId, Epoch, OpId, RecordId},
        record::{Body, SCHEMA},
    },
    sync::{
        acts::{save, withdraw},
        hash::BodyHash,
        messages::{
            Change as Pulled, Cursor, EscrowAnswer, Heartbeat, Limits, Op, OpKind, OpResult, PROTO, PullAnswer,
            PullRequest, PushAnswer, PushRequest, Refusal, Returned, ServerCopy, Verdict,
        },
        outbox::{Meta, OutboxRow, Stamp},
        settle::settle_push,
        store::{Change, Touch},
    },
};
use serde::Serialize;
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use crate::{
    messages::{delete, message, raw, upsert},
    sim::store::MemoryStore,
};

/// The account, the phone and the life of the database that every text is of. A replay puts its own account and life in
/// their place.
pub const ACCOUNT: &str = "01934f00-0000-7000-8000-0000000000a1";
pub const DEVICE: &str = "01934f00-0000-7000-8000-0000000000d1";
pub const EPOCH: &str = "01934f00-0000-4000-8000-0000000000e1";
/// A record that belongs to somebody else.
pub const THEIRS: u32 = 0x77;

fn uuid(number: u32) -> Uuid {
    format!("01934f00-0000-7000-8000-{number:012x}").parse().expect("an id")
}

pub fn record(number: u32) -> RecordId {
    RecordId(uuid(number))
}

fn op(number: u32) -> OpId {
    OpId(uuid(0x1000 + number))
}

fn at<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("a time")
}

fn heartbeat() -> Heartbeat {
    Heartbeat {
        proto: PROTO,
        build: "2026.11.1+abc123".to_owned(),
        schema: SCHEMA,
        device: DEVICE.parse::<DeviceId>().expect("an id"),
        user: ACCOUNT.parse::<AccountId>().expect("an id"),
        now: at("2026-11-23T21:14:05.123+01:00"),
        pending: 5,
        oldest: Some(at("2026-11-20T21:05:00+01:00")),
        stalls: 1,
    }
}

fn push(epoch: Option<&str>, ops: Vec<Box<RawValue>>) -> String {
    message(PushRequest {
        heartbeat: heartbeat(),
        epoch: epoch.map(|epoch| epoch.parse::<Epoch>().expect("an id")),
        ops,
    })
}

/// Every field of each kind of record, as this release writes it.
fn bodies() -> [String; 5] {
    [
        r#"{"kind":"presence","schema":1,"started_at":"2026-11-19T21:00:00","ended_at":"2026-11-19T22:30:00","networks":["discord","snapchat"],"note":"permanence"}"#,
        r#"{"kind":"intervention","schema":1,"presence":"01934f00-0000-7000-8000-000000000001","occurred_on":"2026-11-19","started_at":"21:10:00","duration_min":20,"type":"listen","detail":"active_listening","network":"other","network_other":"Forum du lycée","channel":"private_message","setting":"individual","initiator":"young_person","themes":["health","other"],"theme_other":"sommeil","audience":"young","young_count":2,"first_this_year_count":1,"outcomes":["met_in_person"],"met_after_online_count":1,"referral_kinds":[],"note":"à revoir"}"#,
        r#"{"kind":"meeting","schema":1,"occurred_on":"2026-11-19","young_count":4,"met_after_online_count":2,"themes":["leisure"],"note":"au parc"}"#,
        r#"{"kind":"project","schema":1,"project_kind":"project","origin":"online_contact","stage":"emergence","title":"Tournoi","theme":"leisure","setting":"collective","young_count":6,"initiated_on":"2026-11-02","ended_on":"2026-11-18","note":"en décembre"}"#,
        r#"{"kind":"account_snapshot","schema":1,"network":"instagram","as_of":"2026-11-01","followers":341}"#,
    ]
    .map(|text| Body::from_json(text).expect("a body").to_json())
}

fn meeting(young: i64) -> String {
    bodies()[2].replace("\"young_count\":4", &format!("\"young_count\":{young}"))
}

/// An upsert with its place in the sequence.
fn write(number: u32, of: u32, base: Option<i64>, text: &str) -> Op {
    Op { op: op(number), seq: number.into(), ..upsert(record(of), base, text) }
}

/// The pushes of one phone, in the order in which they are sent.
fn pushes() -> Vec<(&'static str, String)> {
    let five: Vec<_> = (1..).zip(bodies()).map(|(number, text)| raw(&write(number, number, None, &text))).collect();
    let edit = write(6, 3, Some(3), &meeting(5));
    let edit_again = Op { after: Some(edit.op), ..write(7, 3, Some(3), &meeting(6)) };
    let reason = Some("saisie deux fois".to_owned());
    let withdrawal = Op { op: op(8), seq: 8, reason, ..delete(record(4), Some(4)) };
    let future = r#"{"kind":"meeting","schema":99,"occurred_on":"2026-11-19","young_count":3,"themes":["astronomy"],"x_mood":{"level":2,"words":["calme"]}}"#;
    let unknown = r#"{"kind":"hologram","schema":99}"#;
    let lost = OpId(uuid(0x1fff));
    let four = "0f6ad1c5-37a8-4bd5-9f4a-0d4ff1b4a2a1".parse().expect("an id");
    let refusals = vec![
        raw(&write(1, 1, None, &bodies()[0])),
        raw(&Op { op: op(1), ..write(1, 1, None, &meeting(1)) }),
        raw(&write(20, 3, Some(3), &meeting(7))),
        raw(&write(21, 4, Some(4), &bodies()[3])),
        raw(&Op { record: RecordId(four), ..write(22, 8, None, &meeting(1)) }),
        raw(&Op { hash: BodyHash::of("other"), ..write(23, 8, None, &meeting(1)) }),
        raw(&write(24, 5, Some(5), &meeting(4))),
        raw(&write(25, THEIRS, None, &meeting(1))),
        raw(&write(26, 8, None, &meeting(0))),
        raw(&write(27, 8, None, &bodies()[2].replace("leisure", "astronomy"))),
        raw(&Op { after: Some(lost), ..write(28, 8, None, &meeting(1)) }),
        RawValue::from_string(format!(r#"{{"op":"{}","kind":"explode"}}"#, op(29))).expect("JSON"),
    ];
    vec![
        ("01-five-kinds", push(None, five)),
        ("02-edit-and-withdraw", push(Some(EPOCH), vec![raw(&edit), raw(&edit_again), raw(&withdrawal)])),
        (
            "03-future-schema",
            push(Some(EPOCH), vec![raw(&write(10, 10, None, future)), raw(&write(11, 11, None, unknown))]),
        ),
        ("04-refusals", push(Some(EPOCH), refusals)),
        ("05-nothing", push(Some(EPOCH), Vec::new())),
    ]
}

/// What a phone gives back to a restored server: a record and a withdrawal, as they stood in its earlier life.
fn refill() -> String {
    let record = Op { refill: true, ..write(30, 9, Some(900), &meeting(8)) };
    let withdrawal = Op { kind: OpKind::Delete, ..Op { refill: true, ..write(31, 10, Some(901), &meeting(9)) } };
    push(Some(EPOCH), vec![raw(&record), raw(&withdrawal)])
}

/// What a revoked phone hands over.
fn hand_over() -> String {
    let correction = Op { after: Some(op(40)), ..write(41, 12, None, &meeting(6)) };
    push(Some(EPOCH), vec![raw(&write(40, 12, None, &meeting(5))), raw(&correction)])
}

fn pull(cursor: Option<i64>) -> String {
    let epoch = EPOCH.parse::<Epoch>().expect("an id");
    let cursor = cursor.map(|version| Cursor { epoch, version }.to_string());
    message(PullRequest { heartbeat: heartbeat(), cursor, limit: 500 })
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

fn lines(values: impl IntoIterator<Item = impl Serialize>) -> String {
    values.into_iter().map(|value| text(&value) + "\n").collect()
}

/// Every line that an answer to a push may have.
fn verdicts() -> Vec<Verdict> {
    let (version, hash) = (12, BodyHash::of(&meeting(5)));
    let copy = |deleted| ServerCopy { version, deleted, body: Some(meeting(5)), hash };
    let fault = |field: &str, code: FaultCode| Fault { field: field.to_owned(), code: code.into() };
    let faults =
        vec![fault("occurred_on", FaultCode::DateInFuture), fault("young_count", FaultCode::YoungCountMissing)];
    let mut verdicts = vec![
        Verdict::Applied { version, hash },
        Verdict::Duplicate { version, hash },
        Verdict::Conflict { server: copy(false) },
        Verdict::Conflict { server: copy(true) },
        Verdict::Rejected { code: Refusal::InvalidBody.into(), field: Some("occurred_on".to_owned()), faults },
        Verdict::deferred(Refusal::AwaitsPrevious),
        Verdict::deferred(Refusal::TryAgain),
        Verdict::deferred(Refusal::NewLife),
    ];
    verdicts.extend(Refusal::ALL.iter().map(|refusal| Verdict::rejected(*refusal)));
    verdicts
}

fn push_answer() -> PushAnswer {
    let line = |(number, verdict)| OpResult { op: Some(op(number)), verdict };
    let mut results: Vec<OpResult> = (1..).zip(verdicts()).map(line).collect();
    results.push(OpResult { op: None, verdict: Verdict::rejected(Refusal::MalformedOp) });
    PushAnswer {
        sync: PROTO,
        server_now: at("2026-11-23T20:14:06Z"),
        epoch: EPOCH.parse().expect("an id"),
        min_build: "2026.11.1".to_owned(),
        limits: Limits { retry_after_s: 7, ..Limits::default() },
        results,
    }
}

fn pull_answer(reset: bool) -> PullAnswer {
    let change = |number: u32, deleted, purge, body: Option<String>| Pulled {
        record: record(number),
        version: number.into(),
        deleted,
        purge,
        hash: BodyHash::of(body.as_deref().unwrap_or_default()),
        body,
        by: (number == 1).then(|| "Claire Vidal".to_owned()),
        received_at: at("2026-11-23T20:14:06.5Z"),
    };
    let changes = vec![
        change(1, false, false, Some(meeting(1))),
        change(2, true, false, Some(meeting(2))),
        change(3, false, true, None),
    ];
    let returned = Returned {
        record: record(9),
        body: meeting(9),
        question: "C’était bien le 19 ?".to_owned(),
        at: at("2026-11-24T08:00:00Z"),
    };
    let epoch: Epoch = EPOCH.parse().expect("an id");
    PullAnswer {
        sync: PROTO,
        server_now: at("2026-11-24T08:01:00Z"),
        epoch,
        changes,
        cursor: Cursor { epoch, version: 3 }.to_string(),
        more: !reset,
        reset,
        returned: vec![returned],
    }
}

/// Every error, with what the phone makes of it.
fn errors() -> String {
    lines(ErrorCode::ALL.iter().map(|code| {
        let error = AppError::at(*code, "cursor");
        let fault = format!("{:?}", fault_of(code.status(), Some(&error), None));
        json!({ "status": code.status(), "body": text(&error), "fault": fault })
    }))
}

/// A phone in the middle of its life: something of each state, and each kind of row.
fn phone() -> MemoryStore {
    let store = MemoryStore::new(DEVICE.parse().expect("an id"));
    let mut number = 0x200;
    let mut stamp = || {
        number += 1;
        Stamp { op: OpId(uuid(number)), at: at("2026-11-23T21:14:05.123+01:00") }
    };
    for of in 0x21..0x27 {
        store.act(Touch::record(record(of)), |state| save(state, record(of), meeting(i64::from(of)), stamp()));
    }
    let (server, hash) = (at("2026-11-23T20:14:06Z"), BodyHash::of(&meeting(40)));
    let theirs = ServerCopy { version: 7, deleted: false, body: Some(meeting(40)), hash };
    let faults = vec![Fault { field: "occurred_on".to_owned(), code: FaultCode::DateInFuture.into() }];
    let rejected =
        Verdict::Rejected { code: Refusal::InvalidBody.into(), field: Some("occurred_on".to_owned()), faults };
    let applied = |row: &OutboxRow| Verdict::Applied { version: 6, hash: row.hash };
    // Two are sent and answered; one is in conflict, one refused, one on its way, and one has never left.
    let rows = store.outbox();
    let answered = [applied(&rows[0]), Verdict::Conflict { server: theirs }, rejected, applied(&rows[3])];
    let results: Vec<OpResult> =
        rows.iter().zip(answered).map(|(row, verdict)| OpResult { op: Some(row.op), verdict }).collect();
    let touch = Touch { records: rows.iter().map(|row| row.record).collect(), ..Touch::outbox() };
    store.act(touch, |state| settle_push(state, &rows[..4], &results, server, server, &mut stamp));
    let on_its_way = OutboxRow { tries: 1, ..rows[4].clone() };
    store.act(Touch::outbox(), |_| Change { put_rows: vec![on_its_way], ..Change::default() });
    // The one on its way is corrected; one that was sent is withdrawn, and that is put off.
    let way = record(0x25);
    store.act(Touch::record(way), |state| save(state, way, meeting(45), stamp()));
    let gone = record(0x24);
    store.act(Touch::record(gone), |state| withdraw(state, gone, Some("saisie deux fois".to_owned()), stamp()));
    let withdrawal: Vec<OutboxRow> = store.outbox().into_iter().filter(|row| row.record == gone).collect();
    let put_off = [OpResult { op: Some(withdrawal[0].op), verdict: Verdict::deferred(Refusal::TryAgain) }];
    let touch = Touch { records: vec![gone], ..Touch::outbox() };
    store.act(touch, |state| settle_push(state, &withdrawal, &put_off, server, server, &mut stamp));
    let refill =
        OutboxRow { seq: 90, op: stamp().op, record: record(0x28), base: Some(900), refill: true, ..rows[0].clone() };
    let epoch: Epoch = EPOCH.parse().expect("an id");
    store.act(Touch::default(), |state| {
        let cursor = Some(Cursor { epoch, version: 7 }.to_string());
        let meta = Meta {
            next_seq: 91,
            cursor,
            epoch: Some(epoch),
            last_pull_at: Some(server),
            stalls: 2,
            ..state.meta.clone()
        };
        Change { put_rows: vec![refill], meta: Some(meta), ..Change::default() }
    });
    store
}

/// File by file. A file ends as a text file does.
pub fn texts() -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let mut add = |name: &str, text: String| texts.insert(name.to_owned(), text.trim_end().to_owned() + "\n");
    for (name, request) in pushes() {
        add(&format!("push/{name}.request.json"), request);
    }
    add("pull/01-all.request.json", pull(None));
    add("pull/02-rest.request.json", pull(Some(2)));
    add("lives/refill.request.json", refill());
    add("escrow/hand-over.request.json", hand_over());
    add("answers/push.json", text(&push_answer()));
    add("answers/pull.json", text(&pull_answer(false)));
    add("answers/pull-reset.json", text(&pull_answer(true)));
    let held = vec![op(1), op(2)];
    add("answers/escrow.json", text(&EscrowAnswer { sync: PROTO, server_now: at("2026-11-23T20:14:06Z"), held }));
    add("errors.jsonl", errors());
    let phone = phone();
    add("phone/entries.jsonl", lines(phone.entries()));
    add("phone/outbox.jsonl", lines(phone.outbox()));
    add("phone/ops.jsonl", lines(phone.outbox().iter().map(OutboxRow::to_op)));
    add("phone/receipts.jsonl", lines(phone.answered().iter().map(|(_, receipt)| receipt)));
    add("phone/meta.jsonl", lines([phone.meta()]));
    add("paths.txt", include_str!("../paths.txt").to_owned());
    texts
}
