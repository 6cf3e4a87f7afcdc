//! The office as its visitors meet it: a real database, a real port, no mocks.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where")]
#![expect(unreachable_pub, reason = "nothing of a test binary is reachable; `pub` says what its modules share")]

mod api {
    mod v1 {
        mod dashboard;
        mod sync_pull;
        mod sync_push;
        mod sync_push_refused;
    }
}
mod connexion;
mod coordination;
mod group;
mod harness;
mod health;
mod messages;
mod paths;
mod phone;
mod recount;
mod rows;
mod school_year;
mod start;
#[path = "../../../app/tests/properties/store.rs"]
mod store;
