//! What a column of a file may hold: the fields of each kind of record, and how a cell of them is read.

use app::{
    coordination::imports::Kind,
    domain::{
        coded::Code,
        fr,
        taxonomy::{
            Audience, ChannelKind, Initiator, InterventionDetail, InterventionType, KnownFrom, Network, Outcome,
            ProjectKind, ProjectOrigin, ProjectStage, ReferralKind, Setting, Theme,
        },
    },
};

/// The values of a list: code and French label of each.
pub type Values = fn() -> Vec<(&'static str, &'static str)>;

/// How a cell is read.
#[derive(Clone, Copy, Debug)]
pub enum Cell {
    /// The promeneur, by name.
    Who,
    /// What the file calls the row, by which it is known again when the file is brought once more.
    Reference,
    /// What the file of presences calls the presence in which it took place.
    Presence,
    /// A day.
    Day,
    /// A day with a time, or one of both where the other stands in a column of its own.
    Moment,
    /// A time of day.
    Time,
    /// A length.
    Minutes,
    /// A number.
    Count,
    /// Words.
    Text,
    /// One of a list.
    One(Values),
    /// Several of a list.
    Many(Values),
}

/// A field that a column may be for.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the wire; of a number within a group, both names with a dot.
    pub field: &'static str,
    /// What the coordination calls it.
    pub label: &'static str,
    /// How a cell is read.
    pub cell: Cell,
    /// Whether no record of the kind is without it.
    pub needed: bool,
    /// What spreadsheets call it, in small letters without accents.
    pub names: &'static [&'static str],
}

impl Target {
    /// Its list, where it has one.
    pub fn values(&self) -> Option<Values> {
        match self.cell {
            Cell::One(values) | Cell::Many(values) => Some(values),
            _ => None,
        }
    }

    /// Whether a column of this name is for it.
    pub fn is_called(&self, name: &str) -> bool {
        let name = fr::plain(name);
        name == self.field || name == fr::plain(self.label) || self.names.contains(&name.as_str())
    }
}

fn values<T: Code>() -> Vec<(&'static str, &'static str)> {
    T::ALL.iter().map(|value| (value.code(), value.label())).collect()
}

fn themes() -> Vec<(&'static str, &'static str)> {
    values::<Theme>()
}

/// The code of a value, by its code or by what it is called.
pub fn code_of(values: Values, text: &str) -> Option<&'static str> {
    let wanted = fr::plain(text);
    let is = |name: &str| fr::plain(name) == wanted;
    if let Some((code, _)) = values().into_iter().find(|(code, label)| *code == wanted || is(label)) {
        return Some(code);
    }
    // The words on chips are what people write; they exist of themes and types only.
    let short = Theme::ALL.iter().map(|theme| (theme.code(), theme.short_label()));
    let short = short.chain(InterventionType::ALL.iter().map(|kind| (kind.code(), kind.short_label())));
    let (code, _) = short.into_iter().find(|(_, label)| is(label))?;
    values().into_iter().find(|(known, _)| *known == code).map(|(code, _)| code)
}

const fn target(field: &'static str, label: &'static str, cell: Cell, names: &'static [&'static str]) -> Target {
    Target { field, label, cell, needed: false, names }
}

const fn needed(field: &'static str, label: &'static str, cell: Cell, names: &'static [&'static str]) -> Target {
    Target { field, label, cell, needed: true, names }
}

const WHO: Target = needed(
    "promeneur",
    "Promeneur·euse",
    Cell::Who,
    &["promeneuse", "promeneur du net", "professionnel", "professionnelle", "nom", "qui", "intervenant", "pdn"],
);
const REFERENCE: Target = target("reference", "Référence de la ligne", Cell::Reference, &["id", "ref"]);
const NOTE: Target =
    target("note", "Note", Cell::Text, &["commentaire", "commentaires", "remarque", "remarques", "observations"]);
const NETWORK_NAMES: &[&str] = &[
    "reseau",
    "reseaux",
    "reseau social",
    "reseaux sociaux",
    "plateforme",
    "outil",
    "network",
    "networks",
    "media social",
];
const THEME_NAMES: &[&str] = &["theme", "themes", "thematique", "thematiques", "sujet", "sujets", "sujet aborde"];
const YOUNG_NAMES: &[&str] = &["jeunes", "nombre de jeunes", "nb jeunes", "nb de jeunes", "nombre jeunes", "effectif"];
const DAY_NAMES: &[&str] = &["date", "jour", "le", "date de l'intervention", "occurred_at"];
const MET_NAMES: &[&str] = &["rencontres", "jeunes rencontres", "rencontres en presentiel", "vus en presentiel"];

const PRESENCE: &[Target] = &[
    WHO,
    target("day", "Jour", Cell::Day, DAY_NAMES),
    needed("started_at", "Début", Cell::Moment, &["debut", "heure de debut", "heure debut", "de", "start"]),
    needed("ended_at", "Fin", Cell::Moment, &["fin", "heure de fin", "heure fin", "a", "end"]),
    target(
        "duration",
        "Durée, si la fin n’est pas donnée",
        Cell::Minutes,
        &["duree", "temps", "temps passe", "minutes", "duration_min"],
    ),
    needed("networks", "Réseaux", Cell::Many(values::<Network>), NETWORK_NAMES),
    NOTE,
    REFERENCE,
];

const INTERVENTION: &[Target] = &[
    WHO,
    needed("occurred_on", "Date", Cell::Moment, DAY_NAMES),
    target("started_at", "Heure", Cell::Time, &["heure", "horaire", "heure de debut", "debut"]),
    target("duration_min", "Durée", Cell::Minutes, &["duree", "temps", "temps passe", "minutes", "duree (min)"]),
    target("presence", "Référence de la présence", Cell::Presence, &["permanence"]),
    needed(
        "type",
        "Type d’intervention",
        Cell::One(values::<InterventionType>),
        &["type", "intervention", "nature", "action", "objectif"],
    ),
    target("detail", "Précision du type", Cell::One(values::<InterventionDetail>), &["sous-type", "precision"]),
    needed("network", "Réseau", Cell::One(values::<Network>), NETWORK_NAMES),
    needed(
        "channel",
        "Forme de l’échange",
        Cell::One(values::<ChannelKind>),
        &["canal", "forme", "mode", "espace", "moyen"],
    ),
    needed(
        "setting",
        "Individuel ou collectif",
        Cell::One(values::<Setting>),
        &["cadre", "modalite", "individuel/collectif"],
    ),
    needed(
        "initiator",
        "À l’initiative de",
        Cell::One(values::<Initiator>),
        &["initiative", "initiateur", "a l'initiative", "qui initie"],
    ),
    needed("themes", "Thématiques", Cell::Many(themes), THEME_NAMES),
    needed("audience", "Public", Cell::One(values::<Audience>), &["public", "publics", "public vise"]),
    target("young_count", "Nombre de jeunes", Cell::Count, YOUNG_NAMES),
    target(
        "first_this_year_count",
        "Dont première fois cette année",
        Cell::Count,
        &["nouveaux", "nouveaux jeunes", "premiere fois", "1re fois", "dont nouveaux"],
    ),
    target("known_from", "Connu·es de", Cell::One(values::<KnownFrom>), &["connu de"]),
    target("age_bands.under_12", "Moins de 12 ans", Cell::Count, &["age_under_12", "-12 ans", "< 12 ans"]),
    target("age_bands.12_14", "12–14 ans", Cell::Count, &["age_12_14", "12-14 ans", "12-14", "12/14 ans"]),
    target("age_bands.15_17", "15–17 ans", Cell::Count, &["age_15_17", "15-17 ans", "15-17", "15/17 ans"]),
    target("age_bands.18_25", "18–25 ans", Cell::Count, &["age_18_25", "18-25 ans", "18-25", "18/25 ans"]),
    target("age_bands.over_25", "Plus de 25 ans", Cell::Count, &["age_over_25", "+25 ans", "+ de 25 ans", "> 25 ans"]),
    target("reach_count", "Vues ou réactions (publication)", Cell::Count, &["vues", "reactions", "portee", "audience"]),
    target("outcomes", "Suites", Cell::Many(values::<Outcome>), &["suite", "suites", "suite donnee", "resultat"]),
    target("met_after_online_count", "Rencontré·es en présentiel", Cell::Count, MET_NAMES),
    target(
        "referral_kinds",
        "Orienté·es vers",
        Cell::Many(values::<ReferralKind>),
        &["orientation", "orientations", "orientation vers"],
    ),
    NOTE,
    REFERENCE,
];

const MEETING: &[Target] = &[
    WHO,
    needed("occurred_on", "Date", Cell::Day, DAY_NAMES),
    needed("young_count", "Nombre de jeunes", Cell::Count, YOUNG_NAMES),
    target("met_after_online_count", "Dont rencontré·es après un contact en ligne", Cell::Count, MET_NAMES),
    target("themes", "Thématiques", Cell::Many(themes), THEME_NAMES),
    NOTE,
    REFERENCE,
];

const PROJECT: &[Target] = &[
    WHO,
    needed("initiated_on", "Débuté le", Cell::Day, &["debut", "date de debut", "date", "initie le"]),
    target("ended_on", "Fini le", Cell::Day, &["fin", "date de fin", "termine le"]),
    needed("project_kind", "Projet ou parcours", Cell::One(values::<ProjectKind>), &["kind", "type", "nature"]),
    needed("origin", "Origine", Cell::One(values::<ProjectOrigin>), &["origine", "ne de", "issu de"]),
    needed("stage", "Étape", Cell::One(values::<ProjectStage>), &["etape", "stade", "avancement", "etat"]),
    needed("theme", "Thématique", Cell::One(themes), THEME_NAMES),
    target("title", "Titre", Cell::Text, &["titre", "projet", "intitule", "nom du projet"]),
    target("setting", "Individuel ou collectif", Cell::One(values::<Setting>), &["cadre", "modalite"]),
    target("young_count", "Nombre de jeunes", Cell::Count, YOUNG_NAMES),
    NOTE,
    REFERENCE,
];

const ACCOUNT_SNAPSHOT: &[Target] = &[
    WHO,
    needed("network", "Réseau", Cell::One(values::<Network>), NETWORK_NAMES),
    needed("as_of", "Relevé le", Cell::Day, &["date", "jour", "au"]),
    needed(
        "followers",
        "Abonné·es ou ami·es",
        Cell::Count,
        &["abonnes", "followers", "amis", "contacts", "nombre d'abonnes"],
    ),
    REFERENCE,
];

/// The fields of a kind, in the order in which they are offered.
pub fn targets(kind: Kind) -> &'static [Target] {
    match kind {
        Kind::Presence => PRESENCE,
        Kind::Intervention => INTERVENTION,
        Kind::Meeting => MEETING,
        Kind::Project => PROJECT,
        Kind::AccountSnapshot => ACCOUNT_SNAPSHOT,
    }
}

/// One of them.
pub fn target_of(kind: Kind, field: &str) -> Option<&'static Target> {
    targets(kind).iter().find(|target| target.field == field)
}

/// What each column is for, as far as its name tells; no two are for the same.
pub fn guess(kind: Kind, names: &[String]) -> Vec<Option<String>> {
    let mut free: Vec<&Target> = targets(kind).iter().collect();
    let of = |name: &String| {
        let at = free.iter().position(|target| target.is_called(name))?;
        Some(free.remove(at).field.to_owned())
    };
    names.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use app::domain::record::Draft;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn every_target_is_a_field_of_its_record_or_read_by_us() {
        let ours = ["promeneur", "reference", "presence", "day", "duration"];
        for kind in Kind::ALL {
            let mut seen = BTreeSet::new();
            for target in targets(*kind) {
                assert!(seen.insert(target.field), "{} twice", target.field);
                if ours.contains(&target.field) {
                    continue;
                }
                // A field that the record has takes no such value; one that it has not would be kept as it is.
                let (group, member) = target.field.split_once('.').unwrap_or((target.field, ""));
                let value = if member.is_empty() { Value::from(true) } else { json!({ member: true }) };
                let object = json!({ "kind": kind.code(), group: value });
                let Value::Object(object) = object else { panic!("an object") };
                assert!(Draft::from_object(object).is_err(), "{} is no field of {}", target.field, kind.code());
            }
        }
    }

    #[test]
    fn columns_are_known_by_what_spreadsheets_call_them() {
        let guess = |kind, names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            guess(kind, &names).into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>()
        };
        assert_eq!(
            guess(Kind::Intervention, &["Promeneur", "Date", "Réseau social", "Thème", "Nb jeunes", "Météo", "Date"]),
            ["promeneur", "occurred_on", "network", "themes", "young_count", "", ""]
        );
        assert_eq!(
            guess(Kind::Presence, &["Qui", "Jour", "De", "À", "Réseaux"]),
            ["promeneur", "day", "started_at", "ended_at", "networks"]
        );
    }

    #[test]
    fn values_are_known_by_code_label_and_chip() {
        assert_eq!(code_of(themes, "sante"), Some("health"));
        assert_eq!(code_of(themes, "Emploi, stage"), Some("employment_training"));
        assert_eq!(code_of(themes, "Emploi, stage, formation"), Some("employment_training"));
        assert_eq!(code_of(values::<InterventionType>, "Écoute"), Some("listen"));
        assert_eq!(code_of(values::<Network>, "INSTAGRAM"), Some("instagram"));
        assert_eq!(code_of(values::<Network>, "Écoute"), None);
        assert_eq!(code_of(values::<Network>, "Insta"), None);
    }
}
