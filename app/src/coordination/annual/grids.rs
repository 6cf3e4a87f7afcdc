//! Figures as grids of cells, which every form of the document writes out.

use super::{Cell, Grid};
use crate::{
    domain::{
        fr::{self, NNBSP},
        small_numbers::Shown,
    },
    ui::{
        bar_chart::{Bar, BarChart},
        heat_map::HeatRow,
        table::Table,
    },
};

/// Rows of people, with their sum.
pub(super) fn of_people(names: impl Iterator<Item = String>, shown: &Shown) -> Vec<(String, Vec<Cell>)> {
    let cell = |count: Option<i64>| vec![count.map_or(Cell::Masked, Cell::Count)];
    names
        .zip(shown.parts.iter().map(|count| cell(*count)))
        .chain([("Ensemble".to_owned(), cell(shown.total))])
        .collect()
}

/// Bars, with their shares.
pub(super) fn of_bars(chart: BarChart) -> Grid {
    let row = |bar: Bar| {
        // « < 1 % » is no number: what is there is not nothing.
        let share = if bar.is_trace() { Cell::Said(bar.share_text()) } else { Cell::Share(bar.share) };
        (bar.label, vec![Cell::Count(bar.value), share])
    };
    let rows = chart.bars.into_iter().map(row);
    Grid {
        caption: chart.title.to_owned(),
        columns: vec![chart.heading.to_owned(), "Nombre".to_owned(), "Part".to_owned()],
        rows: rows.collect(),
        is_drawn: true,
    }
}

/// A week by its moments.
pub(super) fn of_heat(rows: Vec<HeatRow>) -> Grid {
    let days = (1..=7).map(|day| fr::capital(fr::weekday(day)));
    let rows = rows.into_iter().map(|row| {
        let name = if row.hours.is_empty() { row.name } else { format!("{} ({})", row.name, row.hours) };
        (name, row.minutes.map(Cell::Minutes).into())
    });
    Grid {
        caption: "Heures de présence par jour et par moment".to_owned(),
        columns: std::iter::once("Moment".to_owned()).chain(days).collect(),
        rows: rows.collect(),
        is_drawn: false,
    }
}

/// A cell that is read: a number where it is one and nothing beside it, so that a spreadsheet can count with it.
fn of_text(text: String) -> Cell {
    let digits = text.replace(NNBSP, "");
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.parse() {
        Ok(count) if is_number && fr::integer(count) == text => Cell::Count(count),
        _ => Cell::Said(text),
    }
}

/// A table, its sum last.
pub(super) fn of_table(table: Table) -> Grid {
    let row = |cells: Vec<String>| {
        let mut cells = cells.into_iter();
        (cells.next().unwrap_or_default(), cells.map(of_text).collect())
    };
    Grid {
        caption: table.caption.to_owned(),
        columns: table.columns.into_iter().map(std::borrow::Cow::into_owned).collect(),
        rows: table.rows.into_iter().chain(table.total).map(row).collect(),
        is_drawn: false,
    }
}
