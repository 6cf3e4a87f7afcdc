//! A phone's durable store in memory, behaving as the one over `IndexedDB` must: atomic, and forgetting nothing
//! that was not answered (`offline.md` I1). The server's tests include this file too.

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible, future::Future, pin::pin, task};

use app::{
    domain::ids::{DeviceId, RecordId},
    sync::{
        outbox::{Entry, Meta, OutboxRow},
        store::{Change, PhoneStore, Receipt, Snapshot, Touch},
    },
};

/// What a phone holds.
#[derive(Debug)]
pub struct MemoryStore {
    held: RefCell<Held>,
}

#[derive(Debug)]
struct Held {
    meta: Meta,
    entries: BTreeMap<RecordId, Entry>,
    rows: BTreeMap<u64, OutboxRow>,
    receipts: Vec<Receipt>,
}

impl MemoryStore {
    /// The store of a phone that was never used.
    pub fn new(device: DeviceId) -> Self {
        let meta =
            Meta { device, next_seq: 1, cursor: None, epoch: None, last_ack_at: None, last_pull_at: None, stalls: 0 };
        let held = Held { meta, entries: BTreeMap::new(), rows: BTreeMap::new(), receipts: Vec::new() };
        Self { held: RefCell::new(held) }
    }

    /// Its entries.
    pub fn entries(&self) -> Vec<Entry> {
        self.held.borrow().entries.values().cloned().collect()
    }

    /// What waits to be sent.
    pub fn outbox(&self) -> Vec<OutboxRow> {
        self.held.borrow().rows.values().cloned().collect()
    }

    /// Every final answer it got.
    pub fn receipts(&self) -> Vec<Receipt> {
        self.held.borrow().receipts.clone()
    }

    /// An act of the person, in one transaction.
    pub fn act(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> Change) {
        let Ok(()) = now(self.transact(touch, |state| (decide(state), ())));
    }
}

impl Held {
    fn snapshot(&self, touch: &Touch) -> Snapshot {
        let entries = touch.records.iter().filter_map(|id| Some((*id, self.entries.get(id)?.clone()))).collect();
        let rows = self.rows.values().filter(|row| touch.outbox || touch.records.contains(&row.record));
        Snapshot { meta: self.meta.clone(), entries, rows: rows.cloned().collect() }
    }

    fn write(&mut self, change: Change) {
        for seq in &change.remove_rows {
            if let Some(row) = self.rows.remove(seq) {
                let answered = change.receipts.iter().any(|receipt| receipt.op == row.op);
                assert!(answered || row.tries == 0, "an operation that the server may hold left without an answer");
            }
        }
        change.remove_entries.iter().for_each(|id| drop(self.entries.remove(id)));
        self.entries.extend(change.put_entries.into_iter().map(|entry| (entry.id, entry)));
        self.rows.extend(change.put_rows.into_iter().map(|row| (row.seq, row)));
        self.receipts.extend(change.receipts);
        if let Some(meta) = change.meta {
            self.meta = meta;
        }
    }
}

impl PhoneStore for MemoryStore {
    type Fault = Infallible;

    async fn transact<T>(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> (Change, T)) -> Result<T, Infallible> {
        let mut held = self.held.borrow_mut();
        let (change, answer) = decide(&held.snapshot(&touch));
        held.write(change);
        Ok(answer)
    }
}

/// Runs a future that never waits.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut task::Context::from_waker(task::Waker::noop())) {
        task::Poll::Ready(value) => value,
        task::Poll::Pending => panic!("nothing in memory waits"),
    }
}
