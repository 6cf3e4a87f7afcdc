//! One indexed read of the projections for a period and a scope.

use std::collections::BTreeMap;

use app::{
    api::report::{Choice, Completeness},
    domain::{
        coded::Coded,
        ids::{PromeneurId, StructureId},
        indicators::Sums,
        label::Label,
        period::Period,
        scope::Scope,
        time::{Span, TimeSlot, is_available},
    },
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::Tx;

/// When each promeneur's activity counts for the scope. For the network, always.
#[derive(Debug)]
pub struct Members {
    everybody: bool,
    promeneurs: Vec<Uuid>,
    from: Vec<NaiveDate>,
    until: Vec<NaiveDate>,
}

/// The members of a scope; none when the scope does not exist in this network.
pub async fn members(tx: &mut Tx, scope: Scope) -> Result<Option<Members>, sqlx::Error> {
    let none = Members { everybody: false, promeneurs: Vec::new(), from: Vec::new(), until: Vec::new() };
    match scope {
        Scope::Network => Ok(Some(Members { everybody: true, ..none })),
        Scope::Promeneur(id) => {
            let found =
                sqlx::query_scalar!("select id from promeneur where id = $1", id.0).fetch_optional(&mut **tx).await?;
            Ok(found.map(|id| Members {
                promeneurs: vec![id],
                from: vec![NaiveDate::MIN],
                until: vec![NaiveDate::MAX],
                ..none
            }))
        }
        Scope::Structure(id) => {
            let found =
                sqlx::query_scalar!("select id from structure where id = $1", id.0).fetch_optional(&mut **tx).await?;
            if found.is_none() {
                return Ok(None);
            }
            let rows =
                sqlx::query!("select promeneur_id, from_on, until_on from affiliation where structure_id = $1", id.0)
                    .fetch_all(&mut **tx)
                    .await?;
            let mut members = none;
            for row in rows {
                members.promeneurs.push(row.promeneur_id);
                members.from.push(row.from_on);
                members.until.push(row.until_on.unwrap_or(LAST_DAY));
            }
            Ok(Some(members))
        }
    }
}

/// A day after all others that `Postgres` can hold beside `NaiveDate`.
const LAST_DAY: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};
/// A day before all others.
const FIRST_OF_ALL: NaiveDate = match NaiveDate::from_ymd_opt(1, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};

/// Every sum of the period and scope.
pub async fn sums(tx: &mut Tx, members: &Members, period: Period) -> Result<Sums, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let from: Vec<NaiveDate> = members.from.iter().map(|day| (*day).max(FIRST_OF_ALL)).collect();
    let until: Vec<NaiveDate> = members.until.iter().map(|day| (*day).min(LAST_DAY)).collect();
    let mut sums = Sums::default();
    let figures = sqlx::query!(
        r#"select measure, key, sum(value)::bigint as "value!" from daily_figure
           where day between $1 and $2 and ($3 or exists (
               select from unnest($4::uuid[], $5::date[], $6::date[]) as member (id, from_on, until_on)
               where member.id = promeneur_id and day between from_on and until_on))
           group by measure, key"#,
        first,
        last,
        members.everybody,
        &members.promeneurs,
        &from,
        &until
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in figures {
        sums.add(&row.measure, &row.key, row.value);
    }
    let minutes = sqlx::query!(
        r#"select on_day, slot, sum(minutes)::bigint as "minutes!" from presence_minutes
           where day between $1 and $2 and ($3 or exists (
               select from unnest($4::uuid[], $5::date[], $6::date[]) as member (id, from_on, until_on)
               where member.id = promeneur_id and day between from_on and until_on))
           group by on_day, slot having sum(minutes) <> 0"#,
        first,
        last,
        members.everybody,
        &members.promeneurs,
        &from,
        &until
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
        r#"select coalesce(sum(young_count), 0)::bigint as "n!" from project_span
           where initiated_on <= $2 and (ended_on is null or ended_on >= $1) and ($3 or exists (
               select from unnest($4::uuid[], $5::date[], $6::date[]) as member (id, from_on, until_on)
               where member.id = promeneur_id and initiated_on between from_on and until_on))"#,
        first,
        last,
        members.everybody,
        &members.promeneurs,
        &from,
        &until
    )
    .fetch_one(&mut **tx)
    .await?;
    sums.followers = sqlx::query_scalar!(
        r#"select coalesce(sum(followers), 0)::bigint as "n!" from (
               select distinct on (promeneur_id, social_network) followers from account_followers
               where as_of <= $1 and ($2 or exists (
                   select from unnest($3::uuid[], $4::date[], $5::date[]) as member (id, from_on, until_on)
                   where member.id = promeneur_id and as_of between from_on and until_on))
               order by promeneur_id, social_network, as_of desc, record_id desc) as latest"#,
        last,
        members.everybody,
        &members.promeneurs,
        &from,
        &until
    )
    .fetch_one(&mut **tx)
    .await?;
    let labels = labels(tx).await?;
    sums.person_days = labels.iter().map(|label| members.days_of(label, period.span())).sum();
    Ok(sums)
}

impl Members {
    /// Days of a span on which a promeneur counts for the scope.
    fn days_of(&self, label: &Label, span: Span) -> i64 {
        if self.everybody {
            return label.days_in(span);
        }
        let spans = self.promeneurs.iter().zip(self.from.iter().zip(&self.until));
        spans
            .filter(|(id, _)| **id == label.promeneur.0)
            .map(|(_, (from, until))| {
                let last = span.until.unwrap_or(LAST_DAY).min(*until);
                label.days_in(Span { from: span.from.max(*from), until: Some(last) })
            })
            .sum()
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
    let labels = labels(tx).await?;
    let mut expected: Vec<(Uuid, NaiveDate)> = Vec::new();
    for month in &over {
        let span = Period::month_of(*month).span();
        for label in labels.iter().filter(|label| members.days_of(label, span) > 0) {
            expected.push((label.promeneur.0, *month));
        }
    }
    let received = sqlx::query!("select promeneur_id, month from statement where month = any($1)", &over)
        .fetch_all(&mut **tx)
        .await?;
    let received = received.iter().filter(|row| expected.contains(&(row.promeneur_id, row.month))).count();
    let held = sqlx::query!(
        r#"select count(*) as "phones!", coalesce(sum(pending_count), 0)::bigint as "pending!",
                  min(oldest_pending_on) as since
           from device join account on account.network_id = device.network_id and account.id = device.account_id
           where pending_count > 0 and revoked_at is null and ($1 or account.promeneur_id = any($2))"#,
        members.everybody,
        &members.promeneurs
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
