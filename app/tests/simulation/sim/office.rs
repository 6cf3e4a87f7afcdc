//! What the simulation needs of an office, in memory or on PostgreSQL.

use std::collections::BTreeMap;

use app::{
    domain::ids::{AccountId, DeviceId, Epoch, OpId, PromeneurId, RecordId},
    sync::{
        engine::WireFault,
        hash::BodyHash,
        ledger::Status,
        messages::{EscrowAnswer, OpKind, PullAnswer, PullRequest, PushAnswer, PushRequest},
        rescue::RescueFile,
    },
};
use chrono::{DateTime, Utc};

use super::history::Fate;

/// A person with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User {
    pub account: AccountId,
    pub promeneur: PromeneurId,
}

/// A line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub op: OpId,
    pub author: PromeneurId,
    pub record: RecordId,
    pub kind: OpKind,
    pub base: Option<i64>,
    pub after: Option<OpId>,
    pub hash: BodyHash,
    pub body: Option<String>,
    pub status: Status,
    pub version: Option<i64>,
}

/// A record as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub author: PromeneurId,
    pub version: i64,
    pub deleted: bool,
    pub body: String,
}

/// All that an office holds.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// In the order in which they were written.
    pub lines: Vec<Line>,
    pub records: BTreeMap<RecordId, Standing>,
    /// The texts of what was handed over or could not be taken.
    pub quarantine: Vec<String>,
    /// The sums that are kept as operations come, without noughts.
    pub sums: BTreeMap<String, i64>,
    pub head: i64,
    pub born: i64,
}

/// An office.
pub trait Office {
    /// Takes a push of a session. `dies`: the process is killed before it has committed.
    fn push(&self, session: User, request: &PushRequest, dies: bool) -> Result<PushAnswer, WireFault>;
    /// An acknowledgement that nobody gave, where a planted bug makes a phone believe in one.
    fn imagined(&self, _: &PushRequest, _: Fate) -> Option<PushAnswer> {
        None
    }
    /// Answers a pull.
    fn pull(&self, session: User, request: &PullRequest) -> Result<PullAnswer, WireFault>;
    /// Holds what a revoked phone hands over.
    fn escrow(&self, session: User, request: &PushRequest) -> Result<EscrowAnswer, WireFault>;
    /// Takes a rescue file in.
    fn rescue(&self, of: User, file: &RescueFile);
    /// Copies the database.
    fn backup(&self);
    /// Puts the copy back and begins a new life; false where there is none.
    fn restore(&self) -> bool;
    /// Withdraws a phone.
    fn revoke(&self, device: DeviceId);
    /// Lets time pass.
    fn pass(&self, seconds: i64);
    /// The present life of its database.
    fn epoch(&self) -> Epoch;
    /// Its clock.
    fn now(&self) -> DateTime<Utc>;
    /// All that it holds.
    fn books(&self) -> Books;
}
