//! The messages of protocol 1 (`offline.md` 2.4). Once released a field keeps its meaning for ever: new ones are
//! optional, and what a newer release adds is ignored, never refused.

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::hash::BodyHash;
use crate::domain::{
    coded::{Coded, codes},
    fault::Fault,
    ids::{AccountId, DeviceId, Epoch, OpId, RecordId},
    iso,
};

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

codes! {
    /// Why an operation was refused for good, or put off. The label is the sentence shown.
    Refusal {
        InvalidBody = "invalid_body", "Cette saisie est à corriger.";
        MalformedOp = "malformed_op", "Cette saisie n’a pas pu être lue. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        HashMismatch = "hash_mismatch", "Cette saisie est arrivée abîmée ; elle sera renvoyée.";
        InvalidId = "invalid_id", "Cette saisie n’a pas pu être envoyée. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        OpReused = "op_reused", "Cette saisie n’a pas pu être envoyée. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        KindChanged = "kind_changed", "Cette saisie a changé de nature ailleurs. Supprimez celle-ci, puis notez-la de nouveau.";
        NotYours = "not_yours", "Cette saisie n’est pas la vôtre.";
        Withdrawn = "withdrawn", "Cette saisie a déjà été retirée.";
        TooLarge = "too_large", "Cette saisie est trop volumineuse.";
        AwaitsPrevious = "awaits_previous", "Cette saisie attend la précédente.";
        TryAgain = "try_again", "Le serveur est occupé ; l’envoi reprendra.";
        NewLife = "new_life", "Le serveur a été restauré ; l’envoi reprendra.";
        AskedBack = "asked_back", "La coordination vous pose une question sur cette saisie.";
    }
}

/// What the server holds of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerCopy {
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub deleted: bool,
    /// Its body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The hash of the body.
    pub hash: BodyHash,
}

/// What became of one operation.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Verdict {
    /// It is in the ledger, and the record has this version.
    Applied {
        /// The record's version.
        version: i64,
        /// The hash of what was stored.
        hash: BodyHash,
    },
    /// It already was.
    Duplicate {
        /// The record's version after it.
        version: i64,
        /// The hash of what was stored.
        hash: BodyHash,
    },
    /// The record has changed since; a person or a merge decides.
    Conflict {
        /// What the server holds.
        server: ServerCopy,
    },
    /// It cannot be taken as it is, and will not be.
    Rejected {
        /// Why.
        code: Coded<Refusal>,
        /// The first field at fault, where one is.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// Every fault.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        faults: Vec<Fault>,
    },
    /// Not now; send it again.
    Deferred {
        /// Why.
        code: Coded<Refusal>,
    },
    /// An answer of a newer server: not an acknowledgement.
    Unknown,
}

impl Verdict {
    /// A refusal without a field.
    pub fn rejected(code: Refusal) -> Self {
        Self::Rejected { code: code.into(), field: None, faults: Vec::new() }
    }

    /// Not now.
    pub fn deferred(code: Refusal) -> Self {
        Self::Deferred { code: code.into() }
    }
}

/// One line of the answer to a push.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Line")]
pub struct OpResult {
    /// The operation; none when not even its id could be read.
    pub op: Option<OpId>,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// A line as it is read: every field that some verdict has. A tagged and flattened enumeration would be read through
/// four more copies of everything, each of which a phone downloads.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    op: Option<OpId>,
    status: String,
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    hash: Option<BodyHash>,
    #[serde(default)]
    server: Option<ServerCopy>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    faults: Vec<Fault>,
}

/// A line that lacks what its status needs.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a line without what its status needs")]
struct IncompleteLine;

impl TryFrom<Line> for OpResult {
    type Error = IncompleteLine;

    fn try_from(line: Line) -> Result<Self, IncompleteLine> {
        let acknowledged = line.version.zip(line.hash).ok_or(IncompleteLine);
        let code = line.code.as_deref().map(Coded::from).ok_or(IncompleteLine);
        let verdict = match line.status.as_str() {
            "applied" => acknowledged.map(|(version, hash)| Verdict::Applied { version, hash })?,
            "duplicate" => acknowledged.map(|(version, hash)| Verdict::Duplicate { version, hash })?,
            "conflict" => Verdict::Conflict { server: line.server.ok_or(IncompleteLine)? },
            "rejected" => Verdict::Rejected { code: code?, field: line.field, faults: line.faults },
            "deferred" => Verdict::Deferred { code: code? },
            _ => Verdict::Unknown,
        };
        Ok(Self { op: line.op, verdict })
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts are those of the protocol: a phone of last month reads and writes them so.
    #[test]
    fn a_line_is_read_as_it_is_written() {
        let id = "01890000-0000-7000-8000-000000000001";
        let hash = BodyHash::of("a");
        let texts = [
            format!(r#"{{"op":"{id}","status":"applied","version":3,"hash":"{hash}"}}"#),
            format!(r#"{{"op":"{id}","status":"duplicate","version":3,"hash":"{hash}"}}"#),
            format!(
                r#"{{"op":"{id}","status":"conflict","server":{{"version":3,"deleted":false,"body":"a","hash":"{hash}"}}}}"#
            ),
            format!(r#"{{"op":"{id}","status":"rejected","code":"withdrawn"}}"#),
            r#"{"op":null,"status":"rejected","code":"later","field":"x","faults":[{"field":"x","code":"missing"}]}"#
                .to_owned(),
            format!(r#"{{"op":"{id}","status":"deferred","code":"try_again"}}"#),
        ];
        for text in texts {
            let line: OpResult = crate::domain::json::read(&text).expect("a line");
            assert_eq!(serde_json::to_string(&line).expect("JSON"), text);
        }
        let later: OpResult =
            crate::domain::json::read(&format!(r#"{{"op":"{id}","status":"held","until":1}}"#)).expect("a line");
        assert!(matches!(later.verdict, Verdict::Unknown));
        for text in
            [r#"{"status":"applied","version":3}"#, r#"{"status":"rejected"}"#, r#"{"status":"conflict"}"#, "{}"]
        {
            assert!(crate::domain::json::read::<OpResult>(text).is_err(), "{text}");
        }
    }
}
