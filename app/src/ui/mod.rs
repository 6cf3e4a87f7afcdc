//! The design system: one component a file. Class names are those of `style/`; none is used anywhere else.

#[cfg(any(feature = "ssr", feature = "office"))]
pub mod bar_chart;
#[cfg(any(feature = "ssr", feature = "phone"))]
pub mod bars;
#[cfg(feature = "phone")]
pub mod check;
#[cfg(feature = "phone")]
pub mod chips;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod definition;
#[cfg(any(feature = "phone", feature = "ssr"))]
pub mod fault;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod heat_map;
pub mod icon;
pub mod state;
#[cfg(feature = "phone")]
pub mod stepper;
#[cfg(any(feature = "ssr", feature = "phone"))]
pub mod tiles;
