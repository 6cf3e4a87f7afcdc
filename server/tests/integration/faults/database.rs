//! F33: the database goes away in mid-sync, by one connection or altogether, and comes back.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use server::{clock::fresh_id, cluster::Cluster, db};
use sqlx::{Connection, PgConnection};
use tokio::process::Command;

use super::{Scene, all, end_state, strikes};
use crate::{
    harness::Office,
    messages::{fresh_record, meeting},
    phone::Phone,
};

/// How soon the office takes something again once its database is back.
const SOON: Duration = Duration::from_secs(2);

/// A person who writes until told to stop, at most a handful ahead of what the office took.
async fn keep_writing(phone: &Phone<'_>, stop: &Cell<bool>) {
    let mut young = 0;
    while !stop.get() {
        if phone.store.outbox().len() < 6 {
            young = young % 9 + 1;
            phone.save(fresh_record(), meeting(young));
            let entries = phone.store.entries();
            phone.save(entries[entries.len() / 2].id, meeting(10 - young));
        }
        phone.round().await;
        // What was put off waits minutes by the phone's clock.
        phone.wait_longest();
    }
}

async fn phones(scene: &Scene, count: usize) -> Vec<Phone<'_>> {
    let mut phones = Vec::new();
    for _ in 0..count {
        phones.push(scene.phone("Anne").await);
    }
    phones
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_connections_that_are_terminated_lose_nothing() {
    let scene = Scene::open().await;
    let phones = phones(&scene, 6).await;
    let stop = Cell::new(false);
    let mut owner = scene.office.owner().await;
    tokio::join!(all(phones.iter().map(|phone| keep_writing(phone, &stop))), async {
        for strike in 0..strikes(40) {
            scene.proxy.came(scene.proxy.count() + 3 + strike % 7).await;
            sqlx::query(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and pid <> pg_backend_pid()",
            )
            .execute(&mut owner)
            .await
            .expect("terminated");
        }
        stop.set(true);
    });
    end_state::check(&scene.office, &phones).await;
}

/// What `pg_ctl stop -m immediate` does: no word to anybody, no checkpoint; the next start recovers from the log.
async fn stop_immediately(folder: &Path) {
    let file = folder.join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).expect("a postmaster");
    let pid = text.lines().next().expect("a number").to_owned();
    assert!(Command::new("kill").args(["-QUIT", &pid]).status().await.expect("kill").success());
    while file.exists() {
        tokio::task::yield_now().await;
    }
}

/// A folder that goes with its test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f33_a_database_that_stops_at_once_comes_back_whole() {
    let folder = Folder(std::env::temp_dir().join(format!("lanterne-f33-{}", fresh_id().simple())));
    let mut cluster = Cluster::start(&folder.0).await.expect("a cluster of our own");
    let options = cluster.options();
    Box::pin(db::migrate(&options)).await.expect("migrations");
    let scene = Scene::before(Office::over(options.clone(), false).await).await;
    let phones = phones(&scene, 4).await;
    let stop = Cell::new(false);
    let longest = Cell::new(Duration::ZERO);
    tokio::join!(all(phones.iter().map(|phone| keep_writing(phone, &stop))), async {
        for strike in 0..strikes(3) {
            let taken = taken(&options).await;
            scene.proxy.came(scene.proxy.count() + 4 + strike % 5).await;
            stop_immediately(&folder.0).await;
            // The phones meet an office without a database.
            scene.proxy.over(scene.proxy.count() + 2).await;
            cluster = Cluster::start(&folder.0).await.expect("it recovers");
            let back = Instant::now();
            while self::taken(&options).await <= taken + 8 {
                assert!(back.elapsed() < Duration::from_secs(30), "nothing is taken any more");
                tokio::task::yield_now().await;
            }
            longest.set(longest.get().max(back.elapsed()));
        }
        stop.set(true);
    });
    end_state::check(&scene.office, &phones).await;
    assert!(longest.get() < SOON, "{:?} until something was taken again", longest.get());
    scene.office.db.close().await;
    cluster.stop().await.expect("stopped");
}

/// How many operations the office has taken.
async fn taken(options: &sqlx::postgres::PgConnectOptions) -> i64 {
    let mut owner = Box::pin(PgConnection::connect_with(options)).await.expect("the database");
    let taken = sqlx::query_scalar("select count(*) from operation").fetch_one(&mut owner).await.expect("a number");
    owner.close().await.expect("closed");
    taken
}
