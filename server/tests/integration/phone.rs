//! The phone's own engine over a store in memory, speaking with the office over HTTP.

use std::cell::Cell;

use app::{
    api::sync::fault_of,
    domain::ids::{OpId, RecordId},
    sync::{
        engine::{Round, Speaker, Surroundings, Wire, WireFault, round},
        messages::{EscrowAnswer, PullAnswer, PullRequest, PushAnswer, PushRequest},
        outbox::{Stamp, save, withdraw},
        store::Touch,
    },
};
use axum::http::StatusCode;
use chrono::{DateTime, FixedOffset};
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
}

impl<'a> Phone<'a> {
    pub fn of(office: &'a Office, who: Person) -> Self {
        Self { office, store: MemoryStore::new(who.device), who, lost_answers: Cell::new(0) }
    }

    pub fn save(&self, record: RecordId, body: String) {
        let stamp = Stamp { op: self.op_id(), at: Surroundings::now(self) };
        self.store.act(Touch::record(record), |state| save(state, record, body, stamp));
    }

    pub fn withdraw(&self, record: RecordId) {
        let stamp = Stamp { op: self.op_id(), at: Surroundings::now(self) };
        self.store.act(Touch::record(record), |state| withdraw(state, record, None, stamp));
    }

    pub async fn round(&self) -> Round {
        let speaker = Speaker { user: self.who.me.account, build: "test".to_owned() };
        round(&self.store, self, self, &speaker).await.expect("room")
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, path: &str, body: String) -> Result<T, WireFault> {
        let answer = self.office.post_json(path, &self.who.cookie, body).await;
        if self.lost_answers.get() > 0 {
            self.lost_answers.set(self.lost_answers.get() - 1);
            return Err(WireFault::Unreachable);
        }
        if answer.status == StatusCode::OK {
            return serde_json::from_slice(&answer.body).map_err(|_| WireFault::Portal);
        }
        Err(fault_of(answer.status.as_u16(), serde_json::from_slice(&answer.body).ok().as_ref(), None))
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
        clock::now().fixed_offset()
    }

    fn op_id(&self) -> OpId {
        OpId(fresh_id())
    }
}
