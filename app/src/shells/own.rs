//! One's own access: where one is signed in, one's passphrase, what is held about oneself; and showing again who one is.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{SiteAssets, apart, desk, document, passkey_button, passkeys_script};
use crate::{
    coordination::{address::OWN, notice::NoticeBox},
    domain::{
        coded::{Code, codes},
        fr,
        ids::{PasskeyId, SessionId},
    },
    ui::{fault::Refused, icon::Icon},
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
        PasskeyAdded = "cle", "La clé est ajoutée : la prochaine fois, vous entrez avec elle.";
        PasskeyRemoved = "cle-retiree", "La clé est retirée : elle n’ouvre plus rien ici.";
        Changed = "phrase", "La phrase de passe est changée, vos autres appareils sont déconnectés, et vos clés retirées.";
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

/// A passkey of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPasskey {
    /// Its id.
    pub id: PasskeyId,
    /// On what it was made, in a few words; empty where that is not known.
    pub name: String,
    /// Since when.
    pub since: NaiveDate,
    /// On which day it was last used.
    pub used_on: Option<NaiveDate>,
}

/// One's own passkeys.
#[derive(Clone, Debug)]
pub struct OwnPasskeys {
    /// The name that they are bound to; none where there can be none.
    pub site: Option<String>,
    /// Those that one has.
    pub keys: Vec<OwnPasskey>,
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
    /// Their passkeys.
    pub passkeys: OwnPasskeys,
    /// Why a passphrase was not taken.
    pub fault: Option<PassphraseFault>,
    /// What has just been done.
    pub done: Option<Done>,
}

/// `/acces`.
pub fn page(desk: desk::Desk<'_>, own: OwnAccess) -> String {
    let site = own.passkeys.site.clone();
    desk::own_access(desk, site.as_deref(), || {
        let OwnAccess { name, login, role, network, has_notebook, sessions, passkeys, fault, done } = own;
        let notice = done.map(|done| view! { <NoticeBox text=done.label() done=true /> });
        let others = sessions.iter().any(|session| !session.is_here).then(|| {
            view! {
                <form method="post" action=format!("{OWN}/sessions/fermer") aria-label="Déconnecter tous les autres">
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
        // Two of one browser and one day have a number each to tell them apart.
        let items = sessions.iter().zip(1..).map(item).collect_view();
        let passkeys = passkeys_of(&passkeys);
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
            {passkeys}
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
                <p><a class="lone" href="/donnees">"Ce que Lanterne garde, et pourquoi"</a></p>
            </section>
        }
        .into_any()
    })
}

fn passkeys_of(own: &OwnPasskeys) -> AnyView {
    let OwnPasskeys { site, keys } = own;
    let items = keys.iter().zip(1..).map(passkey).collect_view();
    let list = (!keys.is_empty()).then(|| view! { <ul class="phones sessions">{items}</ul> });
    // Where there is none and none can be added, nothing speaks of them.
    let class = if keys.is_empty() { "reading passkey" } else { "reading" };
    if site.is_none() && keys.is_empty() {
        return ().into_any();
    }
    view! {
        <section class=class aria-labelledby="cles">
            <h2 id="cles">"Entrer par empreinte, visage ou code"</h2>
            <p>
                "Une clé s’ouvre comme ce téléphone ou cet ordinateur, et il n’y a rien à retenir. Elle n’entre que sur ce site\u{202f}: un faux n’en ferait rien. Votre compte Apple ou Google peut la copier sur vos autres appareils."
            </p>
            <p>"N’en ajoutez pas sur un appareil que d’autres savent déverrouiller."</p>
            {list}
            <div class="passkey">
                <button type="button" class="btn" data-passkey="/acces/cles" data-new="" aria-describedby="cle-faute">
                    "Ajouter une clé sur cet appareil"
                </button>
                <p class="fault" id="cle-faute" role="alert"></p>
            </div>
            <p class="quiet">"Votre phrase de passe ouvre toujours."</p>
        </section>
    }
    .into_any()
}

fn passkey((key, number): (&OwnPasskey, usize)) -> AnyView {
    let name = if key.name.is_empty() { "Une clé" } else { &key.name }.to_owned();
    let since = fr::date(key.since);
    let used = key.used_on.map_or_else(|| "jamais utilisée".to_owned(), |day| format!("utilisée le {}", fr::date(day)));
    view! {
        <li>
            <div>
                <h3>{name.clone()}</h3>
                <p class="quiet">{format!("Depuis le {since}, {used}")}</p>
            </div>
            <form
                method="post"
                action=format!("{OWN}/cles/{}/retirer", key.id)
                aria-label=format!("Retirer la clé {number}, {name}, depuis le {since}")
            >
                <button class="btn btn-quiet btn-small">
                    "Retirer" <span class="sr-only">{format!(" la clé {number}, {name}, depuis le {since}")}</span>
                </button>
            </form>
        </li>
    }
    .into_any()
}

fn item((session, number): (&Session, usize)) -> AnyView {
    let agent = if session.agent.is_empty() { "Un navigateur" } else { &session.agent }.to_owned();
    let told = if session.is_here {
        format!("Cet appareil, depuis le {}", fr::date(session.since))
    } else {
        format!("Depuis le {}, encore ouvert le {}", fr::date(session.since), fr::date(session.seen_on))
    };
    let name = format!("Déconnecter l’appareil {number}, {agent}, depuis le {}", fr::date(session.since));
    let end = (!session.is_here).then(|| {
        view! {
            <form method="post" action=format!("{OWN}/sessions/{}/fermer", session.id) aria-label=name.clone()>
                <button class="btn btn-quiet btn-small">
                    "Déconnecter" <span class="sr-only">{name.strip_prefix("Déconnecter").unwrap_or_default().to_owned()}</span>
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
    let line = fault.map(|fault| Refused::of(fault).line(format!("f-{name}")));
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

/// Who is asked to show again who they are.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What to call them.
    pub name: &'a str,
    /// With what they sign in.
    pub login: &'a str,
    /// The name that passkeys are bound to, where they have one.
    pub passkeys: Option<&'a str>,
}

/// `/confirmer`: before what could open the network to somebody else.
/// With a passkey too, where there is one.
pub fn confirm(site: &SiteAssets, who: &Asked<'_>, back: &str, fault: Option<PassphraseFault>) -> String {
    apart(|| {
        let Asked { name, login, passkeys } = *who;
        let passkey = passkeys.map(|_| passkey_button("/confirmer/cle", back, "Par empreinte, visage ou code"));
        let (login, back) = (login.to_owned(), back.to_owned());
        let body = view! {
            <main class="plain office" id="contenu">
                <header class="plain-head">
                    <div class="halo" data-lit=""><Icon name="lantern" /></div>
                    <h1>"C’est bien vous\u{202f}?"</h1>
                    <p>{format!("{name}, redonnez votre phrase de passe avant d’aller plus loin.")}</p>
                </header>
                <form class="form" method="post" action=CONFIRM>
                    <input type="hidden" name="retour" value=back />
                    <input type="hidden" autocomplete="username" name="identifiant" value=login />
                    {passphrase("phrase", "Phrase de passe", "current-password", None, fault)}
                    <button class="btn btn-primary btn-wide">"Continuer"</button>
                </form>
                {passkey}
                <p class="plain-foot"><a href="/">"Revenir au début"</a></p>
            </main>
        };
        document(site, &site.phone, "C’est bien vous\u{202f}? – Lanterne", passkeys_script(site, passkeys), body)
    })
}
