//! Who may do what: one table, from which the server's guards, the menus and the documentation come.

use super::{
    coded::{Code, Coded, codes},
    person::{Me, Role},
    scope::Scope,
};

codes! {
    /// What may be done. Every page and every server function asks for one of these.
    Act {
        Session = "session", "Voir et tenir son propre accès, se déconnecter";
        Notebook = "notebook", "Tenir son carnet et transmettre ses relevés";
        Figures = "figures", "Lire le tableau de bord et ses exports";
        Bilans = "bilans", "Lire les bilans publiés et les chiffres d’une période";
        WriteBilans = "write_bilans", "Écrire et publier les bilans, fixer le seuil des petits nombres";
        Objectives = "objectives", "Fixer des objectifs";
        Statements = "statements", "Lire les relevés transmis et les besoins qu’ils disent";
        ToCheck = "to_check", "Décider des saisies à vérifier";
        Phones = "phones", "Voir les téléphones et en retirer un";
        Helplines = "helplines", "Tenir les numéros utiles du département";
        NetworkLife = "network_life", "Tenir le journal du réseau et ses comptes professionnels";
        Staff = "staff", "Tenir l’équipe et les accès";
        Imports = "imports", "Importer un tableau ou un fichier de secours";
        Keys = "keys", "Donner et retirer les clés d’accès aux chiffres";
        Service = "service", "Voir l’état du service et les actes d’administration, fixer la conservation et ce que le carnet demande";
    }
}

/// How far it may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// With what is one's own.
    Own,
    /// For one's structure and no other.
    Structure,
    /// For the whole network, with small numbers of people masked.
    Shared,
    /// For the whole network and each part of it.
    Network,
}

/// The roles, in the order of the columns of [`TABLE`].
const COLUMNS: [Role; 5] = [Role::Promeneur, Role::Coordinator, Role::StructureManager, Role::Caf, Role::Committee];

const NO: Option<Reach> = None;
const OWN: Option<Reach> = Some(Reach::Own);
const STRUCTURE: Option<Reach> = Some(Reach::Structure);
const SHARED: Option<Reach> = Some(Reach::Shared);
const NETWORK: Option<Reach> = Some(Reach::Network);

/// The table. What it does not name is nobody's.
const TABLE: [(Act, [Option<Reach>; COLUMNS.len()]); 15] = [
    //                  promeneur, coordinator, manager, Caf, committee
    (Act::Session, [OWN, OWN, OWN, OWN, OWN]),
    (Act::Notebook, [OWN, NO, NO, NO, NO]),
    (Act::Figures, [NO, NETWORK, STRUCTURE, NO, NO]),
    (Act::Bilans, [NO, NETWORK, STRUCTURE, SHARED, SHARED]),
    (Act::WriteBilans, [NO, NETWORK, NO, NO, NO]),
    (Act::Objectives, [NO, NETWORK, NO, NO, NO]),
    (Act::Statements, [NO, NETWORK, NO, NO, NO]),
    (Act::ToCheck, [NO, NETWORK, NO, NO, NO]),
    (Act::Phones, [NO, NETWORK, NO, NO, NO]),
    (Act::Helplines, [NO, NETWORK, NO, NO, NO]),
    (Act::NetworkLife, [NO, NETWORK, NO, NO, NO]),
    (Act::Staff, [NO, NETWORK, NO, NO, NO]),
    (Act::Imports, [NO, NETWORK, NO, NO, NO]),
    (Act::Keys, [NO, NETWORK, NO, NO, NO]),
    (Act::Service, [NO, NETWORK, NO, NO, NO]),
];

/// How far a role may do something; nothing where it may not, or where this release does not know the role.
pub fn reach(role: &Coded<Role>, act: Act) -> Option<Reach> {
    let column = COLUMNS.iter().position(|known| role.is(*known))?;
    TABLE.iter().find(|(named, _)| *named == act)?.1[column]
}

/// Whether an act could let somebody else in, or erase for good: whoever does it has shown of late who they are.
pub fn needs_proof(act: Act) -> bool {
    matches!(act, Act::Staff | Act::Keys | Act::Service)
}

/// The one scope that somebody may read; nothing inside where they may choose among all, nothing at all where they may
/// read none.
pub fn bound(me: &Me, act: Act) -> Option<Option<Scope>> {
    match reach(&me.role, act)? {
        Reach::Network => Some(None),
        Reach::Shared => Some(Some(Scope::Network)),
        Reach::Structure => me.structure.map(|id| Some(Scope::Structure(id))),
        Reach::Own => me.promeneur.map(|id| Some(Scope::Promeneur(id))),
    }
}

/// The scope that is read when `asked` is asked for, or what one has where nothing is; none where it may not be read.
pub fn scope_of(me: &Me, act: Act, asked: Option<Scope>) -> Option<Scope> {
    match (bound(me, act)?, asked) {
        (None, asked) => Some(asked.unwrap_or_default()),
        (Some(only), None) => Some(only),
        (Some(only), Some(asked)) => (asked == only).then_some(only),
    }
}

/// The table as the README has it.
pub fn as_markdown() -> String {
    use std::fmt::Write;
    let mut text = String::from("| what | act |");
    let mut line = String::from("|---|---|");
    for role in COLUMNS {
        let _ = write!(text, " `{}` |", role.code());
        line.push_str("---|");
    }
    let _ = write!(text, "\n{line}\n");
    for (act, row) in TABLE {
        let _ = write!(text, "| {} | `{}` |", act.label(), act.code());
        for reach in row {
            let word = match reach {
                None => "",
                Some(Reach::Own) => "own",
                Some(Reach::Structure) => "own structure",
                Some(Reach::Shared) => "masked",
                Some(Reach::Network) => "network",
            };
            let _ = write!(text, " {word} |");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::{AccountId, PromeneurId, SchemeId, StructureId};

    fn me(role: Role) -> Me {
        Me {
            account: AccountId(Uuid::from_u128(1)),
            name: String::new(),
            role: role.into(),
            scheme: SchemeId(Uuid::from_u128(2)),
            scheme_name: String::new(),
            demo: false,
            promeneur: (role == Role::Promeneur).then(|| PromeneurId(Uuid::from_u128(3))),
            structure: (role == Role::StructureManager).then(|| StructureId(Uuid::from_u128(4))),
            structure_name: None,
            may_enrol: true,
        }
    }

    #[test]
    fn every_act_and_every_role_stand_in_the_table_once() {
        assert_eq!(Act::ALL, TABLE.map(|(act, _)| act));
        assert_eq!(Role::ALL, COLUMNS);
    }

    #[test]
    fn the_readme_has_the_table() {
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(&as_markdown()), "put this table into the README:\n{}", as_markdown());
    }

    #[test]
    fn a_role_of_a_newer_release_may_nothing() {
        assert!(Act::ALL.iter().all(|act| reach(&Coded::Unknown("auditor".into()), *act).is_none()));
    }

    #[test]
    fn a_structure_is_read_by_those_who_belong_to_it() {
        let manager = me(Role::StructureManager);
        let (own, other) = (StructureId(Uuid::from_u128(4)), StructureId(Uuid::from_u128(5)));
        for act in [Act::Figures, Act::Bilans] {
            assert_eq!(scope_of(&manager, act, None), Some(Scope::Structure(own)));
            assert_eq!(scope_of(&manager, act, Some(Scope::Structure(own))), Some(Scope::Structure(own)));
            for asked in [Scope::Network, Scope::Structure(other), Scope::Promeneur(PromeneurId(own.0))] {
                assert_eq!(scope_of(&manager, act, Some(asked)), None, "{asked}");
            }
        }
        let nowhere = Me { structure: None, ..manager };
        assert_eq!(scope_of(&nowhere, Act::Figures, None), None, "of no structure, nothing is read");
    }

    #[test]
    fn those_outside_read_the_network_as_a_whole() {
        let part = Scope::Structure(StructureId(Uuid::from_u128(4)));
        for role in [Role::Caf, Role::Committee] {
            assert_eq!(scope_of(&me(role), Act::Bilans, None), Some(Scope::Network));
            assert_eq!(scope_of(&me(role), Act::Bilans, Some(part)), None);
            assert_eq!(scope_of(&me(role), Act::Figures, None), None);
        }
        assert_eq!(scope_of(&me(Role::Coordinator), Act::Bilans, Some(part)), Some(part));
    }
}
