//! The browser side of Lanterne. Two small builds of one crate: `phone` mounts the promeneur's screens over IndexedDB,
//! `office` hydrates the coordinator's page.

#[cfg(feature = "phone")]
mod boot;
#[cfg(feature = "phone")]
mod clock;
#[cfg(feature = "phone")]
mod install;
#[cfg(feature = "phone")]
mod leave;
#[cfg(feature = "phone")]
mod lock;
#[cfg(feature = "phone")]
mod marks;
#[cfg(feature = "phone")]
mod phone;
#[cfg(feature = "phone")]
mod pwa;
#[cfg(feature = "phone")]
mod rounds;
#[cfg(feature = "phone")]
mod scope;
#[cfg(feature = "phone")]
mod sender;
#[cfg(feature = "phone")]
mod store;
#[cfg(feature = "phone")]
mod theme;
#[cfg(feature = "phone")]
mod turn;
#[cfg(feature = "phone")]
mod wire;

/// Starts the phone: the shell's script calls it once the wasm is there. In the service worker, which has no page,
/// nothing is started.
#[cfg(feature = "phone")]
pub fn start_phone() {
    if web_sys::window().is_some() {
        wasm_bindgen_futures::spawn_local(boot::start());
    }
}

/// Sends what waits, in the service worker of that build. An error asks the browser to call again later.
#[cfg(feature = "phone")]
pub async fn send_in_background(build: String) -> Result<(), wasm_bindgen::JsValue> {
    rounds::in_background(build).await
}

/// Starts the office: brings the server's page to life.
#[cfg(feature = "office")]
pub fn start_office() {
    leptos::mount::hydrate_body(app::coordination::Office);
}
