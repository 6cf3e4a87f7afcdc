//! Receiving what is new, page by page.

use super::{Errand, Surroundings, Wire, WireFault, heartbeat};
use crate::sync::{
    lives::{begin_life, give_back},
    messages::{MOST_CHANGES, PROTO, PullAnswer, PullRequest},
    outbox::Meta,
    receive::{receive, records_of},
    store::{Change, PhoneStore, Snapshot, Touch},
};

/// Most pages in a row that another tab, or another life of the database, may make stale.
const MOST_STALE: usize = 8;

/// What became of a page.
enum Page {
    Taken { received: usize, restored: bool, is_first: bool },
    Stale,
}

impl<S: PhoneStore, W: Wire, P: Surroundings> Errand<'_, S, W, P> {
    /// Receives until there is no more. True where there is something to push now: after the first page ever, and where
    /// a restored server turned out to lack something, which now waits to be given back.
    pub(super) async fn pull(&mut self) -> Result<bool, S::Fault> {
        let mut stale = 0;
        loop {
            let Some(request) = self.request().await? else { return Ok(false) };
            let cursor = request.cursor.clone();
            match self.wire.pull(&request).await {
                Ok(answer) if answer.sync == PROTO => match self.take_in(cursor.as_deref(), &answer).await? {
                    Page::Taken { received, restored, is_first } => {
                        self.round.received += received;
                        if is_first {
                            // Now the phone knows to which life what it sends belongs, and what waits need not wait for
                            // years of records.
                            return Ok(true);
                        }
                        if !answer.more {
                            if restored {
                                self.give_back().await?;
                            }
                            return Ok(restored);
                        }
                    }
                    Page::Stale if stale < MOST_STALE => stale += 1,
                    Page::Stale => {
                        self.round.fault = Some(WireFault::Unreachable);
                        return Ok(false);
                    }
                },
                Ok(_) => {
                    self.round.fault = Some(WireFault::Portal);
                    return Ok(false);
                }
                // Nothing is lost by beginning again: what is known already is passed over.
                Err(WireFault::StrangeCursor) if cursor.is_some() => self.begin_again().await?,
                Err(fault) => {
                    self.round.fault = Some(fault);
                    return Ok(false);
                }
            }
        }
    }

    async fn request(&self) -> Result<Option<PullRequest>, S::Fault> {
        let mut request = None;
        let mut look = |state: &Snapshot| {
            let heartbeat = heartbeat(self.speaker, &state.meta, &state.rows, self.around.now());
            request = Some(PullRequest { heartbeat, cursor: state.meta.cursor.clone(), limit: MOST_CHANGES });
            Change::default()
        };
        self.change(Touch::outbox(), &mut look).await?;
        Ok(request)
    }

    async fn take_in(&self, cursor: Option<&str>, answer: &PullAnswer) -> Result<Page, S::Fault> {
        let touch = Touch { records: records_of(answer), outbox: true, entries: false };
        if planted!(CursorBeforeRows) {
            let early = PullAnswer { changes: Vec::new(), ..answer.clone() };
            self.change(Touch::outbox(), &mut |state| receive(state, cursor, &early).unwrap_or_default()).await?;
        }
        let mut page = Page::Stale;
        let mut take = |state: &Snapshot| {
            if let Some(change) = begin_life(state, answer.epoch) {
                return change;
            }
            let cursor = if planted!(CursorBeforeRows) { state.meta.cursor.as_deref() } else { cursor };
            let Some(mut change) = receive(state, cursor, answer) else { return Change::default() };
            let received = change.put_entries.len() + change.remove_entries.len();
            if let Some(meta) = &mut change.meta {
                meta.behind_s = (answer.server_now - self.around.now().to_utc()).num_seconds();
            }
            page = Page::Taken { received, restored: state.meta.refill, is_first: state.meta.epoch.is_none() };
            change
        };
        self.change(touch, &mut take).await?;
        Ok(page)
    }

    async fn give_back(&self) -> Result<(), S::Fault> {
        let mut decide = |state: &Snapshot| {
            let still_due = state.meta.refill;
            if still_due { give_back(state, || self.around.stamp()) } else { Change::default() }
        };
        self.change(Touch::everything(), &mut decide).await
    }

    async fn begin_again(&self) -> Result<(), S::Fault> {
        let mut forget = |state: &Snapshot| {
            let meta = Meta { cursor: None, ..state.meta.clone() };
            Change { meta: Some(meta), ..Change::default() }
        };
        self.change(Touch::default(), &mut forget).await
    }
}
