//! Mappings: which column of somebody's table is which field of a package.
//!
//! A mapping is a TOML file. [`Mapping::from_toml`] checks it as a whole and
//! [`Import`] reads a table by it: each row becomes the facts it states, or every
//! reason why it cannot. Nothing is recorded here.

use std::{fmt, io::Read, sync::Arc};

use domain::{
    draft::Draft,
    id::{ClientId, PackageId},
};

use crate::rows::{Dialect, FileError, Options, Row, RowError, Rows, Step};

mod cells;
mod compile;
mod drafting;
mod file;
mod gazetteer;
mod places;
mod plan;
mod rule;
mod summary;

#[cfg(test)]
mod tests;

pub use places::{Found, FoundPlace, PlaceFinder, Question, Wording};
pub use plan::Plan;
pub use summary::{CostSummary, Summary, parse_all};

use rule::{CellRule, Column, CostRule, DateRule, EventRule, PackageRules, TextRule, Words};

/// Most rules, columns in the key, and so on: nobody writes more by hand.
pub const KEY_COLUMNS_MAX: usize = 8;

/// A checked mapping.
#[derive(Clone, Debug)]
pub struct Mapping {
    name: String,
    options: Options,
    notation: crate::numbers::Notation,
    /// Every column it names, with the key of the file that names it first.
    columns: Vec<ColumnUse>,
    key: Vec<Column>,
    none: Words,
    kept: Words,
    registered_at: Vec<DateRule>,
    package: PackageRules,
    costs: Vec<CostRule>,
    events: Vec<EventRule>,
    notes: Vec<TextRule>,
    note_columns: Vec<CellRule>,
}

#[derive(Clone, Debug)]
struct ColumnUse {
    name: String,
    key: String,
}

/// What is wrong with a mapping, by itself or for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// The key in the TOML file, as in `cost[0].shared`, or the line where the
    /// file cannot be understood.
    pub key: String,
    /// What is wrong and what is expected.
    pub reason: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.reason)
    }
}

impl std::error::Error for MappingError {}

impl Mapping {
    /// Reads a mapping file; every mistake in it at once.
    pub fn from_toml(text: &str) -> Result<Self, Vec<MappingError>> {
        compile::compile(text)
    }

    /// Its name: part of every id, so that the same key in tables of two kinds
    /// means two packages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns it names.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|it| it.name.as_str())
    }

    /// True when the table's own key tells rows apart. Otherwise their content
    /// does, and a corrected row becomes another package.
    pub const fn has_key(&self) -> bool {
        !self.key.is_empty()
    }
}

/// What one row states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedRow {
    /// The line of the file on which it starts.
    pub line: u64,
    /// Its place among the file's records, from 1.
    pub ordinal: u64,
    /// The package it is about.
    pub package: PackageId,
    /// Its facts; the registration first.
    pub drafts: Vec<Draft>,
    /// The places that its facts name. They must be registered before it.
    pub places: Vec<Arc<FoundPlace>>,
    /// The clients that its facts name. They must be registered before it.
    pub clients: Vec<Arc<NamedClient>>,
}

/// A client as a table names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedClient {
    /// The id that its name gives, whatever its case and spaces.
    pub id: ClientId,
    /// Its name.
    pub name: String,
}

impl NamedClient {
    /// The client of this name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let words: Vec<&str> = name.split_whitespace().collect();
        let name = words.join(" ");
        Self { id: ClientId::derive(&[b"client", name.to_lowercase().as_bytes()]), name }
    }
}

/// What became of one record of the table.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The line of the file on which it starts.
    pub line: u64,
    /// Its place among the file's records, from 1: where to go on after a break.
    pub ordinal: u64,
    /// What it states, or everything that is wrong with it.
    pub row: Result<ParsedRow, Vec<RowError>>,
}

/// Why a table cannot be imported at all.
#[derive(Debug)]
pub enum ImportError {
    /// The file is at fault.
    File(FileError),
    /// The mapping does not fit the file.
    Mapping(Vec<MappingError>),
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Mapping(errors) => {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&errors.join("; "))
            }
        }
    }
}

impl std::error::Error for ImportError {}

impl From<FileError> for ImportError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

/// A table being read by a mapping.
pub struct Import<R> {
    rows: Rows<R>,
    plan: Plan,
    row: Row,
}

impl<R: Read> Import<R> {
    /// Opens a table. Fails when it is no table or lacks a column of the mapping.
    pub fn open(source: R, mapping: Arc<Mapping>) -> Result<Self, ImportError> {
        let rows = Rows::open(source, &mapping.options)?;
        let plan = Plan::bind(mapping, rows.header()).map_err(ImportError::Mapping)?;
        Ok(Self { rows, plan, row: Row::default() })
    }

    /// What the file turned out to be.
    pub fn dialect(&self) -> Dialect {
        self.rows.dialect()
    }

    /// Reads the next record; `None` at the end. An error ends the reading.
    pub fn next(&mut self, places: &dyn PlaceFinder) -> Result<Option<Outcome>, FileError> {
        let row = match self.rows.read(&mut self.row)? {
            Step::End => return Ok(None),
            Step::Bad(error) => Err(vec![error]),
            Step::Row => self.plan.row(&self.row, self.rows.header(), places),
        };
        Ok(Some(Outcome { line: self.row.line, ordinal: self.row.ordinal, row }))
    }

    /// Columns of the mapping that no object of an NDJSON file had so far.
    pub fn columns_never_seen(&self) -> Vec<&str> {
        self.rows.columns_never_seen()
    }
}
