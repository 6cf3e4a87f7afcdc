//! Whom to call in the department.

use app::domain::{
    helpline::{Helpline, MOST},
    ids::SchemeId,
};

use super::Tx;

/// The numbers of the network, in the order of their coming.
pub async fn list(tx: &mut Tx) -> Result<Vec<Helpline>, sqlx::Error> {
    sqlx::query_as!(Helpline, "select number, words from helpline order by added_at, number").fetch_all(&mut **tx).await
}

/// Adds a number, or says anew who answers it. Whether there was room.
pub async fn put(tx: &mut Tx, network: SchemeId, line: &Helpline) -> Result<bool, sqlx::Error> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let done = sqlx::query!(
        "insert into helpline (network_id, number, words)
         select $1, $2, $3
         where (select count(*) from helpline where number <> $2) < $4
         on conflict (network_id, number) do update set words = excluded.words",
        network.0,
        line.number,
        line.words,
        most
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes a number away.
pub async fn remove(tx: &mut Tx, number: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from helpline where number = $1", number).execute(&mut **tx).await?;
    Ok(())
}
