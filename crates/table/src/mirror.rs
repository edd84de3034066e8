//! An engine that runs two engines side by side and panics when they differ.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

use crate::{
    BoxFuture, Changed, Entry, FeedId, Guard, Key, Page, Result, Scan, Seq, Table, Usage, Version,
    Write,
    conformance::{drain, histories},
};

/// Two engines that must behave as one: same answers, same refusals, same
/// usage, same history of every key in the feeds. Callers may be many; the
/// mirror serves them one after the other.
#[derive(Debug)]
pub struct Mirror {
    left: Arc<dyn Table>,
    right: Arc<dyn Table>,
    /// Versions are opaque and differ between engines: right's by left's.
    versions: Mutex<HashMap<(Key, Version), Version>>,
    cursors: Mutex<[BTreeMap<FeedId, Seq>; 2]>,
    turnstile: Turnstile,
    usage_before: [Usage; 2],
}

impl Mirror {
    /// Pairs two empty tables. Callers see the versions and feeds of `left`.
    #[must_use]
    pub fn new(left: Arc<dyn Table>, right: Arc<dyn Table>) -> Self {
        let usage_before = [left.usage(), right.usage()];
        Self {
            left,
            right,
            versions: Mutex::default(),
            cursors: Mutex::default(),
            turnstile: Turnstile::default(),
            usage_before,
        }
    }

    /// Reads on in the feeds of both and compares every key's history since the
    /// last comparison.
    pub async fn compare_feeds(&self) {
        let _turn = self.turnstile.enter().await;
        self.compare_feeds_in_turn().await;
    }

    async fn compare_feeds_in_turn(&self) {
        let [mut left, mut right] = lock(&self.cursors).clone();
        let lefts = histories(drain(&*self.left, &mut left, 1_000).await);
        let rights = histories(drain(&*self.right, &mut right, 1_000).await);
        assert_eq!(lefts, rights, "histories in the feeds");
        *lock(&self.cursors) = [left, right];
    }

    /// A version that `right` never gave stands for one `left` never gave.
    fn translate(&self, mut batch: Vec<Write>) -> Vec<Write> {
        let versions = lock(&self.versions);
        for write in &mut batch {
            if let Guard::Unchanged(version) = &mut write.guard {
                let right = versions.get(&(write.key.clone(), *version)).copied();
                *version = right.unwrap_or(Version::from_raw(u128::MAX));
            }
        }
        batch
    }

    /// Compares two entries and remembers which versions belong together.
    fn pair(&self, left: &Entry, right: &Entry) {
        assert_eq!((&left.key, &left.value), (&right.key, &right.value));
        let at = (left.key.clone(), left.version);
        let known = lock(&self.versions).insert(at, right.version);
        assert!(known.is_none_or(|it| it == right.version), "versions of {}", left.key);
    }

    fn compare_usage(&self) {
        let used = self.left.usage() - self.usage_before[0];
        assert_eq!(used, self.right.usage() - self.usage_before[1], "usage");
    }

    async fn get_in_turn(&self, key: &Key) -> Result<Option<Entry>> {
        let left = self.left.get(key).await;
        let right = self.right.get(key).await;
        match (&left, &right) {
            (Ok(Some(left)), Ok(Some(right))) => self.pair(left, right),
            (Err(left), Err(right)) => assert_eq!(left, right, "get {key}"),
            (left, right) => assert_eq!(left, right, "get {key}"),
        }
        self.compare_usage();
        left
    }

    async fn scan_in_turn(&self, scan: Scan) -> Result<Page> {
        let left = self.left.scan(scan.clone()).await;
        let right = self.right.scan(scan.clone()).await;
        match (&left, &right) {
            (Ok(left), Ok(right)) => {
                assert_eq!(left.entries.len(), right.entries.len(), "{scan:?}");
                left.entries.iter().zip(&right.entries).for_each(|(l, r)| self.pair(l, r));
                assert_eq!(left.rest, right.rest, "the rest of {scan:?}");
            }
            (left, right) => assert_eq!(left, right, "{scan:?}"),
        }
        self.compare_usage();
        left
    }

    async fn write_in_turn(&self, batch: Vec<Write>) -> Result<()> {
        let translated = self.translate(batch.clone());
        let left = self.left.write(batch).await;
        let right = self.right.write(translated).await;
        assert_eq!(left, right, "write");
        self.compare_usage();
        left
    }
}

impl Table for Mirror {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(async move {
            let _turn = self.turnstile.enter().await;
            self.get_in_turn(key).await
        })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(async move {
            let _turn = self.turnstile.enter().await;
            self.scan_in_turn(scan).await
        })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let _turn = self.turnstile.enter().await;
            self.write_in_turn(batch).await
        })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let _turn = self.turnstile.enter().await;
            let left = self.left.write_each(writes.clone()).await;
            let right = self.right.write_each(writes).await;
            assert_eq!(left, right, "write_each");
            self.compare_usage();
            left
        })
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        self.left.feeds()
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        self.left.changes(feed, after, limit)
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        self.left.changed(feed, after)
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        self.left.newest(feed)
    }

    /// Trims left as asked; right, whose numbers differ, up to what was compared.
    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let _turn = self.turnstile.enter().await;
            self.compare_feeds_in_turn().await;
            self.left.trim(feed, up_to).await?;
            let compared = lock(&self.cursors)[1].clone();
            for (feed, seq) in compared {
                self.right.trim(feed, seq).await?;
            }
            Ok(())
        })
    }

    fn usage(&self) -> Usage {
        self.left.usage()
    }
}

/// Lets one task through at a time.
#[derive(Debug, Default)]
struct Turnstile(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    taken: bool,
    waiting: VecDeque<Waker>,
}

struct Turn<'a>(&'a Turnstile);

impl Turnstile {
    async fn enter(&self) -> Turn<'_> {
        poll_fn(|context| {
            let mut queue = lock(&self.0);
            if queue.taken {
                queue.waiting.push_back(context.waker().clone());
                return Poll::Pending;
            }
            queue.taken = true;
            Poll::Ready(Turn(self))
        })
        .await
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queue = lock(&self.0.0);
        queue.taken = false;
        // Everyone, because a woken task may be gone and could not pass it on.
        let waiting = std::mem::take(&mut queue.waiting);
        drop(queue);
        waiting.into_iter().for_each(Waker::wake);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
