//! A stream whose shards end and go on elsewhere, which no emulator has: each change
//! is read once, those of a key in order, and what DynamoDB forgot is missed.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
};
use aws_smithy_types::body::SdkBody;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use table::{Error, FeedId, Seq, Table};
use table_dynamodb::{Dynamo, emulated::Emulator};

/// DynamoDB's stream, as far as it is asked here.
#[derive(Clone, Debug, Default)]
struct Stream(Arc<Mutex<Vec<Shard>>>);

#[derive(Debug)]
struct Shard {
    id: &'static str,
    parent: Option<&'static str>,
    first: u64,
    /// Numbers of its changes; those that DynamoDB forgot stand before `kept`.
    numbers: Vec<u64>,
    kept: usize,
    is_closed: bool,
}

impl Stream {
    fn begin(&self, id: &'static str, parent: Option<&'static str>, first: u64) {
        let shard = Shard { id, parent, first, numbers: vec![], kept: 0, is_closed: false };
        self.0.lock().unwrap().push(shard);
    }

    fn with<T>(&self, id: &str, does: impl FnOnce(&mut Shard) -> T) -> T {
        does(self.0.lock().unwrap().iter_mut().find(|it| it.id == id).expect("a known shard"))
    }

    fn tell(&self, id: &str, numbers: impl Iterator<Item = u64>) {
        self.with(id, |shard| shard.numbers.extend(numbers));
    }

    fn close(&self, id: &str) {
        self.with(id, |shard| shard.is_closed = true);
    }

    fn table(&self) -> Dynamo {
        let emulator = Emulator::at("http://nowhere.invalid");
        let http = || SharedHttpClient::new(self.clone());
        let client = emulator.client_over(http());
        Dynamo::new(client, "table").following(emulator.streams_over(http()))
    }

    fn answer(&self, operation: &str, asked: &Value) -> (u16, Value) {
        let text = |name: &str| asked[name].as_str().unwrap_or_default();
        match operation {
            "DescribeTable" => (200, json!({ "Table": { "LatestStreamArn": ARN } })),
            "DescribeStream" => (200, self.described(text("ExclusiveStartShardId"))),
            "GetShardIterator" => self.with(text("ShardId"), |shard| {
                let after: u64 = text("SequenceNumber").parse().unwrap_or(0);
                let at = shard.numbers.partition_point(|it| *it <= after);
                if after != 0 && (at < shard.kept || after < shard.first) {
                    return (400, json!({ "__type": "x#TrimmedDataAccessException" }));
                }
                let at = at.max(shard.kept);
                (200, json!({ "ShardIterator": format!("{}/{at}", shard.id) }))
            }),
            "GetRecords" => {
                let (id, at) = text("ShardIterator").split_once('/').unwrap();
                let (at, limit) = (at.parse().unwrap(), asked["Limit"].as_u64().unwrap());
                self.with(id, |shard| (200, shard.records(at, limit as usize)))
            }
            _ => panic!("{operation} is not asked here"),
        }
    }

    /// Two shards in each answer.
    fn described(&self, after: &str) -> Value {
        let shards = self.0.lock().unwrap();
        let from = shards.iter().position(|it| it.id == after).map_or(0, |it| it + 1);
        let page: Vec<&Shard> = shards[from..].iter().take(2).collect();
        let told: Vec<Value> = page
            .iter()
            .map(|it| {
                let range = json!({ "StartingSequenceNumber": format!("{:021}", it.first) });
                json!({
                    "ShardId": it.id,
                    "ParentShardId": it.parent,
                    "SequenceNumberRange": range,
                })
            })
            .collect();
        let last = (from + 2 < shards.len()).then(|| page[1].id);
        json!({ "StreamDescription": {
            "StreamArn": ARN,
            "Shards": told,
            "LastEvaluatedShardId": last,
        } })
    }
}

impl Shard {
    fn records(&self, at: usize, limit: usize) -> Value {
        let blob = |text: &str| json!({ "B": STANDARD.encode(text) });
        let keys = json!({ "pk": blob("s"), "sk": blob("k") });
        let record = |number: &u64| {
            let mut image = keys.clone();
            image["d"] = blob(&number.to_string());
            // One in five was dropped by DynamoDB itself.
            let (event, by) = match number % 5 {
                0 => ("REMOVE", json!({ "PrincipalId": "dynamodb.amazonaws.com" })),
                _ => ("INSERT", Value::Null),
            };
            let side = if event == "REMOVE" { "OldImage" } else { "NewImage" };
            let mut told = json!({ "Keys": keys, "SequenceNumber": format!("{number:021}") });
            told[side] = image;
            json!({ "eventName": event, "userIdentity": by, "dynamodb": told })
        };
        let records: Vec<Value> = self.numbers[at..].iter().take(limit).map(record).collect();
        let next = at + records.len();
        let over = self.is_closed && records.is_empty();
        json!({ "Records": records, "NextShardIterator": (!over).then(|| format!("{}/{next}", self.id)) })
    }
}

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/table/stream/2026";

impl HttpClient for Stream {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Stream {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let asked = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let (status, answer) = self.answer(operation, &asked);
        let answer = SdkBody::from(answer.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), answer)))
    }
}

/// Reads every feed to its end, as it is listed, until nothing is new and no feed
/// either, and says which numbers it saw.
async fn drain(table: &Dynamo, cursors: &mut Vec<(FeedId, Seq)>) -> Vec<Seq> {
    let mut found = Vec::new();
    loop {
        let before = (found.len(), cursors.len());
        let ended = table.feeds().await.unwrap();
        for feed in table.feeds().await.unwrap() {
            if !cursors.iter().any(|it| it.0 == feed) {
                cursors.push((feed, 0));
            }
            let cursor = cursors.iter_mut().find(|it| it.0 == feed).unwrap();
            for change in table.changes(feed, cursor.1, 3).await.unwrap() {
                cursor.1 = change.seq;
                found.push(change.seq);
            }
        }
        if before == (found.len(), cursors.len()) && ended == table.feeds().await.unwrap() {
            return found;
        }
    }
}

fn kept(numbers: impl Iterator<Item = u64>) -> Vec<Seq> {
    numbers.filter(|it| it % 5 != 0).map(Seq::from).collect()
}

#[tokio::test]
async fn a_shard_that_goes_on_waits_until_the_one_before_was_read() {
    let stream = Stream::default();
    // Listed in an order that helps nobody.
    stream.begin("child of two", Some("two"), 200);
    stream.begin("one", None, 1);
    stream.begin("two", Some("one"), 100);
    stream.tell("one", 1..=20);
    stream.tell("two", 100..=120);
    stream.tell("child of two", 200..=220);
    for ended in ["one", "two"] {
        stream.close(ended);
    }

    let all = || kept((1..=20).chain(100..=120).chain(200..=220));
    let (table, mut cursors) = (stream.table(), Vec::new());
    assert_eq!(drain(&table, &mut cursors).await, all());
    // It forks while it is followed; another reader begins anew, a third resumes.
    stream.tell("child of two", 221..=230);
    stream.close("child of two");
    stream.begin("left", Some("child of two"), 300);
    stream.begin("right", Some("child of two"), 301);
    stream.tell("left", [300, 302, 304].into_iter());
    stream.tell("right", [301, 303].into_iter());
    let mut resumed = cursors.clone();
    let more = kept((221..=230).chain([301, 302, 303, 304]));
    for (table, cursors) in [(&table, &mut cursors), (&stream.table(), &mut resumed)] {
        let mut found = drain(table, cursors).await;
        found[8..].sort_unstable();
        assert_eq!(found, more);
    }
    let mut found = drain(&stream.table(), &mut Vec::new()).await;
    found.sort_unstable();
    assert_eq!(found, [all(), more].concat());
}

#[tokio::test]
async fn what_dynamodb_forgot_is_missed_only_by_who_had_not_read_it() {
    let stream = Stream::default();
    stream.begin("one", None, 1);
    stream.tell("one", 1..=9);
    let table = stream.table();
    let feed = table.feeds().await.unwrap()[0];
    assert_eq!(table.newest(feed).await, Ok(9));
    stream.with("one", |shard| shard.kept = 6);
    for (after, want) in [(0, Ok(kept(7..=9))), (2, Err(Error::Trimmed(feed))), (7, Ok(vec![8, 9]))]
    {
        let answer = stream.table();
        answer.feeds().await.unwrap();
        let answer = answer.changes(feed, after, 9).await;
        assert_eq!(answer.map(|it| it.iter().map(|it| it.seq).collect::<Vec<_>>()), want);
    }
}
