//! The global scope that the phone runs in: a page's window, or the service worker's. Nothing here needs a page.

use app::domain::ids::AccountId;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CacheStorage, RequestInit, Response};

#[wasm_bindgen]
extern "C" {
    type Scope;

    #[wasm_bindgen(method, js_name = fetch)]
    fn fetch(this: &Scope, path: &str, init: &RequestInit) -> Promise;

    #[wasm_bindgen(method, getter)]
    fn navigator(this: &Scope) -> JsValue;

    #[wasm_bindgen(method, getter, catch)]
    fn caches(this: &Scope) -> Result<CacheStorage, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn performance(this: &Scope) -> Stopwatch;

    type Stopwatch;

    #[wasm_bindgen(method)]
    fn now(this: &Stopwatch) -> f64;
}

fn scope() -> Scope {
    js_sys::global().unchecked_into()
}

/// The browser's `fetch`.
pub(crate) async fn fetch(path: &str, init: &RequestInit) -> Result<Response, JsValue> {
    JsFuture::from(scope().fetch(path, init)).await?.dyn_into()
}

/// A property of the navigator; none where this browser has none.
pub(crate) fn of_navigator(name: &str) -> Option<JsValue> {
    Reflect::get(&scope().navigator(), &name.into()).ok().filter(|found| !found.is_undefined())
}

/// The caches; none where this browser forbids them.
pub(crate) fn caches() -> Option<CacheStorage> {
    scope().caches().ok().filter(|found| !found.is_undefined())
}

/// Milliseconds on a clock that nobody sets.
pub(crate) fn stopwatch() -> f64 {
    scope().performance().now()
}

/// Marks the icon with how many records wait or ask for something, where the browser can.
pub(crate) fn badge(number: usize) {
    let name = if number > 0 { "setAppBadge" } else { "clearAppBadge" };
    let navigator = scope().navigator();
    if let Ok(set) = Reflect::get(&navigator, &name.into())
        && let Some(set) = set.dyn_ref::<Function>()
    {
        let count = JsValue::from(u32::try_from(number).unwrap_or(u32::MAX));
        let _ = if number > 0 { set.call1(&navigator, &count) } else { set.call0(&navigator) };
    }
}

/// Forgets what older builds kept: the caches made before the one of this build. A newer one may be waiting for its
/// turn, and is left alone.
pub(crate) async fn drop_older_builds(build: &str) {
    let Some(caches) = caches() else { return };
    let Ok(names) = JsFuture::from(caches.keys()).await else { return };
    let own = format!("lanterne-{build}");
    let names: js_sys::Array = names.unchecked_into();
    let names = names.iter().filter_map(|name| name.as_string());
    let builds: Vec<String> = names.filter(|name| name.starts_with("lanterne-")).collect();
    let older = builds.iter().position(|name| *name == own).unwrap_or(0);
    for name in &builds[..older] {
        let _ = JsFuture::from(caches.delete(name)).await;
    }
}

/// The name of everything that a person's tabs and worker share: their database, their channel.
pub(crate) fn name_of(account: AccountId) -> String {
    format!("lanterne-{account}")
}
