//! « Ce qui compose ces chiffres ».

use std::collections::HashSet;

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::Reports,
        report::{Completeness, choice_of, scope_name},
    },
    coordination::{
        address::address,
        composition::{Composition, MOST_MONTHS, Part, address_of},
    },
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
use uuid::Uuid;

use super::{AppState, Caller, answer, html, unknown_filter};
use crate::{
    clock,
    db::{
        failed,
        reports::{self, Activity, Members},
    },
};

/// What the address asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
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
        let Query(asked) = asked.map_err(unknown_filter)?;
        let (period, asked) = choice_of(asked.periode, asked.perimetre)?;
        let scope = access::scope_of(&me, Act::Figures, asked).ok_or(ErrorCode::Forbidden)?;
        let completeness = state.desk.dashboard(&me, period, scope).await?.completeness;
        let composition = composed(&state, &me, period, scope, completeness).await?;
        Ok(html(shells::desk::composition(state.desk_of(&me), composition)))
    })
    .await
}

async fn composed(
    state: &AppState,
    me: &Me,
    period: Option<Period>,
    scope: Scope,
    completeness: Completeness,
) -> Result<Composition, AppError> {
    let mut tx = state.db.for_page(me.scheme).await.map_err(failed)?;
    let frame = reports::frame_of_page(&mut tx, scope).await.map_err(failed)?;
    if frame.is_behind() {
        return Err(ErrorCode::Unavailable.into());
    }
    if !frame.has_scope() {
        return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
    }
    let (choices, whole_scope) = (frame.choices(), &frame.members);
    let today = clock::today_in(frame.time_zone());
    let period = period.unwrap_or_else(|| Period::civil_year_of(today));
    // Whoever directs a structure reads what it did, and not who of its people.
    let is_whole = access::reach(&me.role, Act::Figures) == Some(Reach::Network);
    let received = reports::received(&mut tx, period).await.map_err(failed)?;
    let below = if is_whole { frame.parts(period) } else { Vec::new() };
    let scopes: Vec<&Members> = std::iter::once(whole_scope).chain(below.iter().map(|(_, members)| members)).collect();
    let mut read = reports::activities(&mut tx, &frame, &scopes, &[period], today).await.map_err(failed)?.into_iter();
    let activity = read.next().unwrap_or_default();
    let given = (&received, today);
    let told_part = |((part, members), activity): (&(Scope, Members), Activity)| {
        told(members, &activity, period, (scope_name(*part, choices), address_of(period, *part)), given)
    };
    let parts = below.iter().zip(read).map(told_part).collect();
    let mut begun: Vec<NaiveDate> = period.months().into_iter().filter(|month| *month <= today).collect();
    if begun.len() > MOST_MONTHS {
        begun.clear();
    }
    let month_of = |month: NaiveDate| {
        let whole = Period::month_of(month);
        if period.first() <= whole.first() && whole.last() <= period.last() {
            whole
        } else {
            Period::Days(whole.first().max(period.first()), whole.last().min(period.last()))
        }
    };
    drop(tx);
    let mut months = Vec::new();
    for month in begun {
        let days = month_of(month);
        let name = fr::capital(&Period::month_of(month).label());
        let has_parts = is_whole && !matches!(scope, Scope::Promeneur(_));
        let way = if has_parts { address_of(days, scope) } else { address(days, scope) };
        months.push((month, told(whole_scope, &activity, days, (name, way), given)));
    }
    let whole = told(whole_scope, &activity, period, (String::new(), String::new()), given);
    Ok(Composition {
        period,
        scope,
        scope_name: scope_name(scope, choices),
        whole,
        parts_are: if matches!(parts_of(scope), Parts::Promeneurs) { "Promeneur·euse" } else { "Structure" },
        parts,
        months,
        completeness,
        today,
        reads_statements: access::reach(&me.role, Act::Statements).is_some(),
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

fn told(
    members: &Members,
    activity: &Activity,
    period: Period,
    (name, address): (String, String),
    (received, today): (&HashSet<(Uuid, NaiveDate)>, NaiveDate),
) -> Part {
    let headline = activity.headline(members, period);
    Part { name, address, headline, statements: members.statements(received, period, today) }
}
