//! Horizontal bars with their table. Lengths are in % and heights in em, without a `viewBox`, so that the words keep
//! the reader's own text size.

#[cfg(any(feature = "ssr", feature = "office"))]
use super::table::Sorting;
use super::{
    html::{Html, html},
    table::{Table, open_fold, table},
};
use crate::domain::{
    fr::{self, NNBSP},
    order::sort_short,
};

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarKind {
    /// The longest, or one of several as long.
    Main,
    /// Any other.
    Plain,
    /// What we do not know.
    Unknown,
}

impl BarKind {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "bar-main",
            Self::Plain => "bar",
            Self::Unknown => "bar-unknown",
        }
    }
}

/// One bar, and one row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// How many.
    pub value: i64,
    /// Whole percentage of all bars together.
    pub share: i64,
    /// How it is drawn.
    pub kind: BarKind,
}

impl Bar {
    /// Bars from the longest to the shortest, those of equal length in the order given, then what is not known.
    /// The percentages sum to 100.
    pub fn ranked(parts: impl IntoIterator<Item = (String, i64)>, unknown: Option<(String, i64)>) -> Vec<Self> {
        let mut parts: Vec<(String, i64)> = parts.into_iter().collect();
        sort_short(&mut parts, |a, b| a.1 > b.1);
        let most = parts.first().map_or(0, |(_, value)| *value);
        let known = parts.len();
        parts.extend(unknown.filter(|(_, value)| *value > 0));
        let values: Vec<i64> = parts.iter().map(|(_, value)| *value).collect();
        let shares = fr::shares(&values);
        let bars = parts.into_iter().zip(shares).enumerate().map(|(index, ((label, value), share))| {
            let kind = match index {
                index if index >= known => BarKind::Unknown,
                _ if value == most && most > 0 => BarKind::Main,
                _ => BarKind::Plain,
            };
            Self { label, value, share, kind }
        });
        bars.collect()
    }

    /// Bars in the order given, as of months or steps; none where there is nothing to draw. The percentages sum to 100.
    pub fn in_order(parts: Vec<(String, i64)>) -> Vec<Self> {
        let values: Vec<i64> = parts.iter().map(|(_, value)| *value).collect();
        let most = values.iter().copied().max().unwrap_or(0);
        if most == 0 {
            return Vec::new();
        }
        let bars = parts.into_iter().zip(fr::shares(&values)).map(|((label, value), share)| {
            let kind = if value == most { BarKind::Main } else { BarKind::Plain };
            Self { label, value, share, kind }
        });
        bars.collect()
    }

    /// Bars from the longest to the shortest, with their whole percentage of a base that one thing may enter several times.
    pub fn of_base(parts: impl IntoIterator<Item = (String, i64)>, base: i64) -> Vec<Self> {
        let mut bars = Self::ranked(parts, None);
        let share = |value: i64| if base > 0 { (value * 200 + base) / (base * 2) } else { 0 };
        for bar in &mut bars {
            bar.share = share(bar.value);
        }
        bars
    }

    /// Whether its share rounds to nothing, which it is not.
    pub fn is_trace(&self) -> bool {
        self.share == 0 && self.value > 0
    }

    /// Its share, as it is read.
    pub fn share_text(&self) -> String {
        fr::share(self.share, self.value)
    }
}

/// The longest bar leaves room on its right for its number and share.
const LONGEST_PER_MILLE: i64 = 720;

fn width(value: i64, most: i64) -> String {
    let per_mille = if most > 0 { (value * LONGEST_PER_MILLE + most / 2) / most } else { 0 };
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

fn em(hundredths: usize) -> String {
    format!("{}.{:02}em", hundredths / 100, hundredths % 100)
}

/// What the drawing says above all; the values stand in the table.
fn spoken(bars: &[Bar]) -> String {
    let most = bars.iter().map(|bar| bar.value).max().filter(|most| *most > 0);
    let longest: Vec<&Bar> = bars.iter().filter(|bar| Some(bar.value) == most).collect();
    let names: Vec<&str> = longest.iter().map(|bar| bar.label.as_str()).collect();
    match longest.first() {
        Some(bar) => format!("Barres{NNBSP}: en tête, {}, {}.", fr::list(&names), fr::integer(bar.value)),
        None => "Barres, toutes à zéro.".to_owned(),
    }
}

/// A bar chart and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BarChart {
    /// What is shown.
    pub title: &'static str,
    /// What the rows are.
    pub heading: &'static str,
    /// The bars, in order.
    pub bars: Vec<Bar>,
    /// Whether they are the parts of a whole.
    pub is_whole: bool,
    /// How its reader puts it in order.
    #[cfg(any(feature = "ssr", feature = "office"))]
    pub sorting: Option<Sorting>,
}

impl BarChart {
    /// The same as a table.
    fn table(&self) -> Table {
        let total: i64 = self.bars.iter().map(|bar| bar.value).sum();
        let row = |bar: &Bar| vec![bar.label.clone(), fr::integer(bar.value), bar.share_text()];
        Table {
            caption: self.title,
            columns: vec![self.heading.into(), "Nombre".into(), "Part".into()],
            rows: self.bars.iter().map(row).collect(),
            total: self.is_whole.then(|| vec!["Ensemble".to_owned(), fr::integer(total), format!("100{NNBSP}%")]),
            #[cfg(any(feature = "ssr", feature = "office"))]
            sorting: self.sorting.clone(),
            ..Table::default()
        }
    }
}

/// Writes the chart and, folded under it, the same figures as a table.
pub fn bar_chart(out: &mut Html, chart: &BarChart) {
    let BarChart { title, bars, .. } = chart;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    html!(out; "<figure role=\"figure\" aria-label=\"" (title) "\"><figcaption>" (title)
        "</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" (title)
        ", graphique\"><svg role=\"img\" aria-label=\"" (spoken(bars)) "\" height=\"" (em(bars.len() * 325))
        "\" class=\"chart\">");
    for (index, bar) in bars.iter().enumerate() {
        let top = index * 325;
        let width = width(bar.value, most);
        html!(out; "<text x=\"0\" y=\"" (em(top + 100)) "\">" (bar.label) "</text><rect class=\"" (bar.kind.class())
            "\" x=\"0\" y=\"" (em(top + 140)) "\" width=\"" (width)
            "\" height=\"1.1em\" rx=\"4\"></rect><text x=\"" (width) "\" dx=\".5em\" y=\"" (em(top + 230))
            "\" class=\"value\">" (fr::integer(bar.value)) "<tspan dx=\".4em\" class=\"share\">" (bar.share_text())
            "</tspan></text>");
    }
    html!(out; "</svg></div>");
    let twin = chart.table();
    open_fold(out, &twin);
    html!(out; "<summary>Voir le tableau<span class=\"sr-only\">\u{202f}: " (title) "</span></summary>");
    table(out, &twin);
    html!(out; "</details></figure>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(parts: &[(&str, i64)]) -> Vec<(String, i64)> {
        parts.iter().map(|(label, value)| ((*label).to_owned(), *value)).collect()
    }

    #[test]
    fn bars_go_from_the_longest_to_what_is_not_known() {
        let bars = Bar::ranked(parts(&[("a", 1), ("b", 5), ("c", 5), ("d", 0)]), Some(("?".to_owned(), 9)));
        let order: Vec<(&str, BarKind)> = bars.iter().map(|bar| (bar.label.as_str(), bar.kind)).collect();
        assert_eq!(
            order,
            [
                ("b", BarKind::Main),
                ("c", BarKind::Main),
                ("a", BarKind::Plain),
                ("d", BarKind::Plain),
                ("?", BarKind::Unknown),
            ]
        );
        assert_eq!(bars.iter().map(|bar| bar.share).sum::<i64>(), 100);
        assert_eq!(spoken(&bars[..3]), "Barres\u{202f}: en tête, b et c, 5.");
        assert_eq!(spoken(&bars), "Barres\u{202f}: en tête, ?, 9.");
    }

    #[test]
    fn nothing_has_no_main_bar_and_nothing_unknown_no_bar() {
        let bars = Bar::ranked(parts(&[("a", 0)]), Some(("?".to_owned(), 0)));
        assert_eq!(bars.len(), 1);
        assert_eq!(bars[0].kind, BarKind::Plain);
        assert_eq!(width(0, 0), "0.0%");
    }

    #[test]
    fn lengths_are_shares_of_the_longest() {
        assert_eq!(width(429, 429), "72.0%");
        assert_eq!(width(24, 429), "4.0%");
        assert_eq!(em(2 * 325 + 100), "7.50em");
    }
}
