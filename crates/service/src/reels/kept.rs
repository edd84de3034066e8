//! How parts of the past are kept: a row names what it holds, and whoever replaces it
//! names the row that was replaced. Small parts lie in the row, since a write of some
//! kilobytes costs less than a blob.

use blobs::BlobName;
use domain::leaf::hex;
use table::{Guard, Key, Version, Write};

use super::{Name, name_of};
use crate::{
    Service,
    error::{Error, Result},
    rows::{ReelRow, to_bytes},
};

/// Parts up to so many bytes lie in their row.
pub const IN_ROW_MAX: usize = 8 * 1_024;
/// How often a row is read again whose blob was replaced meanwhile.
const ATTEMPTS_MAX: usize = 8;

/// What a row says of what it holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said {
    /// Up to so many bytes lie in the row.
    pub in_row_max: usize,
    /// What it was made of, if it follows from other parts.
    pub made_of: Option<Name>,
    /// Of turns, how many these are.
    pub turns: Option<u32>,
}

/// A row as it was found.
#[derive(Clone, Debug)]
pub struct Found {
    pub row: ReelRow,
    pub version: Version,
}

impl Service {
    /// A part's row.
    pub(super) async fn reel_part(&self, key: &Key) -> Result<Option<Found>> {
        let Some(entry) = self.table.get(key).await? else { return Ok(None) };
        Ok(Some(Found { row: minicbor::decode(&entry.value)?, version: entry.version }))
    }

    /// What a row holds; nothing if another took its place meanwhile.
    pub(super) async fn part_bytes(&self, row: &ReelRow) -> Result<Option<Vec<u8>>> {
        let Some(blob) = row.blob else { return Ok(row.bytes.clone()) };
        match self.blobs.get(&blob_name(blob)).await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(blobs::Error::Missing(_)) => Ok(None),
            Err(other) => Err(unread(&other)),
        }
    }

    /// A part and its row, as they stand together.
    pub(super) async fn read_part(&self, key: &Key) -> Result<Option<(Found, Vec<u8>)>> {
        for _ in 0..ATTEMPTS_MAX {
            let Some(found) = self.reel_part(key).await? else { return Ok(None) };
            if let Some(bytes) = self.part_bytes(&found.row).await? {
                return Ok(Some((found, bytes)));
            }
        }
        Err(Error::Corrupt(format!("{key} names a blob that is gone: rebuild")))
    }

    /// Puts a part in the place of what was found there; false if somebody else was
    /// faster. Blobs go before the row that names them, and after the one that no
    /// longer does: a crash leaves at most one that nobody names.
    pub(super) async fn keep_part(
        &self,
        key: &Key,
        found: Option<&Found>,
        bytes: Vec<u8>,
        Said { in_row_max, made_of, turns }: Said,
    ) -> Result<bool> {
        let digest = name_of(&[&bytes]);
        let row = if bytes.len() <= in_row_max {
            ReelRow { digest, made_of, bytes: Some(bytes), blob: None, turns }
        } else {
            // Named by what it replaces as well: no name comes twice, so removing an
            // old blob never takes away a new one.
            let version = found.map_or(0, |it| it.version.raw()).to_be_bytes();
            let blob = name_of(&[&key.shard, &key.sort, &version, &digest]);
            let put = self.blobs.put(&blob_name(blob), bytes.into()).await;
            put.map_err(|it| unread(&it))?;
            ReelRow { digest, made_of, bytes: None, blob: Some(blob), turns }
        };
        let guard = found.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
        match self.table.write(vec![Write::put(key.clone(), guard, to_bytes(&row))]).await {
            Err(table::Error::Conflict(_)) => return Ok(false),
            other => other?,
        }
        if let Some(old) = found.and_then(|it| it.row.blob).filter(|it| row.blob != Some(*it))
            && let Err(error) = self.blobs.delete(&blob_name(old)).await
        {
            tracing::warn!(%error, "a replaced part of the map's past is left behind");
        }
        Ok(true)
    }
}

fn blob_name(name: Name) -> BlobName {
    BlobName::new(format!("reels/{}", hex(&name))).expect("digits and letters")
}

fn unread(error: &blobs::Error) -> Error {
    Error::Unavailable(error.to_string())
}
