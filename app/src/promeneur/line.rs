//! An entry as the screens read it.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Map, Value};

use crate::{
    domain::{
        intervention::InterventionDraft,
        period::Period,
        presence::PresenceDraft,
        record::{Body, Draft, SCHEMA},
        time::evening_of,
    },
    sync::outbox::{Entry, EntryState},
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

    /// Reads an entry for several screens.
    pub fn shared(entry: Entry) -> Arc<Self> {
        Arc::new(Self::of(entry))
    }

    /// The evening under which the journal shows it. A presence begun after midnight belongs to the evening before, like
    /// what was noted in it; a statement stands at the end of its month, or where it was handed over before that.
    pub fn day(&self) -> NaiveDate {
        let changed_on = self.entry.changed_at.date_naive();
        let own = match &self.draft {
            Some(Draft::Statement(it)) => it.month.map(|month| Period::month_of(month).last().min(changed_on)),
            Some(Draft::Presence(presence)) => presence.started_at.map(evening_of),
            draft => draft.as_ref().and_then(Draft::day),
        };
        own.unwrap_or(changed_on)
    }

    /// The earlier one of `others`, all of its evening, that says the very same within a few minutes: one tap too many,
    /// perhaps.
    pub fn twin<'a>(&self, others: &'a [Arc<Self>]) -> Option<&'a Arc<Self>> {
        let apart = |other: &Self| match (self.moment(), other.moment()) {
            (Some(mine), Some(theirs)) => mine - theirs,
            _ => TimeDelta::milliseconds(self.entry.id.made_at_ms() - other.entry.id.made_at_ms()),
        };
        let mine = self.draft.as_ref()?;
        others.iter().filter(|other| other.entry.id < self.entry.id).find(|other| {
            apart(other).abs() <= TWIN && other.draft.as_ref().is_some_and(|theirs| timeless(mine) == timeless(theirs))
        })
    }

    fn moment(&self) -> Option<NaiveDateTime> {
        self.intervention().and_then(InterventionDraft::moment)
    }

    /// Whether it is still to be seen: what is withdrawn is not, unless the person has to decide about it.
    pub fn is_shown(&self) -> bool {
        !self.entry.deleted || self.entry.state == EntryState::Conflict
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

/// Two that say the same within this time may be one.
const TWIN: TimeDelta = TimeDelta::minutes(3);

/// What a record says, whenever it was.
fn timeless(draft: &Draft) -> Map<String, Value> {
    let mut object = draft.to_object();
    object.remove("started_at");
    object.remove("presence");
    object
}
