//! The bilan as a workbook: a sheet a chapter, then how each figure is counted. Numbers are numbers, so that one can count
//! with them; texts are texts, whatever they begin with, so that none is run.

use app::{
    coordination::annual::{
        Cell, Document, Grid, Part,
        view::{MASKED, paragraphs, signature},
    },
    domain::indicators::float,
};
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

struct Formats {
    title: Format,
    heading: Format,
    words: Format,
    quiet: Format,
    column: Format,
    name: Format,
    count: Format,
    share: Format,
    hours: Format,
    masked: Format,
}

impl Formats {
    fn new() -> Self {
        let right = Format::new().set_align(FormatAlign::Right);
        Self {
            title: Format::new().set_bold().set_font_size(16),
            heading: Format::new().set_bold().set_font_size(12),
            words: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            quiet: Format::new().set_text_wrap().set_align(FormatAlign::Top).set_font_color("#4C5566"),
            column: Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Medium),
            name: Format::new().set_text_wrap(),
            count: Format::new().set_num_format("#,##0"),
            share: Format::new().set_num_format("0\"\u{202f}\"%"),
            hours: Format::new().set_num_format("0.0"),
            masked: right.set_italic(),
        }
    }
}

/// Characters of a line of words in the first column, for the height of its row.
const LINE: usize = 70;
const HEIGHT: f64 = 15.0;

/// Most lines of a row: one that is higher than 409 points is cut.
const LINES: usize = 25;

/// Lines that a text takes in the first column.
fn lines(text: &str) -> usize {
    text.lines().map(|line| line.chars().count() / LINE + 1).sum::<usize>().max(1)
}

/// A text in parts, each of as many lines as a row holds, cut between words.
fn in_rows(text: &str) -> Vec<String> {
    let mut rows = vec![String::new()];
    for piece in text.split_inclusive([' ', '\n']) {
        let Some(row) = rows.last_mut() else { continue };
        // A word that is longer than a row stays whole: nothing of it is lost, and it is no word.
        if !row.is_empty() && lines(&format!("{row}{piece}")) > LINES {
            rows.push(piece.to_owned());
        } else {
            row.push_str(piece);
        }
    }
    rows.iter().map(|row| row.trim_end().to_owned()).collect()
}

/// Where the next thing is written.
struct Writing<'a> {
    sheet: &'a mut Worksheet,
    formats: &'a Formats,
    row: u32,
}

impl Writing<'_> {
    /// Words, in as many rows as it takes: no row is higher than a screen.
    fn words(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        for text in in_rows(text) {
            // One word may be longer than a row can be high.
            let lines = u32::try_from(lines(&text).min(LINES)).unwrap_or(1);
            self.sheet.write_string_with_format(self.row, 0, text, format)?;
            if lines > 1 {
                self.sheet.set_row_height(self.row, HEIGHT * f64::from(lines))?;
            }
            self.row += 1;
        }
        Ok(())
    }

    fn grid(&mut self, grid: &Grid) -> Result<(), XlsxError> {
        self.words(&grid.caption, &self.formats.quiet)?;
        for (column, name) in (0..).zip(&grid.columns) {
            self.sheet.write_string_with_format(self.row, column, name, &self.formats.column)?;
        }
        self.row += 1;
        for (name, cells) in &grid.rows {
            self.sheet.write_string_with_format(self.row, 0, name, &self.formats.name)?;
            for (column, cell) in (1..).zip(cells) {
                self.cell(column, cell)?;
            }
            self.row += 1;
        }
        self.row += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let Formats { count, share, hours, masked, name, .. } = self.formats;
        let (sheet, row) = (&mut *self.sheet, self.row);
        match cell {
            Cell::Count(number) => sheet.write_number_with_format(row, column, float(*number), count),
            Cell::Share(percent) => sheet.write_number_with_format(row, column, float(*percent) / 100.0, share),
            Cell::Minutes(minutes) => sheet.write_number_with_format(row, column, float(*minutes) / 60.0, hours),
            Cell::Said(said) => sheet.write_string_with_format(row, column, said, name),
            Cell::Masked => sheet.write_string_with_format(row, column, MASKED, masked),
        }?;
        Ok(())
    }
}

/// The workbook of a document.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let mut book = Workbook::new();
    let properties = DocProperties::new().set_title(&document.title).set_author(&document.network);
    book.set_properties(&properties);
    for (index, part) in document.chapters.iter().enumerate() {
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&part.heading))?;
        let mut sheet = begun(sheet, &formats)?;
        if index == 0 {
            sheet.words(&document.title, &formats.title)?;
            let whose = [&*document.network, &document.scope, &document.status].join(" · ");
            sheet.words(&whose, &formats.quiet)?;
            for note in &document.notes {
                sheet.words(note, &formats.words)?;
            }
            sheet.row += 1;
        }
        chapter(&mut sheet, part)?;
    }
    let sheet = book.add_worksheet();
    sheet.set_name("Définitions")?;
    let mut sheet = begun(sheet, &formats)?;
    sheet.words("Comment c’est compté", &formats.heading)?;
    sheet.row += 1;
    for it in &document.definitions {
        sheet.words(&it.name, &formats.heading)?;
        sheet.words(&it.definition, &formats.words)?;
        sheet.words(&it.caveat, &formats.quiet)?;
        sheet.row += 1;
    }
    book.save_to_buffer()
}

fn begun<'a>(sheet: &'a mut Worksheet, formats: &'a Formats) -> Result<Writing<'a>, XlsxError> {
    sheet.set_column_width(0, 60)?;
    sheet.set_column_range_width(1, 8, 14)?;
    sheet.set_paper_size(9).set_print_fit_to_pages(1, 0);
    Ok(Writing { sheet, formats, row: 0 })
}

fn chapter(sheet: &mut Writing<'_>, part: &Part) -> Result<(), XlsxError> {
    let formats = sheet.formats;
    sheet.words(&part.heading, &formats.heading)?;
    sheet.row += 1;
    for key in &part.figures {
        sheet.sheet.write_string_with_format(sheet.row, 0, &key.name, &formats.name)?;
        sheet.sheet.write_number_with_format(sheet.row, 1, float(key.value), &formats.count)?;
        sheet.row += 1;
        if let Some(said) = &key.said {
            sheet.words(said, &formats.quiet)?;
        }
    }
    if let Some(written) = &part.text {
        for text in paragraphs(&written.text) {
            sheet.words(text, &formats.words)?;
        }
        sheet.words(&signature(written), &formats.quiet)?;
        sheet.row += 1;
    }
    for subject in &part.subjects {
        sheet.words(&subject.heading, &formats.heading)?;
        for fact in &subject.facts {
            sheet.words(fact, &formats.words)?;
        }
        if let Some(grid) = &subject.grid {
            sheet.grid(grid)?;
        }
        sheet.row += 1;
    }
    Ok(())
}

/// A name that a sheet may have: 31 characters, and none of those that a formula reads. What is too long ends with a word.
fn sheet_name(heading: &str) -> String {
    let name: String = heading.chars().map(|it| if "[]:*?/\\".contains(it) { ' ' } else { it }).collect();
    let name = name.trim();
    if name.chars().count() <= MOST_NAME {
        return name.to_owned();
    }
    let mut words: Vec<&str> = Vec::new();
    let mut length = 0;
    for word in name.split(' ') {
        length += word.chars().count() + usize::from(!words.is_empty());
        if length > MOST_NAME {
            break;
        }
        words.push(word);
    }
    // « et », « de », « pour » say nothing at an end.
    while words.len() > 2
        && words.last().is_some_and(|word| matches!(*word, "et" | "de" | "des" | "du" | "la" | "les" | "le" | "pour"))
    {
        words.pop();
    }
    if words.is_empty() { name.chars().take(MOST_NAME).collect() } else { words.join(" ") }
}

const MOST_NAME: usize = 31;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_named_by_whole_words() {
        assert_eq!(sheet_name("3. L’activité"), "3. L’activité");
        assert_eq!(sheet_name("9. Points d’amélioration pour 2026-2027"), "9. Points d’amélioration");
        assert_eq!(sheet_name("6. L’animation territoriale et les partenariats"), "6. L’animation territoriale");
        assert_eq!(sheet_name(&"x".repeat(40)), "x".repeat(31));
    }

    #[test]
    fn a_long_text_is_in_rows_that_are_seen_whole_and_loses_no_word() {
        let text = (0..900).map(|number| format!("mot{number}")).collect::<Vec<_>>().join(" ");
        let rows = in_rows(&text);
        assert!(rows.len() > 3 && rows.iter().all(|row| lines(row) <= LINES));
        assert_eq!(rows.join(" "), text);
        assert_eq!(in_rows("court"), ["court"]);
        assert_eq!(in_rows(""), [""]);
    }
}
