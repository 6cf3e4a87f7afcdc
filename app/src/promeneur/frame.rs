//! What stands around every screen but the forms: the top line, the places at the thumb, what was just done.

use leptos::{ev, html, prelude::*};
use web_sys::Element;

use super::{
    carnet::Carnet,
    port::{PhonePort, Port},
    way::Way,
};
use crate::{
    domain::{fr, indicators::count_of},
    ui::{
        bars::{BottomBar, TopBar},
        empty::empty_screen,
        focus::keep_focus,
        icon::Icon,
    },
};

/// A screen between the top line and the bottom bar.
#[component]
pub fn Frame(
    /// The document's title.
    title: &'static str,
    /// More classes of `main`.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is in sight; a screen that is not stays as it is.
    #[prop(default = Signal::stored(true))]
    shown: Signal<bool>,
    /// The screen.
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    Effect::new(move |_| {
        let shown = shown.get();
        if let Some(main) = main.get() {
            stand(&main, shown);
        }
        if shown {
            set_title(title);
        }
    });
    let way = Way::here();
    let wide = is_wide();
    // Where it is seen before the screen, it is reached before it too.
    let bar =
        move |at: bool| (wide.get() == at).then(|| view! { <BottomBar path=Signal::derive(move || way.path()) /> });
    view! {
        <div class="phone">
            <a class="skip-link" href="#contenu" rel="external">"Aller au contenu"</a>
            <TopBar><ReadyPill /></TopBar>
            {move || bar(true)}
            <main class=format!("page {class}") id="contenu" tabindex="-1" node_ref=main>
                <TroubleNotice />
                <LossNotice />
                // They stand before what comes into them, or no screen reader would say it.
                <div class="notices" role="status"><WaitNotice /><UpdateNotice /></div>
                {children()}
            </main>
            <div class="dock">
                <Toasts shown=shown />
                {move || bar(false)}
            </div>
        </div>
    }
}

/// The screen in sight has the name to which links and the focus go; one behind it has none, and is in nobody's way.
fn stand(main: &Element, shown: bool) {
    if shown {
        main.set_id("contenu");
    } else {
        let _ = main.remove_attribute("id");
    }
    for hidden in [Some(main.clone()), main.parent_element()].into_iter().flatten() {
        let _ = hidden.toggle_attribute_with_force("hidden", !shown);
    }
}

/// Whether the window is so wide that the places join the top line (style/bars.css).
fn is_wide() -> Memo<bool> {
    let now = || window().match_media("(min-width: 60em)").ok().flatten().is_some_and(|query| query.matches());
    let wide = RwSignal::new(now());
    let listener = window_event_listener(ev::resize, move |_| wide.set(now()));
    on_cleanup(move || listener.remove());
    Memo::new(move |_| wide.get())
}

/// Names the document for the browser and for screen readers.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} – Lanterne"));
}

#[component]
fn ReadyPill() -> impl IntoView {
    let carnet = Carnet::open();
    let ready = move || carnet.readiness.get().is_complete();
    view! {
        <span class="pill" role="status" data-ready=move || if ready() { "yes" } else { "no" }>
            {move || {
                let (icon, word, more) =
                    if ready() { ("check", "Prêt", "sans réseau") } else { ("network-off", "Préparation…", "") };
                // On a narrow screen the second half is left to those who do not see the tick.
                view! { <Icon name=icon /> <span>{word} " " <span class="narrow-hidden">{more}</span></span> }
            }}
        </span>
    }
}

/// What the phone could not keep: before the person types more.
#[component]
pub fn TroubleNotice() -> impl IntoView {
    let carnet = Carnet::open();
    move || {
        let told = carnet.trouble.get().map(|trouble| (trouble.title(), trouble.remedy()));
        told.map(|(title, remedy)| notice(true, "fix", title, remedy.into_any(), None))
    }
}

/// A notice at the head of a screen; a fault is said at once. A plain function, so that a phone holds its markup once.
fn notice(is_fault: bool, icon: &'static str, title: &'static str, text: AnyView, act: Option<AnyView>) -> AnyView {
    view! {
        <section
            class="notice"
            data-kind=is_fault.then_some("fault")
            role=is_fault.then_some("alert")
        >
            <Icon name=icon />
            <div>
                <h2>{title}</h2>
                <p>{text}</p>
            </div>
            {act}
        </section>
    }
    .into_any()
}

/// What the browser has emptied: exactly what is back from the server, and that something may be missing.
#[component]
fn LossNotice() -> impl IntoView {
    let carnet = Carnet::open();
    move || {
        carnet.loss.get().map(|loss| {
            let back = move || {
                if !(carnet.readiness.get().records && carnet.whole.get()) {
                    return "Ce que le serveur a reçu reviendra avec le réseau.".to_owned();
                }
                let count = carnet.lines.with(|lines| lines.values().filter(|line| line.is_shown()).count());
                let count = fr::count(count_of(count), "saisie", "saisies");
                format!("Le serveur en a rendu {count}.")
            };
            let missing = match count_of(loss.pending) {
                0 => "Tout était envoyé\u{202f}: il ne devrait rien manquer.".to_owned(),
                pending => format!(
                    "{} ici et {}\u{202f}: vérifiez votre journal.",
                    fr::count(pending, "saisie attendait encore", "saisies attendaient encore"),
                    fr::plural(pending, "manque peut-être", "manquent peut-être"),
                ),
            };
            notice(
                true,
                "info",
                "Le navigateur a vidé le carnet de ce téléphone",
                view! { {back} " " {missing} }.into_any(),
                Some(act(carnet.port, "J’ai compris", |phone| phone.loss_is_known())),
            )
        })
    }
}

/// The one thing to do about a notice.
fn act(port: Port, words: &'static str, act: fn(&dyn PhonePort)) -> AnyView {
    view! {
        <p class="actions">
            <button
                type="button"
                class="btn btn-small"
                on:click=move |_| {
                    port.with_value(|port| act(&***port));
                    keep_focus();
                }
            >
                {words}
            </button>
        </p>
    }
    .into_any()
}

/// What a notebook says that waits for the server.
pub const ONLY_TONIGHT: &str = "Seule la soirée en cours s’affiche";

/// Why, and that one may note all the same.
pub const WAITS: &str = "Sans nouvelles du serveur depuis trois jours, ou l’heure a changé. Notez comme d’habitude\u{202f}: tout est gardé.";

#[component]
fn WaitNotice() -> impl IntoView {
    let carnet = Carnet::open();
    move || carnet.waits.get().map(|_| notice(false, "network-off", ONLY_TONIGHT, WAITS.into_any(), None))
}

/// The place of a screen that shows what was noted before this evening, while the notebook waits for the server.
pub fn waiting() -> AnyView {
    view! {
        <Frame title="À relire plus tard">
            {empty_screen(
                "lantern",
                "À relire un peu plus tard",
                "Ce que vous avez noté avant ce soir est toujours sur ce téléphone.",
                "/app",
                "Revenir à ce soir",
            )}
        </Frame>
    }
    .into_any()
}

#[component]
fn UpdateNotice() -> impl IntoView {
    let carnet = Carnet::open();
    move || {
        carnet.update_waits.get().then(|| {
            view! {
                <section class="notice">
                    <Icon name="info" />
                    <p>"Une nouvelle version est prête. Elle s’installera quand vous aurez fini."</p>
                    {act(carnet.port, "Installer maintenant", |phone| phone.update())}
                </section>
            }
        })
    }
}

/// What was just done, with the way back; gone after a while where there is another way back, else with the screen.
#[component]
pub fn Toasts(
    /// Whether the screen that they stand on is in sight.
    #[prop(default = Signal::stored(true))]
    shown: Signal<bool>,
) -> impl IntoView {
    let carnet = Carnet::open();
    Effect::new(move |_| {
        if let Some(shown) = carnet.toast.get().filter(|toast| !toast.stays) {
            set_timeout(
                move || {
                    if carnet.toast.with_untracked(|toast| {
                        toast.as_ref().is_some_and(|now| !now.stays && now.number == shown.number)
                    }) {
                        carnet.toast.set(None);
                        keep_focus();
                    }
                },
                TOAST_TIME,
            );
        }
    });
    // A screen reader says what comes into a region, not what a new region already holds: this one stands first.
    let stands = RwSignal::new(false);
    Effect::new(move |_| {
        if shown.get() {
            request_animation_frame(move || {
                let _ = stands.try_set(true);
            });
        } else {
            stands.set(false);
        }
    });
    let toast = move || {
        carnet.toast.get().filter(|_| stands.get()).map(|toast| {
            let undo = toast.undo.map(|undo| {
                let click = move |_| {
                    carnet.toast.set(None);
                    // What comes of it is said when it is done.
                    undo.run(());
                    keep_focus();
                };
                view! { <button type="button" class="btn" on:click=click>"Annuler"</button> }
            });
            view! { <div class="toast"><p>{toast.text}</p>{undo}</div> }
        })
    };
    view! { <div class="toasts" role="status" aria-live="polite">{toast}</div> }
}

/// Long enough to read and to reach.
const TOAST_TIME: std::time::Duration = std::time::Duration::from_secs(8);
