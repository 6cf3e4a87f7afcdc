//! Work that a tap sets off and that takes a slow phone longer than an eye waits: after what answers the tap was painted.

use std::time::Duration;

use leptos::prelude::*;

/// Does `act` once the next frame is painted.
pub fn after_paint(act: impl FnOnce() + 'static) {
    let act: Box<dyn FnOnce()> = Box::new(act);
    request_animation_frame(move || set_timeout(act, Duration::ZERO));
}
