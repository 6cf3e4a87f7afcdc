//! A phone's durable store in memory, behaving as the one over `IndexedDB` must: atomic, full at times, and killed
//! between any two transactions. It refuses what no answer allows (`offline.md` I1, I6, I7).

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    task::Poll,
};

use app::{
    domain::ids::{DeviceId, RecordId},
    sync::{
        messages::Cursor,
        outbox::{Entry, Meta, OutboxRow},
        store::{Change, PhoneStore, Receipt, Snapshot, Touch},
    },
};
use serde_json::Value;

/// The disk is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// What a phone holds.
#[derive(Debug)]
pub struct MemoryStore {
    held: RefCell<Held>,
    full: Cell<u8>,
}

#[derive(Debug)]
struct Held {
    meta: Meta,
    entries: BTreeMap<RecordId, Entry>,
    rows: BTreeMap<u64, OutboxRow>,
    /// Rows that left with a final answer, and that answer.
    answered: Vec<(OutboxRow, Receipt)>,
    /// Rows that were refused even alone, and replaced by what the person wrote on top of them.
    superseded: Vec<OutboxRow>,
}

impl MemoryStore {
    /// The store of a phone that was never used.
    pub fn new(device: DeviceId) -> Self {
        let meta = Meta::new(device);
        let held = Held {
            meta,
            entries: BTreeMap::new(),
            rows: BTreeMap::new(),
            answered: Vec::new(),
            superseded: Vec::new(),
        };
        Self { held: RefCell::new(held), full: Cell::new(0) }
    }

    /// Its entries.
    pub fn entries(&self) -> Vec<Entry> {
        self.held.borrow().entries.values().cloned().collect()
    }

    /// One of them.
    pub fn entry(&self, id: RecordId) -> Option<Entry> {
        self.held.borrow().entries.get(&id).cloned()
    }

    /// What waits to be sent.
    pub fn outbox(&self) -> Vec<OutboxRow> {
        self.held.borrow().rows.values().cloned().collect()
    }

    /// Every operation that left with a final answer.
    pub fn answered(&self) -> Vec<(OutboxRow, Receipt)> {
        self.held.borrow().answered.clone()
    }

    /// Every operation that was refused even alone and replaced.
    pub fn superseded(&self) -> Vec<OutboxRow> {
        self.held.borrow().superseded.clone()
    }

    /// What it knows about itself.
    pub fn meta(&self) -> Meta {
        self.held.borrow().meta.clone()
    }

    /// So many transactions find no room.
    pub fn fill(&self, times: u8) {
        self.full.set(times);
    }

    /// An act of the person, in one transaction. False where there was no room for it.
    pub fn act(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> Change) -> bool {
        let mut held = self.held.borrow_mut();
        let change = decide(&held.snapshot(&touch));
        if self.is_full() {
            return false;
        }
        held.write(change);
        true
    }

    fn is_full(&self) -> bool {
        let left = self.full.get();
        self.full.set(left.saturating_sub(1));
        left > 0
    }

    /// Everything through the texts of a newer release, which adds fields, and back to this one.
    pub fn through_newer_release(&self) {
        let mut held = self.held.borrow_mut();
        held.meta = renewed(&held.meta);
        held.entries = held.entries.iter().map(|(id, entry)| (*id, renewed(entry))).collect();
        held.rows = held.rows.iter().map(|(seq, row)| (*seq, renewed(row))).collect();
    }
}

fn renewed<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let mut object = serde_json::to_value(value).expect("JSON");
    object.as_object_mut().expect("an object").insert("of_a_newer_release".to_owned(), Value::Bool(true));
    app::domain::json::read(&object.to_string()).expect("an older release reads it")
}

impl Held {
    fn snapshot(&self, touch: &Touch) -> Snapshot {
        let entries = if touch.entries {
            self.entries.values().cloned().collect()
        } else {
            touch.records.iter().filter_map(|id| self.entries.get(id).cloned()).collect()
        };
        let rows = self.rows.values().filter(|row| touch.outbox || touch.records.contains(&row.record));
        Snapshot { meta: self.meta.clone(), entries, rows: Rc::new(rows.cloned().collect()) }
    }

    fn write(&mut self, change: Change) {
        for seq in &change.remove_rows {
            let Some(row) = self.rows.remove(seq) else { continue };
            let moved = change.put_rows.iter().any(|other| other.op == row.op);
            match change.receipts.iter().find(|receipt| receipt.op == row.op) {
                Some(receipt) => self.answered.push((row, receipt.clone())),
                None if row.is_parked() && !moved => self.superseded.push(row),
                None => assert!(
                    moved || row.tries == 0 && !row.refill,
                    "I1: an operation that the server may hold left without an answer"
                ),
            }
        }
        change.remove_entries.iter().for_each(|id| drop(self.entries.remove(id)));
        self.entries.extend(change.put_entries.into_iter().map(|entry| (entry.id, entry)));
        for row in change.put_rows {
            let known = self.answered.iter().any(|(answered, _)| answered.op == row.op);
            assert!(!known, "I1: an operation that has its answer is back in the outbox");
            self.rows.insert(row.seq, row);
        }
        if let Some(meta) = change.meta {
            check_cursor(&self.meta, &meta);
            self.meta = meta;
        }
    }

    /// What a round writes never touches what the person sees of a record that has something unsent (I6).
    fn check_unsent(&self, change: &Change) {
        for entry in &change.put_entries {
            let waits = self.rows.values().any(|row| row.record == entry.id);
            let answered = change.receipts.iter().any(|receipt| receipt.record == entry.id);
            if let Some(before) = self.entries.get(&entry.id).filter(|_| waits && !answered) {
                assert!(
                    (&before.body, before.deleted) == (&entry.body, entry.deleted),
                    "I6: unsent work of {} was overwritten",
                    entry.id
                );
            }
        }
    }
}

fn check_cursor(before: &Meta, after: &Meta) {
    let read = |meta: &Meta| meta.cursor.as_ref().map(|text| text.parse::<Cursor>().expect("a cursor"));
    if let (Some(before), Some(after)) = (read(before), read(after)) {
        assert!(before.epoch != after.epoch || after.version >= before.version, "I7: the cursor went back");
    }
}

impl PhoneStore for MemoryStore {
    type Fault = Full;

    async fn transact<T>(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> (Change, T)) -> Result<T, Full> {
        pause().await;
        let mut held = self.held.borrow_mut();
        let (change, answer) = decide(&held.snapshot(&touch));
        if !change.is_empty() {
            if self.is_full() {
                return Err(Full);
            }
            held.check_unsent(&change);
            held.write(change);
        }
        Ok(answer)
    }
}

/// A wait at which the scheduler may do anything else first, or kill whoever waits.
pub async fn pause() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        context.waker().wake_by_ref();
        if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
