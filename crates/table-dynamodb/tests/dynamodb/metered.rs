//! An engine with the port's own meter, for an emulator that charges other units
//! than DynamoDB does.

use table::{
    BoxFuture, Changed, Entry, Error, FeedId, Key, Meter, Page, Result, Scan, Seq, Table, Usage,
    Write, limits,
};
use table_dynamodb::Dynamo;

/// Looks before each write what stands there, so it is right for one writer only.
#[derive(Debug)]
pub struct Metered {
    inner: Dynamo,
    meter: Meter,
}

impl Metered {
    pub fn new(inner: Dynamo) -> Self {
        Self { inner, meter: Meter::default() }
    }

    async fn found(&self, writes: &[Write]) -> Result<Vec<Option<Entry>>> {
        let mut found = Vec::new();
        for write in writes {
            found.push(self.inner.get(&write.key).await?);
        }
        Ok(found)
    }
}

fn len(entry: Option<&Entry>) -> Option<usize> {
    entry.map(|it| it.value.len())
}

impl Table for Metered {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(async move {
            let found = self.inner.get(key).await?;
            self.meter.count_get(found.as_ref().map(|it| limits::item_len(key, it.value.len())));
            Ok(found)
        })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(async move {
            let page = self.inner.scan(scan).await?;
            self.meter.count_scan(&page);
            Ok(page)
        })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            limits::check_batch(&batch)?;
            let found = self.found(&batch).await?;
            let answer = self.inner.write(batch.clone()).await;
            let conflict = matches!(answer, Err(Error::Conflict(_)));
            let told = |(write, found): (&Write, &Option<Entry>)| {
                let holds = write.guard.holds(found.as_ref().map(|it| it.version));
                len(found.as_ref().filter(|_| !conflict || !holds))
            };
            let old_lens: Vec<_> = batch.iter().zip(&found).map(told).collect();
            self.meter.count_write(&batch, &old_lens, conflict);
            answer
        })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            limits::check_each(&writes)?;
            let found = self.found(&writes).await?;
            let old_lens: Vec<_> = found.iter().map(|it| len(it.as_ref())).collect();
            self.meter.count_each(&writes, &old_lens);
            self.inner.write_each(writes).await
        })
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        self.inner.feeds()
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        self.inner.changes(feed, after, limit)
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        self.inner.changed(feed, after)
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        self.inner.newest(feed)
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        self.inner.trim(feed, up_to)
    }

    fn usage(&self) -> Usage {
        self.meter.usage()
    }
}
