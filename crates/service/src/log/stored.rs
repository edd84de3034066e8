//! What the table keeps of the log. Numbered fields: never reuse or change a number.

use std::collections::BTreeMap;

use audit::{Checkpoint, Hash};
use minicbor::{Decode, Encode};
use table::{FeedId, Seq};

/// How many events of a subject share a row of marks: few enough that it takes one
/// write unit.
pub const SPAN: u64 = 128;

/// What the log is. Only whoever swaps this row against the one before it appends.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogRow {
    /// How many entries it has.
    #[n(0)]
    pub size: u64,
    /// The root of its tree.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub root: Hash,
    /// The signed checkpoint.
    #[n(2)]
    pub note: String,
    /// How far the feeds are in the log.
    #[n(3)]
    pub cursors: Vec<LogCursor>,
    /// How many it had before the last batch. They are marked.
    #[n(4)]
    pub marked: u64,
    /// The public key.
    #[n(5)]
    pub key: String,
    /// Whether everything that was recorded before there was a log is in it.
    #[n(6)]
    pub whole: bool,
}

/// How far one feed is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LogCursor {
    /// The feed.
    #[n(0)]
    pub feed: u64,
    /// The high 64 bits of its last change that is dealt with.
    #[n(1)]
    pub seq_high: u64,
    /// The low 64 bits.
    #[n(2)]
    pub seq_low: u64,
}

/// Where in the log up to 128 events of one subject are, in the order of their
/// numbers; null for one that is not in it yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MarksRow {
    /// Places in the log.
    #[n(0)]
    pub indices: Vec<Option<u64>>,
}

/// Where in the log an entry is that is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct MarkRow {
    /// Its place.
    #[n(0)]
    pub index: u64,
}

impl LogRow {
    /// What it signs.
    #[must_use]
    pub fn checkpoint(&self, origin: &str) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size: self.size, root: self.root }
    }

    /// Where each feed is.
    #[must_use]
    pub fn positions(&self) -> BTreeMap<FeedId, Seq> {
        let of = |it: &LogCursor| {
            (FeedId(it.feed), Seq::from(it.seq_high) << 64 | Seq::from(it.seq_low))
        };
        self.cursors.iter().map(of).collect()
    }
}

impl LogCursor {
    /// The cursors of all feeds.
    #[must_use]
    pub fn all(positions: &BTreeMap<FeedId, Seq>) -> Vec<Self> {
        let of = |(feed, seq): (&FeedId, &Seq)| Self {
            feed: feed.0,
            seq_high: (seq >> 64) as u64,
            seq_low: *seq as u64,
        };
        positions.iter().map(of).collect()
    }
}

impl MarksRow {
    /// The row of an event, and its place in there, by its number from 1.
    #[must_use]
    pub fn place(seq: u64) -> (u64, usize) {
        let at = seq.saturating_sub(1);
        (at / SPAN, (at % SPAN) as usize)
    }

    /// Where the event at a place of the row is.
    #[must_use]
    pub fn at(&self, place: usize) -> Option<u64> {
        self.indices.get(place).copied().flatten()
    }

    /// Notes where it is, and says whether that is new.
    pub fn set(&mut self, place: usize, index: u64) -> bool {
        if self.indices.len() <= place {
            self.indices.resize(place + 1, None);
        }
        let is_new = self.indices[place].is_none();
        self.indices[place].get_or_insert(index);
        is_new
    }
}
