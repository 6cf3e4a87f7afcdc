//! One indexed read of the projections for a period and a scope.

use std::collections::{BTreeMap, HashSet};

use app::{
    api::report::{Choice, Completeness},
    domain::{
        coded::{Code, Coded},
        headline::{Headline, MonthFigures},
        ids::{PromeneurId, StructureId},
        indicators::Sums,
        label::Label,
        measure::Measure,
        period::Period,
        scope::Scope,
        tally::Standing,
        team::Team,
        time::{Span, TimeSlot, is_available},
    },
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{Tx, helplines};

/// A scope as `scope_member` takes it.
pub(super) fn named(scope: Scope) -> (&'static str, Option<Uuid>) {
    match scope {
        Scope::Network => ("network", None),
        Scope::Structure(id) => ("structure", Some(id.0)),
        Scope::Promeneur(id) => ("promeneur", Some(id.0)),
    }
}

/// Whether the scope exists in this network.
pub async fn exists(tx: &mut Tx, scope: Scope) -> Result<bool, sqlx::Error> {
    let found = match scope {
        Scope::Network => return Ok(true),
        Scope::Promeneur(id) => sqlx::query_scalar!("select id from promeneur where id = $1", id.0),
        Scope::Structure(id) => sqlx::query_scalar!("select id from structure where id = $1", id.0),
    };
    found.fetch_optional(&mut **tx).await.map(|id| id.is_some())
}

/// Every sum of the period and scope.
pub async fn sums(tx: &mut Tx, members: &Members, period: Period) -> Result<Sums, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let (scope, scope_id) = named(members.scope);
    let mut sums = Sums::default();
    let figures = sqlx::query!(
        r#"select measure as "measure!", key as "key!", sum(value)::bigint as "value!" from daily_figure as it
           where day between $1 and $2 and exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and day between from_on and until_on)
           group by measure, key"#,
        first,
        last,
        scope,
        scope_id
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in figures {
        sums.add(&row.measure, &row.key, row.value);
    }
    let minutes = sqlx::query!(
        r#"select on_day, slot, sum(minutes)::bigint as "minutes!" from presence_minutes as it
           where day between $1 and $2 and exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and day between from_on and until_on)
           group by on_day, slot having sum(minutes) <> 0"#,
        first,
        last,
        scope,
        scope_id
    )
    .fetch_all(&mut **tx)
    .await?;
    let holidays = holidays(tx).await?;
    for row in minutes {
        let slot: Coded<TimeSlot> = Coded::from(row.slot.as_str());
        sums.add_minutes(row.on_day.weekday().number_from_monday(), &row.slot, row.minutes);
        let holiday = holidays.iter().any(|span| span.contains(row.on_day));
        if slot.known().is_some_and(|slot| is_available(row.on_day, slot, holiday)) {
            sums.available_minutes += row.minutes;
        }
    }
    sums.accompanied = sqlx::query_scalar!(
        r#"select coalesce(sum(young_count), 0)::bigint as "n!" from project_span as it
           where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and initiated_on between from_on and until_on)"#,
        first,
        last,
        scope,
        scope_id
    )
    .fetch_one(&mut **tx)
    .await?;
    sums.followers = sqlx::query_scalar!(
        r#"select coalesce(sum(followers), 0)::bigint as "n!" from (
               select distinct on (promeneur_id, social_network) followers from account_followers as it
               where as_of <= $1 and exists (
                   select from scope_member($2, $3) as member
                   where member.promeneur_id = it.promeneur_id and as_of between from_on and until_on)
               order by promeneur_id, social_network, as_of desc, record_id desc) as latest"#,
        last,
        scope,
        scope_id
    )
    .fetch_one(&mut **tx)
    .await?;
    sums.person_days = members.days_in(period);
    Ok(sums)
}

/// The main figures of a period, of those that are read for comparison only.
pub async fn headline(tx: &mut Tx, members: &Members, period: Period) -> Result<Headline, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let (scope, scope_id) = named(members.scope);
    let rows = sqlx::query!(
        r#"select measure as "measure!", sum(value)::bigint as "value!" from daily_figure as it
           where day between $1 and $2
               and measure in ('distinct', 'interventions', 'met', 'projects_initiated', 'outside_minutes')
               and exists (
                   select from scope_member($3, $4) as member
                   where member.promeneur_id = it.promeneur_id and day between from_on and until_on)
           group by measure
           union all
           select 'presence', coalesce(sum(minutes), 0)::bigint from presence_minutes as it
           where day between $1 and $2 and exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and day between from_on and until_on)"#,
        first,
        last,
        scope,
        scope_id
    )
    .fetch_all(&mut **tx)
    .await?;
    let of = |measure: &str| rows.iter().find(|row| row.measure == measure).map_or(0, |row| row.value);
    Ok(Headline {
        distinct: of(Measure::Distinct.code()),
        interventions: of(Measure::Interventions.code()),
        met: of(Measure::Met.code()),
        projects: of(Measure::ProjectsInitiated.code()),
        minutes: of(Measure::OutsideMinutes.code()) + of("presence"),
        person_days: members.days_in(period),
    })
}

/// The months of a period in which something was noted, in order, as far as the period covers them.
pub async fn months(tx: &mut Tx, members: &Members, period: Period) -> Result<Vec<MonthFigures>, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let (scope, scope_id) = named(members.scope);
    sqlx::query_as!(
        MonthFigures,
        r#"select month as "month!", sum(interventions)::bigint as "interventions!", sum(minutes)::bigint as "minutes!"
           from (
               select date_trunc('month', day)::date as month,
                   case measure when 'interventions' then value else 0 end as interventions,
                   case measure when 'outside_minutes' then value else 0 end as minutes
               from daily_figure as it
               where day between $1 and $2 and measure in ('interventions', 'outside_minutes') and exists (
                   select from scope_member($3, $4) as member
                   where member.promeneur_id = it.promeneur_id and day between from_on and until_on)
               union all
               select date_trunc('month', day)::date, 0, minutes from presence_minutes as it
               where day between $1 and $2 and exists (
                   select from scope_member($3, $4) as member
                   where member.promeneur_id = it.promeneur_id and day between from_on and until_on)) as cell
           group by month order by month"#,
        first,
        last,
        scope,
        scope_id
    )
    .fetch_all(&mut **tx)
    .await
}

/// The stages of the projects and pathways under way in a period, each with how many are at it today.
pub async fn stages(tx: &mut Tx, members: &Members, period: Period) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let (scope, scope_id) = named(members.scope);
    let rows = sqlx::query!(
        r#"select stage, count(*) as "count!" from project_span as it
           where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and initiated_on between from_on and until_on)
           group by stage order by stage"#,
        period.first(),
        period.last(),
        scope,
        scope_id
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.stage, row.count)).collect())
}

/// Who the network is made of at the end of a period, or today while it goes on (I13).
pub async fn team(tx: &mut Tx, members: &Members, period: Period, today: NaiveDate) -> Result<Team, sqlx::Error> {
    let on = period.last().min(today);
    let here = |label: &Label| label.labelled_on <= on && label.left_on.is_none_or(|left| on < left);
    let so_far = Span { from: period.first(), until: Some(on) };
    let count = |is: &dyn Fn(&Label) -> bool| {
        i64::try_from(members.labels.iter().filter(|label| is(label)).count()).unwrap_or(i64::MAX)
    };
    let people: Vec<Uuid> = members.labels.iter().filter(|label| here(label)).map(|label| label.promeneur.0).collect();
    let rows = sqlx::query!(
        r#"select type as kind, count(*) as "structures!", array_agg(commune) as "communes!"
           from structure as it
           where exists (
               select from affiliation
               where affiliation.structure_id = it.id and affiliation.network_id = it.network_id
                   and promeneur_id = any($1) and from_on <= $2 and (until_on is null or until_on >= $2))
           group by type order by count(*) desc, type"#,
        &people,
        on
    )
    .fetch_all(&mut **tx)
    .await?;
    let communes: HashSet<&String> =
        rows.iter().flat_map(|row| &row.communes).filter(|name| !name.is_empty()).collect();
    Ok(Team {
        on,
        labelled: count(&here),
        on_leave: count(&|label| here(label) && !label.counts_on(on)),
        arrived: count(&|label| so_far.contains(label.labelled_on)),
        departed: count(&|label| label.left_on.is_some_and(|left| so_far.contains(left))),
        communes: i64::try_from(communes.len()).unwrap_or(i64::MAX),
        structures: rows.into_iter().map(|row| (row.kind, row.structures)).collect(),
    })
}

/// Who belongs to a scope and when, and for how long each of them counts.
#[derive(Debug)]
pub struct Members {
    scope: Scope,
    spans: Vec<(PromeneurId, Span)>,
    labels: Vec<Label>,
}

/// The members of a scope.
pub async fn members(tx: &mut Tx, scope: Scope) -> Result<Members, sqlx::Error> {
    let (name, id) = named(scope);
    let rows = sqlx::query!(
        r#"select promeneur_id as "promeneur_id!", from_on as "from_on!", until_on as "until_on!"
           from scope_member($1, $2)"#,
        name,
        id
    )
    .fetch_all(&mut **tx)
    .await?;
    let span = |from, until| Span { from, until: Some(until) };
    let spans = rows.into_iter().map(|row| (PromeneurId(row.promeneur_id), span(row.from_on, row.until_on))).collect();
    Ok(Members { scope, spans, labels: labels(tx).await? })
}

impl Members {
    /// Those of whom something is expected in a period: they count on some day of it.
    pub fn expected_in(&self, period: Period) -> HashSet<Uuid> {
        let counts = |label: &&Label| self.days_of(label, period.span()) > 0;
        self.labels.iter().filter(counts).map(|label| label.promeneur.0).collect()
    }

    /// Days of a period on which promeneurs count for the scope, summed over them.
    fn days_in(&self, period: Period) -> i64 {
        self.labels.iter().map(|label| self.days_of(label, period.span())).sum()
    }

    /// Days of a span on which a promeneur counts for the scope.
    fn days_of(&self, label: &Label, span: Span) -> i64 {
        let mine = self.spans.iter().filter(|(id, _)| *id == label.promeneur);
        mine.map(|(_, member)| label.days_in(span.and(*member))).sum()
    }
}

async fn holidays(tx: &mut Tx) -> Result<Vec<Span>, sqlx::Error> {
    let rows = sqlx::query!("select from_on, until_on from holiday").fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(|row| Span { from: row.from_on, until: Some(row.until_on) }).collect())
}

async fn labels(tx: &mut Tx) -> Result<Vec<Label>, sqlx::Error> {
    let leaves =
        sqlx::query!("select promeneur_id, from_on, until_on from promeneur_leave").fetch_all(&mut **tx).await?;
    let mut by_promeneur: BTreeMap<Uuid, Vec<Span>> = BTreeMap::new();
    for leave in leaves {
        let span = Span { from: leave.from_on, until: Some(leave.until_on) };
        by_promeneur.entry(leave.promeneur_id).or_default().push(span);
    }
    let rows = sqlx::query!("select id, labelled_on, left_on from promeneur").fetch_all(&mut **tx).await?;
    Ok(rows
        .into_iter()
        .map(|row| Label {
            promeneur: PromeneurId(row.id),
            labelled_on: row.labelled_on,
            left_on: row.left_on,
            leaves: by_promeneur.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// What a promeneur's own figures need beside their records.
pub async fn standing(tx: &mut Tx, promeneur: PromeneurId) -> Result<Standing, sqlx::Error> {
    let row = sqlx::query!("select labelled_on, left_on, weekly_minutes from promeneur where id = $1", promeneur.0)
        .fetch_one(&mut **tx)
        .await?;
    let leaves = sqlx::query!(
        "select from_on, until_on from promeneur_leave where promeneur_id = $1 order by from_on",
        promeneur.0
    )
    .fetch_all(&mut **tx)
    .await?;
    let leaves = leaves.into_iter().map(|row| Span { from: row.from_on, until: Some(row.until_on) }).collect();
    Ok(Standing {
        label: Label { promeneur, labelled_on: row.labelled_on, left_on: row.left_on, leaves },
        weekly_minutes: row.weekly_minutes.map(i64::from),
        holidays: holidays(tx).await?,
        helplines: helplines::list(tx).await?,
    })
}

/// How complete the figures are: statements received of those expected for the months that are over, and the phones
/// that still hold entries.
pub async fn completeness(
    tx: &mut Tx,
    members: &Members,
    period: Period,
    today: NaiveDate,
) -> Result<Completeness, sqlx::Error> {
    let over: Vec<NaiveDate> =
        period.months().into_iter().filter(|month| Period::month_of(*month).last() < today).collect();
    let mut expected: HashSet<(Uuid, NaiveDate)> = HashSet::new();
    for month in &over {
        expected.extend(members.expected_in(Period::month_of(*month)).into_iter().map(|promeneur| (promeneur, *month)));
    }
    let received = sqlx::query!("select promeneur_id, month from statement where month = any($1)", &over)
        .fetch_all(&mut **tx)
        .await?;
    let received = received.iter().filter(|row| expected.contains(&(row.promeneur_id, row.month))).count();
    // A phone counts for the scope that its person belonged to on some day since the oldest entry it holds.
    let (scope, scope_id) = named(members.scope);
    let held = sqlx::query!(
        r#"select count(*) as "phones!", coalesce(sum(pending_count), 0)::bigint as "pending!",
                  min(oldest_pending_on) as since
           from device join account on account.network_id = device.network_id and account.id = device.account_id
           where pending_count > 0 and revoked_at is null and exists (
               select from scope_member($1, $2) as member
               where member.promeneur_id = account.promeneur_id and from_on <= $3
                   and until_on >= least(oldest_pending_on, $3))"#,
        scope,
        scope_id,
        today
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Completeness {
        expected: i64::try_from(expected.len()).unwrap_or(0),
        received: i64::try_from(received).unwrap_or(0),
        phones: held.phones,
        pending: held.pending,
        since: held.since,
    })
}

/// The structures and promeneurs to choose a scope from, by name.
pub async fn choices(tx: &mut Tx) -> Result<(Vec<Choice<StructureId>>, Vec<Choice<PromeneurId>>), sqlx::Error> {
    let structures =
        sqlx::query!("select id, name, commune from structure order by name, id").fetch_all(&mut **tx).await?;
    let promeneurs = sqlx::query!("select id, name from promeneur order by name, id").fetch_all(&mut **tx).await?;
    Ok((
        structures
            .into_iter()
            .map(|row| {
                let name = if row.commune.is_empty() { row.name } else { format!("{}, {}", row.name, row.commune) };
                Choice { id: StructureId(row.id), name }
            })
            .collect(),
        promeneurs.into_iter().map(|row| Choice { id: PromeneurId(row.id), name: row.name }).collect(),
    ))
}
