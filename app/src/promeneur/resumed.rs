//! A form that goes on with what was left as a draft.

use chrono::NaiveDateTime;
use leptos::prelude::*;

use super::carnet::Carnet;
use crate::{
    domain::{fr, ids::RecordId},
    ui::icon::Icon,
};

/// A draft that was left, with when and of which record.
pub type Left<T> = (NaiveDateTime, RecordId, T);

/// The form of a new record, drawn by `form` with what stands above its fields: of the draft that was left, or of a fresh one,
/// and that too as soon as somebody says so.
pub fn resumable<T: Clone + Send + Sync + 'static>(
    carnet: Carnet,
    left: Option<Left<T>>,
    fresh: impl Fn() -> T + Send + 'static,
    form: impl Fn(RecordId, T, Option<AnyView>) -> AnyView + Send + 'static,
) -> AnyView {
    let left = RwSignal::new(left);
    let drawn = move || match left.get() {
        Some((since, id, draft)) => {
            let afresh = Callback::new(move |()| left.set(None));
            form(id, draft, Some(resumed_line(carnet, since, afresh)))
        }
        None => {
            let id = carnet.port.with_value(|port| port.fresh_record());
            form(id, untrack(&fresh), None)
        }
    };
    drawn.into_any()
}

/// When a draft was left, with its day where that is not today's.
pub fn left_at(carnet: Carnet, since: NaiveDateTime) -> String {
    let today = carnet.clock.with_untracked(NaiveDateTime::date);
    let day = if since.date() == today { String::new() } else { format!("{}, ", fr::long_date(since.date(), today)) };
    format!("laissé {day}à {}", fr::time(since.time()))
}

/// Says that a draft is gone on with, which one might take for a new form; with the way to a new one.
fn resumed_line(carnet: Carnet, since: NaiveDateTime, afresh: Callback<()>) -> AnyView {
    view! {
        <p class="resumed">
            <Icon name="draft" />
            <span>{format!("Brouillon {}.", left_at(carnet, since))}</span>
            <button type="button" class="btn btn-quiet btn-small" on:click=move |_| afresh.run(())>"Nouvelle saisie"</button>
        </p>
    }
    .into_any()
}
