//! The ports of a request, handed to Leptos' context for server functions and pages alike.

use std::sync::Arc;

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::{Answer, Identity, Office},
    },
    domain::person::Me,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tokio::sync::OnceCell;

use super::{AppState, limits::refuse};
use crate::{
    auth::{cookie::SessionCookie, token::Token},
    clock,
    db::{
        Db,
        accounts::{self, Holder},
        failed,
    },
};

/// How long after somebody has shown who they are a locked phone may be opened anew for them.
const PROVEN_FOR: TimeDelta = TimeDelta::minutes(15);

/// Who is calling, read once for a request however often it is asked.
pub struct Visitor {
    db: Db,
    token: Option<Token>,
    cookie: SessionCookie,
    me: OnceCell<Option<Me>>,
    confirmed_at: OnceCell<DateTime<Utc>>,
    response: ResponseOptions,
}

impl Visitor {
    /// The visitor of a request.
    pub fn new(state: &AppState, token: Option<Token>, response: ResponseOptions) -> Self {
        let (me, confirmed_at) = (OnceCell::new(), OnceCell::new());
        Self { db: state.db.clone(), token, cookie: state.cookie, me, confirmed_at, response }
    }

    /// One who was asked for already.
    #[must_use]
    pub fn known(self, me: Me) -> Self {
        Self { me: OnceCell::from(Some(me)), ..self }
    }
}

impl Identity for Visitor {
    fn me(&self) -> Answer<'_, Me> {
        Box::pin(async {
            let found = self.me.get_or_try_init(|| async {
                match &self.token {
                    Some(token) => {
                        let holder = accounts::holder_of_session(&self.db, &token.hash()).await.map_err(failed)?;
                        if let Some(cookie) = holder.as_ref().and_then(|holder| prolonging(self.cookie, token, holder))
                        {
                            self.response.append_header(SET_COOKIE, cookie);
                        }
                        if let Some(holder) = &holder {
                            let _ = self.confirmed_at.set(holder.confirmed_at);
                        }
                        Ok::<_, AppError>(holder.map(|holder| holder.me))
                    }
                    None => Ok(None),
                }
            });
            found.await?.clone().ok_or_else(|| ErrorCode::SignedOut.into())
        })
    }

    fn is_proven(&self) -> Answer<'_, bool> {
        Box::pin(async {
            self.me().await?;
            Ok(self.confirmed_at.get().is_some_and(|at| clock::now() - *at < PROVEN_FOR))
        })
    }

    fn sign_out(&self) -> Answer<'_, ()> {
        Box::pin(async {
            match (self.me().await, &self.token) {
                (Ok(me), Some(token)) => {
                    accounts::close_session(&self.db, me.scheme, &token.hash()).await.map_err(failed)?;
                }
                // A session that could not be looked up may live on: that is no sign-out.
                (Err(error), Some(_)) if !error.code.is(ErrorCode::SignedOut) => return Err(error),
                _ => {}
            }
            self.response.insert_header(SET_COOKIE, self.cookie.take());
            Ok(())
        })
    }

    fn status(&self, status: u16) {
        if let Ok(status) = StatusCode::from_u16(status) {
            self.response.set_status(status);
        }
    }
}

/// The cookie again, where its session was prolonged: the browser counts from the day on which it got it.
pub fn prolonging(cookie: SessionCookie, token: &Token, holder: &Holder) -> Option<HeaderValue> {
    let seconds = accounts::session_length(&holder.me.role).num_seconds();
    holder.prolonged.then(|| cookie.give(token, seconds))
}

/// Puts the ports of a request into Leptos' context, with whoever asks where that is known.
pub fn provide_office(state: &AppState, token: Option<Token>, me: Option<Me>) {
    let response = use_context::<ResponseOptions>().unwrap_or_default();
    let desk = Arc::new(state.desk.clone());
    let visitor = Visitor::new(state, token, response);
    let visitor = if let Some(me) = me { visitor.known(me) } else { visitor };
    provide_context(Office { identity: Arc::new(visitor), sync: desk.clone(), locks: desk.clone(), reports: desk });
}

/// Answers a server function.
pub async fn server_function(State(state): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    let known =
        leptos::server_fn::axum::server_fn_paths().any(|(known, method)| known == path && method == request.method());
    if !known {
        return refuse(ErrorCode::NotFound);
    }
    let token = state.cookie.read(request.headers());
    let context = move || provide_office(&state, token, None);
    let response = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR { with_its_status(response).await } else { response }
}

/// Arguments that cannot be read are refused before any function of ours could set a status: the error tells which.
async fn with_its_status(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LARGEST_ERROR).await else { return refuse(ErrorCode::Internal) };
    let error: Option<AppError> = serde_json::from_slice(&bytes).ok();
    if let Some(status) = error.and_then(|error| StatusCode::from_u16(error.status()).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// An error is a code and a sentence.
const LARGEST_ERROR: usize = 64 * 1024;
