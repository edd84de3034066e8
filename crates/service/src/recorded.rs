//! Reading what was recorded, wherever it is: in the table, or, of packages that were
//! closed long ago, in the history's files. Whoever wants an event asks here.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    event::Event,
    id::{EventId, Subject},
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Entry, Scan};

use crate::{
    Service,
    error::{Error, Result},
    filing::{FiledDay, FiledRow},
    history::Line,
    keys::{Row, filed_seq, subject_shard},
    rows::Recorded,
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Days and files read at the same time.
const AT_ONCE: usize = 16;
/// How often files are looked for that become parts of others meanwhile.
const ATTEMPTS_MAX: usize = 8;

/// The rows in which the table has a subject's events.
#[derive(Debug, Default)]
pub(crate) struct EventRows {
    /// Events, by their ids.
    pub events: Vec<Entry>,
    /// What is kept of those in files, by their numbers: [`FiledRow`].
    pub filed: Vec<Entry>,
}

impl Service {
    /// Everything recorded of a subject, in the order of its ids.
    pub(crate) async fn all_recorded(&self, subject: Subject) -> Result<Vec<Recorded>> {
        Ok(self.recorded_and_filed(subject).await?.0)
    }

    /// The same, and up to which number the events are filed.
    pub(crate) async fn recorded_and_filed(
        &self,
        subject: Subject,
    ) -> Result<(Vec<Recorded>, Option<u64>)> {
        let rows = self.event_rows(subject).await?;
        let mut all = Vec::with_capacity(rows.events.len());
        for entry in &rows.events {
            all.push(minicbor::decode(&entry.value)?);
        }
        let filed = filed_rows(&rows.filed)?;
        let last = filed.last().map(|(first, row)| first - 1 + row.count() as u64);
        if !filed.is_empty() {
            all.extend(self.out_of_files(subject, &filed).await?);
            all.sort_unstable_by_key(|it: &Recorded| it.event.id);
        }
        Ok((all, last))
    }

    /// The events recorded of a subject, in the order of their ids.
    pub(crate) async fn all_events(&self, subject: Subject) -> Result<Vec<Event>> {
        Ok(self.all_recorded(subject).await?.into_iter().map(|it| it.event).collect())
    }

    /// One event of a subject, if it was recorded.
    pub async fn recorded(&self, subject: Subject, id: EventId) -> Result<Option<Recorded>> {
        Ok(self.recorded_among(subject, &[id]).await?.remove(&id))
    }

    /// Those of these events of a subject that were recorded.
    pub(crate) async fn recorded_among(
        &self,
        subject: Subject,
        ids: &[EventId],
    ) -> Result<BTreeMap<EventId, Recorded>> {
        let mut found = BTreeMap::new();
        for id in ids {
            if let Some(entry) = self.table.get(&Row::Event(subject, *id).key()).await? {
                found.insert(*id, minicbor::decode(&entry.value)?);
            }
        }
        // The head afterwards: it says that events are filed as soon as their rows are gone.
        let all = ids.iter().all(|id| found.contains_key(id));
        if all || self.head(subject).await?.is_none_or(|(head, _)| head.filed.is_none()) {
            return Ok(found);
        }
        let mut filed = filed_rows(&self.event_rows(subject).await?.filed)?;
        filed.retain(|(_, row)| row.ids().any(|it| ids.contains(&it)));
        for recorded in self.out_of_files(subject, &filed).await? {
            if ids.contains(&recorded.event.id) {
                found.insert(recorded.event.id, recorded);
            }
        }
        Ok(found)
    }

    /// The rows of a subject's events. Those of events come first, so that what was
    /// filed while it was read is seen at least once.
    pub(crate) async fn event_rows(&self, subject: Subject) -> Result<EventRows> {
        let mut rows = EventRows::default();
        let mut both = Scan::prefix(subject_shard(subject), b"e", PAGE);
        both.range.end = b"g".to_vec();
        let mut next = Some(both);
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let is_event = entry.key.sort.first() == Some(&b'e');
                if is_event { &mut rows.events } else { &mut rows.filed }.push(entry);
            }
            next = page.rest;
        }
        // Seen in both places, an event was filed in between.
        if !rows.filed.is_empty() {
            let filed = filed_rows(&rows.filed)?;
            let filed: BTreeSet<EventId> = filed.iter().flat_map(|(_, row)| row.ids()).collect();
            let is_filed = |it: &Entry| {
                it.key.sort.last_chunk().is_some_and(|id| filed.contains(&EventId::from_bytes(*id)))
            };
            rows.events.retain(|it| !is_filed(it));
        }
        Ok(rows)
    }

    /// Events as they were recorded, out of the history's files, in the order of the chain.
    pub(crate) async fn out_of_files(
        &self,
        subject: Subject,
        filed: &[(u64, FiledRow)],
    ) -> Result<Vec<Recorded>> {
        let mut attempts = 1;
        let lines = loop {
            match self.lines_about(subject, filed).await {
                // A file became part of another one meanwhile.
                Err(Error::NotFound(_)) if attempts < ATTEMPTS_MAX => attempts += 1,
                Err(Error::NotFound(name)) => {
                    return Err(Error::Corrupt(format!("{name} is gone from the history")));
                }
                other => break other?,
            }
        };
        let mut all = Vec::new();
        for (first, row) in filed {
            for (at, seq) in (0..row.count()).zip(*first..) {
                let line = lines.get(&seq).ok_or_else(|| {
                    let why = format!("the history lacks event {seq} of {subject}");
                    Error::Corrupt(format!("{why}: `whereabouts rebuild` makes it from the log"))
                })?;
                all.push(row.restored(at, line)?);
            }
        }
        Ok(all)
    }

    /// What the files have of a subject, by number, as far as these rows are about it.
    async fn lines_about(
        &self,
        subject: Subject,
        filed: &[(u64, FiledRow)],
    ) -> Result<BTreeMap<u64, Line>> {
        let wanted: Vec<_> = filed.iter().flat_map(|(_, row)| &row.days).collect();
        let days: BTreeSet<u32> = wanted.iter().map(|it| it.day).collect();
        let each: Vec<_> = days.into_iter().map(|day| self.segments_of(day)).collect();
        let found: Vec<_> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        let mut files = found.concat();
        files.retain(|(file, _)| {
            let has = |it: &&&FiledDay| {
                it.day == file.day && it.first <= file.last && file.first <= it.last
            };
            wanted.iter().any(|it| has(&it))
        });
        let about = subject.to_string();
        let each: Vec<_> =
            files.iter().map(|(file, row)| self.history.about(*file, row.len, &about)).collect();
        let lines: Vec<Vec<Line>> =
            stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        let lines = lines.into_iter().flatten().filter(|it| it.entry.seq() != 0);
        Ok(lines.map(|it| (it.entry.seq(), it)).collect())
    }
}

/// Rows of filed events, by the number of the first.
pub(crate) fn filed_rows(entries: &[Entry]) -> Result<Vec<(u64, FiledRow)>> {
    let row = |it: &Entry| {
        let first = filed_seq(&it.key.sort).filter(|it| 0 < *it);
        let first = first.ok_or_else(|| Error::Corrupt("filed events without a number".into()))?;
        Ok((first, minicbor::decode(&it.value)?))
    };
    entries.iter().map(row).collect()
}
