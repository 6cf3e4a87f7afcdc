//! How figures and sections are shown.

use super::{Chart, Section, figures::Figure};
use crate::{
    domain::{coded::Code, fr},
    ui::{
        bar_chart::bar_chart,
        definition::definition,
        heat_map::heat_map,
        html::{Html, html},
        table::{open_fold, table},
    },
};

/// The markup of a report: its figures, then its sections.
pub fn report(figures: &[Figure], sections: &[Section]) -> String {
    let mut out = Html::default();
    html!(out; "<section aria-label=\"Les quatre chiffres du bilan\"><div class=\"figures\">");
    for it in figures {
        figure(&mut out, it);
    }
    html!(out; "</div></section>");
    for it in sections {
        section(&mut out, it);
    }
    out.finish()
}

fn figure(out: &mut Html, figure: &Figure) {
    let name = figure.name;
    html!(out; "<article class=\"figure\" aria-label=\"" (name) "\"><p class=\"figure-value\">");
    value(out, figure);
    html!(out; "</p><h2 class=\"figure-name\">" (name) "</h2>");
    if !figure.circles.is_empty() {
        html!(out; "<ul class=\"funnel\">");
        for (count, name) in &figure.circles {
            html!(out; "<li><b class=\"number\">" (fr::integer(*count)) "</b> " (name) "</li>");
        }
        html!(out; "</ul>");
    }
    if let Some(said) = &figure.said {
        html!(out; "<p class=\"figure-change\">" (said) "</p>");
    }
    if let Some(rows) = &figure.table {
        open_fold(out, rows);
        html!(out; "<summary>Voir par thématique<span class=\"sr-only\">\u{202f}: " (name)
            "</span></summary>");
        table(out, rows);
        html!(out; "</details>");
    }
    definition(out, name, &figure.indicators);
    html!(out; "</article>");
}

/// The number; where one may look at what makes it up, the way there.
fn value(out: &mut Html, figure: &Figure) {
    let value = fr::integer(figure.value);
    #[cfg(any(feature = "ssr", feature = "office"))]
    if let Some(address) = &figure.parts {
        html!(out; "<a rel=\"external\" href=\"" (address.as_str()) "\" aria-label=\"" (value.as_str()) " " (figure.name)
            "\u{202f}: ce qui compose ce chiffre\">" (value) "</a>");
        return;
    }
    html!(out; (value));
}

fn section(out: &mut Html, section: &Section) {
    html!(out; "<section class=\"question\" aria-labelledby=\"" (section.id)
        "\"><div class=\"question-fact\"><h2 id=\"" (section.id) "\">" (section.heading) "</h2><p>" (section.fact) "</p>");
    for said in &section.quiet {
        html!(out; "<p class=\"quiet\">" (said) "</p>");
    }
    if let Some(first) = section.indicators.first() {
        definition(out, first.label(), &section.indicators);
    }
    html!(out; "</div>");
    match &section.chart {
        Some(Chart::Bars(chart)) => bar_chart(out, chart),
        Some(Chart::Heat(rows)) => heat_map(out, rows),
        #[cfg(any(feature = "ssr", feature = "office"))]
        Some(Chart::Table(rows)) => {
            html!(out; "<div");
            if let Some(sorting) = &rows.sorting {
                html!(out; " id=\"" (sorting.anchor.as_str()) "\"");
            }
            html!(out; " class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" (rows.caption) "\">");
            table(out, rows);
            html!(out; "</div>");
        }
        None => {}
    }
    html!(out; "</section>");
}
