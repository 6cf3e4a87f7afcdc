//! The phone's side of a round: push what waits, pull what is new (`offline.md` 2.4 to 2.6). It runs over two ports,
//! the store and the wire; the browser, the tests and the demonstration each bring their own.

use chrono::{DateTime, FixedOffset, Utc};

use super::{
    messages::{Heartbeat, MOST_CHANGES, PROTO, PullAnswer, PullRequest, PushAnswer, PushRequest},
    outbox::{BatchSize, Meta, OutboxRow, Stamp, next_batch, waiting},
    settle::{next_try, settle_pull, settle_push},
    store::{Change, PhoneStore, Snapshot, Touch},
};
use crate::domain::{
    ids::{AccountId, OpId},
    record::SCHEMA,
};

/// Why a message had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireFault {
    /// No network, a timeout, a server that is down: later.
    Unreachable,
    /// Something answered, but not our server: a Wi-Fi that asks for a login.
    Portal,
    /// The session is over, or is another person's.
    SignedOut,
    /// The phone was revoked.
    Revoked,
    /// The server does not know this message any more, or not yet: the app needs an update.
    Skew,
    /// The message as a whole was refused, so a smaller one may pass.
    TooLarge,
    /// The server cannot read the cursor: the pull begins again from nothing.
    StrangeCursor,
    /// The server asks to wait, in seconds.
    Busy(u32),
}

/// The port to the server.
#[expect(async_fn_in_trait, reason = "the browser is single-threaded: its futures are not Send")]
pub trait Wire {
    /// Sends operations.
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault>;
    /// Asks for changes.
    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault>;
}

/// Clock and fresh ids, which are the phone's and not the engine's.
pub trait Surroundings {
    /// The phone's clock.
    fn now(&self) -> DateTime<FixedOffset>;
    /// A fresh operation id.
    fn op_id(&self) -> OpId;
}

/// For whom and as what a round speaks.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// The account whose store this is.
    pub user: AccountId,
    /// The build of the app.
    pub build: String,
}

/// What a round came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Operations that got a final answer.
    pub settled: usize,
    /// Records that changed by a pull.
    pub received: usize,
    /// Why it ended early, if it did.
    pub fault: Option<WireFault>,
}

/// Pushes and pulls until nothing is left that can be done now.
pub async fn round<S: PhoneStore, W: Wire, P: Surroundings>(
    store: &S,
    wire: &W,
    around: &P,
    speaker: &Speaker,
) -> Result<Round, S::Fault> {
    let mut round = Round::default();
    push_all(store, wire, around, speaker, &mut round).await?;
    if round.fault.is_none() {
        pull_all(store, wire, around, speaker, &mut round).await?;
    }
    Ok(round)
}

async fn push_all<S: PhoneStore, W: Wire, P: Surroundings>(
    store: &S,
    wire: &W,
    around: &P,
    speaker: &Speaker,
    round: &mut Round,
) -> Result<(), S::Fault> {
    let mut size = BatchSize::default();
    loop {
        let now = around.now();
        // The rows are marked before they leave: from then on the server may have them (I1).
        let (batch, mut heartbeat, epoch) = store
            .transact(Touch::outbox(), |state| {
                let mut batch = next_batch(&state.rows, size, now.to_utc());
                for row in &mut batch {
                    row.tries = row.tries.saturating_add(1);
                }
                let heartbeat = heartbeat(speaker, &state.meta, &state.rows, now);
                let epoch = state.meta.epoch;
                (Change { put_rows: batch.clone(), ..Change::default() }, (batch, heartbeat, epoch))
            })
            .await?;
        if batch.is_empty() {
            return Ok(());
        }
        let ops = batch.iter().filter_map(|row| serde_json::value::to_raw_value(&row.to_op()?).ok()).collect();
        heartbeat.now = around.now();
        let answer = wire.push(&PushRequest { heartbeat, epoch, ops }).await;
        match answer {
            Ok(answer) if answer.sync == PROTO => {
                size = BatchSize {
                    ops: size.ops.min(answer.limits.ops.max(1) as usize),
                    bytes: size.bytes.min(answer.limits.bytes.max(1) as usize),
                };
                round.settled += settle(store, around, &batch, &answer).await?;
                if answer.limits.retry_after_s > 0 {
                    round.fault = Some(WireFault::Busy(answer.limits.retry_after_s));
                    return Ok(());
                }
            }
            Ok(_) => {
                round.fault = Some(WireFault::Portal);
                return Ok(());
            }
            Err(WireFault::TooLarge) if batch.len() > 1 => size.ops = batch.len() / 2,
            Err(WireFault::TooLarge) => {
                // Alone and still refused: it waits aside, so that the others pass it (I5).
                park(store, &batch, around.now().to_utc()).await?;
                size = BatchSize::default();
            }
            Err(fault) => {
                round.fault = Some(fault);
                return Ok(());
            }
        }
    }
}

async fn settle<S: PhoneStore, P: Surroundings>(
    store: &S,
    around: &P,
    batch: &[OutboxRow],
    answer: &PushAnswer,
) -> Result<usize, S::Fault> {
    let touch = Touch { records: batch.iter().map(|row| row.record).collect(), outbox: true };
    store
        .transact(touch, |state| {
            let stamp = || Stamp { op: around.op_id(), at: around.now() };
            let here = around.now().to_utc();
            let change = settle_push(state, batch, &answer.results, answer.server_now, here, stamp);
            let settled = change.receipts.len();
            (change, settled)
        })
        .await
}

async fn park<S: PhoneStore>(store: &S, batch: &[OutboxRow], now: DateTime<Utc>) -> Result<(), S::Fault> {
    let rows: Vec<OutboxRow> = batch
        .iter()
        .cloned()
        .map(|row| OutboxRow {
            next_try_at: Some(next_try(row.tries.max(8), now)),
            last_error: Some("too_large".to_owned()),
            ..row
        })
        .collect();
    store.transact(Touch::default(), |_| (Change { put_rows: rows, ..Change::default() }, ())).await
}

async fn pull_all<S: PhoneStore, W: Wire, P: Surroundings>(
    store: &S,
    wire: &W,
    around: &P,
    speaker: &Speaker,
    round: &mut Round,
) -> Result<(), S::Fault> {
    loop {
        let (heartbeat, cursor) = store
            .transact(Touch::outbox(), |state| {
                let heartbeat = heartbeat(speaker, &state.meta, &state.rows, around.now());
                (Change::default(), (heartbeat, state.meta.cursor.clone()))
            })
            .await?;
        let begins = cursor.is_none();
        match wire.pull(&PullRequest { heartbeat, cursor, limit: MOST_CHANGES }).await {
            Ok(answer) if answer.sync == PROTO => {
                let touch =
                    Touch { records: answer.changes.iter().map(|change| change.record).collect(), outbox: true };
                // Changes and cursor in one transaction: a pull that dies half-way is repeated whole (I7).
                round.received += store
                    .transact(touch, |state| {
                        let mut change = settle_pull(state, &answer.changes);
                        let received = change.put_entries.len() + change.remove_entries.len();
                        let mut meta = change.meta.take().unwrap_or_else(|| state.meta.clone());
                        meta.cursor = Some(answer.cursor.clone());
                        meta.epoch = Some(answer.epoch);
                        if !answer.more {
                            meta.last_pull_at = Some(answer.server_now);
                        }
                        change.meta = Some(meta);
                        (change, received)
                    })
                    .await?;
                if !answer.more {
                    return Ok(());
                }
            }
            Ok(_) => {
                round.fault = Some(WireFault::Portal);
                return Ok(());
            }
            // Nothing is lost by it: what is known already is passed over.
            Err(WireFault::StrangeCursor) if !begins => {
                let forget = |state: &Snapshot| {
                    let meta = Meta { cursor: None, ..state.meta.clone() };
                    (Change { meta: Some(meta), ..Change::default() }, ())
                };
                store.transact(Touch::default(), forget).await?;
            }
            Err(fault) => {
                round.fault = Some(fault);
                return Ok(());
            }
        }
    }
}

fn heartbeat(speaker: &Speaker, meta: &Meta, rows: &[OutboxRow], now: DateTime<FixedOffset>) -> Heartbeat {
    let (records, withdrawals) = waiting(rows);
    Heartbeat {
        proto: PROTO,
        build: speaker.build.clone(),
        schema: SCHEMA,
        device: meta.device,
        user: speaker.user,
        now,
        pending: u32::try_from(records + withdrawals).unwrap_or(u32::MAX),
        oldest: rows.iter().map(|row| row.client_at).min(),
        stalls: meta.stalls,
    }
}
