//! Accounts, sessions, and failed sign-ins.

use app::domain::{
    coded::Coded,
    ids::{AccountId, PromeneurId, SchemeId, StructureId},
    person::{Me, Role},
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::{Db, Tx, enter};

/// How many failures of one sign-in name are let through in [`FAILURE_WINDOW_MIN`] minutes.
pub const MOST_FAILURES: i64 = 10;
/// The window in which failures count.
pub const FAILURE_WINDOW_MIN: i32 = 15;

/// An account at the moment of signing in.
pub struct Credentials {
    /// Its network.
    pub scheme: SchemeId,
    /// The account.
    pub account: AccountId,
    /// What it may do.
    pub role: Coded<Role>,
    /// The hash of its passphrase.
    pub password_hash: String,
}

/// Finds the account of a sign-in name.
pub async fn credentials(db: &Db, login: &str) -> Result<Option<Credentials>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    enter(&mut tx, "lanterne.login", login).await?;
    let row = sqlx::query!(
        "select network_id, id, role, password_hash from account where login = $1 and disabled_at is null",
        login
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Credentials {
        scheme: SchemeId(row.network_id),
        account: AccountId(row.id),
        role: Coded::from(row.role.as_str()),
        password_hash: row.password_hash,
    }))
}

/// Notes an attempt to sign in before it is looked at, so that many at once are counted like one after the other. Says
/// no when this name has failed too often of late. Old attempts are forgotten here.
pub async fn may_try(db: &Db, login: &str) -> Result<bool, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", login).execute(&mut *tx).await?;
    sqlx::query!("delete from sign_in_failure where at < now() - make_interval(mins => $1)", FAILURE_WINDOW_MIN)
        .execute(&mut *tx)
        .await?;
    let failures = sqlx::query_scalar!(r#"select count(*) as "n!" from sign_in_failure where login = $1"#, login)
        .fetch_one(&mut *tx)
        .await?;
    let may_try = failures < MOST_FAILURES;
    if may_try {
        sqlx::query!("insert into sign_in_failure (login) values ($1)", login).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(may_try)
}

/// Takes the attempts of a name back: it was the right person.
pub async fn forget_attempts(db: &Db, login: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.anonymous().await?;
    sqlx::query!("delete from sign_in_failure where login = $1", login).execute(&mut *tx).await?;
    tx.commit().await
}

/// How long a session of a role lasts without being used: a promeneur’s phone stays enrolled through the holidays. The
/// office’s outlasts a day, so that nobody has to hurry (RGAA 13.1 counts less than twenty hours as a limit to be told of).
pub fn session_length(role: &Coded<Role>) -> TimeDelta {
    if role.is(Role::Promeneur) { TimeDelta::days(90) } else { TimeDelta::hours(21) }
}

/// Opens a session.
pub async fn open_session(
    db: &Db,
    scheme: SchemeId,
    account: AccountId,
    token_hash: &[u8],
    expires_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!(
        "insert into session (token_hash, network_id, account_id, expires_at) values ($1, $2, $3, $4)",
        token_hash,
        scheme.0,
        account.0,
        expires_at
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from session where expires_at < now()").execute(&mut *tx).await?;
    tx.commit().await
}

/// Who holds a session.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The person.
    pub me: Me,
    /// Whether the session was prolonged just now: then the browser's cookie must be too.
    pub prolonged: bool,
}

/// The person of a session that is not over. A session in use is prolonged, not more often than it takes to keep it.
pub async fn holder_of_session(db: &Db, token_hash: &[u8]) -> Result<Option<Holder>, sqlx::Error> {
    // A statement alone is a transaction, and the settings that it makes end with it.
    let ask = async |pool: &PgPool| {
        sqlx::query!(
            r#"select network_id as "network_id!", account_id as "account_id!", name as "name!", role as "role!",
                      promeneur_id, network_name as "network_name!", demo as "demo!", structure_id, structure_name,
                      expires_at as "expires_at!"
               from session_caller($1)"#,
            token_hash
        )
        .fetch_optional(pool)
        .await
    };
    let row = db.first(ask).await?;
    let Some(row) = row else { return Ok(None) };
    let me = Me {
        account: AccountId(row.account_id),
        name: row.name,
        role: Coded::from(row.role.as_str()),
        scheme: SchemeId(row.network_id),
        scheme_name: row.network_name,
        demo: row.demo,
        promeneur: row.promeneur_id.map(PromeneurId),
        structure: row.structure_id.map(StructureId),
        structure_name: row.structure_name,
    };
    let length = session_length(&me.role);
    let prolonged = row.expires_at - crate::clock::now() < length - length / 24;
    if prolonged {
        let mut tx = db.of(me.scheme).await?;
        sqlx::query!(
            "update session set seen_on = current_date, expires_at = $2 where token_hash = $1",
            token_hash,
            crate::clock::now() + length
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    Ok(Some(Holder { me, prolonged }))
}

/// The person of an account that is open, within its network's transaction.
pub async fn person(tx: &mut Tx, account: AccountId) -> Result<Option<Me>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select network_id as "network_id!", account_id as "account_id!", name as "name!", role as "role!",
                  promeneur_id, network_name as "network_name!", demo as "demo!", structure_id, structure_name
           from caller_of($1)"#,
        account.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Me {
        account: AccountId(row.account_id),
        name: row.name,
        role: Coded::from(row.role.as_str()),
        scheme: SchemeId(row.network_id),
        scheme_name: row.network_name,
        demo: row.demo,
        promeneur: row.promeneur_id.map(PromeneurId),
        structure: row.structure_id.map(StructureId),
        structure_name: row.structure_name,
    }))
}

/// Ends a session.
pub async fn close_session(db: &Db, scheme: SchemeId, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!("delete from session where token_hash = $1", token_hash).execute(&mut *tx).await?;
    tx.commit().await
}
