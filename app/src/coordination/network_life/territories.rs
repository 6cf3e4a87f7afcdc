//! Which structures are read together.

use leptos::prelude::*;

use super::Done;
use crate::{
    api::report::Choice,
    coordination::{
        address::{NETWORK_LIFE, NETWORK_TERRITORIES},
        notice::NoticeBox,
    },
    domain::{
        coded::{Code, codes},
        ids::StructureId,
    },
    ui::fault::Refused,
};

codes! {
    /// Why a territory is not taken.
    TerritoryFault {
        Long = "territory_too_long", "80 caractères au plus. Rien n’a été enregistré.";
    }
}

/// Longest name of a territory, in characters.
pub const TERRITORY_LENGTH: usize = 80;

/// What the page of the territories shows.
#[derive(Clone, Debug, Default)]
pub struct Territories {
    /// The structures, each with the name of its territory.
    pub structures: Vec<(Choice<StructureId>, String)>,
    /// Of which one the name is not taken.
    pub fault: Option<(StructureId, TerritoryFault)>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/coordination/reseau/territoires`.
#[component]
pub fn TerritoriesPage(
    /// What to show.
    page: Territories,
) -> impl IntoView {
    let Territories { structures, fault, done } = page;
    let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
    let mut names: Vec<&String> = structures.iter().map(|(_, name)| name).filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    let names = names.into_iter().map(|name| view! { <option value=name.clone()></option> }).collect_view();
    let fields = structures
        .iter()
        .map(|(structure, name)| {
            let fault = fault.filter(|(id, _)| *id == structure.id).map(|(_, fault)| fault);
            let id = format!("t-{}", structure.id);
            let said = fault.map(|fault| Refused::of(fault).line(format!("f-{id}")));
            view! {
                <div class="field">
                    <label class="field-label" for=id.clone()>{structure.name.clone()}</label>
                    <input
                        class="input"
                        type="text"
                        id=id.clone()
                        name=structure.id.to_string()
                        list="noms"
                        autocomplete="off"
                        maxlength=TERRITORY_LENGTH.to_string()
                        value=name.clone()
                        aria-invalid=fault.map(|_| "true")
                        aria-describedby=fault.map(|_| format!("f-{id}"))
                    />
                    {said}
                </div>
            }
        })
        .collect_view();
    let form = if structures.is_empty() {
        view! { <p class="quiet">"Aucune structure n’est encore dans ce réseau."</p> }.into_any()
    } else {
        view! {
            <form class="form decision" method="post" action=NETWORK_TERRITORIES aria-label="Territoires">
                <datalist id="noms">{names}</datalist>
                {fields}
                <p><button class="btn btn-primary">"Enregistrer"</button></p>
            </form>
        }
        .into_any()
    };
    view! {
        <div class="report-head">
            <p><a href=NETWORK_LIFE>"Réseau"</a></p>
            <h1>"Territoires"</h1>
            <p class="quiet">
                "Un territoire réunit des structures dont on veut lire l’activité ensemble\u{202f}: un bassin de vie, une intercommunalité. Écrivez le même nom pour celles qui vont ensemble\u{202f}; il apparaîtra dans le choix «\u{202f}Qui\u{202f}» du tableau de bord."
            </p>
            {notice}
        </div>
        {form}
    }
    .into_any()
}
