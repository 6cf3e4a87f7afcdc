//! Networks, structures and promeneurs: what the operator and the demonstration create.

use app::domain::{
    coded::Code,
    ids::{AccountId, PromeneurId, SchemeId, StructureId},
    person::Role,
    small_numbers::Years,
};
use chrono::NaiveDate;

use super::{Db, Tx, passkeys};
use crate::clock::fresh_id;

/// What every network needs to know of itself.
pub struct Scheme {
    /// The network.
    pub id: SchemeId,
    /// Its zone.
    pub time_zone: String,
}

/// Creates a network.
pub async fn create_scheme(db: &Db, id: SchemeId, name: &str, department: &str, demo: bool) -> Result<(), sqlx::Error> {
    let mut tx = db.of(id).await?;
    sqlx::query!(
        "insert into network (id, name, department, demo, told_years) values ($1, $2, $3, $4, $5)",
        id.0,
        name,
        department,
        demo,
        // What it shows is a school year.
        if demo { Years::School } else { Years::Civil }.code()
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("insert into network_counter (network_id) values ($1)", id.0).execute(&mut *tx).await?;
    sqlx::query!("insert into projection_rules (network_id, rules) values ($1, $2)", id.0, app::domain::measure::RULES)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// The network of the transaction.
pub async fn scheme(tx: &mut Tx) -> Result<Scheme, sqlx::Error> {
    let row = sqlx::query!("select id, time_zone from network").fetch_one(&mut **tx).await?;
    Ok(Scheme { id: SchemeId(row.id), time_zone: row.time_zone })
}

/// Whether the notebook asks for the gender of young people (`domain.md` B7).
pub async fn asks_gender(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!("select asks_gender from network").fetch_one(&mut **tx).await
}

/// Sets it.
pub async fn ask_gender(tx: &mut Tx, asks: bool) -> Result<(), sqlx::Error> {
    sqlx::query!("update network set asks_gender = $1", asks).execute(&mut **tx).await?;
    Ok(())
}

/// Creates a structure.
pub async fn create_structure(
    tx: &mut Tx,
    scheme: SchemeId,
    name: &str,
    kind: &str,
    commune: &str,
) -> Result<StructureId, sqlx::Error> {
    let id = fresh_id();
    sqlx::query!(
        "insert into structure (network_id, id, name, type, commune) values ($1, $2, $3, $4, $5)",
        scheme.0,
        id,
        name,
        kind,
        commune
    )
    .execute(&mut **tx)
    .await?;
    Ok(StructureId(id))
}

/// The structure of a name in a commune: every town has its « Centre social ».
pub async fn structure_named(tx: &mut Tx, name: &str, commune: &str) -> Result<Option<StructureId>, sqlx::Error> {
    sqlx::query_scalar!("select id from structure where name = $1 and commune = $2 limit 1", name, commune)
        .fetch_optional(&mut **tx)
        .await
        .map(|id| id.map(StructureId))
}

/// A promeneur to be.
pub struct NewPromeneur<'a> {
    /// What to call them.
    pub name: &'a str,
    /// Their structure.
    pub structure: StructureId,
    /// First day as a labelled promeneur.
    pub labelled_on: NaiveDate,
    /// First day away for good.
    pub left_on: Option<NaiveDate>,
    /// A declared leave, both ends included.
    pub leave: Option<(NaiveDate, NaiveDate)>,
    /// Minutes of presence a week that were agreed on.
    pub weekly_minutes: Option<i32>,
}

/// Creates a promeneur. They belong to their structure from before any record on: records of before the label count
/// for it too.
pub async fn create_promeneur(
    tx: &mut Tx,
    scheme: SchemeId,
    new: &NewPromeneur<'_>,
) -> Result<PromeneurId, sqlx::Error> {
    let id = fresh_id();
    sqlx::query!(
        "insert into promeneur (network_id, id, name, labelled_on, left_on, weekly_minutes)
         values ($1, $2, $3, $4, $5, $6)",
        scheme.0,
        id,
        new.name,
        new.labelled_on,
        new.left_on,
        new.weekly_minutes
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!(
        "insert into affiliation (network_id, promeneur_id, structure_id, from_on) values ($1, $2, $3, $4)",
        scheme.0,
        id,
        new.structure.0,
        app::domain::time::FIRST_DAY
    )
    .execute(&mut **tx)
    .await?;
    if let Some((from, until)) = new.leave {
        sqlx::query!(
            "insert into promeneur_leave (network_id, promeneur_id, from_on, until_on) values ($1, $2, $3, $4)",
            scheme.0,
            id,
            from,
            until
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(PromeneurId(id))
}

/// An account to be.
pub struct NewAccount<'a> {
    /// Sign-in name.
    pub login: &'a str,
    /// What to call the person.
    pub name: &'a str,
    /// Hash of the passphrase.
    pub password_hash: &'a str,
    /// What it may do, and with whose figures.
    pub place: Place,
}

/// The role of an account, with whom or what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A promeneur's own.
    Promeneur(PromeneurId),
    /// The coordination.
    Coordinator,
    /// Whoever directs a structure.
    StructureManager(StructureId),
    /// The Caf.
    Caf,
    /// A committee.
    Committee,
}

impl Place {
    /// The role.
    pub fn role(self) -> Role {
        match self {
            Self::Promeneur(_) => Role::Promeneur,
            Self::Coordinator => Role::Coordinator,
            Self::StructureManager(_) => Role::StructureManager,
            Self::Caf => Role::Caf,
            Self::Committee => Role::Committee,
        }
    }
}

/// Creates an account.
pub async fn create_account(tx: &mut Tx, scheme: SchemeId, new: &NewAccount<'_>) -> Result<AccountId, sqlx::Error> {
    let id = fresh_id();
    let (promeneur, structure) = match new.place {
        Place::Promeneur(id) => (Some(id.0), None),
        Place::StructureManager(id) => (None, Some(id.0)),
        Place::Coordinator | Place::Caf | Place::Committee => (None, None),
    };
    sqlx::query!(
        "insert into account (network_id, id, login, name, password_hash, role, promeneur_id, structure_id)
         values ($1, $2, lower($3), $4, $5, $6, $7, $8)",
        scheme.0,
        id,
        new.login,
        new.name,
        new.password_hash,
        new.place.role().code(),
        promeneur,
        structure
    )
    .execute(&mut **tx)
    .await?;
    Ok(AccountId(id))
}

/// Gives the account of a sign-in name another passphrase, ends its sessions and takes its passkeys away: of what opened it
/// before, nothing does. Says whether there is such an account.
pub async fn set_passphrase(tx: &mut Tx, login: &str, password_hash: &str) -> Result<bool, sqlx::Error> {
    let account = sqlx::query_scalar!(
        "update account set password_hash = $2 where login = lower($1) returning id",
        login,
        password_hash
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(account) = account else { return Ok(false) };
    sqlx::query!("delete from session where account_id = $1", account).execute(&mut **tx).await?;
    passkeys::remove_all(tx, AccountId(account)).await?;
    // Whoever has just been helped does not wait for their earlier tries.
    sqlx::query!("delete from sign_in_failure where login = lower($1)", login).execute(&mut **tx).await?;
    Ok(true)
}
