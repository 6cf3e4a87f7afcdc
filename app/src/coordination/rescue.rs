//! « Importer un fichier de secours »: what a phone that cannot send has written to a file.

use leptos::prelude::*;

use super::{
    address::{RESCUE, TO_CHECK},
    notice::NoticeBox,
};
use crate::{
    api::to_check::{Imported, RescueFault},
    domain::{coded::Code, fr},
};

/// What became of the file, in a sentence.
pub fn outcome(imported: &Imported) -> String {
    let parts = [
        fr::count(imported.taken, "opération prise", "opérations prises"),
        fr::count(imported.known, "déjà connue", "déjà connues"),
        fr::count(imported.to_check, "à vérifier", "à vérifier"),
    ];
    format!("Le fichier est lu\u{202f}: {}.", parts.join(", "))
}

/// The page.
#[component]
pub fn RescuePage(
    /// What became of the last file.
    done: Option<Result<Imported, RescueFault>>,
) -> impl IntoView {
    let fault = matches!(done, Some(Err(_)));
    let notice = done.map(|done| match done {
        Ok(imported) => {
            let more =
                (imported.to_check > 0).then(|| view! { <p><a href=TO_CHECK>"Voir ce qui est à vérifier"</a></p> });
            view! { <NoticeBox text=outcome(&imported) done=true /> {more} }.into_any()
        }
        Err(fault) => {
            let text = fault.label();
            view! { <div id="faute" data-code=fault.code()><NoticeBox text=text done=false /></div> }.into_any()
        }
    });
    view! {
        <div class="report-head">
            <h1>"Importer un fichier de secours"</h1>
            {notice}
        </div>
        <section class="form decision">
            <p>
                "Un téléphone qui ne peut plus envoyer sait écrire ce qu’il garde dans un fichier. Importez-le ici\u{202f}: chaque saisie est prise au nom de son auteur ou autrice."
            </p>
            <p>"Vous pouvez l’importer deux fois, et le téléphone peut encore envoyer plus tard\u{202f}: rien ne compte double."</p>
            <form class="form" method="post" action=RESCUE enctype="multipart/form-data">
                <div class="field">
                    <label class="field-label" for="fichier">"Fichier de secours"</label>
                    <input
                        class="input"
                        type="file"
                        id="fichier"
                        name="fichier"
                        accept="application/json,.json"
                        required
                        aria-invalid=fault.then_some("true")
                        aria-describedby=fault.then_some("faute")
                    />
                </div>
                <div class="actions"><button class="btn">"Importer"</button></div>
            </form>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_file_is_counted() {
        let imported = Imported { taken: 1, known: 2, to_check: 0 };
        assert_eq!(outcome(&imported), "Le fichier est lu\u{202f}: 1 opération prise, 2 déjà connues, 0 à vérifier.");
    }
}
