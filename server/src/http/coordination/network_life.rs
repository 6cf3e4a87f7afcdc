//! « Réseau »: the journal of the coordination, the professional accounts, the territories.

use app::{
    api::{
        error::{AppError, ErrorCode},
        report::{Choice, choice_of},
    },
    coordination::{
        address::{NETWORK_ACCOUNTS, NETWORK_LIFE, NETWORK_TERRITORIES},
        network_life::{
            Done,
            accounts::{Accounts, Check, TO_REVIEW},
            journal::Journal,
            territories::{TERRITORY_LENGTH, Territories, TerritoryFault},
        },
    },
    domain::{
        coded::{Code, Coded},
        guard,
        ids::{EventId, PromeneurId, StructureId},
        network_life::{EventFault, NetworkEvent},
        period::Period,
        person::Me,
        scope::Scope,
        taxonomy::Network,
        typed::{Typed, line, text},
    },
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

use super::{AppState, Caller, Sent, answer, html, malformed, unknown_filter};
use crate::{
    clock::fresh_id,
    db::{failed, network_life, reports, staff},
    waiting::Days,
};

/// What an address says of the journal.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    periode: Option<String>,
    #[serde(default)]
    fait: String,
    quoi: Option<EventId>,
    #[serde(default)]
    etat: String,
}

/// What the form of the journal holds.
struct Filled {
    id: EventId,
    is_known: bool,
    typed: Typed,
    faults: Vec<(&'static str, EventFault)>,
}

impl Filled {
    /// Nothing yet.
    fn empty() -> Self {
        Self { id: EventId(fresh_id()), is_known: false, typed: Typed::new(), faults: Vec::new() }
    }
}

async fn shown(
    state: &AppState,
    me: &Me,
    period: Option<Period>,
    filled: Filled,
    done: (Option<Done>, Option<EventId>),
) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let period = period.unwrap_or_else(|| Period::civil_year_of(today));
    let members = reports::frame(&mut tx, Scope::Network).await.map_err(failed)?.members;
    let events = network_life::events(&mut tx, period).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let events = events.into_iter().map(|event| {
        let active = members.active_on(event.on);
        (event, active)
    });
    let status = if filled.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let Filled { id, is_known, typed, faults } = filled;
    let (done, withdrawn) = done;
    let withdrawn = withdrawn.filter(|_| done == Some(Done::Withdrawn));
    let journal = Journal { today, period, events: events.collect(), id, is_known, typed, faults, done, withdrawn };
    Ok((status, html(shells::desk::journal(state.desk_of(me), journal))).into_response())
}

/// `GET /coordination/reseau`: of the year, unless another period is asked for.
pub(super) async fn journal(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (period, _) = choice_of(asked.periode, None)?;
        shown(&state, &me, period, Filled::empty(), (Done::from_code(&asked.fait), asked.quoi)).await
    })
    .await
}

/// `GET /coordination/reseau/actions/{id}`: to note it otherwise.
pub(super) async fn edit(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<EventId>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
        let period = asked.periode.and_then(|period| period.parse().ok());
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let event = network_life::event(&mut tx, id).await.map_err(failed)?.ok_or(ErrorCode::NotFound)?;
        tx.commit().await.map_err(failed)?;
        let filled = Filled { id, is_known: true, typed: event.typed(), faults: Vec::new() };
        let period = period.unwrap_or_else(|| Period::civil_year_of(event.on));
        shown(&state, &me, Some(period), filled, (Done::from_code(&asked.fait), None)).await
    })
    .await
}

/// `POST /coordination/reseau`. What is sent twice is noted once.
pub(super) async fn put(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let id = typed.get("id").and_then(|id| id.parse().ok());
        let id: EventId = id.ok_or_else(|| AppError::at(ErrorCode::Malformed, "id"))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let event = match NetworkEvent::parse(id, &typed, today) {
            Ok(event) => event,
            Err(faults) => {
                let is_known = network_life::event(&mut tx, id).await.map_err(failed)?.is_some();
                tx.rollback().await.map_err(failed)?;
                let filled = Filled { id, is_known, typed, faults };
                let period = text(&filled.typed, "periode").parse().ok();
                return shown(&state, &me, period, filled, (None, None)).await;
            }
        };
        if !network_life::put(&mut tx, &me, &event).await.map_err(failed)? {
            return Err(ErrorCode::NotFound.into());
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, event = %id, "network event noted");
        if [&event.subject, &event.organiser].iter().any(|text| guard::trace(text).is_some()) {
            // What could name somebody is read again at once, with why.
            return Ok(Redirect::to(&format!("{NETWORK_LIFE}/actions/{id}?fait=a-relire#noter")).into_response());
        }
        let asked = text(&typed, "periode").parse().ok().filter(|period: &Period| period.span().contains(event.on));
        let period = asked.unwrap_or_else(|| Period::civil_year_of(event.on));
        Ok(Redirect::to(&format!("{NETWORK_LIFE}?periode={period}&fait={}", Done::Noted.code())).into_response())
    })
    .await
}

async fn set_withdrawn(state: AppState, me: Me, id: EventId, done: Done, form: Sent) -> Response {
    answer(&state, async {
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        if !network_life::withdraw(&mut tx, id, done == Done::Withdrawn).await.map_err(failed)? {
            return Err(ErrorCode::NotFound.into());
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, event = %id, done = done.code(), "network event set aside or put back");
        // Back to the year one was reading.
        let typed = form.map(|Form(typed)| typed).unwrap_or_default();
        let period: Option<Period> = text(&typed, "periode").parse().ok();
        let period = period.map(|period| format!("periode={period}&")).unwrap_or_default();
        Ok(Redirect::to(&format!("{NETWORK_LIFE}?{period}fait={}&quoi={id}", done.code())).into_response())
    })
    .await
}

/// `POST /coordination/reseau/actions/{id}/retirer`.
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<EventId>,
    form: Sent,
) -> Response {
    set_withdrawn(state, me, id, Done::Withdrawn, form).await
}

/// `POST /coordination/reseau/actions/{id}/remettre`.
pub(super) async fn restore(
    State(state): State<AppState>,
    Caller(me): Caller,
    Path(id): Path<EventId>,
    form: Sent,
) -> Response {
    set_withdrawn(state, me, id, Done::Restored, form).await
}

/// `GET /coordination/reseau/comptes`.
pub(super) async fn accounts(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let asked = asked.map(|Query(asked)| asked).unwrap_or_default();
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let today = Days::of(&mut tx).await.map_err(failed)?.today;
        let accounts = network_life::accounts(&mut tx, today).await.map_err(failed)?;
        let (structures, _) = staff::list(&mut tx, today).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let people = structures.into_iter().flat_map(|structure| structure.people);
        let promeneurs = people.map(|person| Choice { id: person.id, name: person.name }).collect();
        let done = Done::from_code(&asked.fait);
        let page = Accounts { accounts, to_review: asked.etat == TO_REVIEW, promeneurs, done };
        Ok(html(shells::desk::accounts(state.desk_of(&me), page)))
    })
    .await
}

/// What the address of the accounts says of the list from which a form was sent.
fn list_of(state: &str) -> String {
    if state == TO_REVIEW { format!("etat={TO_REVIEW}&") } else { String::new() }
}

/// `POST /coordination/reseau/comptes`.
pub(super) async fn check(
    State(state): State<AppState>,
    Caller(me): Caller,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    answer(&state, async {
        let Form(pairs) = form.map_err(malformed)?;
        let text = |name: &str| pairs.iter().find(|(of, _)| of == name).map_or("", |(_, value)| value.as_str());
        // The boxes of each account have a name of their own.
        let is_seen = |what: &str| pairs.iter().any(|(name, value)| name.starts_with("vu-") && value == what);
        let code = text("reseau");
        let promeneur: PromeneurId =
            text("promeneur").parse().map_err(|_| AppError::at(ErrorCode::Malformed, "promeneur"))?;
        // A network of a newer release is already in the notebooks; a made-up one is not taken.
        let known = Network::from_code(code).map(Coded::from);
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let days = Days::of(&mut tx).await.map_err(failed)?;
        let network = match known {
            Some(network) => network,
            None => {
                let accounts = network_life::accounts(&mut tx, days.today).await.map_err(failed)?;
                let mut held = accounts.into_iter().map(|account| account.network);
                held.find(|network| network.code() == code)
                    .ok_or_else(|| AppError::at(ErrorCode::Malformed, "reseau"))?
            }
        };
        let check = Check {
            first_name: is_seen("prenom"),
            structure: is_seen("structure"),
            photo: is_seen("photo"),
            on: days.today,
            by: me.name.clone(),
        };
        if !network_life::check(&mut tx, &me, promeneur, &network, &check).await.map_err(failed)? {
            return Err(AppError::at(ErrorCode::Malformed, "promeneur"));
        }
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, %promeneur, "professional account checked");
        // Back to where one was in the list.
        let list = list_of(text("etat"));
        let to = format!("{NETWORK_ACCOUNTS}?{list}fait={}#c-{promeneur}-{}", Done::Checked.code(), network.code());
        Ok(Redirect::to(&to).into_response())
    })
    .await
}

/// `POST /coordination/reseau/comptes/retirer`: one that the coordination added and that is not there.
pub(super) async fn forget(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let promeneur: PromeneurId =
            text(&typed, "promeneur").parse().map_err(|_| AppError::at(ErrorCode::Malformed, "promeneur"))?;
        let network = line(&typed, "reseau");
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        network_life::forget_checks(&mut tx, promeneur, &network).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, %promeneur, "professional account taken off the list");
        let list = list_of(&line(&typed, "etat"));
        Ok(Redirect::to(&format!("{NETWORK_ACCOUNTS}?{list}fait={}", Done::Removed.code())).into_response())
    })
    .await
}

/// `GET /coordination/reseau/territoires`.
pub(super) async fn territories(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let structures = network_life::territories(&mut tx).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let page = Territories { structures, fault: None, done };
        Ok(html(shells::desk::territories(state.desk_of(&me), page)))
    })
    .await
}

/// `POST /coordination/reseau/territoires`: all of them, or none where one has too long a name.
pub(super) async fn place(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let mut structures = network_life::territories(&mut tx).await.map_err(failed)?;
        let mut placed: Vec<(StructureId, String)> = Vec::new();
        let mut fault = None;
        for (structure, name) in &mut structures {
            // A structure that came since the page was opened stays where it is.
            let field = structure.id.to_string();
            if !typed.contains_key(&field) {
                continue;
            }
            *name = line(&typed, &field);
            if name.chars().count() > TERRITORY_LENGTH {
                fault = Some((structure.id, TerritoryFault::Long));
            }
            placed.push((structure.id, name.clone()));
        }
        if fault.is_some() {
            tx.rollback().await.map_err(failed)?;
            let page =
                html(shells::desk::territories(state.desk_of(&me), Territories { structures, fault, done: None }));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        network_life::place(&mut tx, &me, &placed).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, "territories set");
        Ok(Redirect::to(&format!("{NETWORK_TERRITORIES}?fait={}", Done::Placed.code())).into_response())
    })
    .await
}
