//! Rows of a table as people send it: CSV of any common encoding, delimiter
//! and line ending, or one JSON object per line. Memory stays bounded whatever
//! the size of the file.

use std::{fmt, io, io::Read};

pub use encoding_rs::Encoding;

mod cells;
mod csv;
mod ndjson;
mod sniff;
mod text;

#[cfg(test)]
mod tests;

pub use cells::Row;
use csv::CsvRecords;
use ndjson::NdjsonRecords;
use text::Text;

/// Most columns a file may have.
pub const COLUMNS_MAX: usize = 512;
/// Most bytes of UTF-8 a cell may have.
pub const CELL_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of UTF-8 a row may have.
pub const ROW_BYTES_MAX: usize = 1024 * 1024;

/// What a file is, as far as it is known beforehand; the rest is found out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which grammar it has.
    pub format: Option<Format>,
    /// Its encoding.
    pub encoding: Option<&'static Encoding>,
    /// What stands between the cells of a CSV file.
    pub delimiter: Option<u8>,
    /// Columns that are asked for. In NDJSON they come first, present or not.
    pub columns: Vec<String>,
}

/// The grammar of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, or any other delimiter.
    Csv,
    /// One JSON object per line.
    Ndjson,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Its grammar.
    pub format: Format,
    /// The name of its encoding; a file of plain ASCII is called UTF-8.
    pub encoding: &'static str,
    /// What stands between the cells of a CSV file.
    pub delimiter: Option<char>,
}

/// Why one row cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line of the file on which the row starts, from 1.
    pub line: u64,
    /// The column, where it is one column's fault.
    pub column: Option<String>,
    /// What is wrong and what is expected.
    pub reason: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column:?}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for RowError {}

/// Why nothing more can be read from a file.
#[derive(Debug)]
pub enum FileError {
    /// There is nothing in it.
    Empty,
    /// It is no table of text.
    NotText(&'static str),
    /// Its first row does not name its columns.
    Header(String),
    /// It cannot be read.
    Io(io::Error),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::NotText(what) => {
                write!(f, "the file is {what}; CSV or one JSON object per line is expected")
            }
            Self::Header(reason) => write!(f, "the first row must name the columns: {reason}"),
            Self::Io(error) => write!(f, "the file cannot be read: {error}"),
        }
    }
}

impl std::error::Error for FileError {}

impl From<io::Error> for FileError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// What the next record turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A row: the buffer holds it.
    Row,
    /// A record that is no row.
    Bad(RowError),
    /// There are no more.
    End,
}

/// A reader of rows. A table is read by `while let` over [`Self::read`] with
/// one [`Row`] that is filled again and again.
pub struct Rows<R> {
    text: Text<R>,
    records: Records,
    header: Vec<String>,
    ordinal: u64,
}

enum Records {
    Csv(Box<CsvRecords>),
    Ndjson(Box<NdjsonRecords>),
}

/// A record as its grammar gives it.
enum Record {
    Whole,
    /// Its cells cannot be used.
    Broken(Option<usize>, String),
    End,
}

impl<R: Read> Rows<R> {
    /// Finds out what the file is and reads the names of its columns.
    pub fn open(source: R, options: &Options) -> Result<Self, FileError> {
        let mut text = Text::open(source, options.encoding)?;
        if let Some(what) = sniff::not_text(text.first_bytes()) {
            return Err(FileError::NotText(what));
        }
        text.skip_line_ends()?;
        if text.ahead().is_empty() {
            return Err(FileError::Empty);
        }
        let format = options.format.unwrap_or_else(|| sniff::format(text.ahead()));
        match format {
            Format::Csv => Self::open_csv(text, options.delimiter),
            Format::Ndjson if text.ahead().starts_with(b"[") => {
                Err(FileError::NotText("a JSON array"))
            }
            Format::Ndjson => Ok(Self {
                text,
                header: options.columns.clone(),
                records: Records::Ndjson(Box::new(NdjsonRecords::new(&options.columns))),
                ordinal: 0,
            }),
        }
    }

    /// The names of the columns, trimmed. In NDJSON the list grows with every
    /// key seen for the first time.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// What the file turned out to be; the encoding may become clear later.
    pub fn dialect(&self) -> Dialect {
        let encoding = self.text.encoding().map_or("UTF-8", Encoding::name);
        match &self.records {
            Records::Csv(it) => {
                let delimiter = Some(char::from(it.delimiter()));
                Dialect { format: Format::Csv, encoding, delimiter }
            }
            Records::Ndjson(_) => Dialect { format: Format::Ndjson, encoding, delimiter: None },
        }
    }

    /// Columns that were asked for and that no object of an NDJSON file had so
    /// far. A CSV file says in its header what it has.
    pub fn columns_never_seen(&self) -> Vec<&str> {
        match &self.records {
            Records::Csv(_) => Vec::new(),
            Records::Ndjson(it) => it.never_seen(),
        }
    }

    /// Reads the next record into `row`. Records without any text are no records.
    pub fn read(&mut self, row: &mut Row) -> Result<Step, FileError> {
        loop {
            let record = self.next_record(row)?;
            if matches!(record, Record::End) {
                return Ok(Step::End);
            }
            if matches!(record, Record::Whole) && row.is_blank() {
                continue;
            }
            self.ordinal += 1;
            row.ordinal = self.ordinal;
            let broken = match record {
                Record::Broken(column, reason) => Some((column, reason)),
                _ => self.check(row),
            };
            // Asked for in any case, so that a broken byte is blamed on its own row.
            let garbled = self.text.had_fault();
            return Ok(match broken.or_else(|| garbled.then(|| self.garbled(row))) {
                None => Step::Row,
                Some((column, reason)) => Step::Bad(RowError {
                    line: row.line,
                    column: column.and_then(|it| self.header.get(it).cloned()),
                    reason,
                }),
            });
        }
    }

    fn open_csv(mut text: Text<R>, delimiter: Option<u8>) -> Result<Self, FileError> {
        if let Some((named, length)) = sniff::separator_line(text.ahead()) {
            text.consume(length);
            text.skip_line_ends()?;
            return Self::open_csv_with(text, delimiter.unwrap_or(named));
        }
        let sniffed = sniff::delimiter(text.ahead());
        Self::open_csv_with(text, delimiter.unwrap_or(sniffed))
    }

    fn open_csv_with(text: Text<R>, delimiter: u8) -> Result<Self, FileError> {
        let records = Records::Csv(Box::new(CsvRecords::new(delimiter)));
        let mut rows = Self { text, records, header: Vec::new(), ordinal: 0 };
        let mut first = Row::default();
        match rows.next_record(&mut first)? {
            Record::Whole => (),
            Record::Broken(_, reason) => return Err(FileError::Header(reason)),
            Record::End => return Err(FileError::Empty),
        }
        if rows.text.had_fault() {
            return Err(FileError::Header(rows.garbled(&first).1));
        }
        rows.header = column_names(&first)?;
        Ok(rows)
    }

    fn next_record(&mut self, row: &mut Row) -> io::Result<Record> {
        match &mut self.records {
            Records::Csv(it) => it.next(&mut self.text, row),
            Records::Ndjson(it) => it.next(&mut self.text, row, &mut self.header),
        }
    }

    /// What is wrong with the cells of a record.
    fn check(&self, row: &mut Row) -> Option<(Option<usize>, String)> {
        if let Some(column) = row.first_with(|cell| cell.len() > CELL_BYTES_MAX) {
            return Some((Some(column), too_long_cell()));
        }
        if let Some(column) = row.first_with(|cell| cell.contains('\0')) {
            return Some((Some(column), "a zero byte, which no text has".to_owned()));
        }
        if matches!(self.records, Records::Ndjson(_)) {
            return None;
        }
        let expected = self.header.len();
        // Spreadsheets like to end rows with empty cells.
        row.drop_empty_beyond(expected);
        (row.len() != expected).then(|| {
            let found = row.len();
            (None, format!("{found} cells; the header has {expected}"))
        })
    }

    fn garbled(&self, row: &Row) -> (Option<usize>, String) {
        let encoding = self.dialect().encoding;
        let column = row.first_with(|cell| cell.contains('\u{FFFD}'));
        (column, format!("bytes that are no character of {encoding}, the file's encoding"))
    }
}

fn too_long_cell() -> String {
    format!("a cell of more than {} KB", CELL_BYTES_MAX / 1024)
}

fn column_names(first: &Row) -> Result<Vec<String>, FileError> {
    let names: Vec<String> = first.cells().map(|it| it.trim().to_owned()).collect();
    if let Some(broken) = names.iter().find(|it| it.contains('\0') || it.len() > 1000) {
        let start: String = broken.chars().filter(|it| *it != '\0').take(40).collect();
        return Err(FileError::Header(format!("{start:?} is no name of a column")));
    }
    if names.iter().all(String::is_empty) {
        return Err(FileError::Header("it holds no text".to_owned()));
    }
    Ok(names)
}
