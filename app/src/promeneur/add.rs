//! Adding to another evening what was not noted then.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    carnet::Carnet,
    frame::Frame,
    journal::{by_evening, evening},
    line::Line,
    record_form::kinds,
};
use crate::{
    domain::{fr, iso::Iso, time::FIRST_DAY},
    ui::{icon::Icon, tiles::Tiles},
};

/// Where the form of what is new returns to: of another evening there is often more to note.
pub fn back(day: Option<NaiveDate>) -> String {
    day.map_or_else(|| "/app".to_owned(), |day| format!("/app/ajouter/{day}"))
}

/// `/app/ajouter/:day`: what can be noted of it, and what is noted already.
#[component]
pub fn Add(
    /// The evening.
    day: NaiveDate,
) -> impl IntoView {
    let carnet = Carnet::open();
    let tonight = untrack(|| carnet.this_evening());
    let day = RwSignal::new(day.clamp(FIRST_DAY, tonight));
    // Where its entries return to, as its forms do.
    carnet.added_to.set_value(Some((day.get_untracked(), tonight)));
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
    let noted = Memo::new(move |_| {
        let day = day.get();
        let is_of_it = |line: &&Arc<Line>| line.day() == day && line.is_shown() && carnet.may_read(day);
        carnet.lines.with(|lines| by_evening(lines.values().filter(is_of_it)))
    });
    // An evening at a time: it is drawn anew for another one only.
    let its_evening = Memo::new(move |_| noted.with(|days| days.first().map(|(day, _)| *day)));
    let its_entries = move || its_evening.get().map(|day| evening(day, noted, tonight));
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
            {its_entries}
        </Frame>
    }
}
