//! Phones: whose they are, and what they say they still hold.

use app::{
    api::{
        error::{AppError, ErrorCode},
        phones::Phone,
    },
    domain::{ids::DeviceId, person::Me},
    sync::{ledger::SANE_YEARS, messages::Heartbeat},
};
use chrono::Datelike;

use super::{Tx, failed};
use crate::clock;

/// Turns away a phone that is another person's, or was revoked. One that was never heard of is welcome.
pub async fn admit(tx: &mut Tx, me: &Me, device: DeviceId) -> Result<(), AppError> {
    let row =
        sqlx::query!(r#"select account_id, revoked_at is not null as "revoked!" from device where id = $1"#, device.0)
            .fetch_optional(&mut **tx)
            .await
            .map_err(failed)?;
    match row {
        Some(row) if row.account_id != me.account.0 => Err(ErrorCode::DeviceNotYours.into()),
        Some(row) if row.revoked => Err(ErrorCode::DeviceRevoked.into()),
        _ => Ok(()),
    }
}

/// Notes what an admitted phone says of itself, enrolling it at its first word. `settled` operations of the message
/// have just been answered for good and are no longer pending.
pub async fn heed(tx: &mut Tx, me: &Me, heartbeat: &Heartbeat, settled: usize) -> Result<(), AppError> {
    let pending = i64::from(heartbeat.pending) - i64::try_from(settled).unwrap_or(0);
    let pending = i32::try_from(pending.max(0)).unwrap_or(i32::MAX);
    let oldest = heartbeat.oldest.filter(|_| pending > 0).map(|at| at.date_naive());
    let oldest = oldest.filter(|day| SANE_YEARS.contains(&day.year()));
    let build = heartbeat.build.replace('\0', "");
    let skew = (clock::now() - heartbeat.now.to_utc()).num_milliseconds();
    let written = sqlx::query!(
        "insert into device (network_id, id, account_id, build, schema, first_seen_on, last_seen_on, pending_count,
                oldest_pending_on, clock_skew_ms, stalls)
         values ($1, $2, $3, left($4, 60), $5, current_date, current_date, $6, $7, $8, $9)
         on conflict (network_id, id) do update set
             build = excluded.build, schema = excluded.schema, last_seen_on = excluded.last_seen_on,
             pending_count = excluded.pending_count, oldest_pending_on = excluded.oldest_pending_on,
             clock_skew_ms = excluded.clock_skew_ms, stalls = excluded.stalls
             where device.account_id = excluded.account_id",
        me.scheme.0,
        heartbeat.device.0,
        me.account.0,
        build,
        i32::try_from(heartbeat.schema).unwrap_or(i32::MAX),
        pending,
        oldest,
        skew,
        i32::try_from(heartbeat.stalls).unwrap_or(i32::MAX),
    )
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    // Somebody else has enrolled it since it was admitted.
    if written.rows_affected() == 0 { Err(ErrorCode::DeviceNotYours.into()) } else { Ok(()) }
}

/// Whether the phone is this person's and was revoked: only then does it hand over what it still holds.
pub async fn is_revoked(tx: &mut Tx, me: &Me, device: DeviceId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (
               select from device where id = $1 and account_id = $2 and revoked_at is not null) as "revoked!""#,
        device.0,
        me.account.0
    )
    .fetch_one(&mut **tx)
    .await
}

/// Withdraws a phone of the network. Says whether there is one; a phone is withdrawn once.
pub async fn revoke(tx: &mut Tx, device: DeviceId) -> Result<bool, sqlx::Error> {
    sqlx::query!("update device set revoked_at = coalesce(revoked_at, now()) where id = $1", device.0)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected() > 0)
}

/// The phones of the network, or one of them: first those that still hold something, from the oldest day on. Never by
/// when they last spoke (`domain.md` F): that would be a time clock.
pub async fn list(tx: &mut Tx, only: Option<DeviceId>) -> Result<Vec<Phone>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select device.id, promeneur.name, first_seen_on, pending_count, oldest_pending_on, stalls, build, schema,
                  clock_skew_ms, (revoked_at at time zone (select time_zone from network))::date as revoked_on,
                  (select structure.name from affiliation join structure on structure.id = structure_id
                   where affiliation.promeneur_id = promeneur.id and until_on is null
                   order by from_on desc limit 1) as structure
           from device
           join account on account.id = device.account_id
           join promeneur on promeneur.id = account.promeneur_id
           where $1::uuid is null or device.id = $1
           order by pending_count > 0 desc, oldest_pending_on nulls last, revoked_at is not null, promeneur.name,
               first_seen_on, device.id"#,
        only.map(|id| id.0),
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Phone {
            id: DeviceId(row.id),
            promeneur: row.name,
            structure: row.structure,
            enrolled_on: row.first_seen_on,
            pending: i64::from(row.pending_count),
            since: row.oldest_pending_on,
            stalls: i64::from(row.stalls),
            build: row.build,
            schema: i64::from(row.schema),
            skew_ms: row.clock_skew_ms,
            revoked_on: row.revoked_on,
        })
        .collect())
}
