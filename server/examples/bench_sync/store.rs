//! A phone's store in memory: atomic, and without the checks that the tests' own makes of every write.

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible};

use app::{
    domain::ids::{DeviceId, RecordId},
    sync::{
        outbox::{Entry, Meta, OutboxRow},
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};

#[derive(Debug)]
pub struct MemoryStore {
    meta: RefCell<Meta>,
    entries: RefCell<BTreeMap<RecordId, Entry>>,
    rows: RefCell<BTreeMap<u64, OutboxRow>>,
}

impl MemoryStore {
    pub fn new(device: DeviceId) -> Self {
        Self { meta: RefCell::new(Meta::new(device)), entries: RefCell::default(), rows: RefCell::default() }
    }

    pub fn meta(&self) -> Meta {
        self.meta.borrow().clone()
    }

    /// How many operations still wait.
    pub fn waiting(&self) -> usize {
        self.rows.borrow().len()
    }

    /// An act of the person.
    pub fn act(&self, touch: &Touch, decide: impl FnOnce(&Snapshot) -> Change) {
        let change = decide(&self.snapshot(touch));
        self.write(change);
    }

    fn snapshot(&self, touch: &Touch) -> Snapshot {
        let (held, rows) = (self.entries.borrow(), self.rows.borrow());
        let entries = if touch.entries {
            held.clone()
        } else {
            touch.records.iter().filter_map(|id| Some((*id, held.get(id)?.clone()))).collect()
        };
        let rows = rows.values().filter(|row| touch.outbox || touch.records.contains(&row.record));
        Snapshot { meta: self.meta(), entries, rows: rows.cloned().collect() }
    }

    fn write(&self, change: Change) {
        let (mut entries, mut rows) = (self.entries.borrow_mut(), self.rows.borrow_mut());
        change.remove_rows.iter().for_each(|seq| drop(rows.remove(seq)));
        change.remove_entries.iter().for_each(|id| drop(entries.remove(id)));
        entries.extend(change.put_entries.into_iter().map(|entry| (entry.id, entry)));
        rows.extend(change.put_rows.into_iter().map(|row| (row.seq, row)));
        if let Some(meta) = change.meta {
            *self.meta.borrow_mut() = meta;
        }
    }
}

impl PhoneStore for MemoryStore {
    type Fault = Infallible;

    async fn transact<T>(&self, touch: Touch, decide: impl FnOnce(&Snapshot) -> (Change, T)) -> Result<T, Infallible> {
        let (change, answer) = decide(&self.snapshot(&touch));
        self.write(change);
        Ok(answer)
    }
}
