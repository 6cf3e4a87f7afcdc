//! The fault catalogue (`offline.md` 5) against the real server and a real Postgres, through a proxy that breaks what
//! passes it; the phone is the engine of `app::sync`. Every test ends with [`end_state::check`].
//!
//! | # | Fault | Test |
//! |---|---|---|
//! | F1 | network drops in mid-request | `lines::f01_*` |
//! | F2 | drop after commit, before or within the answer | `lines::f02_*` |
//! | F3 | delivered twice: in a row, at once, much later | `lines::f03_*` |
//! | F4 | two batches of one phone change places | `lines::f04_*` |
//! | F5 | 500 or 502 after commit | `lines::f05_*` |
//! | F6 | the database refuses one operation of a hundred | `batches::f06_*` |
//! | F7 | poison: too large, invalid, a schema of the future | `batches::f07_*` |
//! | F8 | batches of 0, 1, n-1, n, n+1, 2n operations | `batches::f08_*` |
//! | F9 | captive portal: 200, 302, 511 and other strangers | `strangers::f09_*` |
//! | F10 | slow and lossy link | `strangers::f10_*` (ten times as fast, with a tenth of the patience) |
//! | F11 | a socket that accepts and never answers | `strangers::f11_*` (lock and watchdog: L1, L3) |
//! | F27 | old client, new server | `golden::f27_*` |
//! | F28 | a path removed or renamed | `golden::f28_*`, `paths` |
//! | F33 | Postgres stopped at once, its backends terminated | `database::f33_*` |
//! | F34 | `kill -9` of the server under 50 phones | `kills::f34_*` |
//! | | one of two servers killed while the other answers | `kills::of_two_servers_*` |
//! | F36 | out-of-order commits while somebody pulls | `crowds::f36_*` |
//! | F37 | everybody at nine o'clock, first pulls included | `crowds::f37_*` |
//!
//! `LANTERNE_SOAK_ROUNDS` sets how often F33 and F34 strike (`make soak`).

mod batches;
mod crowds;
mod database;
mod end_state;
mod kills;
mod lines;
mod proxy;
mod strangers;

use std::{future::Future, pin::Pin, task::Poll};

use crate::{harness::Office, phone::Phone};
use proxy::Proxy;

/// An office, and the way to it that breaks.
struct Scene {
    office: Office,
    proxy: Proxy,
    way: Office,
}

impl Scene {
    async fn open() -> Self {
        Self::before(Office::open().await).await
    }

    async fn before(office: Office) -> Self {
        let proxy = Proxy::before(office.address).await;
        let way = office.through(proxy.address);
        Self { office, proxy, way }
    }

    /// A phone of somebody new, which reaches the office through the proxy and has done so once.
    async fn phone(&self, name: &str) -> Phone<'_> {
        let phone = Phone::of(&self.way, self.office.promeneur(name).await);
        assert_eq!(phone.round().await.fault, None);
        phone
    }

    async fn count(&self) -> i64 {
        self.office.number("select count(*) from operation").await
    }
}

/// How often a fault strikes: a few times, or as often as `make soak` says.
fn strikes(usually: usize) -> usize {
    std::env::var("LANTERNE_SOAK_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usually)
}

/// A future, and what it came to.
type Running<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);

/// All of them at once, to their end. What a phone does cannot leave its thread.
async fn all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<Running<F>> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut pending = false;
        for (future, done) in waiting.iter_mut().filter(|(_, done)| done.is_none()) {
            match future.as_mut().poll(context) {
                Poll::Ready(value) => *done = Some(value),
                Poll::Pending => pending = true,
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}
