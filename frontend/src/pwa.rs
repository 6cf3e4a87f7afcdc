//! The browser around the app: the service worker, its updates, storage that lasts.

use app::promeneur::{carnet::Shown, port::Storage};
use gloo_events::EventListener;
use js_sys::Reflect;
use leptos::prelude::{GetUntracked, Set, Update};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorker, ServiceWorkerRegistration, ServiceWorkerState};

const WORKER: &str = "/sw.js";

fn container() -> Option<web_sys::ServiceWorkerContainer> {
    let navigator = web_sys::window()?.navigator();
    // Absent on plain http, but for localhost.
    Reflect::get(&navigator, &"serviceWorker".into()).ok().filter(|found| !found.is_undefined())?;
    Some(navigator.service_worker())
}

/// Installs the service worker, and watches for the app being kept on the phone and for newer versions.
pub(crate) fn install(shown: Shown) {
    let Some(container) = container() else { return };
    spawn_local(async move {
        let registering = container.register(WORKER);
        let Ok(registration) = JsFuture::from(registering).await else {
            // No network, or no worker here: what was kept before goes on working.
            watch_ready(&container, shown).await;
            return;
        };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        watch_updates(&registration, shown);
        watch_ready(&container, shown).await;
    });
}

/// The worker is active only when everything that it keeps is on the phone: all or nothing.
async fn watch_ready(container: &web_sys::ServiceWorkerContainer, shown: Shown) {
    let Ok(ready) = container.ready() else { return };
    if let Ok(registration) = JsFuture::from(ready).await {
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        if registration.active().is_some() {
            shown.readiness.update(|readiness| readiness.app = true);
        }
    }
}

fn watch_updates(registration: &ServiceWorkerRegistration, shown: Shown) {
    if registration.waiting().is_some() {
        shown.update_waits.set(true);
    }
    let found = registration.clone();
    EventListener::new(registration, "updatefound", move |_| {
        if let Some(worker) = found.installing() {
            watch_worker(worker, shown);
        }
    })
    .forget();
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let (seen, registration) = (document.clone(), registration.clone());
    EventListener::new(&document, "visibilitychange", move |_| {
        if seen.visibility_state() == web_sys::VisibilityState::Visible {
            let _ = registration.update();
        } else if shown.update_waits.get_untracked() && !shown.form_is_open.get_untracked() {
            // Nobody looks and nobody types: the moment to change.
            apply_update();
        }
    })
    .forget();
}

fn watch_worker(worker: ServiceWorker, shown: Shown) {
    let watched = worker.clone();
    EventListener::new(&worker, "statechange", move |_| {
        let replaces = container().is_some_and(|container| container.controller().is_some());
        if watched.state() == ServiceWorkerState::Installed && replaces {
            shown.update_waits.set(true);
        }
    })
    .forget();
}

/// Starts the version that waits: it takes over, and only then does the page load anew.
pub(crate) fn apply_update() {
    let Some(container) = container() else { return };
    spawn_local(async move {
        let Ok(registration) = JsFuture::from(container.get_registration()).await else { return };
        let Some(registration) = registration.dyn_ref::<ServiceWorkerRegistration>().cloned() else { return };
        let Some(waiting) = registration.waiting() else { return };
        EventListener::once(&container, "controllerchange", |_| reload()).forget();
        let _ = waiting.post_message(&JsValue::from_str("SKIP_WAITING"));
    });
}

/// Says what a page hears when it goes: open forms keep what was typed, as then.
pub(crate) fn put_away() {
    if let (Some(window), Ok(word)) = (web_sys::window(), web_sys::Event::new("pagehide")) {
        let _ = window.dispatch_event(&word);
    }
}

/// Begins the page anew.
pub(crate) fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Leaves for another page of the server.
pub(crate) fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace(address);
    }
}

fn manager() -> Option<web_sys::StorageManager> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"storage".into()).ok().filter(|found| !found.is_undefined())?;
    Some(navigator.storage())
}

/// What the browser says about keeping our data.
pub(crate) async fn storage() -> Storage {
    let Some(manager) = manager() else { return Storage::default() };
    let mut facts = Storage::default();
    if let Ok(asked) = manager.persisted()
        && let Ok(answer) = JsFuture::from(asked).await
    {
        facts.persisted = answer.as_bool();
    }
    if let Ok(asked) = manager.estimate()
        && let Ok(answer) = JsFuture::from(asked).await
    {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes are whole and positive")]
        let number = |name: &str| Reflect::get(&answer, &name.into()).ok()?.as_f64().map(|bytes| bytes as u64);
        facts.used = number("usage");
        facts.quota = number("quota");
    }
    facts
}

/// Asks the browser to keep our data, and says what it answered.
pub(crate) async fn persist() -> Storage {
    if let Some(manager) = manager()
        && let Ok(asked) = manager.persist()
    {
        let _ = JsFuture::from(asked).await;
    }
    storage().await
}

/// Asks once, after the first thing that the person saved: browsers grant it to what is used.
pub(crate) fn ask_to_persist() {
    thread_local! {
        static ASKED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }
    if !ASKED.replace(true) {
        spawn_local(async {
            let _ = persist().await;
        });
    }
}

/// The tag under which the service worker hears that something waits (public/sw.js).
const TAG: &str = "outbox";

/// Asks the browser to start the sender when there is a network, with no page open too. Chromium can; elsewhere the next
/// opening sends.
pub(crate) fn ask_background() {
    let Some(container) = container() else { return };
    spawn_local(async move {
        let Ok(registration) = JsFuture::from(container.get_registration()).await else { return };
        if let Ok(sync) = Reflect::get(&registration, &"sync".into())
            && let Ok(register) = Reflect::get(&sync, &"register".into())
            && let Some(register) = register.dyn_ref::<js_sys::Function>()
            && let Ok(asked) = register.call1(&sync, &TAG.into())
        {
            // A browser that forbids it says so here, and nothing depends on it.
            let _ = JsFuture::from(js_sys::Promise::resolve(&asked)).await;
        }
    });
}

/// The app is older than its data: looks for the newer one, and starts it where there is one.
pub(crate) async fn find_newer() {
    let Some(container) = container() else { return };
    let Ok(registration) = JsFuture::from(container.get_registration()).await else { return };
    let Some(registration) = registration.dyn_ref::<ServiceWorkerRegistration>().cloned() else { return };
    if let Ok(looked) = registration.update() {
        let _ = JsFuture::from(looked).await;
    }
    if registration.waiting().is_some() {
        apply_update();
    } else if let Some(worker) = registration.installing() {
        let watched = worker.clone();
        EventListener::new(&worker, "statechange", move |_| {
            if watched.state() == ServiceWorkerState::Installed {
                apply_update();
            }
        })
        .forget();
    }
}

/// Hands the person a file.
pub(crate) fn hand_out(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let Ok(blob) = web_sys::Blob::new_with_str_sequence(&parts) else { return };
    let Ok(address) = web_sys::Url::create_object_url_with_blob(&blob) else { return };
    let link = web_sys::window().and_then(|window| window.document()?.create_element("a").ok());
    if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&address);
}
