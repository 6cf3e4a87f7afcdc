//! F27 and F28: what the releases before this one wrote is still taken, read and meant as it was.
//!
//! `server/tests/golden` has a folder for each release that changed the wire or a phone's stores. A change of either
//! makes [`the_newest_folder_is_what_this_release_writes`] fail: once the newest folder belongs to a release, add
//! another with `LANTERNE_GOLDEN=<year>-<month> make golden`, and never change one that does.

mod texts;

use std::{collections::BTreeMap, fs, path::PathBuf};

use app::{
    api::{error::AppError, sync::fault_of},
    domain::ids::OpId,
    sync::{
        ledger::read_ops,
        messages::{EscrowAnswer, Op, PullAnswer, PushAnswer, PushRequest},
        outbox::{Entry, Meta, OutboxRow},
        store::{Change, Receipt, Touch},
    },
};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use server::db::lives;

use crate::{
    harness::Office,
    messages::{Person, meeting, upsert},
    phone::Phone,
};

/// The files of one release, by their names in its folder.
struct Release {
    name: String,
    files: BTreeMap<String, String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Every release that changed something, the newest last.
fn releases() -> Vec<Release> {
    let mut names: Vec<String> = names_in(&folder());
    names.sort();
    assert!(!names.is_empty());
    names
        .into_iter()
        .map(|name| {
            let place = folder().join(&name);
            let mut files = BTreeMap::new();
            for top in names_in(&place) {
                if place.join(&top).is_dir() {
                    for file in names_in(&place.join(&top)) {
                        let path = format!("{top}/{file}");
                        files.insert(path.clone(), fs::read_to_string(place.join(path)).expect("text"));
                    }
                } else {
                    files.insert(top.clone(), fs::read_to_string(place.join(top)).expect("text"));
                }
            }
            Release { name, files }
        })
        .collect()
}

fn names_in(place: &std::path::Path) -> Vec<String> {
    let entries = fs::read_dir(place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
}

/// The folder that is being written, where one is.
fn being_written() -> Option<String> {
    std::env::var("LANTERNE_GOLDEN").ok().filter(|name| !name.is_empty())
}

fn write(release: &str, name: &str, text: &str) {
    let path = folder().join(release).join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("written");
}

#[test]
fn the_newest_folder_is_what_this_release_writes() {
    let texts = texts::texts();
    if let Some(release) = being_written() {
        for (name, text) in &texts {
            write(&release, name, text);
        }
    }
    let newest = releases().pop().expect("a release");
    for (name, text) in &texts {
        let recorded = newest.files.get(name).unwrap_or_else(|| panic!("{} has no {name}", newest.name));
        assert_eq!(text, recorded, "{name}: this release writes something else than {}", newest.name);
    }
    for name in newest.files.keys() {
        assert!(texts.contains_key(name) || name.ends_with(".verdicts.jsonl"), "{name} is written by nothing");
    }
}

/// An office of which the texts may be, and the person who sends them.
async fn scene() -> (Office, Person, String) {
    let office = Office::open().await;
    let mut who = office.promeneur("Anne").await;
    who.device = texts::DEVICE.parse().expect("an id");
    let epoch: uuid::Uuid =
        sqlx::query_scalar("select epoch from sync_epoch").fetch_one(&mut office.owner().await).await.expect("a life");
    (office, who, epoch.to_string())
}

fn placed(text: &str, who: &Person, epoch: &str) -> String {
    text.replace(texts::ACCOUNT, &who.me.account.to_string()).replace(texts::EPOCH, epoch)
}

/// What a line of an answer says, but for the numbers that are given anew each time.
fn sayings(answer: &PushAnswer) -> Vec<Value> {
    let lines = serde_json::to_value(&answer.results).expect("JSON");
    let mut lines = lines.as_array().expect("lines").clone();
    for line in &mut lines {
        let line = line.as_object_mut().expect("a line");
        line.remove("version");
        if let Some(server) = line.get_mut("server").and_then(Value::as_object_mut) {
            server.remove("version");
        }
    }
    lines
}

async fn pushed(office: &Office, who: &Person, request: String) -> PushAnswer {
    let answer = office.post_json("/api/v1/sync_push", &who.cookie, request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

/// Sends a recorded request: the answer is the recorded one. Sent again, with what a later release might add, it has the
/// same answer, but that what was applied is now a duplicate.
async fn replay(office: &Office, who: &Person, epoch: &str, release: &Release, name: &str) {
    let request = placed(&release.files[name], who, epoch);
    let said = sayings(&pushed(office, who, request.clone()).await);
    let record = name.replace(".request.json", ".verdicts.jsonl");
    if being_written().as_ref() == Some(&release.name) {
        let lines: String = said.iter().flat_map(|line| [line.to_string(), "\n".to_owned()]).collect();
        write(&release.name, &record, &lines);
        return;
    }
    let recorded: Vec<Value> = rows(release, &record);
    let again = sayings(&pushed(office, who, with_later_fields(&request)).await);
    assert_eq!((said.len(), again.len()), (recorded.len(), recorded.len()), "{}: {name}", release.name);
    for ((said, again), recorded) in said.iter().zip(again).zip(recorded) {
        holds(said, &recorded).unwrap_or_else(|at| panic!("{}: {name}{at}: {recorded} was {said}", release.name));
        let known = Value::from("duplicate");
        let status = if recorded["status"] == "applied" { &known } else { &recorded["status"] };
        assert_eq!((&again["status"], &again["code"]), (status, &recorded["code"]), "{name}: {again}");
    }
}

#[tokio::test]
async fn f27_requests_of_every_release_are_answered_as_they_were() {
    for release in releases() {
        let (office, who, epoch) = scene().await;
        let other = office.promeneur("Bruno").await;
        let theirs = texts::record(texts::THEIRS);
        let requests = |folder: &'static str| {
            let is_one = move |name: &&String| name.starts_with(folder) && name.ends_with(".request.json");
            release.files.keys().filter(is_one)
        };
        for name in requests("push/") {
            // The texts before stand on the first versions of the network.
            if name.contains("04-") {
                office.push(&other, &[upsert(theirs, None, &meeting(1))]).await;
            }
            replay(&office, &who, &epoch, &release, name).await;
        }
        for name in requests("pull/") {
            let request = placed(&release.files[name], &who, &epoch);
            for request in [with_later_fields(&request), request] {
                let answer = office.post_json("/api/v1/sync_pull", &who.cookie, request).await;
                assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
                let answer: PullAnswer = answer.json();
                assert!(!answer.changes.is_empty() && !answer.reset && !answer.more, "{name}");
                assert!(answer.changes.iter().all(|change| change.record != theirs));
            }
        }
        // What is given back, after a restore.
        let epoch = lives::begin(&mut office.owner().await, &[office.scheme]).await.expect("a new life").to_string();
        for name in requests("lives/") {
            replay(&office, &who, &epoch, &release, name).await;
        }
        // What a phone hands over that was revoked.
        sqlx::query("update device set revoked_at = now()").execute(&mut office.owner().await).await.expect("revoked");
        for name in requests("escrow/") {
            let request = placed(&release.files[name], &who, &epoch);
            let sent: Call = serde_json::from_str(&request).expect("a message");
            let sent: Vec<OpId> = read_ops(&sent.req.ops).into_iter().flatten().map(|op| op.op).collect();
            let answer = office.post_json("/api/v1/sync_escrow", &who.cookie, with_later_fields(&request)).await;
            assert_eq!(answer.json::<EscrowAnswer>().held, sent, "{name}");
        }
    }
}

/// The message with a field more in its envelope and in each of its operations.
fn with_later_fields(request: &str) -> String {
    let envelope = request.trim_end().replacen("{\"req\":{", "{\"x_later\":[1],\"req\":{\"x_later\":{\"a\":null},", 1);
    assert_ne!(envelope, request.trim_end());
    envelope.replace("{\"op\":", "{\"x_later\":\"é\",\"op\":")
}

/// The lines of a file, each as it is read today.
fn rows<T: DeserializeOwned>(release: &Release, name: &str) -> Vec<T> {
    let text = release.files.get(name).unwrap_or_else(|| panic!("{} has no {name}", release.name));
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{name}: {error}: {line}"));
    text.lines().map(read).collect()
}

/// Whether a value of today says all that a recorded one said; else where it does not.
fn holds(today: &Value, recorded: &Value) -> Result<(), String> {
    match (today, recorded) {
        (Value::Object(today), Value::Object(recorded)) => recorded.iter().try_for_each(|(name, value)| {
            holds(today.get(name).unwrap_or(&Value::Null), value).map_err(|at| format!(".{name}{at}"))
        }),
        (Value::Array(today), Value::Array(recorded)) if today.len() == recorded.len() => {
            today.iter().zip(recorded).enumerate().try_for_each(|(index, (today, recorded))| {
                holds(today, recorded).map_err(|at| format!("[{index}]{at}"))
            })
        }
        _ if today == recorded => Ok(()),
        _ => Err(String::new()),
    }
}

/// The value with a field more in each of its objects.
fn with_more(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let more = [("x_later".to_owned(), serde_json::json!({ "a": [1, null] }))];
            object.iter().map(|(name, value)| (name.clone(), with_more(value))).chain(more).collect()
        }
        Value::Array(values) => values.iter().map(with_more).collect(),
        other => other.clone(),
    }
}

/// Each line is read, says what it said, and the same when a later release adds to it.
fn is_read<T: DeserializeOwned + Serialize>(release: &Release, name: &str) {
    let recorded: Vec<Value> = rows(release, name);
    assert!(!recorded.is_empty(), "{name}");
    for recorded in recorded {
        let read = |value: &Value| {
            let read: T = serde_json::from_str(&value.to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
            serde_json::to_value(read).expect("JSON")
        };
        let today = read(&recorded);
        holds(&today, &recorded).unwrap_or_else(|at| panic!("{}: {name}{at}: {recorded} is {today}", release.name));
        assert_eq!(today, read(&with_more(&recorded)), "{name}");
    }
}

/// The argument of a server function.
#[derive(Deserialize)]
struct Call {
    req: PushRequest,
}

/// Every operation that was ever sent is still read as it was meant; but those that were malformed even then.
#[test]
fn f27_operations_of_every_release_are_read_as_they_were_meant() {
    for release in releases() {
        let mut read = 0;
        for (name, request) in release.files.iter().filter(|(name, _)| name.ends_with(".request.json")) {
            let recorded: Value = serde_json::from_str(request).expect("JSON");
            let Some(recorded) = recorded["req"]["ops"].as_array() else { continue };
            let call: Call = serde_json::from_str(request).unwrap_or_else(|error| panic!("{name}: {error}"));
            for (op, recorded) in read_ops(&call.req.ops).into_iter().zip(recorded) {
                match op {
                    Ok(op) => {
                        let today = serde_json::to_value(op).expect("JSON");
                        holds(&today, recorded).unwrap_or_else(|at| panic!("{name}{at}: {recorded} is {today}"));
                        read += 1;
                    }
                    Err(refused) => assert_eq!(recorded["kind"], "explode", "{name}: {refused:?}"),
                }
            }
        }
        assert!(read > 10);
    }
}

#[test]
fn f27_answers_and_rows_of_every_release_are_read_as_they_were_meant() {
    for release in releases() {
        is_read::<PushAnswer>(&release, "answers/push.json");
        is_read::<PullAnswer>(&release, "answers/pull.json");
        is_read::<PullAnswer>(&release, "answers/pull-reset.json");
        is_read::<EscrowAnswer>(&release, "answers/escrow.json");
        is_read::<Entry>(&release, "phone/entries.jsonl");
        is_read::<OutboxRow>(&release, "phone/outbox.jsonl");
        is_read::<Receipt>(&release, "phone/receipts.jsonl");
        is_read::<Meta>(&release, "phone/meta.jsonl");
        // What a row becomes on the wire.
        let (rows, ops): (Vec<OutboxRow>, Vec<Value>) =
            (self::rows(&release, "phone/outbox.jsonl"), self::rows(&release, "phone/ops.jsonl"));
        assert_eq!(rows.len(), ops.len());
        for (row, recorded) in rows.iter().zip(&ops) {
            let op: Op = row.to_op().expect("JSON");
            holds(&serde_json::to_value(op).expect("JSON"), recorded)
                .unwrap_or_else(|at| panic!("ops{at}: {recorded}"));
        }
        for line in self::rows::<Value>(&release, "errors.jsonl") {
            let status = u16::try_from(line["status"].as_u64().expect("a number")).expect("a status");
            let error: AppError = serde_json::from_str(line["body"].as_str().expect("text")).expect("an error");
            assert_eq!(format!("{:?}", fault_of(status, Some(&error), None)), line["fault"].as_str().expect("text"));
        }
    }
}

/// The app is updated while something waits: what the release before left in the stores is sent by this one.
#[tokio::test]
async fn f27_rows_that_an_earlier_release_left_are_sent_by_this_one() {
    for release in releases() {
        let (office, who, epoch) = scene().await;
        let phone = Phone::of(&office, who);
        let mut here = Release { name: release.name.clone(), files: BTreeMap::new() };
        for (name, text) in &release.files {
            here.files.insert(name.clone(), placed(text, &phone.who, &epoch));
        }
        let (entries, rows): (Vec<Entry>, Vec<OutboxRow>) =
            (self::rows(&here, "phone/entries.jsonl"), self::rows(&here, "phone/outbox.jsonl"));
        let meta: Option<Meta> = self::rows(&here, "phone/meta.jsonl").pop();
        // Its cursor is of a database that has given more versions than this one.
        let meta = meta.map(|meta| Meta { cursor: None, ..meta });
        let put = Change { put_entries: entries.clone(), put_rows: rows.clone(), meta, ..Change::default() };
        phone.store.act(Touch::default(), |_| put);
        for _ in 0..4 {
            assert_eq!(phone.round().await.fault, None);
            phone.wait_longest();
        }
        assert_eq!(phone.store.outbox(), []);
        assert!(entries.iter().all(|entry| phone.store.entries().iter().any(|held| held.id == entry.id)));
        let receipts = phone.receipts();
        let held: Vec<String> = sqlx::query_scalar("select body::text from record")
            .fetch_all(&mut office.owner().await)
            .await
            .expect("bodies");
        for row in &rows {
            assert!(receipts.iter().any(|receipt| receipt.op == row.op), "{row:?} has no answer");
            let last = !rows.iter().any(|later| later.record == row.record && later.seq > row.seq);
            let plain = last && row.base.is_none();
            assert!(!plain || row.body.as_ref().is_some_and(|body| held.contains(body)), "{row:?} did not arrive");
        }
    }
}

/// A path that a released phone calls is there for ever.
#[test]
fn f28_every_path_of_every_release_is_still_answered() {
    let today: Vec<String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    for release in releases() {
        for path in release.files["paths.txt"].lines() {
            assert!(today.iter().any(|known| known == path), "{}: {path} is gone", release.name);
        }
    }
}
