//! The open notebook: what the phone holds, as signals that the screens read.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use leptos::{prelude::*, task::spawn_local};

use super::port::{FormDraft, Local, Port, Trouble};
use crate::{
    domain::{
        ids::RecordId,
        intervention::InterventionDraft,
        person::Me,
        presence::PresenceDraft,
        record::{Body, Draft, SCHEMA},
        time::evening_of,
    },
    sync::{engine::WireFault, outbox::Entry},
};

/// An entry with its body read once.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The entry as the store holds it.
    pub entry: Entry,
    /// Its body; none when a newer release wrote something that this one cannot read.
    pub draft: Option<Draft>,
    /// Whether a newer release wrote it: then it is shown and not changed here.
    pub newer: bool,
}

impl Line {
    /// Reads an entry.
    pub fn of(entry: Entry) -> Self {
        let body = Body::from_json(&entry.body).ok();
        let newer = body.as_ref().is_none_or(|body| body.schema > SCHEMA);
        Self { entry, draft: body.map(|body| body.draft), newer }
    }

    /// The day under which the journal shows it.
    pub fn day(&self) -> NaiveDate {
        let own = self.draft.as_ref().and_then(Draft::day);
        own.unwrap_or_else(|| self.entry.changed_at.date_naive())
    }

    /// The intervention, if it is one.
    pub fn intervention(&self) -> Option<&InterventionDraft> {
        match &self.draft {
            Some(Draft::Intervention(draft)) => Some(draft),
            _ => None,
        }
    }

    /// The presence, if it is one.
    pub fn presence(&self) -> Option<&PresenceDraft> {
        match &self.draft {
            Some(Draft::Presence(draft)) => Some(draft),
            _ => None,
        }
    }
}

/// How sending stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sending {
    /// Records that wait to be sent.
    pub pending: usize,
    /// Records that wait to be withdrawn.
    pub withdrawals: usize,
    /// When the server last acknowledged something.
    pub last_ack_at: Option<DateTime<Utc>>,
    /// When the server's changes were last all received.
    pub last_pull_at: Option<DateTime<Utc>>,
    /// Why the last round ended early.
    pub fault: Option<WireFault>,
}

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

/// Something that was just done and can be taken back.
#[derive(Clone)]
pub struct Toast {
    /// What was done.
    pub text: String,
    /// Takes it back.
    pub undo: Option<Callback<()>>,
    /// Counts up, so that each disappears after its own time.
    pub number: u64,
}

/// What the phone holds, as the screens see it.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Whose it is.
    pub me: StoredValue<Me>,
    /// Every entry that the phone holds.
    pub lines: RwSignal<Arc<BTreeMap<RecordId, Arc<Line>>>>,
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
    /// What was just done.
    pub toast: RwSignal<Option<Toast>>,
    /// Whether a new version of the app waits.
    pub update_waits: RwSignal<bool>,
    /// Whether a form is on the screen: nothing may then take the page away.
    pub form_is_open: RwSignal<bool>,
    /// The build of this app.
    pub build: StoredValue<String>,
}

/// The open notebook: what it shows, and the phone that keeps it.
#[derive(Clone, Copy)]
pub struct Carnet {
    /// What it shows.
    pub shown: Shown,
    /// The phone.
    pub port: Port,
}

impl std::ops::Deref for Carnet {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Shown {
    /// What a store holds, before anything has happened.
    pub fn new(me: Me, build: String, entries: Vec<Entry>, drafts: Vec<FormDraft>, now: NaiveDateTime) -> Self {
        let mut lines = BTreeMap::new();
        for entry in entries {
            lines.insert(entry.id, Arc::new(Line::of(entry)));
        }
        Self {
            me: StoredValue::new(me),
            lines: RwSignal::new(Arc::new(lines)),
            drafts: RwSignal::new(drafts),
            sending: RwSignal::new(Sending::default()),
            readiness: RwSignal::new(Readiness::default()),
            clock: RwSignal::new(now),
            trouble: RwSignal::new(None),
            toast: RwSignal::new(None),
            update_waits: RwSignal::new(false),
            form_is_open: RwSignal::new(false),
            build: StoredValue::new(build),
        }
    }

    /// Puts entries that changed where the screens see them.
    pub fn show(&self, changed: &[Entry], forgotten: &[RecordId]) {
        if changed.is_empty() && forgotten.is_empty() {
            return;
        }
        self.lines.update(|lines| {
            let lines = Arc::make_mut(lines);
            for id in forgotten {
                lines.remove(id);
            }
            for entry in changed {
                lines.insert(entry.id, Arc::new(Line::of(entry.clone())));
            }
        });
    }
}

impl Carnet {
    /// The notebook of the context.
    pub fn open() -> Self {
        expect_context()
    }

    /// The evening that is going on.
    pub fn this_evening(&self) -> NaiveDate {
        evening_of(self.clock.get())
    }

    /// A line, while it is there.
    pub fn line(&self, id: RecordId) -> Option<Arc<Line>> {
        self.lines.with(|lines| lines.get(&id).cloned())
    }

    /// The presence that goes on, the latest if there are several.
    pub fn running(&self) -> Option<(RecordId, PresenceDraft)> {
        self.lines.with(|lines| {
            lines
                .iter()
                .rev()
                .filter(|(_, line)| !line.entry.deleted)
                .find_map(|(id, line)| line.presence().filter(|p| p.ended_at.is_none()).map(|p| (*id, p.clone())))
        })
    }

    /// Does something on the phone; a trouble is shown, and `then` runs when there is none.
    pub fn act(&self, work: Local<Result<(), Trouble>>, then: impl FnOnce() + 'static) {
        let trouble = self.trouble;
        spawn_local(async move {
            match work.await {
                Ok(()) => {
                    trouble.set(None);
                    then();
                }
                Err(what) => trouble.set(Some(what)),
            }
        });
    }

    /// Says what was done, with the way back.
    pub fn say(&self, text: impl Into<String>, undo: Option<Callback<()>>) {
        let number = self.toast.with_untracked(|toast| toast.as_ref().map_or(0, |toast| toast.number)) + 1;
        self.toast.set(Some(Toast { text: text.into(), undo, number }));
    }

    /// Saves a record.
    pub fn save(&self, id: RecordId, draft: Draft) -> Local<Result<(), Trouble>> {
        self.port.with_value(|port| port.save(id, draft))
    }

    /// Withdraws a record, and offers to bring it back. A presence lets go of its interventions, which stay.
    pub fn withdraw(&self, line: &Line) {
        let carnet = *self;
        let entry = line.entry.clone();
        let children = match &line.draft {
            Some(Draft::Presence(_)) => self.interventions_of(entry.id),
            _ => Vec::new(),
        };
        let detached = children.clone();
        let work = self.port.with_value(|port| port.withdraw(entry.id));
        self.act(work, move || {
            for (id, draft) in detached {
                let alone = InterventionDraft { presence: None, ..draft };
                carnet.act(carnet.save(id, Draft::Intervention(Box::new(alone))), || {});
            }
            let undo = Callback::new(move |()| {
                let work = carnet.port.with_value(|port| port.bring_back(entry.clone()));
                let children = children.clone();
                carnet.act(work, move || {
                    for (id, draft) in children {
                        carnet.act(carnet.save(id, Draft::Intervention(Box::new(draft))), || {});
                    }
                });
            });
            carnet.say("Saisie supprimée.", Some(undo));
        });
    }

    /// The interventions of a presence.
    pub fn interventions_of(&self, presence: RecordId) -> Vec<(RecordId, InterventionDraft)> {
        self.lines.with_untracked(|lines| {
            lines
                .iter()
                .filter(|(_, line)| !line.entry.deleted)
                .filter_map(|(id, line)| line.intervention().map(|draft| (*id, draft.clone())))
                .filter(|(_, draft)| draft.presence == Some(presence))
                .collect()
        })
    }
}
