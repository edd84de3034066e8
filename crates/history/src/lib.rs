//! The history of everything in Parquet: files that DuckDB, Athena and pandas read,
//! derived from the log. A file holds the entries of a span of the log, sorted by
//! what they are about, so that one package is read without touching the rest. Fixes
//! lie beside them, by tracker.

mod columns;
pub mod fixes;
mod read;
mod segment;
mod write;

use std::fmt;

pub use read::{Filter, Reader};
pub use segment::{InvalidSegment, Segment};
pub use write::{Written, write};

use domain::leaf::entry::Entry;

/// One entry in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the log.
    pub log_index: u64,
    /// The bytes that were logged.
    pub leaf: Vec<u8>,
    /// What they say.
    pub entry: Entry,
}

/// Why a file cannot be written or read.
#[derive(Debug)]
pub enum Error {
    /// A file is not what was written, or rows are not what can be: which, and why.
    Corrupt(String),
    /// The blobs do not answer.
    Blobs(blobs::Error),
}

/// The outcome of reading or writing files.
pub type Result<T> = std::result::Result<T, Error>;

impl Row {
    /// Reads a logged leaf.
    pub fn of(log_index: u64, leaf: Vec<u8>) -> Result<Self> {
        let entry = Entry::from_bytes(&leaf)
            .map_err(|it| Error::Corrupt(format!("entry {log_index} of the log: {it}")))?;
        Ok(Self { log_index, leaf, entry })
    }

    /// The order of a file: by what it is about, then by its number there.
    fn order(&self) -> (String, u64, u64) {
        (self.entry.about(), self.entry.seq(), self.log_index)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Corrupt(why) => write!(f, "the history is damaged: {why}"),
            Self::Blobs(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<blobs::Error> for Error {
    fn from(error: blobs::Error) -> Self {
        Self::Blobs(error)
    }
}
