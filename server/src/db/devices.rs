//! Phones: whose they are, and what they say they still hold.

use app::{
    api::error::{AppError, ErrorCode},
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
                oldest_pending_on, clock_skew_ms)
         values ($1, $2, $3, left($4, 60), $5, current_date, current_date, $6, $7, $8)
         on conflict (network_id, id) do update set
             build = excluded.build, schema = excluded.schema, last_seen_on = excluded.last_seen_on,
             pending_count = excluded.pending_count, oldest_pending_on = excluded.oldest_pending_on,
             clock_skew_ms = excluded.clock_skew_ms
             where device.account_id = excluded.account_id",
        me.scheme.0,
        heartbeat.device.0,
        me.account.0,
        build,
        i32::try_from(heartbeat.schema).unwrap_or(i32::MAX),
        pending,
        oldest,
        skew,
    )
    .execute(&mut **tx)
    .await
    .map_err(failed)?;
    // Somebody else has enrolled it since it was admitted.
    if written.rows_affected() == 0 { Err(ErrorCode::DeviceNotYours.into()) } else { Ok(()) }
}
