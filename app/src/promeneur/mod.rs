//! The phone's screens. They work on what the phone holds; what they need of it they state in [`port`].

pub mod carnet;
pub mod details;
pub mod device;
pub mod entry_form;
pub mod entry_line;
pub mod evening;
pub mod frame;
pub mod habits;
pub mod intervention_form;
pub mod journal;
pub mod port;
pub mod presence_card;
pub mod presence_form;
pub mod sheet;
pub mod sync_line;

use leptos::prelude::*;
use leptos_router::{
    components::{Redirect, Route, Router, Routes},
    path,
};

use carnet::Carnet;

/// The phone's application, over a notebook that is open.
#[component]
pub fn Phone(
    /// The open notebook.
    carnet: Carnet,
) -> impl IntoView {
    provide_context(carnet);
    view! {
        <Router>
            <Routes fallback=|| view! { <frame::Frame title="Rien à cette adresse"><NotFound /></frame::Frame> }>
                <Route path=path!("/app") view=evening::Evening />
                <Route path=path!("/app/journal") view=journal::Journal />
                <Route path=path!("/app/noter/:kind") view=intervention_form::NewIntervention />
                <Route path=path!("/app/presence/nouvelle") view=presence_form::NewPresence />
                <Route path=path!("/app/saisie/:id") view=entry_form::EditEntry />
                <Route path=path!("/app/appareil") view=device::Device />
                <Route path=path!("/") view=|| view! { <Redirect path="/app" /> } />
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <div class="empty">
            <div class="halo"><crate::ui::icon::Icon name="lantern" /></div>
            <h2>"Rien à cette adresse"</h2>
            <p>"La page a changé de place, ou l’adresse est incomplète."</p>
            <a class="btn" href="/app">"Revenir à ce soir"</a>
        </div>
    }
}
