//! Every stored byte of the engine: keys, entries, and rows of changes.
//!
//! | keyspace | key | value |
//! |---|---|---|
//! | `items` | length of the shard (2 bytes), shard, sort | version (8), value |
//! | `feeds` | feed (1), seq of the last change in the row (8) | row |
//! | `feeds` | 255, feed | trimmed up to (8) |
//!
//! Numbers are big-endian. A row is the seq of its first change (8) and then,
//! for each change, the shard's and the sort key's length (2 each), both, and
//! the old and the new value, each as its length + 1 (4) and its bytes; 0 says
//! that there is none. The seqs in a row follow each other.
//!
//! The version of an entry is the seq of the change that put it there: a key
//! never leaves its feed, and a feed never reuses a number.

use table::{Changed, Entry, Error, Key, Result, Seq, Version};

/// Rows are cut here, in bytes, so that reading a few changes stays cheap.
const ROW_LEN_MAX: usize = 64 * 1_024;
const VERSION_LEN: usize = 8;

/// The stored key of an entry.
pub(crate) fn item_key(shard: &[u8], sort: &[u8]) -> Vec<u8> {
    let len = u16::try_from(shard.len()).expect("the limits keep shards below 64 KB");
    [&len.to_be_bytes(), shard, sort].concat()
}

/// The sort key inside a stored key of this shard.
pub(crate) fn sort_of<'a>(item_key: &'a [u8], shard: &[u8]) -> Result<&'a [u8]> {
    item_key.get(2 + shard.len()..).ok_or_else(|| corrupt("an entry's key is too short"))
}

/// The stored value of an entry.
pub(crate) fn item(version: u64, value: &[u8]) -> Vec<u8> {
    [&version.to_be_bytes(), value].concat()
}

/// Version and value of a stored entry.
pub(crate) fn read_item(stored: &[u8]) -> Result<(Version, &[u8])> {
    let (version, value) = stored
        .split_first_chunk::<VERSION_LEN>()
        .ok_or_else(|| corrupt("an entry is too short"))?;
    Ok((Version::from_raw(u128::from(u64::from_be_bytes(*version))), value))
}

/// The entry under a key.
pub(crate) fn read_entry(key: Key, stored: &[u8]) -> Result<Entry> {
    let (version, value) = read_item(stored)?;
    Ok(Entry { key, value: value.to_vec(), version })
}

/// The stored key of the row whose last change is `seq`.
pub(crate) fn row_key(feed: usize, seq: u64) -> [u8; 9] {
    let mut key = [feed as u8; 9];
    key[1..].copy_from_slice(&seq.to_be_bytes());
    key
}

/// The seq of the last change of the row under this key.
pub(crate) fn last_seq_of(row_key: &[u8]) -> Result<u64> {
    let seq = row_key.get(1..).and_then(|it| it.try_into().ok());
    seq.map(u64::from_be_bytes).ok_or_else(|| corrupt("a row's key is too short"))
}

/// The stored key of the number up to which a feed was trimmed.
pub(crate) fn trimmed_key(feed: usize) -> [u8; 2] {
    [u8::MAX, feed as u8]
}

/// The number up to which a feed was trimmed.
pub(crate) fn read_trimmed(stored: &[u8]) -> Result<u64> {
    let seq = stored.try_into().map(u64::from_be_bytes);
    seq.map_err(|_| corrupt("a feed's mark has not 8 bytes"))
}

/// A stored row of changes: its key and its value.
pub(crate) type Row = ([u8; 9], Vec<u8>);

/// The rows of one feed that one commit adds.
#[derive(Debug)]
pub(crate) struct Rows {
    feed: usize,
    newest: u64,
    full: Vec<Row>,
    open: Vec<u8>,
}

impl Rows {
    /// Goes on after `newest`.
    pub(crate) fn after(feed: usize, newest: u64) -> Self {
        Self { feed, newest, full: Vec::new(), open: Vec::new() }
    }

    /// The seq the next change will get.
    pub(crate) fn next_seq(&self) -> u64 {
        self.newest + 1
    }

    /// Adds a change.
    pub(crate) fn push(&mut self, key: &Key, old: Option<&[u8]>, new: Option<&[u8]>) {
        self.newest += 1;
        if self.open.is_empty() {
            self.open.extend(self.newest.to_be_bytes());
        }
        for part in [&key.shard, &key.sort] {
            let len = u16::try_from(part.len()).expect("the limits keep keys below 64 KB");
            self.open.extend(len.to_be_bytes());
        }
        self.open.extend(&key.shard);
        self.open.extend(&key.sort);
        for value in [old, new] {
            let len = value.map_or(0, |it| it.len() + 1);
            let len = u32::try_from(len).expect("the limits keep values below 4 GB");
            self.open.extend(len.to_be_bytes());
            self.open.extend(value.unwrap_or_default());
        }
        if ROW_LEN_MAX < self.open.len() {
            self.cut();
        }
    }

    /// The newest seq, and the rows to store.
    pub(crate) fn finish(mut self) -> (u64, Vec<Row>) {
        if !self.open.is_empty() {
            self.cut();
        }
        (self.newest, self.full)
    }

    fn cut(&mut self) {
        let row = std::mem::take(&mut self.open);
        self.full.push((row_key(self.feed, self.newest), row));
    }
}

/// Appends the changes of a row that are newer than `after` to `changes`, until
/// there are `limit` of them.
pub(crate) fn read_row(
    row: &[u8],
    after: u64,
    limit: usize,
    changes: &mut Vec<Changed>,
) -> Result<()> {
    let mut rest = Rest(row);
    let mut seq = u64::from_be_bytes(rest.array()?);
    while !rest.0.is_empty() && changes.len() < limit {
        let shard_len = u16::from_be_bytes(rest.array()?);
        let sort_len = u16::from_be_bytes(rest.array()?);
        let shard = rest.bytes(usize::from(shard_len))?;
        let sort = rest.bytes(usize::from(sort_len))?;
        let old = rest.value()?;
        let new = rest.value()?;
        if after < seq {
            let (old, new) = (old.map(<[u8]>::to_vec), new.map(<[u8]>::to_vec));
            changes.push(Changed { seq: Seq::from(seq), key: Key::new(shard, sort), old, new });
        }
        seq += 1;
    }
    Ok(())
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn bytes(&mut self, len: usize) -> Result<&'a [u8]> {
        let (bytes, rest) =
            self.0.split_at_checked(len).ok_or_else(|| corrupt("a row of changes ends early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        Ok(self.bytes(N)?.try_into().expect("as many bytes as were asked for"))
    }

    fn value(&mut self) -> Result<Option<&'a [u8]>> {
        match u32::from_be_bytes(self.array()?) {
            0 => Ok(None),
            len => self.bytes(len as usize - 1).map(Some),
        }
    }
}

fn corrupt(why: &str) -> Error {
    Error::Corrupt(why.to_owned())
}

#[cfg(test)]
mod tests;
