//! Takes back what a file added.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::imports::{ImportFault, Imported},
    domain::{
        ids::{ImportId, RecordId},
        indicators::count_of,
        person::Me,
    },
    sync::messages::OpKind,
};

use super::{Refused, asks, op, place};
use crate::{
    batch,
    db::{Db, Tx, failed, imports},
};

/// What would be withdrawn if a file were taken back, and how many records stay because they were changed since.
pub async fn undoing(db: &Db, me: &Me, id: ImportId) -> Result<(Imported, i64, i64), Refused> {
    let mut tx = db.by(me).await.map_err(failed)?;
    let file = done(&mut tx, id).await?;
    let added = imports::added(&mut tx, id).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let (untouched, touched): (Vec<_>, Vec<_>) = added.into_iter().partition(|record| record.is_untouched);
    Ok((file, count_of(untouched.len()), count_of(touched.len())))
}

/// Withdraws what a file added, but for what was changed since.
pub async fn undo(db: &Db, me: &Me, id: ImportId) -> Result<i64, Refused> {
    let mut tx = db.for_push_by(me).await.map_err(failed)?;
    done(&mut tx, id).await?;
    let mut added = imports::added(&mut tx, id).await.map_err(failed)?;
    added.retain(|record| record.is_untouched);
    let ops = added.iter().map(|it| Ok((it.promeneur, op(OpKind::Delete, it.record, Some(it.version), None)?)));
    let mut asks = asks(me, id, ops)?;
    let withdrawn: Vec<RecordId> = added.iter().map(|record| record.record).collect();
    let moves = place::let_go(&mut tx, &withdrawn).await?;
    asks.extend(place::again(me, id, moves)?);
    batch::take_whole(&mut tx, me.scheme, &asks).await?;
    imports::undo(&mut tx, id, &withdrawn).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, import = %id, withdrawn = withdrawn.len(), "spreadsheet taken back");
    Ok(count_of(withdrawn.len()))
}

async fn done(tx: &mut Tx, id: ImportId) -> Result<Imported, Refused> {
    let file = imports::file(tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound).map_err(AppError::new)?;
    if file.done.is_some_and(|outcome| !outcome.is_undone) { Ok(file) } else { Err(ImportFault::Gone.into()) }
}
