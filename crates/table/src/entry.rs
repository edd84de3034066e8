//! Keys, entries, guarded writes and scans: what goes in and out of the table.

use std::{fmt, ops::Range};

use crate::{Result, limits};

/// Where an entry lives. Order is defined only between keys of one shard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The unit of distribution.
    pub shard: Vec<u8>,
    /// The unit of order: bytes compare lexicographically.
    pub sort: Vec<u8>,
}

impl Key {
    /// Names the place `sort` in `shard`.
    pub fn new(shard: impl Into<Vec<u8>>, sort: impl Into<Vec<u8>>) -> Self {
        Self { shard: shard.into(), sort: sort.into() }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.shard.escape_ascii(), self.sort.escape_ascii())
    }
}

/// Names one write of one entry. Opaque: compare for equality, nothing else.
/// Never reused, so deleting and re-creating an entry cannot revive an old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(u128);

impl Version {
    /// Wraps an engine's own token.
    #[must_use]
    pub const fn from_raw(raw: u128) -> Self {
        Self(raw)
    }

    /// The engine's own token.
    #[must_use]
    pub const fn raw(self) -> u128 {
        self.0
    }
}

/// An entry as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it lives.
    pub key: Key,
    /// What it holds.
    pub value: Vec<u8>,
    /// The write that put it there.
    pub version: Version,
}

/// What must be true of a key for its write, and so the whole batch, to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Nothing is required.
    Any,
    /// No entry may exist.
    Absent,
    /// The entry must still be the one this version names.
    Unchanged(Version),
}

impl Guard {
    /// Whether the guard holds for what was found under the key.
    pub fn holds(self, found: Option<Version>) -> bool {
        match self {
            Self::Any => true,
            Self::Absent => found.is_none(),
            Self::Unchanged(version) => found == Some(version),
        }
    }
}

/// What to do to a key once every guard of the batch holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Store this value.
    Put(Vec<u8>),
    /// Remove the entry, if any.
    Delete,
    /// Leave the entry alone: the write exists for its guard.
    Check,
}

/// One guarded change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The key to change.
    pub key: Key,
    /// The condition.
    pub guard: Guard,
    /// The change.
    pub change: Change,
}

impl Write {
    /// Stores `value` if the guard holds.
    pub fn put(key: Key, guard: Guard, value: impl Into<Vec<u8>>) -> Self {
        Self { key, guard, change: Change::Put(value.into()) }
    }

    /// Removes the entry if the guard holds.
    pub fn delete(key: Key, guard: Guard) -> Self {
        Self { key, guard, change: Change::Delete }
    }

    /// The size of the item it leaves behind, in bytes.
    pub fn item_len(&self) -> usize {
        let value_len = if let Change::Put(value) = &self.change { value.len() } else { 0 };
        limits::item_len(&self.key, value_len)
    }

    /// Changes nothing, but stops its batch unless the guard holds.
    pub fn check(key: Key, guard: Guard) -> Self {
        Self { key, guard, change: Change::Check }
    }
}

/// Which part of one shard to read, and which way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The shard to read.
    pub shard: Vec<u8>,
    /// Sort keys from `start` up to, but without, `end`. Either end may be any
    /// bytes, also ones that no key can have.
    pub range: Range<Vec<u8>>,
    /// Greatest key first.
    pub reverse: bool,
    /// At most this many entries; the engine may return fewer.
    pub limit: usize,
}

impl Scan {
    /// Reads the whole shard, forwards.
    pub fn whole(shard: impl Into<Vec<u8>>, limit: usize) -> Self {
        Self { shard: shard.into(), range: Vec::new()..past_every_key(), reverse: false, limit }
    }

    /// Reads the keys of the shard that begin with `prefix`, forwards.
    pub fn prefix(shard: impl Into<Vec<u8>>, prefix: &[u8], limit: usize) -> Self {
        let range = prefix.to_vec()..past_prefix(prefix);
        Self { shard: shard.into(), range, reverse: false, limit }
    }

    /// The same part, read the other way round.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self { reverse: !self.reverse, ..self }
    }

    /// What is left of it after `last`, an entry it found.
    #[must_use]
    pub fn after(self, last: &Key) -> Self {
        let mut rest = self;
        if rest.reverse {
            rest.range.end.clone_from(&last.sort);
        } else {
            rest.range.start = [last.sort.as_slice(), &[0]].concat();
        }
        rest
    }
}

/// A part of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The entries, in scan order.
    pub entries: Vec<Entry>,
    /// Where to go on, or `None` at the end. It may lead to an empty page.
    pub rest: Option<Scan>,
}

/// Cuts the page of `scan` from `entries`, which are already in scan order and
/// inside the range. Every engine ends its pages here, and so where DynamoDB
/// ends them: at the limit, or before the page grows past 1 MB.
pub fn collect_page(scan: Scan, entries: impl IntoIterator<Item = Result<Entry>>) -> Result<Page> {
    let mut page: Vec<Entry> = Vec::new();
    let mut len = 0;
    for entry in entries {
        let entry = entry?;
        len += limits::item_len(&entry.key, entry.value.len());
        let cut = match page.last() {
            Some(last) if limits::PAGE_LEN_MAX < len => Some(last.key.clone()),
            _ => {
                page.push(entry);
                page.last().filter(|_| page.len() == scan.limit).map(|it| it.key.clone())
            }
        };
        if let Some(last) = cut {
            return Ok(Page { entries: page, rest: Some(scan.after(&last)) });
        }
    }
    Ok(Page { entries: page, rest: None })
}

fn past_prefix(prefix: &[u8]) -> Vec<u8> {
    let Some(last) = prefix.iter().rposition(|&byte| byte != 0xff) else {
        return past_every_key();
    };
    let mut past = prefix[..=last].to_vec();
    past[last] += 1;
    past
}

fn past_every_key() -> Vec<u8> {
    vec![0xff; limits::SORT_LEN_MAX + 1]
}

#[cfg(test)]
mod tests;
