//! « Relevés »: the monthly statements.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::STATEMENTS,
    domain::period::Period,
    shells,
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};

use super::{AppState, for_coordinator, html};
use crate::{
    db::{failed, statements},
    waiting::Days,
};

/// `GET /coordination/releves`: those of the month that ended last, which are the ones one waits for.
pub(super) async fn last_month(State(state): State<AppState>, headers: HeaderMap) -> Response {
    for_coordinator(&state, &headers, STATEMENTS, async |me| {
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        tx.commit().await.map_err(failed)?;
        let month = Period::month_of(today).before();
        Ok(Redirect::to(&format!("{STATEMENTS}/{month}")).into_response())
    })
    .await
}

/// `GET /coordination/releves/{month}`.
pub(super) async fn page(State(state): State<AppState>, headers: HeaderMap, Path(month): Path<String>) -> Response {
    let back = format!("{STATEMENTS}/{month}");
    for_coordinator(&state, &headers, &back, async |me| {
        let Ok(period @ Period::Month(..)) = month.parse() else {
            return Err(AppError::at(ErrorCode::PeriodMalformed, "month"));
        };
        let mut tx = state.db.of(me.scheme).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let statements = statements::of_month(&mut tx, period.first(), today).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(html(shells::desk::statements(&state.assets.site, statements)))
    })
    .await
}
