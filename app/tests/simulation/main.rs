//! What the protocol promises, whatever happens: a hundred thousand histories, each made by a seed, and an oracle that is
//! proven by bugs planted on purpose. `sim` says what a history is, `memory` is the office, `hunt` runs and cuts down.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on says where")]
#![expect(unreachable_pub, reason = "nothing of a test binary is reachable; `pub` says what its modules share")]

mod catalogue;
mod histories;
mod hunt;
mod memory;
mod planted;
mod sim;
