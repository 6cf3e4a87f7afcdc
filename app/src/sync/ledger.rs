//! The server's rules for one operation (`offline.md` 2.5, 2.7). Pure: the server loads what the ledger holds, this
//! decides, the server writes; the tests do the same in memory.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use serde_json::value::RawValue;

use super::{
    hash::BodyHash,
    lineage::{Kinship, Lineage},
    messages::{Op, OpKind, OpResult, Refusal, ServerCopy, Verdict},
};
use crate::domain::{
    coded::Code,
    ids::{OpId, PromeneurId, RecordId},
    measure::{Contribution, contributions},
    record::{BODY_BYTES, Body, Record},
};

/// A final answer as the ledger keeps it, so that a repeated delivery hears the same (I2).
#[derive(Clone, Debug)]
pub struct LedgerOp {
    /// Who sent it.
    pub author: PromeneurId,
    /// The record it was about.
    pub record: RecordId,
    /// The hash that the operation was sent with.
    pub hash: BodyHash,
    /// The version it was made on.
    pub base: Option<i64>,
    /// What became of it.
    pub status: Status,
    /// The record's version after it, where it was applied.
    pub version: Option<i64>,
    /// The refusal, where it was refused.
    pub verdict: Option<Verdict>,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It changed its record.
    Applied,
    /// The record already held exactly this.
    Duplicate,
    /// The record had changed since.
    Conflict,
    /// It cannot be taken.
    Rejected,
}

impl Status {
    /// The word in the ledger.
    pub fn code(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Rejected => "rejected",
        }
    }

    /// The status of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Applied, Self::Duplicate, Self::Conflict, Self::Rejected]
            .into_iter()
            .find(|status| status.code() == code)
    }
}

/// A record as it stands.
#[derive(Clone, Debug)]
pub struct Current {
    /// Whose it is.
    pub author: PromeneurId,
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    pub deleted: bool,
    /// Its kind.
    pub kind: String,
    /// The text of its body.
    pub body: String,
    /// The hash of the body.
    pub hash: BodyHash,
    /// What it holds of its past, where the database has had more than one life.
    pub lineage: Lineage,
}

impl Current {
    fn copy(&self) -> ServerCopy {
        ServerCopy { version: self.version, deleted: self.deleted, body: Some(self.body.clone()), hash: self.hash }
    }
}

/// The part of the ledger that a batch touches.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Operations of the batch, and those they were made on, that the ledger already holds.
    pub ops: HashMap<OpId, LedgerOp>,
    /// The records of the batch that exist.
    pub records: HashMap<RecordId, Current>,
    /// The highest version given in this network.
    pub head: i64,
    /// The highest version of the lives before this one; this one gives only higher ones.
    pub born: i64,
}

/// By how much at least a new life of the database starts above the last one (`offline.md` I14): more than any gives.
pub const LIFE: i64 = 1_000_000_000_000;

/// What an operation changes, when it is applied.
#[derive(Clone, Debug)]
pub struct Write {
    /// The record as it stands afterwards.
    pub record: Current,
    /// Whether the record is new.
    pub is_new: bool,
    /// What the record counted for before.
    pub removed: Vec<Contribution>,
    /// What it counts for now.
    pub added: Vec<Contribution>,
    /// The record itself, for the projections that are no sums; none when withdrawn.
    pub parsed: Option<Record>,
}

/// What became of an operation: the answer, the line for the ledger, and what to write.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The operation.
    pub op: Op,
    /// The answer.
    pub verdict: Verdict,
    /// How it ended, for the ledger; none for an operation that is put off or known already.
    pub status: Option<Status>,
    /// What it changes, when it is applied.
    pub write: Option<Write>,
}

/// Years that a phone's clock may believe to be in, and that every database can hold.
pub const SANE_YEARS: std::ops::Range<i32> = 1970..2200;

/// Reads the operations of a push one by one. One that cannot be read, or holds a text or a time that the ledger cannot,
/// is refused on its own.
pub fn read_ops(raw: &[Box<RawValue>]) -> Vec<Result<Op, OpResult>> {
    raw.iter()
        .map(|raw| {
            let read = serde_json::from_str::<Op>(raw.get()).ok();
            // A text of Postgres holds every character but this one.
            let read = read.filter(|op| !op.reason.as_ref().is_some_and(|reason| reason.contains('\0')));
            let read = read.filter(|op| SANE_YEARS.contains(&op.at.to_utc().year()));
            read.ok_or_else(|| OpResult { op: lenient_id(raw.get()), verdict: Verdict::rejected(Refusal::MalformedOp) })
        })
        .collect()
}

fn lenient_id(text: &str) -> Option<OpId> {
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.get("op")?.as_str()?.parse().ok()
}

/// Decides one operation of `author` and, when it is applied, updates `known` so that the next one stands on it.
/// `today` is the day in the network's zone, against which dates are held.
pub fn decide(author: PromeneurId, op: Op, known: &mut Known, today: NaiveDate) -> Decision {
    if let Some(earlier) = known.ops.get(&op.op).filter(|_| !planted!(KnownOpIsJudgedAnew)) {
        let verdict = repeat(author, &op, earlier, known.records.get(&op.record));
        return Decision { op, verdict, status: None, write: None };
    }
    let (verdict, write) = judge(author, &op, known, today);
    let status = match &verdict {
        Verdict::Applied { .. } => Some(Status::Applied),
        Verdict::Duplicate { .. } => Some(Status::Duplicate),
        Verdict::Conflict { .. } => Some(Status::Conflict),
        Verdict::Rejected { .. } => Some(Status::Rejected),
        Verdict::Deferred { .. } | Verdict::Unknown => None,
    };
    if let Some(status) = status {
        let version = match &verdict {
            Verdict::Applied { version, .. } | Verdict::Duplicate { version, .. } => Some(*version),
            _ => None,
        };
        let refusal = (status == Status::Rejected).then(|| verdict.clone());
        let (record, hash, base) = (op.record, op.hash, op.base);
        known.ops.insert(op.op, LedgerOp { author, record, hash, base, status, version, verdict: refusal });
    }
    if let Some(write) = &write {
        known.head = write.record.version;
        known.records.insert(op.record, write.record.clone());
    }
    Decision { op, verdict, status, write }
}

/// The answer to an operation that the ledger holds already: the same as the first time.
fn repeat(author: PromeneurId, op: &Op, earlier: &LedgerOp, current: Option<&Current>) -> Verdict {
    // The same id for another record would be answered with what that one holds, whosesoever it is.
    if (earlier.author, earlier.record, earlier.hash) != (author, op.record, op.hash) {
        return Verdict::rejected(Refusal::OpReused);
    }
    match (earlier.status, earlier.version, current) {
        (Status::Applied | Status::Duplicate, Some(version), _) => Verdict::Duplicate { version, hash: earlier.hash },
        (Status::Conflict, _, Some(current)) => Verdict::Conflict { server: current.copy() },
        _ => earlier.verdict.clone().unwrap_or_else(|| Verdict::rejected(Refusal::InvalidBody)),
    }
}

fn judge(author: PromeneurId, op: &Op, known: &Known, today: NaiveDate) -> (Verdict, Option<Write>) {
    let refuse = |code| (Verdict::rejected(code), None);
    if op.record.0.get_version_num() != 7 || op.op.0.get_version_num() != 7 {
        return refuse(Refusal::InvalidId);
    }
    let current = known.records.get(&op.record);
    if current.is_some_and(|current| current.author != author) {
        return refuse(Refusal::NotYours);
    }
    let base = match op.after.map(|after| known.ops.get(&after)) {
        None => op.base,
        Some(None) if planted!(PreviousIsNotAwaited) => op.base,
        Some(None) => return (Verdict::deferred(Refusal::AwaitsPrevious), None),
        Some(Some(previous)) => previous.version.or(previous.base),
    };
    let text = op.body.as_ref().map_or("", |body| body.get());
    if BodyHash::of(text) != op.hash {
        // Damaged on its way: there is nothing to correct, it is sent again.
        return (Verdict::deferred(Refusal::HashMismatch), None);
    }
    match op.kind {
        _ if text.len() > BODY_BYTES => refuse(Refusal::TooLarge),
        _ if op.refill => judge_refill(author, op, text, current, known),
        OpKind::Delete => judge_delete(op, base, current, known),
        OpKind::Upsert => judge_upsert(author, op, text, base, current, known, today),
    }
}

/// What an earlier life of this database had acknowledged comes back (I14). Of versions of earlier lives the higher one
/// is the later one; what was changed in this life is for a person to compare.
fn judge_refill(
    author: PromeneurId,
    op: &Op,
    text: &str,
    current: Option<&Current>,
    known: &Known,
) -> (Verdict, Option<Write>) {
    let Some(stem) = op.base.filter(|base| *base <= known.born) else {
        return (Verdict::rejected(Refusal::MalformedOp), None);
    };
    let deleted = op.kind == OpKind::Delete;
    if let Some(current) = current.filter(|_| !planted!(GivenBackWins)) {
        match current.lineage.kinship(current.version, stem, known.born) {
            Kinship::Later => {}
            Kinship::Held => return (Verdict::Duplicate { version: stem, hash: op.hash }, None),
            Kinship::Apart if (current.deleted, current.hash) == (deleted, op.hash) => {
                return (Verdict::Duplicate { version: current.version, hash: op.hash }, None);
            }
            Kinship::Apart => return (Verdict::Conflict { server: current.copy() }, None),
        }
    }
    // It was accepted once: today's limits do not count.
    let body = match Body::from_json(text) {
        Ok(body) => body,
        Err(faults) => return (invalid(faults), None),
    };
    let record = match body.draft.parse(NaiveDate::MAX, false) {
        Ok(record) => Some(record).filter(|_| !deleted),
        // What was withdrawn counts for nothing, and is withdrawn also where the phone has only an edit of it left that
        // was never taken.
        Err(_) if deleted => None,
        Err(faults) => return (invalid(faults), None),
    };
    let version = known.head + 1;
    let write = Write {
        record: Current {
            author,
            version,
            deleted,
            kind: body.draft.kind().to_owned(),
            body: text.to_owned(),
            hash: op.hash,
            lineage: Lineage::given_back(stem, known.born),
        },
        is_new: current.is_none(),
        removed: current.filter(|current| !current.deleted).map(|current| counted(&current.body)).unwrap_or_default(),
        added: record.as_ref().map(contributions).unwrap_or_default(),
        parsed: record,
    };
    (Verdict::Applied { version, hash: op.hash }, Some(write))
}

fn judge_delete(op: &Op, base: Option<i64>, current: Option<&Current>, known: &Known) -> (Verdict, Option<Write>) {
    let Some(current) = current else { return (Verdict::rejected(Refusal::NotYours), None) };
    if current.deleted {
        return (Verdict::Duplicate { version: current.version, hash: op.hash }, None);
    }
    if base != Some(current.version) && !planted!(DeleteAlwaysWins) {
        return (Verdict::Conflict { server: current.copy() }, None);
    }
    let version = known.head + 1;
    let lineage = current.lineage.after_change(current.version, known.born);
    let write = Write {
        record: Current { version, deleted: true, lineage, ..current.clone() },
        is_new: false,
        removed: counted(&current.body),
        added: Vec::new(),
        parsed: None,
    };
    (Verdict::Applied { version, hash: op.hash }, Some(write))
}

fn judge_upsert(
    author: PromeneurId,
    op: &Op,
    text: &str,
    base: Option<i64>,
    current: Option<&Current>,
    known: &Known,
    today: NaiveDate,
) -> (Verdict, Option<Write>) {
    if current.is_some_and(|current| current.deleted) && !planted!(ResubmissionRevives) {
        return (Verdict::rejected(Refusal::Withdrawn), None);
    }
    if let Some(current) = current.filter(|current| current.hash == op.hash) {
        return (Verdict::Duplicate { version: current.version, hash: op.hash }, None);
    }
    let body = match Body::from_json(text) {
        Ok(body) => body,
        Err(faults) => return (invalid(faults), None),
    };
    let record = match body.parse(today) {
        Ok(record) => record,
        Err(faults) => return (invalid(faults), None),
    };
    let kind = body.draft.kind();
    if current.is_some_and(|current| current.kind != kind) {
        return (Verdict::rejected(Refusal::KindChanged), None);
    }
    // A base that names a record we do not have was given by a database that a restore has replaced: nothing a phone
    // made is refused for that (I14).
    if let Some(current) = current.filter(|current| base != Some(current.version) && !planted!(BaseIsIgnored)) {
        return (Verdict::Conflict { server: current.copy() }, None);
    }
    let version = known.head + 1;
    let write = Write {
        record: Current {
            author,
            version,
            lineage: current.map_or(Lineage::of_new(known.born), |current| {
                current.lineage.after_change(current.version, known.born)
            }),
            deleted: false,
            kind: kind.to_owned(),
            body: text.to_owned(),
            hash: op.hash,
        },
        is_new: current.is_none(),
        removed: current.map(|current| counted(&current.body)).unwrap_or_default(),
        added: contributions(&record),
        parsed: Some(record),
    };
    (Verdict::Applied { version, hash: op.hash }, Some(write))
}

fn invalid(faults: Vec<crate::domain::fault::Fault>) -> Verdict {
    let field = faults.first().map(|fault| fault.field.clone());
    Verdict::Rejected { code: Refusal::InvalidBody.into(), field, faults }
}

/// The record of a stored body, which was accepted once: read without today's limits.
pub fn stored(body: &str) -> Option<Record> {
    Body::from_json(body).ok()?.draft.parse(NaiveDate::MAX, false).ok()
}

/// What a stored body counts for.
pub fn counted(body: &str) -> Vec<Contribution> {
    stored(body).as_ref().map(contributions).unwrap_or_default()
}

/// Whether the ledger keeps the body of an operation: not of one that was refused because of its body's size or its ids,
/// which nobody can correct and some database cannot hold.
pub fn keeps_body(verdict: &Verdict) -> bool {
    let useless = [Refusal::TooLarge, Refusal::InvalidId];
    !matches!(verdict, Verdict::Rejected { code, .. } if useless.iter().any(|refusal| code.is(*refusal)))
}

/// The code of a refusal as the ledger stores it.
pub fn refusal_code(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::Rejected { code, .. } | Verdict::Deferred { code } => Some(code.code()),
        Verdict::Conflict { .. } | Verdict::Applied { .. } | Verdict::Duplicate { .. } => None,
        Verdict::Unknown => Some(Refusal::TryAgain.code()),
    }
}
