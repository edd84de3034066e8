//! The reference engine: ordered maps behind a lock. Its code is the definition
//! of what the other engines must do.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    BoxFuture, Change, Changed, Entry, Error, FeedId, Key, Meter, Page, Result, Scan, Seq, Table,
    Usage, Version, Watch, Write, collect_page, limits, spread,
};

/// Feeds of a table that was not seeded.
const FEEDS: usize = 4;

/// A table that lives and dies with the process.
#[derive(Debug)]
pub struct Memory {
    state: Mutex<State>,
    watches: Vec<Watch>,
    meter: Meter,
}

#[derive(Debug)]
struct State {
    entries: BTreeMap<Key, (Vec<u8>, Version)>,
    feeds: Vec<Feed>,
    writes: u128,
    dice: Option<Dice>,
}

#[derive(Debug, Default)]
struct Feed {
    kept: BTreeMap<Seq, Changed>,
    newest: Seq,
    trimmed: Seq,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::with_feeds(FEEDS, None)
    }

    /// An empty table that uses every liberty the feed's contract gives: how
    /// many feeds there are, the order they are listed in, how much one answer
    /// holds, and repeating what was delivered. The seed decides.
    #[must_use]
    pub fn shuffled(seed: u64) -> Self {
        let mut dice = Dice(seed);
        Self::with_feeds(1 + dice.below(7), Some(dice))
    }

    fn with_feeds(feeds: usize, dice: Option<Dice>) -> Self {
        let state = State {
            entries: BTreeMap::new(),
            feeds: (0..feeds).map(|_| Feed::default()).collect(),
            writes: 0,
            dice,
        };
        let watches = (0..feeds).map(|_| Watch::default()).collect();
        Self { state: Mutex::new(state), watches, meter: Meter::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get_now(&self, key: &Key) -> Result<Option<Entry>> {
        limits::check_key(key)?;
        let found = self.state().entries.get(key).cloned();
        self.meter.count_get(found.as_ref().map(|(value, _)| limits::item_len(key, value.len())));
        Ok(found.map(|(value, version)| Entry { key: key.clone(), value, version }))
    }

    fn scan_now(&self, scan: Scan) -> Result<Page> {
        limits::check_scan(&scan)?;
        let page = self.state().scan(scan)?;
        self.meter.count_scan(&page);
        Ok(page)
    }

    fn write_now(&self, batch: Vec<Write>) -> Result<()> {
        limits::check_batch(&batch)?;
        let mut state = self.state();
        let found: Vec<_> = batch.iter().map(|it| state.entries.get(&it.key)).collect();
        let mut old_lens: Vec<_> =
            found.iter().map(|it| it.map(|(value, _)| value.len())).collect();
        let holds: Vec<_> = batch
            .iter()
            .zip(&found)
            .map(|(write, found)| write.guard.holds(found.map(|(_, version)| *version)))
            .collect();
        if let Some(failed) = holds.iter().position(|it| !it) {
            let kept = old_lens.iter_mut().zip(holds).filter(|(_, holds)| *holds);
            kept.for_each(|(old_len, _)| *old_len = None);
            self.meter.count_write(&batch, &old_lens, true);
            return Err(Error::Conflict(batch[failed].key.clone()));
        }
        self.meter.count_write(&batch, &old_lens, false);
        for Write { key, change, .. } in batch {
            state.apply(key, change);
        }
        self.tell(state);
        Ok(())
    }

    fn write_each_now(&self, writes: Vec<Write>) -> Result<()> {
        limits::check_each(&writes)?;
        let mut state = self.state();
        let old_len = |it: &Write| state.entries.get(&it.key).map(|(value, _)| value.len());
        self.meter.count_each(&writes, &writes.iter().map(old_len).collect::<Vec<_>>());
        for Write { key, change, .. } in writes {
            state.apply(key, change);
        }
        self.tell(state);
        Ok(())
    }

    /// Tells everybody who waits for changes.
    fn tell(&self, state: MutexGuard<'_, State>) {
        let newest: Vec<Seq> = state.feeds.iter().map(|it| it.newest).collect();
        drop(state);
        for (watch, seq) in self.watches.iter().zip(newest) {
            if watch.newest() < seq {
                watch.advance(seq);
            }
        }
    }

    fn feeds_now(&self) -> Vec<FeedId> {
        let mut state = self.state();
        let mut feeds: Vec<FeedId> = (0..state.feeds.len() as u64).map(FeedId).collect();
        if let Some(dice) = &mut state.dice {
            for last in (1..feeds.len()).rev() {
                feeds.swap(last, dice.below(last + 1));
            }
        }
        feeds
    }

    fn changes_now(&self, feed: FeedId, after: Seq, limit: usize) -> Result<Vec<Changed>> {
        limits::check_changes(limit)?;
        let at = self.index(feed)?;
        let mut state = self.state();
        let State { feeds, dice, .. } = &mut *state;
        let Feed { kept, trimmed, .. } = &feeds[at];
        if after != 0 && after < *trimmed {
            return Err(Error::Trimmed(feed));
        }
        let newer = kept.range(after + 1..).map(|(_, changed)| changed);
        let Some(dice) = dice else { return Ok(newer.take(limit).cloned().collect()) };

        let total = 1 + dice.below(limit);
        let repeated = if dice.below(3) == 0 { dice.below(total) } else { 0 };
        let mut answer: Vec<Changed> =
            kept.range(..=after).rev().take(repeated).map(|(_, it)| it.clone()).collect();
        answer.reverse();
        let old = answer.len();
        answer.extend(newer.take(total - old).cloned());
        // An answer of repeats alone would lead its reader backwards.
        if answer.len() == old {
            answer.clear();
        }
        Ok(answer)
    }

    fn trim_now(&self, feed: FeedId, up_to: Seq) -> Result<()> {
        let at = self.index(feed)?;
        let feed = &mut self.state().feeds[at];
        feed.trimmed = feed.trimmed.max(up_to.min(feed.newest));
        feed.kept = feed.kept.split_off(&(feed.trimmed + 1));
        Ok(())
    }

    fn index(&self, feed: FeedId) -> Result<usize> {
        let at = usize::try_from(feed.0).ok().filter(|&at| at < self.watches.len());
        at.ok_or_else(|| Error::Invalid(format!("there is no feed {}", feed.0)))
    }
}

impl State {
    fn scan(&self, scan: Scan) -> Result<Page> {
        if scan.range.end <= scan.range.start {
            return Ok(Page { entries: Vec::new(), rest: None });
        }
        let start = Key::new(scan.shard.clone(), scan.range.start.clone());
        let end = Key::new(scan.shard.clone(), scan.range.end.clone());
        let found = self.entries.range(start..end).map(|(key, (value, version))| {
            Ok(Entry { key: key.clone(), value: value.clone(), version: *version })
        });
        if scan.reverse { collect_page(scan, found.rev()) } else { collect_page(scan, found) }
    }

    fn apply(&mut self, key: Key, change: Change) {
        let new = match change {
            Change::Put(value) => Some(value),
            Change::Delete => None,
            Change::Check => return,
        };
        let old = match &new {
            Some(value) => {
                self.writes += 1;
                let version = Version::from_raw(self.writes);
                self.entries.insert(key.clone(), (value.clone(), version))
            }
            None => self.entries.remove(&key),
        };
        if old.is_none() && new.is_none() {
            return;
        }
        let ways = self.feeds.len();
        let feed = &mut self.feeds[spread(&key.shard, ways)];
        feed.newest += 1;
        let seq = feed.newest;
        feed.kept.insert(seq, Changed { seq, key, old: old.map(|(value, _)| value), new });
    }
}

impl Table for Memory {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(async { self.get_now(key) })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(async { self.scan_now(scan) })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.write_now(batch) })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.write_each_now(writes) })
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        Box::pin(async { Ok(self.feeds_now()) })
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        Box::pin(async move { self.changes_now(feed, after, limit) })
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // An unknown feed fails in `changes`, so there is nothing to wait for.
            if let Ok(at) = self.index(feed) {
                self.watches[at].wait(after).await;
            }
        })
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        Box::pin(async move { Ok(self.state().feeds[self.index(feed)?].newest) })
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.trim_now(feed, up_to) })
    }

    fn usage(&self) -> Usage {
        self.meter.usage()
    }
}

/// SplitMix64: small, and the same on every platform.
#[derive(Debug)]
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }
}

#[cfg(test)]
mod tests;
