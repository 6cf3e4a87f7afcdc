//! The phone's screens. They work on what the phone holds; what they need of it they state in [`port`].

pub mod add;
pub mod bilan;
pub mod carnet;
pub mod choose;
pub mod details;
pub mod device;
pub mod entry_form;
pub mod entry_line;
pub mod evening;
pub mod fields;
pub mod frame;
pub mod habits;
pub mod help;
pub mod install;
pub mod intervention_form;
pub mod journal;
pub mod line;
pub mod lines;
#[cfg(feature = "living")]
pub mod living;
pub mod lock;
pub mod port;
pub mod presence_card;
pub mod presence_form;
pub mod presences;
pub mod question;
pub mod record_fields;
pub mod record_form;
pub mod resumed;
pub mod sending;
pub mod sheet;
pub mod statement;
pub mod sync_line;
pub mod way;

use leptos::prelude::*;

use carnet::Carnet;
use way::{Place, Way};

use crate::ui::{empty::empty_screen, focus::keep_focus};

/// The phone's application, over a notebook that is open.
#[component]
pub fn Phone(
    /// The open notebook.
    carnet: Carnet,
) -> impl IntoView {
    provide_context(carnet);
    let way = Way::open();
    provide_context(way);
    let place = Memo::new(move |_| Place::of(&way.path()));
    // What stays until one goes elsewhere goes then.
    Effect::new(move |before: Option<String>| {
        let now = way.path();
        let gone = before.is_some_and(|before| before != now);
        if gone && carnet.toast.with_untracked(|toast| toast.as_ref().is_some_and(|toast| toast.stays)) {
            carnet.toast.set(None);
        }
        now
    });
    // A form that was open when the phone stopped opens again, once.
    if place.get_untracked() == Place::Evening
        && let Some(form) = untrack(|| {
            carnet.drafts.with(|drafts| drafts.iter().rev().find(|form| form.open && carnet.may_resume(form)).cloned())
        })
    {
        way.go(&evening::address_of(&form), true);
    }
    // One that does not, and may once the server is heard of, is then a draft like any other: no new entry goes on with it.
    if carnet.waits.get_untracked().is_some() {
        carnet.drafts.update(|drafts| {
            for form in drafts.iter_mut().filter(|form| untrack(|| !carnet.may_resume(form))) {
                form.open = false;
            }
        });
    }
    let at_evening = Memo::new(move |_| place.get() == Place::Evening);
    let keeps_evening =
        Memo::new(move |kept: Option<&bool>| !carnet.gone.get() && place.get().keeps_evening(kept == Some(&true)));
    let evening = move || keeps_evening.get().then(|| view! { <evening::Evening shown=at_evening.into() /> });
    let screen = move || match place.get() {
        _ if carnet.gone.get() => view! { <Gone /> }.into_any(),
        place if place.looks_back() && carnet.waits.get().is_some() => frame::waiting(),
        // The rest of the notebook is a moment away.
        place if !place.needs_newest_only() && !carnet.whole.get() => {
            on_cleanup(keep_focus);
            view! { <main class="page" id="contenu" tabindex="-1" aria-busy="true"></main> }.into_any()
        }
        Place::Evening => ().into_any(),
        Place::Journal => view! { <journal::Journal /> }.into_any(),
        Place::Bilan(period) => view! { <bilan::OwnBilan period=period /> }.into_any(),
        Place::Statement(month) => view! { <statement::MonthStatement month=month /> }.into_any(),
        Place::Note(kind, day) => view! { <intervention_form::NewIntervention kind=kind day=day /> }.into_any(),
        Place::Again => view! { <intervention_form::Again /> }.into_any(),
        Place::Add(day) => view! { <add::Add day=day /> }.into_any(),
        Place::NewPresence(day) => view! { <presence_form::NewPresence day=day /> }.into_any(),
        Place::NewRecord(kind, day) => view! { <record_form::NewRecord kind=kind day=day /> }.into_any(),
        Place::Entry(id) => view! { <entry_form::EditEntry id=id /> }.into_any(),
        Place::Help => view! { <help::Help /> }.into_any(),
        Place::Device => view! { <device::Device /> }.into_any(),
        Place::Sending => view! { <sending::SendingScreen /> }.into_any(),
        Place::Lock => view! { <lock::LockSettings /> }.into_any(),
        #[cfg(feature = "living")]
        Place::Living => view! { <living::Living /> }.into_any(),
        Place::Unknown => view! { <frame::Frame title="Rien à cette adresse">{not_found()}</frame::Frame> }.into_any(),
    };
    view! {
        {screen}
        {evening}
    }
}

/// Nothing is left on this phone, and nothing is lost.
#[component]
fn Gone() -> impl IntoView {
    frame::set_title("Téléphone retiré");
    view! {
        <main class="page" id="contenu" tabindex="-1">
            <div class="empty" role="status">
                <div class="halo"><crate::ui::icon::Icon name="lantern" /></div>
                <h1>"Ce téléphone a été retiré du réseau"</h1>
                <p>"Tout ce qui n’était pas encore envoyé a été remis à la coordination. Le carnet de ce téléphone est vide maintenant."</p>
                <a class="btn" href="/connexion" rel="external">"Se connecter de nouveau"</a>
            </div>
            {help::whom_to_call()}
        </main>
    }
}

fn not_found() -> AnyView {
    empty_screen(
        "lantern",
        "Rien à cette adresse",
        "La page a changé de place, ou l’adresse est incomplète.",
        "/app",
        "Revenir à ce soir",
    )
}
