//! What waits for a decision, as a coordinator reads it.

use std::collections::HashMap;

use app::{
    api::to_check::{Group, Reason, Standing, Waiting},
    domain::{coded::Coded, ids::PromeneurId, person::Me, record::Body},
};
use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    clock,
    db::{
        Tx, people,
        quarantine::{self, Held},
    },
    held::Parts,
};

/// The days of a network.
pub struct Days {
    zone: String,
    /// Today.
    pub today: NaiveDate,
}

impl Days {
    /// Those of the transaction's network.
    pub async fn of(tx: &mut Tx) -> Result<Self, sqlx::Error> {
        let zone = people::scheme(tx).await?.time_zone;
        Ok(Self { today: clock::today_in(&zone), zone })
    }
}

/// One as it is shown, beside what the server holds of its record.
pub fn show(held: &Held, standing: Option<&quarantine::Standing>, days: &Days) -> Waiting {
    let parts = Parts::of(&held.raw);
    let body = parts.read();
    let faults = body.as_ref().and_then(|body| body.parse(days.today).err()).unwrap_or_default();
    let differs = |standing: &&quarantine::Standing| {
        standing.promeneur == held.promeneur && (standing.deleted || parts.body.as_ref() != Some(&standing.body))
    };
    Waiting {
        op: held.op,
        source: Coded::from(held.source.as_str()),
        reason: reason(held, body.is_some(), faults.is_empty()),
        withdraws: parts.withdraws,
        draft: body.map(|body| body.draft),
        faults,
        received_on: held.received_on,
        standing: standing.filter(differs).map(|standing| Standing {
            withdrawn: standing.deleted,
            draft: Body::from_json(&standing.body).ok().map(|body| body.draft),
        }),
        question: held.question.clone().zip(held.asked_at.map(|at| clock::day_in(&days.zone, at))),
        whole: parts.whole.is_some(),
        named: parts.record.is_some(),
    }
}

/// Why it waits, seen from today: rules and days go on.
fn reason(held: &Held, readable: bool, fine: bool) -> Coded<Reason> {
    match Coded::from(held.reason.as_str()) {
        Coded::Known(Reason::Revoked) if readable && !fine => Reason::InvalidBody.into(),
        Coded::Known(Reason::InvalidBody) if readable && fine => Reason::Revoked.into(),
        reason => reason,
    }
}

/// What waits, by promeneur, and whether there is more than that.
pub async fn groups(tx: &mut Tx, days: &Days) -> Result<(Vec<Group>, bool), sqlx::Error> {
    quarantine::settle(tx).await?;
    let held = quarantine::waiting(tx, None).await?;
    let more = i64::try_from(held.len()).unwrap_or(i64::MAX) >= quarantine::MOST_LISTED;
    let people: Vec<Uuid> = held.iter().map(|held| held.promeneur.0).collect();
    let records: Vec<Uuid> = held.iter().filter_map(|held| held.record).map(|id| id.0).collect();
    let (names, standing) = (quarantine::names(tx, &people).await?, quarantine::standing(tx, &records).await?);
    let mut by_promeneur: HashMap<PromeneurId, Vec<Waiting>> = HashMap::new();
    for held in &held {
        let standing = held.record.and_then(|record| standing.get(&record));
        by_promeneur.entry(held.promeneur).or_default().push(show(held, standing, days));
    }
    let mut groups: Vec<Group> = by_promeneur
        .into_iter()
        .map(|(promeneur, waiting)| {
            let (name, structure) = names.get(&promeneur).cloned().unwrap_or_default();
            Group { promeneur, name, structure, waiting }
        })
        .collect();
    groups.sort_by(|one, other| (&one.name, one.promeneur).cmp(&(&other.name, other.promeneur)));
    Ok((groups, more))
}

/// One that is about to be decided.
pub struct Opened {
    /// As it is held.
    pub held: Held,
    /// As it is shown.
    pub waiting: Waiting,
    /// Whose it is.
    pub author: Me,
    /// The version of its record on the server.
    pub version: Option<i64>,
    /// Today.
    pub today: NaiveDate,
}

/// Opens one; none when it waits no longer.
pub async fn open(tx: &mut Tx, me: &Me, op: app::domain::ids::OpId) -> Result<Option<Opened>, sqlx::Error> {
    let Some(held) = quarantine::find(tx, op).await? else { return Ok(None) };
    let Some(author) = quarantine::author(tx, me, held.account).await? else { return Ok(None) };
    let days = Days::of(tx).await?;
    let records: Vec<Uuid> = held.record.iter().map(|id| id.0).collect();
    let standing = quarantine::standing(tx, &records).await?.into_values().next();
    let waiting = show(&held, standing.as_ref(), &days);
    let version = standing.map(|standing| standing.version);
    Ok(Some(Opened { held, waiting, author, version, today: days.today }))
}
