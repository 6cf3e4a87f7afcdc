//! A rescue file brought in by the coordination: its operations are taken as if its promeneur had sent them.

use app::{
    api::{
        error::AppError,
        to_check::{Imported, RescueFault},
    },
    domain::{
        ids::{AccountId, DeviceId},
        person::Me,
    },
    sync::{
        ledger::{read_ops, refusal_code},
        messages::{MOST_OPS, OpResult, Verdict},
        rescue::RESCUE,
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    clock,
    db::{
        audit, failed, people,
        quarantine::{self, Hand, Text},
    },
    desk::Desk,
};

/// Largest file.
pub const LARGEST: usize = 5 * 1024 * 1024;

/// What every format has.
#[derive(Deserialize)]
struct Mark {
    lanterne_rescue: u32,
}

/// The file, as far as it concerns us.
#[derive(Deserialize)]
struct File {
    account: AccountId,
    device: DeviceId,
    #[serde(default)]
    ops: Vec<Box<RawValue>>,
    #[serde(default)]
    unreadable: Vec<String>,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// For what it is.
    #[error("the file is refused")]
    File(RescueFault),
    /// For now.
    #[error(transparent)]
    Server(#[from] AppError),
}

impl From<RescueFault> for Refused {
    fn from(fault: RescueFault) -> Self {
        Self::File(fault)
    }
}

/// Takes a file. Doing so again finds everything known.
pub async fn import(desk: &Desk, me: &Me, bytes: &[u8]) -> Result<Imported, Refused> {
    if bytes.is_empty() {
        return Err(RescueFault::Missing.into());
    }
    if bytes.len() > LARGEST {
        return Err(RescueFault::TooLarge.into());
    }
    let mark: Mark = serde_json::from_slice(bytes).map_err(|_| RescueFault::Unreadable)?;
    if mark.lanterne_rescue > u32::from(RESCUE) {
        return Err(RescueFault::Newer.into());
    }
    let file: File = serde_json::from_slice(bytes).map_err(|_| RescueFault::Unreadable)?;
    let mut tx = desk.db.by(me).await.map_err(failed)?;
    let author = quarantine::author(&mut tx, me, file.account).await.map_err(failed)?;
    if author.is_some() {
        // What it brings stands as its promeneur's own: who brought it is noted before.
        audit::brought(&mut tx, &format!("{} {}", file.account, file.device)).await.map_err(failed)?;
    }
    tx.commit().await.map_err(failed)?;
    let author = author.ok_or(RescueFault::Foreign)?;
    let promeneur = author.promeneur.ok_or(RescueFault::Foreign)?;
    let hand = Hand { me: &author, promeneur, device: file.device, source: "rescue" };
    let mut imported = Imported::default();
    for ops in file.ops.chunks(MOST_OPS) {
        let aside = take(desk, hand, ops, &mut imported).await?;
        hold(desk, hand, &aside, &mut imported).await?;
    }
    // A text of Postgres holds every character but this one.
    let text = |raw: String| Text { raw: raw.replace('\0', "\u{fffd}"), reason: "malformed_op".to_owned() };
    let unreadable: Vec<Text> = file.unreadable.into_iter().map(text).collect();
    hold(desk, hand, &unreadable, &mut imported).await?;
    let Imported { taken, known, to_check } = imported;
    tracing::info!(device.id = %file.device, by = %me.account, taken, known, to_check, "rescue file");
    Ok(imported)
}

/// Takes operations into the ledger; returns those that are not simply there now.
async fn take(
    desk: &Desk,
    hand: Hand<'_>,
    raw: &[Box<RawValue>],
    imported: &mut Imported,
) -> Result<Vec<Text>, AppError> {
    let mut aside = Vec::new();
    let mut readable = Vec::new();
    let mut ops = Vec::new();
    for (text, read) in raw.iter().zip(read_ops(raw)) {
        match read {
            Ok(op) => {
                ops.push(op);
                readable.push(text.get());
            }
            Err(OpResult { verdict, .. }) => aside.push(text_of(text.get(), &verdict)),
        }
    }
    let verdicts = desk.take_for(hand.me, hand.promeneur, hand.device, ops).await?;
    for (text, verdict) in readable.into_iter().zip(verdicts) {
        match verdict {
            Verdict::Applied { .. } => imported.taken += 1,
            Verdict::Duplicate { .. } => imported.known += 1,
            other => aside.push(text_of(text, &other)),
        }
    }
    Ok(aside)
}

fn text_of(raw: &str, verdict: &Verdict) -> Text {
    Text { raw: raw.to_owned(), reason: refusal_code(verdict).unwrap_or("conflict").to_owned() }
}

async fn hold(desk: &Desk, hand: Hand<'_>, texts: &[Text], imported: &mut Imported) -> Result<(), AppError> {
    if texts.is_empty() {
        return Ok(());
    }
    let mut tx = desk.db.of(hand.me.scheme).await.map_err(failed)?;
    let today = clock::today_in(&people::scheme(&mut tx).await.map_err(failed)?.time_zone);
    for fresh in quarantine::hold(&mut tx, hand, texts, today).await.map_err(failed)? {
        if fresh { imported.to_check += 1 } else { imported.known += 1 }
    }
    tx.commit().await.map_err(failed)?;
    Ok(())
}
