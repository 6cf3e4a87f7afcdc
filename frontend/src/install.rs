//! The way to the home screen: what the browser offers, taken up when the person says so.

use app::promeneur::{carnet::Shown, port::Install};
use gloo_events::EventListener;
use js_sys::{Function, Reflect};
use leptos::prelude::Set;
use wasm_bindgen::{JsCast, JsValue};

use crate::marks;

/// Where the boot script keeps the browser's offer (frontend/boot/phone.js).
const OFFER: &str = "installOffer";

/// Learns whether the app can be installed here. Never asks by itself.
pub(crate) fn watch(shown: Shown) {
    let Some(window) = web_sys::window() else { return };
    // Safari alone knows this word: false in a tab, true on the home screen.
    let on_home = Reflect::get(&window.navigator(), &"standalone".into()).ok().and_then(|it| it.as_bool());
    shown.install_later.set(marks::has_refused_install());
    if on_home == Some(true) {
        return;
    }
    if on_home == Some(false) {
        shown.install.set(Some(Install::BySteps));
        return;
    }
    if offer(&window).is_some() {
        shown.install.set(Some(Install::Offered));
    }
    // The boot script, which listens first, keeps it.
    EventListener::new(&window, "beforeinstallprompt", move |_| {
        shown.install.set(Some(Install::Offered));
    })
    .forget();
    EventListener::new(&window, "appinstalled", move |_| shown.install.set(None)).forget();
}

fn offer(window: &web_sys::Window) -> Option<JsValue> {
    Reflect::get(window, &OFFER.into()).ok().filter(JsValue::is_object)
}

/// Shows the browser's own question. It can be shown once: whatever the answer is, ours goes.
pub(crate) fn ask(shown: Shown) {
    shown.install.set(None);
    let Some(offer) = web_sys::window().as_ref().and_then(offer) else { return };
    let prompt = Reflect::get(&offer, &"prompt".into()).ok().and_then(|prompt| prompt.dyn_into::<Function>().ok());
    if let Some(prompt) = prompt {
        let _ = prompt.call0(&offer);
    }
}
