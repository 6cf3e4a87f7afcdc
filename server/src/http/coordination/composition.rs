//! « Ce qui compose ces chiffres ».

use app::{
    api::{
        error::{AppError, ErrorCode},
        report::{Completeness, choice_of, scope_name},
    },
    coordination::composition::{Composition, Part, address_of},
    domain::{
        access::{self, Act, Reach},
        fr,
        period::Period,
        person::Me,
        scope::Scope,
    },
    shells,
};
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::{AppState, Caller, answer, html, malformed};
use crate::{
    db::{
        Tx, failed,
        reports::{self, Activity, Members},
    },
    waiting::Days,
};

/// What the address asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    periode: Option<String>,
    perimetre: Option<String>,
}

/// `GET /coordination/composition`.
pub(super) async fn page(
    State(state): State<AppState>,
    Caller(me): Caller,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    answer(&state, async {
        let Query(asked) = asked.map_err(malformed)?;
        let (period, asked) = choice_of(asked.periode, asked.perimetre)?;
        let scope = access::scope_of(&me, Act::Figures, asked).ok_or(ErrorCode::Forbidden)?;
        let composition = composed(&state, &me, period, scope).await?;
        Ok(html(shells::desk::composition(state.desk_of(&me), composition)))
    })
    .await
}

async fn composed(state: &AppState, me: &Me, period: Option<Period>, scope: Scope) -> Result<Composition, AppError> {
    let mut tx = state.db.for_page(me.scheme).await.map_err(failed)?;
    let today = Days::of(&mut tx).await.map_err(failed)?.today;
    let period = period.unwrap_or_else(|| Period::civil_year_of(today));
    if !reports::exists(&mut tx, scope).await.map_err(failed)? {
        return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
    }
    let choices = reports::choices(&mut tx).await.map_err(failed)?;
    // Whoever directs a structure reads what it did, and not who of its people.
    let is_whole = access::reach(&me.role, Act::Figures) == Some(Reach::Network);
    let below = if is_whole { reports::parts(&mut tx, scope, period).await.map_err(failed)? } else { Vec::new() };
    let members = reports::members(&mut tx, scope).await.map_err(failed)?;
    let mut parts = Vec::new();
    for part in below {
        let members = match part {
            // What they did elsewhere is no part of this.
            Scope::Promeneur(id) => members.only(id),
            part => reports::members(&mut tx, part).await.map_err(failed)?,
        };
        let activity = reports::activity(&mut tx, &members, &[period]).await.map_err(failed)?;
        let name = scope_name(part, &choices);
        parts.push(told(&mut tx, &members, &activity, (period, part), name, today).await?);
    }
    let begun: Vec<NaiveDate> = period.months().into_iter().filter(|month| *month <= today).collect();
    let month_of = |month: NaiveDate| {
        let whole = Period::month_of(month);
        if period.first() <= whole.first() && whole.last() <= period.last() {
            whole
        } else {
            Period::Days(whole.first().max(period.first()), whole.last().min(period.last()))
        }
    };
    let activity = reports::activity(&mut tx, &members, &[period]).await.map_err(failed)?;
    let mut months = Vec::new();
    for month in begun {
        let days = month_of(month);
        let name = fr::capital(&Period::month_of(month).label());
        months.push((month, told(&mut tx, &members, &activity, (days, scope), name, today).await?));
    }
    let whole = told(&mut tx, &members, &activity, (period, scope), String::new(), today).await?;
    tx.commit().await.map_err(failed)?;
    Ok(Composition {
        period,
        scope,
        scope_name: scope_name(scope, &choices),
        whole,
        parts_are: if matches!(parts_of(scope), Parts::Promeneurs) { "Promeneur·euse" } else { "Structure" },
        parts,
        months,
    })
}

/// What a scope is made of.
enum Parts {
    Structures,
    Promeneurs,
}

fn parts_of(scope: Scope) -> Parts {
    match scope {
        Scope::Network | Scope::Territory(_) => Parts::Structures,
        Scope::Structure(_) | Scope::Promeneur(_) => Parts::Promeneurs,
    }
}

async fn told(
    tx: &mut Tx,
    members: &Members,
    activity: &Activity,
    (period, scope): (Period, Scope),
    name: String,
    today: NaiveDate,
) -> Result<Part, AppError> {
    let headline = activity.headline(members, period).map_err(failed)?;
    let Completeness { expected, received, .. } =
        reports::completeness(tx, members, period, today).await.map_err(failed)?;
    Ok(Part { name, address: address_of(period, scope), headline, statements: (received, expected) })
}
