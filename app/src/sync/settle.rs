//! What the answer to a push changes on the phone. Pure: the engine reads, this decides, the store writes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    entries::Entries,
    hash::BodyHash,
    merge::merge,
    messages::{OpKind, OpResult, ServerCopy, Verdict},
    outbox::{Entry, EntryState, LONGEST_WAIT, OutboxRow, PARKED, Problem, Stamp, Theirs},
    store::{Change, Receipt, Snapshot},
};
use crate::domain::ids::{OpId, RecordId};

/// What came of a push for the phone: to be written in one transaction. `server_now` dates what the server did, `here`
/// is the phone's own clock, by which it waits: the two may differ by days (I11).
pub fn settle_push(
    state: &Snapshot,
    sent: &[OutboxRow],
    results: &[OpResult],
    server_now: DateTime<Utc>,
    here: DateTime<Utc>,
    mut stamp: impl FnMut() -> Stamp,
) -> Change {
    let mut desk = Desk::new(state, sent, here);
    for row in sent {
        // Without a line of its own the operation has no answer: it stays (I1).
        let verdict = results.iter().find(|result| result.op == Some(row.op)).map(|result| &result.verdict);
        desk.settle(row.op, verdict, server_now, &mut stamp);
    }
    let acknowledged = !desk.change.receipts.is_empty();
    let mut change = desk.finish();
    if acknowledged {
        let mut meta = change.meta.take().unwrap_or_else(|| state.meta.clone());
        meta.last_ack_at = Some(server_now);
        change.meta = Some(meta);
    }
    change
}

/// When an operation that failed on its own may be tried again: doubling from two seconds up to five minutes.
pub fn next_try(tries: u32, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::seconds(1 << tries.min(16)).min(LONGEST_WAIT)
}

struct Desk<'a> {
    state: &'a Snapshot,
    entries: Entries,
    rows: Vec<OutboxRow>,
    change: Change,
    next_seq: u64,
    here: DateTime<Utc>,
}

impl<'a> Desk<'a> {
    fn new(state: &'a Snapshot, sent: &[OutboxRow], here: DateTime<Utc>) -> Self {
        // An answer touches rows of its own record only: those of a long outbox that were not sent are not looked at.
        let mut records: Vec<RecordId> = Vec::with_capacity(sent.len());
        for row in sent {
            // Records are made in the order of their ids: mostly at the end. (A sort would be a kilobyte of wasm.)
            if let Err(at) = records.binary_search(&row.record) {
                records.insert(at, row.record);
            }
        }
        let is_touched = |row: &&OutboxRow| records.binary_search(&row.record).is_ok();
        Self {
            state,
            entries: Entries::default(),
            rows: state.rows.iter().filter(is_touched).cloned().collect(),
            change: Change::default(),
            next_seq: state.meta.next_seq,
            here,
        }
    }

    fn settle(&mut self, op: OpId, verdict: Option<&Verdict>, now: DateTime<Utc>, stamp: &mut impl FnMut() -> Stamp) {
        // The row may be gone: another tab of this phone has settled it already.
        let Some(row) = self.rows.iter().find(|row| row.op == op).cloned() else { return };
        let is_put_off = matches!(verdict, Some(Verdict::Deferred { .. }));
        let is_imagined = is_put_off && planted!(DeferredIsAck) || verdict.is_none() && planted!(MissingLineIsAck);
        match verdict {
            _ if is_imagined => self.acknowledged(&row, 1, "applied", now),
            Some(Verdict::Applied { version, hash } | Verdict::Duplicate { version, hash })
                if *hash == row.hash || planted!(AnyHashIsAck) =>
            {
                let status = if matches!(verdict, Some(Verdict::Applied { .. })) { "applied" } else { "duplicate" };
                if row.overtaken {
                    self.overtaken_ends(&row, status, Some(*version), now);
                } else {
                    self.acknowledged(&row, *version, status, now);
                }
            }
            Some(Verdict::Rejected { .. }) if row.overtaken => self.overtaken_ends(&row, "rejected", None, now),
            Some(Verdict::Conflict { server }) if row.overtaken => {
                self.overtaken_ends(&row, "conflict", Some(server.version), now);
            }
            Some(Verdict::Rejected { code, faults, .. }) => {
                let problem = Problem { code: code.clone(), faults: faults.clone(), question: None };
                self.rejected(&row, problem, now);
            }
            Some(Verdict::Conflict { server }) => self.conflict(&row, server, now, stamp),
            Some(Verdict::Deferred { code }) => self.put_off(row, code.code()),
            Some(Verdict::Applied { .. } | Verdict::Duplicate { .. }) => self.put_off(row, "hash_differs"),
            Some(Verdict::Unknown) | None => self.put_off(row, "no_answer"),
        }
    }

    fn acknowledged(&mut self, row: &OutboxRow, version: i64, status: &str, now: DateTime<Utc>) {
        self.overtake(row);
        self.drop_row(row, status, Some(version), now);
        self.rebase(row.op, Some(version));
        let last = !self.rows.iter().any(|other| other.record == row.record);
        if let Some(mut entry) = self.entry(row) {
            let life = self.state.meta.life;
            // What the office held instead was given back, beside or instead of this phone's own.
            let of_theirs = entry.theirs.as_mut().filter(|theirs| row.refill && Some(theirs.version) == row.base);
            if let Some(theirs) = of_theirs {
                (theirs.version, theirs.life) = (version, life);
            }
            let given_back = row.refill && entry.version == row.base;
            // A late answer to an earlier operation takes nothing back (I7); what was given back of the office's own copy is
            // not what this phone's changes were made on.
            if given_back || !row.refill && entry.version.is_none_or(|known| known <= version) {
                entry.version = Some(version);
                entry.is_withdrawn = row.kind == OpKind::Delete;
                entry.base_body = row.body.clone().or(entry.base_body);
                entry.life = life;
                // What a pull had learnt before is in it.
                let is_past = |theirs: &Theirs| {
                    (theirs.life, entry.state) == (life, EntryState::Pending) && theirs.version <= version
                };
                entry.theirs = entry.theirs.take().filter(|theirs| !is_past(theirs));
            }
            // What was refused or is disputed stays so, however late an earlier operation is answered.
            if last && entry.state == EntryState::Pending {
                all_sent(&mut entry, now);
            }
            self.entries.insert(entry);
        }
    }

    fn rejected(&mut self, row: &OutboxRow, problem: Problem, now: DateTime<Utc>) {
        self.drop_row(row, "rejected", None, now);
        self.rebase(row.op, row.base);
        // A correction that already waits supersedes what was refused.
        let newest = !self.rows.iter().any(|other| is_on_top(other, row));
        // So does one that was refused before this answer came, and stands before the person.
        let is_current = |entry: &Entry| newest && row.local_rev >= entry.local_rev;
        let Some(mut entry) = self.entry(row).filter(is_current) else { return };
        if entry.version.is_none() && row.base.is_some() {
            // It answered a conflict: the office holds the record, though it never acknowledged anything here.
            entry.version = row.base;
            entry.life = self.state.meta.life;
        }
        if row.kind == OpKind::Delete && entry.version.is_none() || planted!(RefusedIsDropped) {
            // There is nothing to withdraw: the office has never taken it.
            self.entries.remove(row.record);
            self.change.remove_entries.push(row.record);
        } else {
            entry.state = EntryState::Rejected;
            entry.deleted = false;
            entry.problem = Some(problem);
            self.entries.insert(entry);
        }
    }

    fn conflict(
        &mut self,
        row: &OutboxRow,
        server: &ServerCopy,
        now: DateTime<Utc>,
        stamp: &mut impl FnMut() -> Stamp,
    ) {
        self.drop_row(row, "conflict", Some(server.version), now);
        if let Some(entry) = self.entry(row).filter(|_| row.refill) {
            // Somebody went on from an older copy in the restored database: no common ground to merge on.
            self.entries.insert(Entry { base_body: None, ..entry });
        }
        // Whatever waits on top of it is part of the same disagreement: what the person sees holds it all.
        let followers: Vec<OutboxRow> = self.rows.iter().filter(|other| is_on_top(other, row)).cloned().collect();
        if followers.iter().any(|other| other.tries > 0 || other.refill) {
            // One of them may be with the server, or gives back what was acknowledged: its own answer decides.
            self.rebase(row.op, row.base);
            return;
        }
        for follower in &followers {
            self.rows.retain(|other| other.seq != follower.seq);
            self.change.remove_rows.push(follower.seq);
        }
        let Some(mut entry) = self.entry(row) else { return };
        let life = self.state.meta.life;
        if same_in_the_end(&mut entry, server, life, now) {
            self.entries.insert(entry);
            return;
        }
        if planted!(TheirsWins) {
            entry.body = server.body.clone().unwrap_or_default();
        }
        let merged = match (&entry.base_body, &server.body) {
            (Some(base), Some(theirs)) if !server.deleted && !entry.deleted => merge(base, &entry.body, theirs),
            _ => None,
        };
        let (version, deleted, body) = (server.version, server.deleted, server.body.clone());
        // Who wrote it comes with pulls: with an earlier one, or with the next.
        let by = entry.theirs.take().filter(|theirs| theirs.version == version).and_then(|theirs| theirs.by);
        entry.theirs = Some(Theirs { version, deleted, body, life, by });
        entry.state = EntryState::Conflict;
        if let Some(body) = merged {
            entry.version = Some(server.version);
            entry.is_withdrawn = false;
            entry.life = life;
            entry.base_body.clone_from(&server.body);
            entry.theirs = None;
            entry.state = EntryState::Pending;
            entry.local_rev += 1;
            entry.body.clone_from(&body);
            let stamp = stamp();
            let merged_row = OutboxRow {
                seq: self.next_seq,
                op: stamp.op,
                kind: OpKind::Upsert,
                base: Some(server.version),
                after: None,
                hash: BodyHash::of(&body),
                body: Some(body),
                reason: None,
                refill: false,
                overtaken: false,
                local_rev: entry.local_rev,
                client_at: stamp.at,
                tries: 0,
                next_try_at: None,
                last_error: None,
                ..row.clone()
            };
            self.next_seq += 1;
            self.rows.push(merged_row.clone());
            self.change.put_rows.push(merged_row);
        }
        self.entries.insert(entry);
    }

    fn put_off(&mut self, mut row: OutboxRow, error: &str) {
        row.next_try_at = Some(next_try(row.tries, self.here));
        // Damaged in the phone's own store it will never pass as it is: the person may replace it.
        let is_damaged = BodyHash::of(row.body.as_deref().unwrap_or_default()) != row.hash;
        row.last_error = Some(if is_damaged { PARKED } else { error }.to_owned());
        self.replace(row);
    }

    /// Rows made on top of `op` stand on its result from now on, as they do in the ledger: also those that were sent.
    fn rebase(&mut self, op: OpId, base: Option<i64>) {
        let followers: Vec<OutboxRow> = self.rows.iter().filter(|row| row.after == Some(op)).cloned().collect();
        for mut row in followers {
            row.base = base;
            row.after = None;
            self.replace(row);
        }
    }

    /// What still waits for an answer of its own and is older than an acknowledged operation: that one was made on it,
    /// and holds all of it.
    fn overtake(&mut self, acknowledged: &OutboxRow) {
        let is_older = |row: &&OutboxRow| {
            let is_before = row.record == acknowledged.record && row.seq < acknowledged.seq && !acknowledged.refill;
            // What is given back of the office's own copy is in it only where it was made on that.
            is_before && (!row.refill || acknowledged.after == Some(row.op))
        };
        let older: Vec<OutboxRow> = self.rows.iter().filter(is_older).cloned().collect();
        for row in older {
            self.replace(OutboxRow { overtaken: !planted!(OvertakenStillCounts), ..row });
        }
    }

    /// Whatever the answer is, a later operation has decided about the record.
    fn overtaken_ends(&mut self, row: &OutboxRow, status: &str, version: Option<i64>, now: DateTime<Utc>) {
        self.drop_row(row, status, version, now);
        self.rebase(row.op, row.base);
        let last = !self.rows.iter().any(|other| other.record == row.record);
        if let Some(mut entry) = self.entry(row).filter(|entry| last && entry.state == EntryState::Pending) {
            all_sent(&mut entry, now);
            self.entries.insert(entry);
        }
    }

    fn replace(&mut self, row: OutboxRow) {
        self.rows.iter_mut().filter(|other| other.seq == row.seq).for_each(|other| *other = row.clone());
        self.change.put_rows.retain(|other| other.seq != row.seq);
        self.change.put_rows.push(row);
    }

    fn drop_row(&mut self, row: &OutboxRow, status: &str, version: Option<i64>, at: DateTime<Utc>) {
        // In no order from here on: a long outbox is not moved up for each of its rows.
        if let Some(at) = self.rows.iter().position(|other| other.seq == row.seq) {
            self.rows.swap_remove(at);
        }
        self.change.put_rows.retain(|other| other.seq != row.seq);
        self.change.remove_rows.push(row.seq);
        let receipt = Receipt { op: row.op, record: row.record, status: status.to_owned(), version, at };
        self.change.receipts.push(receipt);
    }

    fn entry(&self, row: &OutboxRow) -> Option<Entry> {
        self.entries.get(row.record).or_else(|| self.state.entry(row.record)).cloned()
    }

    fn finish(mut self) -> Change {
        self.change.put_entries = self.entries.into_vec();
        if self.next_seq != self.state.meta.next_seq {
            let mut meta = self.state.meta.clone();
            meta.next_seq = self.next_seq;
            self.change.meta = Some(meta);
        }
        self.change
    }
}

/// Whether a row waits on top of another one of the same record.
fn is_on_top(other: &OutboxRow, row: &OutboxRow) -> bool {
    other.record == row.record && other.seq > row.seq && !other.overtaken
}

/// With nothing left to send, what a pull learnt in the meantime is what the person sees.
fn all_sent(entry: &mut Entry, now: DateTime<Utc>) {
    entry.state = EntryState::Synced;
    entry.sent_at = Some(now);
    entry.problem = None;
    if let Some(theirs) = entry.theirs.take().filter(|theirs| Some(theirs.version) > entry.version) {
        entry.version = Some(theirs.version);
        entry.life = theirs.life;
        entry.by = theirs.by;
        entry.deleted = theirs.deleted;
        entry.is_withdrawn = theirs.deleted;
        entry.base_body.clone_from(&theirs.body);
        entry.body = theirs.body.unwrap_or_else(|| entry.body.clone());
    }
}

/// Both sides ended with the same: nothing is left to decide.
fn same_in_the_end(entry: &mut Entry, server: &ServerCopy, life: u32, now: DateTime<Utc>) -> bool {
    let same =
        if entry.deleted { server.deleted } else { !server.deleted && server.body.as_ref() == Some(&entry.body) };
    if same {
        entry.version = Some(server.version);
        entry.is_withdrawn = server.deleted;
        entry.life = life;
        entry.base_body.clone_from(&server.body);
        entry.state = EntryState::Synced;
        entry.sent_at = Some(now);
        entry.problem = None;
        entry.theirs = None;
    }
    same
}
