//! What must hold of the domain and of sync whatever happens: generated records, generated schedules, no database.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where")]
#![expect(unreachable_pub, reason = "nothing of a test binary is reachable; `pub` says what its modules share")]

mod counting;
mod drafts;
#[path = "../simulation/sim/ids.rs"]
mod ids;
mod minutes;
mod records;
