//! Takes the operations of one or several callers of a network into the ledger, in one transaction.
//!
//! All of it is decided and written set by set. Where the database refuses the set, everything is rolled back and taken
//! again caller by caller, and within a caller operation by operation, each in a savepoint: neither a caller nor an
//! operation ever takes another with it (`offline.md` I4).

use std::collections::HashMap;

use app::{
    api::error::{AppError, ErrorCode},
    domain::{
        ids::{DeviceId, Epoch, SchemeId},
        measure::RULES,
    },
    sync::{
        ledger::{Decision, Known, decide},
        messages::{Heartbeat, Op, Refusal, Verdict},
    },
};
use chrono::NaiveDate;

use crate::{
    clock,
    db::{
        Db, Tx,
        devices::{self, Word},
        failed,
        ledger::{self, By, Line},
        projections::Delta,
        turn::{Enrolled, Turn},
    },
};

/// What one caller wants taken.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Whose the operations are.
    pub by: By,
    /// What the phone says of itself, when it is the phone that speaks: then it must be admitted, and is heeded.
    pub heartbeat: Option<Heartbeat>,
    /// Whether a phone that is not known may speak.
    pub may_enrol: bool,
    /// The life of the database that the operations' versions are of.
    pub epoch: Option<Epoch>,
    /// The operations.
    pub ops: Vec<Op>,
}

/// What became of them, once it is durable.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The life of the database.
    pub epoch: Epoch,
    /// A verdict an operation.
    pub verdicts: Vec<Verdict>,
}

/// Each caller's own answer.
pub type Answers = Vec<Result<Taken, AppError>>;

/// Why a set was not written.
enum Fault {
    /// Nothing can be said of it: nobody is served.
    Lost(sqlx::Error),
    /// The database refuses something in it.
    Refused(sqlx::Error),
    /// A phone was enrolled by somebody else since it was admitted.
    Enrolled,
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        if is_connection_loss(&error) { Self::Lost(error) } else { Self::Refused(error) }
    }
}

/// Takes what several callers ask, in their order.
pub async fn take(db: &Db, scheme: SchemeId, asks: &[Ask]) -> Answers {
    match together(db, scheme, asks).await {
        Ok(answers) => return answers,
        Err(Fault::Lost(error)) => return everyone(asks, failed(error)),
        Err(Fault::Enrolled) => {}
        Err(Fault::Refused(error)) => {
            let ops: usize = asks.iter().map(|ask| ask.ops.len()).sum();
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, callers = asks.len(), ops, "refused as a set, one by one now");
        }
    }
    match one_by_one(db, scheme, asks).await {
        Ok(answers) => answers,
        Err(error) => everyone(asks, failed(error)),
    }
}

fn everyone(asks: &[Ask], error: AppError) -> Answers {
    vec![Err(error); asks.len()]
}

/// Takes what several callers ask in a transaction that holds the network's counter ([`Db::for_push`]): all of it, or
/// nothing. Whoever calls commits, together with what they write beside it, or rolls back.
pub async fn take_whole(tx: &mut Tx, scheme: SchemeId, asks: &[Ask]) -> Result<(), AppError> {
    let Seen { mut known, today, admitted, .. } = look(tx, asks).await.map_err(failed)?;
    admitted.into_iter().collect::<Result<(), AppError>>()?;
    let decided: Vec<Vec<Decision>> = asks.iter().map(|ask| decide_all(ask.by, &ask.ops, &mut known, today)).collect();
    let lines: Vec<Line<'_>> =
        asks.iter().zip(&decided).flat_map(|(ask, decisions)| decisions.iter().map(|it| (ask.by, it))).collect();
    if let Some((_, other)) = lines.iter().find(|(_, decision)| !matches!(decision.verdict, Verdict::Applied { .. })) {
        tracing::error!(op.id = %other.op.op, verdict = ?other.verdict, "one of a whole is not taken, so none is");
        return Err(ErrorCode::Internal.into());
    }
    write(tx, scheme, &lines, known.head).await.map_err(failed)
}

async fn together(db: &Db, scheme: SchemeId, asks: &[Ask]) -> Result<Answers, Fault> {
    let Opened { mut tx, seen } = open(db, scheme, asks).await.map_err(Fault::Lost)?;
    let Seen { turn, mut known, today, admitted } = seen;
    let mut decided: Vec<Vec<Decision>> = Vec::with_capacity(asks.len());
    let mut answers: Answers = Vec::with_capacity(asks.len());
    for (ask, admitted) in asks.iter().zip(admitted) {
        let (decisions, answer) = match admitted {
            Err(refused) => (Vec::new(), Err(refused)),
            Ok(()) if is_of_another_life(ask, &turn) => (Vec::new(), Ok(new_life(ask))),
            Ok(()) => {
                let decisions = decide_all(ask.by, &ask.ops, &mut known, today);
                let verdicts = decisions.iter().map(|decision| decision.verdict.clone()).collect();
                (decisions, Ok(verdicts))
            }
        };
        decided.push(decisions);
        answers.push(answer.map(|verdicts| Taken { epoch: turn.epoch, verdicts }));
    }
    let lines: Vec<Line<'_>> =
        asks.iter().zip(&decided).flat_map(|(ask, decisions)| decisions.iter().map(|it| (ask.by, it))).collect();
    write(&mut tx, scheme, &lines, known.head).await?;
    if !heed(&mut tx, scheme, asks, &answers).await? {
        return Err(Fault::Enrolled);
    }
    // Until here nothing has happened; from here on nobody knows without an answer.
    tx.commit().await.map_err(Fault::Lost)?;
    Ok(answers)
}

async fn one_by_one(db: &Db, scheme: SchemeId, asks: &[Ask]) -> Result<Answers, sqlx::Error> {
    let Opened { mut tx, seen } = open(db, scheme, asks).await?;
    let Seen { turn, mut known, today, admitted } = seen;
    let mut answers: Answers = Vec::with_capacity(asks.len());
    for (ask, admitted) in asks.iter().zip(admitted) {
        if let Err(refused) = admitted {
            answers.push(Err(refused));
            continue;
        }
        let before = known.clone();
        sqlx::query!("savepoint caller").execute(&mut *tx).await?;
        let verdicts = match take_alone(&mut tx, scheme, ask, &turn, &mut known, today).await {
            Ok(verdicts) => Ok(verdicts),
            Err(Fault::Lost(error)) => return Err(error),
            Err(Fault::Enrolled) => Err(ErrorCode::DeviceNotYours.into()),
            Err(Fault::Refused(error)) => Err(failed(error)),
        };
        if verdicts.is_err() {
            sqlx::query!("rollback to savepoint caller").execute(&mut *tx).await?;
            known = before;
        }
        sqlx::query!("release savepoint caller").execute(&mut *tx).await?;
        answers.push(verdicts.map(|verdicts| Taken { epoch: turn.epoch, verdicts }));
    }
    tx.commit().await?;
    Ok(answers)
}

/// One caller of several, after the set of all was refused.
async fn take_alone(
    tx: &mut Tx,
    scheme: SchemeId,
    ask: &Ask,
    turn: &Turn,
    known: &mut Known,
    today: NaiveDate,
) -> Result<Vec<Verdict>, Fault> {
    let verdicts = if is_of_another_life(ask, turn) {
        new_life(ask)
    } else {
        match try_set(tx, scheme, ask.by, &ask.ops, known, today).await? {
            Ok(verdicts) => verdicts,
            Err(_) => {
                let mut verdicts = Vec::with_capacity(ask.ops.len());
                for op in &ask.ops {
                    match try_set(tx, scheme, ask.by, std::slice::from_ref(op), known, today).await? {
                        Ok(one) => verdicts.extend(one),
                        Err(error) => {
                            let error = &error as &dyn std::error::Error;
                            tracing::error!(error, op.id = %op.op, "operation put off");
                            verdicts.push(Verdict::deferred(Refusal::TryAgain));
                        }
                    }
                }
                verdicts
            }
        }
    };
    let answer = Ok(Taken { epoch: turn.epoch, verdicts });
    let noted = heed(tx, scheme, std::slice::from_ref(ask), std::slice::from_ref(&answer)).await?;
    match answer {
        Ok(taken) if noted => Ok(taken.verdicts),
        _ => Err(Fault::Enrolled),
    }
}

/// Decides and writes operations in a savepoint: all of them or, where the database refuses one, none.
async fn try_set(
    tx: &mut Tx,
    scheme: SchemeId,
    by: By,
    ops: &[Op],
    known: &mut Known,
    today: NaiveDate,
) -> Result<Result<Vec<Verdict>, sqlx::Error>, Fault> {
    let mut tried = known.clone();
    let decisions = decide_all(by, ops, &mut tried, today);
    let lines: Vec<Line<'_>> = decisions.iter().map(|decision| (by, decision)).collect();
    sqlx::query!("savepoint batch").execute(&mut **tx).await?;
    match write(tx, scheme, &lines, tried.head).await.map_err(Fault::from) {
        Ok(()) => {
            sqlx::query!("release savepoint batch").execute(&mut **tx).await?;
            *known = tried;
            Ok(Ok(decisions.into_iter().map(|decision| decision.verdict).collect()))
        }
        Err(Fault::Refused(error)) => {
            sqlx::query!("rollback to savepoint batch").execute(&mut **tx).await?;
            Ok(Err(error))
        }
        Err(fault) => Err(fault),
    }
}

/// A transaction whose turn it is in its network, and what it meets there.
struct Opened {
    tx: Tx,
    seen: Seen,
}

/// What a transaction meets whose turn it is.
struct Seen {
    turn: Turn,
    known: Known,
    today: NaiveDate,
    /// For each caller, whether they may speak.
    admitted: Vec<Result<(), AppError>>,
}

async fn open(db: &Db, scheme: SchemeId, asks: &[Ask]) -> Result<Opened, sqlx::Error> {
    let mut tx = db.for_push(scheme).await?;
    let seen = look(&mut tx, asks).await?;
    Ok(Opened { tx, seen })
}

async fn look(tx: &mut Tx, asks: &[Ask]) -> Result<Seen, sqlx::Error> {
    let ops: Vec<&Op> = asks.iter().flat_map(|ask| &ask.ops).collect();
    let devices: Vec<DeviceId> = asks.iter().map(|ask| ask.by.device).collect();
    let (turn, known) = ledger::known(tx, &ops, &devices).await?;
    let admitted = admit(asks, &turn);
    let today = clock::today_in(&turn.time_zone);
    Ok(Seen { turn, known, today, admitted })
}

/// Turns away phones that are another person's or were revoked, and everybody while the projections are those of
/// another release: while one rolls out, only its own servers may add to them.
fn admit(asks: &[Ask], turn: &Turn) -> Vec<Result<(), AppError>> {
    let mut phones = turn.phones.clone();
    let is_ours = turn.rules == Some(RULES);
    if !is_ours {
        let rules = turn.rules;
        tracing::warn!(rules, ours = RULES, "projections of another release: pushes are put off (admin rebuild)");
    }
    let admit_one = |ask: &Ask| {
        let account = ask.by.account;
        if ask.heartbeat.is_some() {
            if !phones.contains_key(&ask.by.device) {
                devices::newcomer(ask.may_enrol)?;
            }
            // Somebody who comes later in the same group meets the phone as this one enrols it.
            let phone = phones.entry(ask.by.device).or_insert(Enrolled { account, revoked: false });
            devices::admitted(*phone, account)?;
        }
        if is_ours { Ok(()) } else { Err(ErrorCode::Unavailable.into()) }
    };
    asks.iter().map(admit_one).collect()
}

/// The versions it speaks of are of another life of the database: the phone has to look first what is missing in this
/// one (`offline.md` I14).
fn is_of_another_life(ask: &Ask, turn: &Turn) -> bool {
    ask.epoch.is_some_and(|epoch| epoch != turn.epoch)
}

fn new_life(ask: &Ask) -> Vec<Verdict> {
    vec![Verdict::deferred(Refusal::NewLife); ask.ops.len()]
}

fn decide_all(by: By, ops: &[Op], known: &mut Known, today: NaiveDate) -> Vec<Decision> {
    ops.iter().map(|op| decide(by.promeneur, op.clone(), known, today)).collect()
}

async fn write(tx: &mut Tx, scheme: SchemeId, lines: &[Line<'_>], head: i64) -> Result<(), sqlx::Error> {
    ledger::write(tx, scheme, lines, head).await?;
    Delta::of(lines).write(tx, scheme).await
}

/// Notes what the phones that were served say. Says no where one of them is another person's by now.
async fn heed(tx: &mut Tx, scheme: SchemeId, asks: &[Ask], answers: &[Result<Taken, AppError>]) -> Result<bool, Fault> {
    // The last word of each phone: a set may hold each row once.
    let mut words: HashMap<DeviceId, Word<'_>> = HashMap::new();
    for (ask, answer) in asks.iter().zip(answers) {
        if let (Some(heartbeat), Ok(taken)) = (&ask.heartbeat, answer) {
            let settled = taken.verdicts.iter().filter(|verdict| is_final(verdict)).count();
            words.insert(ask.by.device, Word { account: ask.by.account, heartbeat, settled });
        }
    }
    let words: Vec<Word<'_>> = words.into_values().collect();
    Ok(words.is_empty() || devices::heed_all(tx, scheme, &words).await?)
}

fn is_final(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Deferred { .. } | Verdict::Unknown)
}

fn is_connection_loss(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| code.starts_with("57")),
        // A row that cannot be read is the fault of those who need it.
        sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => false,
        _ => true,
    }
}
