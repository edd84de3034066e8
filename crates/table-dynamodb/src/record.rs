//! Change records of the table's stream, as Lambda delivers them, into the port's
//! own changes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use table::{Changed, Error, Key, Result};

use crate::item::{SHARD, SORT, VALUE};

/// Who deletes items that are past their time.
const EXPIRER: &str = "dynamodb.amazonaws.com";

/// Reads a whole stream event, `{"Records": […]}`, in its order. What DynamoDB
/// dropped because its time was over is left out: that is housekeeping, and nobody
/// changed anything.
pub fn decode(event: &Value) -> Result<Vec<Changed>> {
    let records = event["Records"].as_array().ok_or_else(|| misses("Records"))?;
    records.iter().filter_map(|it| decode_record(it).transpose()).collect()
}

/// Reads one record; `None` for what was dropped because its time was over.
pub fn decode_record(record: &Value) -> Result<Option<Changed>> {
    let told = &record["dynamodb"];
    let bytes = |of: &Value, name: &str| -> Result<Vec<u8>> {
        let text = of[name]["B"].as_str().ok_or_else(|| misses(name))?;
        STANDARD.decode(text).map_err(|why| corrupt(&format!("its {name:?} is no base64: {why}")))
    };
    let image = |name: &str| match &told[name] {
        Value::Null => Ok(None),
        image => bytes(image, VALUE).map(Some),
    };
    let raw = Raw {
        seq: told["SequenceNumber"].as_str().ok_or_else(|| misses("SequenceNumber"))?,
        event: record["eventName"].as_str().ok_or_else(|| misses("eventName"))?,
        principal: record["userIdentity"]["principalId"].as_str(),
        key: Key { shard: bytes(&told["Keys"], SHARD)?, sort: bytes(&told["Keys"], SORT)? },
        old: image("OldImage")?,
        new: image("NewImage")?,
    };
    raw.changed()
}

/// A record, whichever way it came.
pub(crate) struct Raw<'a> {
    pub(crate) seq: &'a str,
    pub(crate) event: &'a str,
    pub(crate) principal: Option<&'a str>,
    pub(crate) key: Key,
    pub(crate) old: Option<Vec<u8>>,
    pub(crate) new: Option<Vec<u8>>,
}

impl Raw<'_> {
    /// `None` for what was dropped because its time was over.
    pub(crate) fn changed(self) -> Result<Option<Changed>> {
        let digits = !self.seq.is_empty() && self.seq.bytes().all(|it| it.is_ascii_digit());
        let seq = self.seq.parse().ok().filter(|_| digits);
        let seq = seq.ok_or_else(|| corrupt("its sequence number is no number"))?;
        let Self { event, principal, key, old, new, .. } = self;
        let fits = match event {
            "INSERT" => old.is_none() && new.is_some(),
            "MODIFY" => old.is_some() && new.is_some(),
            "REMOVE" => old.is_some() && new.is_none(),
            _ => return Err(corrupt("its event is unknown")),
        };
        if !fits {
            return Err(corrupt("its images do not fit its event: the stream must carry both"));
        }
        let expired = event == "REMOVE" && principal == Some(EXPIRER);
        Ok((!expired).then_some(Changed { seq, key, old, new }))
    }
}

fn misses(name: &str) -> Error {
    corrupt(&format!("it has no {name:?} that can be read"))
}

fn corrupt(why: &str) -> Error {
    Error::Corrupt(format!("a change record: {why}"))
}

#[cfg(test)]
mod tests;
