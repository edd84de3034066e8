//! What may have to be appended to the log, and the rows that say so: events, what
//! happened to people's access, and chunks of fixes.

use audit::chain::named;
use domain::{
    id::{AccessId, ChunkId, Subject},
    leaf::entry::{Chunk, Entry},
    time::Timestamp,
};
use table::{Changed, Key};

use crate::{
    error::Result,
    keys::{access_of_key, chunk_of_key, subject_of_shard},
    people::logged_access,
    rows::{ChunkRow, Recorded},
};

/// What an entry of the log is: it is in there once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Logs {
    /// A subject's event, by its number in the chain.
    Event(Subject, u64),
    /// What happened to somebody's access.
    Access(Timestamp, AccessId),
    /// A chunk of fixes.
    Chunk(Timestamp, ChunkId),
}

/// What may have to be appended.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub what: Logs,
    pub leaf: Vec<u8>,
    pub recorded_at: Timestamp,
}

impl Logs {
    /// What a leaf of the log is.
    pub(super) fn of_leaf(leaf: &[u8]) -> Option<Self> {
        if let Some((subject, seq)) = named(leaf) {
            return Some(Self::Event(subject.parse().ok()?, seq));
        }
        match Entry::from_bytes(leaf).ok()? {
            Entry::Event(_) => None,
            Entry::Access(it) => Some(Self::Access(it.at, it.id)),
            Entry::Chunk(it) => Some(Self::Chunk(it.at, it.id)),
        }
    }
}

impl Pending {
    /// An event as it is logged.
    pub(super) fn of(recorded: &Recorded) -> Self {
        Self {
            what: Logs::Event(recorded.event.subject, recorded.seq),
            leaf: recorded.leaf(),
            recorded_at: recorded.event.recorded_at,
        }
    }

    /// What a row has to be logged, if it is of a kind that is. Such rows are written
    /// once; of events, personal text may be erased, which changes no leaf.
    pub(super) fn of_row(key: &Key, value: &[u8]) -> Result<Option<Self>> {
        if subject_of_shard(&key.shard).is_some() {
            let is_event = key.sort.first() == Some(&b'e') && key.sort.len() == 17;
            return Ok(if is_event { Some(Self::of(&minicbor::decode(value)?)) } else { None });
        }
        if let Some((at, id)) = access_of_key(key) {
            let leaf = logged_access(at, id, value)?.to_bytes();
            return Ok(Some(Self { what: Logs::Access(at, id), leaf, recorded_at: at }));
        }
        let Some(at) = chunk_of_key(key) else { return Ok(None) };
        let chunk = logged_chunk(at, &minicbor::decode(value)?);
        let (what, leaf) = (Logs::Chunk(at, chunk.id), chunk.to_bytes());
        Ok(Some(Self { what, leaf, recorded_at: at }))
    }

    /// What a change has put in place that is to be logged.
    pub(super) fn of_change(change: &Changed) -> Result<Option<Self>> {
        match &change.new {
            Some(value) => Self::of_row(&change.key, value),
            None => Ok(None),
        }
    }
}

/// A chunk as it is logged. Its id follows from the salted digest, so that it tells as
/// little of the fixes.
fn logged_chunk(at: Timestamp, row: &ChunkRow) -> Chunk {
    Chunk {
        id: ChunkId::from_bytes(*row.digest.first_chunk().expect("32 bytes have 16")),
        at,
        batches: row.batches,
        trackers: row.trackers,
        fixes: row.fixes,
        first: row.first,
        last: row.last,
        digest: row.digest,
    }
}
