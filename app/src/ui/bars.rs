//! The top line and the places at the thumb: on the phone's screens, and on the shell before the app is there.

use leptos::prelude::*;

use super::icon::Icon;

/// The lantern, behind which the phone tells about itself, and whatever stands beside it.
#[component]
pub fn TopBar(
    /// What stands beside it.
    children: Children,
) -> impl IntoView {
    view! {
        <header class="topbar">
            <a class="brand" href="/app/appareil">
                <Icon name="lantern" />
                <span>"Lanterne"</span>
                <span class="sr-only">", cet appareil"</span>
            </a>
            {children()}
            {help_link()}
        </header>
    }
}

/// The way to help, one tap from every screen.
pub fn help_link() -> AnyView {
    view! {
        <a class="icon-btn" href="/app/aide" aria-label="Aide">
            <Icon name="help" />
        </a>
    }
    .into_any()
}

/// Whether a path is at a place, or under it: every path is under the evening's, which is the start.
fn is_at(path: &str, place: &str) -> bool {
    path == place || (place != "/app" && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')))
}

/// The places, with the one where the person is.
#[component]
pub fn BottomBar(
    /// The path of the screen that is shown.
    #[prop(into)]
    path: Signal<String>,
) -> impl IntoView {
    let place = |href: &'static str, icon: &'static str, name: &'static str| {
        let current = move || path.with(|path| is_at(path, href)).then_some("page");
        view! {
            <li>
                <a href=href aria-current=current>
                    <Icon name=icon />
                    {name}
                </a>
            </li>
        }
    };
    view! {
        <nav class="bottombar" aria-label="Principal">
            <ul>
                {place("/app", "evening", "Ce soir")} {place("/app/journal", "journal", "Journal")}
                {place("/app/bilan", "bilan", "Mon bilan")}
            </ul>
        </nav>
    }
}
