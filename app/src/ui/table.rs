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
    /// How its reader puts it in order.
    #[cfg(any(feature = "ssr", feature = "office"))]
    pub sorting: Option<Sorting>,
}

/// How a table is put in order by whoever reads it: links in the heads of its columns.
#[cfg(any(feature = "ssr", feature = "office"))]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorting {
    /// The address, up to the column.
    pub before: String,
    /// The id of the table, to which its links lead back.
    pub anchor: String,
    /// The column by which it is in order now, and whether from the largest down.
    pub by: Option<(usize, bool)>,
}

#[cfg(any(feature = "ssr", feature = "office"))]
impl Sorting {
    /// Writes the head of a column. Names go up first and numbers down; the column of the present order turns.
    fn head(&self, out: &mut Html, at: usize, name: &str) {
        let now = self.by.filter(|(column, _)| *column == at).map(|(_, is_descending)| is_descending);
        let next = now.map_or(at > 0, |is_descending| !is_descending);
        html!(out; "<th scope=\"col\" abbr=\"" (name) "\"");
        match now {
            Some(true) => out.markup(" aria-sort=\"descending\""),
            Some(false) => out.markup(" aria-sort=\"ascending\""),
            None => {}
        }
        let address = format!("{}{at}{}#{}", self.before, if next { "d" } else { "" }, self.anchor);
        let mark = now.map_or("", |is_descending| if is_descending { "\u{a0}↓" } else { "\u{a0}↑" });
        // A page of its own, so that a browser comes back to the table by itself, and its reader with it.
        html!(out; "><a rel=\"external\" href=\"" (address) "\"><span class=\"sr-only\">Trier par </span>" (name)
            "<span aria-hidden=\"true\">" (mark) "</span></a></th>");
    }
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
    for (at, name) in table.columns.iter().enumerate() {
        #[cfg(any(feature = "ssr", feature = "office"))]
        if let Some(sorting) = &table.sorting {
            sorting.head(out, at, name);
            continue;
        }
        let _ = at;
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

/// Opens the fold around a table, which stays open for whoever has just put it in order.
pub fn open_fold(out: &mut Html, table: &Table) {
    html!(out; "<details class=\"twin\"");
    #[cfg(any(feature = "ssr", feature = "office"))]
    if let Some(sorting) = &table.sorting {
        html!(out; " id=\"" (sorting.anchor.as_str()) "\"");
        if sorting.by.is_some() {
            html!(out; " open");
        }
    }
    let _ = table;
    html!(out; ">");
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
