//! The office's wasm: hydrates the coordinator's page.

use wasm_bindgen::prelude::wasm_bindgen;

/// Starts as soon as the wasm is there.
#[wasm_bindgen(start)]
pub fn start() {
    frontend::start_office();
}
