//! The drill: a copy, a disaster, coming back, and phones that fill in what came after the copy.

use std::path::PathBuf;

use axum::http::StatusCode;
use server::{
    backup::{self, Source},
    clock::fresh_id,
};
use sqlx::Executor;

use crate::{
    harness::{self, Office},
    messages::{fresh_record, meeting},
    phone::Phone,
    recount::check_rebuild,
};

/// A folder of this test alone.
fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lanterne-copies-{}", fresh_id().simple()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn source(office: &Office) -> Source {
    Source { options: office.options.clone(), url: None }
}

#[tokio::test]
async fn after_a_disaster_phones_give_back_what_the_copy_lacks() {
    let office = Office::open().await;
    let coordinator = office.coordinator().await;
    let phone = Phone::of(&office, office.promeneur("Anne").await);
    for _ in 0..3 {
        phone.save(fresh_record(), meeting(2));
    }
    assert_eq!(phone.round().await.fault, None);
    let folder = folder();
    let copy = folder.join("lanterne.dump");
    let made = backup::make(&source(&office), &copy).await.expect("a copy");
    assert_eq!((made.tables["record"], made.tables["account"]), (3, 2));
    let rights = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&copy).expect("a file").permissions());
    assert_eq!(rights & 0o777, 0o600, "nobody else reads a copy");
    // After the copy: two more, and one changed.
    phone.save(fresh_record(), meeting(4));
    phone.save(fresh_record(), meeting(5));
    assert_eq!(phone.round().await.fault, None);
    let before = office.dashboard(&coordinator, "2026", "reseau").await;
    let records = "select count(*) from record";
    assert_eq!(office.number(records).await, 5);

    let back = harness::blank().await;
    let restored = Source { options: back.clone(), url: None };
    assert_eq!(backup::restore(&restored, &copy).await.expect("it comes back"), made);
    let elsewhere = office.again_over(back).await;
    assert_eq!(elsewhere.number(records).await, 3, "as it was copied");
    assert_ne!(elsewhere.dashboard(&coordinator, "2026", "reseau").await.sums, before.sums);
    let phone = phone.moved_to(&elsewhere);
    for _ in 0..4 {
        assert_eq!(phone.round().await.fault, None);
    }
    let after = elsewhere.dashboard(&coordinator, "2026", "reseau").await;
    assert_eq!((after.sums, after.completeness.pending), (before.sums, 0), "nothing is missing, nothing counts twice");
    check_rebuild(&elsewhere).await;
    assert_eq!(elsewhere.get("/coordination/service", &coordinator.cookie).await.status, StatusCode::OK);

    // The page of the office that was copied tells when.
    let page = office.get("/coordination/service", &coordinator.cookie).await.text();
    assert!(!page.contains("Aucune sauvegarde"), "{page}");
    std::fs::remove_dir_all(folder).expect("removed");
}

#[tokio::test]
async fn a_spoilt_copy_and_a_database_in_use_are_refused_before_anything_is_touched() {
    let office = Office::open().await;
    office.promeneur("Anne").await;
    let folder = folder();
    let copy = folder.join("lanterne.dump");
    backup::make(&source(&office), &copy).await.expect("a copy");
    let back = Source { options: harness::blank().await, url: None };
    let whole = std::fs::read(&copy).expect("bytes");
    // A bit anywhere, a cut end, a byte more.
    let step = (whole.len() / 40).max(1);
    let mut tried = 0;
    for at in (0..whole.len()).step_by(step) {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 1;
        std::fs::write(&copy, spoilt).expect("written");
        let error = backup::restore(&back, &copy).await.expect_err("spoilt");
        assert!(error.to_string().contains("not as it was made"), "{error}");
        tried += 1;
    }
    assert!(tried >= 40);
    for other in [whole[..whole.len() - 1].to_vec(), [whole.clone(), vec![0]].concat()] {
        std::fs::write(&copy, other).expect("written");
        assert!(backup::restore(&back, &copy).await.is_err());
    }
    std::fs::write(&copy, &whole).expect("written");
    // Where somebody is, nothing is overwritten.
    let error = backup::restore(&source(&office), &copy).await.expect_err("in use");
    assert!(error.to_string().contains("would be lost"), "{error}");
    assert_eq!(office.number("select count(*) from promeneur").await, 1);
    // A database on which a server was started once, and nobody came, is empty too.
    server::db::migrate(&back.options).await.expect("migrated");
    backup::restore(&back, &copy).await.expect("it comes back");
    let error = backup::make(&Source { options: back.options.clone().username("nobody_here"), url: None }, &copy).await;
    assert!(error.is_err());
    std::fs::remove_dir_all(folder).expect("removed");
}

/// An account that is no superuser, as `docs/running.md` makes it, copies and brings back, and the tables are then its own.
#[tokio::test]
async fn an_ordinary_account_that_passes_the_policies_copies_and_brings_back() {
    let office = Office::open().await;
    office.promeneur("Anne").await;
    let name = format!("keeper_{}", fresh_id().simple());
    let create =
        format!("create role {name} login createrole bypassrls; grant lanterne_app to {name} with admin option");
    office.owner().await.execute(sqlx::AssertSqlSafe(create)).await.expect("a role");
    let folder = folder();
    let copy = folder.join("lanterne.dump");
    backup::make(&source(&office), &copy).await.expect("a copy");
    let back = harness::blank().await;
    let give = format!("alter database {} owner to {name}", back.get_database().expect("a name"));
    office.owner().await.execute(sqlx::AssertSqlSafe(give)).await.expect("given");
    let restored = Source { options: back.clone().username(&name), url: None };
    backup::restore(&restored, &copy).await.expect("it comes back");
    // It serves, acts are noted, words are erased: what runs as the owner of the tables runs as this account.
    let elsewhere = office.again_over(back.username(&name)).await;
    let coordinator = elsewhere.coordinator().await;
    let structure = [("nom", "Centre"), ("type", "mjc"), ("commune", "Brioude")];
    let added = elsewhere.submit(&coordinator, "/coordination/equipe/structures", &structure).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let phone = Phone::of(&elsewhere, elsewhere.promeneur("Bruno").await);
    phone.save(fresh_record(), meeting(2));
    assert_eq!(phone.round().await.fault, None);
    server::retention::run(&elsewhere.db, elsewhere.scheme).await.expect("a run");
    backup::make(&restored, &copy).await.expect("a copy of its own");
    let page = elsewhere.get("/coordination/service", &coordinator.cookie).await.text();
    assert!(page.contains("la chaîne est entière"), "{page}");
    std::fs::remove_dir_all(folder).expect("removed");
}

/// Whoever may not read past the policies is told so, instead of making a copy of nothing.
#[tokio::test]
async fn an_account_that_the_policies_hold_makes_no_empty_copy() {
    let office = Office::open().await;
    let name = format!("held_{}", fresh_id().simple());
    let create = format!("create role {name} login");
    office.owner().await.execute(sqlx::AssertSqlSafe(create)).await.expect("a role");
    let held = Source { options: office.options.clone().username(&name), url: None };
    let folder = folder();
    let error = backup::make(&held, &folder.join("lanterne.dump")).await.expect_err("refused");
    assert!(error.to_string().contains("bypassrls"), "{error}");
    std::fs::remove_dir_all(folder).expect("removed");
}
