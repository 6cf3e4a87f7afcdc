//! F36 and F37: many at once.

use std::{cell::Cell, collections::BTreeSet};

use app::{domain::ids::DeviceId, sync::messages::Cursor};
use server::clock::fresh_id;
use sqlx::Executor;

use super::{Scene, all, end_state};
use crate::{
    messages::{Person, fresh_record, meeting, upsert},
    phone::Phone,
};

/// Another phone of the same person.
fn another(who: &Person) -> Person {
    Person { device: DeviceId(fresh_id()), ..who.clone() }
}

/// Eight phones of one person write, in transactions of which each takes another time; a ninth reads on all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f36_a_reader_skips_no_version_however_commits_are_ordered() {
    let scene = Scene::open().await;
    let delay = "create function dawdle() returns trigger language plpgsql as $$
             begin perform pg_sleep(random() * 0.02); return new; end $$;
         create trigger dawdle before insert on operation for each statement execute function dawdle();";
    scene.office.owner().await.execute(sqlx::raw_sql(delay)).await.expect("a trigger");
    let who = scene.office.promeneur("Anne").await;
    let mut phones: Vec<Phone<'_>> = (0..9).map(|_| Phone::of(&scene.way, another(&who))).collect();
    let reader = phones.pop().expect("nine");
    let writing = Cell::new(phones.len());
    let write = async |phone: &Phone<'_>| {
        for batch in 0..12 {
            for young in 0..=batch % 3 {
                phone.save(fresh_record(), meeting(1 + young));
            }
            assert_eq!(phone.round().await.fault, None);
        }
        writing.set(writing.get() - 1);
    };
    let read = async {
        let mut looks = 0;
        while writing.get() > 0 {
            assert_eq!(reader.round().await.fault, None);
            let cursor: Cursor = reader.store.meta().cursor.expect("a cursor").parse().expect("ours");
            let seen: BTreeSet<i64> = reader.store.entries().iter().filter_map(|entry| entry.version).collect();
            assert!(seen.into_iter().eq(1..=cursor.version), "passed over below {}", cursor.version);
            looks += 1;
        }
        looks
    };
    let (_, looks) = tokio::join!(all(phones.iter().map(write)), read);
    assert!(looks > 8, "only {looks} looks");
    phones.push(reader);
    end_state::check(&scene.office, &phones).await;
}

/// Nine o'clock in the evening: two hundred phones at once, of which most have never received anything and there is
/// much to receive. Nobody is turned away. That small pushes do not wait behind large pulls is measured by `make
/// bench-sync`, and by the engine: a phone sends after the first page that it has ever received.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f37_a_herd_loses_nothing() {
    const PEOPLE: usize = 20;
    const PHONES_EACH: usize = 10;
    const BATCHES: usize = 6;
    let scene = Scene::open().await;
    let mut people = Vec::new();
    for _ in 0..PEOPLE {
        let who = scene.office.promeneur("Anne").await;
        for _ in 0..BATCHES {
            let ops: Vec<_> = (0..100).map(|_| upsert(fresh_record(), None, &meeting(2))).collect();
            scene.office.push(&who, &ops).await;
        }
        people.push(who);
    }
    let phones: Vec<Phone<'_>> =
        people.iter().flat_map(|who| (0..PHONES_EACH).map(|_| Phone::of(&scene.way, another(who)))).collect();
    let sending = phones.iter().enumerate().map(async |(number, phone)| {
        (0..=number % 3).for_each(|_| phone.save(fresh_record(), meeting(2)));
        phone.round().await
    });
    let rounds = all(sending).await;
    for round in rounds {
        assert_eq!(round.fault, None);
        assert!(round.received >= BATCHES * 100);
    }
    end_state::check(&scene.office, &phones).await;
}
