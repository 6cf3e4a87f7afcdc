//! « Téléphones », and withdrawing one.

use app::{
    api::{
        error::{AppError, ErrorCode},
        phones::{Phone, Phones},
    },
    coordination::address::PHONES,
    domain::{ids::DeviceId, person::Me},
    shells,
};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{AppState, Caller, answer, html};
use crate::{
    db::{devices, failed},
    waiting::Days,
};

/// What the page may be told by its address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
}

async fn read(state: &AppState, me: &Me, only: Option<DeviceId>) -> Result<(Vec<Phone>, NaiveDate), AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let phones = devices::list(&mut tx, only).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok((phones, today))
}

async fn one(state: &AppState, me: &Me, id: DeviceId) -> Result<(Phone, NaiveDate), AppError> {
    let (mut phones, today) = read(state, me, Some(id)).await?;
    phones.pop().map(|phone| (phone, today)).ok_or_else(|| ErrorCode::NotFound.into())
}

/// `GET /coordination/telephones`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let withdrawn = asked.is_ok_and(|Query(asked)| asked.fait == "retire");
    answer(&state, async {
        let (phones, today) = read(&state, &me, None).await?;
        let phones = Phones { today, build: state.assets.build.clone(), phones, withdrawn };
        Ok(html(shells::desk::phones(state.desk_of(&me), phones)))
    })
    .await
}

/// `GET /coordination/telephones/{id}/retirer`.
pub(super) async fn confirm(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<DeviceId>) -> Response {
    answer(&state, async {
        let (phone, today) = one(&state, &me, id).await?;
        Ok(html(shells::desk::withdraw(state.desk_of(&me), phone, today)))
    })
    .await
}

/// `POST /coordination/telephones/{id}/retirer`.
pub(super) async fn withdraw(State(state): State<AppState>, Caller(me): Caller, Path(id): Path<DeviceId>) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        if !devices::revoke(&mut tx, id).await.map_err(failed)? {
            return Err(ErrorCode::NotFound.into());
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(device.id = %id, by = %me.account, "phone withdrawn");
        Ok(Redirect::to(&format!("{PHONES}?fait=retire")).into_response())
    })
    .await
}
