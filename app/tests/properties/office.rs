//! The office in memory, on the very rules that the server uses, and a network that fails as networks do.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
};

use app::{
    domain::ids::{AccountId, DeviceId, Epoch, OpId, PromeneurId, RecordId},
    sync::{
        engine::{Round, Speaker, Surroundings, Wire, WireFault, round},
        ledger::{Decision, Known, Status, decide, read_ops},
        messages::{
            Change, Cursor, Limits, Op, OpResult, PROTO, PullAnswer, PullRequest, PushAnswer, PushRequest, Refusal,
            Verdict,
        },
        outbox::Stamp,
        store::{Change as StoreChange, Snapshot, Touch},
    },
};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use uuid::{Builder, Uuid};

use crate::store::MemoryStore;

pub const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");

/// A version 7 id, the same in every run.
pub fn id(number: u64) -> Uuid {
    let [.., a, b, c, d] = number.to_be_bytes();
    Builder::from_unix_timestamp_millis(1_700_000_000_000 + number, &[0, 0, 0, 0, 0, 0, a, b, c, d]).into_uuid()
}

/// What happens to one message on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing.
    None,
    /// It never arrives.
    RequestLost,
    /// It arrives, the answer does not.
    AnswerLost,
    /// It arrives twice.
    Doubled,
    /// The office puts one of its operations off.
    Deferred(usize),
    /// The line of one operation is missing in the answer.
    LineLost(usize),
    /// Something else answers.
    Portal,
    /// It is refused for its size, whatever that is.
    TooLarge,
}

/// The office: the ledger, the records, and every line ever written.
pub struct Office {
    pub known: RefCell<Known>,
    pub lines: RefCell<Vec<(Op, Status)>>,
    pub decisions: RefCell<Vec<Decision>>,
    pub author: PromeneurId,
    pub most_ops: usize,
    pub page: usize,
    pub clock: Cell<DateTime<Utc>>,
    pub mishaps: RefCell<VecDeque<Mishap>>,
    pub messages: Cell<usize>,
}

impl Office {
    pub fn new(most_ops: usize, page: usize) -> Self {
        Self {
            known: RefCell::default(),
            lines: RefCell::default(),
            decisions: RefCell::default(),
            author: PromeneurId(id(1)),
            most_ops,
            page,
            clock: Cell::new("2026-11-23T20:00:00Z".parse().expect("a time")),
            mishaps: RefCell::default(),
            messages: Cell::new(0),
        }
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.get() + TimeDelta::seconds(seconds));
    }

    fn take(&self, request: &PushRequest, put_off: Option<usize>) -> Result<PushAnswer, WireFault> {
        if request.ops.len() > self.most_ops {
            return Err(WireFault::TooLarge);
        }
        let mut known = self.known.borrow_mut();
        let mut results = Vec::new();
        for (index, read) in read_ops(&request.ops).into_iter().enumerate() {
            let op = match read {
                Ok(op) => op,
                Err(refused) => {
                    results.push(refused);
                    continue;
                }
            };
            if put_off == Some(index) {
                results.push(OpResult { op: Some(op.op), verdict: Verdict::deferred(Refusal::TryAgain) });
                continue;
            }
            let decision = decide(self.author, op, &mut known, TODAY);
            results.push(OpResult { op: Some(decision.op.op), verdict: decision.verdict.clone() });
            if let Some(status) = decision.status {
                self.lines.borrow_mut().push((decision.op.clone(), status));
            }
            self.decisions.borrow_mut().push(decision);
        }
        let most_ops = u32::try_from(self.most_ops).expect("small");
        Ok(PushAnswer {
            sync: PROTO,
            server_now: self.clock.get(),
            epoch: Epoch(id(0)),
            min_build: String::new(),
            limits: Limits { ops: most_ops, ..Limits::default() },
            results,
        })
    }

    fn tell(&self, request: &PullRequest) -> PullAnswer {
        let after = request.cursor.as_ref().map_or(0, |text| text.parse::<Cursor>().expect("our own cursor").version);
        let known = self.known.borrow();
        let newer: BTreeMap<i64, Change> = known
            .records
            .iter()
            .filter(|(_, current)| current.version > after)
            .map(|(record, current)| {
                let change = Change {
                    record: *record,
                    version: current.version,
                    deleted: current.deleted,
                    purge: false,
                    body: Some(current.body.clone()),
                    hash: current.hash,
                    received_at: self.clock.get(),
                };
                (current.version, change)
            })
            .collect();
        let more = newer.len() > self.page;
        let changes: Vec<Change> = newer.into_values().take(self.page).collect();
        let version = changes.last().map_or(after, |change| change.version);
        let epoch = Epoch(id(0));
        let cursor = Cursor { epoch, version }.to_string();
        PullAnswer {
            sync: PROTO,
            server_now: self.clock.get(),
            epoch,
            changes,
            cursor,
            more,
            reset: false,
            returned: Vec::new(),
        }
    }

    fn mishap(&self) -> Mishap {
        self.messages.set(self.messages.get() + 1);
        assert!(self.messages.get() < 10_000, "the phone sends without end");
        self.mishaps.borrow_mut().pop_front().unwrap_or(Mishap::None)
    }
}

impl Wire for &Office {
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault> {
        match self.mishap() {
            Mishap::None => self.take(request, None),
            Mishap::RequestLost => Err(WireFault::Unreachable),
            Mishap::AnswerLost => self.take(request, None).and(Err(WireFault::Unreachable)),
            Mishap::Doubled => self.take(request, None).and_then(|_| self.take(request, None)),
            Mishap::Deferred(index) => self.take(request, Some(index % request.ops.len())),
            Mishap::LineLost(index) => self.take(request, None).map(|mut answer| {
                answer.results.remove(index % request.ops.len());
                answer
            }),
            Mishap::Portal => Err(WireFault::Portal),
            Mishap::TooLarge => Err(WireFault::TooLarge),
        }
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        match self.mishap() {
            Mishap::RequestLost | Mishap::AnswerLost | Mishap::TooLarge => Err(WireFault::Unreachable),
            Mishap::Portal => Err(WireFault::Portal),
            _ => Ok(self.tell(request)),
        }
    }
}

/// One of a person's phones: its store, and a clock that may be wrong.
pub struct Phone<'a> {
    pub store: MemoryStore,
    office: &'a Office,
    number: u64,
    next_id: Cell<u64>,
    skew: Cell<TimeDelta>,
}

impl<'a> Phone<'a> {
    pub fn new(office: &'a Office, number: u64, skew_seconds: i64) -> Self {
        let store = MemoryStore::new(DeviceId(id(10 + number)));
        Self { store, office, number, next_id: Cell::new(0), skew: Cell::new(TimeDelta::seconds(skew_seconds)) }
    }

    /// Sets the clock.
    pub fn set_skew(&self, seconds: i64) {
        self.skew.set(TimeDelta::seconds(seconds));
    }

    fn fresh(&self) -> Uuid {
        self.next_id.set(self.next_id.get() + 1);
        id(self.number * 1_000_000 + self.next_id.get())
    }

    pub fn fresh_record(&self) -> RecordId {
        RecordId(self.fresh())
    }

    pub fn stamp(&self) -> Stamp {
        Stamp { op: self.op_id(), at: Surroundings::now(self) }
    }

    pub fn round(&self) -> Round {
        let speaker = Speaker { user: AccountId(id(2)), build: "test".to_owned() };
        let Ok(round) = crate::store::now(round(&self.store, &self.office, self, &speaker));
        round
    }

    /// An act of the person on a record.
    pub fn act(&self, record: RecordId, decide: impl FnOnce(&Snapshot) -> StoreChange) {
        self.store.act(Touch::record(record), decide);
    }
}

impl Surroundings for Phone<'_> {
    fn now(&self) -> DateTime<FixedOffset> {
        let zone = FixedOffset::east_opt(3600).expect("an offset");
        (self.office.clock.get() + self.skew.get()).with_timezone(&zone)
    }

    fn op_id(&self) -> OpId {
        OpId(self.fresh())
    }
}
