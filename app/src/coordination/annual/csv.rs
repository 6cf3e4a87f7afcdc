//! The tables of the document, one file each, for a spreadsheet.

use super::{Cell, Grid, view};
use crate::bilan::csv;

/// A table as a file.
pub fn file(grid: &Grid) -> String {
    let rows = grid
        .rows
        .iter()
        .map(|(name, cells)| std::iter::once(name.clone()).chain(cells.iter().map(number)).collect::<Vec<String>>());
    let columns = grid.columns.iter().enumerate().map(|(at, name)| format!("{name}{}", unit(grid, at))).collect();
    csv::file(std::iter::once(columns).chain(rows))
}

/// What the bare numbers of a column are, behind its name.
fn unit(grid: &Grid, column: usize) -> &'static str {
    let of = |cells: &Vec<Cell>| match cells.get(column.checked_sub(1)?)? {
        Cell::Minutes(_) => Some(" (minutes)"),
        Cell::Share(_) => Some(" (%)"),
        _ => None,
    };
    grid.rows.iter().find_map(|(_, cells)| of(cells)).unwrap_or_default()
}

/// A spreadsheet counts with bare numbers: per cent without their sign, minutes.
fn number(cell: &Cell) -> String {
    match cell {
        Cell::Count(number) | Cell::Share(number) | Cell::Minutes(number) => number.to_string(),
        other => view::read(other),
    }
}
