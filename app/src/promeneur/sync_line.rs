//! One line for the whole: is everything sent, and if not, what to do.

use leptos::prelude::*;

use super::carnet::Carnet;
use crate::{
    domain::fr,
    sync::{
        outbox::{Entry, EntryState},
        summary::{Told, told},
    },
    ui::icon::Icon,
};

/// The line. The element stays when it is empty, so that nothing jumps.
#[component]
pub fn SyncLine() -> impl IntoView {
    let carnet = Carnet::open();
    let line = move || {
        let sending = carnet.sending.get();
        let asks = |entry: &Entry| matches!(entry.state, EntryState::Rejected | EntryState::Conflict);
        let (open, others) = carnet.lines.with(|lines| {
            let mut open =
                lines.values().filter(|line| line.is_shown() && asks(&line.entry) && carnet.may_read(line.day()));
            (open.next().cloned(), open.count())
        });
        // « Tout est envoyé » is said of all of them.
        let when = sending
            .last_ack_at
            .max(sending.last_pull_at)
            .filter(|_| carnet.whole.get() && carnet.waits.get().is_none())
            .map(|at| {
                let at = carnet.port.with_value(|port| port.local(at));
                if at.date() == carnet.clock.get().date() { fr::time(at.time()) } else { fr::day_and_month(at.date()) }
            });
        told(&sending, open.as_ref().map(|line| &line.entry), others, when).map(|Told { kind, link, text }| {
            let link = link.map(|(href, words)| {
                let rel = (!href.starts_with("/app")).then_some("external");
                view! { <a href=href rel=rel>{words}</a> }
            });
            view! {
                <span class="state" data-state=kind.code()>
                    <Icon name=kind.icon() />
                    <span>{link} {text}</span>
                </span>
            }
        })
    };
    view! { <div class="syncline" role="status" data-pending=move || carnet.sending.get().pending>{line}</div> }
}
