//! The nightly erasing: free text of long ago, and the names of those who left. Each network by its own settings, a run a day,
//! whichever instance comes first; what it did is noted and shown.

use std::{ops::AddAssign, time::Duration};

use app::{
    api::error::{AppError, ErrorCode},
    coordination::service::Retention,
    domain::ids::{AccountId, OpId, RecordId, SchemeId},
    sync::{
        hash::BodyHash,
        messages::{Op, OpKind},
    },
};
use chrono::{Months, NaiveDate, TimeDelta, Timelike};
use serde_json::value::RawValue;
use sqlx::{Connection, postgres::PgConnectOptions};
use uuid::Uuid;

use crate::{
    admin,
    batch::{self, Ask},
    clock::{self, fresh_id},
    db::{
        self, Db, accounts,
        audit::{self, Chain},
        failed,
        ledger::By,
        mail_outbox, passkeys, people,
        retention::{self, Wordy},
    },
};

/// Records that are rewritten in one transaction, which holds the network's counter.
const CHUNK: i64 = 200;
/// How often an instance looks whether a run is due.
const LOOK: Duration = Duration::from_hours(1);

/// What a run erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Records whose free text was erased.
    pub texts: i32,
    /// People whose name and access were.
    pub people: i32,
    /// Decided entries and invitations.
    pub others: i32,
}

impl AddAssign for Erased {
    fn add_assign(&mut self, other: Self) {
        self.texts += other.texts;
        self.people += other.people;
        self.others += other.others;
    }
}

/// Erases what is due, for as long as the server runs.
pub async fn keep_running(db: Db, options: PgConnectOptions) {
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        match networks(&options).await {
            Ok(schemes) => {
                for scheme in schemes {
                    match run_if_due(&db, scheme).await {
                        Ok(true) => check_trail(&options, scheme).await,
                        Ok(false) => {}
                        Err(error) => {
                            tracing::error!(network.id = %scheme, code = error.code.code(), "what is due could not be erased");
                        }
                    }
                }
            }
            Err(error) => tracing::error!(error = &*error as &dyn std::error::Error, "no network was looked at"),
        }
    }
}

/// Those that there are now: one may have been created since the server started.
async fn networks(options: &PgConnectOptions) -> anyhow::Result<Vec<SchemeId>> {
    let mut owner = db::connect(options).await?;
    let schemes = admin::schemes(&mut owner).await?;
    owner.close().await?;
    Ok(schemes)
}

/// Runs once a day and network.
async fn run_if_due(db: &Db, scheme: SchemeId) -> Result<bool, AppError> {
    // Held until the run is noted: two instances at once would only do it twice.
    let mut turn = db.of(scheme).await.map_err(failed)?;
    // At night where the network lives: an evening's entries come first. Whoever is off at night catches up.
    let zone = people::scheme(&mut turn).await.map_err(failed)?.time_zone;
    let is_night = (1..6).contains(&clock::local_in(&zone, clock::now()).hour());
    let since = clock::now() - if is_night { TimeDelta::hours(20) } else { TimeDelta::hours(48) };
    retention::take_time(&mut turn).await.map_err(failed)?;
    let is_due = retention::is_due(&mut turn, scheme, since).await.map_err(failed)?;
    if is_due {
        let erased = run(db, scheme).await?;
        tracing::info!(network.id = %scheme, erased.texts, erased.people, erased.others, "erased what is kept no longer");
    }
    turn.commit().await.map_err(failed)?;
    Ok(is_due)
}

/// Looks once a day at the whole trail, of which the page « Service et données » looks at the end.
async fn check_trail(options: &PgConnectOptions, scheme: SchemeId) {
    let checked = async {
        let mut owner = db::connect(options).await?;
        let chain = audit::verify(&mut owner, scheme, None).await?;
        owner.close().await?;
        anyhow::Ok(chain)
    };
    match checked.await {
        Ok(Chain::Whole { .. }) => {}
        Ok(Chain::Broken { at }) => {
            tracing::error!(network.id = %scheme, at, "the trail of administrative acts is broken: `lanterne admin verify-audit`");
        }
        Err(error) => tracing::error!(error = &*error as &dyn std::error::Error, "the trail could not be checked"),
    }
}

/// Erases what is due in a network, and notes it.
pub async fn run(db: &Db, scheme: SchemeId) -> Result<Erased, AppError> {
    let mut tx = db.of(scheme).await.map_err(failed)?;
    let Retention { text_months, departed_months } = retention::settings(&mut tx).await.map_err(failed)?;
    let today = clock::today_in(&people::scheme(&mut tx).await.map_err(failed)?.time_zone);
    tx.commit().await.map_err(failed)?;
    let before = |months: i16| {
        let months = Months::new(u32::from(months.unsigned_abs()));
        today.checked_sub_months(months).unwrap_or(NaiveDate::MIN)
    };
    let mut erased = Erased::default();
    let mut after = RecordId(Uuid::nil());
    loop {
        let chunk = Chunk { scheme, before: before(text_months), after, most: CHUNK };
        let last = match erase_some(db, chunk).await {
            Ok((last, count)) => {
                erased.texts += count;
                last
            }
            // One that can no longer be judged must not keep the others' words.
            Err(_) => erase_one_by_one(db, chunk, &mut erased.texts).await?,
        };
        let Some(last) = last else { break };
        after = last;
    }
    let mut tx = db.of(scheme).await.map_err(failed)?;
    erased.people = retention::minimise(&mut tx, before(departed_months)).await.map_err(failed)?;
    erased.others = retention::sweep(&mut tx).await.map_err(failed)?;
    mail_outbox::sweep(&mut tx).await.map_err(failed)?;
    retention::note(&mut tx, scheme, erased.texts, erased.people, erased.others).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    accounts::forget_old_attempts(db).await.map_err(failed)?;
    passkeys::forget_old_questions(db).await.map_err(failed)?;
    Ok(erased)
}

/// Records that are rewritten together.
#[derive(Clone, Copy)]
struct Chunk {
    scheme: SchemeId,
    before: NaiveDate,
    after: RecordId,
    most: i64,
}

/// Some records without their words: as operations, so that phones receive them like any other change. The last of them, and
/// how many.
async fn erase_some(db: &Db, chunk: Chunk) -> Result<(Option<RecordId>, i32), AppError> {
    let mut tx = db.for_push(chunk.scheme).await.map_err(failed)?;
    let wordy = retention::wordy(&mut tx, chunk.before, chunk.after, chunk.most).await.map_err(failed)?;
    let asks: Vec<Ask> =
        wordy.iter().filter(|it| it.is_wordy && !it.is_withdrawn).map(ask).collect::<Result<_, _>>()?;
    batch::take_whole(&mut tx, chunk.scheme, &asks).await?;
    retention::erase(&mut tx, &wordy).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let count = wordy.iter().filter(|it| it.is_wordy).count();
    Ok((wordy.last().map(|it| it.record), i32::try_from(count).unwrap_or(i32::MAX)))
}

/// The same one by one, leaving aside those that cannot be written. The last of them.
async fn erase_one_by_one(db: &Db, chunk: Chunk, count: &mut i32) -> Result<Option<RecordId>, AppError> {
    let mut tx = db.of(chunk.scheme).await.map_err(failed)?;
    let wordy = retention::wordy(&mut tx, chunk.before, chunk.after, chunk.most).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    let mut after = chunk.after;
    for it in &wordy {
        match erase_some(db, Chunk { after, most: 1, ..chunk }).await {
            Ok((_, erased)) => *count += erased,
            // Not now, of any of them: the next look tries again.
            Err(error) if error.code.is(ErrorCode::Unavailable) => return Err(error),
            Err(_) => tracing::error!(record.id = %it.record, "its words could not be erased"),
        }
        after = it.record;
    }
    Ok(wordy.last().map(|it| it.record))
}

fn ask(wordy: &Wordy) -> Result<Ask, AppError> {
    let body = RawValue::from_string(wordy.bare.clone()).map_err(|_| AppError::new(ErrorCode::Internal))?;
    let op = Op {
        op: OpId(fresh_id()),
        seq: 0,
        kind: OpKind::Upsert,
        record: wordy.record,
        base: Some(wordy.version),
        after: None,
        schema: u32::try_from(wordy.schema).unwrap_or(app::domain::record::SCHEMA),
        at: clock::now().fixed_offset(),
        hash: BodyHash::of(&wordy.bare),
        body: Some(body),
        reason: None,
        refill: false,
    };
    // Nobody's account, by which it is known for what it is: no answer of anybody's.
    let by = By { account: AccountId(Uuid::nil()), promeneur: wordy.promeneur, is_own: true, device: wordy.device };
    Ok(Ask { by, heartbeat: None, may_enrol: false, epoch: None, ops: vec![op] })
}
