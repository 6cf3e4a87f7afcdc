//! Who may come in: passphrases, session tokens, cookies.

pub mod cookie;
pub mod password;
pub mod token;
