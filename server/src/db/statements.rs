//! Monthly statements: the projection of those that were handed over, and what the coordination reads of a month: those
//! received, those expected, and the month's figures as they stand.

use std::collections::{BTreeSet, HashMap};

use app::{
    api::statements::{Said, StatementLine, Statements},
    domain::{
        coded::Code,
        ids::{PromeneurId, SchemeId},
        indicators::Sums,
        needs::subjects,
        period::Period,
        record::Record,
        scope::Scope,
        statement::{DIFFICULTIES, Handed, Statement, TRAINING_WISHES},
    },
    sync::ledger::stored,
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    Tx,
    projections::{PRESENCE, day_of, presence_of},
    reports,
};

/// The statements of some promeneurs, found anew among their records, of which there is one a month: two phones may each
/// have made one, and then the newer stands.
pub async fn find_anew(tx: &mut Tx, scheme: SchemeId, whose: &BTreeSet<PromeneurId>) -> Result<(), sqlx::Error> {
    if whose.is_empty() {
        return Ok(());
    }
    let whose: Vec<Uuid> = whose.iter().map(|id| id.0).collect();
    forget(tx, Some(&whose)).await?;
    sqlx::query!(
        "insert into statement (network_id, promeneur_id, month, received_on, record_id)
         select distinct on (promeneur_id, month) $1, promeneur_id, (body->>'month')::date as month,
                (received_at at time zone (select time_zone from network))::date, id
         from record where kind = 'statement' and deleted_at is null and promeneur_id = any($2)
         order by promeneur_id, month, id desc
         on conflict (network_id, promeneur_id, month) do update set
             received_on = excluded.received_on, record_id = excluded.record_id",
        scheme.0,
        &whose,
    )
    .execute(&mut **tx)
    .await?;
    note_subjects(tx, &whose).await
}

/// Notes of which subjects their texts speak.
async fn note_subjects(tx: &mut Tx, whose: &[Uuid]) -> Result<(), sqlx::Error> {
    let rows = sqlx::query!(
        r#"select record.id, body::text as "body!" from statement join record on record.id = record_id
           where statement.promeneur_id = any($1)"#,
        whose
    )
    .fetch_all(&mut **tx)
    .await?;
    let (mut ids, mut wishes, mut difficulties) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let texts: Vec<(&str, String)> = statement(&row.body).iter().flat_map(Statement::texts).collect();
        let of = |about: &str| {
            let text = texts.iter().find(|(name, _)| *name == about).map(|(_, text)| text.as_str());
            let codes: Vec<&str> = text.map(subjects).unwrap_or_default().into_iter().map(Code::code).collect();
            codes.join(" ")
        };
        if !texts.is_empty() {
            ids.push(row.id);
            wishes.push(of(TRAINING_WISHES));
            difficulties.push(of(DIFFICULTIES));
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update statement set wishes = it.wishes, difficulties = it.difficulties
         from unnest($1::uuid[], $2::text[], $3::text[]) as it (id, wishes, difficulties) where record_id = it.id",
        &ids,
        &wishes,
        &difficulties
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets what records handed over, of some promeneurs or of all of them.
pub async fn forget(tx: &mut Tx, whose: Option<&[Uuid]>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from statement where record_id is not null and ($1::uuid[] is null or promeneur_id = any($1))",
        whose
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The statements of the month that begins on `month`, by name.
pub async fn of_month(tx: &mut Tx, month: NaiveDate, today: NaiveDate) -> Result<Statements, sqlx::Error> {
    let period = Period::month_of(month);
    let expected = reports::frame(tx, Scope::Network).await?.members.expected_in(period);
    let mut now = figures(tx, period).await?;
    let rows = sqlx::query!(
        r#"select promeneur.id, promeneur.name, received_on as "received_on?", record.body::text as body,
                  (select structure.name from affiliation join structure on structure.id = structure_id
                   where affiliation.promeneur_id = promeneur.id and from_on <= $2
                       and (until_on is null or until_on >= $2)
                   order by from_on desc limit 1) as structure
           from promeneur
           left join statement on statement.promeneur_id = promeneur.id and month = $1
           left join record on record.id = record_id and record.deleted_at is null
           order by promeneur.name, promeneur.id"#,
        month,
        period.last().min(today)
    )
    .fetch_all(&mut **tx)
    .await?;
    let lines = rows
        .into_iter()
        .filter(|row| row.received_on.is_some() || expected.contains(&row.id))
        .map(|row| StatementLine {
            promeneur: row.name,
            structure: row.structure,
            now: now.remove(&row.id).map_or_else(Handed::default, |sums| Handed::of(&sums)),
            received_on: row.received_on,
            handed: row.body.as_deref().and_then(statement),
        })
        .collect();
    Ok(Statements { month, today, lines })
}

fn statement(body: &str) -> Option<Statement> {
    match stored(body)? {
        Record::Statement(statement) => Some(statement),
        _ => None,
    }
}

/// What the statements of a period say, of those who belonged to the scope in their month.
pub async fn said(tx: &mut Tx, period: Period, scope: Scope) -> Result<Vec<Said>, sqlx::Error> {
    let members = reports::frame(tx, scope).await?.members;
    let rows = sqlx::query!(
        r#"select promeneur.id, promeneur.name, month, record.body::text as "body!"
           from statement
           join promeneur on promeneur.id = promeneur_id
           join record on record.id = record_id and record.deleted_at is null
           where month between $1 and $2
           order by month, promeneur.name, promeneur.id"#,
        period.first(),
        period.last()
    )
    .fetch_all(&mut **tx)
    .await?;
    let mut said = Vec::new();
    for row in rows {
        if !members.has_within(PromeneurId(row.id), Period::month_of(row.month)) {
            continue;
        }
        let Some(statement) = statement(&row.body) else { continue };
        said.extend(statement.texts().map(|(about, text)| Said {
            about,
            whose: PromeneurId(row.id),
            promeneur: row.name.clone(),
            month: row.month,
            text,
        }));
    }
    Ok(said)
}

/// What each promeneur's records of the period come to.
async fn figures(tx: &mut Tx, period: Period) -> Result<HashMap<Uuid, Sums>, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let mut by_promeneur: HashMap<Uuid, Sums> = HashMap::new();
    let sums = sqlx::query!(
        r#"select promeneur_id as "promeneur_id!", measure as "measure!", key as "key!", sum(value)::bigint as "value!"
           from promeneur,
               lateral (select * from daily_figure where promeneur_id = promeneur.id and day between $1 and $2 offset 0) as it
           group by promeneur_id, measure, key"#,
        first,
        last
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in sums {
        let sums = by_promeneur.entry(row.promeneur_id).or_default();
        if row.measure == PRESENCE {
            let (on_day, slot) = presence_of(&row.key)?;
            sums.add_minutes(day_of(on_day)?.weekday().number_from_monday(), slot, row.value);
        } else {
            sums.add(&row.measure, &row.key, row.value);
        }
    }
    Ok(by_promeneur)
}
