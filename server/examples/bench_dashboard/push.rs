//! What the projections cost a push: the same batches decided and written in the ledger, with and without them.

use std::time::Instant;

use anyhow::{Context, ensure};
use app::{
    domain::{
        ids::{OpId, RecordId},
        record::SCHEMA,
    },
    sync::{
        hash::BodyHash,
        ledger::{Decision, decide},
        messages::{Heartbeat, Op, OpKind, PROTO},
    },
};
use serde_json::value::RawValue;
use server::{
    batch::{self, Ask},
    clock::{self, fresh_id},
    db::{
        ledger::{self, By, Line},
        projections::Delta,
    },
};

use crate::{
    office::{Office, Person},
    population::Population,
    table::median,
};

/// Batches of each kind, and those before them that are not counted.
const ROUNDS: usize = 60;
const WARM_UP: usize = 10;
/// What batches of some size take, in milliseconds.
pub struct Cost {
    /// A whole push, without HTTP.
    pub whole: f64,
    /// Of it, what the projections take: with them less without.
    pub projections: f64,
}

/// Pushes batches of `ops` in turn: whole, and only what is written, with the projections and without.
pub async fn cost(office: &Office, ops: usize) -> anyhow::Result<Cost> {
    let mut population = Population::new()?;
    let person = office.promeneur("Quelqu’un").await?;
    let promeneur = person.me.promeneur.context("a promeneur")?;
    let by = By::of(&person.me, promeneur, person.device);
    let (mut whole, mut with, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS + WARM_UP {
        if round == WARM_UP {
            // As it is a minute after the first pushes of a new base: until then its ledger is planned as if it were empty.
            sqlx::query("analyze").execute(&mut office.owner().await?).await?;
            for times in [&mut whole, &mut with, &mut without] {
                times.clear();
            }
        }
        let ask = Ask {
            by,
            heartbeat: Some(heartbeat(&person)),
            may_enrol: true,
            epoch: None,
            ops: made(population.entries(ops)?)?,
        };
        let begun = Instant::now();
        let answers = batch::take(&office.db, office.scheme, &[ask]).await;
        whole.push(begun.elapsed().as_secs_f64() * 1_000.0);
        ensure!(answers.iter().all(Result::is_ok), "{answers:?}");
        with.push(push(office, by, population.entries(ops)?, true).await?);
        without.push(push(office, by, population.entries(ops)?, false).await?);
    }
    Ok(Cost { whole: median(&whole), projections: median(&with) - median(&without) })
}

fn heartbeat(person: &Person) -> Heartbeat {
    Heartbeat {
        proto: PROTO,
        build: "bench".to_owned(),
        schema: SCHEMA,
        device: person.device,
        user: person.me.account,
        now: clock::now().fixed_offset(),
        pending: 0,
        oldest: None,
        stalls: 0,
    }
}

fn made(bodies: Vec<String>) -> Result<Vec<Op>, serde_json::Error> {
    (1..).zip(bodies).map(|(seq, body)| op(seq, body)).collect()
}

async fn push(office: &Office, by: By, bodies: Vec<String>, counts: bool) -> anyhow::Result<f64> {
    let ops = made(bodies)?;
    let scheme = office.scheme;
    let asked: Vec<&Op> = ops.iter().collect();
    let begun = Instant::now();
    let mut tx = office.db.for_push(scheme).await?;
    let (turn, mut known) = ledger::known(&mut tx, &asked, &[]).await?;
    let today = clock::today_in(&turn.time_zone);
    let decisions: Vec<Decision> = ops.into_iter().map(|op| decide(by.promeneur, op, &mut known, today)).collect();
    let lines: Vec<Line<'_>> = decisions.iter().map(|decision| (by, decision)).collect();
    ledger::write(&mut tx, scheme, &lines, known.head).await?;
    if counts {
        Delta::of(&lines).write(&mut tx, scheme).await?;
    }
    tx.commit().await?;
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

fn op(seq: u64, body: String) -> Result<Op, serde_json::Error> {
    Ok(Op {
        op: OpId(fresh_id()),
        seq,
        kind: OpKind::Upsert,
        record: RecordId(fresh_id()),
        base: None,
        after: None,
        schema: SCHEMA,
        at: clock::now().fixed_offset(),
        hash: BodyHash::of(&body),
        body: Some(RawValue::from_string(body)?),
        reason: None,
        refill: false,
    })
}
