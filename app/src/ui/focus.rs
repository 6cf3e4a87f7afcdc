//! Where the focus goes when what had it is gone: it is never lost, since a screen reader and a keyboard go on from it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// After a tap on « + », which hides itself: the focus goes to the first of the choices that it brings.
pub fn focus_after(event: &leptos::ev::MouseEvent) {
    let group = event_target::<web_sys::Element>(event).closest(".chips").ok().flatten();
    request_animation_frame(move || {
        let others = ".chip-rows .chip-rows:last-child input";
        if let Some(next) = group.and_then(|group| group.query_selector(others).ok().flatten()) {
            focus(next.unchecked_into());
        }
    });
}

/// After a tap on a button that goes: the focus goes to the input of its field.
pub fn focus_field(event: &leptos::ev::MouseEvent) {
    let field = event_target::<web_sys::Element>(event).closest(".field").ok().flatten();
    if let Some(input) = field.and_then(|field| field.query_selector("input, textarea").ok().flatten()) {
        focus(input.unchecked_into());
    }
}

/// Once the screen has changed: to the screen itself, where nothing else has it.
pub fn keep_focus() {
    request_animation_frame(|| {
        if document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
            focus_main();
        }
    });
}

/// To the screen, from whose beginning a screen reader goes on.
pub fn focus_main() {
    if let Some(main) = document().get_element_by_id("contenu") {
        focus(main.unchecked_into());
    }
}

/// To what is to be put right first. Of a count to its « + »: the number itself would bring up the keyboard.
pub fn focus_first_fault() {
    const FAULTS: &str = ".form :is([aria-invalid=true], fieldset:has(> .fault) input)";
    let Ok(Some(found)) = document().query_selector(FAULTS) else {
        // One that no input has is looked at.
        if let Ok(Some(fault)) = document().query_selector(".form .fault") {
            fault.scroll_into_view();
        }
        return;
    };
    let key = found.closest(".stepper").ok().flatten();
    let key = key.and_then(|stepper| stepper.query_selector(".stepper-key:last-of-type").ok().flatten());
    let _ = key.unwrap_or(found).unchecked_into::<web_sys::HtmlElement>().focus();
}

/// What is in sight stays there.
fn focus(element: web_sys::HtmlElement) {
    let still = web_sys::FocusOptions::new();
    still.set_prevent_scroll(true);
    let _ = element.focus_with_options(&still);
}
