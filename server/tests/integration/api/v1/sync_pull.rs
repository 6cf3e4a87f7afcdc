//! `POST /api/v1/sync_pull`: every version once, in order, and none skipped (I7, I8).

use std::{collections::BTreeSet, sync::Arc};

use app::sync::messages::{Cursor, PullAnswer};
use server::clock::fresh_id;
use tokio::task::JoinSet;

use crate::{
    harness::Office,
    messages::{Person, delete, fresh_record, meeting, upsert},
};

#[tokio::test]
async fn a_page_ends_where_the_next_begins() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let other = office.promeneur("Bruno").await;
    for count in [0, 1, 4, 5, 6, 10] {
        let known = office.number("select count(*) from record where deleted_at is null").await;
        for _ in known..count {
            office.push(&who, &[upsert(fresh_record(), None, &meeting(2))]).await;
        }
        let (mut cursor, mut seen, mut pages) = (None, Vec::new(), 0);
        loop {
            let answer: PullAnswer = office.pull(&who, cursor.as_deref(), 5).await.json();
            assert!(!answer.reset);
            seen.extend(answer.changes.iter().map(|change| change.version));
            cursor = Some(answer.cursor);
            pages += 1;
            if !answer.more {
                break;
            }
            assert_eq!(answer.changes.len(), 5);
        }
        assert_eq!(seen, (1..=count).collect::<Vec<_>>());
        assert_eq!(pages, (count + 4).div_euclid(5).max(1));
    }
    let answer: PullAnswer = office.pull(&other, None, 500).await.json();
    assert!(answer.changes.is_empty(), "nobody sees another's records");
}

#[tokio::test]
async fn an_edit_or_a_withdrawal_comes_again_as_its_newest_version() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let (kept, gone) = (fresh_record(), fresh_record());
    office.push(&who, &[upsert(kept, None, &meeting(1)), upsert(gone, None, &meeting(1))]).await;
    let first: PullAnswer = office.pull(&who, None, 500).await.json();
    office.push(&who, &[upsert(kept, Some(1), &meeting(2)), delete(gone, Some(2))]).await;
    let next: PullAnswer = office.pull(&who, Some(&first.cursor), 500).await.json();
    let seen: Vec<_> = next.changes.iter().map(|change| (change.record, change.version, change.deleted)).collect();
    assert_eq!(seen, [(kept, 3, false), (gone, 4, true)]);
    assert_eq!(next.changes[0].body, Some(meeting(2)));
    let end: PullAnswer = office.pull(&who, Some(&next.cursor), 500).await.json();
    assert_eq!((end.changes.len(), end.cursor), (0, next.cursor));
}

#[tokio::test]
async fn a_cursor_is_ours_or_refused_and_that_of_another_life_begins_again() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    office.push(&who, &[upsert(fresh_record(), None, &meeting(1))]).await;
    let answer: PullAnswer = office.pull(&who, None, 1).await.json();
    for strange in ["", "12", "a.b", &format!("{}.-1", answer.epoch), &format!("{}.1.2", answer.epoch), "é"] {
        let refused = office.pull(&who, Some(strange), 10).await;
        assert_eq!(refused.refusal(), (400, "cursor_malformed".to_owned()), "{strange}");
    }
    let other = Cursor { epoch: app::domain::ids::Epoch(fresh_id()), version: 400 }.to_string();
    let answer: PullAnswer = office.pull(&who, Some(&other), 10).await.json();
    assert!(answer.reset);
    assert_eq!(answer.changes.len(), 1);
    let mut owner = office.owner().await;
    sqlx::query("insert into sync_epoch (epoch, since) values ($1, now() + interval '1 second')")
        .bind(fresh_id())
        .execute(&mut owner)
        .await
        .expect("restored");
    let answer: PullAnswer = office.pull(&who, Some(&answer.cursor), 10).await.json();
    assert!(answer.reset);
    assert_eq!(answer.changes.len(), 1);
}

/// Eight phones of one person write at once while a ninth reads on: no version comes after the cursor has passed it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_never_skips_what_is_being_written() {
    const WRITERS: usize = 8;
    const BATCHES: usize = 12;
    let office = Arc::new(Office::open().await);
    let who = office.promeneur("Anne").await;
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let (office, mut who) = (office.clone(), who.clone());
        who.device = app::domain::ids::DeviceId(fresh_id());
        writers.spawn(async move {
            for batch in 0..BATCHES {
                let ops: Vec<_> = (0..=batch % 3).map(|_| upsert(fresh_record(), None, &meeting(2))).collect();
                office.push(&who, &ops).await;
            }
        });
    }
    let total = i64::try_from(WRITERS * BATCHES * 2).expect("small");
    let mut seen = BTreeSet::new();
    let mut cursor: Option<String> = None;
    let mut ended = false;
    loop {
        while let Some(done) = writers.try_join_next() {
            done.expect("a writer");
        }
        let last_look = writers.is_empty();
        let changes = read_on(&office, &who, &mut cursor).await;
        assert!(changes.iter().all(|version| seen.last().is_none_or(|last| version > last)));
        seen.extend(changes);
        if ended {
            break;
        }
        ended = last_look;
    }
    assert!(seen.into_iter().eq(1..=total));
}

async fn read_on(office: &Office, who: &Person, cursor: &mut Option<String>) -> Vec<i64> {
    let answer: PullAnswer = office.pull(who, cursor.as_deref(), 500).await.json();
    *cursor = Some(answer.cursor);
    answer.changes.into_iter().map(|change| change.version).collect()
}
