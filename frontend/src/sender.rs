//! When the phone sends: after each save, at the start, when the network or the person comes back, and every minute
//! while something waits. One sender at a time over all tabs, by a Web Lock (`offline.md` 2.9).

use std::{cell::Cell, rc::Rc};

use app::{
    promeneur::{carnet::Shown, port::Trouble},
    sync::{
        engine::{Round, Speaker, WireFault, round},
        outbox::{Meta, waiting},
    },
};
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};

use crate::{clock::Browser, store::Store, wire::Http};

/// How often to try while something waits, in milliseconds.
const BEAT_MS: u32 = 60_000;
/// First and longest wait after a failure, in milliseconds.
const FIRST_WAIT_MS: u32 = 1_000;
const LONGEST_WAIT_MS: u32 = 300_000;

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
            failures: Rc::default(),
            retry: Rc::default(),
        }
    }

    /// Listens to everything that may mean that sending is possible now.
    pub(crate) fn listen(&self) {
        let Some(window) = web_sys::window() else { return };
        let sender = self.clone();
        EventListener::new(&window, "online", move |_| sender.ask_afresh()).forget();
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
            if sender.shown.sending.with_untracked(|sending| sending.pending + sending.withdrawals > 0) {
                sender.ask();
            }
        })
        .forget();
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
        let sender = self.clone();
        spawn_local(async move {
            sender.rounds().await;
            sender.busy.set(false);
        });
    }

    async fn rounds(&self) {
        loop {
            self.again.set(false);
            let fault = match self.locked_round().await {
                Some(done) => done.fault,
                // Another tab is sending, and will tell what it has settled.
                None => self.shown.sending.with_untracked(|sending| sending.fault),
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

    /// One round under the lock that all tabs share; none when another holds it.
    async fn locked_round(&self) -> Option<Round> {
        let result: Rc<Cell<Option<Round>>> = Rc::default();
        let (sender, kept) = (self.clone(), result.clone());
        let work = Closure::once(move |lock: JsValue| -> Promise {
            future_to_promise(async move {
                if !lock.is_null() {
                    kept.set(Some(sender.one_round().await));
                }
                Ok(JsValue::UNDEFINED)
            })
        });
        match request_lock(&format!("sync-{}", self.speaker.user), work.as_ref().unchecked_ref()) {
            Ok(promise) => {
                let _ = JsFuture::from(promise).await;
                result.take()
            }
            // A browser without locks has no second tab worth guarding against: send all the same.
            Err(_) => Some(self.one_round().await),
        }
    }

    async fn one_round(&self) -> Round {
        match round(&self.store, &Http, &Browser, &self.speaker).await {
            Ok(done) => {
                if self.shown.trouble.get_untracked() == Some(Trouble::Sending) {
                    self.shown.trouble.set(None);
                }
                done
            }
            Err(fault) => {
                // A full phone is told as one; anything else concerns what waits, not what is being typed.
                let trouble = if fault.trouble() == Trouble::Full { Trouble::Full } else { Trouble::Sending };
                self.shown.trouble.set(Some(trouble));
                Round::default()
            }
        }
    }

    fn try_later(&self, fault: Option<WireFault>) {
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
    pub(crate) async fn show(&self, fault: Option<WireFault>) {
        let Ok((rows, meta)) = self.store.standing().await else { return };
        let (pending, withdrawals) = waiting(&rows);
        self.shown.sending.update(|sending| {
            sending.pending = pending;
            sending.withdrawals = withdrawals;
            sending.fault = fault;
            sending.last_ack_at = meta.last_ack_at;
            sending.last_pull_at = meta.last_pull_at;
        });
        self.note_pull(&meta);
    }

    fn note_pull(&self, meta: &Meta) {
        if meta.last_pull_at.is_some() {
            self.shown.readiness.update(|readiness| readiness.records = true);
        }
    }
}

fn request_lock(name: &str, work: &Function) -> Result<Promise, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let locks = Reflect::get(&window.navigator(), &"locks".into())?;
    if locks.is_undefined() {
        return Err(JsValue::NULL);
    }
    let options = Object::new();
    Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE)?;
    let request: Function = Reflect::get(&locks, &"request".into())?.dyn_into()?;
    request.call3(&locks, &name.into(), &options, work)?.dyn_into()
}
