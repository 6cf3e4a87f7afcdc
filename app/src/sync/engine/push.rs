//! Sending what waits: batches that grow and shrink, each operation with an answer of its own.

use chrono::{DateTime, FixedOffset, Utc};
use serde_json::value::{RawValue, to_raw_value};

use super::{Errand, Surroundings, Wire, WireFault, heartbeat};
use crate::sync::{
    lives::begin_life,
    messages::{Heartbeat, MOST_OPS, PROTO, PushAnswer, PushRequest},
    outbox::{BatchSize, OutboxRow, PARKED, next_batch, supersede_parked},
    settle::{next_try, settle_push},
    store::{Change, PhoneStore, Snapshot, Touch},
};

/// What is about to leave the phone.
struct Batch {
    rows: Vec<OutboxRow>,
    request: PushRequest,
}

impl<S: PhoneStore, W: Wire, P: Surroundings> Errand<'_, S, W, P> {
    /// Sends until nothing is left that may be sent now, or sending makes no sense.
    pub(super) async fn push(&mut self) -> Result<(), S::Fault> {
        let mut most = BatchSize::default();
        let mut size = most;
        loop {
            let Some(mut batch) = self.take(size).await? else { return Ok(()) };
            batch.request.heartbeat.now = self.around.now();
            match self.wire.push(&batch.request).await {
                Ok(answer) if answer.sync == PROTO || planted!(StrangerIsHeard) => {
                    most = BatchSize {
                        ops: most.ops.min(answer.limits.ops.max(1) as usize),
                        bytes: most.bytes.min(answer.limits.bytes.max(1) as usize),
                    };
                    // After a batch that did not pass as a whole, sizes grow again as they shrank: by doubling.
                    let ops = batch.rows.len().max(1).saturating_mul(2).min(most.ops);
                    size = BatchSize { ops, bytes: most.bytes };
                    if !self.settle(&batch.rows, &answer).await? {
                        return Ok(());
                    }
                    if answer.limits.retry_after_s > 0 {
                        self.round.fault = Some(WireFault::Busy(answer.limits.retry_after_s));
                        return Ok(());
                    }
                }
                Ok(_) => {
                    self.round.fault = Some(WireFault::Portal);
                    return Ok(());
                }
                Err(WireFault::TooLarge) if batch.rows.len() > 1 && planted!(NeverHalves) => {}
                Err(WireFault::TooLarge) if batch.rows.len() > 1 => size.ops = batch.rows.len() / 2,
                Err(WireFault::TooLarge) if planted!(PoisonBlocks) => {}
                // Alone and still refused: it waits aside, so that the others pass it (I5).
                Err(WireFault::TooLarge) => self.park(batch.rows).await?,
                Err(fault) => {
                    self.round.fault = Some(fault);
                    return Ok(());
                }
            }
        }
    }

    async fn take(&self, size: BatchSize) -> Result<Option<Batch>, S::Fault> {
        let now = self.around.now();
        let mut batch = None;
        let mut decide = |state: &Snapshot| {
            let (change, taken) = take(state, size, now, |rows| heartbeat(self.speaker, &state.meta, rows, now));
            batch = taken;
            change
        };
        self.change(Touch::outbox(), &mut decide).await?;
        Ok(batch)
    }

    /// Takes the answers in. False where they are of another life of the database, and mean nothing here.
    async fn settle(&mut self, batch: &[OutboxRow], answer: &PushAnswer) -> Result<bool, S::Fault> {
        let touch = Touch { records: batch.iter().map(|row| row.record).collect(), outbox: true, entries: false };
        let mut settled = None;
        let mut decide = |state: &Snapshot| {
            if let Some(change) = begin_life(state, answer.epoch).filter(|_| !planted!(EpochOfPushIgnored)) {
                return change;
            }
            let here = self.around.now().to_utc();
            let stamp = || self.around.stamp();
            let mut change = settle_push(state, batch, &answer.results, answer.server_now, here, stamp);
            let meta = change.meta.get_or_insert_with(|| state.meta.clone());
            meta.epoch = Some(answer.epoch);
            meta.behind_s = (answer.server_now - here).num_seconds();
            settled = Some(change.receipts.len());
            change
        };
        self.change(touch, &mut decide).await?;
        self.round.settled += settled.unwrap_or(0);
        Ok(settled.is_some())
    }

    async fn park(&self, batch: Vec<OutboxRow>) -> Result<(), S::Fault> {
        let now = self.around.now().to_utc();
        self.change(Touch::outbox(), &mut |state| parked(state, &batch, now)).await?;
        self.change(Touch::outbox(), &mut |state| supersede_parked(&state.rows)).await
    }
}

/// The next batch, marked before it leaves: from then on the server may have it (I1). None where there is nothing to
/// send, or nothing may be sent: what a new life of the database lacks goes first, and it is not known yet; and whoever
/// has never received anything does not know to which life it speaks.
fn take(
    state: &Snapshot,
    size: BatchSize,
    now: DateTime<FixedOffset>,
    heartbeat: impl FnOnce(&[OutboxRow]) -> Heartbeat,
) -> (Change, Option<Batch>) {
    let held_back = (state.meta.refill || state.meta.epoch.is_none()) && !planted!(WaitingGoesFirst);
    let mut rows = if held_back { Vec::new() } else { next_batch(&state.rows, size, now.to_utc()) };
    let Some(first) = rows.first() else { return (Change::default(), None) };
    // What had no answer before may have been too much for this line: half of it at each try (F10).
    let halvings = if planted!(NeverHalves) { 0 } else { first.tries.min(6) };
    rows.truncate((MOST_OPS >> halvings).max(1));
    for row in &mut rows {
        if planted!(RetriesUnderAnotherId) && row.tries > 0 {
            row.op.0 = uuid::Uuid::from_u128(row.op.0.as_u128() + (1 << 40));
        }
        row.tries = row.tries.saturating_add(u32::from(!planted!(SendsWithoutMark)));
    }
    let ops: Vec<Box<RawValue>> = rows.iter().filter_map(|row| to_raw_value(&row.to_op()?).ok()).collect();
    let request = PushRequest { heartbeat: heartbeat(&state.rows), epoch: state.meta.epoch, ops };
    (Change { put_rows: rows.clone(), ..Change::default() }, Some(Batch { rows, request }))
}

/// The rows of a batch that are still there, put off for as long as a row ever waits.
fn parked(state: &Snapshot, batch: &[OutboxRow], now: DateTime<Utc>) -> Change {
    let is_in_batch = |row: &&OutboxRow| batch.iter().any(|sent| sent.op == row.op);
    let still_there = if planted!(ParkRevives) { batch } else { state.rows.as_slice() };
    let put_rows = still_there.iter().filter(is_in_batch).map(|row| OutboxRow {
        next_try_at: Some(next_try(row.tries.max(8), now)),
        last_error: Some(PARKED.to_owned()),
        ..row.clone()
    });
    Change { put_rows: put_rows.collect(), ..Change::default() }
}
