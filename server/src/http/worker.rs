//! The service worker's script: always asked for again, so that an update is noticed.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::AppState;

/// `/sw.js`.
pub async fn script(State(state): State<AppState>) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, state.assets.worker.clone()).into_response()
}
