//! Keys with which the programs of others read the figures.

use app::{
    coordination::keys::Key,
    domain::{
        ids::{KeyId, SchemeId},
        person::Me,
    },
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Db, Tx, enter, people};
use crate::{
    auth::token::hex,
    clock::{self, day_in, fresh_id},
};

/// Most keys that a network can have open.
const MOST: i64 = 20;

/// Whose figures a key opens.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The key.
    pub id: Uuid,
    /// What it was called.
    pub name: String,
    /// The network.
    pub scheme: SchemeId,
    /// Its name.
    pub scheme_name: String,
    /// Whether its data are made up.
    pub demo: bool,
}

/// Who holds the key of a hash; nobody once it was taken back.
pub async fn holder(db: &Db, hash: &[u8]) -> Result<Option<Holder>, sqlx::Error> {
    let mut tx = db.anonymous().await?;
    enter(&mut tx, "lanterne.session", &hex(hash)).await?;
    let row =
        sqlx::query!("select id, network_id, name from access_key where token_hash = $1 and revoked_at is null", hash)
            .fetch_optional(&mut *tx)
            .await?;
    let Some(row) = row else {
        tx.commit().await?;
        return Ok(None);
    };
    enter(&mut tx, "lanterne.network", &row.network_id.to_string()).await?;
    let network = sqlx::query!("select name, demo from network").fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(Some(Holder {
        id: row.id,
        name: row.name,
        scheme: SchemeId(row.network_id),
        scheme_name: network.name,
        demo: network.demo,
    }))
}

/// The keys of the network that open something, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Key>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select id, name, creator, created_at as "at: DateTime<Utc>" from access_key
           where revoked_at is null order by id desc"#
    )
    .fetch_all(&mut **tx)
    .await?;
    let keys = rows.into_iter().map(|row| Key {
        id: KeyId(row.id),
        name: row.name,
        by: row.creator,
        on: day_in(&zone, row.at),
    });
    Ok(keys.collect())
}

/// Makes a key. Whether there was room.
pub async fn create(tx: &mut Tx, me: &Me, name: &str, hash: &[u8]) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into access_key (network_id, id, name, token_hash, creator, creator_id, created_at)
         select $1, $2, $3, $4, $5, $6, $7
         where (select count(*) from access_key where revoked_at is null) < $8",
        me.scheme.0,
        fresh_id(),
        name,
        hash,
        me.name,
        me.account.0,
        clock::now(),
        MOST
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a key back.
pub async fn revoke(tx: &mut Tx, id: KeyId) -> Result<(), sqlx::Error> {
    sqlx::query!("update access_key set revoked_at = $2 where id = $1 and revoked_at is null", id.0, clock::now())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
