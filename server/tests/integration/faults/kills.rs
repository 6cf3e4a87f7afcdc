//! F34: the server is killed again and again, without a word, while fifty phones write.

use std::{cell::Cell, time::Duration};

use tokio::sync::watch;

use super::{Scene, all, end_state, strikes};
use crate::{
    binary::{lanterne, site, started, url},
    messages::{fresh_record, meeting},
    phone::Phone,
};

const PHONES: usize = 50;

/// A person who notes, corrects and withdraws while there is a server.
async fn keep_writing(phone: &Phone<'_>, number: usize, up: &watch::Sender<bool>, stop: &Cell<bool>) {
    for step in number.. {
        // Nobody who waits for a server burns the processor that it starts on.
        up.subscribe().wait_for(|up| *up).await.expect("the test goes on");
        if stop.get() {
            return;
        }
        if phone.store.outbox().len() < 4 {
            let entries = phone.store.entries();
            let known = entries.get(step % entries.len().max(1)).filter(|entry| !entry.deleted).map(|entry| entry.id);
            let young = i64::try_from(1 + step % 9).expect("small");
            match (step % 5, known) {
                (0, Some(record)) => phone.withdraw(record),
                (1, Some(record)) => phone.save(record, meeting(young)),
                _ => phone.save(fresh_record(), meeting(young)),
            }
        }
        phone.round().await;
        phone.wait_longest();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_a_server_that_is_killed_loses_nothing_and_counts_nothing_twice() {
    let scene = Scene::open().await;
    let mut phones = Vec::new();
    for _ in 0..PHONES {
        let phone = scene.phone("Anne").await;
        phone.patience.set(Duration::from_secs(5));
        phones.push(phone);
    }
    let name = scene.office.options.get_database().expect("a name");
    let (url, site) = (url(&scene.office.options, "postgres", name), site());
    let start = async || {
        let mut command = lanterne(&url, &[]);
        command.env("LANTERNE_SITE", &site).env("LANTERNE_LOG", "off");
        let (server, address) = started(command).await;
        scene.proxy.point_at(address.parse().expect("an address"));
        server
    };
    let (up, stop) = (watch::Sender::new(false), Cell::new(false));
    tokio::join!(
        all(phones.iter().enumerate().map(|(number, phone)| keep_writing(phone, number, &up, &stop))),
        async {
            for strike in 0..strikes(10) {
                let mut server = start().await;
                up.send_replace(true);
                // At another moment each time: after a few requests, or in the midst of many.
                scene.proxy.came(scene.proxy.count() + 5 + strike * 37 % 190).await;
                up.send_replace(false);
                // SIGKILL.
                server.kill().await.expect("killed");
            }
            stop.set(true);
            up.send_replace(true);
        }
    );
    let applied = scene.count().await;
    assert!(applied > 0);
    let mut server = start().await;
    end_state::check(&scene.office, &phones).await;
    server.kill().await.expect("killed");
    std::fs::remove_dir_all(site).expect("removed");
}
