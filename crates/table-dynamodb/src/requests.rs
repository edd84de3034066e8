//! What was asked of DynamoDB: requests by operation, and the units it charged.

use std::{
    array, fmt,
    ops::Sub,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use table::{Usage, Write, write_units};

/// An operation of DynamoDB, as its price list and its permissions name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    GetItem,
    Query,
    PutItem,
    DeleteItem,
    TransactWriteItems,
    BatchWriteItem,
    #[cfg_attr(not(feature = "streams"), expect(dead_code, reason = "no stream is read"))]
    GetRecords,
    #[cfg_attr(not(feature = "streams"), expect(dead_code, reason = "no stream is read"))]
    DescribeStream,
    #[cfg_attr(not(feature = "streams"), expect(dead_code, reason = "no stream is read"))]
    GetShardIterator,
}

const OPERATIONS: usize = 9;
const NAMES: [&str; OPERATIONS] = [
    "GetItem",
    "Query",
    "PutItem",
    "DeleteItem",
    "TransactWriteItems",
    "BatchWriteItem",
    "GetRecords",
    "DescribeStream",
    "GetShardIterator",
];

/// How often each operation was asked for, retries included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field has the name of the operation it counts")]
pub struct Requests {
    pub get_item: u64,
    pub query: u64,
    pub put_item: u64,
    pub delete_item: u64,
    pub transact_write_items: u64,
    pub batch_write_item: u64,
    pub get_records: u64,
    pub describe_stream: u64,
    pub get_shard_iterator: u64,
}

impl Requests {
    /// All of them.
    #[must_use]
    pub fn all(self) -> u64 {
        self.counts().into_iter().sum()
    }

    fn counts(self) -> [u64; OPERATIONS] {
        [
            self.get_item,
            self.query,
            self.put_item,
            self.delete_item,
            self.transact_write_items,
            self.batch_write_item,
            self.get_records,
            self.describe_stream,
            self.get_shard_iterator,
        ]
    }

    fn of(counts: [u64; OPERATIONS]) -> Self {
        let [
            get_item,
            query,
            put_item,
            delete_item,
            transact_write_items,
            batch_write_item,
            get_records,
            describe_stream,
            get_shard_iterator,
        ] = counts;
        Self {
            get_item,
            query,
            put_item,
            delete_item,
            transact_write_items,
            batch_write_item,
            get_records,
            describe_stream,
            get_shard_iterator,
        }
    }
}

impl fmt::Display for Requests {
    /// `2 GetItem, 1 PutItem`: those that there were.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.counts().into_iter().zip(NAMES).filter(|(count, _)| *count != 0);
        let told: Vec<String> = all.map(|(count, name)| format!("{count} {name}")).collect();
        f.write_str(if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }.as_str())
    }
}

impl Sub for Requests {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        let (now, then) = (self.counts(), earlier.counts());
        Self::of(array::from_fn(|at| now[at] - then[at]))
    }
}

/// Counts [`Usage`] as DynamoDB says it, and [`Requests`].
#[derive(Debug, Default)]
pub(crate) struct Meter {
    requests: [AtomicU64; OPERATIONS],
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
    pub(crate) fn count_request(&self, operation: Operation) {
        self.requests[operation as usize].fetch_add(1, Relaxed);
    }

    pub(crate) fn count_get(&self, found: bool, charged: Option<&ConsumedCapacity>) {
        self.gets.fetch_add(1, Relaxed);
        self.items_read.fetch_add(u64::from(found), Relaxed);
        self.read_units.fetch_add(units(charged), Relaxed);
    }

    pub(crate) fn count_scan(&self, found: usize, charged: Option<&ConsumedCapacity>) {
        self.scans.fetch_add(1, Relaxed);
        self.items_read.fetch_add(found as u64, Relaxed);
        self.read_units.fetch_add(units(charged), Relaxed);
    }

    /// Counts a scan of which the range alone tells that it finds nothing: one unit,
    /// as every engine does, though nothing is asked.
    pub(crate) fn count_empty_scan(&self) {
        self.scans.fetch_add(1, Relaxed);
        self.read_units.fetch_add(1, Relaxed);
    }

    /// Counts a valid batch, however it ends.
    pub(crate) fn count_batch(&self, writes: usize) {
        self.writes.fetch_add(1, Relaxed);
        self.items_written.fetch_add(writes as u64, Relaxed);
    }

    pub(crate) fn count_charged<'a>(
        &self,
        charged: impl IntoIterator<Item = &'a ConsumedCapacity>,
    ) {
        let sum = charged.into_iter().map(|it| units(Some(it))).sum();
        self.write_units.fetch_add(sum, Relaxed);
    }

    /// Counts a batch that a guard stopped. DynamoDB charges it and does not say how
    /// much; `old_lens` are the values it showed, those under guards that failed.
    pub(crate) fn count_conflict(&self, batch: &[Write], old_lens: &[Option<usize>]) {
        self.conflicts.fetch_add(1, Relaxed);
        self.write_units.fetch_add(write_units(batch, old_lens), Relaxed);
    }

    pub(crate) fn requests(&self) -> Requests {
        Requests::of(array::from_fn(|at| self.requests[at].load(Relaxed)))
    }

    pub(crate) fn usage(&self) -> Usage {
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

/// Whole ones, since every read is strongly consistent.
fn units(charged: Option<&ConsumedCapacity>) -> u64 {
    charged.and_then(ConsumedCapacity::capacity_units).unwrap_or_default().round() as u64
}
