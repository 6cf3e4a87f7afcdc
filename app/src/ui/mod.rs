//! The design system: one component a file. Class names are those of `style/`; none is used anywhere else.

pub mod icon;
