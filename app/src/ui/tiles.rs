//! The six tiles of « Noter », one for each type of intervention: on the phone, and on the shell before the app is there.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::icon::Icon;
use crate::domain::{coded::Code, taxonomy::InterventionType};

/// The tiles under their heading.
#[component]
pub fn Tiles(
    /// The evening to which they add, where it is not this one.
    #[prop(optional, into)]
    day: Option<NaiveDate>,
    /// What stands beside the heading.
    #[prop(optional)]
    aside: Option<AnyView>,
) -> impl IntoView {
    let of_day = day.map(|day| format!("/{day}")).unwrap_or_default();
    let tiles = InterventionType::ALL
        .iter()
        .map(|kind| {
            view! {
                <li>
                    <a class="tile" href=format!("/app/noter/{}{of_day}", kind.code())>
                        <Icon name=kind.code() />
                        {kind.short_label()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="note-it" aria-labelledby="noter">
            <div class="note-head">
                <h2 id="noter">{if day.is_some() { "Une intervention" } else { "Noter" }}</h2>
                {aside}
            </div>
            <ul class="tiles">{tiles}</ul>
        </section>
    }
}
