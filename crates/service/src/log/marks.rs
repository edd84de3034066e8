//! Marks: where in the log each event is. Derived from the log, beside the events,
//! whose rows stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::Subject;
use futures::{StreamExt, TryStreamExt, stream};
use table::{Guard, Scan, Write};

use super::stored::{MarksRow, SPAN};
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

/// An event that is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    pub subject: Subject,
    /// Its number in the subject's chain.
    pub seq: u64,
    /// Its place in the log.
    pub index: u64,
}

/// Rows of marks as they were read, by subject and span, and what guards them.
pub(super) type Noted = BTreeMap<(Subject, u64), (MarksRow, Guard)>;

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

    /// The rows in which these events have their marks.
    pub(super) async fn noted(&self, events: &[(Subject, u64)]) -> Result<Noted> {
        let spans: BTreeSet<(Subject, u64)> =
            events.iter().map(|(subject, seq)| (*subject, MarksRow::place(*seq).0)).collect();
        let each: Vec<_> = spans.into_iter().map(|it| self.marks_row(it)).collect();
        stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Marks events that are in the log, whatever of it was done before.
    pub(super) async fn mark(&self, mut noted: Noted, marked: &[Marked]) -> Result<()> {
        let mut spans: BTreeMap<(Subject, u64), Vec<(usize, u64)>> = BTreeMap::new();
        for it in marked {
            let (span, place) = MarksRow::place(it.seq);
            spans.entry((it.subject, span)).or_default().push((place, it.index));
        }
        let each: Vec<_> = spans
            .into_iter()
            .map(|(of, places)| self.mark_row(of, noted.remove(&of), places))
            .collect();
        stream::iter(each).buffer_unordered(AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(())
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
}
