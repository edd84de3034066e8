//! Marks: where in the log each entry is. Derived from the log, beside what was logged,
//! whose rows stay as they are: events share rows, all else has one each.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Subject;
use futures::{StreamExt, TryStreamExt, stream};
use table::{Guard, Key, Scan, Write};

use super::{
    entries::Logs,
    stored::{MarkRow, MarksRow, SPAN},
};
use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, subject_shard},
    rows::to_bytes,
};

/// Rows read or written at the same time: one row each, since marks need no
/// transaction, which would cost twice as much.
const AT_ONCE: usize = 256;
/// How often a row is read again that another sequencer marks as well.
const ATTEMPTS_MAX: usize = 24;
/// Rows read at once.
const PAGE: usize = 1_000;

/// What is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub what: Logs,
    /// Its place in the log.
    pub index: u64,
}

/// Marks as they were read.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// Those of events, by subject and span, and what guards their rows.
    events: BTreeMap<(Subject, u64), (MarksRow, Guard)>,
    /// What else has one.
    others: BTreeSet<Logs>,
}

impl Noted {
    /// Whether an entry has its mark.
    pub(super) fn has(&self, what: Logs) -> bool {
        match what {
            Logs::Event(subject, seq) => {
                let (span, place) = MarksRow::place(seq);
                self.events.get(&(subject, span)).is_some_and(|row| row.0.at(place).is_some())
            }
            Logs::Access(..) | Logs::Chunk(..) => self.others.contains(&what),
        }
    }
}

impl Service {
    /// Where the events of a subject are, by their numbers in its chain.
    pub(crate) async fn log_indices(&self, subject: Subject) -> Result<BTreeMap<u64, u64>> {
        let mut indices = BTreeMap::new();
        let mut next = Some(Scan::prefix(subject_shard(subject), b"i", PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let span = entry.key.sort.last_chunk::<8>().copied().map(u64::from_be_bytes);
                let span = span.ok_or_else(|| Error::Corrupt("a mark without a number".into()))?;
                let row: MarksRow = minicbor::decode(&entry.value)?;
                let numbered = (span * SPAN + 1..).zip(&row.indices);
                indices.extend(numbered.filter_map(|(seq, index)| Some((seq, (*index)?))));
            }
            next = page.rest;
        }
        Ok(indices)
    }

    /// The marks that these have.
    pub(super) async fn noted(&self, all: impl Iterator<Item = Logs>) -> Result<Noted> {
        let (mut spans, mut others) = (BTreeSet::new(), Vec::new());
        for what in all {
            match what {
                Logs::Event(subject, seq) => {
                    spans.insert((subject, MarksRow::place(seq).0));
                }
                Logs::Access(..) | Logs::Chunk(..) => others.push(what),
            }
        }
        let spans: Vec<_> = spans.into_iter().map(|it| self.marks_row(it)).collect();
        let others: Vec<_> = others.into_iter().map(|it| self.marked(it)).collect();
        let events = stream::iter(spans).buffer_unordered(AT_ONCE).try_collect().await?;
        let others: Vec<Option<Logs>> =
            stream::iter(others).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(Noted { events, others: others.into_iter().flatten().collect() })
    }

    /// Marks what is in the log, whatever of it was done before.
    pub(super) async fn mark(&self, mut noted: Noted, marked: &[Marked]) -> Result<()> {
        let mut spans: BTreeMap<(Subject, u64), Vec<(usize, u64)>> = BTreeMap::new();
        let mut others = Vec::new();
        for it in marked {
            match it.what {
                Logs::Event(subject, seq) => {
                    let (span, place) = MarksRow::place(seq);
                    spans.entry((subject, span)).or_default().push((place, it.index));
                }
                what if noted.has(what) => (),
                what => others.push(self.mark_other(what, it.index)),
            }
        }
        let spans: Vec<_> = spans
            .into_iter()
            .map(|(of, places)| self.mark_row(of, noted.events.remove(&of), places))
            .collect();
        stream::iter(spans).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        stream::iter(others).buffer_unordered(AT_ONCE).try_collect::<()>().await
    }

    async fn mark_row(
        &self,
        of: (Subject, u64),
        mut known: Option<(MarksRow, Guard)>,
        places: Vec<(usize, u64)>,
    ) -> Result<()> {
        for _ in 0..ATTEMPTS_MAX {
            let (mut row, guard) = match known.take() {
                Some(known) => known,
                None => self.marks_row(of).await?.1,
            };
            let new = places.iter().filter(|(place, index)| row.set(*place, *index)).count();
            if new == 0 {
                return Ok(());
            }
            let put = Write::put(Row::Marks(of.0, of.1).key(), guard, to_bytes(&row));
            match self.table.write(vec![put]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(Error::Unavailable(format!("the marks of {} are changed by too many", of.0)))
    }

    async fn marks_row(&self, of: (Subject, u64)) -> Result<((Subject, u64), (MarksRow, Guard))> {
        let Some(entry) = self.table.get(&Row::Marks(of.0, of.1).key()).await? else {
            return Ok((of, (MarksRow::default(), Guard::Absent)));
        };
        Ok((of, (minicbor::decode(&entry.value)?, Guard::Unchanged(entry.version))))
    }

    /// Whoever marks the same writes the same: it is in the log in one place only.
    async fn mark_other(&self, what: Logs, index: u64) -> Result<()> {
        let Some(key) = mark_key(what) else { return Ok(()) };
        let put = Write::put(key, Guard::Any, to_bytes(&MarkRow { index }));
        Ok(self.table.write(vec![put]).await?)
    }

    async fn marked(&self, what: Logs) -> Result<Option<Logs>> {
        let Some(key) = mark_key(what) else { return Ok(None) };
        Ok(self.table.get(&key).await?.map(|_| what))
    }
}

/// The key of a mark that no others share a row with.
fn mark_key(what: Logs) -> Option<Key> {
    match what {
        Logs::Event(..) => None,
        Logs::Access(at, id) => Some(Row::AccessMark(at, id).key()),
        Logs::Chunk(at, id) => Some(Row::ChunkMark(at, id).key()),
    }
}
