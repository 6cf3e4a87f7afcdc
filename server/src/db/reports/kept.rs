//! What is read for one page and serves the next ones, as long as what it was read from is in the same state.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Values by key, each of a state `S`, and at most so many: with one more all are read anew. Whoever asks knows the state in
/// which the database is, and is given nothing of another.
#[derive(Debug)]
pub(super) struct Kept<K, S, V, const MOST: usize>(Arc<Mutex<ByKey<K, S, V>>>);

type ByKey<K, S, V> = HashMap<K, (S, Arc<V>)>;

impl<K, S, V, const MOST: usize> Clone for Kept<K, S, V, MOST> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, S, V, const MOST: usize> Default for Kept<K, S, V, MOST> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash, S: PartialEq, V, const MOST: usize> Kept<K, S, V, MOST> {
    /// What is kept of this state.
    pub(super) fn get(&self, key: &K, state: &S) -> Option<Arc<V>> {
        self.lock().get(key).filter(|(of, _)| of == state).map(|(_, value)| Arc::clone(value))
    }

    /// Keeps what was read where the database was seen in this state, by a transaction that changes nothing itself.
    pub(super) fn put(&self, key: K, state: S, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut kept = self.lock();
        if kept.len() >= MOST && !kept.contains_key(&key) {
            kept.clear();
        }
        kept.insert(key, (state, Arc::clone(&value)));
        value
    }

    fn lock(&self) -> MutexGuard<'_, ByKey<K, S, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_another_state_is_given() {
        let kept = Kept::<_, _, _, 8>::default();
        assert_eq!(*kept.put(1, "before", 10), 10);
        assert_eq!(kept.get(&1, &"before").as_deref(), Some(&10));
        assert_eq!((kept.get(&1, &"after"), kept.get(&2, &"before")), (None, None));
        kept.put(1, "after", 11);
        assert_eq!((kept.get(&1, &"before"), kept.get(&1, &"after").as_deref()), (None, Some(&11)));
    }

    #[test]
    fn what_is_kept_has_an_end() {
        let kept = Kept::<_, _, _, 8>::default();
        for key in 0..9 {
            kept.put(key, (), key);
        }
        assert!(kept.lock().len() <= 8);
        assert_eq!(kept.get(&8, &()).as_deref(), Some(&8), "the newest is there");
    }
}
