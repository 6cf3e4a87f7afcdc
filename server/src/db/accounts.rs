//! Accounts, sessions, and failed sign-ins.

use app::domain::{
    coded::Coded,
    ids::{AccountId, PromeneurId, SchemeId, SessionId, StructureId},
    person::{Me, Role},
};
use app::shells::own;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use super::{Db, Tx, enter};
use crate::{auth::token::hex, clock};

/// How many failures of one sign-in name are let through in [`FAILURE_WINDOW_MIN`] minutes.
pub const MOST_FAILURES: i64 = 10;
/// How many failures of one address are let through in that time, whatever the names: a whole structure may share one.
pub const MOST_FAILURES_OF_ADDRESS: i64 = 100;
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

/// From where an attempt to sign in comes.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The address, as far as it is known.
    pub address: &'a str,
    /// The browser, where the account signed in with it before: it is counted for itself, so that nobody who tries the name from
    /// elsewhere locks its person out.
    pub known: Option<&'a str>,
}

impl Origin<'_> {
    /// Of tries that are counted for themselves alone.
    pub const NOWHERE: Self = Self { address: "", known: None };
}

/// As what tries are counted that are at no name of a sign-in: a control character stands in none that is typed.
pub fn apart(what: &str, id: Uuid) -> String {
    format!("\u{1}{what} {id}")
}

/// As what the attempts of a name are counted.
fn counted(login: &str, from: Origin<'_>) -> String {
    from.known.map_or_else(|| login.to_owned(), |browser| format!("{login} {browser}"))
}

/// Notes an attempt to sign in before it is looked at, so that many at once are counted like one after the other. Says
/// no when this name, or this address with whatever names, has failed too often of late. Old attempts are forgotten here.
pub async fn may_try(db: &Db, login: &str, from: Origin<'_>) -> Result<bool, sqlx::Error> {
    let counted = counted(login, from);
    let mut tx = db.anonymous().await?;
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", counted).execute(&mut *tx).await?;
    forget_old(&mut tx).await?;
    let failures = sqlx::query!(
        r#"select count(*) filter (where login = $1) as "of_name!",
                  count(*) filter (where address = $2 and address <> '') as "of_address!"
           from sign_in_failure where login = $1 or address = $2"#,
        counted,
        from.address
    )
    .fetch_one(&mut *tx)
    .await?;
    let may_try =
        failures.of_name < MOST_FAILURES && (from.known.is_some() || failures.of_address < MOST_FAILURES_OF_ADDRESS);
    if may_try {
        sqlx::query!("insert into sign_in_failure (login, address) values ($1, $2)", counted, from.address)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(may_try)
}

/// Forgets attempts that count no more.
pub async fn forget_old_attempts(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.anonymous().await?;
    forget_old(&mut tx).await?;
    tx.commit().await
}

async fn forget_old(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from sign_in_failure where at < now() - make_interval(mins => $1)", FAILURE_WINDOW_MIN)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes the attempts of a name back: it was the right person.
pub async fn forget_attempts(db: &Db, login: &str, from: Origin<'_>) -> Result<(), sqlx::Error> {
    let counted = counted(login, from);
    let mut tx = db.anonymous().await?;
    sqlx::query!("delete from sign_in_failure where login = $1", counted).execute(&mut *tx).await?;
    tx.commit().await
}

/// Whether an account signed in with a browser before.
pub async fn knows_browser(db: &Db, token_hash: &[u8], account: Option<AccountId>) -> Result<bool, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    enter(&mut tx, "lanterne.session", &hex(token_hash)).await?;
    // Asked also where there is no account: how long an answer takes tells nobody whether there is one.
    let found = sqlx::query_scalar!(
        "select true from known_browser where token_hash = $1 and account_id = $2",
        token_hash,
        account.map(|account| account.0)
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found.is_some())
}

/// Notes that an account signed in with a browser.
pub async fn know_browser(db: &Db, scheme: SchemeId, account: AccountId, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!(
        "insert into known_browser (token_hash, network_id, account_id, used_on) values ($1, $2, $3, current_date)
         on conflict (token_hash, network_id, account_id) do update set used_on = current_date",
        token_hash,
        scheme.0,
        account.0
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// How long a session of a role lasts without being used: a promeneur’s phone stays enrolled through the holidays. The
/// office’s outlasts a day, so that nobody has to hurry (RGAA 13.1 counts less than twenty hours as a limit to be told of).
pub fn session_length(role: &Coded<Role>) -> TimeDelta {
    if role.is(Role::Promeneur) { TimeDelta::days(90) } else { TimeDelta::hours(21) }
}

/// For how many days a session can be prolonged, however often it is used: then one signs in again.
fn longest_days(role: &Coded<Role>) -> i32 {
    if role.is(Role::Promeneur) { 400 } else { 30 }
}

/// Opens a session.
pub async fn open_session(
    db: &Db,
    scheme: SchemeId,
    account: AccountId,
    token_hash: &[u8],
    expires_at: DateTime<Utc>,
    agent: &str,
) -> Result<(), sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!(
        "insert into session (token_hash, network_id, account_id, expires_at, agent) values ($1, $2, $3, $4, $5)",
        token_hash,
        scheme.0,
        account.0,
        expires_at,
        agent
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
    /// The session.
    pub session: SessionId,
    /// When they last showed who they are.
    pub confirmed_at: DateTime<Utc>,
}

impl Holder {
    /// Whether they have shown who they are within this time.
    pub fn has_shown_within(&self, time: TimeDelta) -> bool {
        clock::now() - self.confirmed_at <= time
    }
}

/// The person of a session that is not over. A session in use is prolonged, not more often than it takes to keep it.
pub async fn holder_of_session(db: &Db, token_hash: &[u8]) -> Result<Option<Holder>, sqlx::Error> {
    // A statement alone is a transaction, and the settings that it makes end with it.
    let ask = async |pool: &PgPool| {
        sqlx::query!(
            r#"select network_id as "network_id!", account_id as "account_id!", name as "name!", role as "role!",
                      promeneur_id, network_name as "network_name!", demo as "demo!", structure_id, structure_name,
                      expires_at as "expires_at!: DateTime<Utc>", session_id as "session_id!",
                      confirmed_at as "confirmed_at!: DateTime<Utc>", may_enrol as "may_enrol!"
               from session_open($1)"#,
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
        may_enrol: row.may_enrol,
    };
    let length = session_length(&me.role);
    let prolonged = row.expires_at - crate::clock::now() < length - length / 24;
    if prolonged {
        let mut tx = db.of(me.scheme).await?;
        sqlx::query!(
            "update session set seen_on = current_date, expires_at = least($2, created_at + make_interval(days => $3))
             where token_hash = $1",
            token_hash,
            crate::clock::now() + length,
            longest_days(&me.role)
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    let session = SessionId(row.session_id);
    Ok(Some(Holder { me, prolonged, session, confirmed_at: row.confirmed_at }))
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
        may_enrol: true,
    }))
}

/// Ends a session, whosever it is.
pub async fn close_session_of(db: &Db, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    match holder_of_session(db, token_hash).await? {
        Some(holder) => close_session(db, holder.me.scheme, token_hash).await,
        None => Ok(()),
    }
}

/// Ends a session.
pub async fn close_session(db: &Db, scheme: SchemeId, token_hash: &[u8]) -> Result<(), sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!("delete from session where token_hash = $1", token_hash).execute(&mut *tx).await?;
    tx.commit().await
}

/// The sessions of an account that are not over, by their use; the one that asks first.
pub async fn sessions(tx: &mut Tx, account: AccountId, here: SessionId) -> Result<Vec<own::Session>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, agent, created_at::date as "since!", seen_on, id = $2 as "is_here!" from session
           where account_id = $1 and expires_at > now() order by id = $2 desc, seen_on desc, created_at desc"#,
        account.0,
        here.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| own::Session {
            id: SessionId(row.id),
            agent: row.agent,
            since: row.since,
            seen_on: row.seen_on,
            is_here: row.is_here,
        })
        .collect())
}

/// Ends a session of an account, or all of them but one.
pub async fn end_sessions(tx: &mut Tx, account: AccountId, which: Which) -> Result<(), sqlx::Error> {
    let (only, but) = match which {
        Which::One(id) => (Some(id.0), None),
        Which::AllBut(id) => (None, Some(id.0)),
    };
    sqlx::query!(
        "delete from session where account_id = $1 and ($2::uuid is null or id = $2) and ($3::uuid is null or id <> $3)",
        account.0,
        only,
        but
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which sessions.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// This one.
    One(SessionId),
    /// All but this one.
    AllBut(SessionId),
}

/// The sign-in name of an account, and the hash of its passphrase.
pub async fn secret(tx: &mut Tx, account: AccountId) -> Result<(String, String), sqlx::Error> {
    let row =
        sqlx::query!("select login, password_hash from account where id = $1", account.0).fetch_one(&mut **tx).await?;
    Ok((row.login, row.password_hash))
}

/// Whoever holds a session has just shown who they are.
pub async fn confirm(tx: &mut Tx, session: SessionId) -> Result<(), sqlx::Error> {
    sqlx::query!("update session set confirmed_at = now() where id = $1", session.0).execute(&mut **tx).await?;
    Ok(())
}
