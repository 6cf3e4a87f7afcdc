//! The coordinator's screens: server-rendered, readable without JavaScript.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

pub mod acts;
pub mod address;
pub mod choice;
pub mod completeness;
pub mod dashboard;
pub mod fact;
pub mod figures;
pub mod places;
pub mod presence;
pub mod report;

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::ui::icon::Icon;
use dashboard::DashboardPage;

/// The office's application.
#[component]
pub fn Office() -> impl IntoView {
    leptos_meta::provide_meta_context();
    view! {
        <Router>
            <div class="office">
                <a class="skip-link" href="#contenu">"Aller au contenu"</a>
                <header class="office-bar">
                    <a class="brand" href=address::HOME>
                        <Icon name="lantern" />
                        <span>"Lanterne"</span>
                    </a>
                    <nav aria-label="Principal">
                        <ul>
                            <li><a href=address::HOME aria-current="page">"Tableau de bord"</a></li>
                            <li>
                                <form method="post" action="/deconnexion">
                                    <button>
                                        <Icon name="sign-out" />
                                        "Se déconnecter"
                                    </button>
                                </form>
                            </li>
                        </ul>
                    </nav>
                </header>
                <main class="office-page" id="contenu" tabindex="-1">
                    <Routes fallback=|| ()>
                        <Route path=path!("/coordination") view=DashboardPage />
                    </Routes>
                </main>
            </div>
        </Router>
    }
}
