//! `/coordination/tableau.csv`: the dashboard as a file.

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
        report::choice_of,
    },
    coordination::{address::HOME, export},
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{AppState, for_coordinator};

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
        let Query(asked) = query.map_err(|_| AppError::new(ErrorCode::Malformed))?;
        let (period, scope) = choice_of(asked.periode, asked.perimetre)?;
        let dashboard = state.desk.dashboard(&me, period, scope).await?;
        // The name is made of a period and fixed words.
        let name = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", export::name(&dashboard)))
            .map_err(|_| AppError::new(ErrorCode::Internal))?;
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], export::file(&dashboard))
            .into_response())
    })
    .await
}
