//! Entries of the log become rows: each event as it was logged, with its mark.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    id::Subject,
    leaf::{
        Logged,
        entry::{Access, Chunk, Entry},
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Guard, Key, Write};

use super::{Erasures, Restored, RestoringRow, Sources};
use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    log::stored::{MarkRow, MarksRow},
    people::access_row,
    rows::{Recorded, to_bytes},
};

/// Entries that become rows at once.
const BATCH: u64 = 8_192;
/// Rows read at the same time.
const AT_ONCE: usize = 256;

impl Service {
    /// Fills the store from where it got to; gives the chunks that the log tells of.
    pub(super) async fn fill(
        &self,
        mut row: RestoringRow,
        size: u64,
        sources: &Sources<'_>,
        done: &mut Restored,
        progress: &mut impl FnMut(u64),
    ) -> Result<Vec<Chunk>> {
        let files = self.log_files();
        let (mut at, mut chunks) = (0, Vec::new());
        while at < size {
            let part = at..size.min(at + BATCH);
            let entries = files.entries(part.clone(), size).await?;
            let (mut events, mut accesses, mut marks) = (Vec::new(), Vec::new(), Vec::new());
            for (index, bytes) in std::iter::zip(part.clone(), &entries) {
                let entry = Entry::from_bytes(bytes);
                let entry = entry
                    .map_err(|it| Error::Corrupt(format!("entry {index} of the log: {it}")))?;
                match entry {
                    Entry::Event(it) => events.push((index, it)),
                    Entry::Access(it) => accesses.push((index, it)),
                    Entry::Chunk(it) => {
                        let mark = to_bytes(&MarkRow { index });
                        marks.push(Write::put(
                            Row::ChunkMark(it.at, it.id).key(),
                            Guard::Any,
                            mark,
                        ));
                        chunks.push(it);
                    }
                }
            }
            done.events += events.len() as u64;
            if row.filled < part.end {
                self.write_each(marks).await?;
                self.fill_part(events, &accesses, sources.erasures).await?;
                row.filled = part.end;
                self.save_restoring(&row).await?;
                self.trim_behind().await?;
            }
            at = part.end;
            progress(at);
        }
        Ok(chunks)
    }

    async fn fill_part(
        &self,
        events: Vec<(u64, Logged)>,
        accesses: &[(u64, Access)],
        erasures: &Erasures,
    ) -> Result<()> {
        let mut writes: BTreeMap<Key, Write> = BTreeMap::new();
        let mut put = |key: Key, value: Vec<u8>| {
            writes.insert(key.clone(), Write::put(key, Guard::Any, value));
        };
        for ((subject, span), row) in self.marks_of(&events).await? {
            put(Row::Marks(subject, span).key(), to_bytes(&row));
        }
        for (_, Logged { event, seq, prev }) in events {
            let mut recorded = Recorded { event, seq, prev };
            if erasures.has(&recorded) {
                recorded.event.fact.erase();
            } else {
                recorded.event.fact.lose();
            }
            let (subject, id) = (recorded.event.subject, recorded.event.id);
            put(Row::Subject(subject).key(), Vec::new());
            put(Row::Event(subject, id).key(), to_bytes(&recorded));
        }
        for (index, it) in accesses {
            let (key, value) = access_row(it)?;
            put(key, value);
            put(Row::AccessMark(it.at, it.id).key(), to_bytes(&MarkRow { index: *index }));
        }
        self.write_each(writes.into_values().collect()).await
    }

    /// The rows of marks of these events, with where they are.
    async fn marks_of(
        &self,
        events: &[(u64, Logged)],
    ) -> Result<BTreeMap<(Subject, u64), MarksRow>> {
        let span = |it: &Logged| (it.event.subject, MarksRow::place(it.seq).0);
        let spans: BTreeSet<(Subject, u64)> = events.iter().map(|(_, it)| span(it)).collect();
        let each: Vec<_> = spans.into_iter().map(|it| self.marks_so_far(it)).collect();
        let mut rows: BTreeMap<_, _> =
            stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        for (index, it) in events {
            let row: &mut MarksRow = rows.get_mut(&span(it)).expect("it was read for this event");
            let place = MarksRow::place(it.seq).1;
            if !row.set(place, *index) && row.at(place) != Some(*index) {
                let (seq, subject) = (it.seq, it.event.subject);
                let why = format!("entry {index} of the log is event {seq} of {subject} again");
                return Err(Error::Corrupt(why));
            }
        }
        Ok(rows)
    }

    async fn marks_so_far(&self, of: (Subject, u64)) -> Result<((Subject, u64), MarksRow)> {
        let entry = self.table.get(&Row::Marks(of.0, of.1).key()).await?;
        let row = entry.map(|it| minicbor::decode(&it.value)).transpose()?;
        Ok((of, row.unwrap_or_default()))
    }

    /// Nobody follows the feeds of a store that is being made again.
    async fn trim_behind(&self) -> Result<()> {
        for feed in self.table.feeds().await? {
            let newest = self.table.newest(feed).await?;
            self.table.trim(feed, newest).await?;
        }
        Ok(())
    }
}
