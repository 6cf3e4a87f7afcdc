//! The tables of the document, one file each, for a spreadsheet.

use super::{Cell, Grid, view};
use crate::bilan::csv;

/// A table as a file.
pub fn file(grid: &Grid) -> String {
    let rows = grid
        .rows
        .iter()
        .map(|(name, cells)| std::iter::once(name.clone()).chain(cells.iter().map(number)).collect::<Vec<String>>());
    csv::file(std::iter::once(grid.columns.clone()).chain(rows))
}

/// A spreadsheet counts with bare numbers: per cent without their sign, minutes.
fn number(cell: &Cell) -> String {
    match cell {
        Cell::Count(number) | Cell::Share(number) | Cell::Minutes(number) => number.to_string(),
        other => view::read(other),
    }
}
