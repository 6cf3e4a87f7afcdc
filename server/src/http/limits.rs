//! What is refused before anybody looks at it: bodies that are too large, requests of other sites, panics.

use std::any::Any;

use app::{
    api::error::{AppError, ErrorCode},
    sync::messages::MOST_BYTES_ON_ROUTE,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{AppState, pages};

/// Nothing but our own files; wasm may be compiled, nothing may be evaluated.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The same for a page that runs scripts of its own: those that `source` names, by a nonce or by what they are.
pub fn policy_with(source: &str) -> Option<HeaderValue> {
    let policy = CONTENT_SECURITY_POLICY.replacen("script-src", &format!("script-src '{source}'"), 1);
    HeaderValue::from_str(&policy).ok()
}

/// An error as the answer of a route.
pub fn refuse(error: impl Into<AppError>) -> Response {
    let error: AppError = error.into();
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_string(&error).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

/// Reads a body of at most [`MOST_BYTES_ON_ROUTE`], also one that does not say its length and one that was packed.
pub async fn limit_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let announced =
        parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > MOST_BYTES_ON_ROUTE) {
        return refuse(ErrorCode::TooLarge);
    }
    match to_bytes(body, MOST_BYTES_ON_ROUTE).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) if is_length_limit(&error) => refuse(ErrorCode::TooLarge),
        Err(_) => refuse(ErrorCode::Malformed),
    }
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Refuses what another site makes a browser send: by fetch metadata, and by origin where a browser has none.
pub async fn same_site_only(request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && !is_same_site(request.headers()) {
        return refuse(ErrorCode::CrossSite);
    }
    next.run(request).await
}

fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin" || site == "none",
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, authority)| authority == host),
            (Some(_), None) => false,
            // Neither: no browser of the last years, so no cookie that another site could misuse.
            (None, _) => true,
        },
    }
}

/// Takes what only says what a page may do from the answers to messages of a program: a phone pays for it with every
/// round, and nothing that was posted is ever shown as a page but a form, which is HTML.
pub async fn spare_programs(request: Request, next: Next) -> Response {
    let is_message = *request.method() == Method::POST;
    let mut response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).map_or(&[][..], header::HeaderValue::as_bytes);
    if is_message && kind.starts_with(b"application/json") {
        for name in [
            header::CONTENT_SECURITY_POLICY,
            header::REFERRER_POLICY,
            HeaderName::from_static("permissions-policy"),
            HeaderName::from_static("cross-origin-opener-policy"),
        ] {
            response.headers_mut().remove(name);
        }
    }
    response
}

/// Gives every refusal of the libraries below us a code and a French sentence: an envelope to programs, a page to people.
pub async fn speak(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (to_program, to_watchman) = (path.starts_with("/api/"), matches!(path, "/healthz" | "/readyz"));
    let response = next.run(request).await;
    let status = response.status();
    let bare = status.is_client_error() || status.is_server_error();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    if !bare || to_watchman || kind.starts_with("application/json") || kind.starts_with("text/html") {
        return response;
    }
    let code = match status.as_u16() {
        404 => ErrorCode::NotFound,
        405 => ErrorCode::MethodNotAllowed,
        413 => ErrorCode::TooLarge,
        408 | 504 => ErrorCode::Timeout,
        429 => ErrorCode::TooManyRequests,
        503 => ErrorCode::Unavailable,
        400..500 => ErrorCode::Malformed,
        _ => ErrorCode::Internal,
    };
    let mut spoken = if to_program { refuse(code) } else { pages::refused(&state, &code.into()) };
    *spoken.status_mut() = status;
    for name in [header::ALLOW, header::CACHE_CONTROL, header::RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            spoken.headers_mut().entry(name).or_insert(value.clone());
        }
    }
    spoken
}

/// The answer to a panic: the same envelope, without its text.
#[expect(clippy::needless_pass_by_value, reason = "what CatchPanicLayer calls")]
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    tracing::error!(cause = text.unwrap_or("unknown"), "panic");
    refuse(ErrorCode::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_change_things() {
        assert!(is_same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "cross-site"), ("host", "a"), ("origin", "http://a")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_same_site(&headers(&[("origin", "https://a.fr"), ("host", "a.fr")])));
        assert!(!is_same_site(&headers(&[("origin", "https://b.fr"), ("host", "a.fr")])));
        assert!(!is_same_site(&headers(&[("origin", "null"), ("host", "a.fr")])));
        assert!(is_same_site(&headers(&[("host", "a.fr")])));
    }
}
