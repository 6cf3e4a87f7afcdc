//! Records on the wire, and the invariants of `domain.md` B7.

use std::collections::BTreeSet;

use app::domain::{
    coded::Code,
    fault::{Fault, FaultCode},
    intervention::{InterventionDraft, Public},
    meeting::MeetingDraft,
    people::MOST_PEOPLE,
    record::{Body, Draft, SCHEMA},
    taxonomy::{InterventionType, Outcome},
};
use proptest::prelude::*;

use crate::{
    drafts::{draft, exchange},
    ids::TODAY,
};

type Codes = BTreeSet<(&'static str, &'static str)>;

fn codes(faults: &[Fault]) -> BTreeSet<(&str, &str)> {
    faults.iter().map(|fault| (fault.field.as_str(), fault.code.code())).collect()
}

/// What is wrong with the counts of an exchange with young people, said a second time.
fn wrong_counts(draft: &InterventionDraft) -> Codes {
    let mut wrong = Codes::new();
    let most = i64::from(MOST_PEOPLE);
    let mut bounds = |field, count: i64| match count {
        ..0 => {
            wrong.insert((field, "negative"));
            false
        }
        count if count > most => {
            wrong.insert((field, "too_large"));
            false
        }
        _ => true,
    };
    let young = draft.young_count.unwrap_or(0);
    let young_fits = young == 0 || bounds("young_count", young);
    let first = draft.first_this_year_count.unwrap_or(0);
    let first_fits = bounds("first_this_year_count", first);
    let met = draft.met_after_online_count.unwrap_or(0);
    let met_fits = bounds("met_after_online_count", met);
    if young == 0 {
        wrong.insert(("young_count", "young_count_missing"));
    }
    if met != 0 && !draft.outcomes.contains(&Outcome::MetInPerson.into()) {
        wrong.insert(("met_after_online_count", "met_without_outcome"));
    }
    if young == 0 || !young_fits {
        return wrong;
    }
    if first_fits && first > young {
        wrong.insert(("first_this_year_count", "first_more_than_present"));
    }
    if met_fits && met > young {
        wrong.insert(("met_after_online_count", "met_more_than_present"));
    }
    let mut parts = |field, more, parts: &[i64]| {
        if parts.iter().any(|part| *part < 0) {
            wrong.insert((field, "negative"));
        } else if parts.iter().sum::<i64>() > young {
            wrong.insert((field, more));
        }
    };
    if let Some(ages) = draft.age_bands {
        let all = [ages.under_12, ages.from_12_to_14, ages.from_15_to_17, ages.from_18_to_25, ages.over_25];
        parts("age_bands", "ages_more_than_present", &all);
    }
    if let Some(gender) = draft.gender {
        let all = [gender.girl_woman, gender.boy_man, gender.other_unspecified];
        parts("gender", "genders_more_than_present", &all);
    }
    wrong
}

proptest! {
    #[test]
    fn a_record_survives_its_journey(draft in draft(), schema in 1..9_u32) {
        let body = Body { schema, draft };
        let text = body.to_json();
        let back = Body::from_json(&text).expect("our own text");
        prop_assert_eq!(&back, &body);
        prop_assert_eq!(back.to_json(), text, "an old phone gives back what it does not understand");
    }

    #[test]
    fn codes_of_a_later_release_are_carried_and_ours_are_checked(draft in draft()) {
        let text = Body { schema: SCHEMA, draft: draft.clone() }.to_json();
        let strange = text.contains("\"zz_");
        let faults = |strict| draft.parse(TODAY, strict).err().unwrap_or_default();
        let unknown = |faults: Vec<Fault>| faults.iter().any(|fault| fault.code.is(FaultCode::UnknownCode));
        prop_assert_eq!(unknown(faults(true)), strange);
        prop_assert!(!unknown(faults(false)));
    }

    #[test]
    fn counts_are_taken_exactly_when_they_agree(draft in exchange()) {
        let expected = wrong_counts(&draft);
        match draft.parse(TODAY, true) {
            Err(faults) => prop_assert_eq!(codes(&faults), expected),
            Ok(intervention) => {
                prop_assert!(expected.is_empty(), "{:?}", expected);
                let Public::Young(young) = intervention.public else { panic!("an exchange with young people") };
                prop_assert!(young.present >= 1);
                prop_assert!(young.first_this_year <= young.present);
                prop_assert!(young.met_after_online <= young.present);
                prop_assert!(young.unknown_age() >= 0);
            }
        }
    }

    #[test]
    fn a_meeting_counts_no_more_than_were_there(young in -2..12_i64, met in -2..12_i64) {
        let draft = MeetingDraft {
            occurred_on: Some(TODAY),
            young_count: Some(young),
            met_after_online_count: Some(met),
            ..MeetingDraft::default()
        };
        prop_assert_eq!(draft.parse(TODAY, true).is_ok(), young >= 1 && (0..=young).contains(&met));
    }

    #[test]
    fn dates_are_believed_from_the_first_experiment_to_tomorrow(days in -9000..400_i64) {
        let day = TODAY + chrono::TimeDelta::days(days);
        let draft = MeetingDraft { occurred_on: Some(day), young_count: Some(1), ..MeetingDraft::default() };
        let expected = if days > 1 {
            Some("date_in_future")
        } else if day < app::domain::time::FIRST_DAY {
            Some("date_too_old")
        } else {
            None
        };
        let faults = draft.parse(TODAY, true).err().unwrap_or_default();
        prop_assert_eq!(codes(&faults), expected.map(|code| ("occurred_on", code)).into_iter().collect());
    }
}

/// A code of a later release ends in an index and on a screen: it has to look like one.
#[test]
fn what_is_no_code_is_refused_whatever_its_release() {
    let base = r#"{"schema":9,"kind":"account_snapshot","as_of":"2026-11-01","followers":3,"network":"#;
    let parse = |code: &str| {
        let text = format!("{base}{}}}", serde_json::to_string(code).expect("text"));
        Body::from_json(&text).expect("readable").parse(TODAY)
    };
    assert!(parse("holo_deck_2").is_ok());
    for strange in ["", "a\0b", "Ünï", "two words", &"a".repeat(5000)] {
        let faults = parse(strange).expect_err("no code");
        assert_eq!(codes(&faults), BTreeSet::from([("network", "unknown_code")]), "{strange:?}");
    }
}

#[test]
fn every_code_is_its_own_and_reads_back() {
    fn check<T: Code + std::fmt::Debug>() {
        let codes: BTreeSet<&str> = T::ALL.iter().map(|value| value.code()).collect();
        assert_eq!(codes.len(), T::ALL.len());
        for value in T::ALL {
            assert_eq!(T::from_code(value.code()), Some(*value));
        }
    }
    check::<InterventionType>();
    check::<Outcome>();
    check::<FaultCode>();
    check::<app::domain::taxonomy::Network>();
    check::<app::domain::taxonomy::ChannelKind>();
    check::<app::domain::taxonomy::Theme>();
    check::<app::domain::taxonomy::StructureType>();
    check::<app::sync::messages::Refusal>();
    check::<app::api::error::ErrorCode>();
    check::<app::domain::measure::Measure>();
}

#[test]
fn a_body_that_is_no_record_is_malformed() {
    for text in ["", "{}", "[]", r#"{"schema":1}"#, r#"{"schema":1,"kind":"diary"}"#, r#"{"kind":"meeting"}"#] {
        let faults = Body::from_json(text).expect_err("no record");
        assert_eq!(codes(&faults), BTreeSet::from([("body", "malformed_body")]), "{text}");
    }
    assert!(matches!(
        Body::from_json(r#"{"schema":1,"kind":"meeting"}"#).map(|body| body.draft),
        Ok(Draft::Meeting(_))
    ));
}
