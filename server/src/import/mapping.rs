//! What was said of a file: which column is for what, and what its words mean.

use std::collections::BTreeMap;

use app::coordination::imports::Kind;
use serde::{Deserialize, Serialize};

use super::{
    sheet::Sheet,
    target::{guess, target_of, targets},
};

/// The answer that rows with a word are nobody's, or that the word means nothing.
pub const NOTHING: &str = "-";

/// Most words of a field that are explained; no file asks for so many.
const MOST_WORDS: usize = 1_000;

/// What was said of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The field that each column is for.
    pub columns: Vec<Option<String>>,
    /// What to take for a field where a cell is empty.
    #[serde(default)]
    pub fixed: BTreeMap<String, String>,
    /// For a field, what a word of the file means: a code or an id, or [`NOTHING`].
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// What becomes of rows of a day that is noted already.
    #[serde(default)]
    pub same_day: Option<String>,
}

impl Mapping {
    /// What the names of the columns tell.
    pub fn of(kind: Kind, sheet: &Sheet) -> Self {
        Self { columns: guess(kind, &sheet.names), ..Self::default() }
    }

    /// With the answers of a form; what it does not name stays, and what this release has no field for is not taken.
    #[must_use]
    pub fn answered(mut self, kind: Kind, sheet: &Sheet, answers: &[(String, String)]) -> Self {
        self.columns.resize(sheet.names.len(), None);
        for (name, answer) in answers {
            let chosen = (!answer.is_empty()).then(|| answer.clone());
            if let Some(at) = name.strip_prefix("colonne-").and_then(|at| at.parse::<usize>().ok()) {
                if let Some(column) = self.columns.get_mut(at) {
                    *column = chosen.filter(|field| target_of(kind, field).is_some());
                }
            } else if let Some(field) = name.strip_prefix("fixe-").filter(|field| target_of(kind, field).is_some()) {
                set(&mut self.fixed, field, chosen);
            } else if let Some((field, word)) = name.strip_prefix("mot-").and_then(|rest| rest.split_once(':')) {
                if target_of(kind, field).is_some() {
                    // A browser sends the end of a line of a cell as both marks.
                    let word = word.replace("\r\n", "\n");
                    set(self.words.entry(field.to_owned()).or_default(), &word, chosen);
                }
            } else if name == "meme-jour" {
                self.same_day = chosen;
            }
        }
        self.keep_first();
        for words in self.words.values_mut() {
            while words.len() > MOST_WORDS {
                words.pop_last();
            }
        }
        self
    }

    /// Two columns for one field would hide each other: the first one stays.
    fn keep_first(&mut self) {
        let mut seen = Vec::new();
        for column in &mut self.columns {
            if let Some(field) = column.take_if(|field| seen.contains(field)) {
                tracing::debug!(field, "second column of a field");
            }
            seen.extend(column.clone());
        }
    }

    /// The column of a field.
    pub fn column(&self, field: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.as_deref() == Some(field))
    }

    /// The fields without a column and without a value to take instead, that records of the kind need.
    pub fn missing(&self, kind: Kind) -> Vec<&'static str> {
        let is_given = |field: &str| self.column(field).is_some() || self.fixed.contains_key(field);
        let instead = |field: &str| match field {
            "ended_at" => is_given("duration"),
            _ => false,
        };
        let needed = targets(kind).iter().filter(|target| target.needed);
        needed.filter(|target| !is_given(target.field) && !instead(target.field)).map(|target| target.label).collect()
    }
}

fn set(answers: &mut BTreeMap<String, String>, name: &str, chosen: Option<String>) {
    match chosen {
        Some(chosen) => {
            answers.insert(name.to_owned(), chosen);
        }
        None => {
            answers.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::sheet::read;

    fn answers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, answer)| ((*name).to_owned(), (*answer).to_owned())).collect()
    }

    #[test]
    fn answers_say_what_columns_and_words_are_for() {
        let sheet = read("Qui;Quand;Nombre\nx;y;1\n").expect("a sheet");
        let guessed = Mapping::of(Kind::Meeting, &sheet);
        assert_eq!(guessed.missing(Kind::Meeting), ["Date", "Nombre de jeunes"]);
        let said = answers(&[
            ("colonne-1", "occurred_on"),
            ("colonne-2", "occurred_on"),
            ("colonne-9", "note"),
            ("fixe-young_count", "3"),
            ("fixe-nothing", "3"),
            ("mot-promeneur:x:y", "-"),
            ("mot-nothing:x", "-"),
            ("meme-jour", "skip"),
            ("autre", "x"),
        ]);
        let mapping = guessed.answered(Kind::Meeting, &sheet, &said);
        assert_eq!(mapping.columns, [Some("promeneur".to_owned()), Some("occurred_on".to_owned()), None]);
        assert_eq!(mapping.fixed, BTreeMap::from([("young_count".to_owned(), "3".to_owned())]));
        assert_eq!(mapping.words["promeneur"]["x:y"], "-");
        assert_eq!((mapping.words.len(), mapping.same_day.as_deref()), (1, Some("skip")));
        assert!(mapping.missing(Kind::Meeting).is_empty());
        let again = mapping.answered(Kind::Meeting, &sheet, &answers(&[("colonne-1", ""), ("fixe-young_count", "")]));
        assert_eq!(again.missing(Kind::Meeting), ["Date", "Nombre de jeunes"]);
    }

    #[test]
    fn an_end_may_be_told_by_a_length() {
        let sheet = read("promeneur;debut;duree;reseau\nx;y;1;z\n").expect("a sheet");
        assert_eq!(Mapping::of(Kind::Presence, &sheet).missing(Kind::Presence), Vec::<&str>::new());
    }
}
