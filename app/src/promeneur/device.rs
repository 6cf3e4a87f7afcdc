//! « Cet appareil »: is it ready, is it safe, and how to leave it.

use chrono::{DateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::{
    carnet::Carnet,
    frame::Frame,
    install, lock,
    port::{Storage, Theme},
    sending::{obstacles, send_now},
    sync_line::SyncLine,
};
use crate::{
    domain::{fr, ids::DeviceId, indicators::count_of, person::Me},
    ui::{
        self,
        icon::{Chevron, Icon},
    },
};

/// `/app/appareil`.
#[component]
pub fn Device() -> impl IntoView {
    let carnet = Carnet::open();
    let storage = RwSignal::new(Storage::default());
    let ask = carnet.port.with_value(|port| port.storage());
    spawn_local(async move {
        let facts = ask.await;
        let _ = storage.try_set(facts);
    });
    let who = carnet.me.with_value(Me::signature);
    let scheme = carnet.me.with_value(|me| me.scheme_name.clone());
    let refused = RwSignal::new(false);
    let protect = move |_| {
        let work = carnet.port.with_value(|port| port.persist());
        spawn_local(async move {
            let facts = work.await;
            let _ = refused.try_set(facts.persisted == Some(false));
            let _ = storage.try_set(facts);
        });
    };
    let unprotected = move || storage.get().persisted == Some(false);
    // Without a network nobody could sign in again tonight: that is asked, and nothing else is.
    let (asked, set_asked) = signal(false);
    let sign_out = move |_| {
        if is_offline() && !asked.get_untracked() {
            return set_asked.set(true);
        }
        let work = carnet.port.with_value(|port| port.sign_out());
        spawn_local(work);
    };
    let pending = move || i64::try_from(carnet.sending.get().pending).unwrap_or(0);
    view! {
        <Frame title="Cet appareil">
            <div class="page-title"><h1>"Cet appareil"</h1></div>
            <p class="quiet">{who} <br /> {scheme}</p>
            <SyncLine />
            <p class="periods">
                <a class="chip-link" href="/app/envoi">"Envoi et fichier de secours"</a>
                <a class="chip-link" href="/app/verrou">"Verrou du carnet"</a>
            </p>
            <ul class="checks">
                {move || {
                    let ready = carnet.readiness.get();
                    if ready.is_complete() {
                        check("sent", "Prêt sans réseau", "Le carnet s’ouvre et enregistre sans réseau.")
                    } else if ready.app {
                        check("phone", "Journal pas encore reçu", "Le carnet s’ouvre sans réseau ; votre journal arrivera avec le réseau.")
                    } else {
                        check("phone", "Préparation en cours", "Gardez le réseau quelques instants : le carnet s’enregistre sur ce téléphone.")
                    }
                }}
                {move || match storage.get().persisted {
                    Some(true) => check("sent", "Mémoire protégée", "Le téléphone n’effacera pas le carnet de lui-même."),
                    Some(false) => {
                        check("phone", "Mémoire non protégée", "Le téléphone pourrait effacer le carnet s’il manque de place. Vos saisies envoyées ne risquent rien.")
                    }
                    None => check("phone", "Mémoire", "Ce navigateur ne dit pas s’il protège la mémoire du carnet."),
                }}
                {lock::stands(carnet.port.with_value(|port| port.is_locked()))}
            </ul>
            {move || {
                unprotected()
                    .then(|| view! { <button type="button" class="btn btn-wide" on:click=protect>"Protéger la mémoire"</button> })
            }}
            <div role="status">
                {move || {
                    refused
                        .get()
                        .then(|| {
                            view! {
                                <p>
                                    "Le téléphone ne l’a pas accordé. Mettez Lanterne sur l’écran d’accueil\u{202f}: il protège la mémoire de ce qui y est installé. Jusque-là, envoyez vos saisies dès que le réseau revient."
                                </p>
                            }
                        })
                }}
            </div>
            {theme(carnet)}
            <details class="more">
                <summary>"À lire à la coordination, en cas de souci" <Chevron /></summary>
                <dl class="facts" inner_html=move || facts(carnet, storage.get())></dl>
            </details>
            {move || carnet.install.get().map(|how| install::way(carnet, how))}
            <div class="stack">
                <button
                    type="button"
                    class="btn btn-quiet btn-wide"
                    on:click=move |_| send_now(carnet)
                >
                    <Icon name="repeat" />
                    "Envoyer maintenant"
                </button>
                <button type="button" class="btn btn-quiet btn-wide btn-danger" on:click=sign_out>
                    <Icon name="sign-out" />
                    {move || if asked.get() { "Se déconnecter quand même" } else { "Se déconnecter" }}
                </button>
                <div role="status">
                    {move || {
                        asked
                            .get()
                            .then(|| {
                                view! {
                                    <p>
                                        "Il n’y a pas de réseau\u{202f}: une fois déconnecté·e, vous ne pourrez plus ouvrir le carnet avant d’en retrouver."
                                    </p>
                                }
                            })
                    }}
                </div>
                <p class="hint"><a class="lone" href="/acces" rel="external">"Mon accès"</a></p>
                <p class="hint">
                    {move || match pending() {
                        0 => "Vos saisies sont envoyées. Le carnet se rouvrira à votre prochaine connexion.".to_owned(),
                        waiting => {
                            format!(
                                "{} sur ce téléphone{NNBSP}: {} à votre prochaine connexion, ici.",
                                fr::count(waiting, "saisie reste", "saisies restent"),
                                fr::plural(waiting, "elle partira", "elles partiront"),
                            )
                        }
                    }}
                </p>
            </div>
        </Frame>
    }
}

/// Whether the phone says that it has no network at all.
fn is_offline() -> bool {
    !window().navigator().on_line()
}

/// In which light the notebook is shown.
fn theme(carnet: Carnet) -> AnyView {
    let chosen = RwSignal::new(carnet.port.with_value(|port| port.theme()));
    let chips = Theme::ALL
        .map(|theme| {
            let tap = move |_| {
                carnet.port.with_value(|port| port.set_theme(theme));
                // What the browser kept of it: one that keeps nothing shows what it showed.
                chosen.set(carnet.port.with_value(|port| port.theme()));
            };
            view! {
                <button
                    type="button"
                    class="chip-link"
                    aria-pressed=move || (chosen.get() == theme).to_string()
                    on:click=tap
                >
                    {theme.name()}
                </button>
            }
        })
        .into_iter()
        .collect_view();
    view! {
        <section class="stack" aria-labelledby="lumiere">
            <h2 id="lumiere">"Affichage"</h2>
            <div class="periods" role="group" aria-labelledby="lumiere">{chips}</div>
        </section>
    }
    .into_any()
}

use fr::NNBSP;

fn check(state: &'static str, title: &str, text: &str) -> AnyView {
    ui::check::check(state, title.to_owned(), fr::spaced(text).into_any())
}

/// What somebody at the other end of the line needs to hear, in an order in which it can be read out.
fn facts(carnet: Carnet, storage: Storage) -> String {
    let sending = carnet.sending.get();
    let obstacles: Vec<&str> = obstacles(carnet).into_iter().map(|(title, _)| title).collect();
    let number = |count: usize| fr::integer(count_of(count));
    let moment = |at: Option<DateTime<Utc>>| {
        at.map_or_else(
            || "jamais".to_owned(),
            |at| {
                let at = carnet.port.with_value(|port| port.local(at));
                format!("{}, {}", fr::date(at.date()), fr::time(at.time()))
            },
        )
    };
    let yes = |yes: bool| if yes { "oui" } else { "non" }.to_owned();
    let shown = carnet.lines.with(|lines| lines.values().filter(|line| line.is_shown()).count());
    let device = sending.device.map(DeviceId::short).unwrap_or_default();
    ui::facts::facts(&[
        ("Version", carnet.build.get_value()),
        ("Téléphone", device),
        ("Saisies sur ce téléphone", number(shown)),
        ("Saisies à envoyer", number(sending.pending)),
        ("Suppressions à envoyer", number(sending.withdrawals)),
        ("Mises de côté", number(sending.parked.len())),
        ("Illisibles", number(carnet.unreadable.with(Vec::len))),
        ("Brouillons", number(carnet.drafts.with(Vec::len))),
        ("Dernier envoi", moment(sending.last_ack_at)),
        ("Dernière réception", moment(sending.last_pull_at)),
        ("Obstacles", if obstacles.is_empty() { "aucun".to_owned() } else { obstacles.join(", ") }),
        ("Envois repris", number(sending.stalls as usize)),
        ("Retard de l’horloge", format!("{}{NNBSP}s", fr::integer(sending.behind_s))),
        ("Prêt sans réseau", yes(carnet.readiness.get().is_complete())),
        ("Mémoire protégée", storage.persisted.map_or_else(|| "inconnu".to_owned(), yes)),
        ("Place utilisée", used(storage)),
    ])
}

fn used(storage: Storage) -> String {
    match (storage.used, storage.quota) {
        (Some(used), Some(quota)) => format!("{} sur {}", size(used), size(quota)),
        (Some(used), None) => size(used),
        (None, _) => "–".to_owned(),
    }
}

/// A size in megabytes with one decimal, or in whole gigabytes.
fn size(bytes: u64) -> String {
    let tenths = i64::try_from(bytes / 100_000).unwrap_or(i64::MAX);
    if tenths >= 10_000 {
        format!("{}{NNBSP}Go", fr::integer(tenths / 10_000))
    } else {
        format!("{},{}{NNBSP}Mo", fr::integer(tenths / 10), tenths % 10)
    }
}
