//! The annual bilan (`domain.md` C4): what a network, a structure or a promeneur did in a period, as a document that is
//! handed over. What is published is kept as it was then, in numbers and in words.

pub mod csv;
pub mod draft;
mod grids;
mod log;
pub mod pages;
pub mod view;
pub mod write;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        coded::{Code, codes},
        period::Period,
        scope::Scope,
    },
    sync::hash::BodyHash,
};

codes! {
    /// The chapters, in the order of C4. What stands in the annexes is not written by hand.
    Chapter {
        Synthesis = "synthesis", "Éléments de synthèse";
        Network = "network", "Le réseau";
        Activity = "activity", "L’activité";
        Life = "life", "La vie du réseau";
        Support = "support", "L’accompagnement individuel";
        Partners = "partners", "L’animation territoriale et les partenariats";
        Steering = "steering", "Le pilotage";
        Quality = "quality", "Réussites, freins et besoins";
        Next = "next", "Points d’amélioration";
    }
}

/// Longest text of a chapter, in characters.
pub const TEXT_LENGTH: usize = 8000;

impl Chapter {
    /// The chapters of a bilan: one structure or promeneur steers no network.
    pub fn of(scope: Scope) -> impl Iterator<Item = Self> {
        let is_network = scope == Scope::Network;
        let whole = [Self::Network, Self::Life, Self::Support, Self::Partners, Self::Steering];
        Self::ALL.iter().copied().filter(move |chapter| is_network || !whole.contains(chapter))
    }

    /// What to write there.
    pub fn prompt(self) -> &'static str {
        match self {
            Self::Synthesis => "En quelques lignes, ce qu’il faut retenir.",
            Self::Network => "Ce qui a changé dans l’équipe et les structures, et pourquoi.",
            Self::Activity => "Ce que les chiffres ne disent pas.",
            Self::Life => {
                "Réunions et formations : date, thème, intervenant·e, nombre de structures et de participant·es."
            }
            Self::Support => "Accompagnements : date, structure, objet ; courriels, appels, ressources partagées.",
            Self::Partners => "Événements et partenaires : date, lieu, personnes touchées.",
            Self::Steering => "Comités de pilotage et comités techniques : date, participant·es, ordre du jour.",
            Self::Quality => {
                "Réussites, freins, faits marquants, besoins de formation. Personne ne doit s’y reconnaître."
            }
            Self::Next => "Ce qui sera fait autrement l’année prochaine.",
        }
    }
}

/// A text of a chapter, with who wrote it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The text; lines between empty lines are paragraphs.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The day of that, in the network's zone.
    pub on: NaiveDate,
}

/// The whole bilan, as it is shown, printed and handed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// « Bilan de l’année 2026 ».
    pub title: String,
    /// The network's name.
    pub network: String,
    /// Whose activity.
    pub scope: String,
    /// « Projet du 27 novembre 2026 », or which version it is.
    pub status: String,
    /// The day of its figures.
    pub on: NaiveDate,
    /// What is to be known before one reads: how complete, until when, what is masked.
    pub notes: Vec<String>,
    /// Its chapters.
    pub chapters: Vec<Part>,
    /// How each figure is counted, in the annexes.
    pub definitions: Vec<Definition>,
}

impl Document {
    /// Whether these are the texts that it has.
    pub fn has_texts(&self, texts: &[(Chapter, Written)]) -> bool {
        let own = self.chapters.iter().filter_map(|part| Some((part.code.as_str(), part.text.as_ref()?)));
        let mut theirs: Vec<(&str, &Written)> = texts.iter().map(|(of, written)| (of.code(), written)).collect();
        let mut own: Vec<(&str, &Written)> = own.collect();
        own.sort_by_key(|(code, _)| *code);
        theirs.sort_by_key(|(code, _)| *code);
        own == theirs
    }

    /// What may not change between its being read and its being published: the texts, and the figures of a period that is
    /// over. Those of one that goes on change with each evening that arrives.
    pub fn seal(&self, period: Period) -> String {
        let texts: Vec<_> = self.chapters.iter().map(|part| (&part.code, &part.text)).collect();
        let seen =
            if period.last() < self.on { serde_json::to_string(&self.chapters) } else { serde_json::to_string(&texts) };
        BodyHash::of(&seen.unwrap_or_default()).to_string()
    }
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its code.
    pub code: String,
    /// Its number and name.
    pub heading: String,
    /// What was written for it.
    pub text: Option<Written>,
    /// Its large figures.
    pub figures: Vec<Key>,
    /// What is told of each subject.
    pub subjects: Vec<Subject>,
}

/// A large figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// How many.
    pub value: i64,
    /// What is counted.
    pub name: String,
    /// What to say of it.
    pub said: Option<String>,
}

/// A subject: sentences, and a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Its name.
    pub heading: String,
    /// Sentences, the main fact first.
    pub facts: Vec<String>,
    /// Its table.
    pub grid: Option<Grid>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// What it holds.
    pub caption: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows: a name, then the cells.
    pub rows: Vec<(String, Vec<Cell>)>,
    /// Whether its first numbers are drawn as bars.
    pub is_drawn: bool,
}

impl Grid {
    /// Which columns hold words and not figures, the first left aside: they are read from the left, and need room. « 10 h 30 »
    /// and « 9 sur 9 » are figures.
    pub fn words(&self) -> Vec<bool> {
        let letters = |word: &str| word.chars().filter(|letter| letter.is_alphabetic()).count();
        let is_word =
            |cell: &Cell| matches!(cell, Cell::Said(text) if text.split_whitespace().any(|word| letters(word) > 3));
        let columns = self.columns.len().saturating_sub(1);
        (0..columns).map(|at| self.rows.iter().any(|(_, cells)| cells.get(at).is_some_and(is_word))).collect()
    }
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// A count.
    Count(i64),
    /// A whole percentage.
    Share(i64),
    /// A duration.
    Minutes(i64),
    /// Words.
    Said(String),
    /// A number of people that is not told.
    Masked,
}

/// How a figure is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// The figure.
    pub name: String,
    /// What it counts.
    pub definition: String,
    /// What to know before one quotes it.
    pub caveat: String,
}

impl Document {
    /// The tables, numbered from one as they come.
    pub fn grids(&self) -> impl Iterator<Item = &Grid> {
        self.chapters.iter().flat_map(|part| &part.subjects).filter_map(|subject| subject.grid.as_ref())
    }
}

impl Grid {
    /// The largest count of the first numbers, to which bars are drawn.
    pub fn most(&self) -> i64 {
        let first = self.rows.iter().filter_map(|(_, cells)| match cells.first() {
            Some(Cell::Count(count)) => Some(*count),
            _ => None,
        });
        first.max().unwrap_or(0)
    }
}
