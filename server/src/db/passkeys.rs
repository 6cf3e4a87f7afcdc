//! Passkeys, and what was asked of a browser that shows one.

use app::{
    domain::{
        ids::{AccountId, PasskeyId, SchemeId, SessionId},
        person::Me,
    },
    shells::own,
};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::types::Json;
use uuid::Uuid;
use webauthn_rs::prelude::{AuthenticationResult, Passkey};

use super::{Db, Tx, enter};
use crate::auth::token::hex;

/// How many an account has at most.
pub const MOST: usize = 10;
/// How long a browser has to answer, in minutes.
const ANSWER_MIN: i32 = 5;
/// How many questions at the door may wait for their answers, of one address: a whole structure may share one.
const MOST_OPEN: i64 = 200;
/// How many may wait for one account that is in already.
const MOST_OPEN_OF_ACCOUNT: i64 = 20;

/// What a browser is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To add a passkey to an account.
    Add,
    /// To show again who one is.
    Confirm,
}

impl Purpose {
    fn code(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Add => "add",
            Self::Confirm => "confirm",
        }
    }
}

/// Notes a question; none where too many of that address wait. Old ones are forgotten here.
pub async fn ask(
    db: &Db,
    purpose: Purpose,
    account: Option<AccountId>,
    address: &str,
    state: &(impl Serialize + Sync),
) -> Result<Option<Uuid>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    forget_old(&mut tx).await?;
    let id = sqlx::query_scalar!(
        "insert into passkey_challenge (purpose, account_id, address, state)
         select $1, $2, $3, $4
         where case when $2::uuid is not null then (select count(*) from passkey_challenge where account_id = $2) < $6
             else $3 = '' or (select count(*) from passkey_challenge where address = $3 and account_id is null) < $5 end
         returning id",
        purpose.code(),
        account.map(|id| id.0),
        address,
        Json(state) as _,
        MOST_OPEN,
        MOST_OPEN_OF_ACCOUNT
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Forgets questions that nobody has answered in time.
pub async fn forget_old_questions(db: &Db) -> Result<(), sqlx::Error> {
    let mut tx = db.anonymous().await?;
    forget_old(&mut tx).await?;
    tx.commit().await
}

async fn forget_old(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from passkey_challenge where at < now() - make_interval(mins => $1)", ANSWER_MIN)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// What was noted with a question, once: whoever answers it a second time finds nothing.
pub async fn answered<T: DeserializeOwned + Send + Unpin + 'static>(
    db: &Db,
    purpose: Purpose,
    account: Option<AccountId>,
    id: Uuid,
) -> Result<Option<T>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    let state = sqlx::query_scalar!(
        r#"delete from passkey_challenge
           where id = $1 and purpose = $2 and account_id is not distinct from $3
               and at > now() - make_interval(mins => $4)
           returning state as "state: Json<T>""#,
        id,
        purpose.code(),
        account.map(|id| id.0),
        ANSWER_MIN
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(state.map(|Json(state)| state))
}

/// A passkey and whose it is.
pub struct Kept {
    /// The network.
    pub scheme: SchemeId,
    /// The account.
    pub account: AccountId,
    /// The passkey.
    pub passkey: Passkey,
}

/// The passkey of a credential, whosever it is.
pub async fn shown(db: &Db, credential: &[u8]) -> Result<Option<Kept>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    enter(&mut tx, "lanterne.credential", &hex(credential)).await?;
    let row = sqlx::query!(
        r#"select network_id, account_id, credential as "credential: Json<Passkey>" from passkey
           where credential_id = $1"#,
        credential
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(row.map(|row| Kept {
        scheme: SchemeId(row.network_id),
        account: AccountId(row.account_id),
        passkey: row.credential.0,
    }))
}

/// The passkeys of an account.
pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Vec<Passkey>, sqlx::Error> {
    let rows = sqlx::query_scalar!(
        r#"select credential as "credential: Json<Passkey>" from passkey where account_id = $1"#,
        account.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|Json(passkey)| passkey).collect())
}

/// The same, as their owner sees them.
pub async fn list(tx: &mut Tx, account: AccountId) -> Result<Vec<own::OwnPasskey>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, name, created_on, used_on from passkey where account_id = $1 order by created_on, id",
        account.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let own = rows.into_iter().map(|row| own::OwnPasskey {
        id: PasskeyId(row.id),
        name: row.name,
        since: row.created_on,
        used_on: row.used_on,
    });
    Ok(own.collect())
}

/// Holds an account as it is until the end of the transaction: what ends its accesses comes wholly before or wholly after.
pub async fn hold_account(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from account where id = $1 for no key update", account.0).fetch_one(&mut **tx).await?;
    Ok(())
}

/// Adds one to the account of whoever asks, which is held, as long as their session may still do so. Says no where it may
/// not, or there are too many.
pub async fn add(tx: &mut Tx, me: &Me, session: SessionId, passkey: &Passkey, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "insert into passkey (network_id, account_id, credential_id, credential, name)
         select $1, $2, $3, $4, $5
         where (select count(*) from passkey where account_id = $2) < $6
             and exists (
                 select from session join account on account.id = session.account_id
                 where session.id = $7 and account.id = $2 and expires_at > now() and disabled_at is null
                     and session.created_at > coalesce(enrol_after, '-infinity'))",
        me.scheme.0,
        me.account.0,
        passkey.cred_id().as_slice(),
        Json(passkey) as _,
        name,
        i64::try_from(MOST).unwrap_or(i64::MAX),
        session.0
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// Notes that one was used today, with what it counted since. None where it was taken away meanwhile.
pub async fn use_now(tx: &mut Tx, result: &AuthenticationResult) -> Result<Option<()>, sqlx::Error> {
    let row = sqlx::query_scalar!(
        r#"select credential as "credential: Json<Passkey>" from passkey where credential_id = $1 for update"#,
        result.cred_id().as_slice()
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(Json(mut passkey)) = row else { return Ok(None) };
    passkey.update_credential(result);
    sqlx::query!(
        "update passkey set credential = $2, used_on = current_date where credential_id = $1",
        result.cred_id().as_slice(),
        Json(passkey) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(Some(()))
}

/// Takes one from an account.
pub async fn remove(tx: &mut Tx, account: AccountId, id: PasskeyId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from passkey where account_id = $1 and id = $2", account.0, id.0)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Takes all of them from an account: what they stand on may be in other hands.
pub async fn remove_all(tx: &mut Tx, account: AccountId) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from passkey where account_id = $1", account.0).execute(&mut **tx).await.map(drop)
}
