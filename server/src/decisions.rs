//! What a coordinator decides of what waits: accept, correct, ask, set aside. Whatever changes a record goes through the
//! ledger like any operation of its author.

use std::collections::HashSet;

use app::{
    api::{error::AppError, to_check::Notice},
    domain::{
        ids::{OpId, PromeneurId},
        person::Me,
    },
    sync::{
        hash::BodyHash,
        ledger::refusal_code,
        messages::{Op, OpKind, Verdict},
    },
};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    clock,
    db::{Tx, failed, quarantine},
    desk::Desk,
    held::Parts,
    waiting::{self, Days, Opened},
};

/// Opens one; none when it waits no longer.
pub async fn open(desk: &Desk, me: &Me, op: OpId) -> Result<Option<Opened>, AppError> {
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    let opened = waiting::open(&mut tx, me, op).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(opened)
}

/// Takes one into the ledger with its own id, and before it what the same phone did to the same record. Where the
/// ledger has given that id its answer already, or where it is to stand over what the server holds, it becomes a new
/// operation of the coordinator on the same record.
pub async fn accept(desk: &Desk, me: &Me, op: OpId, over: bool) -> Result<Notice, AppError> {
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    let Some(opened) = waiting::open(&mut tx, me, op).await.map_err(failed)? else { return Ok(Notice::Gone) };
    let Opened { held, author, version, .. } = &opened;
    let whole = Parts::of(&held.raw).whole;
    let (Some(mut last), true) = (whole, opened.waiting.may_accept()) else { return Ok(Notice::Refused) };
    let earlier = quarantine::before(&mut tx, held).await.map_err(failed)?;
    let mut batch: Vec<Op> =
        earlier.iter().filter_map(|it| Parts::of(&it.raw).whole.filter(|op| op.op == it.op)).collect();
    let ids: Vec<Uuid> =
        batch.iter().chain([&last]).flat_map(|op| [Some(op.op), op.after]).flatten().map(|id| id.0).collect();
    let known: HashSet<Uuid> = quarantine::in_ledger(&mut tx, &ids).await.map_err(failed)?.into_iter().collect();
    tx.commit().await.map_err(failed)?;
    batch.retain(|op| !known.contains(&op.op.0));
    let anew = over || known.contains(&last.op.0) || last.op != held.op;
    if anew {
        last.op = OpId(clock::fresh_id());
    }
    if over {
        (last.base, last.after) = (*version, None);
    }
    // What it was made on is nowhere to come from any more.
    let here: HashSet<Uuid> = batch.iter().map(|op| op.op.0).chain(known).collect();
    for op in batch.iter_mut().chain([&mut last]) {
        op.after = op.after.filter(|after| here.contains(&after.0));
    }
    let mut noted: Vec<OpId> = batch.iter().map(|op| op.op).chain([held.op]).collect();
    let (promeneur, device) = (held.promeneur, held.device);
    let verdicts = if anew {
        let mut verdicts = Vec::new();
        if !batch.is_empty() {
            verdicts = desk.take_for(author, promeneur, device, batch).await?;
        }
        verdicts.extend(desk.take_for(me, promeneur, device, vec![last]).await?);
        verdicts
    } else {
        batch.push(last);
        desk.take_for(author, promeneur, device, batch).await?
    };
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    quarantine::adopt(&mut tx, me, held).await.map_err(failed)?;
    for (op, verdict) in noted.drain(..).zip(&verdicts) {
        note(&mut tx, me, op, verdict, ("accepted", None)).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    tracing::info!(op.id = %op, by = %me.account, over, "accepted from quarantine");
    Ok(verdicts.last().map_or(Notice::Later, |verdict| told(verdict, Notice::Accepted)))
}

async fn note(
    tx: &mut Tx,
    me: &Me,
    op: OpId,
    verdict: &Verdict,
    (resolution, words): (&str, Option<&str>),
) -> Result<(), sqlx::Error> {
    match verdict {
        Verdict::Applied { .. } | Verdict::Duplicate { .. } => {
            quarantine::resolve(tx, me.account, op, resolution, words).await
        }
        other => quarantine::explain(tx, op, refusal_code(other).unwrap_or("conflict")).await,
    }
}

fn told(verdict: &Verdict, done: Notice) -> Notice {
    match verdict {
        Verdict::Applied { .. } | Verdict::Duplicate { .. } => done,
        Verdict::Conflict { .. } => Notice::Conflict,
        Verdict::Rejected { .. } => Notice::Refused,
        Verdict::Deferred { .. } | Verdict::Unknown => Notice::Later,
    }
}

/// Accepts all of a promeneur's that can be accepted without deciding anything.
pub async fn accept_all(desk: &Desk, me: &Me, promeneur: PromeneurId) -> Result<Notice, AppError> {
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    let days = Days::of(&mut tx).await.map_err(failed)?;
    let held = quarantine::waiting(&mut tx, Some(promeneur)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    for held in held {
        let waiting = waiting::show(&held, None, &days);
        if waiting.may_accept() && !held.reason.eq("conflict") && held.question.is_none() {
            Box::pin(accept(desk, me, held.op, false)).await?;
        }
    }
    Ok(Notice::All)
}

/// Writes a corrected body as the coordinator's operation on the author's record.
pub async fn correct(desk: &Desk, me: &Me, opened: &Opened, body: String, words: &str) -> Result<Notice, AppError> {
    let Opened { held, version, .. } = opened;
    let (Some(record), Ok(raw)) = (held.record, RawValue::from_string(body)) else { return Ok(Notice::Unfit) };
    let op = Op {
        op: OpId(clock::fresh_id()),
        seq: 0,
        kind: OpKind::Upsert,
        record,
        base: *version,
        after: None,
        schema: Parts::of(&held.raw).read().map_or(app::domain::record::SCHEMA, |body| body.schema),
        at: clock::now().fixed_offset(),
        hash: BodyHash::of(raw.get()),
        body: Some(raw),
        reason: Some(words.to_owned()),
        refill: false,
    };
    let verdicts = desk.take_for(me, held.promeneur, held.device, vec![op]).await?;
    let Some(verdict) = verdicts.first() else { return Ok(Notice::Later) };
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    quarantine::adopt(&mut tx, me, held).await.map_err(failed)?;
    note(&mut tx, me, held.op, verdict, ("corrected", Some(words))).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(op.id = %held.op, by = %me.account, "corrected from quarantine");
    Ok(told(verdict, Notice::Corrected))
}

/// Asks the promeneur.
pub async fn ask(desk: &Desk, me: &Me, opened: &Opened, question: &str) -> Result<Notice, AppError> {
    if !opened.waiting.may_ask() {
        return Ok(Notice::Unfit);
    }
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    quarantine::adopt(&mut tx, me, &opened.held).await.map_err(failed)?;
    quarantine::ask(&mut tx, opened.held.op, question).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(op.id = %opened.held.op, by = %me.account, "asked back");
    Ok(Notice::Asked)
}

/// Sets one aside. It stays where it is.
pub async fn set_aside(desk: &Desk, me: &Me, opened: &Opened, words: &str) -> Result<Notice, AppError> {
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    quarantine::adopt(&mut tx, me, &opened.held).await.map_err(failed)?;
    quarantine::resolve(&mut tx, me.account, opened.held.op, "dropped", Some(words)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(op.id = %opened.held.op, by = %me.account, "set aside");
    Ok(Notice::Dropped)
}
