//! Entries in the order of their records. A list: they are read in order or by the handful, ids come mostly in order, and
//! the library's tree would be three kilobytes more to download.

use super::outbox::Entry;
use crate::domain::ids::RecordId;

/// Entries, one a record.
#[derive(Clone, Debug, Default)]
pub struct Entries(Vec<Entry>);

impl Entries {
    fn find(&self, id: RecordId) -> Result<usize, usize> {
        self.0.binary_search_by(|entry| entry.id.cmp(&id))
    }

    /// The entry of a record.
    pub fn get(&self, id: RecordId) -> Option<&Entry> {
        self.find(id).ok().map(|at| &self.0[at])
    }

    /// Puts an entry in its place.
    pub fn insert(&mut self, entry: Entry) {
        match self.find(entry.id) {
            Ok(at) => self.0[at] = entry,
            Err(at) => self.0.insert(at, entry),
        }
    }

    /// Takes the entry of a record out.
    pub fn remove(&mut self, id: RecordId) {
        if let Ok(at) = self.find(id) {
            self.0.remove(at);
        }
    }

    /// Every entry.
    pub fn values(&self) -> std::slice::Iter<'_, Entry> {
        self.0.iter()
    }

    /// The entries as a list.
    pub fn into_vec(self) -> Vec<Entry> {
        self.0
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        let mut these = Self::default();
        entries.into_iter().for_each(|entry| these.insert(entry));
        these
    }
}
