//! The statements of a month: those received, those expected, and the month's figures as they stand.

use std::collections::HashMap;

use app::{
    api::statements::{StatementLine, Statements},
    domain::{
        indicators::Sums,
        period::Period,
        record::Record,
        scope::Scope,
        statement::{Handed, Statement},
    },
    sync::ledger::stored,
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{Tx, reports};

/// The statements of the month that begins on `month`, by name.
pub async fn of_month(tx: &mut Tx, month: NaiveDate, today: NaiveDate) -> Result<Statements, sqlx::Error> {
    let period = Period::month_of(month);
    let expected = reports::members(tx, Scope::Network).await?.expected_in(period);
    let mut now = figures(tx, period).await?;
    let rows = sqlx::query!(
        r#"select promeneur.id, promeneur.name, received_on as "received_on?", record.body::text as body,
                  (select structure.name from affiliation join structure on structure.id = structure_id
                   where affiliation.promeneur_id = promeneur.id and until_on is null
                   order by from_on desc limit 1) as structure
           from promeneur
           left join statement on statement.promeneur_id = promeneur.id and month = $1
           left join record on record.id = record_id and record.deleted_at is null
           order by promeneur.name, promeneur.id"#,
        month
    )
    .fetch_all(&mut **tx)
    .await?;
    let lines = rows
        .into_iter()
        .filter(|row| row.received_on.is_some() || expected.contains(&row.id))
        .map(|row| {
            let statement = row.body.as_deref().and_then(statement);
            let by_hand = row.received_on.filter(|_| statement.is_none());
            StatementLine {
                promeneur: row.name,
                structure: row.structure,
                now: now.remove(&row.id).map_or_else(Handed::default, |sums| Handed::of(&sums)),
                handed: statement.zip(row.received_on),
                by_hand,
            }
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

/// What each promeneur's records of the period come to.
async fn figures(tx: &mut Tx, period: Period) -> Result<HashMap<Uuid, Sums>, sqlx::Error> {
    let (first, last) = (period.first(), period.last());
    let mut by_promeneur: HashMap<Uuid, Sums> = HashMap::new();
    let sums = sqlx::query!(
        r#"select promeneur_id as "promeneur_id!", measure as "measure!", key as "key!", sum(value)::bigint as "value!"
           from daily_figure where day between $1 and $2 group by promeneur_id, measure, key"#,
        first,
        last
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in sums {
        by_promeneur.entry(row.promeneur_id).or_default().add(&row.measure, &row.key, row.value);
    }
    let minutes = sqlx::query!(
        r#"select promeneur_id, on_day, slot, sum(minutes)::bigint as "minutes!" from presence_minutes
           where day between $1 and $2 group by promeneur_id, on_day, slot"#,
        first,
        last
    )
    .fetch_all(&mut **tx)
    .await?;
    for row in minutes {
        let weekday = row.on_day.weekday().number_from_monday();
        by_promeneur.entry(row.promeneur_id).or_default().add_minutes(weekday, &row.slot, row.minutes);
    }
    Ok(by_promeneur)
}
