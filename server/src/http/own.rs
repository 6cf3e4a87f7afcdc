//! One's own access: where one is signed in, one's passphrase, what is held about oneself; and showing again who one is.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::address::OWN,
    domain::{access::Act, coded::Code, ids::SessionId},
    shells::{
        self,
        own::{CONFIRM, Done, OwnAccess, OwnPasskeys, PassphraseFault},
    },
};
use axum::{
    Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{MethodRouter, get, post},
};
use chrono::TimeDelta;
use serde::Deserialize;

use super::{
    AppState,
    client::Client,
    pages::{Held, Page, answer, attachment},
    sign_in,
};
use crate::{
    auth::password::{self, PasswordFault},
    db::{
        accounts::{self, Holder, Origin, Which},
        audit, failed, own_data, passkeys, people,
    },
};

/// The pages of everybody who is signed in, as the office's are listed.
pub const PAGES: &[Page] = &[
    (OWN, Act::Session, || get(page)),
    ("/acces/sessions/{id}/fermer", Act::Session, || post(end)),
    ("/acces/sessions/fermer", Act::Session, || post(end_others)),
    ("/acces/phrase", Act::Session, || post(change)),
    ("/acces/mes-donnees.json", Act::Session, || get(data)),
    (CONFIRM, Act::Session, confirming),
];

fn confirming() -> MethodRouter<AppState> {
    get(ask).post(confirm)
}

/// What the page may be told by its address.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    fait: String,
    #[serde(default)]
    retour: String,
}

async fn shown(
    state: &AppState,
    holder: &Holder,
    done: Option<Done>,
    fault: Option<PassphraseFault>,
) -> Result<Response, AppError> {
    let me = &holder.me;
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let sessions = accounts::sessions(&mut tx, me.account, holder.session).await.map_err(failed)?;
    let (login, _) = accounts::secret(&mut tx, me.account).await.map_err(failed)?;
    let passkeys = OwnPasskeys {
        site: state.passkey_site().map(str::to_owned),
        keys: passkeys::list(&mut tx, me.account).await.map_err(failed)?,
    };
    tx.commit().await.map_err(failed)?;
    let own = OwnAccess {
        name: me.name.clone(),
        login,
        role: me.role.label().to_owned(),
        network: me.scheme_name.clone(),
        has_notebook: me.promeneur.is_some(),
        sessions,
        passkeys,
        fault,
        done,
    };
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(shells::own::page(state.desk_of(me), own))).into_response())
}

fn back(done: Done) -> Response {
    Redirect::to(&format!("{OWN}?fait={}", done.code())).into_response()
}

/// `GET /acces`.
async fn page(
    State(state): State<AppState>,
    Held(holder): Held,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
    answer(&state, shown(&state, &holder, done, None)).await
}

async fn ended(state: &AppState, holder: &Holder, which: Which, done: Done) -> Response {
    answer(state, async {
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        accounts::end_sessions(&mut tx, holder.me.account, which).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(account = %holder.me.account, "sessions ended by their owner");
        Ok(back(done))
    })
    .await
}

/// `POST /acces/sessions/{id}/fermer`.
async fn end(State(state): State<AppState>, Held(holder): Held, Path(id): Path<SessionId>) -> Response {
    ended(&state, &holder, Which::One(id), Done::Ended).await
}

/// `POST /acces/sessions/fermer`.
async fn end_others(State(state): State<AppState>, Held(holder): Held) -> Response {
    ended(&state, &holder, Which::AllBut(holder.session), Done::AllEnded).await
}

/// What the form of the passphrase sends. No `Debug`: it holds two.
#[derive(Default, Deserialize)]
struct Typed {
    #[serde(default)]
    actuelle: String,
    #[serde(default)]
    nouvelle: String,
}

/// Whether a passphrase is that of whoever is signed in, or why it is not taken. Tries are counted, as at the door, and for
/// themselves: that their address is worn out by others is not their fault.
async fn check(state: &AppState, holder: &Holder, phrase: &str) -> Result<Option<PassphraseFault>, AppError> {
    let account = holder.me.account;
    let counted = accounts::apart("acces", account.0);
    if !accounts::may_try(&state.db, &counted, Origin::NOWHERE).await.map_err(failed)? {
        return Ok(Some(PassphraseFault::Many));
    }
    if phrase.len() > password::LONGEST {
        return Ok(Some(PassphraseFault::Wrong));
    }
    let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
    let (_, hash) = accounts::secret(&mut tx, account).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let matches = password::verify(phrase.to_owned(), hash).await;
    if !matches.map_err(|_| AppError::new(ErrorCode::Unavailable))? {
        tracing::info!(%account, "a passphrase that is not theirs, of somebody signed in");
        return Ok(Some(PassphraseFault::Wrong));
    }
    accounts::forget_attempts(&state.db, &counted, Origin::NOWHERE).await.map_err(failed)?;
    Ok(None)
}

/// `POST /acces/phrase`: the other sessions end, and this one begins anew.
async fn change(
    State(state): State<AppState>,
    Held(holder): Held,
    client: Client,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    // In a box: it is large, with the hashing and the opening of a session in it.
    let changed = Box::pin(async {
        let Form(typed) = form.unwrap_or_default();
        let refuse = |fault| shown(&state, &holder, None, Some(fault));
        if let Some(fault) = check(&state, &holder, &typed.actuelle).await? {
            return refuse(fault).await;
        }
        let me = &holder.me;
        let mut tx = state.db.by(me).await.map_err(failed)?;
        let (login, _) = accounts::secret(&mut tx, me.account).await.map_err(failed)?;
        let hash = match password::fresh(typed.nouvelle, &[&login, &me.name, &me.scheme_name]).await {
            Ok(hash) => hash,
            Err(fault) => {
                tx.rollback().await.map_err(failed)?;
                let fault = match fault {
                    PasswordFault::TooShort => PassphraseFault::Short,
                    PasswordFault::TooLong => PassphraseFault::Long,
                    PasswordFault::Common => PassphraseFault::Common,
                    PasswordFault::Hash => return Err(ErrorCode::Unavailable.into()),
                };
                return refuse(fault).await;
            }
        };
        people::set_passphrase(&mut tx, &login, &hash).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(account = %me.account, "passphrase changed by its owner");
        let back = format!("{OWN}?fait={}", Done::Changed.code());
        let entry = sign_in::open(&state, &client, (me.scheme, me.account), &me.role, Some(&back)).await?;
        Ok(sign_in::entered(entry))
    });
    answer(&state, changed).await
}

/// `GET /acces/mes-donnees.json`: what is held about whoever asks.
/// It holds every note: whoever has a phone that was withdrawn, or finds a session open, must not have it for that.
async fn data(State(state): State<AppState>, Held(holder): Held) -> Response {
    if !holder.me.may_enrol {
        return Redirect::to(&format!("/connexion?retour={OWN}")).into_response();
    }
    if !holder.has_shown_within(TimeDelta::hours(1)) {
        return Redirect::to(&format!("{CONFIRM}?retour={OWN}")).into_response();
    }
    answer(&state, async {
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        let held = own_data::of(&mut tx, &holder.me).await.map_err(failed)?;
        audit::export(&mut tx, audit::Export::OwnData, "").await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        attachment("application/json", "lanterne-mes-donnees.json", held)
    })
    .await
}

async fn asked_again(
    state: &AppState,
    holder: &Holder,
    back: &str,
    fault: Option<PassphraseFault>,
) -> Result<Response, AppError> {
    let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
    let (login, _) = accounts::secret(&mut tx, holder.me.account).await.map_err(failed)?;
    let has_passkey = !passkeys::list(&mut tx, holder.me.account).await.map_err(failed)?.is_empty();
    tx.commit().await.map_err(failed)?;
    let passkeys = state.passkey_site().filter(|_| has_passkey);
    let who = shells::own::Asked { name: &holder.me.name, login: &login, passkeys };
    let page = shells::own::confirm(&state.assets.site, &who, back, fault);
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(page)).into_response())
}

/// `GET /confirmer`.
async fn ask(
    State(state): State<AppState>,
    Held(holder): Held,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let back = asked.map(|Query(asked)| asked.retour).unwrap_or_default();
    answer(&state, asked_again(&state, &holder, &back, None)).await
}

/// What the form of `/confirmer` sends. No `Debug`: it holds a passphrase.
#[derive(Default, Deserialize)]
struct Shown {
    #[serde(default)]
    phrase: String,
    #[serde(default)]
    retour: String,
}

/// `POST /confirmer`.
async fn confirm(
    State(state): State<AppState>,
    Held(holder): Held,
    form: Result<Form<Shown>, FormRejection>,
) -> Response {
    let confirmed = Box::pin(async {
        let Form(Shown { phrase, retour }) = form.unwrap_or_default();
        if let Some(fault) = check(&state, &holder, &phrase).await? {
            return asked_again(&state, &holder, &retour, Some(fault)).await;
        }
        let mut tx = state.db.by(&holder.me).await.map_err(failed)?;
        accounts::confirm(&mut tx, holder.session).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(account = %holder.me.account, "shown again who one is, by the passphrase");
        let back = if sign_in::is_local(&retour) { retour.as_str() } else { "/" };
        Ok(Redirect::to(back).into_response())
    });
    answer(&state, confirmed).await
}
