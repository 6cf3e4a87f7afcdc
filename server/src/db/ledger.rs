//! The ledger of operations and the records it makes: read what a batch touches, write what was decided.

use std::collections::HashMap;

use app::{
    domain::{
        coded::Coded,
        fault::Fault,
        ids::{AccountId, DeviceId, Epoch, OpId, PromeneurId, RecordId, SchemeId},
        person::Me,
    },
    sync::{
        hash::BodyHash,
        ledger::{Current, Decision, Known, LedgerOp, Status, keeps_body, refusal_code},
        lineage::Lineage,
        messages::{Op, OpKind, Refusal, Verdict},
    },
};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    Tx,
    turn::{Turn, look},
};

/// Takes the network's counter until the transaction ends.
pub async fn lock(tx: &mut Tx, scheme: SchemeId) -> Result<(), sqlx::Error> {
    sqlx::query!("select from network_counter where network_id = $1 for update", scheme.0).fetch_one(&mut **tx).await?;
    Ok(())
}

/// The rules by which the network's projections were computed.
pub async fn rules(tx: &mut Tx) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!("select rules from projection_rules").fetch_optional(&mut **tx).await
}

/// Reads all that `ops` and `devices` touch, in a transaction that holds the network's counter.
pub async fn known(tx: &mut Tx, ops: &[&Op], devices: &[DeviceId]) -> Result<(Turn, Known), sqlx::Error> {
    let op_ids: Vec<Uuid> = ops.iter().flat_map(|op| [Some(op.op), op.after]).flatten().map(|id| id.0).collect();
    let record_ids: Vec<Uuid> = ops.iter().map(|op| op.record.0).collect();
    let devices: Vec<Uuid> = devices.iter().map(|id| id.0).collect();
    let turn = look(tx, &op_ids, &record_ids, &devices).await?;
    let ops = if turn.has_ops { known_ops(tx, &op_ids).await? } else { HashMap::new() };
    let records = if turn.has_records { known_records(tx, &record_ids).await? } else { HashMap::new() };
    let (head, born) = (turn.head, turn.born);
    Ok((turn, Known { ops, records, head, born }))
}

async fn known_ops(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<OpId, LedgerOp>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select op_id, promeneur_id, record_id, status, code, faults as "faults: Json<Vec<Fault>>", base_version, result_version, body_hash
           from unnest($1::uuid[]) as asked (id),
               lateral (select * from operation where op_id = asked.id limit 1) as operation"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    let ledger_op = |row_status: &str, code: Option<String>, faults: Option<Json<Vec<Fault>>>| {
        let status = Status::from_code(row_status).unwrap_or(Status::Rejected);
        let verdict = (status == Status::Rejected).then(|| {
            let faults = faults.map(|faults| faults.0).unwrap_or_default();
            Verdict::Rejected {
                code: code.map_or(Refusal::InvalidBody.into(), |code| Coded::from(code.as_str())),
                field: faults.first().map(|fault| fault.field.clone()),
                faults,
            }
        });
        (status, verdict)
    };
    Ok(rows
        .into_iter()
        .map(|row| {
            let (status, verdict) = ledger_op(&row.status, row.code, row.faults);
            let op = LedgerOp {
                author: PromeneurId(row.promeneur_id),
                record: RecordId(row.record_id),
                hash: body_hash(&row.body_hash),
                base: row.base_version,
                status,
                version: row.result_version,
                verdict,
            };
            (OpId(row.op_id), op)
        })
        .collect())
}

async fn known_records(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<RecordId, Current>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select record.id, promeneur_id, kind, body::text as "body!", body_hash, version,
                  deleted_at is not null as "deleted!", stem, born, refilled
           from unnest($1::uuid[]) as asked (id),
               lateral (select * from record where record.id = asked.id limit 1) as record"#,
        ids
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let current = Current {
                author: PromeneurId(row.promeneur_id),
                version: row.version,
                deleted: row.deleted,
                kind: row.kind,
                body: row.body,
                hash: body_hash(&row.body_hash),
                lineage: Lineage { stem: row.stem, born: row.born, refilled: row.refilled },
            };
            (RecordId(row.id), current)
        })
        .collect())
}

/// The hash of a stored column.
pub fn body_hash(bytes: &[u8]) -> BodyHash {
    BodyHash(bytes.try_into().unwrap_or([0; 32]))
}

/// Whose an operation is.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The account that sent it.
    pub account: AccountId,
    /// The promeneur whose records it is about.
    pub promeneur: PromeneurId,
    /// Whether it is that promeneur who sends it.
    pub is_own: bool,
    /// The phone it was made on.
    pub device: DeviceId,
}

impl By {
    /// Operations that `me` sends about the records of `promeneur`, made on `device`.
    pub fn of(me: &Me, promeneur: PromeneurId, device: DeviceId) -> Self {
        Self { account: me.account, is_own: me.promeneur == Some(promeneur), promeneur, device }
    }
}

/// A decision and whose it is: those of several people are written together.
pub type Line<'a> = (By, &'a Decision);

/// Writes the ledger's lines, the records as they stand now, and with them the counter: in one statement, which brings
/// each body to the database once.
pub async fn write(tx: &mut Tx, scheme: SchemeId, lines: &[Line<'_>], head: i64) -> Result<(), sqlx::Error> {
    let kept: Vec<(By, &Decision, Status)> =
        lines.iter().filter_map(|(by, decision)| Some((*by, *decision, decision.status?))).collect();
    if kept.is_empty() {
        return Ok(());
    }
    let each = || kept.iter().map(|(_, decision, _)| *decision);
    let ops = || each().map(|decision| &decision.op);
    let accounts: Vec<Uuid> = kept.iter().map(|(by, ..)| by.account.0).collect();
    let promeneurs: Vec<Uuid> = kept.iter().map(|(by, ..)| by.promeneur.0).collect();
    let devices: Vec<Uuid> = kept.iter().map(|(by, ..)| by.device.0).collect();
    let ids: Vec<Uuid> = ops().map(|op| op.op.0).collect();
    let seqs: Vec<i64> = ops().map(|op| i64::try_from(op.seq).unwrap_or(i64::MAX)).collect();
    let records: Vec<Uuid> = ops().map(|op| op.record.0).collect();
    let kinds: Vec<&str> = ops()
        .map(|op| match op.kind {
            OpKind::Upsert => "upsert",
            OpKind::Delete => "delete",
        })
        .collect();
    let bases: Vec<Option<i64>> = ops().map(|op| op.base).collect();
    let afters: Vec<Option<Uuid>> = ops().map(|op| op.after.map(|id| id.0)).collect();
    let statuses: Vec<&str> = kept.iter().map(|(_, _, status)| status.code()).collect();
    let codes: Vec<Option<&str>> = each().map(|decision| refusal_code(&decision.verdict)).collect();
    let faults: Vec<Option<String>> = each().map(|decision| faults_json(&decision.verdict)).collect();
    let versions: Vec<Option<i64>> = each()
        .map(|decision| match &decision.verdict {
            Verdict::Applied { version, .. } | Verdict::Duplicate { version, .. } => Some(*version),
            _ => None,
        })
        .collect();
    let schemas: Vec<i32> = ops().map(|op| i32::try_from(op.schema).unwrap_or(i32::MAX)).collect();
    let bodies: Vec<Option<&str>> = each().map(kept_body).collect();
    let hashes: Vec<&[u8]> = ops().map(|op| op.hash.0.as_slice()).collect();
    let reasons: Vec<Option<&str>> = ops().map(|op| op.reason.as_deref()).collect();
    let ats: Vec<DateTime<Utc>> = ops().map(|op| op.at.to_utc()).collect();
    let offsets: Vec<i32> = ops().map(|op| op.at.offset().local_minus_utc() / 60).collect();
    // What stands: the last write of each record, since a set may hold each row once.
    let last: HashMap<RecordId, usize> =
        each().enumerate().filter(|(_, it)| it.write.is_some()).map(|(at, it)| (it.op.record, at)).collect();
    let stand: Vec<Option<&Current>> = each()
        .enumerate()
        .map(|(at, it)| it.write.as_ref().map(|write| &write.record).filter(|_| last.get(&it.op.record) == Some(&at)))
        .collect();
    let record_kinds: Vec<Option<&str>> = stand.iter().map(|it| it.map(|record| record.kind.as_str())).collect();
    // Where it is not that of the operation: a withdrawal leaves the record's own.
    let other = |at: usize| stand[at].filter(|record| kept_body(kept[at].1) != Some(record.body.as_str()));
    let record_bodies: Vec<Option<&str>> = (0..kept.len()).map(|at| other(at).map(|it| it.body.as_str())).collect();
    let record_hashes: Vec<Option<&[u8]>> = stand.iter().map(|it| it.map(|record| record.hash.0.as_slice())).collect();
    let deleted: Vec<bool> = stand.iter().map(|it| it.is_some_and(|record| record.deleted)).collect();
    let stems: Vec<i64> = stand.iter().map(|it| it.map_or(0, |record| record.lineage.stem)).collect();
    let borns: Vec<i64> = stand.iter().map(|it| it.map_or(0, |record| record.lineage.born)).collect();
    // Who else than the promeneur wrote it.
    let writers: Vec<Option<Uuid>> = kept.iter().map(|(by, ..)| (!by.is_own).then_some(by.account.0)).collect();
    let refilled: Vec<bool> = stand.iter().map(|it| it.is_some_and(|record| record.lineage.refilled)).collect();
    sqlx::query!(
        "with line as materialized (
             select * from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::uuid[], $9::text[],
                    $10::bigint[], $11::uuid[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::int[],
                    $17::text[], $18::bytea[], $19::text[], $20::timestamptz[], $21::int[], $22::text[], $23::text[],
                    $24::bytea[], $25::bool[], $26::bigint[], $27::bigint[], $28::bool[],
                    $29::uuid[])
                 as line (account_id, promeneur_id, device_id, op_id, seq, record_id, kind, base_version, after_op,
                    status, code, faults, result_version, schema, body, body_hash, reason, client_at,
                    client_offset_min, record_kind, record_body, record_hash, deleted, stem, born, refilled,
                    written_by)
         ), counted as (
             update network_counter set head = $2 where network_id = $1 and head <> $2
         ), ledger as (
             insert into operation (network_id, account_id, promeneur_id, device_id, op_id, seq, record_id, kind,
                    base_version, after_op, status, code, faults, result_version, schema, body, body_hash, reason,
                    client_at, client_offset_min)
             select $1, account_id, promeneur_id, device_id, op_id, seq, record_id, kind, base_version, after_op,
                    status, code, faults::json, result_version, schema, body::json, body_hash, left(reason, 280),
                    client_at, client_offset_min
             from line
         )
         insert into record (network_id, promeneur_id, id, kind, body, body_hash, schema, version, deleted_at,
                client_at, client_offset_min, stem, born, refilled, written_by)
         select $1, promeneur_id, record_id, record_kind, coalesce(record_body, body)::json, record_hash, schema,
                result_version, case when deleted then now() end, client_at, client_offset_min, stem, born, refilled,
                written_by
         from line where record_kind is not null
         on conflict (network_id, id) do update set
             body = excluded.body, body_hash = excluded.body_hash, schema = excluded.schema,
             version = excluded.version, deleted_at = excluded.deleted_at, client_at = excluded.client_at,
             client_offset_min = excluded.client_offset_min, received_at = now(), stem = excluded.stem,
             born = excluded.born, refilled = excluded.refilled, written_by = excluded.written_by",
        scheme.0,
        head,
        &accounts,
        &promeneurs,
        &devices,
        &ids,
        &seqs,
        &records,
        &kinds as &[&str],
        &bases as &[Option<i64>],
        &afters as &[Option<Uuid>],
        &statuses as &[&str],
        &codes as &[Option<&str>],
        &faults as &[Option<String>],
        &versions as &[Option<i64>],
        &schemas,
        &bodies as &[Option<&str>],
        &hashes as &[&[u8]],
        &reasons as &[Option<&str>],
        &ats,
        &offsets,
        &record_kinds as &[Option<&str>],
        &record_bodies as &[Option<&str>],
        &record_hashes as &[Option<&[u8]>],
        &deleted,
        &stems,
        &borns,
        &refilled,
        &writers as &[Option<Uuid>],
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The body of an operation as the ledger keeps it.
fn kept_body(decision: &Decision) -> Option<&str> {
    decision.op.body.as_ref().filter(|_| keeps_body(&decision.verdict)).map(|body| body.get())
}

fn faults_json(verdict: &Verdict) -> Option<String> {
    match verdict {
        Verdict::Rejected { faults, .. } if !faults.is_empty() => serde_json::to_string(faults).ok(),
        _ => None,
    }
}

/// The life of this database, and the highest version given in the network of the transaction.
pub async fn life(tx: &mut Tx) -> Result<(Epoch, i64), sqlx::Error> {
    sqlx::query!(
        r#"select (select epoch from sync_epoch order by since desc limit 1) as "epoch!", head from network_counter"#
    )
    .fetch_one(&mut **tx)
    .await
    .map(|row| (Epoch(row.epoch), row.head))
}
