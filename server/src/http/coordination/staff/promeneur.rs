//! A promeneur: welcomed, put right, moved, away.

use app::{
    api::error::{AppError, ErrorCode},
    coordination::{
        address::STAFF,
        staff::{Done, Filled, PersonLine, promeneur::PromeneurStaff},
    },
    domain::{
        coded::Code,
        ids::PromeneurId,
        person::Me,
        staff::{Faults, PromeneurForm, StaffFault, sane_day, typed_hours},
        time::Span,
        typed::{Typed, filled, text},
    },
    shells,
};
use axum::{
    Form,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;

use super::{
    super::{AppState, Caller, Sent, answer, html, malformed},
    Asked, Forms, back, shown, structure_of,
};
use crate::{
    db::{
        failed, invitations,
        people::{self, NewPromeneur},
        staff,
    },
    waiting::Days,
};

/// `POST /coordination/equipe/promeneurs`.
pub(in super::super) async fn add_promeneur(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let structure = structure_of(&mut tx, &typed, "structure").await?;
        let (form, structure) = match (PromeneurForm::parse(&typed), structure) {
            (Ok(form), Some(structure)) => (form, structure),
            (read, structure) => {
                let mut faults = read.err().unwrap_or_default();
                if structure.is_none() {
                    faults.push(("structure", StaffFault::Structure));
                }
                tx.rollback().await.map_err(failed)?;
                let forms = Forms { promeneur: Filled { typed, faults }, ..Forms::default() };
                return shown(&state, &me, Asked::default(), forms).await;
            }
        };
        let id = match staff::same(&mut tx, &form, structure).await.map_err(failed)? {
            // The second tap finds them there.
            Some(id) => id,
            None => {
                let new = NewPromeneur {
                    name: &form.name,
                    structure,
                    labelled_on: form.labelled_on,
                    left_on: None,
                    leave: None,
                    weekly_minutes: form.weekly_minutes,
                };
                people::create_promeneur(&mut tx, me.scheme, &new).await.map_err(failed)?
            }
        };
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur added");
        Ok(back(&format!("{STAFF}/promeneurs/{id}"), Done::Promeneur))
    })
    .await
}

/// The forms of a promeneur's page, of which one may hold something.
#[derive(Default)]
struct Of {
    about: Option<Filled>,
    moving: Filled,
    leaving: Filled,
    done: Option<Done>,
}

async fn one(state: &AppState, me: &Me, id: PromeneurId, of: Of) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let person = staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
    let structures = staff::history(&mut tx, id).await.map_err(failed)?;
    let leaves = staff::leaves(&mut tx, id).await.map_err(failed)?;
    let access = staff::accesses(&mut tx, Some(id), None).await.map_err(failed)?.into_iter().next();
    let invited = invitations::list(&mut tx, Some(id)).await.map_err(failed)?.into_iter().next();
    let pending = staff::pending(&mut tx, id).await.map_err(failed)?;
    let (all, _) = staff::list(&mut tx, today).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let Of { about, moving, leaving, done } = of;
    let is_wrong = about.is_some() || !moving.faults.is_empty() || !leaving.faults.is_empty();
    let now = as_typed(&person);
    let mark = mark_of(&now);
    let mut about = about.unwrap_or_else(|| Filled { typed: now, faults: Faults::new() });
    about.typed.insert("avant".to_owned(), mark);
    let choices = all.into_iter().map(|it| (it.id.to_string(), it.name)).collect();
    let status = if is_wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = PromeneurStaff {
        today,
        person,
        structures,
        leaves,
        access,
        invited,
        pending,
        choices,
        done,
        about,
        moving,
        leaving,
    };
    Ok((status, html(shells::desk::promeneur(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/equipe/promeneurs/{id}`.
pub(in super::super) async fn promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
    answer(&state, one(&state, &me, id, Of { done, ..Of::default() })).await
}

/// A promeneur as the form holds them.
fn as_typed(person: &PersonLine) -> Typed {
    filled([
        ("nom", person.name.clone()),
        ("depuis", person.labelled_on.to_string()),
        ("heures", person.weekly_minutes.map(typed_hours).unwrap_or_default()),
        ("depart", person.left_on.map(|day| day.to_string()).unwrap_or_default()),
    ])
}

/// From what a form was made, in one text: whoever sends it back has seen just that.
fn mark_of(typed: &Typed) -> String {
    ["nom", "depuis", "heures", "depart"].map(|name| text(typed, name)).join("|")
}

/// The page of a promeneur.
pub(super) fn page_of(id: PromeneurId) -> String {
    format!("{STAFF}/promeneurs/{id}")
}

/// `POST /coordination/equipe/promeneurs/{id}`.
pub(in super::super) async fn set_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let form = match PromeneurForm::parse(&typed) {
            Ok(form) => form,
            Err(faults) => {
                let about = Some(Filled { typed, faults });
                return one(&state, &me, id, Of { about, ..Of::default() }).await;
            }
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let person = staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        let now = as_typed(&person);
        if text(&typed, "avant") != mark_of(&now) {
            tx.rollback().await.map_err(failed)?;
            // What was typed stays; sent again it is taken, by somebody who has been told.
            let about = Some(Filled { typed, faults: vec![("nom", StaffFault::Changed)] });
            return one(&state, &me, id, Of { about, ..Of::default() }).await;
        }
        staff::update_promeneur(&mut tx, id, &form).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur changed");
        Ok(back(&page_of(id), Done::Promeneur))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/structure`.
pub(in super::super) async fn move_promeneur(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        let structure = structure_of(&mut tx, &typed, "structure").await?;
        // A year further than today is a slip of the finger.
        let day = sane_day(&typed, "arrivee").filter(|day| *day <= today + TimeDelta::days(366));
        let mut faults = Faults::new();
        if structure.is_none() {
            faults.push(("structure", StaffFault::Structure));
        }
        if day.is_none() {
            faults.push(("arrivee", StaffFault::Day));
        }
        if let (Some(structure), Some(day)) = (structure, day)
            && !staff::move_promeneur(&mut tx, me.scheme, id, structure, day).await.map_err(failed)?
        {
            faults.push(("arrivee", StaffFault::Order));
        }
        if !faults.is_empty() {
            tx.rollback().await.map_err(failed)?;
            let moving = Filled { typed, faults };
            return one(&state, &me, id, Of { moving, ..Of::default() }).await;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "promeneur moved");
        Ok(back(&page_of(id), Done::Moved))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/absences`.
pub(in super::super) async fn add_leave(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (from, until) = (sane_day(&typed, "du"), sane_day(&typed, "au"));
        let mut faults = Faults::new();
        if from.is_none() {
            faults.push(("du", StaffFault::Day));
        }
        match (from, until) {
            (_, None) => faults.push(("au", StaffFault::Day)),
            (Some(from), Some(until)) if until < from => faults.push(("au", StaffFault::EndsEarly)),
            _ => {}
        }
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        staff::person(&mut tx, id, today).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        if let (Some(from), true) = (from, faults.is_empty())
            && !staff::add_leave(&mut tx, me.scheme, id, Span { from, until }).await.map_err(failed)?
        {
            faults.push(("du", StaffFault::Overlap));
        }
        if !faults.is_empty() {
            tx.rollback().await.map_err(failed)?;
            let leaving = Filled { typed, faults };
            return one(&state, &me, id, Of { leaving, ..Of::default() }).await;
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "leave noted");
        Ok(back(&page_of(id), Done::Leave))
    })
    .await
}

/// `POST /coordination/equipe/promeneurs/{id}/absences/retirer`.
pub(in super::super) async fn remove_leave(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<PromeneurId>,
    form: Sent,
) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let from = sane_day(&typed, "du").ok_or_else(|| AppError::at(ErrorCode::Malformed, "du"))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        staff::hold(&mut tx).await.map_err(failed)?;
        staff::remove_leave(&mut tx, id, from).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, promeneur = %id, "leave removed");
        Ok(back(&page_of(id), Done::LeaveRemoved))
    })
    .await
}
