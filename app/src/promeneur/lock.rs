//! The lock of the notebook: the screen that asks for the code, before any other is there, and the one that puts it on
//! and takes it off.

use std::rc::Rc;

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use super::{carnet::Carnet, frame::Frame, help::whom_to_call, port::Local};
use crate::{
    domain::{
        coded::Code,
        fr,
        indicators::count_of,
        lock::{LockCode, LockFault, MOST_TRIES},
    },
    ui::{
        check::check,
        chip_row::ChipRow,
        fault::fault_line,
        focus::{focus_main, keep_focus},
        icon::Icon,
    },
};

/// How an act on the lock ended.
pub type Turned = Local<Result<(), LockFault>>;

/// A notebook that is locked. Once it is open, its screens take the place of this one.
pub trait Keyhole {
    /// Opens it with what was typed, which counts as a try; with nothing typed, by its person's passkey.
    fn open(&self, typed: Option<String>) -> Turned;
    /// Whether a passkey opens it too.
    fn has_passkey(&self) -> bool;
    /// How many tries are left.
    fn tries_left(&self) -> u32;
    /// Asks the server for the key that is kept there for who has forgotten the code; it may lead to another page first.
    fn recover(&self) -> Turned;
    /// Opens it with that key, under a new code.
    fn renew(&self, code: LockCode) -> Turned;
}

/// What the screen of a locked notebook knows of it.
pub struct Locked {
    /// Whose it is.
    pub name: String,
    /// How many operations wait in it.
    pub waiting: usize,
    /// Whether its person comes back from showing who they are, to choose a new code.
    pub comes_back: bool,
    /// The notebook.
    pub keyhole: Rc<dyn Keyhole>,
}

/// What is typed, and what became of it.
#[derive(Clone, Copy)]
struct Desk {
    code: RwSignal<String>,
    again: RwSignal<String>,
    /// Whether a passkey shall open it too.
    passkey: RwSignal<bool>,
    fault: RwSignal<Option<LockFault>>,
    busy: RwSignal<bool>,
}

impl Desk {
    fn new() -> Self {
        Self {
            code: RwSignal::default(),
            again: RwSignal::default(),
            passkey: RwSignal::new(false),
            fault: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// The new code, where both fields hold the same one.
    fn chosen(self) -> Result<LockCode, LockFault> {
        let code = self.code.with_untracked(|typed| LockCode::parse(typed))?;
        if self.again.with_untracked(|again| again != code.digits()) { Err(LockFault::Differs) } else { Ok(code) }
    }

    /// Does something; nothing else is begun meanwhile. `then` is told why it did not go, where it did not.
    fn run(self, work: Result<Turned, LockFault>, then: Then) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            let fault = match work {
                Ok(work) => work.await.err(),
                Err(fault) => Some(fault),
            };
            self.busy.set(false);
            // Said again where it is the same: a new element, which is read out.
            self.fault.set(None);
            self.fault.set(fault);
            self.code.set(String::new());
            self.again.set(String::new());
            then(fault);
        });
    }
}

type Then = Box<dyn FnOnce(Option<LockFault>)>;

/// The screen of a locked notebook.
#[component]
pub fn LockScreen(
    /// What is locked.
    locked: Locked,
) -> impl IntoView {
    let Locked { name, waiting, comes_back, keyhole } = locked;
    super::frame::set_title("Carnet verrouillé");
    let keyhole = StoredValue::new(SendWrapper::new(keyhole));
    let (desk, renews) = (Desk::new(), RwSignal::new(false));
    let recover = move || {
        let work = keyhole.with_value(|keyhole| keyhole.recover());
        let then = move |fault: Option<LockFault>| {
            renews.set(fault.is_none());
            request_animation_frame(focus_main);
        };
        desk.run(Ok(work), Box::new(then));
    };
    if comes_back {
        recover();
    }
    let turn = Callback::new(move |()| {
        let work = if renews.get_untracked() {
            desk.chosen().map(|code| keyhole.with_value(|keyhole| keyhole.renew(code)))
        } else {
            Ok(keyhole.with_value(|keyhole| keyhole.open(Some(desk.code.get_untracked()))))
        };
        let then = move |fault: Option<LockFault>| {
            // The server's key was of no use: the code may be.
            if fault == Some(LockFault::Refused) {
                renews.set(false);
            }
        };
        desk.run(work, Box::new(then));
    });
    let tries = move || {
        if desk.busy.get() {
            return Some("Un instant…".to_owned());
        }
        // Whatever has just been tried.
        desk.fault.track();
        let left = keyhole.with_value(|keyhole| keyhole.tries_left());
        let is_told = left > 0 && left < MOST_TRIES - 2 && !renews.get();
        is_told.then(|| format!("Encore {}.", fr::count(i64::from(left), "essai", "essais")))
    };
    let ask = move || {
        let which = if renews.get() { NEW_AND_OPEN } else { OPEN };
        form(desk, &which, turn)
    };
    let others = move || {
        (!renews.get()).then(|| {
            let show = move |_| desk.run(Ok(keyhole.with_value(|keyhole| keyhole.open(None))), Box::new(|_| ()));
            let by_passkey = keyhole.with_value(|keyhole| keyhole.has_passkey()).then(|| {
                view! {
                    <button type="button" class="btn btn-wide" on:click=show>"Ouvrir par empreinte ou visage"</button>
                }
            });
            view! {
                {by_passkey}
                <button type="button" class="btn btn-quiet" on:click=move |_| recover()>"J’ai oublié mon code"</button>
            }
        })
    };
    let waiting = count_of(waiting);
    let waits = if waiting > 0 {
        let waits = fr::count(waiting, "saisie attend d’être envoyée", "saisies attendent d’être envoyées");
        format!(
            "{waits}\u{202f}: {} une fois le carnet ouvert.",
            fr::plural(waiting, "elle partira", "elles partiront")
        )
    } else {
        String::new()
    };
    view! {
        <main class="page lock" id="contenu" tabindex="-1">
            <div class="halo"><Icon name="lantern" /></div>
            <h1>{move || if renews.get() { "Choisissez un nouveau code" } else { "Carnet verrouillé" }}</h1>
            <p class="quiet">{name}</p>
            {ask}
            <p class="quiet" role="status">{tries}</p>
            {others}
            <p class="quiet">{waits}</p>
            {whom_to_call()}
        </main>
    }
}

/// `/app/verrou`.
#[component]
pub fn LockSettings() -> impl IntoView {
    let carnet = Carnet::open();
    let desk = Desk::new();
    let is_locked = move || carnet.port.with_value(|port| port.is_locked());
    let is_on = RwSignal::new(is_locked());
    let turn = Callback::new(move |()| {
        let (work, said) = if is_on.get_untracked() {
            (Ok(carnet.port.with_value(|port| port.take_lock(desk.code.get_untracked()))), "Verrou retiré.")
        } else {
            let passkey = desk.passkey.get_untracked();
            (desk.chosen().map(|code| carnet.port.with_value(|port| port.put_lock(code, passkey))), "Verrou posé.")
        };
        let then = move |fault: Option<LockFault>| {
            if fault.is_none() {
                is_on.set(is_locked());
                carnet.say(said, None);
                keep_focus();
            }
        };
        desk.run(work, Box::new(then));
    });
    let now = move || {
        is_on.get().then(|| {
            let close = move |_| carnet.port.with_value(|port| port.lock_now());
            view! {
                <button type="button" class="btn btn-primary btn-wide" on:click=close>"Verrouiller maintenant"</button>
            }
        })
    };
    view! {
        <Frame title="Verrou">
            <div class="page-title"><h1>"Verrou du carnet"</h1></div>
            <ul class="checks">{move || stands(is_on.get())}</ul>
            {now}
            {move || form(desk, if is_on.get() { &TAKE_OFF } else { &PUT_ON }, turn)}
            <ul class="bullets" inner_html=MEANS></ul>
        </Frame>
    }
}

const MEANS: &str = "\
<li>Le code est demandé à chaque ouverture, et après dix minutes sans toucher le carnet. Ce que vous étiez en train d’écrire est gardé.</li>\
<li>Ce que vous notez désormais est chiffré sur ce téléphone, brouillons compris. Carnet fermé, rien ne part\u{202f}: l’envoi reprend dès qu’il s’ouvre.</li>\
<li>Code oublié\u{202f}? Votre phrase de passe, ou votre clé, et du réseau suffisent pour en choisir un autre. Rien n’est perdu.</li>\
<li>Avec ou sans verrou, après trois jours sans aucun réseau, seule la soirée en cours s’affiche, jusqu’à ce qu’il y en ait. Noter reste possible.</li>";

/// How the notebook is guarded, as a line of a list of checks.
pub fn stands(is_locked: bool) -> AnyView {
    let (state, title, text) = if is_locked {
        ("sent", "Verrou posé", "Un code ouvre le carnet, et ce qu’il garde sur ce téléphone est chiffré.")
    } else {
        ("phone", "Pas de verrou", "Qui ouvre ce téléphone ouvre aussi le carnet.")
    };
    check(state, title.to_owned(), text.into_any())
}

const WHICH_PASSKEY: &str =
    "C’est votre clé\u{202f}: elle s’ajoute dans <a href=\"/acces\" rel=\"external\">Mon accès</a>, avec du réseau.";

/// Whether this browser knows passkeys.
fn has_passkeys() -> bool {
    window().get("PublicKeyCredential").is_some()
}

/// A form of the lock.
struct Form {
    label: &'static str,
    /// Whether the code is a new one, typed twice.
    new: bool,
    /// Whether it is asked if a passkey shall open it too.
    passkey: bool,
    words: &'static str,
    class: &'static str,
}

const OPEN: Form =
    Form { label: "Votre code", new: false, passkey: false, words: "Ouvrir", class: "btn btn-primary btn-wide" };
const NEW_AND_OPEN: Form = Form {
    label: NEW,
    new: true,
    passkey: false,
    words: "Choisir ce code et ouvrir",
    class: "btn btn-primary btn-wide",
};
const PUT_ON: Form =
    Form { label: NEW, new: true, passkey: true, words: "Poser le verrou", class: "btn btn-primary btn-wide" };
const TAKE_OFF: Form = Form {
    label: "Votre code, pour retirer le verrou",
    new: false,
    passkey: false,
    words: "Retirer le verrou",
    class: "btn btn-quiet btn-wide",
};
const NEW: &str = "Nouveau code";

fn form(desk: Desk, form: &Form, turn: Callback<()>) -> AnyView {
    let Form { label, new, passkey, words, class } = *form;
    let mut fields = vec![code_field("code", label, desk, desk.code)];
    if new {
        fields.push(code_field("encore", "Le même, encore une fois", desk, desk.again));
    }
    let hint = if new { "De six à douze chiffres, pas ceux qui ouvrent déjà le téléphone." } else { "" };
    let more = (passkey && has_passkeys()).then(|| {
        let row = ChipRow {
            field: "passkey",
            many: true,
            optional: false,
            first: vec![("oui".to_owned(), "Ouvrir aussi par empreinte ou visage".to_owned())],
            rest: Vec::new(),
            chosen: Signal::derive(move || desk.passkey.get().then(|| "oui".to_owned()).into_iter().collect()),
            tap: Callback::new(move |_| desk.passkey.update(|passkey| *passkey = !*passkey)),
        };
        view! {
            <div class="chips">{row.view(().into_any())}</div>
            <p class="hint" inner_html=WHICH_PASSKEY></p>
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        turn.run(());
    };
    let fault = move || desk.fault.get().map(|fault| fault_line("f-code".to_owned(), fr::spaced(fault.label())));
    view! {
        <form class="form" on:submit=submit>
            {fields}
            {fault}
            <p class="hint">{hint}</p>
            {more}
            <button class=class aria-disabled=move || desk.busy.get().to_string()>{words}</button>
        </form>
    }
    .into_any()
}

/// A field for a code, which opens the phone's digits.
fn code_field(id: &'static str, label: &'static str, desk: Desk, value: RwSignal<String>) -> AnyView {
    let invalid = move || desk.fault.get().map(|_| "true");
    let described = move || desk.fault.get().map(|_| "f-code");
    view! {
        <div class="field">
            <label class="field-label" for=id>{label}</label>
            <input
                class="input code"
                id=id
                type="password"
                inputmode="numeric"
                autocomplete="off"
                maxlength="12"
                aria-invalid=invalid
                aria-describedby=described
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
    .into_any()
}
