//! What both sides of Lanterne share: the domain, the sync protocol and engine, the screens, the server functions'
//! signatures. It names no database, no HTTP server, no browser storage, no clock and no random source: what it needs
//! of them it states as ports, which `frontend` and `server` implement.

// A view's type nests as deep as its elements; a table in a section is past the default of 128.
#![recursion_limit = "256"]

pub mod api;
#[cfg(any(feature = "ssr", feature = "office", feature = "phone"))]
pub mod bilan;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod coordination;
pub mod domain;
#[cfg(feature = "phone")]
pub mod promeneur;
#[cfg(feature = "ssr")]
pub mod shells;
pub mod sync;
pub mod ui;
