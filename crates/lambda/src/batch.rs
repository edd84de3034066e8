//! Batches as Lambda hands them over, and what it is answered: which messages or
//! records have to come again.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use table::Changed;

/// Messages of a queue.
#[derive(Debug, Deserialize)]
pub struct SqsEvent {
    /// Each.
    #[serde(rename = "Records")]
    pub records: Vec<SqsMessage>,
}

/// A message of a queue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsMessage {
    /// Which.
    pub message_id: String,
    /// What it says.
    pub body: String,
}

/// Changes of the table, those of one key in their order.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// Each as it is in the stream; none where the clock wakes a function.
    #[serde(rename = "Records", default)]
    pub records: Vec<serde_json::Value>,
}

/// What has to come again; all else is dealt with.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchFailures {
    /// Each.
    pub batch_item_failures: Vec<Failed>,
}

/// One that has to come again. Of a stream, all after it come again as well.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// The id of the message, or the number of the record in the stream.
    pub item_identifier: String,
}

impl SqsMessage {
    /// Its bytes, if it is one of ours that carries some.
    pub fn bytes(&self) -> Result<Vec<u8>, base64::DecodeError> {
        BASE64_STANDARD.decode(&self.body)
    }
}

/// Bytes as a message carries them.
pub fn body_of(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

impl BatchFailures {
    /// These have to come again.
    pub fn of(ids: impl IntoIterator<Item = String>) -> Self {
        let failed = |item_identifier| Failed { item_identifier };
        Self { batch_item_failures: ids.into_iter().map(failed).collect() }
    }
}

impl StreamEvent {
    /// The changes, and where the first stands that nobody can read: what is after it
    /// must wait, so that the order of each key stays.
    pub fn changes(&self) -> (Vec<Changed>, Option<String>) {
        let mut changes = Vec::with_capacity(self.records.len());
        for record in &self.records {
            match table_dynamodb::decode_record(record) {
                Ok(change) => changes.extend(change),
                Err(why) => {
                    let at = record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default();
                    tracing::error!(%why, at, "a record of the stream that is none of ours");
                    return (changes, Some(at.to_owned()));
                }
            }
        }
        (changes, None)
    }
}

/// Has all changes taken in. If that fails, one after the other, so that only what
/// fails, and what comes after it, has to come again.
pub async fn each_if_not_all<F, Fut, E>(changes: &[Changed], take_in: F) -> Option<String>
where
    F: Fn(Vec<Changed>) -> Fut,
    Fut: Future<Output = Result<(), E>>,
    E: std::fmt::Display,
{
    let Err(error) = take_in(changes.to_vec()).await else { return None };
    tracing::warn!(%error, changes = changes.len(), "one after the other instead");
    for change in changes {
        if let Err(error) = take_in(vec![change.clone()]).await {
            let seq = change.seq.to_string();
            tracing::error!(%error, seq, key = %change.key, "it has to come again");
            return Some(seq);
        }
    }
    None
}
