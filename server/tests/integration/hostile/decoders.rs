//! Whatever reads what others wrote, in memory: bent again and again, for a while that `make attack` makes long. Nothing panics, and
//! what two readers both read is the same to both.

use std::time::{Duration, Instant};

use app::{
    coordination::imports::Kind,
    domain::{
        coded::Code, ids::PromeneurId, json, lock_key::LockKey, period::Period, person::Me, record::Body, scope::Scope,
    },
    sync::{
        messages::{Cursor, EscrowAnswer, PullAnswer, PushAnswer},
        outbox::{Entry, Meta, OutboxRow},
        store::Receipt,
    },
};
use proptest::{collection::vec, prelude::*, sample::Index, strategy::ValueTree, test_runner::TestRunner};
use serde::{Serialize, de::DeserializeOwned};
use server::{
    auth::token::Token,
    clock::fresh_id,
    import::{
        mapping::Mapping,
        rows::{People, read},
        sheet,
    },
};

use super::{
    decoding,
    twist::{Twist, bend, bodies, twists},
};
use crate::attack;

/// A reader, texts that it takes, and how they are bent.
struct Decoder {
    what: &'static str,
    texts: Vec<String>,
    bend: fn(&str, &[Twist]) -> Vec<u8>,
    /// Whether it took them.
    takes: fn(&[u8]) -> bool,
}

/// The phone's reader, beside the library's.
fn agrees<T: DeserializeOwned + Serialize>(text: &str) -> bool {
    let (ours, theirs) = (json::read::<T>(text), serde_json::from_str::<T>(text));
    if let (Ok(ours), Ok(theirs)) = (&ours, &theirs) {
        let [ours, theirs] = [ours, theirs].map(|it| serde_json::to_string(it).expect("JSON"));
        assert_eq!(ours, theirs, "{text}");
    }
    ours.is_ok()
}

fn is_answer(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let readers = [
        agrees::<PullAnswer>,
        agrees::<PushAnswer>,
        agrees::<EscrowAnswer>,
        agrees::<Entry>,
        agrees::<OutboxRow>,
        agrees::<Receipt>,
        agrees::<Meta>,
        agrees::<Me>,
    ];
    readers.map(|read| read(text)).contains(&true) || Body::from_json(text).is_ok()
}

fn is_sheet(bytes: &[u8]) -> bool {
    let Ok(sheet) = sheet::decode(bytes).and_then(|text| sheet::read(&text)) else { return false };
    let today = "2026-11-24".parse().expect("a day");
    let people = People::of([(PromeneurId(fresh_id()), "p1".to_owned())]);
    let read = |kind: &Kind| {
        let mapping = Mapping::of(*kind, &sheet);
        let answers = sheet.names.iter().enumerate().map(|(at, name)| (format!("colonne-{at}"), name.clone()));
        let answered = mapping.clone().answered(*kind, &sheet, &answers.collect::<Vec<_>>());
        [mapping, answered]
            .iter()
            .map(|mapping| read(*kind, &sheet, mapping, &people, today).lines.len())
            .sum::<usize>()
    };
    Kind::ALL.iter().map(read).sum::<usize>() > 0
}

fn is_address(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let period = text.parse::<Period>().map(|period| {
        // What a page makes of it.
        let _ = (period.label(), period.in_words(), period.before(), period.year_before(), period.days());
        if period.can_be_named() {
            assert!(period.months().len() < 20_000, "{text}");
        }
    });
    period.is_ok() || text.parse::<Scope>().is_ok() || text.parse::<Cursor>().is_ok()
}

fn is_key(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    Token::parse(text).is_some() || serde_json::from_slice::<LockKey>(bytes).is_ok()
}

/// What may stand in a cell, an address, a token.
static PARTS: [&str; 28] = [
    "",
    "-1",
    "0",
    "99999999999999999999",
    "1,5",
    "1 000",
    "½",
    "=HYPERLINK(\"http://a\")",
    "@SUM(A1)",
    "\"",
    "\"\"",
    "a\"b",
    "\n",
    "\r\n",
    ";",
    "\t",
    "\u{feff}",
    "\u{202e}",
    "\0",
    "31/02/2026",
    "2026-02-29T25:61",
    "29/02/2028",
    "-262143-01-01",
    "9999-12-31",
    "24:00",
    "Été ÷ œuf",
    "é",
    "00000000-0000-0000-0000-000000000000",
];

/// Bent where JSON is not: cells, parts of an address, and bytes.
fn garble(text: &str, twists: &[Twist]) -> Vec<u8> {
    let mut text = text.to_owned();
    let mut bytes = Vec::new();
    let ends = |letter: char| matches!(letter, ',' | ';' | '\n' | '-' | ':' | '.');
    for twist in twists {
        let (Twist::Value(at, _) | Twist::Key(at, _) | Twist::Gone(at)) = twist else {
            bytes.push(twist.clone());
            continue;
        };
        let cuts: Vec<usize> = text.match_indices(ends).map(|(at, _)| at + 1).chain([0]).collect();
        let from = cuts[at.index(cuts.len())];
        let until = text[from..].find(ends).map_or(text.len(), |length| from + length);
        let part = |other: &Index| match other.index(PARTS.len() + 1) {
            0 => "é".repeat(3_000),
            at => PARTS[at - 1].to_owned(),
        };
        match twist {
            Twist::Value(_, other) => text.replace_range(from..until, &part(other)),
            Twist::Key(_, other) => text.insert_str(from, &part(other)),
            _ => text.replace_range(from..until, ""),
        }
    }
    bend(&text, &bytes)
}

fn decoders() -> [Decoder; 4] {
    let golden = [
        include_str!("../../golden/2026-11/answers/pull.json"),
        include_str!("../../golden/2026-11/answers/pull-reset.json"),
        include_str!("../../golden/2026-11/answers/push.json"),
        include_str!("../../golden/2026-11/answers/escrow.json"),
        include_str!("../../golden/2026-11/phone/entries.jsonl"),
        include_str!("../../golden/2026-11/phone/outbox.jsonl"),
        include_str!("../../golden/2026-11/phone/receipts.jsonl"),
        include_str!("../../golden/2026-11/phone/meta.jsonl"),
    ];
    let answers: Vec<String> = golden.iter().flat_map(|file| file.lines()).map(str::to_owned).collect();
    let head = |text: &str| text.split_inclusive('\n').take(4).collect::<String>();
    let sheets = [
        include_str!("../../../src/demo/data/presences.csv"),
        include_str!("../../../src/demo/data/interventions.csv"),
        include_str!("../../../src/demo/data/meetings.csv"),
        include_str!("../../../src/demo/data/projects.csv"),
        include_str!("../../../src/demo/data/account_snapshots.csv"),
    ];
    let addresses = ["2026", "2025-2026", "2026-11", "2026-T3", "2026-01-01..2026-03-31", "reseau"].map(str::to_owned);
    let scopes = ["structure", "promeneur", "territoire"].map(|kind| format!("{kind}:{}", fresh_id()));
    let token = Token::fresh().expect("a token").text();
    let key = serde_json::to_string(&LockKey::of([7; 32])).expect("JSON");
    let me = serde_json::to_string(&decoding::somebody().me).expect("JSON");
    let answers = [answers, bodies(), vec![me]].concat();
    let addresses = [addresses.to_vec(), scopes.to_vec(), vec![format!("{}.7", fresh_id())]].concat();
    let heads = sheets.map(head).to_vec();
    [
        Decoder { what: "answers and rows, as a phone reads them", texts: answers, bend, takes: is_answer },
        Decoder { what: "spreadsheets", texts: heads, bend: garble, takes: is_sheet },
        Decoder { what: "addresses and cursors", texts: addresses, bend: garble, takes: is_address },
        Decoder { what: "tokens and keys", texts: vec![token, key], bend: garble, takes: is_key },
    ]
}

/// One of the texts, bent, or bytes that never were one.
fn bytes(of: usize) -> impl Strategy<Value = (usize, Vec<Twist>, Option<Vec<u8>>)> {
    let never = prop_oneof![19 => Just(None), 1 => vec(any::<u8>(), 0..300).prop_map(Some)];
    (0..of, twists(), never)
}

/// How long each is bent, where somebody has said so; otherwise a number of cases, the same ones each time.
fn budget() -> Option<Duration> {
    let seconds = std::env::var("LANTERNE_FUZZ_SECONDS").ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[test]
fn whatever_is_bent_is_read_or_refused_by_every_decoder() {
    let decoders = decoders();
    let share = budget().map(|whole| whole / u32::try_from(decoders.len()).expect("few"));
    for Decoder { what, texts, bend, takes } in decoders {
        for text in &texts {
            assert!(takes(text.as_bytes()), "{what}: {text}");
        }
        let mut runner = if share.is_some() { TestRunner::default() } else { TestRunner::deterministic() };
        let cases = bytes(texts.len());
        let (begun, mut tried, mut taken) = (Instant::now(), 0, 0);
        while share.map_or(tried < 2_000, |share| begun.elapsed() < share) {
            let (which, twists, never) = cases.new_tree(&mut runner).expect("a case").current();
            let bytes = never.unwrap_or_else(|| bend(&texts[which], &twists));
            if bytes == texts[which].as_bytes() {
                continue;
            }
            let read = std::panic::catch_unwind(|| takes(&bytes));
            let read = read.unwrap_or_else(|_| panic!("{what} panics at {:?}", String::from_utf8_lossy(&bytes)));
            (tried, taken) = (tried + 1, taken + usize::from(read));
        }
        assert!(taken > 0 && taken < tried, "{what}: {taken} of {tried}");
        attack::told(&format!("bent: {what}"), tried, tried - taken, "the others still mean something");
    }
}
