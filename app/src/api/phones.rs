//! What the coordination knows of a phone: what is still missing because of it, by the day and never by the hour.

use chrono::NaiveDate;

use crate::domain::ids::DeviceId;

/// A phone that has spoken with the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub promeneur: String,
    /// Their structure of today.
    pub structure: Option<String>,
    /// The day it was first used, which tells two phones of one person apart.
    pub enrolled_on: NaiveDate,
    /// How many records it still holds, by its last word.
    pub pending: i64,
    /// The day of the oldest of them.
    pub since: Option<NaiveDate>,
    /// How often sending stood still on it.
    pub stalls: i64,
    /// The build of its app.
    pub build: String,
    /// The schema that it writes.
    pub schema: i64,
    /// By how much its clock is behind ours.
    pub skew_ms: i64,
    /// The day it was withdrawn.
    pub revoked_on: Option<NaiveDate>,
}

/// The phones of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phones {
    /// Today, in the network's zone.
    pub today: NaiveDate,
    /// The build that phones get today.
    pub build: String,
    /// In the order of what is missing.
    pub phones: Vec<Phone>,
    /// Whether one has just been withdrawn.
    pub withdrawn: bool,
}
