//! Fixes by queue: a batch waits in a queue instead of the table, and what comes from
//! there becomes chunks at once. A queue may deliver twice, in any order and after
//! whoever took a batch in has died; a marker, written together with the chunk, sees to
//! it that every batch is in exactly one.

use std::collections::BTreeMap;

use domain::{
    fixes::{
        Batch,
        chunk::{self, Chunk},
    },
    id::derive_bytes,
};
use futures::{StreamExt, TryStreamExt, stream};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use table::{Guard, Write, limits};

use super::{
    Accepted,
    chunks::{chunk_name, corrupt, from_blobs, row_of},
    differs,
    sealing::CHUNK_LEN,
};
use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    outside::{FixQueue, random},
    record::Attribution,
    rows::{BatchRow, Batched, MarkerRow, to_bytes},
};

/// A message to a queue has at most so many bytes.
pub const MESSAGE_LEN_MAX: usize = 200_000;
/// What a message has besides columns: ids, an instant, who sent it.
const ENVELOPE_LEN: usize = 2_048;
/// Batches of one chunk: with their markers its row is one guarded write.
const TOGETHER_MAX: usize = limits::BATCH_WRITES_MAX - 1;
/// Chunks made at the same time.
const CHUNKS_AT_ONCE: usize = 4;
/// Batches taken in by themselves at the same time, when all together failed.
const ALONE_AT_ONCE: usize = 16;
/// How often is read again what somebody else keeps meanwhile.
const ATTEMPTS_MAX: usize = 24;

/// A batch on its way through a queue. Numbered fields: never reuse or change a number.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Queued {
    /// Its id.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub id: [u8; 16],
    /// As it was accepted.
    #[n(1)]
    pub batch: BatchRow,
}

/// Batches by their ids: what makes one known that comes twice.
type Batches = BTreeMap<[u8; 16], BatchRow>;

impl Service {
    /// Hands a batch to a queue, in parts if it is too long for a message. Under a
    /// `key` of the sender that was used before it may be known already.
    pub(super) async fn queue_fixes(
        &self,
        queue: &dyn FixQueue,
        by: &Attribution,
        id: [u8; 16],
        (keyed, batch): (bool, &Batch),
    ) -> Result<Accepted> {
        let accepted =
            Accepted { batch: id, fixes: batch.fixes.len(), duplicate: false, queued: true };
        let mut parts = parts_of(id, batch);
        if keyed {
            let mut unknown = Vec::new();
            for (id, columns) in parts {
                let Some(entry) = self.table.get(&Row::Batch(id).key()).await? else {
                    unknown.push((id, columns));
                    continue;
                };
                if !Batched::from_bytes(&entry.value)?.is_of(&columns) {
                    return Err(differs());
                }
            }
            if unknown.is_empty() {
                return Ok(Accepted { duplicate: true, ..accepted });
            }
            parts = unknown;
        }
        let recorded_at = self.clock.now();
        let message = |(id, columns)| {
            let batch = BatchRow { recorded_at, actor: by.actor.clone(), columns };
            to_bytes(&Queued { id, batch })
        };
        queue.send(parts.into_iter().map(message).collect()).await?;
        Ok(accepted)
    }

    /// Takes in what a queue delivers: says of each message whether it is dealt with.
    /// One that is not must be delivered again, in any company; one that makes no sense
    /// is [`Error::Corrupt`] however often it comes. Any number may do so at once.
    pub async fn take_in_queued(&self, messages: Vec<Vec<u8>>) -> Vec<Result<()>> {
        let (mut batches, mut ids) = (Batches::new(), Vec::with_capacity(messages.len()));
        for message in messages {
            ids.push(read(&message).map(|Queued { id, batch }| {
                // What stands under another's id is known by what it holds.
                let other = batches.get(&id).is_some_and(|it| it.columns != batch.columns);
                let id = if other { own_id(&batch) } else { id };
                batches.entry(id).or_insert(batch);
                id
            }));
        }
        let mut failed: BTreeMap<[u8; 16], Error> = BTreeMap::new();
        let each: Vec<_> = groups(&batches).into_iter().map(|it| self.keep(it)).collect();
        let mut each = stream::iter(each).buffer_unordered(CHUNKS_AT_ONCE);
        while let Some((group, kept)) = each.next().await {
            if let Err(error) = kept {
                failed.extend(group.into_iter().map(|id| (id, error.clone())));
            }
        }
        batches.retain(|id, _| !failed.contains_key(id));
        // Also of what was known: whoever kept it may have ended before this.
        failed.extend(self.derive_from(batches).await);
        let done = |id: [u8; 16]| failed.get(&id).map_or(Ok(()), |it| Err(it.clone()));
        ids.into_iter().map(|it| it.and_then(done)).collect()
    }

    /// Keeps these batches in a chunk, those that none keeps yet.
    async fn keep(&self, group: Batches) -> (Vec<[u8; 16]>, Result<()>) {
        let ids = group.keys().copied().collect();
        for _ in 0..ATTEMPTS_MAX {
            let kept = match self.unknown_among(group.clone()).await {
                Ok(open) if open.is_empty() => Ok(true),
                Ok(open) => self.keep_as_chunk(open).await,
                Err(error) => Err(error),
            };
            match kept {
                // Somebody else keeps one of them meanwhile.
                Ok(false) => (),
                other => return (ids, other.map(|_| ())),
            }
        }
        (ids, Err(Error::Unavailable("the same fixes are kept by too many at once".to_owned())))
    }

    /// Those of these batches that nothing stands for, by their ids. A batch whose id
    /// another one has used is not lost: its content names it.
    async fn unknown_among(&self, mut asked: Batches) -> Result<Vec<chunk::Sealed>> {
        let mut open = Batches::new();
        while !asked.is_empty() {
            let ids: Vec<[u8; 16]> = asked.keys().copied().collect();
            let mut others = Batches::new();
            for (id, found) in self.batched(&ids).await? {
                let Some(batch) = asked.remove(&id) else { continue };
                if !found.is_of(&batch.columns) {
                    tracing::warn!(batch = ?id, "other fixes were sent under a key that was used");
                    others.insert(own_id(&batch), batch);
                }
            }
            open.append(&mut asked);
            asked = others;
        }
        let sealed = |(id, BatchRow { recorded_at, actor, columns })| chunk::Sealed {
            id,
            recorded_at,
            actor,
            columns,
        };
        Ok(open.into_iter().map(sealed).collect())
    }

    /// Puts these batches into one chunk: the blob first, then its row and a marker for
    /// each of them in one guarded write. False if one of them is in another by now.
    async fn keep_as_chunk(&self, batches: Vec<chunk::Sealed>) -> Result<bool> {
        let sealed_at = self.clock.now();
        let chunk = Chunk::of(&batches).map_err(corrupt)?;
        let hash: [u8; 32] = Sha256::digest(&chunk.bytes).into();
        let name = chunk_name(sealed_at, &hash);
        let row = row_of(&name, &chunk, &chunk.bytes, random(&*self.entropy));
        let stored = to_bytes(&row);
        let key = Row::Chunk(sealed_at, *hash.first_chunk().expect("32 bytes have 8")).key();
        self.blobs.put_new(&name, chunk.bytes.into()).await.map_err(from_blobs)?;
        let mut writes = vec![Write::put(key.clone(), Guard::Absent, stored.clone())];
        let ids: Vec<[u8; 16]> = batches.iter().map(|it| it.id).collect();
        writes.extend(batches.into_iter().map(|it| {
            let digest = Sha256::digest(&it.columns).into();
            let marker = MarkerRow { sealed_at, chunk: hash, digest };
            Write::put(Row::Batch(it.id).key(), Guard::Absent, to_bytes(&marker))
        }));
        match self.table.write(writes).await {
            Ok(()) => Ok(true),
            Err(table::Error::Conflict(_)) => {
                let found = self.batched(&ids).await?;
                let names = |it: &Batched| match it {
                    Batched::Sealed(it) => chunk_name(it.sealed_at, &it.chunk) == name,
                    Batched::Whole(_) => false,
                };
                // Since another chunk keeps one of them, nobody can make this one any more.
                if !found.is_empty() && !found.iter().any(|it| names(&it.1)) {
                    if let Err(why) = self.blobs.delete(&name).await {
                        tracing::warn!(%name, %why, "a chunk that nothing names is left over");
                    }
                }
                Ok(false)
            }
            Err(table::Error::Unavailable(why)) => match self.table.get(&key).await? {
                // Ours: its salt is nobody else's.
                Some(found) if found.value == stored => Ok(true),
                _ => Err(Error::Unavailable(why)),
            },
            Err(other) => Err(other.into()),
        }
    }

    /// Moves rings on by these batches, and notes what came late. Where one of them
    /// makes no sense they are tried one by one, so that it keeps back no other; a table
    /// that does not answer is not asked as often.
    async fn derive_from(&self, batches: Batches) -> Vec<([u8; 16], Error)> {
        let mut rows: Vec<BatchRow> = batches.values().cloned().collect();
        rows.sort_by_key(|it| it.recorded_at);
        match self.derive_rows(rows).await {
            Ok(()) => return Vec::new(),
            Err(Error::Corrupt(_)) if 1 < batches.len() => (),
            Err(error) => return batches.into_keys().map(|id| (id, error.clone())).collect(),
        }
        let each: Vec<_> = batches
            .into_iter()
            .map(|(id, row)| async move { (id, self.derive_rows(vec![row]).await) })
            .collect();
        let each = stream::iter(each).buffer_unordered(ALONE_AT_ONCE);
        each.filter_map(|(id, done)| async move { done.err().map(|it| (id, it)) }).collect().await
    }

    async fn derive_rows(&self, rows: Vec<BatchRow>) -> Result<()> {
        self.take_in(rows.clone()).await?;
        self.note_late_fixes(&rows).await
    }

    /// What stands under the keys of these batches, where anything does.
    async fn batched(&self, ids: &[[u8; 16]]) -> Result<Vec<([u8; 16], Batched)>> {
        let each: Vec<_> = ids
            .iter()
            .map(|id| async move {
                let entry = self.table.get(&Row::Batch(*id).key()).await?;
                let found = entry.map(|it| Batched::from_bytes(&it.value)).transpose()?;
                Ok::<_, Error>(found.map(|it| (*id, it)))
            })
            .collect();
        let all: Vec<Option<_>> = stream::iter(each).buffered(TOGETHER_MAX).try_collect().await?;
        Ok(all.into_iter().flatten().collect())
    }
}

/// Reads a message; everything in it is checked.
fn read(message: &[u8]) -> Result<Queued> {
    let queued: Queued = minicbor::decode(message)
        .map_err(|why| Error::Corrupt(format!("a message of the queue of fixes: {why}")))?;
    Batch::from_bytes(&queued.batch.columns).map_err(corrupt)?;
    Ok(queued)
}

/// The id of a batch that came without a key of its sender.
pub(super) fn id_of_content(actor: &str, columns: &[u8]) -> [u8; 16] {
    derive_bytes(&[b"fixes", actor.as_bytes(), b"", &Sha256::digest(columns)])
}

fn own_id(batch: &BatchRow) -> [u8; 16] {
    id_of_content(&batch.actor, &batch.columns)
}

/// As many as one guarded write and one chunk hold.
fn groups(batches: &Batches) -> Vec<Batches> {
    let (mut all, mut group, mut len) = (Vec::new(), Batches::new(), 0);
    for (id, batch) in batches {
        len += batch.columns.len() as u64;
        group.insert(*id, batch.clone());
        if TOGETHER_MAX <= group.len() || CHUNK_LEN <= len {
            all.push(std::mem::take(&mut group));
            len = 0;
        }
    }
    all.extend(Some(group).filter(|it| !it.is_empty()));
    all
}

/// The columns of a batch in parts that fit into messages, in the order of its fixes.
/// The first part has the id of the whole.
fn parts_of(id: [u8; 16], batch: &Batch) -> Vec<([u8; 16], Vec<u8>)> {
    let part_id = |number: usize| match number {
        0 => id,
        _ => derive_bytes(&[b"fixes part", &id, &(number as u64).to_be_bytes()]),
    };
    let mut parts = Vec::new();
    cut(batch, &mut parts);
    parts.into_iter().enumerate().map(|(number, columns)| (part_id(number), columns)).collect()
}

fn cut(batch: &Batch, parts: &mut Vec<Vec<u8>>) {
    let columns = batch.to_bytes();
    if columns.len() <= MESSAGE_LEN_MAX - ENVELOPE_LEN || batch.fixes.len() < 2 {
        return parts.push(columns);
    }
    let (first, second) = batch.fixes.split_at(batch.fixes.len() / 2);
    for fixes in [first, second] {
        let mut half = Batch::default();
        for (of, fix) in fixes {
            let tracker = batch.trackers[*of as usize];
            let known = half.trackers.iter().rposition(|it| *it == tracker);
            let of = known.unwrap_or_else(|| {
                half.trackers.push(tracker);
                half.trackers.len() - 1
            });
            half.fixes.push((of as u32, *fix));
        }
        cut(&half, parts);
    }
}
