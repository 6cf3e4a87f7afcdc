//! What is kept no longer: words of long ago, and the names of those who left. The figures stay.

use app::{
    coordination::service::{Retention, Run},
    domain::ids::{DeviceId, PromeneurId, RecordId, SchemeId},
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Tx, imports, people};
use crate::clock;

/// How long a network keeps words.
pub async fn settings(tx: &mut Tx) -> Result<Retention, sqlx::Error> {
    let row = sqlx::query!("select text_months, departed_months from network").fetch_one(&mut **tx).await?;
    Ok(Retention { text_months: row.text_months, departed_months: row.departed_months })
}

/// Sets it.
pub async fn set(tx: &mut Tx, retention: Retention) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update network set text_months = $1, departed_months = $2",
        retention.text_months,
        retention.departed_months
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The last runs that erased something, and the very last, the newest first.
pub async fn runs(tx: &mut Tx) -> Result<Vec<Run>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select at as "at: DateTime<Utc>", texts, people, others from retention_run
           where texts + people + others > 0 or at = (select max(at) from retention_run)
           order by at desc limit 12"#
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Run {
            on: clock::day_in(&zone, row.at),
            texts: row.texts.into(),
            people: row.people.into(),
            others: row.others.into(),
        })
        .collect())
}

/// Lets the transaction rest while others do the work.
pub async fn take_time(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("set local idle_in_transaction_session_timeout = 0").execute(&mut **tx).await?;
    Ok(())
}

/// Whether a network's last run is older than a moment, and nobody else is at it: then the rest of the transaction is ours.
pub async fn is_due(tx: &mut Tx, scheme: SchemeId, since: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtextextended('lanterne.retention ' || $1::uuid, 0))
               and not exists (select from retention_run where at > $2) as "is!""#,
        scheme.0,
        since
    )
    .fetch_one(&mut **tx)
    .await
}

/// Notes what a run did.
pub async fn note(tx: &mut Tx, scheme: SchemeId, texts: i32, people: i32, others: i32) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into retention_run (network_id, at, texts, people, others) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        scheme.0,
        clock::now(),
        texts,
        people,
        others
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A record of before a day, of which words may still be held: in itself, or in what it was earlier.
pub struct Wordy {
    /// The record.
    pub record: RecordId,
    /// Whose.
    pub promeneur: PromeneurId,
    /// As it stands, without them.
    pub bare: String,
    /// Its version.
    pub version: i64,
    /// Its schema.
    pub schema: i32,
    /// Whether it is withdrawn.
    pub is_withdrawn: bool,
    /// Whether it holds words as it stands.
    pub is_wordy: bool,
    /// On what it was written: a file that brought it must know it again.
    pub device: DeviceId,
    received_at: DateTime<Utc>,
}

/// The next of them after a record. A project counts from its end; one that goes on keeps its title.
pub async fn wordy(tx: &mut Tx, before: NaiveDate, after: RecordId, most: i64) -> Result<Vec<Wordy>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, promeneur_id, (body::jsonb - free_texts())::text as "bare!", version, schema,
                  deleted_at is not null as "is_withdrawn!", body::jsonb ?| free_texts() as "is_wordy!",
                  (select device_id from operation
                   where record_id = record.id and result_version = record.version and status = 'applied' limit 1) as device_id,
                  received_at as "received_at: DateTime<Utc>"
           from record
           where words_day(body, deleted_at) < $1 and erased_version is distinct from version and id > $2
           order by id limit $3"#,
        before.to_string(),
        after.0,
        most
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Wordy {
            record: RecordId(row.id),
            promeneur: PromeneurId(row.promeneur_id),
            bare: row.bare,
            version: row.version,
            schema: row.schema,
            is_withdrawn: row.is_withdrawn,
            is_wordy: row.is_wordy,
            device: DeviceId(row.device_id.unwrap_or_default()),
            received_at: row.received_at,
        })
        .collect())
}

/// Erases their words from the ledger, once the records stand without. When a statement was received is as it was.
pub async fn erase(tx: &mut Tx, wordy: &[Wordy]) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = wordy.iter().map(|it| it.record.0).collect();
    let received: Vec<DateTime<Utc>> = wordy.iter().map(|it| it.received_at).collect();
    sqlx::query!("select erase_texts($1)", &ids).fetch_one(&mut **tx).await?;
    sqlx::query!(
        "update record set received_at = it.received_at, erased_version = version
         from unnest($1::uuid[], $2::timestamptz[]) as it (id, received_at) where record.id = it.id",
        &ids,
        &received
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "update statement set received_on = (record.received_at at time zone (select time_zone from network))::date
         from record where record.id = statement.record_id and record.id = any($1)",
        &ids
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What stands in the place of a name.
pub const GONE: &str = "Ancien·ne promeneur·euse";
const GONE_ACCESS: &str = "Ancien accès";

/// Takes the names of those who left before a day, and the accesses that were closed before it: how many people. Their figures
/// are counted as before, for their structure.
pub async fn minimise(tx: &mut Tx, before: NaiveDate) -> Result<i32, sqlx::Error> {
    let promeneurs: Vec<Uuid> = sqlx::query_scalar!(
        "update promeneur set name = $2 where left_on < $1 and name <> $2 returning id",
        before,
        GONE
    )
    .fetch_all(&mut **tx)
    .await?;
    let accounts: Vec<Uuid> = sqlx::query_scalar!(
        "update account set
             name = case when promeneur_id is null then $3 else $4 end, login = 'parti-' || id, password_hash = 'none',
             disabled_at = coalesce(disabled_at, now())
         where login <> 'parti-' || id
             and (promeneur_id = any($1) or (promeneur_id is null and disabled_at < $2))
         returning id",
        &promeneurs,
        before.and_time(chrono::NaiveTime::MIN).and_utc(),
        GONE_ACCESS,
        GONE
    )
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query!("delete from session where account_id = any($1)", &accounts).execute(&mut **tx).await?;
    sqlx::query!("delete from known_browser where account_id = any($1)", &accounts).execute(&mut **tx).await?;
    sqlx::query!("delete from lock_key where account_id = any($1)", &accounts).execute(&mut **tx).await?;
    sqlx::query!("delete from passkey where account_id = any($1)", &accounts).execute(&mut **tx).await?;
    sqlx::query!("update device set revoked_at = now() where account_id = any($1) and revoked_at is null", &accounts)
        .execute(&mut **tx)
        .await?;
    let without_access = promeneurs.len().saturating_sub(accounts.len());
    Ok(i32::try_from(accounts.len() + without_access).unwrap_or(i32::MAX))
}

/// Erases what was decided on or refused as long ago as texts are kept, and invitations that ended then; and whatever has outlived
/// itself: how many of the first.
pub async fn sweep(tx: &mut Tx) -> Result<i32, sqlx::Error> {
    let decided = sqlx::query_scalar!(r#"select erase_decided() as "n!""#).fetch_one(&mut **tx).await?;
    imports::forget(tx).await?;
    sqlx::query!("delete from session where expires_at < now()").execute(&mut **tx).await?;
    sqlx::query!("delete from known_browser where used_on < current_date - 400").execute(&mut **tx).await?;
    Ok(decided)
}

/// When everything was last copied, as the operator's command noted it.
pub async fn last_backup(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!(r#"select max(at) as "at: DateTime<Utc>" from backup_run"#).fetch_one(&mut **tx).await
}
