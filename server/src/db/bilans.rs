//! The annual bilan: its texts, and the versions that were published.

use app::{
    coordination::annual::{Chapter, Document, Written, pages::Version},
    domain::{
        coded::Code,
        ids::BilanId,
        period::Period,
        person::Me,
        scope::Scope,
        small_numbers::{Masking, Years},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::{Tx, people};
use crate::clock::{self, day_in, fresh_id};

/// The texts of a bilan as they stand, of chapters that this release knows.
pub async fn texts(tx: &mut Tx, period: Period, scope: Scope) -> Result<Vec<(Chapter, Written)>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query!(
        r#"select distinct on (chapter) chapter, text, author, written_at as "at: DateTime<Utc>" from bilan_text
           where period = $1 and scope = $2 order by chapter, id desc"#,
        period.to_string(),
        scope.to_string()
    )
    .fetch_all(&mut **tx)
    .await?;
    let written = rows.into_iter().filter(|row| !row.text.is_empty()).filter_map(|row| {
        let on = day_in(&zone, row.at);
        Some((Chapter::from_code(&row.chapter)?, Written { text: row.text, author: row.author, at: row.at, on }))
    });
    Ok(written.collect())
}

/// Writes a text. The one before it stays, under it.
pub async fn write(
    tx: &mut Tx,
    me: &Me,
    period: Period,
    scope: Scope,
    chapter: Chapter,
    text: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into bilan_text (network_id, id, period, scope, chapter, text, author, author_id, written_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        me.scheme.0,
        fresh_id(),
        period.to_string(),
        scope.to_string(),
        chapter.code(),
        text,
        me.name,
        me.account.0,
        clock::now()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Keeps others from writing or publishing the same bilan until the transaction ends.
pub async fn hold(tx: &mut Tx, period: Period, scope: Scope) -> Result<(), sqlx::Error> {
    let name = format!("bilan {period} {scope}");
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended((select id::text from network) || $1, 0))", name)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Publishes a version; its id. That no number is given twice is for whoever holds the bilan, and the table refuses it.
pub async fn publish(
    tx: &mut Tx,
    me: &Me,
    period: Period,
    scope: Scope,
    number: i32,
    document: &Document,
) -> Result<BilanId, sqlx::Error> {
    let id = fresh_id();
    sqlx::query!(
        "insert into bilan_version (network_id, id, period, scope, number, document, publisher, publisher_id, published_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        me.scheme.0,
        id,
        period.to_string(),
        scope.to_string(),
        number,
        Json(document) as _,
        me.name,
        me.account.0,
        clock::now()
    )
    .execute(&mut **tx)
    .await?;
    Ok(BilanId(id))
}

struct Row {
    id: Uuid,
    number: i32,
    title: String,
    scope: String,
    publisher: String,
    period: String,
    at: DateTime<Utc>,
    newest: Uuid,
    newest_number: i32,
}

impl Row {
    fn read(self, zone: &str) -> Version {
        let Self { id, number, title, scope, publisher, period, at, newest, newest_number } = self;
        let newest = (newest != id).then_some((BilanId(newest), newest_number));
        Version { id: BilanId(id), number, title, scope, by: publisher, on: day_in(zone, at), newest, period }
    }
}

/// The versions published, the newest first: of a period, of a scope, or of all.
pub async fn versions(tx: &mut Tx, of: (Option<Period>, Option<Scope>)) -> Result<Vec<Version>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let rows = sqlx::query_as!(
        Row,
        r#"select id, number, document->>'title' as "title!", document->>'scope' as "scope!", publisher, period,
                  published_at as "at: DateTime<Utc>",
                  first_value(id) over of_the_same as "newest!", first_value(number) over of_the_same as "newest_number!"
           from bilan_version where ($1::text is null or period = $1) and ($2::text is null or scope = $2)
           window of_the_same as (partition by period, scope order by number desc)
           order by id desc limit 200"#,
        of.0.map(|period| period.to_string()),
        of.1.map(|scope| scope.to_string())
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| row.read(&zone)).collect())
}

/// A version, whole, where it is of the scope that may be read.
pub async fn version(
    tx: &mut Tx,
    id: BilanId,
    only: Option<Scope>,
) -> Result<Option<(Version, Document)>, sqlx::Error> {
    let zone = people::scheme(tx).await?.time_zone;
    let row = sqlx::query!(
        r#"select it.number, it.publisher, it.period, it.published_at as "at: DateTime<Utc>",
                  it.document as "document: Json<Document>", newest.id as newest, newest.number as newest_number
           from bilan_version as it, lateral (
               select id, number from bilan_version as other
               where other.period = it.period and other.scope = it.scope order by number desc limit 1
           ) as newest
           where it.id = $1 and ($2::text is null or it.scope = $2)"#,
        id.0,
        only.map(|scope| scope.to_string())
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| {
        let Json(document) = row.document;
        let (title, scope) = (document.title.clone(), document.scope.clone());
        let row = Row {
            id: id.0,
            number: row.number,
            title,
            scope,
            publisher: row.publisher,
            period: row.period,
            at: row.at,
            newest: row.newest,
            newest_number: row.newest_number,
        };
        (row.read(&zone), document)
    }))
}

/// How small numbers of people are masked.
pub async fn masking(tx: &mut Tx) -> Result<Masking, sqlx::Error> {
    let row = sqlx::query!("select small_numbers, told_years from network").fetch_one(&mut **tx).await?;
    // The table holds no other word.
    let years = Years::from_code(&row.told_years).unwrap_or(Years::Civil);
    Ok(Masking { threshold: row.small_numbers.into(), years })
}

/// The day of the earliest activity that somebody outside the coordination may have read of: none where nobody ever had an
/// access for that.
pub async fn first_read(tx: &mut Tx) -> Result<Option<NaiveDate>, sqlx::Error> {
    sqlx::query_scalar!(
        "select min(day) from daily_figure
         where exists (select from account where role in ('caf', 'committee')) or exists (select from access_key)"
    )
    .fetch_one(&mut **tx)
    .await
}

/// Sets it.
pub async fn set_masking(tx: &mut Tx, threshold: i16, years: Years) -> Result<(), sqlx::Error> {
    sqlx::query!("update network set small_numbers = $1, told_years = $2", threshold, years.code())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
