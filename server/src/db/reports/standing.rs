//! What a promeneur's own figures need beside their records.

use app::domain::{ids::PromeneurId, label::Label, tally::Standing, time::Span};

use super::Tx;
use crate::db::{helplines, people};

/// What a promeneur's own figures need beside their records.
pub async fn standing(tx: &mut Tx, promeneur: PromeneurId) -> Result<Standing, sqlx::Error> {
    let row = sqlx::query!("select labelled_on, left_on, weekly_minutes from promeneur where id = $1", promeneur.0)
        .fetch_one(&mut **tx)
        .await?;
    let leaves = sqlx::query!(
        "select from_on, until_on from promeneur_leave where promeneur_id = $1 order by from_on",
        promeneur.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let holidays = sqlx::query!("select from_on, until_on from holiday").fetch_all(&mut **tx).await?;
    let leaves = leaves.into_iter().map(|row| Span { from: row.from_on, until: Some(row.until_on) }).collect();
    Ok(Standing {
        label: Label { promeneur, labelled_on: row.labelled_on, left_on: row.left_on, leaves },
        weekly_minutes: row.weekly_minutes.map(i64::from),
        holidays: holidays.into_iter().map(|row| Span { from: row.from_on, until: Some(row.until_on) }).collect(),
        helplines: helplines::list(tx).await?,
        asks_gender: people::asks_gender(tx).await?,
    })
}
