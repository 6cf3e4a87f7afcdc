//! The last round of a phone that was revoked: what only it holds goes to the coordination (`offline.md` 2.6).

use serde_json::value::RawValue;

use super::{Errand, Surroundings, Wire, heartbeat};
use crate::{
    domain::ids::OpId,
    sync::{
        messages::{MOST_BYTES, MOST_OPS, PROTO, PushRequest},
        outbox::Meta,
        rescue::{Held, held},
        store::{Change, PhoneStore, Snapshot, Touch},
    },
};

impl<S: PhoneStore, W: Wire, P: Surroundings> Errand<'_, S, W, P> {
    /// Hands everything over, and seals the store once nothing is left that the coordination does not hold. Begun again
    /// it brings nothing twice: ids are kept.
    pub(super) async fn hand_over(&mut self) -> Result<(), S::Fault> {
        let mut safe: Vec<OpId> = Vec::new();
        loop {
            let Some(request) = self.next_to_hand_over(&safe).await? else {
                self.round.handed_over = true;
                return Ok(());
            };
            match self.wire.escrow(&request).await {
                Ok(answer) if answer.sync == PROTO && answer.held.iter().any(|op| !safe.contains(op)) => {
                    safe.extend(answer.held);
                }
                // No network, a stranger's answer, no longer revoked: another time, and until then nothing is wiped.
                Ok(_) | Err(_) => return Ok(()),
            }
        }
    }

    /// The next operations that are not safe yet; none once the store is sealed, in the same transaction that found
    /// nothing left.
    async fn next_to_hand_over(&self, safe: &[OpId]) -> Result<Option<PushRequest>, S::Fault> {
        let mut request = None;
        let mut decide = |state: &Snapshot| {
            let left: Vec<Held> = held(state).into_iter().filter(|held| !safe.contains(&held.op)).collect();
            if left.is_empty() || planted!(WipesAtOnce) {
                let meta = Meta { sealed: true, ..state.meta.clone() };
                return Change { meta: Some(meta), ..Change::default() };
            }
            let heartbeat = heartbeat(self.speaker, &state.meta, &state.rows, self.around.now());
            request = Some(PushRequest { heartbeat, epoch: state.meta.epoch, ops: first_batch(left) });
            Change::default()
        };
        self.change(Touch::everything(), &mut decide).await?;
        Ok(request)
    }
}

/// As many as one message may hold, and one at least.
fn first_batch(left: Vec<Held>) -> Vec<Box<RawValue>> {
    let mut bytes = 0;
    let mut ops = Vec::new();
    for held in left {
        bytes += held.raw.get().len();
        if !ops.is_empty() && (ops.len() >= MOST_OPS || bytes > MOST_BYTES) {
            break;
        }
        ops.push(held.raw);
    }
    ops
}
