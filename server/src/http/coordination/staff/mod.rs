//! « Équipe et accès »: the page of all, and the structures.

pub(super) mod access;
pub(super) mod promeneur;

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::STAFF,
        staff::{Done, Filled, Staff, access::AccessList},
    },
    domain::{
        coded::Code,
        ids::{PromeneurId, StructureId},
        person::Me,
        staff::{Faults, StructureForm, typed_hours},
        typed::{Typed, filled, text},
    },
    shells,
};
use axum::{
    Form,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, Sent, answer, html, malformed};
use crate::{
    db::{Tx, failed, invitations, people, staff},
    waiting::Days,
};

/// What an address says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
    remplace: Option<PromeneurId>,
}

/// The three forms of the page, of which one may hold something.
#[derive(Default)]
struct Forms {
    structure: Filled,
    promeneur: Filled,
    invitation: Filled,
}

async fn shown(state: &AppState, me: &Me, asked: Asked, forms: Forms) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let (structures, others) = staff::list(&mut tx, today).await.map_err(failed)?;
    let open = staff::accesses(&mut tx, None, None).await.map_err(failed)?;
    let invited = invitations::list(&mut tx, None).await.map_err(failed)?;
    let Forms { structure, mut promeneur, invitation } = forms;
    if let Some(left) = asked.remplace {
        // Whoever comes takes the place from the day on which it is free.
        if let Some(person) = staff::person(&mut tx, left, today).await.map_err(failed)? {
            let place = staff::place_of(&mut tx, left).await.map_err(failed)?;
            promeneur.typed = filled([
                ("structure", place.map(|id| id.to_string()).unwrap_or_default()),
                ("depuis", person.left_on.map(|day| day.to_string()).unwrap_or_default()),
                ("heures", person.weekly_minutes.map(typed_hours).unwrap_or_default()),
            ]);
        }
    }
    tx.commit().await.map_err(failed)?;
    let is_wrong = [&structure, &promeneur, &invitation].iter().any(|form| !form.faults.is_empty());
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let access = AccessList { open, invited, me: me.account };
    let done = Done::from_code(&asked.fait);
    let page = Staff { today, structures, others, access, done, structure, promeneur, invitation };
    Ok((status, html(shells::desk::staff(state.desk_of(me), page))).into_response())
}

fn back(page: &str, done: Done) -> Response {
    Redirect::to(&format!("{page}?fait={}", done.code())).into_response()
}

/// `GET /coordination/equipe`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
    answer(&state, shown(&state, &me, asked, Forms::default())).await
}

/// `POST /coordination/equipe/structures`.
pub(super) async fn add_structure(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let form = match StructureForm::parse(&typed) {
            Ok(form) => form,
            Err(faults) => {
                let forms = Forms { structure: Filled { typed, faults }, ..Forms::default() };
                return shown(&state, &me, Asked::default(), forms).await;
            }
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        // The second tap finds it there.
        if people::structure_named(&mut tx, &form.name, &form.commune).await.map_err(failed)?.is_none() {
            people::create_structure(&mut tx, me.scheme, &form.name, form.kind.code(), &form.commune)
                .await
                .map_err(failed)?;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, "structure added");
        Ok(back(STAFF, Done::Structure))
    })
    .await
}

/// `GET /coordination/equipe/structures/{id}`.
pub(super) async fn structure(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<StructureId>,
) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let (structure, typed) = staff::structure(&mut tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        tx.commit().await.map_err(failed)?;
        let filled = Filled { typed, faults: Faults::new() };
        Ok(html(shells::desk::structure(state.desk_of(&me), structure, filled)))
    })
    .await
}

/// `POST /coordination/equipe/structures/{id}`.
pub(super) async fn set_structure(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<StructureId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let (structure, _) = staff::structure(&mut tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        match StructureForm::parse(&typed) {
            Ok(form) => staff::update_structure(&mut tx, id, &form).await.map_err(failed)?,
            Err(faults) => {
                tx.rollback().await.map_err(failed)?;
                let page = html(shells::desk::structure(state.desk_of(&me), structure, Filled { typed, faults }));
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, structure = %id, "structure changed");
        Ok(back(STAFF, Done::Structure))
    })
    .await
}

/// The structure of a form, where it is one of the network.
async fn structure_of(tx: &mut Tx, typed: &Typed, field: &str) -> Result<Option<StructureId>, AppError> {
    let Ok(id) = text(typed, field).parse() else { return Ok(None) };
    Ok(staff::structure(tx, id).await.map_err(failed)?.map(|_| id))
}
