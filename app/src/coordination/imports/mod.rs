//! « Importer »: the spreadsheets with which a network comes. A file is read, its columns are said what they are for, what
//! would be recorded is shown, and then all of it is taken, or nothing.

pub mod list;
pub mod preview;
pub mod undo;

use chrono::NaiveDate;
use leptos::prelude::*;

pub use self::{
    list::{ImportsPage, became},
    preview::PreviewPage,
    undo::UndoPage,
};
use super::notice::NoticeBox;
use crate::{
    api::report::Choice,
    domain::{
        coded::{Code, codes},
        fr,
        ids::{ImportId, PromeneurId},
    },
};

codes! {
    /// What a file holds: a record a row.
    Kind {
        Intervention = "intervention", "Interventions";
        Presence = "presence", "Temps de présence";
        Meeting = "meeting", "Rencontres en présentiel";
        Project = "project", "Projets et parcours";
        AccountSnapshot = "account_snapshot", "Abonné·es des comptes";
    }

    /// Why a file, or what was chosen for it, is not taken.
    ImportFault {
        Missing = "import_missing", "Choisissez d’abord un fichier qui contient quelque chose.";
        Kind = "import_kind", "Dites ce que contient ce fichier.";
        TooLarge = "import_too_large", "Ce fichier dépasse 5 Mo. Coupez-le, par année par exemple.";
        TooManyRows = "import_too_many_rows", "Ce fichier dépasse 10\u{202f}000 lignes. Coupez-le, par année par exemple.";
        TooManyColumns = "import_too_many_columns", "Ce fichier dépasse 60 colonnes. Gardez celles qui servent.";
        LongCell = "import_long_cell", "Une case dépasse 2\u{202f}000 caractères : ce n’est pas une saisie.";
        Workbook = "import_workbook", "C’est un classeur. Dans Excel ou LibreOffice, enregistrez-le au format CSV, puis importez ce fichier-là.";
        NotText = "import_not_text", "Ce fichier n’est pas un texte lisible. Enregistrez-le au format « CSV UTF-8 ».";
        Quote = "import_quote", "Un guillemet s’ouvre et ne se ferme jamais.";
        Uneven = "import_uneven", "Cette ligne a plus de cases que la première ligne n’a de titres.";
        Empty = "import_empty", "Ce fichier n’a aucune ligne sous ses titres.";
        Many = "import_many", "Cinq fichiers attendent déjà. Importez-en un, ou abandonnez-le.";
        Faults = "import_faults", "Des lignes sont encore à corriger : rien n’a été importé.";
        Changed = "import_changed", "Le carnet a changé depuis cet aperçu : rien n’a été importé. Relisez-le.";
        Gone = "import_gone", "Ce fichier n’attend plus : il a été importé ou abandonné.";
    }

    /// What becomes of a row of a day on which its promeneur has noted something of the kind already.
    SameDay {
        Skip = "skip", "Les laisser de côté : ces journées sont déjà dans le carnet";
        Take = "take", "Les importer aussi : ce sont d’autres saisies";
    }
}

impl ImportFault {
    /// The HTTP status that carries it.
    pub fn status(self) -> u16 {
        match self {
            Self::TooLarge => 413,
            Self::Changed | Self::Gone | Self::Many => 409,
            Self::Faults => 422,
            _ => 400,
        }
    }

    /// The sentence, with the line that it is about.
    pub fn sentence(self, line: Option<u64>) -> String {
        let text = fr::spaced(self.label());
        line.map_or(text.clone(), |line| format!("Ligne {line}\u{202f}: {}", fr::small(&text)))
    }
}

/// A file that was brought in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its id.
    pub id: ImportId,
    /// What it is called.
    pub file_name: String,
    /// What it holds.
    pub kind: Kind,
    /// Who brought it.
    pub by: String,
    /// On which day.
    pub on: NaiveDate,
    /// What became of it; none while it waits.
    pub done: Option<Outcome>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Records that it added.
    pub added: i64,
    /// Records of an earlier file that it corrected.
    pub corrected: i64,
    /// Rows that were left aside.
    pub left: i64,
    /// Whether it was taken back.
    pub is_undone: bool,
}

/// What the page of all files shows.
#[derive(Clone, Debug, Default)]
pub struct Imports {
    /// Files, the newest first.
    pub files: Vec<Imported>,
    /// Why the last one is not taken, and the line at fault.
    pub fault: Option<(ImportFault, Option<u64>)>,
    /// What has just been done.
    pub done: Option<String>,
}

/// A column of a file.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The first values that it holds.
    pub samples: Vec<String>,
    /// The field that it is for.
    pub chosen: String,
}

/// A question with one answer of a list.
#[derive(Clone, Debug)]
pub struct Question {
    /// The name of the form's field.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// The value chosen; empty where none is.
    pub chosen: String,
    /// The answers: value and label.
    pub options: Vec<(String, String)>,
    /// What it is called not to choose.
    pub none: &'static str,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The line of the file.
    pub line: u64,
    /// The column, or the field where no column is for it.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, in words.
    pub sentence: String,
}

/// A row as it would be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The line of the file.
    pub line: u64,
    /// Whose it is.
    pub who: String,
    /// Its kind and day.
    pub title: String,
    /// The rest, in a few words.
    pub facts: String,
}

/// How many rows meet which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// New ones.
    pub fresh: i64,
    /// That correct what an earlier file brought.
    pub corrected: i64,
    /// That are there already, just so.
    pub known: i64,
    /// That were changed in the notebook since.
    pub changed: i64,
    /// That were withdrawn in the notebook since.
    pub withdrawn: i64,
    /// New ones that say word for word what a file brought in the name of somebody else, where most new ones do: two people may
    /// well have done the same.
    pub elsewhere: i64,
    /// Of a day on which the promeneur noted something of the kind already.
    pub same_day: i64,
    /// That are nobody's, as was chosen.
    pub skipped: i64,
    /// Of which a text is left out, since it may name somebody.
    pub texts: i64,
    /// With presences: interventions in the notebook that lie in others of them then, or in none any more (I7).
    pub moved: i64,
}

/// What the page of a file shows.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The file.
    pub file: Imported,
    /// How many rows it has.
    pub rows: i64,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What a column may be for: field and label.
    pub targets: Vec<(&'static str, &'static str)>,
    /// What to take where a cell is empty or no column is for it.
    pub fixed: Vec<Question>,
    /// What words of the file mean that no list has.
    pub words: Vec<Question>,
    /// What becomes of rows of a day that is noted already, where there are such.
    pub same_day: Option<Option<SameDay>>,
    /// What no column and no value is for yet.
    pub missing: Vec<&'static str>,
    /// What is wrong, the first of it.
    pub faults: Vec<RowFault>,
    /// How many rows have something wrong.
    pub faulty_rows: i64,
    /// The first rows as they would be recorded.
    pub shown: Vec<Shown>,
    /// How many rows meet which end.
    pub counts: Counts,
    /// What is to be sent back with the decision, so that what was seen is what is taken; none while it cannot be.
    pub seal: Option<String>,
    /// Why the last try was not taken.
    pub fault: Option<ImportFault>,
}

fn fault_box(fault: ImportFault, line: Option<u64>) -> AnyView {
    view! { <div id="faute" data-code=fault.code()><NoticeBox text=fault.sentence(line) done=false /></div> }.into_any()
}

/// The answers to who may be meant.
pub fn people(promeneurs: &[Choice<PromeneurId>]) -> Vec<(String, String)> {
    let is_shared = |name: &str| promeneurs.iter().filter(|choice| choice.name == name).count() > 1;
    let option = |choice: &Choice<PromeneurId>| {
        let id = choice.id.to_string();
        // Two of one name are told apart by the end of what their addresses hold.
        let name =
            if is_shared(&choice.name) { format!("{} ({})", choice.name, &id[32..]) } else { choice.name.clone() };
        (id, name)
    };
    promeneurs.iter().map(option).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_line() {
        assert_eq!(
            ImportFault::Quote.sentence(Some(12)),
            "Ligne 12\u{202f}: un guillemet s’ouvre et ne se ferme jamais."
        );
        assert!(ImportFault::Empty.sentence(None).starts_with("Ce fichier"));
    }
}
