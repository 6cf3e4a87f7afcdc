//! The journal, evening by evening.

use std::sync::Arc;

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    carnet::Carnet, entry_line::EntryLine, evening::Unfinished, frame::Frame, line::Line, sync_line::SyncLine,
};
use crate::{
    domain::{fr, order::sort_short},
    ui::icon::Icon,
};

/// Evenings shown at first: a slow phone must show the journal within two seconds of being opened on it.
const FIRST_EVENINGS: usize = 8;
/// Evenings that come on demand.
const MORE_EVENINGS: usize = 30;

/// `/app/journal`.
#[component]
pub fn Journal() -> impl IntoView {
    let carnet = Carnet::open();
    let (shown, set_shown) = signal(FIRST_EVENINGS);
    let days = Memo::new(move |_| {
        carnet.lines.with(|lines| {
            let mut days: Vec<(NaiveDate, Vec<Arc<Line>>)> = Vec::new();
            for line in lines.values().filter(|line| line.is_shown()) {
                match days.binary_search_by(|(day, _)| day.cmp(&line.day())) {
                    Ok(at) => days[at].1.push(line.clone()),
                    Err(at) => days.insert(at, (line.day(), vec![line.clone()])),
                }
            }
            days
        })
    });
    let list = move || {
        days.with(|days| {
            let today = carnet.clock.with_untracked(chrono::NaiveDateTime::date);
            let evenings = days.iter().rev().take(shown.get());
            evenings.map(|(day, lines)| view! { <Evening day=*day lines=lines.clone() today=today /> }).collect_view()
        })
    };
    let more = move || {
        let rest = days.with(Vec::len).saturating_sub(shown.get());
        (rest > 0).then(|| {
            view! {
                <button type="button" class="btn btn-quiet btn-wide" on:click=move |_| set_shown.update(|n| *n += MORE_EVENINGS)>
                    "Voir les soirées plus anciennes"
                </button>
            }
        })
    };
    let empty = move || days.with(Vec::is_empty);
    let tonight = untrack(|| carnet.this_evening());
    let yesterday = tonight.pred_opt().unwrap_or(tonight);
    view! {
        <Frame title="Journal">
            <div class="page-title">
                <h1>"Journal"</h1>
                <a class="btn btn-quiet btn-small" href=format!("/app/ajouter/{yesterday}")>
                    <Icon name="plus" />
                    "Ajouter"
                    <span class="sr-only">" à une autre soirée"</span>
                </a>
            </div>
            <Unfinished />
            <SyncLine />
            {list}
            {more}
            {move || empty().then(|| view! { <Nothing /> })}
        </Frame>
    }
}

#[component]
fn Evening(day: NaiveDate, lines: Vec<Arc<Line>>, today: NaiveDate) -> impl IntoView {
    let minutes: i64 = lines
        .iter()
        .filter_map(|line| line.presence())
        .filter_map(|presence| presence.started_at.zip(presence.ended_at))
        .map(|(start, end)| (end - start).num_minutes())
        .sum();
    let acts = i64::try_from(lines.iter().filter(|line| line.intervention().is_some()).count()).unwrap_or(0);
    let mut parts = Vec::new();
    if minutes > 0 {
        parts.push(fr::duration(minutes));
    }
    if acts > 0 {
        parts.push(fr::count(acts, "intervention", "interventions"));
    }
    let mut sorted = lines;
    let rank = |line: &Line| {
        // The presence first, then the acts from the latest back.
        (line.presence().is_none(), std::cmp::Reverse(line.intervention().and_then(|it| it.started_at)), line.entry.id)
    };
    sort_short(&mut sorted, |a, b| rank(a) < rank(b));
    let id = format!("j-{day}");
    let heading = id.clone();
    view! {
        <section class="day" aria-labelledby=heading>
            <div class="day-head">
                <h2 id=id>{fr::long_date(day, today)}</h2>
                <p>{parts.join(" · ")}</p>
            </div>
            <ul class="entries">{sorted.into_iter().map(|line| view! { <EntryLine line=line /> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="empty">
            <div class="halo"><Icon name="journal" /></div>
            <h2>"Rien de noté pour l’instant"</h2>
            <p>"Vos présences et vos interventions apparaîtront ici, soirée par soirée."</p>
            <a class="btn" href="/app">"Noter une première intervention"</a>
        </div>
    }
}
