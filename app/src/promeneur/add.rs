//! Adding to another evening what was not noted then.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{carnet::Carnet, frame::Frame, record_form::kinds};
use crate::{
    domain::{fr, iso::Iso, time::FIRST_DAY},
    ui::{icon::Icon, tiles::Tiles},
};

/// `/app/ajouter/:day`.
#[component]
pub fn Add(
    /// The evening.
    day: NaiveDate,
) -> impl IntoView {
    let carnet = Carnet::open();
    let tonight = untrack(|| carnet.this_evening());
    let day = RwSignal::new(day.clamp(FIRST_DAY, tonight));
    let choose = move |event: leptos::ev::Event| {
        // A date that is still being typed is none yet.
        if let Some(chosen) = NaiveDate::from_iso(&event_target_value(&event))
            && (FIRST_DAY..=tonight).contains(&chosen)
        {
            day.set(chosen);
            carnet.added_to.set_value(Some((chosen, tonight)));
        }
    };
    let ways = move || {
        let day = day.get();
        view! {
            <p class="quiet" aria-live="polite">{fr::capital(&fr::long_date(day, tonight))}</p>
            <a class="btn btn-wide" href=format!("/app/presence/nouvelle/{day}")>
                <Icon name="presence" />
                "Une présence"
            </a>
            <Tiles day=day />
            {kinds(Some(day))}
        }
    };
    view! {
        <Frame title="Ajouter à une soirée">
            <div class="page-title"><h1>"Ajouter à une soirée"</h1></div>
            <div class="field">
                <label class="field-label" for="soiree">"Soirée du"</label>
                <input
                    class="input"
                    type="date"
                    id="soiree"
                    min=FIRST_DAY.to_string()
                    max=tonight.to_string()
                    prop:value=day.get_untracked().to_string()
                    on:change=choose
                />
            </div>
            {ways}
        </Frame>
    }
}
