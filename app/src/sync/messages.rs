//! The messages of protocol 1 (`offline.md` 2.4). Once released a field keeps its meaning for ever: new ones are
//! optional, and what a newer release adds is ignored, never refused.

mod verdict;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::hash::BodyHash;
use crate::domain::{
    ids::{AccountId, DeviceId, Epoch, OpId, RecordId},
    iso,
};

pub use verdict::{OpResult, Refusal, ServerCopy, Verdict};

/// The number of this protocol.
pub const PROTO: u16 = 1;
/// Most operations in one push.
pub const MOST_OPS: usize = 100;
/// Most bytes of operations in one push; the route itself takes up to [`MOST_BYTES_ON_ROUTE`].
pub const MOST_BYTES: usize = 256 * 1024;
/// Largest body that the sync routes read.
pub const MOST_BYTES_ON_ROUTE: usize = 1024 * 1024;
/// Most changes in one answer to a pull.
pub const MOST_CHANGES: u32 = 500;

/// What a phone says about itself with every message, so that the coordinator knows what is still missing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The protocol spoken.
    pub proto: u16,
    /// The build of the phone's app.
    #[serde(default)]
    pub build: String,
    /// The schema that it writes.
    pub schema: u32,
    /// The phone.
    pub device: DeviceId,
    /// For whom it speaks: the account whose store the outbox is in, which must be the session's.
    pub user: AccountId,
    /// The phone's clock.
    #[serde(deserialize_with = "iso::read")]
    pub now: DateTime<FixedOffset>,
    /// How many records it still holds something to send of, those of this message included.
    #[serde(default)]
    pub pending: u32,
    /// When the oldest of them was made.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub oldest: Option<DateTime<FixedOffset>>,
    /// How often sending stood still on this phone until the watchdog began it anew, in all its life.
    #[serde(default)]
    pub stalls: u32,
}

/// `POST /api/v1/sync_push`, and `/api/v1/sync_escrow` from a phone that was revoked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushRequest {
    /// Who speaks.
    #[serde(flatten)]
    pub heartbeat: Heartbeat,
    /// The life of the database in which this phone last received something: the versions that the operations were made
    /// on are of that life. None from a phone that has never received anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<Epoch>,
    /// The operations, each an [`Op`]; kept raw so that one that cannot be read does not refuse the others.
    pub ops: Vec<Box<RawValue>>,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpKind {
    /// Writes the whole record.
    Upsert,
    /// Withdraws it.
    Delete,
}

/// One operation on one record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Op {
    /// The idempotency key.
    pub op: OpId,
    /// The phone's own counter: order within the device.
    pub seq: u64,
    /// What it does.
    pub kind: OpKind,
    /// The record.
    #[serde(rename = "entry")]
    pub record: RecordId,
    /// The version it was made on; none when the phone has never seen one.
    #[serde(default)]
    pub base: Option<i64>,
    /// The operation of the same phone that it was made on, when that one had no answer yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<OpId>,
    /// The schema of the body.
    pub schema: u32,
    /// When the person did it, by the phone's clock: data, never order.
    #[serde(deserialize_with = "iso::read")]
    pub at: DateTime<FixedOffset>,
    /// The record's body; none for a withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Box<RawValue>>,
    /// Why it is withdrawn, where a reason was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The phone gives back what an earlier life of the database had acknowledged at version `base` (`offline.md` I14):
    /// the record as it then stood, or its withdrawal, with its body in both cases.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refill: bool,
    /// [`BodyHash::of`] the body's text, or of the empty text.
    pub hash: BodyHash,
}

/// What the server asks of a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Most operations in one push.
    pub ops: u32,
    /// Most bytes of operations in one push.
    pub bytes: u32,
    /// How long to wait before the next message, in seconds.
    #[serde(default)]
    pub retry_after_s: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { ops: 100, bytes: 256 * 1024, retry_after_s: 0 }
    }
}

/// The answer to a push. Anything that does not read as one is no answer: a captive portal says 200 too.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PushAnswer {
    /// The envelope's mark: [`PROTO`].
    pub sync: u16,
    /// The server's clock.
    #[serde(deserialize_with = "iso::read")]
    pub server_now: DateTime<Utc>,
    /// The life of the server's database.
    pub epoch: Epoch,
    /// The oldest build that may still speak.
    #[serde(default)]
    pub min_build: String,
    /// What the server asks.
    #[serde(default)]
    pub limits: Limits,
    /// One line an operation.
    pub results: Vec<OpResult>,
}

/// The answer to `POST /api/v1/sync_escrow`: what a revoked phone may forget, because the coordination holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EscrowAnswer {
    /// The envelope's mark: [`PROTO`].
    pub sync: u16,
    /// The server's clock.
    #[serde(deserialize_with = "iso::read")]
    pub server_now: DateTime<Utc>,
    /// The operations that are held.
    pub held: Vec<OpId>,
}

/// A record that the coordination sends back with a question, because no phone could hand it over as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The record.
    #[serde(rename = "entry")]
    pub record: RecordId,
    /// Its body as text.
    pub body: String,
    /// The question, in the coordinator's words.
    pub question: String,
    /// When it was asked.
    #[serde(deserialize_with = "iso::read")]
    pub at: DateTime<Utc>,
}

/// `POST /api/v1/sync_pull`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullRequest {
    /// Who speaks.
    #[serde(flatten)]
    pub heartbeat: Heartbeat,
    /// Where the last answer ended; none to begin.
    #[serde(default)]
    pub cursor: Option<String>,
    /// Most changes wanted.
    pub limit: u32,
}

/// One record that changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// The record.
    #[serde(rename = "entry")]
    pub record: RecordId,
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub deleted: bool,
    /// Whether it left this person's scope and must leave the phone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub purge: bool,
    /// Its body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The hash of the body.
    pub hash: BodyHash,
    /// Who wrote it, where that was not the person whose record it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When the server received it.
    #[serde(deserialize_with = "iso::read")]
    pub received_at: DateTime<Utc>,
}

/// The answer to a pull.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PullAnswer {
    /// The envelope's mark: [`PROTO`].
    pub sync: u16,
    /// The server's clock.
    #[serde(deserialize_with = "iso::read")]
    pub server_now: DateTime<Utc>,
    /// The life of the server's database.
    pub epoch: Epoch,
    /// What changed after the cursor, in order of version.
    pub changes: Vec<Change>,
    /// Where this answer ends.
    pub cursor: String,
    /// Whether there is more.
    pub more: bool,
    /// Whether to begin again from nothing, without touching unsent work.
    #[serde(default)]
    pub reset: bool,
    /// What is sent back with a question; in the last answer of a pull, until it is dealt with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned: Vec<Returned>,
}

/// A place in a person's changes: `<epoch>.<version>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The life of the database it belongs to.
    pub epoch: Epoch,
    /// The last version seen.
    pub version: i64,
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor")]
pub struct NotACursor;

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.epoch, self.version)
    }
}

impl std::str::FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (epoch, version) = text.split_once('.').ok_or(NotACursor)?;
        let version: i64 = version.parse().map_err(|_| NotACursor)?;
        if version < 0 {
            return Err(NotACursor);
        }
        Ok(Self { epoch: epoch.parse().map_err(|_| NotACursor)?, version })
    }
}
