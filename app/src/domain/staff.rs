//! Structures and promeneurs as the coordination keeps them (`domain.md` A1, A3, B11).

use chrono::{Datelike, NaiveDate};

use super::{
    coded::{Code, codes},
    taxonomy::StructureType,
    typed::{Typed, day, line, text},
};

codes! {
    /// Why something of the staff is not taken as it was typed.
    StaffFault {
        Name = "name_missing", "Écrivez un nom, 80 caractères au plus.";
        Kind = "kind_missing", "Choisissez un type de structure.";
        Commune = "commune_too_long", "80 caractères au plus.";
        Structure = "structure_missing", "Choisissez une structure.";
        Day = "day_unreadable", "Donnez un jour entre 2010 et 2100, comme 2026-11-03.";
        Order = "days_in_disorder", "Ce jour vient trop tôt : il doit suivre l’arrivée dans la structure d’avant.";
        LeftEarly = "left_before_label", "Ce jour vient trop tôt : le départ suit l’arrivée dans le réseau.";
        EndsEarly = "leave_ends_before_it_begins", "La fin est avant le début.";
        Hours = "hours_unreadable", "Écrivez un nombre d’heures par semaine, de 1 à 168, ou rien.";
        Overlap = "leave_overlaps", "Une absence est déjà notée sur une partie de ces jours.";
        Changed = "changed_meanwhile", "Quelqu’un d’autre a changé cette fiche entre-temps. Relisez ce qui est écrit ici ; enregistrer à nouveau remplacera le sien.";
        Role = "role_missing", "Choisissez une fonction.";
        Mail = "address_unreadable", "Écrivez une adresse e-mail, comme prenom@structure.fr.";
        Mails = "too_many_mails", "Cinq e-mails sont partis pour cette invitation : copiez le lien, ou faites-en une nouvelle.";
    }
}

/// Longest name, in characters.
pub const NAME_LENGTH: usize = 80;

/// What is wrong with the fields, by their names.
pub type Faults = Vec<(&'static str, StaffFault)>;

/// A structure, as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StructureForm {
    /// What to call it.
    pub name: String,
    /// What it is.
    pub kind: StructureType,
    /// Where it is.
    pub commune: String,
}

/// A promeneur, as they are typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromeneurForm {
    /// What to call them.
    pub name: String,
    /// First day as a labelled promeneur.
    pub labelled_on: NaiveDate,
    /// First day away for good.
    pub left_on: Option<NaiveDate>,
    /// Minutes of presence a week that were agreed on.
    pub weekly_minutes: Option<i32>,
}

/// What to call a structure among others: every town has its « Centre social ».
pub fn structure_name(name: &str, commune: &str) -> String {
    if commune.is_empty() { name.to_owned() } else { format!("{name}, {commune}") }
}

/// A name, where it is one.
pub fn name(typed: &Typed, field: &str) -> Option<String> {
    let name = line(typed, field);
    (1..=NAME_LENGTH).contains(&name.chars().count()).then_some(name)
}

/// A day that somebody can mean.
pub fn sane_day(typed: &Typed, field: &str) -> Option<NaiveDate> {
    day(typed, field).filter(|day| (2010..2100).contains(&day.year()))
}

impl StructureForm {
    /// Reads what was typed.
    pub fn parse(typed: &Typed) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let name = name(typed, "nom");
        if name.is_none() {
            faults.push(("nom", StaffFault::Name));
        }
        let kind = StructureType::from_code(text(typed, "type"));
        if kind.is_none() {
            faults.push(("type", StaffFault::Kind));
        }
        let commune = line(typed, "commune");
        if commune.chars().count() > NAME_LENGTH {
            faults.push(("commune", StaffFault::Commune));
        }
        match (name, kind) {
            (Some(name), Some(kind)) if faults.is_empty() => Ok(Self { name, kind, commune }),
            _ => Err(faults),
        }
    }
}

impl PromeneurForm {
    /// Reads what was typed.
    pub fn parse(typed: &Typed) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let name = name(typed, "nom");
        if name.is_none() {
            faults.push(("nom", StaffFault::Name));
        }
        let labelled_on = sane_day(typed, "depuis");
        if labelled_on.is_none() {
            faults.push(("depuis", StaffFault::Day));
        }
        let left_on = if text(typed, "depart").is_empty() { None } else { sane_day(typed, "depart") };
        match (left_on, labelled_on) {
            (None, _) if !text(typed, "depart").is_empty() => faults.push(("depart", StaffFault::Day)),
            (Some(left), Some(labelled)) if left < labelled => faults.push(("depart", StaffFault::LeftEarly)),
            _ => {}
        }
        let hours = text(typed, "heures");
        let weekly_minutes = if hours.is_empty() { Some(None) } else { minutes(hours).map(Some) };
        if weekly_minutes.is_none() {
            faults.push(("heures", StaffFault::Hours));
        }
        match (name, labelled_on, weekly_minutes) {
            (Some(name), Some(labelled_on), Some(weekly_minutes)) if faults.is_empty() => {
                Ok(Self { name, labelled_on, left_on, weekly_minutes })
            }
            _ => Err(faults),
        }
    }
}

/// Hours a week, with a decimal comma or point, in minutes.
fn minutes(text: &str) -> Option<i32> {
    let (whole, part) = text.split_once([',', '.']).unwrap_or((text, ""));
    let digits = |text: &str| !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !(part.is_empty() || digits(part)) {
        return None;
    }
    let hundredths: i32 = format!("{part:0<2}").get(..2)?.parse().ok()?;
    let minutes = whole.parse::<i32>().ok()? * 60 + (hundredths * 60 + 50) / 100;
    (60..=168 * 60).contains(&minutes).then_some(minutes)
}

/// Hours a week, as one types them.
pub fn typed_hours(minutes: i32) -> String {
    let hundredths = (minutes % 60 * 100 + 30) / 60;
    let text = format!("{},{hundredths:02}", minutes / 60);
    text.trim_end_matches('0').trim_end_matches(',').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_promeneur_is_read_whole_or_says_what_is_wrong() {
        let whole = [("nom", " Anne  M. "), ("depuis", "2026-09-01"), ("heures", "3,5")];
        let read = PromeneurForm::parse(&typed(&whole)).unwrap();
        assert_eq!((read.name.as_str(), read.weekly_minutes, read.left_on), ("Anne M.", Some(210), None));
        for (field, value, fault) in [
            ("nom", "", StaffFault::Name),
            ("depuis", "1999-01-01", StaffFault::Day),
            ("depart", "2026-08-31", StaffFault::LeftEarly),
            ("depart", "bientôt", StaffFault::Day),
            ("heures", "0", StaffFault::Hours),
            ("heures", "169", StaffFault::Hours),
            ("heures", "-3", StaffFault::Hours),
        ] {
            let mut pairs = whole.to_vec();
            pairs.retain(|(name, _)| *name != field);
            pairs.push((field, value));
            assert_eq!(PromeneurForm::parse(&typed(&pairs)), Err(vec![(field, fault)]), "{field} {value}");
        }
        assert_eq!(PromeneurForm::parse(&typed(&[])).unwrap_err().len(), 2);
    }

    #[test]
    fn hours_are_typed_again_as_they_were() {
        for text in ["3", "3,5", "3,25", "35", "168"] {
            assert_eq!(typed_hours(minutes(text).unwrap()), text);
        }
        assert_eq!(typed_hours(600), "10");
    }

    #[test]
    fn a_structure_has_a_name_and_a_kind() {
        let read = StructureForm::parse(&typed(&[("nom", "MJC"), ("type", "mjc"), ("commune", "Brioude")])).unwrap();
        assert_eq!((read.kind, read.commune.as_str()), (StructureType::Mjc, "Brioude"));
        assert_eq!(StructureForm::parse(&typed(&[])).unwrap_err().len(), 2);
        let long = "é".repeat(81);
        let long = [("nom", "MJC"), ("type", "mjc"), ("commune", long.as_str())];
        assert_eq!(StructureForm::parse(&typed(&long)), Err(vec![("commune", StaffFault::Commune)]));
    }
}
