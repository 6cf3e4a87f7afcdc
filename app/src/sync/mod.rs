//! How phones and server agree (`offline.md` 2): the messages, the rules of the ledger, and the phone's engine over
//! two ports. Pure but for those ports, so that the same code runs in the browser, on the server and in the tests.

/// Whether the simulation has planted a bug here: never, in a release.
#[cfg(feature = "planted")]
macro_rules! planted {
    ($bug:ident) => {
        $crate::sync::planted::is($crate::sync::planted::Bug::$bug)
    };
}
#[cfg(not(feature = "planted"))]
macro_rules! planted {
    ($bug:ident) => {
        $crate::sync::is_planted_in_a_release()
    };
}

/// Never.
#[cfg(not(feature = "planted"))]
const fn is_planted_in_a_release() -> bool {
    false
}

pub mod acts;
pub mod engine;
pub mod entries;
pub mod hash;
pub mod ledger;
pub mod lineage;
pub mod lives;
pub mod merge;
pub mod messages;
pub mod outbox;
#[cfg(feature = "planted")]
pub mod planted;
pub mod receive;
pub mod rescue;
pub mod settle;
pub mod store;
pub mod summary;
