//! What must hold after every fault: each test ends here, by the same function.

use std::collections::{BTreeMap, BTreeSet};

use app::{
    domain::ids::{OpId, RecordId},
    sync::{hash::BodyHash, outbox::EntryState},
};
use tokio::task::LocalSet;
use uuid::Uuid;

use crate::{
    harness::Office,
    messages::{fresh_record, meeting},
    phone::Phone,
    recount,
};

/// Most rounds that a phone may need once nothing is in its way any more (I5).
const MOST_ROUNDS: usize = 12;

/// Lets the phones come to rest, and holds what is then there against I1, I2, I8 and I15.
pub async fn check(office: &Office, phones: &[Phone<'_>]) {
    check_but(office, phones, &[]).await;
}

/// The same where some records are refused for good: those are still whole on the phone that made them.
pub async fn check_but(office: &Office, phones: &[Phone<'_>], aside: &[RecordId]) {
    let aside: BTreeSet<RecordId> = aside.iter().copied().collect();
    for phone in phones {
        quiesce(phone, &aside).await;
    }
    for phone in phones {
        // What another phone of the same person has sent in the meantime.
        assert_eq!(phone.round().await.fault, None);
    }
    let records = records_of(office).await;
    for phone in phones {
        every_word_arrived(phone, &records, &aside);
        phone_equals_office(phone, &records, &aside);
    }
    ledger_holds_each_once(office, phones).await;
    versions_have_no_gap(office, &records).await;
    let coordinator = office.coordinator().await;
    recount::check(office, &coordinator, "2026").await;
    recount::check_rebuild(office).await;
}

async fn quiesce(phone: &Phone<'_>, aside: &BTreeSet<RecordId>) {
    for _ in 0..MOST_ROUNDS {
        let round = phone.round().await;
        let waits = phone.store.outbox().iter().any(|row| !aside.contains(&row.record));
        if round.fault.is_none() && !waits {
            return;
        }
        phone.wait_longest();
    }
    panic!("no rest after {MOST_ROUNDS} rounds: {:?}", phone.store.outbox());
}

/// A record as the office holds it.
struct Held {
    promeneur: Uuid,
    version: i64,
    deleted: bool,
    body: String,
}

/// Every record, which the primary key holds once.
async fn records_of(office: &Office) -> BTreeMap<RecordId, Held> {
    let statement = "select id, promeneur_id, version, deleted_at is not null, body::text from record";
    let rows: Vec<(Uuid, Uuid, i64, bool, String)> =
        sqlx::query_as(statement).fetch_all(&mut office.owner().await).await.expect("records");
    rows.into_iter()
        .map(|(id, promeneur, version, deleted, body)| (RecordId(id), Held { promeneur, version, deleted, body }))
        .collect()
}

/// Nothing that a person saved is lost, and it stands as they left it (I1).
fn every_word_arrived(phone: &Phone<'_>, records: &BTreeMap<RecordId, Held>, aside: &BTreeSet<RecordId>) {
    for (record, told) in phone.told.borrow().iter() {
        let held = records.get(record);
        match told {
            Some(body) if aside.contains(record) => {
                let entry = phone.store.entries().into_iter().find(|entry| entry.id == *record);
                assert_eq!(entry.map(|entry| entry.body).as_ref(), Some(body), "a refused record is still here");
            }
            Some(body) => {
                let held = held.unwrap_or_else(|| panic!("{record} is lost"));
                assert_eq!((&held.body, held.deleted), (body, false), "{record}");
            }
            None => assert!(held.is_none_or(|held| held.deleted), "{record} is withdrawn"),
        }
    }
}

/// The phone shows what the office holds of its person, and nothing else (I8, I15).
fn phone_equals_office(phone: &Phone<'_>, records: &BTreeMap<RecordId, Held>, aside: &BTreeSet<RecordId>) {
    let promeneur = phone.who.me.promeneur.expect("a promeneur").0;
    let line = |version: i64, deleted: bool, body: &str| (version, deleted, (!deleted).then(|| BodyHash::of(body)));
    let office: BTreeMap<RecordId, _> = records
        .iter()
        .filter(|(id, held)| held.promeneur == promeneur && !aside.contains(id))
        .map(|(id, held)| (*id, line(held.version, held.deleted, &held.body)))
        .collect();
    let entries = phone.store.entries().into_iter().filter(|entry| !aside.contains(&entry.id));
    let here: BTreeMap<RecordId, _> = entries
        .map(|entry| {
            assert_eq!(entry.state, EntryState::Synced, "{entry:?}");
            (entry.id, line(entry.version.expect("a version"), entry.deleted, &entry.body))
        })
        .collect();
    assert_eq!(here.len(), office.len());
    here.iter().zip(&office).for_each(|(here, office)| assert_eq!(here, office));
}

/// Every final answer that a phone got is a line of the ledger, one, and says the same (I1, I2).
async fn ledger_holds_each_once(office: &Office, phones: &[Phone<'_>]) {
    let statement = "select op_id, status, result_version from operation";
    let rows: Vec<(Uuid, String, Option<i64>)> =
        sqlx::query_as(statement).fetch_all(&mut office.owner().await).await.expect("operations");
    let lines = rows.len();
    let ledger: BTreeMap<OpId, (String, Option<i64>)> =
        rows.into_iter().map(|(op, status, version)| (OpId(op), (status, version))).collect();
    assert_eq!(ledger.len(), lines, "one line an operation");
    for receipt in phones.iter().flat_map(Phone::receipts) {
        let (status, version) = ledger.get(&receipt.op).unwrap_or_else(|| panic!("{receipt:?} is in no ledger"));
        if matches!(receipt.status.as_str(), "applied" | "duplicate") {
            assert!(matches!(status.as_str(), "applied" | "duplicate"), "{receipt:?} and {status}");
            assert_eq!(receipt.version, *version, "{receipt:?}");
        } else {
            assert_eq!(receipt.status, *status, "{receipt:?}");
        }
    }
}

/// Versions are given once, one after the other, and a record has that of its last operation (I8).
async fn versions_have_no_gap(office: &Office, records: &BTreeMap<RecordId, Held>) {
    let statement = "select head, array(select result_version from operation o
            where o.network_id = c.network_id and status = 'applied' order by 1)
        from network_counter c where network_id = $1";
    let (head, given): (i64, Vec<i64>) =
        sqlx::query_as(statement).bind(office.scheme.0).fetch_one(&mut office.owner().await).await.expect("versions");
    assert!(given.iter().copied().eq(1..=head), "gaps below {head}");
    let statement = "select record_id, max(result_version) from operation
        where network_id = $1 and status = 'applied' group by record_id";
    let last: Vec<(Uuid, i64)> =
        sqlx::query_as(statement).bind(office.scheme.0).fetch_all(&mut office.owner().await).await.expect("versions");
    let last: BTreeMap<RecordId, i64> = last.into_iter().map(|(id, version)| (RecordId(id), version)).collect();
    let standing: BTreeMap<RecordId, i64> = records.iter().map(|(id, held)| (*id, held.version)).collect();
    assert_eq!(standing, last);
}

/// The check is worth what it finds: each of these is a loss, a double or a lie.
#[tokio::test]
async fn the_end_state_sees_what_is_wrong() {
    let wrongs = [
        "delete from record where version = 2",
        "update record set body = '{}' where version = 2",
        "update record set version = 20 where version = 3",
        "update record set deleted_at = now() where version = 2",
        "insert into record select network_id, gen_random_uuid(), promeneur_id, kind, body, body_hash, schema, 9,
             deleted_at, client_at, client_offset_min, received_at from record where version = 2",
        "delete from operation where result_version = 2",
        "update operation set result_version = 9 where result_version = 2",
        "update operation set status = 'rejected', result_version = null where result_version = 2",
        "update network_counter set head = head + 1",
        "update figure_day set cells = cells || '0'",
        "delete from figure_day where cells like '%meetings%'",
        "update network_month set cells = cells || '0'",
    ];
    for wrong in [""].into_iter().chain(wrongs) {
        let checked = LocalSet::new();
        let outcome = checked.run_until(async move {
            tokio::task::spawn_local(async move {
                let office = Office::open().await;
                let phone = Phone::of(&office, office.promeneur("Anne").await);
                for young in 1..4 {
                    phone.save(fresh_record(), meeting(young));
                }
                phone.round().await;
                let mut owner = office.owner().await;
                sqlx::query(wrong).execute(&mut owner).await.expect("done wrong");
                check(&office, &[phone]).await;
            })
            .await
        });
        assert_eq!(outcome.await.is_err_and(|error| error.is_panic()), !wrong.is_empty(), "{wrong}");
    }
}
