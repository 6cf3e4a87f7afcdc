//! One's own access: where one is signed in, one's passphrase, what is held about oneself; and showing again who one is.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{SiteAssets, apart, desk, document};
use crate::{
    coordination::{address::OWN, notice::NoticeBox},
    domain::{
        coded::{Code, codes},
        fr,
        ids::SessionId,
    },
    ui::{fault::fault_line, icon::Icon},
};

/// Where one shows again who one is.
pub const CONFIRM: &str = "/confirmer";

codes! {
    /// Why a passphrase is not taken.
    PassphraseFault {
        Wrong = "passphrase_wrong", "Ce n’est pas votre phrase de passe actuelle.";
        Short = "passphrase_short", "Au moins 12 caractères : plusieurs mots mis bout à bout se retiennent mieux qu’un mot compliqué.";
        Long = "passphrase_long", "C’est trop long : quelques mots suffisent.";
        Common = "passphrase_common", "Cette phrase est trop facile à deviner. Prenez quelques mots qui n’ont rien à voir entre eux.";
        Many = "too_many_attempts", "Trop d’essais. Attendez un quart d’heure.";
    }

    /// What has just been done.
    Done {
        Ended = "deconnecte", "L’appareil est déconnecté.";
        AllEnded = "tous", "Tous les autres appareils sont déconnectés.";
        Changed = "phrase", "La phrase de passe est changée, et vos autres appareils sont déconnectés.";
    }
}

/// Somewhere one is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// On what, in a few words; empty where that is not known.
    pub agent: String,
    /// Since when.
    pub since: NaiveDate,
    /// On which day it was last prolonged.
    pub seen_on: NaiveDate,
    /// Whether it is the one that asks.
    pub is_here: bool,
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct OwnAccess {
    /// Who.
    pub name: String,
    /// With what they sign in.
    pub login: String,
    /// As what.
    pub role: String,
    /// In which network.
    pub network: String,
    /// Whether a notebook is theirs.
    pub has_notebook: bool,
    /// Where they are signed in, here first.
    pub sessions: Vec<Session>,
    /// Why a passphrase was not taken.
    pub fault: Option<PassphraseFault>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/acces`.
pub fn page(desk: desk::Desk<'_>, own: OwnAccess) -> String {
    desk::own_access(desk, || {
        let OwnAccess { name, login, role, network, has_notebook, sessions, fault, done } = own;
        let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
        let others = sessions.iter().any(|session| !session.is_here).then(|| {
            view! {
                <form method="post" action=format!("{OWN}/sessions/fermer")>
                    <button class="btn">"Déconnecter tous les autres"</button>
                </form>
            }
        });
        let notebook = has_notebook.then(|| {
            view! {
                <p><a href="/app" rel="external">"Revenir au carnet"</a></p>
            }
        });
        let phones = has_notebook.then(|| {
            view! {
                <p class="quiet">
                    "Un téléphone déconnecté garde ce qu’il n’a pas envoyé, et l’enverra quand vous vous y reconnecterez. Perdu ou volé\u{202f}? Prévenez aussi votre coordination, qui peut le retirer."
                </p>
            }
        });
        let items = sessions.iter().map(item).collect_view();
        let (of_present, of_new) = match fault {
            Some(fault @ (PassphraseFault::Wrong | PassphraseFault::Many)) => (Some(fault), None),
            other => (None, other),
        };
        view! {
            <div class="report-head">
                {notebook}
                <h1>"Mon accès"</h1>
                <p>{format!("{name}, {}, {network}", fr::small(&role))}</p>
                <p class="quiet">{format!("Identifiant\u{202f}: {login}")}</p>
                {notice}
            </div>
            <section class="reading" aria-labelledby="appareils">
                <h2 id="appareils">"Là où vous êtes connecté·e"</h2>
                <ul class="phones sessions">{items}</ul>
                {others}
                {phones}
            </section>
            <section class="form decision" aria-labelledby="changer">
                <h2 id="changer">"Changer de phrase de passe"</h2>
                <form class="form" method="post" action=format!("{OWN}/phrase") aria-labelledby="changer">
                    <input type="hidden" autocomplete="username" name="identifiant" value=login />
                    {passphrase("actuelle", "Phrase de passe actuelle", "current-password", None, of_present)}
                    {passphrase(
                        "nouvelle",
                        "Nouvelle phrase de passe",
                        "new-password",
                        Some("12 caractères au moins. Quatre mots sans rapport entre eux suffisent."),
                        of_new,
                    )}
                    <p><button class="btn btn-primary">"Changer"</button></p>
                </form>
            </section>
            <section class="reading" aria-labelledby="donnees">
                <h2 id="donnees">"Ce qui est gardé sur vous"</h2>
                <p><a class="btn" href=format!("{OWN}/mes-donnees.json") download="">"Emporter mes données"</a></p>
                <p><a href="/donnees">"Ce que Lanterne garde, et pourquoi"</a></p>
            </section>
        }
        .into_any()
    })
}

fn item(session: &Session) -> AnyView {
    let agent = if session.agent.is_empty() { "Un navigateur" } else { &session.agent }.to_owned();
    let told = if session.is_here {
        format!("Cet appareil, depuis le {}", fr::date(session.since))
    } else {
        format!("Depuis le {}, encore ouvert le {}", fr::date(session.since), fr::date(session.seen_on))
    };
    let end = (!session.is_here).then(|| {
        view! {
            <form method="post" action=format!("{OWN}/sessions/{}/fermer", session.id)>
                <button class="btn btn-quiet btn-small">
                    "Déconnecter" <span class="sr-only">{format!(" {agent}, depuis le {}", fr::date(session.since))}</span>
                </button>
            </form>
        }
    });
    view! {
        <li>
            <div>
                <h3>{agent.clone()}</h3>
                <p class="quiet">{told}</p>
            </div>
            {end}
        </li>
    }
    .into_any()
}

fn passphrase(
    name: &'static str,
    label: &'static str,
    autocomplete: &'static str,
    hint: Option<&'static str>,
    fault: Option<PassphraseFault>,
) -> AnyView {
    let line = fault.map(|fault| fault_line(format!("f-{name}"), fr::spaced(fault.label())));
    let described: Vec<String> =
        [hint.map(|_| format!("a-{name}")), fault.map(|_| format!("f-{name}"))].into_iter().flatten().collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let hint = hint.map(|text| view! { <p class="hint" id=format!("a-{name}")>{text}</p> });
    view! {
        <div class="field">
            <label class="field-label" for=name>{label}</label>
            {hint}
            <input
                class="input"
                type="password"
                id=name
                name=name
                autocomplete=autocomplete
                required
                aria-invalid=fault.map(|_| "true")
                aria-describedby=described
            />
            {line}
        </div>
    }
    .into_any()
}

/// `/confirmer`: before what could open the network to somebody else.
pub fn confirm(site: &SiteAssets, name: &str, login: &str, back: &str, fault: Option<PassphraseFault>) -> String {
    apart(|| {
        let (login, back) = (login.to_owned(), back.to_owned());
        let body = view! {
            <main class="plain office" id="contenu">
                <header class="plain-head">
                    <div class="halo" data-lit=""><Icon name="lantern" /></div>
                    <h1>"C’est bien vous\u{202f}?"</h1>
                    <p>{format!("{name}, redonnez votre phrase de passe avant d’ouvrir cette page\u{202f}: elle donne des accès, ou efface.")}</p>
                </header>
                <form class="form" method="post" action=CONFIRM>
                    <input type="hidden" name="retour" value=back />
                    <input type="hidden" autocomplete="username" name="identifiant" value=login />
                    {passphrase("phrase", "Phrase de passe", "current-password", None, fault)}
                    <button class="btn btn-primary btn-wide">"Continuer"</button>
                </form>
                <p class="plain-foot"><a href="/">"Revenir au début"</a></p>
            </main>
        };
        document(site, &site.phone, "C’est bien vous ? – Lanterne", (), body)
    })
}
