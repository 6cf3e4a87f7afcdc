//! The office of Lanterne: Postgres through sqlx, sessions, the HTTP stack. It holds no screens.
//!
//! Nothing that a second instance would miss is kept in memory: sessions, tries to sign in and locks are in Postgres; how much
//! one asks for each instance counts for itself (`http::pace`).

pub mod admin;
pub mod auth;
pub mod backup;
pub mod batch;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod db;
pub mod decisions;
pub mod demo;
pub mod desk;
pub mod escrow;
pub mod group;
pub mod held;
pub mod http;
pub mod import;
pub mod mail;
pub mod news;
pub mod paper;
pub mod rescue;
pub mod retention;
pub mod waiting;
