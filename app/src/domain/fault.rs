//! What is wrong with a record, field by field: a stable code for the machine, a sentence for the person.

use serde::{Deserialize, Serialize};

use super::coded::codes;

codes! {
    /// Why a field cannot be taken as it is. The label is the sentence shown, addressed to the promeneur.
    FaultCode {
        Missing = "missing", "À compléter.";
        ChooseNetwork = "choose_network", "Choisissez au moins un réseau.";
        ChooseTheme = "choose_theme", "Choisissez une thématique.";
        TooManyThemes = "too_many_themes", "Trois thématiques au plus.";
        TooMany = "too_many", "Il y a trop de choix à la fois.";
        YoungCountMissing = "young_count_missing", "Indiquez le nombre de jeunes (au moins 1).";
        Negative = "negative", "Ce nombre ne peut pas être négatif.";
        TooLarge = "too_large", "Ce nombre est trop grand pour être juste.";
        FirstMoreThanPresent = "first_more_than_present", "Le nombre de « première fois » dépasse le nombre de jeunes.";
        MetMoreThanPresent = "met_more_than_present", "Le nombre de « rencontrés après un contact en ligne » dépasse le nombre de jeunes.";
        MetWithoutOutcome = "met_without_outcome", "Pour compter des jeunes rencontrés, cochez « Rencontré·e en présentiel ».";
        AgesMoreThanPresent = "ages_more_than_present", "Le total des âges dépasse le nombre de jeunes.";
        GendersMoreThanPresent = "genders_more_than_present", "Le total par genre dépasse le nombre de jeunes.";
        PeopleInPublication = "people_in_publication", "Pour une publication, notez les vues ou réactions, pas un nombre de jeunes.";
        ReachOutsidePublication = "reach_outside_publication", "Les vues et réactions ne se notent que pour une publication.";
        CountWithoutYoung = "count_without_young", "Les nombres de jeunes ne se notent que pour un public de jeunes.";
        ReferralWithoutOutcome = "referral_without_outcome", "Pour préciser vers qui, cochez une orientation.";
        DateInFuture = "date_in_future", "Cette date est dans le futur.";
        DateTooOld = "date_too_old", "Cette date est trop ancienne.";
        EndBeforeStart = "end_before_start", "La fin est avant le début.";
        TooLong = "too_long", "Cette durée dépasse 24 heures.";
        TextTooLong = "text_too_long", "Ce texte est trop long.";
        TextUnreadable = "text_unreadable", "Ce texte contient un caractère qui ne peut pas être enregistré.";
        UnknownCode = "unknown_code", "Cette valeur n’existe pas dans les listes du réseau.";
        MalformedBody = "malformed_body", "Cette saisie est illisible.";
    }
}

impl FaultCode {
    /// Whether it says that something is not there yet, and nothing is wrong.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::Missing | Self::ChooseNetwork | Self::ChooseTheme | Self::YoungCountMissing)
    }
}

/// One fault of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The field's name on the wire; on the screen the fault stands under the input of this name.
    pub field: String,
    /// What is wrong.
    pub code: super::coded::Coded<FaultCode>,
}

/// Collects faults while a record is parsed, so that the person sees all of them at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault.
    pub fn add(&mut self, field: &str, code: FaultCode) {
        self.0.push(Fault { field: field.to_owned(), code: code.into() });
    }

    /// Takes a required value, or notes that it is missing.
    pub fn require<T>(&mut self, field: &str, value: Option<T>, code: FaultCode) -> Option<T> {
        if value.is_none() {
            self.add(field, code);
        }
        value
    }

    /// Takes a count between 0 and `most`, or notes what is wrong with it.
    pub fn count(&mut self, field: &str, value: Option<i64>, most: u32) -> Option<u32> {
        let value = value?;
        match u32::try_from(value) {
            Ok(count) if count <= most => Some(count),
            Ok(_) => {
                self.add(field, FaultCode::TooLarge);
                None
            }
            Err(_) => {
                self.add(field, if value < 0 { FaultCode::Negative } else { FaultCode::TooLarge });
                None
            }
        }
    }

    /// Notes every value that this release does not know, where `strict` says that it should, and what no release can
    /// know: a code ends in an index, a figure and a screen, and must be one.
    pub fn known<'a, T: super::coded::Code>(
        &mut self,
        field: &str,
        values: impl IntoIterator<Item = &'a super::coded::Coded<T>>,
        strict: bool,
    ) {
        let wrong = |value: &super::coded::Coded<T>| match value {
            super::coded::Coded::Known(_) => false,
            super::coded::Coded::Unknown(code) => strict || !is_code(code),
        };
        let mut count = 0;
        let any_wrong = values.into_iter().inspect(|_| count += 1).any(wrong);
        if any_wrong {
            self.add(field, FaultCode::UnknownCode);
        } else if count > MOST_CHOICES {
            self.add(field, FaultCode::TooMany);
        }
    }

    /// Takes a short text, trimmed; an empty one is none.
    pub fn text(&mut self, field: &str, value: Option<&str>, most: usize) -> Option<String> {
        let text = value?.trim();
        if text.is_empty() {
            return None;
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.add(field, FaultCode::TextUnreadable);
            return None;
        }
        if text.chars().count() > most {
            self.add(field, FaultCode::TextTooLong);
            return None;
        }
        Some(text.to_owned())
    }

    /// The value when nothing was noted.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ if self.0.is_empty() => {
                Err(vec![Fault { field: "body".to_owned(), code: FaultCode::MalformedBody.into() }])
            }
            _ => Err(self.0),
        }
    }
}

/// Most values of one list on one record; the longest of our lists has fewer.
const MOST_CHOICES: usize = 30;
/// Longest code of any list, ours or a later release's.
const CODE_LENGTH: usize = 40;

fn is_code(text: &str) -> bool {
    (1..=CODE_LENGTH).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
