//! Two phones of one person, an office, and a network that loses, doubles and delays (`offline.md` I1 to I15).

use std::collections::{BTreeMap, BTreeSet};

use app::{
    domain::{
        ids::RecordId,
        meeting::MeetingDraft,
        record::{Body, Draft},
    },
    sync::{
        ledger::Status,
        messages::{MOST_OPS, OpKind, Refusal},
        outbox::{Entry, EntryState, accept_theirs, save, save_anew, save_over, withdraw},
    },
};
use proptest::{collection::vec, prelude::*};

use crate::office::{Mishap, Office, Phone, TODAY};

/// What the person does, on one of the phones.
#[derive(Clone, Debug)]
enum Act {
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

fn mishap() -> impl Strategy<Value = Mishap> {
    prop_oneof![
        4 => Just(Mishap::None),
        1 => Just(Mishap::RequestLost),
        2 => Just(Mishap::AnswerLost),
        1 => Just(Mishap::Doubled),
        1 => any::<usize>().prop_map(Mishap::Deferred),
        1 => any::<usize>().prop_map(Mishap::LineLost),
        1 => Just(Mishap::Portal),
        1 => Just(Mishap::TooLarge),
    ]
}

fn act() -> impl Strategy<Value = (usize, Act)> {
    let act = prop_oneof![
        3 => Just(Act::Note),
        6 => (any::<usize>(), 0..4_usize).prop_map(|(which, field)| Act::Change { which, field }),
        2 => any::<usize>().prop_map(|which| Act::Open { which }),
        2 => (0..4_usize).prop_map(|field| Act::Finish { field }),
        1 => any::<usize>().prop_map(|which| Act::Withdraw { which }),
        1 => any::<usize>().prop_map(|which| Act::TakeTheirs { which }),
        6 => vec(mishap(), 0..5).prop_map(Act::Sync),
        1 => (1..1000_i64).prop_map(Act::Wait),
    ];
    (0..2_usize, act)
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

struct World<'a> {
    office: &'a Office,
    phones: [Phone<'a>; 2],
    written: Written,
    counter: usize,
    /// The form that is open on each phone: its record, and the body that stood there.
    forms: [Option<(RecordId, String)>; 2],
    /// Records of which a person has chosen one version over the other.
    answered: BTreeSet<RecordId>,
}

impl<'a> World<'a> {
    fn new(office: &'a Office, skews: [i64; 2]) -> Self {
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

    fn act(&mut self, phone: usize, act: Act) {
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
    fn settle(&self) {
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

    fn check_ledger(&self) {
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
    fn check_agreement(&self) {
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
    fn check_nothing_lost(&self) {
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
    fn check_nothing_undone(&self) {
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
    fn answer_everything(&mut self) {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_phones_and_office_agree_in_the_end(
        acts in vec(act(), 0..60),
        most_ops in 1..5_usize,
        page in 1..4_usize,
        skews in [-200_000..200_000_i64, -200_000..200_000_i64],
    ) {
        let office = Office::new(most_ops, page);
        let mut world = World::new(&office, skews);
        for (phone, act) in acts {
            world.act(phone, act);
        }
        world.settle();
        world.check_ledger();
        world.check_agreement();
        world.check_nothing_lost();
        world.check_nothing_undone();
        world.answer_everything();
        world.check_ledger();
    }
}

/// Around the limit of a batch, and around half of it, where a refused one is cut.
#[test]
fn every_size_of_outbox_arrives() {
    for most_ops in [1, 7, 50, MOST_OPS] {
        for count in [0, 1, most_ops - 1, most_ops, most_ops + 1, 2 * most_ops, 2 * MOST_OPS + 1] {
            let office = Office::new(most_ops, most_ops);
            let mut world = World::new(&office, [0, 0]);
            (0..count).for_each(|_| world.act(0, Act::Note));
            assert_eq!(world.phones[0].store.outbox().len(), count);
            let round = world.phones[0].round();
            assert_eq!((round.settled, round.fault), (count, None), "{count} with batches of {most_ops}");
            assert_eq!(world.phones[1].round().received, count);
            world.check_agreement();
            world.check_ledger();
        }
    }
}

/// One operation that never passes waits aside, the others pass it (I5).
#[test]
fn a_lone_operation_that_is_too_large_lets_the_others_pass() {
    let office = Office::new(2, 10);
    let mut world = World::new(&office, [0, 0]);
    (0..4).for_each(|_| world.act(0, Act::Note));
    world.act(0, Act::Sync(vec![Mishap::TooLarge, Mishap::TooLarge, Mishap::TooLarge]));
    assert_eq!(world.phones[0].store.outbox().len(), 1);
    assert_eq!(world.phones[0].store.outbox()[0].last_error.as_deref(), Some("too_large"));
    world.settle();
    world.check_agreement();
}

/// A clock that was a year ahead while an operation was put off, and has been put right since (I11).
#[test]
fn a_wait_that_a_wrong_clock_set_is_over_when_the_clock_is_put_right() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [31_536_000, 0]);
    world.act(0, Act::Note);
    world.act(0, Act::Sync(vec![Mishap::Deferred(0)]));
    assert_eq!(world.phones[0].store.outbox().len(), 1);
    world.phones[0].set_skew(0);
    assert_eq!(world.phones[0].round().settled, 1);
}

/// A form that was open while the record was withdrawn elsewhere: the person chooses, and nothing is lost.
#[test]
fn a_form_over_a_record_that_was_withdrawn_elsewhere_is_for_the_person_to_decide() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [0, 0]);
    world.act(0, Act::Note);
    world.settle();
    world.act(0, Act::Open { which: 0 });
    world.act(1, Act::Withdraw { which: 0 });
    world.settle();
    world.act(0, Act::Finish { field: 1 });
    let entry = world.phones[0].store.entries().remove(0);
    assert_eq!((entry.state, entry.deleted), (EntryState::Conflict, false));
    assert!(entry.theirs.as_ref().is_some_and(|theirs| theirs.deleted));
    let (fresh, stamp) = (world.phones[0].fresh_record(), world.phones[0].stamp());
    world.phones[0].act(entry.id, |state| save_anew(state, entry.id, fresh, entry.body.clone(), stamp));
    world.settle();
    world.check_ledger();
    let here = world.phones[1].store.entries();
    assert!(here.iter().any(|kept| kept.id == fresh && kept.body == entry.body && !kept.deleted));
}

/// A lost answer, an edit on top of it, and the next round: one line each, in order.
#[test]
fn an_edit_made_while_the_first_is_on_its_way_follows_it() {
    let office = Office::new(100, 100);
    let mut world = World::new(&office, [0, 0]);
    world.act(0, Act::Note);
    world.act(0, Act::Sync(vec![Mishap::AnswerLost]));
    world.act(0, Act::Change { which: 0, field: 1 });
    let rows = world.phones[0].store.outbox();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].after, Some(rows[0].op));
    world.settle();
    let lines = office.lines.borrow();
    let seen: Vec<(OpKind, Status)> = lines.iter().map(|(op, status)| (op.kind, *status)).collect();
    assert_eq!(seen, [(OpKind::Upsert, Status::Applied), (OpKind::Upsert, Status::Applied)]);
    world.check_agreement();
}
