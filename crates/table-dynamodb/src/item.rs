//! Entries as items: attribute names, and reading what DynamoDB answers.

use std::collections::HashMap;

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use table::{Entry, Error, Guard, Key, Result, Version};

pub(crate) const SHARD: &str = "pk";
pub(crate) const SORT: &str = "sk";
pub(crate) const VERSION: &str = "v";
pub(crate) const VALUE: &str = "d";
pub(crate) const EXPIRES: &str = "x";

/// An item, or the key of one.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The attributes that name an entry.
pub(crate) fn key_of(key: &Key) -> Item {
    HashMap::from([(SHARD.to_owned(), binary(&key.shard)), (SORT.to_owned(), binary(&key.sort))])
}

/// The whole item of an entry.
pub(crate) fn item(key: &Key, version: Version, value: &[u8], expires: Option<u64>) -> Item {
    let mut item = key_of(key);
    item.insert(VERSION.to_owned(), version_value(version));
    item.insert(VALUE.to_owned(), binary(value));
    if let Some(seconds) = expires {
        item.insert(EXPIRES.to_owned(), AttributeValue::N(seconds.to_string()));
    }
    item
}

/// Reads an item.
pub(crate) fn entry(mut item: Item) -> Result<Entry> {
    let version = version(&item)?;
    let mut take = |name| bytes(item.remove(name)).ok_or_else(|| misses(name));
    let key = Key { shard: take(SHARD)?, sort: take(SORT)? };
    Ok(Entry { key, value: take(VALUE)?, version })
}

/// The version of an item.
pub(crate) fn version(item: &Item) -> Result<Version> {
    let stored = item.get(VERSION).and_then(|it| it.as_b().ok());
    let raw = stored.and_then(|it| it.as_ref().try_into().ok()).map(u128::from_be_bytes);
    raw.map(Version::from_raw).ok_or_else(|| misses(VERSION))
}

/// The length of the value of an item.
pub(crate) fn value_len(item: &Item) -> Result<usize> {
    let value = item.get(VALUE).and_then(|it| it.as_b().ok());
    value.map(|it| it.as_ref().len()).ok_or_else(|| misses(VALUE))
}

/// The condition that stands for a guard, and the one value it may speak of.
pub(crate) fn condition(guard: Guard) -> (Option<String>, Option<Item>) {
    match guard {
        Guard::Any => (None, None),
        Guard::Absent => (Some("attribute_not_exists(pk)".to_owned()), None),
        Guard::Unchanged(version) => {
            let values = HashMap::from([(":v".to_owned(), version_value(version))]);
            (Some("v = :v".to_owned()), Some(values))
        }
    }
}

pub(crate) fn binary(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

fn version_value(version: Version) -> AttributeValue {
    binary(&version.raw().to_be_bytes())
}

fn bytes(value: Option<AttributeValue>) -> Option<Vec<u8>> {
    match value {
        Some(AttributeValue::B(blob)) => Some(blob.into_inner()),
        _ => None,
    }
}

fn misses(name: &str) -> Error {
    Error::Corrupt(format!("an item has no {name:?} that can be read"))
}
