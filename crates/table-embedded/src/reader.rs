//! Reading: entries, pages and changes, on the caller's thread.
//!
//! Every read looks at one snapshot, which shows whole commits only, and only
//! once they are durable.

use fjall::{Database, Keyspace, Readable};
use table::{Changed, Entry, Error, FeedId, Key, Page, Result, Scan, Seq, collect_page, limits};

use crate::{FEEDS, Shared, corrupt, feed_index, stored};

/// Rows of changes deleted in one commit at most.
const TRIM_ROWS_MAX: usize = 1_000;

impl Shared {
    pub(crate) fn get(&self, key: &Key) -> Result<Option<Entry>> {
        limits::check_key(key)?;
        self.alive()?;
        let item_key = stored::item_key(&key.shard, &key.sort);
        let found = self.db.snapshot().get(&self.items, item_key).map_err(corrupt)?;
        let entry = found.map(|it| stored::read_entry(key.clone(), &it)).transpose()?;
        self.meter.count_get(entry.as_ref().map(|it| limits::item_len(key, it.value.len())));
        Ok(entry)
    }

    pub(crate) fn scan(&self, scan: Scan) -> Result<Page> {
        limits::check_scan(&scan)?;
        self.alive()?;
        if scan.range.end <= scan.range.start {
            let page = Page { entries: Vec::new(), rest: None };
            self.meter.count_scan(&page);
            return Ok(page);
        }
        let start = stored::item_key(&scan.shard, &scan.range.start);
        let end = stored::item_key(&scan.shard, &scan.range.end);
        let shard = scan.shard.clone();
        let found = self.db.snapshot().range(&self.items, start..end);
        let read = |guard: fjall::Guard| {
            let (item_key, item) = guard.into_inner().map_err(corrupt)?;
            let sort = stored::sort_of(&item_key, &shard)?;
            stored::read_entry(Key::new(shard.as_slice(), sort), &item)
        };
        let page = if scan.reverse {
            collect_page(scan, found.rev().map(read))
        } else {
            collect_page(scan, found.map(read))
        }?;
        self.meter.count_scan(&page);
        Ok(page)
    }

    pub(crate) fn changes(&self, feed: FeedId, after: Seq, limit: usize) -> Result<Vec<Changed>> {
        limits::check_changes(limit)?;
        self.alive()?;
        let at = feed_index(feed)?;
        let snapshot = self.db.snapshot();
        // From the same snapshot as the rows: a trim in between cannot hide a gap.
        let trimmed = trimmed(&snapshot, &self.feeds, at)?;
        if after != 0 && after < Seq::from(trimmed) {
            return Err(Error::Trimmed(feed));
        }
        let mut changes = Vec::new();
        let Ok(after) = u64::try_from(after) else { return Ok(changes) };
        let after = after.max(trimmed);
        let Some(first) = after.checked_add(1) else { return Ok(changes) };
        let rows = stored::row_key(at, first)..=stored::row_key(at, u64::MAX);
        for guard in snapshot.range(&self.feeds, rows) {
            let row = guard.value().map_err(corrupt)?;
            stored::read_row(&row, after, limit, &mut changes)?;
            if changes.len() == limit {
                break;
            }
        }
        Ok(changes)
    }

    /// The oldest rows that hold nothing newer than `up_to`, and the mark to set
    /// when they are gone. `None` once the feed is trimmed so far.
    pub(crate) fn rows_to_trim(
        &self,
        feed: usize,
        up_to: u64,
    ) -> Result<Option<(Vec<[u8; 9]>, u64)>> {
        let snapshot = self.db.snapshot();
        // The search starts past the deleted rows, which would slow it down.
        let trimmed = trimmed(&snapshot, &self.feeds, feed)?;
        if up_to <= trimmed {
            return Ok(None);
        }
        let mut last = up_to;
        let mut rows = Vec::new();
        let range = stored::row_key(feed, trimmed)..=stored::row_key(feed, up_to);
        for guard in snapshot.range(&self.feeds, range).take(TRIM_ROWS_MAX) {
            last = stored::last_seq_of(&guard.key().map_err(corrupt)?)?;
            rows.push(stored::row_key(feed, last));
        }
        let mark = if rows.len() < TRIM_ROWS_MAX { up_to } else { last };
        Ok(Some((rows, mark)))
    }
}

/// The newest seq of each feed, when the folder is opened.
pub(crate) fn newest_of_all(db: &Database, feeds: &Keyspace) -> Result<[u64; FEEDS]> {
    let snapshot = db.snapshot();
    let mut newest = [0; FEEDS];
    for (feed, newest) in newest.iter_mut().enumerate() {
        let rows = stored::row_key(feed, 0)..=stored::row_key(feed, u64::MAX);
        let last = snapshot.range(feeds, rows).next_back();
        let kept = match last {
            Some(guard) => stored::last_seq_of(&guard.key().map_err(corrupt)?)?,
            None => 0,
        };
        // All rows may be trimmed; numbers go on all the same.
        *newest = kept.max(trimmed(&snapshot, feeds, feed)?);
    }
    Ok(newest)
}

/// Up to where a feed was trimmed.
pub(crate) fn trimmed(snapshot: &impl Readable, feeds: &Keyspace, feed: usize) -> Result<u64> {
    let mark = snapshot.get(feeds, stored::trimmed_key(feed)).map_err(corrupt)?;
    mark.map_or(Ok(0), |it| stored::read_trimmed(&it))
}

#[cfg(test)]
mod tests;
