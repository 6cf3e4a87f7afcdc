//! What all forms share: what is typed is kept as one types, and saved on one tap.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    carnet::Carnet,
    frame::{Toasts, TroubleNotice, set_title},
    port::{FormDraft, Save, SavedBy},
    way::Way,
};
use crate::{
    domain::{
        fault::{Fault, FaultCode},
        ids::RecordId,
        record::{Body, Draft, SCHEMA},
    },
    sync::engine::WireFault,
    ui::{bars::help_link, focus::focus_first_fault, icon::Icon},
};

/// How long after the last touch what was typed is kept.
const PAUSE: Duration = Duration::from_millis(300);

/// What a form begins with.
pub struct Opened {
    /// The record it makes or changes.
    pub id: RecordId,
    /// Whether the record does not exist yet.
    pub is_new: bool,
    /// The body that it was opened on; none for a new record.
    pub seen: Option<String>,
    /// Where the form returns to.
    pub back: String,
}

/// The form of one record, handed about like [`Carnet`]: an evening has some dozens of them, of a hundred bytes each.
#[derive(Clone, Copy)]
pub struct FormDesk(&'static Desk);

impl std::ops::Deref for FormDesk {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        self.0
    }
}

/// What [`FormDesk`] stands for.
pub struct Desk {
    /// The notebook.
    pub carnet: Carnet,
    /// The record it makes or changes.
    pub id: RecordId,
    /// Whether the record does not exist yet.
    pub is_new: bool,
    /// What is wrong with it.
    pub faults: RwSignal<Vec<Fault>>,
    /// Where it shows a fault, if its inputs are not the record's fields one by one.
    place: StoredValue<Option<Callback<Fault, Fault>>>,
    /// Whether all that was typed is kept.
    kept: RwSignal<bool>,
    /// Whether one has tried to save it: what is missing is no fault before.
    tried: StoredValue<bool>,
    seen: StoredValue<Option<String>>,
    /// What stands in the form, once it was touched.
    typed: StoredValue<Option<Draft>>,
    /// Whether the form was left or is being saved: what happens to it then is decided.
    done: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
    back: String,
}

impl FormDesk {
    /// The desk of a record.
    pub fn new(carnet: Carnet, opened: Opened) -> Self {
        let desk = Self(Box::leak(Box::new(Desk {
            carnet,
            id: opened.id,
            is_new: opened.is_new,
            faults: RwSignal::new(Vec::new()),
            place: StoredValue::new(None),
            kept: RwSignal::new(true),
            tried: StoredValue::new(false),
            seen: StoredValue::new(opened.seen),
            typed: StoredValue::new(None),
            done: StoredValue::new(false),
            timer: StoredValue::new(None),
            back: opened.back,
        })));
        // The phone may stop the page at any moment after this, without another word.
        for event in ["visibilitychange", "pagehide"] {
            let listener = window_event_listener_untyped(event, move |_| desk.flush());
            on_cleanup(move || listener.remove());
        }
        carnet.form_is_open.set(true);
        // Going back in the history leaves the form like its cross does.
        on_cleanup(move || {
            desk.stop_timer();
            desk.close(Box::new(|| {}));
            carnet.form_is_open.set(false);
        });
        desk
    }

    /// Keeps what is typed, a pause after each touch.
    pub fn autosave(self, value: Signal<Draft>) {
        Effect::new(move |before: Option<Draft>| {
            let now = value.get();
            if before.is_some_and(|before| before != now) && !self.done.get_value() {
                self.kept.set(false);
                self.typed.set_value(Some(now.clone()));
                self.stop_timer();
                let handle = set_timeout_with_handle(move || self.flush(), PAUSE);
                self.timer.set_value(handle.ok());
            }
            now
        });
    }

    fn stop_timer(self) {
        if let Some(handle) = self.timer.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    }

    /// Keeps what was typed since the last time. What could not be kept stays to be kept.
    fn flush(self) {
        self.stop_timer();
        if self.done.try_get_value() != Some(false) || self.kept.get_untracked() {
            return;
        }
        let Some(draft) = self.typed.get_value() else { return };
        let work = self.carnet.port.with_value(|port| port.keep_draft(self.form(draft.clone(), true)));
        self.carnet.act(work, move |()| {
            // More may have been typed in the meantime.
            if self.typed.try_with_value(|typed| typed.as_ref() == Some(&draft)) == Some(true) {
                let _ = self.kept.try_set(true);
            }
        });
    }

    /// Faults are shown where `place` puts them.
    pub fn place(self, place: impl Fn(Fault) -> Fault + Send + Sync + 'static) {
        self.place.set_value(Some(Callback::new(place)));
    }

    /// Says what is wrong; of what is said already no field needs to look again.
    fn show(self, mut faults: Vec<Fault>) {
        if let Some(place) = self.place.get_value() {
            faults = faults.into_iter().map(|fault| place.run(fault)).collect();
        }
        if self.faults.with_untracked(|shown| *shown != faults) {
            self.faults.set(faults);
        }
    }

    fn form(self, draft: Draft, open: bool) -> FormDraft {
        let now = self.carnet.port.with_value(|port| port.now());
        let seen = self.seen.get_value();
        FormDraft { id: self.id, draft, schema: SCHEMA, is_new: self.is_new, open, seen, touched_at: now }
    }

    /// Leaves the form, once what was typed is kept as a draft. Boxed, so that a phone holds it once.
    pub fn close(self, leave: Box<dyn FnOnce()>) {
        if self.done.try_update_value(|done| std::mem::replace(done, true)) != Some(false) {
            return;
        }
        self.stop_timer();
        let stored = self.carnet.drafts.with_untracked(|drafts| drafts.iter().find(|form| form.id == self.id).cloned());
        let form = match self.typed.get_value() {
            Some(draft) => Some(self.form(draft, false)),
            None => stored.filter(|form| form.open).map(|form| FormDraft { open: false, ..form }),
        };
        let Some(form) = form else { return leave() };
        // Whoever comes back at once finds the last words, also before they are on the disk.
        self.carnet.drafts.update(|drafts| {
            drafts.retain(|other| other.id != form.id);
            drafts.push(form.clone());
        });
        let work = self.carnet.port.with_value(|port| port.keep_draft(form));
        self.carnet.attempt(work, move |done| match done {
            Some(()) => leave(),
            None => {
                let _ = self.done.try_set_value(false);
            }
        });
    }

    /// Saves the record if nothing is wrong with it, and says so; otherwise says what is, and goes there.
    pub fn save(self, draft: Draft, said: &'static str, leave: impl FnOnce() + 'static) {
        // By the clock as it is: the screen's own may be a quarter of a minute old, and the phone's may just have been set.
        let today = self.carnet.port.with_value(|port| port.now()).date();
        if let Err(faults) = draft.parse(today, true) {
            self.tried.set_value(true);
            self.show(faults);
            // It stays as it is until it is whole, whatever happens to the page.
            self.typed.update_value(|typed| {
                typed.get_or_insert(draft);
            });
            self.kept.set(false);
            self.flush();
            // The person's eyes and thumb go to the first fault, and a keyboard too.
            request_animation_frame(focus_first_fault);
            return;
        }
        if self.done.try_update_value(|done| std::mem::replace(done, true)) != Some(false) {
            return;
        }
        self.stop_timer();
        self.show(Vec::new());
        let before = self.carnet.lines.with_untracked(|lines| lines.get(self.id).cloned()).filter(|_| !self.is_new);
        let saved = Body::new(draft.clone()).to_json();
        let typed = draft.clone();
        let is_presence = matches!(draft, Draft::Presence(_));
        let by = if self.is_new { SavedBy::NewForm } else { SavedBy::Form };
        let (carnet, id) = (self.carnet, self.id);
        let work = carnet.save(Save { id, draft, seen: self.seen.get_value(), by });
        carnet.attempt(work, move |done| {
            let Some(id) = done else {
                let _ = self.done.try_set_value(false);
                return;
            };
            if is_presence {
                carnet.fit(id);
            }
            let undo = Callback::new(move |()| match before.clone().and_then(|line| line.draft.clone()) {
                Some(before) => carnet.act(carnet.set(id, before, Some(saved.clone())), move |_| {
                    if is_presence {
                        carnet.fit(id);
                    }
                    carnet.say_undone();
                }),
                None => {
                    if let Some(line) = untrack(|| carnet.line(id)) {
                        carnet.give_back(line, typed.clone());
                    }
                }
            });
            let waits = carnet.sending.with_untracked(|sending| sending.fault == Some(WireFault::Unreachable));
            let waits = if waits { " Ce sera envoyé dès qu’il y aura du réseau." } else { "" };
            carnet.say(format!("{said}{waits}"), Some(undo));
            leave();
        });
    }

    /// Where the form returns to, as a thing to do.
    pub fn leave(self) -> impl Fn() + Copy + 'static {
        let way = Way::here();
        move || way.go(&self.0.back, true)
    }
}

/// The page of a form: its title, the way out, the fields, and the one button.
#[component]
pub fn Sheet(
    /// The form.
    desk: FormDesk,
    /// What it notes.
    #[prop(into)]
    title: Signal<String>,
    /// What its one button says.
    #[prop(default = "Enregistrer")]
    action: &'static str,
    /// What stands under the button while nothing is wrong.
    #[prop(default = "Sur ce téléphone, même sans réseau.")]
    aside: &'static str,
    /// What is said once it is saved.
    #[prop(default = "Enregistré sur ce téléphone.")]
    said: &'static str,
    /// The record as it stands.
    draft: Signal<Draft>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    Effect::new(move |_| title.with(|title| set_title(title)));
    let draft = Signal::derive(move || draft.get().tidied());
    // What cannot be is said as it is typed, and goes as it is put right; what is missing once one has tried to save.
    Effect::new(move |before: Option<()>| {
        let now = draft.get();
        if before.is_some() {
            let today = desk.carnet.clock.with_untracked(chrono::NaiveDateTime::date);
            let mut faults = now.parse(today, true).err().unwrap_or_default();
            if !desk.tried.get_value() {
                faults.retain(|fault| !fault.code.known().is_some_and(FaultCode::is_missing));
            }
            desk.show(faults);
        }
    });
    let words = move || {
        let is_missing = |fault: &Fault| fault.code.known().is_some_and(FaultCode::is_missing);
        match desk.faults.with(|faults| (faults.is_empty(), faults.iter().all(is_missing))) {
            (true, _) => aside,
            // What could not be kept is told above.
            _ if !desk.kept.get() => "Pas encore enregistré.",
            (_, true) => "Gardé en brouillon\u{202f}: à compléter, maintenant ou plus tard.",
            (_, false) => "Gardé en brouillon\u{202f}: à corriger, maintenant ou plus tard.",
        }
    };
    let leave = desk.leave();
    let close = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        desk.close(Box::new(leave));
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        desk.save(draft.get_untracked(), said, leave);
    };
    view! {
        <main class="page sheet" id="contenu" tabindex="-1">
            <header class="sheet-head">
                <h1>{title}</h1>
                {help_link()}
                <a class="icon-btn" href=desk.0.back.as_str() aria-label="Fermer, garder en brouillon" on:click=close>
                    <Icon name="close" />
                </a>
            </header>
            <TroubleNotice />
            // Off, so that no browser writes what is being typed beside our own, locked, drafts.
            <form
                class="form"
                novalidate
                autocomplete="off"
                data-kept=move || if desk.kept.get() { "yes" } else { "no" }
                on:submit=submit
            >
                {children()}
                <div class="savebar">
                    <button class="btn btn-primary btn-wide">{action}</button>
                    <p role="status">{words}</p>
                </div>
            </form>
            <Toasts />
        </main>
    }
}
