//! Two phones of one person, an office, and what must hold of them whatever happens (`offline.md` I1 to I15).

use std::collections::{BTreeMap, BTreeSet};

use app::{
    domain::{
        ids::RecordId,
        meeting::MeetingDraft,
        record::{Body, Draft},
    },
    sync::{
        ledger::Status,
        messages::Refusal,
        outbox::{Entry, EntryState, accept_theirs, save, save_over, withdraw},
    },
};

use crate::office::{Mishap, Office, Phone, TODAY};

/// What the person does, on one of the phones.
#[derive(Clone, Debug)]
pub enum Act {
    /// A new record.
    Note,
    /// Changes one field of a record, or makes it invalid.
    Change { which: usize, field: usize },
    /// Opens a form on a record.
    Open { which: usize },
    /// Changes one field in the form that was opened, whatever has come since, and saves it.
    Finish { field: usize },
    /// Withdraws a record.
    Withdraw { which: usize },
    /// Answers a conflict with the office's copy.
    TakeTheirs { which: usize },
    /// A round of sync.
    Sync(Vec<Mishap>),
    /// Seconds pass.
    Wait(i64),
}

const FIELDS: [&str; 3] = ["x_a", "x_b", "x_c"];

/// What the person last wrote in a field on a phone, and may not find lost.
type Written = BTreeMap<(usize, RecordId, &'static str), String>;

fn blank() -> MeetingDraft {
    MeetingDraft { occurred_on: Some(TODAY), young_count: Some(3), ..MeetingDraft::default() }
}

fn meeting(body: &str) -> MeetingDraft {
    match Body::from_json(body).expect("our own body").draft {
        Draft::Meeting(draft) => draft,
        other => panic!("not a meeting: {other:?}"),
    }
}

pub struct World<'a> {
    pub office: &'a Office,
    pub phones: [Phone<'a>; 2],
    written: Written,
    counter: usize,
    /// The form that is open on each phone: its record, and the body that stood there.
    forms: [Option<(RecordId, String)>; 2],
    /// Records of which a person has chosen one version over the other.
    answered: BTreeSet<RecordId>,
}

impl<'a> World<'a> {
    pub fn new(office: &'a Office, skews: [i64; 2]) -> Self {
        let phones = [Phone::new(office, 1, skews[0]), Phone::new(office, 2, skews[1])];
        Self { office, phones, written: Written::new(), counter: 0, forms: [None, None], answered: BTreeSet::new() }
    }

    fn pick(&self, phone: usize, which: usize) -> Option<Entry> {
        let entries = self.phones[phone].store.entries();
        (!entries.is_empty()).then(|| entries[which % entries.len()].clone())
    }

    fn save(&mut self, phone: usize, record: RecordId, draft: MeetingDraft) {
        let stamp = self.phones[phone].stamp();
        let body = Body::new(Draft::Meeting(draft)).to_json();
        self.phones[phone].act(record, |state| save(state, record, body, stamp));
    }

    fn write(&mut self, phone: usize, record: RecordId, draft: MeetingDraft, field: usize) {
        let draft = self.changed(phone, record, draft, field);
        self.save(phone, record, draft);
    }

    fn changed(&mut self, phone: usize, record: RecordId, mut draft: MeetingDraft, field: usize) -> MeetingDraft {
        self.counter += 1;
        match FIELDS.get(field) {
            Some(name) => {
                let value = format!("w{}", self.counter);
                self.written.insert((phone, record, *name), value.clone());
                draft.extra.insert((*name).to_owned(), value.into());
            }
            // More met than present: refused by the office until it is corrected.
            None => draft.met_after_online_count = Some(if draft.met_after_online_count == Some(9) { 1 } else { 9 }),
        }
        draft
    }

    fn forgive(&mut self, phone: usize, record: RecordId) {
        self.written.retain(|(who, of, _), _| (*who, *of) != (phone, record));
    }

    pub fn act(&mut self, phone: usize, act: Act) {
        match act {
            Act::Note => {
                let record = self.phones[phone].fresh_record();
                self.write(phone, record, blank(), 0);
            }
            Act::Change { which, field } => {
                if let Some(entry) = self.pick(phone, which).filter(|entry| !entry.deleted) {
                    if entry.state == EntryState::Conflict {
                        self.answered.insert(entry.id);
                    }
                    self.write(phone, entry.id, meeting(&entry.body), field);
                }
            }
            Act::Open { which } => {
                let entry = self.pick(phone, which).filter(|entry| !entry.deleted);
                let entry = entry.filter(|entry| entry.state != EntryState::Conflict);
                self.forms[phone] = entry.map(|entry| (entry.id, entry.body));
            }
            Act::Finish { field } => {
                if let Some((record, seen)) = self.forms[phone].take() {
                    let draft = self.changed(phone, record, meeting(&seen), field);
                    let stamp = self.phones[phone].stamp();
                    let body = Body::new(Draft::Meeting(draft)).to_json();
                    self.phones[phone].act(record, |state| save_over(state, record, body, &seen, stamp));
                }
            }
            Act::Withdraw { which } => {
                if let Some(entry) = self.pick(phone, which).filter(|entry| !entry.deleted) {
                    let stamp = self.phones[phone].stamp();
                    self.phones[phone].act(entry.id, |state| withdraw(state, entry.id, None, stamp));
                    self.forgive(phone, entry.id);
                }
            }
            Act::TakeTheirs { which } => {
                if let Some(entry) = self.pick(phone, which).filter(|entry| entry.state == EntryState::Conflict) {
                    self.phones[phone].act(entry.id, |state| accept_theirs(state, entry.id));
                    self.forgive(phone, entry.id);
                }
            }
            Act::Sync(mishaps) => {
                *self.office.mishaps.borrow_mut() = mishaps.into();
                self.phones[phone].round();
                self.office.mishaps.borrow_mut().clear();
            }
            Act::Wait(seconds) => self.office.pass(seconds),
        }
    }

    /// Rounds without mishaps until nothing moves any more: a bounded number (I5).
    pub fn settle(&self) {
        for _ in 0..10 {
            self.office.pass(600);
            let rounds = [self.phones[0].round(), self.phones[1].round()];
            assert!(rounds.iter().all(|round| round.fault.is_none()), "{rounds:?}");
            let still = rounds.iter().all(|round| round.settled == 0 && round.received == 0);
            if still && self.phones.iter().all(|phone| phone.store.outbox().is_empty()) {
                return;
            }
        }
        panic!("no rest: {:?}", self.phones.iter().map(|phone| phone.store.outbox()).collect::<Vec<_>>());
    }

    pub fn check_ledger(&self) {
        let lines = self.office.lines.borrow();
        let ops: BTreeSet<_> = lines.iter().map(|(op, _)| op.op).collect();
        assert_eq!(ops.len(), lines.len(), "one line an operation");
        let known = self.office.known.borrow();
        let mut versions: Vec<i64> =
            known.ops.values().filter(|op| op.status == Status::Applied).filter_map(|op| op.version).collect();
        versions.sort_unstable();
        assert!(versions.iter().copied().eq(1..=known.head), "versions without a gap: {versions:?}");
        for phone in &self.phones {
            for receipt in phone.store.receipts() {
                let line = known.ops.get(&receipt.op).expect("an answered operation is in the ledger");
                let acknowledged = matches!(receipt.status.as_str(), "applied" | "duplicate");
                assert_eq!(acknowledged, matches!(line.status, Status::Applied | Status::Duplicate));
            }
        }
    }

    /// Everything that is not with a person is the same everywhere (I15).
    pub fn check_agreement(&self) {
        let known = self.office.known.borrow();
        for phone in &self.phones {
            let entries = phone.store.entries();
            for (id, current) in &known.records {
                assert!(entries.iter().any(|entry| entry.id == *id), "{id} at version {} never came", current.version);
            }
            for entry in entries {
                let current = known.records.get(&entry.id);
                match entry.state {
                    EntryState::Synced => {
                        let current = current.expect("acknowledged, so the office has it");
                        assert_eq!((entry.version, entry.deleted), (Some(current.version), current.deleted));
                        // Of a withdrawn record nobody sees the body.
                        assert!(entry.deleted || entry.body == current.body, "{entry:?} but the office: {current:?}");
                        assert_eq!((entry.problem, entry.theirs), (None, None));
                    }
                    EntryState::Conflict => {
                        let theirs = entry.theirs.expect("the office's copy, to choose from");
                        let current = current.expect("in conflict with something");
                        assert_eq!((theirs.version, theirs.deleted), (current.version, current.deleted));
                        assert!(theirs.deleted || theirs.body.as_ref() == Some(&current.body));
                    }
                    EntryState::Rejected => assert!(entry.problem.is_some(), "a refusal says why"),
                    EntryState::Pending => panic!("pending without an outbox row: {entry:?}"),
                }
            }
        }
    }

    /// What was written last is in the ledger, or on the phone before the person's eyes.
    pub fn check_nothing_lost(&self) {
        let lines = self.office.lines.borrow();
        for ((phone, record, field), value) in &self.written {
            let holds = |body: &str| meeting(body).extra.get(*field).and_then(|kept| kept.as_str()) == Some(value);
            let sent = lines.iter().any(|(op, status)| {
                *status == Status::Applied
                    && op.record == *record
                    && op.body.as_ref().is_some_and(|body| holds(body.get()))
            });
            let here =
                self.phones[*phone].store.entries().into_iter().any(|entry| entry.id == *record && holds(&entry.body));
            assert!(sent || here, "{value} of {field} of {record} on phone {phone} is lost");
        }
    }

    /// A field that somebody changed never goes back to what it was, but where a person chose so.
    pub fn check_nothing_undone(&self) {
        let mut past: BTreeMap<(RecordId, &str), Vec<String>> = BTreeMap::new();
        for (op, status) in self.office.lines.borrow().iter() {
            let Some(body) = op.body.as_ref().filter(|_| *status == Status::Applied) else { continue };
            if self.answered.contains(&op.record) {
                continue;
            }
            let draft = meeting(body.get());
            for field in FIELDS {
                let Some(value) = draft.extra.get(field).and_then(|value| value.as_str()) else { continue };
                let before = past.entry((op.record, field)).or_default();
                if before.last().is_none_or(|last| last != value) {
                    assert!(!before.iter().any(|old| old == value), "{value} of {field} of {} is back", op.record);
                    before.push(value.to_owned());
                }
            }
        }
    }

    /// The person answers every question; then nothing is left open but what a withdrawal has closed.
    pub fn answer_everything(&mut self) {
        for _ in 0..6 {
            for phone in [0, 1] {
                for entry in self.phones[phone].store.entries() {
                    match entry.state {
                        EntryState::Conflict if phone == 0 => {
                            self.act(phone, Act::TakeTheirs { which: self.index_of(phone, entry.id) });
                        }
                        EntryState::Conflict if !entry.deleted => self.save(phone, entry.id, meeting(&entry.body)),
                        EntryState::Conflict => {
                            let stamp = self.phones[phone].stamp();
                            self.phones[phone].act(entry.id, |state| withdraw(state, entry.id, None, stamp));
                        }
                        EntryState::Rejected if !refused_as_withdrawn(&entry) => {
                            let mut draft = meeting(&entry.body);
                            draft.met_after_online_count = None;
                            self.save(phone, entry.id, draft);
                        }
                        _ => {}
                    }
                }
                self.settle();
            }
        }
        self.check_agreement();
        for phone in &self.phones {
            for entry in phone.store.entries() {
                assert!(entry.state == EntryState::Synced || refused_as_withdrawn(&entry), "{entry:?}");
            }
        }
    }

    fn index_of(&self, phone: usize, record: RecordId) -> usize {
        self.phones[phone].store.entries().iter().position(|entry| entry.id == record).expect("there")
    }
}

fn refused_as_withdrawn(entry: &Entry) -> bool {
    entry.problem.as_ref().is_some_and(|problem| problem.code.is(Refusal::Withdrawn))
}
