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
    let new =
        people::NewAccount { login: LOGIN, name: "Anne", password_hash: &hash, place: people::Place::Coordinator };
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
    // In the page and in no address, which histories and logs keep.
    for answer in [&wrong, &unknown] {
        assert_eq!((answer.status.as_u16(), answer.header("location"), answer.header("set-cookie")), (401, "", ""));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.text().contains("ne vont pas ensemble") && answer.text().contains("value=\"/x\""));
    }
    assert_eq!(wrong.text(), unknown.text().replace("zoe@essai", LOGIN));
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
    assert_eq!(sign_in(&office, LOGIN, "pas la bonne phrase", "").await.status.as_u16(), 401);
    let resting = sign_in(&office, LOGIN, PASSPHRASE, "").await;
    assert_eq!(resting.status.as_u16(), 429);
    assert!(resting.text().contains("Trop d’essais"));
    // Others are not held up, and the rest is over with its window.
    assert_eq!(sign_in(&office, "zoe@essai", PASSPHRASE, "").await.status.as_u16(), 401);
    sqlx::query("update sign_in_failure set at = at - interval '16 minutes'").execute(&mut owner).await.expect("later");
    assert_eq!(sign_in(&office, LOGIN, PASSPHRASE, "").await.header("location"), "/coordination");
}

/// Many at once are counted like one after the other, and the right passphrase takes its failures back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_made_at_once_are_counted_too() {
    let office = std::sync::Arc::new(office_with_anne(false).await);
    assert_eq!(sign_in(&office, LOGIN, "pas la bonne phrase", "").await.status.as_u16(), 401);
    assert_eq!(sign_in(&office, LOGIN, PASSPHRASE, "").await.status.as_u16(), 303);
    assert_eq!(office.number("select count(*) from sign_in_failure").await, 0);
    let mut guesses = tokio::task::JoinSet::new();
    for _ in 0..24 {
        let office = office.clone();
        guesses.spawn(async move { sign_in(&office, LOGIN, "pas la bonne phrase", "").await.status.as_u16() });
    }
    let statuses = guesses.join_all().await;
    let of = |status| statuses.iter().filter(|found| **found == status).count();
    // Some may have found the door too crowded; they were noted all the same.
    assert_eq!((of(401) + of(503), of(429)), (10, 14), "{statuses:?}");
    assert_eq!(office.number("select count(*) from sign_in_failure").await, 10);
}

#[tokio::test]
async fn a_promeneur_goes_to_their_own_notebook_by_name() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let hash = password::hash(PASSPHRASE.to_owned()).await.expect("long enough");
    let mut owner = office.owner().await;
    let login: String = sqlx::query_scalar("update account set password_hash = $1 returning login")
        .bind(&hash)
        .fetch_one(&mut owner)
        .await
        .expect("an account");
    let mut last = String::new();
    for (back, path) in [
        ("", "/app"),
        ("/app/journal?x=1", "/app/journal"),
        ("/coordination", "/app"),
        ("/application", "/app"),
        ("//app", "/app"),
    ] {
        let answer = sign_in(&office, &login, PASSPHRASE, back).await;
        let (to, number) = answer.header("location").rsplit_once('.').expect("a number");
        let wanted = format!("{path}?connecte={}", who.me.account);
        assert_eq!((answer.status.as_u16(), to), (303, wanted.as_str()), "{back}");
        assert!(number > last.as_str(), "a later sign-in has a higher number");
        number.clone_into(&mut last);
    }
}

/// A session in use does not end, and the browser is told so.
#[tokio::test]
async fn a_session_in_use_is_prolonged_with_its_cookie() {
    let office = Office::open().await;
    let (promeneur, coordinator) = (office.promeneur("Anne").await, office.coordinator().await);
    let mut owner = office.owner().await;
    for (who, path, seconds) in
        [(&promeneur, "/api/v1/sync_pull", 90 * 86_400), (&coordinator, "/api/v1/dashboard", 21 * 3_600)]
    {
        sqlx::query("update session set expires_at = now() + interval '5 minutes'")
            .execute(&mut owner)
            .await
            .expect("nearly over");
        let first = match path {
            "/api/v1/dashboard" => office.get(path, &who.cookie).await,
            _ => office.pull(who, None, 1).await,
        };
        assert_eq!(first.status.as_u16(), 200);
        let again = first.header("set-cookie").to_owned();
        assert!(again.starts_with(&who.cookie) && again.contains(&format!("Max-Age={seconds};")), "{path}: {again}");
        assert_eq!(office.pull(&promeneur, None, 1).await.header("set-cookie").is_empty(), path != "/api/v1/dashboard");
    }
    let page = office.get("/coordination", &coordinator.cookie).await;
    assert_eq!((page.status.as_u16(), page.header("set-cookie")), (200, ""));
}

#[tokio::test]
async fn a_new_passphrase_ends_every_session() {
    let office = office_with_anne(false).await;
    let cookie = cookie(&sign_in(&office, LOGIN, PASSPHRASE, "").await);
    let hash = password::hash("une tout autre lanterne".to_owned()).await.expect("long enough");
    let mut tx = office.db.of(office.scheme).await.expect("a transaction");
    assert!(people::set_passphrase(&mut tx, "Anne@essai", &hash).await.expect("set"));
    assert!(!people::set_passphrase(&mut tx, "zoe@essai", &hash).await.expect("read"));
    tx.commit().await.expect("committed");
    assert_eq!(office.post_json("/api/v1/me", &cookie, "").await.refusal(), (401, "signed_out".to_owned()));
    assert_eq!(sign_in(&office, LOGIN, PASSPHRASE, "").await.status.as_u16(), 401);
    assert_eq!(sign_in(&office, LOGIN, "une tout autre lanterne", "").await.status.as_u16(), 303);
}

#[tokio::test]
async fn the_cookie_is_for_the_server_alone() {
    let plain = sign_in(&office_with_anne(false).await, LOGIN, PASSPHRASE, "").await;
    let text = plain.header("set-cookie");
    assert!(
        text.starts_with("lanterne=") && text.ends_with("; Path=/; Max-Age=75600; HttpOnly; SameSite=Lax"),
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
    let page = sign_in(&office, "\"><script>", "x", "\"><b>").await.text();
    assert!(page.contains("&lt;script") && !page.contains("\"><script>") && !page.contains("\"><b>"));
    let page = office.get("/connexion?retour=%22%3E%3Cb%3E", "").await.text();
    assert!(!page.contains("\"><b>"));
    for name in ["a\0b", "a\nb", &"a".repeat(201)] {
        assert_eq!(sign_in(&office, name, "x", "").await.status.as_u16(), 401, "{name:?}");
    }
}
