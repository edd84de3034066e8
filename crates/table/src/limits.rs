//! What DynamoDB cannot hold, no engine accepts: limits and their one check.

use std::collections::HashSet;

use crate::{Change, Error, Guard, Key, Result, Scan, Write};

/// Longest shard name, in bytes: DynamoDB's partition key.
pub const SHARD_LEN_MAX: usize = 2_048;
/// Longest sort key, in bytes: DynamoDB's sort key.
pub const SORT_LEN_MAX: usize = 1_024;
/// Largest item, in bytes, as [`item_len`] counts: DynamoDB's 400 KB.
pub const ITEM_LEN_MAX: usize = 400 * 1_024;
/// Most writes in one batch: DynamoDB's `TransactWriteItems`.
pub const BATCH_WRITES_MAX: usize = 100;
/// Largest batch, in bytes of its items: DynamoDB's `TransactWriteItems`.
pub const BATCH_LEN_MAX: usize = 4 * 1_024 * 1_024;
/// Most writes that are each applied by itself: DynamoDB's `BatchWriteItem` takes
/// 25 and 16 MB, so an engine over it asks some forty times, side by side.
pub const EACH_WRITES_MAX: usize = 1_000;
/// Largest page of a scan, in bytes of its items: DynamoDB's `Query`.
pub const PAGE_LEN_MAX: usize = 1_024 * 1_024;
/// What an item weighs besides keys and value: its attributes' names, 6 bytes, and
/// its version, 16. When it may be dropped weighs 7 more, in the few rows that say so.
pub const ITEM_OVERHEAD_LEN: usize = 22;

/// The size of an item, in bytes, as DynamoDB counts it.
pub fn item_len(key: &Key, value_len: usize) -> usize {
    key.shard.len() + key.sort.len() + value_len + ITEM_OVERHEAD_LEN
}

/// Refuses a key that DynamoDB cannot hold.
pub fn check_key(key: &Key) -> Result<()> {
    check_shard(&key.shard)?;
    let len = key.sort.len();
    if len == 0 || SORT_LEN_MAX < len {
        return Err(invalid(format!("the sort key has {len} bytes, not 1 to {SORT_LEN_MAX}")));
    }
    Ok(())
}

/// Refuses a scan that DynamoDB cannot run.
pub fn check_scan(scan: &Scan) -> Result<()> {
    check_shard(&scan.shard)?;
    if scan.limit == 0 {
        return Err(invalid("a scan of at most 0 entries".to_owned()));
    }
    Ok(())
}

/// Refuses a batch that DynamoDB cannot apply.
pub fn check_batch(batch: &[Write]) -> Result<()> {
    check_writes(batch, BATCH_WRITES_MAX)
}

/// Refuses what cannot be written each by itself.
pub fn check_each(writes: &[Write]) -> Result<()> {
    for Write { key, guard, change } in writes {
        if *guard != Guard::Any || *change == Change::Check {
            return Err(invalid(format!("{key} is guarded, and written by itself")));
        }
    }
    check_writes(writes, EACH_WRITES_MAX)
}

/// Refuses to read no changes at all.
pub fn check_changes(limit: usize) -> Result<()> {
    if limit == 0 {
        return Err(invalid("a read of at most 0 changes".to_owned()));
    }
    Ok(())
}

fn check_writes(batch: &[Write], writes_max: usize) -> Result<()> {
    if batch.is_empty() || writes_max < batch.len() {
        let count = batch.len();
        return Err(invalid(format!("a batch of {count} writes, not 1 to {writes_max}")));
    }
    let mut seen = HashSet::with_capacity(batch.len());
    let mut batch_len = 0;
    for write in batch {
        let key = &write.key;
        check_key(key)?;
        if !seen.insert(key) {
            return Err(invalid(format!("the key {key} is twice in one batch")));
        }
        let len = write.item_len();
        if ITEM_LEN_MAX < len {
            return Err(invalid(format!("{key} has {len} bytes, more than {ITEM_LEN_MAX}")));
        }
        batch_len += len;
    }
    if BATCH_LEN_MAX < batch_len {
        return Err(invalid(format!("a batch of {batch_len} bytes, more than {BATCH_LEN_MAX}")));
    }
    Ok(())
}

fn check_shard(shard: &[u8]) -> Result<()> {
    let len = shard.len();
    if len == 0 || SHARD_LEN_MAX < len {
        return Err(invalid(format!("the shard has {len} bytes, not 1 to {SHARD_LEN_MAX}")));
    }
    Ok(())
}

fn invalid(why: String) -> Error {
    Error::Invalid(why)
}
