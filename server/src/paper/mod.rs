//! The bilan as files that one hands over.

pub mod pdf;
pub mod xlsx;
