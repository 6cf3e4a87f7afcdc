//! School holidays of a network's zone.

use app::domain::ids::SchemeId;
use chrono::NaiveDate;

use super::Tx;

/// Those that are known, the newest first: first day, last day.
pub async fn list(tx: &mut Tx) -> Result<Vec<(NaiveDate, NaiveDate)>, sqlx::Error> {
    let rows = sqlx::query!("select from_on, until_on from holiday order by from_on desc").fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|row| (row.from_on, row.until_on)).collect())
}

/// Notes some. Whether they touch no others: a minute is in the holidays or not.
pub async fn add(tx: &mut Tx, scheme: SchemeId, from: NaiveDate, until: NaiveDate) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into holiday (network_id, from_on, until_on)
         select $1, $2, $3 where not exists (select from holiday where from_on <= $3 and until_on >= $2)
         on conflict do nothing",
        scheme.0,
        from,
        until
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes those away that begin on a day.
pub async fn remove(tx: &mut Tx, from: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from holiday where from_on = $1", from).execute(&mut **tx).await?;
    Ok(())
}
