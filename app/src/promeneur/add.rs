//! Adding to another evening what was not noted then.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{carnet::Carnet, frame::Frame, way::Way};
use crate::{
    domain::fr,
    ui::{icon::Icon, tiles::Tiles},
};

/// `/app/ajouter/:day`.
#[component]
pub fn Add(
    /// The evening.
    day: NaiveDate,
) -> impl IntoView {
    let carnet = Carnet::open();
    let way = Way::here();
    let tonight = untrack(|| carnet.this_evening());
    let choose = move |event: leptos::ev::Event| {
        if let Ok(day) = event_target_value(&event).parse::<NaiveDate>() {
            way.go(&format!("/app/ajouter/{day}"), true);
        }
    };
    view! {
        <Frame title="Ajouter à une soirée">
            <div class="page-title"><h1>"Ajouter à une soirée"</h1></div>
            <div class="field">
                <label class="field-label" for="soiree">{fr::capital(&fr::long_date(day, tonight))}</label>
                <input
                    class="input"
                    type="date"
                    id="soiree"
                    max=tonight.to_string()
                    prop:value=day.to_string()
                    on:change=choose
                />
            </div>
            <a class="btn btn-wide" href=format!("/app/presence/nouvelle/{day}")>
                <Icon name="presence" />
                "Une présence"
            </a>
            <Tiles day=day />
        </Frame>
    }
}
