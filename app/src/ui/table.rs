//! A small table: its caption, the names of its columns, rows that are named by their first cell.

use std::borrow::Cow;

use super::html::{Html, html};

/// The cells, as they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// What it holds.
    pub caption: &'static str,
    /// Whether only those who do not see need the caption: it stands beside the table already.
    pub is_named_elsewhere: bool,
    /// The names of the columns.
    pub columns: Vec<Cow<'static, str>>,
    /// The rows, each with a cell a column.
    pub rows: Vec<Vec<String>>,
    /// The last row, where the rows have a sum.
    pub total: Option<Vec<String>>,
}

/// Writes the table.
pub fn table(out: &mut Html, table: &Table) {
    html!(out; "<table class=\"table\">");
    if table.is_named_elsewhere {
        html!(out; "<caption class=\"sr-only\">");
    } else {
        html!(out; "<caption>");
    }
    html!(out; (table.caption) "</caption><thead><tr>");
    for name in &table.columns {
        html!(out; "<th scope=\"col\">" (&**name) "</th>");
    }
    html!(out; "</tr></thead><tbody>");
    for cells in &table.rows {
        row(out, cells);
    }
    html!(out; "</tbody>");
    if let Some(total) = &table.total {
        html!(out; "<tfoot>");
        row(out, total);
        html!(out; "</tfoot>");
    }
    html!(out; "</table>");
}

fn row(out: &mut Html, cells: &[String]) {
    html!(out; "<tr>");
    for (at, cell) in cells.iter().enumerate() {
        if at == 0 {
            html!(out; "<th scope=\"row\">" (cell) "</th>");
        } else {
            html!(out; "<td>" (cell) "</td>");
        }
    }
    html!(out; "</tr>");
}
