//! When the phone sends: after each save, at the start, when the network or the person comes back, and every minute
//! while something waits. A watchdog begins anew what stands still (`offline.md` 2.9).

use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};

use app::{
    promeneur::{carnet::Shown, port::Trouble},
    sync::{
        engine::{Speaker, WireFault},
        outbox::{Meta, OutboxRow},
        store::{Change, PhoneStore, Touch},
        summary::Sending,
    },
};
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    leave, marks, pwa,
    rounds::{Ended, locked_round},
    scope,
    store::{Store, StoreFault},
    turn::Cancel,
    wire,
};

/// How often to try while something waits, in milliseconds.
const BEAT_MS: u32 = 60_000;
/// First and longest wait after a failure, in milliseconds.
const FIRST_WAIT_MS: u32 = 1_000;
const LONGEST_WAIT_MS: u32 = 300_000;
/// How long a round may go without any result, here or elsewhere, while something waits, in milliseconds.
const STALL_MS: f64 = 600_000.0;

/// The sender of one person's store.
#[derive(Clone)]
pub(crate) struct Sender {
    store: Store,
    speaker: Speaker,
    shown: Shown,
    /// A round is under way in this tab.
    busy: Rc<Cell<bool>>,
    /// Somebody asked while it was.
    again: Rc<Cell<bool>>,
    /// Ends it.
    work: Rc<RefCell<Cancel>>,
    /// Another tab or the worker had the turn when we last asked for it.
    refused: Rc<Cell<bool>>,
    /// Take the turn from whoever has it: the watchdog says so.
    steal: Rc<Cell<bool>>,
    /// When the last result was heard of, or the round began.
    heard: Rc<Cell<f64>>,
    failures: Rc<Cell<u32>>,
    retry: Rc<Cell<Option<Timeout>>>,
}

impl Sender {
    /// A sender that does nothing until it is asked.
    pub(crate) fn new(store: Store, speaker: Speaker, shown: Shown) -> Self {
        Self {
            store,
            speaker,
            shown,
            busy: Rc::default(),
            again: Rc::default(),
            work: Rc::default(),
            refused: Rc::default(),
            steal: Rc::default(),
            heard: Rc::default(),
            failures: Rc::default(),
            retry: Rc::default(),
        }
    }

    /// Listens to everything that may mean that sending is possible now.
    pub(crate) fn listen(&self) {
        let Some(window) = web_sys::window() else { return };
        let sender = self.clone();
        EventListener::new(&window, "online", move |_| sender.ask_afresh()).forget();
        let sender = self.clone();
        EventListener::new(&window, "pagehide", move |_| {
            if sender.waits() {
                pwa::ask_background();
            }
        })
        .forget();
        let Some(document) = window.document() else { return };
        let sender = self.clone();
        let seen = document.clone();
        EventListener::new(&document, "visibilitychange", move |_| {
            if seen.visibility_state() == web_sys::VisibilityState::Visible {
                sender.ask_afresh();
            }
        })
        .forget();
        let sender = self.clone();
        Interval::new(BEAT_MS, move || {
            // Another tab or the worker may have been answered, and have had the turn when we asked.
            let unheard = sender.shown.waits.get_untracked().is_some();
            if (unheard || sender.waits()) && !sender.stands_still() {
                sender.ask();
            }
        })
        .forget();
    }

    fn waits(&self) -> bool {
        self.shown.sending.with_untracked(|sending| sending.pending + sending.withdrawals > 0)
    }

    /// Another tab or the worker told of a result.
    pub(crate) fn hear(&self) {
        self.heard.set(scope::stopwatch());
    }

    /// Begins anew what has had no result for too long; whether it had to.
    fn stands_still(&self) -> bool {
        let quiet = scope::stopwatch() - self.heard.get().max(wire::last_answer());
        if quiet < STALL_MS || !(self.busy.get() || self.refused.get()) {
            return false;
        }
        // The request is aborted and the lock let go with all that the round held.
        self.work.borrow().cancel();
        self.steal.set(true);
        self.hear();
        let sender = self.clone();
        spawn_local(async move {
            // The connection that answers no more is not asked again.
            if sender.store.reopen().await.is_ok() {
                let count = |state: &app::sync::store::Snapshot| {
                    let meta = Meta { stalls: state.meta.stalls.saturating_add(1), ..state.meta.clone() };
                    (Change { meta: Some(meta), ..Change::default() }, ())
                };
                let _ = sender.store.transact(Touch::default(), count).await;
            }
            sender.ask();
        });
        true
    }

    /// Sends now, forgetting earlier failures: something has changed.
    pub(crate) fn ask_afresh(&self) {
        self.failures.set(0);
        self.ask();
    }

    /// Sends now, or once more when the round under way is over.
    pub(crate) fn ask(&self) {
        if self.busy.replace(true) {
            self.again.set(true);
            return;
        }
        self.retry.set(None);
        if !self.refused.get() {
            self.hear();
        }
        let cancel = Cancel::default();
        self.work.replace(cancel.clone());
        let sender = self.clone();
        spawn_local(async move {
            cancel.guard(sender.rounds(cancel.clone())).await;
            sender.busy.set(false);
        });
    }

    async fn rounds(&self, cancel: Cancel) {
        loop {
            self.again.set(false);
            let steal = self.steal.replace(false);
            let fault = match locked_round(&self.store, &self.speaker, steal, cancel.clone()).await {
                Ended::Done(done) => {
                    self.is_our_turn();
                    if self.shown.trouble.get_untracked() == Some(Trouble::Sending) {
                        self.shown.tell(None);
                    }
                    if done.fault.is_none() && self.shown.waits.get_untracked().is_some() {
                        self.shown.waits.set(None);
                    }
                    if done.fault == Some(WireFault::Revoked) && self.leave(done.handed_over).await {
                        return;
                    }
                    done.fault
                }
                Ended::Failed(fault) => {
                    self.is_our_turn();
                    self.tell(&fault);
                    None
                }
                // They will tell what they have settled.
                Ended::Elsewhere => {
                    if !self.refused.replace(true) {
                        self.hear();
                    }
                    self.shown.sending.with_untracked(|sending| sending.fault)
                }
            };
            self.show(fault).await;
            match fault {
                Some(WireFault::Unreachable | WireFault::Portal | WireFault::Busy(_)) => self.try_later(fault),
                _ => self.failures.set(0),
            }
            if !self.again.get() {
                return;
            }
        }
    }

    /// The coordination has withdrawn this phone. What was typed and not saved is saved, so that it is handed over too;
    /// once nothing is left the notebook is emptied. Whether it is.
    async fn leave(&self, handed_over: bool) -> bool {
        if leave::save_drafts(&self.store).await {
            self.again.set(true);
            return false;
        }
        let gone = handed_over && leave::empty(&self.store, self.speaker.user).await;
        if gone {
            self.shown.gone.set(true);
        }
        gone
    }

    fn is_our_turn(&self) {
        self.refused.set(false);
    }

    fn tell(&self, fault: &StoreFault) {
        // A full phone and a newer app are told as such; anything else concerns what waits, not what is being typed.
        let trouble = match fault.trouble() {
            Trouble::Closed => Trouble::Sending,
            other => other,
        };
        self.shown.tell(Some(trouble));
    }

    fn try_later(&self, fault: Option<WireFault>) {
        if self.waits() {
            pwa::ask_background();
        }
        let failures = self.failures.get();
        self.failures.set(failures.saturating_add(1));
        let most = FIRST_WAIT_MS.saturating_mul(1_u32.checked_shl(failures).unwrap_or(u32::MAX)).min(LONGEST_WAIT_MS);
        // Full jitter, so that phones that lost the network together do not come back together.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait below five minutes")]
        let wait = (f64::from(most) * js_sys::Math::random()) as u32;
        let wait = match fault {
            Some(WireFault::Busy(seconds)) => seconds.saturating_mul(1_000),
            _ => wait.max(FIRST_WAIT_MS / 2),
        };
        let sender = self.clone();
        self.retry.set(Some(Timeout::new(wait, move || sender.ask())));
    }

    /// Shows how sending stands.
    pub(crate) fn show(&self, fault: Option<WireFault>) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(self.show_now(fault))
    }

    async fn show_now(&self, fault: Option<WireFault>) {
        if let Ok((rows, meta)) = self.store.standing().await {
            self.note(self.tell_line(&rows, &meta, fault)).await;
        }
    }

    /// Shows on the screens how sending stands, by what the store holds; how many operations wait.
    pub(crate) fn tell_line(&self, rows: &[OutboxRow], meta: &Meta, fault: Option<WireFault>) -> usize {
        let sending = Sending::of(rows, meta, fault);
        let waiting = sending.pending + sending.withdrawals;
        self.shown.sending.set(sending);
        if meta.last_pull_at.is_some() {
            self.shown.readiness.update(|readiness| readiness.records = true);
        }
        waiting
    }

    /// Notes how many wait where it outlives the notebook, and on the icon.
    pub(crate) async fn note(&self, waiting: usize) {
        marks::count(self.speaker.user, waiting).await;
        if let Ok(open) = self.store.open_matters().await {
            scope::badge(open);
        }
    }
}
