//! The coordinator's screens: server-rendered, readable without JavaScript.

use leptos::prelude::*;

/// The office's application.
#[component]
pub fn Office() -> impl IntoView {
    view! { <main id="contenu"></main> }
}
