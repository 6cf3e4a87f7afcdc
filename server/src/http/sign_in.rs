//! Signing in and out by plain forms, so that both work without JavaScript.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::{OWN, start_of},
    domain::{
        coded::{Code, Coded},
        ids::{AccountId, SchemeId},
        person::Role,
    },
};
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, client::Client, pages};
use crate::{
    auth::{
        password,
        token::{Token, hex},
    },
    clock,
    db::accounts,
};

/// What the sign-in form sends. No `Debug`: it holds a passphrase.
#[derive(Deserialize)]
pub struct SignIn {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    phrase: String,
    #[serde(default)]
    retour: String,
}

/// Longest sign-in name that is looked at.
pub(super) const LONGEST: usize = 200;

/// `POST /connexion`. What was typed goes back in the page and never in an address, which histories and logs keep.
pub async fn sign_in(
    State(state): State<AppState>,
    client: Client,
    form: Result<Form<SignIn>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return pages::sign_in_page(&state, Some(ErrorCode::Malformed), String::new(), String::new());
    };
    match try_sign_in(&state, &client, &form).await {
        Ok(entry) => entered(entry),
        Err(code) => {
            // Neither the name nor the address: by the account that is named, an operator would have to look at it.
            tracing::warn!(code = code.code(), known_browser = client.browser.is_some(), "sign-in refused");
            let login: String = form.identifiant.chars().take(LONGEST).collect();
            pages::sign_in_page(&state, Some(code), login, form.retour)
        }
    }
}

/// Where somebody goes who is let in, and the cookies that they get.
pub(super) struct Entry {
    pub(super) to: String,
    cookies: [HeaderValue; 2],
}

impl Entry {
    /// Gives the cookies with an answer.
    pub(super) fn give(self, response: &mut Response) {
        for cookie in self.cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}

/// The answer to somebody who is let in.
pub(super) fn entered(entry: Entry) -> Response {
    let mut response = Redirect::to(&entry.to).into_response();
    entry.give(&mut response);
    response
}

/// Signs in with a name and a passphrase, as the form does.
pub(super) async fn by_passphrase(
    state: &AppState,
    client: &Client,
    login: &str,
    phrase: &str,
) -> Result<Entry, ErrorCode> {
    let form = SignIn { identifiant: login.to_owned(), phrase: phrase.to_owned(), retour: String::new() };
    try_sign_in(state, client, &form).await
}

async fn try_sign_in(state: &AppState, client: &Client, form: &SignIn) -> Result<Entry, ErrorCode> {
    let unavailable = |error: sqlx::Error| {
        crate::db::failed(error);
        ErrorCode::Unavailable
    };
    let login = form.identifiant.trim().to_lowercase();
    let readable = !login.is_empty() && login.len() <= LONGEST && !login.contains(char::is_control);
    if !readable || form.phrase.len() > password::LONGEST {
        return Err(ErrorCode::BadCredentials);
    }
    let found = accounts::credentials(&state.db, &login).await.map_err(unavailable)?;
    let known = match &client.browser {
        Some(token) => {
            let (hash, account) = (token.hash(), found.as_ref().map(|found| found.account));
            let is_known = accounts::knows_browser(&state.db, &hash, account).await.map_err(unavailable)?;
            is_known.then(|| hex(&hash))
        }
        None => None,
    };
    let origin = client.origin(known.as_deref());
    if !accounts::may_try(&state.db, &login, origin).await.map_err(unavailable)? {
        return Err(ErrorCode::TooManyAttempts);
    }
    // The same work for a name that nobody has, so that time tells nothing.
    let stored = found.as_ref().map_or_else(|| password::decoy(&login), |found| found.password_hash.clone());
    let matches = password::verify(form.phrase.clone(), stored).await.map_err(|_| ErrorCode::Unavailable)?;
    let (Some(found), true) = (found, matches) else { return Err(ErrorCode::BadCredentials) };
    accounts::forget_attempts(&state.db, &login, origin).await.map_err(unavailable)?;
    let back = Some(form.retour.as_str()).filter(|address| is_local(address));
    open(state, client, (found.scheme, found.account), &found.role, back)
        .await
        .map_err(|error| error.code.known().unwrap_or(ErrorCode::Unavailable))
}

/// Opens a session for whoever has shown who they are; to where they go now, and the cookies that they get.
pub(super) async fn open(
    state: &AppState,
    client: &Client,
    (scheme, account): (SchemeId, AccountId),
    role: &Coded<Role>,
    back: Option<&str>,
) -> Result<Entry, AppError> {
    let fresh = || Token::fresh().map_err(|_| AppError::new(ErrorCode::Internal));
    let (token, browser) = (fresh()?, client.browser.map_or_else(fresh, Ok)?);
    let length = accounts::session_length(role);
    let until = clock::now() + length;
    accounts::open_session(&state.db, scheme, account, &token.hash(), until, &client.agent)
        .await
        .map_err(crate::db::failed)?;
    // Whoever signs in anew in a browser leaves no session behind that nobody holds any more.
    if let Some(before) = &client.session {
        accounts::close_session_of(&state.db, &before.hash()).await.map_err(crate::db::failed)?;
    }
    accounts::know_browser(&state.db, scheme, account, &browser.hash()).await.map_err(crate::db::failed)?;
    tracing::info!(%account, "signed in");
    let to =
        if role.is(Role::Promeneur) && !back.is_some_and(|back| back == OWN || back.starts_with(&format!("{OWN}?"))) {
            // The phone opens the notebook of whom the address names, and of nobody else who used it before; each sign-in
            // has a number, so that an address of the history does not sign anybody in again.
            let screen = back.and_then(|address| address.split(['?', '#']).next()).filter(|path| is_of_phone(path));
            format!("{}?connecte={account}.{}", screen.unwrap_or("/app"), clock::fresh_id())
        } else {
            back.unwrap_or_else(|| start_of(role)).to_owned()
        };
    let cookies = [state.cookie.give(&token, length.num_seconds()), state.cookie.give_browser(&browser)];
    Ok(Entry { to, cookies })
}

fn is_of_phone(path: &str) -> bool {
    path == "/app" || path.starts_with("/app/")
}

/// Whether an address is one of ours: never another site's, however it is written.
pub(super) fn is_local(address: &str) -> bool {
    let mut characters = address.chars();
    characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && address.chars().all(|c| !c.is_control() && c != '\\')
        && address.len() <= 500
}

/// `POST /deconnexion`.
pub async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if let Some(token) = state.cookie.read(&headers)
        && let Err(error) = accounts::close_session_of(&state.db, &token.hash()).await
    {
        return pages::refused(&state, &crate::db::failed(error));
    }
    let mut response = Redirect::to("/connexion").into_response();
    response.headers_mut().insert(header::SET_COOKIE, state.cookie.take());
    response
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_our_own_addresses_are_gone_back_to() {
        assert!(is_local("/coordination?periode=2026"));
        assert!(is_local("/app"));
        for foreign in ["", "https://a.fr", "//a.fr", "/\\a.fr", "a", "/a\nb", "/\t/a.fr"] {
            assert!(!is_local(foreign), "{foreign:?}");
        }
    }
}
