//! Who signs in, and as what (`domain.md` A1).

use serde::{Deserialize, Serialize};

use super::{
    coded::codes,
    ids::{AccountId, PromeneurId, SchemeId, StructureId},
};

codes! {
    /// What an account may do.
    Role {
        Promeneur = "promeneur", "Promeneur·euse du Net";
        Coordinator = "coordinator", "Coordination du réseau";
        StructureManager = "structure_manager", "Direction d’une structure";
        Caf = "caf", "Caf";
        Committee = "committee", "Comité de pilotage ou technique";
    }
}

/// The signed-in person, as far as their own screens need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The account.
    pub account: AccountId,
    /// What to call them.
    pub name: String,
    /// What they may do.
    pub role: super::coded::Coded<Role>,
    /// Their network.
    pub scheme: SchemeId,
    /// Its name.
    pub scheme_name: String,
    /// Whether the network holds made-up data for demonstration.
    pub demo: bool,
    /// The promeneur whose records they make, for that role.
    pub promeneur: Option<PromeneurId>,
    /// The structure whose figures they read, for that role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure: Option<StructureId>,
    /// The name of their structure, where they have one.
    pub structure_name: Option<String>,
    /// Whether their session may bring in a phone that is not known yet: not one that is older than the withdrawal of a phone of
    /// theirs, which may be in other hands. Known on the server alone.
    #[serde(skip)]
    pub may_enrol: bool,
}

impl Me {
    /// The name, and the structure where there is one: « Anne, MJC ».
    pub fn signature(&self) -> String {
        let parts = [Some(self.name.as_str()), self.structure_name.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
