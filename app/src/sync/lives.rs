//! Lives of the server's database. A database that is restored from a backup begins a new one; it may lack what phones
//! were told it holds, and they give it back (`offline.md` I14).
//!
//! A version is given in one life only: a new life starts far above the last one. So the same version is the same
//! content everywhere, and of two versions of a record from earlier lives the higher one is the later one.

use super::{
    hash::BodyHash,
    messages::OpKind,
    outbox::{Entry, EntryState, Meta, OutboxRow, Stamp},
    store::{Change, Snapshot},
};
use crate::domain::{
    ids::{Epoch, RecordId},
    record::SCHEMA,
};

/// What the phone notes when an answer comes from another life of the database than the one it knows: everything is to
/// be received anew, to find out what is missing. None when it is that one, or the first it ever meets.
pub fn begin_life(state: &Snapshot, epoch: Epoch) -> Option<Change> {
    if state.meta.epoch? == epoch {
        return None;
    }
    let meta = Meta {
        epoch: Some(epoch),
        cursor: None,
        life: state.meta.life + 1,
        refill: !planted!(NothingIsGivenBack),
        ..state.meta.clone()
    };
    Some(Change { meta: Some(meta), ..Change::default() })
}

/// Gives back what a full pull has not confirmed: each version that an earlier life had acknowledged, before whatever
/// waits on top of it. To be called on all that the phone holds.
pub fn give_back(state: &Snapshot, mut stamp: impl FnMut() -> Stamp) -> Change {
    let mut change = Change::default();
    let mut seq = state.meta.next_seq;
    for entry in state.entries.values() {
        let waiting = state.rows_of(entry.id);
        if waiting.iter().any(|row| row.refill && !row.overtaken) {
            // A restore during the refill of the one before: that one still holds what was acknowledged.
            continue;
        }
        let mut given_back: Vec<OutboxRow> = Vec::new();
        for copy in unconfirmed(entry, state.meta.life) {
            let row = copy.row(entry, seq, stamp());
            seq += 1;
            given_back.push(row);
        }
        if given_back.is_empty() {
            continue;
        }
        // What waits follows: its first operation on the very version that it was made on, the others on it.
        let first = waiting.iter().find(|row| !row.overtaken).map(|row| row.op);
        for row in &waiting {
            let made_on = given_back.iter().find(|copy| first == Some(row.op) && copy.base == row.base);
            let after = made_on.map(|copy| copy.op).or(row.after);
            change.remove_rows.push(row.seq);
            given_back.push(OutboxRow { seq, after, ..(*row).clone() });
            seq += 1;
        }
        change.put_rows.extend(given_back);
        if entry.state == EntryState::Synced {
            change.put_entries.push(Entry { state: EntryState::Pending, ..entry.clone() });
        }
    }
    // With something to give back, what the server holds is received once more when it has it.
    let gives_back = !change.put_rows.is_empty() || state.rows.iter().any(|row| row.refill);
    let cursor = state.meta.cursor.clone().filter(|_| !gives_back);
    change.meta = Some(Meta { next_seq: seq, refill: false, cursor, ..state.meta.clone() });
    change
}

/// Whether an entry holds something that the server once held, and may not hold in its present life.
pub fn is_of_earlier_life(entry: &Entry, life: u32) -> bool {
    !unconfirmed(entry, life).is_empty()
}

/// A copy of a record that the server once held.
struct Copy<'a> {
    version: i64,
    deleted: bool,
    body: &'a str,
}

/// The copies of an entry that the present life has not confirmed, the older first.
fn unconfirmed(entry: &Entry, life: u32) -> Vec<Copy<'_>> {
    let mut copies = Vec::new();
    let theirs = entry.theirs.as_ref().filter(|theirs| theirs.life < life);
    // What was given back before and met another change stands before the person, and is no longer there as it was.
    let is_whole = entry.base_body.is_some() || entry.is_withdrawn || entry.state == EntryState::Synced;
    if let Some(version) = entry.version.filter(|_| entry.life < life && is_whole) {
        // Of a version that was withdrawn elsewhere `theirs` knows.
        let is_theirs = theirs.is_some_and(|theirs| theirs.version == version);
        if !is_theirs {
            let deleted = entry.is_withdrawn || entry.deleted && entry.state == EntryState::Synced;
            copies.push(Copy { version, deleted, body: entry.base_body.as_deref().unwrap_or(&entry.body) });
        }
    }
    if let Some(theirs) = theirs {
        let (version, deleted) = (theirs.version, theirs.deleted);
        copies.push(Copy { version, deleted, body: theirs.body.as_deref().unwrap_or(&entry.body) });
    }
    copies
}

impl Copy<'_> {
    fn row(&self, entry: &Entry, seq: u64, stamp: Stamp) -> OutboxRow {
        let record: RecordId = entry.id;
        OutboxRow {
            seq,
            op: stamp.op,
            record,
            kind: if self.deleted { OpKind::Delete } else { OpKind::Upsert },
            base: Some(self.version),
            after: None,
            schema: SCHEMA,
            body: Some(self.body.to_owned()),
            reason: None,
            refill: true,
            overtaken: false,
            hash: BodyHash::of(self.body),
            local_rev: entry.local_rev,
            client_at: entry.changed_at,
            tries: 0,
            next_try_at: None,
            last_error: None,
        }
    }
}
