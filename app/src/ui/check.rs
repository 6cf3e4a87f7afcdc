//! A line of a list of checks (`.checks`): how something stands, and what to do.

use leptos::prelude::*;

use super::icon::Icon;

/// The line. A plain function and one type of view, so that a phone holds its markup once.
pub fn check(
    // How it stands: the value of `data-state`, which is its icon too.
    state: &'static str,
    title: String,
    text: AnyView,
) -> AnyView {
    view! {
        <li data-state=state>
            <Icon name=state />
            <h2>{title}</h2>
            <p>{text}</p>
        </li>
    }
    .into_any()
}
