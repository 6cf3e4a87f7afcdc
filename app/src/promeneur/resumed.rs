//! A form that goes on with what was left as a draft.

use chrono::NaiveDateTime;
use leptos::prelude::*;

use super::carnet::Carnet;
use crate::{domain::fr, ui::icon::Icon};

/// Says that a draft is gone on with, which one might take for a new form; with the way to a new one.
pub fn resumed_line(carnet: Carnet, since: NaiveDateTime, afresh: Callback<()>) -> AnyView {
    let today = carnet.clock.with_untracked(NaiveDateTime::date);
    let day = if since.date() == today { String::new() } else { format!("{}, ", fr::long_date(since.date(), today)) };
    view! {
        <p class="resumed">
            <Icon name="draft" />
            <span>{format!("Brouillon laissé {day}à {}.", fr::time(since.time()))}</span>
            <button type="button" class="btn btn-quiet btn-small" on:click=move |_| afresh.run(())>"Nouvelle saisie"</button>
        </p>
    }
    .into_any()
}
