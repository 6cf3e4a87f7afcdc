//! The phone's own engine over a store in memory, speaking with the office over HTTP.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    time::Duration,
};

use app::{
    api::sync::fault_of,
    domain::ids::{OpId, RecordId},
    sync::{
        acts::{save, withdraw},
        engine::{Round, Speaker, Surroundings, Wire, WireFault, round},
        messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest},
        outbox::{LONGEST_WAIT, Stamp},
        store::{Receipt, Touch},
    },
};
use axum::{
    body::Body,
    http::{Request, header},
};
use chrono::{DateTime, FixedOffset, TimeDelta};
use server::clock::{self, fresh_id};

use crate::{
    harness::Office,
    messages::{Person, message},
    sim::store::MemoryStore,
};

/// A phone that speaks with the office over HTTP.
pub struct Phone<'a> {
    pub office: &'a Office,
    pub who: Person,
    pub store: MemoryStore,
    /// How many answers are still to be lost on their way.
    pub lost_answers: Cell<usize>,
    /// How long it waits for an answer.
    pub patience: Cell<Duration>,
    /// How far its clock is ahead.
    ahead: Cell<TimeDelta>,
    /// What its person saved last of each record, and none of those that they withdrew.
    pub told: RefCell<BTreeMap<RecordId, Option<String>>>,
}

impl<'a> Phone<'a> {
    pub fn of(office: &'a Office, who: Person) -> Self {
        Self {
            office,
            store: MemoryStore::new(who.device),
            who,
            lost_answers: Cell::new(0),
            patience: Cell::new(Duration::from_secs(20)),
            ahead: Cell::new(TimeDelta::zero()),
            told: RefCell::default(),
        }
    }

    /// The same phone, whose office is answered for by another server.
    pub fn moved_to(self, office: &Office) -> Phone<'_> {
        let Self { who, store, lost_answers, patience, ahead, told, .. } = self;
        Phone { office, who, store, lost_answers, patience, ahead, told }
    }

    /// Lets so much time pass that whatever was put off may be tried again.
    pub fn wait_longest(&self) {
        self.ahead.set(self.ahead.get() + LONGEST_WAIT + TimeDelta::seconds(1));
    }

    /// Every final answer that it got.
    pub fn receipts(&self) -> Vec<Receipt> {
        self.store.answered().into_iter().map(|(_, receipt)| receipt).collect()
    }

    pub fn save(&self, record: RecordId, body: String) {
        self.told.borrow_mut().insert(record, Some(body.clone()));
        let stamp = Stamp { op: self.op_id(), at: Surroundings::now(self) };
        self.store.act(Touch::record(record), |state| save(state, record, body, stamp));
    }

    pub fn withdraw(&self, record: RecordId) {
        self.told.borrow_mut().insert(record, None);
        let stamp = Stamp { op: self.op_id(), at: Surroundings::now(self) };
        self.store.act(Touch::record(record), |state| withdraw(state, record, None, stamp));
    }

    pub async fn round(&self) -> Round {
        let speaker = Speaker { user: self.who.me.account, build: "test".to_owned() };
        round(&self.store, self, self, &speaker).await.expect("room")
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str, body: String) -> Result<T, WireFault> {
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &self.who.cookie)
            .header(header::CONNECTION, "close");
        let answering = self.office.try_send(request, path, Body::from(body));
        let answer = tokio::time::timeout(self.patience.get(), answering).await;
        let Ok(Some(answer)) = answer else { return Err(WireFault::Unreachable) };
        if self.lost_answers.get() > 0 {
            self.lost_answers.set(self.lost_answers.get() - 1);
            return Err(WireFault::Unreachable);
        }
        match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.body).map_err(|_| WireFault::Portal),
            // As `frontend`, which follows none.
            300..400 => Err(WireFault::Portal),
            status => {
                let retry_after = answer.header("retry-after").parse().ok();
                Err(fault_of(status, serde_json::from_slice(&answer.body).ok().as_ref(), retry_after))
            }
        }
    }
}

impl Wire for Phone<'_> {
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault> {
        self.ask("/api/v1/sync_push", message(request)).await
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        self.ask("/api/v1/sync_pull", message(request)).await
    }

    async fn escrow(&self, request: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        self.ask("/api/v1/sync_escrow", message(request)).await
    }
}

impl Surroundings for Phone<'_> {
    fn now(&self) -> DateTime<FixedOffset> {
        (clock::now() + self.ahead.get()).fixed_offset()
    }

    fn op_id(&self) -> OpId {
        OpId(fresh_id())
    }
}
