//! « Clés d’accès »: giving and taking back.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::KEYS,
        keys::{KeyFault, Keys, NAME_LENGTH},
    },
    domain::{ids::KeyId, person::Me},
    shells,
};
use axum::{
    Form,
    extract::{
        Path, Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, answer, html};
use crate::{
    auth::token::Token,
    db::{failed, keys},
};

/// What the page may be told by its address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
}

/// What is typed.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    nom: String,
}

async fn shown(state: &AppState, me: &Me, page: Keys) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let keys = keys::list(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let status = if page.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(shells::desk::keys(state.desk_of(me), Keys { keys, ..page }))).into_response())
}

/// `GET /coordination/cles`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let is_removed = asked.is_ok_and(|Query(asked)| asked.fait == "retire");
    answer(&state, shown(&state, &me, Keys { is_removed, ..Keys::default() })).await
}

/// `POST /coordination/cles`: the answer shows the key, and nothing shows it again.
pub(super) async fn give(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let typed = form.map(|Form(typed)| typed).unwrap_or_default();
    answer(&state, async {
        let name: String = typed.nom.chars().filter(|letter| !letter.is_control()).collect();
        let name = name.trim().to_owned();
        if name.is_empty() || name.chars().count() > NAME_LENGTH {
            return shown(&state, &me, Keys { fault: Some(KeyFault::Name), name, ..Keys::default() }).await;
        }
        let token = Token::fresh().map_err(|_| AppError::new(ErrorCode::Internal))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let has_room = keys::create(&mut tx, &me, &name, &token.hash()).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if !has_room {
            return shown(&state, &me, Keys { fault: Some(KeyFault::Many), name, ..Keys::default() }).await;
        }
        tracing::info!(by = %me.account, "access key given");
        shown(&state, &me, Keys { fresh: Some(token.text()), ..Keys::default() }).await
    })
    .await
}

/// `POST /coordination/cles/{id}/retirer`.
pub(super) async fn revoke(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<KeyId>) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        keys::revoke(&mut tx, id).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, key = %id, "access key taken back");
        Ok(Redirect::to(&format!("{KEYS}?fait=retire")).into_response())
    })
    .await
}
