//! The table's own stream as feeds: each shard of the stream is one.
//!
//! A shard lives for some hours and then others go on where it ended. Its children
//! answer nothing until its end was read here, so that the changes of a key stay
//! in order. DynamoDB forgets a change after 24 hours, and not before.

mod shards;

use std::time::Duration;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata};
use aws_sdk_dynamodbstreams::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    types::{AttributeValue, Record, ShardIteratorType},
};
use table::{Changed, Error, FeedId, Key, Result, Seq, limits};
use tokio::sync::OnceCell;

use self::shards::{Known, Shard};
use crate::{
    Dynamo, Patience,
    asking::{Failure, failure},
    item::{SHARD, SORT, VALUE},
    record::Raw,
    requests::Operation,
};

/// What DynamoDB gives in one answer.
const RECORDS_MAX: usize = 1_000;
/// A shard may answer nothing although there is more. After so many empty answers it
/// is believed.
const EMPTY_MAX: usize = 2;
/// How often is looked for changes while waiting. Lambda looks four times a second.
const POLL: Duration = Duration::from_millis(250);

/// Reads the stream of a table.
#[derive(Debug)]
pub(crate) struct Streams {
    client: Client,
    arn: OnceCell<String>,
    known: Known,
}

/// Why reading a shard ended early.
enum Stop {
    /// What was asked for is gone.
    Gone,
    /// The place in the shard was forgotten: ask for it again.
    Expired,
    Failed(Error),
}

impl Streams {
    pub(crate) fn new(client: Client, patience: Patience) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(patience.connect)
            .operation_attempt_timeout(patience.attempt)
            .build();
        let config = client.config().to_builder().retry_config(RetryConfig::disabled());
        let client = Client::from_conf(config.timeout_config(timeouts).build());
        Self { client, arn: OnceCell::new(), known: Known::default() }
    }

    pub(crate) async fn feeds(&self, dynamo: &Dynamo) -> Result<Vec<FeedId>> {
        if self.known.is_stale() {
            self.describe(dynamo).await?;
        }
        Ok(self.known.feeds())
    }

    pub(crate) async fn changes(
        &self,
        dynamo: &Dynamo,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Changed>> {
        limits::check_changes(limit)?;
        let shard = self.shard(dynamo, feed).await?;
        if after != 0 && after < shard.trimmed {
            return Err(Error::Trimmed(feed));
        }
        if self.known.waits(&shard) {
            return Ok(Vec::new());
        }
        let (found, over) = self.read(dynamo, feed, after.max(shard.trimmed), limit).await?;
        if over && found.is_empty() {
            self.known.is_over(feed);
        }
        Ok(found)
    }

    pub(crate) async fn changed(&self, dynamo: &Dynamo, feed: FeedId, after: Seq) {
        // An error shows when the changes are read.
        while self.changes(dynamo, feed, after, 1).await.is_ok_and(|it| it.is_empty()) {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Reads the shard to its end: DynamoDB does not say where that is.
    pub(crate) async fn newest(&self, dynamo: &Dynamo, feed: FeedId) -> Result<Seq> {
        let shard = self.shard(dynamo, feed).await?;
        let mut newest = shard.newest.max(shard.trimmed);
        loop {
            let (found, _) = self.read(dynamo, feed, newest, RECORDS_MAX).await?;
            let Some(last) = found.last() else { return Ok(newest) };
            newest = last.seq;
        }
    }

    /// Forgets for this process only.
    pub(crate) async fn trim(&self, dynamo: &Dynamo, feed: FeedId, up_to: Seq) -> Result<()> {
        let known = self.shard(dynamo, feed).await?.newest;
        let newest = if up_to <= known { known } else { self.newest(dynamo, feed).await? };
        self.known.trim(feed, up_to.min(newest));
        Ok(())
    }

    async fn shard(&self, dynamo: &Dynamo, feed: FeedId) -> Result<Shard> {
        if let Some(shard) = self.known.shard(feed) {
            return Ok(shard);
        }
        self.describe(dynamo).await?;
        self.known.shard(feed).ok_or_else(|| crate::no_feed(feed))
    }

    /// Changes after a number, and whether the shard ends with them.
    async fn read(
        &self,
        dynamo: &Dynamo,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> Result<(Vec<Changed>, bool)> {
        let mut empty = 0;
        let mut place = self.known.place(feed, after);
        loop {
            let at = match place.take() {
                Some(place) => place,
                None => match self.find(dynamo, feed, after).await? {
                    Some(place) => place,
                    None if after == 0 => return Ok((Vec::new(), true)),
                    None => return Err(Error::Trimmed(feed)),
                },
            };
            let answer = self.ask(dynamo, &at, limit.min(RECORDS_MAX)).await;
            let (records, next) = match answer {
                Ok(answer) => answer,
                Err(Stop::Expired) => continue,
                Err(Stop::Gone) => {
                    self.known.go_stale();
                    return Err(Error::Trimmed(feed));
                }
                Err(Stop::Failed(error)) => return Err(error),
            };
            let mut found = Vec::new();
            // What was dropped because its time was over is something, too.
            empty = if records.is_empty() { empty + 1 } else { 0 };
            for record in records {
                found.extend(changed(record)?.filter(|it| after < it.seq));
            }
            let over = next.is_none();
            self.known.seen(feed, after, found.last().map(|it| it.seq), next.clone());
            if over || !found.is_empty() || empty == EMPTY_MAX {
                return Ok((found, over));
            }
            place = next;
        }
    }

    /// The place after a number, or `None` if it is gone.
    async fn find(&self, dynamo: &Dynamo, feed: FeedId, after: Seq) -> Result<Option<String>> {
        let shard = self.shard(dynamo, feed).await?;
        let arn = self.arn(dynamo).await?;
        let answer = dynamo
            .insist(|| async {
                dynamo.meter.count_request(Operation::GetShardIterator);
                let ask = self.client.get_shard_iterator().stream_arn(arn).shard_id(&shard.id);
                let ask = if after == 0 || after < shard.first {
                    ask.shard_iterator_type(ShardIteratorType::TrimHorizon)
                } else {
                    // Theirs have at least 21 digits.
                    ask.shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                        .sequence_number(format!("{after:021}"))
                };
                match ask.send().await {
                    Ok(answer) => Ok(answer.shard_iterator),
                    Err(error) if is_gone(error.code()) => Ok(None),
                    Err(error) => Err(failure(&error)),
                }
            })
            .await?;
        if answer.is_none() {
            self.known.go_stale();
        }
        Ok(answer)
    }

    async fn ask(
        &self,
        dynamo: &Dynamo,
        place: &str,
        limit: usize,
    ) -> std::result::Result<(Vec<Record>, Option<String>), Stop> {
        let mut tries = dynamo.tries();
        while tries.more().await {
            dynamo.meter.count_request(Operation::GetRecords);
            let limit = i32::try_from(limit).unwrap_or(i32::MAX);
            let ask = self.client.get_records().shard_iterator(place).limit(limit);
            let error = match ask.send().await {
                Ok(answer) => {
                    return Ok((answer.records.unwrap_or_default(), answer.next_shard_iterator));
                }
                Err(error) => error,
            };
            match error.code() {
                Some("ExpiredIteratorException") => return Err(Stop::Expired),
                code if is_gone(code) => return Err(Stop::Gone),
                _ => (),
            }
            match failure(&error) {
                Failure::Final(error) => return Err(Stop::Failed(error)),
                Failure::Refused(why) => tries.refused(why),
                Failure::Unknown(why) => tries.lost(why),
            }
        }
        Err(Stop::Failed(tries.given_up()))
    }

    async fn describe(&self, dynamo: &Dynamo) -> Result<()> {
        let arn = self.arn(dynamo).await?;
        let (mut shards, mut after) = (Vec::new(), None);
        loop {
            let answer = dynamo
                .insist(|| async {
                    dynamo.meter.count_request(Operation::DescribeStream);
                    let ask = self.client.describe_stream().stream_arn(arn);
                    let ask = ask.set_exclusive_start_shard_id(after.clone());
                    ask.send().await.map_err(|it| failure(&it))
                })
                .await?;
            let Some(told) = answer.stream_description else { break };
            shards.extend(told.shards.unwrap_or_default());
            after = told.last_evaluated_shard_id;
            if after.is_none() {
                break;
            }
        }
        self.known.learn(&shards)
    }

    async fn arn(&self, dynamo: &Dynamo) -> Result<&str> {
        let ask = || async {
            let answer = dynamo.client.describe_table().table_name(&dynamo.name).send().await;
            let away = |why: String| Error::Unavailable(why);
            let answer = answer.map_err(|it| away(DisplayErrorContext(&it).to_string()))?;
            let arn = answer.table.and_then(|it| it.latest_stream_arn);
            arn.ok_or_else(|| Error::Invalid("the table has no stream".to_owned()))
        };
        self.arn.get_or_try_init(ask).await.map(String::as_str)
    }
}

fn is_gone(code: Option<&str>) -> bool {
    matches!(code, Some("TrimmedDataAccessException" | "ResourceNotFoundException"))
}

/// Reads a record; `None` for what was dropped because its time was over.
fn changed(record: Record) -> Result<Option<Changed>> {
    let told = record.dynamodb.ok_or_else(|| corrupt("it tells nothing"))?;
    let keys = told.keys.ok_or_else(|| corrupt("it has no keys"))?;
    let bytes = |of: &std::collections::HashMap<String, AttributeValue>, name: &str| {
        let blob = of.get(name).and_then(|it| it.as_b().ok());
        blob.map(|it| it.as_ref().to_vec()).ok_or_else(|| corrupt("an attribute is missing"))
    };
    let seq = told.sequence_number.ok_or_else(|| corrupt("it has no number"))?;
    let event = record.event_name.ok_or_else(|| corrupt("it has no event"))?;
    let principal = record.user_identity.and_then(|it| it.principal_id);
    let image = |it: Option<_>| it.map(|it| bytes(&it, VALUE)).transpose();
    let raw = Raw {
        seq: &seq,
        event: event.as_str(),
        principal: principal.as_deref(),
        key: Key { shard: bytes(&keys, SHARD)?, sort: bytes(&keys, SORT)? },
        old: image(told.old_image)?,
        new: image(told.new_image)?,
    };
    raw.changed()
}

fn corrupt(why: &str) -> Error {
    Error::Corrupt(format!("a change record: {why}"))
}
