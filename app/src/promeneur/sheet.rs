//! What all forms share: what is typed is kept as one types, and saved on one tap.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};

use super::{
    carnet::Carnet,
    frame::{Toasts, TroubleNotice, set_title},
    port::FormDraft,
    way::Way,
};
use crate::{
    domain::{
        fault::Fault,
        ids::RecordId,
        record::{Draft, SCHEMA},
    },
    ui::icon::Icon,
};

/// How long after the last touch what was typed is kept.
const PAUSE: Duration = Duration::from_millis(300);

/// The form of one record.
#[derive(Clone, Copy)]
pub struct FormDesk {
    /// The notebook.
    pub carnet: Carnet,
    /// The record it makes or changes.
    pub id: RecordId,
    /// Whether the record does not exist yet.
    pub is_new: bool,
    /// What is wrong with it.
    pub faults: RwSignal<Vec<Fault>>,
    /// Whether all that was typed is kept.
    kept: RwSignal<bool>,
    typed: StoredValue<Option<Draft>>,
    timer: StoredValue<Option<TimeoutHandle>>,
    back: &'static str,
}

impl FormDesk {
    /// The desk of a record; `back` is where the form returns to.
    pub fn new(carnet: Carnet, id: RecordId, is_new: bool, back: &'static str) -> Self {
        let desk = Self {
            carnet,
            id,
            is_new,
            faults: RwSignal::new(Vec::new()),
            kept: RwSignal::new(true),
            typed: StoredValue::new(None),
            timer: StoredValue::new(None),
            back,
        };
        // The phone may stop the page at any moment after this, without another word.
        for event in ["visibilitychange", "pagehide"] {
            let listener = window_event_listener_untyped(event, move |_| desk.flush(true));
            on_cleanup(move || listener.remove());
        }
        carnet.form_is_open.set(true);
        // Going back in the history leaves the form like its cross does.
        on_cleanup(move || {
            desk.flush(false);
            carnet.form_is_open.set(false);
        });
        desk
    }

    /// Keeps what is typed, a pause after each touch.
    pub fn autosave(self, value: Signal<Draft>) {
        Effect::new(move |before: Option<Draft>| {
            let now = value.get();
            if before.is_some_and(|before| before != now) {
                self.kept.set(false);
                self.typed.set_value(Some(now.clone()));
                self.stop_timer();
                let handle = set_timeout_with_handle(move || self.flush(true), PAUSE);
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

    /// Keeps what was typed since the last time. `open` says whether the form stays open.
    fn flush(self, open: bool) {
        self.stop_timer();
        let Some(Some(draft)) = self.typed.try_update_value(Option::take) else { return };
        let kept = self.kept;
        let now = self.carnet.port.with_value(|port| port.now());
        let form = FormDraft { id: self.id, draft, schema: SCHEMA, is_new: self.is_new, open, touched_at: now };
        let work = self.carnet.port.with_value(|port| port.keep_draft(form));
        self.carnet.act(work, move || {
            let _ = kept.try_set(true);
        });
    }

    /// Leaves the form; what was typed stays as a draft.
    pub fn close(self) {
        let draft =
            self.carnet.drafts.with_untracked(|drafts| drafts.iter().find(|draft| draft.id == self.id).cloned());
        if self.typed.with_value(Option::is_some) {
            self.flush(false);
        } else if let Some(draft) = draft {
            let work = self.carnet.port.with_value(|port| port.keep_draft(FormDraft { open: false, ..draft }));
            self.carnet.act(work, || {});
        }
    }

    /// Saves the record if nothing is wrong with it; otherwise says what is, and goes there.
    pub fn save(self, draft: Draft, leave: impl FnOnce() + 'static) {
        let today = self.carnet.clock.get_untracked().date();
        match draft.parse(today, true) {
            Err(faults) => {
                self.faults.set(faults);
                // The person's eyes and thumb go to the first fault.
                request_animation_frame(|| {
                    if let Ok(Some(first)) = document().query_selector(".fault") {
                        first.scroll_into_view();
                    }
                });
            }
            Ok(_) => {
                self.stop_timer();
                self.typed.set_value(None);
                self.faults.set(Vec::new());
                let before = self.carnet.lines.with_untracked(|lines| lines.get(&self.id).cloned());
                let carnet = self.carnet;
                let id = self.id;
                carnet.act(carnet.save(id, draft), move || {
                    let undo = Callback::new(move |()| match before.clone().and_then(|line| line.draft.clone()) {
                        Some(before) => carnet.act(carnet.save(id, before), || {}),
                        None => {
                            let work = carnet.port.with_value(|port| port.withdraw(id));
                            carnet.act(work, || {});
                        }
                    });
                    carnet.say("Enregistré sur ce téléphone.", Some(undo));
                    leave();
                });
            }
        }
    }

    /// Where the form returns to, as a thing to do.
    pub fn leave(self) -> impl Fn() + Copy + 'static {
        let (way, back) = (Way::here(), self.back);
        move || way.go(back, true)
    }
}

/// The page of a form: its title, the way out, the fields, and the one button.
#[component]
pub fn Sheet(
    /// The form.
    desk: FormDesk,
    /// What it notes.
    #[prop(into)]
    title: String,
    /// The record as it stands.
    draft: Signal<Draft>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    set_title(&title);
    let leave = desk.leave();
    let close = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        desk.close();
        leave();
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        desk.save(draft.get_untracked(), leave);
    };
    view! {
        <main class="page sheet" id="contenu" tabindex="-1">
            <header class="sheet-head">
                <h1>{title}</h1>
                <a class="icon-btn" href=desk.back aria-label="Fermer, garder en brouillon" on:click=close>
                    <Icon name="close" />
                </a>
            </header>
            <TroubleNotice />
            <form
                class="form"
                novalidate
                data-kept=move || if desk.kept.get() { "yes" } else { "no" }
                on:submit=submit
            >
                {children()}
                <div class="savebar">
                    <button class="btn btn-primary btn-wide">"Enregistrer"</button>
                    <p>"Sur ce téléphone, même sans réseau."</p>
                </div>
            </form>
            <Toasts />
        </main>
    }
}
