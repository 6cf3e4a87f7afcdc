//! The pages: the phone's constant shell, the static ones, and the office rendered by Leptos.

use app::{
    api::error::ErrorCode,
    domain::{
        coded::Code,
        person::{Me, Role},
    },
    shells::{self, SignInNotice},
};
use axum::{
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;
use serde::Deserialize;

use super::{AppState, context::provide_office, limits::CONTENT_SECURITY_POLICY};
use crate::db::{accounts, failed};

/// `/`: to where the visitor belongs.
pub async fn home(State(state): State<AppState>, headers: HeaderMap) -> Response {
    match visitor(&state, &headers).await {
        Ok(me) => Redirect::to(me.as_ref().map_or("/connexion", start_of)).into_response(),
        Err(response) => response,
    }
}

/// Where a person's own screens begin.
pub fn start_of(me: &Me) -> &'static str {
    if me.role.is(Role::Promeneur) { "/app" } else { "/coordination" }
}

/// `/app` and everything under it: the shell, the same for everybody.
pub async fn phone(State(state): State<AppState>) -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Html(state.assets.shell.clone())).into_response()
}

/// What the sign-in page may be told by its address.
#[derive(Debug, Default, Deserialize)]
pub struct SignInQuery {
    /// The stable code of what went wrong.
    #[serde(default)]
    erreur: String,
    /// What was typed as a name.
    #[serde(default)]
    identifiant: String,
    /// Where to go afterwards.
    #[serde(default)]
    retour: String,
}

/// `/connexion`: works without JavaScript.
pub async fn sign_in(State(state): State<AppState>, Query(query): Query<SignInQuery>) -> Response {
    let error = ErrorCode::from_code(&query.erreur);
    let notice =
        SignInNotice { error: error.map(|code| code.label().to_owned()), login: query.identifiant, back: query.retour };
    let status = error.map_or(200, ErrorCode::status);
    let page = Html(shells::sign_in(&state.assets.site, &notice));
    (StatusCode::from_u16(status).unwrap_or(StatusCode::OK), page).into_response()
}

/// `/hors-reseau`: what the service worker shows for a page that needs the network.
pub async fn offline(State(state): State<AppState>) -> Html<String> {
    Html(shells::offline(&state.assets.site))
}

/// Anything else.
pub async fn not_found(State(state): State<AppState>) -> Response {
    (StatusCode::NOT_FOUND, Html(shells::not_found(&state.assets.site))).into_response()
}

/// `/coordination`: server-rendered, for coordinators.
pub async fn dashboard(State(state): State<AppState>, request: Request) -> Response {
    let me = match visitor(&state, request.headers()).await {
        Ok(me) => me,
        Err(response) => return response,
    };
    match me {
        None => {
            let back = request.uri().path_and_query().map_or("/coordination", |uri| uri.as_str());
            let query = form_urlencoded(&[("retour", back)]);
            return Redirect::to(&format!("/connexion?{query}")).into_response();
        }
        Some(me) if !me.role.is(Role::Coordinator) => {
            let page = Html(shells::forbidden(&state.assets.site));
            return (StatusCode::FORBIDDEN, page).into_response();
        }
        Some(_) => {}
    }
    let token = state.cookie.read(request.headers());
    let site = state.assets.site.clone();
    let context = move || provide_office(&state, token);
    let page = move || {
        allow_own_scripts();
        shells::office(&site)
    };
    leptos_axum::render_app_async_with_context(context, page)(request).await
}

/// Leptos writes what the browser needs to take over the page into inline scripts, each with the page's own nonce.
fn allow_own_scripts() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    let policy = CONTENT_SECURITY_POLICY.replace("script-src 'self'", &format!("script-src 'self' 'nonce-{nonce}'"));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// The signed-in visitor, or an answer that says why it could not be known.
async fn visitor(state: &AppState, headers: &HeaderMap) -> Result<Option<Me>, Response> {
    let Some(token) = state.cookie.read(headers) else { return Ok(None) };
    accounts::person_of_session(&state.db, &token.hash()).await.map_err(|error| {
        let error = failed(error);
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        (status, Html(shells::unavailable(&state.assets.site, &error.sentence))).into_response()
    })
}

/// A query string.
pub fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
