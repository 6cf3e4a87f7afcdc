//! Monthly photograph of a professional account: its followers, a stock and not a flow (`domain.md` B0, I1a).

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{
    coded::Coded,
    fault::{Fault, FaultCode, Faults},
    fields::fields,
    other::{OTHER_LENGTH, Other},
    people::MOST_REACH,
    taxonomy::Network,
    time::check_day,
};

/// A snapshot as a form or the wire gives it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountSnapshotDraft {
    /// The account: a promeneur has one on each network.
    pub network: Option<Coded<Network>>,
    /// Which one, when the network is « Autre ».
    pub network_other: Option<String>,
    /// The day on which the number was read.
    pub as_of: Option<NaiveDate>,
    /// Followers or friends.
    pub followers: Option<i64>,
    /// What a newer release wrote and this one does not know.
    pub extra: Map<String, Value>,
}

fields!(AccountSnapshotDraft { network, network_other, as_of, followers });

/// A snapshot that keeps its invariants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountSnapshot {
    /// The account's network.
    pub network: Coded<Network>,
    /// The day on which the number was read.
    pub as_of: NaiveDate,
    /// Followers or friends.
    pub followers: u32,
}

impl AccountSnapshotDraft {
    /// The snapshot, or what is wrong with it. `strict` refuses codes that this release does not know.
    pub fn parse(&self, today: NaiveDate, strict: bool) -> Result<AccountSnapshot, Vec<Fault>> {
        let mut faults = Faults::default();
        faults.known("network", &self.network, strict);
        let network = faults.require("network", self.network.clone(), FaultCode::ChooseNetwork);
        faults.text(Other::Network.field(), self.network_other.as_deref(), OTHER_LENGTH);
        let as_of = faults.require("as_of", self.as_of, FaultCode::Missing);
        if let Some(day) = as_of {
            check_day(&mut faults, "as_of", day, today);
        }
        let given = faults.require("followers", self.followers, FaultCode::Missing);
        let followers = faults.count("followers", given, MOST_REACH);
        let snapshot = match (network, as_of, followers) {
            (Some(network), Some(as_of), Some(followers)) => Some(AccountSnapshot { network, as_of, followers }),
            _ => None,
        };
        faults.finish(snapshot)
    }
}
