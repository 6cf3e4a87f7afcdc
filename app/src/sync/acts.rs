//! What the person does to a record, and how it changes what the phone holds. Pure: the store reads and writes.

use super::{
    hash::BodyHash,
    merge::{merge, merge_mine},
    messages::OpKind,
    outbox::{Entry, EntryState, Meta, OutboxRow, Stamp, Theirs},
    store::{Change, Snapshot},
};
use crate::domain::{ids::RecordId, record::SCHEMA};

/// Saves a record: the entry and its operation, to be written in one transaction.
///
/// The operation that waits unsent for the same record is replaced. One that was handed to the network is not: the
/// server may have it, and the new one is made on top of it.
pub fn save(state: &Snapshot, record: RecordId, body: String, stamp: Stamp) -> Change {
    write(state, record, OpKind::Upsert, Some(body), None, stamp)
}

/// Saves what a form holds that was opened on `seen`, the body that stood there then. Where the record has changed
/// since, by a pull or in another tab, both changes are kept; where they touch the same field the person chooses.
pub fn save_over(state: &Snapshot, record: RecordId, body: String, seen: &str, stamp: Stamp) -> Change {
    let entry = state.entry(record).filter(|_| !planted!(SaveForgetsWhatItSaw));
    let Some(entry) = entry else { return save(state, record, body, stamp) };
    let theirs = match (entry.state, entry.version) {
        (EntryState::Conflict, _) => entry.theirs.clone(),
        (EntryState::Synced, Some(version)) => {
            let (deleted, body) = (entry.deleted, entry.base_body.clone());
            Some(Theirs { version, deleted, body, life: entry.life, by: entry.by.clone() })
        }
        _ => None,
    };
    let body = match (entry.state, theirs.is_some() && !entry.deleted) {
        // What came since is the office's: both, or a question.
        (EntryState::Synced, true) => match merge(seen, &body, &entry.body) {
            Some(merged) => return save(state, record, merged, stamp),
            None => body,
        },
        // What came since was written on this phone: what was written last counts.
        _ => merge_mine(seen, &body, &entry.body).unwrap_or(body),
    };
    if theirs.is_none() {
        return save(state, record, body, stamp);
    }
    let mine = Entry {
        body,
        local_rev: entry.local_rev + 1,
        state: EntryState::Conflict,
        deleted: false,
        changed_at: stamp.at,
        theirs,
        ..entry.clone()
    };
    let meta = state.meta.sealed.then(|| Meta { sealed: false, ..state.meta.clone() });
    Change { put_entries: vec![mine], meta, ..Change::default() }
}

/// Saves a record anew under another id, where its own is withdrawn for good (I10). The old one leaves the phone.
pub fn save_anew(state: &Snapshot, record: RecordId, fresh: RecordId, body: String, stamp: Stamp) -> Change {
    let unsent = state.rows_of(record).into_iter().filter(|row| row.is_unsent());
    let remove_rows = unsent.map(|row| row.seq).collect();
    Change { remove_entries: vec![record], remove_rows, ..save(state, fresh, body, stamp) }
}

/// Withdraws a record. One that no server can have heard of leaves the phone altogether.
pub fn withdraw(state: &Snapshot, record: RecordId, reason: Option<String>, stamp: Stamp) -> Change {
    let Some(entry) = state.entry(record) else { return Change::default() };
    let rows = state.rows_of(record);
    let is_asked_about = entry.problem.as_ref().is_some_and(|problem| problem.question.is_some());
    // Whoever has answered a conflict stands on what the office has, also where it never acknowledged anything here.
    let stands_on_theirs = rows.iter().any(|row| row.base.is_some());
    let is_known = entry.version.is_some() || entry.theirs.is_some() || stands_on_theirs || is_asked_about;
    if !is_known && rows.iter().all(|row| row.is_unsent()) {
        return Change {
            remove_entries: vec![record],
            remove_rows: rows.iter().map(|row| row.seq).collect(),
            ..Change::default()
        };
    }
    write(state, record, OpKind::Delete, None, reason, stamp)
}

fn write(
    state: &Snapshot,
    record: RecordId,
    kind: OpKind,
    body: Option<String>,
    reason: Option<String>,
    stamp: Stamp,
) -> Change {
    let before = state.entry(record);
    let rows = state.rows_of(record);
    // More than one only where one was refused even alone and others followed it.
    let replaced: Vec<&OutboxRow> = rows.iter().rev().take_while(|row| row.is_unsent()).copied().collect();
    // What the office held instead and gets back is not what the person changes: they meet there, and are compared.
    let is_theirs = |row: &OutboxRow| row.refill && before.is_some_and(|entry| entry.version != row.base);
    let earlier = rows.iter().rev().find(|row| !row.is_unsent() && !row.overtaken && !is_theirs(row));
    let local_rev = before.map_or(0, |entry| entry.local_rev) + 1;
    // A conflict is answered knowingly: on top of the version that the person saw.
    let base = match before {
        Some(Entry { state: EntryState::Conflict, theirs: Some(theirs), .. }) => Some(theirs.version),
        Some(entry) => entry.version,
        None => None,
    };
    let (base, after) = match (replaced.last(), earlier) {
        (Some(row), _) => (row.base, row.after),
        (None, Some(row)) => (row.base, Some(row.op)),
        (None, None) => (base, None),
    };
    let mut meta = state.meta.clone();
    let seq = meta.next_seq;
    meta.next_seq += 1;
    meta.sealed = false;
    let text = body.as_deref().unwrap_or_default();
    let row = OutboxRow {
        seq,
        op: stamp.op,
        record,
        kind,
        base,
        after,
        schema: SCHEMA,
        hash: BodyHash::of(text),
        body: body.clone(),
        reason,
        refill: false,
        overtaken: false,
        local_rev,
        client_at: stamp.at,
        tries: 0,
        next_try_at: None,
        last_error: None,
    };
    let entry = Entry {
        id: record,
        body: body.or_else(|| before.map(|entry| entry.body.clone())).unwrap_or_default(),
        version: before.and_then(|entry| entry.version),
        local_rev,
        state: EntryState::Pending,
        deleted: kind == OpKind::Delete,
        is_withdrawn: before.is_some_and(|entry| entry.is_withdrawn),
        base_body: before.and_then(|entry| entry.base_body.clone()),
        sent_at: None,
        changed_at: stamp.at,
        life: before.map_or(0, |entry| entry.life),
        problem: None,
        // Answering a conflict uses it up; otherwise it is still to be settled with what waits.
        theirs: before.filter(|entry| entry.state != EntryState::Conflict).and_then(|entry| entry.theirs.clone()),
        by: None,
    };
    Change {
        put_entries: vec![entry],
        put_rows: vec![row],
        remove_rows: replaced.iter().map(|row| row.seq).collect(),
        meta: Some(meta),
        ..Change::default()
    }
}

/// Answers a conflict with what the server holds: the phone takes it over, and nothing is left to send. An operation
/// that was handed to the network stays for its own answer (I1).
pub fn accept_theirs(state: &Snapshot, record: RecordId) -> Change {
    let Some(entry) = state.entry(record) else { return Change::default() };
    let Some(theirs) = entry.theirs.clone() else { return Change::default() };
    let body = theirs.body.clone().unwrap_or_else(|| entry.body.clone());
    Change {
        put_entries: vec![Entry {
            body: body.clone(),
            version: Some(theirs.version),
            life: theirs.life,
            state: EntryState::Synced,
            deleted: theirs.deleted,
            is_withdrawn: theirs.deleted,
            base_body: Some(body),
            problem: None,
            theirs: None,
            by: theirs.by,
            ..entry.clone()
        }],
        remove_rows: state.rows_of(record).iter().filter(|row| row.is_unsent()).map(|row| row.seq).collect(),
        ..Change::default()
    }
}
