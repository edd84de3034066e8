//! Chunks of fixes: blobs that are named by what they hold. They are taken from where
//! the log lay; what the log or the backup tells of and nobody has is counted.

use std::collections::BTreeSet;

use blobs::{BlobName, Blobs};
use bytes::Bytes;
use domain::{
    fixes::chunk::Chunk as Stored,
    leaf::{entry::Chunk, hex},
    time::{DAY, Timestamp},
};
use sha2::{Digest, Sha256};
use table::{Guard, Write};

use super::Restored;
use crate::{
    Service,
    error::{Error, Result},
    fixes::chunks::{NO_SALT, corrupt, from_blobs, row_of},
    keys::Row,
    outside::random,
    rows::{ChunkRow, to_bytes},
};

/// Blobs listed at once.
const LISTED: usize = 1_000;
const FOLDER: &str = "fixes/chunks";

impl Service {
    pub(super) async fn restore_chunks(
        &self,
        from: Option<&dyn Blobs>,
        logged: &[Chunk],
        done: &mut Restored,
    ) -> Result<()> {
        let known = self.chunk_rows().await?;
        let mut named: BTreeSet<String> = known.iter().map(|it| it.1.name.clone()).collect();
        let mut here = BTreeSet::new();
        let folder = BlobName::new(FOLDER).expect("the folder has a good name");
        let mut last: Option<BlobName> = None;
        while let Some(from) = from {
            let page = from.list(Some(&folder), last.as_ref(), LISTED).await;
            let page = page.map_err(from_blobs)?;
            for name in page.iter().map(|it| &it.name) {
                let bytes = from.get(name).await.map_err(from_blobs)?;
                // A name that does not fit is damage: what is missing is told below.
                if !is_named_so(name, &bytes) {
                    continue;
                }
                self.blobs.put_new(name, bytes.clone()).await.map_err(from_blobs)?;
                if named.insert(name.to_string()) {
                    self.know_chunk(name, &bytes, logged).await?;
                }
                here.insert(name.to_string());
            }
            last = page.last().map(|it| it.name.clone());
            if page.len() < LISTED {
                break;
            }
        }
        done.chunks = here.len() as u64;
        self.forget_missing(&here, logged, done).await
    }

    /// A row without its blob would stop whoever reads it.
    async fn forget_missing(
        &self,
        here: &BTreeSet<String>,
        logged: &[Chunk],
        done: &mut Restored,
    ) -> Result<()> {
        let known = self.chunk_rows().await?;
        let told = logged.iter().filter(|it| !known.iter().any(|(_, row)| is_that(it, row)));
        done.chunks_missing = told.count() as u64;
        for (key, row) in known {
            if !here.contains(&row.name) {
                done.chunks_missing += 1;
                self.table.write(vec![Write::delete(key, Guard::Any)]).await?;
            }
        }
        Ok(())
    }

    /// The row of a chunk that the backup does not have. Its salt is gone; the digest is
    /// that of the log, if the log tells of it.
    async fn know_chunk(&self, name: &BlobName, bytes: &Bytes, logged: &[Chunk]) -> Result<()> {
        let chunk: [u8; 32] = Sha256::digest(bytes).into();
        let stored = Stored::of(&Stored::batches(bytes).map_err(corrupt)?).map_err(corrupt)?;
        let mut row = row_of(name, &stored, bytes, random(&*self.entropy));
        let day = name.as_str().rsplit('/').nth(1).and_then(|it| it.parse::<i64>().ok());
        let day = day.and_then(|it| Timestamp::from_millis(it.saturating_mul(DAY)).ok());
        let day = day.ok_or_else(|| Error::Corrupt(format!("{name} names no day")))?;
        let is_of_day = |it: &&Chunk| day <= it.at && it.at < day.plus(DAY);
        let told = logged.iter().filter(is_of_day).find(|it| is_alike(it, &row));
        if let Some(told) = told {
            (row.salt, row.digest) = (NO_SALT, told.digest);
        }
        let hash = *chunk.first_chunk().expect("32 bytes have 8");
        let key = Row::Chunk(told.map_or(day, |it| it.at), hash).key();
        Ok(self.table.write(vec![Write::put(key, Guard::Any, to_bytes(&row))]).await?)
    }
}

/// Whether a blob is called what it holds.
fn is_named_so(name: &BlobName, bytes: &Bytes) -> bool {
    name.as_str().rsplit('/').next() == Some(hex(&Sha256::digest(bytes)).as_str())
}

/// Whether the log tells of this chunk.
fn is_that(logged: &Chunk, row: &ChunkRow) -> bool {
    logged.digest == row.digest
}

/// Whether it may do: as far as the log tells without the salt.
fn is_alike(logged: &Chunk, row: &ChunkRow) -> bool {
    (logged.batches, logged.trackers, logged.fixes) == (row.batches, row.trackers, row.fixes)
        && (logged.first, logged.last) == (row.first, row.last)
}
