//! A table as functions know it: nobody reads its feeds, changes are handed over.

use std::sync::Arc;

use table::{
    BoxFuture, Changed, Entry, Error, FeedId, Key, Page, Result, Scan, Seq, Table, Usage, Write,
};

#[derive(Debug)]
pub struct Feedless(pub Arc<dyn Table>);

impl Table for Feedless {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        self.0.get(key)
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        self.0.scan(scan)
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        self.0.write(batch)
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        self.0.write_each(writes)
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn changes(&self, feed: FeedId, _: Seq, _: usize) -> BoxFuture<'_, Result<Vec<Changed>>> {
        Box::pin(async move { Err(Error::Invalid(format!("feed {} is not read", feed.0))) })
    }

    fn changed(&self, _: FeedId, _: Seq) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        Box::pin(async move { Err(Error::Invalid(format!("feed {} is not read", feed.0))) })
    }

    fn trim(&self, feed: FeedId, _: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { Err(Error::Invalid(format!("feed {} is not read", feed.0))) })
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}
