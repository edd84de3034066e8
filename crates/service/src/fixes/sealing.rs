//! Sealing: batches that were taken in leave the table for chunks, which are blobs.
//! One chunk is sealed at a time, by a plan that whoever comes next can finish: so
//! a batch is in exactly one chunk, whatever fails and however many seal at once.

use domain::{
    fixes::chunk::{self, Chunk},
    time::{DAY, HOUR, MINUTE, Millis, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use table::{Entry, Guard, Key, Scan, Write};

use super::chunks::{chunk_name, corrupt, from_blobs, row_of};
use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, UNSEALED_SHARDS, chunk_shard, trail_span, unsealed_shard},
    outside::random,
    rows::{BatchRow, Batched, Checkpoint, ChunkRow, MarkerRow, SealingRow, UnsealedRow, to_bytes},
};

/// A chunk is sealed once its batches have so many bytes,
pub const CHUNK_LEN: u64 = 4 * 1_024 * 1_024;
/// or are so many,
const BATCHES_MAX: usize = 4_096;
/// or the oldest has waited for so long.
const WAITS: Millis = MINUTE;
/// The same batch is known again for so long after it was sealed. Later it does no
/// harm: the same fixes again change neither rings nor what trails say.
pub const MARKED_FOR: Millis = 7 * DAY;
/// How often old markers are looked for.
const MARKERS_EVERY: Millis = HOUR;
/// The name that it remembers under up to when markers are removed.
const MARKERS: &str = "markers";
/// Most batches and bytes that are noted as one.
const NOTED_MAX: usize = 1_024;
const NOTED_LEN: usize = 1_024 * 1_024;
/// Notes read of each shard at once.
const NOTES: usize = 256;
/// Rows read or written at the same time.
const AT_ONCE: usize = 64;
/// Chunks read at once.
const PAGE: usize = 100;

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Chunks that were sealed.
    pub chunks: usize,
    /// Batches that got their markers.
    pub batches: usize,
    /// Markers of batches that were sealed long ago and are removed.
    pub markers_removed: usize,
    /// Whether there may be more to seal.
    pub more: bool,
}

/// Batches that may become a chunk, and the notes that name them.
struct Gathered {
    ids: Vec<[u8; 16]>,
    notes: Vec<Entry>,
}

/// What stands under the key of a batch; the entry without its value.
#[derive(Clone)]
struct Found {
    id: [u8; 16],
    row: Batched,
    entry: Entry,
}

impl Service {
    /// Notes batches that were taken in, for whoever seals them. The same again
    /// is the same note.
    pub(crate) async fn note_unsealed(&self, ids: &[([u8; 16], Timestamp, usize)]) -> Result<()> {
        let mut rest = ids;
        while let Some((_, mut oldest, _)) = rest.first().copied() {
            let (mut len, mut count) = (0, 0);
            for (_, recorded_at, bytes) in rest.iter().take(NOTED_MAX) {
                oldest = oldest.min(*recorded_at);
                (len, count) = (len + bytes, count + 1);
                if NOTED_LEN <= len {
                    break;
                }
            }
            let (noted, later) = rest.split_at(count);
            rest = later;
            let ids: Vec<u8> = noted.iter().flat_map(|it| it.0).collect();
            let hash = *Sha256::digest(&ids).first_chunk().expect("32 bytes have 8");
            let row = UnsealedRow { len: len as u64, ids };
            let put = Write::put(Row::Unsealed(oldest, hash).key(), Guard::Any, to_bytes(&row));
            self.table.write(vec![put]).await?;
        }
        Ok(())
    }

    /// Seals at most one chunk of what was taken in, if there is enough of it or
    /// it has waited long enough, after finishing the one that somebody began.
    /// Removes markers whose time is over. Repeated, or done by several at once,
    /// it does nothing twice.
    pub async fn seal_fixes(&self) -> Result<Sealed> {
        let mut done = Sealed::default();
        let plan_key = Row::Sealing.key();
        if let Some(begun) = self.table.get(&plan_key).await? {
            done.count(self.carry_out(begun).await?);
            done.more = true;
        }
        if let Some(Gathered { ids, notes }) = self.gather().await? {
            done.more = true;
            let sealed = match self.plan(ids).await? {
                Some(plan) => {
                    let put = Write::put(plan_key.clone(), Guard::Absent, to_bytes(&plan));
                    match self.table.write(vec![put]).await {
                        // Somebody else has begun one meanwhile.
                        Err(table::Error::Conflict(_)) => return Ok(done),
                        other => other?,
                    }
                    // Nothing if somebody else has finished it already.
                    let Some(begun) = self.table.get(&plan_key).await? else { return Ok(done) };
                    let one = self.carry_out(begun).await?;
                    done.count(one);
                    one.chunks == 1
                }
                None => true,
            };
            // Only now: every batch that they name is in a chunk.
            if sealed {
                self.remove_all(notes).await?;
            }
        }
        done.markers_removed = self.remove_markers().await?;
        Ok(done)
    }

    /// The oldest batches that no chunk keeps, as many as make a chunk; nothing as
    /// long as they are few and young.
    async fn gather(&self) -> Result<Option<Gathered>> {
        let mut notes: Vec<Entry> = Vec::new();
        let mut ready = false;
        for bucket in 0..UNSEALED_SHARDS {
            let page = self.table.scan(Scan::whole(unsealed_shard(bucket), NOTES)).await?;
            ready |= page.rest.is_some();
            notes.extend(page.entries);
        }
        notes.sort_by(|a, b| a.key.sort.cmp(&b.key.sort));
        let Some(oldest) = notes.first().and_then(|it| instant_of(&it.key)) else {
            return Ok(None);
        };
        ready |= WAITS <= self.clock.now().since(oldest);
        let (mut ids, mut len, mut taken) = (Vec::new(), 0, 0);
        for note in &notes {
            if CHUNK_LEN <= len || BATCHES_MAX <= ids.len() {
                break;
            }
            let row: UnsealedRow = minicbor::decode(&note.value)?;
            ids.extend(ids_of(&row.ids));
            (len, taken) = (len + row.len, taken + 1);
        }
        if !ready && len < CHUNK_LEN && ids.len() < BATCHES_MAX {
            return Ok(None);
        }
        notes.truncate(taken);
        ids.sort_unstable();
        ids.dedup();
        Ok(Some(Gathered { ids, notes }))
    }

    /// How these batches will be a chunk; nothing if all of them are in one.
    async fn plan(&self, ids: Vec<[u8; 16]>) -> Result<Option<SealingRow>> {
        let found = self.batches_named(&ids).await?;
        let whole: Vec<chunk::Sealed> = found.into_iter().filter_map(Found::whole).collect();
        if whole.is_empty() {
            return Ok(None);
        }
        let chunk = Chunk::of(&whole).map_err(corrupt)?;
        Ok(Some(SealingRow {
            sealed_at: self.clock.now(),
            salt: random::<32>(&*self.entropy),
            chunk: Sha256::digest(&chunk.bytes).into(),
            ids: whole.iter().flat_map(|it| it.id).collect(),
        }))
    }

    /// Does what a plan says, from wherever somebody else left off: the blob, the
    /// row of the chunk, a marker in place of each batch. Only then the plan goes.
    async fn carry_out(&self, begun: Entry) -> Result<Sealed> {
        let plan: SealingRow = minicbor::decode(&begun.value)?;
        let ids: Vec<[u8; 16]> = ids_of(&plan.ids).collect();
        let found = self.batches_named(&ids).await?;
        let untouched = found.len() == ids.len() && found.iter().all(Found::is_whole);
        let stands = if untouched {
            // Nobody else seals them while this plan stands.
            self.keep_chunk(&plan, found.iter().cloned().filter_map(Found::whole)).await?;
            true
        } else {
            // It may have been made from what was true before another one ended.
            let other =
                |it: &Found| matches!(&it.row, Batched::Sealed(it) if it.chunk != plan.chunk);
            !found.iter().any(other) && self.table.get(&chunk_key(&plan)).await?.is_some()
        };
        let mut done = Sealed::default();
        if stands {
            let open: Vec<Found> = found.into_iter().filter(Found::is_whole).collect();
            done = Sealed { chunks: 1, batches: open.len(), ..done };
            let each: Vec<_> = open.into_iter().map(|it| self.mark_sealed(&plan, it)).collect();
            stream::iter(each).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        }
        self.remove_all(vec![begun]).await?;
        Ok(done)
    }

    /// Writes the blob and then the row that names it.
    async fn keep_chunk(
        &self,
        plan: &SealingRow,
        batches: impl Iterator<Item = chunk::Sealed> + Send,
    ) -> Result<()> {
        let chunk = Chunk::of(&batches.collect::<Vec<_>>()).map_err(corrupt)?;
        if *Sha256::digest(&chunk.bytes) != plan.chunk {
            return Err(Error::Corrupt("batches are others than they were".to_owned()));
        }
        let name = chunk_name(plan.sealed_at, &plan.chunk);
        let row = row_of(&name, &chunk, &chunk.bytes, plan.salt);
        self.blobs.put_new(&name, chunk.bytes.into()).await.map_err(from_blobs)?;
        let put = Write::put(chunk_key(plan), Guard::Absent, to_bytes(&row));
        match self.table.write(vec![put]).await {
            // By somebody who carries out the same plan.
            Err(table::Error::Conflict(_)) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Puts a marker in place of a batch that a chunk keeps.
    async fn mark_sealed(&self, plan: &SealingRow, found: Found) -> Result<()> {
        let Batched::Whole(row) = found.row else { return Ok(()) };
        let digest = Sha256::digest(&row.columns).into();
        let marker = MarkerRow { sealed_at: plan.sealed_at, chunk: plan.chunk, digest };
        let guard = Guard::Unchanged(found.entry.version);
        match self.table.write(vec![Write::put(found.entry.key, guard, to_bytes(&marker))]).await {
            Err(table::Error::Conflict(_)) => Ok(()),
            other => Ok(other?),
        }
    }

    /// What stands under the keys of these batches.
    async fn batches_named(&self, ids: &[[u8; 16]]) -> Result<Vec<Found>> {
        let each: Vec<_> = ids.iter().map(|id| self.batch_named(*id)).collect();
        let all: Vec<Option<Found>> = stream::iter(each).buffered(AT_ONCE).try_collect().await?;
        Ok(all.into_iter().flatten().collect())
    }

    async fn batch_named(&self, id: [u8; 16]) -> Result<Option<Found>> {
        let Some(entry) = self.table.get(&Row::Batch(id).key()).await? else { return Ok(None) };
        let row = Batched::from_bytes(&entry.value)?;
        Ok(Some(Found { id, row, entry: Entry { value: Vec::new(), ..entry } }))
    }

    /// Removes rows that nobody has written again.
    async fn remove_all(&self, entries: Vec<Entry>) -> Result<()> {
        let each: Vec<_> = entries
            .into_iter()
            .map(|it| Write::delete(it.key, Guard::Unchanged(it.version)))
            .map(|it| self.table.write(vec![it]))
            .collect();
        let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
        while let Some(removed) = each.next().await {
            match removed {
                Ok(()) | Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Ok(())
    }

    /// Removes the markers of chunks that were sealed long ago.
    async fn remove_markers(&self) -> Result<usize> {
        let key = Row::Checkpoint(MARKERS, 0).key();
        let before = self.table.get(&key).await?;
        let before = before.map(|it| minicbor::decode::<Checkpoint>(&it.value)).transpose()?;
        let since = before.map_or(0, |it| it.seq_low as i64);
        let until = self.clock.now().plus(-MARKED_FOR);
        if before.is_some() && until.millis() < since.saturating_add(MARKERS_EVERY) {
            return Ok(0);
        }
        let (mut removed, since) = (0, Timestamp::MIN.plus(since));
        for span in trail_span(since)..=trail_span(until) {
            let mut scan = Scan::whole(chunk_shard(span), PAGE);
            scan.range.start = since.millis().to_be_bytes().to_vec();
            scan.range.end = until.millis().to_be_bytes().to_vec();
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    removed += self.remove_markers_of(&minicbor::decode(&entry.value)?).await?;
                }
                next = page.rest;
            }
        }
        let reached = Checkpoint { seq_high: 0, seq_low: until.millis().unsigned_abs() };
        self.table.write(vec![Write::put(key, Guard::Any, to_bytes(&reached))]).await?;
        Ok(removed)
    }

    async fn remove_markers_of(&self, row: &ChunkRow) -> Result<usize> {
        let head = self.chunk_head(row).await?;
        let found = self.batches_named(&head.batches).await?;
        // One that was accepted anew since is no marker.
        let old: Vec<Entry> =
            found.into_iter().filter(|it| !it.is_whole()).map(|it| it.entry).collect();
        let count = old.len();
        self.remove_all(old).await?;
        Ok(count)
    }
}

impl Found {
    const fn is_whole(&self) -> bool {
        matches!(self.row, Batched::Whole(_))
    }

    fn whole(self) -> Option<chunk::Sealed> {
        match self.row {
            Batched::Whole(BatchRow { recorded_at, actor, columns }) => {
                Some(chunk::Sealed { id: self.id, recorded_at, actor, columns })
            }
            Batched::Sealed(_) => None,
        }
    }
}

impl Sealed {
    const fn count(&mut self, one: Self) {
        self.chunks += one.chunks;
        self.batches += one.batches;
    }
}

fn chunk_key(plan: &SealingRow) -> Key {
    let hash = *plan.chunk.first_chunk().expect("32 bytes have 8");
    Row::Chunk(plan.sealed_at, hash).key()
}

fn ids_of(bytes: &[u8]) -> impl Iterator<Item = [u8; 16]> {
    bytes.as_chunks::<16>().0.iter().copied()
}

fn instant_of(key: &Key) -> Option<Timestamp> {
    let millis = key.sort.first_chunk::<8>()?;
    Timestamp::from_millis(i64::from_be_bytes(*millis)).ok()
}
