//! `/coordination/tableau.csv`: the dashboard as a file.

use app::{
    api::{office::Reports, report::choice_of},
    coordination::{address::HOME, export},
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;

use super::{AppState, attachment, for_coordinator, malformed};

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    periode: Option<String>,
    perimetre: Option<String>,
}

/// The file of a period and a scope.
pub(super) async fn file(
    State(state): State<AppState>,
    headers: HeaderMap,
    query: Result<Query<Asked>, QueryRejection>,
) -> Response {
    for_coordinator(&state, &headers, HOME, async |me| {
        let Query(asked) = query.map_err(malformed)?;
        let (period, scope) = choice_of(asked.periode, asked.perimetre)?;
        let dashboard = state.desk.dashboard(&me, period, scope).await?;
        attachment("text/csv; charset=utf-8", &export::name(&dashboard), export::file(&dashboard))
    })
    .await
}
