//! A list of facts (`.facts`): each its name and its value.

use super::html::{Html, html};

/// The list's lines, as the text of `<dl class="facts">`.
pub fn facts(rows: &[(&str, String)]) -> String {
    let mut out = Html::default();
    for (name, value) in rows {
        html!(out; "<div><dt>" (name) "</dt><dd>" (value) "</dd></div>");
    }
    out.finish()
}
