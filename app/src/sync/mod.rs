//! How phones and server agree (`offline.md` 2): the messages, the rules of the ledger, and the phone's engine over
//! two ports. Pure but for those ports, so that the same code runs in the browser, on the server and in the tests.

pub mod engine;
pub mod hash;
pub mod ledger;
pub mod merge;
pub mod messages;
pub mod outbox;
pub mod settle;
pub mod store;
pub mod summary;
