//! The pages: the phone's constant shell, the static ones, and the office rendered by Leptos.

use app::{
    api::error::{AppError, ErrorCode},
    domain::{
        coded::Code,
        fr,
        person::{Me, Role},
    },
    shells::{self, SignInNotice},
};
use axum::{
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::ResponseOptions;
use serde::Deserialize;

use super::{
    AppState,
    context::{prolonging, provide_office},
    limits::CONTENT_SECURITY_POLICY,
};
use crate::db::{
    accounts::{self, Holder},
    failed,
};

/// `/`: to where the visitor belongs.
pub async fn home(State(state): State<AppState>, headers: HeaderMap) -> Response {
    match visitor(&state, &headers).await {
        Ok(holder) => {
            let to = holder.as_ref().map_or("/connexion", |holder| start_of(&holder.me));
            with_cookie(Redirect::to(to).into_response(), &state, &headers, holder.as_ref())
        }
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
    /// Where to go afterwards.
    #[serde(default)]
    retour: String,
}

/// `/connexion`: works without JavaScript.
pub async fn sign_in(State(state): State<AppState>, query: Result<Query<SignInQuery>, QueryRejection>) -> Response {
    // An address that cannot be read asks for nothing in particular.
    let back = query.map(|Query(query)| query.retour).unwrap_or_default();
    sign_in_page(&state, None, String::new(), back)
}

/// The sign-in page, perhaps with what went wrong and what was typed as a name.
pub fn sign_in_page(state: &AppState, error: Option<ErrorCode>, login: String, back: String) -> Response {
    let notice = SignInNotice { error: error.map(|code| fr::spaced(code.label())), login, back };
    let status = StatusCode::from_u16(error.map_or(200, ErrorCode::status)).unwrap_or(StatusCode::OK);
    (status, Html(shells::sign_in(&state.assets.site, &notice))).into_response()
}

/// `/hors-reseau`: what the service worker shows for a page that needs the network.
pub async fn offline(State(state): State<AppState>) -> Html<String> {
    Html(shells::offline(&state.assets.site))
}

/// `/accessibilite`: what holds and what does not, for everybody.
pub async fn accessibility(State(state): State<AppState>) -> Html<String> {
    Html(shells::accessibility::page(&state.assets.site))
}

/// Anything else.
pub async fn not_found(State(state): State<AppState>) -> Response {
    (StatusCode::NOT_FOUND, Html(shells::not_found(&state.assets.site))).into_response()
}

/// `/coordination`: server-rendered, for coordinators.
pub async fn dashboard(State(state): State<AppState>, request: Request) -> Response {
    let back = request.uri().path_and_query().map_or("/coordination", |uri| uri.as_str());
    let holder = match coordinator(&state, request.headers(), back).await {
        Ok(holder) => holder,
        Err(response) => return response,
    };
    let headers = request.headers().clone();
    let token = state.cookie.read(&headers);
    let site = state.assets.site.clone();
    let ports = state.clone();
    let me = holder.me.clone();
    let context = move || provide_office(&ports, token, Some(me.clone()));
    let page = move || {
        allow_own_scripts();
        shells::office(&site)
    };
    let response = leptos_axum::render_app_async_with_context(context, page)(request).await;
    with_cookie(response, &state, &headers, Some(&holder))
}

/// The coordinator who asks for a page; everybody else gets an answer that sends them to where they belong. `back` is
/// where to go after signing in.
pub async fn coordinator(state: &AppState, headers: &HeaderMap, back: &str) -> Result<Holder, Response> {
    match visitor(state, headers).await? {
        Some(holder) if holder.me.role.is(Role::Coordinator) => Ok(holder),
        None => {
            let query = form_urlencoded(&[("retour", back)]);
            Err(Redirect::to(&format!("/connexion?{query}")).into_response())
        }
        holder => {
            let page = (StatusCode::FORBIDDEN, Html(shells::forbidden(&state.assets.site))).into_response();
            Err(with_cookie(page, state, headers, holder.as_ref()))
        }
    }
}

/// An answer with the session's cookie again, where the session was prolonged by the request.
pub fn with_cookie(mut response: Response, state: &AppState, headers: &HeaderMap, holder: Option<&Holder>) -> Response {
    let cookie = holder.zip(state.cookie.read(headers)).and_then(|(it, token)| prolonging(state.cookie, &token, it));
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
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
async fn visitor(state: &AppState, headers: &HeaderMap) -> Result<Option<Holder>, Response> {
    let Some(token) = state.cookie.read(headers) else { return Ok(None) };
    accounts::holder_of_session(&state.db, &token.hash()).await.map_err(|error| refused(state, &failed(error)))
}

/// An error as a page.
pub fn refused(state: &AppState, error: &AppError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    (status, Html(shells::unavailable(&state.assets.site, &fr::spaced(&error.sentence)))).into_response()
}

/// A query string.
pub fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
