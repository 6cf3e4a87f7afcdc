//! Spreadsheets of past activity, and by what their rows are known again.

use std::collections::HashMap;

use app::{
    coordination::imports::{Imported, Kind, Outcome},
    domain::{
        coded::Code,
        ids::{ImportId, PromeneurId, RecordId},
        person::Me,
    },
    sync::hash::BodyHash,
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Tx, ledger::body_hash, people};
use crate::{
    clock::{self, day_in, fresh_id},
    import::{mapping::Mapping, rows::Key},
};

/// Most files that wait at once.
const MOST_WAITING: i64 = 5;
/// How long a file waits before it is taken for abandoned.
const WAITS: TimeDelta = TimeDelta::days(7);

/// The files, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Imported>, sqlx::Error> {
    some(tx, None).await
}

/// One of the files.
pub async fn file(tx: &mut Tx, id: ImportId) -> Result<Option<Imported>, sqlx::Error> {
    Ok(some(tx, Some(id)).await?.pop())
}

async fn some(tx: &mut Tx, id: Option<ImportId>) -> Result<Vec<Imported>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select id, kind, file_name, importer, received_at as "at: DateTime<Utc>", done_at is not null as "is_done!",
                  added, corrected, left_out, undone_at is not null as "is_undone!"
           from import_file where $1::uuid is null or id = $1 order by id desc limit 100"#,
        id.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    let files = rows.into_iter().filter_map(|row| {
        let outcome = Outcome {
            added: row.added.into(),
            corrected: row.corrected.into(),
            left: row.left_out.into(),
            is_undone: row.is_undone,
        };
        Some(Imported {
            id: ImportId(row.id),
            file_name: row.file_name,
            kind: Kind::from_code(&row.kind)?,
            by: row.importer,
            on: day_in(&zone, row.at),
            done: row.is_done.then_some(outcome),
        })
    });
    Ok(files.collect())
}

/// Forgets the files that nobody has decided about for long: they hold whatever people had typed.
pub async fn forget(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from import_file where done_at is null and received_at < $1", clock::now() - WAITS)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps a file until somebody decides. None where too many wait.
pub async fn keep(
    tx: &mut Tx,
    me: &Me,
    kind: Kind,
    name: &str,
    content: &str,
    mapping: &Mapping,
) -> Result<Option<ImportId>, sqlx::Error> {
    let now = clock::now();
    forget(tx).await?;
    let id = fresh_id();
    let done = sqlx::query!(
        "insert into import_file (network_id, id, kind, file_name, content, mapping, importer, importer_id, received_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
         where (select count(*) from import_file where done_at is null) < $10",
        me.scheme.0,
        id,
        kind.code(),
        name,
        content,
        Json(mapping) as _,
        me.name,
        me.account.0,
        now,
        MOST_WAITING
    )
    .execute(&mut **tx)
    .await?;
    Ok((done.rows_affected() == 1).then_some(ImportId(id)))
}

/// The text of a file that waits, and what was said of it; held until the transaction ends.
pub async fn waiting(tx: &mut Tx, id: ImportId) -> Result<Option<(String, Mapping)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select content as "content!", mapping as "mapping!: Json<Mapping>" from import_file
           where id = $1 and done_at is null for update"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.content, row.mapping.0)))
}

/// Keeps what was said of a file.
pub async fn say(tx: &mut Tx, id: ImportId, mapping: &Mapping) -> Result<(), sqlx::Error> {
    sqlx::query!("update import_file set mapping = $2 where id = $1 and done_at is null", id.0, Json(mapping) as _)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Forgets a file that waits. Whether it did.
pub async fn abandon(tx: &mut Tx, id: ImportId) -> Result<bool, sqlx::Error> {
    let done =
        sqlx::query!("delete from import_file where id = $1 and done_at is null", id.0).execute(&mut **tx).await?;
    Ok(done.rows_affected() == 1)
}

/// A record of a row that is known.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// The record.
    pub record: RecordId,
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    pub deleted: bool,
    /// The hash of its body.
    pub hash: BodyHash,
    /// Whether it stands as a file wrote it.
    pub is_untouched: bool,
    /// Its day.
    pub day: Option<NaiveDate>,
}

/// The field of a kind that holds its day.
fn day_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Presence => "started_at",
        Kind::Intervention | Kind::Meeting => "occurred_on",
        Kind::Project => "initiated_on",
        Kind::AccountSnapshot => "as_of",
    }
}

/// The records of rows of a kind that are known.
pub async fn held(tx: &mut Tx, kind: Kind, keys: &[Key]) -> Result<HashMap<Key, Held>, sqlx::Error> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    let rows = sqlx::query!(
        r#"select asked.key as "key!", held.id, held.version, held.deleted_at is not null as "deleted!", held.body_hash,
                  left(held.body ->> $2, 10) as day,
                  exists (select from operation
                          join import_file on import_file.id = operation.device_id
                          where result_version = held.version and status = 'applied') as "is_untouched!"
           from unnest($1::bytea[]) as asked (key),
               lateral (select record_id from imported_row where imported_row.key = asked.key limit 1) as known,
               lateral (select * from record where id = known.record_id limit 1) as held"#,
        &keys,
        day_of(kind)
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = rows.into_iter().filter_map(|row| {
        let held = Held {
            record: RecordId(row.id),
            version: row.version,
            deleted: row.deleted,
            hash: body_hash(&row.body_hash),
            is_untouched: row.is_untouched,
            day: row.day.and_then(|day| day.parse().ok()),
        };
        Some((Key::try_from(row.key.as_slice()).ok()?, held))
    });
    Ok(rows.collect())
}

/// What the records of a kind say that files brought and that are not withdrawn, by its hash, and in whose name.
pub async fn elsewhere(tx: &mut Tx, kind: Kind) -> Result<HashMap<BodyHash, Vec<PromeneurId>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select body_hash, promeneur_id from imported_row join record on record.id = record_id
         where kind = $1 and deleted_at is null",
        kind.code()
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut said: HashMap<BodyHash, Vec<PromeneurId>> = HashMap::new();
    for row in rows {
        said.entry(body_hash(&row.body_hash)).or_default().push(PromeneurId(row.promeneur_id));
    }
    Ok(said)
}

/// Records of a kind that some people have in the notebook, each with its day.
pub async fn days(
    tx: &mut Tx,
    kind: Kind,
    promeneurs: &[PromeneurId],
) -> Result<Vec<(PromeneurId, NaiveDate, RecordId)>, sqlx::Error> {
    let promeneurs: Vec<Uuid> = promeneurs.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select promeneur_id, id, left(body ->> $2, 10) as "day!" from record
           where promeneur_id = any($3) and kind = $1 and deleted_at is null and body ->> $2 is not null"#,
        kind.code(),
        day_of(kind),
        &promeneurs
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = rows
        .into_iter()
        .filter_map(|row| Some((PromeneurId(row.promeneur_id), row.day.parse().ok()?, RecordId(row.id))));
    Ok(rows.collect())
}

/// A presence that is over, of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Whose.
    pub promeneur: PromeneurId,
    /// Its record.
    pub record: RecordId,
    /// Its first minute.
    pub from: NaiveDateTime,
    /// Its last minute.
    pub until: NaiveDateTime,
}

/// The presences of some people that are over, by their beginning.
pub async fn presences(tx: &mut Tx, promeneurs: &[PromeneurId]) -> Result<Vec<Stretch>, sqlx::Error> {
    let promeneurs: Vec<Uuid> = promeneurs.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select promeneur_id, id, body ->> 'started_at' as "from!", body ->> 'ended_at' as "until!" from record
           where promeneur_id = any($1) and kind = 'presence' and deleted_at is null and body ->> 'ended_at' is not null
           order by body ->> 'started_at', id"#,
        &promeneurs
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = rows.into_iter().filter_map(|row| {
        Some(Stretch {
            promeneur: PromeneurId(row.promeneur_id),
            record: RecordId(row.id),
            from: row.from.parse().ok()?,
            until: row.until.parse().ok()?,
        })
    });
    Ok(rows.collect())
}

/// Notes that a file was taken: by which keys its new records are known, and how many rows met which end.
pub async fn take(
    tx: &mut Tx,
    me: &Me,
    id: ImportId,
    added: &[(Key, RecordId)],
    outcome: Outcome,
) -> Result<(), sqlx::Error> {
    let keys: Vec<Vec<u8>> = added.iter().map(|(key, _)| key.to_vec()).collect();
    let records: Vec<Uuid> = added.iter().map(|(_, record)| record.0).collect();
    sqlx::query!(
        "insert into imported_row (network_id, key, record_id, file_id)
         select $1, key, record_id, $2 from unnest($3::bytea[], $4::uuid[]) as line (key, record_id)",
        me.scheme.0,
        id.0,
        &keys,
        &records
    )
    .execute(&mut **tx)
    .await?;
    let number = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    sqlx::query!(
        // Its words go too: some are names.
        r#"update import_file set content = null, mapping = '{"columns":[]}', done_at = $2, added = $3, corrected = $4,
                  left_out = $5
           where id = $1"#,
        id.0,
        clock::now(),
        number(outcome.added),
        number(outcome.corrected),
        number(outcome.left)
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A record that a file added.
#[derive(Clone, Copy, Debug)]
pub struct Added {
    /// Whose.
    pub promeneur: PromeneurId,
    /// The record.
    pub record: RecordId,
    /// Its version.
    pub version: i64,
    /// Whether it stands as a file wrote it.
    pub is_untouched: bool,
}

/// The records that a file added and that are not withdrawn.
pub async fn added(tx: &mut Tx, id: ImportId) -> Result<Vec<Added>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select promeneur_id, record.id, version,
                  exists (select from operation join import_file on import_file.id = operation.device_id
                          where result_version = record.version and status = 'applied') as "is_untouched!"
           from imported_row join record on record.id = record_id
           where file_id = $1 and deleted_at is null order by version"#,
        id.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = rows.into_iter().map(|row| Added {
        promeneur: PromeneurId(row.promeneur_id),
        record: RecordId(row.id),
        version: row.version,
        is_untouched: row.is_untouched,
    });
    Ok(rows.collect())
}

/// The interventions that lie in some presences, and of some people those that lie in none, each with its body; not those that
/// are withdrawn.
pub async fn within(
    tx: &mut Tx,
    presences: &[RecordId],
    loose_of: &[PromeneurId],
) -> Result<Vec<(Added, String)>, sqlx::Error> {
    let presences: Vec<String> = presences.iter().map(RecordId::to_string).collect();
    let loose_of: Vec<Uuid> = loose_of.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select promeneur_id, id, version, body::text as "body!",
                  exists (select from operation join import_file on import_file.id = operation.device_id
                          where result_version = record.version and status = 'applied') as "is_untouched!"
           from record
           where kind = 'intervention' and deleted_at is null
             and (body ->> 'presence' = any($1) or (promeneur_id = any($2) and body ->> 'presence' is null))
           order by id"#,
        &presences,
        &loose_of
    )
    .fetch_all(&mut **tx)
    .await?;
    let rows = rows.into_iter().map(|row| {
        let added = Added {
            promeneur: PromeneurId(row.promeneur_id),
            record: RecordId(row.id),
            version: row.version,
            is_untouched: row.is_untouched,
        };
        (added, row.body)
    });
    Ok(rows.collect())
}

/// Notes that what a file added was withdrawn, and forgets by what those rows are known: the file may come again.
pub async fn undo(tx: &mut Tx, id: ImportId, withdrawn: &[RecordId]) -> Result<(), sqlx::Error> {
    let withdrawn: Vec<Uuid> = withdrawn.iter().map(|id| id.0).collect();
    sqlx::query!("delete from imported_row where file_id = $1 and record_id = any($2)", id.0, &withdrawn)
        .execute(&mut **tx)
        .await?;
    sqlx::query!("update import_file set undone_at = $2 where id = $1", id.0, clock::now()).execute(&mut **tx).await?;
    Ok(())
}
