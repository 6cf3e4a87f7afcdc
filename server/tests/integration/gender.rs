//! The gender of young people (`domain.md` B7): asked for where the coordination decides so, and told to nobody else.

use app::domain::{
    people::Genders,
    record::{Body, Draft},
};
use axum::http::StatusCode;
use serde_json::Value;

use crate::{
    harness::Office,
    messages::{Person, exchange, fresh_record},
    phone::Phone,
    recount::{self, check_rebuild},
};

const ASK: &str = "/coordination/service/genre";
const SAID: &str = "Par genre : 3 filles ou femmes, 1 garçon ou homme, 2 autres ou non précisés ;";

async fn is_asked(office: &Office, who: &Person) -> Value {
    let answer = office.post_json("/api/v1/standing", &who.cookie, String::new()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json::<Value>().get("asks_gender").cloned().unwrap_or(Value::Null)
}

/// A page with its spaces as one types them.
async fn told(office: &Office, who: &Person, address: &str) -> String {
    office.get(address, &who.cookie).await.text().replace(['\u{a0}', '\u{202f}'], " ")
}

fn with_genders(young: i64, gender: Genders) -> String {
    let Draft::Intervention(mut draft) = Body::from_json(&exchange(young, None)).expect("a body").draft else {
        panic!("an exchange")
    };
    draft.gender = Some(gender);
    Body::new(Draft::Intervention(draft)).to_json()
}

#[tokio::test]
async fn it_is_asked_for_where_the_coordination_decides_so() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (coordinator, anne) = (office.coordinator().await, office.promeneur("Anne").await);
    let other = office.promeneur_of(elsewhere, "Bruno").await;
    assert_eq!(is_asked(&office, &anne).await, Value::Null);
    assert_eq!(office.submit(&anne, ASK, &[("genre", "1")]).await.status, StatusCode::FORBIDDEN);

    let answer = office.submit(&coordinator, ASK, &[("genre", "1")]).await;
    assert_eq!(answer.header("location"), "/coordination/service?fait=genre-demande");
    assert_eq!((is_asked(&office, &anne).await, is_asked(&office, &other).await), (true.into(), Value::Null));
    let page = office.get("/coordination/service?fait=genre-demande", &coordinator.cookie).await.text();
    assert!(
        page.contains("Les carnets demanderont le genre") && page.contains("name=\"genre\" value=\"1\" checked"),
        "{page}"
    );
    let trail = office.get("/coordination/service/actes", &coordinator.cookie).await.text();
    assert!(trail.contains("question du genre"), "{trail}");

    // A box that is not ticked is not sent.
    let answer = office.submit(&coordinator, ASK, &[]).await;
    assert_eq!(answer.header("location"), "/coordination/service?fait=genre-tu");
    assert_eq!(is_asked(&office, &anne).await, Value::Null);
}

#[tokio::test]
async fn it_is_told_of_the_whole_network_and_in_nothing_that_leaves_the_coordination() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    let noted = fresh_record();
    phone.save(noted, with_genders(5, Genders { girl_woman: 3, boy_man: 1, other_unspecified: 0 }));
    phone.save(fresh_record(), with_genders(1, Genders { other_unspecified: 1, ..Genders::default() }));
    phone.save(fresh_record(), exchange(7, None));
    assert_eq!(phone.round().await.fault, None);

    let page = told(&office, &coordinator, "/coordination?periode=2025").await;
    assert!(page.contains(SAID), "{page}");
    let file = told(&office, &coordinator, "/coordination/tableau.csv?periode=2025").await;
    assert!(file.contains("Jeunes, par genre;Filles ou femmes;3"), "{file}");
    let dashboard = office.dashboard(&coordinator, "2025", "reseau").await;
    let of_one = format!("structure:{}", dashboard.choices.structures[0].id);
    for address in [
        format!("/coordination?periode=2025&perimetre={of_one}"),
        format!("/coordination/tableau.csv?periode=2025&perimetre={of_one}"),
        format!("/api/v1/dashboard?periode=2025&perimetre={of_one}"),
        "/coordination/bilans/ecrire?periode=2025".to_owned(),
    ] {
        let answer = office.get(&address, &coordinator.cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}");
        let text = answer.text();
        assert!(!text.contains("arçon") && !text.contains("\"genders\""), "{address}: {text}");
    }
    recount::check(&office, &coordinator, "2025").await;

    // What is corrected is counted anew.
    phone.save(noted, with_genders(5, Genders { girl_woman: 2, boy_man: 1, other_unspecified: 0 }));
    assert_eq!(phone.round().await.fault, None);
    let page = told(&office, &coordinator, "/coordination?periode=2025").await;
    assert!(page.contains("Par genre : 2 filles ou femmes, 1 garçon"), "{page}");
    recount::check(&office, &coordinator, "2025").await;
    check_rebuild(&office).await;
}
