//! The ports of `app::api::office`, over the database.

use app::{
    api::{
        error::{AppError, ErrorCode},
        office::{Answer, LockDesk, Reports, SyncDesk},
        report::{Choices, Dashboard, scope_name},
    },
    bilan::compare,
    domain::{
        access::{self, Act, Reach},
        headline::{Compared, Comparison},
        ids::{DeviceId, OpId, PromeneurId},
        indicators::Sums,
        lock_key::{KeepLock, LockKey, LockOf},
        period::Period,
        person::Me,
        scope::Scope,
        tally::Standing,
    },
    sync::{
        ledger::read_ops,
        messages::{
            Cursor, EscrowAnswer, Heartbeat, Limits, MOST_CHANGES, MOST_OPS, Op, OpResult, PROTO, PullAnswer,
            PullRequest, PushAnswer, PushRequest, Verdict,
        },
    },
};

use crate::{
    batch::{Ask, Taken},
    clock,
    db::{
        Db, devices, failed,
        ledger::{self, By},
        lock_keys, pulls, quarantine,
        reports::{self, Beside},
    },
    escrow,
    group::Groups,
    news::News,
};

/// The server's side of sync and the figures.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The database.
    pub db: Db,
    /// What open notebooks hear of at once.
    pub news: News,
    groups: Groups,
}

impl Desk {
    /// The desk over a database.
    pub fn new(db: Db) -> Self {
        Self { groups: Groups::new(db.clone()), news: News::of(db.clone()), db }
    }
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

    fn news(&self, me: &Me, known: u32) -> Answer<'_, u32> {
        let me = me.clone();
        Box::pin(async move {
            // Before the number is read: what happens after it is heard.
            let held = self.news.listen(me.account).await?;
            let revoked = self.revoked(&me).await?;
            if revoked != known {
                return Ok(revoked);
            }
            held.wait().await;
            self.revoked(&me).await
        })
    }
}

impl LockDesk for Desk {
    fn keep<'a>(&'a self, me: &'a Me, lock: KeepLock) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut tx = self.db.by(me).await.map_err(failed)?;
            if !lock_keys::keep(&mut tx, me, lock.lock, &lock.key).await.map_err(failed)? {
                return Err(ErrorCode::Forbidden.into());
            }
            tx.commit().await.map_err(failed)
        })
    }

    fn tell<'a>(&'a self, me: &'a Me, lock: LockOf) -> Answer<'a, LockKey> {
        Box::pin(async move {
            let mut tx = self.db.by(me).await.map_err(failed)?;
            let key = lock_keys::of(&mut tx, me, lock.lock).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            tracing::info!(account = %me.account, found = key.is_some(), "the key of a locked phone was asked for");
            key.ok_or_else(|| ErrorCode::NotFound.into())
        })
    }

    fn forget<'a>(&'a self, me: &'a Me, lock: LockOf) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut tx = self.db.by(me).await.map_err(failed)?;
            lock_keys::forget(&mut tx, me, lock.lock).await.map_err(failed)?;
            tx.commit().await.map_err(failed)
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
    async fn revoked(&self, me: &Me) -> Result<u32, AppError> {
        let mut tx = self.db.of(me.scheme).await.map_err(failed)?;
        let revoked = devices::revoked(&mut tx, me).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(revoked)
    }

    async fn take(&self, me: &Me, promeneur: PromeneurId, request: PushRequest) -> Result<PushAnswer, AppError> {
        let by = By::of(me, promeneur, request.heartbeat.device);
        let mut results: Vec<Option<OpResult>> = Vec::with_capacity(request.ops.len());
        let mut places: Vec<(usize, OpId)> = Vec::with_capacity(request.ops.len());
        let mut ops: Vec<Op> = Vec::with_capacity(request.ops.len());
        for (index, read) in read_ops(&request.ops).into_iter().enumerate() {
            match read {
                Ok(op) => {
                    places.push((index, op.op));
                    ops.push(op);
                    results.push(None);
                }
                Err(refused) => results.push(Some(refused)),
            }
        }
        let ask = Ask { by, heartbeat: Some(request.heartbeat), may_enrol: me.may_enrol, epoch: request.epoch, ops };
        let Taken { epoch, verdicts } = self.groups.take(me.scheme, ask).await?;
        for ((index, op), verdict) in places.into_iter().zip(verdicts) {
            results[index] = Some(OpResult { op: Some(op), verdict });
        }
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
            let by = By::of(author, promeneur, device);
            let ask = Ask { by, heartbeat: None, may_enrol: false, epoch: None, ops };
            Ok(self.groups.take(author.scheme, ask).await?.verdicts)
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
        // What a pull writes is what the phone says of itself, and it says it again: no need to wait for the disk.
        let mut tx = self.db.relaxed(me.scheme).await.map_err(failed)?;
        devices::admit(&mut tx, me, heartbeat.device).await?;
        devices::heed(&mut tx, me, heartbeat, 0).await?;
        let (epoch, head) = ledger::life(&mut tx).await.map_err(failed)?;
        // Of another life of the database: from the beginning.
        let reset = cursor.is_some_and(|cursor| cursor.epoch != epoch);
        if let Some(cursor) = cursor.filter(|cursor| !reset && cursor.version > head) {
            // Nobody can have been told of a version that was never given.
            tracing::error!(
                cursor.version,
                head,
                "a phone knows more than the database: was it restored from a backup? then run `lanterne admin new-epoch`"
            );
            return Err(ErrorCode::Unavailable.into());
        }
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

impl Reports for Desk {
    fn dashboard<'a>(&'a self, me: &'a Me, period: Option<Period>, scope: Scope) -> Answer<'a, Dashboard> {
        Box::pin(async move {
            let mut tx = self.db.for_page(me.scheme).await.map_err(failed)?;
            let frame = reports::frame_of_page(&mut tx, scope).await.map_err(failed)?;
            if frame.is_behind() {
                return Err(ErrorCode::Unavailable.into());
            }
            if !frame.has_scope() {
                return Err(AppError::at(ErrorCode::ScopeMalformed, "perimetre"));
            }
            let members = &frame.members;
            let today = clock::today_in(frame.time_zone());
            let period = period.unwrap_or_else(|| Period::civil_year_of(today));
            let so_far = compare::so_far(period, today);
            let others = so_far.map(|so_far| compare::others(period, so_far)).unwrap_or_default();
            let mut periods = vec![period];
            periods.extend(so_far);
            periods.extend(others.iter().map(|(_, counted)| *counted));
            let activity = reports::activity(&mut tx, &frame, &periods, today).await.map_err(failed)?;
            let reads_statements = access::reach(&me.role, Act::Statements).is_some();
            let counted: Vec<Period> = so_far.into_iter().chain(others.iter().map(|(_, counted)| *counted)).collect();
            let beside =
                reports::beside(&mut tx, &frame, period, &counted, today, reads_statements).await.map_err(failed)?;
            // Nothing was written: the page need not wait for the end of what it read.
            drop(tx);
            let Beside {
                accompanied,
                followers,
                person_days,
                completeness,
                others: coverages,
                stages,
                team,
                objectives,
                life,
                needs,
                words_are_gone,
            } = beside;
            // Of what is compared first that of the period itself, by the months that are whole in it as in the others.
            let mut coverages = coverages.into_iter();
            let coverage = coverages.next().unwrap_or_default();
            let sums = Sums { accompanied, followers, person_days, ..activity.sums(period) };
            let compared = |((whole, counted), coverage)| Compared {
                whole,
                counted,
                headline: activity.headline(members, counted),
                coverage,
            };
            let scope_name = scope_name(scope, frame.choices());
            let may_choose = access::reach(&me.role, Act::Figures) == Some(Reach::Network);
            Ok(Dashboard {
                scheme_name: me.scheme_name.clone(),
                demo: me.demo,
                role: me.role.clone(),
                today,
                period,
                scope,
                scope_name,
                sums: if scope == Scope::Network { sums } else { sums.of_a_part() },
                completeness,
                comparison: so_far.map(|so_far| Comparison {
                    so_far,
                    headline: activity.headline(members, so_far),
                    coverage,
                    others: others.into_iter().zip(coverages).map(compared).collect(),
                }),
                objectives,
                months: activity.months(period),
                stages,
                team,
                life,
                needs,
                words_are_gone,
                choices: if may_choose { frame.listed() } else { Choices::default() },
            })
        })
    }

    fn standing<'a>(&'a self, me: &'a Me) -> Answer<'a, Standing> {
        Box::pin(async move {
            let promeneur = me.promeneur.ok_or(ErrorCode::Forbidden)?;
            let mut tx = self.db.of(me.scheme).await.map_err(failed)?;
            let standing = reports::standing(&mut tx, promeneur).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            Ok(standing)
        })
    }
}
