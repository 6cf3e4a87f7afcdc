//! What promeneurs ask for and what they meet with, grouped by subject (`domain.md` I17, C34, C35, C40): their statements are
//! free texts, and the words in them tell what they are about.

use serde::{Deserialize, Serialize};

use super::{
    coded::{Code, codes},
    fr,
};

/// How many promeneurs speak of a subject in the statements of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedFigures {
    /// The code of the subject.
    pub subject: String,
    /// As something they wish to be trained in.
    pub wishing: i64,
    /// As something difficult.
    pub struggling: i64,
}

codes! {
    /// What a wish or a difficulty is about.
    Subject {
        OnlinePractice = "online_practice", "Pratiques éducatives en ligne";
        YoungPractice = "young_practice", "Pratiques des jeunes sur Internet";
        Tools = "tools", "Réseaux sociaux et outils";
        Law = "law", "Droit du numérique, données, image";
        Screens = "screens", "Santé et écrans";
        IllBeing = "ill_being", "Mal-être, écoute";
        Violence = "violence", "Harcèlement, violences";
        Addiction = "addiction", "Addictions, conduites à risque";
        Sexuality = "sexuality", "Vie affective et sexualité";
        Media = "media", "Info/intox, esprit critique";
        Family = "family", "Familles, parentalité";
        Pathway = "pathway", "Insertion, logement, mobilité";
        Connection = "connection", "Connexion et matériel";
        Time = "time", "Temps et organisation";
        Recognition = "recognition", "Place dans la structure, partenaires";
        Other = "other", "Autre sujet";
    }
}

/// Beginnings of words, without accents, by which a subject is known. Two words stand in the order given.
fn words(subject: Subject) -> &'static [&'static str] {
    match subject {
        Subject::OnlinePractice => {
            &["posture", "pratiques educatives", "presence en ligne", "entrer en contact", "animer"]
        }
        Subject::YoungPractice => &[
            "pratiques des jeunes",
            "pratiques numeriques",
            "usages des jeunes",
            "jeux video",
            "influenceu",
            "manga",
            "stream",
        ],
        Subject::Tools => &[
            "instagram",
            "snap",
            "discord",
            "tiktok",
            "whatsapp",
            "facebook",
            "twitch",
            "reseaux sociaux",
            "outil",
            "algorithme",
            "video",
            "montage",
            "visuel",
            "canva",
        ],
        Subject::Law => &["droit", "juridique", "rgpd", "donnee", "image", "confidentialite", "legal"],
        Subject::Screens => &["ecran", "sommeil", "sedentar"],
        Subject::IllBeing => &[
            "mal-etre",
            "mal etre",
            "suicid",
            "ecoute",
            "depress",
            "angoiss",
            "anxiete",
            "psych",
            "scarific",
            "souffrance",
            "deuil",
        ],
        Subject::Violence => {
            &["harcel", "cyberharc", "violen", "agress", "menace", "discrimin", "sexiste", "emprise", "radicalis"]
        }
        Subject::Addiction => &["addict", "drogue", "alcool", "cannabis", "tabac", "vape", "puff", "risque"],
        Subject::Sexuality => &["sexual", "affectiv", "contracep", "consentement", "porno", "sexting", "lgbt"],
        Subject::Media => &[
            "info/intox",
            "intox",
            "fake",
            "desinform",
            "complot",
            "esprit critique",
            "intelligence artificielle",
            "ia",
        ],
        Subject::Family => &["parent", "famille", "familial"],
        Subject::Pathway => &[
            "emploi",
            "insertion",
            "logement",
            "mobilite",
            "permis de conduire",
            "le permis",
            "passer le permis",
            "parcoursup",
            "orientation",
            "stage",
            "apprentissage",
        ],
        Subject::Connection => &[
            "connexion",
            "reseau mobile",
            "couverture",
            "wifi",
            "wi-fi",
            "4g",
            "debit",
            "telephone",
            "ordinateur",
            "materiel",
            "batterie",
            "panne",
            "forfait",
        ],
        Subject::Time => {
            &["temps", "horaire", "planning", "organis", "charge", "disponib", "soiree", "mercredi", "vacances"]
        }
        Subject::Recognition => &[
            "hierarchie",
            "direction",
            "equipe",
            "collegue",
            "reconnaissance",
            "partenaire",
            "etablissement",
            "college",
            "lycee",
            "elus",
            "mairie",
        ],
        Subject::Other => &[],
    }
}

/// What a text is about: every subject that its words name, or the other one where they name none.
pub fn subjects(text: &str) -> Vec<Subject> {
    let text = fr::plain(text).split_whitespace().collect::<Vec<&str>>().join(" ");
    let found: Vec<Subject> = Subject::ALL
        .iter()
        .copied()
        .filter(|subject| words(*subject).iter().any(|word| begins_a_word(&text, word)))
        .collect();
    if found.is_empty() { vec![Subject::Other] } else { found }
}

/// Whether a word of the text begins so. Short ones are whole words: « ia » is not the beginning of another.
fn begins_a_word(text: &str, word: &str) -> bool {
    let is_whole = word.chars().count() <= 3;
    text.match_indices(word).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        before.is_none_or(|before| !before.is_alphanumeric())
            && (!is_whole || after.is_none_or(|after| !after.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_tell_what_a_text_is_about() {
        for (text, about) in [
            ("Une formation sur le droit à l’image", vec![Subject::Law]),
            ("Repérer le mal-être et le harcèlement en ligne", vec![Subject::IllBeing, Subject::Violence]),
            ("Pas de réseau mobile à Saugues, la 4G ne passe pas", vec![Subject::Connection]),
            ("Comprendre l’IA", vec![Subject::Media]),
            ("Faire des vidéos courtes pour TikTok", vec![Subject::Tools]),
            ("SANTÉ ET ÉCRANS", vec![Subject::Screens]),
            ("Manque de temps en soirée", vec![Subject::Time]),
            ("Rien à dire", vec![Subject::Other]),
            // No word of these begins as a subject does.
            ("Le médiateur est parti", vec![Subject::Other]),
            ("", vec![Subject::Other]),
        ] {
            assert_eq!(subjects(text), about, "{text}");
        }
    }
}
