//! A file of comma-separated values as spreadsheets write them: its text, its columns, its rows.

use app::coordination::imports::ImportFault;
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Largest file, in bytes.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// Most rows of a file.
pub const MOST_ROWS: usize = 10_000;
/// Most columns of a file.
const MOST_COLUMNS: usize = 60;
/// Longest cell, in characters: far more than any field takes.
const LONGEST_CELL: usize = 2_000;

/// What is wrong with a file as a whole, and in which of its lines, where it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What.
    pub fault: ImportFault,
    /// Where, counted from 1.
    pub line: Option<u64>,
}

impl From<ImportFault> for Unreadable {
    fn from(fault: ImportFault) -> Self {
        Self { fault, line: None }
    }
}

/// Rows under the names of their columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What the first line calls the columns.
    pub names: Vec<String>,
    /// The rows that hold anything.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which it begins, counted from 1.
    pub line: u64,
    /// Its cells, one a column, without blanks around them.
    pub cells: Vec<String>,
}

/// The text of a file. Excel writes three kinds: UTF-8, UTF-16 with a mark, and the letters of Windows.
pub fn decode(bytes: &[u8]) -> Result<String, Unreadable> {
    if bytes.len() > LARGEST {
        return Err(ImportFault::TooLarge.into());
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportFault::Missing.into());
    }
    // An archive, as workbooks are, or one of their old format.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(ImportFault::Workbook.into());
    }
    let utf_16 = [(&b"\xff\xfe"[..], UTF_16LE), (b"\xfe\xff", UTF_16BE)];
    let text = if let Some((mark, encoding)) = utf_16.into_iter().find(|(mark, _)| bytes.starts_with(mark)) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark.len()..]);
        text.ok_or(ImportFault::NotText)?.into_owned()
    } else {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    };
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t');
    if text.chars().any(is_odd) { Err(ImportFault::NotText.into()) } else { Ok(text) }
}

/// The rows of a text.
pub fn read(text: &str) -> Result<Sheet, Unreadable> {
    let separator = separator(text);
    if let Some(line) = open_quote(text, separator) {
        return Err(Unreadable { fault: ImportFault::Quote, line: Some(line) });
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    for record in reader.records() {
        let record = record.map_err(|_| ImportFault::NotText)?;
        let line = record.position().map_or(0, |position| line_of(text, position));
        if record.iter().all(str::is_empty) {
            continue;
        }
        // Before anything is made of it: a line may be nothing but separators.
        if record.len() > 10 * MOST_COLUMNS {
            return Err(Unreadable { fault: ImportFault::TooManyColumns, line: Some(line) });
        }
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| cell.chars().count() > LONGEST_CELL) {
            return Err(Unreadable { fault: ImportFault::LongCell, line: Some(line) });
        }
        if sheet.names.is_empty() {
            sheet.names = named(cells)?;
            continue;
        }
        sheet.rows.push(Row { line, cells: fitted(cells, sheet.names.len(), line)? });
        if sheet.rows.len() > MOST_ROWS {
            return Err(ImportFault::TooManyRows.into());
        }
    }
    if sheet.rows.is_empty() { Err(ImportFault::Empty.into()) } else { Ok(sheet) }
}

/// The line on which a row begins. The reader tells where it began to look for it: before the lines that are empty, and
/// before the second half of the end of a line of Windows.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|from| text.as_bytes().get(from..)).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
    position.line() + ends as u64
}

fn named(mut cells: Vec<String>) -> Result<Vec<String>, Unreadable> {
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    if cells.len() > MOST_COLUMNS {
        return Err(ImportFault::TooManyColumns.into());
    }
    let name = |(at, name): (usize, String)| if name.is_empty() { format!("Colonne {}", at + 1) } else { name };
    Ok(cells.into_iter().enumerate().map(name).collect())
}

/// A cell a column: what a spreadsheet leaves out at the end of a row is empty, what it has beyond the columns is a
/// separator too many in the row.
fn fitted(mut cells: Vec<String>, columns: usize, line: u64) -> Result<Vec<String>, Unreadable> {
    if cells.iter().skip(columns).any(|cell| !cell.is_empty()) {
        return Err(Unreadable { fault: ImportFault::Uneven, line: Some(line) });
    }
    cells.resize(columns, String::new());
    Ok(cells)
}

/// What stands between cells: of the three that spreadsheets use the one that is most in the first line.
fn separator(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += u32::from(!quoted && byte == *separator);
        }
    }
    // Of equals the first.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b';', |(separator, _)| separator)
}

/// The line on which a quoted cell begins that never ends: all that follows would be taken for its text.
fn open_quote(text: &str, separator: u8) -> Option<u64> {
    let (mut line, mut since) = (1, None);
    let mut bytes = text.bytes().peekable();
    let mut at_start = true;
    while let Some(byte) = bytes.next() {
        match (byte, since) {
            (b'"', Some(_)) if bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            (b'"', Some(_)) => since = None,
            (b'"', None) if at_start => since = Some(line),
            _ => {}
        }
        line += u64::from(byte == b'\n');
        at_start = since.is_none() && (byte == separator || byte == b'\n' || byte == b'\r');
    }
    since
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        read(text).expect("a sheet")
    }

    fn fault(text: &str) -> (ImportFault, Option<u64>) {
        let Unreadable { fault, line } = read(text).expect_err("a fault");
        (fault, line)
    }

    #[test]
    fn what_excel_writes_is_read_in_each_of_its_letters() {
        let text = "Réseau;Thème\r\nInsta;Santé – écoute\r\n";
        let utf_16 = |of: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(of)).collect::<Vec<u8>>()
        };
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let all = [
            text.as_bytes().to_vec(),
            marked,
            windows,
            utf_16(u16::to_le_bytes, [0xff, 0xfe]),
            utf_16(u16::to_be_bytes, [0xfe, 0xff]),
        ];
        for bytes in all {
            assert_eq!(decode(&bytes).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_text_is_told_apart() {
        assert_eq!(decode(b"PK\x03\x04...."), Err(ImportFault::Workbook.into()));
        assert_eq!(decode(b"a\0b"), Err(ImportFault::NotText.into()));
        assert_eq!(decode(b"\xff\xfea"), Err(ImportFault::NotText.into()));
        assert_eq!(decode(b" \n"), Err(ImportFault::Missing.into()));
        assert_eq!(decode(&vec![b'a'; LARGEST + 1]), Err(ImportFault::TooLarge.into()));
    }

    #[test]
    fn the_separator_is_the_one_of_the_first_line() {
        for (text, names) in [
            ("a;b,c\n1;2\n", vec!["a", "b,c"]),
            ("a,b\n1,2\n", vec!["a", "b"]),
            ("\n\"a;x\"\tb\n1\t2\n", vec!["a;x", "b"]),
            ("a\n1\n", vec!["a"]),
        ] {
            assert_eq!(sheet(text).names, names, "{text}");
        }
    }

    #[test]
    fn rows_know_their_lines_and_have_a_cell_a_column() {
        let sheet = sheet("a;b;;\n\n1; x ;\n;;\n\"deux\nlignes\"\n3;4;;\n");
        assert_eq!(sheet.names, ["a", "b"]);
        let rows: Vec<(u64, Vec<&str>)> =
            sheet.rows.iter().map(|row| (row.line, row.cells.iter().map(String::as_str).collect())).collect();
        assert_eq!(rows, [(3, vec!["1", "x"]), (5, vec!["deux\nlignes", ""]), (7, vec!["3", "4"])]);
        let of_windows = read("a;b\r\n1;2\r\n\r\n3;4\r\n").expect("a sheet");
        assert_eq!(of_windows.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn a_file_that_cannot_be_rows_is_refused_with_its_line() {
        assert_eq!(fault("a;b\n1;\"2\n3;4\n"), (ImportFault::Quote, Some(2)));
        assert_eq!(fault("a;b\n1;2;3\n"), (ImportFault::Uneven, Some(2)));
        assert_eq!(fault("a;b\n"), (ImportFault::Empty, None));
        assert_eq!(fault(&format!("a\n{}\n", "x".repeat(2_001))), (ImportFault::LongCell, Some(2)));
        assert_eq!(fault(&format!("a\n{}", "1\n".repeat(MOST_ROWS + 1))), (ImportFault::TooManyRows, None));
        assert_eq!(fault(&format!("{}\n1\n", "a;".repeat(61))), (ImportFault::TooManyColumns, None));
    }

    #[test]
    fn quotes_within_a_cell_are_letters() {
        assert_eq!(
            sheet("a;b\n5\" de neige;\"il dit \"\"oui\"\"\"\n").rows[0].cells,
            ["5\" de neige", "il dit \"oui\""]
        );
    }
}
