//! « Numéros utiles »: whom to call in the department, from the coordinator's page to the phones.

use app::domain::helpline::MOST;
use axum::http::StatusCode;

use crate::{forms::HELPLINES, harness::Office, messages::Person};

async fn add(office: &Office, who: &Person, number: &str, words: &str) -> (StatusCode, String) {
    let answer = office.submit(who, HELPLINES, &[("numero", number), ("mots", words)]).await;
    let said =
        if answer.status == StatusCode::SEE_OTHER { answer.header("location").to_owned() } else { answer.text() };
    (answer.status, said)
}

async fn standing(office: &Office, who: &Person) -> serde_json::Value {
    let answer = office.post_json("/api/v1/standing", &who.cookie, String::new()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_str(&answer.text()).expect("a standing")
}

#[tokio::test]
async fn what_the_coordination_sets_reaches_the_phones_of_its_network_only() {
    let office = Office::open().await;
    let elsewhere = server::clock::fresh_scheme();
    server::db::people::create_scheme(&office.db, elsewhere, "Ailleurs", "Loire", false).await.expect("a network");
    let (here, other) = (office.coordinator().await, office.coordinator_of(elsewhere).await);
    let anne = office.promeneur("Anne").await;
    assert_eq!(standing(&office, &anne).await.get("helplines"), None);

    let done = format!("{HELPLINES}?fait=ajoute");
    let taken = (StatusCode::SEE_OTHER, done.clone());
    assert_eq!(add(&office, &here, "04 65 71 00 43", "Cellule de recueil (CRIP), en semaine").await, taken);
    assert_eq!(add(&office, &here, "04.65.71.00.44", "Maison des ados").await, taken);
    // The same number again: who answers has changed.
    assert_eq!(add(&office, &here, "0465710044", "Maison des adolescents").await, taken);
    let expected = serde_json::json!([
        { "number": "0465710043", "words": "Cellule de recueil (CRIP), en semaine" },
        { "number": "0465710044", "words": "Maison des adolescents" },
    ]);
    assert_eq!(standing(&office, &anne).await["helplines"], expected);
    let page = office.get(&done, &here.cookie).await.text();
    assert!(page.contains("Le numéro est enregistré") && page.contains("Maison des adolescents"), "{page}");
    let page = office.get(HELPLINES, &other.cookie).await.text();
    assert!(!page.contains("Maison des adolescents") && page.contains("Aucun pour l’instant"), "{page}");

    // Another network's hand takes nothing away here.
    let remove = format!("{HELPLINES}/retirer");
    assert_eq!(office.submit(&other, &remove, &[("numero", "0465710043")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(standing(&office, &anne).await["helplines"], expected);
    let answer = office.submit(&here, &remove, &[("numero", "0465710043")]).await;
    assert_eq!(answer.header("location"), format!("{HELPLINES}?fait=retire"));
    assert_eq!(standing(&office, &anne).await["helplines"][0]["number"], "0465710044");
}

#[tokio::test]
async fn what_is_no_number_is_refused_in_words_and_kept_in_the_form() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let (status, page) = add(&office, &coordinator, "quinze <b>", "Le SAMU").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("Écrivez un numéro de téléphone") && page.contains("aria-describedby=\"f-numero\""),
        "{page}"
    );
    assert!(page.contains("value=\"quinze &lt;b&gt;\"") && page.contains("value=\"Le SAMU\""), "{page}");
    let (status, page) = add(&office, &coordinator, "15", &"x".repeat(121)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("120\u{202f}caractères au plus") || page.contains("120 caractères au plus"), "{page}");
    for number in 10..10 + MOST {
        assert_eq!(add(&office, &coordinator, &number.to_string(), "x").await.0, StatusCode::SEE_OTHER);
    }
    let (status, page) = add(&office, &coordinator, "99", "x").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("La liste est pleine"), "{page}");
    // One that is there may still be said anew.
    assert_eq!(add(&office, &coordinator, "10", "y").await.0, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn only_the_coordination_sets_them() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    assert_eq!(office.get(HELPLINES, "").await.header("location"), "/connexion?retour=%2Fcoordination%2Fnumeros");
    for path in [HELPLINES, &format!("{HELPLINES}/retirer")] {
        let answer = office.submit(&anne, path, &[("numero", "15"), ("mots", "x")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(standing(&office, &anne).await.get("helplines"), None);
}
