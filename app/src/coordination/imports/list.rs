//! All files that were brought in, and the way to bring another.

use leptos::prelude::*;

use super::{Imported, Imports, Kind, Outcome, fault_box};
use crate::{
    coordination::{address::IMPORTS, notice::NoticeBox},
    domain::{coded::Code, fr},
};

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
                        "Dans Excel ou LibreOffice\u{202f}: Enregistrer sous, CSV. La première ligne porte les titres. 5\u{a0}Mo et 10\u{202f}000 lignes au plus. Sans décision de votre part, un fichier est oublié au bout de sept jours."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_file_is_told_without_noughts() {
        let outcome = Outcome { added: 1, corrected: 0, left: 2, is_undone: false };
        assert_eq!(became(&outcome), "1 saisie ajoutée, 2 lignes laissées de côté");
        assert_eq!(became(&Outcome { added: 1200, ..Outcome::default() }), "1\u{202f}200 saisies ajoutées");
    }
}
