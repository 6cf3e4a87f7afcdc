//! What a free text may hold by which somebody could be recognised (`domain.md` B13, F): noticed on the phone while
//! it is typed, and never sent anywhere to be looked at; in the office once it is saved. It points out, and the person decides;
//! of an import, where nobody types, such a text is left out.

use std::ops::Range;

use super::{
    coded::{Code, codes},
    fr,
};

codes! {
    /// What was noticed. The label completes « ce texte contient … ».
    Trace {
        Phone = "phone", "un numéro de téléphone";
        Email = "email", "une adresse électronique";
        Handle = "handle", "un pseudo";
        Link = "link", "un lien";
        Name = "name", "peut-être un nom";
    }
}

/// Words with a capital that are no person's: places and services that notes speak of.
const NOT_A_PERSON: [&str; 46] = [
    "Accueil",
    "Ados",
    "Association",
    "Bac",
    "Brioude",
    "Caf",
    "Centre",
    "Cité",
    "Club",
    "Collège",
    "Discord",
    "Emploi",
    "Espace",
    "Facebook",
    "Fil",
    "Foyer",
    "France",
    "Haute",
    "Info",
    "Instagram",
    "Jeune",
    "Jeunes",
    "Le",
    "La",
    "Les",
    "Locale",
    "Loire",
    "Lycée",
    "Maison",
    "Mission",
    "Net",
    "Parcoursup",
    "Point",
    "Promeneur",
    "Promeneurs",
    "Puy",
    "Pôle",
    "Réseau",
    "Saint",
    "Sainte",
    "Santé",
    "Service",
    "Snapchat",
    "Social",
    "Travail",
    "Velay",
];

/// Institutions that are written in capitals, as names on lists are.
const INSTITUTIONS: [&str; 14] = [
    "CIDFF", "CLEMI", "CMPP", "CPAM", "CRIP", "CROUS", "CSAPA", "EPIDE", "MDPH", "ONISEP", "PAEJ", "SEGPA", "ULIS",
    "UNICEF",
];

/// Words that begin a note with a capital, before a name.
const OPENERS: [&str; 20] = [
    "Accompagné",
    "Aidé",
    "Appel",
    "Appelé",
    "Avec",
    "Chez",
    "Contact",
    "Croisé",
    "Discussion",
    "Entretien",
    "Message",
    "Parlé",
    "Pour",
    "Rappeler",
    "Rencontre",
    "Rencontré",
    "Revu",
    "Suivi",
    "Vu",
    "Échange",
];

/// The first trace of a person in a text, and where it stands, in bytes.
pub fn trace(text: &str) -> Option<(Trace, Range<usize>)> {
    let words = words(text);
    // Where all is in capitals, they tell nothing; but two words may be all that stands on a list.
    let is_shouted = words.len() > 2 && !text.chars().any(char::is_lowercase);
    for (at, word) in words.iter().enumerate() {
        if let Some(kind) = of_word(&text[word.clone()]) {
            return Some((kind, word.clone()));
        }
        if let Some(found) = phone_in(text, word) {
            return Some((Trace::Phone, found));
        }
        if let Some(found) = name_at(text, &words, at).filter(|_| !is_shouted) {
            return Some((Trace::Name, found));
        }
    }
    None
}

/// All the words of a name that begins here, however many it has: what is left of one would be the surname. The word that begins
/// a note is none of them.
fn name_at(text: &str, words: &[Range<usize>], at: usize) -> Option<Range<usize>> {
    let mut last = at;
    while let Some(next) = words.get(last + 1)
        && text[words[last].end..next.start].chars().all(|between| between == ' ')
        && is_name(&text[words[last].clone()], &text[next.clone()])
    {
        last += 1;
    }
    let first = at + usize::from(OPENERS.contains(&&text[words[at].clone()]));
    (at < last).then(|| words[first].start..words[last].end)
}

/// The text without what stands there.
pub fn without(text: &str, trace: &Range<usize>) -> String {
    let (Some(before), Some(after)) = (text.get(..trace.start), text.get(trace.end..)) else { return text.to_owned() };
    format!("{before}…{after}")
}

/// The words of a text, without the punctuation around them.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        match (character.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                let word = text[from..at].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '»', '"']);
                let inner = word.trim_start_matches(['(', '«', '"']);
                let from = from + word.len() - inner.len();
                if !inner.is_empty() {
                    words.push(from..from + inner.len());
                }
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Services whose address alone leads to somebody.
const SERVICES: [&str; 4] = ["instagram.com", "snapchat.com", "tiktok.com", "facebook.com"];

/// How the addresses of services end on which people have a page.
const ENDINGS: [&str; 16] =
    ["app", "be", "cc", "co", "com", "eu", "fr", "gg", "io", "link", "me", "net", "org", "social", "to", "tv"];

/// Whether a word in small letters is an address: with its scheme, of a service, or of a page somewhere, as « twitch.tv/lutin ».
fn is_link(lower: &str) -> bool {
    let is_page = || {
        let host = lower.split_once('/').and_then(|(host, page)| host.rsplit_once('.').filter(|_| !page.is_empty()));
        host.is_some_and(|(name, ending)| ENDINGS.contains(&ending) && name.ends_with(|it: char| it.is_alphanumeric()))
    };
    ["http://", "https://", "www."].iter().any(|start| lower.contains(start))
        || SERVICES.iter().any(|host| lower.contains(host))
        || is_page()
}

fn of_word(word: &str) -> Option<Trace> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.' | '-');
    // First, since the addresses of many services have an @ in them.
    if is_link(&word.to_ascii_lowercase()) {
        return Some(Trace::Link);
    }
    if let Some((user, host)) = word.split_once('@') {
        // « Snap:@lutin » is a handle after its service.
        return match (user.ends_with(char::is_alphanumeric), host.contains('.')) {
            (true, true) => Some(Trace::Email),
            (false, _) if host.chars().filter(|character| is_part(*character)).count() >= 2 => Some(Trace::Handle),
            _ => None,
        };
    }
    // « pseudo#1234 », as Discord once wrote them.
    let (user, number) = word.split_once('#')?;
    let is_tag = user.len() >= 2 && number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_tag.then_some(Trace::Handle)
}

/// A telephone number that begins in a word, as in « tel:06 12… »; not within a longer number.
fn phone_in(text: &str, word: &Range<usize>) -> Option<Range<usize>> {
    let mut before = ' ';
    for (at, character) in text[word.clone()].char_indices() {
        let start = word.start + at;
        if !before.is_ascii_digit()
            && matches!(character, '0' | '+')
            && let Some(end) = phone_from(text, start)
        {
            return Some(start..end);
        }
        before = character;
    }
    None
}

/// Where a French number that begins here ends: ten digits after 0, or nine after +33 or 0033, however they are grouped.
fn phone_from(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let (skipped, wanted) =
        ["+33", "0033"].iter().find(|prefix| rest.starts_with(**prefix)).map_or((0, 10), |prefix| (prefix.len(), 9));
    let rest = &rest[skipped..];
    if wanted == 10 && !rest.starts_with('0') {
        return None;
    }
    let (mut digits, mut end) = (0, 0);
    for (at, character) in rest.char_indices() {
        match character {
            '0'..='9' => {
                digits += 1;
                end = at + 1;
            }
            ' ' | '.' | '-' | '/' | '(' | ')' | '\u{a0}' | '\u{202f}' if digits < wanted => {}
            _ => break,
        }
    }
    (digits == wanted || digits == wanted + 1 && skipped > 0).then_some(start + skipped + end)
}

/// Whether two words are written like a person's name: « Léa Martin », « Léa MARTIN », « LÉA MARTIN ».
fn is_name(first: &str, second: &str) -> bool {
    use Written::{Capitals, Name, Short};
    // « CAF » stands beside many a word.
    matches!(
        (written(first), written(second)),
        (Name | Capitals, Name | Capitals) | (Short, Capitals) | (Capitals, Short)
    )
}

/// How a word is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// « Léa ».
    Name,
    /// « MARTIN ».
    Capitals,
    /// « LÉA », as « CAF » is too.
    Short,
    /// Like no name, or like one that is no person's.
    Otherwise,
}

fn written(word: &str) -> Written {
    let letters = || word.chars().filter(|letter| letter.is_alphabetic());
    let is_of_letters = word.chars().all(|letter| letter.is_alphabetic() || matches!(letter, '-' | '’' | '\''));
    let has_capital = word.chars().next().is_some_and(char::is_uppercase);
    if !is_of_letters || !has_capital || letters().count() < 2 {
        return Written::Otherwise;
    }
    if letters().any(char::is_lowercase) {
        return if NOT_A_PERSON.contains(&word) { Written::Otherwise } else { Written::Name };
    }
    let plain = fr::plain(word);
    let is_known = INSTITUTIONS.contains(&word) || NOT_A_PERSON.iter().any(|known| fr::plain(known) == plain);
    match letters().count() {
        _ if is_known => Written::Otherwise,
        2 | 3 => Written::Short,
        _ => Written::Capitals,
    }
}

impl Trace {
    /// What to say of it, in a sentence.
    pub fn sentence(self) -> String {
        format!("Ce texte contient {}. Ici, on ne note rien qui permette de reconnaître un jeune.", self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Option<(Trace, &str)> {
        trace(text).map(|(kind, range)| (kind, &text[range]))
    }

    #[test]
    fn what_points_at_a_person_is_noticed() {
        for (text, kind, what) in [
            ("Rappeler au 06 12 34 56 78 demain", Trace::Phone, "06 12 34 56 78"),
            ("tel 0612345678.", Trace::Phone, "0612345678"),
            ("(+33 6 12.34.56.78)", Trace::Phone, "+33 6 12.34.56.78"),
            ("écrire à lea.martin@exemple.fr", Trace::Email, "lea.martin@exemple.fr"),
            ("avec @lea_du_43, hier", Trace::Handle, "@lea_du_43"),
            ("Lutin#0420 sur le serveur", Trace::Handle, "Lutin#0420"),
            ("voir https://exemple.fr/a", Trace::Link, "https://exemple.fr/a"),
            ("https://www.tiktok.com/@lea43", Trace::Link, "https://www.tiktok.com/@lea43"),
            ("sa page youtube.com/@lea.43", Trace::Link, "youtube.com/@lea.43"),
            ("direct sur twitch.tv/lutin43.", Trace::Link, "twitch.tv/lutin43"),
            ("lien:https://exemple.fr/a", Trace::Link, "lien:https://exemple.fr/a"),
            ("Snap:@lea43 hier", Trace::Handle, "Snap:@lea43"),
            ("insta/@lea_43", Trace::Handle, "insta/@lea_43"),
            ("salon discord.gg/abcd", Trace::Link, "discord.gg/abcd"),
            ("Échange avec Léa Martin", Trace::Name, "Léa Martin"),
            ("vu Jean-Paul D’Aubigné", Trace::Name, "Jean-Paul D’Aubigné"),
            ("Léa MARTIN rappelle", Trace::Name, "Léa MARTIN"),
            ("pour MARTIN LÉA", Trace::Name, "MARTIN LÉA"),
            ("Vu Kévin Dupont hier", Trace::Name, "Kévin Dupont"),
            ("Avec Léa Martin ce soir", Trace::Name, "Léa Martin"),
            ("Rappeler Mme Dupont", Trace::Name, "Mme Dupont"),
            ("Vu DUPONT", Trace::Name, "DUPONT"),
            ("Appelé Dupont ce soir", Trace::Name, "Dupont"),
            ("Échange avec Léa Martin Durand", Trace::Name, "Léa Martin Durand"),
            ("Aperçu Léa Martin", Trace::Name, "Aperçu Léa Martin"),
            ("tel:0612345678", Trace::Phone, "0612345678"),
            ("(06) 12 34 56 78", Trace::Phone, "06) 12 34 56 78"),
            ("+33 (0)6 12 34 56 78", Trace::Phone, "+33 (0)6 12 34 56 78"),
        ] {
            assert_eq!(found(text), Some((kind, what)), "{text}");
        }
    }

    #[test]
    fn ordinary_notes_are_left_alone() {
        for text in [
            "",
            "Orientée vers la Mission Locale du Puy",
            "Parcoursup : vœux à saisir avant le 12 03",
            "20 h 30 à 22 h 15, 3 jeunes, 12 messages",
            "Mme./M. la CPE, atelier vidéo/photo, p.ex./autre, vu 12.5/20",
            "Maison des Ados, rendez-vous à prendre",
            "Atelier vidéo n° 2 le 14.03.2026",
            "Léa va mieux. Elle revient mardi.",
            "Orientée vers Pôle Emploi",
            "Réunion CAF, puis Appel CPAM. RDV MDPH",
            "RAPPELER LE CENTRE DEMAIN MATIN",
            "CAF MSA, Lien SNAPCHAT et dossier n° 20061234567890",
            "a @ b",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn it_is_taken_out_and_the_rest_stays() {
        let text = "Rappeler au 06 12 34 56 78 demain";
        let (_, range) = trace(text).expect("a number");
        assert_eq!(without(text, &range), "Rappeler au … demain");
        let text = "Vu Kévin Dupont hier";
        let (_, range) = trace(text).expect("a name");
        assert_eq!(trace(&without(text, &range)), None, "no part of it is left");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_taking_out_ends(text in "[ A-Zéa-z0-9@.#/+’:-]{0,60}") {
            let mut text = text;
            for _ in 0..80 {
                let Some((_, range)) = trace(&text) else { return Ok(()) };
                let shorter = without(&text, &range);
                prop_assert!(shorter.chars().count() < text.chars().count());
                text = shorter;
            }
            prop_assert!(false, "it never ends: {}", text);
        }
    }
}
