//! The start of the phone: who, their store, their entries, and only then the screens, so that the first thing shown
//! is complete. Nothing here waits for the network when the phone knows its person.

use std::{any::Any, rc::Rc};

use app::{
    domain::{
        ids::AccountId,
        person::{Me, Role},
        time::evening_of,
    },
    promeneur::{
        Phone as Screens,
        carnet::{Carnet, Readiness, Shown},
        line::Line,
        port::{PhonePort, Port, Trouble},
        way::Way,
    },
    sync::{
        engine::{Speaker, Surroundings, WireFault},
        summary::Sending,
    },
    ui::after_paint::after_paint,
};
use gloo_timers::{callback::Interval, future::TimeoutFuture};
use leptos::{mount::mount_to, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    clock::Browser,
    install, lock, marks,
    phone::Phone,
    pwa,
    sender::Sender,
    store::{self, Opening, Store, StoreFault},
    wire::Http,
};

/// How often the shown clock moves, in milliseconds.
const TICK_MS: u32 = 15_000;

/// When the older entries are asked for again, where they could not be read, in milliseconds.
const READ_AGAIN_MS: u32 = 1_000;

/// Starts the phone.
pub(crate) async fn start() {
    #[cfg(feature = "loud")]
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&JsValue::from_str(&panic.to_string()));
    }));
    let Some(me) = person().await else { return };
    match open(me).await {
        Ok(()) => {}
        // The release before is back while its data are of the one after: nothing is touched, and the app is renewed.
        Err(StoreFault::Newer) => {
            say_closed(
                "Une mise à jour de Lanterne est nécessaire",
                "Gardez le réseau un instant\u{202f}: elle s’installe seule. Vos saisies restent sur ce téléphone.",
            );
            pwa::find_newer().await;
        }
        Err(fault) => {
            fault.trouble();
            complain();
        }
    }
}

/// Whose notebook to open. None when the browser is on its way to another page, or nothing can be opened now.
async fn person() -> Option<Me> {
    let mut known = store::known().await.unwrap_or_default();
    if known.left || named_sign_in().is_some() {
        // As it is now: another tab may have signed in or out since it was read ahead.
        known = store::known().await.unwrap_or_default();
    }
    // The sign-in of the address, unless it is one of the history.
    let sign_in = named_sign_in().filter(|(_, number)| known.is_new(number));
    if sign_in.is_none() && known.left {
        // Without network, or with it: nobody's notebook opens before somebody signs in.
        if Http.sign_out().await.is_ok() {
            let _ = store::sign_out_is_known().await;
        }
        pwa::go("/connexion");
        return None;
    }
    let theirs = known.me.filter(|me| sign_in.as_ref().is_none_or(|(account, _)| *account == me.account));
    let number = sign_in.map(|(_, number)| number);
    if let Some(me) = theirs {
        // Also after a sign-in: the same person's notebook waits for no network.
        if number.is_some() {
            let _ = store::remember_current(&me, number).await;
        }
        return Some(me);
    }
    let has_signed_in = number.is_some();
    match Http.me().await {
        Ok(me) if me.role.is(Role::Promeneur) => {
            if let Err(fault) = store::remember_current(&me, number).await {
                fault.trouble();
            }
            Some(me)
        }
        Ok(_) => {
            pwa::go("/coordination");
            None
        }
        // Who signed in is another than the last one: their notebook is not opened in the name of somebody else.
        Err(WireFault::Unreachable | WireFault::Portal | WireFault::Busy(_)) if has_signed_in => {
            say_closed(
                "Le réseau s’est interrompu",
                "Votre carnet n’était pas encore arrivé. Retrouvez le réseau, puis réessayez.",
            );
            None
        }
        Err(_) => {
            pwa::go("/connexion");
            None
        }
    }
}

/// The account that has just signed in and the number of that sign-in, as the server names them in the address.
fn named_sign_in() -> Option<(AccountId, String)> {
    let search = web_sys::window()?.location().search().ok()?;
    let named = search.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("connecte="))?;
    let (account, number) = named.split_once('.')?;
    Some((account.parse().ok()?, number.to_owned()))
}

/// Takes what the sign-in has added from the address, which may be opened again on another day.
fn tidy_address() {
    let Some(window) = web_sys::window() else { return };
    let (Ok(path), Ok(history)) = (window.location().pathname(), window.history()) else { return };
    let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
}

fn complain() {
    say_closed(
        "Le carnet ne s’ouvre pas sur ce téléphone",
        "Fermez les autres onglets de Lanterne, puis réessayez. Vos saisies restent sur ce téléphone.",
    );
}

#[wasm_bindgen]
extern "C" {
    /// Says in the place of the notebook why it cannot be opened: the screens need it to say anything.
    #[wasm_bindgen(js_name = sayClosed)]
    fn say_closed(title: &str, text: &str);
}

/// Shows a screen, in the place of what the server has painted; the icons that stand beside it stay. Gone when what this
/// gives is dropped.
pub(crate) fn show(screen: Box<dyn FnOnce() -> AnyView>) -> Option<Box<dyn Any>> {
    let document = web_sys::window()?.document()?;
    if let Ok(Some(shell)) = document.query_selector(".phone") {
        shell.remove();
    }
    Some(Box::new(mount_to(document.body()?, screen)))
}

async fn open(me: Me) -> Result<(), StoreFault> {
    let store = Store::open(me.account, complain).await?;
    let mut asked = None;
    let Opening { entries, older, rows, meta, drafts, unreadable, waits } = loop {
        match store.opening(!Way::asks_for_newest(), Browser.now().to_utc()).await? {
            Ok(opening) => break opening,
            Err(lock) => asked = lock::pass(&me, store.clone(), lock).await,
        }
    };
    let loss = marks::found(me.account, store.was_made_anew()).await;
    let build = build();
    let speaker = Speaker { user: me.account, build: build.clone() };
    if named_sign_in().is_some() {
        tidy_address();
    }
    drop(asked);
    let screens = show(Box::new(move || {
        let shown = Shown::new(me, build, entries, drafts, Browser.wall_clock());
        if let Some(at) = waits {
            shown.wait_from(evening_of(Browser.local(at)));
        }
        shown.whole.set(older.is_none());
        shown.loss.set(loss);
        shown.sending.set(Sending::of(&rows, &meta, None));
        shown.readiness.set(Readiness { app: false, records: meta.last_pull_at.is_some() });
        let (port, sender) = connect(shown, store.clone(), speaker);
        let go_on = move || {
            attend(shown, &sender);
            spawn_local(read_on(shown, store, older, unreadable));
        };
        // A page that nobody looks at is not painted.
        if is_hidden() {
            go_on();
        } else {
            after_paint(go_on);
        }
        view! { <Screens carnet=Carnet::new(shown, port) /> }.into_any()
    }));
    std::mem::forget(screens);
    Ok(())
}

/// Reads what the first screen does not need, a few entries between two frames.
async fn read_on(shown: Shown, store: Store, older: Option<JsValue>, mut unreadable: bool) {
    if let Some(key) = older {
        let forgotten = store.forgotten();
        // A connection that the system has cut is opened anew by the next try; no screen works on a part for good.
        let mut rows = loop {
            match store.older(&key).await {
                Ok(rows) => break rows,
                Err(StoreFault::Newer) => return shown.tell(Some(Trouble::Newer)),
                Err(_) => TimeoutFuture::new(READ_AGAIN_MS).await,
            }
        };
        let mut lines = Vec::new();
        while let Some(entries) = rows.next(&mut unreadable).await {
            lines.extend(entries.into_iter().map(Line::shared));
            TimeoutFuture::new(0).await;
        }
        shown.complete(lines);
        // What was forgotten in the meantime, here or in another tab, is not here again.
        if store.forgotten() != forgotten {
            read_again(shown, &store).await;
        }
    }
    if unreadable && let Ok(texts) = store.unreadable().await {
        shown.unreadable.set(texts);
    }
    let _ = store.tidy().await;
}

/// Shows what the store holds now.
async fn read_again(shown: Shown, store: &Store) {
    // What is written here in the meantime must not be hidden by what was read before.
    while let (written, Ok(drafts), Ok(entries)) = (store.written(), store.drafts().await, store.entries().await) {
        if store.written() == written {
            shown.refresh(entries, drafts);
            break;
        }
    }
}

/// Joins the screens, the store and the sender, and watches over the lock.
fn connect(shown: Shown, store: Store, speaker: Speaker) -> (Port, Sender) {
    store.watch(move |change| shown.show(&change.put_entries, &change.remove_entries));
    store.on_leave(move || {
        pwa::put_away();
        shown.tell(Some(Trouble::Newer));
    });
    let sender = Sender::new(store.clone(), speaker, shown);
    let (read, other) = (store.clone(), sender.clone());
    store.listen(move |is_answer| {
        if is_answer {
            other.hear();
            // Another tab, or the worker, has heard of the server: so may this one.
            if shown.waits.get_untracked().is_some() {
                other.ask();
            }
        }
        let (store, sender) = (read.clone(), other.clone());
        spawn_local(async move {
            read_again(shown, &store).await;
            sender.show(shown.sending.with_untracked(|sending| sending.fault)).await;
        });
    });
    sender.listen();
    lock::watch(&store, shown);
    let phone: Rc<dyn PhonePort> = Rc::new(Phone { store, sender: sender.clone(), shown });
    (StoredValue::new(SendWrapper::new(phone)), sender)
}

/// Begins what goes on beside the screens, once the first of them is there: sending, what the server tells, the browser.
fn attend(shown: Shown, sender: &Sender) {
    sender.ask();
    spawn_local(learn_standing(shown));
    pwa::install(shown);
    install::watch(shown);
    Interval::new(TICK_MS, move || shown.clock.set(Browser.wall_clock())).forget();
}

/// What the figures need beside the records: as it was last told, then as it is now.
async fn learn_standing(shown: Shown) {
    let account = shown.me.with_value(|me| me.account);
    if let Some(known) = store::standing(account).await {
        shown.standing.set(Some(known));
    }
    if let Ok(standing) = Http.standing().await {
        let _ = store::keep_standing(account, &standing).await;
        shown.standing.set(Some(standing));
    }
}

fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_none_or(|document| document.hidden())
}

/// The build that the shell was made by.
pub(crate) fn build() -> String {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("data-build")).unwrap_or_default()
}
