//! Chunks as they are read: what they are called, and all batches there ever were.

use std::collections::BTreeSet;

use blobs::BlobName;
use domain::{
    fixes::{
        InvalidColumns,
        chunk::{self, Chunk, Head},
    },
    leaf::hex,
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use table::{Key, Scan};

use crate::{
    Service,
    error::{Error, Result},
    keys::{
        BATCH_SHARDS, Row, UNSEALED_SHARDS, batch_of, batch_shard, chunk_shard, day, trail_span,
        unsealed_shard,
    },
    rows::{BatchRow, Batched, ChunkRow, UnsealedRow},
};

/// The salt of a chunk whose salt is gone: its digest cannot be made again, and it is
/// known by its name.
pub const NO_SALT: [u8; 32] = [0; 32];
/// Batches read at once: they may be large.
const BATCHES: usize = 100;
/// Other rows read at once.
const PAGE: usize = 1_000;

impl Service {
    /// Every chunk there is, the oldest first.
    pub async fn chunks(&self) -> Result<Vec<ChunkRow>> {
        Ok(self.chunk_rows().await?.into_iter().map(|it| it.1).collect())
    }

    /// The same, each with its key.
    pub(crate) async fn chunk_rows(&self) -> Result<Vec<(Key, ChunkRow)>> {
        let mut all = Vec::new();
        for span in 0..=trail_span(self.clock.now()) {
            let mut next = Some(Scan::whole(chunk_shard(span), PAGE));
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

    /// The batches that a chunk keeps, as they were accepted.
    pub async fn chunk(&self, row: &ChunkRow) -> Result<Vec<chunk::Sealed>> {
        let bytes = self.blobs.get(&name_of(row)?).await.map_err(from_blobs)?;
        let salted = || -> [u8; 32] {
            Sha256::new().chain_update(row.salt).chain_update(&bytes).finalize().into()
        };
        let is_it = match row.salt {
            NO_SALT => row.name.ends_with(&hex(&Sha256::digest(&bytes))),
            _ => salted() == row.digest,
        };
        if !is_it {
            return Err(Error::Corrupt(format!("{} is not what was sealed", row.name)));
        }
        Chunk::batches(&bytes).map_err(corrupt)
    }

    /// What the head of a chunk says.
    pub async fn chunk_head(&self, row: &ChunkRow) -> Result<Head> {
        let bytes = self.blobs.get_range(&name_of(row)?, 0..row.head_len).await;
        Head::from_bytes(&bytes.map_err(from_blobs)?).map_err(corrupt)
    }

    /// The chunk that keeps a batch, as the marker in its place says.
    pub async fn chunk_of(&self, batch: [u8; 16]) -> Result<Option<ChunkRow>> {
        let Some(entry) = self.table.get(&Row::Batch(batch).key()).await? else { return Ok(None) };
        let Batched::Sealed(marker) = Batched::from_bytes(&entry.value)? else { return Ok(None) };
        let hash = *marker.chunk.first_chunk().expect("32 bytes have 8");
        let row = self.table.get(&Row::Chunk(marker.sealed_at, hash).key()).await?;
        let row = row.ok_or_else(|| Error::Corrupt("a marker names no chunk".to_owned()))?;
        Ok(Some(minicbor::decode(&row.value)?))
    }

    /// Takes in every batch there ever was: those that stand in the table and then
    /// those in chunks, since one may be sealed meanwhile. What was taken in before
    /// changes nothing.
    pub(crate) async fn take_all_in(&self) -> Result<()> {
        let mut noted = self.noted_batches().await?;
        for bucket in 0..BATCH_SHARDS {
            let mut next = Some(Scan::whole(batch_shard(bucket), BATCHES));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                let (mut rows, mut unnoted) = (Vec::new(), Vec::new());
                for entry in &page.entries {
                    let Batched::Whole(row) = Batched::from_bytes(&entry.value)? else { continue };
                    if let Some(id) = batch_of(&entry.key).filter(|id| noted.insert(*id)) {
                        unnoted.push((id, row.recorded_at, row.columns.len()));
                    }
                    rows.push(row);
                }
                self.take_in(rows).await?;
                self.note_unsealed(&unnoted).await?;
                next = page.rest;
            }
        }
        for row in self.chunks().await? {
            let batch = |it: chunk::Sealed| {
                let chunk::Sealed { recorded_at, actor, columns, .. } = it;
                BatchRow { recorded_at, actor, columns }
            };
            self.take_in(self.chunk(&row).await?.into_iter().map(batch).collect()).await?;
        }
        Ok(())
    }

    /// The batches that are noted as in no chunk yet.
    pub(crate) async fn noted_batches(&self) -> Result<BTreeSet<[u8; 16]>> {
        let mut all = BTreeSet::new();
        for bucket in 0..UNSEALED_SHARDS {
            let mut next = Some(Scan::whole(unsealed_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    let row: UnsealedRow = minicbor::decode(&entry.value)?;
                    all.extend(row.ids.as_chunks::<16>().0.iter().copied());
                }
                next = page.rest;
            }
        }
        Ok(all)
    }
}

/// What the row of a chunk says, of which these are the bytes.
pub(crate) fn row_of(name: &BlobName, chunk: &Chunk, bytes: &[u8], salt: [u8; 32]) -> ChunkRow {
    let trackers = &chunk.head.trackers;
    ChunkRow {
        name: name.to_string(),
        len: bytes.len() as u64,
        head_len: chunk.head_len as u64,
        batches: chunk.head.batches.len() as u64,
        trackers: trackers.len() as u64,
        fixes: trackers.iter().map(|it| it.fixes).sum(),
        first: trackers.iter().map(|it| it.first).min().unwrap_or(Timestamp::MIN),
        last: trackers.iter().map(|it| it.last).max().unwrap_or(Timestamp::MIN),
        salt,
        digest: Sha256::new().chain_update(salt).chain_update(bytes).finalize().into(),
    }
}

/// What a chunk is called: by its content, below the day on which it was sealed.
pub fn chunk_name(sealed_at: Timestamp, chunk: &[u8; 32]) -> BlobName {
    let name = format!("fixes/chunks/{}/{}", day(sealed_at), hex(chunk));
    BlobName::new(name).expect("digits and slashes make a name")
}

fn name_of(row: &ChunkRow) -> Result<BlobName> {
    BlobName::new(row.name.as_str()).map_err(|it| Error::Corrupt(it.name))
}

pub fn corrupt(why: InvalidColumns) -> Error {
    Error::Corrupt(format!("a chunk of fixes: {why}"))
}

/// Names say what blobs hold, so one that is missing or other was damaged.
pub fn from_blobs(error: blobs::Error) -> Error {
    match error {
        blobs::Error::Unavailable(why) => Error::Unavailable(why),
        other => Error::Corrupt(other.to_string()),
    }
}
