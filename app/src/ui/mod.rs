//! The design system: one component a file. Class names are those of `style/`; none is used anywhere else.

pub mod chips;
pub mod fault;
pub mod icon;
pub mod state;
pub mod stepper;
