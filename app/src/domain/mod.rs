//! The words and rules of a *Promeneurs du Net* network: pure values, total functions, no I/O, no clock, no random
//! source. Everything else in the house stands on this floor and it names nothing above it.

pub mod access;
pub mod account_snapshot;
pub mod coded;
#[cfg(feature = "ssr")]
pub mod correction;
pub mod fault;
pub mod fields;
pub mod fr;
pub mod guard;
pub mod headline;
pub mod helpline;
pub mod ids;
pub mod indicators;
pub mod intervention;
pub mod iso;
pub mod json;
pub mod label;
pub mod lock;
pub mod lock_key;
pub mod measure;
pub mod meeting;
pub mod needs;
pub mod network_life;
pub mod objective;
pub mod order;
pub mod other;
pub mod people;
pub mod period;
pub mod person;
pub mod presence;
pub mod project;
pub mod record;
pub mod scope;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod small_numbers;
#[cfg(feature = "ssr")]
pub mod staff;
pub mod statement;
pub mod tally;
pub mod taxonomy;
pub mod team;
pub mod time;
#[cfg(feature = "ssr")]
pub mod typed;
