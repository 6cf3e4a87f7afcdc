//! The document as a page: chapter by chapter, each table with its bars.

use super::{Cell, Document, Grid, Part, Written};
use crate::{
    domain::fr::{self, NNBSP},
    ui::html::{Html, html},
};

/// What a masked number is called.
pub const MASKED: &str = "masqué";

/// Letters that the names of columns of numbers may have together beside a first column, on 320 px.
const WIDEST_HEAD: usize = 24;

/// A cell as it is read.
pub fn read(cell: &Cell) -> String {
    match cell {
        Cell::Count(count) => fr::integer(*count),
        Cell::Share(share) => format!("{share}{NNBSP}%"),
        Cell::Minutes(0) => "–".to_owned(),
        Cell::Minutes(minutes) => fr::duration(*minutes),
        Cell::Said(said) => said.clone(),
        Cell::Masked => MASKED.to_owned(),
    }
}

/// « Anne Martin, le 12 novembre 2026 ».
pub fn signature(written: &Written) -> String {
    format!("{}, le {}", written.author, fr::date(written.on))
}

/// The paragraphs of a text.
pub fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}

/// The markup of a document.
pub fn document(document: &Document) -> String {
    let mut out = Html::default();
    html!(out; "<div class=\"bilan-head\"><p class=\"quiet\">" (document.network) " · " (document.scope) " · " (document.status) "</p><ul class=\"bilan-notes\">");
    for note in &document.notes {
        html!(out; "<li>" (note) "</li>");
    }
    html!(out; "</ul></div>");
    for part in &document.chapters {
        chapter(&mut out, part);
    }
    html!(out; "<section class=\"chapter\" aria-labelledby=\"annexes\"><h2 id=\"annexes\">Annexe\u{202f}: comment c’est compté</h2><dl>");
    for it in &document.definitions {
        html!(out; "<dt>" (it.name) "</dt><dd>" (it.definition) " <span class=\"quiet\">" (it.caveat) "</span></dd>");
    }
    html!(out; "</dl></section>");
    out.finish()
}

fn chapter(out: &mut Html, part: &Part) {
    html!(out; "<section class=\"chapter\" aria-labelledby=\"c-" (part.code) "\"><h2 id=\"c-" (part.code) "\">"
        (part.heading) "</h2>");
    if !part.figures.is_empty() {
        html!(out; "<div class=\"figures\">");
        for key in &part.figures {
            html!(out; "<article class=\"figure\" aria-label=\"" (key.name) "\"><p class=\"figure-value\">" (fr::integer(key.value))
                "</p><h3 class=\"figure-name\">" (key.name) "</h3>");
            if let Some(said) = &key.said {
                html!(out; "<p class=\"figure-change\">" (said) "</p>");
            }
            html!(out; "</article>");
        }
        html!(out; "</div>");
    }
    match &part.text {
        Some(written) => {
            html!(out; "<div class=\"written\">");
            for text in paragraphs(&written.text) {
                html!(out; "<p>" (text) "</p>");
            }
            html!(out; "<p class=\"quiet\">" (signature(written)) "</p></div>");
        }
        None if part.figures.is_empty() && part.subjects.is_empty() => {
            html!(out; "<p class=\"quiet\">Rien n’est encore écrit ici.</p>");
        }
        None => {}
    }
    for subject in &part.subjects {
        html!(out; "<section class=\"subject\"><h3>" (subject.heading) "</h3>");
        for fact in &subject.facts {
            html!(out; "<p>" (fact) "</p>");
        }
        if let Some(rows) = &subject.grid {
            grid(out, rows);
        }
        html!(out; "</section>");
    }
    html!(out; "</section>");
}

fn grid(out: &mut Html, grid: &Grid) {
    let most = grid.most();
    // What is wider than a telephone, or is with large letters, can be moved under the thumb.
    let letters: usize = grid.columns.iter().skip(1).map(|name| name.chars().count()).sum();
    let is_narrow = grid.columns.len() <= 3 && letters <= WIDEST_HEAD;
    html!(out; "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" (grid.caption) "\">");
    out.markup(if is_narrow { "<table class=\"table narrow\">" } else { "<table class=\"table\">" });
    html!(out; "<caption>" (grid.caption) "</caption><thead><tr>");
    let words = grid.words();
    let is_words = |at: usize| words.get(at).copied().unwrap_or_default();
    for (at, name) in grid.columns.iter().enumerate() {
        let class = if at.checked_sub(1).is_some_and(is_words) { " class=\"words\"" } else { "" };
        html!(out; "<th scope=\"col\"");
        out.markup(class);
        html!(out; ">" (name) "</th>");
    }
    html!(out; "</tr></thead><tbody>");
    for (name, cells) in &grid.rows {
        html!(out; "<tr><th scope=\"row\">" (name));
        if let (true, Some(Cell::Count(count))) = (grid.is_drawn, cells.first()) {
            bar(out, *count, most);
        }
        html!(out; "</th>");
        for (at, cell) in cells.iter().enumerate() {
            out.markup(if is_words(at) { "<td class=\"words\">" } else { "<td>" });
            html!(out; (read(cell)) "</td>");
        }
        html!(out; "</tr>");
    }
    html!(out; "</tbody></table></div>");
}

/// A bar under its name: the number beside it says the same, so that nobody needs to see it.
fn bar(out: &mut Html, count: i64, most: i64) {
    let width = if most > 0 { (count * 100 + most / 2) / most } else { 0 };
    html!(out; "<svg class=\"row-bar\" aria-hidden=\"true\" focusable=\"false\"><rect height=\"100%\" rx=\"2\" width=\""
        (width.to_string()) "%\"/></svg>");
}
