//! The kinds of record that a phone makes (`domain.md` B0, and the monthly statement of A3), and their body on the wire.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::{
    account_snapshot::{AccountSnapshot, AccountSnapshotDraft},
    fault::{Fault, FaultCode},
    fields::{self, Fields},
    intervention::{Intervention, InterventionDraft},
    json::{self, Malformed, object},
    meeting::{Meeting, MeetingDraft},
    presence::{Presence, PresenceDraft},
    project::{Project, ProjectDraft},
    statement::{Statement, StatementDraft},
};

/// The schema number that this release writes.
pub const SCHEMA: u32 = 1;
/// Longest note, in characters (`domain.md` B13).
pub const NOTE_LENGTH: usize = 280;
/// Largest body of one record, in bytes. A record is a few hundred; what is larger is not one.
pub const BODY_BYTES: usize = 16 * 1024;

/// A record as it is typed, stored and sent: complete or not.
#[derive(Clone, Debug, PartialEq)]
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
    /// Monthly statement.
    Statement(StatementDraft),
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
    /// Monthly statement.
    Statement(Statement),
}

/// The body of a record on the wire and in the stores: its draft and the number of the schema it was written with.
#[derive(Clone, Debug, PartialEq)]
pub struct Body {
    /// Schema number of the release that wrote it.
    pub schema: u32,
    /// The record itself, with `kind`.
    pub draft: Draft,
}

impl Body {
    /// The body that this release writes for a draft.
    pub fn new(draft: Draft) -> Self {
        Self { schema: SCHEMA, draft }
    }

    /// Its text. The text is what is hashed, stored and sent; it is never written twice from the same value.
    pub fn to_json(&self) -> String {
        let mut object = self.draft.to_object();
        object.insert("schema".to_owned(), self.schema.into());
        json::text(object)
    }

    /// A body from its text.
    pub fn from_json(text: &str) -> Result<Self, Vec<Fault>> {
        let malformed = || vec![Fault { field: "body".to_owned(), code: FaultCode::MalformedBody.into() }];
        let mut object = object(text).map_err(|_| malformed())?;
        let schema = object.remove("schema").and_then(|schema| u32::try_from(schema.as_u64()?).ok());
        let draft = Draft::from_object(object).map_err(|_| malformed())?;
        Ok(Self { schema: schema.ok_or_else(malformed)?, draft })
    }

    /// The record, or what is wrong with it. Codes that this release does not know are refused in bodies of its own
    /// schema or an older one, and carried in those of a newer one.
    pub fn parse(&self, today: NaiveDate) -> Result<Record, Vec<Fault>> {
        self.draft.parse(today, self.schema <= SCHEMA)
    }
}

impl Draft {
    /// A draft from its object, `kind` included. Fields that this release does not know are kept.
    pub fn from_object(mut object: Map<String, Value>) -> Result<Self, Malformed> {
        let kind = object.remove("kind");
        let mut draft = match kind.as_ref().and_then(Value::as_str) {
            Some("presence") => Self::Presence(PresenceDraft::default()),
            Some("intervention") => Self::Intervention(Box::default()),
            Some("meeting") => Self::Meeting(MeetingDraft::default()),
            Some("project") => Self::Project(ProjectDraft::default()),
            Some("account_snapshot") => Self::AccountSnapshot(AccountSnapshotDraft::default()),
            Some("statement") => Self::Statement(StatementDraft::default()),
            _ => return Err(Malformed),
        };
        fields::read(draft.fields_mut(), object)?;
        Ok(draft)
    }

    /// Its object, `kind` included.
    pub fn to_object(&self) -> Map<String, Value> {
        let mut object = fields::write(self.fields());
        object.insert("kind".to_owned(), self.kind().into());
        object
    }

    fn fields(&self) -> &dyn Fields {
        match self {
            Self::Presence(draft) => draft,
            Self::Intervention(draft) => &**draft,
            Self::Meeting(draft) => draft,
            Self::Project(draft) => draft,
            Self::AccountSnapshot(draft) => draft,
            Self::Statement(draft) => draft,
        }
    }

    fn fields_mut(&mut self) -> &mut dyn Fields {
        match self {
            Self::Presence(draft) => draft,
            Self::Intervention(draft) => &mut **draft,
            Self::Meeting(draft) => draft,
            Self::Project(draft) => draft,
            Self::AccountSnapshot(draft) => draft,
            Self::Statement(draft) => draft,
        }
    }

    /// The record, or what is wrong with it.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<Record, Vec<Fault>> {
        match self {
            Self::Presence(draft) => draft.parse(today, strict).map(Record::Presence),
            Self::Intervention(draft) => draft.parse(today, strict).map(Record::Intervention),
            Self::Meeting(draft) => draft.parse(today, strict).map(Record::Meeting),
            Self::Project(draft) => draft.parse(today, strict).map(Record::Project),
            Self::AccountSnapshot(draft) => draft.parse(today, strict).map(Record::AccountSnapshot),
            Self::Statement(draft) => draft.parse(today).map(Record::Statement),
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
            Self::Statement(_) => "statement",
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
            // Of a month, and of no day.
            Self::Statement(_) => None,
        }
    }
}

impl Serialize for Draft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_object().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Draft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = Map::deserialize(deserializer)?;
        Self::from_object(object).map_err(serde::de::Error::custom)
    }
}
