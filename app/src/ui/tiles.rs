//! The six tiles of « Noter », one for each type of intervention: on the phone, and on the shell before the app is there.

use leptos::prelude::*;

use super::icon::Icon;
use crate::domain::{coded::Code, taxonomy::InterventionType};

/// The tiles under their heading.
#[component]
pub fn Tiles() -> impl IntoView {
    let tiles = InterventionType::ALL
        .iter()
        .map(|kind| {
            view! {
                <li>
                    <a class="tile" href=format!("/app/noter/{}", kind.code())>
                        <Icon name=kind.code() />
                        {kind.short_label()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="note-it" aria-labelledby="noter">
            <h2 id="noter">"Noter"</h2>
            <ul class="tiles">{tiles}</ul>
        </section>
    }
}
