//! One person on one phone: their store there, a clock that may be wrong, and the tabs in which rounds run.

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use app::{
    domain::ids::{DeviceId, OpId, RecordId},
    sync::{
        engine::{Round, Speaker, Surroundings, round},
        outbox::Stamp,
    },
};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    ids::id,
    net::{Line, Net},
    office::User,
    store::{Full, MemoryStore},
};

/// The office's clock, which every phone's own differs from.
pub type Clock = Rc<Cell<DateTime<Utc>>>;

/// A clock that may be wrong, and fresh ids.
#[derive(Clone)]
pub struct Own {
    clock: Clock,
    skew: Rc<Cell<TimeDelta>>,
    number: u64,
    next_id: Rc<Cell<u64>>,
}

impl Own {
    fn fresh(&self) -> Uuid {
        self.next_id.set(self.next_id.get() + 1);
        id((self.number + 1) * 1_000_000 + self.next_id.get())
    }
}

impl Surroundings for Own {
    fn now(&self) -> DateTime<FixedOffset> {
        let zone = FixedOffset::east_opt(3600).expect("an offset");
        (self.clock.get() + self.skew.get()).with_timezone(&zone)
    }

    fn op_id(&self) -> OpId {
        OpId(self.fresh())
    }
}

type Task = Pin<Box<dyn Future<Output = Result<Round, Full>>>>;

/// One person on one phone.
pub struct Seat {
    pub user: User,
    pub phone: usize,
    pub store: Rc<MemoryStore>,
    own: Own,
    tasks: [RefCell<Option<Task>>; 2],
    /// How many stores were wiped here: a record of an earlier one is not this one's to give back.
    pub wiped: usize,
    /// The coordination has withdrawn the phone.
    pub revoked: bool,
    /// The form that is open: its record, and the body that stood there.
    pub form: Option<(RecordId, String)>,
}

impl Seat {
    pub fn new(user: User, phone: usize, number: u64, clock: &Clock) -> Self {
        let own = Own { clock: clock.clone(), skew: Rc::default(), number, next_id: Rc::default() };
        let store = Rc::new(MemoryStore::new(DeviceId(own.fresh())));
        let tasks = [RefCell::default(), RefCell::default()];
        Self { user, phone, store, own, tasks, wiped: 0, revoked: false, form: None }
    }

    pub fn device(&self) -> DeviceId {
        self.store.meta().device
    }

    pub fn fresh_record(&self) -> RecordId {
        RecordId(self.own.fresh())
    }

    pub fn stamp(&self) -> Stamp {
        self.own.stamp()
    }

    pub fn now(&self) -> DateTime<FixedOffset> {
        self.own.now()
    }

    pub fn set_clock(&self, hours: i64) {
        self.own.skew.set(TimeDelta::hours(hours));
    }

    /// The store is deleted, and the phone begins as a new one.
    pub fn wipe(&mut self) {
        self.store = Rc::new(MemoryStore::new(DeviceId(self.own.fresh())));
        self.wiped += 1;
        self.revoked = false;
        self.form = None;
    }

    pub fn is_running(&self, tab: usize) -> bool {
        self.tasks[tab].borrow().is_some()
    }

    /// Begins a round in a tab, under the session that its browser has now.
    pub fn begin(&self, tab: usize, net: &Rc<Net>, sender: usize, session: User) {
        let line = Line { net: net.clone(), sender: (sender, tab), session };
        let speaker = Speaker { user: self.user.account, build: "simulated".to_owned() };
        let (store, own) = (self.store.clone(), self.own.clone());
        let task = async move { round(&*store, &line, &own, &speaker).await };
        *self.tasks[tab].borrow_mut() = Some(Box::pin(task));
    }

    /// Goes on to the next wait.
    pub fn step(&self, tab: usize) -> Poll<Result<Round, Full>> {
        let mut running = self.tasks[tab].borrow_mut();
        let Some(task) = running.as_mut() else { return Poll::Pending };
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if polled.is_ready() {
            *running = None;
        }
        polled
    }

    /// Kills a round where it stands.
    pub fn abort(&self, tab: usize) {
        *self.tasks[tab].borrow_mut() = None;
    }
}
