//! Phones: whose they are, and what they say they still hold.

use app::{
    api::error::{AppError, ErrorCode},
    domain::{ids::AccountId, person::Me},
    sync::messages::Heartbeat,
};

use super::{Tx, failed};
use crate::clock;

/// Notes what a phone says of itself, enrolling it at its first word. `settled` operations of the message have just
/// been answered for good and are no longer pending.
pub async fn heed(tx: &mut Tx, me: &Me, heartbeat: &Heartbeat, settled: usize) -> Result<(), AppError> {
    let pending = i64::from(heartbeat.pending) - i64::try_from(settled).unwrap_or(0);
    let pending = i32::try_from(pending.max(0)).unwrap_or(i32::MAX);
    let oldest = heartbeat.oldest.filter(|_| pending > 0).map(|at| at.date_naive());
    let skew = (clock::now() - heartbeat.now.to_utc()).num_milliseconds();
    let row = sqlx::query!(
        r#"insert into device (network_id, id, account_id, build, schema, first_seen_on, last_seen_on,
                              pending_count, oldest_pending_on, clock_skew_ms)
           values ($1, $2, $3, left($4, 60), $5, current_date, current_date, $6, $7, $8)
           on conflict (network_id, id) do update set
               build = excluded.build, schema = excluded.schema, last_seen_on = excluded.last_seen_on,
               pending_count = excluded.pending_count, oldest_pending_on = excluded.oldest_pending_on,
               clock_skew_ms = excluded.clock_skew_ms
               where device.account_id = excluded.account_id
           returning account_id, revoked_at is not null as "revoked!""#,
        me.scheme.0,
        heartbeat.device.0,
        me.account.0,
        heartbeat.build,
        i32::try_from(heartbeat.schema).unwrap_or(i32::MAX),
        pending,
        oldest,
        skew,
    )
    .fetch_optional(&mut **tx)
    .await
    .map_err(failed)?;
    match row {
        None => Err(ErrorCode::DeviceNotYours.into()),
        Some(row) if row.revoked => Err(ErrorCode::DeviceRevoked.into()),
        Some(row) => {
            debug_assert_eq!(AccountId(row.account_id), me.account);
            Ok(())
        }
    }
}
