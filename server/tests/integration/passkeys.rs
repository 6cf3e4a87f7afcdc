//! Passkeys where no browser shows one: what is refused. What is let in is shown with a real one (`end2end/passkey.spec.ts`).

use app::domain::access::Act;
use axum::http::StatusCode;
use serde_json::{Value, json};
use server::{
    db::{people, staff},
    http::passkeys::{PAGES, Site},
};

use crate::{
    door::with_passphrase,
    harness::{Answer, Office, PASSPHRASE},
    messages::Person,
};

async fn ask(office: &Office, path: &str, who: Option<&Person>) -> Answer {
    office.post_json(path, who.map_or("", |who| &who.cookie), "{}").await
}

/// The number of a question that was asked.
fn number(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let question: Value = serde_json::from_str(&answer.text()).expect("JSON");
    question["id"].as_str().expect("a number").to_owned()
}

/// An answer that is well made and that nobody has signed.
fn unsigned(id: &str) -> String {
    let response = json!({
        "authenticatorData": "AAAA", "clientDataJSON": "e30", "signature": "AAAA", "userHandle": "AAAAAAAAAAAAAAAAAAAAAA",
    });
    let credential =
        json!({ "id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response, "extensions": {} });
    json!({ "id": id, "credential": credential, "back": "" }).to_string()
}

#[tokio::test]
async fn what_nobody_has_signed_opens_nothing() {
    let office = Office::open().await;
    let asked = number(&ask(&office, "/connexion/cle/defi", None).await);
    for id in [asked.as_str(), &uuid::Uuid::nil().to_string()] {
        let answer = office.post_json("/connexion/cle", "", unsigned(id)).await;
        assert_eq!(answer.refusal(), (401, "passkey_refused".to_owned()));
        assert_eq!(answer.header("set-cookie"), "");
    }
    // A question is answered once, rightly or not.
    assert_eq!(office.number("select count(*) from passkey_challenge").await, 0);
    for body in ["", "{}", "[]", r#"{"id":"x"}"#, r#"{"id":null,"credential":{}}"#] {
        let answer = office.post_json("/connexion/cle", "", body).await;
        assert_eq!(answer.refusal(), (400, "malformed_request".to_owned()), "{body}");
    }
    let huge = format!(r#"{{"id":"{}"}}"#, "a".repeat(100_000));
    let answer = office.post_json("/connexion/cle", "", huge).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

#[tokio::test]
async fn a_question_at_the_door_is_the_same_for_everybody_and_names_nobody() {
    let office = Office::open().await;
    office.promeneur("Anne").await;
    let mut questions: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let answer = ask(&office, "/connexion/cle/defi", None).await;
        questions.push(serde_json::from_str(&answer.text()).expect("JSON"));
    }
    assert_ne!(questions[0]["options"]["publicKey"]["challenge"], questions[1]["options"]["publicKey"]["challenge"]);
    for question in &mut questions {
        question["options"]["publicKey"]["challenge"] = Value::Null;
        question["id"] = Value::Null;
    }
    assert_eq!(questions[0], questions[1]);
    let asked = &questions[0]["options"]["publicKey"];
    assert_eq!(asked["userVerification"], "required", "a finger, a face or a code, and no mere touch");
    assert_eq!(asked["allowCredentials"], json!([]), "which accounts have one is told to nobody");
}

#[tokio::test]
async fn questions_of_one_address_do_not_pile_up() {
    let office = Office::open().await;
    number(&ask(&office, "/connexion/cle/defi", None).await);
    let fill = "insert into passkey_challenge (purpose, address, state)
        select 'sign_in', address, '{}' from passkey_challenge, generate_series(2, 200)";
    sqlx::query(fill).execute(&mut office.owner().await).await.expect("questions");
    assert_eq!(ask(&office, "/connexion/cle/defi", None).await.refusal(), (429, "too_many_attempts".to_owned()));
    let later = "update passkey_challenge set at = now() - interval '6 minutes'";
    sqlx::query(later).execute(&mut office.owner().await).await.expect("later");
    number(&ask(&office, "/connexion/cle/defi", None).await);
    assert_eq!(office.number("select count(*) from passkey_challenge").await, 1, "the old ones are forgotten");
}

#[tokio::test]
async fn a_session_that_somebody_left_open_is_made_no_key_of_theirs() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    with_passphrase(&office, &anne).await;
    let id = number(&ask(&office, "/acces/cles/defi", Some(&anne)).await);
    let long_ago = "update session set confirmed_at = now() - interval '61 minutes'";
    sqlx::query(long_ago).execute(&mut office.owner().await).await.expect("a while");
    for (path, body) in [("/acces/cles/defi", "{}".to_owned()), ("/acces/cles", unsigned(&id))] {
        assert_eq!(office.post_json(path, &anne.cookie, body).await.refusal().1, "proof_needed", "{path}");
    }
    office.submit(&anne, "/confirmer", &[("phrase", PASSPHRASE), ("retour", "/acces")]).await;
    number(&ask(&office, "/acces/cles/defi", Some(&anne)).await);
}

#[tokio::test]
async fn a_question_to_one_is_answered_by_no_other() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let id = number(&ask(&office, "/acces/cles/defi", Some(&anne)).await);
    // The other's answer does not use it up, either.
    office.post_json("/acces/cles", &bruno.cookie, unsigned(&id)).await;
    office.post_json("/connexion/cle", "", unsigned(&id)).await;
    assert_eq!(office.number("select count(*) from passkey_challenge").await, 1);
    // Who has no passkey confirms by none.
    assert_eq!(ask(&office, "/confirmer/cle/defi", Some(&anne)).await.refusal().1, "passkey_refused");
}

/// Gives somebody a passkey whose signature nobody has.
async fn keep_one(office: &Office, who: &Person) -> uuid::Uuid {
    let statement = "insert into passkey (network_id, account_id, credential_id, credential, name)
        values ($1, $2, $3, '{}', 'Chrome, Android') returning id";
    let id = sqlx::query_scalar(statement)
        .bind(who.me.scheme.0)
        .bind(who.me.account.0)
        .bind(who.device.0.as_bytes().as_slice());
    id.fetch_one(&mut office.owner().await).await.expect("a passkey")
}

#[tokio::test]
async fn passkeys_are_taken_away_by_their_owner_and_with_whatever_was_lost() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let coordinator = office.coordinator().await;
    let count = async || office.number("select count(*) from passkey").await;
    let id = keep_one(&office, &anne).await;
    let page = office.get("/acces", &anne.cookie).await.text();
    assert!(page.contains("Chrome, Android") && page.contains("jamais utilisée"), "{page}");
    let path = format!("/acces/cles/{id}/retirer");
    office.submit(&bruno, &path, &[]).await;
    assert_eq!(count().await, 1, "another person's is not theirs to take");
    assert_eq!(office.submit(&anne, &path, &[]).await.header("location"), "/acces?fait=cle-retiree");
    assert_eq!(count().await, 0);

    // A phone that was withdrawn may be in other hands, with what stands on it and with its session.
    let asked = number(&ask(&office, "/acces/cles/defi", Some(&anne)).await);
    keep_one(&office, &anne).await;
    keep_one(&office, &bruno).await;
    office.pull(&anne, None, 1).await;
    office.withdraw(&coordinator, &anne).await;
    assert_eq!(count().await, 1);
    assert_eq!(ask(&office, "/acces/cles/defi", Some(&anne)).await.refusal().1, "signed_out");
    let answer = office.post_json("/acces/cles", &anne.cookie, unsigned(&asked)).await;
    assert_eq!(answer.refusal().1, "signed_out");

    // A passphrase that is changed, by its owner or by a link, and an access that is closed.
    let login = with_passphrase(&office, &bruno).await;
    let fields = [("actuelle", PASSPHRASE), ("nouvelle", "quatre tilleuls penchent bien")];
    assert_eq!(office.submit(&bruno, "/acces/phrase", &fields).await.header("location"), "/acces?fait=phrase");
    assert_eq!(count().await, 0);
    keep_one(&office, &bruno).await;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    assert!(people::set_passphrase(&mut tx, &login, "hash").await.expect("set"));
    tx.commit().await.expect("committed");
    assert_eq!(count().await, 0);
    keep_one(&office, &bruno).await;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    staff::set_closed(&mut tx, bruno.me.account, true).await.expect("closed");
    tx.commit().await.expect("committed");
    assert_eq!(count().await, 0);
}

#[test]
fn passkeys_are_of_the_address_that_people_use() {
    assert_eq!(Site::at(None).expect("a site").name, "localhost");
    let path = "https://lanterne.example.fr:8443/carnet/";
    assert_eq!(Site::at(Some(path)).expect("a site").name, "lanterne.example.fr");
    // A name to which no certificate is given, or none at all.
    for address in ["", "lanterne.example.fr", "mailto:a@b.fr", "https://192.0.2.7"] {
        assert!(Site::at(Some(address)).is_none(), "{address}");
    }
    assert!(PAGES.iter().all(|(_, act, _)| *act == Act::Session));
}
