//! A second count, from the definitions and the ledger only, against what the dashboard says.

use std::collections::BTreeMap;

use app::api::report::Dashboard;
use app::domain::{
    coded::Code,
    headline::{Headline, MonthFigures},
    ids::{StructureId, TerritoryId},
    intervention::InterventionDraft,
    measure::Measure,
    meeting::MeetingDraft,
    people::{AgeBands, Genders},
    period::Period,
    presence::PresenceDraft,
    project::ProjectDraft,
    record::{Body, Draft},
    scope::Scope,
    taxonomy::{Audience, ChannelKind, Initiator, InterventionType, Network, Outcome, ReferralKind, Setting, Theme},
    time::Span,
};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta, Timelike};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{select, subsequence},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use server::db::{people, projections, staff};
use uuid::Uuid;

use crate::{
    harness::Office,
    messages::{Person, fresh_record},
    phone::Phone,
};

type Figures = BTreeMap<(String, String), i64>;

fn of_dashboard(dashboard: &Dashboard) -> Figures {
    let sums = &dashboard.sums;
    let mut figures = Figures::new();
    let mut add = |figure: &str, key: &str, value: i64| {
        if value != 0 {
            figures.insert((figure.to_owned(), key.to_owned()), value);
        }
    };
    add("I1b", "", sums.distinct());
    add("I1c", "", sums.contacts());
    add("I3", "", sums.met());
    add("I4", "", sums.projects_initiated());
    sums.types().into_iter().for_each(|(key, value)| add("type", key, value));
    sums.keys(Measure::Networks).into_iter().for_each(|(key, value)| add("network", key, value));
    add("available", "", sums.available_minutes);
    add("person_days", "", sums.person_days);
    add("expected", "", dashboard.completeness.expected);
    add("received", "", dashboard.completeness.received);
    add("I1a", "", sums.followers);
    add("I1d", "", sums.accompanied);
    for measure in [
        Measure::Channels,
        Measure::Settings,
        Measure::Initiators,
        Measure::Themes,
        Measure::ThemeGroups,
        Measure::Audiences,
        Measure::Outcomes,
        Measure::Referrals,
        Measure::ReferralKinds,
        Measure::ReferralThemes,
        Measure::WithYoung,
        Measure::WithAges,
        Measure::Ages,
        Measure::WithGenders,
        Measure::Genders,
        Measure::ReachCount,
        Measure::OutsideMinutes,
        Measure::Presences,
        Measure::Meetings,
        Measure::ProjectsInitiated,
        Measure::ProjectYoung,
    ] {
        sums.keys(measure).into_iter().for_each(|(key, value)| add(measure.code(), key, value));
    }
    dashboard.stages.iter().for_each(|(stage, count)| add("stage", stage, *count));
    for (day, slot, minutes) in &sums.heat {
        add("heat", &format!("{day}:{slot}"), *minutes);
    }
    figures
}

/// Counts again, and compares. Returns how many figures there were.
pub async fn check(office: &Office, coordinator: &Person, period: &str) -> usize {
    check_scope(office, coordinator, period, Scope::Network).await
}

/// The same of a part of the network.
async fn check_scope(office: &Office, coordinator: &Person, period: &str, scope: Scope) -> usize {
    let days: Period = period.parse().expect("a period");
    let mut owner = office.owner().await;
    let structures: Option<Vec<Uuid>> = match scope {
        Scope::Network | Scope::Promeneur(_) => None,
        Scope::Structure(id) => Some(vec![id.0]),
        Scope::Territory(id) => {
            let of = "select id from structure where territory_id = $1";
            Some(sqlx::query_scalar(of).bind(id.0).fetch_all(&mut owner).await.expect("structures"))
        }
    };
    let promeneur = if let Scope::Promeneur(id) = scope { Some(id.0) } else { None };
    let dashboard = office.dashboard(coordinator, period, &scope.to_string()).await;
    // To compile a query takes longer than these few rows.
    sqlx::query("set jit = off").execute(&mut owner).await.expect("set");
    let rows: Vec<(String, String, Option<i64>)> = sqlx::query_as(include_str!("recount.sql"))
        .bind(office.scheme.0)
        .bind(days.first())
        .bind(days.last())
        .bind(structures)
        .bind(promeneur)
        .bind(dashboard.today)
        .fetch_all(&mut owner)
        .await
        .expect("a recount");
    let mut counted: Figures = rows
        .into_iter()
        .filter_map(|(figure, key, value)| value.filter(|n| *n != 0).map(|value| ((figure, key), value)))
        .collect();
    // Of alerts and genders nothing is told below the network (I18, B7).
    let of_all = [Measure::WithGenders, Measure::Genders].map(Code::code);
    counted.retain(|(figure, key), _| {
        let is_alert = figure == "outcomes" && key == Outcome::AlertMade.code();
        scope == Scope::Network || !is_alert && !of_all.contains(&figure.as_str())
    });
    assert_eq!(of_dashboard(&dashboard), counted, "{period} {scope}");
    counted.len()
}

/// What a dashboard says of other periods and of its months is what the dashboards of these say. Returns how many there were.
pub async fn check_course(office: &Office, coordinator: &Person, period: &str, scope: &str) -> usize {
    let dashboard = office.dashboard(coordinator, period, scope).await;
    let comparison = dashboard.comparison.expect("a comparison");
    let so_far = office.dashboard(coordinator, &comparison.so_far.to_string(), scope).await;
    assert_eq!(comparison.headline, Headline::of(&so_far.sums), "{period} {scope} so far");
    for other in &comparison.others {
        let of = office.dashboard(coordinator, &other.counted.to_string(), scope).await;
        assert_eq!(other.headline, Headline::of(&of.sums), "{period} {scope} beside {}", other.counted);
    }
    for month in &dashboard.months {
        let whole = Period::month_of(month.month);
        let (first, last) = (whole.first().max(dashboard.period.first()), whole.last().min(dashboard.period.last()));
        let of = office.dashboard(coordinator, &Period::Days(first, last).to_string(), scope).await;
        assert_eq!((month.interventions, month.minutes), (of.sums.interventions(), of.sums.minutes()), "{first}");
    }
    let sum = |of: fn(&MonthFigures) -> i64| dashboard.months.iter().map(of).sum::<i64>();
    assert_eq!(sum(|month| month.interventions), dashboard.sums.interventions(), "{period} {scope}");
    assert_eq!(sum(|month| month.minutes), dashboard.sums.minutes(), "{period} {scope}");
    comparison.others.len() + dashboard.months.len()
}

/// The projections of the office's network as text, those that count for nothing left out.
async fn projections_of(office: &Office) -> Vec<String> {
    let statement = "
        select row_to_json(t)::text from daily_figure t where network_id = $1 and value <> 0
        union all select month || ' ' || cell
            from network_month, unnest(string_to_array(cells, E'\\n')) as cell where network_id = $1
        union all select row_to_json(t)::text from project_span t where network_id = $1
        union all select row_to_json(t)::text from account_followers t where network_id = $1
        union all select row_to_json(t)::text from statement t where network_id = $1 and record_id is not null
        order by 1";
    let mut owner = office.owner().await;
    sqlx::query_scalar(statement).bind(office.scheme.0).fetch_all(&mut owner).await.expect("projections")
}

/// What was kept up operation by operation is what a rebuild from the records gives, row by row.
pub async fn check_rebuild(office: &Office) {
    let kept_up = projections_of(office).await;
    projections::rebuild(&office.db, office.scheme).await.expect("rebuilt");
    let rebuilt = projections_of(office).await;
    assert_eq!(kept_up.len(), rebuilt.len());
    kept_up.iter().zip(&rebuilt).for_each(|(kept_up, rebuilt)| assert_eq!(kept_up, rebuilt));
}

/// Evenings around midnight, the nights on which the clocks change, and any other time.
fn start() -> impl Strategy<Value = NaiveDateTime> {
    let at = |text: &str| text.parse::<NaiveDateTime>().expect("a time");
    let begin = select(vec![
        at("2024-02-28T23:10:00"),
        at("2024-02-29T21:00:00"),
        at("2025-10-25T21:00:00"),
        at("2025-10-26T01:00:00"),
        at("2026-03-28T22:00:00"),
        at("2026-03-29T01:30:00"),
        at("2025-12-31T22:00:00"),
        at("2025-10-31T23:10:20"),
        at("2026-02-03T17:00:00"),
    ]);
    (begin, 0..300_i64).prop_map(|(at, minutes)| at + TimeDelta::minutes(minutes))
}

fn draft() -> impl Strategy<Value = Draft> {
    let presence = (start(), 0..400_i64).prop_map(|(start, minutes)| {
        Draft::Presence(PresenceDraft {
            started_at: Some(start),
            ended_at: Some(start + TimeDelta::minutes(minutes)),
            networks: vec![Network::Discord.into()],
            ..PresenceDraft::default()
        })
    });
    let codes = (
        select(vec![InterventionType::Inform, InterventionType::Listen, InterventionType::ReachOut]),
        select(vec![ChannelKind::PrivateMessage, ChannelKind::Publication, ChannelKind::InPerson]),
        option::of(select(vec![Network::Instagram, Network::Snapchat])),
        select(vec![Audience::Young, Audience::Young, Audience::Parent]),
    );
    let themes =
        subsequence(vec![Theme::Health, Theme::IllBeing, Theme::Family, Theme::DigitalLaw, Theme::Other], 1..=3);
    let outcome = option::of(select(vec![Outcome::ReferredExternal, Outcome::ReferredInternal, Outcome::AlertMade]));
    let more = (themes, outcome, option::of(0..30_i64), any::<bool>(), any::<bool>());
    let intervention = (codes, start(), 1..9_i64, 0..4_i64, 0..4_i64, any::<bool>(), more).prop_map(
        |((kind, channel, network, audience), start, young, first, met, was_met, more)| {
            let (themes, outcome, duration, has_ages, is_collective) = more;
            let counted = audience == Audience::Young && channel != ChannelKind::Publication;
            Draft::Intervention(Box::new(InterventionDraft {
                occurred_on: Some(start.date()),
                started_at: Some(start.time()),
                duration_min: duration,
                kind: Some(kind.into()),
                network: network.map(Into::into),
                channel: Some(channel.into()),
                setting: Some(if is_collective { Setting::Collective } else { Setting::Individual }.into()),
                initiator: Some(Initiator::YoungPerson.into()),
                themes: themes.into_iter().map(Into::into).collect(),
                theme_other: None,
                audience: Some(audience.into()),
                young_count: counted.then_some(young),
                first_this_year_count: counted.then_some(first),
                met_after_online_count: (counted && was_met).then_some(met),
                age_bands: (counted && has_ages)
                    .then_some(AgeBands { from_15_to_17: young / 2, ..AgeBands::default() }),
                gender: (counted && is_collective).then_some(Genders {
                    girl_woman: young / 2,
                    boy_man: young / 3,
                    other_unspecified: 0,
                }),
                reach_count: (channel == ChannelKind::Publication).then_some(young * 100),
                outcomes: was_met.then_some(Outcome::MetInPerson).into_iter().chain(outcome).map(Into::into).collect(),
                referral_kinds: match outcome {
                    Some(Outcome::ReferredExternal) => vec![ReferralKind::School.into(), ReferralKind::Health.into()],
                    _ => Vec::new(),
                },
                ..InterventionDraft::default()
            }))
        },
    );
    let meeting = (start(), 1..9_i64, 0..9_i64).prop_map(|(start, young, met)| {
        Draft::Meeting(MeetingDraft {
            occurred_on: Some(start.date()),
            young_count: Some(young),
            met_after_online_count: Some(met),
            ..MeetingDraft::default()
        })
    });
    let word = |words: &'static [&'static str]| select(words).prop_map(str::to_owned);
    let stage = word(&["emergence", "realisation", "completed"]);
    let project =
        (word(&["project", "pathway"]), word(&["online_contact", "school"]), start(), option::of(0..60_i64), stage)
            .prop_map(|(kind, origin, start, days, stage)| {
                Draft::Project(ProjectDraft {
                    kind: Some(kind.as_str().into()),
                    origin: Some(origin.as_str().into()),
                    theme: Some(Theme::Leisure.into()),
                    stage: Some(stage.as_str().into()),
                    initiated_on: Some(start.date()),
                    ended_on: days.map(|days| start.date() + TimeDelta::days(days)),
                    young_count: Some(3),
                    ..ProjectDraft::default()
                })
            });
    let snapshot = (start(), 0..500_i64).prop_map(|(start, followers)| {
        let as_of: Option<NaiveDate> = Some(start.date());
        let network = Some(Network::Tiktok.into());
        Draft::AccountSnapshot(app::domain::account_snapshot::AccountSnapshotDraft {
            network,
            as_of,
            followers: Some(followers),
            ..Default::default()
        })
    });
    let statement = select(vec!["2025-10-01", "2025-11-01", "2025-12-01"]).prop_map(|month| {
        let figures = Some(app::domain::statement::Handed::default());
        let month = month.parse().ok();
        Draft::Statement(app::domain::statement::StatementDraft { month, figures, ..Default::default() })
    });
    prop_oneof![3 => presence, 4 => intervention, 1 => meeting, 1 => project, 1 => snapshot, 1 => statement]
}

/// From which days on each of two promeneurs is elsewhere: in the first, the second or the third structure.
fn moves() -> impl Strategy<Value = Vec<(usize, NaiveDate, usize)>> {
    let day = start().prop_map(|start| start.date() + TimeDelta::days(i64::from(start.time().hour() < 4)));
    vec((0..2_usize, day, 0..3_usize), 0..6)
}

/// Days in a row near those on which something is noted: a leave, or holidays.
fn days() -> impl Strategy<Value = (NaiveDate, NaiveDate)> {
    (start(), 0..40_i64, 0..20_i64).prop_map(|(start, before, after)| {
        (start.date() - TimeDelta::days(before), start.date() + TimeDelta::days(after))
    })
}

/// Three structures, of which the first and the last make a territory.
async fn places(office: &Office) -> (Vec<StructureId>, TerritoryId) {
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    people::create_structure(&mut tx, office.scheme, "Cité", "csc", "Langeac").await.expect("a structure");
    tx.commit().await.expect("committed");
    let mut owner = office.owner().await;
    let territory = "with made as (
            insert into territory (network_id, id, name) values ($1, gen_random_uuid(), 'Haut Allier') returning id
        ), placed as (
            update structure set territory_id = made.id from made where network_id = $1 and name <> 'Bruno'
        ) select id from made";
    let territory = sqlx::query_scalar(territory).bind(office.scheme.0).fetch_one(&mut owner).await.expect("one");
    let structures = "select id from structure where network_id = $1 order by name";
    let structures: Vec<Uuid> =
        sqlx::query_scalar(structures).bind(office.scheme.0).fetch_all(&mut owner).await.expect("structures");
    (structures.into_iter().map(StructureId).collect(), TerritoryId(territory))
}

/// What two promeneurs do, with rounds of sync in between: a new record, an edit of one, a withdrawal.
type Act = (usize, Option<usize>, Option<Draft>, bool);

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act =
        (0..2_usize, option::weighted(0.5, 0..20_usize), option::weighted(0.8, draft()), prop::bool::weighted(0.3));
    vec(act, 1..60)
}

#[tokio::test]
async fn the_dashboard_equals_a_recount_whatever_was_edited_or_withdrawn_and_whoever_moved() {
    let mut runner = TestRunner::deterministic();
    let mut figures = 0;
    for _ in 0..20 {
        let office = Office::open().await;
        let coordinator = office.coordinator().await;
        let people = [office.promeneur("Anne").await, office.promeneur("Bruno").await];
        let promeneurs = people.clone().map(|person| person.me.promeneur.expect("a promeneur"));
        let phones = people.map(|person| Phone::of(&office, person));
        let (structures, territory) = places(&office).await;
        // Half of the moves are known before anything is noted, the others only afterwards.
        let moves = moves().new_tree(&mut runner).expect("moves").current();
        let (before, after) = moves.split_at(moves.len() / 2);
        let go = async |moves: &[(usize, NaiveDate, usize)]| {
            for (who, day, to) in moves {
                let mut tx = office.db.of(office.scheme).await.expect("a transaction");
                // One that would be before the last is refused, which changes nothing.
                let outcome =
                    staff::move_promeneur(&mut tx, office.scheme, promeneurs[*who], structures[*to], *day).await;
                outcome.expect("a move or a refusal");
                tx.commit().await.expect("committed");
            }
        };
        let (leaves, holidays) = (vec((0..2_usize, days()), 0..5), vec(days(), 0..3));
        let leaves = leaves.new_tree(&mut runner).expect("leaves").current();
        let (early, late) = leaves.split_at(leaves.len() / 2);
        let leave = async |leaves: &[(usize, (NaiveDate, NaiveDate))]| {
            for (who, (from, until)) in leaves {
                let mut tx = office.db.of(office.scheme).await.expect("a transaction");
                let span = Span { from: *from, until: Some(*until) };
                staff::add_leave(&mut tx, office.scheme, promeneurs[*who], span).await.expect("a leave or a refusal");
                tx.commit().await.expect("committed");
            }
        };
        for (from, until) in holidays.new_tree(&mut runner).expect("holidays").current() {
            let holiday =
                "insert into holiday (network_id, from_on, until_on) values ($1, $2, $3) on conflict do nothing";
            let mut owner = office.owner().await;
            let done = sqlx::query(holiday).bind(office.scheme.0).bind(from).bind(until).execute(&mut owner).await;
            done.expect("holidays");
        }
        go(before).await;
        leave(early).await;
        for (who, which, draft, sync) in acts().new_tree(&mut runner).expect("acts").current() {
            let phone = &phones[who];
            let entries = phone.store.entries();
            let entry = which.and_then(|which| entries.get(which % entries.len().max(1)));
            match (entry.filter(|entry| !entry.deleted), draft) {
                (None, Some(draft)) => phone.save(fresh_record(), Body::new(draft).to_json()),
                // An edit keeps the kind of its record; one of another kind is refused, which counts for nothing too.
                (Some(entry), Some(draft)) => phone.save(entry.id, Body::new(draft).to_json()),
                (Some(entry), None) => phone.withdraw(entry.id),
                (None, None) => {}
            }
            if sync {
                assert_eq!(phone.round().await.fault, None);
            }
        }
        for phone in &phones {
            assert_eq!(phone.round().await.fault, None);
            assert!(phone.store.outbox().is_empty());
        }
        go(after).await;
        leave(late).await;
        let mut scopes = vec![Scope::Network, Scope::Territory(territory)];
        scopes.extend(structures.iter().copied().map(Scope::Structure));
        scopes.extend(promeneurs.map(Scope::Promeneur));
        let periods = [
            "2025-2026",
            "2025",
            "2026",
            "2025-10",
            "2025-10-20..2025-10-26",
            "2026-03-29..2026-03-29",
            "2023-2024",
            "2024-02",
            "2024-02-29..2024-02-29",
        ];
        for (period, scope) in periods.iter().flat_map(|period| scopes.iter().map(move |scope| (*period, *scope))) {
            figures += check_scope(&office, &coordinator, period, scope).await;
            check_course(&office, &coordinator, period, &scope.to_string()).await;
        }
        check_rebuild(&office).await;
        let skipped =
            "select (select max(head) from network_counter) - count(*) from operation where status = 'applied'";
        assert_eq!(office.number(skipped).await, 0, "versions without a gap");
    }
    assert!(figures > 3_000, "only {figures} figures compared");
}

/// A release that counts by other rules builds the projections anew; the same rules leave them.
#[tokio::test]
async fn projections_of_other_rules_are_stale() {
    let office = Office::open().await;
    assert!(!projections::are_stale(&office.db, office.scheme).await.expect("read"));
    let mut owner = office.owner().await;
    sqlx::query("update projection_rules set rules = rules - 1").execute(&mut owner).await.expect("written");
    assert!(projections::are_stale(&office.db, office.scheme).await.expect("read"));
    assert_eq!(projections::refresh(&office.db, office.scheme).await.expect("rebuilt"), Some(0));
    assert!(!projections::are_stale(&office.db, office.scheme).await.expect("read"));
    assert_eq!(projections::refresh(&office.db, office.scheme).await.expect("read"), None);
}
