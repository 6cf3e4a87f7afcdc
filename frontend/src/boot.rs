//! The start of the phone: who, their store, their entries, and only then the screens, so that the first thing shown
//! is complete. Nothing here waits for the network when the phone knows its person.

use std::rc::Rc;

use app::{
    domain::person::{Me, Role},
    promeneur::{
        Phone as Screens,
        carnet::{Carnet, Readiness, Sending, Shown},
        port::{PhonePort, Port},
    },
    sync::{
        engine::{Speaker, WireFault},
        outbox::waiting,
    },
};
use gloo_timers::callback::Interval;
use leptos::{mount::mount_to_body, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use crate::{
    clock::Browser,
    phone::Phone,
    pwa,
    sender::Sender,
    store::{self, Store, StoreFault},
    wire::Http,
};

/// How often the shown clock moves, in milliseconds.
const TICK_MS: u32 = 15_000;

/// Starts the phone.
pub(crate) async fn start() {
    std::panic::set_hook(Box::new(|panic| {
        web_sys::console::error_1(&JsValue::from_str(&panic.to_string()));
    }));
    let remembered = store::remembered().await.ok().flatten();
    let just_signed_in = address().is_some_and(|search| search.contains("connecte"));
    let me = match remembered {
        Some(me) if !just_signed_in => me,
        remembered => match Http.me().await {
            Ok(me) => {
                if let Err(fault) = store::remember_current(&me).await {
                    fault.trouble();
                }
                me
            }
            // Without network the phone opens for whom it knows.
            Err(WireFault::Unreachable | WireFault::Portal | WireFault::Busy(_)) => match remembered {
                Some(me) => me,
                None => return pwa::go("/connexion"),
            },
            Err(_) => return pwa::go("/connexion"),
        },
    };
    if !me.role.is(Role::Promeneur) {
        return pwa::go("/coordination");
    }
    if let Err(fault) = open(me).await {
        fault.trouble();
        complain();
    }
}

fn address() -> Option<String> {
    web_sys::window()?.location().search().ok()
}

/// Says on the shell that the notebook cannot be opened: the screens need it to say anything.
fn complain() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    if let Ok(Some(line)) = document.query_selector(".syncline") {
        line.set_text_content(Some(
            "Le carnet ne s’ouvre pas sur ce téléphone. Fermez les autres onglets de Lanterne, puis rechargez cette page.",
        ));
    }
}

async fn open(me: Me) -> Result<(), StoreFault> {
    let store = Store::open(me.account, complain).await?;
    let entries = store.entries().await?;
    let (rows, meta) = store.standing().await?;
    let drafts = store.drafts().await?;
    let build = build();
    let speaker = Speaker { user: me.account, build: build.clone() };
    if let Some(body) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.body()) {
        body.set_inner_html("");
    }
    mount_to_body(move || {
        let shown = Shown::new(me, build, entries, drafts, Browser.wall_clock());
        let (pending, withdrawals) = waiting(&rows);
        shown.sending.set(Sending {
            pending,
            withdrawals,
            last_ack_at: meta.last_ack_at,
            last_pull_at: meta.last_pull_at,
            fault: None,
        });
        shown.readiness.set(Readiness { app: false, records: meta.last_pull_at.is_some() });
        let port = connect(shown, store, speaker);
        view! { <Screens carnet=Carnet { shown, port } /> }
    });
    Ok(())
}

/// Joins the screens, the store, the sender and the browser.
fn connect(shown: Shown, store: Store, speaker: Speaker) -> Port {
    store.watch(move |change| shown.show(&change.put_entries, &change.remove_entries));
    let sender = Sender::new(store.clone(), speaker, shown);
    sender.listen();
    sender.ask();
    pwa::install(shown);
    Effect::new(move |_| {
        shown.sending.track();
        pwa::badge(&shown);
    });
    Interval::new(TICK_MS, move || shown.clock.set(Browser.wall_clock())).forget();
    let phone: Rc<dyn PhonePort> = Rc::new(Phone { store, sender, shown });
    StoredValue::new(SendWrapper::new(phone))
}

/// The build that the shell was made by.
fn build() -> String {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("data-build")).unwrap_or_default()
}
