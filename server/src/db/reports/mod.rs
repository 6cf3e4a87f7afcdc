//! The figures of a period and a scope, read from the projections in as few questions as they take: each is a way to the
//! database and back, which is longer than most of its answers take.

mod accounts;
mod activity;
mod beside;
mod frame;
mod handed;
mod kept;
mod members;
mod roster;
mod standing;

use std::collections::HashSet;

use app::domain::period::Period;
use chrono::NaiveDate;
use uuid::Uuid;

use self::{accounts::KeptAccounts, handed::KeptHanded, roster::KeptRosters};
pub use self::{
    activity::{Activity, activities, activity},
    beside::{Beside, beside},
    frame::{Frame, choices, exists, frame, frame_of_page},
    members::Members,
    standing::standing,
};
use super::Tx;

/// What pages keep of the networks between them.
#[derive(Clone, Debug, Default)]
pub struct KeptNetworks {
    rosters: KeptRosters,
    accounts: KeptAccounts,
    handed: KeptHanded,
}

/// The statements received for the months of a period.
pub async fn received(tx: &mut Tx, period: Period) -> Result<HashSet<(Uuid, NaiveDate)>, sqlx::Error> {
    let rows = sqlx::query!("select promeneur_id, month from statement where month = any($1)", &period.months())
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.promeneur_id, row.month)).collect())
}
