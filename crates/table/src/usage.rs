//! What the calls would cost on DynamoDB, metered by every engine alike.

use std::{
    ops::Sub,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::{Change, Page, Write, limits::item_len};

/// One read unit covers this much, in bytes.
const READ_UNIT_LEN: usize = 4_096;
/// One write unit covers this much, in bytes.
const WRITE_UNIT_LEN: usize = 1_024;

/// Calls, items, and the units DynamoDB would charge for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Calls of `get`.
    pub gets: u64,
    /// Calls of `scan`, each page one.
    pub scans: u64,
    /// Calls of `write` and `write_each`, each batch one, conflicts included.
    pub writes: u64,
    /// Batches that a guard stopped.
    pub conflicts: u64,
    /// Entries returned by `get` and `scan`.
    pub items_read: u64,
    /// Writes inside the batches, conflicts included.
    pub items_written: u64,
    /// Read units: every read is strongly consistent.
    pub read_units: u64,
    /// Write units, those of refused batches included.
    pub write_units: u64,
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            gets: self.gets - earlier.gets,
            scans: self.scans - earlier.scans,
            writes: self.writes - earlier.writes,
            conflicts: self.conflicts - earlier.conflicts,
            items_read: self.items_read - earlier.items_read,
            items_written: self.items_written - earlier.items_written,
            read_units: self.read_units - earlier.read_units,
            write_units: self.write_units - earlier.write_units,
        }
    }
}

/// Counts [`Usage`] for an engine.
#[derive(Debug, Default)]
pub struct Meter {
    gets: AtomicU64,
    scans: AtomicU64,
    writes: AtomicU64,
    conflicts: AtomicU64,
    items_read: AtomicU64,
    items_written: AtomicU64,
    read_units: AtomicU64,
    write_units: AtomicU64,
}

impl Meter {
    /// Counts one `get` that found an item of this size, or none.
    pub fn count_get(&self, found_len: Option<usize>) {
        self.gets.fetch_add(1, Relaxed);
        self.items_read.fetch_add(u64::from(found_len.is_some()), Relaxed);
        self.read_units.fetch_add(units(found_len.unwrap_or(0), READ_UNIT_LEN), Relaxed);
    }

    /// Counts one page of a scan. DynamoDB rounds the page up, not each item.
    pub fn count_scan(&self, page: &Page) {
        let len = page.entries.iter().map(|it| item_len(&it.key, it.value.len())).sum();
        self.scans.fetch_add(1, Relaxed);
        self.items_read.fetch_add(page.entries.len() as u64, Relaxed);
        self.read_units.fetch_add(units(len, READ_UNIT_LEN), Relaxed);
    }

    /// Counts one valid batch, applied or stopped by a guard. `old_lens` are the
    /// lengths of the values that stood under the keys of the batch, in its order;
    /// of a batch that was stopped, only under guards that failed, because
    /// DynamoDB shows no others.
    pub fn count_write(&self, batch: &[Write], old_lens: &[Option<usize>], conflict: bool) {
        self.writes.fetch_add(1, Relaxed);
        self.conflicts.fetch_add(u64::from(conflict), Relaxed);
        self.items_written.fetch_add(batch.len() as u64, Relaxed);
        self.write_units.fetch_add(write_units(batch, old_lens), Relaxed);
    }

    /// Counts writes that were each applied by itself: none is a transaction.
    pub fn count_each(&self, writes: &[Write], old_lens: &[Option<usize>]) {
        self.writes.fetch_add(1, Relaxed);
        self.items_written.fetch_add(writes.len() as u64, Relaxed);
        self.write_units.fetch_add(sum_units(writes, old_lens), Relaxed);
    }

    /// What was counted so far.
    pub fn usage(&self) -> Usage {
        Usage {
            gets: self.gets.load(Relaxed),
            scans: self.scans.load(Relaxed),
            writes: self.writes.load(Relaxed),
            conflicts: self.conflicts.load(Relaxed),
            items_read: self.items_read.load(Relaxed),
            items_written: self.items_written.load(Relaxed),
            read_units: self.read_units.load(Relaxed),
            write_units: self.write_units.load(Relaxed),
        }
    }
}

/// The write units of one batch over values of these lengths: twice the sum in a
/// transaction, which a single `Check` needs too. A failed condition is charged like
/// a success.
pub fn write_units(batch: &[Write], old_lens: &[Option<usize>]) -> u64 {
    let single = matches!(batch, [Write { change: Change::Put(_) | Change::Delete, .. }]);
    let sum = sum_units(batch, old_lens);
    if single { sum } else { 2 * sum }
}

/// The larger of each item before and after, in 1 KB steps, at least one.
fn sum_units(batch: &[Write], old_lens: &[Option<usize>]) -> u64 {
    batch
        .iter()
        .zip(old_lens)
        .map(|(Write { key, change, .. }, old_len)| {
            let old = old_len.map_or(0, |len| item_len(key, len));
            let new = if let Change::Put(value) = change { item_len(key, value.len()) } else { 0 };
            units(old.max(new), WRITE_UNIT_LEN)
        })
        .sum()
}

fn units(len: usize, unit_len: usize) -> u64 {
    len.div_ceil(unit_len).max(1) as u64
}

#[cfg(test)]
mod tests;
