//! What changed for a person since a version.

use app::{
    domain::ids::{PromeneurId, RecordId},
    sync::messages::Change,
};

use super::{Tx, ledger::body_hash};

/// The next changes of a promeneur's records after `version`, in order of version; one more than `limit` tells that
/// there is more.
pub async fn changes_after(
    tx: &mut Tx,
    promeneur: PromeneurId,
    version: i64,
    limit: i64,
) -> Result<Vec<Change>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id, version, deleted_at is not null as "deleted!", body::text as "body!", body_hash, received_at,
                  case when written_by is not null
                      then (select account.name from account where account.id = written_by) end as by
           from record where promeneur_id = $1 and version > $2 order by version limit $3"#,
        promeneur.0,
        version,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Change {
            record: RecordId(row.id),
            version: row.version,
            deleted: row.deleted,
            purge: false,
            body: Some(row.body),
            hash: body_hash(&row.body_hash),
            by: row.by,
            received_at: row.received_at,
        })
        .collect())
}
