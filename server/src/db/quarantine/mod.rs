//! What waits for a coordinator's decision: what was handed over, and what the ledger refused.

mod waiting;

use std::collections::HashMap;

use app::{
    domain::{
        coded::Coded,
        ids::{AccountId, DeviceId, OpId, PromeneurId, RecordId},
        person::Me,
    },
    sync::messages::Returned,
};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Tx, ledger};
use crate::held::{Parts, means_the_same};

pub use waiting::{Held, MOST_LISTED, before, find, waiting};

/// Most records that are sent back in one pull.
const MOST_RETURNED: i64 = 50;

/// Who hands over, and from which phone.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    /// The account whose operations they are.
    pub me: &'a Me,
    /// Its promeneur.
    pub promeneur: PromeneurId,
    /// The phone that made them.
    pub device: DeviceId,
    /// How they came: `escrow` or `rescue`.
    pub source: &'a str,
}

/// One text to hold, and why it is not simply taken.
#[derive(Clone, Debug)]
pub struct Text {
    /// As it was received.
    pub raw: String,
    /// The code of the reason.
    pub reason: String,
}

/// Holds texts; what is held already stays as it is. Says of each whether it is new.
pub async fn hold(tx: &mut Tx, hand: Hand<'_>, texts: &[Text], today: NaiveDate) -> Result<Vec<bool>, sqlx::Error> {
    // One at a time in a network, like pushes: what is read here is still so when it is written.
    ledger::lock(tx, hand.me.scheme).await?;
    let parts: Vec<Parts> = texts.iter().map(|text| Parts::of(&text.raw)).collect();
    let derived: Vec<Uuid> = texts.iter().map(|text| derived_id(hand.me.account, &text.raw)).collect();
    let ids: Vec<Uuid> =
        parts.iter().zip(&derived).flat_map(|(it, other)| [it.op.map_or(*other, |id| id.0), *other]).collect();
    let rows = sqlx::query!("select op_id, account_id, raw from quarantine where op_id = any($1)", &ids)
        .fetch_all(&mut **tx)
        .await?;
    let mut known: HashMap<Uuid, (Uuid, String)> =
        rows.into_iter().map(|row| (row.op_id, (row.account_id, row.raw))).collect();
    let mut fresh = Vec::with_capacity(texts.len());
    for ((text, parts), derived) in texts.iter().zip(&parts).zip(derived) {
        let own = parts.op.map_or(derived, |id| id.0);
        // The same id over something else: both are held, and neither hides the other.
        let clash = known
            .get(&own)
            .is_some_and(|(account, raw)| *account != hand.me.account.0 || !means_the_same(raw, &text.raw));
        let id = if clash { derived } else { own };
        let is_new = !known.contains_key(&id);
        if is_new {
            known.insert(id, (hand.me.account.0, text.raw.clone()));
            insert(tx, hand, id, parts, text, if clash { "op_reused" } else { &text.reason }, today).await?;
        }
        fresh.push(is_new);
    }
    Ok(fresh)
}

async fn insert(
    tx: &mut Tx,
    hand: Hand<'_>,
    id: Uuid,
    parts: &Parts,
    text: &Text,
    reason: &str,
    today: NaiveDate,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into quarantine (network_id, op_id, account_id, promeneur_id, device_id, record_id, seq, source, reason,
                raw, received_on)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing",
        hand.me.scheme.0,
        id,
        hand.me.account.0,
        hand.promeneur.0,
        hand.device.0,
        parts.record.map(|id| id.0),
        parts.seq,
        hand.source,
        reason,
        text.raw,
        today,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The id of a text that has none of its own.
fn derived_id(account: AccountId, raw: &str) -> Uuid {
    let digest = Sha256::new().chain_update(account.0.as_bytes()).chain_update(raw).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// Gives what the ledger refused a row of its own, because something is about to be noted of it.
pub async fn adopt(tx: &mut Tx, me: &Me, held: &Held) -> Result<(), sqlx::Error> {
    if held.source != "refused" {
        return Ok(());
    }
    sqlx::query!(
        "insert into quarantine (network_id, op_id, account_id, promeneur_id, device_id, record_id, seq, source, reason,
                raw, received_on)
         values ($1, $2, $3, $4, $5, $6, $7, 'refused', $8, $9, $10) on conflict do nothing",
        me.scheme.0,
        held.op.0,
        held.account.0,
        held.promeneur.0,
        held.device.0,
        held.record.map(|id| id.0),
        held.seq,
        held.reason,
        held.raw,
        held.received_on,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which of these operations the ledger knows, however they ended.
pub async fn in_ledger(tx: &mut Tx, ops: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select op_id from operation where op_id = any($1)", ops).fetch_all(&mut **tx).await
}

/// A record as it stands.
pub struct Standing {
    /// Whose it is.
    pub promeneur: PromeneurId,
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    pub deleted: bool,
    /// Its body.
    pub body: String,
}

/// How these records stand.
pub async fn standing(tx: &mut Tx, records: &[Uuid]) -> Result<HashMap<RecordId, Standing>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, promeneur_id, version, deleted_at is not null as "deleted!", body::text as "body!"
           from record where id = any($1)"#,
        records
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let standing = Standing {
                promeneur: PromeneurId(row.promeneur_id),
                version: row.version,
                deleted: row.deleted,
                body: row.body,
            };
            (RecordId(row.id), standing)
        })
        .collect())
}

/// What to call these promeneurs, and their structure of today.
pub async fn names(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<PromeneurId, (String, Option<String>)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, name,
                  (select structure.name from affiliation join structure on structure.id = structure_id
                   where affiliation.promeneur_id = promeneur.id
                       and (now() at time zone (select time_zone from network))::date
                           between from_on and coalesce(until_on, 'infinity')
                   order by from_on desc limit 1) as structure
           from promeneur where id = any($1)"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (PromeneurId(row.id), (row.name, row.structure))).collect())
}

/// The promeneur's account that operations are taken in the name of; open or not, since people leave before their
/// phones are found.
pub async fn author(tx: &mut Tx, coordinator: &Me, account: AccountId) -> Result<Option<Me>, sqlx::Error> {
    let row = sqlx::query!("select name, role, promeneur_id from account where id = $1", account.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.and_then(|row| {
        let promeneur = PromeneurId(row.promeneur_id?);
        let role = Coded::from(row.role.as_str());
        Some(Me { account, name: row.name, role, promeneur: Some(promeneur), ..coordinator.clone() })
    }))
}

/// Notes why one still waits.
pub async fn explain(tx: &mut Tx, op: OpId, reason: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("update quarantine set reason = $2 where op_id = $1 and resolved_at is null", op.0, reason)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Asks the promeneur about one.
pub async fn ask(tx: &mut Tx, op: OpId, question: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update quarantine set question = $2, asked_at = now() where op_id = $1 and resolved_at is null",
        op.0,
        question
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes that one is dealt with.
pub async fn resolve(
    tx: &mut Tx,
    by: AccountId,
    op: OpId,
    resolution: &str,
    note: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update quarantine set resolved_at = now(), resolved_by = $2, resolution = $3, note = $4
         where op_id = $1 and resolved_at is null",
        op.0,
        by.0,
        resolution,
        note,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Notes of those that no longer wait by themselves how they ended.
pub async fn settle(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update quarantine set resolved_at = now(),
                resolution = case when exists (
                    select from operation
                    where operation.op_id = quarantine.op_id and status in ('applied', 'duplicate'))
                then 'accepted' else 'answered' end
         where resolved_at is null and op_id not in (select op_id from quarantine_open)"
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What a promeneur is asked about.
pub async fn returned(tx: &mut Tx, promeneur: PromeneurId) -> Result<Vec<Returned>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select record_id as "record_id!", raw as "raw!", question as "question!", asked_at as "asked_at!"
           from quarantine_open
           where promeneur_id = $1 and asked_at is not null and record_id is not null
           order by asked_at desc limit $2"#,
        promeneur.0,
        MOST_RETURNED,
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut returned: Vec<Returned> = Vec::with_capacity(rows.len());
    for row in rows {
        let record = RecordId(row.record_id);
        // One question on a record at a time, the latest.
        if returned.iter().any(|earlier| earlier.record == record) {
            continue;
        }
        if let Some(body) = Parts::of(&row.raw).body {
            returned.push(Returned { record, body, question: row.question, at: row.asked_at });
        }
    }
    Ok(returned)
}

/// How many entries of the network wait for a decision.
pub async fn count(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"select count(*) as "n!" from quarantine_open"#).fetch_one(&mut **tx).await
}
