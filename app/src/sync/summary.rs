//! How sending stands, in one sentence for the person whose records they are.

use chrono::{DateTime, Utc};

use super::{
    engine::WireFault,
    outbox::{Entry, EntryState},
};
use crate::{
    domain::{
        coded::Code,
        fault::FaultCode,
        fr::{self, NNBSP},
    },
    ui::state::StateKind,
};

/// How sending stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sending {
    /// Records that wait to be sent.
    pub pending: usize,
    /// Records that wait to be withdrawn.
    pub withdrawals: usize,
    /// When the server last acknowledged something.
    pub last_ack_at: Option<DateTime<Utc>>,
    /// When the server's changes were last all received.
    pub last_pull_at: Option<DateTime<Utc>>,
    /// Why the last round ended early.
    pub fault: Option<WireFault>,
}

/// What is said: words, perhaps begun by a link to where one can do something about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// How it looks.
    pub kind: StateKind,
    /// An address and the words that lead there.
    pub link: Option<(String, &'static str)>,
    /// The words that follow.
    pub text: String,
}

/// What is most worth saying. `open` is a record about which the person has to decide; `when` the last word of the
/// server.
pub fn told(sending: &Sending, open: Option<&Entry>, when: Option<String>) -> Option<Told> {
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
    if let Some(entry) = open {
        let href = format!("/app/saisie/{}", entry.id);
        let problem = entry.problem.as_ref().filter(|_| entry.state == EntryState::Rejected);
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
        sync::{messages::Refusal, outbox::Problem},
    };

    fn text(sending: &Sending, open: Option<&Entry>) -> Option<String> {
        let told = told(sending, open, Some("21 h 14".to_owned()))?;
        Some(format!("{}{}", told.link.map_or("", |(_, words)| words), told.text))
    }

    fn sending(pending: usize, fault: Option<WireFault>) -> Sending {
        Sending { pending, fault, ..Sending::default() }
    }

    fn entry(state: EntryState) -> Entry {
        let fault = Fault { field: "x".to_owned(), code: FaultCode::MetMoreThanPresent.into() };
        Entry {
            id: RecordId(uuid::Uuid::from_u128(1)),
            body: String::new(),
            version: Some(1),
            local_rev: 1,
            state,
            deleted: false,
            is_withdrawn: false,
            base_body: None,
            sent_at: None,
            changed_at: "2026-11-19T21:00:00+01:00".parse().expect("a time"),
            problem: Some(Problem { code: Refusal::InvalidBody.into(), faults: vec![fault] }),
            theirs: None,
        }
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
            text(&sending(0, None), Some(&entry(EntryState::Conflict))).as_deref(),
            Some("Une saisie a été modifiée aussi ailleurs\u{202f}: choisissez laquelle garder.")
        );
        assert_eq!(
            text(&sending(0, None), Some(&entry(EntryState::Rejected))).as_deref(),
            Some("Une saisie est à corriger\u{202f}: le nombre de jeunes rencontrés dépasse le nombre de jeunes.")
        );
    }

    #[test]
    fn what_keeps_the_phone_from_sending_comes_first() {
        let said = |pending, fault| text(&sending(pending, Some(fault)), Some(&entry(EntryState::Rejected)));
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
