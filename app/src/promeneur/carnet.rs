//! The open notebook: what the phone holds, as signals that the screens read.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use leptos::{prelude::*, task::spawn_local};

use super::{
    journal::Filter,
    line::Line,
    lines::Lines,
    port::{FormDraft, Install, Local, Port, Save, SavedBy, Trouble},
};
use crate::{
    domain::{
        ids::RecordId,
        intervention::InterventionDraft,
        person::Me,
        presence::PresenceDraft,
        record::{Draft, SCHEMA},
        tally::Standing,
        taxonomy::WithdrawalReason,
        time::evening_of,
    },
    sync::{outbox::Entry, summary::Sending},
    ui::focus::keep_focus,
};

/// What is ready for an evening without network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// The application itself is kept on the phone.
    pub app: bool,
    /// The person's own records were received once.
    pub records: bool,
}

impl Readiness {
    /// Whether everything is.
    pub fn is_complete(self) -> bool {
        self.app && self.records
    }
}

/// The browser has emptied this phone's notebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Operations that waited here when it was last known.
    pub pending: usize,
}

/// Something that was just done and can be taken back.
#[derive(Clone)]
pub struct Toast {
    /// What was done.
    pub text: String,
    /// Takes it back.
    pub undo: Option<Callback<()>>,
    /// Whether it stays until one goes elsewhere, since nothing else takes back what was done.
    pub stays: bool,
    /// Counts up, so that each disappears after its own time.
    pub number: u64,
}

/// What the phone holds, as the screens see it. A page has one notebook for as long as it lives: what is handed about is
/// where it stands, and not twenty signals, which every closure of every screen would copy.
#[derive(Clone, Copy)]
pub struct Shown(&'static Held);

impl std::ops::Deref for Shown {
    type Target = Held;

    fn deref(&self) -> &Held {
        self.0
    }
}

/// What [`Shown`] stands for.
pub struct Held {
    /// Whose it is.
    pub me: StoredValue<Me>,
    /// Every entry that the phone holds; at first the newest only, until they are `whole`.
    pub lines: RwSignal<Arc<Lines>>,
    /// Whether `lines` are all that the phone holds.
    pub whole: RwSignal<bool>,
    /// Where nothing was heard of the server for too long (R6): the evening before which nothing is shown. Habits are still
    /// those of the newest entries: they tell what somebody usually chooses, and of no young person.
    pub waits: RwSignal<Option<NaiveDate>>,
    /// What was typed and not saved.
    pub drafts: RwSignal<Vec<FormDraft>>,
    /// How sending stands.
    pub sending: RwSignal<Sending>,
    /// What is ready for an evening without network.
    pub readiness: RwSignal<Readiness>,
    /// The wall clock, by the minute.
    pub clock: RwSignal<NaiveDateTime>,
    /// What the phone could not keep.
    pub trouble: RwSignal<Option<Trouble>>,
    /// The texts of rows that cannot be read.
    pub unreadable: RwSignal<Vec<String>>,
    /// What the browser has emptied, until the person has read about it.
    pub loss: RwSignal<Option<Loss>>,
    /// The coordination has withdrawn this phone, and holds all that was here.
    pub gone: RwSignal<bool>,
    /// What was just done.
    pub toast: RwSignal<Option<Toast>>,
    /// How many were said.
    toasts: StoredValue<u64>,
    /// How the journal was left for one of its entries, to be found again so.
    pub journal: StoredValue<Option<Looked>>,
    /// The evening that was chosen last to add to, and the one on which: what is noted afterwards is often all of one.
    pub added_to: StoredValue<Option<(NaiveDate, NaiveDate)>>,
    /// Whether a new version of the app waits.
    pub update_waits: RwSignal<bool>,
    /// How the app could be installed, where it is not.
    pub install: RwSignal<Option<Install>>,
    /// Whether the person does not want to be asked about that.
    pub install_later: RwSignal<bool>,
    /// Whether a form is on the screen: nothing may then take the page away.
    pub form_is_open: RwSignal<bool>,
    /// What the figures need beside the records, once the server has told it.
    pub standing: RwSignal<Option<Standing>>,
    /// The build of this app.
    pub build: StoredValue<String>,
}

/// What was looked for in the journal, and how far one had got.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Looked {
    /// The words.
    pub words: String,
    /// The filter.
    pub filter: Option<Filter>,
    /// Pages that were drawn.
    pub pages: usize,
    /// How far down, in pixels.
    pub scroll: f64,
}

/// The open notebook: what it shows, and the phone that keeps it; handed about like [`Shown`].
#[derive(Clone, Copy)]
pub struct Carnet(&'static Whole);

/// What [`Carnet`] stands for.
pub struct Whole {
    /// What it shows.
    pub shown: Shown,
    /// The phone.
    pub port: Port,
}

impl std::ops::Deref for Carnet {
    type Target = Whole;

    fn deref(&self) -> &Whole {
        self.0
    }
}

impl std::ops::Deref for Whole {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Shown {
    /// What a store holds, before anything has happened.
    pub fn new(me: Me, build: String, entries: Vec<Entry>, drafts: Vec<FormDraft>, now: NaiveDateTime) -> Self {
        Self(Box::leak(Box::new(Held {
            me: StoredValue::new(me),
            lines: RwSignal::new(Arc::new(lines_of(entries, &Lines::default()))),
            whole: RwSignal::new(true),
            waits: RwSignal::new(None),
            drafts: RwSignal::new(drafts),
            sending: RwSignal::new(Sending::default()),
            readiness: RwSignal::new(Readiness::default()),
            clock: RwSignal::new(now),
            trouble: RwSignal::new(None),
            unreadable: RwSignal::new(Vec::new()),
            loss: RwSignal::new(None),
            gone: RwSignal::new(false),
            toast: RwSignal::new(None),
            toasts: StoredValue::new(0),
            journal: StoredValue::new(None),
            added_to: StoredValue::new(None),
            update_waits: RwSignal::new(false),
            install: RwSignal::new(None),
            install_later: RwSignal::new(false),
            form_is_open: RwSignal::new(false),
            standing: RwSignal::new(None),
            build: StoredValue::new(build),
        })))
    }

    /// Shows a trouble, or that there is none any more. What a newer version has taken over stays so until the page is
    /// loaded again, whatever was still under way and went well.
    pub fn tell(self, trouble: Option<Trouble>) {
        if self.trouble.get_untracked() != Some(Trouble::Newer) {
            self.trouble.set(trouble);
        }
    }

    /// Shows what a store holds now, after another tab has written in it.
    pub fn refresh(self, entries: Vec<Entry>, drafts: Vec<FormDraft>) {
        let lines = self.lines.with_untracked(|before| lines_of(entries, before));
        self.lines.set(Arc::new(lines));
        self.drafts.set(drafts);
    }

    /// The lease is over: from now on nothing from before this evening is shown, nor from before a later one.
    pub fn wait_from(self, evening: NaiveDate) {
        if self.waits.get_untracked() < Some(evening) {
            self.waits.set(Some(evening));
        }
    }

    /// Whether what belongs to an evening may be read now.
    pub fn may_read(self, evening: NaiveDate) -> bool {
        self.waits.get().is_none_or(|first| evening >= first)
    }

    /// The same of what one would read there: a statement tells of its whole month.
    fn may_tell(self, evening: NaiveDate, draft: Option<&Draft>) -> bool {
        self.may_read(evening) && (self.waits.get().is_none() || !matches!(draft, Some(Draft::Statement(_))))
    }

    /// Whether a draft may be read and gone on with now: it, and the record that it changes.
    pub fn may_resume(self, form: &FormDraft) -> bool {
        // The lines are asked only where it matters: whoever shows drafts is not drawn anew by each save.
        self.waits.get().is_none()
            || (self.may_tell(evening_of(form.touched_at), Some(&form.draft))
                && self.lines.with(|lines| lines.get(form.id).is_none_or(|line| self.may_open(line))))
    }

    /// Whether a record may be opened now. A presence that goes on past the hour at which an evening ends is still this
    /// one's.
    pub fn may_open(self, line: &Line) -> bool {
        let goes_on = |it: &PresenceDraft| it.ended_at.is_none() && !it.is_forgotten(self.clock.get());
        self.may_tell(line.day(), line.draft.as_ref()) || line.presence().is_some_and(goes_on)
    }

    /// The latest of the drafts of new records that may be gone on with, and that `wanted` finds something in.
    pub fn unfinished<T>(self, wanted: impl Fn(&FormDraft) -> Option<T>) -> Option<T> {
        untrack(|| {
            self.drafts.with(|drafts| {
                let mut mine = drafts.iter().rev().filter(|form| form.is_new && self.may_resume(form));
                mine.find_map(wanted)
            })
        })
    }

    /// Adds the entries that were not read at first, the oldest first; what is there already is newer.
    pub fn complete(self, older: Vec<Arc<Line>>) {
        self.lines.update(|lines| {
            let mut all = Lines::default();
            older.into_iter().chain(lines.values().cloned()).for_each(|line| all.insert(line));
            *lines = Arc::new(all);
        });
        self.whole.set(true);
    }

    /// Puts entries that changed where the screens see them.
    pub fn show(self, changed: &[Entry], forgotten: &[RecordId]) {
        if changed.is_empty() && forgotten.is_empty() {
            return;
        }
        self.lines.update(|lines| {
            let lines = Arc::make_mut(lines);
            for id in forgotten {
                lines.remove(*id);
            }
            for entry in changed {
                lines.insert(Line::shared(entry.clone()));
            }
        });
    }
}

/// The lines of entries; those that have not changed are not read again.
fn lines_of(entries: Vec<Entry>, before: &Lines) -> Lines {
    let mut lines = Lines::default();
    for entry in entries {
        let same = before.get(entry.id).filter(|line| line.entry == entry).cloned();
        lines.insert(same.unwrap_or_else(|| Line::shared(entry)));
    }
    lines
}

impl Carnet {
    /// The notebook of a page.
    pub fn new(shown: Shown, port: Port) -> Self {
        Self(Box::leak(Box::new(Whole { shown, port })))
    }

    /// The notebook of the context.
    pub fn open() -> Self {
        expect_context()
    }

    /// The evening that is going on.
    pub fn this_evening(self) -> NaiveDate {
        evening_of(self.clock.get())
    }

    /// A line, while it is there.
    pub fn line(self, id: RecordId) -> Option<Arc<Line>> {
        self.lines.with(|lines| lines.get(id).cloned())
    }

    /// Does something on the phone; a trouble is shown, and `then` runs when there is none.
    pub fn act<T: 'static>(self, work: Local<Result<T, Trouble>>, then: impl FnOnce(T) + 'static) {
        self.attempt(work, move |done| {
            if let Some(done) = done {
                then(done);
            }
        });
    }

    /// Does something on the phone; a trouble is shown, and `then` is told of either end.
    pub fn attempt<T: 'static>(self, work: Local<Result<T, Trouble>>, then: impl FnOnce(Option<T>) + 'static) {
        self.attempt_boxed(work, Box::new(then));
    }

    /// Boxed, so that the wasm holds it once for each kind of result and not once for each caller.
    fn attempt_boxed<T: 'static>(self, work: Local<Result<T, Trouble>>, then: Box<dyn FnOnce(Option<T>)>) {
        let shown = self.shown;
        spawn_local(async move {
            let done = work.await;
            shown.tell(done.as_ref().err().copied());
            then(done.ok());
        });
    }

    /// Says what was done, with the way back. It goes after a while: what was saved can be changed and deleted later too.
    pub fn say(self, text: impl Into<String>, undo: Option<Callback<()>>) {
        self.show_toast(text.into(), undo, false);
    }

    /// Says what was deleted; the way back stays until one goes elsewhere.
    pub fn say_deleted(self, text: &str, undo: Callback<()>) {
        self.show_toast(text.to_owned(), Some(undo), true);
    }

    /// Says that something was taken back, once it is.
    pub fn say_undone(self) {
        self.say("C’est annulé.", None);
    }

    fn show_toast(self, text: String, undo: Option<Callback<()>>, stays: bool) {
        // Never the same again: the time of one that is gone must not end another.
        let number = self.toasts.get_value() + 1;
        self.toasts.set_value(number);
        self.toast.set(Some(Toast { text, undo, stays, number }));
        // What was done took away what was tapped.
        keep_focus();
    }

    /// Saves a record.
    pub fn save(self, save: Save) -> Local<Result<RecordId, Trouble>> {
        self.port.with_value(|port| port.save(save))
    }

    /// Saves a record by a tap that is no form's, on top of the body that was seen.
    pub fn set(self, id: RecordId, draft: Draft, seen: Option<String>) -> Local<Result<RecordId, Trouble>> {
        self.save(Save { id, draft, seen, by: SavedBy::Tap })
    }

    /// Takes back what was just saved, and keeps it as a draft: it was typed once, and may have been saved too early only.
    pub fn give_back(self, line: Arc<Line>, draft: Draft) {
        let (id, touched_at) = self.port.with_value(|port| (port.fresh_record(), port.now()));
        let form = FormDraft { id, draft, schema: SCHEMA, is_new: true, open: false, seen: None, touched_at };
        // First the draft: whatever happens in between, it is there once at least.
        let work = self.port.with_value(|port| port.keep_draft(form));
        self.act(work, move |()| self.remove(&line, None, move |_| self.say("Remis en brouillon.", None)));
    }

    /// Withdraws a record, and offers to bring it back.
    pub fn withdraw(self, line: &Line, reason: Option<WithdrawalReason>) {
        let carnet = self;
        let entry = line.entry.clone();
        self.remove(line, reason, move |children| {
            let undo = Callback::new(move |()| {
                let work = carnet.port.with_value(|port| port.bring_back(entry.clone()));
                let children = children.clone();
                carnet.act(work, move |id| {
                    carnet.attach(&children, Some(id));
                    carnet.say_undone();
                });
            });
            carnet.say_deleted("Saisie supprimée.", undo);
        });
    }

    /// Withdraws a record. A presence lets go of its interventions, which stay, in another presence where one holds them;
    /// `then` is given them as they are now.
    pub fn remove(
        self,
        line: &Line,
        reason: Option<WithdrawalReason>,
        then: impl FnOnce(Vec<(RecordId, InterventionDraft)>) + 'static,
    ) {
        let carnet = self;
        let id = line.entry.id;
        let children = if line.presence().is_some() { self.interventions_of(id) } else { Vec::new() };
        let work = self.port.with_value(|port| port.withdraw(id, reason));
        self.act(work, move |()| {
            let let_go = children.into_iter().map(|(child, it)| {
                let alone = InterventionDraft { presence: None, ..it.clone() };
                let other = carnet.presence_of(&alone).filter(|other| *other != id);
                carnet.attach(&[(child, it)], other);
                (child, InterventionDraft { presence: other, ..alone })
            });
            then(let_go.collect());
        });
    }
}
