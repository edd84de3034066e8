//! The change feed: what a change says, and waiting for one without polling.

use std::{
    collections::HashMap,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use crate::Key;

/// Where a change stands in its feed: grows with every change, never reused,
/// with gaps. 0 is before the first. Wide enough for DynamoDB's own numbers.
pub type Seq = u128;

/// Names one feed of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedId(pub u64);

/// One change of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Where it stands in its feed; no two changes of a feed share it.
    pub seq: Seq,
    /// The entry that changed.
    pub key: Key,
    /// The value before, or `None` if the entry was created.
    pub old: Option<Vec<u8>>,
    /// The value after, or `None` if the entry was deleted.
    pub new: Option<Vec<u8>>,
}

/// Spreads shards over `ways` feeds (FNV-1a, 64 bits). Engines store what
/// follows from it, so it never changes.
pub fn spread(shard: &[u8], ways: usize) -> usize {
    let hash = shard.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    // The low bits of FNV alone repeat for short names; the high ones mix in.
    ((hash ^ (hash >> 32)) % ways as u64) as usize
}

/// The newest `seq` of one feed, and everyone who waits for a newer one.
#[derive(Debug, Default)]
pub struct Watch(Mutex<Watched>);

#[derive(Debug, Default)]
struct Watched {
    newest: Seq,
    closed: bool,
    waiting: HashMap<u64, Waker>,
    next_waiter: u64,
}

impl Watch {
    /// Starts at `newest`.
    pub fn new(newest: Seq) -> Self {
        Self(Mutex::new(Watched { newest, ..Watched::default() }))
    }

    /// The newest `seq` announced.
    pub fn newest(&self) -> Seq {
        self.lock().newest
    }

    /// Announces changes up to `seq` and wakes everyone.
    pub fn advance(&self, seq: Seq) {
        let mut watched = self.lock();
        watched.newest = watched.newest.max(seq);
        wake_all(watched);
    }

    /// Says that nothing will come any more: every wait, also a later one, ends.
    pub fn close(&self) {
        let mut watched = self.lock();
        watched.closed = true;
        wake_all(watched);
    }

    /// Completes once something newer than `after` was announced, or on close.
    pub fn wait(&self, after: Seq) -> impl Future<Output = ()> + Send + '_ {
        Waiting { watch: self, after, waiter: None }
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakers run outside the lock: one may poll its future, which takes the lock.
fn wake_all(mut watched: MutexGuard<'_, Watched>) {
    let waiting = std::mem::take(&mut watched.waiting);
    drop(watched);
    waiting.into_values().for_each(Waker::wake);
}

struct Waiting<'a> {
    watch: &'a Watch,
    after: Seq,
    waiter: Option<u64>,
}

impl Future for Waiting<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut watched = self.watch.lock();
        if watched.closed || self.after < watched.newest {
            return Poll::Ready(());
        }
        let waiter = self.waiter.unwrap_or(watched.next_waiter);
        watched.next_waiter = watched.next_waiter.max(waiter + 1);
        watched.waiting.insert(waiter, context.waker().clone());
        drop(watched);
        self.waiter = Some(waiter);
        Poll::Pending
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(waiter) = self.waiter {
            self.watch.lock().waiting.remove(&waiter);
        }
    }
}

#[cfg(test)]
mod tests;
