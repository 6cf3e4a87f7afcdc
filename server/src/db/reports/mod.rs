//! The figures of a period and a scope, read from the projections in as few questions as they take: each is a way to the
//! database and back, which is longer than most of its answers take.

mod activity;
mod beside;
mod frame;
mod members;
mod standing;

use std::collections::HashSet;

use app::domain::{
    ids::{PromeneurId, StructureId},
    period::Period,
    scope::Scope,
};
use chrono::NaiveDate;
use uuid::Uuid;

pub use self::{
    activity::{Activity, activities, activity},
    beside::{Beside, beside},
    frame::{Frame, choices, exists, frame},
    members::Members,
    standing::standing,
};
use super::Tx;

/// A scope as `scope_member` takes it.
pub(super) fn named(scope: Scope) -> (&'static str, Option<Uuid>) {
    match scope {
        Scope::Network => ("network", None),
        Scope::Territory(id) => ("territory", Some(id.0)),
        Scope::Structure(id) => ("structure", Some(id.0)),
        Scope::Promeneur(id) => ("promeneur", Some(id.0)),
    }
}

/// The statements received for the months of a period.
pub async fn received(tx: &mut Tx, period: Period) -> Result<HashSet<(Uuid, NaiveDate)>, sqlx::Error> {
    let rows = sqlx::query!("select promeneur_id, month from statement where month = any($1)", &period.months())
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.promeneur_id, row.month)).collect())
}

/// What a scope is made of in a period, by name: structures with somebody in them then, or their promeneurs.
pub async fn parts(tx: &mut Tx, scope: Scope, period: Period) -> Result<Vec<Scope>, sqlx::Error> {
    let (name, id) = named(scope);
    match scope {
        Scope::Promeneur(_) => Ok(Vec::new()),
        Scope::Network | Scope::Territory(_) => {
            let ids = sqlx::query_scalar!(
                "select id from structure
                 where ($1 = 'network' or territory_id = $2) and exists (
                     select from affiliation
                     where structure_id = structure.id and from_on <= $4 and (until_on is null or until_on >= $3))
                 order by structure.name, id",
                name,
                id,
                period.first(),
                period.last()
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(ids.into_iter().map(|id| Scope::Structure(StructureId(id))).collect())
        }
        Scope::Structure(_) => {
            let ids = sqlx::query_scalar!(
                r#"select promeneur.id from promeneur
                   where exists (
                       select from scope_member($1, $2) as member
                       where member.promeneur_id = promeneur.id and from_on <= $4 and until_on >= $3)
                   order by promeneur.name, promeneur.id"#,
                name,
                id,
                period.first(),
                period.last()
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(ids.into_iter().map(|id| Scope::Promeneur(PromeneurId(id))).collect())
        }
    }
}

