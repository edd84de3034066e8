//! The storage port over one on-demand DynamoDB table.
//!
//! One guarded write is one conditional call, several are one transaction, and
//! what needs neither goes 25 in a call. Retrying is done here and not in the
//! SDK, which would hide that a write was sent twice: every write carries a
//! version of its own, so that a lost answer can be asked for.
//!
//! | attribute | what it is |
//! |---|---|
//! | `pk` (binary, partition key) | the shard |
//! | `sk` (binary, sort key) | the sort key |
//! | `v` (binary, 16 bytes) | the version |
//! | `d` (binary) | the value |
//! | `x` (number) | when DynamoDB may drop the item, in seconds since 1970; only where it may |
//!
//! Begin at [`Dynamo`]. Functions that are handed the stream's changes read them with
//! [`decode`] and tell others with [`Relayed`].

mod asking;
mod creating;
mod each;
#[cfg(feature = "emulated")]
pub mod emulated;
mod item;
mod range;
mod reading;
mod record;
mod relayed;
mod requests;
#[cfg(feature = "streams")]
mod streams;
mod transaction;
mod versions;
mod writing;

use std::fmt;

use aws_sdk_dynamodb::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
};
use table::{
    BoxFuture, Changed, Entry, Error, FeedId, Key, Page, Result, Scan, Seq, Table, Usage, Write,
};

pub use asking::Patience;
pub use creating::create;
pub use record::{decode, decode_record};
pub use relayed::{Relayed, is_relay};
pub use requests::Requests;

/// When an entry may be dropped, in seconds since 1970, or `None` for never.
pub type Expiry = fn(&Key, &[u8]) -> Option<u64>;

/// A table in DynamoDB.
pub struct Dynamo {
    client: Client,
    name: String,
    patience: Patience,
    expiry: Expiry,
    versions: versions::Versions,
    meter: requests::Meter,
    #[cfg(feature = "streams")]
    streams: Option<streams::Streams>,
}

impl Dynamo {
    /// The table of this name, which exists: see [`create`]. Without
    /// `following` it lists no feed.
    #[must_use]
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            client: patient(&client, Patience::default()),
            name: name.into(),
            patience: Patience::default(),
            expiry: |_, _| None,
            versions: versions::Versions::new(),
            meter: requests::Meter::default(),
            #[cfg(feature = "streams")]
            streams: None,
        }
    }

    /// Waits and retries like this instead.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { client: patient(&self.client, patience), patience, ..self }
    }

    /// Lets DynamoDB drop the entries that this gives an instant. It does so days
    /// later and in no order, so readers must still look at the time themselves.
    #[must_use]
    pub fn expiring(self, expiry: Expiry) -> Self {
        Self { expiry, ..self }
    }

    /// Reads the table's own stream as its feeds. For one reader: a feed that goes
    /// on where another ended answers nothing until this engine was asked for the
    /// other's last change.
    #[cfg(feature = "streams")]
    #[must_use]
    pub fn following(self, client: aws_sdk_dynamodbstreams::Client) -> Self {
        let streams = Some(streams::Streams::new(client, self.patience));
        Self { streams, ..self }
    }

    /// How often each operation was asked for so far, retries included.
    #[must_use]
    pub fn requests(&self) -> Requests {
        self.meter.requests()
    }

    fn expires(&self, key: &Key, value: &[u8]) -> Option<u64> {
        relayed::expires(key, value).or_else(|| (self.expiry)(key, value))
    }
}

/// The same client, with one attempt a call and an end to each attempt.
fn patient(client: &Client, patience: Patience) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(patience.connect)
        .operation_attempt_timeout(patience.attempt)
        .build();
    let config = client.config().to_builder();
    let config = config.retry_config(RetryConfig::disabled()).timeout_config(timeouts);
    Client::from_conf(config.build())
}

impl fmt::Debug for Dynamo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dynamo").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Table for Dynamo {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(self.get_item(key))
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(self.query(scan))
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write_batch(batch))
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write_all(writes))
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        #[cfg(feature = "streams")]
        if let Some(streams) = &self.streams {
            return Box::pin(streams.feeds(self));
        }
        Box::pin(async { Ok(Vec::new()) })
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        #[cfg(feature = "streams")]
        if let Some(streams) = &self.streams {
            return Box::pin(streams.changes(self, feed, after, limit));
        }
        let _ = (after, limit);
        Box::pin(async move { Err(no_feed(feed)) })
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        #[cfg(feature = "streams")]
        if let Some(streams) = &self.streams {
            return Box::pin(streams.changed(self, feed, after));
        }
        let _ = (feed, after);
        Box::pin(async {})
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        #[cfg(feature = "streams")]
        if let Some(streams) = &self.streams {
            return Box::pin(streams.newest(self, feed));
        }
        Box::pin(async move { Err(no_feed(feed)) })
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        #[cfg(feature = "streams")]
        if let Some(streams) = &self.streams {
            return Box::pin(streams.trim(self, feed, up_to));
        }
        let _ = up_to;
        Box::pin(async move { Err(no_feed(feed)) })
    }

    fn usage(&self) -> Usage {
        self.meter.usage()
    }
}

fn no_feed(feed: FeedId) -> Error {
    Error::Invalid(format!("there is no feed {}", feed.0))
}
