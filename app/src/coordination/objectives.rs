//! « Objectifs »: what a network, a territory or a structure sets out to reach in a period. All of it is optional.

use leptos::prelude::*;

use super::{
    address::{OBJECTIVES, address},
    choice::kept_choice,
    notice::NoticeBox,
};
use crate::{
    domain::{coded::Code, fr, objective::Aim, period::Period, scope::Scope},
    ui::fault::Refused,
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Objectives {
    /// Of when.
    pub period: Period,
    /// Of whom.
    pub scope: Scope,
    /// What to call them.
    pub scope_name: String,
    /// What stands in each field, and whether it can be aimed at.
    pub fields: Vec<(Aim, String, bool)>,
    /// Whether they were just kept.
    pub is_kept: bool,
}

/// The page.
#[component]
pub fn ObjectivesPage(
    /// What to show.
    page: Objectives,
) -> impl IntoView {
    let Objectives { period, scope, scope_name, fields, is_kept } = page;
    let notice = is_kept.then(|| view! { <NoticeBox text="Les objectifs sont enregistrés." done=true /> });
    let fields = fields
        .into_iter()
        .map(|(aim, value, is_good)| {
            let id = aim.code();
            let fault = (!is_good).then(|| Refused::of(aim.fault()).line(format!("f-{id}")));
            view! {
                <div class="field">
                    <label class="field-label" for=id>{aim.label()}</label>
                    <input
                        class="input input-short"
                        type="text"
                        inputmode=if aim == Aim::WeeklyHours { "decimal" } else { "numeric" }
                        id=id
                        name=id
                        autocomplete="off"
                        maxlength="12"
                        value=value
                        aria-invalid=(!is_good).then_some("true")
                        aria-describedby=(!is_good).then(|| format!("f-{id}"))
                    />
                    {fault}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="report-head">
            <h1>"Objectifs"</h1>
            <p>{fr::capital(&period.label())} " · " {scope_name}</p>
            <p class="quiet">
                "Ce que l’on s’est donné d’atteindre, avec la Caf ou l’employeur. Une case vide, c’est sans objectif. Où l’on en est se lit sur le tableau de bord de cette période."
            </p>
            {notice}
        </div>
        <form class="form decision" method="post" action=OBJECTIVES aria-label="Objectifs">
            {kept_choice(period, scope)}
            {fields}
            <p class="actions">
                <button class="btn btn-primary">"Enregistrer"</button>
                <a class="btn btn-quiet" href=address(period, scope)>"Voir où l’on en est"</a>
            </p>
        </form>
    }
    .into_any()
}
