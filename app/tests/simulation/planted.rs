//! The oracle is proven: each bug that is planted is found, by the seed in `planted.txt` and before long without it.

use app::sync::planted::Bug;

use crate::{
    hunt::{first_failure, run},
    sim::history::History,
};

/// Seeds that a bug may hide from.
const PATIENCE: u64 = 40_000;

/// A bug, the seed that finds it, and what the oracle says.
fn found(line: &str) -> (String, u64) {
    let mut words = line.split_whitespace();
    let name = words.next().expect("a name").to_owned();
    (name, words.next().and_then(|seed| seed.parse().ok()).expect("a seed"))
}

#[test]
fn every_planted_bug_is_found_by_its_seed() {
    let seeds: Vec<(String, u64)> =
        include_str!("planted.txt").lines().filter(|line| !line.starts_with('#')).map(found).collect();
    let mut missed = Vec::new();
    for bug in Bug::ALL {
        let name = format!("{bug:?}");
        let listed = seeds.iter().find(|(of, _)| *of == name).map(|(_, seed)| *seed);
        let is_found = listed.is_some_and(|seed| run(&History::of(seed), Some(*bug)).is_err());
        if !is_found {
            let (seed, why) = first_failure(0..PATIENCE, Some(*bug)).unwrap_or((0, "NEVER FOUND".to_owned()));
            missed.push(format!("{name} {seed} {}", why.lines().nth(1).unwrap_or(&why)));
        }
    }
    assert!(
        missed.is_empty(),
        "not found by the seed of planted.txt; the right lines would be:\n{}",
        missed.join("\n")
    );
    assert_eq!(seeds.len(), Bug::ALL.len(), "one line of planted.txt for each bug");
}
