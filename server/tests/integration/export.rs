//! The dashboard as a file, `/coordination/tableau.csv`.

use std::collections::BTreeMap;

use app::domain::{
    coded::Code,
    indicators::Indicator,
    measure::Measure,
    taxonomy::{ChannelKind, InterventionType, Network, ReferralKind, Theme, label_of},
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
    let rows: BTreeMap<(String, String), String> = reader
        .deserialize()
        .map(|row| row.map(|(heading, detail, value)| ((heading, detail), value)).expect("a row of three"))
        .collect();
    let found = |heading: &str, detail: &str| {
        rows.get(&(heading.to_owned(), detail.to_owned())).map_or(0, |value| value.parse().expect("a number"))
    };
    let mut compared = 0;
    let mut same = |key: &str, heading: &str, detail: &str, value: &Value| {
        assert_eq!(value.as_i64(), Some(found(heading, detail)), "{scope} {period} {key} {detail}");
        compared += 1;
    };
    for (key, heading) in [
        ("I1a_followers", Indicator::I1a.label()),
        ("I1b_distinct", Indicator::I1b.label()),
        ("I1c_contacts", Indicator::I1c.label()),
        ("I1d_accompanied", Indicator::I1d.label()),
        ("I3_met", Indicator::I3.label()),
        ("I4_projects_initiated", Indicator::I4.label()),
        ("I7_presence_minutes", "Minutes de présence"),
        ("I8_referrals", Indicator::I8.label()),
    ] {
        same(key, heading, "", &wanted[key]);
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
    compared
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
    for (period, scope, sentence) in [
        ("2026-13", "reseau", "Cette période n’existe pas"),
        ("2026-02-01..2026-01-01", "reseau", "Cette période n’existe pas"),
        ("2026", "structure:../../etc/passwd", "n’est pas dans le réseau"),
        ("2026", &format!("promeneur:{foreign}"), "n’est pas dans le réseau"),
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
