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
use table::{Guard, Key, Scan, Write};

use super::Restored;
use crate::{
    Service,
    error::{Error, Result},
    fixes::chunks::{NO_SALT, corrupt, from_blobs},
    keys::{Row, chunk_shard, trail_span},
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

    async fn chunk_rows(&self) -> Result<Vec<(Key, ChunkRow)>> {
        let mut all = Vec::new();
        for span in 0..=trail_span(self.clock.now()) {
            let mut next = Some(Scan::whole(chunk_shard(span), LISTED));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    all.push((entry.key, minicbor::decode(&entry.value)?));
                }
                next = page.rest;
            }
        }
        Ok(all)
    }

    /// The row of a chunk that the backup does not have. Its salt is gone; the digest is
    /// that of the log, if the log tells of it.
    async fn know_chunk(&self, name: &BlobName, bytes: &Bytes, logged: &[Chunk]) -> Result<()> {
        let chunk: [u8; 32] = Sha256::digest(bytes).into();
        let stored = Stored::of(&Stored::batches(bytes).map_err(corrupt)?).map_err(corrupt)?;
        let trackers = &stored.head.trackers;
        let mut row = ChunkRow {
            name: name.to_string(),
            len: bytes.len() as u64,
            head_len: stored.head_len as u64,
            batches: stored.head.batches.len() as u64,
            trackers: trackers.len() as u64,
            fixes: trackers.iter().map(|it| it.fixes).sum(),
            first: trackers.iter().map(|it| it.first).min().unwrap_or(Timestamp::MIN),
            last: trackers.iter().map(|it| it.last).max().unwrap_or(Timestamp::MIN),
            salt: NO_SALT,
            digest: [0; 32],
        };
        let day = name.as_str().rsplit('/').nth(1).and_then(|it| it.parse::<i64>().ok());
        let day = day.and_then(|it| Timestamp::from_millis(it.saturating_mul(DAY)).ok());
        let day = day.ok_or_else(|| Error::Corrupt(format!("{name} names no day")))?;
        let is_of_day = |it: &&Chunk| day <= it.at && it.at < day.plus(DAY);
        let told = logged.iter().filter(is_of_day).find(|it| is_alike(it, &row));
        match told {
            Some(told) => row.digest = told.digest,
            None => {
                row.salt = random(&*self.entropy);
                let salted = Sha256::new().chain_update(row.salt).chain_update(bytes);
                row.digest = salted.finalize().into();
            }
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
