//! Event sources as Lambda's pollers are: a stream in shards, each in order and again
//! until it is dealt with; a queue in no order, now and then twice, that puts aside what
//! fails too often.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use lambda::{BatchFailures, SqsEvent, StreamEvent, body_of};
use rand::{RngExt, rngs::StdRng, seq::SliceRandom};
use serde_json::{Value, json};
use service::outside::FixQueue;
use table::{BoxFuture, Changed, FeedId, Seq, Table};

/// How often a message may fail before it is put aside.
const RECEIVES_MAX: u32 = 5;

/// The stream of a table, as one consumer reads it.
pub struct StreamSource {
    table: Arc<dyn Table>,
    at: BTreeMap<FeedId, Seq>,
}

/// What is handed over of one shard.
pub struct StreamBatch {
    pub event: StreamEvent,
    feed: FeedId,
    seqs: Vec<Seq>,
}

impl StreamSource {
    pub fn new(table: Arc<dyn Table>) -> Self {
        Self { table, at: BTreeMap::new() }
    }

    /// The next batch of some shard that has one, however long it happens to be.
    pub async fn next(&self, random: &mut StdRng) -> Option<StreamBatch> {
        let mut feeds = self.table.feeds().await.unwrap();
        feeds.shuffle(random);
        for feed in feeds {
            let after = self.at.get(&feed).copied().unwrap_or(0);
            let limit = random.random_range(1..60);
            let changes = self.table.changes(feed, after, limit).await.unwrap();
            let changes: Vec<Changed> = changes.into_iter().filter(|it| after < it.seq).collect();
            if !changes.is_empty() {
                let seqs = changes.iter().map(|it| it.seq).collect();
                let records = changes.iter().map(record).collect();
                return Some(StreamBatch { event: StreamEvent { records }, feed, seqs });
            }
        }
        None
    }

    /// Up to what failed it is dealt with.
    pub fn answered(&mut self, batch: &StreamBatch, failures: &BatchFailures) {
        let failed = failures.batch_item_failures.first();
        let failed: Option<Seq> = failed.map(|it| it.item_identifier.parse().unwrap());
        let done = batch.seqs.iter().filter(|it| failed.is_none_or(|failed| **it < failed));
        if let Some(last) = done.max() {
            self.at.insert(batch.feed, *last);
        }
    }
}

/// A change as the stream tells it.
pub fn record(change: &Changed) -> Value {
    let bytes = |it: &[u8]| json!({"B": BASE64_STANDARD.encode(it)});
    let image = |value: &Option<Vec<u8>>| {
        let value = value.as_ref()?;
        let (pk, sk) = (bytes(&change.key.shard), bytes(&change.key.sort));
        Some(json!({"pk": pk, "sk": sk, "v": bytes(&[7; 16]), "d": bytes(value)}))
    };
    let name = match (&change.old, &change.new) {
        (None, Some(_)) => "INSERT",
        (_, None) => "REMOVE",
        _ => "MODIFY",
    };
    let mut told = json!({
        "ApproximateCreationDateTime": 1_772_409_600,
        "Keys": {"pk": bytes(&change.key.shard), "sk": bytes(&change.key.sort)},
        "SequenceNumber": change.seq.to_string(),
        "SizeBytes": 100,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    });
    for (name, image) in [("OldImage", image(&change.old)), ("NewImage", image(&change.new))] {
        if let Some(image) = image {
            told[name] = image;
        }
    }
    json!({
        "eventID": format!("{:032x}", change.seq),
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": told,
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026",
    })
}

/// A queue.
#[derive(Debug, Default)]
pub struct QueueSource(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<Message>,
    aside: Vec<String>,
    sent: u64,
}

#[derive(Clone, Debug)]
struct Message {
    id: String,
    body: String,
    failed: u32,
}

impl FixQueue for QueueSource {
    fn send(&self, messages: Vec<Vec<u8>>) -> BoxFuture<'_, service::Result<()>> {
        messages.iter().for_each(|it| self.put(body_of(it)));
        Box::pin(async { Ok(()) })
    }
}

impl QueueSource {
    pub fn put(&self, body: String) {
        let mut queue = self.queue();
        queue.sent += 1;
        let id = format!("m{}", queue.sent);
        queue.waiting.push(Message { id, body, failed: 0 });
    }

    /// Some messages, in any order; now and then they stay and come again.
    pub fn next(&self, random: &mut StdRng) -> Option<SqsEvent> {
        let mut queue = self.queue();
        if queue.waiting.is_empty() {
            return None;
        }
        queue.waiting.shuffle(random);
        let count = random.random_range(1..=queue.waiting.len().min(20));
        let some = &queue.waiting[..count];
        let records = some.iter().map(|it| json!({"messageId": it.id, "body": it.body}));
        let event = json!({"Records": records.collect::<Vec<Value>>()});
        Some(serde_json::from_value(event).unwrap())
    }

    /// What did not fail is gone, unless the answer gets lost.
    pub fn answered(&self, ids: &[String], failures: &BatchFailures) {
        let mut queue = self.queue();
        let failed =
            |id: &str| failures.batch_item_failures.iter().any(|it| it.item_identifier == id);
        queue.waiting.retain(|it| !ids.contains(&it.id) || failed(&it.id));
        for message in queue.waiting.iter_mut().filter(|it| failed(&it.id)) {
            message.failed += 1;
        }
        let worn: Vec<Message> =
            queue.waiting.extract_if(.., |it| RECEIVES_MAX <= it.failed).collect();
        queue.aside.extend(worn.into_iter().map(|it| it.body));
    }

    /// What failed too often.
    pub fn aside(&self) -> Vec<String> {
        self.queue().aside.clone()
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
