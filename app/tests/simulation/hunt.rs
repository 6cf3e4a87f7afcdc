//! Runs histories, and cuts a failing one down to what matters.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook},
    sync::Once,
};

use app::{
    domain::ids::{AccountId, PromeneurId},
    sync::planted::{Bug, plant},
};

use crate::{
    memory::MemoryOffice,
    sim::{history::History, ids::id, office::User, oracle::check, world::World},
};

thread_local! {
    /// Why the history that this thread runs has failed.
    static WHY: RefCell<Option<String>> = const { RefCell::new(None) };
    static HUNTING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// While a thread hunts, a panic is a finding and not a line on the terminal.
fn quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if HUNTING.get() {
                WHY.set(Some(panic.to_string()));
            } else {
                usual(panic);
            }
        }));
    });
}

/// Runs a history to its end and checks everything. The reason why it fails, where it does.
pub fn run(history: &History, bug: Option<Bug>) -> Result<(), String> {
    quiet();
    plant(bug);
    HUNTING.set(true);
    let done = catch_unwind(AssertUnwindSafe(|| play(history)));
    HUNTING.set(false);
    plant(None);
    done.map_err(|_| WHY.take().unwrap_or_else(|| "a panic without a word".to_owned()))
}

fn play(history: &History) {
    let office = MemoryOffice::new(history.most_ops, history.page);
    let user = |number| User { account: AccountId(id(number)), promeneur: PromeneurId(id(number + 10)) };
    let mut world = World::new(&office, user(1), user(2));
    world.run(history);
    world.settle();
    check(&world, true);
    world.answer_everything();
    check(&world, false);
}

/// The shortest history found that still fails.
pub fn shrink(history: &History, bug: Option<Bug>) -> History {
    let mut best = history.clone();
    let mut chunk = best.steps.len() / 2;
    while chunk > 0 {
        let mut at = 0;
        while at < best.steps.len() {
            let mut fewer = best.clone();
            fewer.steps.drain(at..(at + chunk).min(best.steps.len()));
            if run(&fewer, bug).is_err() {
                best = fewer;
            } else {
                at += chunk;
            }
        }
        chunk /= 2;
    }
    best
}

/// The first of these seeds whose history fails, and why.
pub fn first_failure(seeds: impl Iterator<Item = u64>, bug: Option<Bug>) -> Option<(u64, String)> {
    seeds.into_iter().find_map(|seed| run(&History::of(seed), bug).err().map(|why| (seed, why)))
}

/// All of a finding that somebody needs to go after it.
pub fn report(seed: u64, why: &str) -> String {
    let short = shrink(&History::of(seed), None);
    let why_short = run(&short, None).err().unwrap_or_default();
    let json = serde_json::to_string(&short).expect("JSON");
    let steps: Vec<String> = short.steps.iter().map(|step| format!("  {step:?}")).collect();
    format!(
        "seed {seed}: {why}\n\ncut down: {why_short}\n{}\n\nas a line of regressions.jsonl:\n{json}",
        steps.join("\n")
    )
}
