//! Signing in and out by plain forms.

use axum::{
    body::Body,
    http::{Request, header},
};
use server::{auth::password, db::people};

use crate::harness::{Answer, Office, PASSPHRASE};

const LOGIN: &str = "anne@essai";

async fn office_with_anne(https: bool) -> Office {
    let office = Office::open_with(https).await;
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    let hash = password::hash(PASSPHRASE.to_owned()).await.expect("long enough");
    let new = people::NewAccount { login: LOGIN, name: "Anne", password_hash: &hash, promeneur: None };
    people::create_account(&mut tx, office.scheme, &new).await.expect("an account");
    tx.commit().await.expect("committed");
    office
}

async fn sign_in(office: &Office, login: &str, phrase: &str, back: &str) -> Answer {
    office.form("/connexion", &[("identifiant", login), ("phrase", phrase), ("retour", back)]).await
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_right_passphrase_opens_a_session_and_signing_out_ends_it() {
    let office = office_with_anne(false).await;
    let answer = sign_in(&office, " Anne@Essai ", PASSPHRASE, "").await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/coordination"));
    let cookie = cookie(&answer);
    assert_eq!(office.get("/coordination", &cookie).await.status.as_u16(), 200);
    let me: app::domain::person::Me = office.post_json("/api/v1/me", &cookie, "").await.json();
    assert_eq!(me.name, "Anne");
    let request = Request::post("/").header(header::COOKIE, &cookie);
    let answer = office.send(request, "/deconnexion", Body::empty()).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/connexion"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{}", answer.header("set-cookie"));
    assert_eq!(office.post_json("/api/v1/me", &cookie, "").await.refusal(), (401, "signed_out".to_owned()));
    assert_eq!(office.number("select count(*) from session").await, 0);
}

#[tokio::test]
async fn the_server_function_signs_out_too() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let answer = office.post_json("/api/v1/sign_out", &who.cookie, "").await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(office.post_json("/api/v1/me", &who.cookie, "").await.refusal(), (401, "signed_out".to_owned()));
}

#[tokio::test]
async fn a_wrong_passphrase_and_an_unknown_name_are_told_alike() {
    let office = office_with_anne(false).await;
    let wrong = sign_in(&office, LOGIN, "une lanterne éteinte", "/x").await;
    let unknown = sign_in(&office, "zoe@essai", PASSPHRASE, "/x").await;
    for (answer, login) in [(&wrong, "anne%40essai"), (&unknown, "zoe%40essai")] {
        let back = format!("/connexion?erreur=bad_credentials&identifiant={login}&retour=%2Fx");
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, back.as_str()));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let page = office.get(wrong.header("location"), "").await;
    assert_eq!(page.status.as_u16(), 401);
    assert!(page.text().contains("ne vont pas ensemble"));
    assert_eq!(office.number("select count(*) from session").await, 0);
}

#[tokio::test]
async fn after_ten_failures_the_name_rests_whoever_asks() {
    let office = office_with_anne(false).await;
    let mut owner = office.owner().await;
    sqlx::query("insert into sign_in_failure (login) select $1 from generate_series(1, 9)")
        .bind(LOGIN)
        .execute(&mut owner)
        .await
        .expect("failures");
    assert!(sign_in(&office, LOGIN, "pas la bonne phrase", "").await.header("location").contains("bad_credentials"));
    let resting = sign_in(&office, LOGIN, PASSPHRASE, "").await;
    assert!(resting.header("location").contains("too_many_attempts"), "{}", resting.header("location"));
    assert_eq!(office.get(resting.header("location"), "").await.status.as_u16(), 429);
    // Others are not held up, and the rest is over with its window.
    assert!(sign_in(&office, "zoe@essai", PASSPHRASE, "").await.header("location").contains("bad_credentials"));
    sqlx::query("update sign_in_failure set at = at - interval '16 minutes'").execute(&mut owner).await.expect("later");
    assert_eq!(sign_in(&office, LOGIN, PASSPHRASE, "").await.header("location"), "/coordination");
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone() {
    let plain = sign_in(&office_with_anne(false).await, LOGIN, PASSPHRASE, "").await;
    let text = plain.header("set-cookie");
    assert!(
        text.starts_with("lanterne=") && text.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax"),
        "{text}"
    );
    let secure = sign_in(&office_with_anne(true).await, LOGIN, PASSPHRASE, "").await;
    let text = secure.header("set-cookie");
    assert!(text.starts_with("__Host-lanterne=") && text.ends_with("; HttpOnly; SameSite=Lax; Secure"), "{text}");
    assert!(!text.to_lowercase().contains("domain"));
    assert!(secure.header("strict-transport-security").starts_with("max-age=63072000"));
    assert_eq!(plain.header("strict-transport-security"), "");
}

#[tokio::test]
async fn one_goes_back_to_our_own_pages_only() {
    let office = office_with_anne(false).await;
    let back = sign_in(&office, LOGIN, PASSPHRASE, "/coordination?periode=2026-11").await;
    assert_eq!(back.header("location"), "/coordination?periode=2026-11");
    for foreign in ["https://mechant.example", "//mechant.example", "/\\mechant.example", "mechant", "/\n/mechant"] {
        assert_eq!(
            sign_in(&office, LOGIN, PASSPHRASE, foreign).await.header("location"),
            "/coordination",
            "{foreign:?}"
        );
    }
}

#[tokio::test]
async fn another_site_signs_nobody_in() {
    let office = office_with_anne(false).await;
    let form = serde_urlencoded::to_string([("identifiant", LOGIN), ("phrase", PASSPHRASE)]).expect("a form");
    let host = office.address.to_string();
    let cases = [
        (vec![("sec-fetch-site", "cross-site")], 403),
        (vec![("sec-fetch-site", "same-site")], 403),
        (vec![("origin", "https://mechant.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("sec-fetch-site", "same-origin")], 303),
    ];
    for (headers, status) in cases {
        let mut request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::HOST, &host);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        let answer = office.send(request, "/connexion", Body::from(form.clone())).await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?}");
        if status == 403 {
            assert_eq!(answer.refusal().1, "cross_site");
        }
    }
}

#[tokio::test]
async fn what_was_typed_comes_back_as_text() {
    let office = Office::open().await;
    let page =
        office.get("/connexion?erreur=bad_credentials&identifiant=%22%3E%3Cscript%3E&retour=%22%3E%3Cb%3E", "").await;
    assert!(!page.text().contains("\"><script>") && !page.text().contains("\"><b>"));
}
