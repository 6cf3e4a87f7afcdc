//! Who a network is made of on a day (`domain.md` I13).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The promeneurs and structures of a network at the end of a period, and who came and went during it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The day: the last of the period, or today while it goes on.
    pub on: NaiveDate,
    /// Promeneurs labelled on that day, those on leave too.
    pub labelled: i64,
    /// Of them, on leave that day.
    pub on_leave: i64,
    /// Labelled during the period.
    pub arrived: i64,
    /// Left during the period.
    pub departed: i64,
    /// Structures with a labelled promeneur on that day, by the code of their type, most first.
    pub structures: Vec<(String, i64)>,
    /// Communes in which these are.
    pub communes: i64,
    /// Territories to which these belong.
    #[serde(default)]
    pub territories: i64,
    /// The names of the communes, in order; none where they are too many to be read.
    #[serde(default)]
    pub towns: Vec<String>,
}
