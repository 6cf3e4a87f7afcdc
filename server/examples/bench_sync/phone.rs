//! Phones: the engine of `app::sync` over a store in memory, or bare messages, speaking HTTP with the server.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
};

use app::{
    api::sync::fault_of,
    domain::ids::{OpId, RecordId},
    sync::{
        acts::save,
        engine::{Round, Speaker, Surroundings, Wire, WireFault, round},
        hash::BodyHash,
        messages::{
            EscrowAnswer, Heartbeat, Op, OpKind, PROTO, PullAnswer, PullRequest, PushAnswer, PushRequest, Verdict,
        },
        outbox::Stamp,
        store::Touch,
    },
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::{DateTime, FixedOffset};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::value::RawValue;
use server::clock::{self, fresh_id};

use crate::{entries::Text, office::Person, store::MemoryStore};

/// The way to the server, shared by all phones: as many connections as phones speak at once.
#[derive(Clone)]
pub struct Line {
    address: SocketAddr,
    http: Client<HttpConnector, Body>,
}

impl Line {
    pub fn to(address: SocketAddr) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Self { address, http: Client::builder(TokioExecutor::new()).build(connector) }
    }

    async fn ask<T: DeserializeOwned>(&self, who: &Person, path: &str, body: String) -> Result<T, WireFault> {
        let request = Request::post(format!("http://{}{path}", self.address))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &who.cookie)
            .body(Body::from(body))
            .map_err(|_| WireFault::Unreachable)?;
        let answer = self.http.request(request).await.map_err(|_| WireFault::Unreachable)?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await.map_err(|_| WireFault::Unreachable)?.to_bytes();
        if status == StatusCode::OK {
            return serde_json::from_slice(&bytes).map_err(|_| WireFault::Portal);
        }
        Err(fault_of(status.as_u16(), serde_json::from_slice(&bytes).ok().as_ref(), None))
    }

    /// Asks who one is: a request of somebody signed in that writes nothing.
    pub async fn me(&self, who: &Person) -> Result<(), WireFault> {
        self.ask::<IgnoredAny>(who, "/api/v1/me", "{}".to_owned()).await.map(drop)
    }

    /// Pushes operations as a bare message. All of them must be applied.
    pub async fn push(&self, who: &Person, ops: Vec<Box<RawValue>>) -> Result<PushAnswer, WireFault> {
        let pending = u32::try_from(ops.len()).unwrap_or(u32::MAX);
        let request = PushRequest { heartbeat: heartbeat(who, pending), epoch: None, ops };
        let answer: PushAnswer = self.ask(who, "/api/v1/sync_push", message(&request)).await?;
        let applied = answer.results.iter().all(|line| matches!(line.verdict, Verdict::Applied { .. }));
        if applied { Ok(answer) } else { Err(WireFault::Skew) }
    }
}

/// A message as the server functions take it.
pub fn message(req: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Message<'a, T> {
        req: &'a T,
    }
    serde_json::to_string(&Message { req }).unwrap_or_default()
}

pub fn heartbeat(who: &Person, pending: u32) -> Heartbeat {
    let now = clock::now().fixed_offset();
    Heartbeat {
        proto: PROTO,
        build: "0123456789ab".to_owned(),
        schema: app::domain::record::SCHEMA,
        device: who.device,
        user: who.me.account,
        now,
        pending,
        oldest: Some(now),
        stalls: 0,
    }
}

/// An operation that creates a record.
pub fn create(seq: u64, text: &Text) -> Box<RawValue> {
    let op = Op {
        op: OpId(fresh_id()),
        seq,
        kind: OpKind::Upsert,
        record: RecordId(fresh_id()),
        base: None,
        after: None,
        schema: app::domain::record::SCHEMA,
        at: clock::now().fixed_offset(),
        hash: BodyHash::of(text),
        body: RawValue::from_string(text.to_string()).ok(),
        reason: None,
        refill: false,
    };
    serde_json::value::to_raw_value(&op).unwrap_or_default()
}

/// A phone with a store of its own.
pub struct Phone {
    pub who: Person,
    pub store: MemoryStore,
    line: Line,
    /// How long each push took, in milliseconds.
    pub pushes: RefCell<Vec<f64>>,
    /// How long all pulls took, in seconds.
    pub pulled: Cell<f64>,
}

impl Phone {
    pub fn of(who: Person, line: &Line) -> Self {
        Self {
            store: MemoryStore::new(who.device),
            who,
            line: line.clone(),
            pushes: RefCell::default(),
            pulled: Cell::default(),
        }
    }

    /// Notes entries, as the person would.
    pub fn note<'a>(&self, texts: impl IntoIterator<Item = &'a Text>) {
        for text in texts {
            let stamp = Stamp { op: self.op_id(), at: Surroundings::now(self) };
            let record = RecordId(fresh_id());
            self.store.act(&Touch::record(record), |state| save(state, record, text.to_string(), stamp));
        }
    }

    pub async fn round(&self) -> Round {
        let speaker = Speaker { user: self.who.me.account, build: "0123456789ab".to_owned() };
        let Ok(round) = round(&self.store, self, self, &speaker).await;
        round
    }

    /// Rounds until one ends without a fault; a phone tries again by itself.
    pub async fn until_done(&self) -> usize {
        let mut tries = 1;
        while self.round().await.fault.is_some() {
            tries += 1;
        }
        tries
    }
}

impl Wire for Phone {
    async fn push(&self, request: &PushRequest) -> Result<PushAnswer, WireFault> {
        let begun = std::time::Instant::now();
        let answer = self.line.ask(&self.who, "/api/v1/sync_push", message(request)).await;
        self.pushes.borrow_mut().push(begun.elapsed().as_secs_f64() * 1_000.0);
        answer
    }

    async fn pull(&self, request: &PullRequest) -> Result<PullAnswer, WireFault> {
        let begun = std::time::Instant::now();
        let answer = self.line.ask(&self.who, "/api/v1/sync_pull", message(request)).await;
        self.pulled.set(self.pulled.get() + begun.elapsed().as_secs_f64());
        answer
    }

    async fn escrow(&self, _: &PushRequest) -> Result<EscrowAnswer, WireFault> {
        Err(WireFault::Skew)
    }
}

impl Surroundings for Phone {
    fn now(&self) -> DateTime<FixedOffset> {
        clock::now().fixed_offset()
    }

    fn op_id(&self) -> OpId {
        OpId(fresh_id())
    }
}
