//! What a dashboard shows beside its sums of days.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use app::{
    api::report::Completeness,
    domain::{
        headline::Coverage,
        ids::PromeneurId,
        indicators::count_of,
        needs::NeedFigures,
        network_life::{AccountFigures, Life},
        objective::Objective,
        period::Period,
        scope::Scope,
        team::Team,
        time::Span,
    },
};
use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::{
    Frame, Members,
    accounts::accounts_on,
    handed::{Handed, handed_over},
    members::is_labelled,
};
use crate::db::{network_life, page::Page};

/// Before anything that was ever noted, and a day that PostgreSQL knows.
const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// What a dashboard shows beside its sums of days.
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
    /// How complete those of the other periods are, in the order in which they were asked for.
    pub others: Vec<Coverage>,
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
    /// Whether texts of the period may be erased already.
    pub words_are_gone: bool,
}

/// Reads it.
pub async fn beside(
    page: &mut Page,
    frame: &Frame,
    period: Period,
    others: &[Period],
    today: NaiveDate,
    reads_statements: bool,
) -> Result<Beside, sqlx::Error> {
    let members = &frame.members;
    let scope = members.scope;
    let on = period.last().min(today);
    let with_needs = reads_statements && matches!(scope, Scope::Network | Scope::Territory(_));
    let is_network = scope == Scope::Network;
    let (mut ids, mut froms, mut untils) = (Vec::new(), Vec::new(), Vec::new());
    // Of the network everything is asked for, whosever it is.
    // Until the end of the last month: its statement is expected of whoever comes in it, after the period's last day too.
    let until = Period::month_of(period.last()).last();
    let stretches = if is_network { Vec::new() } else { members.stretches((EARLIEST, until)) };
    for (promeneur, (from, until)) in stretches {
        ids.push(promeneur.0);
        froms.push(from);
        untils.push(until);
    }
    let months: Vec<NaiveDate> = std::iter::once(&period).chain(others).flat_map(|period| period.months()).collect();
    let row = sqlx::query_file!(
        "src/db/reports/beside.sql",
        period.first(),
        period.last(),
        &months,
        on,
        is_network,
        &ids,
        &froms,
        &untils,
        period.to_string(),
        scope.to_string(),
        with_needs
    )
    .fetch_one(&mut ***page)
    .await?;
    let accounts_now = if is_network { Some(accounts_on(page, frame, period.last()).await?) } else { None };
    let received = row.statement_ids.into_iter().zip(row.statement_months).collect();
    let mut coverages = Vec::new();
    for other in others {
        // Of a month that is counted in part no statement is expected.
        let until = other.last().succ_opt().map_or(today, |next| next.min(today));
        coverages.push(if is_network {
            let handed = handed_over(page, frame, *other, until).await?;
            Coverage { received: handed.received, expected: handed.expected }
        } else {
            let (received, expected) = members.statements(&received, *other, until);
            Coverage { received, expected }
        });
    }
    let handed = if is_network {
        handed_over(page, frame, period, today).await?
    } else {
        let texts = row.need_ids.into_iter().zip(row.need_months).zip(row.wishes).zip(row.difficulties);
        let texts = texts.map(|(((id, month), wishes), difficulties)| (PromeneurId(id), month, [wishes, difficulties]));
        Arc::new(Handed::of(members, &received, texts, period, today))
    };
    let held = row.held_ids.into_iter().zip(row.held_counts).zip(row.held_firsts);
    let held = held.map(|((promeneur, pending), since)| (promeneur.map(PromeneurId), pending, since));
    let held: Vec<(i64, Option<NaiveDate>)> = held
        .filter(|(promeneur, _, since)| holds_for(members, *promeneur, *since, today))
        .map(|(_, pending, since)| (i64::from(pending), since))
        .collect();
    let open = row.open_ids.into_iter().zip(row.open_days);
    let to_check =
        open.filter(|(id, on)| is_network || holds_for(members, Some(PromeneurId(*id)), Some(*on), today)).count();
    // Of a period that has not begun nobody knows who will follow, nor who will be accompanied.
    let has_begun = period.first() <= today;
    let team = (is_network && has_begun).then(|| team(members, period, on, frame.places(on)));
    let months = u32::try_from(row.text_months).unwrap_or(u32::MAX);
    let kept_from = today.checked_sub_months(Months::new(months)).unwrap_or(NaiveDate::MIN);
    let followers = accounts_now.as_ref().map_or(row.followers, |now| now.followers);
    let life = accounts_now.map(|now| {
        let events = row.event_kinds.into_iter().zip(row.event_days).zip(row.event_promeneurs);
        let checked = row.checked_ids.into_iter().zip(row.checked_networks).zip(row.conforming);
        let checked: Vec<((Uuid, String), bool)> = checked.collect();
        Life {
            events: network_life::figures(events.map(|((kind, on), promeneurs)| (kind, on, promeneurs)), members),
            accounts: account_figures(members, on, &now.by_network, &checked),
        }
    });
    Ok(Beside {
        accompanied: if has_begun { row.accompanied } else { 0 },
        followers: if has_begun { followers } else { 0 },
        person_days: members.days_in(period),
        completeness: Completeness {
            expected: handed.expected,
            received: handed.received,
            missing: handed.missing.clone(),
            phones: count_of(held.len()),
            pending: held.iter().map(|(pending, _)| pending).sum(),
            since: held.iter().filter_map(|(_, since)| *since).min(),
            to_check: count_of(to_check),
        },
        others: coverages,
        stages: row.stages.into_iter().zip(row.stage_counts).filter(|_| has_begun).collect(),
        team,
        objectives: row.aims.into_iter().zip(row.targets).map(|(aim, value)| Objective { aim, value }).collect(),
        life,
        needs: with_needs.then(|| handed.needs.clone()),
        words_are_gone: period.first() < kept_from,
    })
}

/// Most communes that are named.
const MOST_TOWNS: usize = 60;

/// Whether what a phone holds counts for the scope: its person belonged to it on some day since the oldest entry that it holds.
fn holds_for(members: &Members, whose: Option<PromeneurId>, since: Option<NaiveDate>, today: NaiveDate) -> bool {
    let from = since.map_or(today, |since| since.min(today));
    whose.is_some_and(|promeneur| members.has_within(promeneur, Period::Days(from, today)))
}

/// The professional accounts of those who are labelled on a day, by network, most first: declared by then, or found by whoever
/// checked, with what they found (I14).
fn account_figures(
    members: &Members,
    on: NaiveDate,
    declared: &BTreeMap<String, Vec<(Uuid, NaiveDate)>>,
    checked: &[((Uuid, String), bool)],
) -> Vec<AccountFigures> {
    let labelled = members.labels.iter().filter(|label| is_labelled(label, on));
    let labelled: HashSet<Uuid> = labelled.map(|label| label.promeneur.0).collect();
    let known = declared.iter().flat_map(|(network, accounts)| {
        accounts.iter().filter(|(_, as_of)| *as_of <= on).map(|(id, _)| ((*id, network.as_str()), None))
    });
    let mut accounts: HashMap<(Uuid, &str), Option<bool>> = known.collect();
    accounts.extend(checked.iter().map(|((id, network), conforms)| ((*id, network.as_str()), Some(*conforms))));
    let mut by_network: BTreeMap<&str, AccountFigures> = BTreeMap::new();
    for ((id, network), looked) in accounts {
        if !labelled.contains(&id) {
            continue;
        }
        let none = || AccountFigures { network: network.to_owned(), count: 0, checked: 0, conforming: 0 };
        let figures = by_network.entry(network).or_insert_with(none);
        figures.count += 1;
        figures.checked += i64::from(looked.is_some());
        figures.conforming += i64::from(looked == Some(true));
    }
    let mut figures: Vec<AccountFigures> = by_network.into_values().collect();
    figures.sort_by_key(|it| std::cmp::Reverse(it.count));
    figures
}

fn team(
    members: &Members,
    period: Period,
    on: NaiveDate,
    (structures, towns, territories): (Vec<(String, i64)>, Vec<String>, i64),
) -> Team {
    let so_far = Span { from: period.first(), until: Some(on) };
    let communes = count_of(towns.len());
    // Of a whole country the list would be most of the page.
    let towns = if towns.len() > MOST_TOWNS { Vec::new() } else { towns };
    let mut team =
        Team { on, labelled: 0, on_leave: 0, arrived: 0, departed: 0, structures, communes, territories, towns };
    for label in members.labels.iter() {
        let is_here = is_labelled(label, on);
        team.labelled += i64::from(is_here);
        team.on_leave += i64::from(is_here && !label.counts_on(on));
        team.arrived += i64::from(so_far.contains(label.labelled_on));
        team.departed += i64::from(label.left_on.is_some_and(|left| so_far.contains(left)));
    }
    team
}
