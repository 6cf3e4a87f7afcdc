//! The phone's wasm: mounts the promeneur's screens.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Starts as soon as the wasm is there.
#[wasm_bindgen(start)]
pub fn start() {
    frontend::start_phone();
}

/// Sends what waits: the service worker calls it when the browser says that there is a network.
#[wasm_bindgen(js_name = sendOutbox)]
pub async fn send_outbox(build: String) -> Result<(), JsValue> {
    frontend::send_in_background(build).await
}
