//! The bar above every page of the office.

use leptos::prelude::*;

use super::address;
use crate::ui::icon::Icon;

/// The places of the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The figures.
    Dashboard,
    /// The statements.
    Statements,
    /// The annual bilans.
    Bilans,
    /// The phones.
    Phones,
    /// What waits for a decision.
    ToCheck,
    /// Whom to call in the department.
    Helplines,
}

/// The bar. Only the dashboard is of the wasm: the other pages come whole from the server (`rel="external"`).
#[component]
pub fn OfficeBar(
    /// Where one is.
    here: Place,
) -> impl IntoView {
    let current = move |place| (here == place).then_some("page");
    view! {
        <header class="office-bar">
            <a class="brand" href=address::HOME>
                <Icon name="lantern" />
                <span>"Lanterne"</span>
            </a>
            <nav aria-label="Principal">
                <ul>
                    <li><a href=address::HOME aria-current=current(Place::Dashboard)>"Tableau de bord"</a></li>
                    <li><a href=address::STATEMENTS rel="external" aria-current=current(Place::Statements)>"Relevés"</a></li>
                    <li><a href=address::BILANS rel="external" aria-current=current(Place::Bilans)>"Bilans"</a></li>
                    <li><a href=address::PHONES rel="external" aria-current=current(Place::Phones)>"Téléphones"</a></li>
                    <li><a href=address::TO_CHECK rel="external" aria-current=current(Place::ToCheck)>"À vérifier"</a></li>
                    <li><a href=address::HELPLINES rel="external" aria-current=current(Place::Helplines)>"Numéros"</a></li>
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
    }
    .into_any()
}
