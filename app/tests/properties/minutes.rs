//! Minutes of presence: every wall-clock minute is counted once, on the day and in the slot it falls in.

use std::collections::BTreeMap;

use app::domain::{
    fault::FaultCode,
    measure::{Contribution, contributions},
    presence::PresenceDraft,
    record::Record,
    taxonomy::Network,
    time::{TimeSlot, minutes_by_slot},
};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use proptest::prelude::*;

use crate::ids::TODAY;

/// The nights on which the clocks of Paris change, and any others.
fn day() -> impl Strategy<Value = NaiveDate> {
    let ymd = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a day");
    prop_oneof![
        Just(ymd(2025, 10, 25)),
        Just(ymd(2025, 10, 26)),
        Just(ymd(2026, 3, 28)),
        Just(ymd(2026, 3, 29)),
        Just(ymd(2024, 2, 29)),
        Just(ymd(2025, 12, 31)),
        (0..5000_i64).prop_map(|days| NaiveDate::from_ymd_opt(2012, 1, 1).expect("a day") + TimeDelta::days(days)),
    ]
}

fn start() -> impl Strategy<Value = NaiveDateTime> {
    (day(), 0..24 * 60_i64).prop_map(|(day, minute)| day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(minute))
}

fn slot_of(at: NaiveDateTime) -> TimeSlot {
    match at.hour() {
        6..12 => TimeSlot::Morning,
        12..14 => TimeSlot::Midday,
        14..17 => TimeSlot::Afternoon,
        17..20 => TimeSlot::AfterSchool,
        20..23 => TimeSlot::Evening,
        _ => TimeSlot::Night,
    }
}

proptest! {
    #[test]
    fn each_minute_counts_once_where_it_falls(start in start(), minutes in 0..=1440_i64) {
        let mut expected: BTreeMap<(NaiveDate, TimeSlot), i64> = BTreeMap::new();
        for minute in 0..minutes {
            let at = start + TimeDelta::minutes(minute);
            *expected.entry((at.date(), slot_of(at))).or_default() += 1;
        }
        let mut found: BTreeMap<(NaiveDate, TimeSlot), i64> = BTreeMap::new();
        for (day, slot, minutes) in minutes_by_slot(start, start + TimeDelta::minutes(minutes)) {
            prop_assert!(minutes > 0);
            *found.entry((day, slot)).or_default() += minutes;
        }
        prop_assert_eq!(found, expected);
    }

    /// A phone that notes seconds loses none of its minutes between two slots.
    #[test]
    fn a_presence_contributes_exactly_its_minutes(start in start(), seconds in 0..=86_400_i64, second in 0..60_i64) {
        let start = start + TimeDelta::seconds(second);
        let draft = PresenceDraft {
            started_at: Some(start),
            ended_at: Some(start + TimeDelta::seconds(seconds)),
            networks: vec![Network::Discord.into()],
            ..PresenceDraft::default()
        };
        let presence = draft.parse(TODAY, true).expect("a presence of at most a day");
        let minutes = presence.minutes();
        let day = presence.day();
        let mut sum = 0;
        for contribution in contributions(&Record::Presence(presence)) {
            if let Contribution::Presence { day: of, minutes, .. } = contribution {
                prop_assert_eq!(of, day);
                sum += minutes;
            }
        }
        prop_assert_eq!(Some(sum), minutes);
        prop_assert!((sum * 60 - seconds).abs() < 60);
    }

    #[test]
    fn a_presence_ends_after_it_begins_and_within_a_day(start in start(), minutes in -3000..3000_i64) {
        let draft = PresenceDraft {
            started_at: Some(start),
            ended_at: Some(start + TimeDelta::minutes(minutes)),
            networks: vec![Network::Discord.into()],
            ..PresenceDraft::default()
        };
        let code = match draft.parse(TODAY, true) {
            Ok(presence) => {
                prop_assert_eq!(presence.minutes(), Some(minutes));
                None
            }
            Err(faults) => {
                prop_assert_eq!(faults.len(), 1);
                prop_assert_eq!(&faults[0].field, "ended_at");
                faults[0].code.known()
            }
        };
        let expected = match minutes {
            ..0 => Some(FaultCode::EndBeforeStart),
            1441.. => Some(FaultCode::TooLong),
            _ => None,
        };
        prop_assert_eq!(code, expected);
    }
}

#[test]
fn an_evening_past_midnight_in_the_night_the_clocks_change() {
    let at = |text: &str| text.parse::<NaiveDateTime>().expect("a time");
    let pieces = minutes_by_slot(at("2025-10-25T22:30:00"), at("2025-10-26T03:15:00"));
    let (saturday, sunday) = (at("2025-10-25T00:00:00").date(), at("2025-10-26T00:00:00").date());
    let expected =
        vec![(saturday, TimeSlot::Evening, 30), (saturday, TimeSlot::Night, 60), (sunday, TimeSlot::Night, 195)];
    assert_eq!(pieces, expected);
}
