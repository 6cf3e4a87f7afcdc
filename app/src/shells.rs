//! The HTML around the screens: the phone's constant shell, the office's page, the static pages.

pub mod accessibility;
pub mod data;
pub mod desk;
pub mod invitation;
pub mod own;
pub mod plan;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::error::{AppError, ErrorCode},
    domain::{coded::Code, fr},
    ui::{
        bars::{BottomBar, TopBar},
        fault::fault_line,
        icon::{Icon, SPRITE},
        tiles::Tiles,
    },
};

/// The files of one wasm build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bundle {
    /// Its stylesheet.
    pub css: String,
    /// Script that starts it.
    pub js: String,
    /// The wasm.
    pub wasm: String,
}

/// A script that stands within a page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Inline {
    /// Its text.
    pub text: String,
    /// By what a policy of contents (CSP) allows it and no other.
    pub hash: String,
}

/// The hashed names that pages need.
#[derive(Clone, Debug)]
pub struct SiteAssets {
    /// The font, preloaded.
    pub font: String,
    /// The phone's build.
    pub phone: Bundle,
    /// The office's build.
    pub office: Bundle,
    /// The script of passkeys.
    pub passkeys: String,
    /// What the phone's shell asks of the disk first.
    pub ahead: Inline,
}

/// What the sign-in page says.
#[derive(Clone, Debug, Default)]
pub struct SignInNotice {
    /// What went wrong last time.
    pub error: Option<String>,
    /// What was typed as a name.
    pub login: String,
    /// Where to go afterwards.
    pub back: String,
    /// The name that passkeys are bound to, where there can be any.
    pub passkeys: Option<String>,
}

/// The phone's shell: the same bytes for everybody, without user data, marked on `<html>`. It paints the frame of
/// « Ce soir » before the wasm is there; the wasm then mounts in its place.
pub fn phone(site: &SiteAssets, build: &str) -> String {
    apart(|| phone_page(site, build))
}

fn phone_page(site: &SiteAssets, build: &str) -> String {
    let head = view! {
        <link rel="apple-touch-icon" href="/icons/apple-touch-icon.png" />
        <link rel="preload" href=site.phone.wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="" />
        <script async="" src=site.phone.js.clone()></script>
    };
    let body = view! {
        <div class="phone">
            <TopBar><span class="pill" hidden></span></TopBar>
            <main class="page evening" id="contenu" tabindex="-1" aria-busy="true">
                <div class="syncline" role="status"></div>
                <div class="evening-first">
                    <h1 class="sr-only">"Ce soir"</h1>
                    <section class="presence" aria-label="Ouverture du carnet">
                        <div class="halo"><Icon name="lantern" /></div>
                        <p class="quiet">"Ce que vous notez reste sur ce téléphone, même sans réseau."</p>
                    </section>
                    <Tiles />
                </div>
                <noscript>
                    <p class="notice">"Le carnet a besoin de JavaScript pour garder vos saisies sur ce téléphone."</p>
                </noscript>
            </main>
            <div class="dock">
                <div class="toasts" role="status" aria-live="polite"></div>
                <BottomBar path="" />
            </div>
        </div>
    };
    let page = document(site, &site.phone, "Lanterne", head, body);
    let page = page.replacen("<html lang=\"fr\"", &format!("<html lang=\"fr\" data-shell data-build=\"{build}\""), 1);
    // Before anything else: the disk is asked while the page is drawn.
    page.replacen("<head>", &format!("<head><script>{}</script>", site.ahead.text), 1)
}

/// The office: the document around the coordinator's screens.
pub fn office(site: &SiteAssets) -> impl IntoView + use<> {
    let site = site.clone();
    view! {
        <!DOCTYPE html>
        <html lang="fr">
            <head>
                {head_links(&site, &site.office)}
                <leptos_meta::MetaTags />
                <script type="module" src=site.office.js.clone()></script>
            </head>
            <body>
                <crate::coordination::Office />
            </body>
        </html>
    }
}

/// `/connexion`, which works without JavaScript.
pub fn sign_in(site: &SiteAssets, notice: &SignInNotice) -> String {
    apart(|| sign_in_page(site, notice))
}

fn sign_in_page(site: &SiteAssets, notice: &SignInNotice) -> String {
    let invalid = notice.error.as_ref().map(|_| "true");
    let described = notice.error.as_ref().map(|_| "faute");
    let fault = notice.error.clone().map(|text| fault_line("faute".to_owned(), text));
    let site_name = notice.passkeys.as_deref();
    let passkey =
        site_name.map(|_| passkey_button("/connexion/cle", &notice.back, "Entrer par empreinte, visage ou code"));
    let body = view! {
        <main class="plain office" id="contenu">
            <header class="plain-head">
                <div class="halo" data-lit=""><Icon name="lantern" /></div>
                <h1>"Lanterne"</h1>
                <p>"le carnet des Promeneurs du Net"</p>
            </header>
            <form class="form" method="post" action="/connexion">
                {fault}
                <input type="hidden" name="retour" value=notice.back.clone() />
                <div class="field">
                    <label class="field-label" for="identifiant">"Identifiant"</label>
                    <input
                        class="input"
                        type="text"
                        id="identifiant"
                        name="identifiant"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        value=notice.login.clone()
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="phrase">"Phrase de passe"</label>
                    <input
                        class="input"
                        type="password"
                        id="phrase"
                        name="phrase"
                        autocomplete="current-password"
                        required
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                </div>
                <p class="hint">"Les deux champs sont obligatoires."</p>
                <button class="btn btn-primary btn-wide">"Se connecter"</button>
            </form>
            {passkey}
            <p class="plain-foot">"Phrase de passe perdue\u{202f}: demandez à votre coordination."</p>
            <p class="plain-foot">
                "Un jeune en danger\u{202f}: " <a href="tel:119">"119"</a> ", " <a href="tel:3018">"3018"</a> ", "
                <a href="tel:3114">"3114"</a> " ou " <a href="tel:112">"112"</a>
            </p>
            <p class="plain-foot"><a href="/donnees">"Ce que Lanterne garde, et pourquoi"</a></p>
            <p class="plain-foot"><a href="/plan">"Plan du site"</a></p>
            <p class="plain-foot"><a href="/accessibilite">"Accessibilité\u{202f}: partiellement conforme"</a></p>
        </main>
    };
    document(site, &site.phone, "Se connecter – Lanterne", passkeys_script(site, site_name), body)
}

/// The script of passkeys, where they are bound to a name. The page waits for it in nothing.
fn passkeys_script(site: &SiteAssets, name: Option<&str>) -> AnyView {
    let script = name.map(|name| {
        view! { <script defer="" src=site.passkeys.clone() data-site=name.to_owned()></script> }
    });
    script.into_any()
}

/// The button that shows a passkey to an address, in sight where the browser has any.
fn passkey_button(address: &'static str, back: &str, words: &'static str) -> AnyView {
    view! {
        <div class="passkey">
            <p class="passkey-or" aria-hidden="true">"ou"</p>
            <button
                type="button"
                class="btn btn-primary btn-wide"
                data-passkey=address
                data-back=back.to_owned()
                aria-describedby="cle-faute"
            >
                {words}
            </button>
            <p class="fault" id="cle-faute" role="alert"></p>
        </div>
    }
    .into_any()
}

/// What the service worker shows for a page that needs the network.
pub fn offline(site: &SiteAssets) -> String {
    plain(
        site,
        "network-off",
        "Cette page a besoin du réseau",
        "Retrouvez le réseau, puis réessayez. Le carnet, lui, s’ouvre sans réseau tant que vous y êtes connecté·e.",
        NOTEBOOK,
    )
}

/// Any address that leads nowhere.
pub fn not_found(site: &SiteAssets) -> String {
    let text = "La page a changé de place, ou l’adresse est incomplète.";
    apart(|| plain_page(site, "lantern", "Rien à cette adresse", text, HOME, Some(ErrorCode::NotFound.code())))
}

/// A page that is not for this account, with where its own begin.
pub fn forbidden(site: &SiteAssets, start: &'static str) -> String {
    let way = if start == NOTEBOOK.0 { NOTEBOOK } else { (start, "Ouvrir mes pages") };
    let text = "Elle est réservée à d’autres fonctions du réseau. Les vôtres s’ouvrent ci-dessous.";
    let title = "Cette page n’est pas pour votre compte";
    apart(|| plain_page(site, "lantern", title, text, way, Some(ErrorCode::Forbidden.code())))
}

/// Why there is no page: what was asked for cannot be, or the server cannot answer now.
pub fn refused(site: &SiteAssets, error: &AppError) -> String {
    let (icon, title) = if error.status() < 500 && error.status() != 429 {
        ("fix", "Cette demande ne peut pas aboutir")
    } else {
        ("network-off", "Un instant")
    };
    apart(|| plain_page(site, icon, title, &fr::spaced(&error.sentence), HOME, Some(error.code.code())))
}

/// Renders under an owner of its own. The signals of a view are made while it is built, not only while it is written:
/// all of it must happen in here, or there is no arena to hold them.
fn apart(page: impl FnOnce() -> String) -> String {
    Owner::new().with(page)
}

/// An address with the words that lead to it.
type Way = (&'static str, &'static str);

/// The notebook, which opens without network.
const NOTEBOOK: Way = ("/app", "Ouvrir le carnet");
/// Where the server knows who it is for.
const HOME: Way = ("/", "Revenir au début");

fn plain(site: &SiteAssets, icon: &'static str, title: &str, text: &str, way: Way) -> String {
    apart(|| plain_page(site, icon, title, text, way, None))
}

/// The page; of a refusal with its stable code.
fn plain_page(site: &SiteAssets, icon: &'static str, title: &str, text: &str, way: Way, code: Option<&str>) -> String {
    let body = view! {
        <main class="plain office" id="contenu" data-code=code.map(str::to_owned)>
            <header class="plain-head">
                <div class="halo"><Icon name=icon /></div>
                <h1>{title.to_owned()}</h1>
                <p>{text.to_owned()}</p>
            </header>
            <div class="actions">
                <a class="btn" href=way.0>{way.1}</a>
                <a class="btn btn-quiet" href="">
                    <Icon name="repeat" />
                    "Réessayer"
                </a>
            </div>
        </main>
    };
    document(site, &site.phone, &format!("{title} – Lanterne"), (), body)
}

fn head_links(site: &SiteAssets, bundle: &Bundle) -> impl IntoView + use<> {
    view! {
        <meta charset="utf-8" />
        <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        {theme_color("#faf7f1", "light")}
        {theme_color("#10141f", "dark")}
        <link rel="preload" href=site.font.clone() r#as="font" r#type="font/woff2" crossorigin="" />
        <link rel="stylesheet" href=bundle.css.clone() />
        <link rel="icon" href="/icons/favicon.svg" r#type="image/svg+xml" />
    }
}

fn theme_color(color: &'static str, scheme: &'static str) -> impl IntoView {
    let meta = view! { <meta name="theme-color" content=color /> };
    meta.attr("media", format!("(prefers-color-scheme: {scheme})"))
}

/// A whole page as text, for those that no wasm hydrates.
fn document(site: &SiteAssets, bundle: &Bundle, title: &str, head: impl IntoView, body: impl IntoView) -> String {
    let page = view! {
        <html lang="fr">
            <head>
                {head_links(site, bundle)}
                <title>{title.to_owned()}</title>
                {head}
            </head>
            <body>{body}</body>
        </html>
    }
    .to_html();
    // The marks that Leptos leaves for hydration are of no use here.
    let page = page.replace("<!>", "").replace("<!---->", "");
    // A page of its own finds its icons in itself, so that it is whole at once and without network.
    let page = page.replace(&format!("{SPRITE}#"), "#");
    format!(
        "<!doctype html>{}",
        page.replacen(
            "</body>",
            concat!("<div hidden>", include_str!("../../public/icons/sprite.svg"), "</div></body>"),
            1
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> SiteAssets {
        let bundle = Bundle { css: String::new(), js: String::new(), wasm: String::new() };
        let ahead = Inline { text: "ask()".to_owned(), hash: String::new() };
        SiteAssets { font: String::new(), phone: bundle.clone(), office: bundle, passkeys: String::new(), ahead }
    }

    #[test]
    fn static_pages_are_whole_and_carry_no_marks() {
        let site = site();
        let notice = SignInNotice { error: Some("Non.".to_owned()), ..SignInNotice::default() };
        for page in
            [phone(&site, "b"), sign_in(&site, &notice), offline(&site), not_found(&site), forbidden(&site, "/app")]
        {
            assert!(page.starts_with("<!doctype html><html lang=\"fr\""), "{page}");
            assert!(page.contains("\"#i-lantern\"") || page.contains("\"#i-network-off\""), "{page}");
            assert!(page.ends_with("</body></html>") && !page.contains("<!>"), "{page}");
        }
        assert!(phone(&site, "b").contains("<head><script>ask()</script>"));
    }
}
