//! What only this phone holds, as operations that somebody else may take in: for the coordination's rescue file, and for
//! the hand-over of a revoked phone. Ids are kept, so that what arrives twice is known.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::{
    hash::BodyHash,
    messages::{Op, OpKind},
    outbox::{Entry, EntryState, OutboxRow},
    store::{Change, Snapshot},
};
use crate::domain::{
    ids::{AccountId, DeviceId, Epoch, OpId, RecordId},
    record::SCHEMA,
};

/// The number of the file's format.
pub const RESCUE: u16 = 1;

/// The rescue file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RescueFile {
    /// The file's mark: [`RESCUE`].
    pub lanterne_rescue: u16,
    /// Whose records they are.
    pub account: AccountId,
    /// The phone.
    pub device: DeviceId,
    /// When the file was made, by the phone's clock.
    pub made_at: DateTime<FixedOffset>,
    /// The build of the phone's app.
    pub build: String,
    /// The life of the server's database that the versions belong to.
    pub epoch: Option<Epoch>,
    /// The operations, each an [`Op`].
    pub ops: Vec<Box<RawValue>>,
    /// Rows of the store that could not be read, as they are.
    pub unreadable: Vec<String>,
}

/// An operation whose body is no JSON: it goes as text, for a person to look at.
#[derive(Serialize)]
struct Damaged<'a> {
    op: OpId,
    entry: RecordId,
    raw: &'a str,
}

/// An operation that this phone alone holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub op: OpId,
    /// The message for it.
    pub raw: Box<RawValue>,
}

/// All that the server has not acknowledged: what waits, and what stands refused or disputed before the person. To be
/// called on all that the phone holds.
pub fn held(state: &Snapshot) -> Vec<Held> {
    // What is given back to a restored server was acknowledged once; it belongs to it all the same. What was overtaken
    // does not: taken in alone by a server that was restored, it would undo what overtook it.
    let mut all: Vec<Held> = state.rows.iter().filter(|row| !row.overtaken).filter_map(of_row).collect();
    // An older operation that still waits holds less than what stands refused on top of it.
    let is_of = |row: &OutboxRow, entry: &Entry| row.record == entry.id && row.local_rev >= entry.local_rev;
    let has_own_row = |entry: &Entry| state.rows.iter().any(|row| !row.refill && is_of(row, entry));
    for entry in state.entries.values() {
        if is_open(entry) && !has_own_row(entry) {
            all.extend(of_entry(entry));
        }
    }
    all
}

fn of_row(row: &OutboxRow) -> Option<Held> {
    let raw = match row.to_op() {
        Some(op) => to_raw_value(&op),
        None => to_raw_value(&Damaged { op: row.op, entry: row.record, raw: row.body.as_deref().unwrap_or_default() }),
    };
    Some(Held { op: row.op, raw: raw.ok()? })
}

fn is_open(entry: &Entry) -> bool {
    matches!(entry.state, EntryState::Conflict | EntryState::Rejected) && !planted!(OpenIsNotHandedOver)
}

fn of_entry(entry: &Entry) -> Option<Held> {
    let op = Op {
        op: op_of_entry(entry),
        seq: 0,
        kind: if entry.deleted { OpKind::Delete } else { OpKind::Upsert },
        record: entry.id,
        // Of a dispute nobody has chosen the outcome yet: on top of nothing, so that the office does not take it as one.
        base: entry.version.filter(|_| entry.state == EntryState::Rejected),
        after: None,
        schema: SCHEMA,
        at: entry.changed_at,
        body: if entry.deleted { None } else { RawValue::from_string(entry.body.clone()).ok() },
        reason: None,
        refill: false,
        hash: BodyHash::of(if entry.deleted { "" } else { &entry.body }),
    };
    Some(Held { op: op.op, raw: to_raw_value(&op).ok()? })
}

/// The id of an operation for an entry that has none in the outbox: always the same for the same change of it, so that
/// a file made twice, or a hand-over begun again, brings nothing twice.
fn op_of_entry(entry: &Entry) -> OpId {
    let mut bytes = *entry.id.0.as_bytes();
    for (byte, mark) in bytes[9..].iter_mut().zip(entry.local_rev.wrapping_add(1).to_le_bytes()) {
        *byte ^= mark;
    }
    OpId(uuid::Uuid::from_bytes(bytes))
}

/// The rescue file of a phone. `state` is all that it holds. From now on the server may have what is in the file, so it
/// is marked like what was handed to the network.
pub fn rescue_file(
    state: &Snapshot,
    account: AccountId,
    build: &str,
    made_at: DateTime<FixedOffset>,
    unreadable: Vec<String>,
) -> (Change, RescueFile) {
    let marked = state.rows.iter().map(|row| OutboxRow { tries: row.tries.max(1), ..row.clone() });
    let change = Change { put_rows: marked.collect(), ..Change::default() };
    let file = RescueFile {
        lanterne_rescue: RESCUE,
        account,
        device: state.meta.device,
        made_at,
        build: build.to_owned(),
        epoch: state.meta.epoch,
        ops: held(state).into_iter().map(|held| held.raw).collect(),
        unreadable,
    };
    (change, file)
}
