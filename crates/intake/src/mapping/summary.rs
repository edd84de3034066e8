//! A whole table read at once and summed up: what a dry run shows.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use domain::{
    event::{Fact, FactKind},
    id::PackageId,
    money::{CostKind, Currency},
    record::Record,
};

use super::{Import, ImportError, Mapping, ParsedRow, PlaceFinder};
use crate::rows::RowError;

/// Most errors that a summary lists; it counts them all.
const ERRORS_LISTED_MAX: usize = 1000;

/// What a table amounts to.
#[derive(Debug, Default)]
pub struct Summary {
    /// Why the table could not be read, or not to its end.
    pub refused: Option<ImportError>,
    /// Records, good and bad.
    pub records: u64,
    /// Rows that state facts.
    pub rows: u64,
    /// Records with something wrong.
    pub rows_refused: u64,
    /// The first errors, in the table's order.
    pub errors: Vec<RowError>,
    /// Different packages.
    pub packages: u64,
    /// Facts by kind.
    pub facts: BTreeMap<FactKind, u64>,
    /// Known weights added up, in grams.
    pub weight_g: u64,
    /// Costs by kind and currency.
    pub costs: BTreeMap<(CostKind, Currency), CostSummary>,
    /// Shared costs whose other row has a price.
    pub shared_priced: u64,
    /// Shared costs whose other row has none, or is not in the table.
    pub shared_unpriced: u64,
}

/// Costs of one kind in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CostSummary {
    /// How many lines.
    pub lines: u64,
    /// What they come to, credits taken off, in minor units.
    pub minor: i128,
}

/// Reads a whole table and says what it amounts to; records nothing.
pub fn parse_all(mapping: &Arc<Mapping>, places: &dyn PlaceFinder, bytes: &[u8]) -> Summary {
    let mut adding = Adding::default();
    match Import::open(bytes, Arc::clone(mapping)) {
        Ok(import) => adding.read(import, places),
        Err(error) => adding.summary.refused = Some(error),
    }
    adding.finish()
}

#[derive(Default)]
struct Adding {
    summary: Summary,
    packages: HashSet<PackageId>,
    priced: HashSet<(PackageId, CostKind)>,
    shared: HashMap<(PackageId, CostKind), u64>,
}

impl Adding {
    fn read(&mut self, mut import: Import<&[u8]>, places: &dyn PlaceFinder) {
        loop {
            match import.next(places) {
                Ok(None) => return,
                Ok(Some(outcome)) => {
                    self.summary.records += 1;
                    match outcome.row {
                        Ok(row) => self.row(row),
                        Err(errors) => self.refused(errors),
                    }
                }
                Err(error) => {
                    self.summary.refused = Some(error.into());
                    return;
                }
            }
        }
    }

    fn refused(&mut self, errors: Vec<RowError>) {
        self.summary.rows_refused += 1;
        let room = ERRORS_LISTED_MAX - self.summary.errors.len();
        self.summary.errors.extend(errors.into_iter().take(room));
    }

    fn row(&mut self, row: ParsedRow) {
        self.summary.rows += 1;
        self.packages.insert(row.package);
        for draft in &row.drafts {
            *self.summary.facts.entry(draft.fact.kind()).or_default() += 1;
            match &draft.fact {
                Fact::Registered(record) => {
                    if let Record::Package(record) = &**record {
                        self.summary.weight_g += record.weight_g.unwrap_or(0);
                    }
                }
                Fact::CostAdded(line) | Fact::CostCredited(line) => {
                    let credit = matches!(draft.fact, Fact::CostCredited(_));
                    let sum =
                        self.summary.costs.entry((line.kind, line.amount.currency)).or_default();
                    sum.lines += 1;
                    let minor = i128::from(line.amount.minor);
                    sum.minor += if credit { -minor } else { minor };
                    self.priced.insert((row.package, line.kind));
                }
                Fact::CostShared { kind, with } => {
                    *self.shared.entry((*with, *kind)).or_default() += 1;
                }
                _ => (),
            }
        }
    }

    fn finish(mut self) -> Summary {
        self.summary.packages = self.packages.len() as u64;
        for (with, times) in &self.shared {
            if self.priced.contains(with) {
                self.summary.shared_priced += times;
            } else {
                self.summary.shared_unpriced += times;
            }
        }
        self.summary
    }
}
