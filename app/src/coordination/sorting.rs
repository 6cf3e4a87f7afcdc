//! The tables of the dashboard in the order that the address asks for: links in the heads of the columns, which need no
//! JavaScript, can be shared, and go back.

use std::cmp::Ordering;

use super::address::address;
use crate::{
    bilan::{Chart, Section, figures::Figure, people::UNKNOWN_AGE_NAME},
    domain::{coded::Code, fr, period::Period, scope::Scope},
    ui::{
        bar_chart::{Bar, BarKind},
        table::{Sorting, Table},
    },
};

/// An order that was asked for: `tri=<section>.<column>`, with a `d` behind it from the largest down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    section: String,
    column: usize,
    is_descending: bool,
}

impl Sort {
    /// The order of an address; none where it names none. An order changes no figure, hence it is never refused.
    pub fn parse(text: &str) -> Option<Self> {
        let (section, rest) = text.split_once('.')?;
        let (digits, is_descending) = rest.strip_suffix('d').map_or((rest, false), |digits| (digits, true));
        Some(Self { section: section.to_owned(), column: digits.parse().ok()?, is_descending })
    }
}

/// A row for each figure beside other periods: what cannot be compared has no order.
const UNSORTED: &str = "avant";
/// What has an order of its own, which is that of the names: months, steps of a project, ages.
const IN_ORDER: [&str; 4] = ["mois", "mois-heures", "projets", "ages"];

/// Makes every table of the sections sortable, and sorts the one that is asked for.
pub fn sort(sections: &mut [Section], asked: Option<&Sort>, period: Period, scope: Scope) {
    for section in sections.iter_mut().filter(|section| section.id != UNSORTED) {
        let sorting = sorting_of(section.id, asked, period, scope);
        let names_are_ordered = IN_ORDER.contains(&section.id);
        match &mut section.chart {
            Some(Chart::Bars(chart)) => {
                if let Some(by) = sorting.by {
                    order_bars(&mut chart.bars, by, names_are_ordered);
                }
                chart.sorting = Some(sorting);
            }
            Some(Chart::Table(table)) => order_rows(table, sorting, names_are_ordered),
            // The moments of a day have no other order than their own.
            Some(Chart::Heat(_)) | None => {}
        }
    }
}

/// Bars by the value, or by the name: its letters, or its place where names are in order as they stand.
fn order_bars(bars: &mut [Bar], (column, is_descending): (usize, bool), names_are_ordered: bool) {
    if column == 0 && names_are_ordered {
        if is_descending {
            bars.reverse();
        }
    } else {
        bars.sort_by(|a, b| {
            let order = match column {
                0 => fr::plain(&a.label).cmp(&fr::plain(&b.label)),
                _ => a.value.cmp(&b.value),
            };
            if is_descending { order.reverse() } else { order }
        });
    }
    // What is not known comes last, as in the drawing that nobody put in order.
    bars.sort_by_key(|bar| bar.kind == BarKind::Unknown);
}

/// The same for the tables of figures.
pub fn sort_figures(figures: &mut [Figure], asked: Option<&Sort>, period: Period, scope: Scope) {
    let tables =
        figures.iter_mut().filter_map(|figure| Some((figure.indicators.first()?.code(), figure.table.as_mut()?)));
    for (code, table) in tables {
        order_rows(table, sorting_of(code, asked, period, scope), false);
    }
}

fn sorting_of(id: &str, asked: Option<&Sort>, period: Period, scope: Scope) -> Sorting {
    let by = asked.filter(|asked| asked.section == id).map(|asked| (asked.column, asked.is_descending));
    Sorting { before: format!("{}&tri={id}.", address(period, scope)), anchor: format!("t-{id}"), by }
}

/// The rows of a table by a column, and the links that ask for it.
fn order_rows(table: &mut Table, sorting: Sorting, names_are_ordered: bool) {
    match sorting.by {
        Some((0, false)) if names_are_ordered => {}
        Some((0, true)) if names_are_ordered => table.rows.reverse(),
        Some((column, is_descending)) => {
            table.rows.sort_by(|a, b| cells(a.get(column), b.get(column), is_descending));
        }
        None => {}
    }
    // As among bars, what is not known comes last.
    table.rows.sort_by_key(|row| row.first().is_some_and(|name| name == UNKNOWN_AGE_NAME));
    table.sorting = Some(sorting);
}

/// The order of two cells: numbers by what they are, others by their letters; what holds no value comes last either way.
fn cells(a: Option<&String>, b: Option<&String>, is_descending: bool) -> Ordering {
    let (a, b) = (a.map_or("", String::as_str), b.map_or("", String::as_str));
    let turned = |order: Ordering| if is_descending { order.reverse() } else { order };
    match (value(a), value(b)) {
        (Some(a), Some(b)) => turned(a.total_cmp(&b)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => turned(fr::plain(a).cmp(&fr::plain(b))),
    }
}

/// The number that a cell says: « 1 234 », « 12,5 % », « < 1 % », « 2 h 05 », « 40 min », « −3 »; none of any other text.
fn value(cell: &str) -> Option<f64> {
    let bare: String = cell.chars().filter(|letter| !letter.is_whitespace()).collect();
    let (bare, sign) = match bare.chars().next()? {
        '−' | '-' => (bare.replacen(['−', '-'], "", 1), -1.0),
        '+' => (bare.replacen('+', "", 1), 1.0),
        _ => (bare, 1.0),
    };
    if let Some(below) = bare.strip_prefix('<') {
        return value(below).map(|most| most / 2.0);
    }
    let number = |text: &str| -> Option<f64> {
        let is_number = text.starts_with(|first: char| first.is_ascii_digit())
            && text.chars().all(|letter| letter.is_ascii_digit() || letter == ',');
        is_number.then(|| text.replace(',', ".").parse().ok())?
    };
    let read = if let Some((hours, minutes)) = bare.split_once('h') {
        let minutes = if minutes.is_empty() { Some(0.0) } else { number(minutes.trim_end_matches("min")) };
        number(hours).zip(minutes).map(|(hours, minutes)| hours * 60.0 + minutes)
    } else {
        number(bare.trim_end_matches("min").trim_end_matches('%'))
    };
    read.map(|value| value * sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::bar_chart::BarChart;

    fn section(chart: Chart) -> Section {
        Section {
            id: "quoi",
            heading: "",
            fact: String::new(),
            quiet: Vec::new(),
            indicators: Vec::new(),
            chart: Some(chart),
        }
    }

    fn sorted(chart: Chart, by: &str) -> Chart {
        let mut sections = [section(chart)];
        sort(&mut sections, Sort::parse(by).as_ref(), Period::CivilYear(2026), Scope::Network);
        let [section] = sections;
        section.chart.unwrap()
    }

    #[test]
    fn cells_are_read_as_people_write_them() {
        for (cell, read) in [
            ("1\u{202f}234", Some(1234.0)),
            ("12,5\u{202f}%", Some(12.5)),
            ("<\u{202f}1\u{202f}%", Some(0.5)),
            ("2\u{202f}h\u{202f}05", Some(125.0)),
            ("3\u{202f}h", Some(180.0)),
            ("40\u{202f}min", Some(40.0)),
            ("−3", Some(-3.0)),
            ("+12\u{202f}%", Some(12.0)),
            ("–", None),
            ("", None),
            ("Échange", None),
            ("2026-11", None),
            ("3 sur 4", None),
        ] {
            assert_eq!(value(cell), read, "{cell:?}");
        }
    }

    #[test]
    fn a_table_goes_up_and_down_and_what_has_no_value_stays_last() {
        let row = |name: &str, cell: &str| vec![name.to_owned(), cell.to_owned()];
        let rows = vec![row("b", "10"), row("Écoute", "–"), row("a", "9"), row("c", "1\u{202f}000")];
        let table = Table { rows, ..Table::default() };
        for (by, wanted) in [
            ("quoi.1", ["a", "b", "c", "Écoute"]),
            ("quoi.1d", ["c", "b", "a", "Écoute"]),
            ("quoi.0", ["a", "b", "c", "Écoute"]),
            ("quoi.0d", ["Écoute", "c", "b", "a"]),
            ("quand.1d", ["b", "Écoute", "a", "c"]),
            ("quoi.7", ["b", "Écoute", "a", "c"]),
        ] {
            let Chart::Table(table) = sorted(Chart::Table(table.clone()), by) else { panic!("a table") };
            let names: Vec<&str> = table.rows.iter().map(|row| row[0].as_str()).collect();
            assert_eq!(names, wanted, "{by}");
        }
    }

    #[test]
    fn months_go_by_their_course_and_by_what_is_in_them() {
        let bars =
            Bar::in_order([("Septembre", 3), ("Octobre", 9), ("Août", 5)].map(|(m, n)| (m.to_owned(), n)).into());
        for (by, wanted) in [
            ("mois.0", ["Septembre", "Octobre", "Août"]),
            ("mois.0d", ["Août", "Octobre", "Septembre"]),
            ("mois.1d", ["Octobre", "Août", "Septembre"]),
        ] {
            let chart = BarChart { title: "", heading: "", bars: bars.clone(), is_whole: true, sorting: None };
            let mut sections = [Section { id: "mois", ..section(Chart::Bars(chart)) }];
            sort(&mut sections, Sort::parse(by).as_ref(), Period::CivilYear(2026), Scope::Network);
            let [section] = sections;
            let Some(Chart::Bars(chart)) = section.chart else { panic!("bars") };
            assert_eq!(chart.bars.iter().map(|bar| bar.label.as_str()).collect::<Vec<_>>(), wanted, "{by}");
            assert!(chart.sorting.is_some());
        }
    }

    #[test]
    fn bars_are_sorted_with_their_table() {
        let unknown = Some(("Inconnu".to_owned(), 9));
        let bars = Bar::ranked([("z".to_owned(), 3), ("É".to_owned(), 5), ("f".to_owned(), 4)], unknown);
        let chart = BarChart { title: "", heading: "", bars, is_whole: true, sorting: None };
        let Chart::Bars(chart) = sorted(Chart::Bars(chart), "quoi.0") else { panic!("bars") };
        assert_eq!(chart.bars.iter().map(|bar| bar.label.as_str()).collect::<Vec<_>>(), ["É", "f", "z", "Inconnu"]);
        let sorting = chart.sorting.unwrap();
        assert_eq!((sorting.before.as_str(), sorting.by), ("/coordination?periode=2026&tri=quoi.", Some((0, false))));
    }

    #[test]
    fn an_order_that_cannot_be_read_is_none() {
        for text in ["", "quoi", "quoi.", "quoi.x", ".d", "quoi.-1"] {
            assert_eq!(Sort::parse(text), None, "{text}");
        }
    }
}
