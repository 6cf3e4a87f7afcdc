//! Generated drafts: of every kind, complete or not, with codes and fields of releases to come.

use app::domain::{
    account_snapshot::AccountSnapshotDraft,
    coded::{Code, Coded},
    ids::RecordId,
    intervention::InterventionDraft,
    meeting::MeetingDraft,
    people::{AgeBands, Genders},
    presence::PresenceDraft,
    project::ProjectDraft,
    record::Draft,
    statement::{Handed, StatementDraft},
    taxonomy::{Audience, ChannelKind, Network, Outcome},
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::{collection::vec, option, prelude::*};
use serde_json::{Map, Value};

use crate::ids::id;

fn known<T: Code + std::fmt::Debug>() -> impl Strategy<Value = Coded<T>> {
    (0..T::ALL.len()).prop_map(|index| Coded::Known(T::ALL[index]))
}

fn coded<T: Code + std::fmt::Debug>() -> impl Strategy<Value = Coded<T>> {
    prop_oneof![4 => known::<T>(), 1 => "zz_[a-z]{1,8}".prop_map(|code| Coded::Unknown(code.into()))]
}

fn number() -> impl Strategy<Value = Option<i64>> {
    option::of(prop_oneof![Just(i64::MIN), Just(i64::MAX), -3..20_i64])
}

fn text() -> impl Strategy<Value = Option<String>> {
    option::of("[\\PC\n\"\\\\é’\u{202f}]{0,20}")
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..6000_i64).prop_map(|days| NaiveDate::from_ymd_opt(2010, 6, 1).expect("a day") + TimeDelta::days(days))
}

fn time() -> impl Strategy<Value = NaiveTime> {
    (0..86_400_u32).prop_map(|s| NaiveTime::from_num_seconds_from_midnight_opt(s, 0).expect("a time"))
}

fn moment() -> impl Strategy<Value = NaiveDateTime> {
    (day(), time()).prop_map(|(day, time)| day.and_time(time))
}

/// Fields that only a later release knows.
fn extra() -> impl Strategy<Value = Map<String, Value>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{1,3}", inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    });
    proptest::collection::btree_map("x_[a-z]{1,5}", value, 0..3).prop_map(|fields| fields.into_iter().collect())
}

fn ages() -> impl Strategy<Value = AgeBands> {
    [-1..4_i64, 0..4, 0..4, 0..4, 0..4].prop_map(|[a, b, c, d, e]| AgeBands {
        under_12: a,
        from_12_to_14: b,
        from_15_to_17: c,
        from_18_to_25: d,
        over_25: e,
    })
}

fn genders() -> impl Strategy<Value = Genders> {
    [-1..4_i64, 0..4, 0..4].prop_map(|[girl_woman, boy_man, other_unspecified]| Genders {
        girl_woman,
        boy_man,
        other_unspecified,
    })
}

/// Any draft at all.
pub fn draft() -> impl Strategy<Value = Draft> {
    let presence = (option::of(moment()), option::of(moment()), vec(coded(), 0..3), [text(), text()], extra())
        .prop_map(|(started_at, ended_at, networks, [network_other, note], extra)| {
            Draft::Presence(PresenceDraft { started_at, ended_at, networks, network_other, note, extra })
        });
    let intervention = {
        let when = (option::of(any::<u32>()), option::of(day()), option::of(time()), number());
        let what = (option::of(coded()), option::of(coded()), option::of(coded()), option::of(coded()), text());
        let how = (option::of(coded()), option::of(coded()), option::of(coded()), vec(coded(), 0..5), text());
        let who = (option::of(coded()), number(), number(), option::of(coded()), option::of(ages()));
        let result = (option::of(genders()), number(), vec(coded(), 0..4), number(), vec(coded(), 0..3), text());
        (when, what, how, who, result, extra()).prop_map(|(when, what, how, who, result, extra)| {
            Draft::Intervention(Box::new(InterventionDraft {
                presence: when.0.map(|number| RecordId(id(number.into()))),
                occurred_on: when.1,
                started_at: when.2,
                duration_min: when.3,
                kind: what.0,
                detail: what.1,
                reach: what.2,
                network: what.3,
                network_other: what.4,
                channel: how.0,
                setting: how.1,
                initiator: how.2,
                themes: how.3,
                theme_other: how.4,
                audience: who.0,
                young_count: who.1,
                first_this_year_count: who.2,
                known_from: who.3,
                age_bands: who.4,
                gender: result.0,
                reach_count: result.1,
                outcomes: result.2,
                met_after_online_count: result.3,
                referral_kinds: result.4,
                note: result.5,
                extra,
            }))
        })
    };
    let meeting = (option::of(day()), number(), number(), vec(coded(), 0..3), [text(), text()], extra()).prop_map(
        |(occurred_on, young_count, met_after_online_count, themes, [theme_other, note], extra)| {
            Draft::Meeting(MeetingDraft {
                occurred_on,
                young_count,
                met_after_online_count,
                themes,
                theme_other,
                note,
                extra,
            })
        },
    );
    let project = {
        let what = (option::of(coded()), option::of(coded()), option::of(coded()), text(), option::of(coded()));
        let how = (option::of(coded()), number(), option::of(day()), option::of(day()), [text(), text()]);
        (what, how, extra()).prop_map(|(what, how, extra)| {
            let [theme_other, note] = how.4;
            Draft::Project(ProjectDraft {
                kind: what.0,
                origin: what.1,
                stage: what.2,
                title: what.3,
                theme: what.4,
                theme_other,
                setting: how.0,
                young_count: how.1,
                initiated_on: how.2,
                ended_on: how.3,
                note,
                extra,
            })
        })
    };
    let snapshot = (option::of(coded()), text(), option::of(day()), number(), extra()).prop_map(
        |(network, network_other, as_of, followers, extra)| {
            Draft::AccountSnapshot(AccountSnapshotDraft { network, network_other, as_of, followers, extra })
        },
    );
    let statement =
        {
            let figures = [any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>()];
            (option::of(day()), option::of(figures), [text(), text(), text()], extra()).prop_map(
                |(month, figures, [highlight, difficulties, training_wishes], extra)| {
                    let figures = figures.map(|[interventions, contacts, distinct, met, projects, presence_min]| {
                        Handed { interventions, contacts, distinct, met, projects, presence_min }
                    });
                    Draft::Statement(StatementDraft { month, figures, highlight, difficulties, training_wishes, extra })
                },
            )
        };
    prop_oneof![presence, intervention, meeting, project, snapshot, statement]
}

/// An exchange with young people that is complete, but for counts that may contradict each other.
pub fn exchange() -> impl Strategy<Value = InterventionDraft> {
    let count = || option::of(prop_oneof![8 => 0..6_i64, 1 => -2..0_i64, 1 => Just(10_001)]);
    let what = (known(), known::<Network>(), known(), known(), vec(known(), 1..=3));
    let channel = known::<ChannelKind>().prop_filter("people", |channel| !channel.is(ChannelKind::Publication));
    (
        what,
        channel,
        day_of_this_year(),
        [count(), count(), count()],
        option::of(ages()),
        option::of(genders()),
        any::<bool>(),
    )
        .prop_map(|(what, channel, day, [young, first, met], age_bands, gender, was_met)| InterventionDraft {
            occurred_on: Some(day),
            kind: Some(what.0),
            network: Some(what.1),
            channel: Some(channel),
            setting: Some(what.2),
            initiator: Some(what.3),
            themes: what.4,
            audience: Some(Audience::Young.into()),
            young_count: young,
            first_this_year_count: first,
            met_after_online_count: met,
            age_bands,
            gender,
            outcomes: was_met.then(|| Outcome::MetInPerson.into()).into_iter().collect(),
            ..InterventionDraft::default()
        })
}

fn day_of_this_year() -> impl Strategy<Value = NaiveDate> {
    (0..300_i64).prop_map(|days| NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + TimeDelta::days(days))
}

/// A draft that is mostly complete, so that most of them can be counted.
pub fn countable() -> impl Strategy<Value = Draft> {
    let presence = (day_of_this_year(), 0..1440_i64, 0..600_i64).prop_map(|(day, from, minutes)| {
        let start = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(from);
        Draft::Presence(PresenceDraft {
            started_at: Some(start),
            ended_at: Some(start + TimeDelta::minutes(minutes)),
            networks: vec![Network::Discord.into()],
            ..PresenceDraft::default()
        })
    });
    let meeting = (day_of_this_year(), 1..9_i64, 0..4_i64).prop_map(|(day, young, met)| {
        Draft::Meeting(MeetingDraft {
            occurred_on: Some(day),
            young_count: Some(young),
            met_after_online_count: Some(met),
            ..MeetingDraft::default()
        })
    });
    let project =
        (known(), known(), known(), day_of_this_year(), 0..9_i64).prop_map(|(kind, origin, theme, day, n)| {
            Draft::Project(ProjectDraft {
                kind: Some(kind),
                origin: Some(origin),
                theme: Some(theme),
                initiated_on: Some(day),
                young_count: Some(n),
                ..ProjectDraft::default()
            })
        });
    prop_oneof![
        2 => presence,
        4 => exchange().prop_map(|draft| Draft::Intervention(Box::new(draft))),
        1 => meeting,
        1 => project,
    ]
}
