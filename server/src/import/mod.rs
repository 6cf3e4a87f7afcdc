//! Brings a spreadsheet of past activity into the notebook: read, shown, then taken whole or not at all.
//!
//! Its records go into the ledger as any others do, in the name of whoever imports, on the file as their device: phones
//! receive them, their promeneur may correct them, and the figures count them. A row is known again when its file is
//! brought once more ([`rows::Key`]).

pub mod cell;
pub mod mapping;
mod place;
mod plan;
pub mod rows;
pub mod sheet;
mod show;
pub mod target;
mod undo;

use std::collections::BTreeMap;

use app::{
    api::error::{AppError, ErrorCode},
    coordination::imports::{ImportFault, Imported, Kind, Outcome, Preview},
    domain::{
        coded::Code,
        ids::{DeviceId, ImportId, OpId, PromeneurId, RecordId},
        person::Me,
        record::SCHEMA,
    },
    sync::{
        hash::BodyHash,
        messages::{Op, OpKind},
    },
};
use serde_json::value::RawValue;

pub use self::undo::{undo, undoing};
use crate::{
    batch::{self, Ask},
    clock::{self, fresh_id},
    db::{Db, Tx, failed, imports, ledger::By},
};
use mapping::Mapping;
use plan::{Write, plan};
use rows::Key;
use sheet::{Sheet, Unreadable};
use show::show;

/// Longest name of a file that is kept, in characters.
const NAME_LENGTH: usize = 120;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// For what it is, or what was said of it.
    #[error("the file is refused")]
    File(Unreadable),
    /// For now.
    #[error(transparent)]
    Server(#[from] AppError),
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Self {
        Self::File(unreadable)
    }
}

impl From<ImportFault> for Refused {
    fn from(fault: ImportFault) -> Self {
        Self::File(fault.into())
    }
}

/// Reads a file and keeps it until somebody decides.
pub async fn bring(db: &Db, me: &Me, kind: &str, name: &str, bytes: &[u8]) -> Result<ImportId, Refused> {
    let kind = Kind::from_code(kind).ok_or(ImportFault::Kind)?;
    let text = sheet::decode(bytes)?;
    let sheet = sheet::read(&text)?;
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_LENGTH).collect();
    let name = if name.trim().is_empty() { "fichier.csv".to_owned() } else { name };
    let mut tx = db.by(me).await.map_err(failed)?;
    let kept = imports::keep(&mut tx, me, kind, &name, &text, &Mapping::of(kind, &sheet)).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, rows = sheet.rows.len(), kind = kind.code(), "spreadsheet read");
    kept.ok_or_else(|| ImportFault::Many.into())
}

/// A file that waits, read again.
struct Waiting {
    file: Imported,
    sheet: Sheet,
    mapping: Mapping,
}

impl Waiting {
    /// What the file calls the column of a field.
    fn column_of(&self, field: &str) -> String {
        let at = self.mapping.column(field);
        at.and_then(|at| self.sheet.names.get(at).cloned()).unwrap_or_default()
    }
}

async fn waiting(tx: &mut Tx, id: ImportId) -> Result<Waiting, Refused> {
    imports::forget(tx).await.map_err(failed)?;
    let kept = imports::waiting(tx, id).await.map_err(failed)?;
    let file = imports::file(tx, id).await.map_err(failed)?;
    match (file, kept) {
        (Some(file), Some((content, mapping))) => Ok(Waiting { file, sheet: sheet::read(&content)?, mapping }),
        (Some(_), None) => Err(ImportFault::Gone.into()),
        (None, _) => Err(AppError::new(ErrorCode::NotFound).into()),
    }
}

/// What would become of a file.
pub async fn preview(db: &Db, me: &Me, id: ImportId, fault: Option<ImportFault>) -> Result<Preview, Refused> {
    let mut tx = db.of(me.scheme).await.map_err(failed)?;
    let waiting = waiting(&mut tx, id).await?;
    let plan = plan(&mut tx, &waiting).await?;
    tx.commit().await.map_err(failed)?;
    Ok(show(waiting, plan, fault))
}

/// Keeps what a form says of a file.
pub async fn say(db: &Db, me: &Me, id: ImportId, answers: &[(String, String)]) -> Result<(), Refused> {
    let mut tx = db.by(me).await.map_err(failed)?;
    let Waiting { file, sheet, mapping } = waiting(&mut tx, id).await?;
    let mapping = mapping.answered(file.kind, &sheet, answers);
    imports::say(&mut tx, id, &mapping).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(())
}

/// Takes a file whole, as it was shown under this seal; or nothing of it.
pub async fn take(db: &Db, me: &Me, id: ImportId, seal: &str) -> Result<Outcome, Refused> {
    let mut tx = db.for_push_by(me).await.map_err(failed)?;
    let waiting = waiting(&mut tx, id).await?;
    let mut plan = plan(&mut tx, &waiting).await?;
    match plan.seal(&waiting.mapping) {
        None if plan.is_clear() => return Err(ImportFault::Changed.into()),
        None => return Err(ImportFault::Faults.into()),
        Some(current) if current != seal => return Err(ImportFault::Changed.into()),
        Some(_) => {}
    }
    let asks = asks(me, id, plan.writes.iter().map(Write::op))?;
    batch::take_whole(&mut tx, me.scheme, &asks).await?;
    let moves = place::again(me, id, std::mem::take(&mut plan.moves))?;
    if !moves.is_empty() {
        batch::take_whole(&mut tx, me.scheme, &moves).await?;
    }
    let added: Vec<(Key, RecordId)> =
        plan.writes.iter().filter(|write| write.base.is_none()).map(|write| (write.key, write.record)).collect();
    let counts = plan.counts;
    let left = if plan.takes_same_day { 0 } else { counts.same_day };
    let outcome = Outcome {
        added: counts.fresh,
        corrected: counts.corrected,
        left: counts.known + counts.changed + counts.withdrawn + counts.skipped + left,
        is_undone: false,
    };
    imports::take(&mut tx, me, id, &added, outcome).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    tracing::info!(by = %me.account, import = %id, added = outcome.added, corrected = outcome.corrected, "spreadsheet taken");
    Ok(outcome)
}

fn op(kind: OpKind, record: RecordId, base: Option<i64>, body: Option<&str>) -> Result<Op, AppError> {
    let raw = |text: &str| RawValue::from_string(text.to_owned()).map_err(|_| AppError::new(ErrorCode::Internal));
    Ok(Op {
        op: OpId(fresh_id()),
        seq: 0,
        kind,
        record,
        base,
        after: None,
        schema: SCHEMA,
        at: clock::now().fixed_offset(),
        body: body.map(raw).transpose()?,
        reason: None,
        refill: false,
        hash: BodyHash::of(body.unwrap_or_default()),
    })
}

/// The operations, promeneur by promeneur, as made on the file.
fn asks(
    me: &Me,
    file: ImportId,
    ops: impl Iterator<Item = Result<(PromeneurId, Op), AppError>>,
) -> Result<Vec<Ask>, AppError> {
    let mut of: BTreeMap<PromeneurId, Vec<Op>> = BTreeMap::new();
    for (seq, next) in (1..).zip(ops) {
        let (promeneur, op) = next?;
        of.entry(promeneur).or_default().push(Op { seq, ..op });
    }
    let ask = |(promeneur, ops)| Ask {
        by: By::of(me, promeneur, DeviceId(file.0)),
        heartbeat: None,
        may_enrol: false,
        epoch: None,
        ops,
    };
    Ok(of.into_iter().map(ask).collect())
}
