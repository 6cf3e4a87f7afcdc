//! Invitations: a link that opens once.

use app::{
    coordination::staff::access::{Invited, Mailed},
    domain::{
        coded::{Code, Coded},
        ids::{AccountId, InvitationId, PromeneurId, SchemeId, StructureId},
        person::{Me, Role},
    },
};
use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Db, Tx, enter,
    people::{self, Place},
};
use crate::{
    auth::token::hex,
    clock::{self, day_in, fresh_id},
};

/// How long a link opens: a week, within which people come back from a leave.
pub const LASTING: TimeDelta = TimeDelta::days(7);

/// For whom an invitation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invitee {
    /// Somebody who has no account yet.
    Newcomer(Place),
    /// The holder of an account who lost their passphrase.
    Holder(AccountId, Role),
}

impl Invitee {
    /// As what they come in.
    pub fn role(self) -> Role {
        match self {
            Self::Newcomer(place) => place.role(),
            Self::Holder(_, role) => role,
        }
    }

    /// Whether they have an account already.
    pub fn is_recovery(self) -> bool {
        matches!(self, Self::Holder(..))
    }
}

/// An invitation that was made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    /// Its id.
    pub id: InvitationId,
    /// Until when it opens.
    pub until: DateTime<Utc>,
}

/// Makes an invitation. Earlier ones of the same person open nothing any more, also where the
/// same form was sent twice.
pub async fn create(tx: &mut Tx, me: &Me, name: &str, invitee: Invitee, hash: &[u8]) -> Result<Made, sqlx::Error> {
    let (promeneur, structure, account) = match invitee {
        Invitee::Newcomer(Place::Promeneur(id)) => (Some(id.0), None, None),
        Invitee::Newcomer(Place::StructureManager(id)) => (None, Some(id.0), None),
        Invitee::Newcomer(Place::Coordinator | Place::Caf | Place::Committee) => (None, None, None),
        Invitee::Holder(id, _) => (None, None, Some(id.0)),
    };
    let (now, id) = (clock::now(), InvitationId(fresh_id()));
    sqlx::query!(
        "update invitation set revoked_at = $3
         where used_at is null and revoked_at is null
             and (promeneur_id = $1 or account_id = $2
                  or ($1::uuid is null and $2::uuid is null and name = $4 and role = $5
                      and structure_id is not distinct from $6))",
        promeneur,
        account,
        now,
        name,
        invitee.role().code(),
        structure
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into invitation (network_id, id, token_hash, name, role, promeneur_id, structure_id, account_id, creator,
                creator_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        me.scheme.0,
        id.0,
        hash,
        name,
        invitee.role().code(),
        promeneur,
        structure,
        account,
        me.name,
        me.account.0,
        now,
        now + LASTING
    )
    .execute(&mut **tx)
    .await?;
    Ok(Made { id, until: now + LASTING })
}

/// The invitations that are open: of a promeneur, or all of them.
pub async fn list(tx: &mut Tx, promeneur: Option<PromeneurId>) -> Result<Vec<Invited>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select invitation.id, name, role, account_id, expires_at as "expires_at: DateTime<Utc>", address as "address?",
                  sent_at is not null as "sent!", fault
           from invitation
           left join lateral (
               select address, sent_at, fault from mail_outbox where invitation_id = invitation.id
               order by mail_outbox.created_at desc, mail_outbox.id desc limit 1) as mail on true
           where used_at is null and revoked_at is null and expires_at > $2
               and ($1::uuid is null or promeneur_id = $1)
           order by invitation.id desc limit 200"#,
        promeneur.map(|id| id.0),
        clock::now()
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Invited {
            id: InvitationId(row.id),
            name: row.name,
            role: Coded::from(row.role.as_str()),
            is_recovery: row.account_id.is_some(),
            until: day_in(&zone, row.expires_at),
            mailed: row.address.map(|address| Mailed::new(address, row.sent, row.fault.as_deref())),
        })
        .collect())
}

/// One that is open, by its id and the hash of its link, as its maker saw it.
pub async fn of_link(tx: &mut Tx, id: InvitationId, hash: &[u8]) -> Result<Option<Linked>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select name, role, account_id, expires_at as "expires_at: DateTime<Utc>" from invitation
           where id = $1 and token_hash = $2 and used_at is null and revoked_at is null and expires_at > $3"#,
        id.0,
        hash,
        clock::now()
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| Linked {
        name: row.name,
        role: Coded::from(row.role.as_str()),
        is_recovery: row.account_id.is_some(),
        until: row.expires_at,
    }))
}

/// An invitation, to whoever has its link.
#[derive(Clone, Debug)]
pub struct Linked {
    /// For whom.
    pub name: String,
    /// As what.
    pub role: Coded<Role>,
    /// Whether they have an access already.
    pub is_recovery: bool,
    /// Until when it opens.
    pub until: DateTime<Utc>,
}

/// Takes an invitation back: its link opens nothing any more.
pub async fn revoke(tx: &mut Tx, id: InvitationId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update invitation set revoked_at = $2 where id = $1 and used_at is null and revoked_at is null",
        id.0,
        clock::now()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An invitation as its link shows it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its id.
    pub id: InvitationId,
    /// The network.
    pub scheme: SchemeId,
    /// Its name.
    pub scheme_name: String,
    /// Who is invited.
    pub name: String,
    /// For whom it is.
    pub invitee: Invitee,
    /// What they sign in with, where they have an account.
    pub login: Option<String>,
}

/// The invitation of a link, while it opens. One that was used, taken back or outlived, and one that never was, are the same.
pub async fn opened(db: &Db, hash: &[u8]) -> Result<Option<Opened>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    enter(&mut tx, "lanterne.session", &hex(hash)).await?;
    let row = sqlx::query!(
        "select network_id, id, name, role, promeneur_id, structure_id, account_id from invitation
         where token_hash = $1 and used_at is null and revoked_at is null and expires_at > $2",
        hash,
        clock::now()
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else {
        tx.commit().await?;
        return Ok(None);
    };
    enter(&mut tx, "lanterne.network", &row.network_id.to_string()).await?;
    let scheme_name = sqlx::query_scalar!("select name from network").fetch_one(&mut *tx).await?;
    let login = sqlx::query_scalar!("select login from account where id = $1 and disabled_at is null", row.account_id)
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    let role = Role::from_code(&row.role);
    let invitee = match (role, row.account_id, row.promeneur_id, row.structure_id) {
        (Some(role), Some(account), ..) => Some(Invitee::Holder(AccountId(account), role)),
        (Some(Role::Promeneur), None, Some(id), _) => Some(Invitee::Newcomer(Place::Promeneur(PromeneurId(id)))),
        (Some(Role::StructureManager), None, _, Some(id)) => {
            Some(Invitee::Newcomer(Place::StructureManager(StructureId(id))))
        }
        (Some(Role::Coordinator), None, None, None) => Some(Invitee::Newcomer(Place::Coordinator)),
        (Some(Role::Caf), None, None, None) => Some(Invitee::Newcomer(Place::Caf)),
        (Some(Role::Committee), None, None, None) => Some(Invitee::Newcomer(Place::Committee)),
        _ => None,
    };
    // An account that was closed since is not opened by a link.
    let is_open = row.account_id.is_none() || login.is_some();
    Ok(invitee.filter(|_| is_open).map(|invitee| Opened {
        id: InvitationId(row.id),
        scheme: SchemeId(row.network_id),
        scheme_name,
        name: row.name,
        invitee,
        login,
    }))
}

/// Uses an invitation up. Says no where it opens nothing any more: of two taps, one wins.
pub async fn use_up(tx: &mut Tx, id: InvitationId) -> Result<bool, sqlx::Error> {
    sqlx::query!(
        "update invitation set used_at = $2
         where id = $1 and used_at is null and revoked_at is null and expires_at > $2",
        id.0,
        clock::now()
    )
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() > 0)
}
