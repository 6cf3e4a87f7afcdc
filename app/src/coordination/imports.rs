//! « Importer »: the spreadsheets with which a network comes. A file is read, its columns are said what they are for, what
//! would be recorded is shown, and then all of it is taken, or nothing.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{address::IMPORTS, notice::NoticeBox};
use crate::{
    api::report::Choice,
    domain::{
        coded::{Code, codes},
        fr,
        ids::{ImportId, PromeneurId},
    },
    ui::html::{Html, html},
};

codes! {
    /// What a file holds: a record a row.
    Kind {
        Intervention = "intervention", "Interventions";
        Presence = "presence", "Temps de présence";
        Meeting = "meeting", "Rencontres en présentiel";
        Project = "project", "Projets et parcours";
        AccountSnapshot = "account_snapshot", "Abonné·e·s des comptes";
    }

    /// Why a file, or what was chosen for it, is not taken.
    ImportFault {
        Missing = "import_missing", "Choisissez d’abord un fichier qui contient quelque chose.";
        Kind = "import_kind", "Dites ce que contient ce fichier.";
        TooLarge = "import_too_large", "Ce fichier dépasse 5 Mo. Coupez-le, par année par exemple.";
        TooManyRows = "import_too_many_rows", "Ce fichier dépasse 10 000 lignes. Coupez-le, par année par exemple.";
        TooManyColumns = "import_too_many_columns", "Ce fichier dépasse 60 colonnes. Gardez celles qui servent.";
        LongCell = "import_long_cell", "Une case dépasse 2 000 caractères : ce n’est pas une saisie.";
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

/// The page of all files.
#[component]
pub fn ImportsPage(
    /// What to show.
    page: Imports,
) -> impl IntoView {
    let Imports { files, fault, done } = page;
    let notice = fault.map(|(fault, line)| fault_box(fault, line));
    let done = done.map(|text| view! { <NoticeBox text=text done=true /> });
    let kinds = Kind::ALL.iter().map(|kind| view! { <option value=kind.code()>{kind.label()}</option> }).collect_view();
    let list = (!files.is_empty()).then(|| {
        let items = files.iter().map(item).collect_view();
        view! {
            <section class="form" aria-labelledby="fichiers">
                <h2 id="fichiers">"Les fichiers déjà lus"</h2>
                <ul class="phones imports">{items}</ul>
            </section>
        }
    });
    let has_fault = fault.is_some();
    view! {
        <div class="report-head">
            <h1>"Importer l’activité passée"</h1>
            <p class="quiet">
                "Un tableau que le réseau tenait avant le carnet, une saisie par ligne. Vous dites ce que contient chaque colonne, vous voyez ce qui serait enregistré, puis tout est pris, ou rien."
            </p>
            {notice}
            {done}
        </div>
        <section class="form decision" aria-label="Choisir un fichier">
            <form class="form" method="post" action=IMPORTS enctype="multipart/form-data" aria-label="Choisir un fichier">
                <div class="field">
                    <label class="field-label" for="contenu-du-fichier">"Ce qu’il contient"</label>
                    <select class="input" id="contenu-du-fichier" name="contenu">{kinds}</select>
                </div>
                <div class="field">
                    <label class="field-label" for="fichier">"Fichier CSV"</label>
                    <input
                        class="input"
                        type="file"
                        id="fichier"
                        name="fichier"
                        accept="text/csv,.csv,.txt"
                        required
                        aria-invalid=has_fault.then_some("true")
                        aria-describedby=if has_fault { "faute aide-fichier" } else { "aide-fichier" }
                    />
                    <p class="hint" id="aide-fichier">
                        "Dans Excel ou LibreOffice\u{202f}: Enregistrer sous, CSV. La première ligne porte les titres. 5 Mo et 10 000 lignes au plus. Sans décision de votre part, un fichier est oublié au bout de sept jours."
                    </p>
                </div>
                <div class="actions"><button class="btn btn-primary">"Lire le fichier"</button></div>
            </form>
        </section>
        {list}
    }
    .into_any()
}

fn item(file: &Imported) -> AnyView {
    let page = format!("{IMPORTS}/{}", file.id);
    let name = file.file_name.clone();
    let hidden = format!(" {name}");
    let (state, link) = match file.done {
        None => ("Attend votre décision".to_owned(), Some((page, "Continuer"))),
        Some(outcome) if outcome.is_undone => ("Retiré du carnet".to_owned(), None),
        // Corrections stay, and so there would be nothing to take back.
        Some(outcome) if outcome.added == 0 => (became(&outcome), None),
        Some(outcome) => (became(&outcome), Some((format!("{page}/retirer"), "Retirer"))),
    };
    let link = link.map(|(address, word)| {
        view! { <a href=address>{word}<span class="sr-only">{hidden}</span></a> }
    });
    view! {
        <li>
            <div>
                <h3>{name}</h3>
                <p class="quiet">{file.kind.label()} ", le " {fr::date(file.on)} " par " {file.by.clone()}</p>
            </div>
            <p>{state}</p>
            {link}
        </li>
    }
    .into_any()
}

/// What became of a file, in words.
pub fn became(outcome: &Outcome) -> String {
    let mut parts = vec![fr::count(outcome.added, "saisie ajoutée", "saisies ajoutées")];
    if outcome.corrected > 0 {
        parts.push(fr::count(outcome.corrected, "corrigée", "corrigées"));
    }
    if outcome.left > 0 {
        parts.push(fr::count(outcome.left, "ligne laissée de côté", "lignes laissées de côté"));
    }
    parts.join(", ")
}

fn select(question: &Question, id: String) -> AnyView {
    let Question { name, label, chosen, options, none } = question.clone();
    let is_given = options.iter().any(|(value, _)| *value == chosen);
    let options = options
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! { <option value=value selected=is_chosen>{label}</option> }
        })
        .collect_view();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <select class="input" id=id name=name>
                <option value="" selected=!is_given>{none}</option>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// The page of a file that waits.
#[component]
pub fn PreviewPage(
    /// What to show.
    page: Preview,
) -> impl IntoView {
    let Preview {
        file,
        rows,
        columns,
        targets,
        fixed,
        words,
        same_day,
        missing,
        faults,
        faulty_rows,
        shown,
        counts,
        seal,
        fault,
    } = page;
    let address = format!("{IMPORTS}/{}", file.id);
    let notice = fault.map(|fault| fault_box(fault, None));
    let options: Vec<(String, String)> =
        targets.iter().map(|(field, label)| ((*field).to_owned(), (*label).to_owned())).collect();
    let columns = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let question = Question {
                name: format!("colonne-{at}"),
                label: column.name.clone(),
                chosen: column.chosen.clone(),
                options: options.clone(),
                none: "Ne pas importer",
            };
            let samples = if column.samples.is_empty() { "vide".to_owned() } else { column.samples.join(" · ") };
            view! {
                <li>
                    {select(&question, format!("c{at}"))}
                    <p class="hint">{samples}</p>
                </li>
            }
        })
        .collect_view();
    let group = |title: &'static str, hint: &'static str, id: &'static str, questions: &[Question]| {
        (!questions.is_empty()).then(|| {
            let fields =
                questions.iter().enumerate().map(|(at, question)| select(question, format!("{id}{at}"))).collect_view();
            view! {
                <fieldset class="field wide">
                    <legend class="field-label">{title}</legend>
                    <p class="hint">{hint}</p>
                    <div class="pairs">{fields}</div>
                </fieldset>
            }
        })
    };
    let fixed = group(
        "Quand une case est vide, ou qu’aucune colonne ne le dit",
        "Votre tableau ne note pas tout ce que note le carnet : dites ici ce qui vaut pour ces lignes.",
        "fixe",
        &fixed,
    );
    let words = group(
        "Ces mots du fichier, que veulent-ils dire\u{202f}?",
        "Le carnet ne les connaît pas. Votre réponse vaut pour toutes les lignes où ils figurent.",
        "mot",
        &words,
    );
    let same_day = same_day.map(|chosen| {
        let choices = SameDay::ALL
            .iter()
            .map(|choice| {
                let is_chosen = chosen == Some(*choice);
                view! {
                    <label class="check">
                        <input type="radio" name="meme-jour" value=choice.code() checked=is_chosen />
                        {fr::spaced(choice.label())}
                    </label>
                }
            })
            .collect_view();
        let title = format!(
            "{} d’une journée où la personne a déjà noté quelque chose de cette sorte",
            fr::count(counts.same_day, "ligne est", "lignes sont")
        );
        view! {
            <fieldset class="field wide">
                <legend class="field-label">{title}</legend>
                <p class="hint">"Le carnet ne devine pas si c’est la même saisie. À vous de dire, pour que rien ne compte double."</p>
                {choices}
            </fieldset>
        }
    });
    let missing = (!missing.is_empty()).then(|| {
        let list = missing.into_iter().map(|label| view! { <li>{label}</li> }).collect_view();
        view! {
            <div class="notice" data-kind="fault" role="status">
                <div>
                    <p>"Rien ne dit encore\u{202f}:"</p>
                    <ul class="bullets">{list}</ul>
                </div>
            </div>
        }
    });
    let decision = match seal {
        Some(seal) => view! {
            <form method="post" action=format!("{address}/importer") aria-label="Importer">
                <input type="hidden" name="apercu" value=seal />
                <button class="btn btn-primary">{format!("Importer {}", taken(&counts))}</button>
            </form>
        }
        .into_any(),
        None => view! { <p class="quiet">{nothing_yet(faulty_rows, &counts)}</p> }.into_any(),
    };
    let tables = tables(&faults, faulty_rows, &shown, &counts);
    view! {
        <div class="report-head">
            <h1>"Importer un fichier"</h1>
            <p class="file-name">{format!("{}, {} : {}", file.file_name, fr::count(rows, "ligne", "lignes"), fr::small(file.kind.label()))}</p>
            {notice}
        </div>
        <form class="form mapping" method="post" action=address.clone() aria-labelledby="colonnes">
            <h2 id="colonnes">"1. Les colonnes"</h2>
            <ul class="columns">{columns}</ul>
            {fixed}
            {words}
            {same_day}
            <p class="actions"><button class="btn">"Voir ce que cela donne"</button></p>
        </form>
        <section class="form" aria-labelledby="apercu">
            <h2 id="apercu">"2. L’aperçu"</h2>
            {missing}
            <div class="form" inner_html=tables></div>
        </section>
        <section class="form decision" aria-labelledby="decision">
            <h2 id="decision">"3. La décision"</h2>
            {decision}
            <form method="post" action=format!("{address}/abandonner") aria-label="Abandonner">
                <button class="btn btn-quiet btn-danger">"Abandonner ce fichier"</button>
            </form>
        </section>
    }
    .into_any()
}

fn taken(counts: &Counts) -> String {
    let fresh = fr::count(counts.fresh, "saisie", "saisies");
    match (counts.fresh, counts.corrected) {
        (_, 0) => fresh,
        (0, corrected) => fr::count(corrected, "correction", "corrections"),
        (_, corrected) => format!("{fresh} et {}", fr::count(corrected, "correction", "corrections")),
    }
}

fn nothing_yet(faulty: i64, counts: &Counts) -> &'static str {
    if faulty > 0 {
        "Des lignes sont à corriger dans le fichier, ou à expliquer ci-dessus. Rien n’est importé tant qu’il en reste une."
    } else if counts.fresh + counts.corrected == 0 && counts.known > 0 && counts.same_day == 0 {
        "Tout ce que contient ce fichier est déjà dans le carnet."
    } else if counts.same_day == 0 && counts.known + counts.changed + counts.withdrawn + counts.skipped > 0 {
        "Rien de ce fichier n’est à importer."
    } else {
        "Répondez d’abord à ce qui est demandé ci-dessus."
    }
}

/// What would become of the rows, in sentences.
fn ends(counts: &Counts) -> Vec<String> {
    let ends = [
        (counts.fresh, "ligne est nouvelle.", "lignes sont nouvelles."),
        (
            counts.elsewhere,
            "ligne nouvelle dit mot pour mot ce qu’un fichier a apporté sous un autre nom. Si elle a changé de personne, retirez d’abord ce fichier, sinon elle compterait deux fois\u{202f}; si ce sont deux activités, tout va bien.",
            "lignes nouvelles disent mot pour mot ce qu’un fichier a apporté sous un autre nom. Si elles ont changé de personne, retirez d’abord ce fichier, sinon elles compteraient deux fois\u{202f}; si ce sont deux activités, tout va bien.",
        ),
        (
            counts.corrected,
            "ligne corrige ce qu’un fichier avait apporté.",
            "lignes corrigent ce qu’un fichier avait apporté.",
        ),
        (counts.known, "ligne est déjà dans le carnet.", "lignes sont déjà dans le carnet."),
        (
            counts.changed,
            "ligne a été modifiée depuis dans le carnet\u{202f}: elle y reste telle quelle.",
            "lignes ont été modifiées depuis dans le carnet\u{202f}: elles y restent telles quelles.",
        ),
        (
            counts.withdrawn,
            "ligne a été retirée depuis dans le carnet\u{202f}: elle n’y revient pas.",
            "lignes ont été retirées depuis dans le carnet\u{202f}: elles n’y reviennent pas.",
        ),
        (
            counts.skipped,
            "ligne n’est à personne\u{202f}: laissée de côté.",
            "lignes ne sont à personne\u{202f}: laissées de côté.",
        ),
        (
            counts.texts,
            "ligne est prise sans sa note\u{202f}: elle contient peut-être un nom, un numéro, un pseudo ou un lien.",
            "lignes sont prises sans leur note\u{202f}: elle contient peut-être un nom, un numéro, un pseudo ou un lien.",
        ),
    ];
    ends.into_iter().filter(|(count, ..)| *count > 0).map(|(count, one, many)| fr::count(count, one, many)).collect()
}

fn tables(faults: &[RowFault], faulty_rows: i64, shown: &[Shown], counts: &Counts) -> String {
    let mut out = Html::default();
    html!(out; "<ul class=\"bullets\">");
    for sentence in ends(counts) {
        html!(out; "<li>" (sentence) "</li>");
    }
    html!(out; "</ul>");
    if faulty_rows > 0 {
        let title = fr::count(faulty_rows, "ligne à corriger", "lignes à corriger");
        html!(out; "<h3>" (title) "</h3><ul class=\"faults\">");
        for fault in faults {
            let place = format!("Ligne {}, {}", fault.line, fault.column);
            html!(out; "<li><p><b>" (place) "</b>");
            if !fault.value.is_empty() {
                html!(out; " «\u{202f}" (fault.value) "\u{202f}»");
            }
            html!(out; "</p><p>" (fault.sentence) "</p></li>");
        }
        html!(out; "</ul>");
        let told: std::collections::BTreeSet<u64> = faults.iter().map(|fault| fault.line).collect();
        let untold = faulty_rows - i64::try_from(told.len()).unwrap_or(faulty_rows);
        if untold > 0 {
            html!(out; "<p class=\"quiet\">" (format!("Et {} encore.", fr::count(untold, "ligne", "lignes"))) "</p>");
        }
    }
    if !shown.is_empty() {
        html!(out; "<h3>Les premières lignes, telles qu’elles seraient enregistrées</h3><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Premières lignes\"><table class=\"table told\"><caption class=\"sr-only\">Premières lignes</caption><thead><tr><th scope=\"col\">Ligne</th><th scope=\"col\">Qui</th><th scope=\"col\">Saisie</th><th scope=\"col\">Ce qu’elle dit</th></tr></thead><tbody>");
        for row in shown {
            html!(out; "<tr><th scope=\"row\">" (row.line.to_string()) "</th><td>" (row.who) "</td><td>" (row.title) "</td><td>" (row.facts) "</td></tr>");
        }
        html!(out; "</tbody></table></div>");
    }
    out.finish()
}

/// The page that asks whether what a file brought is to be withdrawn.
#[component]
pub fn UndoPage(
    /// The file.
    file: Imported,
    /// Records that would be withdrawn.
    withdrawn: i64,
    /// Records that were changed since, and stay.
    kept: i64,
) -> impl IntoView {
    let kept = (kept > 0).then(|| {
        let text = fr::count(
            kept,
            "saisie a été modifiée depuis dans le carnet\u{202f}: elle y reste.",
            "saisies ont été modifiées depuis dans le carnet\u{202f}: elles y restent.",
        );
        view! { <p>{text}</p> }
    });
    let word = format!("Retirer {}", fr::count(withdrawn, "saisie", "saisies"));
    view! {
        <div class="report-head">
            <h1>"Retirer un import"</h1>
            <p>{file.file_name.clone()}</p>
        </div>
        <section class="form decision">
            <p>
                "Ce que ce fichier a ajouté est retiré du carnet et ne compte plus, comme si chaque saisie avait été supprimée. Vous pourrez importer le fichier de nouveau."
            </p>
            {kept}
            <form method="post" action=format!("{IMPORTS}/{}/retirer", file.id) aria-label="Retirer">
                <p class="actions">
                    <button class="btn btn-danger">{word}</button>
                    <a class="btn btn-quiet" href=IMPORTS>"Ne rien retirer"</a>
                </p>
            </form>
        </section>
    }
    .into_any()
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

    #[test]
    fn what_became_of_a_file_is_told_without_noughts() {
        let outcome = Outcome { added: 1, corrected: 0, left: 2, is_undone: false };
        assert_eq!(became(&outcome), "1 saisie ajoutée, 2 lignes laissées de côté");
        assert_eq!(became(&Outcome { added: 1200, ..Outcome::default() }), "1\u{202f}200 saisies ajoutées");
    }

    #[test]
    fn a_cell_of_a_file_is_no_markup() {
        let fault =
            RowFault { line: 2, column: "<b>".to_owned(), value: "<script>".to_owned(), sentence: "a & b".to_owned() };
        let shown = Shown { line: 3, who: "\"x\"".to_owned(), title: String::new(), facts: "</td>".to_owned() };
        let text = tables(&[fault], 3, &[shown], &Counts { known: 1, ..Counts::default() });
        assert!(!text.contains("<script>") && !text.contains("<i>") && text.contains("&lt;/td&gt;"), "{text}");
        assert!(text.contains("Et 2 lignes encore."), "{text}");
    }
}
