//! `/coordination/tableau.csv`: the dashboard as a file.

use app::{
    api::{error::ErrorCode, office::Reports, report::choice_of},
    coordination::export,
    domain::access::{self, Act},
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use serde::Deserialize;

use super::{AppState, Caller, Export, answer, attachment, leaves, unknown_filter};

/// What the address asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    periode: Option<String>,
    perimetre: Option<String>,
}

/// The file of a period and a scope.
pub(super) async fn file(
    State(state): State<AppState>,
    Caller(me): Caller,
    query: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = query.map_err(unknown_filter)?;
        let (period, asked) = choice_of(asked.periode, asked.perimetre)?;
        let scope = access::scope_of(&me, Act::Figures, asked).ok_or(ErrorCode::Forbidden)?;
        let dashboard = state.desk.dashboard(&me, period, scope).await?;
        let key = format!("{} {}", dashboard.period, dashboard.scope);
        leaves(&state, &me, Export::Dashboard, &key).await?;
        attachment("text/csv; charset=utf-8", &export::name(&dashboard), export::file(&dashboard))
    })
    .await
}
