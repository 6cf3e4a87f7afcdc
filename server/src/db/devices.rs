//! Phones: whose they are, and what they say they still hold.

use app::{
    api::{
        error::{AppError, ErrorCode},
        phones::Phone,
    },
    domain::{
        ids::{AccountId, DeviceId, SchemeId},
        person::Me,
    },
    sync::{ledger::SANE_YEARS, messages::Heartbeat},
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{Tx, failed, turn::Enrolled};
use crate::clock;

/// Turns away a phone that is another person's, or was revoked. One that was never heard of is welcome.
pub async fn admit(tx: &mut Tx, me: &Me, device: DeviceId) -> Result<(), AppError> {
    let row =
        sqlx::query!(r#"select account_id, revoked_at is not null as "revoked!" from device where id = $1"#, device.0)
            .fetch_optional(&mut **tx)
            .await
            .map_err(failed)?;
    let Some(row) = row else { return newcomer(me.may_enrol) };
    admitted(Enrolled { account: AccountId(row.account_id), revoked: row.revoked }, me.account)
}

/// Whether a phone that is not known may speak with this session: otherwise its person signs in again.
pub fn newcomer(may_enrol: bool) -> Result<(), AppError> {
    if may_enrol { Ok(()) } else { Err(ErrorCode::SignedOut.into()) }
}

/// Whether a phone that is enrolled may speak for an account.
pub fn admitted(phone: Enrolled, account: AccountId) -> Result<(), AppError> {
    if phone.account != account {
        Err(ErrorCode::DeviceNotYours.into())
    } else if phone.revoked {
        Err(ErrorCode::DeviceRevoked.into())
    } else {
        Ok(())
    }
}

/// What a phone of `account` said of itself. `settled` operations of the message have just been answered for good and
/// are no longer pending.
#[derive(Clone, Copy, Debug)]
pub struct Word<'a> {
    /// Whose phone it is.
    pub account: AccountId,
    /// What it said.
    pub heartbeat: &'a Heartbeat,
    /// How many of its operations need not be sent again.
    pub settled: usize,
}

/// Notes what an admitted phone says of itself, enrolling it at its first word.
pub async fn heed(tx: &mut Tx, me: &Me, heartbeat: &Heartbeat, settled: usize) -> Result<(), AppError> {
    let word = Word { account: me.account, heartbeat, settled };
    let noted = heed_all(tx, me.scheme, &[word]).await.map_err(failed)?;
    // Somebody else has enrolled it since it was admitted.
    if noted { Ok(()) } else { Err(ErrorCode::DeviceNotYours.into()) }
}

/// Notes what several phones say, each once. Says no where one of them was enrolled by somebody else since.
pub async fn heed_all(tx: &mut Tx, scheme: SchemeId, words: &[Word<'_>]) -> Result<bool, sqlx::Error> {
    let now = clock::now();
    let ids: Vec<Uuid> = words.iter().map(|word| word.heartbeat.device.0).collect();
    let accounts: Vec<Uuid> = words.iter().map(|word| word.account.0).collect();
    let builds: Vec<String> = words.iter().map(|word| word.heartbeat.build.replace('\0', "")).collect();
    let schemas: Vec<i32> = words.iter().map(|word| small(word.heartbeat.schema)).collect();
    let pending: Vec<i32> = words.iter().map(Word::pending).collect();
    let oldest: Vec<Option<NaiveDate>> = words.iter().map(Word::oldest).collect();
    let skews: Vec<i64> = words.iter().map(|word| (now - word.heartbeat.now.to_utc()).num_milliseconds()).collect();
    let stalls: Vec<i32> = words.iter().map(|word| small(word.heartbeat.stalls)).collect();
    let written = sqlx::query!(
        "insert into device (network_id, id, account_id, build, schema, first_seen_on, last_seen_on, pending_count,
                oldest_pending_on, clock_skew_ms, stalls)
         select $1, id, account_id, left(build, 60), schema, day, day, pending, oldest, skew, stalls
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::date[], $8::bigint[], $9::int[])
             as word (id, account_id, build, schema, pending, oldest, skew, stalls),
             (select (now() at time zone time_zone)::date as day from network) as today
         on conflict (network_id, id) do update set
             build = excluded.build, schema = excluded.schema, last_seen_on = excluded.last_seen_on,
             pending_count = excluded.pending_count, oldest_pending_on = excluded.oldest_pending_on,
             clock_skew_ms = excluded.clock_skew_ms, stalls = excluded.stalls
             where device.account_id = excluded.account_id",
        scheme.0,
        &ids,
        &accounts,
        &builds,
        &schemas,
        &pending,
        &oldest as &[Option<NaiveDate>],
        &skews,
        &stalls,
    )
    .execute(&mut **tx)
    .await?;
    Ok(usize::try_from(written.rows_affected()).is_ok_and(|written| written == words.len()))
}

impl Word<'_> {
    fn pending(&self) -> i32 {
        small(self.heartbeat.pending.saturating_sub(u32::try_from(self.settled).unwrap_or(u32::MAX)))
    }

    fn oldest(&self) -> Option<NaiveDate> {
        let day = self.heartbeat.oldest.filter(|_| self.pending() > 0).map(|at| at.date_naive());
        day.filter(|day| SANE_YEARS.contains(&day.year()))
    }
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
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

/// How many phones of this person are withdrawn.
pub async fn revoked(tx: &mut Tx, me: &Me) -> Result<u32, sqlx::Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from device where account_id = $1 and revoked_at is not null"#,
        me.account.0
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Withdraws a phone of the network. Says whether there is one; a phone is withdrawn once. Sessions that are open bring in no other
/// one: whoever holds the phone may hold its session.
pub async fn revoke(tx: &mut Tx, device: DeviceId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update account set enrol_after = clock_timestamp() from device
         where device.id = $1 and account.id = device.account_id and revoked_at is null",
        device.0
    )
    .execute(&mut **tx)
    .await?;
    // What stands on that phone may stand in other hands; which one does, nobody can tell.
    sqlx::query!(
        "delete from passkey using device
         where device.id = $1 and passkey.account_id = device.account_id and revoked_at is null",
        device.0
    )
    .execute(&mut **tx)
    .await?;
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
                   where affiliation.promeneur_id = promeneur.id
                       and (now() at time zone (select time_zone from network))::date
                           between from_on and coalesce(until_on, 'infinity')
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
