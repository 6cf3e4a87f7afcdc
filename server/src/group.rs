//! Group commit: pushes of one network that come while another is being written are gathered and written together, in
//! one transaction and with one wait for the disk.
//!
//! Versions are given one transaction at a time in a network (`offline.md` 2.3), so a push that comes second has to wait
//! in any case; waiting together, all of them cost one commit. Nobody is ever made to wait for company: who finds nobody
//! writing begins at once. Several server processes take turns by the network's counter, as before.
//!
//! A group is written by a task of its own: whoever hangs up takes nobody with them. What belongs to one caller only
//! (admission, verdicts, errors) is [`batch`]'s.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::{
    api::error::{AppError, ErrorCode},
    domain::ids::SchemeId,
};
use tokio::sync::oneshot;

use crate::{
    batch::{self, Ask, Taken},
    db::Db,
};

/// Most callers in a group.
const MOST_CALLERS: usize = 64;
/// Most operations in a group, so that its answers do not keep the first of them waiting long.
const MOST_OPS: usize = 500;
/// Up to this many operations a push is small, and goes before larger ones that wait beside it.
const SMALL: usize = 10;

/// The pushes that wait, network by network.
#[derive(Clone, Debug)]
pub struct Groups {
    db: Db,
    /// A network has a queue while a task is writing its groups.
    queues: Arc<Mutex<HashMap<SchemeId, VecDeque<Waiting>>>>,
}

#[derive(Debug)]
struct Waiting {
    ask: Ask,
    answer: oneshot::Sender<Result<Taken, AppError>>,
}

impl Groups {
    /// No pushes yet.
    pub fn new(db: Db) -> Self {
        Self { db, queues: Arc::default() }
    }

    /// Takes a caller's operations into the ledger; answers when that is durable.
    pub async fn take(&self, scheme: SchemeId, ask: Ask) -> Result<Taken, AppError> {
        let (answer, heard) = oneshot::channel();
        let waiting = Waiting { ask, answer };
        let begins = {
            let mut queues = self.queues();
            let begins = !queues.contains_key(&scheme);
            queues.entry(scheme).or_default().push_back(waiting);
            begins
        };
        if begins {
            tokio::spawn(Writer { groups: self.clone(), scheme }.write_all());
        }
        // No answer means that the writer has died: what it had not committed is not there.
        heard.await.unwrap_or_else(|_| Err(ErrorCode::Unavailable.into()))
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<SchemeId, VecDeque<Waiting>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next group of a network. Where nobody waits, the queue is closed in the same breath, so that whoever comes
    /// then begins anew.
    fn next(&self, scheme: SchemeId) -> Option<Vec<Waiting>> {
        let mut queues = self.queues();
        let queue = queues.get_mut(&scheme)?;
        // Those who have hung up send it again.
        queue.retain(|waiting| !waiting.answer.is_closed());
        let group = gather(queue, |waiting| waiting.ask.ops.len());
        if group.is_empty() {
            queues.remove(&scheme);
            return None;
        }
        Some(group)
    }
}

/// Writes the groups of a network while there are any.
struct Writer {
    groups: Groups,
    scheme: SchemeId,
}

impl Writer {
    async fn write_all(self) {
        while let Some(group) = self.groups.next(self.scheme) {
            let (asks, answers): (Vec<Ask>, Vec<_>) =
                group.into_iter().map(|waiting| (waiting.ask, waiting.answer)).unzip();
            let taken = batch::take(&self.groups.db, self.scheme, &asks).await;
            tracing::debug!(callers = asks.len(), ops = asks.iter().map(|ask| ask.ops.len()).sum::<usize>(), "pushed");
            for (answer, taken) in answers.into_iter().zip(taken) {
                let _ = answer.send(taken);
            }
        }
    }
}

impl Drop for Writer {
    /// After a panic too the network has a writer again: those who waited for this one are told to come back. Without
    /// one the queue was closed before, and one that is there by now is another writer's.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.groups.queues().remove(&self.scheme);
        }
    }
}

/// Takes a group out of a queue: the one who has waited longest, then the small ones, then the others, each in their
/// order, as far as it has room. So a small push passes large ones, and the first is never passed.
fn gather<T>(queue: &mut VecDeque<T>, size: impl Fn(&T) -> usize) -> Vec<T> {
    let mut ops = queue.front().map_or(0, &size);
    let mut chosen = vec![false; queue.len()];
    let mut callers = usize::from(!queue.is_empty());
    if let Some(first) = chosen.first_mut() {
        *first = true;
    }
    for wants_small in [true, false] {
        for (index, waiting) in queue.iter().enumerate().skip(1) {
            let more = size(waiting);
            if (more <= SMALL) == wants_small && callers < MOST_CALLERS && ops + more <= MOST_OPS {
                chosen[index] = true;
                callers += 1;
                ops += more;
            }
        }
    }
    let (mut group, mut left) = (Vec::with_capacity(callers), VecDeque::with_capacity(queue.len() - callers));
    for (waiting, is_chosen) in queue.drain(..).zip(chosen) {
        if is_chosen { group.push(waiting) } else { left.push_back(waiting) }
    }
    *queue = left;
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(sizes: &[usize]) -> Vec<Vec<usize>> {
        let mut queue: VecDeque<usize> = sizes.iter().copied().collect();
        std::iter::from_fn(|| Some(gather(&mut queue, |size| *size)).filter(|group| !group.is_empty())).collect()
    }

    #[test]
    fn a_small_push_passes_large_ones_and_the_first_is_never_passed() {
        assert_eq!(groups(&[]), Vec::<Vec<usize>>::new());
        assert_eq!(groups(&[1]), [[1]]);
        assert_eq!(groups(&[100, 100, 100, 100, 100, 100, 1]), [vec![100, 100, 100, 100, 1], vec![100, 100]]);
        assert_eq!(groups(&[MOST_OPS + 1, 1, 0]), [vec![MOST_OPS + 1], vec![1, 0]]);
        assert_eq!(groups(&[1; MOST_CALLERS + 1]), [vec![1; MOST_CALLERS], vec![1]]);
    }

    #[test]
    fn nobody_is_left_behind_and_no_group_is_too_large() {
        let sizes: Vec<usize> = (0..1_000).map(|index| index * 7919 % 101).collect();
        let groups = groups(&sizes);
        assert_eq!(groups.iter().map(Vec::len).sum::<usize>(), sizes.len());
        assert!(groups.iter().all(|group| group.len() <= MOST_CALLERS && group.iter().sum::<usize>() <= MOST_OPS));
    }
}
