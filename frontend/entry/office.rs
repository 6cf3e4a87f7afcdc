//! The office's wasm: nothing but the library, whose `#[wasm_bindgen(start)]` hydrates the page.

extern crate frontend as _;
