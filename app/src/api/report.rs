//! The coordinator's figures.

use chrono::NaiveDate;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use super::error::AppError;
use crate::domain::{
    coded::Coded,
    headline::{Comparison, MonthFigures},
    ids::{PromeneurId, StructureId, TerritoryId},
    indicators::{Sums, hours_a_week},
    needs::NeedFigures,
    network_life::Life,
    objective::Objective,
    period::Period,
    person::Role,
    scope::Scope,
    team::Team,
};

/// How complete the figures are (`domain.md` I15).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Monthly statements expected for the months of the period that are over.
    pub expected: i64,
    /// Those received.
    pub received: i64,
    /// The months of which some are missing, and how many.
    #[serde(default)]
    pub missing: Vec<(NaiveDate, i64)>,
    /// Phones of the scope that still hold entries, by what they last said.
    pub phones: i64,
    /// How many entries they hold.
    pub pending: i64,
    /// The day of the oldest of these.
    pub since: Option<NaiveDate>,
    /// Entries of the network that wait for a decision of the coordination, and are in no figure until then.
    #[serde(default)]
    pub to_check: i64,
}

/// A choice of scope: an id and what to call it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice<T> {
    /// The id.
    pub id: T,
    /// The name.
    pub name: String,
}

/// The scopes to choose from, beside the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Territories that have structures.
    pub territories: Vec<Choice<TerritoryId>>,
    /// Structures.
    pub structures: Vec<Choice<StructureId>>,
    /// Promeneurs.
    pub promeneurs: Vec<Choice<PromeneurId>>,
    /// Whether there are more than a list can show, so that one chooses the territory or the structure first.
    #[serde(default)]
    pub is_part: bool,
}

/// Everything that the dashboard shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The network's name.
    pub scheme_name: String,
    /// Whether its data are made up.
    pub demo: bool,
    /// As what one reads it.
    pub role: Coded<Role>,
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
    /// The period beside others; none of one that has not begun.
    pub comparison: Option<Comparison>,
    /// What was set out to be reached in it.
    pub objectives: Vec<Objective>,
    /// The months of the period in which something was noted.
    pub months: Vec<MonthFigures>,
    /// Codes of the stages, each with how many projects and pathways under way in the period are at it today.
    pub stages: Vec<(String, i64)>,
    /// Who the network is made of; of the whole network only.
    pub team: Option<Team>,
    /// What the network lived through; of the whole network only.
    pub life: Option<Life>,
    /// What the statements wish for and meet with, most spoken of first; for those who read statements, and not of one structure
    /// or promeneur.
    #[serde(default)]
    pub needs: Option<Vec<NeedFigures>>,
    /// Whether texts of the period may be erased already, and what they said with them.
    #[serde(default)]
    pub words_are_gone: bool,
    /// The scopes to choose from.
    pub choices: Choices,
}

impl Dashboard {
    /// Days that promeneurs counted for until today, summed over them; none in the first week of a period, of which an average a
    /// week would be made up.
    pub fn days_gone(&self) -> i64 {
        match &self.comparison {
            Some(comparison) => comparison.for_an_average(self.period).person_days,
            None if self.period.first() > self.today => 0,
            None => self.sums.person_days,
        }
    }

    /// Hours a week and promeneur·euse (I7), of the days that have gone; none where nobody counted.
    pub fn hours_per_person_week(&self) -> Option<f64> {
        hours_a_week(self.sums.minutes(), self.days_gone())
    }
}

/// What to call a scope.
#[cfg(feature = "ssr")]
pub fn scope_name(scope: Scope, choices: &Choices) -> String {
    fn of<T: PartialEq>(id: &T, choices: &[Choice<T>]) -> Option<String> {
        choices.iter().find(|choice| choice.id == *id).map(|choice| choice.name.clone())
    }
    let name = match scope {
        Scope::Network => None,
        Scope::Territory(id) => of(&id, &choices.territories),
        Scope::Structure(id) => of(&id, &choices.structures),
        Scope::Promeneur(id) => of(&id, &choices.promeneurs),
    };
    name.unwrap_or_else(|| "tout le réseau".to_owned())
}

/// The period and the scope of an address, where it has them.
#[cfg(feature = "ssr")]
pub fn choice_of(
    periode: Option<String>,
    perimetre: Option<String>,
) -> Result<(Option<Period>, Option<Scope>), AppError> {
    use super::error::ErrorCode;
    let period = periode
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| AppError::at(ErrorCode::PeriodMalformed, "periode")))
        .transpose()?;
    let scope = perimetre
        .filter(|text| !text.is_empty())
        .map(|text| text.parse().map_err(|_| AppError::at(ErrorCode::ScopeMalformed, "perimetre")))
        .transpose()?;
    Ok((period, scope))
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
    use crate::domain::access::{self, Act};
    let office = Office::of_request()?;
    let answer = async {
        let me = office.caller(Act::Figures).await?;
        let (period, asked) = choice_of(periode, perimetre)?;
        let scope = access::scope_of(&me, Act::Figures, asked).ok_or(ErrorCode::Forbidden)?;
        office.reports.dashboard(&me, period, scope).await
    }
    .await;
    office.settle(answer)
}
