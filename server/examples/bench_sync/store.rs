//! A phone's store in memory: atomic, and without the checks that the tests' own makes of every write.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    rc::Rc,
};

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
    /// In order of `seq`.
    rows: RefCell<Rc<Vec<OutboxRow>>>,
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
            held.values().cloned().collect()
        } else {
            touch.records.iter().filter_map(|id| held.get(id).cloned()).collect()
        };
        let rows = if touch.outbox {
            rows.clone()
        } else {
            Rc::new(rows.iter().filter(|row| touch.records.contains(&row.record)).cloned().collect())
        };
        Snapshot { meta: self.meta(), entries, rows }
    }

    fn write(&self, change: Change) {
        let (mut entries, mut rows) = (self.entries.borrow_mut(), self.rows.borrow_mut());
        let rows = Rc::make_mut(&mut *rows);
        if !change.remove_rows.is_empty() {
            let removed: BTreeSet<u64> = change.remove_rows.into_iter().collect();
            rows.retain(|row| !removed.contains(&row.seq));
        }
        change.remove_entries.iter().for_each(|id| drop(entries.remove(id)));
        entries.extend(change.put_entries.into_iter().map(|entry| (entry.id, entry)));
        for row in change.put_rows {
            match rows.binary_search_by_key(&row.seq, |other| other.seq) {
                Ok(at) => rows[at] = row,
                Err(at) => rows.insert(at, row),
            }
        }
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
