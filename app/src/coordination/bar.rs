//! The bar above every page of the office.

use leptos::prelude::*;

use super::address;
use crate::{
    domain::{
        access::{self, Act},
        coded::Coded,
        person::Role,
    },
    ui::icon::Icon,
};

/// The places of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The figures.
    Dashboard,
    /// The statements.
    Statements,
    /// Who the network is made of, and what it lives through.
    Life,
    /// The annual bilans.
    Bilans,
    /// The phones.
    Phones,
    /// What waits for a decision.
    ToCheck,
    /// Whom to call in the department.
    Helplines,
    /// One's own access.
    Own,
}

/// The places of the bar, with what one must be allowed to do there.
const PLACES: [(Place, &str, &str, Act); 7] = [
    (Place::Dashboard, address::HOME, "Tableau de bord", Act::Figures),
    (Place::Statements, address::STATEMENTS, "Relevés", Act::Statements),
    (Place::Life, address::NETWORK_LIFE, "Réseau", Act::NetworkLife),
    (Place::Bilans, address::BILANS, "Bilans", Act::Bilans),
    (Place::Phones, address::PHONES, "Téléphones", Act::Phones),
    (Place::ToCheck, address::TO_CHECK, "À vérifier", Act::ToCheck),
    (Place::Helplines, address::HELPLINES, "Numéros", Act::Helplines),
];

/// The bar: the places that are open to whoever looks. Only the dashboard is of the wasm: the other pages come whole from the
/// server (`rel="external"`).
#[component]
pub fn OfficeBar(
    /// Where one is.
    here: Place,
    /// As what one is here.
    role: Coded<Role>,
) -> impl IntoView {
    let places = PLACES
        .into_iter()
        .filter(|(.., act)| access::reach(&role, *act).is_some())
        .map(|(place, address, name, _)| {
            let current = (place == here).then_some("page");
            let rel = (place != Place::Dashboard).then_some("external");
            view! { <li><a href=address rel=rel aria-current=current>{name}</a></li> }
        })
        .collect_view();
    let start = address::start_of(&role);
    view! {
        <header class="office-bar">
            <a class="brand" href=start rel=(start != address::HOME).then_some("external")>
                <Icon name="lantern" />
                <span>"Lanterne"</span>
            </a>
            <nav class="own" aria-label="Mon compte">
                <a href=address::OWN rel="external" aria-current=(here == Place::Own).then_some("page")>"Mon accès"</a>
                <form method="post" action="/deconnexion">
                    <button>
                        <Icon name="sign-out" />
                        <span class="narrow-hidden">"Se déconnecter"</span>
                    </button>
                </form>
            </nav>
            <nav aria-label="Principal">
                <ul>{places} <li><a href=address::PLAN rel="external">"Plan du site"</a></li></ul>
            </nav>
        </header>
    }
    .into_any()
}
