//! Lives of the database (`offline.md` I14).

use app::{
    domain::ids::{Epoch, SchemeId},
    sync::ledger::LIFE,
};
use sqlx::{Connection, PgConnection};

/// Begins a new life, to be called once after a restore from a backup: a fresh epoch, and versions that start far above
/// those that phones may have been given since the backup. All networks or none; a push in another transaction is wholly
/// before or wholly after it, because it holds its network's counter.
pub async fn begin(owner: &mut PgConnection, schemes: &[SchemeId]) -> Result<Epoch, sqlx::Error> {
    let mut tx = owner.begin().await?;
    // The policies hold for the owner too: each network is entered like any other transaction enters it.
    sqlx::query!("set local role lanterne_app").execute(&mut *tx).await?;
    for scheme in schemes {
        sqlx::query!("select set_config('lanterne.network', $1, true)", scheme.to_string()).fetch_one(&mut *tx).await?;
        // The time in microseconds: two lives from one and the same backup start apart too.
        sqlx::query!(
            "update network_counter set head = start.at, born = start.at
             from (select greatest(head + $2, (extract(epoch from clock_timestamp()) * 1000000)::bigint) as at
                   from network_counter where network_id = $1) as start
             where network_id = $1",
            scheme.0,
            LIFE
        )
        .execute(&mut *tx)
        .await?;
        // The copy holds passkeys that were taken away since, with a phone that was lost. A passphrase opens still.
        sqlx::query!("delete from passkey").execute(&mut *tx).await?;
    }
    sqlx::query!("reset role").execute(&mut *tx).await?;
    // Ids of the same millisecond are not ordered, and a clock may have been put back: the newest is the last one made.
    let epoch = sqlx::query_scalar!(
        "insert into sync_epoch (epoch, since)
         values (gen_random_uuid(), greatest(now(), (select max(since) + interval '1 microsecond' from sync_epoch)))
         returning epoch"
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Epoch(epoch))
}
