//! Signing in, and showing again who one is, by a passkey: what the script of these pages asks and answers
//! (`frontend/boot/passkey.js`). Passkeys stand beside the passphrase and never in its place, since a page without
//! scripts has to let people in too.

use std::sync::Arc;

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::OWN,
    domain::{
        access::Act,
        coded::Code,
        ids::{AccountId, PasskeyId},
    },
    shells::own::Done,
};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State, rejection::JsonRejection},
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::{MethodRouter, post},
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use webauthn_rs::{
    Webauthn, WebauthnBuilder,
    prelude::{
        AuthenticatorAttachment, DiscoverableAuthentication, PasskeyAuthentication, PasskeyRegistration,
        PublicKeyCredential, RegisterPublicKeyCredential, Url, WebauthnError,
    },
};

use super::{
    AppState,
    client::Client,
    limits::refuse,
    pages::{Held, Page, answer},
    sign_in,
};
use crate::db::{
    accounts::{self, Holder},
    breaks, failed,
    passkeys::{self, Purpose},
};

/// The addresses of whoever is signed in.
pub const PAGES: &[Page] = &[
    ("/acces/cles/defi", Act::Session, || short(post(ask_to_add))),
    ("/acces/cles", Act::Session, || short(post(add))),
    ("/acces/cles/{id}/retirer", Act::Session, || post(remove)),
    ("/confirmer/cle/defi", Act::Session, || short(post(ask_to_confirm))),
    ("/confirmer/cle", Act::Session, || short(post(confirm))),
];

/// The addresses of whoever is not.
pub fn at_the_door() -> Router<AppState> {
    Router::new().route("/connexion/cle/defi", short(post(ask_to_enter))).route("/connexion/cle", short(post(enter)))
}

/// Most bytes of an answer: a passkey's fits many times.
const MOST_BYTES: usize = 64 * 1024;

/// A route whose bodies are short.
fn short(route: MethodRouter<AppState>) -> MethodRouter<AppState> {
    route.layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// How long after one has shown who one is a passkey may be added: it lets in for good.
const FRESHLY: TimeDelta = TimeDelta::hours(1);

/// Whom passkeys are for.
#[derive(Debug)]
pub struct Site {
    /// The name that they are bound to: a page at another one cannot ask for them.
    pub name: String,
    party: Webauthn,
}

impl Site {
    /// The site at the address that people use. Without one, the machine itself, at any port. None where that address can
    /// have no passkeys: it is no address, or of numbers.
    pub fn at(public_url: Option<&str>) -> Option<Arc<Self>> {
        let origin = Url::parse(public_url.unwrap_or("http://localhost")).ok()?;
        let name = origin.domain()?.to_owned();
        let party = WebauthnBuilder::new(&name, &origin).ok()?.rp_name("Lanterne");
        let party = party.allow_any_port(public_url.is_none()).build().ok()?;
        Some(Arc::new(Self { name, party }))
    }
}

fn party(state: &AppState) -> Result<&Webauthn, AppError> {
    state.passkeys.as_deref().map(|site| &site.party).ok_or_else(|| ErrorCode::NotFound.into())
}

/// What a browser is asked, and under which number it answers.
#[derive(Serialize)]
struct Question<T> {
    id: Uuid,
    options: T,
}

/// What it answers. No `Debug`: with it one comes in.
#[derive(Deserialize)]
struct Answered<T> {
    id: Uuid,
    credential: T,
    #[serde(default)]
    back: String,
}

type Body<T> = Result<Json<Answered<T>>, JsonRejection>;

fn read<T>(body: Body<T>) -> Result<Answered<T>, AppError> {
    body.map(|Json(body)| body).map_err(|_| ErrorCode::Malformed.into())
}

/// Where to go on.
#[derive(Serialize)]
struct Onwards<'a> {
    to: &'a str,
}

fn onwards(to: &str) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(Onwards { to })).into_response()
}

/// An answer to the script, or its refusal. In a box: what a browser is asked and answers is large.
async fn told(purpose: Purpose, answer: impl Future<Output = Result<Response, AppError>>) -> Response {
    Box::pin(answer).await.unwrap_or_else(|error| {
        tracing::warn!(code = error.code.code(), ?purpose, "refused at the passkeys");
        refuse(error)
    })
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn not_shown(error: WebauthnError, account: Option<AccountId>) -> AppError {
    tracing::warn!(%error, account = account.map(tracing::field::display), "a passkey was refused");
    ErrorCode::PasskeyRefused.into()
}

/// Notes a question and asks it.
async fn question<O: Serialize, S: Serialize + Sync>(
    state: &AppState,
    client: &Client,
    asked: (Purpose, Option<AccountId>),
    (options, noted): (O, S),
) -> Result<Response, AppError> {
    let id = passkeys::ask(&state.db, asked.0, asked.1, &client.address, &noted).await.map_err(failed)?;
    let id = id.ok_or(ErrorCode::TooManyAttempts)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Question { id, options })).into_response())
}

/// `POST /connexion/cle/defi`.
async fn ask_to_enter(State(state): State<AppState>, client: Client) -> Response {
    told(Purpose::SignIn, async {
        let (mut options, noted) =
            party(&state)?.start_discoverable_authentication().map_err(|error| not_shown(error, None))?;
        // Asked for by a button, and not while somebody types.
        options.mediation = None;
        question(&state, &client, (Purpose::SignIn, None), (options, noted)).await
    })
    .await
}

/// `POST /connexion/cle`.
async fn enter(State(state): State<AppState>, client: Client, body: Body<PublicKeyCredential>) -> Response {
    told(Purpose::SignIn, async {
        let Answered { id, credential, back } = read(body)?;
        let noted: Option<DiscoverableAuthentication> =
            passkeys::answered(&state.db, Purpose::SignIn, None, id).await.map_err(failed)?;
        let noted = noted.ok_or(ErrorCode::PasskeyRefused)?;
        let party = party(&state)?;
        let (person, shown) =
            party.identify_discoverable_authentication(&credential).map_err(|error| not_shown(error, None))?;
        let kept = passkeys::shown(&state.db, shown).await.map_err(failed)?;
        let kept = kept.filter(|kept| kept.account.0 == person).ok_or(ErrorCode::PasskeyRefused)?;
        let result = party
            .finish_discoverable_authentication_v2(&credential, noted, &kept.passkey)
            .map_err(|error| not_shown(error, Some(kept.account)))?;
        // Until the session is there: whatever ends this account's accesses meanwhile ends it too.
        let mut tx = state.db.of(kept.scheme).await.map_err(failed)?;
        passkeys::hold_account(&mut tx, kept.account).await.map_err(failed)?;
        let me = accounts::person(&mut tx, kept.account).await.map_err(failed)?.ok_or(ErrorCode::PasskeyRefused)?;
        passkeys::use_now(&mut tx, &result).await.map_err(failed)?.ok_or(ErrorCode::PasskeyRefused)?;
        let back = Some(back.as_str()).filter(|address| sign_in::is_local(address));
        let entry = sign_in::open(&state, &client, (kept.scheme, kept.account), &me.role, back).await?;
        tx.commit().await.map_err(failed)?;
        let mut response = onwards(&entry.to);
        entry.give(&mut response);
        Ok(response)
    })
    .await
}

/// `POST /acces/cles/defi`.
async fn ask_to_add(State(state): State<AppState>, Held(holder): Held, client: Client) -> Response {
    told(Purpose::Add, async {
        is_fresh(&holder)?;
        let me = &holder.me;
        let mut tx = state.db.by(me).await.map_err(failed)?;
        let (login, _) = accounts::secret(&mut tx, me.account).await.map_err(failed)?;
        let known = passkeys::of(&mut tx, me.account).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if known.len() >= passkeys::MOST {
            return Err(ErrorCode::TooManyPasskeys.into());
        }
        let known = known.iter().map(|passkey| passkey.cred_id().clone()).collect();
        let (mut options, noted) = party(&state)?
            .start_passkey_registration(me.account.0, &login, &me.name, Some(known))
            .map_err(|error| not_shown(error, Some(me.account)))?;
        // In this device and no other, and one that names its account by itself: at the door nobody types a name.
        if let Some(selection) = &mut options.public_key.authenticator_selection {
            selection.authenticator_attachment = Some(AuthenticatorAttachment::Platform);
            selection.resident_key = None;
            selection.require_resident_key = true;
        }
        question(&state, &client, (Purpose::Add, Some(me.account)), (options, noted)).await
    })
    .await
}

/// A session that somebody left open must not become a key of theirs, nor that of a phone which was withdrawn.
fn is_fresh(holder: &Holder) -> Result<(), AppError> {
    if !holder.me.may_enrol {
        Err(ErrorCode::SignedOut.into())
    } else if !holder.has_shown_within(FRESHLY) {
        Err(ErrorCode::ProofNeeded.into())
    } else {
        Ok(())
    }
}

/// `POST /acces/cles`.
async fn add(
    State(state): State<AppState>,
    Held(holder): Held,
    client: Client,
    body: Body<RegisterPublicKeyCredential>,
) -> Response {
    told(Purpose::Add, async {
        is_fresh(&holder)?;
        let Answered { id, credential, .. } = read(body)?;
        let me = &holder.me;
        let noted: Option<PasskeyRegistration> =
            passkeys::answered(&state.db, Purpose::Add, Some(me.account), id).await.map_err(failed)?;
        let noted = noted.ok_or(ErrorCode::PasskeyRefused)?;
        let passkey = party(&state)?
            .finish_passkey_registration(&credential, &noted)
            .map_err(|error| not_shown(error, Some(me.account)))?;
        let mut tx = state.db.by(me).await.map_err(failed)?;
        passkeys::hold_account(&mut tx, me.account).await.map_err(failed)?;
        match passkeys::add(&mut tx, me, holder.session, &passkey, &client.agent).await {
            Ok(true) => tx.commit().await.map_err(failed)?,
            // The session has ended since, or another page was faster.
            Ok(false) => return Err(ErrorCode::PasskeyRefused.into()),
            Err(error) if breaks(&error, "passkey_credential") || breaks(&error, "passkey_credential_length") => {
                return Err(ErrorCode::PasskeyRefused.into());
            }
            Err(error) => return Err(failed(error)),
        }
        tracing::info!(account = %me.account, "passkey added by its owner");
        Ok(onwards(&format!("{OWN}?fait={}", Done::PasskeyAdded.code())))
    })
    .await
}

/// `POST /acces/cles/{id}/retirer`.
async fn remove(State(state): State<AppState>, Held(holder): Held, Path(id): Path<PasskeyId>) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        passkeys::remove(&mut tx, holder.me.account, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(account = %holder.me.account, "passkey removed by its owner");
        Ok(Redirect::to(&format!("{OWN}?fait={}", Done::PasskeyRemoved.code())).into_response())
    })
    .await
}

/// `POST /confirmer/cle/defi`.
async fn ask_to_confirm(State(state): State<AppState>, Held(holder): Held, client: Client) -> Response {
    told(Purpose::Confirm, async {
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        let known = passkeys::of(&mut tx, holder.me.account).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if known.is_empty() {
            return Err(ErrorCode::PasskeyRefused.into());
        }
        let account = Some(holder.me.account);
        let asked = party(&state)?.start_passkey_authentication(&known).map_err(|error| not_shown(error, account))?;
        question(&state, &client, (Purpose::Confirm, account), asked).await
    })
    .await
}

/// `POST /confirmer/cle`.
async fn confirm(State(state): State<AppState>, Held(holder): Held, body: Body<PublicKeyCredential>) -> Response {
    told(Purpose::Confirm, async {
        let Answered { id, credential, back } = read(body)?;
        let account = holder.me.account;
        let noted: Option<PasskeyAuthentication> =
            passkeys::answered(&state.db, Purpose::Confirm, Some(account), id).await.map_err(failed)?;
        let noted = noted.ok_or(ErrorCode::PasskeyRefused)?;
        let result = party(&state)?
            .finish_passkey_authentication(&credential, &noted)
            .map_err(|error| not_shown(error, Some(account)))?;
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        // It may have been taken away since it was asked for.
        passkeys::use_now(&mut tx, &result).await.map_err(failed)?.ok_or(ErrorCode::PasskeyRefused)?;
        accounts::confirm(&mut tx, holder.session).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(%account, "shown again by a passkey");
        Ok(onwards(if sign_in::is_local(&back) { &back } else { "/" }))
    })
    .await
}
