//! Phones, people, an office and a network that fails as networks do, driven step by step by a history that a seed
//! makes. Nothing here waits for a clock: the same history does the same in every run.
//!
//! `app/tests/simulation` runs it with an office in memory, `server/tests/integration` with the real one on PostgreSQL.

pub mod history;
pub mod ids;
pub mod net;
pub mod office;
pub mod oracle;
pub mod seat;
pub mod store;
pub mod world;
