//! What the office adds and takes away, operation by operation, is what its records count for in the end.

use std::collections::BTreeMap;

use app::{
    domain::{
        ids::{OpId, PromeneurId, RecordId},
        measure::{Contribution, contributions},
        record::{Body, Draft, SCHEMA},
    },
    sync::{
        hash::BodyHash,
        ledger::{Known, decide},
        messages::{Op, OpKind},
    },
};
use proptest::{collection::vec, prelude::*};
use serde_json::value::RawValue;

use crate::{
    drafts::countable,
    ids::{TODAY, id},
};

type Sums = BTreeMap<String, i64>;

fn count(sums: &mut Sums, contributions: &[Contribution], sign: i64) {
    for contribution in contributions {
        let (key, value) = match contribution {
            Contribution::Sum { day, measure, key, value } => (format!("{day} {measure:?} {key}"), *value),
            Contribution::Presence { day, on_day, slot, minutes } => (format!("{day} {on_day} {slot:?}"), *minutes),
        };
        *sums.entry(key).or_default() += sign * value;
    }
}

proptest! {
    #[test]
    fn deltas_add_up_to_the_final_records(acts in vec((0..5_usize, prop::option::weighted(0.8, countable())), 0..40)) {
        let mut known = Known::default();
        let mut written: BTreeMap<usize, Draft> = BTreeMap::new();
        let mut sums = Sums::new();
        for (number, (which, draft)) in acts.into_iter().enumerate() {
            let record = RecordId(id(100 + which as u64));
            let text = draft.as_ref().map(|draft| Body::new(draft.clone()).to_json());
            let op = Op {
                op: OpId(id(1000 + number as u64)),
                seq: number as u64,
                kind: if text.is_some() { OpKind::Upsert } else { OpKind::Delete },
                record,
                base: known.records.get(&record).map(|current| current.version),
                after: None,
                schema: SCHEMA,
                at: "2026-11-23T21:00:00+01:00".parse().expect("a time"),
                hash: BodyHash::of(text.as_deref().unwrap_or_default()),
                body: text.map(|text| RawValue::from_string(text).expect("JSON")),
                reason: None,
                refill: false,
            };
            if let Some(write) = decide(PromeneurId(id(1)), op, &mut known, TODAY).write {
                count(&mut sums, &write.removed, -1);
                count(&mut sums, &write.added, 1);
                match draft {
                    Some(draft) => written.insert(which, draft),
                    None => written.remove(&which),
                };
            }
        }
        let mut expected = Sums::new();
        for draft in written.values() {
            count(&mut expected, &contributions(&draft.parse(TODAY, true).expect("accepted")), 1);
        }
        sums.retain(|_, value| *value != 0);
        expected.retain(|_, value| *value != 0);
        prop_assert_eq!(sums, expected);
    }
}
