//! What the projections cost a push: the same batches decided and written in the ledger, with and without them.

use std::time::Instant;

use app::{
    domain::{
        ids::{DeviceId, OpId, RecordId, SchemeId},
        record::SCHEMA,
    },
    sync::{
        hash::BodyHash,
        ledger::{Decision, decide},
        messages::{Op, OpKind},
    },
};
use serde_json::value::RawValue;
use server::{
    clock::{self, fresh_id},
    db::{
        ledger::{self, By, Line},
        projections::Delta,
    },
};

use crate::{
    office::Office,
    population::{Department, Population},
    table::median,
};

/// Batches of each kind.
const ROUNDS: usize = 60;
/// Milliseconds of a batch of `ops` with its projections, and without.
pub async fn cost(office: &Office, department: &Department, ops: usize) -> anyhow::Result<(f64, f64)> {
    let mut population = Population::new()?;
    let promeneur = department.promeneurs[0];
    let me = office.promeneur("Quelqu’un").await?.me;
    let by = By::of(&me, promeneur, DeviceId(fresh_id()));
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(push(office, department.scheme, by, population.entries(ops)?, true).await?);
        without.push(push(office, department.scheme, by, population.entries(ops)?, false).await?);
    }
    Ok((median(&with), median(&without)))
}

async fn push(office: &Office, scheme: SchemeId, by: By, bodies: Vec<String>, counts: bool) -> anyhow::Result<f64> {
    let ops: Vec<Op> = (1..).zip(bodies).map(|(seq, body)| op(seq, body)).collect::<Result<_, _>>()?;
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
