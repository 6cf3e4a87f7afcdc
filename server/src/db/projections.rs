//! What dashboards read: kept up by deltas in the transaction of the ledger, or built anew from the records.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use app::{
    domain::{
        account_snapshot::AccountSnapshot,
        coded::Code,
        ids::{PromeneurId, RecordId, SchemeId},
        measure::{Contribution, RULES, contributions},
        project::Project,
        record::Record,
    },
    sync::ledger::stored,
};
use chrono::{Datelike, NaiveDate};
use uuid::Uuid;

use super::{
    Db, Tx,
    ledger::{self, By, Line},
    statements,
};

/// The sums of some days, by measure and key.
type Cells<'a> = BTreeMap<(Cow<'a, str>, Cow<'a, str>), i64>;

/// The sums of a whole network, by the first day of a month.
type Months<'a> = BTreeMap<NaiveDate, Cells<'a>>;

/// Under which cells hold minutes of presence, by the date and the slot in which they fall: a presence that goes on after midnight
/// belongs to the day before.
pub const PRESENCE: &str = "presence";

/// Changes to the projections, summed before they are written.
#[derive(Debug, Default)]
pub struct Delta<'a> {
    days: BTreeMap<(PromeneurId, NaiveDate), Cells<'a>>,
    facts: BTreeMap<RecordId, (PromeneurId, Option<Record>)>,
    /// Whose statements changed.
    statements: BTreeSet<PromeneurId>,
}

impl<'a> Delta<'a> {
    /// What a batch of decisions changes.
    pub fn of(lines: &[Line<'a>]) -> Self {
        let mut delta = Self::default();
        for (By { promeneur, .. }, decision) in lines {
            let promeneur = *promeneur;
            if let Some(write) = &decision.write {
                delta.count(promeneur, &write.removed, -1);
                delta.count(promeneur, &write.added, 1);
                let kind = write.record.kind.as_str();
                match kind {
                    "project" | "account_snapshot" => {
                        delta.facts.insert(decision.op.record, (promeneur, write.parsed.clone()));
                    }
                    "statement" => {
                        delta.statements.insert(promeneur);
                    }
                    _ => {}
                }
            }
        }
        delta
    }

    fn count(&mut self, promeneur: PromeneurId, contributions: &'a [Contribution], sign: i64) {
        for contribution in contributions {
            match contribution {
                Contribution::Sum { day, measure, key, value } => {
                    let day = self.days.entry((promeneur, *day)).or_default();
                    *day.entry((measure.code().into(), key.as_str().into())).or_default() += sign * value;
                }
                Contribution::Presence { day, on_day, slot, minutes } => {
                    let day = self.days.entry((promeneur, *day)).or_default();
                    let key = format!("{on_day}:{}", slot.code());
                    *day.entry((PRESENCE.into(), key.into())).or_default() += sign * minutes;
                }
            }
        }
    }

    /// The same by month of the whole network.
    fn of_network(&self) -> Months<'a> {
        let mut months = Months::default();
        for ((_, day), cells) in &self.days {
            let month = months.entry(day.with_day(1).unwrap_or(*day)).or_default();
            for (name, value) in cells {
                *month.entry(name.clone()).or_default() += value;
            }
        }
        months
    }

    /// Writes it.
    pub async fn write(self, tx: &mut Tx, scheme: SchemeId) -> Result<(), sqlx::Error> {
        let months = self.of_network();
        self.write_with(tx, scheme, months).await
    }

    async fn write_with(self, tx: &mut Tx, scheme: SchemeId, months: Months<'_>) -> Result<(), sqlx::Error> {
        write_cells(tx, scheme, self.days, months).await?;
        write_projects(tx, scheme, &self.facts).await?;
        write_followers(tx, scheme, &self.facts).await?;
        forget(tx, &self.facts).await?;
        statements::find_anew(tx, scheme, &self.statements).await
    }
}

/// Adds to the cells that are there: read, summed here and written whole. Nobody else writes them, as the transaction
/// holds the network's counter. Days of people and months of the network go together, in one question and one statement.
async fn write_cells(
    tx: &mut Tx,
    scheme: SchemeId,
    mut days: BTreeMap<(PromeneurId, NaiveDate), Cells<'_>>,
    mut months: Months<'_>,
) -> Result<(), sqlx::Error> {
    // What an edit takes back and adds again changes nothing.
    let changes = |cells: &Cells<'_>| cells.values().any(|sum| *sum != 0);
    days.retain(|_, cells| changes(cells));
    months.retain(|_, cells| changes(cells));
    if days.is_empty() && months.is_empty() {
        return Ok(());
    }
    let (promeneurs, dates): (Vec<Uuid>, Vec<NaiveDate>) = days.keys().map(|(id, day)| (id.0, *day)).unzip();
    let firsts: Vec<NaiveDate> = months.keys().copied().collect();
    let held = sqlx::query!(
        r#"select promeneur_id as "promeneur_id?", day as "day!", cells as "cells!"
           from unnest($2::uuid[], $3::date[]) as touched (promeneur, on_day),
               lateral (select * from figure_day where promeneur_id = promeneur and day = on_day limit 1) as held
           union all
           select null, month, cells
           from unnest($4::date[]) as touched (first),
               lateral (select * from network_month where network_id = $1 and month = first limit 1) as held"#,
        scheme.0,
        &promeneurs,
        &dates,
        &firsts,
    )
    .fetch_all(&mut **tx)
    .await?;
    // The codes of what is held are borrowed from it.
    let mut days: BTreeMap<(PromeneurId, NaiveDate), Cells<'_>> = days;
    let mut months: Months<'_> = months;
    for row in &held {
        let cells = match row.promeneur_id {
            Some(promeneur) => days.entry((PromeneurId(promeneur), row.day)).or_default(),
            None => months.entry(row.day).or_default(),
        };
        for cell in cells_of(&row.cells) {
            let (measure, key, sum) = cell?;
            *cells.entry((measure.into(), key.into())).or_default() += sum;
        }
    }
    let of_days: Vec<String> = days.values().map(cells_text).collect();
    let of_months: Vec<String> = months.values().map(cells_text).collect();
    sqlx::query!(
        "with own as (
             insert into figure_day (network_id, promeneur_id, day, cells)
             select $1, promeneur_id, day, cells
             from unnest($2::uuid[], $3::date[], $4::text[]) as line (promeneur_id, day, cells)
             on conflict (promeneur_id, day) do update set cells = excluded.cells
         )
         insert into network_month (network_id, month, cells)
         select $1, month, cells from unnest($5::date[], $6::text[]) as line (month, cells)
         on conflict (network_id, month) do update set cells = excluded.cells",
        scheme.0,
        &promeneurs,
        &dates,
        &of_days,
        &firsts,
        &of_months,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The cells of a day as they are kept: a line each, `measure key value`. Codes are words (`is_code`), the key may be
/// empty.
fn cells_text(cells: &Cells<'_>) -> String {
    let mut text = String::with_capacity(cells.len() * 28);
    for ((measure, key), sum) in cells.iter().filter(|(_, sum)| **sum != 0) {
        if !text.is_empty() {
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{measure} {key} {sum}");
    }
    text
}

/// The cells that are kept: measure, key and sum of each.
pub(super) fn cells_of(text: &str) -> impl Iterator<Item = Result<(&str, &str, i64), sqlx::Error>> {
    text.lines().filter(|line| !line.is_empty()).map(|line| {
        let (measure, rest) = line.split_once(' ').ok_or_else(|| broken(line))?;
        let (key, sum) = rest.split_once(' ').ok_or_else(|| broken(line))?;
        Ok((measure, key, sum.parse().map_err(|_| broken(line))?))
    })
}

/// The date, as text, and the slot of minutes of presence.
pub(super) fn presence_of(key: &str) -> Result<(&str, &str), sqlx::Error> {
    key.split_once(':').ok_or_else(|| broken(key))
}

/// That date.
pub(super) fn day_of(text: &str) -> Result<NaiveDate, sqlx::Error> {
    text.parse().map_err(|_| broken(text))
}

fn broken(line: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("no cell of a figure: {line:?}").into())
}

async fn write_projects(
    tx: &mut Tx,
    scheme: SchemeId,
    facts: &BTreeMap<RecordId, (PromeneurId, Option<Record>)>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<(Uuid, Uuid, &Project)> = facts
        .iter()
        .filter_map(|(record, (promeneur, fact))| match fact {
            Some(Record::Project(project)) => Some((record.0, promeneur.0, project)),
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let promeneurs: Vec<Uuid> = rows.iter().map(|(_, promeneur, _)| *promeneur).collect();
    let kinds: Vec<&str> = rows.iter().map(|(.., project)| project.kind.code()).collect();
    let origins: Vec<&str> = rows.iter().map(|(.., project)| project.origin.code()).collect();
    let stages: Vec<&str> = rows.iter().map(|(.., project)| project.stage.code()).collect();
    let themes: Vec<&str> = rows.iter().map(|(.., project)| project.theme.code()).collect();
    let firsts: Vec<NaiveDate> = rows.iter().map(|(.., project)| project.span.from).collect();
    let lasts: Vec<Option<NaiveDate>> = rows.iter().map(|(.., project)| project.span.until).collect();
    let counts: Vec<i32> = rows.iter().map(|(.., it)| i32::try_from(it.young_count).unwrap_or(i32::MAX)).collect();
    sqlx::query!(
        "insert into project_span (network_id, record_id, promeneur_id, kind, origin, stage, theme, initiated_on,
                ended_on, young_count)
         select $1, record_id, promeneur_id, kind, origin, stage, theme, initiated_on, ended_on, young_count
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[], $9::date[],
                $10::int[])
             as line (record_id, promeneur_id, kind, origin, stage, theme, initiated_on, ended_on, young_count)
         on conflict (network_id, record_id) do update set
             kind = excluded.kind, origin = excluded.origin, stage = excluded.stage, theme = excluded.theme,
             initiated_on = excluded.initiated_on, ended_on = excluded.ended_on, young_count = excluded.young_count",
        scheme.0,
        &ids,
        &promeneurs,
        &kinds as &[&str],
        &origins as &[&str],
        &stages as &[&str],
        &themes as &[&str],
        &firsts,
        &lasts as &[Option<NaiveDate>],
        &counts,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn write_followers(
    tx: &mut Tx,
    scheme: SchemeId,
    facts: &BTreeMap<RecordId, (PromeneurId, Option<Record>)>,
) -> Result<(), sqlx::Error> {
    let rows: Vec<(Uuid, Uuid, &AccountSnapshot)> = facts
        .iter()
        .filter_map(|(record, (promeneur, fact))| match fact {
            Some(Record::AccountSnapshot(snapshot)) => Some((record.0, promeneur.0, snapshot)),
            _ => None,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = rows.iter().map(|(id, ..)| *id).collect();
    let promeneurs: Vec<Uuid> = rows.iter().map(|(_, promeneur, _)| *promeneur).collect();
    let networks: Vec<&str> = rows.iter().map(|(.., snapshot)| snapshot.network.code()).collect();
    let days: Vec<NaiveDate> = rows.iter().map(|(.., snapshot)| snapshot.as_of).collect();
    let followers: Vec<i64> = rows.iter().map(|(.., snapshot)| i64::from(snapshot.followers)).collect();
    sqlx::query!(
        "insert into account_followers (network_id, record_id, promeneur_id, social_network, as_of, followers)
         select $1, record_id, promeneur_id, social_network, as_of, followers
         from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::bigint[])
             as line (record_id, promeneur_id, social_network, as_of, followers)
         on conflict (network_id, record_id) do update set
             social_network = excluded.social_network, as_of = excluded.as_of, followers = excluded.followers",
        scheme.0,
        &ids,
        &promeneurs,
        &networks as &[&str],
        &days,
        &followers,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes back what withdrawn records stood for.
async fn forget(tx: &mut Tx, facts: &BTreeMap<RecordId, (PromeneurId, Option<Record>)>) -> Result<(), sqlx::Error> {
    let withdrawn = facts.iter().filter(|(_, (_, fact))| fact.is_none());
    let ids: Vec<Uuid> = withdrawn.map(|(record, _)| record.0).collect();
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!("delete from project_span where record_id = any($1)", &ids).execute(&mut **tx).await?;
    sqlx::query!("delete from account_followers where record_id = any($1)", &ids).execute(&mut **tx).await?;
    Ok(())
}

/// Builds a network's projections anew from its records, in one transaction that no push can interleave. Returns how many
/// records there were.
pub async fn rebuild(db: &Db, scheme: SchemeId) -> Result<u64, sqlx::Error> {
    let mut tx = locked(db, scheme).await?;
    let count = build(&mut tx, scheme).await?;
    tx.commit().await?;
    Ok(count)
}

/// Builds them anew if they were computed by the rules of an earlier release. Those of a later one are left alone.
pub async fn refresh(db: &Db, scheme: SchemeId) -> Result<Option<u64>, sqlx::Error> {
    if !are_stale(db, scheme).await? {
        return Ok(None);
    }
    let mut tx = locked(db, scheme).await?;
    // Another server that started at the same time may have done it while this one waited.
    if ledger::rules(&mut tx).await?.is_some_and(|rules| rules >= RULES) {
        return Ok(None);
    }
    let count = build(&mut tx, scheme).await?;
    tx.commit().await?;
    Ok(Some(count))
}

/// A transaction that holds the network's counter, however long that takes: no statement of it is one of a request.
async fn locked(db: &Db, scheme: SchemeId) -> Result<Tx, sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    sqlx::query!("set local statement_timeout = 0").execute(&mut *tx).await?;
    sqlx::query!("set local lock_timeout = 0").execute(&mut *tx).await?;
    ledger::lock(&mut tx, scheme).await?;
    Ok(tx)
}

async fn build(tx: &mut Tx, scheme: SchemeId) -> Result<u64, sqlx::Error> {
    sqlx::query!("delete from figure_day").execute(&mut **tx).await?;
    sqlx::query!("delete from network_month").execute(&mut **tx).await?;
    // A server of the release before would count these beside those of the days.
    sqlx::query!("delete from presence_minutes").execute(&mut **tx).await?;
    sqlx::query!("delete from project_span").execute(&mut **tx).await?;
    sqlx::query!("delete from account_followers").execute(&mut **tx).await?;
    statements::forget(tx, None).await?;
    let mut after = Uuid::nil();
    let mut count = 0;
    // Those of the network are few, and every chunk would write them all again.
    let mut months: Months<'static> = Months::default();
    loop {
        let rows = sqlx::query!(
            r#"select id, promeneur_id, body::text as "body!" from record
               where id > $1 and deleted_at is null order by id limit 2000"#,
            after
        )
        .fetch_all(&mut **tx)
        .await?;
        let Some(last) = rows.last() else { break };
        after = last.id;
        let read = rows.iter().filter_map(|row| Some((row, stored(&row.body)?)));
        let read: Vec<_> = read.map(|(row, record)| (row, contributions(&record), record)).collect();
        let mut delta = Delta::default();
        for (row, counted, record) in &read {
            let promeneur = PromeneurId(row.promeneur_id);
            delta.count(promeneur, counted, 1);
            match record {
                Record::Project(_) | Record::AccountSnapshot(_) => {
                    delta.facts.insert(RecordId(row.id), (promeneur, Some(record.clone())));
                }
                Record::Statement(_) => {
                    delta.statements.insert(promeneur);
                }
                Record::Presence(_) | Record::Intervention(_) | Record::Meeting(_) => {}
            }
            count += 1;
        }
        for (month, cells) in delta.of_network() {
            let sums = months.entry(month).or_default();
            for ((measure, key), sum) in cells {
                *sums.entry((measure.into_owned().into(), key.into_owned().into())).or_default() += sum;
            }
        }
        delta.write_with(tx, scheme, Months::default()).await?;
    }
    write_cells(tx, scheme, BTreeMap::new(), months).await?;
    sqlx::query!("update projection_rules set rules = $2 where network_id = $1", scheme.0, RULES)
        .execute(&mut **tx)
        .await?;
    Ok(count)
}

/// Whether a network's projections were computed by the rules of an earlier release.
pub async fn are_stale(db: &Db, scheme: SchemeId) -> Result<bool, sqlx::Error> {
    let mut tx = db.of(scheme).await?;
    let rules = ledger::rules(&mut tx).await?;
    tx.commit().await?;
    Ok(rules.is_none_or(|rules| rules < RULES))
}
