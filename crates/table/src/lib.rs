//! The storage port: one table of byte strings, ordered inside each shard, with
//! guarded all-or-nothing writes and a feed of every change.
//!
//! The contract is the smallest one that DynamoDB offers natively and an
//! embedded engine can offer trivially. Engines must not differ in any way a
//! caller can observe; the conformance suite says so in code.

mod entry;
mod error;
mod feed;
pub mod limits;
mod memory;
mod usage;

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
#[cfg(any(test, feature = "conformance"))]
mod faulty;
#[cfg(any(test, feature = "conformance"))]
mod mirror;

use std::{fmt, pin::Pin};

pub use entry::{Change, Entry, Guard, Key, Page, Scan, Version, Write, collect_page};
pub use error::{Error, Result};
#[cfg(any(test, feature = "conformance"))]
pub use faulty::{Fault, Faulty};
pub use feed::{Changed, FeedId, Seq, Watch, spread};
pub use memory::Memory;
#[cfg(any(test, feature = "conformance"))]
pub use mirror::Mirror;
pub use usage::{Meter, Usage, write_units};

/// A future that can cross threads and trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The port.
///
/// **Consistency.** A read sees every write that returned before it began.
/// **Durability.** A write that returned `Ok` survives a crash of the process
/// and of the machine (the memory engine excepted).
/// **Cancelling.** A batch whose future was polled once may apply even if the
/// future is dropped; one that was never polled does nothing.
///
/// **The feed.** Every applied `Put`, and every `Delete` of an existing entry,
/// appears in exactly one feed, soon after its write returned. All changes of
/// one key, in fact of one shard, appear in one feed, in the order they
/// applied; nothing is promised about the order between feeds, nor about the
/// changes of one batch staying together. Delivery is at least once: see
/// [`Table::changes`].
pub trait Table: fmt::Debug + Send + Sync + 'static {
    /// Reads one entry.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>>;

    /// Reads entries of one shard in key order. A page may be shorter than the
    /// limit; only `rest` says whether to go on.
    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>>;

    /// Applies every write of the batch, or none. Keys must be distinct.
    /// `Conflict` names the first write of the batch whose guard failed.
    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>>;

    /// Applies every one of these puts and deletes, each by itself and in no
    /// order: for rows that can be made again, which need no transaction, which
    /// would cost twice as much. Keys must be distinct, and nothing guarded.
    /// After an error each of them may have applied or not: write all again.
    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>>;

    /// Lists the feeds, in no order. The list may grow; a feed keeps its id.
    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>>;

    /// Reads the changes of one feed that are newer than `after`, oldest first,
    /// at most `limit` of them, at once: an empty answer means there is nothing
    /// newer yet. `after` is the `seq` of the last change that was dealt with,
    /// or 0 for the oldest still kept.
    ///
    /// Delivery is at least once: the answer may begin with changes at or
    /// before `after`, but the last one is always newer, so following the last
    /// `seq` of each answer loses nothing and always makes progress.
    ///
    /// `Trimmed` when changes after a nonzero `after` are no longer kept.
    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>>;

    /// Completes once the feed holds a change newer than `after`, or once
    /// [`Table::changes`] would fail. Nothing is polled while waiting.
    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()>;

    /// The `seq` of the newest change of a feed, 0 if there never was one:
    /// where to follow from after rebuilding everything from the entries.
    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>>;

    /// Says that no reader needs the changes at or before `up_to` again.
    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>>;

    /// What was used since the engine was opened, in the units DynamoDB bills.
    fn usage(&self) -> Usage;
}
