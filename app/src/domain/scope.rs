//! Whose activity a figure counts, and its form in an address (`domain.md` C).

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

use super::ids::{PromeneurId, StructureId, TerritoryId};

/// Whose activity is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The whole network: `reseau`.
    #[default]
    Network,
    /// The structures of a territory: `territoire:<id>`.
    Territory(TerritoryId),
    /// One structure, for as long as each promeneur belonged to it: `structure:<id>`.
    Structure(StructureId),
    /// One promeneur: `promeneur:<id>`.
    Promeneur(PromeneurId),
}

/// An address that names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope")]
pub struct NotAScope;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network => f.write_str("reseau"),
            Self::Territory(id) => write!(f, "territoire:{id}"),
            Self::Structure(id) => write!(f, "structure:{id}"),
            Self::Promeneur(id) => write!(f, "promeneur:{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = NotAScope;

    fn from_str(text: &str) -> Result<Self, NotAScope> {
        match text.split_once(':') {
            None if text == "reseau" => Ok(Self::Network),
            Some(("territoire", id)) => id.parse().map(Self::Territory).map_err(|_| NotAScope),
            Some(("structure", id)) => id.parse().map(Self::Structure).map_err(|_| NotAScope),
            Some(("promeneur", id)) => id.parse().map(Self::Promeneur).map_err(|_| NotAScope),
            _ => Err(NotAScope),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
