//! The history by tracker: the fixes of sealed chunks once more as Parquet files, day by
//! day as they were sealed. Those of trackers that follow people are left out: nothing of
//! a person is in a file that cannot be erased. A row says which chunk is the last that is
//! in a file; a file counts once it does, so whoever is stopped writes it again.

use ::history::fixes::{Batch, Measured, name, write};
use domain::{
    fixes::Batch as Columns,
    id::TrackerId,
    time::{HOUR, Millis, Timestamp},
};
use minicbor::{Decode, Encode};
use quick_cache::sync::Cache;
use table::{Guard, Scan, Write};

use super::chunks::corrupt;
use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, chunk_shard, day, oldest_first, sealed_of, trail_span},
    rows::{ChunkRow, to_bytes},
};

/// A file takes no more chunks once it has so many fixes.
const FIXES_MAX: u64 = 1_000_000;
/// Chunks are left alone for so long: clocks of those who seal may differ.
const GRACE: Millis = HOUR;
/// Chunks read at once.
const PAGE: usize = 100;

/// The last chunk whose fixes are in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FixHistoryRow {
    /// When it was sealed.
    #[n(0)]
    pub sealed_at: Timestamp,
    /// The first 8 bytes of its SHA-256.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: [u8; 8],
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FixesCompacted {
    /// Files written.
    pub files: usize,
    /// Fixes in them.
    pub fixes: u64,
}

/// A chunk and what its key says.
type Keyed = (Timestamp, [u8; 8], ChunkRow);

impl Service {
    /// Writes the fixes of days that are over, and of so many chunks that they fill a
    /// file, into files. Any number may do so at once, and stop anywhere.
    pub async fn compact_fixes(&self) -> Result<FixesCompacted> {
        let (mut done, persons) = (FixesCompacted::default(), Cache::new(100_000));
        loop {
            let entry = self.table.get(&Row::FixHistory.key()).await?;
            let last: Option<FixHistoryRow> =
                entry.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?;
            let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let chunks = self.chunks_after(last).await?;
            let (Some(first), Some(last)) = (chunks.first(), chunks.last()) else {
                return Ok(done);
            };
            let fixes: u64 = chunks.iter().map(|it| it.2.fixes).sum();
            if fixes < FIXES_MAX && day(self.clock.now().plus(-GRACE)) <= day(first.0) {
                return Ok(done);
            }
            let row = FixHistoryRow { sealed_at: last.0, hash: last.1 };
            let (batches, measured) = self.measured(&chunks, &persons).await?;
            if !measured.is_empty() {
                done.files += 1;
                done.fixes += measured.len() as u64;
                let bytes = write(&batches, measured)?;
                // Before it counts it may be written again: who is a person may change.
                let put = self.blobs.put(&name(first.0, first.1), bytes).await;
                put.map_err(::history::Error::from)?;
            }
            let put = Write::put(Row::FixHistory.key(), guard, to_bytes(&row));
            match self.table.write(vec![put]).await {
                Ok(()) | Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
    }

    /// The chunks of one file behind this one: of one day, and no more than fill it.
    async fn chunks_after(&self, last: Option<FixHistoryRow>) -> Result<Vec<Keyed>> {
        let until = self.clock.now().plus(-GRACE);
        let mut all: Vec<Keyed> = Vec::new();
        let mut fixes = 0;
        for span in last.map_or(0, |it| trail_span(it.sealed_at))..=trail_span(until) {
            let mut scan = Scan::whole(chunk_shard(span), PAGE);
            if let Some(last) = last {
                scan.range.start = [&oldest_first(last.sealed_at, &last.hash)[..], &[0]].concat();
            }
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    let keyed = sealed_of(&entry.key.sort);
                    let (at, hash) =
                        keyed.ok_or_else(|| Error::Corrupt("a chunk without a time".to_owned()))?;
                    let other_day = all.first().is_some_and(|it| day(it.0) != day(at));
                    if FIXES_MAX <= fixes || other_day || until < at {
                        return Ok(all);
                    }
                    let row: ChunkRow = minicbor::decode(&entry.value)?;
                    fixes += row.fixes;
                    all.push((at, hash, row));
                }
                next = page.rest;
            }
        }
        Ok(all)
    }

    /// All fixes of these chunks that are of no person.
    async fn measured(
        &self,
        chunks: &[Keyed],
        persons: &Cache<TrackerId, bool>,
    ) -> Result<(Vec<Batch>, Vec<Measured>)> {
        let (mut batches, mut all) = (Vec::new(), Vec::new());
        for (_, _, row) in chunks {
            let chunk = chunk_hash(row)?;
            for sealed in self.chunk(row).await? {
                let columns = Columns::from_bytes(&sealed.columns).map_err(corrupt)?;
                let mut shown = Vec::with_capacity(columns.trackers.len());
                for tracker in &columns.trackers {
                    let person = match persons.get(tracker) {
                        Some(known) => known,
                        None => self.follows_person(*tracker).await?,
                    };
                    persons.insert(*tracker, person);
                    shown.push(!person);
                }
                let batch = batches.len() as u32;
                let of_no_person = |it: &&(u32, _)| shown[it.0 as usize];
                let fixes = columns.fixes.iter().filter(of_no_person);
                all.extend(fixes.map(|(of, fix)| Measured {
                    tracker: columns.trackers[*of as usize],
                    fix: *fix,
                    batch,
                }));
                let (id, recorded_at, actor) = (sealed.id, sealed.recorded_at, sealed.actor);
                batches.push(Batch { id, recorded_at, actor, chunk });
            }
        }
        Ok((batches, all))
    }
}

/// The SHA-256 of a chunk, which its name ends with.
fn chunk_hash(row: &ChunkRow) -> Result<[u8; 32]> {
    let wrong = || Error::Corrupt(format!("{} names no chunk", row.name));
    let text = row.name.rsplit('/').next().filter(|it| it.len() == 64 && it.is_ascii());
    let text = text.ok_or_else(wrong)?;
    let mut hash = [0; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| wrong())?;
    }
    Ok(hash)
}
