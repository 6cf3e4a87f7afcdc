//! `/accessibilite`: the declaration that the law asks for, whose figures and lists are those of `end2end/rgaa.csv`, the
//! table in which every criterion of the RGAA is decided.

use leptos::prelude::*;

use super::{SiteAssets, apart, document};
use crate::domain::fr;

const TABLE: &str = include_str!("../../../end2end/rgaa.csv");

/// How a criterion was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Conforming,
    NotApplicable,
    NotConforming,
    NotTested,
}

/// Number, title and decision of each criterion. A line that cannot be read is no criterion, and a test counts them.
fn criteria(table: &str) -> Vec<(String, String, Status)> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = fields(line).into_iter();
            let (number, title) = (fields.next()?, fields.next()?);
            let status = match fields.next()?.as_str() {
                "C" => Status::Conforming,
                "NA" => Status::NotApplicable,
                "NC" => Status::NotConforming,
                "NT" => Status::NotTested,
                _ => return None,
            };
            Some((number, title, status))
        })
        .collect()
}

/// The fields of a line: `;` between them, perhaps in quotes, a quote doubled.
fn fields(line: &str) -> Vec<String> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ';' if !quoted => fields.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    fields.push(field);
    fields
}

/// The page.
pub fn page(site: &SiteAssets) -> String {
    let criteria = criteria(TABLE);
    let of = |status: Status| criteria.iter().filter(move |(.., is)| *is == status);
    let count = |status: Status| i64::try_from(of(status).count()).unwrap_or(0);
    let list = |status: Status| {
        of(status)
            .map(|(number, title, _)| view! { <li><b>{number.clone()}</b> " " {title.clone()}</li> }.into_any())
            .collect_view()
    };
    let (conforming, failing, open) =
        (count(Status::Conforming), count(Status::NotConforming), count(Status::NotTested));
    let decided = conforming + failing + open;
    #[expect(clippy::cast_precision_loss, reason = "there are 106 criteria")]
    let rate = (decided > 0).then(|| conforming as f64 / decided as f64);
    let result = format!(
        "Sur les {} critères du RGAA\u{202f}4.1, {} ne concernent pas Lanterne. Des {decided} autres, {conforming} sont respectés ({}), {}, et {}.",
        criteria.len(),
        count(Status::NotApplicable),
        fr::percent(rate, 0),
        match failing {
            0 => "aucun n’est connu pour ne pas l’être".to_owned(),
            failing => format!("{failing} ne le sont pas encore"),
        },
        match open {
            0 => "aucun ne reste à décider".to_owned(),
            open => format!("{open} restent à vérifier par une personne, avec des aides techniques"),
        },
    );
    let untested = (open > 0).then(|| {
        view! {
            <section>
                <h2>"Reste à vérifier"</h2>
                <ul class="bullets">{list(Status::NotTested)}</ul>
            </section>
        }
    });
    let failing = (failing > 0).then(|| {
        view! {
            <section>
                <h2>"Pas encore respecté"</h2>
                <ul class="bullets">{list(Status::NotConforming)}</ul>
            </section>
        }
    });
    apart(|| {
        let body = view! {
            <main class="office office-page" id="contenu">
                <div class="report-head">
                    <p><a href="/">"Lanterne"</a> <a href="/plan">"Plan du site"</a></p>
                    <h1>"Accessibilité"</h1>
                    <p>"Lanterne, le carnet et le tableau de bord, est partiellement conforme au référentiel général d’amélioration de l’accessibilité (RGAA), version 4.1."</p>
                </div>
                <section>
                    <h2>"Résultats"</h2>
                    <p>{result}</p>
                    <p>"Il s’agit d’une évaluation par l’équipe qui développe Lanterne, non d’un audit extérieur, et sans aide technique encore\u{202f}: Lanterne ne se dit donc pas «\u{202f}totalement conforme\u{202f}»."</p>
                </section>
                {failing}
                {untested}
                <section>
                    <h2>"Comment c’est fait"</h2>
                    <p>"HTML, CSS, JavaScript, WebAssembly, SVG. Chaque écran est parcouru dans Chromium, en clair et en sombre, sur téléphone et sur ordinateur, avec axe-core, le moteur d’IBM et html-validate, en grandes lettres, en texte espacé, sur 320\u{202f}pixels, en paysage et agrandi quatre fois. Aucun lecteur d’écran n’a encore été essayé."</p>
                </section>
                <section>
                    <h2>"Nous le dire"</h2>
                    <p>"Si quelque chose vous empêche d’utiliser Lanterne, dites-le à la coordination de votre réseau\u{202f}: elle vous donnera l’information sous une autre forme, et nous le transmettra."</p>
                </section>
                <section>
                    <h2>"Sans réponse"</h2>
                    <p>"Vous pouvez écrire au Défenseur des droits (Libre réponse 71120, 75342 Paris CEDEX 07), l’appeler au 09\u{a0}69\u{a0}39\u{a0}00\u{a0}00, ou passer par son ou sa délégué·e dans votre département."</p>
                </section>
                <p><a class="lone" href="/app">"Ouvrir le carnet"</a></p>
            </main>
        };
        document(site, &site.office, "Accessibilité – Lanterne", (), body)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_106_criteria_is_decided_once() {
        let themes = [9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12];
        let wanted: Vec<String> = themes
            .iter()
            .enumerate()
            .flat_map(|(theme, count)| (1..=*count).map(move |number| format!("{}.{number}", theme + 1)))
            .collect();
        let decided: Vec<String> = criteria(TABLE).into_iter().map(|(number, ..)| number).collect();
        assert_eq!(decided, wanted);
        for line in TABLE.lines().skip(1) {
            let fields = fields(line);
            assert_eq!(fields.len(), 5, "{line}");
            assert!(fields[2] != "C" || !fields[3].is_empty(), "nothing shows it: {line}");
        }
    }

    #[test]
    fn what_shows_a_criterion_is_there() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let is_file = |word: &str| {
            [".rs", ".ts", ".css", ".js", ".html", ".webmanifest"].iter().any(|ending| word.ends_with(ending))
        };
        let mut looked = 0;
        for line in TABLE.lines().skip(1) {
            let mut folder = String::new();
            let shown = fields(line).swap_remove(3);
            let words = shown.split([' ', ',', ';', ':', '(', ')']).filter(|word| is_file(word));
            for word in words {
                // « end2end/a.spec.ts, b.spec.ts » are of one folder.
                let path = match word.rsplit_once('/') {
                    Some((of, _)) => {
                        of.clone_into(&mut folder);
                        word.to_owned()
                    }
                    None => format!("{folder}/{word}"),
                };
                assert!(root.join(&path).is_file(), "{path} is not there, which is to show: {line}");
                looked += 1;
            }
        }
        assert!(looked > 100, "{looked}");
    }

    #[test]
    fn quotes_are_read() {
        assert_eq!(fields("1.1;\"a;b \"\"c\"\"\";NA;;x"), ["1.1", "a;b \"c\"", "NA", "", "x"]);
    }
}
