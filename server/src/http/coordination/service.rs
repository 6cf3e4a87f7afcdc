//! « Service » and the trail of what was done in the administration.

use app::{
    api::{
        error::{AppError, ErrorCode},
        phones::Phones,
    },
    coordination::{
        address::SERVICE,
        audit::{LINES, Trail},
        service::{Chain, Done, Retention, RetentionFault, Service},
    },
    domain::{coded::Code, person::Me, typed::text},
    shells,
};
use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{AppState, Caller, Sent, answer, html, malformed};
use crate::{
    clock::{day_in, today_in},
    db::{self, audit, devices, failed, people, quarantine, retention},
};

/// What the pages may be told by their address.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    fait: String,
    avant: Option<i64>,
}

/// How many lines the page checks itself, from the last one back; once a day all of them are.
const VERIFIED: i64 = 10_000;
/// So much of a hash is enough to compare by eye.
const SHOWN_OF_HASH: usize = 16;

type Refused = Option<(String, String, RetentionFault)>;

async fn shown(state: &AppState, me: &Me, done: Option<Done>, refused: Refused) -> Result<Response, AppError> {
    let mut tx = state.db.by(me).await.map_err(failed)?;
    let zone = people::scheme(&mut tx).await.map_err(failed)?.time_zone;
    let backup_on = retention::last_backup(&mut tx).await.map_err(failed)?.map(|at| day_in(&zone, at));
    let chain = match audit::verify(&mut tx, me.scheme, Some(VERIFIED)).await.map_err(failed)? {
        audit::Chain::Whole { lines, head } => Chain::Whole(lines, head.chars().take(SHOWN_OF_HASH).collect()),
        audit::Chain::Broken { at } => Chain::Broken(at),
    };
    let phones = devices::list(&mut tx, None).await.map_err(failed)?;
    let today = today_in(&zone);
    let build = state.assets.build.clone();
    let page = Service {
        version: env!("CARGO_PKG_VERSION"),
        database: db::version(&mut tx).await.map_err(failed)?,
        backup_on,
        phones: Phones { today, build, phones, withdrawn: false },
        to_check: quarantine::count(&mut tx).await.map_err(failed)?,
        chain,
        retention: retention::settings(&mut tx).await.map_err(failed)?,
        runs: retention::runs(&mut tx).await.map_err(failed)?,
        refused,
        asks_gender: people::asks_gender(&mut tx).await.map_err(failed)?,
        done,
    };
    tx.commit().await.map_err(failed)?;
    let status = if page.refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(shells::desk::service(state.desk_of(me), page))).into_response())
}

/// `GET /coordination/service`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let done = asked.ok().and_then(|Query(asked)| Done::from_code(&asked.fait));
    answer(&state, shown(&state, &me, done, None)).await
}

/// `POST /coordination/service`.
pub(super) async fn set(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let (texts, people) = (text(&typed, "textes"), text(&typed, "departs"));
        let retention = match Retention::parse(texts, people) {
            Ok(retention) => retention,
            Err(fault) => {
                let refused = Some((texts.to_owned(), people.to_owned(), fault));
                return shown(&state, &me, None, refused).await;
            }
        };
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        retention::set(&mut tx, retention).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, retention.text_months, retention.departed_months, "retention set");
        Ok(back(Done::Kept))
    })
    .await
}

/// `POST /coordination/service/genre`.
pub(super) async fn ask_gender(State(state): State<AppState>, Caller(me): Caller, form: Sent) -> Response {
    answer(&state, async {
        let Form(typed) = form.map_err(malformed)?;
        let asks = text(&typed, "genre") == "1";
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        people::ask_gender(&mut tx, asks).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        tracing::info!(by = %me.account, asks, "asking for genders set");
        Ok(back(if asks { Done::Asked } else { Done::NotAsked }))
    })
    .await
}

fn back(done: Done) -> Response {
    Redirect::to(&format!("{SERVICE}?fait={}", done.code())).into_response()
}

/// `GET /coordination/service/actes`.
pub(super) async fn trail(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(|_| AppError::at(ErrorCode::Malformed, "avant"))?;
        let mut tx = state.db.by(&me).await.map_err(failed)?;
        let mut lines = audit::lines(&mut tx, asked.avant, LINES + 1).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        let most = usize::try_from(LINES).unwrap_or(usize::MAX);
        let more = lines.len() > most;
        lines.truncate(most);
        Ok(html(shells::desk::trail(state.desk_of(&me), Trail { lines, more })))
    })
    .await
}
