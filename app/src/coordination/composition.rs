//! « Ce qui compose ces chiffres »: from a figure down to the parts that make it up, as far as privacy allows. Counts and
//! statements, and never a note.

use chrono::NaiveDate;
use leptos::prelude::*;

use super::{
    address::{STATEMENTS, address, composition_address},
    completeness::CompletenessLine,
};
use crate::{
    api::report::Completeness,
    domain::{fr, headline::Headline, period::Period, scope::Scope},
    ui::html::{Html, html},
};

/// A part of the scope, or of the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What to call it.
    pub name: String,
    /// Where its own figures are.
    pub address: String,
    /// Its figures.
    pub headline: Headline,
    /// Statements received of those expected, where some are.
    pub statements: (i64, i64),
}

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Composition {
    /// Of when.
    pub period: Period,
    /// Of whom.
    pub scope: Scope,
    /// What to call them.
    pub scope_name: String,
    /// The whole.
    pub whole: Part,
    /// What the scope's parts are called: structures or promeneurs, by their names. Empty where it has none.
    pub parts_are: &'static str,
    /// The parts of the scope, by name: no ranking.
    pub parts: Vec<Part>,
    /// The months of the period that have begun; none where they are more than [`MOST_MONTHS`].
    pub months: Vec<(NaiveDate, Part)>,
    /// How complete all that is.
    pub completeness: Completeness,
    /// Today.
    pub today: NaiveDate,
    /// Whether statements may be read one by one.
    pub reads_statements: bool,
}

/// More months are no longer read one by one: three school years.
pub const MOST_MONTHS: usize = 36;

/// The columns, with how each is read and summed.
type Column = (&'static str, fn(&Headline) -> i64, fn(i64) -> String);
const COLUMNS: [Column; 7] = [
    ("Interventions", |it| it.interventions, fr::integer),
    ("Contacts-jeunes", |it| it.contacts, fr::integer),
    ("Jeunes connectés", |it| it.distinct, fr::integer),
    ("Jeunes rencontrés", |it| it.met, fr::integer),
    ("Orientations", |it| it.referrals, fr::integer),
    ("Projets initiés", |it| it.projects, fr::integer),
    ("Heures", |it| it.minutes, fr::duration),
];

/// What of the whole is in none of the parts: evenings of people who belonged to no structure that day.
fn rest(whole: &Headline, parts: &[&Part]) -> [i64; COLUMNS.len()] {
    COLUMNS.map(|(_, of, _)| of(whole) - parts.iter().map(|part| of(&part.headline)).sum::<i64>())
}

fn table(caption: &str, first: &str, parts: &[&Part], whole: &Part) -> String {
    let mut out = Html::default();
    html!(out; "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" (caption)
        ", tableau\"><table class=\"table\"><caption class=\"sr-only\">" (caption) "</caption><thead><tr><th scope=\"col\">" (first) "</th>");
    for (name, ..) in COLUMNS {
        html!(out; "<th scope=\"col\">" (name) "</th>");
    }
    html!(out; "<th scope=\"col\">Relevés</th></tr></thead><tbody>");
    for part in parts {
        html!(out; "<tr><th scope=\"row\"><a href=\"" (part.address.as_str()) "\">" (part.name.as_str()) "</a></th>");
        row(&mut out, part);
        html!(out; "</tr>");
    }
    let rest = rest(&whole.headline, parts);
    if rest.iter().any(|value| *value != 0) {
        html!(out; "<tr><th scope=\"row\">Hors de ces lignes</th>");
        for (value, (.., read)) in rest.into_iter().zip(COLUMNS) {
            html!(out; "<td>" (read(value)) "</td>");
        }
        html!(out; "<td>–</td></tr>");
    }
    html!(out; "</tbody><tfoot><tr><th scope=\"row\">Ensemble</th>");
    row(&mut out, whole);
    html!(out; "</tr></tfoot></table></div>");
    out.finish()
}

fn row(out: &mut Html, part: &Part) {
    for (_, of, read) in COLUMNS {
        html!(out; "<td>" (read(of(&part.headline))) "</td>");
    }
    let (received, expected) = part.statements;
    let said = if expected == 0 { "–".to_owned() } else { format!("{received}/{expected}") };
    html!(out; "<td>" (said) "</td>");
}

/// The page.
#[component]
pub fn CompositionPage(
    /// What to show.
    page: Composition,
) -> impl IntoView {
    let Composition {
        period,
        scope,
        scope_name,
        whole,
        parts_are,
        parts,
        months,
        reads_statements,
        completeness,
        today,
    } = page;
    let is_long = period.first() <= today && period.months().len() > MOST_MONTHS;
    let too_long = (is_long && months.is_empty())
        .then(|| view! { <p class="quiet">"Les mois ne se détaillent que jusqu’à trois ans."</p> });
    let by_part = (!parts.is_empty()).then(|| {
        let rows: Vec<&Part> = parts.iter().collect();
        let told = if matches!(scope, Scope::Structure(_)) {
            "Par ordre alphabétique, pour le temps passé dans cette structure. Chaque nom mène à ses chiffres, dans toutes ses structures."
        } else {
            "Par ordre alphabétique. Chaque nom mène à ses propres chiffres. Qui change de structure dans le mois a un relevé attendu dans chacune."
        };
        let caption = format!("Par {}", fr::small(parts_are));
        let table = table(&caption, parts_are, &rows, &whole);
        view! {
            <section aria-labelledby="parts">
                <h2 id="parts">{caption.clone()}</h2>
                <p class="quiet">{told}</p>
                <div inner_html=table></div>
            </section>
        }
    });
    let by_month = (months.len() > 1).then(|| {
        let rows: Vec<&Part> = months.iter().map(|(_, part)| part).collect();
        let table = table("Par mois", "Mois", &rows, &whole);
        view! {
            <section aria-labelledby="mois">
                <h2 id="mois">"Par mois"</h2>
                <div inner_html=table></div>
            </section>
        }
    });
    let statements = match months.as_slice() {
        [(month, _)] if reads_statements && scope == Scope::Network => {
            let month = Period::month_of(*month);
            let name = format!("Les relevés {}", fr::of(&month.label()));
            Some(view! { <a class="btn btn-quiet" href=format!("{STATEMENTS}/{month}")>{name}</a> })
        }
        _ => None,
    };
    view! {
        <div class="report-head">
            <p><a href=address(period, scope) rel="external">"Tableau de bord"</a></p>
            <h1>"Ce qui compose ces chiffres"</h1>
            <p class="quiet">{format!("{}, {scope_name}. Des nombres et des relevés, jamais les notes de qui que ce soit.", fr::capital(&period.label()))}</p>
            <CompletenessLine completeness=completeness period=period today=today />
        </div>
        {by_part}
        {by_month}
        {too_long}
        <p class="actions">{statements}</p>
    }
    .into_any()
}

/// The address of a part's own composition, or of its figures where it has no parts.
pub fn address_of(period: Period, scope: Scope) -> String {
    match scope {
        Scope::Promeneur(_) => address(period, scope),
        _ => composition_address(period, scope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, interventions: i64, minutes: i64) -> Part {
        let headline = Headline { interventions, minutes, ..Headline::default() };
        Part { name: name.to_owned(), address: "/x?a=1&b=2".to_owned(), headline, statements: (2, 3) }
    }

    #[test]
    fn what_is_in_no_part_has_a_line_of_its_own() {
        let (a, b, whole) = (part("A <b>", 3, 60), part("B", 4, 0), part("", 9, 60));
        let text = table("Par structure", "Structure", &[&a, &b], &whole);
        assert!(text.contains("A &lt;b&gt;</a></th><td>3</td><td>0</td>"), "{text}");
        assert!(text.contains("Hors de ces lignes</th><td>2</td>"), "{text}");
        assert!(text.contains("<td>2/3</td>") && text.contains("href=\"/x?a=1&amp;b=2\""), "{text}");
        let whole = part("", 7, 60);
        assert!(!table("", "", &[&a, &b], &whole).contains("Hors de ces lignes"));
    }
}
