//! Icons of the sprite. The words always stand beside them: an icon is never read out and never alone.

use leptos::prelude::*;

use super::html::{Html, html};

/// Where the sprite is served.
pub const SPRITE: &str = "/icons/sprite.svg";

/// One symbol of `public/icons/sprite.svg`.
#[component]
pub fn Icon(
    /// The symbol's name.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=format!("{SPRITE}#{name}")></use>
        </svg>
    }
}

/// The chevron of a `summary`, which turns by itself.
#[component]
pub fn Chevron() -> impl IntoView {
    view! {
        <svg class="icon turn" aria-hidden="true">
            <use href=format!("{SPRITE}#chevron")></use>
        </svg>
    }
}

/// Writes an icon into markup; `class` has a name beside `icon`.
pub fn write(out: &mut Html, name: &str, class: &str) {
    html!(out; "<svg class=\"icon " (class) "\" aria-hidden=\"true\"><use href=\"" (SPRITE) "#" (name) "\"></use></svg>");
}
