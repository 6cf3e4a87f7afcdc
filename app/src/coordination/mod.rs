//! The coordinator's screens: server-rendered, readable without JavaScript.

#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

pub mod address;
#[cfg(feature = "ssr")]
pub mod annual;
#[cfg(feature = "ssr")]
pub mod audit;
pub mod bar;
pub mod choice;
pub mod completeness;
#[cfg(feature = "ssr")]
pub mod composition;
pub mod dashboard;
#[cfg(feature = "ssr")]
pub mod export;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod helplines;
#[cfg(feature = "ssr")]
pub mod imports;
#[cfg(feature = "ssr")]
pub mod keys;
#[cfg(feature = "ssr")]
pub mod needs;
#[cfg(feature = "ssr")]
pub mod network_life;
#[cfg(feature = "ssr")]
pub mod notice;
#[cfg(feature = "ssr")]
pub mod objectives;
#[cfg(feature = "ssr")]
pub mod phones;
pub mod report;
#[cfg(feature = "ssr")]
pub mod rescue;
#[cfg(feature = "ssr")]
pub mod service;
pub mod sorting;
#[cfg(feature = "ssr")]
pub mod staff;
#[cfg(feature = "ssr")]
pub mod statements;
#[cfg(feature = "ssr")]
pub mod to_check;
#[cfg(feature = "ssr")]
pub mod to_decide;
#[cfg(feature = "ssr")]
pub mod words;

use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use dashboard::DashboardPage;

use crate::domain::{coded::Coded, person::Role};

/// The office's application.
#[component]
pub fn Office() -> impl IntoView {
    leptos_meta::provide_meta_context();
    // The server knows who looks, and tells the wasm that takes over.
    let role =
        SharedValue::new(|| use_context::<Coded<Role>>().unwrap_or_else(|| Coded::Unknown("".into()))).into_inner();
    view! {
        <Router>
            <div class="office">
                <a class="skip-link" href="#contenu" rel="external">"Aller au contenu"</a>
                <bar::OfficeBar here=bar::Place::Dashboard role=role />
                <main class="office-page" id="contenu" tabindex="-1">
                    <Routes fallback=|| ()>
                        <Route path=path!("/coordination") view=DashboardPage />
                    </Routes>
                </main>
            </div>
        </Router>
    }
}
