//! The server functions: who is calling, may they, is the input valid, then one call on a port.
//!
//! Every path is explicit and versioned, because an installed phone of last month must still find it;
//! `server/tests` compares them with a committed list.

pub mod error;
pub mod identity;
pub mod lock;
pub mod office;
#[cfg(feature = "ssr")]
pub mod phones;
pub mod report;
pub mod standing;
#[cfg(feature = "ssr")]
pub mod statements;
pub mod sync;
#[cfg(feature = "ssr")]
pub mod to_check;
