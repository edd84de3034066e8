//! Importing tables, on the wire.

use intake::rows::RowError;
use serde::{Deserialize, Serialize};
use service::import::{ERRORS_LISTED_MAX, ImportRow, Imported, Tally};
use utoipa::ToSchema;

/// What names an import, before 32 hexadecimal digits.
const PREFIX: &str = "imp_";

/// A table and how to read it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportInput {
    /// The table as it is: CSV with any delimiter, or a JSON object in each line.
    #[schema(min_length = 1, max_length = 8_000_000)]
    pub table: String,
    /// Which column is what, as the mapping files of the command line say it (TOML).
    /// When missing, the columns are those of `/v1/imports/template.csv`.
    #[serde(default)]
    #[schema(max_length = 262_144)]
    pub mapping: Option<String>,
    /// Only say what would happen and what is wrong; record nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Record nothing unless every row can be recorded.
    #[serde(default)]
    pub all_or_nothing: bool,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Its id, which follows from table and mapping.
    #[schema(pattern = "^imp_[0-9a-f]{32}$")]
    id: String,
    /// Whether this was only a check.
    dry_run: bool,
    /// Rows read.
    rows: u64,
    /// Rows of which something new was recorded, or would be.
    recorded: u64,
    /// Rows that had been recorded before.
    known: u64,
    /// Rows passed over because an earlier run, which was stopped, had done them.
    skipped: u64,
    /// Events newly recorded, or that would be.
    events: u64,
    /// Rows that are refused. Nothing of them is recorded.
    failed: u64,
    /// Why, at most 1,000 of them.
    errors: Vec<ImportError>,
}

/// Why one row is refused.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportError {
    /// The line of the table on which the row starts, from 1.
    line: u64,
    /// The column, where it is one column's fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    column: Option<String>,
    /// What is wrong and what is expected.
    reason: String,
}

/// How far an import is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportProgress {
    /// Its id.
    #[schema(pattern = "^imp_[0-9a-f]{32}$")]
    id: String,
    /// Rows that are dealt with.
    done: u64,
    /// Whether the end was reached. What was stopped before goes on when it is sent again.
    finished: bool,
    /// Rows of which something new was recorded.
    recorded: u64,
    /// Rows that had been recorded before.
    known: u64,
    /// Events newly recorded.
    events: u64,
    /// Rows that were refused.
    failed: u64,
    /// The lines of the first 1,000 of them. A dry run says why.
    failed_lines: Vec<u64>,
}

const _: () = assert!(ERRORS_LISTED_MAX == 1_000, "the descriptions say how many are listed");

impl ImportReport {
    /// As it travels.
    #[must_use]
    pub fn of(id: [u8; 16], dry_run: bool, it: Imported) -> Self {
        Self {
            id: name_of(id),
            dry_run,
            rows: it.rows,
            recorded: it.recorded,
            known: it.known,
            skipped: it.skipped,
            events: it.events,
            failed: it.failed,
            errors: it.errors.into_iter().map(ImportError::of).collect(),
        }
    }
}

impl ImportError {
    fn of(it: RowError) -> Self {
        Self { line: it.line, column: it.column, reason: it.reason }
    }
}

impl ImportProgress {
    /// As it travels.
    #[must_use]
    pub fn of(id: [u8; 16], row: ImportRow) -> Self {
        let Tally { recorded, known, events, failed, failed_lines } = row.tally.unwrap_or_default();
        let (done, finished) = (row.done, row.finished);
        Self { id: name_of(id), done, finished, recorded, known, events, failed, failed_lines }
    }
}

/// An import's id as text.
#[must_use]
pub fn name_of(id: [u8; 16]) -> String {
    format!("{PREFIX}{:032x}", u128::from_be_bytes(id))
}

/// The id of a text that [`name_of`] gave.
#[must_use]
pub fn id_of(name: &str) -> Option<[u8; 16]> {
    let digits = name.strip_prefix(PREFIX)?;
    let plain = digits.len() == 32 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    let number = u128::from_str_radix(digits, 16).ok().filter(|_| plain)?;
    Some(number.to_be_bytes())
}
