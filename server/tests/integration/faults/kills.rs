//! F34: the server is killed again and again, without a word, while fifty phones write; and one of two, while the other goes on.

use std::{cell::Cell, net::SocketAddr, path::Path, time::Duration};

use tokio::{process::Child, sync::watch};

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

/// So many phones that do not wait long.
async fn crowd(scene: &Scene, count: usize) -> Vec<Phone<'_>> {
    let mut phones = Vec::new();
    for _ in 0..count {
        let phone = scene.phone("Anne").await;
        phone.patience.set(Duration::from_secs(5));
        phones.push(phone);
    }
    phones
}

/// The real binary, and where it listens.
async fn serving(url: &str, site: &Path) -> (Child, SocketAddr) {
    let mut command = lanterne(url, &[]);
    command.env("LANTERNE_SITE", site).env("LANTERNE_LOG", "off");
    let (server, address) = started(command).await;
    (server, address.parse().expect("an address"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_a_server_that_is_killed_loses_nothing_and_counts_nothing_twice() {
    let scene = Scene::open().await;
    let phones = crowd(&scene, PHONES).await;
    let name = scene.office.options.get_database().expect("a name");
    let (url, site) = (url(&scene.office.options, "postgres", name), site());
    let start = async || {
        let (server, address) = serving(&url, &site).await;
        scene.proxy.point_at(address);
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

/// Two servers on one database behind one proxy: whichever is killed in the midst of a push, phones go on with the other, and in
/// the end nothing is missing and nothing counts twice. Sessions, limits and locks are both's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_servers_one_is_killed_in_mid_sync_and_nothing_is_lost() {
    let scene = Scene::open().await;
    let phones = crowd(&scene, 20).await;
    let name = scene.office.options.get_database().expect("a name");
    let (url, site) = (url(&scene.office.options, "postgres", name), site());
    let start = async || serving(&url, &site).await;
    let (up, stop) = (watch::Sender::new(true), Cell::new(false));
    let answered = Cell::new(0);
    tokio::join!(
        all(phones.iter().enumerate().map(|(number, phone)| keep_writing(phone, number, &up, &stop))),
        async {
            let (mut one, mut other) = (start().await, start().await);
            scene.proxy.spread([one.1, other.1]);
            for strike in 0..strikes(8) {
                scene.proxy.came(scene.proxy.count() + 15 + strike * 37 % 60).await;
                // SIGKILL, while the other one answers.
                one.0.kill().await.expect("killed");
                let before = scene.count().await;
                scene.proxy.came(scene.proxy.count() + 40).await;
                answered.set(answered.get() + i64::from(scene.count().await > before));
                one = start().await;
                scene.proxy.spread([other.1, one.1]);
                std::mem::swap(&mut one, &mut other);
            }
            stop.set(true);
            for (mut server, _) in [one, other] {
                server.kill().await.expect("killed");
            }
        }
    );
    assert!(answered.get() > 0, "phones went on with the one that was left");
    let (mut server, address) = start().await;
    scene.proxy.point_at(address);
    end_state::check(&scene.office, &phones).await;
    server.kill().await.expect("killed");
    std::fs::remove_dir_all(site).expect("removed");
}
