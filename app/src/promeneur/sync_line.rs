//! One line for the whole: is everything sent, and if not, what to do.

use leptos::prelude::*;

use super::carnet::Carnet;
use crate::{
    domain::{coded::Code, fault::FaultCode, fr},
    sync::{engine::WireFault, outbox::EntryState},
    ui::{icon::Icon, state::StateKind},
};

/// The line. The element stays when it is empty, so that nothing jumps.
#[component]
pub fn SyncLine() -> impl IntoView {
    let carnet = Carnet::open();
    let line = move || {
        let sending = carnet.sending.get();
        let to_fix = carnet.lines.with(|lines| {
            let mut rejected =
                lines.values().filter(|line| line.entry.state == EntryState::Rejected && !line.entry.deleted);
            rejected.next().cloned()
        });
        let waiting = |verb: &str| {
            let count = i64::try_from(sending.pending).unwrap_or(0);
            format!("{verb}{}", fr::count(count, "saisie", "saisies"))
        };
        match (sending.fault, sending.pending) {
            (Some(WireFault::SignedOut), 0) => {
                said(StateKind::Phone, "Reconnectez-vous pour recevoir votre journal.", true)
            }
            (Some(WireFault::SignedOut), _) => {
                said(StateKind::Phone, &format!(" pour envoyer {}. Rien n’est perdu.", waiting("")), true)
            }
            (Some(WireFault::Skew), 1..) => {
                said(StateKind::Phone, "Une mise à jour est nécessaire pour envoyer. Rien n’est perdu.", false)
            }
            (Some(WireFault::Portal), 1..) => said(
                StateKind::Phone,
                "Ce Wi-Fi demande peut-être une connexion : vos saisies attendent sur ce téléphone.",
                false,
            ),
            _ => match (to_fix, sending.pending) {
                (Some(line), _) => fix(&line),
                (None, 0) if sending.withdrawals > 0 => {
                    let count = i64::try_from(sending.withdrawals).unwrap_or(0);
                    let text = fr::count(count, "suppression attend le réseau", "suppressions attendent le réseau");
                    said(StateKind::Phone, &text, false)
                }
                (None, 0) => match sending.last_ack_at.max(sending.last_pull_at) {
                    Some(at) => {
                        let at = carnet.port.with_value(|port| port.local(at));
                        let when = if at.date() == carnet.clock.get().date() {
                            fr::time(at.time())
                        } else {
                            fr::day_and_month(at.date())
                        };
                        said(StateKind::Sent, &format!("Tout est envoyé · {when}"), false)
                    }
                    None => ().into_any(),
                },
                (None, 1) => said(StateKind::Phone, "1 saisie est encore sur ce téléphone", false),
                (None, many) => said(StateKind::Phone, &format!("{many} saisies sont encore sur ce téléphone"), false),
            },
        }
    };
    view! { <div class="syncline" role="status" data-pending=move || carnet.sending.get().pending>{line}</div> }
}

fn said(kind: StateKind, text: &str, sign_in: bool) -> AnyView {
    let text = fr::spaced(text);
    let link =
        sign_in.then(|| view! { <a href="/connexion?retour=/app%3Fconnecte" rel="external">"Reconnectez-vous"</a> });
    let text = if sign_in { text.trim_start_matches("Reconnectez-vous").to_owned() } else { text };
    view! {
        <span class="state" data-state=kind.code()>
            <Icon name=kind.icon() />
            <span>{link}{text}</span>
        </span>
    }
    .into_any()
}

fn fix(line: &super::carnet::Line) -> AnyView {
    let reason = line.entry.problem.as_ref().map(|problem| {
        let fault = problem.faults.first().and_then(|fault| fault.code.known());
        fault.map_or_else(|| problem.code.label().to_owned(), |code: FaultCode| code.label().to_owned())
    });
    let reason = reason.map(|text| format!("\u{202f}: {}", fr::spaced(&lower_first(&text))));
    view! {
        <span class="state" data-state="fix">
            <Icon name="fix" />
            <span>
                <a href=format!("/app/saisie/{}", line.entry.id)>"Une saisie est à corriger"</a>
                {reason}
            </span>
        </span>
    }
    .into_any()
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
