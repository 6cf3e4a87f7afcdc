//! `POST /api/v1/sync_push`: each operation has its own answer, once, whatever the others are (I1 to I5, I9, I10).

use std::io::Write;

use app::{
    domain::ids::{AccountId, DeviceId, RecordId},
    sync::{
        engine::WireFault,
        hash::BodyHash,
        messages::{MOST_BYTES_ON_ROUTE, MOST_OPS, Op, PushAnswer, PushRequest, Verdict},
    },
};
use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use server::{clock::fresh_id, db::projections};
use sqlx::{Connection, Executor};
use tokio::task::JoinSet;

use crate::{
    harness::{Office, Unannounced},
    messages::{delete, fresh_record, line, meeting, message, raw, statuses, upsert, version},
    phone::Phone,
};

#[tokio::test]
async fn an_operation_is_applied_once_and_acknowledged_as_often_as_it_comes() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let op = upsert(fresh_record(), None, &meeting(3));
    let first = office.push(&who, std::slice::from_ref(&op)).await;
    let Verdict::Applied { version: 1, hash } = first[0] else { panic!("{first:?}") };
    assert_eq!(hash, op.hash);
    let again = office.push(&who, &[op.clone(), op.clone()]).await;
    for verdict in again {
        let Verdict::Duplicate { version: 1, hash } = verdict else { panic!("{verdict:?}") };
        assert_eq!(hash, op.hash);
    }
    assert_eq!(office.number("select count(*) from operation").await, 1);
    // The very text that was sent is what is kept.
    let mut owner = office.owner().await;
    let kept: String = sqlx::query_scalar("select body::text from record").fetch_one(&mut owner).await.expect("a row");
    assert_eq!(BodyHash::of(&kept), op.hash);
    // The same id with other content is another matter (I9).
    let other = Op { body: op.body.clone(), hash: BodyHash::of(&meeting(4)), ..op };
    assert_eq!(line(&office.push(&who, &[other]).await[0]).1, "op_reused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_operation_sent_by_many_at_once_is_one_line() {
    let office = std::sync::Arc::new(Office::open().await);
    let who = office.promeneur("Anne").await;
    let op = upsert(fresh_record(), None, &meeting(3));
    let mut sending = JoinSet::new();
    for _ in 0..8 {
        let (office, mut who, op) = (office.clone(), who.clone(), op.clone());
        // Phones of their own: one would wait for itself at its own row, before the ledger is asked.
        who.device = DeviceId(fresh_id());
        sending.spawn(async move { office.push(&who, &[op]).await.remove(0) });
    }
    let verdicts = sending.join_all().await;
    assert_eq!(verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Applied { .. })).count(), 1);
    assert!(verdicts.iter().all(|verdict| version(verdict) == 1));
    assert_eq!(office.number("select count(*) from operation").await, 1);
    assert_eq!(office.number("select sum(value)::bigint from daily_figure where measure = 'meetings'").await, 1);
}

/// What changes no figure writes none.
#[tokio::test]
async fn an_edit_of_a_note_leaves_the_figures_of_its_day_alone() {
    let office = Office::open().await;
    let (who, record) = (office.promeneur("Anne").await, fresh_record());
    office.push(&who, &[upsert(record, None, &meeting(2))]).await;
    let written = "select xmin::text::bigint from figure_day";
    let before = office.number(written).await;
    let noted = meeting(2).replacen('{', r#"{"note":"Vu au local","#, 1);
    assert_eq!(version(&office.push(&who, &[upsert(record, Some(1), &noted)]).await[0]), 2);
    assert_eq!(office.number(written).await, before);
    office.push(&who, &[upsert(record, Some(2), &noted.replace("2026-11-19", "2026-11-18"))]).await;
    assert_eq!(office.number("select count(*) from figure_day").await, 2);
    assert_eq!(office.number("select sum(value)::bigint from daily_figure where measure = 'meetings'").await, 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again() {
    let office = Office::open().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    // Until it has heard of the office once, a phone sends nothing.
    assert_eq!(phone.round().await.fault, None);
    let records: Vec<RecordId> = (0..3).map(|_| fresh_record()).collect();
    for record in &records {
        phone.save(*record, meeting(2));
    }
    phone.lost_answers.set(1);
    assert_eq!(phone.round().await.fault, Some(WireFault::Unreachable));
    assert_eq!(phone.store.outbox().len(), 3);
    phone.save(records[0], meeting(5));
    let round = phone.round().await;
    assert_eq!((round.settled, round.fault), (4, None));
    let statuses: Vec<String> = phone.store.answered().into_iter().map(|(_, receipt)| receipt.status).collect();
    assert_eq!(statuses, ["duplicate", "duplicate", "duplicate", "applied"]);
    assert_eq!(office.number("select count(*) from operation").await, 4);
}

#[tokio::test]
async fn a_stale_base_is_a_conflict_that_shows_what_the_office_holds() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let record = fresh_record();
    office.push(&who, &[upsert(record, None, &meeting(1)), upsert(record, Some(1), &meeting(2))]).await;
    let stale = upsert(record, Some(1), &meeting(3));
    let none = upsert(record, None, &meeting(4));
    for op in [stale.clone(), none, delete(record, Some(1)), stale] {
        let verdict = office.push(&who, &[op]).await.remove(0);
        let Verdict::Conflict { server } = verdict else { panic!("{verdict:?}") };
        assert_eq!((server.version, server.deleted, server.hash), (2, false, BodyHash::of(&meeting(2))));
        assert_eq!(server.body, Some(meeting(2)));
    }
    assert_eq!(office.number("select count(*) from operation where status = 'conflict'").await, 3);
    assert_eq!(office.number("select version from record").await, 2);
}

#[tokio::test]
async fn a_chain_is_followed_in_one_batch_and_waits_when_out_of_order() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let record = fresh_record();
    let first = upsert(record, None, &meeting(1));
    let second = Op { after: Some(first.op), ..upsert(record, None, &meeting(2)) };
    let third = Op { after: Some(second.op), ..delete(record, None) };
    assert_eq!(
        line(&office.push(&who, std::slice::from_ref(&second)).await[0]),
        line(&Verdict::deferred(app::sync::messages::Refusal::AwaitsPrevious))
    );
    assert_eq!(office.number("select count(*) from operation").await, 0, "what is put off leaves no line");
    assert_eq!(
        statuses(&office.push(&who, &[second.clone(), first, second, third]).await),
        ["deferred", "applied", "applied", "applied"]
    );
    assert_eq!(office.number("select count(*) from record where deleted_at is not null and version = 3").await, 1);
}

#[tokio::test]
async fn what_was_withdrawn_stays_withdrawn() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let record = fresh_record();
    let ops = [upsert(record, None, &meeting(1)), delete(record, Some(1))];
    assert_eq!(statuses(&office.push(&who, &ops).await), ["applied", "applied"]);
    let verdict = office.push(&who, &[upsert(record, Some(2), &meeting(2))]).await.remove(0);
    assert_eq!(line(&verdict), ("rejected", "withdrawn".to_owned(), String::new()));
    assert_eq!(statuses(&office.push(&who, &[delete(record, Some(1))]).await), ["duplicate"]);
    assert_eq!(line(&office.push(&who, &[delete(fresh_record(), None)]).await[0]).1, "not_yours");
}

/// While a release with other rules rolls out, an older server adds nothing to projections that are not its own, also
/// when it was waiting for them while they were rebuilt.
#[tokio::test]
async fn projections_of_another_release_are_left_alone() {
    let office = Office::open().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.save(fresh_record(), meeting(2));
    let mut owner = office.owner().await;
    let mut rebuild = owner.begin().await.expect("a transaction");
    rebuild.execute("select from network_counter for update").await.expect("locked");
    rebuild.execute("update projection_rules set rules = rules + 1").await.expect("a newer release");
    let waiting = "select exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%network_counter%')";
    let mut watch = office.owner().await;
    let (round, ()) = tokio::join!(phone.round(), async {
        while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut watch).await.expect("read") {
            tokio::task::yield_now().await;
        }
        rebuild.commit().await.expect("committed");
    });
    assert_eq!(round.fault, Some(WireFault::Unreachable));
    assert_eq!(phone.store.outbox().len(), 1);
    assert_eq!(office.number("select count(*) from operation").await, 0);
    let left = projections::refresh(&office.db, office.scheme).await.expect("read");
    assert_eq!(left, None, "never built backwards");
    sqlx::query("update projection_rules set rules = rules - 1").execute(&mut owner).await.expect("our own");
    assert_eq!(phone.round().await.settled, 1);
}

/// The counter is held for longer than a push waits: it is put off, and whoever gets its connection next is served.
#[tokio::test]
async fn a_push_that_waited_in_vain_leaves_no_connection_in_its_transaction() {
    let office = Office::open().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    phone.round().await;
    phone.save(fresh_record(), meeting(2));
    let mut owner = office.owner().await;
    let mut hold = owner.begin().await.expect("a transaction");
    hold.execute("select from network_counter for update").await.expect("locked");
    let round = phone.round().await;
    assert!(round.settled == 0 && round.fault.is_some(), "{round:?}");
    hold.rollback().await.expect("let go");
    // More rounds than the pool has connections.
    for _ in 0..20 {
        phone.save(fresh_record(), meeting(2));
        let round = phone.round().await;
        assert!(round.settled > 0 && round.fault.is_none(), "{round:?}");
    }
    assert_eq!(office.number("select count(*) from record").await, 21);
}

#[tokio::test]
async fn one_operation_that_the_database_refuses_takes_no_other_with_it() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let marked = fresh_record();
    let mut owner = office.owner().await;
    let trigger = format!(
        "create function refuse() returns trigger language plpgsql as $$
             begin if new.id = '{marked}' then raise exception 'marked'; end if; return new; end $$;
         create trigger refuse before insert on record for each row execute function refuse();"
    );
    owner.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(trigger))).await.expect("a trigger");
    let mut ops: Vec<Op> = (0..100).map(|_| upsert(fresh_record(), None, &meeting(2))).collect();
    ops[41].record = marked;
    let verdicts = office.push(&who, &ops).await;
    for (index, verdict) in verdicts.iter().enumerate() {
        let expected = if index == 41 { ("deferred", "try_again") } else { ("applied", "") };
        assert_eq!((line(verdict).0, line(verdict).1.as_str()), expected, "{index}");
    }
    assert_eq!(office.number("select count(*) from operation").await, 99);
    assert_eq!(office.number("select head from network_counter").await, 99);
    assert_eq!(office.number("select sum(value)::bigint from daily_figure where measure = 'meetings'").await, 99);
    owner.execute("drop trigger refuse on record").await.expect("dropped");
    let again = office.push(&who, &ops).await;
    assert_eq!(again.iter().filter(|verdict| line(verdict).0 == "duplicate").count(), 99);
    assert_eq!(version(&again[41]), 100);
}

#[tokio::test]
async fn a_batch_has_a_size() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let ops: Vec<Op> = (0..=MOST_OPS).map(|_| upsert(fresh_record(), None, &meeting(2))).collect();
    let answer = office.push_raw(&who, ops.iter().map(raw).collect()).await;
    assert_eq!(answer.refusal(), (413, "too_many_ops".to_owned()));
    assert_eq!(office.number("select count(*) from operation").await, 0);
    assert_eq!(statuses(&office.push(&who, &ops[1..]).await), ["applied"; MOST_OPS]);
    assert!(office.push(&who, &[]).await.is_empty());
}

#[tokio::test]
async fn a_body_has_a_size_however_it_is_sent() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let small = message(PushRequest {
        heartbeat: who.heartbeat(),
        epoch: None,
        ops: vec![raw(&upsert(fresh_record(), None, &meeting(1)))],
    });
    let padding = " ".repeat(MOST_BYTES_ON_ROUTE + 1 - small.len());
    let large = format!("{padding}{small}");
    let answer = office.post_json("/api/v1/sync_push", &who.cookie, large.clone()).await;
    assert_eq!(answer.refusal(), (413, "too_large".to_owned()));
    let pieces = large.as_bytes().chunks(100_000).rev().map(Bytes::copy_from_slice).collect();
    let answer = office.post_json("/api/v1/sync_push", &who.cookie, Body::new(Unannounced(pieces))).await;
    assert_eq!(answer.refusal(), (413, "too_large".to_owned()));
    let packed = |text: &str| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text.as_bytes()).expect("packed");
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, "gzip")
            .header(header::COOKIE, &who.cookie);
        (request, Body::from(packer.finish().expect("packed")))
    };
    let (request, body) = packed(&large);
    assert_eq!(office.send(request, "/api/v1/sync_push", body).await.refusal(), (413, "too_large".to_owned()));
    assert_eq!(office.number("select count(*) from operation").await, 0);
    let (request, body) = packed(&format!("{}{small}", &padding[1..]));
    let answer: PushAnswer = office.send(request, "/api/v1/sync_push", body).await.json();
    assert_eq!(version(&answer.results[0].verdict), 1);
}

#[tokio::test]
async fn only_the_promeneur_of_the_store_is_heard() {
    let office = Office::open().await;
    let (anne, bruno, coordinator) =
        (office.promeneur("Anne").await, office.promeneur("Bruno").await, office.coordinator().await);
    let op = || vec![raw(&upsert(fresh_record(), None, &meeting(1)))];
    let mut wrong = anne.clone();
    wrong.me.account = bruno.me.account;
    assert_eq!(office.push_raw(&wrong, op()).await.refusal(), (403, "wrong_account".to_owned()));
    assert_eq!(office.pull(&wrong, None, 10).await.refusal(), (403, "wrong_account".to_owned()));
    wrong.me.account = AccountId(fresh_id());
    assert_eq!(office.push_raw(&wrong, op()).await.refusal(), (403, "wrong_account".to_owned()));
    office.push(&bruno, &[]).await;
    let mut borrowed = anne.clone();
    borrowed.device = bruno.device;
    assert_eq!(office.push_raw(&borrowed, op()).await.refusal(), (403, "device_not_yours".to_owned()));
    assert_eq!(office.pull(&borrowed, None, 10).await.refusal(), (403, "device_not_yours".to_owned()));
    let mut nobody = anne.clone();
    for cookie in ["", "lanterne=", "lanterne=00", &format!("lanterne={}", "0".repeat(64))] {
        cookie.clone_into(&mut nobody.cookie);
        assert_eq!(office.push_raw(&nobody, op()).await.refusal(), (401, "signed_out".to_owned()));
    }
    assert_eq!(office.push_raw(&coordinator, op()).await.refusal(), (403, "forbidden".to_owned()));
    assert_eq!(office.pull(&coordinator, None, 10).await.refusal(), (403, "forbidden".to_owned()));
    assert_eq!(office.number("select count(*) from operation").await, 0);
}

#[tokio::test]
async fn a_revoked_phone_is_told_so_and_keeps_its_work() {
    let office = Office::open().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    assert_eq!(phone.round().await.fault, None);
    let mut owner = office.owner().await;
    sqlx::query("update device set revoked_at = now()").execute(&mut owner).await.expect("revoked");
    phone.save(fresh_record(), meeting(1));
    assert_eq!(phone.round().await.fault, Some(WireFault::Revoked));
    assert_eq!(phone.store.outbox().len(), 1);
    let mut new_phone = phone.who.clone();
    new_phone.device = DeviceId(fresh_id());
    assert!(office.push(&new_phone, &[]).await.is_empty());
    // A session that is over stops the phone too, and loses nothing.
    sqlx::query("delete from session").execute(&mut owner).await.expect("ended");
    assert_eq!(phone.round().await.fault, Some(WireFault::SignedOut));
    assert_eq!(phone.store.outbox().len(), 1);
}

#[tokio::test]
async fn what_is_no_message_is_malformed() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    for body in ["", "{}", "[]", "{\"req\":{}}", "{\"req\":{\"proto\":1,\"ops\":[]}}"] {
        let answer = office.post_json("/api/v1/sync_push", &who.cookie, body).await;
        assert_eq!(answer.refusal(), (400, "malformed_request".to_owned()), "{body}");
    }
    let answer = office.get("/api/v1/sync_push", &who.cookie).await;
    assert_eq!(answer.refusal(), (404, "not_found".to_owned()));
}
