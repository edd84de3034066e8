//! Chunks: accepted batches of fixes as they are kept for good, many in one blob.
//! The head names the batches and says of each tracker when it was measured, so
//! that both are known without reading the rest.

use std::collections::BTreeMap;

use super::{Batch, InvalidColumns};
use crate::{
    id::TrackerId,
    time::Timestamp,
    varint::{Reader, Writer},
};

/// The first byte of a chunk.
pub const VERSION: u8 = 1;

/// A batch of fixes as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Its id.
    pub id: [u8; 16],
    /// When it was accepted.
    pub recorded_at: Timestamp,
    /// Who sent it.
    pub actor: String,
    /// Its columns.
    pub columns: Vec<u8>,
}

/// What a chunk holds of one tracker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Which.
    pub tracker: TrackerId,
    /// How many fixes.
    pub fixes: u64,
    /// When the first of them was measured.
    pub first: Timestamp,
    /// When the last.
    pub last: Timestamp,
}

/// What stands at the beginning of a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The ids of its batches, in their order.
    pub batches: Vec<[u8; 16]>,
    /// Its trackers, by id.
    pub trackers: Vec<Span>,
}

/// A chunk as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What its head says.
    pub head: Head,
    /// How many bytes the head takes.
    pub head_len: usize,
    /// All of it.
    pub bytes: Vec<u8>,
}

impl Chunk {
    /// Puts batches into a chunk. The same batches in the same order give the
    /// same bytes.
    pub fn of(batches: &[Sealed]) -> Result<Self, InvalidColumns> {
        let head = Head::of(batches)?;
        let mut out = Writer::versioned(VERSION);
        head.write(&mut out);
        let mut bytes = out.into_bytes();
        let head_len = bytes.len();
        for batch in batches {
            let mut out = Writer::versioned(batch.id[0]);
            out.bytes(&batch.id[1..]);
            out.unsigned(batch.recorded_at.millis().unsigned_abs());
            out.unsigned(batch.actor.len() as u64);
            out.bytes(batch.actor.as_bytes());
            out.unsigned(batch.columns.len() as u64);
            out.bytes(&batch.columns);
            bytes.extend_from_slice(&out.into_bytes());
        }
        Ok(Self { head, head_len, bytes })
    }

    /// Reads the batches of a chunk.
    pub fn batches(bytes: &[u8]) -> Result<Vec<Sealed>, InvalidColumns> {
        let (head, mut from) = Head::read(bytes)?;
        let mut all = Vec::with_capacity(head.batches.len());
        for (at, named) in head.batches.iter().enumerate() {
            let wrong = |why: &str| InvalidColumns::Value { at, why: why.to_owned() };
            let id = from.array()?;
            if id != *named {
                return Err(wrong("the head names another batch"));
            }
            let recorded_at = instant(from.unsigned()?, at)?;
            let actor = text(&mut from).map_err(|it| it.unwrap_or_else(|| wrong("no text")))?;
            let len = from.unsigned()?;
            let columns = from.bytes(usize::try_from(len).unwrap_or(usize::MAX))?.to_vec();
            all.push(Sealed { id, recorded_at, actor, columns });
        }
        if from.is_empty() { Ok(all) } else { Err(InvalidColumns::Rest(from.len())) }
    }
}

impl Head {
    fn of(batches: &[Sealed]) -> Result<Self, InvalidColumns> {
        let mut trackers: BTreeMap<TrackerId, Span> = BTreeMap::new();
        for sealed in batches {
            let batch = Batch::from_bytes(&sealed.columns)?;
            for (of, fix) in &batch.fixes {
                let tracker = batch.trackers[*of as usize];
                let new = Span { tracker, fixes: 0, first: fix.at, last: fix.at };
                let span = trackers.entry(tracker).or_insert(new);
                span.fixes += 1;
                (span.first, span.last) = (span.first.min(fix.at), span.last.max(fix.at));
            }
        }
        let batches = batches.iter().map(|it| it.id).collect();
        Ok(Self { batches, trackers: trackers.into_values().collect() })
    }

    /// Reads the head of a chunk, whatever follows it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidColumns> {
        Self::read(bytes).map(|it| it.0)
    }

    fn write(&self, out: &mut Writer) {
        out.unsigned(self.batches.len() as u64);
        self.batches.iter().for_each(|it| out.bytes(it));
        out.unsigned(self.trackers.len() as u64);
        self.trackers.iter().for_each(|it| out.bytes(it.tracker.as_bytes()));
        self.trackers.iter().for_each(|it| out.unsigned(it.fixes));
        out.differences(self.trackers.iter().map(|it| it.first.millis()));
        self.trackers.iter().for_each(|it| out.unsigned(it.last.since(it.first).unsigned_abs()));
    }

    fn read(bytes: &[u8]) -> Result<(Self, Reader<'_>), InvalidColumns> {
        let mut from = match bytes.split_first() {
            None => return Err(InvalidColumns::Cut),
            Some((&VERSION, rest)) => Reader::new(rest),
            Some((&other, _)) => return Err(InvalidColumns::Version(other)),
        };
        let batches: Vec<[u8; 16]> = ids(&mut from)?;
        let trackers: Vec<TrackerId> =
            ids(&mut from)?.into_iter().map(TrackerId::from_bytes).collect();
        let count = trackers.len();
        let mut fixes = Vec::with_capacity(count);
        for _ in 0..count {
            fixes.push(from.unsigned()?);
        }
        let firsts = from.differences(count)?;
        let mut spans = Vec::with_capacity(count);
        for (at, tracker) in trackers.into_iter().enumerate() {
            let first = instant(firsts[at] as u64, at)?;
            let last = instant((firsts[at] as u64).saturating_add(from.unsigned()?), at)?;
            spans.push(Span { tracker, fixes: fixes[at], first, last });
        }
        Ok((Self { batches, trackers: spans }, from))
    }
}

/// Ids, each 16 bytes: memory is never taken for more than is there.
fn ids(from: &mut Reader) -> Result<Vec<[u8; 16]>, InvalidColumns> {
    let count = from.unsigned()?;
    if (from.len() / 16) as u64 <= count.saturating_sub(1) && count != 0 {
        return Err(InvalidColumns::Cut);
    }
    (0..count).map(|_| Ok(from.array()?)).collect()
}

fn instant(millis: u64, at: usize) -> Result<Timestamp, InvalidColumns> {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    let wrong = |why: String| InvalidColumns::Value { at, why };
    Timestamp::from_millis(millis).map_err(|it| wrong(it.to_string()))
}

/// A text; an error of `None` says that its bytes are none.
fn text(from: &mut Reader) -> Result<String, Option<InvalidColumns>> {
    let len = from.unsigned().map_err(|it| Some(it.into()))?;
    let bytes = from.bytes(usize::try_from(len).unwrap_or(usize::MAX));
    let bytes = bytes.map_err(|it| Some(it.into()))?.to_vec();
    String::from_utf8(bytes).map_err(|_| None)
}
