//! `/invitation/{token}`: a link that opens once, at the end of which somebody has an account, or a passphrase again.

use std::fmt::Write;

use app::{
    api::error::{AppError, ErrorCode},
    domain::coded::Code,
    shells::{
        self,
        invitation::{InvitationFault, Welcome},
    },
};
use axum::{
    Form,
    extract::{Path, State, rejection::FormRejection},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use qrcode::{Color, EcLevel, QrCode};
use serde::Deserialize;

use super::{AppState, client::Client, pages, sign_in};
use crate::{
    auth::{
        password::{self, PasswordFault},
        token::Token,
    },
    db::{
        accounts::{self, Origin},
        act_as, breaks, failed,
        invitations::{self, Invitee, Opened},
        people,
    },
};

/// The address of a link.
pub fn link_of(state: &AppState, headers: &HeaderMap, token: &Token) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = if state.cookie.https { "https" } else { "http" };
    let origin = state.public_url.clone().filter(|url| !url.is_empty()).unwrap_or_else(|| format!("{scheme}://{host}"));
    format!("{}/invitation/{}", origin.trim_end_matches('/'), token.text())
}

/// A text as a code that cameras read: the outline of its dark cells, and how many cells wide it is.
pub fn outline_of(text: &str) -> Option<(String, usize)> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let cells = code.to_colors();
    let dark = cells.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
    let mut outline = String::new();
    for (at, _) in dark {
        // Writing to a String cannot fail.
        let _ = write!(outline, "M{} {}h1v1h-1z", at % width, at / width);
    }
    Some((outline, width))
}

/// What the form sends. No `Debug`: it holds a passphrase.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    identifiant: String,
    #[serde(default)]
    phrase: String,
}

async fn found(state: &AppState, token: &str) -> Result<Option<Opened>, AppError> {
    match Token::parse(token) {
        Some(token) => invitations::opened(&state.db, &token.hash()).await.map_err(failed),
        None => Ok(None),
    }
}

fn shown(state: &AppState, opened: &Opened, login: String, fault: Option<InvitationFault>) -> Response {
    let welcome = Welcome {
        network: opened.scheme_name.clone(),
        name: opened.name.clone(),
        role: opened.invitee.role().label(),
        is_recovery: opened.invitee.is_recovery(),
        login: opened.login.clone().unwrap_or(login),
        fault,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, Html(shells::invitation::page(&state.assets.site, &welcome))).into_response()
}

/// Used, taken back, outlived or never made: the answer is the same.
fn gone(state: &AppState) -> Response {
    (StatusCode::NOT_FOUND, Html(shells::invitation::gone(&state.assets.site))).into_response()
}

/// `GET /invitation/{token}`.
pub(super) async fn page(State(state): State<AppState>, Path(token): Path<String>) -> Response {
    match found(&state, &token).await {
        Ok(Some(opened)) => shown(&state, &opened, String::new(), None),
        Ok(None) => gone(&state),
        Err(error) => pages::refused(&state, &error),
    }
}

/// `POST /invitation/{token}`.
pub(super) async fn accept(
    State(state): State<AppState>,
    client: Client,
    Path(token): Path<String>,
    form: Result<Form<Chosen>, FormRejection>,
) -> Response {
    let Form(chosen) = form.unwrap_or_default();
    match try_accept(&state, &client, &token, chosen).await {
        Ok(response) => response,
        Err(error) => pages::refused(&state, &error),
    }
}

async fn try_accept(state: &AppState, client: &Client, token: &str, chosen: Chosen) -> Result<Response, AppError> {
    let Some(opened) = found(state, token).await? else { return Ok(gone_or_in(state, client, chosen).await) };
    let Chosen { identifiant, phrase } = chosen.clone();
    let login = identifiant.trim().to_lowercase();
    let refuse = |fault| Ok(shown(state, &opened, login.clone(), Some(fault)));
    let known = opened.login.clone();
    let is_readable = !login.is_empty()
        && login.len() <= sign_in::LONGEST
        && !login.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    if known.is_none() && !is_readable {
        return refuse(InvitationFault::Login);
    }
    let counted = accounts::apart("invitation", opened.id.0);
    // Names that are taken can be guessed here by whoever holds a link: a few times, not a thousand.
    if !accounts::may_try(&state.db, &counted, Origin::NOWHERE).await.map_err(failed)? {
        return refuse(InvitationFault::Many);
    }
    let own = known.as_deref().unwrap_or(&login);
    let hash = match password::fresh(phrase, &[own, &opened.name, &opened.scheme_name]).await {
        Ok(hash) => hash,
        Err(PasswordFault::Common) => return refuse(InvitationFault::Common),
        Err(PasswordFault::TooShort) => return refuse(InvitationFault::Short),
        Err(PasswordFault::TooLong) => return refuse(InvitationFault::Long),
        Err(PasswordFault::Hash) => return Err(ErrorCode::Unavailable.into()),
    };
    let mut tx = state.db.of(opened.scheme).await.map_err(failed)?;
    if !invitations::use_up(&mut tx, opened.id).await.map_err(failed)? {
        tx.rollback().await.map_err(failed)?;
        return Ok(gone_or_in(state, client, chosen).await);
    }
    let account = match opened.invitee {
        Invitee::Holder(account, _) => {
            people::set_passphrase(&mut tx, own, &hash).await.map_err(failed)?;
            account
        }
        Invitee::Newcomer(place) => {
            let new = people::NewAccount { login: &login, name: &opened.name, password_hash: &hash, place };
            match people::create_account(&mut tx, opened.scheme, &new).await {
                Ok(account) => account,
                Err(error) if breaks(&error, "account_login") => {
                    tx.rollback().await.map_err(failed)?;
                    return refuse(InvitationFault::Taken);
                }
                Err(error) if breaks(&error, "account_of_promeneur") => {
                    tx.rollback().await.map_err(failed)?;
                    return Ok(gone(state));
                }
                Err(error) => return Err(failed(error)),
            }
        }
    };
    act_as(&mut tx, account).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    accounts::forget_attempts(&state.db, &counted, Origin::NOWHERE).await.map_err(failed)?;
    let role = opened.invitee.role();
    tracing::info!(%account, role = role.code(), "invitation accepted");
    sign_in::open(state, client, (opened.scheme, account), &role.into(), None).await.map(sign_in::entered)
}

/// The second of two taps finds the link used up by the first, whose answer the browser has dropped: with the passphrase that was
/// just chosen one is in all the same.
async fn gone_or_in(state: &AppState, client: &Client, chosen: Chosen) -> Response {
    match sign_in::by_passphrase(state, client, &chosen.identifiant, &chosen.phrase).await {
        Ok(entry) => sign_in::entered(entry),
        Err(_) => gone(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_drawn_as_a_square_of_cells() {
        let (outline, cells) = outline_of("https://carnet.example/invitation/0123456789abcdef").expect("a code");
        assert!(cells >= 21 && outline.starts_with("M0 0h1v1h-1z"), "{cells} {outline}");
        assert!(outline.split('M').skip(1).all(|cell| cell.ends_with("h1v1h-1z")));
    }
}
