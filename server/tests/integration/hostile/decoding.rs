//! The decoding of both messages in memory, for many more cases than a database sees: no panic, and each answer is one
//! that a phone can read.

use std::collections::HashMap;

use app::{
    domain::ids::{PromeneurId, RecordId},
    sync::{
        ledger::{Known, decide, read_ops},
        messages::{OpResult, PullRequest, PushRequest, Verdict},
    },
};
use proptest::{collection::vec, prelude::*};
use serde::Deserialize;
use server::clock::fresh_id;

use super::twist::{Twist, bend, bodies, push_of, twists};
use crate::messages::{Person, message};

/// The argument of a server function, as its decoder reads it.
#[derive(Deserialize)]
struct Call<T> {
    req: T,
}

pub fn somebody() -> Person {
    let me = serde_json::json!({
        "account": fresh_id(), "scheme": fresh_id(), "scheme_name": "Essai", "demo": false, "name": "Anne",
        "role": "promeneur", "promeneur": fresh_id(), "structure_name": null,
    });
    let me = serde_json::from_value(me).expect("a person");
    Person { me, cookie: String::new(), device: app::domain::ids::DeviceId(fresh_id()) }
}

/// Decides whatever could be read, twice, as the server does; each answer reads as it was written.
fn answer(bytes: &[u8]) -> usize {
    let Ok(call) = serde_json::from_slice::<Call<PushRequest>>(bytes) else { return 0 };
    let (author, today) = (PromeneurId(fresh_id()), "2026-11-24".parse().expect("a day"));
    let mut known = Known { ops: HashMap::new(), records: HashMap::<RecordId, _>::new(), ..Known::default() };
    for _ in 0..2 {
        for read in read_ops(&call.req.ops) {
            let result = match read {
                Ok(op) => {
                    let decision = decide(author, op, &mut known, today);
                    OpResult { op: Some(decision.op.op), verdict: decision.verdict }
                }
                Err(refused) => refused,
            };
            let text = serde_json::to_string(&result).expect("JSON");
            let heard: OpResult = serde_json::from_str(&text).expect("readable");
            assert_eq!(serde_json::to_string(&heard).expect("JSON"), text);
            assert!(!matches!(heard.verdict, Verdict::Unknown));
        }
    }
    call.req.ops.len()
}

fn bent() -> impl Strategy<Value = (usize, bool, Vec<Twist>)> {
    (0..bodies().len(), any::<bool>(), twists())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_bent_push_is_decided_or_not_read((which, inside, twists) in bent()) {
        let (who, body) = (somebody(), &bodies()[which]);
        let bytes = if inside {
            push_of(&who, &String::from_utf8_lossy(&bend(body, &twists))).into_bytes()
        } else {
            bend(&push_of(&who, body), &twists)
        };
        answer(&bytes);
    }

    #[test]
    fn a_bent_pull_is_read_or_not(twists in twists(), cursor in "\\PC{0,60}") {
        let request = PullRequest { heartbeat: somebody().heartbeat(), cursor: Some(cursor), limit: 500 };
        if let Ok(call) = serde_json::from_slice::<Call<PullRequest>>(&bend(&message(request), &twists)) {
            let _ = call.req.cursor.map(|text| text.parse::<app::sync::messages::Cursor>());
        }
    }

    #[test]
    fn bytes_are_read_or_not(bytes in vec(any::<u8>(), 0..300)) {
        answer(&bytes);
        let _ = serde_json::from_slice::<Call<PullRequest>>(&bytes);
    }
}

/// The cases above reach what they are meant for.
#[test]
fn an_unbent_push_is_decided() {
    for body in bodies() {
        assert_eq!(answer(push_of(&somebody(), &body).as_bytes()), 1);
    }
}
