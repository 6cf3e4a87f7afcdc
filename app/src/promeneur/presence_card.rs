//! The presence of this evening: to begin, or going on.

use chrono::{NaiveDateTime, TimeDelta, Timelike};
use leptos::prelude::*;

use super::{
    carnet::Carnet,
    entry_line::place,
    habits,
    question::{choices, codes, others, toggle},
};
use crate::{
    domain::{
        coded::{Code, Coded},
        fault::FaultCode,
        fr,
        ids::RecordId,
        presence::{PresenceDraft, whole_minute},
        record::{Body, Draft},
        taxonomy::Network,
    },
    ui::{chip_row::ChipRow, fault::fault_line, focus::keep_focus, icon::Icon},
};

/// Networks offered at once: two rows on a small phone, so that the tiles stand under the thumb.
const FIRST_NETWORKS: usize = 4;

/// The card.
#[component]
pub fn PresenceCard() -> impl IntoView {
    let carnet = Carnet::open();
    let running = Memo::new(move |_| carnet.running());
    // The habits are known once the journal has arrived.
    let received = Memo::new(move |_| carnet.readiness.get().records);
    move || match running.get() {
        Some((id, presence)) => view! { <Running id=id presence=presence /> }.into_any(),
        None => {
            received.track();
            view! { <Idle /> }.into_any()
        }
    }
}

#[component]
fn Idle() -> impl IntoView {
    let carnet = Carnet::open();
    let now = carnet.port.with_value(|port| port.now());
    let name = carnet.me.with_value(|me| me.name.clone());
    let day = (5..18).contains(&now.hour());
    let greeting = if day { "Bonjour" } else { "Bonsoir" };
    let first = habits::networks(carnet, FIRST_NETWORKS);
    let chosen = RwSignal::new(Vec::<Coded<Network>>::new());
    let (asked, set_asked) = signal(false);
    let (busy, set_busy) = signal(false);
    let start = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if chosen.with_untracked(Vec::is_empty) {
            set_asked.set(true);
            return;
        }
        let now = carnet.port.with_value(|port| port.now());
        let draft = PresenceDraft {
            started_at: Some(whole_minute(now)),
            networks: chosen.get_untracked(),
            ..PresenceDraft::default()
        };
        let id = carnet.port.with_value(|port| port.fresh_record());
        // A second tap before the first is on the disk would begin a second presence.
        set_busy.set(true);
        carnet.attempt(carnet.set(id, Draft::Presence(draft), None), move |done| {
            let _ = set_busy.try_set(false);
            keep_focus();
            if done.is_some() {
                let undo = Callback::new(move |()| {
                    if let Some(line) = untrack(|| carnet.line(id)) {
                        carnet.remove(&line, None, move |_| carnet.say_undone());
                    }
                });
                carnet.say("Présence commencée.", Some(undo));
            }
        });
    };
    let row = ChipRow {
        field: "networks",
        many: true,
        optional: false,
        first: choices(&first),
        rest: others(&first),
        chosen: Signal::derive(move || chosen.with(|chosen| codes(chosen))),
        tap: Callback::new(move |code: String| {
            set_asked.set(false);
            chosen.update(|chosen| toggle(chosen, &code));
        }),
    };
    let more = view! { <span class="sr-only">"Autres réseaux"</span> };
    view! {
        <section class="presence" data-state="idle" aria-labelledby="presence">
            <div class="presence-head">
                <div class="halo"><Icon name="lantern" /></div>
                <div>
                    <h1 id="presence">{greeting} " " {name}</h1>
                    <p class="quiet" id="ou">{if day { "Sur quels réseaux êtes-vous\u{202f}?" } else { "Sur quels réseaux êtes-vous ce soir\u{202f}?" }} <span class="sr-only">" Un au moins."</span></p>
                </div>
            </div>
            <form class="form" novalidate autocomplete="off" on:submit=start>
                <div class="chips" role="group" aria-labelledby="ou" aria-describedby=move || asked.get().then_some("f-ou")>
                    {row.view(more.into_any())}
                </div>
                {move || asked.get().then(|| fault_line("f-ou".to_owned(), FaultCode::ChooseNetwork.label().to_owned()))}
                <button class="btn btn-primary btn-wide" disabled=busy>"Commencer"</button>
            </form>
        </section>
    }
}

#[component]
fn Running(id: RecordId, presence: PresenceDraft) -> impl IntoView {
    let carnet = Carnet::open();
    let start = presence.started_at;
    let other = presence.network_other.as_ref();
    let networks = presence.networks.iter().map(|network| place(network, other)).collect::<Vec<_>>().join(", ");
    let minutes = move || start.map_or(0, |start| (carnet.clock.get() - start).num_minutes().max(0));
    let counts = Memo::new(move |_| {
        carnet.lines.with(|lines| {
            let mine = lines.values().filter(|line| !line.entry.deleted).filter_map(|line| line.intervention());
            mine.filter(|it| it.presence == Some(id)).fold((0_i64, 0_i64), |(acts, young), it| {
                (acts + 1, young + it.young_count.filter(|_| it.counts_young()).unwrap_or(0))
            })
        })
    });
    let seen = Body::new(Draft::Presence(presence.clone())).to_json();
    let forgotten = {
        let presence = presence.clone();
        Memo::new(move |_| presence.is_forgotten(carnet.clock.get()))
    };
    let probable_end = {
        let presence = presence.clone();
        move || {
            let last_act = carnet.lines.with(|lines| {
                let mine = lines.values().filter(|line| !line.entry.deleted).filter_map(|line| line.intervention());
                let ends = mine.filter(|it| it.presence == Some(id)).filter_map(|it| {
                    it.moment()?.checked_add_signed(TimeDelta::minutes(it.duration_min.unwrap_or(0).clamp(0, 1_440)))
                });
                ends.max()
            });
            presence.probable_end(last_act, carnet.clock.get())
        }
    };
    let end = move |ended_at: NaiveDateTime| {
        let before = presence.clone();
        let ended = Draft::Presence(PresenceDraft { ended_at: Some(ended_at), ..presence.clone() });
        let saved = Body::new(ended.clone()).to_json();
        carnet.act(carnet.set(id, ended, Some(seen.clone())), move |_| {
            let undo = Callback::new(move |()| {
                carnet.act(carnet.set(id, Draft::Presence(before.clone()), Some(saved.clone())), move |_| {
                    carnet.say_undone();
                });
            });
            carnet.say("Présence terminée.", Some(undo));
        });
    };
    let edit = format!("/app/saisie/{id}");
    let ending = {
        let edit = edit.clone();
        move || {
            if forgotten.get() {
                let probable = probable_end().map(|at| {
                    let end = end.clone();
                    let words = format!("Terminer à {}", fr::time(at.time()));
                    view! { <button type="button" class="btn btn-wide" on:click=move |_| end(at)>{words}</button> }
                });
                let begun = start.map(|start| {
                    let today = carnet.clock.with_untracked(NaiveDateTime::date);
                    format!(" {} à {}", fr::long_date(start.date(), today), fr::time(start.time()))
                });
                view! {
                    <p class="quiet">
                        "Commencée" {begun} ", elle n’a pas été terminée. À quelle heure avez-vous fini\u{202f}?"
                    </p>
                    {probable}
                    <a class="btn btn-quiet btn-wide" href=edit.clone()>"Une autre heure"</a>
                }
                .into_any()
            } else {
                let end = end.clone();
                let end_now = move |_| {
                    let now = whole_minute(carnet.port.with_value(|port| port.now()));
                    // The hour may have been put back since: an evening never ends before it began.
                    end(start.map_or(now, |start| now.max(start)));
                };
                view! { <button type="button" class="btn btn-quiet btn-wide" on:click=end_now>"Terminer"</button> }
                    .into_any()
            }
        }
    };
    view! {
        <section class="presence night" data-state="running" aria-labelledby="presence">
            <div class="presence-head">
                <div class="halo" data-lit="">
                    {move || {
                        // So long nobody was there.
                        if forgotten.get() {
                            view! { <Icon name="lantern" /> }.into_any()
                        } else {
                            view! { <span class="halo-time">{move || fr::duration(minutes())}</span> }.into_any()
                        }
                    }}
                </div>
                <div>
                    <h1 id="presence">{move || if forgotten.get() { "Présence à terminer" } else { "Présence en cours" }}</h1>
                    <p class="quiet">
                        {networks} " "
                        <a class="presence-edit" href=edit>
                            "Modifier" <span class="sr-only">" cette présence"</span>
                        </a>
                    </p>
                    <p class="presence-counts">
                        <strong>{move || fr::integer(counts.get().0)}</strong>
                        {move || format!(" {}", fr::plural(counts.get().0, "intervention", "interventions"))} <br />
                        <strong>{move || fr::integer(counts.get().1)}</strong>
                        {move || format!(" {}", fr::plural(counts.get().1, "jeune", "jeunes"))}
                    </p>
                </div>
            </div>
            {ending}
        </section>
    }
}
