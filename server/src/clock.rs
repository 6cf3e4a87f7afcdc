//! The one place that reads the server's clock.

use app::domain::ids::SchemeId;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

/// Now.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Today where a network lives. An unknown zone reads as the one of metropolitan France.
pub fn today_in(time_zone: &str) -> NaiveDate {
    day_in(time_zone, now())
}

/// The day of a moment where a network lives.
pub fn day_in(time_zone: &str, at: DateTime<Utc>) -> NaiveDate {
    local_in(time_zone, at).date()
}

/// A moment as the clocks show it where a network lives.
pub fn local_in(time_zone: &str, at: DateTime<Utc>) -> NaiveDateTime {
    let zone: Tz = time_zone.parse().unwrap_or(chrono_tz::Europe::Paris);
    at.with_timezone(&zone).naive_local()
}

/// A fresh id, ordered by time.
pub fn fresh_id() -> Uuid {
    Uuid::now_v7()
}

/// A fresh network.
pub fn fresh_scheme() -> SchemeId {
    SchemeId(fresh_id())
}
