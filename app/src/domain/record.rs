//! The five kinds of record that a phone makes (`domain.md` B0), and their body on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    account_snapshot::{AccountSnapshot, AccountSnapshotDraft},
    fault::{Fault, FaultCode},
    intervention::{Intervention, InterventionDraft},
    meeting::{Meeting, MeetingDraft},
    presence::{Presence, PresenceDraft},
    project::{Project, ProjectDraft},
};

/// The schema number that this release writes.
pub const SCHEMA: u32 = 1;
/// Longest note, in characters (`domain.md` B13).
pub const NOTE_LENGTH: usize = 280;
/// Largest body of one record, in bytes. A record is a few hundred; what is larger is not one.
pub const BODY_BYTES: usize = 16 * 1024;

/// A record as it is typed, stored and sent: complete or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Draft {
    /// Time of presence online.
    Presence(PresenceDraft),
    /// One act.
    Intervention(Box<InterventionDraft>),
    /// Meeting face to face.
    Meeting(MeetingDraft),
    /// Project or pathway.
    Project(ProjectDraft),
    /// Followers of an account.
    AccountSnapshot(AccountSnapshotDraft),
}

/// A record that keeps its invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Time of presence online.
    Presence(Presence),
    /// One act.
    Intervention(Intervention),
    /// Meeting face to face.
    Meeting(Meeting),
    /// Project or pathway.
    Project(Project),
    /// Followers of an account.
    AccountSnapshot(AccountSnapshot),
}

/// The body of a record on the wire and in the stores: its draft and the number of the schema it was written with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Body {
    /// Schema number of the release that wrote it.
    pub schema: u32,
    /// The record itself, with `kind`.
    #[serde(flatten)]
    pub draft: Draft,
}

impl Body {
    /// The body that this release writes for a draft.
    pub fn new(draft: Draft) -> Self {
        Self { schema: SCHEMA, draft }
    }

    /// Its text. The text is what is hashed, stored and sent; it is never written twice from the same value.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A body from its text.
    pub fn from_json(text: &str) -> Result<Self, Vec<Fault>> {
        serde_json::from_str(text)
            .map_err(|_| vec![Fault { field: "body".to_owned(), code: FaultCode::MalformedBody.into() }])
    }

    /// The record, or what is wrong with it. Codes that this release does not know are refused in bodies of its own
    /// schema or an older one, and carried in those of a newer one.
    pub fn parse(&self, today: NaiveDate) -> Result<Record, Vec<Fault>> {
        self.draft.parse(today, self.schema <= SCHEMA)
    }
}

impl Draft {
    /// The record, or what is wrong with it.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Record, Vec<Fault>> {
        match self {
            Self::Presence(draft) => draft.parse(today, strict).map(Record::Presence),
            Self::Intervention(draft) => draft.parse(today, strict).map(Record::Intervention),
            Self::Meeting(draft) => draft.parse(today, strict).map(Record::Meeting),
            Self::Project(draft) => draft.parse(today, strict).map(Record::Project),
            Self::AccountSnapshot(draft) => draft.parse(today, strict).map(Record::AccountSnapshot),
        }
    }

    /// The wire's name of its kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Presence(_) => "presence",
            Self::Intervention(_) => "intervention",
            Self::Meeting(_) => "meeting",
            Self::Project(_) => "project",
            Self::AccountSnapshot(_) => "account_snapshot",
        }
    }

    /// The day under which the journal shows it, when it has one yet.
    pub fn day(&self) -> Option<NaiveDate> {
        match self {
            Self::Presence(draft) => draft.started_at.map(|at| at.date()),
            Self::Intervention(draft) => draft.occurred_on,
            Self::Meeting(draft) => draft.occurred_on,
            Self::Project(draft) => draft.initiated_on,
            Self::AccountSnapshot(draft) => draft.as_of,
        }
    }
}
