//! The pages: the phone's constant shell, the static ones, and the office rendered by Leptos.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::{NAMES, OWN, start_of},
    domain::{
        access::{self, Act},
        coded::Code,
        fr,
        person::Me,
    },
    shells::{self, SignInNotice, own::CONFIRM},
};
use axum::{
    Router,
    extract::{FromRequestParts, Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::MethodRouter,
};
use chrono::TimeDelta;
use leptos::{
    nonce::use_nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::ResponseOptions;
use serde::Deserialize;

use super::{
    AppState,
    context::{prolonging, provide_office},
    limits::policy_with,
};
use crate::db::{
    accounts::{self, Holder},
    failed,
};

/// `/`: to where the visitor belongs.
pub async fn home(State(state): State<AppState>, headers: HeaderMap) -> Response {
    match visitor(&state, &headers).await {
        Ok(holder) => {
            let to = holder.as_ref().map_or("/connexion", |holder| start_of(&holder.me.role));
            with_cookie(Redirect::to(to).into_response(), &state, &headers, holder.as_ref())
        }
        Err(response) => response,
    }
}

/// `/app` and everything under it: the shell, the same for everybody.
pub async fn phone(State(state): State<AppState>) -> Response {
    let mut response = ([(header::CACHE_CONTROL, "no-cache")], Html(state.assets.shell.clone())).into_response();
    if let Some(policy) = policy_with(&state.assets.site.ahead.hash) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
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
    let passkeys = state.passkey_site().map(str::to_owned);
    let notice = SignInNotice { error: error.map(|code| fr::spaced(code.label())), login, back, passkeys };
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

/// `/donnees`: what is kept and why, for everybody.
pub async fn data(State(state): State<AppState>) -> Html<String> {
    Html(shells::data::page(&state.assets.site))
}

/// `/plan`: every place of the site, for everybody.
pub async fn plan(State(state): State<AppState>) -> Html<String> {
    Html(shells::plan::page(&state.assets.site))
}

/// Anything else.
pub async fn not_found(State(state): State<AppState>) -> Response {
    (StatusCode::NOT_FOUND, Html(shells::not_found(&state.assets.site))).into_response()
}

/// `/coordination`: server-rendered.
pub async fn dashboard(State(state): State<AppState>, Caller(me): Caller, request: Request) -> Response {
    // A filter that is not known would be one that nobody sees to be missing.
    let asked = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    let unknown = asked.map_or(Some(String::new()), |Query(asked)| {
        asked.into_iter().map(|(name, _)| name).find(|name| !NAMES.contains(&name.as_str()))
    });
    if let Some(name) = unknown {
        return answer(&state, async { Err(AppError::at(ErrorCode::FilterUnknown, &name)) }).await;
    }
    let token = state.cookie.read(request.headers());
    let site = state.assets.site.clone();
    let context = move || {
        provide_context(me.role.clone());
        provide_office(&state, token, Some(me.clone()));
    };
    let page = move || {
        allow_own_scripts();
        shells::office(&site)
    };
    leptos_axum::render_app_async_with_context(context, page)(request).await
}

/// A page: its address, what one must be allowed to do there, and what answers.
pub type Page = (&'static str, Act, fn() -> MethodRouter<AppState>);

/// The routes of some pages, each behind its guard.
pub fn guarded(state: &AppState, pages: &[Page]) -> Router<AppState> {
    pages.iter().fold(Router::new(), |router, (address, act, page)| {
        let guard = middleware::from_fn_with_state((state.clone(), *act), guard);
        router.route(address, page().route_layer(guard))
    })
}

/// An answer, or the page of what went wrong.
pub async fn answer(state: &AppState, answer: impl Future<Output = Result<Response, AppError>>) -> Response {
    answer.await.unwrap_or_else(|error| refused(state, &error))
}

/// A file to keep. It holds what few may read, hence no cache keeps it.
pub fn attachment(kind: &'static str, name: &str, bytes: impl IntoResponse) -> Result<Response, AppError> {
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

/// Whoever asks for a page of the office, let through because they may do what it is for.
#[derive(Clone, Debug)]
pub struct Caller(pub Me);

impl FromRequestParts<AppState> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        // A page that stands outside of the guard is nobody's.
        parts.extensions.get().cloned().ok_or_else(|| refused(state, &ErrorCode::Internal.into()))
    }
}

/// The same with their session.
#[derive(Clone, Debug)]
pub struct Held(pub Holder);

impl FromRequestParts<AppState> for Held {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        parts.extensions.get().cloned().ok_or_else(|| refused(state, &ErrorCode::Internal.into()))
    }
}

/// For how long somebody counts as known for sure after they showed who they are: long enough to fill in a form that was opened
/// just before the end.
fn lasts(method: &Method) -> TimeDelta {
    if *method == Method::GET { TimeDelta::hours(1) } else { TimeDelta::hours(3) }
}

/// Lets those through who may do `act`; everybody else gets an answer that sends them to where they belong.
pub async fn guard(State((state, act)): State<(AppState, Act)>, mut request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let holder = match visitor(&state, &headers).await {
        Ok(holder) => holder,
        Err(response) => return response,
    };
    let Some(holder) = holder else {
        let query = form_urlencoded(&[("retour", &back_to(&request))]);
        return Redirect::to(&format!("/connexion?{query}")).into_response();
    };
    let response = if access::reach(&holder.me.role, act).is_some() {
        if access::needs_proof(act) && !holder.has_shown_within(lasts(request.method())) {
            let query = form_urlencoded(&[("retour", &back_to(&request))]);
            return Redirect::to(&format!("{CONFIRM}?{query}")).into_response();
        }
        request.extensions_mut().insert(Caller(holder.me.clone()));
        request.extensions_mut().insert(Held(holder.clone()));
        next.run(request).await
    } else {
        let start = start_of(&holder.me.role);
        tracing::warn!(account = %holder.me.account, role = holder.me.role.code(), act = act.code(), "a page is not theirs");
        (StatusCode::FORBIDDEN, Html(shells::forbidden(&state.assets.site, start))).into_response()
    };
    with_cookie(response, &state, &headers, Some(&holder))
}

/// Where to go after signing in: the page that was asked for, that of a file, or the place to which a form belongs.
fn back_to(request: &Request) -> String {
    let uri = request.uri();
    if request.method() == Method::GET {
        let (page, file) = uri.path().rsplit_once('/').unwrap_or_default();
        let path = if file.contains('.') { page } else { uri.path() };
        return uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    }
    // What is one's own has one page; the office's forms stand under theirs.
    let is_own = [OWN, CONFIRM].iter().any(|own| uri.path().starts_with(&format!("{own}/")));
    let depth = if is_own { 2 } else { 3 };
    uri.path().split('/').take(depth).collect::<Vec<_>>().join("/")
}

/// An answer with the session's cookie again, where the session was prolonged by the request.
fn with_cookie(mut response: Response, state: &AppState, headers: &HeaderMap, holder: Option<&Holder>) -> Response {
    let cookie = holder.zip(state.cookie.read(headers)).and_then(|(it, token)| prolonging(state.cookie, &token, it));
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Leptos writes what the browser needs to take over the page into inline scripts, each with the page's own nonce.
fn allow_own_scripts() {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    if let Some(policy) = policy_with(&format!("nonce-{nonce}")) {
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
    (status, Html(shells::refused(&state.assets.site, error))).into_response()
}

/// A query string.
pub fn form_urlencoded(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap_or_default()
}
