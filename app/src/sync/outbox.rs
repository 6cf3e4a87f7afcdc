//! What a phone holds: its entries, and what it still has to send.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    hash::BodyHash,
    messages::{MOST_BYTES, MOST_OPS, Op, OpKind, Refusal},
    store::Change,
};
use crate::domain::{
    coded::Coded,
    fault::Fault,
    ids::{DeviceId, Epoch, OpId, RecordId},
    iso,
};

/// [`OutboxRow::last_error`] of an operation that was refused even alone.
pub const PARKED: &str = "too_large";

/// The longest that one operation waits by itself.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(5);

/// Where a record stands between this phone and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// On this phone only, or with changes that are.
    Pending,
    /// The server holds exactly this.
    Synced,
    /// Changed here and elsewhere in the same field; a person chooses.
    Conflict,
    /// The server refused it; to be corrected.
    Rejected,
}

/// A record on the phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The record.
    pub id: RecordId,
    /// The text of its body, as the person sees it.
    pub body: String,
    /// The last version that the server gave it; none when it was never acknowledged.
    pub version: Option<i64>,
    /// Counts the changes made here.
    pub local_rev: u64,
    /// Where it stands.
    pub state: EntryState,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub deleted: bool,
    /// Whether `version` is a withdrawal.
    #[serde(default)]
    pub is_withdrawn: bool,
    /// The last body that the server acknowledged.
    #[serde(default)]
    pub base_body: Option<String>,
    /// When the server received it.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it was last changed here.
    #[serde(deserialize_with = "iso::read")]
    pub changed_at: DateTime<FixedOffset>,
    /// The life of the server's database, as [`Meta::life`] counts them, in which it last held `version`.
    #[serde(default)]
    pub life: u32,
    /// Why the server refused it.
    #[serde(default)]
    pub problem: Option<Problem>,
    /// What the server holds instead, in a conflict; or what a pull learnt while something here waits.
    #[serde(default)]
    pub theirs: Option<Theirs>,
    /// Who wrote `version`, where that was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// Why the server refused a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The reason.
    pub code: Coded<Refusal>,
    /// Each fault of a field.
    #[serde(default)]
    pub faults: Vec<Fault>,
    /// What the coordination asks about it, where it was sent back with a question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
}

/// The server's copy of a record in conflict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theirs {
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    pub deleted: bool,
    /// Its body.
    pub body: Option<String>,
    /// The life of the database in which it last held this.
    #[serde(default)]
    pub life: u32,
    /// Who wrote it, where that was somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// One operation that has no final answer yet. It leaves the outbox on one only (`offline.md` I1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The phone's counter: the key, and the order.
    pub seq: u64,
    /// The idempotency key.
    pub op: OpId,
    /// The record.
    pub record: RecordId,
    /// What it does.
    pub kind: OpKind,
    /// The version it was made on.
    pub base: Option<i64>,
    /// The operation it was made on, when that one had no answer yet.
    #[serde(default)]
    pub after: Option<OpId>,
    /// The schema of the body.
    pub schema: u32,
    /// The text of the body.
    pub body: Option<String>,
    /// Why it is withdrawn.
    #[serde(default)]
    pub reason: Option<String>,
    /// It gives back what an earlier life of the server had acknowledged (I14).
    #[serde(default)]
    pub refill: bool,
    /// The server has acknowledged an operation that was made on this one, and so holds all of it: what is left is to
    /// hear the answer (I1), and nothing that it says changes the record.
    #[serde(default, skip_serializing_if = "is_false")]
    pub overtaken: bool,
    /// Hash of the body's text.
    pub hash: BodyHash,
    /// The entry's `local_rev` that it sends.
    pub local_rev: u64,
    /// When the person did it.
    #[serde(deserialize_with = "iso::read")]
    pub client_at: DateTime<FixedOffset>,
    /// How often it was handed to the network. Above zero the server may have it already, so it is never replaced.
    #[serde(default)]
    pub tries: u32,
    /// Not before this.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub next_try_at: Option<DateTime<Utc>>,
    /// The stable code of the last failure.
    #[serde(default)]
    pub last_error: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

impl OutboxRow {
    /// The message for it; none if its body is no JSON, which cannot be sent.
    pub fn to_op(&self) -> Option<Op> {
        let body = match &self.body {
            Some(text) => Some(RawValue::from_string(text.clone()).ok()?),
            None => None,
        };
        Some(Op {
            op: self.op,
            seq: self.seq,
            kind: self.kind,
            record: self.record,
            base: self.base,
            after: self.after,
            schema: self.schema,
            at: self.client_at,
            body,
            reason: self.reason.clone(),
            refill: self.refill,
            hash: self.hash,
        })
    }

    /// Whether the person may still take it back or replace it: no server can have heard of it, or the server refuses to
    /// read it. What is given back to a restored server was acknowledged once, so it is not theirs to take back.
    pub fn is_unsent(&self) -> bool {
        (self.tries == 0 || self.is_parked() || planted!(SentIsReplaced)) && !self.refill
    }

    /// Whether it was refused even alone, by a server that could not read the message, and waits aside.
    pub fn is_parked(&self) -> bool {
        self.last_error.as_deref() == Some(PARKED)
    }

    fn bytes(&self) -> usize {
        self.body.as_ref().map_or(0, String::len) + 400
    }
}

/// What a phone knows about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meta {
    /// This browser profile, for this account.
    pub device: DeviceId,
    /// The next outbox key.
    pub next_seq: u64,
    /// Where the last pull ended.
    #[serde(default)]
    pub cursor: Option<String>,
    /// The life of the server's database that the cursor belongs to.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// When the server last acknowledged something.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub last_ack_at: Option<DateTime<Utc>>,
    /// When a pull last came to its end.
    #[serde(default, deserialize_with = "iso::read_some")]
    pub last_pull_at: Option<DateTime<Utc>>,
    /// How often sending stood still until the watchdog began it anew.
    #[serde(default)]
    pub stalls: u32,
    /// Counts the lives of the server's database that this phone has met, from nought.
    #[serde(default)]
    pub life: u32,
    /// A new life has begun, and what it lacks of this phone's records is still to be found out (I14).
    #[serde(default)]
    pub refill: bool,
    /// How far this phone's clock is behind the server's, in seconds, at the last answer.
    #[serde(default)]
    pub behind_s: i64,
    /// The phone was revoked and has handed over all that is here; what is saved from now on unseals it.
    #[serde(default)]
    pub sealed: bool,
}

impl Meta {
    /// What a phone knows that was never used.
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            next_seq: 1,
            cursor: None,
            epoch: None,
            last_ack_at: None,
            last_pull_at: None,
            stalls: 0,
            life: 0,
            refill: false,
            behind_s: 0,
            sealed: false,
        }
    }
}

/// What a change made by the person needs from outside.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// The id of the operation, should one be needed.
    pub op: OpId,
    /// The phone's clock.
    pub at: DateTime<FixedOffset>,
}

/// What waits, as a person counts it: records with something to send, and records to withdraw.
pub fn waiting(rows: &[OutboxRow]) -> (usize, usize) {
    // The last operation of a record says what it comes to. Records are made in the order of their ids, so a place is
    // mostly found at the end; and a list in order weighs less to download than a set.
    let mut last: Vec<(RecordId, OpKind)> = Vec::with_capacity(rows.len());
    for row in rows {
        match last.binary_search_by_key(&row.record, |(record, _)| *record) {
            Ok(at) => last[at].1 = row.kind,
            Err(at) => last.insert(at, (row.record, row.kind)),
        }
    }
    let records = last.iter().filter(|(_, kind)| *kind == OpKind::Upsert).count();
    (records, last.len() - records)
}

/// How much one push may hold; halved when a batch is refused as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchSize {
    /// Operations.
    pub ops: usize,
    /// Bytes.
    pub bytes: usize,
}

impl Default for BatchSize {
    fn default() -> Self {
        Self { ops: MOST_OPS, bytes: MOST_BYTES }
    }
}

/// The next rows to send: in order, those that may be tried now, and none before an earlier one of the same record.
pub fn next_batch(rows: &[OutboxRow], size: BatchSize, now: DateTime<Utc>) -> Vec<OutboxRow> {
    let mut batch: Vec<OutboxRow> = Vec::new();
    let mut held_back: Vec<RecordId> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        // No wait is longer than that: a later moment was set by a clock that has been put right since (I11).
        let ready =
            row.next_try_at.is_none_or(|at| at <= now || at > now + LONGEST_WAIT && !planted!(WaitsAreBelieved));
        // What was overtaken goes once what overtook it is given back, and then changes nothing.
        let goes_last =
            row.overtaken && batch.iter().any(|other| other.refill && !other.overtaken && other.record == row.record);
        if !ready || goes_last || held_back.contains(&row.record) {
            held_back.push(row.record);
            continue;
        }
        if !batch.is_empty() && (batch.len() >= size.ops || bytes + row.bytes() > size.bytes) {
            break;
        }
        bytes += row.bytes();
        batch.push(row.clone());
    }
    batch
}

/// What a person has written on top of an operation that was refused even alone takes its place: it is the whole record,
/// and waits at the server for what it was made on, if it was sent.
pub fn supersede_parked(rows: &[OutboxRow]) -> Change {
    let mut change = Change::default();
    for parked in rows.iter().filter(|row| row.is_parked() && !row.refill) {
        let follower = rows.iter().find(|row| row.after == Some(parked.op));
        if let Some(follower) = follower {
            change.remove_rows.push(parked.seq);
            change.put_rows.push(OutboxRow { base: parked.base, after: parked.after, ..follower.clone() });
        }
    }
    change
}
