//! Invitations that are to go by e-mail, until they are sent.

use app::{
    coordination::staff::access::Mailed,
    domain::{
        ids::{InvitationId, SchemeId},
        person::Me,
    },
};
use uuid::Uuid;

use super::{Db, Tx};
use crate::clock::fresh_id;

/// How many e-mails an invitation is worth: an address is typed wrongly once or twice.
const MOST: i64 = 5;
/// How long a message that was sent, or is of no use any more, is remembered, in days: its address is somebody's.
const KEPT_DAYS: i32 = 7;

/// What is to be sent.
#[derive(Debug)]
pub struct Letter {
    /// Its id: by it a server knows a message that it has already.
    pub id: Uuid,
    /// To whom.
    pub address: String,
    /// The link.
    pub link: Link,
    /// What to call them.
    pub name: String,
    /// The network.
    pub network: String,
    /// Whether they have an access already.
    pub is_recovery: bool,
    /// How often it was tried.
    pub tries: i32,
}

/// A link that opens an access. Its `Debug` shows nothing of it.
pub struct Link(pub String);

impl std::fmt::Debug for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Link(…)")
    }
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The mail server has it.
    Sent,
    /// It was not reached, or said to come back.
    Unreachable,
    /// It will not have it.
    Refused,
}

/// Puts an e-mail into the outbox. Says no where the invitation was worth enough of them.
pub async fn put(
    tx: &mut Tx,
    me: &Me,
    invitation: InvitationId,
    address: &str,
    link: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "insert into mail_outbox (network_id, id, invitation_id, address, link)
         select $1, $2, $3, $4, $5 where (select count(*) from mail_outbox where invitation_id = $3) < $6",
        me.scheme.0,
        fresh_id(),
        invitation.0,
        address,
        link,
        MOST
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}

/// The networks that have something to send now.
pub async fn due(db: &Db) -> Result<Vec<SchemeId>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    let due = sqlx::query_scalar!(r#"select mail_due() as "id!""#).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    Ok(due.into_iter().map(SchemeId).collect())
}

/// Takes the next one of a network; nobody else sends it until this transaction ends. What is of no use any more is not
/// sent, and its link is forgotten. The transaction may wait for a mail server.
pub async fn next(tx: &mut Tx) -> Result<Option<Letter>, sqlx::Error> {
    sqlx::query!("set local idle_in_transaction_session_timeout = '3min'").execute(&mut **tx).await?;
    sqlx::query!(
        "update mail_outbox set link = null, fault = 'over' from invitation
         where invitation.id = invitation_id and link is not null
             and (used_at is not null or revoked_at is not null or expires_at <= now())"
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query!(
        r#"select mail_outbox.id, address, link as "link!", tries, invitation.name, account_id, network.name as network
           from mail_outbox
           join invitation on invitation.id = invitation_id
           join network on network.id = mail_outbox.network_id
           where link is not null and next_try_at <= now()
           order by next_try_at limit 1 for update of mail_outbox skip locked"#
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Letter {
        id: row.id,
        address: row.address,
        link: Link(row.link),
        name: row.name,
        network: row.network,
        is_recovery: row.account_id.is_some(),
        tries: row.tries,
    }))
}

/// Notes how a try ended. After one that did not go the next is an hour away at most; what was refused is not tried again.
pub async fn tried(tx: &mut Tx, letter: &Letter, how: Tried) -> Result<(), sqlx::Error> {
    let fault = match how {
        Tried::Sent => None,
        Tried::Unreachable => Some("unreachable"),
        Tried::Refused => Some("refused"),
    };
    sqlx::query!(
        "update mail_outbox set
             tries = tries + 1, fault = $2,
             link = case when $2 = 'unreachable' then link end,
             sent_at = case when $2 is null then now() end,
             next_try_at = now() + least(interval '1 hour', interval '30 seconds' * power(2, least(tries, 10)))
         where id = $1",
        letter.id,
        fault
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// How the last e-mail of an invitation stands.
pub async fn standing(tx: &mut Tx, invitation: InvitationId) -> Result<Option<Mailed>, sqlx::Error> {
    let row = sqlx::query!(
        "select address, sent_at is not null as sent, fault from mail_outbox
         where invitation_id = $1 order by created_at desc, id desc limit 1",
        invitation.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Mailed::new(row.address, row.sent.unwrap_or_default(), row.fault.as_deref())))
}

/// Forgets what was sent long enough ago, or is of no use.
pub async fn sweep(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from mail_outbox where link is null and created_at < now() - make_interval(days => $1)",
        KEPT_DAYS
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}
