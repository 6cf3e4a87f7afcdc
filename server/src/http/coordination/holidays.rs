//! « Vacances scolaires » of the network's zone.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::NETWORK_HOLIDAYS,
        network_life::holidays::{HolidayDone, HolidayFault, Holidays, parse},
    },
    domain::{
        coded::Code,
        person::Me,
        typed::{Typed, day},
    },
    shells,
};
use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, Sent, answer, html, malformed, unknown_filter};
use crate::db::{failed, holidays};

/// What the page may be told by its address.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
}

async fn shown(
    state: &AppState,
    me: &Me,
    done: Option<HolidayDone>,
    refused: Option<(HolidayFault, Typed)>,
) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let known = holidays::list(&mut tx).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (fault, typed) = refused.map_or((None, Typed::default()), |(fault, typed)| (Some(fault), typed));
    let page = Holidays { known, done, fault, typed };
    Ok((status, html(shells::desk::holidays(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/reseau/vacances`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        shown(&state, &me, HolidayDone::from_code(&asked.fait), None).await
    })
    .await
}

/// `POST /coordination/reseau/vacances`.
pub(super) async fn add(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (from, until) = match parse(&typed) {
            Ok(days) => days,
            Err(fault) => return shown(&state, &me, None, Some((fault, typed))).await,
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let is_added = holidays::add(&mut tx, me.scheme, from, until).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        if !is_added {
            return shown(&state, &me, None, Some((HolidayFault::Taken, typed))).await;
        }
        tracing::info!(by = %me.account, %from, %until, "holidays added");
        Ok(back(HolidayDone::Added))
    })
    .await
}

/// `POST /coordination/reseau/vacances/retirer`.
pub(super) async fn remove(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let from = day(&typed, "du").ok_or_else(|| AppError::at(ErrorCode::Malformed, "du"))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        holidays::remove(&mut tx, from).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, %from, "holidays removed");
        Ok(back(HolidayDone::Removed))
    })
    .await
}

fn back(done: HolidayDone) -> Response {
    Redirect::to(&format!("{NETWORK_HOLIDAYS}?fait={}", done.code())).into_response()
}
