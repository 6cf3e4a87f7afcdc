//! The hundred thousand histories, those that once failed, and a few that are told by name.

use std::thread;

use crate::{
    hunt::{first_failure, report, run},
    sim::history::History,
};

/// Histories of a run of the tests; `LANTERNE_HISTORIES` says otherwise, and `LANTERNE_SEED` where to begin.
const HISTORIES: u64 = 100_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_nothing_is_lost_and_nothing_counts_twice() {
    let (first, count) = (number("LANTERNE_SEED").unwrap_or(0), number("LANTERNE_HISTORIES").unwrap_or(HISTORIES));
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
    let finding = thread::scope(|scope| {
        let hunts: Vec<_> = (0..threads)
            .map(|at| (first + at..first + count).step_by(usize::try_from(threads).expect("few")))
            .map(|seeds| scope.spawn(move || first_failure(seeds, None)))
            .collect();
        hunts.into_iter().filter_map(|hunt| hunt.join().expect("a hunt ends")).min()
    });
    if let Some((seed, why)) = finding {
        panic!("{}", report(seed, &why));
    }
}

/// Each once found a bug of ours; the line before it says which.
#[test]
fn histories_that_once_failed_do_not_fail_again() {
    let lines = include_str!("regressions.jsonl").lines().filter(|line| !line.starts_with("//"));
    for line in lines {
        let history: History = serde_json::from_str(line).expect("a history");
        if let Err(why) = run(&history, None) {
            panic!("{why}\n{line}");
        }
    }
}
