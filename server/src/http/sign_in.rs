//! Signing in and out by plain forms, so that both work without JavaScript.

use app::api::error::ErrorCode;
use axum::{
    Form,
    extract::State,
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

/// Longest sign-in name and passphrase that are looked at.
const LONGEST: usize = 200;

/// `POST /connexion`.
pub async fn sign_in(State(state): State<AppState>, Form(form): Form<SignIn>) -> Response {
    match try_sign_in(&state, &form).await {
        Ok((to, cookie)) => {
            let mut response = Redirect::to(&to).into_response();
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        Err(code) => {
            use app::domain::coded::Code;
            let login: String = form.identifiant.chars().take(LONGEST).collect();
            let query = [("erreur", code.code()), ("identifiant", &login), ("retour", &form.retour)];
            Redirect::to(&format!("/connexion?{}", pages::form_urlencoded(&query))).into_response()
        }
    }
}

async fn try_sign_in(state: &AppState, form: &SignIn) -> Result<(String, HeaderValue), ErrorCode> {
    let unavailable = |error: sqlx::Error| {
        crate::db::failed(error);
        ErrorCode::Unavailable
    };
    let login = form.identifiant.trim().to_lowercase();
    if login.is_empty() || login.len() > LONGEST || form.phrase.len() > LONGEST {
        return Err(ErrorCode::BadCredentials);
    }
    if accounts::too_many_failures(&state.db, &login).await.map_err(unavailable)? {
        return Err(ErrorCode::TooManyAttempts);
    }
    let found = accounts::credentials(&state.db, &login).await.map_err(unavailable)?;
    let stored = found.as_ref().map(|credentials| credentials.password_hash.clone());
    let matches = password::verify(form.phrase.clone(), stored).await;
    let (Some(found), true) = (found, matches) else {
        accounts::note_failure(&state.db, &login).await.map_err(unavailable)?;
        return Err(ErrorCode::BadCredentials);
    };
    let token = Token::fresh().map_err(|_| ErrorCode::Internal)?;
    let length = accounts::session_length(&found.role);
    accounts::open_session(&state.db, found.scheme, found.account, &token.hash(), clock::now() + length)
        .await
        .map_err(unavailable)?;
    let start = if found.role.is(app::domain::person::Role::Promeneur) { "/app?connecte" } else { "/coordination" };
    let to = if is_local(&form.retour) { form.retour.as_str() } else { start };
    Ok((to.to_owned(), state.cookie.give(&token, length.num_seconds())))
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
            if let Some(me) = accounts::person_of_session(&state.db, &token.hash()).await? {
                accounts::close_session(&state.db, me.scheme, &token.hash()).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        if let Err(error) = closed.await {
            crate::db::failed(error);
            return super::limits::refuse(ErrorCode::Unavailable);
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
