//! The dashboard as a file, `/coordination/tableau.csv`.

use std::collections::BTreeMap;

use app::domain::{
    coded::Code,
    fr,
    indicators::Indicator,
    measure::Measure,
    taxonomy::{ChannelKind, Initiator, InterventionType, Network, Outcome, ReferralKind, Theme, label_of},
    time::TimeSlot,
};
use serde_json::Value;
use server::{clock::fresh_scheme, db::people};

use crate::{
    harness::{Answer, Office},
    messages::Person,
};

async fn file(office: &Office, who: &Person, period: &str, scope: &str) -> Answer {
    let query = serde_urlencoded::to_string([("periode", period), ("perimetre", scope)]).expect("a query");
    office.get(&format!("/coordination/tableau.csv?{query}"), &who.cookie).await
}

/// The file of a period and a scope holds the figures wanted, of those that it gives. Returns how many were compared.
pub async fn check(
    office: &Office,
    coordinator: &Person,
    period: &str,
    scope: &str,
    wanted: &BTreeMap<String, Value>,
) -> usize {
    let answer = file(office, coordinator, period, scope).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("the mark that says UTF-8");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let mut lines = 0;
    let rows: BTreeMap<(String, String), String> = reader
        .deserialize()
        .inspect(|_| lines += 1)
        .map(|row| row.map(|(heading, detail, value)| ((heading, detail), value)).expect("a row of three"))
        .collect();
    assert_eq!(rows.len(), lines, "{scope} {period}: no row stands twice");
    let outcomes = Measure::Outcomes.label();
    let alert = (outcomes.to_owned(), label_of::<Outcome>(Outcome::AlertMade.code()));
    assert!(scope == "reseau" || !rows.contains_key(&alert), "{scope} {period} tells of alerts");
    let found = |heading: &str, detail: &str| {
        rows.get(&(heading.to_owned(), detail.to_owned())).map_or(0, |value| value.parse().expect("a number"))
    };
    let followers = fr::spaced(Indicator::I1a.label());
    let mut compared = 0;
    let mut same = |key: &str, heading: &str, detail: &str, value: &Value| {
        assert_eq!(value.as_i64(), Some(found(heading, detail)), "{scope} {period} {key} {detail}");
        compared += 1;
    };
    for (key, heading) in [
        ("I1a_followers", followers.as_str()),
        ("I1b_distinct", Indicator::I1b.label()),
        ("I1c_contacts", Indicator::I1c.label()),
        ("I1d_accompanied", Indicator::I1d.label()),
        ("I3_met", Indicator::I3.label()),
        ("I4_projects_initiated", Indicator::I4.label()),
        ("I7_presence_minutes", "Minutes de présence"),
        ("I8_referrals", Indicator::I8.label()),
        ("I16_reach", Measure::ReachCount.label()),
    ] {
        same(key, heading, "", &wanted[key]);
    }
    same("I16_publications", Measure::Channels.label(), ChannelKind::Publication.label(), &wanted["I16_publications"]);
    same("I18_alerts", outcomes, Outcome::AlertMade.label(), &wanted["I18_alerts"]);
    for (cell, minutes) in wanted["heat_minutes"].as_object().expect("a table") {
        let (day, slot) = cell.split_once(':').expect("a day and a slot");
        let day = fr::weekday(day.parse().expect("a weekday"));
        let detail = format!("{day}, {}", fr::small(&label_of::<TimeSlot>(slot)));
        same("heat_minutes", "Minutes de présence, par moment", &detail, minutes);
    }
    for (key, measure, label) in [
        ("I2_types", Measure::Interventions, label_of::<InterventionType> as fn(&str) -> String),
        ("I5_networks", Measure::Networks, label_of::<Network>),
        ("I5_channels", Measure::Channels, label_of::<ChannelKind>),
        ("I6_themes", Measure::Themes, label_of::<Theme>),
        ("I8_external_by_kind", Measure::ReferralKinds, label_of::<ReferralKind>),
    ] {
        for (code, value) in wanted[key].as_object().expect("a table") {
            same(key, measure.label(), &label(code), value);
        }
    }
    let sum = |cells: &[(&str, &str)]| cells.iter().map(|(heading, detail)| found(heading, detail)).sum::<i64>();
    let all = |heading: &str| {
        let of = rows.iter().filter(|((name, _), _)| name == heading);
        of.map(|(_, value)| value.parse::<i64>().expect("a number")).sum::<i64>()
    };
    let ages = Measure::Ages.label();
    for (key, sum) in [
        ("I7_minutes", sum(&[("Minutes de présence", ""), (Measure::OutsideMinutes.label(), "")])),
        ("I11_age_12_17", sum(&[(ages, "12–14 ans"), (ages, "15–17 ans")])),
        ("I11_age_18_25", sum(&[(ages, "18–25 ans")])),
        // By any of these the interventions are counted once each.
        ("interventions", all(Measure::Audiences.label())),
        ("interventions", all(Measure::Settings.label())),
        ("interventions", all(Measure::Initiators.label())),
        ("interventions", all("Interventions, par mois")),
        ("I7_minutes", all("Minutes, par mois")),
        ("I4_projects_initiated", all(Measure::ProjectsInitiated.label())),
    ] {
        assert_eq!(wanted[key].as_i64(), Some(sum), "{scope} {period} {key}");
        compared += 1;
    }
    let share = |part: i64, whole: i64| (whole != 0).then(|| f64_of(part) / f64_of(whole));
    for (key, share) in [
        (
            "I9_share_young_initiated",
            share(found(Measure::Initiators.label(), Initiator::YoungPerson.label()), all(Measure::Initiators.label())),
        ),
        ("I10_share_new", share(found(Indicator::I1b.label(), ""), found(Indicator::I1c.label(), ""))),
        ("I11_age_fill_rate", share(found(Measure::WithAges.label(), ""), found(Measure::WithYoung.label(), ""))),
        (
            "I7b_share_available",
            share(found("Minutes de présence quand les jeunes sont disponibles", ""), found("Minutes de présence", "")),
        ),
    ] {
        let same = match (wanted[key].as_f64(), share) {
            (Some(wanted), Some(found)) => (wanted - found).abs() <= 0.000_051,
            (wanted, found) => wanted == found,
        };
        assert!(same, "{scope} {period} {key}: {} {share:?}", wanted[key]);
        compared += 1;
    }
    compared
}

fn f64_of(count: i64) -> f64 {
    f64::from(i32::try_from(count).expect("a small count"))
}

#[tokio::test]
async fn it_is_for_the_coordinator_and_of_what_exists() {
    let office = Office::open().await;
    let promeneur = office.promeneur("Anne").await;
    let coordinator = office.coordinator().await;
    assert_eq!(
        office.get("/coordination/tableau.csv", "").await.header("location"),
        "/connexion?retour=%2Fcoordination"
    );
    assert_eq!(file(&office, &promeneur, "2026", "reseau").await.status.as_u16(), 403);

    let elsewhere = fresh_scheme();
    people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let foreign = office.promeneur_of(elsewhere, "Bruno").await.me.promeneur.expect("a promeneur");
    // What a page does not know is named, and no figure is shown as if it had been heeded.
    for (path, name) in [
        ("", "canal"),
        ("/tableau.csv", "canal"),
        ("/composition", "canal"),
        ("/besoins", "canal"),
        ("/reseau", "canal"),
    ] {
        let answer = office.get(&format!("/coordination{path}?{name}=x"), &coordinator.cookie).await;
        assert_eq!(answer.status.as_u16(), 400, "{path}");
        assert!(answer.text().contains("que cette page ne connaît pas"), "{path}: {}", answer.text());
    }
    for (period, scope, sentence) in [
        ("2026-13", "reseau", "Cette période n’existe pas"),
        ("2026-02-01..2026-01-01", "reseau", "Cette période n’existe pas"),
        ("2026", "structure:../../etc/passwd", "Ce périmètre n’existe pas"),
        ("2026", &format!("promeneur:{foreign}"), "Ce périmètre n’existe pas"),
    ] {
        let answer = file(&office, &coordinator, period, scope).await;
        assert_eq!(answer.status.as_u16(), 400, "{period} {scope}");
        assert!(answer.text().contains(sentence), "{period} {scope}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("text/html"), "{period} {scope}");
    }

    let answer = file(&office, &coordinator, "2026", "reseau").await;
    assert_eq!(
        (answer.header("content-type"), answer.header("content-disposition"), answer.header("cache-control")),
        ("text/csv; charset=utf-8", "attachment; filename=\"lanterne-reseau-2026.csv\"", "no-store")
    );
    let own = promeneur.me.promeneur.expect("a promeneur");
    let answer = file(&office, &coordinator, "2026", &format!("promeneur:{own}")).await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"lanterne-extrait-2026.csv\"");
    assert!(answer.text().contains("Anne"));
}
