//! The phone's wasm: mounts the promeneur's screens.

use wasm_bindgen::prelude::wasm_bindgen;

/// Starts as soon as the wasm is there.
#[wasm_bindgen(start)]
pub fn start() {
    frontend::start_phone();
}
