//! One's own access: sessions, the passphrase, what is held about oneself; who may try to sign in, and how often.

use app::domain::{
    ids::DeviceId,
    meeting::MeetingDraft,
    record::{Body as RecordBody, Draft},
};
use axum::http::StatusCode;
use server::{clock::fresh_id, db::people::Place};

use crate::{
    door::{cookies, sign_in, with_passphrase},
    harness::{Office, PASSPHRASE},
    messages::{Person, fresh_record, meeting},
    phone::Phone,
};

async fn is_in(office: &Office, cookies: &str) -> bool {
    office.post_json("/api/v1/me", cookies, "").await.status == StatusCode::OK
}

#[tokio::test]
async fn sessions_are_listed_by_their_owner_and_ended_one_by_one_or_all_but_this() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let login = with_passphrase(&office, &who).await;
    let phone = cookies(&sign_in(&office, &login, PASSPHRASE, "1.1.1.1", "").await);
    let third = office.sign_in_as(who.me.clone()).await;
    let page = office.get("/acces", &who.cookie).await.text();
    assert!(page.contains("Cet appareil, depuis le") && page.contains("Firefox, Android"), "{page}");
    assert_eq!(page.matches("/fermer\"").count(), 3, "each of the two others, and both together");
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar("select id from session where agent <> ''")
        .fetch_all(&mut office.owner().await)
        .await
        .expect("sessions");
    // Another person's session is not theirs to end.
    let stranger = office.coordinator().await;
    let path = format!("/acces/sessions/{}/fermer", ids[0]);
    office.submit(&stranger, &path, &[]).await;
    assert!(is_in(&office, &phone).await);
    let answer = office.submit(&who, &path, &[]).await;
    assert_eq!(answer.header("location"), "/acces?fait=deconnecte");
    assert!(!is_in(&office, &phone).await && is_in(&office, &third.cookie).await);
    office.submit(&who, "/acces/sessions/fermer", &[]).await;
    assert!(!is_in(&office, &third.cookie).await && is_in(&office, &who.cookie).await);
    assert!(is_in(&office, &stranger.cookie).await);
}

#[tokio::test]
async fn a_browser_that_signs_in_anew_leaves_no_session_behind() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let login = with_passphrase(&office, &who).await;
    let first = cookies(&sign_in(&office, &login, PASSPHRASE, "1.1.1.1", "").await);
    let second = cookies(&sign_in(&office, &login, PASSPHRASE, "1.1.1.1", &first).await);
    assert!(!is_in(&office, &first).await && is_in(&office, &second).await);
}

#[tokio::test]
async fn a_session_in_use_ends_one_day_all_the_same() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let mut owner = office.owner().await;
    let old =
        "update session set created_at = now() - interval '29 days 20 hours', expires_at = now() + interval '1 hour'";
    sqlx::query(old).execute(&mut owner).await.expect("long ago");
    assert!(is_in(&office, &who.cookie).await);
    let left = "select extract(epoch from max(expires_at) - now())::bigint from session";
    let left = office.number(left).await;
    assert!((3 * 3600..=4 * 3600).contains(&left), "prolonged to its last day and no further: {left} s");
}

#[tokio::test]
async fn a_passphrase_is_changed_by_whoever_knows_the_present_one() {
    let office = Office::open().await;
    let who = office.promeneur("Anne").await;
    let login = with_passphrase(&office, &who).await;
    let other = office.sign_in_as(who.me.clone()).await;
    let fresh = "quatre tilleuls penchent bien";
    for (present, new, said) in [
        ("pas la bonne phrase", fresh, "Ce n’est pas votre phrase de passe actuelle."),
        (PASSPHRASE, "trop court", "Au moins 12 caractères"),
        (PASSPHRASE, "motdepasse123", "trop facile à deviner"),
        (PASSPHRASE, &*"été à la mer, ".repeat(50), "trop long"),
    ] {
        let answer = office.submit(&who, "/acces/phrase", &[("actuelle", present), ("nouvelle", new)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(answer.text().contains(said), "{said} is missing from {}", answer.text());
    }
    assert!(is_in(&office, &other.cookie).await);
    let answer = office.submit(&who, "/acces/phrase", &[("actuelle", PASSPHRASE), ("nouvelle", fresh)]).await;
    assert_eq!(answer.header("location"), "/acces?fait=phrase", "{}", answer.text());
    assert!(!is_in(&office, &other.cookie).await && !is_in(&office, &who.cookie).await);
    assert!(is_in(&office, &cookies(&answer)).await, "whoever changed it goes on");
    assert_eq!(sign_in(&office, &login, PASSPHRASE, "1.1.1.1", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&office, &login, fresh, "1.1.1.1", "").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_present_passphrase_cannot_be_guessed_from_an_open_session() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    with_passphrase(&office, &who).await;
    sqlx::query("insert into sign_in_failure (login) select $1 from generate_series(1, 10)")
        .bind(format!("\u{1}acces {}", who.me.account))
        .execute(&mut office.owner().await)
        .await
        .expect("failures");
    for (path, fields) in [
        ("/acces/phrase", [("actuelle", PASSPHRASE), ("nouvelle", "quatre tilleuls penchent bien")]),
        ("/confirmer", [("phrase", PASSPHRASE), ("retour", "/coordination")]),
    ] {
        let answer = office.submit(&who, path, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains("Trop d’essais"), "{}", answer.text());
    }
}

/// What could let somebody else in is opened by whoever has shown of late who they are.
#[tokio::test]
async fn pages_that_give_access_ask_for_the_passphrase_again() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    with_passphrase(&office, &who).await;
    for page in ["/coordination/equipe", "/coordination/cles", "/coordination/service"] {
        assert_eq!(office.get(page, &who.cookie).await.status, StatusCode::OK);
    }
    let later = "update session set confirmed_at = confirmed_at - interval '61 minutes'";
    sqlx::query(later).execute(&mut office.owner().await).await.expect("an hour later");
    for page in ["/coordination/equipe", "/coordination/cles", "/coordination/service"] {
        let answer = office.get(page, &who.cookie).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), format!("/confirmer?retour={}", page.replace('/', "%2F")));
    }
    // A form that was opened in time is not lost.
    let fields = [("nom", "Centre"), ("type", "mjc"), ("commune", "Brioude")];
    let sent = office.submit(&who, "/coordination/equipe/structures", &fields).await;
    assert_eq!(sent.header("location"), "/coordination/equipe?fait=structure");
    // The rest of the office is not in the way.
    assert_eq!(office.get("/coordination?periode=2025", &who.cookie).await.status, StatusCode::OK);

    let page = office.get("/confirmer?retour=/coordination/equipe", &who.cookie).await.text();
    assert!(page.contains("value=\"/coordination/equipe\""), "{page}");
    let wrong = [("phrase", "pas la bonne phrase"), ("retour", "/coordination/equipe")];
    let refused = office.submit(&who, "/confirmer", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(office.get("/coordination/equipe", &who.cookie).await.status, StatusCode::SEE_OTHER);
    for (back, to) in [("/coordination/equipe", "/coordination/equipe"), ("//ailleurs.fr", "/")] {
        let answer = office.submit(&who, "/confirmer", &[("phrase", PASSPHRASE), ("retour", back)]).await;
        assert_eq!(answer.header("location"), to);
    }
    assert_eq!(office.get("/coordination/equipe", &who.cookie).await.status, StatusCode::OK);
}

/// Whoever tries a name from elsewhere locks out strangers, and not the browser in which its person signed in before.
#[tokio::test]
async fn a_known_browser_is_not_locked_out_by_others() {
    let office = Office::open().await;
    let who = office.coordinator().await;
    let login = with_passphrase(&office, &who).await;
    let browser = cookies(&sign_in(&office, &login, PASSPHRASE, "1.1.1.1", "").await);
    let fail = "insert into sign_in_failure (login, address) select $1, $2 from generate_series(1, 120)";
    let mut owner = office.owner().await;
    sqlx::query(fail).bind(&login).bind("6.6.6.6").execute(&mut owner).await.expect("failures");
    assert_eq!(sign_in(&office, &login, PASSPHRASE, "1.1.1.1", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(sign_in(&office, &login, PASSPHRASE, "6.6.6.6", &browser).await.status, StatusCode::SEE_OTHER);
    // A browser that is known for one account is a stranger to another.
    let other = office.coordinator().await;
    let others = with_passphrase(&office, &other).await;
    let refused = sign_in(&office, &others, PASSPHRASE, "6.6.6.6", &browser).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "the address is worn out");
    assert_eq!(sign_in(&office, &others, PASSPHRASE, "7.7.7.7", &browser).await.status, StatusCode::SEE_OTHER);
    // And its own guesses are counted.
    for _ in 0..10 {
        let wrong = sign_in(&office, &login, "pas la bonne phrase", "1.1.1.1", &browser).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(sign_in(&office, &login, PASSPHRASE, "1.1.1.1", &browser).await.status, StatusCode::TOO_MANY_REQUESTS);
}

/// Many names from one address wear the address out, whatever the names.
#[tokio::test]
async fn an_address_that_tries_many_names_rests() {
    let office = Office::open().await;
    let mut owner = office.owner().await;
    let fail =
        "insert into sign_in_failure (login, address) select n::text, '6.6.6.6' from generate_series(1, 99) as n";
    sqlx::query(fail).execute(&mut owner).await.expect("failures");
    assert_eq!(sign_in(&office, "un@essai", "x", "6.6.6.6", "").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&office, "deux@essai", "x", "6.6.6.6", "").await.status, StatusCode::TOO_MANY_REQUESTS);
    // What stands before the last was said by whoever asks.
    let lied = sign_in(&office, "trois@essai", "x", "9.9.9.9, 6.6.6.6", "").await;
    assert_eq!(lied.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(sign_in(&office, "quatre@essai", "x", "7.7.7.7", "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn somebody_takes_away_what_is_held_about_them_and_of_nobody_else() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    for (who, note) in [(&anne, "Une note d’Anne"), (&bruno, "Une note de Bruno")] {
        let phone = Phone::of(&office, (*who).clone());
        let Draft::Meeting(draft) = RecordBody::from_json(&meeting(2)).expect("a body").draft else {
            panic!("a meeting")
        };
        let draft = MeetingDraft { note: Some(note.to_owned()), ..draft };
        phone.save(fresh_record(), RecordBody::new(Draft::Meeting(draft)).to_json());
        assert_eq!(phone.round().await.fault, None);
    }
    // Not for whoever finds a session open, nor with that of a phone that was withdrawn.
    let mut owner = office.owner().await;
    let set = async |owner: &mut sqlx::PgConnection, statement: &'static str| {
        sqlx::query(statement).execute(owner).await.expect("set");
    };
    set(&mut owner, "update session set confirmed_at = confirmed_at - interval '61 minutes'").await;
    let to = office.get("/acces/mes-donnees.json", &anne.cookie).await.header("location").to_owned();
    assert_eq!(to, "/confirmer?retour=/acces");
    set(&mut owner, "with shown as (update session set confirmed_at = now()) update account set enrol_after = now()")
        .await;
    let to = office.get("/acces/mes-donnees.json", &anne.cookie).await.header("location").to_owned();
    assert_eq!(to, "/connexion?retour=/acces");
    set(&mut owner, "update account set enrol_after = null").await;
    let answer = office.get("/acces/mes-donnees.json", &anne.cookie).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-disposition").contains("lanterne-mes-donnees.json"));
    let text = answer.text();
    let held: serde_json::Value = answer.json();
    assert_eq!(held["promeneur"]["nom"], "Anne");
    assert_eq!(held["saisies"][0]["saisie"]["note"], "Une note d’Anne");
    assert_eq!(held["telephones"].as_array().map(Vec::len), Some(1));
    assert!(!text.contains("Bruno") && !text.contains("password") && !text.contains("hash"), "{text}");
    // Somebody without a notebook has an account all the same.
    let caf = office.account_of(office.scheme, "Caf", Place::Caf).await;
    let held: serde_json::Value = office.get("/acces/mes-donnees.json", &caf.cookie).await.json();
    assert_eq!((&held["compte"]["nom"], &held["saisies"]), (&"Caf".into(), &serde_json::json!([])));
    assert_eq!(office.get("/donnees", "").await.status, StatusCode::OK, "what is kept is told to everybody");
}

/// Whoever holds a phone that was withdrawn may hold its session: it brings in no other phone, and a new sign-in does.
#[tokio::test]
async fn the_session_of_a_withdrawn_phone_does_not_come_back_as_another_phone() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let lost = office.promeneur("Anne").await;
    let another = || Person { device: DeviceId(fresh_id()), ..lost.clone() };
    let kept = another();
    for phone in [&lost, &kept] {
        assert_eq!(office.pull(phone, None, 1).await.status, StatusCode::OK);
    }
    office.submit(&coordinator, &format!("/coordination/telephones/{}/retirer", lost.device), &[]).await;
    let fresh = another();
    let signed_out = (401, "signed_out".to_owned());
    assert_eq!(office.pull(&fresh, None, 1).await.refusal(), signed_out);
    assert_eq!(office.push_raw(&fresh, Vec::new()).await.refusal(), signed_out);
    assert_eq!(office.pull(&fresh, None, 1).await.refusal(), signed_out, "a push has not let it in");
    assert_eq!(office.pull(&kept, None, 1).await.status, StatusCode::OK, "the other phone goes on");
    let anew = office.sign_in_as(lost.me.clone()).await;
    assert_eq!(office.pull(&anew, None, 1).await.status, StatusCode::OK);
}
