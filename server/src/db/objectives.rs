//! What a network, a territory or a structure sets out to reach.

use app::domain::{
    coded::Code,
    ids::SchemeId,
    objective::{Aim, Objective},
    period::Period,
    scope::Scope,
};

use super::Tx;

/// The objectives of a period and scope.
pub async fn list(tx: &mut Tx, period: Period, scope: Scope) -> Result<Vec<Objective>, sqlx::Error> {
    sqlx::query_as!(
        Objective,
        "select aim, value from objective where period = $1 and scope = $2 order by aim",
        period.to_string(),
        scope.to_string()
    )
    .fetch_all(&mut **tx)
    .await
}

/// Sets one, or takes it away.
pub async fn set(
    tx: &mut Tx,
    network: SchemeId,
    period: Period,
    scope: Scope,
    aim: Aim,
    value: Option<i64>,
) -> Result<(), sqlx::Error> {
    let (period, scope) = (period.to_string(), scope.to_string());
    let Some(value) = value else {
        sqlx::query!("delete from objective where period = $1 and scope = $2 and aim = $3", period, scope, aim.code())
            .execute(&mut **tx)
            .await?;
        return Ok(());
    };
    sqlx::query!(
        "insert into objective (network_id, period, scope, aim, value) values ($1, $2, $3, $4, $5)
         on conflict (network_id, period, scope, aim) do update set value = excluded.value",
        network.0,
        period,
        scope,
        aim.code(),
        value
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
