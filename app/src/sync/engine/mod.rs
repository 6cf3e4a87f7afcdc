//! The phone's side of a round: push what waits, pull what is new (`offline.md` 2.4 to 2.6). It runs over two ports,
//! the store and the wire; the browser, the tests and the benches each bring their own.

mod hand_over;
mod pull;
mod push;

use std::{future::Future, pin::Pin};

use chrono::{DateTime, FixedOffset};

use super::{
    messages::{EscrowAnswer, Heartbeat, PROTO, PullAnswer, PullRequest, PushAnswer, PushRequest},
    outbox::{Meta, OutboxRow, Stamp, waiting},
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
    /// Hands operations over from a phone that was revoked.
    async fn escrow(&self, request: &PushRequest) -> Result<EscrowAnswer, WireFault>;
}

/// Clock and fresh ids, which are the phone's and not the engine's.
pub trait Surroundings {
    /// The phone's clock.
    fn now(&self) -> DateTime<FixedOffset>;
    /// A fresh operation id.
    fn op_id(&self) -> OpId;
    /// What a change needs that is made now.
    fn stamp(&self) -> Stamp {
        Stamp { op: self.op_id(), at: self.now() }
    }
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
    /// The phone was revoked, and the coordination holds all that was here: the store may be wiped.
    pub handed_over: bool,
}

/// Most times that one round pushes and pulls again: after the first contact, and while a restored server is given back
/// what it lacks.
const MOST_PASSES: usize = 4;

/// A round under way: the ports, and what it has come to so far.
struct Errand<'a, S, W, P> {
    store: &'a S,
    wire: &'a W,
    around: &'a P,
    speaker: &'a Speaker,
    round: Round,
}

impl<S: PhoneStore, W, P> Errand<'_, S, W, P> {
    /// One transaction of the store. Boxed, and without a type of its own for what it comes to, so that a phone
    /// downloads the machinery of one once and not once for each caller.
    fn change<'b>(
        &'b self,
        touch: Touch,
        decide: &'b mut dyn FnMut(&Snapshot) -> Change,
    ) -> Pin<Box<dyn Future<Output = Result<(), S::Fault>> + 'b>> {
        Box::pin(self.store.transact(touch, |state| (decide(state), ())))
    }
}

/// Pushes and pulls until nothing is left that can be done now.
pub async fn round<S: PhoneStore, W: Wire, P: Surroundings>(
    store: &S,
    wire: &W,
    around: &P,
    speaker: &Speaker,
) -> Result<Round, S::Fault> {
    let mut errand = Errand { store, wire, around, speaker, round: Round::default() };
    for _ in 0..MOST_PASSES {
        errand.push().await?;
        if errand.round.fault.is_some() {
            break;
        }
        let again = errand.pull().await?;
        if !again || errand.round.fault.is_some() {
            break;
        }
    }
    if errand.round.fault == Some(WireFault::Revoked) {
        errand.hand_over().await?;
    }
    Ok(errand.round)
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
