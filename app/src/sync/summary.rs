//! How sending stands, in one sentence for the person whose records they are.

use chrono::{DateTime, Utc};

use super::{
    engine::WireFault,
    outbox::{Entry, EntryState, Meta, OutboxRow, waiting},
};
use crate::{
    domain::{
        coded::Code,
        fault::FaultCode,
        fr::{self, NNBSP},
        ids::{DeviceId, RecordId},
        indicators::count_of,
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
    /// Records of which something was refused even alone and waits aside.
    pub parked: Vec<RecordId>,
    /// How far this phone's clock is behind the server's, in seconds.
    pub behind_s: i64,
    /// This phone, as the coordination's pages name it.
    pub device: Option<DeviceId>,
    /// How often sending stood still and began anew.
    pub stalls: u32,
}

/// From when on a wrong clock is worth saying, in seconds (`offline.md` 2.8).
pub const WRONG_CLOCK_S: i64 = 600;

impl Sending {
    /// How sending stands by what the store holds.
    pub fn of(rows: &[OutboxRow], meta: &Meta, fault: Option<WireFault>) -> Self {
        let (pending, withdrawals) = waiting(rows);
        Self {
            pending,
            withdrawals,
            last_ack_at: meta.last_ack_at,
            last_pull_at: meta.last_pull_at,
            fault,
            parked: rows.iter().filter(|row| row.is_parked()).map(|row| row.record).collect(),
            behind_s: meta.behind_s,
            device: Some(meta.device),
            stalls: meta.stalls,
        }
    }

    /// What is wrong with this phone's clock, when it matters: dates and times are proposed by it.
    pub fn clock(&self) -> Option<String> {
        (self.behind_s.abs() > WRONG_CLOCK_S).then(|| {
            let way = if self.behind_s > 0 { "retarde" } else { "avance" };
            let minutes = fr::duration(self.behind_s.abs() / 60);
            format!("L’horloge de ce téléphone {way} de {minutes}{NNBSP}: vérifiez la date et l’heure de vos saisies.")
        })
    }
}

impl Entry {
    /// Who else has changed it, in words.
    pub fn also_changed(&self) -> String {
        let by = self.theirs.as_ref().and_then(|theirs| theirs.by.as_deref());
        by.map_or_else(|| "modifiée aussi ailleurs".to_owned(), |by| format!("modifiée aussi par {by}"))
    }
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

/// What is most worth saying. `open` is a record about which the person has to decide, `others` how many more there are;
/// `when` the last word of the server.
pub fn told(sending: &Sending, open: Option<&Entry>, others: usize, when: Option<String>) -> Option<Told> {
    let pending = count_of(sending.pending);
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
    let problems = others + usize::from(open.is_some()) + sending.parked.len();
    // What waits is said too, with its noun: it is as little sent as what asks for something.
    let also = if pending == 0 { String::new() } else { format!(" {held}.") };
    if problems > 1 || open.is_none() && problems > 0 {
        let words = fr::count(count_of(problems), "saisie demande", "saisies demandent");
        let link = Some(("/app/envoi".to_owned(), "Voir"));
        return Some(Told { kind: StateKind::Fix, link, text: format!("{NNBSP}: {words} votre attention.{also}") });
    }
    if let Some(entry) = open {
        let href = format!("/app/saisie/{}", entry.id);
        let problem = entry.problem.as_ref().filter(|_| entry.state == EntryState::Rejected);
        let Some(problem) = problem else {
            let link = Some((href, "Une saisie"));
            let text = format!(" a été {}{NNBSP}: choisissez laquelle garder.{also}", entry.also_changed());
            return Some(Told { kind: StateKind::Both, link, text });
        };
        let fault = problem.faults.first().and_then(|fault| fault.code.known());
        let reason = fault.map_or_else(|| problem.code.label(), |code: FaultCode| code.label());
        let text = format!("{NNBSP}: {}{also}", fr::small(&fr::spaced(reason)));
        return Some(Told { kind: StateKind::Fix, link: Some((href, "Une saisie est à corriger")), text });
    }
    match (pending, count_of(sending.withdrawals)) {
        (0, 0) => {
            let clock = sending.clock().map(|text| format!(". {text}")).unwrap_or_default();
            say(StateKind::Sent, format!("Tout est envoyé · {}{clock}", when?))
        }
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
        let told = told(sending, open, 0, Some("21 h 14".to_owned()))?;
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
            life: 0,
            problem: Some(Problem { code: Refusal::InvalidBody.into(), faults: vec![fault], question: None }),
            theirs: None,
            by: None,
        }
    }

    #[test]
    fn all_is_sent_only_when_nothing_is_open() {
        assert_eq!(text(&sending(0, None), None).as_deref(), Some("Tout est envoyé · 21 h 14"));
        assert_eq!(told(&sending(0, None), None, 0, None), None);
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
            text(&sending(1, None), Some(&entry(EntryState::Conflict))).as_deref(),
            Some(
                "Une saisie a été modifiée aussi ailleurs\u{202f}: choisissez laquelle garder. 1 saisie est encore sur ce téléphone."
            )
        );
        assert_eq!(
            text(&sending(0, None), Some(&entry(EntryState::Rejected))).as_deref(),
            Some(
                "Une saisie est à corriger\u{202f}: le nombre de «\u{202f}rencontrés après un contact en ligne\u{202f}» dépasse le nombre de jeunes."
            )
        );
    }

    #[test]
    fn several_problems_have_a_screen_of_their_own() {
        let one = entry(EntryState::Rejected);
        let told = told(&sending(3, None), Some(&one), 2, None).expect("told");
        assert_eq!(told.link, Some(("/app/envoi".to_owned(), "Voir")));
        assert_eq!(told.text, "\u{202f}: 3 saisies demandent votre attention. 3 saisies sont encore sur ce téléphone.");
        let parked = Sending { parked: [one.id].into(), ..sending(1, None) };
        assert_eq!(
            text(&parked, None).as_deref(),
            Some("Voir\u{202f}: 1 saisie demande votre attention. 1 saisie est encore sur ce téléphone.")
        );
    }

    #[test]
    fn a_wrong_clock_is_told_when_nothing_waits() {
        let late = Sending { behind_s: 7_200, ..sending(0, None) };
        assert!(text(&late, None).is_some_and(|text| text.contains("retarde de 2")));
        let early = Sending { behind_s: -86_400, ..sending(0, None) };
        assert!(text(&early, None).is_some_and(|text| text.contains("avance de 24")));
        assert_eq!(Sending { behind_s: 300, ..sending(0, None) }.clock(), None);
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
