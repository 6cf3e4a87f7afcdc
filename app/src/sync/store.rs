//! The port to the phone's durable store: one primitive, an atomic read, decide and write.

use std::rc::Rc;

use super::{
    entries::Entries,
    outbox::{Entry, Meta, OutboxRow},
};
use crate::domain::{
    ids::{OpId, RecordId},
    iso,
};

/// Which part of the store a transaction looks at.
#[derive(Clone, Debug, Default)]
pub struct Touch {
    /// These entries, and their outbox rows.
    pub records: Vec<RecordId>,
    /// The whole outbox.
    pub outbox: bool,
    /// Every entry.
    pub entries: bool,
}

impl Touch {
    /// One record.
    pub fn record(id: RecordId) -> Self {
        Self { records: vec![id], ..Self::default() }
    }

    /// The whole outbox.
    pub fn outbox() -> Self {
        Self { outbox: true, ..Self::default() }
    }

    /// Everything that was saved here.
    pub fn everything() -> Self {
        Self { outbox: true, entries: true, ..Self::default() }
    }
}

/// What the store held when the transaction began.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The phone's own facts.
    pub meta: Meta,
    /// The entries asked for, those that exist.
    pub entries: Entries,
    /// The outbox rows asked for, in order of `seq`: shared, so that a store in memory need not copy a long outbox.
    pub rows: Rc<Vec<OutboxRow>>,
}

impl Snapshot {
    /// An entry that was asked for.
    pub fn entry(&self, id: RecordId) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// The outbox rows of a record, in order.
    pub fn rows_of(&self, id: RecordId) -> Vec<&OutboxRow> {
        self.rows.iter().filter(|row| row.record == id).collect()
    }
}

impl Snapshot {
    /// How the phone's own facts and the outbox rows asked for stand once a change is written.
    pub fn after(&self, change: &Change) -> (Vec<OutboxRow>, Meta) {
        let goes = |row: &&OutboxRow| {
            change.remove_rows.contains(&row.seq) || change.put_rows.iter().any(|other| other.seq == row.seq)
        };
        let mut rows: Vec<OutboxRow> = self.rows.iter().filter(|row| !goes(row)).cloned().collect();
        rows.extend(change.put_rows.iter().cloned());
        (rows, change.meta.clone().unwrap_or_else(|| self.meta.clone()))
    }
}

/// What the transaction writes, all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Entries to write.
    pub put_entries: Vec<Entry>,
    /// Entries to forget.
    pub remove_entries: Vec<RecordId>,
    /// Outbox rows to write; removals happen first.
    pub put_rows: Vec<OutboxRow>,
    /// Outbox rows to remove, by `seq`.
    pub remove_rows: Vec<u64>,
    /// Final answers to remember for a while, for the person who asks what became of an operation.
    pub receipts: Vec<Receipt>,
    /// Drafts that became records.
    pub remove_drafts: Vec<RecordId>,
    /// The phone's own facts, when they change.
    pub meta: Option<Meta>,
}

impl Change {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The final answer to one operation.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// The operation.
    pub op: OpId,
    /// The record.
    pub record: RecordId,
    /// `applied`, `duplicate`, `conflict` or `rejected`.
    pub status: String,
    /// The record's version after it, where there is one.
    pub version: Option<i64>,
    /// The server's clock.
    #[serde(deserialize_with = "iso::read")]
    pub at: chrono::DateTime<chrono::Utc>,
}

/// The phone's durable store. Implemented over IndexedDB by `frontend`, in memory by the tests.
#[expect(async_fn_in_trait, reason = "the browser is single-threaded: its futures are not Send")]
pub trait PhoneStore {
    /// Why the store failed.
    type Fault: std::fmt::Debug;

    /// Reads what `touch` names, lets `decide` say what to write, and writes it: in one transaction, durable before
    /// this returns. `decide` does no I/O.
    async fn transact<T>(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> (Change, T)) -> Result<T, Self::Fault>;
}
