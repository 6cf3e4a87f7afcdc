//! French numbers, dates and plurals, the same text on server and phone.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use super::order::sort_short;

/// Narrow no-break space: before ; : ! ? % and inside « », between thousands and before units.
pub const NNBSP: char = '\u{202f}';

const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

/// The name of a month, 1 to 12.
pub fn month(number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| n.checked_sub(1)).and_then(|n| MONTHS.get(n)).copied().unwrap_or("")
}

/// The name of a weekday, ISO number 1 (Monday) to 7.
pub fn weekday(number: u32) -> &'static str {
    usize::try_from(number).ok().and_then(|n| n.checked_sub(1)).and_then(|n| DAYS.get(n)).copied().unwrap_or("")
}

/// « 19 novembre 2026 », « 1er janvier 2026 ».
pub fn date(day: NaiveDate) -> String {
    format!("{} {}", day_and_month(day), day.year())
}

/// « 19 novembre ».
pub fn day_and_month(day: NaiveDate) -> String {
    let ordinal = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
    // A line never breaks between the day and its month.
    format!("{ordinal}\u{a0}{}", month(day.month()))
}

/// « 19 novembre », with the year where it is not this one.
pub fn near_date(day: NaiveDate, today: NaiveDate) -> String {
    if day.year() == today.year() { day_and_month(day) } else { date(day) }
}

/// « jeudi 19 novembre », with the year where it is not this one.
pub fn long_date(day: NaiveDate, today: NaiveDate) -> String {
    format!("{} {}", weekday(day.weekday().number_from_monday()), near_date(day, today))
}

/// « 21 h 04 ».
pub fn time(at: NaiveTime) -> String {
    format!("{}{NNBSP}h{NNBSP}{:02}", at.hour(), at.minute())
}

/// « 2 h 10 », « 45 min », « 3 h ».
pub fn duration(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}{NNBSP}min"),
        (hours, 0) => format!("{}{NNBSP}h", integer(hours)),
        (hours, rest) => format!("{}{NNBSP}h{NNBSP}{rest:02}", integer(hours)),
    }
}

/// « 1 228 ».
pub fn integer(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * 3 + 1);
    if number < 0 {
        grouped.push('\u{2212}');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(NNBSP);
        }
        grouped.push(digit);
    }
    grouped
}

/// A number with `places` decimals, rounded half away from zero: « 3,7 ».
pub fn decimal(number: f64, places: usize) -> String {
    // By whole numbers: the library's way of writing fractions is as large as a screen.
    let scale = 10_i64.pow(u32::try_from(places).unwrap_or(0));
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures are far below 2^52")]
    let scaled = (number * scale as f64).round() as i64;
    let sign = if scaled < 0 { "\u{2212}" } else { "" };
    let (whole, rest) = (scaled.abs() / scale, scaled.abs() % scale);
    let whole = integer(whole);
    if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole},{rest:0places$}") }
}

/// A share of one as a percentage: « 17,1 % »; « < 1 % » where that would be rounded to nothing, and « – » without a base, which is
/// not zero.
pub fn percent(share: Option<f64>, places: usize) -> String {
    let Some(share) = share else { return "–".to_owned() };
    let is_trace = share > 0.0 && places == 0 && share < 0.005;
    if is_trace { format!("<{NNBSP}1{NNBSP}%") } else { format!("{}{NNBSP}%", decimal(share * 100.0, places)) }
}

/// « 1 jeune », « 2 jeunes », « 0 jeune »: French takes the singular below two.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", integer(number), plural(number, one, many))
}

/// The word that goes with the number.
pub fn plural<'a>(number: i64, one: &'a str, many: &'a str) -> &'a str {
    if number.abs() < 2 { one } else { many }
}

/// The capital of a letter that French begins words with. The library's tables of all scripts are larger than a screen,
/// and every phone would download them.
fn upper(letter: char) -> char {
    match letter {
        'œ' => 'Œ',
        'à'..='ö' | 'ø'..='þ' => char::from_u32(u32::from(letter) - 0x20).unwrap_or(letter),
        _ => letter.to_ascii_uppercase(),
    }
}

fn lower(letter: char) -> char {
    match letter {
        'Œ' => 'œ',
        'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(letter) + 0x20).unwrap_or(letter),
        _ => letter.to_ascii_lowercase(),
    }
}

/// A text as one searches for it: small letters without accents.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match lower(letter) {
            'à' | 'â' | 'ä' => plain.push('a'),
            'ç' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' => plain.push('i'),
            'ô' | 'ö' => plain.push('o'),
            'ù' | 'û' | 'ü' => plain.push('u'),
            'œ' => plain.push_str("oe"),
            '’' => plain.push('\''),
            other => plain.push(other),
        }
    }
    plain
}

/// A text with a capital at its start.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| std::iter::once(upper(first)).chain(characters).collect())
}

/// A text without a capital at its start, for the middle of a sentence.
pub fn small(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| std::iter::once(lower(first)).chain(characters).collect())
}

/// « de janvier », « d’octobre »: the preposition before a word.
pub fn of(word: &str) -> String {
    let vowel = word.chars().next().is_some_and(|first| "aàâeéèêiîoôuûyœæ".contains(lower(first)));
    format!("{}{word}", if vowel { "d’" } else { "de " })
}

/// « a », « a et b », « a, b et c ».
pub fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// Sets the spaces of French punctuation in a plain text written with ordinary ones.
pub fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let narrow = match (character, characters.peek()) {
            (' ', Some(':' | ';' | '!' | '?' | '%' | '»')) => true,
            ('«', Some(' ')) => {
                out.push('«');
                characters.next();
                true
            }
            _ => false,
        };
        out.push(if narrow { NNBSP } else { character });
    }
    out
}

/// Whole percentages of the parts that sum to 100, by largest remainder; all zero without a base.
pub fn shares(parts: &[i64]) -> Vec<i64> {
    let whole: i64 = parts.iter().sum();
    if whole <= 0 {
        return vec![0; parts.len()];
    }
    let mut shares: Vec<i64> = parts.iter().map(|part| part * 100 / whole).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    sort_short(&mut order, |a, b| parts[*a] * 100 % whole > parts[*b] * 100 % whole);
    let missing = usize::try_from(100 - shares.iter().sum::<i64>()).unwrap_or(0);
    for index in order.into_iter().take(missing) {
        shares[index] += 1;
    }
    shares
}

/// A whole percentage as it is read: what rounds to nothing without being nothing is told from none.
pub fn share(share: i64, count: i64) -> String {
    if share == 0 && count > 0 { format!("<{NNBSP}1{NNBSP}%") } else { format!("{share}{NNBSP}%") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!(integer(0), "0");
        assert_eq!(integer(999), "999");
        assert_eq!(integer(1228), "1\u{202f}228");
        assert_eq!(integer(-1_234_567), "\u{2212}1\u{202f}234\u{202f}567");
    }

    #[test]
    fn decimals_take_a_comma_and_round_half_up() {
        assert_eq!(decimal(3.7258, 1), "3,7");
        assert_eq!(decimal(0.25, 1), "0,3");
        assert_eq!(decimal(1234.5, 1), "1\u{202f}234,5");
        assert_eq!(decimal(-0.04, 1), "0,0");
        assert_eq!(percent(None, 1), "–");
        assert_eq!(percent(Some(0.1711), 1), "17,1\u{202f}%");
    }

    #[test]
    fn durations_and_times() {
        assert_eq!(duration(0), "0\u{202f}min");
        assert_eq!(duration(60), "1\u{202f}h");
        assert_eq!(duration(130), "2\u{202f}h\u{202f}10");
        assert_eq!(time(NaiveTime::from_hms_opt(21, 4, 0).unwrap_or_default()), "21\u{202f}h\u{202f}04");
    }

    #[test]
    fn singular_below_two() {
        assert_eq!(count(0, "jeune", "jeunes"), "0 jeune");
        assert_eq!(count(1, "jeune", "jeunes"), "1 jeune");
        assert_eq!(count(2, "jeune", "jeunes"), "2 jeunes");
    }

    #[test]
    fn capitals_and_lists() {
        assert_eq!(capital("école"), "École");
        assert_eq!(small("Échanger"), "échanger");
        for letter in "abcdefghijklmnopqrstuvwxyzàâæçéèêëîïôöœùûü".chars() {
            assert_eq!(upper(letter).to_string(), letter.to_uppercase().to_string());
            assert_eq!(lower(upper(letter)), letter);
        }
        assert_eq!((upper('÷'), lower('×'), upper('1'), lower('«')), ('÷', '×', '1', '«'));
        assert_eq!((of("octobre"), of("avril"), of("juin")), ("d’octobre".into(), "d’avril".into(), "de juin".into()));
        assert_eq!(plain("L’Écoute d’un Cœur"), "l'ecoute d'un coeur");
        assert_eq!(list(&[]), "");
        assert_eq!(list(&["a"]), "a");
        assert_eq!(list(&["a", "b"]), "a et b");
        assert_eq!(list(&["a", "b", "c"]), "a, b et c");
    }

    #[test]
    fn punctuation_gets_narrow_spaces() {
        assert_eq!(spaced("« Oui » : non ?"), "«\u{202f}Oui\u{202f}»\u{202f}: non\u{202f}?");
        assert_eq!(spaced("21:14, 50 %"), "21:14, 50\u{202f}%");
    }

    proptest! {
        #[test]
        fn shares_sum_to_a_hundred(parts in proptest::collection::vec(0_i64..10_000, 1..12)) {
            let sum: i64 = shares(&parts).iter().sum();
            prop_assert_eq!(sum, if parts.iter().sum::<i64>() > 0 { 100 } else { 0 });
        }

        #[test]
        fn a_share_is_within_one_of_the_exact_one(parts in proptest::collection::vec(0_i64..10_000, 1..12)) {
            let whole: i64 = parts.iter().sum();
            prop_assume!(whole > 0);
            for (part, share) in parts.iter().zip(shares(&parts)) {
                prop_assert!((share * whole - part * 100).abs() < whole);
            }
        }
    }
}
