//! The keys of locked phones: kept for their own person, told to nobody who has not just shown who they are.

use app::domain::{
    ids::LockId,
    lock_key::{KeepLock, LockKey, LockOf},
};
use axum::http::StatusCode;
use server::clock::fresh_id;

use crate::{
    door::with_passphrase,
    harness::{Answer, Office, PASSPHRASE},
    messages::{Person, message},
};

async fn keep(office: &Office, who: &Person, lock: LockId, bytes: [u8; 32]) -> Answer {
    let lock = KeepLock { lock, key: LockKey::of(bytes) };
    office.post_json("/api/v1/lock_keep", &who.cookie, message(lock)).await
}

async fn tell(office: &Office, who: &Person, lock: LockId) -> Answer {
    office.post_json("/api/v1/lock_tell", &who.cookie, message(LockOf { lock })).await
}

fn key_in(answer: &Answer) -> LockKey {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_str(&answer.text()).expect("a key")
}

#[tokio::test]
async fn a_key_is_told_to_its_own_person_and_forgotten_with_its_lock() {
    let office = Office::open().await;
    let (anne, bruno) = (office.promeneur("Anne").await, office.promeneur("Bruno").await);
    let (first, second) = (LockId(fresh_id()), LockId(fresh_id()));
    assert_eq!(tell(&office, &anne, first).await.refusal().1, "not_found");
    for (lock, bytes) in [(first, [1; 32]), (second, [2; 32]), (first, [1; 32])] {
        assert_eq!(keep(&office, &anne, lock, bytes).await.status, StatusCode::OK, "also when it is said twice");
    }
    // A late word of another page puts no other key in its place.
    assert_eq!(keep(&office, &anne, first, [3; 32]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(key_in(&tell(&office, &anne, first).await), LockKey::of([1; 32]));
    assert_eq!(tell(&office, &bruno, first).await.refusal().1, "not_found", "another person's");
    let forget = message(LockOf { lock: first });
    assert_eq!(office.post_json("/api/v1/lock_forget", &bruno.cookie, forget.clone()).await.status, StatusCode::OK);
    assert_eq!(key_in(&tell(&office, &anne, first).await), LockKey::of([1; 32]), "another person forgets nothing");
    assert_eq!(office.post_json("/api/v1/lock_forget", &anne.cookie, forget).await.status, StatusCode::OK);
    assert_eq!(tell(&office, &anne, first).await.refusal().1, "not_found");
    assert_eq!(key_in(&tell(&office, &anne, second).await), LockKey::of([2; 32]));
}

#[tokio::test]
async fn keys_do_not_pile_up() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    for _ in 0..50 {
        assert_eq!(keep(&office, &anne, LockId(fresh_id()), [1; 32]).await.status, StatusCode::OK);
    }
    assert_eq!(keep(&office, &anne, LockId(fresh_id()), [1; 32]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(office.number("select count(*) from lock_key").await, 50);
}

#[tokio::test]
async fn a_session_alone_opens_no_lock() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    with_passphrase(&office, &anne).await;
    let lock = LockId(fresh_id());
    keep(&office, &anne, lock, [1; 32]).await;
    let long_ago = "update session set confirmed_at = now() - interval '16 minutes'";
    sqlx::query(long_ago).execute(&mut office.owner().await).await.expect("a while");
    let refused = tell(&office, &anne, lock).await;
    assert_eq!((refused.status, refused.refusal().1), (StatusCode::FORBIDDEN, "proof_needed".to_owned()));
    // Also a phone that was withdrawn: its person hands over what it holds.
    office.pull(&anne, None, 1).await;
    let withdrawn = "update device set revoked_at = now()";
    sqlx::query(withdrawn).execute(&mut office.owner().await).await.expect("withdrawn");
    let answer = office.submit(&anne, "/confirmer", &[("phrase", PASSPHRASE), ("retour", "/app")]).await;
    assert_eq!(answer.header("location"), "/app", "{}", answer.text());
    assert_eq!(key_in(&tell(&office, &anne, lock).await), LockKey::of([1; 32]));
}

#[tokio::test]
async fn what_is_no_key_is_refused_and_none_is_written_down() {
    let office = Office::open().await;
    let anne = office.promeneur("Anne").await;
    for key in ["", "00", &"0".repeat(65), &"zz".repeat(32), &"é".repeat(32)] {
        let body = format!(r#"{{"req":{{"lock":"{}","key":"{key}"}}}}"#, anne.device);
        let answer = office.post_json("/api/v1/lock_keep", &anne.cookie, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{key}: {}", answer.text());
    }
    assert_eq!(office.number("select count(*) from lock_key").await, 0);
}
