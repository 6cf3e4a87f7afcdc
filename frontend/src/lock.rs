//! The lock of this phone's notebook: opening it at the start, closing it when nobody touches the phone for a while; and its
//! lease, which ends when nothing is heard of the server for too long.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    rc::Rc,
};

use app::{
    domain::{
        ids::AccountId,
        lock::{IDLE, LockCode, LockFault},
        person::Me,
        time::evening_of,
    },
    promeneur::{
        carnet::Shown,
        lock::{Keyhole, LockScreen, Locked, Turned},
        port::Local,
    },
    sync::engine::{Surroundings, WireFault},
};
use chrono::{DateTime, TimeDelta, Utc};
use gloo_events::EventListener;
use gloo_timers::callback::{Interval, Timeout};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::{
    boot,
    clock::Browser,
    pwa, scope,
    store::{self, Lock, Store, Unlock},
    wire::{Http, LockAct},
};

/// How often it is looked whether to close, in milliseconds.
const BEAT_MS: u32 = 15_000;
/// How often it is noted on the disk how long the notebook is open, in milliseconds.
const NOTE_MS: f64 = 300_000.0;
/// By how much the clock may differ from the stopwatch before it was set, in milliseconds.
const CLOCK_JUMP_MS: f64 = 60_000.0;
/// How long what is being typed may take to be written down before the page begins anew, in milliseconds.
const LONGEST_FLUSH_MS: u32 = 3_000;
/// Where a page notes, for as long as its tab lives, that its person went to show who they are.
const FORGOT: &str = "lanterne-code-oublie";

fn now() -> DateTime<Utc> {
    Browser.now().to_utc()
}

/// What a fault of the wire means for a lock.
fn fault_of(fault: WireFault) -> LockFault {
    match fault {
        WireFault::Unreachable | WireFault::Portal | WireFault::Busy(_) => LockFault::NoNetwork,
        _ => LockFault::Refused,
    }
}

/// The notebook behind the screen that asks for its code.
struct Hole {
    store: Store,
    lock: RefCell<Lock>,
    /// What the server has told.
    kept: RefCell<Option<String>>,
    /// Whether its person has just come back from showing who they are.
    comes_back: Cell<bool>,
    /// Called once it is open.
    opened: RefCell<Option<Function>>,
}

#[derive(Clone)]
struct KeyholeOf(Rc<Hole>);

impl KeyholeOf {
    /// After a try: how many are left now.
    async fn look_again(&self) {
        if let Ok(Some(lock)) = self.0.store.lock().await {
            self.0.lock.replace(lock);
        }
    }

    fn is_open(&self) {
        if let Some(opened) = self.0.opened.take() {
            let _ = opened.call0(&JsValue::NULL);
        }
    }
}

impl Keyhole for KeyholeOf {
    fn open(&self, typed: Option<String>) -> Turned {
        let hole = self.clone();
        Box::pin(async move {
            let by = || typed.clone().map_or(Unlock::Passkey, Unlock::Code);
            let mut opened = hole.0.store.unlock(by()).await;
            if opened == Err(LockFault::Full) {
                // What may be forgotten goes; of what is closed, nothing.
                let _ = hole.0.store.free_room(&boot::build()).await;
                opened = hole.0.store.unlock(by()).await;
            }
            hole.look_again().await;
            opened?;
            hole.is_open();
            Ok(())
        })
    }

    fn has_passkey(&self) -> bool {
        self.0.lock.borrow().has_passkey()
    }

    fn tries_left(&self) -> u32 {
        self.0.lock.borrow().tries_left()
    }

    fn recover(&self) -> Turned {
        let hole = self.clone();
        Box::pin(async move {
            let lock = hole.0.lock.borrow().id();
            match Http.lock(LockAct::Tell, &lock).await {
                Ok(key) => {
                    hole.0.kept.replace(Some(key));
                    Ok(())
                }
                Err(WireFault::SignedOut) if !hole.0.comes_back.take() => {
                    note_return();
                    pwa::go("/confirmer?retour=/app");
                    // The page is on its way: nothing else is to be typed here.
                    std::future::pending().await
                }
                Err(fault) => Err(fault_of(fault)),
            }
        })
    }

    fn renew(&self, code: LockCode) -> Turned {
        let hole = self.clone();
        Box::pin(async move {
            let kept = hole.0.kept.borrow().clone().unwrap_or_default();
            hole.0.store.unlock(Unlock::Kept(kept, code)).await?;
            hole.is_open();
            Ok(())
        })
    }
}

fn session() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

fn note_return() {
    if let Some(session) = session() {
        let _ = session.set_item(FORGOT, "oui");
    }
}

/// Whether the person went from here to show who they are; said once.
fn returns() -> bool {
    let Some(session) = session() else { return false };
    let noted = session.get_item(FORGOT).ok().flatten().is_some();
    let _ = session.remove_item(FORGOT);
    noted
}

/// Shows the screen that asks for the code of a notebook, and waits until it is open. It stays until what this gives is
/// dropped, since what comes in its place is still to be read.
pub(crate) fn pass(me: &Me, store: Store, lock: Lock) -> Local<Option<Box<dyn Any>>> {
    let name = me.signature();
    Box::pin(async move {
        let (waiting, comes_back) = (store.waiting().await.unwrap_or_default(), returns());
        let hole = Rc::new(Hole {
            store,
            lock: RefCell::new(lock),
            kept: RefCell::default(),
            comes_back: Cell::new(comes_back),
            opened: RefCell::default(),
        });
        let is_open = Promise::new(&mut |opened, _| {
            hole.opened.replace(Some(opened));
        });
        let keyhole: Rc<dyn Keyhole> = Rc::new(KeyholeOf(hole));
        let screen = boot::show(Box::new(move || {
            let locked = Locked { name, waiting, comes_back, keyhole };
            view! { <LockScreen locked=locked /> }.into_any()
        }));
        let _ = JsFuture::from(is_open).await;
        screen
    })
}

/// Puts a lock on, once the server keeps what opens it for who forgets the code.
pub(crate) fn put(store: Store, code: LockCode, owner: Option<AccountId>) -> Turned {
    Box::pin(async move {
        let (id, kept) = (Uuid::now_v7().to_string(), store::fresh_kept());
        // First what a tap allows a browser to ask for, and what may not come about.
        let made = store::made_lock(&id, &code, &kept, owner).await?;
        Http.lock(LockAct::Keep(kept), &id).await.map_err(|fault| match fault_of(fault) {
            LockFault::Refused => LockFault::SignedOut,
            other => other,
        })?;
        store.put_lock(made).await
    })
}

/// Takes it off. What the server keeps opens nothing any more: that it hears of it is no condition.
pub(crate) fn take(store: Store, typed: String) -> Turned {
    Box::pin(async move {
        let id = store.take_lock(typed).await?;
        spawn_local(async move {
            let _ = Http.lock(LockAct::Forget, &id).await;
        });
        Ok(())
    })
}

/// The server was heard of, and knows this phone: the lease begins anew. Noted on the disk now and then only.
pub(crate) async fn heard(store: &Store) {
    thread_local! {
        static NOTED: Cell<Option<(f64, DateTime<Utc>)>> = const { Cell::new(None) };
    }
    let (time, now) = (scope::stopwatch(), now());
    let is_noted = NOTED.get().is_some_and(|(noted, at)| {
        #[expect(clippy::cast_precision_loss, reason = "minutes, in milliseconds")]
        let by_clock = (now - at).num_milliseconds() as f64;
        // A clock that was put right meanwhile is another one.
        time - noted < NOTE_MS && (by_clock - (time - noted)).abs() < CLOCK_JUMP_MS
    });
    if !is_noted && store.note_lease(now, None).await.is_ok() {
        NOTED.set(Some((time, now)));
    }
}

/// Closes the notebook: it is out of sight at once, what is being typed is kept, and the page begins anew, so that nothing
/// of it is in memory.
pub(crate) fn close(store: &Store) {
    if let Some(body) = web_sys::window().and_then(|window| window.document()?.body()) {
        body.set_hidden(true);
    }
    begin_anew(store);
}

/// Begins the page anew, once what is being typed is written down; a store that does not answer is not waited for.
pub(crate) fn begin_anew(store: &Store) {
    pwa::put_away();
    Timeout::new(LONGEST_FLUSH_MS, pwa::reload).forget();
    let store = store.clone();
    spawn_local(async move {
        let _ = store.settled().await;
        pwa::reload();
    });
}

/// Watches over a notebook that is open. One with a lock is closed when nobody touches the phone for long, by the clock or by
/// the stopwatch, which stands still while some phones sleep; of any, nothing more is shown than its lease lets.
pub(crate) fn watch(store: &Store, shown: Shown) {
    let Some(window) = web_sys::window() else { return };
    let touched = Rc::new(Cell::new((now(), scope::stopwatch())));
    for kind in ["pointerdown", "keydown", "wheel"] {
        let touched = touched.clone();
        EventListener::new(&window, kind, move |_| touched.set((now(), scope::stopwatch()))).forget();
    }
    let is_seen = || web_sys::window().and_then(|window| window.document()).is_some_and(|document| !document.hidden());
    let (noted, seen, store) = (Cell::new(scope::stopwatch()), Cell::new(is_seen()), store.clone());
    let look = Rc::new(move |note: bool| {
        let (at, by_stopwatch) = touched.get();
        let idle = IDLE.num_milliseconds();
        #[expect(clippy::cast_precision_loss, reason = "ten minutes")]
        let is_idle = (now() - at).num_milliseconds() >= idle || scope::stopwatch() - by_stopwatch >= idle as f64;
        if is_idle && store.is_locked() {
            return close(&store);
        }
        // What is not looked at is not used; a page that comes in sight was not until now.
        let used = if seen.replace(is_seen()) { scope::stopwatch() - noted.get() } else { 0.0 };
        if note || used >= NOTE_MS {
            noted.set(scope::stopwatch());
            #[expect(clippy::cast_possible_truncation, reason = "minutes, in milliseconds")]
            let used = TimeDelta::milliseconds(used as i64);
            let store = store.clone();
            spawn_local(async move {
                // What is being typed stays where it is: a form tells of one record, and only as long as it is open.
                if let Ok(Some(at)) = store.note_lease(now(), Some(used)).await {
                    shown.wait_from(evening_of(Browser.local(at)));
                }
            });
        }
    });
    if let Some(document) = window.document() {
        // A phone that is woken shows the notebook of an hour ago before any timer runs; one that is put away may never
        // run another one.
        let look = look.clone();
        EventListener::new(&document, "visibilitychange", move |_| look(true)).forget();
    }
    Interval::new(BEAT_MS, move || look(false)).forget();
}
