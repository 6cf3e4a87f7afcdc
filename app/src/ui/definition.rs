//! How a figure is counted and what to know before quoting it, one tap away from it.

use super::html::{Html, html};
use crate::domain::{coded::Code, fr, indicators::Indicator};

/// Writes the definition and the caveat of one indicator, or of several that are shown together. `subject` is the
/// figure's name, for those who do not see beside what it stands.
pub fn definition(out: &mut Html, subject: &str, indicators: &[Indicator]) {
    html!(out; "<details class=\"definition\"><summary>Comment c’est compté<span class=\"sr-only\">\u{202f}: " (subject)
        "</span></summary><div>");
    for indicator in indicators {
        let definition = fr::spaced(indicator.definition());
        out.markup("<p>");
        if indicators.len() > 1 {
            html!(out; "<b>" (fr::spaced(indicator.label())) "\u{202f}: </b>" (fr::small(&definition)));
        } else {
            html!(out; (definition));
        }
        html!(out; "</p><p>" (fr::spaced(indicator.caveat())) "</p>");
    }
    html!(out; "</div></details>");
}
