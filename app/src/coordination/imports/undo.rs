//! Whether what a file brought is to be withdrawn.

use leptos::prelude::*;

use super::Imported;
use crate::{coordination::address::IMPORTS, domain::fr};

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
