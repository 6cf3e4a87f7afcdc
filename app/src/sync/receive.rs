//! What a page of changes from the server changes on the phone. Pure, like [`super::settle`].

use super::{
    lives::is_of_earlier_life,
    messages::{Change as Pulled, PullAnswer, Refusal, Returned},
    outbox::{Entry, EntryState, Meta, Problem, Theirs},
    store::{Change, Snapshot},
};
use crate::domain::ids::RecordId;

/// The records that a page speaks of.
pub fn records_of(answer: &PullAnswer) -> Vec<RecordId> {
    let changed = answer.changes.iter().map(|change| change.record);
    changed.chain(answer.returned.iter().map(|returned| returned.record)).collect()
}

/// Takes a page in that was asked for at `cursor`: changes and cursor in one transaction, so that a pull that dies
/// half-way is repeated whole (I7). None where the page is stale, because another tab has gone on since. It is of the
/// life of the database that the phone knows, or the first that it meets ([`super::lives::begin_life`]).
pub fn receive(state: &Snapshot, cursor: Option<&str>, answer: &PullAnswer) -> Option<Change> {
    let meta = &state.meta;
    if meta.cursor.as_deref() != cursor && !planted!(StalePageIsTaken) {
        return None;
    }
    let mut change = Change::default();
    for pulled in answer.changes.iter().filter(|pulled| !(pulled.deleted && planted!(TombstoneIsDropped))) {
        take_in(state, pulled, &mut change);
    }
    for returned in &answer.returned {
        take_back(state, returned, &mut change);
    }
    let mut meta = Meta { cursor: Some(answer.cursor.clone()), epoch: Some(answer.epoch), ..meta.clone() };
    if !answer.more {
        meta.last_pull_at = Some(answer.server_now);
    }
    change.meta = Some(meta);
    Some(change)
}

/// Unsent work is never touched: with something in the outbox a record keeps what the person sees, and only learns what
/// the server holds (I6).
fn take_in(state: &Snapshot, pulled: &Pulled, change: &mut Change) {
    let before = state.entry(pulled.record);
    let life = state.meta.life;
    let waits = !state.rows_of(pulled.record).is_empty()
        || before.is_some_and(|entry| matches!(entry.state, EntryState::Conflict | EntryState::Rejected));
    if pulled.purge {
        if !waits {
            change.remove_entries.push(pulled.record);
        }
        return;
    }
    if let Some(before) = before.filter(|entry| state.meta.refill && is_of_earlier_life(entry, life)) {
        // Known from an earlier life. The very same version is the very same content; anything else is found out by
        // giving back what is here.
        if let Some(entry) = confirmed(before, pulled.version, life) {
            change.put_entries.push(entry);
        }
        return;
    }
    if let Some(entry) = before.and_then(|entry| signed(entry, pulled)) {
        change.put_entries.push(entry);
        return;
    }
    let held = before.and_then(|entry| entry.version.max(entry.theirs.as_ref().map(|theirs| theirs.version)));
    if held.is_some_and(|version| version >= pulled.version) {
        return;
    }
    match before {
        // Kept beside what the person sees: the cursor passes it only once (I8).
        Some(_) if waits && planted!(PullForgetsTheirs) => {}
        Some(before) if waits && !planted!(PullOverwritesUnsent) => {
            let (version, deleted, body) = (pulled.version, pulled.deleted, pulled.body.clone());
            let theirs = Theirs { version, deleted, body, life, by: pulled.by.clone() };
            change.put_entries.push(Entry { theirs: Some(theirs), ..before.clone() });
        }
        _ => change.put_entries.push(Entry {
            id: pulled.record,
            body: pulled.body.clone().or_else(|| before.map(|entry| entry.body.clone())).unwrap_or_default(),
            version: Some(pulled.version),
            local_rev: before.map_or(0, |entry| entry.local_rev),
            state: EntryState::Synced,
            deleted: pulled.deleted,
            is_withdrawn: pulled.deleted,
            base_body: pulled.body.clone(),
            sent_at: Some(pulled.received_at),
            changed_at: pulled.received_at.fixed_offset(),
            life,
            problem: None,
            theirs: None,
            by: pulled.by.clone(),
        }),
    }
}

/// The entry with the name of whoever wrote what it is in conflict with: the answer to the push did not say it.
fn signed(entry: &Entry, pulled: &Pulled) -> Option<Entry> {
    let theirs = entry.theirs.as_ref().filter(|theirs| theirs.version == pulled.version && theirs.by.is_none())?;
    let by = Some(pulled.by.clone()?);
    Some(Entry { theirs: Some(Theirs { by, ..theirs.clone() }), ..entry.clone() })
}

/// The entry, where the server's database still holds what it had acknowledged as `version` in an earlier life.
fn confirmed(entry: &Entry, version: i64, life: u32) -> Option<Entry> {
    if let Some(theirs) = entry.theirs.as_ref().filter(|theirs| theirs.version >= version) {
        if theirs.version > version {
            // What was there when this phone's own version was given may be gone.
            return (entry.version == Some(version)).then(|| Entry { life, ..entry.clone() });
        }
        // A later version holds what the earlier ones held.
        let own = if entry.version <= Some(version) { life } else { entry.life };
        return Some(Entry { life: own, theirs: Some(Theirs { life, ..theirs.clone() }), ..entry.clone() });
    }
    (entry.version == Some(version)).then(|| Entry { life, ..entry.clone() })
}

/// A record sent back with a question is one to correct; whatever the person has done with it since comes first.
fn take_back(state: &Snapshot, returned: &Returned, change: &mut Change) {
    let before = state.entry(returned.record);
    let is_free = before.is_none_or(|entry| entry.state == EntryState::Synced && entry.theirs.is_none());
    if !is_free || !state.rows_of(returned.record).is_empty() {
        return;
    }
    if change.put_entries.iter().any(|entry| entry.id == returned.record) {
        return;
    }
    change.put_entries.push(Entry {
        id: returned.record,
        body: returned.body.clone(),
        version: before.and_then(|entry| entry.version),
        local_rev: before.map_or(0, |entry| entry.local_rev),
        state: EntryState::Rejected,
        deleted: false,
        is_withdrawn: before.is_some_and(|entry| entry.is_withdrawn),
        base_body: before.and_then(|entry| entry.base_body.clone()),
        sent_at: None,
        changed_at: returned.at.fixed_offset(),
        life: before.map_or(0, |entry| entry.life),
        problem: Some(Problem {
            code: Refusal::AskedBack.into(),
            faults: Vec::new(),
            question: Some(returned.question.clone()),
        }),
        theirs: None,
        by: None,
    });
}
