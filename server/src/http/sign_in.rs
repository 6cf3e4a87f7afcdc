//! Signing in and out by plain forms, so that both work without JavaScript.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::start_of,
    domain::{
        coded::Coded,
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

use super::{AppState, pages};
use crate::{
    auth::{password, token::Token},
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
pub async fn sign_in(State(state): State<AppState>, form: Result<Form<SignIn>, FormRejection>) -> Response {
    let Ok(Form(form)) = form else {
        return pages::sign_in_page(&state, Some(ErrorCode::Malformed), String::new(), String::new());
    };
    match try_sign_in(&state, &form).await {
        Ok(entry) => entered(entry),
        Err(code) => {
            let login: String = form.identifiant.chars().take(LONGEST).collect();
            pages::sign_in_page(&state, Some(code), login, form.retour)
        }
    }
}

/// Where somebody goes who is let in, and the cookie that they get.
pub(super) type Entry = (String, HeaderValue);

/// The answer to somebody who is let in.
pub(super) fn entered((to, cookie): Entry) -> Response {
    let mut response = Redirect::to(&to).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// Signs in with a name and a passphrase, as the form does.
pub(super) async fn by_passphrase(state: &AppState, login: &str, phrase: &str) -> Result<Entry, ErrorCode> {
    let form = SignIn { identifiant: login.to_owned(), phrase: phrase.to_owned(), retour: String::new() };
    try_sign_in(state, &form).await
}

async fn try_sign_in(state: &AppState, form: &SignIn) -> Result<Entry, ErrorCode> {
    let unavailable = |error: sqlx::Error| {
        crate::db::failed(error);
        ErrorCode::Unavailable
    };
    let login = form.identifiant.trim().to_lowercase();
    let readable = !login.is_empty() && login.len() <= LONGEST && !login.contains(char::is_control);
    if !readable || form.phrase.len() > password::LONGEST {
        return Err(ErrorCode::BadCredentials);
    }
    if !accounts::may_try(&state.db, &login).await.map_err(unavailable)? {
        return Err(ErrorCode::TooManyAttempts);
    }
    let found = accounts::credentials(&state.db, &login).await.map_err(unavailable)?;
    let stored = found.as_ref().map(|credentials| credentials.password_hash.clone());
    let matches = password::verify(form.phrase.clone(), stored).await.map_err(|_| ErrorCode::Unavailable)?;
    let (Some(found), true) = (found, matches) else { return Err(ErrorCode::BadCredentials) };
    accounts::forget_attempts(&state.db, &login).await.map_err(unavailable)?;
    let back = Some(form.retour.as_str()).filter(|address| is_local(address));
    open(state, found.scheme, found.account, &found.role, back)
        .await
        .map_err(|error| error.code.known().unwrap_or(ErrorCode::Unavailable))
}

/// Opens a session for whoever has shown who they are; to where they go now, and the cookie that they get.
pub(super) async fn open(
    state: &AppState,
    scheme: SchemeId,
    account: AccountId,
    role: &Coded<Role>,
    back: Option<&str>,
) -> Result<Entry, AppError> {
    let token = Token::fresh().map_err(|_| AppError::new(ErrorCode::Internal))?;
    let length = accounts::session_length(role);
    accounts::open_session(&state.db, scheme, account, &token.hash(), clock::now() + length)
        .await
        .map_err(crate::db::failed)?;
    let to = if role.is(Role::Promeneur) {
        // The phone opens the notebook of whom the address names, and of nobody else who used it before; each sign-in
        // has a number, so that an address of the history does not sign anybody in again.
        let screen = back.and_then(|address| address.split(['?', '#']).next()).filter(|path| is_of_phone(path));
        format!("{}?connecte={account}.{}", screen.unwrap_or("/app"), clock::fresh_id())
    } else {
        back.unwrap_or_else(|| start_of(role)).to_owned()
    };
    Ok((to, state.cookie.give(&token, length.num_seconds())))
}

fn is_of_phone(path: &str) -> bool {
    path == "/app" || path.starts_with("/app/")
}

/// Whether an address is one of ours: never another site's, however it is written.
fn is_local(address: &str) -> bool {
    let mut characters = address.chars();
    characters.next() == Some('/')
        && !matches!(characters.next(), Some('/' | '\\'))
        && address.chars().all(|c| !c.is_control() && c != '\\')
        && address.len() <= 500
}

/// `POST /deconnexion`.
pub async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if let Some(token) = state.cookie.read(&headers) {
        let closed = async {
            if let Some(holder) = accounts::holder_of_session(&state.db, &token.hash()).await? {
                accounts::close_session(&state.db, holder.me.scheme, &token.hash()).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        if let Err(error) = closed.await {
            return pages::refused(&state, &crate::db::failed(error));
        }
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
