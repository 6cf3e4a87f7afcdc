//! « Numéros utiles »: whom to call in the department.

use app::{
    coordination::{
        address::HELPLINES,
        helplines::{Done, Helplines},
    },
    domain::{
        coded::Code,
        helpline::{Helpline, HelplineFault},
        person::Me,
    },
    shells,
};
use axum::{
    Form,
    extract::{
        Query, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, answer, html};
use crate::db::{failed, helplines};

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
    numero: String,
    #[serde(default)]
    mots: String,
}

async fn page_of(
    state: &AppState,
    me: &Me,
    done: Option<Done>,
    refused: Option<(HelplineFault, Typed)>,
) -> Result<Response, app::api::error::AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let lines = helplines::list(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (fault, typed) = refused.map_or((None, Typed::default()), |(fault, typed)| (Some(fault), typed));
    let page = Helplines { lines, done, fault, number: typed.numero, words: typed.mots };
    Ok((status, html(shells::desk::helplines(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/numeros`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
    answer(&state, page_of(&state, &me, done, None)).await
}

/// `POST /coordination/numeros`.
pub(super) async fn put(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let typed = form.map(|Form(typed)| typed).unwrap_or_default();
    answer(&state, async {
        let line = match Helpline::parse(&typed.numero, &typed.mots) {
            Ok(line) => line,
            Err(fault) => return page_of(&state, &me, None, Some((fault, typed))).await,
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let has_room = helplines::put(&mut tx, me.scheme, &line).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if !has_room {
            return page_of(&state, &me, None, Some((HelplineFault::Many, typed))).await;
        }
        tracing::info!(by = %me.account, "helpline set");
        Ok(back(Done::Added))
    })
    .await
}

/// `POST /coordination/numeros/retirer`.
pub(super) async fn remove(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let typed = form.map(|Form(typed)| typed).unwrap_or_default();
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let number: String = typed.numero.chars().filter(|it| it.is_ascii_digit() || *it == '+').collect();
        helplines::remove(&mut tx, &number).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, "helpline removed");
        Ok(back(Done::Removed))
    })
    .await
}

/// Back to the list, which says what was done.
fn back(done: Done) -> Response {
    Redirect::to(&format!("{HELPLINES}?fait={}", done.code())).into_response()
}
