//! What a phone that was withdrawn still holds (`offline.md` 2.6): taken into quarantine whatever it is, and only from
//! such a phone.

use app::{
    api::error::{AppError, ErrorCode},
    domain::{ids::PromeneurId, person::Me},
    sync::messages::{EscrowAnswer, MOST_OPS, PROTO, PushRequest},
};

use crate::{
    clock,
    db::{
        Db, devices, failed, people,
        quarantine::{self, Hand, Text},
    },
    held::Parts,
};

/// Takes it. Every operation that is held afterwards is named, so that the phone may forget it.
pub async fn take(db: &Db, me: &Me, promeneur: PromeneurId, request: PushRequest) -> Result<EscrowAnswer, AppError> {
    if request.ops.len() > MOST_OPS {
        return Err(ErrorCode::TooManyOps.into());
    }
    let device = request.heartbeat.device;
    let mut tx = db.of(me.scheme).await.map_err(failed)?;
    if !devices::is_revoked(&mut tx, me, device).await.map_err(failed)? {
        return Err(ErrorCode::Forbidden.into());
    }
    let today = clock::today_in(&people::scheme(&mut tx).await.map_err(failed)?.time_zone);
    let parts: Vec<Parts> = request.ops.iter().map(|raw| Parts::of(raw.get())).collect();
    let texts: Vec<Text> = request.ops.iter().zip(&parts).map(|(raw, parts)| text(raw.get(), parts)).collect();
    let hand = Hand { me, promeneur, device, source: "escrow" };
    let fresh = quarantine::hold(&mut tx, hand, &texts, today).await.map_err(failed)?;
    devices::heed(&mut tx, me, &request.heartbeat, texts.len()).await?;
    tx.commit().await.map_err(failed)?;
    let fresh = fresh.iter().filter(|fresh| **fresh).count();
    tracing::info!(device.id = %device, ops = texts.len(), fresh, "escrow");
    Ok(EscrowAnswer {
        sync: PROTO,
        server_now: clock::now(),
        held: parts.into_iter().filter_map(|parts| parts.op).collect(),
    })
}

fn text(raw: &str, parts: &Parts) -> Text {
    let reason = if parts.whole.is_some() { "revoked" } else { "malformed_op" };
    Text { raw: raw.to_owned(), reason: reason.to_owned() }
}
