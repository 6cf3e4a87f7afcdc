//! The ledger of operations and the records it makes: read what a batch touches, write what was decided.

use std::collections::HashMap;

use app::{
    domain::{
        coded::Coded,
        fault::Fault,
        ids::{AccountId, DeviceId, Epoch, OpId, PromeneurId, RecordId, SchemeId},
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

/// Takes the network's counter until the transaction ends, and returns the highest version given, and the highest of
/// the lives of the database before this one.
pub async fn lock(tx: &mut Tx, scheme: SchemeId) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query!("select head, born from network_counter where network_id = $1 for update", scheme.0)
        .fetch_one(&mut **tx)
        .await
        .map(|row| (row.head, row.born))
}

/// The rules by which the network's projections were computed.
pub async fn rules(tx: &mut Tx) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar!("select rules from projection_rules").fetch_optional(&mut **tx).await
}

/// Takes the network's counter, so that one batch at a time gives versions in it, and reads all that `ops` and
/// `devices` touch.
pub async fn known(
    tx: &mut Tx,
    scheme: SchemeId,
    ops: &[&Op],
    devices: &[DeviceId],
) -> Result<(Turn, Known), sqlx::Error> {
    let (head, born) = lock(tx, scheme).await?;
    let op_ids: Vec<Uuid> = ops.iter().flat_map(|op| [Some(op.op), op.after]).flatten().map(|id| id.0).collect();
    let record_ids: Vec<Uuid> = ops.iter().map(|op| op.record.0).collect();
    let devices: Vec<Uuid> = devices.iter().map(|id| id.0).collect();
    // A statement of its own: one that had waited for the lock would still see what was before.
    let turn = look(tx, &op_ids, &record_ids, &devices).await?;
    let ops = if turn.has_ops { known_ops(tx, &op_ids).await? } else { HashMap::new() };
    let records = if turn.has_records { known_records(tx, &record_ids).await? } else { HashMap::new() };
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
    /// The phone it was made on.
    pub device: DeviceId,
}

/// A decision and whose it is: those of several people are written together.
pub type Line<'a> = (By, &'a Decision);

/// Writes the ledger's lines, the records and the counter, set by set.
pub async fn write(tx: &mut Tx, scheme: SchemeId, lines: &[Line<'_>], head: i64) -> Result<(), sqlx::Error> {
    write_operations(tx, scheme, lines).await?;
    write_records(tx, scheme, lines, head).await
}

async fn write_operations(tx: &mut Tx, scheme: SchemeId, lines: &[Line<'_>]) -> Result<(), sqlx::Error> {
    let kept = lines.iter().filter(|(_, decision)| decision.status.is_some());
    let bys: Vec<By> = kept.map(|(by, _)| *by).collect();
    let lines: Vec<(&Op, &Verdict, Status)> = lines
        .iter()
        .filter_map(|(_, decision)| decision.status.map(|status| (&decision.op, &decision.verdict, status)))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let accounts: Vec<Uuid> = bys.iter().map(|by| by.account.0).collect();
    let promeneurs: Vec<Uuid> = bys.iter().map(|by| by.promeneur.0).collect();
    let devices: Vec<Uuid> = bys.iter().map(|by| by.device.0).collect();
    let ids: Vec<Uuid> = lines.iter().map(|(op, ..)| op.op.0).collect();
    let seqs: Vec<i64> = lines.iter().map(|(op, ..)| i64::try_from(op.seq).unwrap_or(i64::MAX)).collect();
    let records: Vec<Uuid> = lines.iter().map(|(op, ..)| op.record.0).collect();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|(op, ..)| match op.kind {
            OpKind::Upsert => "upsert",
            OpKind::Delete => "delete",
        })
        .collect();
    let bases: Vec<Option<i64>> = lines.iter().map(|(op, ..)| op.base).collect();
    let afters: Vec<Option<Uuid>> = lines.iter().map(|(op, ..)| op.after.map(|id| id.0)).collect();
    let statuses: Vec<&str> = lines.iter().map(|(_, _, status)| status.code()).collect();
    let codes: Vec<Option<&str>> = lines.iter().map(|(_, verdict, _)| refusal_code(verdict)).collect();
    let faults: Vec<Option<String>> = lines.iter().map(|(_, verdict, _)| faults_json(verdict)).collect();
    let versions: Vec<Option<i64>> = lines
        .iter()
        .map(|(_, verdict, _)| match verdict {
            Verdict::Applied { version, .. } | Verdict::Duplicate { version, .. } => Some(*version),
            _ => None,
        })
        .collect();
    let schemas: Vec<i32> = lines.iter().map(|(op, ..)| i32::try_from(op.schema).unwrap_or(i32::MAX)).collect();
    let bodies: Vec<Option<&str>> = lines
        .iter()
        .map(|(op, verdict, _)| op.body.as_ref().filter(|_| keeps_body(verdict)).map(|body| body.get()))
        .collect();
    let hashes: Vec<&[u8]> = lines.iter().map(|(op, ..)| op.hash.0.as_slice()).collect();
    let reasons: Vec<Option<&str>> = lines.iter().map(|(op, ..)| op.reason.as_deref()).collect();
    let (ats, offsets) = client_times(lines.iter().map(|(op, ..)| *op));
    sqlx::query!(
        "insert into operation (network_id, account_id, promeneur_id, device_id, op_id, seq, record_id, kind,
                base_version, after_op, status, code, faults, result_version, schema, body, body_hash, reason,
                client_at, client_offset_min)
         select $1, account_id, promeneur_id, device_id, op_id, seq, record_id, kind, base_version, after_op, status,
                code, faults::json, result_version, schema, body::json, body_hash, left(reason, 280), client_at,
                client_offset_min
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::uuid[], $8::text[],
                $9::bigint[], $10::uuid[], $11::text[],
                $12::text[], $13::text[], $14::bigint[], $15::int[], $16::text[], $17::bytea[], $18::text[],
                $19::timestamptz[], $20::int[])
             as line (account_id, promeneur_id, device_id, op_id, seq, record_id, kind, base_version, after_op, status,
                code, faults, result_version, schema, body, body_hash, reason, client_at, client_offset_min)",
        scheme.0,
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
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The records as they stand now, and with them the counter, which moves only when a record does.
async fn write_records(tx: &mut Tx, scheme: SchemeId, lines: &[Line<'_>], head: i64) -> Result<(), sqlx::Error> {
    // The last write of a record in the batch is where it stands; a set may hold each row once.
    let mut last: HashMap<RecordId, (&Op, &Current)> = HashMap::new();
    for (_, decision) in lines {
        if let Some(write) = &decision.write {
            last.insert(decision.op.record, (&decision.op, &write.record));
        }
    }
    if last.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&Op, &Current)> = last.into_values().collect();
    rows.sort_by_key(|(_, record)| record.version);
    let promeneurs: Vec<Uuid> = rows.iter().map(|(_, record)| record.author.0).collect();
    let ids: Vec<Uuid> = rows.iter().map(|(op, _)| op.record.0).collect();
    let kinds: Vec<&str> = rows.iter().map(|(_, record)| record.kind.as_str()).collect();
    let bodies: Vec<&str> = rows.iter().map(|(_, record)| record.body.as_str()).collect();
    let hashes: Vec<&[u8]> = rows.iter().map(|(_, record)| record.hash.0.as_slice()).collect();
    let schemas: Vec<i32> = rows.iter().map(|(op, _)| i32::try_from(op.schema).unwrap_or(i32::MAX)).collect();
    let versions: Vec<i64> = rows.iter().map(|(_, record)| record.version).collect();
    let deleted: Vec<bool> = rows.iter().map(|(_, record)| record.deleted).collect();
    let stems: Vec<i64> = rows.iter().map(|(_, record)| record.lineage.stem).collect();
    let borns: Vec<i64> = rows.iter().map(|(_, record)| record.lineage.born).collect();
    let refilled: Vec<bool> = rows.iter().map(|(_, record)| record.lineage.refilled).collect();
    let (ats, offsets) = client_times(rows.iter().map(|(op, _)| *op));
    sqlx::query!(
        "with counted as (update network_counter set head = $12 where network_id = $1)
         insert into record (network_id, promeneur_id, id, kind, body, body_hash, schema, version, deleted_at,
                client_at, client_offset_min, stem, born, refilled)
         select $1, promeneur_id, id, kind, body::json, body_hash, schema, version, case when deleted then now() end,
                client_at, client_offset_min, stem, born, refilled
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[], $7::int[], $8::bigint[], $9::bool[],
                $10::timestamptz[], $11::int[], $13::bigint[], $14::bigint[], $15::bool[])
             as line (promeneur_id, id, kind, body, body_hash, schema, version, deleted, client_at, client_offset_min,
                stem, born, refilled)
         on conflict (network_id, id) do update set
             body = excluded.body, body_hash = excluded.body_hash, schema = excluded.schema,
             version = excluded.version, deleted_at = excluded.deleted_at, client_at = excluded.client_at,
             client_offset_min = excluded.client_offset_min, received_at = now(), stem = excluded.stem,
             born = excluded.born, refilled = excluded.refilled",
        scheme.0,
        &promeneurs,
        &ids,
        &kinds as &[&str],
        &bodies as &[&str],
        &hashes as &[&[u8]],
        &schemas,
        &versions,
        &deleted,
        &ats,
        &offsets,
        head,
        &stems,
        &borns,
        &refilled,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn client_times<'a>(ops: impl Iterator<Item = &'a Op>) -> (Vec<DateTime<Utc>>, Vec<i32>) {
    ops.map(|op| (op.at.to_utc(), op.at.offset().local_minus_utc() / 60)).unzip()
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
