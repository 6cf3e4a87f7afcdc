//! The figures for the programs of others.

use axum::{
    body::Body as Sent,
    http::{Request, StatusCode, header},
};
use serde_json::Value;

use chrono::{Datelike, TimeDelta};

use crate::{
    harness::{Answer, Office},
    messages::{Person, exchange, exchanges_of_all_ages, fresh_record},
    phone::Phone,
};

const KEYS: &str = "/coordination/cles";
const FIGURES: &str = "/api/figures/v1/bilan";

/// The key that the page shows this once.
async fn given(office: &Office, who: &Person, name: &str) -> String {
    let answer = office.submit(who, KEYS, &[("nom", name)]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let page = answer.text();
    let input = page.split("id=\"cle\"").nth(1).expect("the key");
    input.split("value=\"").nth(1).expect("its value").split('"').next().expect("its end").to_owned()
}

async fn read(office: &Office, key: &str, query: &str) -> Answer {
    let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {key}"));
    office.send(request, &format!("{FIGURES}{query}"), Sent::empty()).await
}

fn count(figures: &Value, breakdown: &str, part: &str) -> Value {
    let of = |list: &Value, code: &str| {
        let items = list.as_array().expect("a list");
        items.iter().find(|item| item["code"] == code).cloned().unwrap_or(Value::Null)
    };
    of(&of(&figures["breakdowns"], breakdown)["parts"], part)["count"].clone()
}

#[tokio::test]
async fn a_key_opens_the_figures_of_its_network_with_small_numbers_masked_until_it_is_taken_back() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    for body in exchanges_of_all_ages() {
        phone.save(fresh_record(), body);
    }
    assert_eq!(phone.round().await.fault, None);
    let key = given(&office, &coordinator, "Caf de la Haute-Loire").await;
    assert!(!office.get(KEYS, &coordinator.cookie).await.text().contains(&key), "a key is shown once");
    assert_eq!(office.number("select count(*) from access_key where encode(token_hash, 'hex') = name").await, 0);

    let answer = read(&office, &key, "?periode=2025").await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let figures: Value = answer.json();
    assert_eq!(count(&figures, "interventions", "listen"), 3);
    // A theme beside a referral may be one person's story; each month's minutes are part of I7.
    let codes: Vec<&str> =
        figures["breakdowns"].as_array().expect("a list").iter().filter_map(|it| it["code"].as_str()).collect();
    assert!(codes.contains(&"themes") && !codes.iter().any(|code| code.contains("referral_theme")), "{codes:?}");
    let of = |list: &str, code: &str| {
        figures[list].as_array().expect("a list").iter().find(|it| it["code"] == code).cloned().expect("it is told")
    };
    let months: i64 = of("breakdowns", "months_minutes")["parts"]
        .as_array()
        .expect("months")
        .iter()
        .filter_map(|part| part["count"].as_i64())
        .sum();
    assert_eq!(Some(f64::from(i32::try_from(months).expect("few"))), of("indicators", "I7")["value"].as_f64());
    assert!(figures["completeness"]["missing"].is_array() && figures["completeness"]["entries_since"].is_null());
    assert_eq!(count(&figures, "ages", "12_14"), Value::Null);
    assert_eq!(count(&figures, "ages", "15_17"), Value::Null);
    assert_eq!(count(&figures, "ages", "18_25"), 30);
    let contacts = figures["indicators"].as_array().expect("a list").iter().find(|it| it["code"] == "I1c");
    assert_eq!(contacts.expect("I1c")["value"], 41.0);
    assert!(!answer.text().contains("Anne"), "nobody is named: {}", answer.text());
    // What is masked says so, and an unknown number is no masked one.
    let ages = figures["breakdowns"].as_array().expect("a list").iter().find(|it| it["code"] == "ages");
    for part in ages.expect("ages")["parts"].as_array().expect("parts") {
        assert_eq!(part["masked"], part["count"].is_null(), "{part}");
    }
    // When, and who the network is made of.
    assert_eq!(count(&figures, "months", "2025-03"), 3);
    let indicators = figures["indicators"].as_array().expect("a list");
    let told = |code: &str| indicators.iter().find(|it| it["code"] == code).expect("an indicator")["value"].clone();
    assert_eq!((told("I13_labelled"), told("I12"), told("I14")), (Value::from(1.0), Value::Null, Value::Null));
    assert!(
        indicators.iter().all(|it| it["masked"] == false),
        "nobody was in danger, and no project is small: {figures}"
    );

    // Of years that overlap these no part is told.
    assert_eq!(figures["years_in_parts"], "civil");
    let school: Value = read(&office, &key, "?periode=2024-2025").await.json();
    assert_eq!(count(&school, "interventions", "listen"), 3);
    assert_eq!(count(&school, "ages", "18_25"), Value::Null);

    // Shorter periods could be set against the year.
    for query in ["?periode=2025-03", "?periode=2025-T1", "?periode=2025-01-01..2025-03-31"] {
        assert_eq!(read(&office, &key, query).await.refusal(), (400, "only_years".to_owned()), "{query}");
    }
    for query in ["?periode=hier", "?periode="] {
        assert_eq!(read(&office, &key, query).await.refusal(), (400, "period_malformed".to_owned()), "{query}");
    }
    // A year that goes on could be set against itself, read a day later.
    let today = (server::clock::now() + TimeDelta::hours(1)).date_naive();
    let running: Value = read(&office, &key, &format!("?periode={}", today.year())).await.json();
    let ages = running["breakdowns"].as_array().expect("a list").iter().find(|it| it["code"] == "ages");
    let ages = ages.expect("ages")["parts"].as_array().expect("parts").clone();
    assert!(!ages.is_empty() && ages.iter().all(|it| it["count"].is_null()), "{ages:?}");
    let indicators = running["indicators"].as_array().expect("a list");
    for code in ["I1d", "I18"] {
        let it = indicators.iter().find(|it| it["code"] == code).expect(code);
        assert!(it["value"].is_null() && it["masked"] == true, "{it}");
    }
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let theirs = given(&office, &office.coordinator_of(elsewhere).await, "Caf de la Loire").await;
    let other: Value = read(&office, &theirs, "?periode=2025").await.json();
    assert_eq!((&other["network"], count(&other, "interventions", "listen")), (&Value::from("Ailleurs"), Value::Null));

    let page = office.get(KEYS, &coordinator.cookie).await.text();
    assert!(page.contains("Caf de la Haute-Loire") && !page.contains("Caf de la Loire"), "{page}");
    let path = page.split("action=\"").find(|rest| rest.contains("/retirer\"")).and_then(|rest| rest.split('"').next());
    let path = path.expect("a form");
    let answer = office.submit(&coordinator, path, &[]).await;
    assert_eq!(answer.header("location"), format!("{KEYS}?fait=retire"));
    let answer = read(&office, &key, "?periode=2025").await;
    assert_eq!((answer.refusal(), answer.header("www-authenticate")), ((401, "key_unknown".to_owned()), "Bearer"));
    assert_eq!(read(&office, &theirs, "?periode=2025").await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_key_nothing_is_told_and_only_the_coordination_gives_one() {
    let office = Office::open().await;
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    for key in ["", "x", &"0".repeat(64), &"é".repeat(32)] {
        assert_eq!(read(&office, key, "").await.refusal(), (401, "key_unknown".to_owned()), "{key}");
    }
    // A session is no key.
    assert_eq!(office.get(FIGURES, &coordinator.cookie).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(office.submit(&anne, KEYS, &[("nom", "moi")]).await.status, StatusCode::FORBIDDEN);
    for name in ["", "   ", &"x".repeat(81)] {
        let answer = office.submit(&coordinator, KEYS, &[("nom", name)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Dites pour qui est cette clé"), "{}", answer.text());
    }
    for _ in 0..20 {
        given(&office, &coordinator, "Caf").await;
    }
    let answer = office.submit(&coordinator, KEYS, &[("nom", "Caf")]).await;
    assert!(answer.text().contains("Il y a déjà vingt clés"), "{}", answer.text());
}

#[tokio::test]
async fn the_description_says_what_is_answered() {
    let office = Office::open().await;
    let answer = office.get("/api/figures/v1/openapi.json", "").await;
    assert_eq!(answer.status, StatusCode::OK);
    let description: Value = answer.json();
    assert!(description["openapi"].as_str().expect("a version").starts_with("3."), "{description}");
    assert_eq!(description["components"]["securitySchemes"]["cle"]["scheme"], "bearer");
    let coordinator = office.coordinator().await;
    let key = given(&office, &coordinator, "Caf").await;
    let figures: Value = read(&office, &key, "").await.json();
    // Each name that is answered is described, and the other way round.
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<String>>();
    let schemas = &description["components"]["schemas"];
    assert_eq!(names(&figures), names(&schemas["Figures"]["properties"]));
    assert_eq!(names(&figures["indicators"][0]), names(&schemas["Indicator"]["properties"]));
    assert_eq!(names(&figures["breakdowns"][0]), names(&schemas["Breakdown"]["properties"]));
    assert!(description["paths"][FIGURES]["get"]["responses"]["401"].is_object(), "{description}");
}

#[tokio::test]
async fn of_a_year_that_goes_on_nobody_reads_what_one_act_was_about() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let today = server::clock::today_in("Europe/Paris");
    let body: Value = serde_json::from_str(&exchange(1, None)).expect("JSON");
    let mut now = body.clone();
    now["occurred_on"] = today.to_string().into();
    phone.save(fresh_record(), body.to_string());
    phone.save(fresh_record(), now.to_string());
    assert_eq!(phone.round().await.fault, None);
    let key = given(&office, &coordinator, "Caf").await;
    let caf = office.account_of(office.scheme, "Caf", server::db::people::Place::Caf).await;
    let year = today.year().to_string();
    for (period, is_told) in [("2025", true), (year.as_str(), false)] {
        let figures: Value = read(&office, &key, &format!("?periode={period}")).await.json();
        let codes: Vec<&str> =
            figures["breakdowns"].as_array().expect("a list").iter().filter_map(|it| it["code"].as_str()).collect();
        for about in ["themes", "theme_groups", "outcomes", "referral_kinds"] {
            assert_eq!(codes.contains(&about), is_told, "{about} of {period}: {codes:?}");
        }
        assert!(codes.contains(&"interventions") && codes.contains(&"networks"), "{codes:?}");
        let page = office.get(&format!("/coordination/bilans/chiffres?periode={period}"), &caf.cookie).await.text();
        assert_eq!(page.contains("Les thématiques</h3>"), is_told, "{period}: {page}");
        assert_eq!(page.contains("se lisent une fois l’année close"), !is_told, "{period}: {page}");
    }
}
