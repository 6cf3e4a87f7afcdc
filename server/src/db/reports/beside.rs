//! What a dashboard shows beside its sums of days.

use std::collections::HashSet;

use app::{
    api::report::Completeness,
    domain::{
        needs::NeedFigures,
        network_life::{AccountFigures, Life},
        objective::Objective,
        period::Period,
        scope::Scope,
        team::Team,
        time::Span,
    },
};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{Members, Tx, named};
use crate::db::network_life;

/// It.
#[derive(Debug)]
pub struct Beside {
    /// I1d.
    pub accompanied: i64,
    /// I1a.
    pub followers: i64,
    /// Days for which promeneurs of the scope counted, summed over them.
    pub person_days: i64,
    /// How complete the figures are.
    pub completeness: Completeness,
    /// The stages of the projects and pathways under way in the period, each with how many are at it today.
    pub stages: Vec<(String, i64)>,
    /// Who the network is made of at the end of the period, or today while it goes on (I13); of a network only, and not of a
    /// period that has not begun.
    pub team: Option<Team>,
    /// What was set out to be reached in the period.
    pub objectives: Vec<Objective>,
    /// What the network lived through; of a network only.
    pub life: Option<Life>,
    /// What the statements wish for and meet with, where that is asked for; of a network or a territory only: of a structure it
    /// would be one promeneur more often than not.
    pub needs: Option<Vec<NeedFigures>>,
}

/// Reads it.
pub async fn beside(
    tx: &mut Tx,
    members: &Members,
    period: Period,
    today: NaiveDate,
    reads_statements: bool,
) -> Result<Beside, sqlx::Error> {
    let scope = members.scope;
    let (name, id) = named(scope);
    let on = period.last().min(today);
    let with_needs = reads_statements && matches!(scope, Scope::Network | Scope::Territory(_));
    let row = sqlx::query_file!(
        "src/db/reports/beside.sql",
        period.first(),
        period.last(),
        &period.months(),
        on,
        name,
        id,
        today,
        period.to_string(),
        scope.to_string(),
        with_needs
    )
    .fetch_one(&mut **tx)
    .await?;
    let expected = members.statements_expected(period, today);
    let received: HashSet<(Uuid, NaiveDate)> = row.statement_ids.into_iter().zip(row.statement_months).collect();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let is_network = scope == Scope::Network;
    let team = (is_network && period.first() <= today).then(|| {
        let structures = row.house_types.into_iter().zip(row.house_counts).collect();
        team(members, period, on, structures, row.communes)
    });
    let life = is_network.then(|| {
        let events = row.event_kinds.into_iter().zip(row.event_days).zip(row.event_promeneurs);
        let accounts = row.account_networks.into_iter().zip(row.account_counts);
        let accounts = accounts.zip(row.account_checked).zip(row.account_conforming).map(
            |(((network, count), checked), conforming)| AccountFigures { network, count, checked, conforming },
        );
        Life {
            events: network_life::figures(events.map(|((kind, on), promeneurs)| (kind, on, promeneurs)), members),
            accounts: accounts.collect(),
        }
    });
    Ok(Beside {
        accompanied: row.accompanied,
        followers: row.followers,
        person_days: members.days_in(period),
        completeness: Completeness {
            expected: number(expected.len()),
            received: number(received.intersection(&expected).count()),
            phones: row.phones,
            pending: row.pending,
            since: row.since,
        },
        stages: row.stages.into_iter().zip(row.stage_counts).collect(),
        team,
        objectives: row.aims.into_iter().zip(row.targets).map(|(aim, value)| Objective { aim, value }).collect(),
        life,
        needs: with_needs.then(|| {
            let needs = row.need_subjects.into_iter().zip(row.wishing).zip(row.struggling);
            needs.map(|((subject, wishing), struggling)| NeedFigures { subject, wishing, struggling }).collect()
        }),
    })
}

fn team(members: &Members, period: Period, on: NaiveDate, structures: Vec<(String, i64)>, communes: i64) -> Team {
    let so_far = Span { from: period.first(), until: Some(on) };
    let mut team = Team { on, labelled: 0, on_leave: 0, arrived: 0, departed: 0, structures, communes };
    for label in members.labels.iter() {
        let is_here = label.labelled_on <= on && label.left_on.is_none_or(|left| on < left);
        team.labelled += i64::from(is_here);
        team.on_leave += i64::from(is_here && !label.counts_on(on));
        team.arrived += i64::from(so_far.contains(label.labelled_on));
        team.departed += i64::from(label.left_on.is_some_and(|left| so_far.contains(left)));
    }
    team
}
