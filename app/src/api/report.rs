//! The coordinator's figures.

use chrono::NaiveDate;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::error::AppError;
use crate::domain::{
    ids::{PromeneurId, StructureId},
    indicators::Sums,
    period::Period,
    scope::Scope,
};

/// How complete the figures are (`domain.md` I15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Monthly statements expected for the months of the period that are over.
    pub expected: i64,
    /// Those received.
    pub received: i64,
    /// Phones of the scope that still hold entries, by what they last said.
    pub phones: i64,
    /// How many entries they hold.
    pub pending: i64,
    /// The day of the oldest of these.
    pub since: Option<NaiveDate>,
}

/// A choice of scope: an id and what to call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice<T> {
    /// The id.
    pub id: T,
    /// The name.
    pub name: String,
}

/// Everything that the dashboard shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The network's name.
    pub scheme_name: String,
    /// Whether its data are made up.
    pub demo: bool,
    /// Today, in the network's zone.
    pub today: NaiveDate,
    /// The period counted.
    pub period: Period,
    /// The scope counted.
    pub scope: Scope,
    /// What to call the scope.
    pub scope_name: String,
    /// The sums from which every figure is derived.
    pub sums: Sums,
    /// How complete they are.
    pub completeness: Completeness,
    /// The structures to choose from.
    pub structures: Vec<Choice<StructureId>>,
    /// The promeneurs to choose from.
    pub promeneurs: Vec<Choice<PromeneurId>>,
}

/// The dashboard of a period and a scope as they stand in the address; both optional.
#[server(prefix = "/api", endpoint = "v1/dashboard", input = GetUrl)]
pub async fn read_dashboard(
    /// The period.
    periode: Option<String>,
    /// The scope.
    perimetre: Option<String>,
) -> Result<Dashboard, AppError> {
    use super::{error::ErrorCode, office::Office};
    use crate::domain::person::Role;
    let office = Office::of_request()?;
    let answer = async {
        let me = office.caller(Role::Coordinator).await?;
        let period = periode
            .filter(|text| !text.is_empty())
            .map(|text| text.parse().map_err(|_| AppError::at(ErrorCode::PeriodMalformed, "periode")))
            .transpose()?;
        let scope = perimetre
            .filter(|text| !text.is_empty())
            .map_or(Ok(Scope::Network), |text| text.parse())
            .map_err(|_| AppError::at(ErrorCode::ScopeMalformed, "perimetre"))?;
        office.reports.dashboard(&me, period, scope).await
    }
    .await;
    office.settle(answer)
}
