//! People with phones, the office, and the steps of a history.

mod fates;
mod person;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    task::Poll,
};

use app::{
    domain::{
        ids::RecordId,
        meeting::MeetingDraft,
        record::{Body, Draft},
    },
    sync::{
        engine::{Round, WireFault},
        messages::Refusal,
        outbox::{Entry, EntryState},
        rescue::rescue_file,
        store::Touch,
    },
};
use serde_json::value::RawValue;

use super::{
    history::{Fate, History, Step},
    ids::TODAY,
    net::{Flight, Net},
    office::{Line, Office, User},
    seat::{Clock, Seat},
};

/// A field that makes a message unreadable to the office.
const POISON: &str = "x_poison";

pub const FIELDS: [&str; 3] = ["x_a", "x_b", "x_c"];

/// What somebody last wrote in a field on a phone, and may not find lost.
pub type Written = BTreeMap<(usize, RecordId, &'static str), String>;

/// What a phone had been told before a restore: its store, the record, the version, whether it was withdrawn, the body.
pub struct Told {
    pub seat: usize,
    pub wiped: usize,
    pub record: RecordId,
    pub version: i64,
    pub deleted: bool,
    pub body: String,
}

pub struct World<'a, O> {
    pub office: &'a O,
    pub seats: Vec<Seat>,
    pub net: Rc<Net>,
    clock: Clock,
    /// Who is signed in on each phone.
    sessions: [User; 2],
    pub written: Written,
    counter: usize,
    /// Records of which a person has chosen one version over the other.
    pub answered: BTreeSet<RecordId>,
    /// Records that a person withdrew and then saved all the same, from a form that was still open.
    pub taken_up: BTreeSet<RecordId>,
    /// Every line ever written, those that a restore has lost included.
    pub archive: Vec<Line>,
    /// How much of the office's present lines is in the archive.
    archived: usize,
    /// What phones had been told at each restore.
    pub told: Vec<Told>,
    /// The office was restored from a backup.
    pub restored: bool,
    /// The ledger may hold operations that no store remembers: of one that was wiped, or from a rescue file.
    pub has_strangers: bool,
}

pub fn meeting(body: &str) -> MeetingDraft {
    match Body::from_json(body).expect("our own body").draft {
        Draft::Meeting(draft) => draft,
        other => panic!("not a meeting: {other:?}"),
    }
}

fn blank() -> MeetingDraft {
    MeetingDraft { occurred_on: Some(TODAY), young_count: Some(3), ..MeetingDraft::default() }
}

fn text_of(draft: MeetingDraft) -> String {
    Body::new(Draft::Meeting(draft)).to_json()
}

impl<'a, O: Office> World<'a, O> {
    /// Two phones of `ada`, and `bela`, who signs in on the first one too.
    pub fn new(office: &'a O, ada: User, bela: User) -> Self {
        let clock: Clock = Rc::new(Cell::new(office.now()));
        let seats = vec![Seat::new(ada, 0, 0, &clock), Seat::new(ada, 1, 1, &clock), Seat::new(bela, 0, 2, &clock)];
        Self {
            office,
            seats,
            net: Rc::default(),
            clock,
            sessions: [ada, ada],
            written: Written::new(),
            counter: 0,
            answered: BTreeSet::new(),
            taken_up: BTreeSet::new(),
            archive: Vec::new(),
            archived: 0,
            told: Vec::new(),
            restored: false,
            has_strangers: false,
        }
    }

    /// Carries a whole history out.
    pub fn run(&mut self, history: &History) {
        for step in &history.steps {
            self.step(*step);
        }
    }

    pub fn step(&mut self, step: Step) {
        let seat_of = |seat: u8| usize::from(seat) % 3;
        match step {
            Step::Note { seat } => {
                let seat = seat_of(seat);
                let record = self.seats[seat].fresh_record();
                self.write(seat, record, blank(), 0);
            }
            Step::Change { seat, which, field } => self.change(seat_of(seat), which, field),
            Step::Poison { seat, which } => {
                let seat = seat_of(seat);
                if let Some(entry) =
                    self.pick(seat, which, |entry| !entry.deleted && entry.state == EntryState::Pending)
                {
                    let mut draft = meeting(&entry.body);
                    draft.extra.insert(POISON.to_owned(), true.into());
                    self.save(seat, entry.id, draft);
                }
            }
            Step::Open { seat, which } => {
                let seat = seat_of(seat);
                let entry = self.pick(seat, which, |entry| !entry.deleted && entry.state != EntryState::Conflict);
                self.seats[seat].form = entry.map(|entry| (entry.id, entry.body));
            }
            Step::Finish { seat, field } => self.finish(seat_of(seat), field),
            Step::Withdraw { seat, which } => {
                let seat = seat_of(seat);
                if let Some(entry) = self.pick(seat, which, |entry| !entry.deleted) {
                    self.withdraw(seat, &entry);
                }
            }
            Step::TakeTheirs { seat, which } => {
                let seat = seat_of(seat);
                if let Some(entry) = self.pick(seat, which, |entry| entry.state == EntryState::Conflict) {
                    self.take_theirs(seat, entry.id);
                }
            }
            Step::Go { seat, tab, waits, fate } => self.go(seat_of(seat), usize::from(tab) % 2, waits, fate),
            Step::Release { which } => self.release(which),
            Step::Kill { phone } => {
                let phone = usize::from(phone) % 2;
                for seat in self.seats.iter_mut().filter(|seat| seat.phone == phone) {
                    seat.abort(0);
                    seat.abort(1);
                    // A form that was not saved is a draft; the simulation is about what was saved.
                    seat.form = None;
                }
            }
            Step::Abort { seat, tab } => self.seats[seat_of(seat)].abort(usize::from(tab) % 2),
            Step::Full { seat, times } => self.seats[seat_of(seat)].store.fill(times),
            Step::SetClock { seat, hours } => self.seats[seat_of(seat)].set_clock(i64::from(hours)),
            Step::Switch { phone } => {
                let phone = usize::from(phone) % 2;
                let other = self.seats.iter().find(|seat| seat.phone == phone && seat.user != self.sessions[phone]);
                if let Some(seat) = other {
                    self.sessions[phone] = seat.user;
                }
            }
            Step::Upgrade { seat } => {
                let seat = &self.seats[seat_of(seat)];
                seat.abort(0);
                seat.abort(1);
                seat.store.through_newer_release();
            }
            Step::Pass { seconds } => self.pass(i64::from(seconds)),
            Step::Backup => self.office.backup(),
            Step::Restore => self.restore(),
            Step::Revoke { seat } => {
                let seat = &mut self.seats[seat_of(seat)];
                seat.revoked = true;
                let (of, device) = (seat.user, seat.device());
                self.office.revoke(of, device);
            }
            Step::Rescue { seat } => {
                let seat = &self.seats[seat_of(seat)];
                let mut file = None;
                let written = seat.store.act(Touch::everything(), |state| {
                    let (change, made) = rescue_file(state, seat.user.account, "simulated", seat.now(), Vec::new());
                    file = Some(made);
                    change
                });
                let Some(mut file) = file.filter(|_| written) else { return };
                // What the office cannot read is for a person to look at.
                let (poison, ops) = file.ops.into_iter().partition(|op| op.get().contains(POISON));
                file.ops = ops;
                let poison: Vec<Box<RawValue>> = poison;
                file.unreadable.extend(poison.iter().map(|op| op.get().to_owned()));
                let text = serde_json::to_string(&file).expect("JSON");
                self.office.rescue(seat.user, &serde_json::from_str(&text).expect("a rescue file"));
                self.has_strangers = true;
                self.archive();
            }
        }
    }

    fn pass(&self, seconds: i64) {
        self.office.pass(seconds);
        self.clock.set(self.clock.get() + chrono::TimeDelta::seconds(seconds));
    }

    /// Runs a round on through so many waits. The first message that it sends has `fate`, the others arrive.
    fn go(&mut self, seat: usize, tab: usize, waits: u8, fate: Fate) {
        if !self.seats[seat].is_running(tab) {
            let session = self.sessions[self.seats[seat].phone];
            self.seats[seat].begin(tab, &self.net, seat, session);
        }
        let mut fate = Some(fate);
        for _ in 0..waits {
            if let Poll::Ready(done) = self.seats[seat].step(tab) {
                if let Ok(round) = done {
                    self.rounded(seat, &round);
                }
                return;
            }
            let waiting = |flight: &Flight| flight.sender == (seat, tab) && !flight.held;
            let at = self.net.flights.borrow().iter().position(waiting);
            if let Some(at) = at {
                let flight = self.net.flights.borrow_mut().remove(at);
                self.meet(flight, fate.take().unwrap_or(Fate::Arrives));
            }
        }
    }

    fn rounded(&mut self, seat: usize, round: &Round) {
        if round.handed_over {
            self.has_strangers = true;
            for tab in [0, 1] {
                self.seats[seat].abort(tab);
            }
            self.seats[seat].wipe();
        }
    }

    fn archive(&mut self) {
        let lines = self.office.books().lines;
        self.archive.extend(lines[self.archived.min(lines.len())..].iter().cloned());
        self.archived = lines.len();
    }

    fn restore(&mut self) {
        let told: Vec<Told> = self.told_now();
        // Of a phone that slept through the whole life between two restores nothing is promised beyond a question.
        let awake: Vec<bool> = self.seats.iter().map(|seat| self.is_awake(seat)).collect();
        self.told.retain(|told| awake[told.seat]);
        if self.office.restore() {
            self.archived = self.office.books().lines.len();
            self.told.extend(told);
            self.restored = true;
        }
    }

    /// Whether a phone has met the present life of the database, and given back what it lacked.
    fn is_awake(&self, seat: &Seat) -> bool {
        let meta = seat.store.meta();
        let has_met = meta.epoch == Some(self.office.epoch()) && !meta.refill;
        has_met && seat.store.outbox().iter().all(|row| !row.refill)
    }

    /// The latest version of each record that each phone was told, as the archive has it.
    fn told_now(&self) -> Vec<Told> {
        let mut told = Vec::new();
        for (number, seat) in self.seats.iter().enumerate().filter(|(_, seat)| self.is_awake(seat)) {
            for entry in seat.store.entries() {
                let Some(version) = entry.version else { continue };
                let given =
                    |line: &&Line| line.status == app::sync::ledger::Status::Applied && line.version == Some(version);
                let Some(line) = self.archive.iter().find(given) else { continue };
                let deleted = line.kind == app::sync::messages::OpKind::Delete;
                let body = line.body.clone().or(entry.base_body.clone()).unwrap_or_default();
                told.push(Told { seat: number, wiped: seat.wiped, record: entry.id, version, deleted, body });
            }
        }
        told
    }

    /// One round to its end, without mishaps and under the person's own session.
    pub fn whole_round(&mut self, seat: usize) -> Round {
        self.sessions[self.seats[seat].phone] = self.seats[seat].user;
        self.seats[seat].begin(0, &self.net, seat, self.seats[seat].user);
        loop {
            if let Poll::Ready(done) = self.seats[seat].step(0) {
                let round = done.expect("room");
                self.rounded(seat, &round);
                return round;
            }
            let waiting = |flight: &Flight| flight.sender == (seat, 0) && !flight.held;
            let at = self.net.flights.borrow().iter().position(waiting);
            if let Some(at) = at {
                let flight = self.net.flights.borrow_mut().remove(at);
                self.meet(flight, Fate::Arrives);
            }
        }
    }

    /// Whatever is under way ends, then rounds without mishaps until nothing moves any more: a bounded number (I5).
    pub fn settle(&mut self) {
        self.net.flights.borrow_mut().clear();
        for seat in &self.seats {
            seat.abort(0);
            seat.abort(1);
            seat.store.fill(0);
        }
        for _ in 0..12 {
            self.pass(600);
            let rounds: Vec<Round> = (0..self.seats.len()).map(|seat| self.whole_round(seat)).collect();
            let revoked = rounds.iter().all(|round| matches!(round.fault, None | Some(WireFault::Revoked)));
            assert!(revoked, "I5: a round without mishaps ends: {rounds:?}");
            let still = rounds.iter().all(|round| round.settled == 0 && round.received == 0 && !round.handed_over);
            if still && self.seats.iter().all(has_sent_what_it_can) {
                return;
            }
        }
        panic!("I5: no rest: {:?}", self.seats.iter().map(|seat| seat.store.outbox()).collect::<Vec<_>>());
    }
}

/// Nothing waits but what the office refuses to read, and what was made on top of it (I5).
fn has_sent_what_it_can(seat: &Seat) -> bool {
    let rows = seat.store.outbox();
    rows.iter().all(|row| rows.iter().any(|other| other.record == row.record && other.is_parked()))
}

/// A record whose own was withdrawn for good: it stays with the person, who may save it anew.
pub fn refused_as_withdrawn(entry: &Entry) -> bool {
    entry.problem.as_ref().is_some_and(|problem| problem.code.is(Refusal::Withdrawn))
}
