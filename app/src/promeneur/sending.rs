//! « Envoi »: what keeps something on this phone, each with its remedy, and the rescue file.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    carnet::Carnet,
    entry_line::{problem_of, time_of, title_of},
    frame::{Frame, ONLY_TONIGHT, WAITS},
    line::Line,
    sync_line::SyncLine,
};
use crate::{
    domain::{
        fr::{self, NNBSP},
        indicators::count_of,
    },
    sync::{
        engine::WireFault,
        outbox::{Entry, EntryState},
    },
    ui::check::check,
};

/// Sends what waits, and says what will come of it: a tap without an answer is tapped again.
pub fn send_now(carnet: Carnet) {
    carnet.port.with_value(|port| port.send());
    let said = match carnet.sending.with_untracked(|sending| sending.pending + sending.withdrawals) {
        0 => "Rien n’attend d’être envoyé.",
        _ => "C’est demandé\u{202f}: l’envoi part dès qu’il y a du réseau.",
    };
    carnet.say(said, None);
}

/// `/app/envoi`.
#[component]
pub fn SendingScreen() -> impl IntoView {
    let carnet = Carnet::open();
    let send = move |_| send_now(carnet);
    let rescue = move |_| {
        let work = carnet.port.with_value(|port| port.rescue());
        carnet.act(work, move |()| {
            carnet.say("Fichier de secours prêt, parmi les téléchargements de ce téléphone.", None);
        });
    };
    let held = move || {
        let mut lines: Vec<AnyView> = obstacles(carnet)
            .into_iter()
            .map(|(title, text)| check("phone", title.to_owned(), text.into_any()))
            .collect();
        lines.extend(open_lines(carnet).iter().map(|line| open(line)));
        if carnet.waits.get().is_some() {
            lines.push(check("phone", ONLY_TONIGHT.to_owned(), WAITS.into_any()));
        }
        if lines.is_empty() {
            let text = "Elles partent d’elles-mêmes dès qu’il y a du réseau.";
            lines.push(check("sent", "Rien ne retient vos saisies".to_owned(), text.into_any()));
        }
        lines
    };
    view! {
        <Frame title="Envoi">
            <div class="page-title"><h1>"Envoi"</h1></div>
            <SyncLine />
            <ul class="checks">{held}</ul>
            <button type="button" class="btn btn-wide" on:click=send>"Envoyer maintenant"</button>
            <section class="stack">
                <h2>"Fichier de secours"</h2>
                <p class="quiet">
                    "Si ce téléphone n’arrive plus à envoyer, remettez ce fichier à la coordination. Il contient ce qui n’est pas encore parti\u{202f}; rien ne sera compté deux fois."
                </p>
                <button type="button" class="btn btn-quiet btn-wide" on:click=rescue>
                    "Préparer le fichier de secours"
                </button>
            </section>
        </Frame>
    }
}

/// A record about which the person has something to do.
fn open(line: &Line) -> AnyView {
    let entry = &line.entry;
    let (state, remedy) = match entry.state {
        EntryState::Conflict => ("both", "Choisir"),
        EntryState::Rejected if entry.problem.as_ref().is_some_and(|problem| problem.question.is_some()) => {
            ("fix", "Répondre")
        }
        _ => ("fix", "Corriger"),
    };
    let why = match entry.state {
        EntryState::Conflict => format!("Elle a changé ici, et a été {}.", entry.also_changed()).into_any(),
        EntryState::Rejected => problem_of(entry).into_any(),
        // A message that the server cannot read is nobody's fault; saving makes a fresh one.
        _ => "Le serveur n’arrive pas à la lire. Ouvrez-la, puis enregistrez-la de nouveau.".into_any(),
    };
    let when = [Some(fr::date(line.day())), time_of(line.draft.as_ref())].into_iter().flatten().collect::<Vec<_>>();
    let title = format!("{}, {}", title_of(line.draft.as_ref()), when.join(", "));
    let text = view! {
        {why}
        <span class="actions"><a class="btn btn-quiet btn-small" href=format!("/app/saisie/{}", entry.id)>{remedy}</a></span>
    };
    check(state, title, text.into_any())
}

fn open_lines(carnet: Carnet) -> Vec<Arc<Line>> {
    carnet.sending.with(|sending| {
        let is_open = |entry: &Entry| {
            matches!(entry.state, EntryState::Rejected | EntryState::Conflict) || sending.parked.contains(&entry.id)
        };
        carnet.lines.with(|lines| {
            let shown = lines.values().filter(|line| line.is_shown() && is_open(&line.entry));
            shown.filter(|line| carnet.may_read(line.day())).cloned().collect()
        })
    })
}

/// What keeps the phone as a whole from sending, and what to do.
pub fn obstacles(carnet: Carnet) -> Vec<(&'static str, String)> {
    let (fault, clock) = carnet.sending.with(|sending| (sending.fault, sending.clock()));
    let mut found: Vec<(&'static str, String)> = Vec::new();
    let known = match fault {
        None => None,
        Some(WireFault::Unreachable) => {
            Some(("Pas de réseau utilisable", "Rien à faire\u{202f}: l’envoi reprend de lui-même."))
        }
        Some(WireFault::Busy(_)) => Some(("Le serveur est très sollicité", "L’envoi reprend dans quelques instants.")),
        Some(WireFault::Portal) => Some((
            "Ce Wi-Fi demande une connexion",
            "Ouvrez le navigateur et acceptez ses conditions, ou passez sur le réseau mobile.",
        )),
        Some(WireFault::SignedOut) => {
            Some(("Session terminée", "Reconnectez-vous avec le même compte\u{202f}: vos saisies partiront."))
        }
        Some(WireFault::Revoked) => Some((
            "Téléphone retiré du réseau",
            "Ce qui reste ici est remis à la coordination dès qu’il y a du réseau.",
        )),
        Some(WireFault::Skew | WireFault::StrangeCursor | WireFault::TooLarge) => {
            Some(("Lanterne n’est pas à jour", "Fermez puis rouvrez Lanterne, avec du réseau."))
        }
    };
    found.extend(known.map(|(title, text)| (title, text.to_owned())));
    found.extend(clock.map(|text| ("L’horloge n’est pas à l’heure", text)));
    let unreadable = carnet.unreadable.with(Vec::len);
    if unreadable > 0 {
        let count = count_of(unreadable);
        let what = fr::count(count, "saisie ne peut plus être lue", "saisies ne peuvent plus être lues");
        let it = fr::plural(count, "la contient", "les contient");
        let text =
            format!("{what} sur ce téléphone{NNBSP}: le fichier de secours {it}, la coordination pourra l’ouvrir.");
        found.push(("Saisie abîmée", text));
    }
    found
}
