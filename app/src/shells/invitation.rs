//! What an invitation's link opens: a name, a passphrase, and one is in.

use leptos::prelude::*;

use super::{SiteAssets, Way, apart, document, plain};
use crate::{
    domain::coded::codes,
    ui::{fault::Refused, icon::Icon},
};

codes! {
    /// Why it is not taken yet.
    InvitationFault {
        Login = "login_unreadable", "Choisissez un identifiant sans espace, pas trop long ; votre adresse électronique convient.";
        Taken = "login_taken", "Cet identifiant n’est pas libre. Choisissez-en un autre.";
        Short = "passphrase_short", "Au moins 12 caractères : plusieurs mots mis bout à bout se retiennent mieux qu’un mot compliqué.";
        Long = "passphrase_long", "C’est trop long : quelques mots suffisent.";
        Common = "passphrase_common", "Cette phrase est trop facile à deviner. Prenez quelques mots qui n’ont rien à voir entre eux.";
        Many = "too_many_attempts", "Trop d’essais. Attendez un quart d’heure : le lien reste valable.";
    }
}

/// What the page says.
#[derive(Clone, Debug)]
pub struct Welcome {
    /// The network.
    pub network: String,
    /// Who is invited.
    pub name: String,
    /// As what.
    pub role: &'static str,
    /// Whether they have an account already.
    pub is_recovery: bool,
    /// What they sign in with, or what was typed.
    pub login: String,
    /// What was not taken.
    pub fault: Option<InvitationFault>,
}

/// Where one signs in.
const SIGN_IN: Way = ("/connexion", "Se connecter");

/// A link that opens nothing, or nothing any more.
pub fn gone(site: &SiteAssets) -> String {
    plain(
        site,
        "lantern",
        "Ce lien n’ouvre rien",
        "Il a déjà servi, il a été retiré, ou son temps est passé. Demandez-en un autre à votre coordination.",
        SIGN_IN,
    )
}

/// The page.
pub fn page(site: &SiteAssets, welcome: &Welcome) -> String {
    apart(|| {
        let Welcome { network, name, role, is_recovery, login, fault } = welcome.clone();
        let of_login = fault.filter(|fault| matches!(fault, InvitationFault::Login | InvitationFault::Taken));
        let of_phrase = fault.filter(|_| of_login.is_none());
        let line = |fault: Option<InvitationFault>, id: &str| fault.map(|fault| Refused::of(fault).line(id.to_owned()));
        let described = |fault: Option<InvitationFault>, id: &'static str| fault.map(|_| id);
        let who = if is_recovery {
            view! {
                <p>"Votre identifiant\u{202f}: " <b>{login.clone()}</b></p>
                <input type="hidden" autocomplete="username" name="identifiant" value=login />
            }
            .into_any()
        } else {
            view! {
                <div class="field">
                    <label class="field-label" for="identifiant">"Choisissez un identifiant"</label>
                    <input
                        class="input"
                        type="text"
                        id="identifiant"
                        name="identifiant"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        value=login
                        aria-invalid=of_login.map(|_| "true")
                        aria-describedby=described(of_login, "f-identifiant")
                    />
                    {line(of_login, "f-identifiant")}
                </div>
            }
            .into_any()
        };
        let (title, told, button) = if is_recovery {
            ("Une nouvelle phrase de passe", format!("{name}, {network}"), "Enregistrer et entrer")
        } else {
            ("Bienvenue", format!("{name}, vous êtes invité·e dans {network}."), "Ouvrir mon accès")
        };
        let body = view! {
            <main class="plain office" id="contenu">
                <header class="plain-head">
                    <div class="halo" data-lit=""><Icon name="lantern" /></div>
                    <h1>{title}</h1>
                    <p>{told}</p>
                    <p>{role}</p>
                </header>
                <form class="form" method="post">
                    {who}
                    <div class="field">
                        <label class="field-label" for="phrase">"Choisissez une phrase de passe"</label>
                        <p class="hint" id="a-phrase">"12 caractères au moins. Quatre mots sans rapport entre eux suffisent."</p>
                        <input
                            class="input"
                            type="password"
                            id="phrase"
                            name="phrase"
                            autocomplete="new-password"
                            minlength="12"
                            required
                            aria-invalid=of_phrase.map(|_| "true")
                            aria-describedby=if of_phrase.is_some() { "a-phrase f-phrase" } else { "a-phrase" }
                        />
                        {line(of_phrase, "f-phrase")}
                    </div>
                    <button class="btn btn-primary btn-wide">{button}</button>
                </form>
            </main>
        };
        document(site, &site.phone, &format!("{title} – Lanterne"), (), body)
    })
}
