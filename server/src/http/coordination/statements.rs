//! « Relevés »: the monthly statements.

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
        report::{Dashboard, choice_of},
    },
    coordination::{address::STATEMENTS, needs::Needs},
    domain::{period::Period, scope::Scope},
    shells,
};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, answer, html, unknown_filter};
use crate::{
    db::{failed, statements},
    waiting::Days,
};

/// `GET /coordination/releves`: those of the month that ended last, which are the ones one waits for.
pub(super) async fn last_month(State(state): State<AppState>, Caller(me): Caller) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        tx.commit().await.map_err(failed)?;
        let month = Period::month_of(today).before();
        Ok(Redirect::to(&format!("{STATEMENTS}/{month}")).into_response())
    })
    .await
}

/// `GET /coordination/releves/{month}`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(month): Path<String>,
    asked: Result<Query<Nothing>, QueryRejection>,
) -> Response {
    answer(&state, async {
        asked.map_err(unknown_filter)?;
        let Ok(period @ Period::Month(..)) = month.parse() else {
            return Err(AppError::at(ErrorCode::PeriodMalformed, "month"));
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let statements = statements::of_month(&mut tx, period.first(), today).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(html(shells::desk::statements(state.desk_of(&me), statements)))
    })
    .await
}

/// A month is named by its path, and is of the whole network.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    periode: Option<String>,
}

/// `GET /coordination/besoins`: of the year, unless another period is asked for.
pub(super) async fn needs(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (period, _) = choice_of(asked.periode, None)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let period = period.unwrap_or_else(|| Period::civil_year_of(today));
        let said = statements::said(&mut tx, period, Scope::Network).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let Dashboard { completeness, words_are_gone, .. } =
            state.desk.dashboard(&me, Some(period), Scope::Network).await?;
        let needs = Needs { period, today, said, completeness, words_are_gone };
        Ok(html(shells::desk::needs(state.desk_of(&me), needs)))
    })
    .await
}
