//! Feeds made of rows, for those who may not read the table's own stream: only two
//! readers may, and there are more functions that want to know what changed.
//!
//! Whoever gets the stream delivered writes what others need to know once more, as
//! rows in a few shards, and these are the feeds of everybody else. The rows of a
//! feed are numbered without gaps, each written only if its number is free. So a
//! reader that sees a row has seen all before it, however many write.

mod rows;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::try_join_all;
use table::{
    BoxFuture, Changed, Entry, Error, FeedId, Guard, Key, Page, Result, Scan, Seq, Table, Usage,
    Write, limits, spread,
};

pub(crate) use rows::expires;
pub use rows::is_relay;
use rows::{Group, groups, key_of, number_of, piece, seq_of, shard_of};

/// How long a row can be read, in milliseconds. DynamoDB drops it later.
const KEPT_MS: u64 = 3_600_000;
/// For so long nobody asks where a feed ends who was there before.
const KNOWN_MS: u64 = KEPT_MS / 2;
/// What the first row's number is rounded down to, after all have expired: two who
/// begin together find the same one.
const ROUND_MS: u64 = 60_000;
/// Rows in one page.
const PAGE_ROWS: usize = 50;
/// How often a free number is looked for.
const TRIES_MAX: usize = 32;

/// A table whose feeds are rows that [`Relayed::relay`] wrote, here or in another
/// process. Order holds for each key, as long as one key's changes are relayed by
/// one process at a time. A batch that is relayed again, because whoever did it was
/// stopped before it could say so, is told again, whole: the last image of a key
/// is its last in the end.
#[derive(Debug)]
pub struct Relayed {
    inner: Arc<dyn Table>,
    feeds: usize,
    poll: Duration,
    /// The newest row of each feed that this process wrote or met, and when.
    ends: Mutex<HashMap<usize, (u64, u64)>>,
    /// The last change of each feed's row that was read last.
    read: Mutex<HashMap<usize, Seq>>,
}

impl Relayed {
    /// Over a table with this many feeds, at most 256: as many as whoever relays
    /// says. Waiting for a change looks again after `poll`.
    #[must_use]
    pub fn new(inner: Arc<dyn Table>, feeds: u8, poll: Duration) -> Self {
        let feeds = usize::from(feeds.max(1));
        Self { inner, feeds, poll, ends: Mutex::default(), read: Mutex::default() }
    }

    /// Tells the feeds' readers of these changes, as far as `keep` says that anybody
    /// wants to know. `now_ms` is the time in milliseconds since 1970. An error may
    /// leave some of them told: relay all again.
    pub async fn relay(
        &self,
        now_ms: u64,
        changes: &[Changed],
        keep: impl Fn(&Key) -> bool,
    ) -> Result<()> {
        let mut feeds: BTreeMap<usize, Vec<&Changed>> = BTreeMap::new();
        for change in changes.iter().filter(|it| !is_relay(&it.key) && keep(&it.key)) {
            feeds.entry(spread(&change.key.shard, self.feeds)).or_default().push(change);
        }
        let each: Vec<_> =
            feeds.into_iter().map(|(feed, told)| self.tell(feed, now_ms, told)).collect();
        try_join_all(each).await?;
        Ok(())
    }

    async fn tell(&self, feed: usize, now_ms: u64, changes: Vec<&Changed>) -> Result<()> {
        for group in groups(&changes) {
            self.append(feed, now_ms, &group).await?;
        }
        Ok(())
    }

    /// Puts the rows of a group under the next free numbers.
    async fn append(&self, feed: usize, now_ms: u64, group: &Group) -> Result<()> {
        let expires_s = (now_ms + KEPT_MS) / 1_000;
        for _ in 0..TRIES_MAX {
            let last = self.end(feed, now_ms).await?;
            let numbers = last + 1..;
            let writes = numbers
                .zip(group.rows(expires_s))
                .map(|(number, row)| Write::put(key_of(feed, number), Guard::Absent, row));
            let writes: Vec<Write> = writes.collect();
            let end = last + writes.len() as u64;
            match self.inner.write(writes).await {
                Ok(()) => {
                    self.ends().insert(feed, (end, now_ms));
                    return Ok(());
                }
                Err(Error::Conflict(_)) => {
                    self.ends().remove(&feed);
                }
                Err(other) => {
                    self.ends().remove(&feed);
                    return Err(other);
                }
            }
        }
        Err(Error::Unavailable(format!("others relay to feed {feed} all the time")))
    }

    /// The number of the newest row of a feed. If all have expired, one below which
    /// no row ever was: numbers grow more slowly than milliseconds.
    async fn end(&self, feed: usize, now_ms: u64) -> Result<u64> {
        if let Some((end, at)) = self.ends().get(&feed)
            && now_ms < at + KNOWN_MS
        {
            return Ok(*end);
        }
        let end = match self.newest_row(feed).await? {
            Some(entry) => number_of(&entry.key)?,
            None => now_ms - now_ms % ROUND_MS,
        };
        self.ends().insert(feed, (end, now_ms));
        Ok(end)
    }

    async fn newest_row(&self, feed: usize) -> Result<Option<Entry>> {
        let page = self.inner.scan(Scan::whole(shard_of(feed), 1).reversed()).await?;
        Ok(page.entries.into_iter().next())
    }

    async fn changes_after(&self, feed: FeedId, after: Seq, limit: usize) -> Result<Vec<Changed>> {
        limits::check_changes(limit)?;
        let at = self.index(feed)?;
        let row = (after >> rows::INDEX_BITS) as u64;
        // Whoever has read a row to its end is not given it again.
        let whole = after != 0 && self.read().get(&at) == Some(&after);
        let mut expected = (after != 0).then_some(row + u64::from(whole));
        let mut scan = Scan::whole(shard_of(at), PAGE_ROWS);
        scan.range.start = expected.unwrap_or(0).to_be_bytes().to_vec();
        let (mut found, mut pieces) = (Vec::new(), Vec::new());
        let mut next = Some(scan);
        while let Some(scan) = next {
            let page = self.inner.scan(scan).await?;
            next = page.rest;
            for entry in page.entries {
                let number = number_of(&entry.key)?;
                if expected.is_some_and(|it| it != number) {
                    if after != 0 {
                        return Err(Error::Trimmed(feed));
                    }
                    // Rows are dropped in no order: what is kept begins after the gap.
                    found.clear();
                    pieces.clear();
                }
                expected = Some(number + 1);
                let Some(changes) = piece(&mut pieces, &entry.value)? else { continue };
                let last = changes.len();
                for (index, told) in changes.into_iter().enumerate() {
                    let seq = seq_of(number, index);
                    if after < seq {
                        found.push(Changed { seq, ..told });
                    }
                    if found.len() == limit {
                        return Ok(self.noted(at, found, index + 1 == last));
                    }
                }
            }
        }
        Ok(self.noted(at, found, true))
    }

    /// Remembers that a row was read to its end.
    fn noted(&self, feed: usize, found: Vec<Changed>, whole: bool) -> Vec<Changed> {
        if let Some(last) = found.last().filter(|_| whole) {
            self.read().insert(feed, last.seq);
        }
        found
    }

    async fn newest_seq(&self, feed: FeedId) -> Result<Seq> {
        let at = self.index(feed)?;
        let Some(entry) = self.newest_row(at).await? else { return Ok(0) };
        Ok(seq_of(number_of(&entry.key)?, rows::last_index(&entry.value)?))
    }

    fn index(&self, feed: FeedId) -> Result<usize> {
        let at = usize::try_from(feed.0).ok().filter(|&at| at < self.feeds);
        at.ok_or_else(|| crate::no_feed(feed))
    }

    fn ends(&self) -> MutexGuard<'_, HashMap<usize, (u64, u64)>> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> MutexGuard<'_, HashMap<usize, Seq>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table for Relayed {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        self.inner.get(key)
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        self.inner.scan(scan)
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        self.inner.write(batch)
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        self.inner.write_each(writes)
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        Box::pin(async { Ok((0..self.feeds as u64).map(FeedId).collect()) })
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        Box::pin(self.changes_after(feed, after, limit))
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // An error shows when the changes are read.
            while self.changes_after(feed, after, 1).await.is_ok_and(|it| it.is_empty()) {
                tokio::time::sleep(self.poll).await;
            }
        })
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        Box::pin(self.newest_seq(feed))
    }

    /// Nothing to do: rows expire, and others read them.
    fn trim(&self, feed: FeedId, _: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.index(feed).map(|_| ()) })
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }
}

#[cfg(test)]
mod tests;
