//! The design system: one component a file. Class names are those of `style/`.

#[cfg(feature = "phone")]
pub mod after_paint;
#[cfg(any(feature = "ssr", feature = "office", feature = "phone"))]
pub mod bar_chart;
#[cfg(any(feature = "ssr", feature = "phone"))]
pub mod bars;
#[cfg(feature = "phone")]
pub mod check;
#[cfg(feature = "phone")]
pub mod chip_row;
#[cfg(feature = "phone")]
pub mod chips;
#[cfg(any(feature = "ssr", feature = "office", feature = "phone"))]
pub mod definition;
#[cfg(feature = "phone")]
pub mod empty;
#[cfg(any(feature = "phone", feature = "ssr"))]
pub mod facts;
pub mod fault;
#[cfg(feature = "phone")]
pub mod focus;
pub mod heat_map;
pub mod html;
pub mod icon;
#[cfg(feature = "phone")]
pub mod kept;
pub mod state;
#[cfg(feature = "phone")]
pub mod stepper;
#[cfg(any(feature = "ssr", feature = "office", feature = "phone"))]
pub mod table;
#[cfg(any(feature = "ssr", feature = "phone"))]
pub mod tiles;
