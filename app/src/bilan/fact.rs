//! The main fact of a breakdown, in a sentence that one can read aloud.

use crate::{
    domain::fr::{self, NNBSP},
    ui::bar_chart::{Bar, BarKind},
};

/// One part, named as the sentence needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// « sur Instagram », « offrir une écoute ».
    pub phrase: String,
    /// How much.
    pub amount: i64,
    /// Whole percentage, the one that stands in the chart.
    pub share: i64,
}

/// The parts that bars show, each named by its label's phrase; what is not known is none of them.
pub fn parts_of(bars: &[Bar], phrase: fn(&str) -> String) -> Vec<Part> {
    let known = bars.iter().filter(|bar| bar.kind != BarKind::Unknown);
    known.map(|bar| Part { phrase: phrase(&bar.label), amount: bar.value, share: bar.share }).collect()
}

/// The words of a subject.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// The whole sentence when there is nothing.
    pub nothing: &'static str,
    /// Of what the percentages are.
    pub of_all: &'static str,
    /// What to call exactly one unit, where units are acts.
    pub single: Option<&'static str>,
    /// An amount with its unit.
    pub amount: fn(i64) -> String,
}

/// A longer list of equals would say nothing.
const MOST_EQUALS: usize = 4;

/// What leads, and what comes next. The parts are ordered from the largest.
pub fn main_fact(parts: &[Part], wording: &Wording) -> String {
    let parts: Vec<&Part> = parts.iter().filter(|part| part.amount > 0).collect();
    let Some(first) = parts.first() else {
        return wording.nothing.to_owned();
    };
    let amount = (wording.amount)(first.amount);
    let equals: Vec<&str> =
        parts.iter().take_while(|part| part.amount == first.amount).map(|part| part.phrase.as_str()).collect();
    match (parts.len(), equals.len()) {
        (1, _) => match wording.single.filter(|_| first.amount == 1) {
            Some(single) => format!("{single}{NNBSP}: {}.", first.phrase),
            None => format!("Toujours {}{NNBSP}: {amount}.", first.phrase),
        },
        (_, 1) => first_and_next(first, &parts[1..], wording),
        (_, 2..=MOST_EQUALS) => format!("À égalité{NNBSP}: {}, {amount} chaque fois.", fr::list(&equals)),
        (_, many) => format!("Rien ne se détache{NNBSP}: {many} à égalité, {amount} chaque fois."),
    }
}

fn first_and_next(first: &Part, others: &[&Part], wording: &Wording) -> String {
    let of_all = wording.of_all;
    // Rounded to all, and yet there are others.
    if first.share >= 100 {
        return format!("Presque toujours {}{NNBSP}: plus de 99{NNBSP}% {of_all}.", first.phrase);
    }
    let lead = format!("D’abord {}{NNBSP}: {}{NNBSP}% {of_all}", first.phrase, first.share);
    match others {
        [next, rest @ ..] if next.share > 0 && rest.first().is_none_or(|third| third.amount < next.amount) => {
            format!("{lead}{NNBSP}; puis {}, {}{NNBSP}%.", next.phrase, next.share)
        }
        _ => format!("{lead}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTS: Wording = Wording {
        nothing: "Rien.",
        of_all: "des interventions",
        single: Some("Une seule intervention"),
        amount: |count| fr::count(count, "intervention", "interventions"),
    };

    fn fact(parts: &[(&str, i64)]) -> String {
        let shares = fr::shares(&parts.iter().map(|part| part.1).collect::<Vec<_>>());
        let parts: Vec<Part> = parts
            .iter()
            .zip(shares)
            .map(|((phrase, amount), share)| Part { phrase: (*phrase).to_owned(), amount: *amount, share })
            .collect();
        main_fact(&parts, &ACTS)
    }

    #[test]
    fn nothing() {
        assert_eq!(fact(&[]), "Rien.");
        assert_eq!(fact(&[("écouter", 0), ("informer", 0)]), "Rien.");
    }

    #[test]
    fn one_part() {
        assert_eq!(fact(&[("écouter", 1), ("informer", 0)]), "Une seule intervention\u{202f}: écouter.");
        assert_eq!(fact(&[("écouter", 5), ("informer", 0)]), "Toujours écouter\u{202f}: 5 interventions.");
    }

    #[test]
    fn ties() {
        assert_eq!(
            fact(&[("écouter", 1), ("informer", 1)]),
            "À égalité\u{202f}: écouter et informer, 1 intervention chaque fois."
        );
        assert_eq!(
            fact(&[("a", 7), ("b", 7), ("c", 7), ("d", 2)]),
            "À égalité\u{202f}: a, b et c, 7 interventions chaque fois."
        );
        assert_eq!(
            fact(&[("a", 2), ("b", 2), ("c", 2), ("d", 2), ("e", 2)]),
            "Rien ne se détache\u{202f}: 5 à égalité, 2 interventions chaque fois."
        );
    }

    #[test]
    fn a_leader_and_the_next() {
        assert_eq!(
            fact(&[("écouter", 6), ("informer", 3), ("relayer", 1)]),
            "D’abord écouter\u{202f}: 60\u{202f}% des interventions\u{202f}; puis informer, 30\u{202f}%."
        );
    }

    #[test]
    fn equals_in_second_place_are_not_told_apart() {
        assert_eq!(fact(&[("a", 6), ("b", 2), ("c", 2)]), "D’abord a\u{202f}: 60\u{202f}% des interventions.");
    }

    #[test]
    fn nearly_all_is_not_all() {
        assert_eq!(fact(&[("a", 999), ("b", 1)]), "Presque toujours a\u{202f}: plus de 99\u{202f}% des interventions.");
    }
}
