//! Messages under way.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
    task::Poll,
};

use app::{
    domain::ids::OpId,
    sync::{
        engine::{Wire, WireFault},
        messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest, Verdict},
    },
};

use super::{office::User, store::pause};

/// A message.
#[derive(Clone, Debug)]
pub enum Message {
    Push(PushRequest),
    Pull(PullRequest),
    Escrow(PushRequest),
}

/// Its answer.
#[derive(Clone, Debug)]
pub enum Reply {
    Push(PushAnswer),
    Pull(PullAnswer),
    Escrow(EscrowAnswer),
}

type Slot = Rc<RefCell<Option<Result<Reply, WireFault>>>>;

/// A message under way, and where its sender waits.
#[derive(Clone, Debug)]
pub struct Flight {
    pub sender: (usize, usize),
    pub session: User,
    pub message: Message,
    pub slot: Slot,
    /// It hangs, or its sender has given it up: only a release brings it on.
    pub held: bool,
}

/// The network.
#[derive(Debug, Default)]
pub struct Net {
    pub flights: RefCell<Vec<Flight>>,
    /// Every line of an answer that reached a phone: the operation, its status, the hash.
    pub heard: RefCell<BTreeSet<(OpId, &'static str, String)>>,
    pub sent: Cell<usize>,
}

impl Net {
    /// Hands an answer to whoever waits for it.
    pub fn answer(&self, flight: &Flight, answer: Result<Reply, WireFault>) {
        if let Ok(Reply::Push(answer)) = &answer {
            let lines = answer.results.iter().filter_map(|line| Some((line.op?, &line.verdict)));
            self.heard.borrow_mut().extend(lines.filter(|_| answer.sync == 1).map(|(op, verdict)| match verdict {
                Verdict::Applied { hash, .. } => (op, "applied", hash.to_string()),
                Verdict::Duplicate { hash, .. } => (op, "duplicate", hash.to_string()),
                Verdict::Conflict { .. } => (op, "conflict", String::new()),
                Verdict::Rejected { .. } => (op, "rejected", String::new()),
                Verdict::Deferred { .. } | Verdict::Unknown => (op, "deferred", String::new()),
            }));
        }
        *flight.slot.borrow_mut() = Some(answer);
    }
}

/// The wire of one tab.
pub struct Line {
    pub net: Rc<Net>,
    pub sender: (usize, usize),
    pub session: User,
}

impl Line {
    async fn send(&self, message: Message) -> Result<Reply, WireFault> {
        let slot = Slot::default();
        self.net.sent.set(self.net.sent.get() + 1);
        assert!(self.net.sent.get() < 5_000, "I5: the phone sends without end");
        let flight = Flight { sender: self.sender, session: self.session, message, slot: slot.clone(), held: false };
        self.net.flights.borrow_mut().push(flight);
        std::future::poll_fn(|_| slot.borrow_mut().take().map_or(Poll::Pending, Poll::Ready)).await
    }
}

impl Wire for Line {
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault> {
        pause().await;
        match self.send(Message::Push(request.clone())).await? {
            Reply::Push(answer) => Ok(answer),
            Reply::Pull(_) | Reply::Escrow(_) => Err(WireFault::Portal),
        }
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        match self.send(Message::Pull(request.clone())).await? {
            Reply::Pull(answer) => Ok(answer),
            Reply::Push(_) | Reply::Escrow(_) => Err(WireFault::Portal),
        }
    }

    async fn escrow(&self, request: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        match self.send(Message::Escrow(request.clone())).await? {
            Reply::Escrow(answer) => Ok(answer),
            Reply::Push(_) | Reply::Pull(_) => Err(WireFault::Portal),
        }
    }
}
