//! Following the feed: what is not derived yet is never said to be.

use std::sync::Arc;

use domain::{event::Fact, id::Subject};
use futures::poll;
use table::{BoxFuture, Changed, Entry, FeedId, Key, Memory, Page, Scan, Seq, Table, Usage, Write};
use tokio::sync::Semaphore;

use crate::world::World;

/// A table whose writes wait until they are let through.
#[derive(Debug)]
struct Gated {
    inner: Memory,
    open: Semaphore,
}

impl Table for Gated {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, table::Result<Option<Entry>>> {
        self.inner.get(key)
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, table::Result<Page>> {
        self.inner.scan(scan)
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        Box::pin(async move {
            let _open = self.open.acquire().await.expect("it is never closed");
            self.inner.write(batch).await
        })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        Box::pin(async move {
            let _open = self.open.acquire().await.expect("it is never closed");
            self.inner.write_each(writes).await
        })
    }

    fn feeds(&self) -> BoxFuture<'_, table::Result<Vec<FeedId>>> {
        self.inner.feeds()
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, table::Result<Vec<Changed>>> {
        self.inner.changes(feed, after, limit)
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        self.inner.changed(feed, after)
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, table::Result<Seq>> {
        self.inner.newest(feed)
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, table::Result<()>> {
        self.inner.trim(feed, up_to)
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }
}

async fn behind(world: &World) -> usize {
    let mut all = 0;
    for feed in world.projector.feeds().await.unwrap() {
        all += world.projector.behind(feed).await.unwrap();
    }
    all
}

#[tokio::test]
async fn what_is_being_derived_still_counts_as_behind() {
    let gate = Arc::new(Gated { inner: Memory::default(), open: Semaphore::new(1) });
    let world = World::on(gate.clone());
    let package = world.package("1Z1").await;
    world.projector.catch_up().await.unwrap();
    world.say(Subject::Package(package), 2, Fact::Lost).await.unwrap();

    let closed = gate.open.acquire().await.unwrap();
    let mut following = Box::pin(world.projector.catch_up());
    assert!(poll!(following.as_mut()).is_pending(), "its row waits at the gate");
    assert_eq!(behind(&world).await, 1);

    drop(closed);
    following.await.unwrap();
    assert_eq!(behind(&world).await, 0);
}
