//! One line for the whole: is everything sent, and if not, what to do.

use leptos::prelude::*;

use super::carnet::{Carnet, Line, Sending};
use crate::{
    domain::{
        coded::Code,
        fault::FaultCode,
        fr::{self, NNBSP},
    },
    sync::{engine::WireFault, outbox::EntryState},
    ui::{icon::Icon, state::StateKind},
};

/// What the line says: words, perhaps begun by a link to where one can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    kind: StateKind,
    link: Option<(String, &'static str)>,
    text: String,
}

/// The line. The element stays when it is empty, so that nothing jumps.
#[component]
pub fn SyncLine() -> impl IntoView {
    let carnet = Carnet::open();
    let line = move || {
        let sending = carnet.sending.get();
        let asks = |line: &Line| matches!(line.entry.state, EntryState::Rejected | EntryState::Conflict);
        let open = carnet.lines.with(|lines| lines.values().find(|line| line.is_shown() && asks(line)).cloned());
        let when = sending.last_ack_at.max(sending.last_pull_at).map(|at| {
            let at = carnet.port.with_value(|port| port.local(at));
            if at.date() == carnet.clock.get().date() { fr::time(at.time()) } else { fr::day_and_month(at.date()) }
        });
        told(&sending, open.as_deref(), when).map(|Told { kind, link, text }| {
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

/// What is most worth saying. `open` is a record about which the person has to decide; `when` the last word of the
/// server.
fn told(sending: &Sending, open: Option<&Line>, when: Option<String>) -> Option<Told> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let pending = count(sending.pending);
    let say = |kind, text: String| Some(Told { kind, link: None, text });
    let held = fr::count(pending, "saisie est encore sur ce téléphone", "saisies sont encore sur ce téléphone");
    match sending.fault {
        Some(WireFault::SignedOut) => {
            let what = match pending {
                0 => "recevoir votre journal".to_owned(),
                _ => format!("envoyer {}", fr::count(pending, "saisie", "saisies")),
            };
            let link = Some(("/connexion?retour=/app".to_owned(), "Reconnectez-vous"));
            return Some(Told { kind: StateKind::Phone, link, text: format!(" pour {what}. Rien n’est perdu.") });
        }
        Some(WireFault::Revoked) => {
            return say(
                StateKind::Phone,
                format!("La coordination a retiré ce téléphone du réseau. {}", kept(pending)),
            );
        }
        Some(WireFault::Skew) if pending > 0 => {
            let remedy = "Fermez puis rouvrez Lanterne, avec du réseau";
            return say(StateKind::Phone, format!("{held}. {remedy}{NNBSP}: elle se mettra à jour, puis enverra."));
        }
        Some(WireFault::Portal) if pending > 0 => {
            return say(StateKind::Phone, format!("{held}. Ce Wi-Fi demande peut-être une connexion."));
        }
        _ => {}
    }
    if let Some(line) = open {
        let href = format!("/app/saisie/{}", line.entry.id);
        let problem = line.entry.problem.as_ref().filter(|_| line.entry.state == EntryState::Rejected);
        let Some(problem) = problem else {
            let link = Some((href, "Une saisie"));
            let text = " a été modifiée aussi ailleurs\u{202f}: choisissez laquelle garder.".to_owned();
            return Some(Told { kind: StateKind::Both, link, text });
        };
        let fault = problem.faults.first().and_then(|fault| fault.code.known());
        let reason = fault.map_or_else(|| problem.code.label(), |code: FaultCode| code.label());
        let text = format!("{NNBSP}: {}", fr::small(&fr::spaced(reason)));
        return Some(Told { kind: StateKind::Fix, link: Some((href, "Une saisie est à corriger")), text });
    }
    match (pending, count(sending.withdrawals)) {
        (0, 0) => say(StateKind::Sent, format!("Tout est envoyé · {}", when?)),
        (0, withdrawals) => {
            let text = fr::count(withdrawals, "suppression attend le réseau", "suppressions attendent le réseau");
            say(StateKind::Phone, text)
        }
        _ => say(StateKind::Phone, held),
    }
}

fn kept(pending: i64) -> String {
    match pending {
        0 => "Rien n’y attend.".to_owned(),
        _ => format!("{} ici, rien n’est perdu.", fr::count(pending, "saisie reste", "saisies restent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{fault::Fault, ids::RecordId},
        sync::{
            messages::Refusal,
            outbox::{Entry, Problem},
        },
    };

    fn text(sending: &Sending, open: Option<&Line>) -> Option<String> {
        let told = told(sending, open, Some("21 h 14".to_owned()))?;
        Some(format!("{}{}", told.link.map_or("", |(_, words)| words), told.text))
    }

    fn sending(pending: usize, fault: Option<WireFault>) -> Sending {
        Sending { pending, fault, ..Sending::default() }
    }

    fn line(state: EntryState) -> Line {
        let fault = Fault { field: "x".to_owned(), code: FaultCode::MetMoreThanPresent.into() };
        Line::of(Entry {
            id: RecordId(uuid::Uuid::from_u128(1)),
            body: String::new(),
            version: Some(1),
            local_rev: 1,
            state,
            deleted: false,
            base_body: None,
            sent_at: None,
            changed_at: "2026-11-19T21:00:00+01:00".parse().expect("a time"),
            problem: Some(Problem { code: Refusal::InvalidBody.into(), faults: vec![fault] }),
            theirs: None,
        })
    }

    #[test]
    fn all_is_sent_only_when_nothing_is_open() {
        assert_eq!(text(&sending(0, None), None).as_deref(), Some("Tout est envoyé · 21 h 14"));
        assert_eq!(told(&sending(0, None), None, None), None);
        assert_eq!(text(&sending(1, None), None).as_deref(), Some("1 saisie est encore sur ce téléphone"));
        assert_eq!(
            text(&sending(3, Some(WireFault::Unreachable)), None).as_deref(),
            Some("3 saisies sont encore sur ce téléphone")
        );
        let withdrawals = Sending { withdrawals: 2, ..Sending::default() };
        assert_eq!(text(&withdrawals, None).as_deref(), Some("2 suppressions attendent le réseau"));
        assert_eq!(
            text(&sending(0, None), Some(&line(EntryState::Conflict))).as_deref(),
            Some("Une saisie a été modifiée aussi ailleurs\u{202f}: choisissez laquelle garder.")
        );
        assert_eq!(
            text(&sending(0, None), Some(&line(EntryState::Rejected))).as_deref(),
            Some("Une saisie est à corriger\u{202f}: le nombre de jeunes rencontrés dépasse le nombre de jeunes.")
        );
    }

    #[test]
    fn what_keeps_the_phone_from_sending_comes_first() {
        let said = |pending, fault| text(&sending(pending, Some(fault)), Some(&line(EntryState::Rejected)));
        assert_eq!(
            said(3, WireFault::SignedOut).as_deref(),
            Some("Reconnectez-vous pour envoyer 3 saisies. Rien n’est perdu.")
        );
        assert_eq!(
            said(0, WireFault::SignedOut).as_deref(),
            Some("Reconnectez-vous pour recevoir votre journal. Rien n’est perdu.")
        );
        assert!(said(0, WireFault::Revoked).is_some_and(|text| text.contains("retiré ce téléphone")));
        assert!(said(2, WireFault::Portal).is_some_and(|text| text.contains("Wi-Fi")));
        assert!(said(2, WireFault::Skew).is_some_and(|text| text.contains("rouvrez Lanterne")));
    }
}
