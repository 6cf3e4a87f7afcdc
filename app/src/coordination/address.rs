//! The dashboard's address: a period and a scope, each optional.

use leptos_router::params::ParamsMap;

use crate::domain::{
    access::{self, Act},
    coded::Coded,
    period::Period,
    person::Role,
    scope::Scope,
};

/// The dashboard without a choice.
pub const HOME: &str = "/coordination";
/// The dashboard as a file.
pub const EXPORT: &str = "/coordination/tableau.csv";
/// The phones.
pub const PHONES: &str = "/coordination/telephones";
/// The statements of a month, below which `/<month>` says which.
pub const STATEMENTS: &str = "/coordination/releves";
/// What the statements wish for and meet with.
pub const NEEDS: &str = "/coordination/besoins";
/// What is set out to be reached.
pub const OBJECTIVES: &str = "/coordination/objectifs";
/// Keys for the programs of others.
pub const KEYS: &str = "/coordination/cles";
/// What waits for a decision.
pub const TO_CHECK: &str = "/coordination/a-verifier";
/// Whom to call in the department.
pub const HELPLINES: &str = "/coordination/numeros";
/// What the network lives through, and its accounts.
pub const NETWORK_LIFE: &str = "/coordination/reseau";
/// Structures, promeneurs, and who may sign in.
pub const STAFF: &str = "/coordination/equipe";
/// The professional accounts.
pub const NETWORK_ACCOUNTS: &str = "/coordination/reseau/comptes";
/// School holidays.
pub const NETWORK_HOLIDAYS: &str = "/coordination/reseau/vacances";
/// The territories.
pub const NETWORK_TERRITORIES: &str = "/coordination/reseau/territoires";
/// What makes up the figures of a period and a scope.
pub const COMPOSITION: &str = "/coordination/composition";
/// How the server is, how long words are kept, and what the notebook asks.
pub const SERVICE: &str = "/coordination/service";
/// What was done in the administration.
pub const AUDIT: &str = "/coordination/service/actes";
/// Every place of the site.
pub const PLAN: &str = "/plan";
/// One's own access.
pub const OWN: &str = "/acces";
/// The annual bilans.
pub const BILANS: &str = "/coordination/bilans";
/// Where spreadsheets of past activity are brought in, below which `/<id>` says which.
pub const IMPORTS: &str = "/coordination/import";
/// Where a rescue file is brought in.
pub const RESCUE: &str = "/coordination/fichier-de-secours";

/// Where a role's own screens begin: the notebook, the figures, or else the bilans.
pub fn start_of(role: &Coded<Role>) -> &'static str {
    let may = |act| access::reach(role, act).is_some();
    if may(Act::Notebook) {
        "/app"
    } else if may(Act::Figures) {
        HOME
    } else {
        BILANS
    }
}

/// What the address of the dashboard may name.
pub const NAMES: [&str; 5] = ["periode", "perimetre", "du", "au", "tri"];

/// What an address asks for, not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The period.
    pub periode: Option<String>,
    /// The scope.
    pub perimetre: Option<String>,
}

impl Asked {
    /// Reads `periode` and `perimetre`; `du` and `au`, which a form of two dates sends, are a period too.
    pub fn of(query: &ParamsMap) -> Self {
        let text = |name: &str| query.get(name).filter(|text| !text.is_empty());
        let periode = match (text("du"), text("au")) {
            (None, None) => text("periode"),
            // A date alone is not a period, and is refused as one that cannot be read.
            (du, au) => Some(format!("{}..{}", du.unwrap_or_default(), au.unwrap_or_default())),
        };
        Self { periode, perimetre: text("perimetre") }
    }
}

/// The address of a period and a scope.
pub fn address(period: Period, scope: Scope) -> String {
    below(HOME, period, scope)
}

/// The address of their file.
pub fn export_address(period: Period, scope: Scope) -> String {
    below(EXPORT, period, scope)
}

/// The address of what makes them up.
pub fn composition_address(period: Period, scope: Scope) -> String {
    below(COMPOSITION, period, scope)
}

/// The address of what is set out to be reached.
pub fn objectives_address(period: Period, scope: Scope) -> String {
    below(OBJECTIVES, period, scope)
}

/// The address of the bilan being written, or of a file of it.
pub fn bilan_address(file: &str, period: Period, scope: Scope) -> String {
    let page = format!("{BILANS}/ecrire");
    below(&if file.is_empty() { page } else { format!("{page}/{file}") }, period, scope)
}

/// The address of the figures of a period as a document, or of a file of it.
pub fn figures_address(file: &str, period: Period, scope: Scope) -> String {
    let page = format!("{BILANS}/chiffres");
    below(&if file.is_empty() { page } else { format!("{page}/{file}") }, period, scope)
}

fn below(page: &str, period: Period, scope: Scope) -> String {
    match scope {
        Scope::Network => format!("{page}?periode={period}"),
        scope => format!("{page}?periode={period}&perimetre={scope}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&'static str, &str)]) -> Asked {
        let mut query = ParamsMap::new();
        for (name, value) in pairs {
            query.insert(*name, (*value).to_owned());
        }
        Asked::of(&query)
    }

    #[test]
    fn two_dates_are_a_period() {
        let both = asked(&[("du", "2026-01-01"), ("au", "2026-02-01"), ("perimetre", "reseau")]);
        assert_eq!(both.periode.as_deref(), Some("2026-01-01..2026-02-01"));
        assert_eq!(both.perimetre.as_deref(), Some("reseau"));
    }

    #[test]
    fn empty_fields_of_a_form_ask_for_nothing() {
        let empty = asked(&[("du", ""), ("au", ""), ("periode", "2026"), ("perimetre", "")]);
        assert_eq!(empty, Asked { periode: Some("2026".to_owned()), perimetre: None });
        assert_eq!(asked(&[]), Asked::default());
    }

    #[test]
    fn one_date_alone_is_refused_later_not_ignored() {
        let one = asked(&[("du", "2026-01-01"), ("au", "")]);
        assert_eq!(one.periode.as_deref(), Some("2026-01-01.."));
        assert!("2026-01-01..".parse::<Period>().is_err());
    }

    #[test]
    fn an_address_keeps_the_scope() {
        assert_eq!(address(Period::SchoolYear(2025), Scope::Network), "/coordination?periode=2025-2026");
        let structure: Scope = "structure:0190a000-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(
            address(Period::Month(2026, 11), structure),
            "/coordination?periode=2026-11&perimetre=structure:0190a000-0000-7000-8000-000000000001"
        );
    }
}
