//! The ports of `app::api::office`, over the database.

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::{Answer, Reports, SyncDesk},
        report::Dashboard,
    },
    domain::{
        ids::{DeviceId, PromeneurId},
        period::Period,
        person::Me,
        scope::Scope,
    },
    sync::{
        ledger::{Decision, Known, decide, read_ops},
        messages::{
            Cursor, EscrowAnswer, Heartbeat, Limits, MOST_CHANGES, MOST_OPS, Op, OpResult, PROTO, PullAnswer,
            PullRequest, PushAnswer, PushRequest, Refusal, Verdict,
        },
    },
};
use chrono::NaiveDate;

use crate::{
    clock,
    db::{Db, Tx, devices, failed, ledger, people, projections::Delta, pulls, quarantine, reports},
    escrow,
};

/// The server's side of sync and the figures.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The database.
    pub db: Db,
}

impl SyncDesk for Desk {
    fn push<'a>(&'a self, me: &'a Me, request: PushRequest) -> Answer<'a, PushAnswer> {
        Box::pin(async move {
            let promeneur = speaks_for_itself(me, &request.heartbeat)?;
            if request.ops.len() > MOST_OPS {
                return Err(ErrorCode::TooManyOps.into());
            }
            self.take(me, promeneur, request).await
        })
    }

    fn pull<'a>(&'a self, me: &'a Me, request: PullRequest) -> Answer<'a, PullAnswer> {
        Box::pin(async move {
            let promeneur = speaks_for_itself(me, &request.heartbeat)?;
            let cursor = match &request.cursor {
                None => None,
                Some(text) => {
                    Some(text.parse::<Cursor>().map_err(|_| AppError::at(ErrorCode::CursorMalformed, "cursor"))?)
                }
            };
            self.tell(me, promeneur, &request.heartbeat, cursor, request.limit).await
        })
    }

    fn escrow<'a>(&'a self, me: &'a Me, request: PushRequest) -> Answer<'a, EscrowAnswer> {
        Box::pin(async move {
            let promeneur = speaks_for_itself(me, &request.heartbeat)?;
            escrow::take(&self.db, me, promeneur, request).await
        })
    }
}

/// The promeneur of the caller, when the message is from their own store (I13).
fn speaks_for_itself(me: &Me, heartbeat: &Heartbeat) -> Result<PromeneurId, AppError> {
    if heartbeat.user != me.account {
        return Err(ErrorCode::WrongAccount.into());
    }
    me.promeneur.ok_or_else(|| ErrorCode::Forbidden.into())
}

impl Desk {
    async fn take(&self, me: &Me, promeneur: PromeneurId, request: PushRequest) -> Result<PushAnswer, AppError> {
        let device = request.heartbeat.device;
        let mut results: Vec<Option<OpResult>> = Vec::with_capacity(request.ops.len());
        let mut ops: Vec<(usize, Op)> = Vec::with_capacity(request.ops.len());
        for (index, read) in read_ops(&request.ops).into_iter().enumerate() {
            match read {
                Ok(op) => {
                    ops.push((index, op));
                    results.push(None);
                }
                Err(refused) => results.push(Some(refused)),
            }
        }
        let mut tx = self.db.of(me.scheme).await.map_err(failed)?;
        let scheme = people::scheme(&mut tx).await.map_err(failed)?;
        let today = clock::today_in(&scheme.time_zone);
        // A phone that is not theirs, or was revoked, is turned away before anything is read.
        devices::admit(&mut tx, me, device).await?;
        let all: Vec<Op> = ops.iter().map(|(_, op)| op.clone()).collect();
        let known = ledger::known(&mut tx, me.scheme, &all).await.map_err(failed)?.ok_or(ErrorCode::Unavailable)?;
        // After the lock, so that no life of the database begins in between.
        let epoch = ledger::epoch(&mut tx).await.map_err(failed)?;
        let verdicts = match request.epoch {
            // The versions it speaks of are of another life: it has to look first what is missing in this one (I14).
            Some(of) if of != epoch => vec![Verdict::deferred(Refusal::NewLife); all.len()],
            _ => commit_batch(&mut tx, me, promeneur, device, all, known, today).await?,
        };
        let settled = verdicts.iter().filter(|verdict| is_final(verdict)).count();
        devices::heed(&mut tx, me, &request.heartbeat, settled).await?;
        tx.commit().await.map_err(failed)?;
        for ((index, op), verdict) in ops.iter().zip(verdicts) {
            results[*index] = Some(OpResult { op: Some(op.op), verdict });
        }
        tracing::debug!(ops = results.len(), settled, "push");
        Ok(PushAnswer {
            sync: PROTO,
            server_now: clock::now(),
            epoch,
            min_build: String::new(),
            limits: Limits::default(),
            results: results.into_iter().flatten().collect(),
        })
    }

    /// Takes operations in the name of `author` as if `device` had sent them: what was handed over another way.
    pub fn take_for<'a>(
        &'a self,
        author: &'a Me,
        promeneur: PromeneurId,
        device: DeviceId,
        ops: Vec<Op>,
    ) -> Answer<'a, Vec<Verdict>> {
        Box::pin(async move {
            let mut tx = self.db.of(author.scheme).await.map_err(failed)?;
            let today = clock::today_in(&people::scheme(&mut tx).await.map_err(failed)?.time_zone);
            let known = ledger::known(&mut tx, author.scheme, &ops).await.map_err(failed)?;
            let known = known.ok_or(ErrorCode::Unavailable)?;
            let verdicts = commit_batch(&mut tx, author, promeneur, device, ops, known, today).await?;
            tx.commit().await.map_err(failed)?;
            Ok(verdicts)
        })
    }

    async fn tell(
        &self,
        me: &Me,
        promeneur: PromeneurId,
        heartbeat: &Heartbeat,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<PullAnswer, AppError> {
        let mut tx = self.db.of(me.scheme).await.map_err(failed)?;
        devices::admit(&mut tx, me, heartbeat.device).await?;
        devices::heed(&mut tx, me, heartbeat, 0).await?;
        let epoch = ledger::epoch(&mut tx).await.map_err(failed)?;
        // Of another life of the database: from the beginning.
        let reset = cursor.is_some_and(|cursor| cursor.epoch != epoch);
        let after = cursor.filter(|_| !reset).map_or(0, |cursor| cursor.version);
        let limit = i64::from(limit.clamp(1, MOST_CHANGES));
        let mut changes = pulls::changes_after(&mut tx, promeneur, after, limit + 1).await.map_err(failed)?;
        let page = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = changes.len() > page;
        // In the last answer only: whoever is asked about a record has all of it by then.
        let returned =
            if more { Vec::new() } else { quarantine::returned(&mut tx, promeneur).await.map_err(failed)? };
        tx.commit().await.map_err(failed)?;
        changes.truncate(page);
        let version = changes.last().map_or(after, |change| change.version);
        Ok(PullAnswer {
            sync: PROTO,
            server_now: clock::now(),
            epoch,
            changes,
            cursor: Cursor { epoch, version }.to_string(),
            more,
            reset,
            returned,
        })
    }
}

fn is_final(verdict: &Verdict) -> bool {
    !matches!(verdict, Verdict::Deferred { .. } | Verdict::Unknown)
}

/// Decides and writes a batch set by set. Where the database refuses the set, each operation is tried on its own, so
/// that one cannot take the others with it (I4).
async fn commit_batch(
    tx: &mut Tx,
    me: &Me,
    promeneur: PromeneurId,
    device: DeviceId,
    ops: Vec<Op>,
    mut known: Known,
    today: NaiveDate,
) -> Result<Vec<Verdict>, AppError> {
    let before = known.clone();
    let decisions: Vec<Decision> = ops.iter().map(|op| decide(promeneur, op.clone(), &mut known, today)).collect();
    let error = match write(tx, me, promeneur, device, &decisions.iter().collect::<Vec<_>>(), known.head).await {
        Ok(()) => return Ok(decisions.into_iter().map(|decision| decision.verdict).collect()),
        Err(error) => error,
    };
    if is_connection_loss(&error) {
        return Err(failed(error));
    }
    tracing::warn!(error = &error as &dyn std::error::Error, ops = ops.len(), "batch refused as a set, one by one now");
    let mut known = before;
    let mut verdicts = Vec::with_capacity(ops.len());
    for op in ops {
        let mut tried = known.clone();
        let decision = decide(promeneur, op, &mut tried, today);
        match write(tx, me, promeneur, device, &[&decision], tried.head).await {
            Ok(()) => {
                known = tried;
                verdicts.push(decision.verdict);
            }
            Err(error) if is_connection_loss(&error) => return Err(failed(error)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, op.id = %decision.op.op, "operation put off");
                verdicts.push(Verdict::deferred(Refusal::TryAgain));
            }
        }
    }
    Ok(verdicts)
}

/// Writes decisions in a savepoint: all of them or none.
async fn write(
    tx: &mut Tx,
    me: &Me,
    promeneur: PromeneurId,
    device: DeviceId,
    decisions: &[&Decision],
    head: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query!("savepoint batch").execute(&mut **tx).await?;
    let written = async {
        ledger::write(tx, me, promeneur, device, decisions, head).await?;
        Delta::of(promeneur, decisions).write(tx, me.scheme).await
    }
    .await;
    match written {
        Ok(()) => {
            sqlx::query!("release savepoint batch").execute(&mut **tx).await?;
            Ok(())
        }
        Err(error) => {
            if !is_connection_loss(&error) {
                sqlx::query!("rollback to savepoint batch").execute(&mut **tx).await?;
            }
            Err(error)
        }
    }
}

fn is_connection_loss(error: &sqlx::Error) -> bool {
    !matches!(error, sqlx::Error::Database(cause) if cause.code().is_none_or(|code| !code.starts_with("57")))
}

impl Reports for Desk {
    fn dashboard<'a>(&'a self, me: &'a Me, period: Option<Period>, scope: Scope) -> Answer<'a, Dashboard> {
        Box::pin(async move {
            let mut tx = self.db.of(me.scheme).await.map_err(failed)?;
            let zone = people::scheme(&mut tx).await.map_err(failed)?.time_zone;
            let today = clock::today_in(&zone);
            let period = period.unwrap_or_else(|| Period::civil_year_of(today));
            if !reports::exists(&mut tx, scope).await.map_err(failed)? {
                return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
            }
            let members = reports::members(&mut tx, scope).await.map_err(failed)?;
            let sums = reports::sums(&mut tx, &members, period).await.map_err(failed)?;
            let sums = if scope == Scope::Network { sums } else { sums.without_alerts() };
            let completeness = reports::completeness(&mut tx, &members, period, today).await.map_err(failed)?;
            let (structures, promeneurs) = reports::choices(&mut tx).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            let scope_name = match scope {
                Scope::Network => None,
                Scope::Structure(id) => {
                    structures.iter().find(|choice| choice.id == id).map(|choice| choice.name.clone())
                }
                Scope::Promeneur(id) => {
                    promeneurs.iter().find(|choice| choice.id == id).map(|choice| choice.name.clone())
                }
            };
            Ok(Dashboard {
                scheme_name: me.scheme_name.clone(),
                demo: me.demo,
                today,
                period,
                scope,
                scope_name: scope_name.unwrap_or_else(|| "tout le réseau".to_owned()),
                sums,
                completeness,
                structures,
                promeneurs,
            })
        })
    }
}
