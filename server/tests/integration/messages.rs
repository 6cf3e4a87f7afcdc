//! Messages and operations as a test writes them, and what is read in the answers.

use app::{
    domain::{
        ids::{DeviceId, OpId, RecordId},
        intervention::InterventionDraft,
        meeting::MeetingDraft,
        people::AgeBands,
        person::Me,
        record::{Body as RecordBody, Draft, SCHEMA},
        taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Network, Setting, Theme},
    },
    sync::{
        hash::BodyHash,
        messages::{Heartbeat, Op, OpKind, PROTO, Verdict},
    },
};
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::value::RawValue;
use server::clock::{self, fresh_id};

/// A message as the server functions take it.
pub fn message(req: impl Serialize) -> String {
    #[derive(Serialize)]
    struct Message<T> {
        req: T,
    }
    serde_json::to_string(&Message { req }).expect("JSON")
}

pub fn raw(op: &Op) -> Box<RawValue> {
    serde_json::value::to_raw_value(op).expect("JSON")
}

/// Somebody who is signed in, on one phone.
#[derive(Clone)]
pub struct Person {
    pub me: Me,
    pub cookie: String,
    pub device: DeviceId,
}

impl Person {
    pub fn heartbeat(&self) -> Heartbeat {
        let now = clock::now().fixed_offset();
        let (build, user) = ("test".to_owned(), self.me.account);
        Heartbeat {
            proto: PROTO,
            build,
            schema: SCHEMA,
            device: self.device,
            user,
            now,
            pending: 0,
            oldest: None,
            stalls: 0,
        }
    }
}

/// An operation that writes `text`.
pub fn upsert(record: RecordId, base: Option<i64>, text: &str) -> Op {
    Op {
        op: OpId(fresh_id()),
        seq: 1,
        kind: OpKind::Upsert,
        record,
        base,
        after: None,
        schema: SCHEMA,
        at: "2026-11-20T21:14:05.123+01:00".parse().expect("a time"),
        hash: BodyHash::of(text),
        body: Some(RawValue::from_string(text.to_owned()).expect("JSON")),
        reason: None,
        refill: false,
    }
}

/// An operation that withdraws.
pub fn delete(record: RecordId, base: Option<i64>) -> Op {
    Op { kind: OpKind::Delete, body: None, hash: BodyHash::of(""), ..upsert(record, base, "{}") }
}

pub fn fresh_record() -> RecordId {
    RecordId(fresh_id())
}

/// A meeting with `young` young people.
pub fn meeting(young: i64) -> String {
    let day = NaiveDate::from_ymd_opt(2026, 11, 19);
    let draft = MeetingDraft { occurred_on: day, young_count: Some(young), ..MeetingDraft::default() };
    RecordBody::new(Draft::Meeting(draft)).to_json()
}

/// An exchange with young people in March 2025.
pub fn exchange(young: i64, ages: Option<AgeBands>) -> String {
    let draft = InterventionDraft {
        occurred_on: NaiveDate::from_ymd_opt(2025, 3, 4),
        kind: Some(InterventionType::Listen.into()),
        network: Some(Network::Discord.into()),
        channel: Some(ChannelKind::PrivateMessage.into()),
        setting: Some(Setting::Individual.into()),
        initiator: Some(Initiator::YoungPerson.into()),
        themes: vec![Theme::Health.into()],
        audience: Some(Audience::Young.into()),
        young_count: Some(young),
        first_this_year_count: Some(0),
        age_bands: ages,
        ..InterventionDraft::default()
    };
    RecordBody::new(Draft::Intervention(Box::new(draft))).to_json()
}

/// Three such exchanges whose ages were noted: few young people, some, and many.
pub fn exchanges_of_all_ages() -> [String; 3] {
    let of = |young, ages| exchange(young, Some(ages));
    [
        of(2, AgeBands { from_12_to_14: 2, ..AgeBands::default() }),
        of(9, AgeBands { from_15_to_17: 9, ..AgeBands::default() }),
        of(30, AgeBands { from_18_to_25: 30, ..AgeBands::default() }),
    ]
}

/// The version of an acknowledgement.
pub fn version(verdict: &Verdict) -> i64 {
    match verdict {
        Verdict::Applied { version, .. } | Verdict::Duplicate { version, .. } => *version,
        other => panic!("not acknowledged: {other:?}"),
    }
}

/// Status, code and field of a line.
pub fn line(verdict: &Verdict) -> (&'static str, String, String) {
    match verdict {
        Verdict::Applied { .. } => ("applied", String::new(), String::new()),
        Verdict::Duplicate { .. } => ("duplicate", String::new(), String::new()),
        Verdict::Conflict { .. } => ("conflict", String::new(), String::new()),
        Verdict::Rejected { code, field, .. } => {
            ("rejected", code.code().to_owned(), field.clone().unwrap_or_default())
        }
        Verdict::Deferred { code } => ("deferred", code.code().to_owned(), String::new()),
        Verdict::Unknown => ("unknown", String::new(), String::new()),
    }
}

/// The status of each line.
pub fn statuses(verdicts: &[Verdict]) -> Vec<&'static str> {
    verdicts.iter().map(|verdict| line(verdict).0).collect()
}
