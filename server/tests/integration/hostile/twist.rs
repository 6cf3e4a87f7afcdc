//! Valid messages, bent: what an attacker, a broken disk or a broken proxy could make of them.

use std::sync::LazyLock;

use app::{
    domain::record::Body,
    sync::{
        hash::BodyHash,
        messages::{Op, PushRequest},
    },
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::value::RawValue;

use crate::messages::{Person, fresh_record, message, raw, upsert};

/// Stands wherever a person's words could; no log may ever hold it.
pub const SECRET: &str = "motsecret7f3a";

/// One bend of a text.
#[derive(Clone, Debug)]
pub enum Twist {
    /// It ends early.
    Cut(Index),
    /// Bytes that are not there, or not text.
    Insert(Index, Vec<u8>),
    /// One byte is another.
    Byte(Index, u8),
    /// A part of it comes again.
    Again(Index, Index),
    /// A value is another.
    Value(Index, Index),
    /// A key comes twice, with another value.
    Key(Index, Index),
    /// A key and its value are gone.
    Gone(Index),
}

pub fn twists() -> impl Strategy<Value = Vec<Twist>> {
    let twist = prop_oneof![
        1 => any::<Index>().prop_map(Twist::Cut),
        1 => (any::<Index>(), vec(any::<u8>(), 1..6)).prop_map(|(at, bytes)| Twist::Insert(at, bytes)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Twist::Byte(at, byte)),
        1 => (any::<Index>(), any::<Index>()).prop_map(|(at, length)| Twist::Again(at, length)),
        8 => (any::<Index>(), any::<Index>()).prop_map(|(at, value)| Twist::Value(at, value)),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(at, value)| Twist::Key(at, value)),
        2 => any::<Index>().prop_map(Twist::Gone),
    ];
    vec(twist, 1..3)
}

/// Values that some reader or some database has stumbled over.
static VALUES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    let deep_objects = "{\"a\":".repeat(2_000) + "1" + &"}".repeat(2_000);
    let mut values: Vec<String> = [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e999",
        "-1e-999",
        "9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "4294967295",
        "2147483648",
        "99",
        "[]",
        "{}",
        "[null]",
        "\"\"",
        "\"\\u0000\"",
        "\"a\\u0000b\"",
        "\"\\ud800\"",
        "\"\\u202e\"",
        "\"upsert\"",
        "\"delete\"",
        "\"meeting\"",
        "\"9999-12-31T23:59:60+23:59\"",
        "\"-262143-01-01T00:00:00Z\"",
        "\"+262142-12-31T23:59:59Z\"",
        "\"2026-02-30\"",
        "\"9999-12-31\"",
        "\"00000000-0000-0000-0000-000000000000\"",
        "\"ffffffff-ffff-7fff-bfff-ffffffffffff\"",
        "\"sha256:\"",
        "\"'; drop table record; --\"",
        "[\"health\",\"health\"]",
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend([deep(127), deep(128), deep(3_000), deep_objects]);
    values.extend([format!("\"{SECRET}\""), format!("[\"{SECRET}\"]"), format!("\"{}\"", "é".repeat(20_000))]);
    values.push(format!("[{}]", vec!["\"health\""; 5_000].join(",")));
    values
});

/// Where the values of the keys begin and end.
fn values_of_keys(text: &str) -> Vec<(usize, usize)> {
    text.match_indices("\":")
        .filter_map(|(at, _)| {
            let from = at + 2;
            let mut stream = serde_json::Deserializer::from_str(&text[from..]).into_iter::<&RawValue>();
            stream.next()?.ok()?;
            Some((from, from + stream.byte_offset()))
        })
        .collect()
}

/// The text, bent.
pub fn bend(text: &str, twists: &[Twist]) -> Vec<u8> {
    twists.iter().fold(text.as_bytes().to_vec(), bend_once)
}

fn bend_once(mut bytes: Vec<u8>, twist: &Twist) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let length = bytes.len();
    match twist {
        Twist::Cut(at) => bytes.truncate(at.index(length)),
        Twist::Insert(at, more) => {
            let at = at.index(length);
            bytes.splice(at..at, more.iter().copied());
        }
        Twist::Byte(at, byte) => bytes[at.index(length)] = *byte,
        Twist::Again(at, more) => {
            let from = at.index(length);
            let part = bytes[from..from + more.index(length - from)].to_vec();
            bytes.splice(from..from, part);
        }
        Twist::Value(at, _) | Twist::Key(at, _) | Twist::Gone(at) => {
            // Of what is no text any more, nothing is found.
            let Ok(text) = String::from_utf8(bytes.clone()) else { return bytes };
            let places = values_of_keys(&text);
            if places.is_empty() {
                return bytes;
            }
            let (from, until) = places[at.index(places.len())];
            let key = text[..from - 2].rfind('"').unwrap_or(0);
            match twist {
                Twist::Value(_, value) => {
                    bytes.splice(from..until, value.get(&VALUES).bytes());
                }
                Twist::Key(_, value) => {
                    let again = format!(",{}{}", &text[key..from], value.get(&VALUES));
                    bytes.splice(until..until, again.bytes());
                }
                _ => {
                    let comma = usize::from(bytes.get(until) == Some(&b','));
                    bytes.drain(key..until + comma);
                }
            }
        }
    }
    bytes
}

/// A record of each kind, with words in it.
pub fn bodies() -> Vec<String> {
    let texts = [
        format!(
            r#"{{"kind":"presence","schema":1,"started_at":"2026-11-19T21:00:00","ended_at":"2026-11-19T22:30:00","networks":["discord"],"note":"{SECRET}"}}"#
        ),
        format!(
            r#"{{"kind":"intervention","schema":1,"occurred_on":"2026-11-19","started_at":"21:10:00","duration_min":20,"type":"listen","network":"other","network_other":"{SECRET}","channel":"private_message","setting":"individual","initiator":"young_person","themes":["other"],"theme_other":"{SECRET}","audience":"young","young_count":2,"first_this_year_count":1,"outcomes":["met_in_person"],"met_after_online_count":1,"note":"{SECRET}"}}"#
        ),
        format!(
            r#"{{"kind":"meeting","schema":1,"occurred_on":"2026-11-19","young_count":4,"themes":["leisure"],"note":"{SECRET}"}}"#
        ),
        format!(
            r#"{{"kind":"project","schema":1,"project_kind":"project","origin":"online_contact","stage":"emergence","title":"{SECRET}","theme":"leisure","setting":"collective","young_count":6,"initiated_on":"2026-11-02","ended_on":"2026-11-18","note":"{SECRET}"}}"#
        ),
        r#"{"kind":"account_snapshot","schema":1,"network":"instagram","as_of":"2026-11-01","followers":341}"#
            .to_owned(),
    ];
    let future = texts[1].replace("\"schema\":1", &format!("\"schema\":99,\"x_later\":\"{SECRET}\""));
    let written = |text: &String| Body::from_json(text).expect("a body").to_json();
    texts.iter().map(written).chain([future]).collect()
}

/// A push of one operation whose body is `text`, whatever that is; its hash is right, so that the body is looked at.
pub fn push_of(who: &Person, text: &str) -> String {
    let op = Op {
        body: None,
        hash: BodyHash::of(text),
        reason: Some(SECRET.to_owned()),
        ..upsert(fresh_record(), None, "{}")
    };
    let whole = message(PushRequest { heartbeat: who.heartbeat(), epoch: None, ops: vec![raw(&op)] });
    let end = whole.rfind("}]").unwrap_or(whole.len());
    format!("{},\"body\":{text}{}", &whole[..end], &whole[end..])
}
