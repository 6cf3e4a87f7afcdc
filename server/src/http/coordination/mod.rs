//! The coordinator's pages that are plain HTML and plain forms: they work without JavaScript. What other sites send is
//! refused before it comes here (`limits::same_site_only`).

mod bilans;
mod export;
mod helplines;
mod imports;
mod keys;
mod objectives;
mod phones;
mod rescue;
mod statements;
mod to_check;

use app::{
    api::error::{AppError, ErrorCode},
    domain::person::Me,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};

use super::{AppState, pages};

/// Their routes.
pub fn routes() -> Router<AppState> {
    let rescue = get(rescue::page).post(rescue::import).layer(DefaultBodyLimit::max(rescue::LARGEST_FORM));
    let spreadsheets = get(imports::all).post(imports::bring).layer(DefaultBodyLimit::max(imports::LARGEST_FORM));
    Router::new()
        .route("/coordination/tableau.csv", get(export::file))
        .route("/coordination/releves", get(statements::last_month))
        .route("/coordination/releves/{month}", get(statements::page))
        .route("/coordination/objectifs", get(objectives::page).post(objectives::set))
        .route("/coordination/cles", get(keys::page).post(keys::give))
        .route("/coordination/cles/{id}/retirer", post(keys::revoke))
        .route("/coordination/besoins", get(statements::needs))
        .route("/coordination/telephones", get(phones::page))
        .route("/coordination/telephones/{id}/retirer", get(phones::confirm).post(phones::withdraw))
        .route("/coordination/a-verifier", get(to_check::page))
        .route("/coordination/a-verifier/tout-accepter", post(to_check::accept_all))
        .route("/coordination/a-verifier/{op}/accepter", post(to_check::accept))
        .route("/coordination/a-verifier/{op}/corriger", get(to_check::correct_page).post(to_check::correct))
        .route("/coordination/a-verifier/{op}/demander", get(to_check::ask_page).post(to_check::ask))
        .route("/coordination/a-verifier/{op}/ecarter", get(to_check::drop_page).post(to_check::set_aside))
        .route("/coordination/numeros", get(helplines::page).post(helplines::put))
        .route("/coordination/numeros/retirer", post(helplines::remove))
        .route("/coordination/bilans", get(bilans::all))
        .route("/coordination/bilans/seuil", post(bilans::set_threshold))
        .route("/coordination/bilans/ecrire", get(bilans::write))
        .route("/coordination/bilans/ecrire/{file}", get(bilans::draft_file))
        .route("/coordination/bilans/texte", post(bilans::keep_text))
        .route("/coordination/bilans/publier", post(bilans::publish))
        .route("/coordination/bilans/{id}", get(bilans::version))
        .route("/coordination/bilans/{id}/{file}", get(bilans::version_file))
        .route("/coordination/import", spreadsheets)
        .route("/coordination/import/{id}", get(imports::preview).post(imports::say))
        .route("/coordination/import/{id}/importer", post(imports::take))
        .route("/coordination/import/{id}/abandonner", post(imports::abandon))
        .route("/coordination/import/{id}/retirer", get(imports::confirm).post(imports::undo))
        .route("/coordination/fichier-de-secours", rescue)
}

/// Answers the coordinator; everybody else is sent to where they belong.
async fn for_coordinator(
    state: &AppState,
    headers: &HeaderMap,
    back: &str,
    answer: impl AsyncFnOnce(Me) -> Result<Response, AppError>,
) -> Response {
    let holder = match pages::coordinator(state, headers, back).await {
        Ok(holder) => holder,
        Err(response) => return response,
    };
    let response = answer(holder.me.clone()).await.unwrap_or_else(|error| pages::refused(state, &error));
    pages::with_cookie(response, state, headers, Some(&holder))
}

/// A query or a form that could not be read.
fn malformed<T>(_: T) -> AppError {
    AppError::new(ErrorCode::Malformed)
}

/// A file to keep. It holds what only the coordination reads, hence no cache keeps it.
fn attachment(kind: &'static str, name: &str, bytes: impl IntoResponse) -> Result<Response, AppError> {
    // The names are ours: fixed words and numbers.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| AppError::new(ErrorCode::Internal))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A page of ours.
fn html(text: String) -> Response {
    Html(text).into_response()
}
