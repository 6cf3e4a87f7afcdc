//! The same figures by plain SQL over the records, timed; and whether the page says just that.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use app::domain::{coded::Code, indicators::Sums, measure::Measure, period::Period};
use sqlx::AssertSqlSafe;

use crate::{office::Office, page::Reader, population::Department};

/// How often it is asked, unless it takes longer than [`LONG`].
const TIMES: usize = 3;
/// What takes so long is asked once.
const LONG: Duration = Duration::from_secs(30);

/// The recount of the tests, with the records as they stand for its ledger.
fn statement() -> anyhow::Result<String> {
    let whole = include_str!("../../tests/integration/recount.sql");
    let rest = whole.split_once("), intervention as (").context("the recount begins with the ledger")?.1;
    Ok(format!(
        "with kept as (
             select id as record_id, promeneur_id, body, kind from record where network_id = $1 and deleted_at is null
         ), intervention as ({rest}"
    ))
}

/// Milliseconds that the recount takes, after it was compared with the page's figures.
pub async fn check(
    office: &Office,
    reader: &Reader,
    department: &Department,
    period: &str,
) -> anyhow::Result<Vec<f64>> {
    let mut owner = office.owner().await?;
    let days: Period = period.parse()?;
    let statement = statement()?;
    let mut times = Vec::new();
    let mut rows: Vec<(String, Option<String>, Option<i64>)> = Vec::new();
    for _ in 0..TIMES {
        let begun = Instant::now();
        rows = sqlx::query_as(AssertSqlSafe(statement.as_str()))
            .bind(department.scheme.0)
            .bind(days.first())
            .bind(days.last())
            .fetch_all(&mut owner)
            .await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        if begun.elapsed() > LONG {
            break;
        }
    }
    let sums = reader.figures(&department.cookie, period).await?.sums;
    let mut compared = 0;
    for (figure, key, value) in &rows {
        let key = key.as_deref().unwrap_or_default();
        let Some(found) = told(&sums, figure, key) else { continue };
        ensure!(found == value.unwrap_or(0), "{figure} {key} of {period}: {found}, not {value:?}");
        compared += 1;
    }
    ensure!(compared > 60, "only {compared} figures");
    Ok(times)
}

fn told(sums: &Sums, figure: &str, key: &str) -> Option<i64> {
    Some(match figure {
        "I1a" => sums.followers,
        "I1b" => sums.distinct(),
        "I1c" => sums.contacts(),
        "I1d" => sums.accompanied,
        "I3" => sums.met(),
        "I4" => sums.projects_initiated(),
        "type" => sums.of(Measure::Interventions, key),
        "network" => sums.of(Measure::Networks, key),
        "heat" => {
            let (day, slot) = key.split_once(':')?;
            let day: u32 = day.parse().ok()?;
            sums.heat.iter().find(|(of, at, _)| *of == day && at == slot).map_or(0, |(.., minutes)| *minutes)
        }
        other => sums.of(Measure::from_code(other)?, key),
    })
}
