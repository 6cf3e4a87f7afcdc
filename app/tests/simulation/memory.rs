//! The office in memory, on the very rules that the server uses.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use app::{
    domain::ids::{DeviceId, Epoch, OpId},
    sync::{
        engine::WireFault,
        ledger::{Known, LIFE, decide, keeps_body, read_ops},
        messages::{
            Change, Cursor, EscrowAnswer, Heartbeat, Limits, Op, OpKind, OpResult, PROTO, PullAnswer, PullRequest,
            PushAnswer, PushRequest, Refusal, Verdict,
        },
        planted::{self, Bug},
        rescue::RescueFile,
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use crate::sim::{
    history::Fate,
    ids::{TODAY, id},
    office::{Books, Line, Office, Standing, User},
    oracle::add,
};

/// What a backup copies.
#[derive(Clone)]
struct Database {
    known: Known,
    lines: Vec<Line>,
    times: Vec<(app::domain::ids::RecordId, i64)>,
    sums: BTreeMap<String, i64>,
    quarantine: BTreeSet<String>,
    epoch: Epoch,
}

/// The office: one network with two people in it.
pub struct MemoryOffice {
    now: RefCell<Database>,
    backup: RefCell<Option<Database>>,
    revoked: RefCell<BTreeSet<DeviceId>>,
    most_ops: usize,
    page: usize,
    clock: Cell<DateTime<Utc>>,
    lives: Cell<u64>,
}

impl MemoryOffice {
    pub fn new(most_ops: u8, page: u8) -> Self {
        let database = Database {
            known: Known::default(),
            lines: Vec::new(),
            times: Vec::new(),
            sums: BTreeMap::new(),
            quarantine: BTreeSet::new(),
            epoch: Epoch(id(900)),
        };
        Self {
            now: RefCell::new(database),
            backup: RefCell::default(),
            revoked: RefCell::default(),
            most_ops: usize::from(most_ops),
            page: usize::from(page),
            clock: Cell::new("2026-11-23T20:00:00Z".parse().expect("a time")),
            lives: Cell::new(900),
        }
    }

    fn admit(&self, session: User, heartbeat: &Heartbeat) -> Result<(), WireFault> {
        if heartbeat.user != session.account && !planted::is(Bug::AnySessionWillDo) {
            return Err(WireFault::SignedOut);
        }
        if self.revoked.borrow().contains(&heartbeat.device) { Err(WireFault::Revoked) } else { Ok(()) }
    }

    fn answer(&self, database: &Database, results: Vec<OpResult>) -> PushAnswer {
        let ops = u32::try_from(self.most_ops).expect("small");
        PushAnswer {
            sync: PROTO,
            server_now: self.clock.get(),
            epoch: database.epoch,
            min_build: String::new(),
            limits: Limits { ops, ..Limits::default() },
            results,
        }
    }
}

impl Database {
    fn take(&mut self, session: User, raw: &[Box<RawValue>]) -> Vec<OpResult> {
        let mut results = Vec::new();
        let before = self.clone();
        for read in read_ops(raw) {
            match read {
                Ok(op) => results.push(self.take_one(session, op)),
                Err(refused) => results.push(refused),
            }
        }
        let refused = results.iter().any(|line| matches!(line.verdict, Verdict::Rejected { .. }));
        if refused && planted::is(Bug::OneRefusesAll) {
            *self = before;
            for line in &mut results {
                line.verdict = Verdict::rejected(Refusal::InvalidBody);
            }
        }
        results
    }

    fn take_one(&mut self, session: User, op: Op) -> OpResult {
        let same_time = (op.record, op.at.timestamp());
        if planted::is(Bug::DedupeByTime) && self.times.contains(&same_time) && op.kind == OpKind::Upsert {
            let version = self.known.records.get(&op.record).map_or(0, |current| current.version);
            return OpResult { op: Some(op.op), verdict: Verdict::Duplicate { version, hash: op.hash } };
        }
        self.times.push(same_time);
        let decision = decide(session.promeneur, op, &mut self.known, TODAY);
        if let Some(write) = &decision.write
            && !(write.is_new && planted::is(Bug::FirstIsNotCounted))
        {
            add(&mut self.sums, &write.removed, -1);
            add(&mut self.sums, &write.added, 1);
        }
        if let (Verdict::Duplicate { .. }, None) = (&decision.verdict, &decision.status)
            && planted::is(Bug::CountedAtEachDelivery)
        {
            let body = decision.op.body.as_ref().map_or("", |body| body.get());
            add(&mut self.sums, &app::sync::ledger::counted(body), 1);
        }
        if let Some(status) = decision.status {
            let op = &decision.op;
            let version = match &decision.verdict {
                Verdict::Applied { version, .. } | Verdict::Duplicate { version, .. } => Some(*version),
                _ => None,
            };
            let body = op.body.as_ref().filter(|_| keeps_body(&decision.verdict)).map(|body| body.get().to_owned());
            self.lines.push(Line {
                op: op.op,
                author: session.promeneur,
                record: op.record,
                kind: op.kind,
                base: op.base,
                after: op.after,
                hash: op.hash,
                body,
                status,
                version,
            });
        }
        OpResult { op: Some(decision.op.op), verdict: decision.verdict }
    }
}

impl Office for MemoryOffice {
    fn push(&self, session: User, request: &PushRequest, dies: bool) -> Result<PushAnswer, WireFault> {
        self.admit(session, &request.heartbeat)?;
        if request.ops.len() > self.most_ops {
            return Err(WireFault::TooLarge);
        }
        let mut database = self.now.borrow().clone();
        let of_another_life = request.epoch.is_some_and(|epoch| epoch != database.epoch);
        if of_another_life && !planted::is(Bug::EpochOfPushIgnored) {
            let put_off = |read: Result<Op, OpResult>| match read {
                Ok(op) => OpResult { op: Some(op.op), verdict: Verdict::deferred(Refusal::NewLife) },
                Err(refused) => refused,
            };
            let results = read_ops(&request.ops).into_iter().map(put_off).collect();
            return Ok(self.answer(&database, results));
        }
        let results = database.take(session, &request.ops);
        let answer = self.answer(&database, results);
        if dies {
            return if planted::is(Bug::AckBeforeCommit) { Ok(answer) } else { Err(WireFault::Unreachable) };
        }
        *self.now.borrow_mut() = database;
        Ok(answer)
    }

    fn imagined(&self, request: &PushRequest, fate: Fate) -> Option<PushAnswer> {
        let bug = match fate {
            Fate::Lost => Bug::PauseIsSent,
            Fate::Portal => Bug::PortalIsAck,
            _ => return None,
        };
        let ops = read_ops(&request.ops).into_iter().flatten();
        let acknowledge =
            |op: Op| OpResult { op: Some(op.op), verdict: Verdict::Applied { version: 1, hash: op.hash } };
        planted::is(bug).then(|| self.answer(&self.now.borrow(), ops.map(acknowledge).collect()))
    }

    fn pull(&self, session: User, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        self.admit(session, &request.heartbeat)?;
        let database = self.now.borrow();
        let epoch = database.epoch;
        let cursor = request.cursor.as_ref().map(|text| text.parse::<Cursor>().expect("our own cursor"));
        let reset = cursor.is_some_and(|cursor| cursor.epoch != epoch);
        let after = cursor.filter(|_| !reset).map_or(0, |cursor| cursor.version);
        let newer: BTreeMap<i64, Change> = database
            .known
            .records
            .iter()
            .filter(|(_, current)| current.version > after && current.author == session.promeneur)
            .filter(|(_, current)| !(current.deleted && planted::is(Bug::TombstonesStay)))
            .map(|(record, current)| {
                let change = Change {
                    record: *record,
                    version: current.version,
                    deleted: current.deleted,
                    purge: false,
                    body: Some(current.body.clone()),
                    hash: current.hash,
                    by: None,
                    received_at: self.clock.get(),
                };
                (current.version, change)
            })
            .collect();
        let more = newer.len() > self.page;
        let changes: Vec<Change> = newer.into_values().take(self.page).collect();
        let last = changes.last().map_or(after, |change| change.version);
        let version = if planted::is(Bug::CursorIsHead) { database.known.head } else { last };
        let cursor = Cursor { epoch, version }.to_string();
        Ok(PullAnswer {
            sync: PROTO,
            server_now: self.clock.get(),
            epoch,
            changes,
            cursor,
            more,
            reset,
            returned: Vec::new(),
        })
    }

    fn escrow(&self, session: User, request: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        if request.heartbeat.user != session.account {
            return Err(WireFault::SignedOut);
        }
        let mut held = Vec::new();
        for raw in &request.ops {
            let read: serde_json::Value = serde_json::from_str(raw.get()).expect("JSON");
            let op: OpId = read["op"].as_str().and_then(|text| text.parse().ok()).expect("an id");
            self.now.borrow_mut().quarantine.insert(raw.get().to_owned());
            held.push(op);
        }
        Ok(EscrowAnswer { sync: PROTO, server_now: self.clock.get(), held })
    }

    fn rescue(&self, of: User, file: &RescueFile) {
        let mut database = self.now.borrow_mut();
        for raw in &file.ops {
            let taken = database.take(of, std::slice::from_ref(raw));
            let is_taken =
                taken.iter().all(|line| matches!(line.verdict, Verdict::Applied { .. } | Verdict::Duplicate { .. }));
            if !is_taken {
                database.quarantine.insert(raw.get().to_owned());
            }
        }
        database.quarantine.extend(file.unreadable.iter().cloned());
    }

    fn backup(&self) {
        *self.backup.borrow_mut() = Some(self.now.borrow().clone());
    }

    fn restore(&self) -> bool {
        let Some(mut database) = self.backup.borrow().clone() else { return false };
        self.lives.set(self.lives.get() + 1);
        database.epoch = Epoch(id(self.lives.get()));
        if !planted::is(Bug::VersionsGivenTwice) {
            database.known.head += LIFE * i64::try_from(self.lives.get() - 900).expect("few");
        }
        database.known.born = database.known.head;
        // Escrow is held for the people, not for the ledger: it is kept apart from the backup here.
        database.quarantine.clone_from(&self.now.borrow().quarantine);
        *self.now.borrow_mut() = database;
        true
    }

    fn revoke(&self, _: User, device: DeviceId) {
        self.revoked.borrow_mut().insert(device);
    }

    fn epoch(&self) -> Epoch {
        self.now.borrow().epoch
    }

    fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.get() + TimeDelta::seconds(seconds));
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.get()
    }

    fn books(&self) -> Books {
        let database = self.now.borrow();
        let standing = |current: &app::sync::ledger::Current| Standing {
            author: current.author,
            version: current.version,
            deleted: current.deleted,
            body: current.body.clone(),
        };
        Books {
            lines: database.lines.clone(),
            records: database.known.records.iter().map(|(id, current)| (*id, standing(current))).collect(),
            quarantine: database.quarantine.iter().cloned().collect(),
            sums: database.sums.clone(),
            head: database.known.head,
            born: database.known.born,
        }
    }
}
