//! What must hold when everything has come to rest (`offline.md` I1 to I15): one function, whatever happened before.
//!
//! Some invariants are held against every single transaction as it happens: I1, I6 and I7 in [`super::store`], the
//! bounds of I5 in [`super::net`] and [`super::world`].

use std::collections::{BTreeMap, BTreeSet};

use app::{
    domain::{
        ids::{OpId, RecordId},
        measure::Contribution,
    },
    sync::{
        ledger::{Status, counted},
        messages::OpKind,
        outbox::{EntryState, OutboxRow},
    },
};

use super::{
    office::{Books, Line, Office},
    world::{FIELDS, World, meeting, refused_as_withdrawn},
};

/// Checks all of it. `open` says whether questions to the people may still be open.
pub fn check<O: Office>(world: &World<'_, O>, open: bool) {
    let books = world.office.books();
    check_ledger(&books);
    check_answers(world);
    check_outcomes(world, &books);
    check_authors(world, &books);
    check_sums(&books);
    check_nothing_lost(world, &books);
    check_nothing_undone(world, &books);
    check_restored(world, &books);
    check_agreement(world, &books, open);
}

/// I2, I3, I8: one line an operation; versions of one life without a gap, and a record for each that was written last.
fn check_ledger(books: &Books) {
    let ops: BTreeSet<OpId> = books.lines.iter().map(|line| line.op).collect();
    assert_eq!(ops.len(), books.lines.len(), "I2: one line an operation");
    let mut versions: Vec<i64> = applied(&books.lines).filter_map(|line| line.version).collect();
    let count = versions.len();
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), count, "I3: a version is given once");
    let of_this_life = versions.iter().copied().filter(|version| *version > books.born);
    assert!(of_this_life.eq(books.born + 1..=books.head), "I3: versions without a gap: {versions:?}");
    let mut last: BTreeMap<RecordId, (i64, OpKind)> = BTreeMap::new();
    for line in applied(&books.lines) {
        let version = line.version.expect("applied, so it has a version");
        let before = last.insert(line.record, (version, line.kind));
        assert!(before.is_none_or(|(before, _)| before < version), "I3: versions rise");
    }
    for (record, (version, kind)) in &last {
        let standing = books.records.get(record).expect("I3: a line of the ledger without its record");
        assert_eq!((standing.version, standing.deleted), (*version, *kind == OpKind::Delete), "I3: {record}");
    }
    assert_eq!(last.len(), books.records.len(), "I3: a record without a line of the ledger");
}

fn applied(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines.iter().filter(|line| line.status == Status::Applied)
}

/// I1: every operation left its outbox on an answer for it that had reached the phone, of the very content.
fn check_answers<O: Office>(world: &World<'_, O>) {
    let heard = world.net.heard.borrow();
    for seat in &world.seats {
        for (row, receipt) in seat.store.answered() {
            let hash = match receipt.status.as_str() {
                "applied" | "duplicate" => row.hash.to_string(),
                _ => String::new(),
            };
            let known = heard.iter().any(|(op, status, of)| *op == row.op && *status == receipt.status && *of == hash);
            assert!(known, "I1: {} left as {} without such an answer", row.op, receipt.status);
        }
    }
}

/// I2, I10: what is in the ledger is known to its phone; a change was made on the version that it replaced.
fn check_outcomes<O: Office>(world: &World<'_, O>, books: &Books) {
    if !world.has_strangers {
        let answered = world.seats.iter().flat_map(|seat| seat.store.answered()).map(|(row, _)| row.op);
        let waiting = world.seats.iter().flat_map(|seat| seat.store.outbox()).map(|row| row.op);
        let superseded = world.seats.iter().flat_map(|seat| seat.store.superseded()).map(|row| row.op);
        let known: BTreeSet<OpId> = answered.chain(waiting).chain(superseded).collect();
        for line in &books.lines {
            assert!(known.contains(&line.op), "I2: {} is unknown to its phone", line.op);
        }
    }
    if world.restored {
        return;
    }
    let mut standing: BTreeMap<RecordId, i64> = BTreeMap::new();
    let results: BTreeMap<OpId, Option<i64>> =
        books.lines.iter().map(|line| (line.op, line.version.or(line.base))).collect();
    for line in applied(&books.lines) {
        let before = standing.insert(line.record, line.version.unwrap_or_default());
        let made_on = line.after.map_or(line.base, |after| results.get(&after).copied().flatten());
        assert!(
            before.is_none() || before == made_on,
            "I10: {} of {} replaced version {before:?}, and was made on {made_on:?}",
            line.op,
            line.record
        );
    }
}

/// I13: a record is its author's.
fn check_authors<O: Office>(world: &World<'_, O>, books: &Books) {
    for seat in &world.seats {
        for entry in seat.store.entries() {
            if let Some(standing) = books.records.get(&entry.id) {
                assert_eq!(standing.author, seat.user.promeneur, "I13: {} is another person's", entry.id);
            }
        }
    }
}

/// I15: the sums that are kept are those of the records.
fn check_sums(books: &Books) {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for standing in books.records.values().filter(|standing| !standing.deleted) {
        add(&mut sums, &counted(&standing.body), 1);
    }
    assert_eq!(books.sums, sums, "I15: sums are those of the records");
}

/// Adds contributions to sums, which hold no noughts.
pub fn add(sums: &mut BTreeMap<String, i64>, contributions: &[Contribution], sign: i64) {
    for contribution in contributions {
        let (key, value) = match contribution {
            Contribution::Sum { day, measure, key, value } => (format!("{day} {measure:?} {key}"), *value),
            Contribution::Presence { day, on_day, slot, minutes } => (format!("{day} {on_day} {slot:?}"), *minutes),
        };
        let sum = sums.entry(key.clone()).or_default();
        *sum += sign * value;
        if *sum == 0 {
            sums.remove(&key);
        }
    }
}

fn field<'a>(draft: &'a app::domain::meeting::MeetingDraft, name: &str) -> Option<&'a str> {
    draft.extra.get(name).and_then(|value| value.as_str())
}

/// I1, I9, I12: what was written last was taken by the office once, is before the person's eyes, or is with the
/// coordination.
fn check_nothing_lost<O: Office>(world: &World<'_, O>, books: &Books) {
    for ((seat, record, name), value) in &world.written {
        let holds = |body: &str| field(&meeting(body), name) == Some(value);
        let lines = world.archive.iter().filter(|line| line.record == *record && line.status == Status::Applied);
        let sent = lines.filter_map(|line| line.body.as_deref()).any(holds);
        let here = || world.seats[*seat].store.entry(*record).is_some_and(|entry| holds(&entry.body));
        let held = || books.quarantine.iter().any(|text| text.contains(&format!("\"{value}\"")));
        assert!(sent || here() || held(), "I1: {value} of {name} of {record} on seat {seat} is lost");
    }
}

/// I10: a field that somebody changed never goes back to what it was, but where a person chose so. After a restore
/// [`check_restored`] says what may be.
fn check_nothing_undone<O: Office>(world: &World<'_, O>, books: &Books) {
    if world.restored {
        return;
    }
    let mut past: BTreeMap<(RecordId, &str), Vec<String>> = BTreeMap::new();
    for line in applied(&books.lines).filter(|line| !world.answered.contains(&line.record)) {
        let Some(body) = &line.body else { continue };
        let draft = meeting(body);
        for name in FIELDS {
            let Some(value) = field(&draft, name) else { continue };
            let before = past.entry((line.record, name)).or_default();
            if before.last().is_none_or(|last| last != value) {
                assert!(!before.iter().any(|old| old == value), "I10: {value} of {name} of {} is back", line.record);
                before.push(value.to_owned());
            }
        }
    }
}

/// I14: what a phone that came back had been told is there again, or something later; or it is before a person, who has
/// to choose, to correct, or to save again what the office cannot read.
fn check_restored<O: Office>(world: &World<'_, O>, books: &Books) {
    let asking = world.seats.iter().flat_map(|seat| seat.store.entries());
    let asking = asking.filter(|entry| matches!(entry.state, EntryState::Conflict | EntryState::Rejected));
    let parked = world.seats.iter().flat_map(|seat| seat.store.outbox()).filter(OutboxRow::is_parked);
    let with_a_person: BTreeSet<RecordId> = asking.map(|entry| entry.id).chain(parked.map(|row| row.record)).collect();
    for told in &world.told {
        let record = told.record;
        if world.seats[told.seat].wiped != told.wiped
            || world.answered.contains(&record)
            || with_a_person.contains(&record)
        {
            continue;
        }
        let Some(standing) = books.records.get(&record) else { panic!("I14: {record} of {} is gone", told.version) };
        if standing.deleted {
            continue;
        }
        if told.deleted && world.taken_up.contains(&record) {
            continue;
        }
        assert!(!told.deleted, "I14: {record} was withdrawn at {} and is back", told.version);
        let (now, then) = (meeting(&standing.body), meeting(&told.body));
        for name in FIELDS {
            let place = |value: Option<&str>| {
                let value = value?;
                let bodies =
                    world.archive.iter().filter(|line| line.record == record && line.status == Status::Applied);
                let mut bodies = bodies.filter_map(|line| line.body.as_deref());
                bodies.position(|body| field(&meeting(body), name) == Some(value))
            };
            assert!(
                place(field(&now, name)) >= place(field(&then, name)),
                "I14: {name} of {record} went back from {:?} to {:?}",
                field(&then, name),
                field(&now, name)
            );
        }
    }
}

/// I8, I15: everything that is not with a person is the same everywhere.
fn check_agreement<O: Office>(world: &World<'_, O>, books: &Books, open: bool) {
    for seat in &world.seats {
        let entries = seat.store.entries();
        for (id, standing) in books.records.iter().filter(|(_, record)| record.author == seat.user.promeneur) {
            assert!(entries.iter().any(|entry| entry.id == *id), "I8: {id} at {} never came", standing.version);
        }
        for entry in entries {
            let standing = books.records.get(&entry.id);
            match entry.state {
                EntryState::Synced => {
                    let standing = standing.expect("I15: acknowledged, so the office has it");
                    assert_eq!(
                        (entry.version, entry.deleted),
                        (Some(standing.version), standing.deleted),
                        "I15: {} differs",
                        entry.id
                    );
                    // Of a withdrawn record nobody sees the body.
                    assert!(
                        entry.deleted || entry.body == standing.body,
                        "I15: {entry:?} but the office: {standing:?}"
                    );
                    assert_eq!((entry.problem, entry.theirs), (None, None), "I15: nothing open");
                }
                EntryState::Conflict => {
                    assert!(open, "I15: {} is still disputed", entry.id);
                    let theirs = entry.theirs.expect("the office's copy, to choose from");
                    let standing = standing.expect("in conflict with something");
                    assert_eq!(
                        (theirs.version, theirs.deleted),
                        (standing.version, standing.deleted),
                        "I8: {}",
                        entry.id
                    );
                    assert!(theirs.deleted || theirs.body.as_ref() == Some(&standing.body), "I8: {}", entry.id);
                }
                EntryState::Rejected => {
                    assert!(entry.problem.is_some(), "a refusal says why");
                    assert!(open || refused_as_withdrawn(&entry), "I15: {entry:?} is still refused");
                }
                EntryState::Pending => {
                    let waits = open && seat.store.outbox().iter().any(|row| row.record == entry.id);
                    assert!(waits, "I15: pending without an outbox row: {entry:?}");
                }
            }
        }
    }
}
