//! Whom to call in the department: the numbers that the coordination adds to the national ones (`domain.md` B9, E).

use serde::{Deserialize, Serialize};

use super::{
    coded::codes,
    fr::{self, NNBSP},
};

codes! {
    /// Why a number is not taken.
    HelplineFault {
        Number = "numero", "Écrivez un numéro de téléphone : des chiffres, et un + au début si besoin.";
        Words = "mots", "Dites en quelques mots qui répond, 120 caractères au plus.";
        Many = "complet", "La liste est pleine. Retirez un numéro pour en ajouter un autre.";
    }
}

/// Most numbers of a network: a list that one reads in a hurry.
pub const MOST: usize = 12;
/// Longest words, in characters.
pub const WORDS_LENGTH: usize = 120;

/// A number, and who answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpline {
    /// Its digits, after a `+` where it begins with one.
    pub number: String,
    /// Who answers, and when.
    pub words: String,
}

impl Helpline {
    /// Reads what was typed, as people write numbers.
    pub fn parse(number: &str, words: &str) -> Result<Self, HelplineFault> {
        let bare: String =
            number.chars().filter(|it| !it.is_whitespace() && !matches!(it, '.' | '-' | '/' | '(' | ')')).collect();
        let digits = bare.strip_prefix('+').unwrap_or(&bare);
        if !(2..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HelplineFault::Number);
        }
        let words: String = words.chars().filter(|it| it.is_whitespace() || !it.is_control()).collect();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() || words.chars().count() > WORDS_LENGTH {
            return Err(HelplineFault::Words);
        }
        Ok(Self { number: bare, words })
    }

    /// The number as one reads it: a French one in pairs.
    pub fn shown(&self) -> String {
        match self.number.as_bytes() {
            [b'0', ..] if self.number.len() == 10 => {
                let pairs: Vec<&str> = (0..5).filter_map(|at| self.number.get(2 * at..2 * at + 2)).collect();
                pairs.join(&NNBSP.to_string())
            }
            _ => self.number.clone(),
        }
    }

    /// The words, with the spaces that French wants.
    pub fn spaced_words(&self) -> String {
        fr::spaced(&self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it() {
        for typed in ["04 65 71 00 43", "04.65.71.00.43", "04-65-71-00-43", " 0465710043 "] {
            let line = Helpline::parse(typed, "Cellule  du département").unwrap();
            assert_eq!((line.number.as_str(), line.words.as_str()), ("0465710043", "Cellule du département"));
            assert_eq!(line.shown(), "04\u{202f}65\u{202f}71\u{202f}00\u{202f}43");
        }
        assert_eq!(Helpline::parse("+33 4 65 71 00 43", "x").unwrap().number, "+33465710043");
        assert_eq!(Helpline::parse("119", "x").unwrap().shown(), "119");
    }

    #[test]
    fn what_is_no_number_and_no_words_is_refused() {
        for typed in ["", "1", "quinze", "04 65 71 00 43 poste 2", "++33", "0465710043046571", "٠٤٦٥"] {
            assert_eq!(Helpline::parse(typed, "x"), Err(HelplineFault::Number), "{typed}");
        }
        for words in ["", "  ", &"x".repeat(WORDS_LENGTH + 1)] {
            assert_eq!(Helpline::parse("119", words), Err(HelplineFault::Words), "{words}");
        }
        assert!(Helpline::parse("119", &"é".repeat(WORDS_LENGTH)).is_ok());
    }
}
