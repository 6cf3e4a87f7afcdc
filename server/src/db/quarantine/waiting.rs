//! Reading what waits: what was handed over, and what the ledger refused.

use app::{
    domain::ids::{AccountId, DeviceId, OpId, PromeneurId, RecordId},
    sync::messages::{Op, OpKind},
};
use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use serde_json::value::RawValue;

use crate::db::{Tx, ledger::body_hash};

/// Most rows that are listed at once.
pub const MOST_LISTED: i64 = 200;

/// One that waits.
#[derive(Clone, Debug)]
pub struct Held {
    /// Its id.
    pub op: OpId,
    /// Whose account sent it.
    pub account: AccountId,
    /// Whose record it is about.
    pub promeneur: PromeneurId,
    /// The phone that made it.
    pub device: DeviceId,
    /// The record, where it says.
    pub record: Option<RecordId>,
    /// The phone's counter.
    pub seq: i64,
    /// How it came.
    pub source: String,
    /// Why it waits.
    pub reason: String,
    /// As it was received.
    pub raw: String,
    /// The day it came.
    pub received_on: NaiveDate,
    /// The question that was asked about it.
    pub question: Option<String>,
    /// When.
    pub asked_at: Option<DateTime<Utc>>,
}

/// Everything that waits, of one promeneur or of all: what was handed over, then what the ledger refused.
pub async fn waiting(tx: &mut Tx, promeneur: Option<PromeneurId>) -> Result<Vec<Held>, sqlx::Error> {
    let mut held = handed_over(tx, Which { promeneur, ..Which::default() }).await?;
    held.extend(refused(tx, promeneur, None).await?);
    Ok(held)
}

/// One that waits.
pub async fn find(tx: &mut Tx, op: OpId) -> Result<Option<Held>, sqlx::Error> {
    match handed_over(tx, Which { op: Some(op), ..Which::default() }).await?.pop() {
        Some(held) => Ok(Some(held)),
        None => Ok(refused(tx, None, Some(op)).await?.pop()),
    }
}

/// Which of those that wait.
#[derive(Default)]
struct Which {
    promeneur: Option<PromeneurId>,
    op: Option<OpId>,
    record: Option<RecordId>,
}

async fn handed_over(tx: &mut Tx, which: Which) -> Result<Vec<Held>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select op_id as "op_id!", account_id as "account_id!", promeneur_id as "promeneur_id!",
                  device_id as "device_id!", record_id, seq as "seq!", source as "source!", reason as "reason!",
                  raw as "raw!", received_on as "received_on!", question, asked_at
           from quarantine_open
           where ($1::uuid is null or promeneur_id = $1) and ($2::uuid is null or op_id = $2)
               and ($3::uuid is null or record_id = $3)
           order by received_on, device_id, seq, op_id limit $4"#,
        which.promeneur.map(|id| id.0),
        which.op.map(|id| id.0),
        which.record.map(|id| id.0),
        MOST_LISTED,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Held {
            op: OpId(row.op_id),
            account: AccountId(row.account_id),
            promeneur: PromeneurId(row.promeneur_id),
            device: DeviceId(row.device_id),
            record: row.record_id.map(RecordId),
            seq: row.seq,
            source: row.source,
            reason: row.reason,
            raw: row.raw,
            received_on: row.received_on,
            question: row.question,
            asked_at: row.asked_at,
        })
        .collect())
}

/// What the ledger refused of a promeneur's own phone and nothing later on that record has made good.
async fn refused(tx: &mut Tx, promeneur: Option<PromeneurId>, op: Option<OpId>) -> Result<Vec<Held>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select op_id, account_id, promeneur_id, device_id, record_id, seq, kind, base_version, after_op, code,
                  schema, body::text as body, body_hash, reason, client_at, client_offset_min,
                  (received_at at time zone (select time_zone from network))::date as "received_on!"
           from operation as it
           where status = 'rejected'
               and ($1::uuid is null or promeneur_id = $1) and ($2::uuid is null or op_id = $2)
               and exists (select from account where account.id = it.account_id and role = 'promeneur')
               and not exists (select from quarantine where quarantine.op_id = it.op_id)
               and not exists (
                   select from operation as later
                   where later.record_id = it.record_id and later.status <> 'conflict'
                       and later.account_id <> '00000000-0000-0000-0000-000000000000'
                       and (later.received_at, later.seq) > (it.received_at, it.seq))
           order by received_at, seq limit $3"#,
        promeneur.map(|id| id.0),
        op.map(|id| id.0),
        MOST_LISTED,
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let offset = FixedOffset::east_opt(row.client_offset_min.saturating_mul(60));
            let zone = offset.or_else(|| FixedOffset::east_opt(0));
            let op = zone.map(|zone| Op {
                op: OpId(row.op_id),
                seq: u64::try_from(row.seq).unwrap_or(0),
                kind: if row.kind == "delete" { OpKind::Delete } else { OpKind::Upsert },
                record: RecordId(row.record_id),
                base: row.base_version,
                after: row.after_op.map(OpId),
                schema: u32::try_from(row.schema).unwrap_or(0),
                at: row.client_at.with_timezone(&zone),
                body: row.body.and_then(|text| RawValue::from_string(text).ok()),
                reason: row.reason,
                refill: false,
                hash: body_hash(&row.body_hash),
            });
            Held {
                op: OpId(row.op_id),
                account: AccountId(row.account_id),
                promeneur: PromeneurId(row.promeneur_id),
                device: DeviceId(row.device_id),
                record: Some(RecordId(row.record_id)),
                seq: row.seq,
                source: "refused".to_owned(),
                reason: row.code.unwrap_or_default(),
                raw: op.and_then(|op| serde_json::to_string(&op).ok()).unwrap_or_default(),
                received_on: row.received_on,
                question: None,
                asked_at: None,
            }
        })
        .collect())
}

/// What waits of the same record and phone and was made before.
pub async fn before(tx: &mut Tx, held: &Held) -> Result<Vec<Held>, sqlx::Error> {
    let (Some(record), promeneur) = (held.record, Some(held.promeneur)) else { return Ok(Vec::new()) };
    let all = handed_over(tx, Which { promeneur, op: None, record: Some(record) }).await?;
    Ok(all.into_iter().filter(|it| it.device == held.device && it.seq < held.seq).collect())
}
