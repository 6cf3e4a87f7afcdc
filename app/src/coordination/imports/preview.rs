//! A file that waits: what its columns are for, what would be recorded, and the decision.

use leptos::prelude::*;

use super::{Counts, Kind, Preview, Question, RowFault, SameDay, Shown, fault_box};
use crate::{
    coordination::address::IMPORTS,
    domain::{coded::Code, fr},
    ui::html::{Html, html},
};

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

/// What a time after midnight belongs to.
const AFTER_MIDNIGHT: &str = "Après minuit\u{202f}: une heure qui a sa propre colonne est celle de la soirée du jour d’à côté (12/09 et 0\u{202f}h\u{202f}30\u{202f}: dans la nuit du 12 au 13). Un jour et une heure dans la même case sont ceux du calendrier.";

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
    let is_timed = matches!(file.kind, Kind::Intervention | Kind::Presence);
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
        "Votre tableau ne note pas tout ce que note le carnet\u{202f}: dites ici ce qui vaut pour ces lignes.",
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
            <p class="file-name">{format!("{}, {}\u{202f}: {}", file.file_name, fr::count(rows, "ligne", "lignes"), fr::small(file.kind.label()))}</p>
            {notice}
        </div>
        <form class="form mapping" method="post" action=address.clone() aria-labelledby="colonnes">
            <h2 id="colonnes">"1. Les colonnes"</h2>
            {is_timed.then(|| view! { <p class="hint">{AFTER_MIDNIGHT}</p> })}
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
            counts.moved,
            "intervention du carnet change de présence avec ce fichier\u{202f}: son temps ne comptera qu’une fois.",
            "interventions du carnet changent de présence avec ce fichier\u{202f}: leur temps ne comptera qu’une fois.",
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

#[cfg(test)]
mod tests {
    use super::*;

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
