//! The phone's wasm: nothing but the library, whose `#[wasm_bindgen(start)]` mounts the screens.

extern crate frontend as _;
