//! « Objectifs »: what a network, a territory or a structure sets out to reach in a period.

use app::{
    api::{
        error::{AppError, ErrorCode},
        report::{choice_of, scope_name},
    },
    coordination::{address::objectives_address, objectives::Objectives},
    domain::{coded::Code, objective::Aim, period::Period, scope::Scope},
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
use crate::{
    clock,
    db::{Tx, failed, objectives, reports},
};

/// Of when and whom: the year and the network, where the address does not say. A promeneur has a commitment instead.
async fn which(
    tx: &mut Tx,
    periode: Option<String>,
    perimetre: Option<String>,
) -> Result<(Period, Scope, String), AppError> {
    let (period, scope) = choice_of(periode, perimetre)?;
    let scope = scope.unwrap_or_default();
    let frame = reports::frame(tx, scope).await.map_err(failed)?;
    let today = clock::today_in(frame.time_zone());
    if !frame.has_scope() {
        return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
    }
    if matches!(scope, Scope::Promeneur(_)) {
        return Err(AppError::at(ErrorCode::NoObjectives, "perimetre"));
    }
    let name = scope_name(scope, frame.choices());
    Ok((period.unwrap_or_else(|| Period::civil_year_of(today)), scope, name))
}

/// What the address asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    periode: Option<String>,
    perimetre: Option<String>,
    fait: Option<String>,
}

/// `GET /coordination/objectifs`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let (period, scope, scope_name) = which(&mut tx, asked.periode, asked.perimetre).await?;
        let set = objectives::list(&mut tx, period, scope).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let value =
            |aim: Aim| set.iter().find(|it| it.aim == aim.code()).map_or(String::new(), |it| aim.typed(it.value));
        let fields = Aim::ALL.iter().map(|aim| (*aim, value(*aim), true)).collect();
        let is_kept = asked.fait.is_some_and(|done| done == "enregistre");
        let page = Objectives { period, scope, scope_name, fields, is_kept };
        Ok(html(shells::desk::objectives(state.desk_of(&me), page)))
    })
    .await
}

/// `POST /coordination/objectifs`: all of them, or none where one cannot be aimed at.
pub(super) async fn set(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let (period, scope, scope_name) =
            which(&mut tx, typed.get("periode").cloned(), typed.get("perimetre").cloned()).await?;
        let text = |aim: Aim| typed.get(aim.code()).cloned().unwrap_or_default();
        let parsed: Vec<_> = Aim::ALL.iter().map(|aim| (*aim, aim.parse(&text(*aim)))).collect();
        if parsed.iter().any(|(_, value)| value.is_err()) {
            tx.rollback().await.map_err(failed)?;
            let fields = parsed.into_iter().map(|(aim, value)| (aim, text(aim), value.is_ok())).collect();
            let page = Objectives { period, scope, scope_name, fields, is_kept: false };
            let page = html(shells::desk::objectives(state.desk_of(&me), page));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        for (aim, value) in parsed {
            objectives::set(&mut tx, me.scheme, period, scope, aim, value.unwrap_or(None)).await.map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, "objectives set");
        Ok(Redirect::to(&format!("{}&fait=enregistre", objectives_address(period, scope))).into_response())
    })
    .await
}
