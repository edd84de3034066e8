//! Importing tables: reads rows by a mapping, registers the places and clients
//! they name, and records their facts. Safe to stop and to run again at any time.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    io::Read,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    draft::Draft,
    event::{Event, Fact},
    id::{EventId, Subject},
    record::{ClientRecord, Record},
    time::Timestamp,
};
use futures::{StreamExt, stream};
use intake::{
    gazetteer::Gazetteer,
    mapping::{Import, ImportError, Mapping, Outcome, ParsedRow},
    rows::RowError,
};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use table::{Guard, Write};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    record::{Attribution, TOGETHER_MAX},
    rows::to_bytes,
};

/// Rows recorded at the same time: enough to share each flush to disk.
const ROWS_AT_ONCE: usize = 128;
/// Rows read before they are recorded and the progress is kept.
const ROWS_PER_STEP: usize = 1_024;
/// Steps that are read before they are judged.
const STEPS_AHEAD: usize = 2;
/// Most errors that a report lists; it counts them all.
pub const ERRORS_LISTED_MAX: usize = 1_000;

/// How an import is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Only say what would happen.
    pub dry_run: bool,
    /// Record nothing unless every row can be recorded: each is checked before the
    /// first is written, against the store and against the rows before it. What
    /// remains possible is that somebody says otherwise of the same packages between
    /// the check and the write, or that the storage stops answering: the rows
    /// recorded by then stay, and the same import goes on from there.
    pub all_or_nothing: bool,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Rows read.
    pub rows: u64,
    /// Rows of which something new was recorded, or would be.
    pub recorded: u64,
    /// Rows that had been recorded before.
    pub known: u64,
    /// Rows passed over because an earlier run had done them.
    pub skipped: u64,
    /// Events newly recorded, or that would be.
    pub events: u64,
    /// Rows with errors.
    pub failed: u64,
    /// What is wrong, at most [`ERRORS_LISTED_MAX`] entries.
    pub errors: Vec<RowError>,
}

/// How far a file has been imported; kept while it is unfinished.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ImportRow {
    /// Every record up to this one is done, from 1.
    #[n(0)]
    pub done: u64,
    /// Whether the end was reached.
    #[n(1)]
    pub finished: bool,
    /// What came of those records. Missing in rows from before it was kept.
    #[n(2)]
    pub tally: Option<Tally>,
}

/// What came of the records of a file so far. Why a line was refused is not kept: the
/// reason may repeat what somebody wrote of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Tally {
    /// Records of which something new was recorded.
    #[n(0)]
    pub recorded: u64,
    /// Records that had been recorded before.
    #[n(1)]
    pub known: u64,
    /// Events newly recorded.
    #[n(2)]
    pub events: u64,
    /// Records that were refused.
    #[n(3)]
    pub failed: u64,
    /// The lines of the first [`ERRORS_LISTED_MAX`] of them.
    #[n(4)]
    pub failed_lines: Vec<u64>,
}

/// Names a file and its mapping by their contents: what resuming goes by.
#[must_use]
pub fn import_id(mapping: &str, content: &[u8]) -> [u8; 16] {
    domain::id::derive_bytes(&[b"import", mapping.as_bytes(), &Sha256::digest(content)])
}

/// A result of an import.
pub type Attempted<T> = std::result::Result<T, ImportFailure>;

/// Places and clients that are known to be registered while one import runs.
type Seen = Mutex<HashSet<Subject>>;

/// What the rows so far say while a file is checked: a hash of each event's
/// content, since a file may hold millions.
type Said = HashMap<EventId, u64>;

impl Service {
    /// Imports a table that can be read as often as needed: `open` starts it
    /// from the beginning. `progress` is told how many rows were read.
    pub async fn import<R: Read + Send + 'static>(
        &self,
        by: &Attribution,
        mapping: &Arc<Mapping>,
        id: [u8; 16],
        open: impl Fn() -> std::io::Result<R>,
        wish: Wish,
        mut progress: impl FnMut(u64),
    ) -> Attempted<Imported> {
        let start = || -> Attempted<Import<R>> {
            Ok(Import::open(open().map_err(ImportFailure::Read)?, Arc::clone(mapping))?)
        };
        if wish.dry_run || wish.all_or_nothing {
            let checked = self.check_all(by, start()?, &mut progress).await?;
            if wish.dry_run || checked.failed > 0 {
                return Ok(checked);
            }
        }
        let kept = self.imported(id).await?.filter(|it| !it.finished);
        self.record_all(by, start()?, id, kept, &mut progress).await
    }

    /// How far an import is or was, by its [`import_id`]; nothing if it was never begun.
    pub async fn imported(&self, id: [u8; 16]) -> Result<Option<ImportRow>> {
        let entry = self.table.get(&Row::Import(id).key()).await?;
        entry.map(|it| minicbor::decode(&it.value).map_err(Error::from)).transpose()
    }

    /// Reads everything and records nothing.
    async fn check_all<R: Read + Send + 'static>(
        &self,
        by: &Attribution,
        import: Import<R>,
        progress: &mut impl FnMut(u64),
    ) -> Attempted<Imported> {
        let mut report = Imported::default();
        let mut said = Said::new();
        let (service, by, hasher) = (self.clone(), by.clone(), said.hasher().clone());
        let prepare = move |outcome: Outcome| {
            (outcome.line, outcome.row.map(|row| Unchecked::of(&service, &by, row, &hasher)))
        };
        let mut ahead = Ahead::of(import, prepare);
        while let Some(step) = ahead.next().await? {
            for (line, row) in step {
                report.rows += 1;
                match row {
                    Ok(row) => match self.check_row(row, &mut said).await {
                        Ok(0) => report.known += 1,
                        Ok(events) => {
                            report.recorded += 1;
                            report.events += events;
                        }
                        Err(error) => report.fail(vec![row_error(line, error)?]),
                    },
                    Err(errors) => report.fail(errors),
                }
            }
            progress(report.rows);
        }
        Ok(report)
    }

    /// How many new events recording a row would record after the rows before it.
    async fn check_row(&self, row: Unchecked, said: &mut Said) -> Result<u64> {
        let Unchecked { coming, events, contents } = row;
        for (event, (id, content)) in std::iter::zip(&events, &contents) {
            if said.get(id).is_some_and(|it| it != content) {
                return Err(Error::Differs { event: *id, subject: event.subject });
            }
        }
        let fresh = self.admissible(&events, &coming).await?;
        let new = fresh.iter().filter(|it| !said.contains_key(&it.id)).count() as u64;
        said.extend(contents);
        Ok(new)
    }

    async fn record_all<R: Read>(
        &self,
        by: &Attribution,
        mut import: Import<R>,
        id: [u8; 16],
        kept: Option<ImportRow>,
        progress: &mut impl FnMut(u64),
    ) -> Attempted<Imported> {
        let mut report = Imported::default();
        let seen = Seen::default();
        let done = kept.as_ref().map_or(0, |it| it.done);
        let before = kept.and_then(|it| it.tally).unwrap_or_default();
        loop {
            let mut step: Vec<Outcome> = Vec::with_capacity(ROWS_PER_STEP);
            while step.len() < ROWS_PER_STEP {
                let Some(outcome) = import.next(Gazetteer::embedded())? else { break };
                report.rows += 1;
                if outcome.ordinal <= done {
                    report.skipped += 1;
                } else {
                    step.push(outcome);
                }
            }
            let finished = step.len() < ROWS_PER_STEP;
            let last = step.last().map_or(done, |it| it.ordinal);
            self.record_step(by, step, &seen, &mut report).await?;
            let tally = Some(before.with(&report));
            self.keep_import_row(id, &ImportRow { done: last, finished, tally }).await?;
            progress(report.rows);
            if finished {
                return Ok(report);
            }
        }
    }

    /// Records the rows of one step. A row that is refused is reported; storage
    /// that does not answer ends the import, to be run again.
    async fn record_step(
        &self,
        by: &Attribution,
        step: Vec<Outcome>,
        seen: &Seen,
        report: &mut Imported,
    ) -> Attempted<()> {
        let mut rows = Vec::with_capacity(step.len());
        for outcome in step {
            match outcome.row {
                Ok(row) => rows.push(row),
                Err(errors) => report.fail(errors),
            }
        }
        let mut results = stream::iter(rows)
            .map(|row| async move { (row.line, self.record_row(by, row, seen).await) })
            .buffered(ROWS_AT_ONCE);
        while let Some((line, result)) = results.next().await {
            match result {
                Ok(0) => report.known += 1,
                Ok(events) => {
                    report.recorded += 1;
                    report.events += events;
                }
                Err(error) => report.fail(vec![row_error(line, error)?]),
            }
        }
        Ok(())
    }

    /// Records one row and says how many of its events are new.
    async fn record_row(&self, by: &Attribution, row: ParsedRow, seen: &Seen) -> Result<u64> {
        for place in &row.places {
            let subject = Subject::Place(place.id());
            if !is_seen(seen, subject) {
                self.register_gazetteer_place(&place.key).await?;
                see(seen, subject);
            }
        }
        for client in &row.clients {
            let subject = Subject::Client(client.id);
            if !is_seen(seen, subject) {
                self.register_client(by, subject, &client.name).await?;
                see(seen, subject);
            }
        }
        let mut new = 0;
        let mut drafts = row.drafts;
        while !drafts.is_empty() {
            let rest = drafts.split_off(drafts.len().min(TOGETHER_MAX));
            let receipts = self.record(by, drafts).await?;
            new += receipts.iter().filter(|it| !it.duplicate).count() as u64;
            drafts = rest;
        }
        Ok(new)
    }

    async fn register_client(&self, by: &Attribution, subject: Subject, name: &str) -> Result<()> {
        if self.is_registered(subject).await? {
            return Ok(());
        }
        let record = Record::Client(ClientRecord { name: name.to_owned() });
        let draft = Draft {
            id: EventId::derive(&[b"client", subject.id_bytes()]),
            subject,
            happened_at: Timestamp::MIN,
            fact: Fact::Registered(Box::new(record)),
        };
        self.record(by, vec![draft]).await.map(|_| ())
    }

    async fn keep_import_row(&self, id: [u8; 16], row: &ImportRow) -> Result<()> {
        let put = Write::put(Row::Import(id).key(), Guard::Any, to_bytes(row));
        Ok(self.table.write(vec![put]).await?)
    }
}

/// A row that is to be checked.
struct Unchecked {
    /// What will be registered before it.
    coming: Vec<Subject>,
    events: Vec<Event>,
    /// A hash of what each event says: whether two rows of a file agree.
    contents: Vec<(EventId, u64)>,
}

impl Unchecked {
    fn of(service: &Service, by: &Attribution, row: ParsedRow, hasher: &RandomState) -> Self {
        let places = row.places.iter().map(|it| Subject::Place(it.id()));
        let clients = row.clients.iter().map(|it| Subject::Client(it.id));
        let coming = places.chain(clients).collect();
        let events = service.unsalted_events(by, row.drafts);
        let content = |it: &Event| hasher.hash_one((it.subject, it.happened_at, &it.fact));
        let contents = events.iter().map(|it| (it.id, content(it))).collect();
        Self { coming, events, contents }
    }
}

/// Rows read ahead and prepared by a thread of their own, so that reading and
/// judging take a processor each.
struct Ahead<T> {
    steps: mpsc::Receiver<Vec<T>>,
    reader: JoinHandle<std::result::Result<(), ImportError>>,
}

impl<T: Send + 'static> Ahead<T> {
    fn of<R: Read + Send + 'static>(
        mut import: Import<R>,
        prepare: impl Fn(Outcome) -> T + Send + 'static,
    ) -> Self {
        let (give, steps) = mpsc::channel(STEPS_AHEAD);
        let reader = spawn_blocking(move || {
            loop {
                let mut step = Vec::with_capacity(ROWS_PER_STEP);
                let ended = loop {
                    match import.next(Gazetteer::embedded()) {
                        Ok(Some(outcome)) => step.push(prepare(outcome)),
                        Ok(None) => break Some(Ok(())),
                        Err(error) => break Some(Err(error.into())),
                    }
                    if step.len() == ROWS_PER_STEP {
                        break None;
                    }
                };
                // Who no longer takes them wants no more either.
                let taken = give.blocking_send(step).is_ok();
                if let Some(ended) = ended.or_else(|| (!taken).then_some(Ok(()))) {
                    return ended;
                }
            }
        });
        Self { steps, reader }
    }

    async fn next(&mut self) -> Attempted<Option<Vec<T>>> {
        if let Some(step) = self.steps.recv().await {
            return Ok(Some(step));
        }
        (&mut self.reader).await.expect("reading does not panic")?;
        Ok(None)
    }
}

impl Tally {
    /// This and what a run did after it.
    fn with(&self, run: &Imported) -> Self {
        let mut failed_lines = self.failed_lines.clone();
        for error in &run.errors {
            // A line may have several errors, one after the other.
            let free = failed_lines.len() < ERRORS_LISTED_MAX;
            if free && failed_lines.last() != Some(&error.line) {
                failed_lines.push(error.line);
            }
        }
        Self {
            recorded: self.recorded + run.recorded,
            known: self.known + run.known,
            events: self.events + run.events,
            failed: self.failed + run.failed,
            failed_lines,
        }
    }
}

impl Imported {
    fn fail(&mut self, errors: Vec<RowError>) {
        self.failed += 1;
        let free = ERRORS_LISTED_MAX.saturating_sub(self.errors.len());
        self.errors.extend(errors.into_iter().take(free));
    }
}

fn is_seen(seen: &Seen, subject: Subject) -> bool {
    seen.lock().unwrap_or_else(PoisonError::into_inner).contains(&subject)
}

fn see(seen: &Seen, subject: Subject) {
    seen.lock().unwrap_or_else(PoisonError::into_inner).insert(subject);
}

/// A refusal is the row's; anything else ends the import.
fn row_error(line: u64, error: Error) -> Attempted<RowError> {
    let refused = |reason| Ok(RowError { line, column: None, reason });
    match error {
        Error::Differs { .. } => {
            refused("what tells the rows apart was recorded before, with other content".into())
        }
        Error::Refused(_) | Error::Invalid(_) | Error::NotFound(_) => refused(error.to_string()),
        Error::Changed(_)
        | Error::Unavailable(_)
        | Error::IssuerUnavailable(_)
        | Error::Corrupt(_) => Err(ImportFailure::Stopped(error)),
    }
}

/// Why an import ended before its end. What was recorded stays; running it
/// again goes on from there.
#[derive(Debug)]
pub enum ImportFailure {
    /// The file cannot be read.
    Read(std::io::Error),
    /// The file is no table, or the mapping does not fit it.
    Table(ImportError),
    /// The storage stopped answering.
    Stopped(Error),
}

impl std::fmt::Display for ImportFailure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(error) => write!(f, "the file cannot be read: {error}"),
            Self::Table(error) => error.fmt(f),
            Self::Stopped(error) => write!(f, "{error}; run the same import again to go on"),
        }
    }
}

impl std::error::Error for ImportFailure {}

impl From<ImportError> for ImportFailure {
    fn from(error: ImportError) -> Self {
        Self::Table(error)
    }
}

impl From<intake::rows::FileError> for ImportFailure {
    fn from(error: intake::rows::FileError) -> Self {
        Self::Table(error.into())
    }
}

impl From<Error> for ImportFailure {
    fn from(error: Error) -> Self {
        Self::Stopped(error)
    }
}
