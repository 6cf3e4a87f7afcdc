//! The browser side of Lanterne. Two small builds of one crate: `phone` mounts the promeneur's screens over IndexedDB,
//! `office` hydrates the coordinator's page.

#[cfg(feature = "phone")]
mod boot;
#[cfg(feature = "phone")]
mod clock;
#[cfg(feature = "phone")]
mod phone;
#[cfg(feature = "phone")]
mod pwa;
#[cfg(feature = "phone")]
mod sender;
#[cfg(feature = "phone")]
mod store;
#[cfg(feature = "phone")]
mod wire;

/// Starts the phone: the shell's script calls it once the wasm is there.
#[cfg(feature = "phone")]
pub fn start_phone() {
    wasm_bindgen_futures::spawn_local(boot::start());
}

/// Starts the office: brings the server's page to life.
#[cfg(feature = "office")]
pub fn start_office() {
    leptos::mount::hydrate_body(app::coordination::Office);
}
