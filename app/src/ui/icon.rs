//! Icons of the sprite. The words always stand beside them: an icon is never read out and never alone.

use leptos::prelude::*;

use super::html::{Html, html};

/// Where the sprite is served.
#[cfg(feature = "ssr")]
pub const SPRITE: &str = "/icons/sprite.svg";

/// What stands before an icon's name in its address. The phone's document holds the sprite itself, so that no icon waits
/// for another file.
#[cfg(feature = "phone")]
const BEFORE: &str = "#i-";
#[cfg(not(feature = "phone"))]
const BEFORE: &str = "/icons/sprite.svg#i-";

/// One symbol of `public/icons/sprite.svg`.
#[component]
pub fn Icon(
    /// The symbol's name.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=format!("{BEFORE}{name}")></use>
        </svg>
    }
}

/// The chevron of a `summary`, which turns by itself.
#[component]
pub fn Chevron() -> impl IntoView {
    view! {
        <svg class="icon turn" aria-hidden="true">
            <use href=format!("{BEFORE}chevron")></use>
        </svg>
    }
}

/// Writes an icon into markup; `class` has a name beside `icon`.
pub fn write(out: &mut Html, name: &str, class: &str) {
    html!(out; "<svg class=\"icon " (class) "\" aria-hidden=\"true\"><use href=\"" (BEFORE) (name) "\"></use></svg>");
}
