//! The lines of a notebook in the order of their records, which is that of their making. A list: the library's tree
//! would be four kilobytes of wasm, and a notebook is read much more often than it changes.

use std::sync::Arc;

use super::line::Line;
use crate::domain::ids::RecordId;

/// The lines of a notebook.
#[derive(Clone, Default)]
pub struct Lines(Vec<(RecordId, Arc<Line>)>);

impl Lines {
    fn find(&self, id: RecordId) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(&id))
    }

    /// The line of a record.
    pub fn get(&self, id: RecordId) -> Option<&Arc<Line>> {
        self.find(id).ok().map(|at| &self.0[at].1)
    }

    /// Every line, the oldest first.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &Arc<Line>> {
        self.0.iter().map(|(_, line)| line)
    }

    /// Every record and its line, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (RecordId, &Arc<Line>)> {
        self.0.iter().map(|(id, line)| (*id, line))
    }

    /// Puts a line in its place.
    pub fn insert(&mut self, line: Arc<Line>) {
        let id = line.entry.id;
        match self.find(id) {
            Ok(at) => self.0[at].1 = line,
            Err(at) => self.0.insert(at, (id, line)),
        }
    }

    /// Takes a line out.
    pub fn remove(&mut self, id: RecordId) {
        if let Ok(at) = self.find(id) {
            self.0.remove(at);
        }
    }
}
