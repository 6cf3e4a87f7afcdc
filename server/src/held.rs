//! What can be read of an operation that was handed over, however damaged it is.

use app::{
    domain::{
        ids::{OpId, RecordId},
        record::Body,
    },
    sync::{
        ledger::read_ops,
        messages::{Op, OpKind},
    },
};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

/// The parts that could be read.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Its id.
    pub op: Option<OpId>,
    /// The record.
    pub record: Option<RecordId>,
    /// The phone's counter, or 0.
    pub seq: i64,
    /// Whether it withdraws the record.
    pub withdraws: bool,
    /// The body's text.
    pub body: Option<String>,
    /// All of it, when the ledger could take it.
    pub whole: Option<Op>,
}

/// An operation in which nothing is certain.
#[derive(Deserialize)]
struct Loose {
    #[serde(default)]
    op: Value,
    #[serde(default, rename = "entry")]
    record: Value,
    #[serde(default)]
    seq: Value,
    #[serde(default)]
    kind: Value,
    #[serde(default)]
    body: Option<Box<RawValue>>,
}

impl Parts {
    /// Reads a text.
    pub fn of(text: &str) -> Self {
        let Ok(raw) = serde_json::from_str::<Box<RawValue>>(text) else { return Self::default() };
        let Ok(loose) = serde_json::from_str::<Loose>(text) else { return Self::default() };
        let whole = read_ops(&[raw]).pop().and_then(Result::ok);
        Self {
            op: loose.op.as_str().and_then(|text| text.parse().ok()),
            record: loose.record.as_str().and_then(|text| text.parse().ok()),
            seq: loose.seq.as_i64().unwrap_or(0),
            withdraws: whole.as_ref().map_or(loose.kind == "delete", |op| op.kind == OpKind::Delete),
            body: loose.body.map(|body| body.get().to_owned()).filter(|body| body != "null"),
            whole,
        }
    }

    /// The record's body, when this release can read it.
    pub fn read(&self) -> Option<Body> {
        Body::from_json(self.body.as_deref()?).ok()
    }
}

/// Whether two texts are one operation: the same words, or the same act on the same record with the same body.
pub fn means_the_same(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    match (Parts::of(one).whole, Parts::of(other).whole) {
        (Some(one), Some(other)) => {
            (one.op, one.record, one.kind, one.hash) == (other.op, other.record, other.kind, other.hash)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890000-0000-7000-8000-000000000001";

    #[test]
    fn what_can_be_read_is_read() {
        for hopeless in ["", "{", "[]", "1", "\"a\"", "null"] {
            let parts = Parts::of(hopeless);
            assert!(parts.op.is_none() && parts.body.is_none() && parts.whole.is_none(), "{hopeless}");
        }
        let parts = Parts::of(&format!(r#"{{"op":"{ID}","entry":"{ID}","seq":"a","body":{{"a": 1}}}}"#));
        assert_eq!((parts.op.is_some(), parts.record.is_some(), parts.seq), (true, true, 0));
        assert_eq!(parts.body.as_deref(), Some(r#"{"a": 1}"#), "the very text");
        assert!(parts.whole.is_none() && parts.read().is_none());
        let parts = Parts::of(&format!(r#"{{"op":7,"entry":"{ID}","kind":"delete","body":null}}"#));
        assert!(parts.op.is_none() && parts.withdraws && parts.body.is_none());
    }

    #[test]
    fn one_operation_may_be_written_in_two_ways() {
        let op = |rest: &str| {
            let hash = app::sync::hash::BodyHash::of("{}");
            format!(
                r#"{{"op":"{ID}","seq":1,"kind":"upsert","entry":"{ID}","schema":1,"at":"2026-11-20T21:14:05Z","body":{{}},"hash":"{hash}"{rest}}}"#
            )
        };
        assert!(means_the_same(&op(""), &op("")));
        assert!(means_the_same(&op(""), &op(r#","later":1"#)));
        assert!(!means_the_same(&op(""), "{"));
        assert!(!means_the_same(&op(""), &op("").replace("upsert", "delete")));
    }
}
