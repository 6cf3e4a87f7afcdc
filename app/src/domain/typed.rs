//! What a form of the office sends: texts by the names of their fields, read once at the boundary.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::iso::Iso;

/// The fields of a form.
pub type Typed = BTreeMap<String, String>;

/// A form that holds these values.
pub fn filled<const N: usize>(pairs: [(&str, String); N]) -> Typed {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// What was typed in a field; nothing where it is not there.
pub fn text<'a>(typed: &'a Typed, name: &str) -> &'a str {
    typed.get(name).map_or("", |text| text.trim())
}

/// A line of words: single spaces, and nothing that steers a terminal.
pub fn line(typed: &Typed, name: &str) -> String {
    let words = text(typed, name).split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|letter| !letter.is_control()).collect()
}

/// A day, as a field of a day sends it.
pub fn day(typed: &Typed, name: &str) -> Option<NaiveDate> {
    NaiveDate::from_iso(text(typed, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_words() {
        let typed: Typed = [("a".to_owned(), "  Centre\u{0}\n social\u{1b}[2J ".to_owned())].into();
        assert_eq!(line(&typed, "a"), "Centre social[2J");
        assert_eq!((line(&typed, "b").as_str(), day(&typed, "a")), ("", None));
    }
}
