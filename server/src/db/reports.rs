//! One indexed read of the projections for a period and a scope.

use std::collections::{BTreeMap, HashMap, HashSet};

use app::{
    api::report::{Choice, Choices, Completeness},
    domain::{
        coded::Code,
        headline::{Headline, MonthFigures},
        ids::{PromeneurId, StructureId, TerritoryId},
        indicators::Sums,
        label::Label,
        measure::RULES,
        period::Period,
        scope::Scope,
        staff::structure_name,
        tally::Standing,
        team::Team,
        time::{Span, TimeSlot, is_available},
    },
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    Tx, helplines, ledger,
    projections::{self, cells_of},
};

/// A scope as `scope_member` takes it.
pub(super) fn named(scope: Scope) -> (&'static str, Option<Uuid>) {
    match scope {
        Scope::Network => ("network", None),
        Scope::Territory(id) => ("territory", Some(id.0)),
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
        Scope::Territory(id) => sqlx::query_scalar!("select id from territory where id = $1", id.0),
    };
    found.fetch_optional(&mut **tx).await.map(|id| id.is_some())
}

/// What a scope did in the days of some periods, read at once.
#[derive(Debug, Default)]
pub struct Activity {
    /// Whole months of the network.
    months: Vec<Part>,
    /// Evenings, of one person each.
    days: Vec<Part>,
    /// Minutes of presence on those days.
    presences: Vec<Presence>,
    holidays: Vec<Span>,
}

/// The cells of a day or of a month.
#[derive(Debug)]
struct Part {
    /// The day, or the first of the month.
    day: NaiveDate,
    cells: String,
}

/// Minutes of presence, by the day on which it began.
#[derive(Debug)]
struct Presence {
    day: NaiveDate,
    on_day: NaiveDate,
    slot: String,
    minutes: i64,
}

/// Reads it. Of the network the months that a period holds wholly are read as such; everything else is read day by day.
pub async fn activity(tx: &mut Tx, members: &Members, periods: &[Period]) -> Result<Activity, sqlx::Error> {
    let mut activity = Activity { holidays: holidays(tx).await?, ..Activity::default() };
    // Months that another release's server has written beside, while one rolls out, are no sums of ours.
    let is_network = members.scope == Scope::Network && ledger::rules(tx).await? == Some(RULES);
    let mut days: Vec<(NaiveDate, NaiveDate)> = periods.iter().map(|period| (period.first(), period.last())).collect();
    if is_network {
        let first = periods.iter().map(|period| period.first()).min().unwrap_or(NaiveDate::MAX);
        let last = periods.iter().map(|period| period.last()).max().unwrap_or(NaiveDate::MIN);
        activity.months = sqlx::query_as!(
            Part,
            "select month as day, cells from network_month where month between $1 and $2",
            first,
            last
        )
        .fetch_all(&mut **tx)
        .await?;
        let cut = |period: &Period| {
            let period = *period;
            let months = period.months().into_iter().filter(move |month| !holds_month(period, *month));
            months.map(move |month| (month.max(period.first()), Period::month_of(month).last().min(period.last())))
        };
        days = periods.iter().flat_map(cut).collect();
    }
    let (mut people, mut firsts, mut lasts) = (Vec::new(), Vec::new(), Vec::new());
    for (promeneur, first, last) in members.stretches(&days) {
        people.push(promeneur.0);
        firsts.push(first);
        lasts.push(last);
    }
    if people.is_empty() {
        return Ok(activity);
    }
    // Person by person, each by the key of the table, whatever the planner believes of how many there are.
    activity.days = sqlx::query_as!(
        Part,
        r#"select it.day as "day!", it.cells as "cells!"
           from unnest($1::uuid[], $2::date[], $3::date[]) as stretch (person, first, last),
               lateral (
                   select day, cells from figure_day where promeneur_id = person and day between first and last offset 0
               ) as it"#,
        &people,
        &firsts,
        &lasts
    )
    .fetch_all(&mut **tx)
    .await?;
    activity.presences = sqlx::query_as!(
        Presence,
        r#"select it.day as "day!", it.on_day as "on_day!", it.slot as "slot!", sum(it.minutes)::bigint as "minutes!"
           from unnest($1::uuid[], $2::date[], $3::date[]) as stretch (person, first, last),
               lateral (
                   select day, on_day, slot, minutes from presence_minutes
                   where promeneur_id = person and day between first and last offset 0
               ) as it
           group by it.day, it.on_day, it.slot having sum(it.minutes) <> 0"#,
        &people,
        &firsts,
        &lasts
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(activity)
}

/// The same days in stretches that do not overlap, so that none is read twice.
fn merged(mut days: Vec<(NaiveDate, NaiveDate)>) -> Vec<(NaiveDate, NaiveDate)> {
    days.sort_unstable();
    let mut merged: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for (first, last) in days {
        match merged.last_mut() {
            Some((_, until)) if first <= *until => *until = last.max(*until),
            _ => merged.push((first, last)),
        }
    }
    merged
}

/// Whether a period holds the whole month that begins on a day.
fn holds_month(period: Period, month: NaiveDate) -> bool {
    period.first() <= month && Period::month_of(month).last() <= period.last()
}

impl Activity {
    /// Whether a day of a period is counted with its month.
    fn is_in_month(&self, period: Period, day: NaiveDate) -> bool {
        let month = day.with_day(1).unwrap_or(day);
        !self.months.is_empty() && holds_month(period, month)
    }

    /// The parts that make up one of the periods: none of its days is in two of them.
    fn parts_of(&self, period: Period) -> impl Iterator<Item = &Part> {
        let months = self.months.iter().filter(move |part| holds_month(period, part.day));
        let is_apart = move |day| period.span().contains(day) && !self.is_in_month(period, day);
        months.chain(self.days.iter().filter(move |part| is_apart(part.day)))
    }

    /// The sums of one of the periods, without what is no sum of days.
    pub fn sums(&self, period: Period) -> Result<Sums, sqlx::Error> {
        let mut sums = Sums::default();
        for part in self.parts_of(period) {
            for cell in cells_of(&part.cells) {
                let (measure, key, value) = cell?;
                if measure == projections::PRESENCE {
                    let (on_day, slot) = presence_of(key)?;
                    self.add_minutes(&mut sums, on_day, slot, value);
                } else {
                    sums.add(measure, key, value);
                }
            }
        }
        for it in &self.presences {
            if period.span().contains(it.day) && !self.is_in_month(period, it.day) {
                self.add_minutes(&mut sums, it.on_day, &it.slot, it.minutes);
            }
        }
        Ok(sums)
    }

    fn add_minutes(&self, sums: &mut Sums, on_day: NaiveDate, slot: &str, minutes: i64) {
        sums.add_minutes(on_day.weekday().number_from_monday(), slot, minutes);
        let holiday = self.holidays.iter().any(|span| span.contains(on_day));
        if TimeSlot::from_code(slot).is_some_and(|slot| is_available(on_day, slot, holiday)) {
            sums.available_minutes += minutes;
        }
    }

    /// The main figures of one of the periods.
    pub fn headline(&self, members: &Members, period: Period) -> Result<Headline, sqlx::Error> {
        let sums = self.sums(period)?;
        Ok(Headline { person_days: members.days_in(period), ..Headline::of(&sums) })
    }

    /// The months of one of the periods in which something was noted, in order, as far as the period covers them.
    pub fn months(&self, period: Period) -> Result<Vec<MonthFigures>, sqlx::Error> {
        let mut months = Vec::new();
        for month in period.months() {
            let whole = Period::month_of(month);
            let days = Period::Days(whole.first().max(period.first()), whole.last().min(period.last()));
            let sums = self.sums(days)?;
            let figures = MonthFigures { month, interventions: sums.interventions(), minutes: sums.minutes() };
            if (figures.interventions, figures.minutes) != (0, 0) {
                months.push(figures);
            }
        }
        Ok(months)
    }
}

/// The date and slot of a network's minutes of presence.
fn presence_of(key: &str) -> Result<(NaiveDate, &str), sqlx::Error> {
    let parts = key.split_once(':').and_then(|(day, slot)| Some((day.parse().ok()?, slot)));
    parts.ok_or_else(|| sqlx::Error::Decode(format!("no date and slot: {key:?}").into()))
}

/// Adds what is no sum of days: stocks at the end of a period, and for how long people counted.
pub async fn add_stocks(tx: &mut Tx, members: &Members, period: Period, sums: &mut Sums) -> Result<(), sqlx::Error> {
    let (scope, scope_id) = named(members.scope);
    sums.accompanied = sqlx::query_scalar!(
        r#"select coalesce(sum(young_count), 0)::bigint as "n!" from project_span as it
           where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and ($3 = 'network' or exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and initiated_on between from_on and until_on))"#,
        period.first(),
        period.last(),
        scope,
        scope_id
    )
    .fetch_one(&mut **tx)
    .await?;
    // Of the network without a question about each account, so that its index answers in order.
    sums.followers = if members.scope == Scope::Network {
        sqlx::query_scalar!(
            r#"select coalesce(sum(followers), 0)::bigint as "n!" from (
                   select distinct on (promeneur_id, social_network) followers from account_followers
                   where as_of <= $1
                   order by promeneur_id, social_network, as_of desc, record_id desc) as latest"#,
            period.last()
        )
        .fetch_one(&mut **tx)
        .await?
    } else {
        sqlx::query_scalar!(
            r#"select coalesce(sum(followers), 0)::bigint as "n!" from (
                   select distinct on (promeneur_id, social_network) followers from account_followers as it
                   where as_of <= $1 and exists (
                       select from scope_member($2, $3) as member
                       where member.promeneur_id = it.promeneur_id and as_of between from_on and until_on)
                   order by promeneur_id, social_network, as_of desc, record_id desc) as latest"#,
            period.last(),
            scope,
            scope_id
        )
        .fetch_one(&mut **tx)
        .await?
    };
    sums.person_days = members.days_in(period);
    Ok(())
}

/// The stages of the projects and pathways under way in a period, each with how many are at it today.
pub async fn stages(tx: &mut Tx, members: &Members, period: Period) -> Result<Vec<(String, i64)>, sqlx::Error> {
    let (scope, scope_id) = named(members.scope);
    let rows = sqlx::query!(
        r#"select stage, count(*) as "count!" from project_span as it
           where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and ($3 = 'network' or exists (
               select from scope_member($3, $4) as member
               where member.promeneur_id = it.promeneur_id and initiated_on between from_on and until_on))
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
    spans: HashMap<PromeneurId, Vec<Span>>,
    labels: Vec<Label>,
}

/// The members of a scope.
pub async fn members(tx: &mut Tx, scope: Scope) -> Result<Members, sqlx::Error> {
    let labels = labels(tx).await?;
    if scope == Scope::Network {
        // Everybody, always: as `scope_member` says.
        let always = Span { from: NaiveDate::MIN, until: None };
        let spans = labels.iter().map(|label| (label.promeneur, vec![always])).collect();
        return Ok(Members { scope, spans, labels });
    }
    Ok(Members { scope, spans: spans(tx, scope).await?, labels })
}

/// Who belongs to a scope and when.
async fn spans(tx: &mut Tx, scope: Scope) -> Result<HashMap<PromeneurId, Vec<Span>>, sqlx::Error> {
    let (name, id) = named(scope);
    let mut spans: HashMap<PromeneurId, Vec<Span>> = HashMap::new();
    let rows = sqlx::query!(
        r#"select promeneur_id as "promeneur_id!", from_on as "from_on!", until_on as "until_on!"
           from scope_member($1, $2)"#,
        name,
        id
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in rows {
        let span = Span { from: row.from_on, until: Some(row.until_on) };
        spans.entry(PromeneurId(row.promeneur_id)).or_default().push(span);
    }
    Ok(spans)
}

impl Members {
    /// Those of whom something is expected in a period: they count on some day of it.
    pub fn expected_in(&self, period: Period) -> HashSet<Uuid> {
        let counts = |label: &&Label| self.days_of(label, period.span()) > 0;
        self.labels.iter().filter(counts).map(|label| label.promeneur.0).collect()
    }

    /// The members of another scope of the same network, whose labels are known already.
    pub async fn part(&self, tx: &mut Tx, scope: Scope) -> Result<Self, sqlx::Error> {
        Ok(Self { scope, spans: spans(tx, scope).await?, labels: self.labels.clone() })
    }

    /// Of whom a statement is expected for each month of a period that is over.
    pub fn statements_expected(&self, period: Period, today: NaiveDate) -> HashSet<(Uuid, NaiveDate)> {
        let over = period.months().into_iter().filter(|month| Period::month_of(*month).last() < today);
        over.flat_map(|month| {
            self.expected_in(Period::month_of(month)).into_iter().map(move |promeneur| (promeneur, month))
        })
        .collect()
    }

    /// One of them alone, for as long as they belonged to the scope.
    #[must_use]
    pub fn only(&self, promeneur: PromeneurId) -> Self {
        let spans = self.spans.get(&promeneur).map(|spans| (promeneur, spans.clone())).into_iter().collect();
        Self { scope: Scope::Promeneur(promeneur), spans, labels: self.labels.clone() }
    }

    /// How many count on a day, whatever the scope.
    pub fn active_on(&self, day: NaiveDate) -> i64 {
        i64::try_from(self.labels.iter().filter(|label| label.counts_on(day)).count()).unwrap_or(i64::MAX)
    }

    /// Whose days belong to the scope, within some days: for each person stretches that do not overlap.
    fn stretches(&self, days: &[(NaiveDate, NaiveDate)]) -> Vec<(PromeneurId, NaiveDate, NaiveDate)> {
        let mut stretches = Vec::new();
        for (promeneur, spans) in &self.spans {
            let within = |span: &Span| {
                let (from, until) = (span.from, span.until.unwrap_or(NaiveDate::MAX));
                days.iter().map(move |(first, last)| (from.max(*first), until.min(*last))).collect::<Vec<_>>()
            };
            let within = spans.iter().flat_map(within).filter(|(first, last)| first <= last).collect();
            stretches.extend(merged(within).into_iter().map(|(first, last)| (*promeneur, first, last)));
        }
        stretches
    }

    /// Days of a period on which promeneurs count for the scope, summed over them.
    fn days_in(&self, period: Period) -> i64 {
        self.labels.iter().map(|label| self.days_of(label, period.span())).sum()
    }

    /// Days of a span on which a promeneur counts for the scope.
    fn days_of(&self, label: &Label, span: Span) -> i64 {
        let mine = self.spans.get(&label.promeneur).map_or(&[][..], Vec::as_slice);
        mine.iter().map(|member| label.days_in(span.and(*member))).sum()
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

/// The statements received for the months of a period.
pub async fn received(tx: &mut Tx, period: Period) -> Result<HashSet<(Uuid, NaiveDate)>, sqlx::Error> {
    let rows = sqlx::query!("select promeneur_id, month from statement where month = any($1)", &period.months())
        .fetch_all(&mut **tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.promeneur_id, row.month)).collect())
}

/// How complete the figures are: statements received of those expected for the months that are over, and the phones
/// that still hold entries.
pub async fn completeness(
    tx: &mut Tx,
    members: &Members,
    period: Period,
    today: NaiveDate,
) -> Result<Completeness, sqlx::Error> {
    let expected = members.statements_expected(period, today);
    let received = received(tx, period).await?.intersection(&expected).count();
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

/// What a scope is made of in a period, by name: structures with somebody in them then, or their promeneurs.
pub async fn parts(tx: &mut Tx, scope: Scope, period: Period) -> Result<Vec<Scope>, sqlx::Error> {
    let (name, id) = named(scope);
    match scope {
        Scope::Promeneur(_) => Ok(Vec::new()),
        Scope::Network | Scope::Territory(_) => {
            let ids = sqlx::query_scalar!(
                "select id from structure
                 where ($1 = 'network' or territory_id = $2) and exists (
                     select from affiliation
                     where structure_id = structure.id and from_on <= $4 and (until_on is null or until_on >= $3))
                 order by structure.name, id",
                name,
                id,
                period.first(),
                period.last()
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(ids.into_iter().map(|id| Scope::Structure(StructureId(id))).collect())
        }
        Scope::Structure(_) => {
            let ids = sqlx::query_scalar!(
                r#"select promeneur.id from promeneur
                   where exists (
                       select from scope_member($1, $2) as member
                       where member.promeneur_id = promeneur.id and from_on <= $4 and until_on >= $3)
                   order by promeneur.name, promeneur.id"#,
                name,
                id,
                period.first(),
                period.last()
            )
            .fetch_all(&mut **tx)
            .await?;
            Ok(ids.into_iter().map(|id| Scope::Promeneur(PromeneurId(id))).collect())
        }
    }
}

/// The scopes to choose from, by name.
pub async fn choices(tx: &mut Tx) -> Result<Choices, sqlx::Error> {
    let territories = sqlx::query!(
        "select id, name from territory
         where exists (select from structure where territory_id = territory.id) order by name, id"
    )
    .fetch_all(&mut **tx)
    .await?;
    let structures =
        sqlx::query!("select id, name, commune from structure order by name, id").fetch_all(&mut **tx).await?;
    let promeneurs = sqlx::query!("select id, name from promeneur order by name, id").fetch_all(&mut **tx).await?;
    Ok(Choices {
        territories: territories.into_iter().map(|row| Choice { id: TerritoryId(row.id), name: row.name }).collect(),
        structures: structures
            .into_iter()
            .map(|row| {
                let name = structure_name(&row.name, &row.commune);
                Choice { id: StructureId(row.id), name }
            })
            .collect(),
        promeneurs: promeneurs.into_iter().map(|row| Choice { id: PromeneurId(row.id), name: row.name }).collect(),
    })
}
