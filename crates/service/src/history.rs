//! The history: the log once more as Parquet files, day by day, by what it is about.
//! What was logged today waits for tomorrow, unless it is much; small files of one day
//! become one. What somebody did is asked of these files and of what waits.

use std::cmp::Reverse;

pub use ::history::{Filter, Row as Line};
use ::history::{Segment, Written};
use domain::{
    event::Event,
    time::{DAY, Timestamp},
};
use futures::TryStreamExt;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use table::{Guard, Scan, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, SEGMENTS, segment_of_key},
    rows::to_bytes,
};

/// Most entries that are turned into files at once.
const ENTRIES_MAX: u64 = 65_536;
/// Most rows of files that become one.
const MERGED_MAX: u64 = 1_000_000;
/// Entries of the log that are looked through at once.
const TAIL: u64 = 16_384;
/// Rows read at once.
const PAGE: usize = 1_000;
/// How often is listed again what somebody else merges meanwhile.
const ATTEMPTS_MAX: usize = 8;

/// How far the log is in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HistoryRow {
    /// The first entry that is in none yet.
    #[n(0)]
    pub until: u64,
}

/// A file. Its key says its day and first entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SegmentRow {
    /// Its last entry.
    #[n(0)]
    pub last: u64,
    /// How many entries it has.
    #[n(1)]
    pub rows: u64,
    /// Its bytes.
    #[n(2)]
    pub len: u64,
    /// SHA-256 of it.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Entries that are in files from now on.
    pub entries: u64,
    /// Files that became part of others.
    pub merged: usize,
}

/// Entries that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The newest of the log first.
    pub entries: Vec<Line>,
    /// Whether there may be older ones.
    pub more: bool,
}

impl Service {
    /// Brings the history up to what was logged before today, and merges small files
    /// of days that are over. Any number may do so at once, and stop anywhere.
    pub async fn compact_history(&self) -> Result<Compacted> {
        let mut done = Compacted::default();
        loop {
            let entries = self.compact_once().await?;
            done.entries += entries;
            if entries == 0 {
                break;
            }
        }
        done.merged = self.merge_history().await?;
        Ok(done)
    }

    /// The entries of the log that a filter takes, the newest first, older than entry
    /// `before` if that is given.
    pub async fn find_logged(
        &self,
        filter: &Filter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Found> {
        for _ in 0..ATTEMPTS_MAX {
            match self.try_to_find_logged(filter, before, limit).await {
                // A file became part of another one meanwhile.
                Err(Error::NotFound(_)) => (),
                other => return other,
            }
        }
        Err(Error::Unavailable("the history is being rewritten".to_owned()))
    }

    /// Every file there is, by day and first entry.
    pub async fn segments(&self) -> Result<Vec<(Segment, SegmentRow)>> {
        self.segments_in(Scan::whole(SEGMENTS, PAGE)).await
    }

    async fn segments_in(&self, scan: Scan) -> Result<Vec<(Segment, SegmentRow)>> {
        let mut all = Vec::new();
        let mut next = Some(scan);
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let row: SegmentRow = minicbor::decode(&entry.value)?;
                let of = segment_of_key(&entry.key);
                let (day, first) = of.ok_or_else(|| Error::Corrupt("a file's row".to_owned()))?;
                all.push((Segment { day, first, last: row.last }, row));
            }
            next = page.rest;
        }
        Ok(all)
    }

    /// Looks that the rows name files of all entries that are in some, and makes rows and
    /// files again from the log if they do not.
    pub(crate) async fn restore_history(&self) -> Result<()> {
        let (row, guard) = self.history_row().await?;
        let segments = self.segments().await?;
        let named: u64 = segments.iter().map(|it| it.1.rows).sum();
        if 0 < row.until && named == row.until {
            return Ok(());
        }
        if 0 < row.until {
            let begun = to_bytes(&HistoryRow::default());
            self.table.write(vec![Write::put(Row::History.key(), guard, begun)]).await?;
        }
        let rows = segments.iter().map(|it| Row::Segment(it.0.day, it.0.first).key());
        self.write_each(rows.map(|key| Write::delete(key, Guard::Any)).collect()).await?;
        self.compact_history().await.map(drop)
    }

    /// The files of one day.
    pub(crate) async fn segments_of(&self, day: u32) -> Result<Vec<(Segment, SegmentRow)>> {
        self.segments_in(Scan::prefix(SEGMENTS, &day.to_be_bytes(), PAGE)).await
    }

    /// The first entry of the log that is in no file yet: so many are.
    pub(crate) async fn history_until(&self) -> Result<u64> {
        Ok(self.history_row().await?.0.until)
    }

    async fn compact_once(&self) -> Result<u64> {
        let (before, guard) = self.history_row().await?;
        let size = self.log_size().await?;
        let part = before.until..size.min(before.until + ENTRIES_MAX);
        if part.is_empty() {
            return Ok(0);
        }
        let is_much = part.end - part.start == ENTRIES_MAX;
        let mut lines = self.logged_lines(part, size).await?;
        if !is_much {
            let today = Segment::day_of(self.clock.now());
            let is_today = |it: &Line| today <= Segment::day_of(it.entry.recorded_at());
            lines.truncate(lines.iter().position(is_today).unwrap_or(lines.len()));
        }
        let count = lines.len() as u64;
        if count == 0 {
            return Ok(0);
        }
        let mut writes = Vec::new();
        lines.sort_by_key(|it| Segment::day_of(it.entry.recorded_at()));
        let day = |it: &Line| Segment::day_of(it.entry.recorded_at());
        for of_day in lines.chunk_by(|a, b| day(a) == day(b)) {
            if let Some(written) = ::history::write(day(&of_day[0]), of_day.to_vec())? {
                writes.push(self.keep_segment(&written).await?);
            }
        }
        let row = HistoryRow { until: before.until + count };
        writes.push(Write::put(Row::History.key(), guard, to_bytes(&row)));
        match self.table.write(writes).await {
            // Somebody else wrote the same files, under the same names.
            Ok(()) | Err(table::Error::Conflict(_)) => Ok(count),
            Err(other) => Err(other.into()),
        }
    }

    /// Puts a file where it belongs; what says so is still to be written.
    async fn keep_segment(&self, written: &Written) -> Result<Write> {
        let Written { segment, bytes, .. } = written;
        self.blobs.put_new(&segment.name(), bytes.clone()).await.map_err(::history::Error::from)?;
        let row = row_of(written);
        let key = Row::Segment(segment.day, segment.first).key();
        Ok(Write::put(key, Guard::Any, to_bytes(&row)))
    }

    /// Makes several files of a day that is over one.
    async fn merge_history(&self) -> Result<usize> {
        let today = Segment::day_of(self.clock.now());
        let (until, all) = (self.history_until().await?, self.segments().await?);
        let mut merged = 0;
        for of_day in all.chunk_by(|a, b| a.0.day == b.0.day) {
            let rows: u64 = of_day.iter().map(|it| it.1.rows).sum();
            let whole = of_day[0].0.day + 1 < today && of_day.iter().all(|it| it.0.last < until);
            if whole && 1 < of_day.len() && rows <= MERGED_MAX {
                self.merge_day(of_day).await?;
                merged += of_day.len();
            }
        }
        Ok(merged)
    }

    async fn merge_day(&self, files: &[(Segment, SegmentRow)]) -> Result<()> {
        let mut lines = Vec::new();
        for (segment, row) in files {
            lines.extend(self.whole_segment(*segment, row).await?);
        }
        let Some(written) = ::history::write(files[0].0.day, lines)? else { return Ok(()) };
        let mut writes = vec![self.keep_segment(&written).await?];
        for (segment, _) in files.iter().filter(|it| it.0.first != written.segment.first) {
            let key = Row::Segment(segment.day, segment.first).key();
            writes.push(Write::delete(key, Guard::Any));
        }
        // What filed events were left to is not removed before the new file is read back.
        self.check_segment(written.segment, &row_of(&written)).await?;
        self.table.write(writes).await?;
        for (segment, _) in files.iter().filter(|it| it.0 != written.segment) {
            self.blobs.delete(&segment.name()).await.map_err(::history::Error::from)?;
        }
        Ok(())
    }

    /// Looks that a file is what was written, every byte.
    pub(crate) async fn check_segment(&self, segment: Segment, row: &SegmentRow) -> Result<()> {
        let bytes = self.blobs.get(&segment.name()).await.map_err(::history::Error::from)?;
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        if digest == row.digest {
            return Ok(());
        }
        Err(Error::Corrupt(format!("{segment} is not what was written")))
    }

    /// All of a file, which must be what was written.
    async fn whole_segment(&self, segment: Segment, row: &SegmentRow) -> Result<Vec<Line>> {
        self.check_segment(segment, row).await?;
        let all = self.history.all(segment, row.len).await?;
        let lines: Vec<Vec<Line>> = all.try_collect().await?;
        Ok(lines.concat())
    }

    async fn try_to_find_logged(
        &self,
        filter: &Filter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Found> {
        let until = self.history_until().await?;
        let mut found = self.waiting_lines(filter, until, before, limit).await?;
        let mut files = self.segments().await?;
        files.sort_by_key(|it| Reverse(it.0.last));
        for (segment, row) in files {
            let oldest = found.last().map(|it| it.log_index);
            if limit < found.len() && oldest.is_some_and(|it| segment.last < it) {
                break;
            }
            let begins = Timestamp::from_millis(i64::from(segment.day) * DAY);
            let begins = begins.map_err(|it| Error::Corrupt(format!("{segment}: {it}")))?;
            let past = filter.until.is_some_and(|it| it <= begins);
            let early = filter.from.is_some_and(|it| begins.plus(DAY) <= it);
            if past || early || before.is_some_and(|it| it <= segment.first) {
                continue;
            }
            let mut chosen = self.history.chosen(segment, row.len, filter).await?;
            while let Some(lines) = chosen.try_next().await? {
                let older = |it: &Line| before.is_none_or(|before| it.log_index < before);
                found.extend(lines.into_iter().filter(older));
                keep_newest(&mut found, limit + 1);
            }
        }
        let more = limit < found.len();
        found.truncate(limit);
        Ok(Found { entries: found, more })
    }

    /// The same of what is in no file yet, and one more.
    async fn waiting_lines(
        &self,
        filter: &Filter,
        until: u64,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Line>> {
        let size = self.log_size().await?;
        let mut found = Vec::new();
        let mut end = before.unwrap_or(size).min(size);
        while until < end && found.len() <= limit {
            let start = until.max(end.saturating_sub(TAIL));
            let lines = self.logged_lines(start..end, size).await?;
            found.extend(lines.into_iter().rev().filter(|it| filter.takes(&it.entry)));
            end = start;
        }
        keep_newest(&mut found, limit + 1);
        Ok(found)
    }

    async fn logged_lines(&self, part: std::ops::Range<u64>, size: u64) -> Result<Vec<Line>> {
        let entries = self.log_files().entries(part.clone(), size).await?;
        let line = |(index, leaf)| Line::of(index, leaf).map_err(Error::from);
        std::iter::zip(part, entries).map(line).collect()
    }

    async fn history_row(&self) -> Result<(HistoryRow, Guard)> {
        match self.table.get(&Row::History.key()).await? {
            None => Ok((HistoryRow::default(), Guard::Absent)),
            Some(it) => Ok((minicbor::decode(&it.value)?, Guard::Unchanged(it.version))),
        }
    }
}

/// What is kept of a file.
fn row_of(written: &Written) -> SegmentRow {
    let Written { segment, bytes, rows } = written;
    let (len, digest) = (bytes.len() as u64, Sha256::digest(bytes).into());
    SegmentRow { last: segment.last, rows: *rows, len, digest }
}

/// The day of the file that has an event.
pub(crate) fn day_of(event: &Event) -> u32 {
    Segment::day_of(event.recorded_at)
}

fn keep_newest(found: &mut Vec<Line>, count: usize) {
    found.sort_by_key(|it| Reverse(it.log_index));
    found.truncate(count);
}

impl From<::history::Error> for Error {
    fn from(error: ::history::Error) -> Self {
        match error {
            ::history::Error::Corrupt(why) => Self::Corrupt(why),
            ::history::Error::Blobs(blobs::Error::Missing(name)) => {
                Self::NotFound(name.to_string())
            }
            ::history::Error::Blobs(blobs::Error::Unavailable(why)) => Self::Unavailable(why),
            ::history::Error::Blobs(other) => Self::Corrupt(other.to_string()),
        }
    }
}
