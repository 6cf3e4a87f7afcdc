//! The bilan as a PDF: typeset, with numbered pages, tagged for those who listen to it (PDF/UA-1).

use std::sync::LazyLock;

use app::{
    coordination::annual::{
        Cell, Document, Grid, Part,
        view::{paragraphs, read, signature},
    },
    domain::fr,
};
use chrono::Datelike;
use serde_json::{Value, json};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

/// Why there is no PDF: a fault of ours, in the words of the typesetter.
#[derive(Debug, thiserror::Error)]
#[error("the bilan could not be typeset: {0}")]
pub struct NotTypeset(String);

impl From<typst::ecow::EcoVec<SourceDiagnostic>> for NotTypeset {
    fn from(faults: typst::ecow::EcoVec<SourceDiagnostic>) -> Self {
        Self(faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "))
    }
}

/// The PDF of a document. Takes some hundred milliseconds of a core: not for a thread that answers others.
pub fn pdf(document: &Document) -> Result<Vec<u8>, NotTypeset> {
    let desk = Desk { data: Bytes::from_string(data(document).to_string()) };
    let pages = typst::compile::<PagedDocument>(&desk).output;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|fault| NotTypeset(fault.message().to_string()))?;
    let options =
        PdfOptions { creator: Smart::Custom(Some("Lanterne".to_owned())), standards, ..PdfOptions::default() };
    let file = typst_pdf::pdf(&pages?, &options);
    // What it keeps to typeset the same again would only grow.
    typst::comemo::evict(0);
    Ok(file?)
}

/// Letters that none of our fonts has, such as emoji, as an empty square: a reader that speaks could not say them, and the
/// standard refuses a page with a letter that cannot be drawn.
fn printable(value: &mut Value) {
    match value {
        Value::String(text) => {
            if text.chars().any(|letter| !is_drawn(letter)) {
                let known = text.chars().filter(|letter| !is_joiner(*letter));
                *text = known.map(|letter| if is_drawn(letter) { letter } else { UNKNOWN }).collect();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(printable),
        Value::Object(fields) => fields.values_mut().for_each(printable),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What stands for a letter that cannot be drawn.
const UNKNOWN: char = '□';

fn is_drawn(letter: char) -> bool {
    letter.is_whitespace() || FONTS.iter().any(|font| font.info().coverage.contains(u32::from(letter)))
}

/// What only joins or varies the letters around it.
fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// What the template reads: everything as text, as it is shown.
fn data(document: &Document) -> Value {
    let mut data = json!({
        "title": document.title,
        "network": document.network,
        "scope": document.scope,
        "status": document.status,
        "day": { "year": document.on.year(), "month": document.on.month(), "day": document.on.day() },
        "notes": document.notes,
        "chapters": document.chapters.iter().map(chapter).collect::<Vec<_>>(),
        "definitions": document.definitions,
    });
    printable(&mut data);
    data
}

fn chapter(part: &Part) -> Value {
    let figures = part.figures.iter();
    let subjects = part.subjects.iter().map(|subject| {
        json!({ "heading": subject.heading, "facts": subject.facts, "grid": subject.grid.as_ref().map(grid) })
    });
    json!({
        "heading": part.heading,
        "figures": figures.map(|it| json!({ "value": fr::integer(it.value), "name": it.name, "said": it.said })).collect::<Vec<_>>(),
        "text": part.text.as_ref().map(|written| json!({
            "paragraphs": paragraphs(&written.text).collect::<Vec<_>>(),
            "signature": signature(written),
        })),
        "subjects": subjects.collect::<Vec<_>>(),
    })
}

fn grid(grid: &Grid) -> Value {
    let most = grid.most().max(1);
    let rows = grid.rows.iter().map(|(name, cells)| {
        let bar = match cells.first() {
            Some(Cell::Count(count)) if grid.is_drawn => Some((count * 100 + most / 2) / most),
            _ => None,
        };
        json!({ "name": name, "bar": bar, "cells": cells.iter().map(read).collect::<Vec<_>>() })
    });
    json!({ "caption": grid.caption, "columns": grid.columns, "rows": rows.collect::<Vec<_>>(), "words": grid.words() })
}

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));
static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect());
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(&*FONTS)));
static TEMPLATE: LazyLock<Source> =
    LazyLock::new(|| Source::new(id("bilan.typ"), include_str!("bilan.typ").to_owned()));

fn id(name: &str) -> FileId {
    // The names are written here, and are paths.
    let path = VirtualPath::new(name).unwrap_or_else(|_| unreachable!("{name} is a path"));
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// What the typesetter may read: the template and the figures, and nothing of the machine.
struct Desk {
    data: Bytes,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        TEMPLATE.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == TEMPLATE.id() { Ok(TEMPLATE.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, of: FileId) -> FileResult<Bytes> {
        if of == id("bilan.json") { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
