//! A few entries that somebody tells are compared with the log that they are said to be
//! in: for whoever has one thing's entries and not all of the log, as a browser has. Says
//! which tiles it takes; needs no I/O.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    hash::{Hash, leaf_hash},
    note::PublicKey,
    proof::{check_consistency, check_inclusion},
    prove::Plan,
    tile::TileId,
};

/// An entry as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Whose it is, as in `pkg_…`.
    pub about: String,
    /// Its number among the events of that, from 1.
    pub seq: u64,
    /// Its place in the log; nothing if it is not logged yet.
    pub index: Option<u64>,
    /// What its receipt says its hash is, in hexadecimal.
    pub hash: String,
    /// What is logged, to the byte.
    pub leaf: Vec<u8>,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many entries are in the log as they are told.
    pub checked: u64,
    /// How many are not logged yet, and so neither right nor wrong.
    pub waiting: u64,
    /// What is wrong; nothing, if nothing was altered.
    pub wrong: Vec<Wrong>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The entry's subject and number; nothing if it is the log itself.
    pub entry: Option<(String, u64)>,
    /// What.
    pub why: Why,
}

/// What may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The checkpoint seen before is of another log.
    OtherLog,
    /// The log had more entries before.
    SetBack,
    /// What was in the log is no longer as it was.
    Rewritten,
    /// A tile that the proof takes is missing or broken.
    NoTile,
    /// Its receipt was given for another text.
    OtherHash,
    /// The log has another entry in its place.
    OtherEntry,
    /// It is no leaf.
    Unreadable,
    /// The leaf is of another subject or has another number.
    OtherSubject,
    /// It names another event before it than there is.
    OtherPast,
    /// The events between the one before and it are not told.
    Missing,
    /// There is another one of its number.
    Twice,
}

/// Entries, and the log that they are said to be in.
#[derive(Clone, Debug)]
pub struct Inspection {
    checkpoint: Checkpoint,
    seen: Option<Checkpoint>,
    /// Of whom every event is told.
    whole: String,
    told: Vec<Told>,
    tiles: BTreeMap<TileId, Vec<u8>>,
}

impl Inspection {
    /// Begins with a log's signed checkpoint. Every event of `whole` will be told, as
    /// in `pkg_…`; of others only some may be.
    pub fn new(key: &PublicKey, note: &[u8], whole: &str) -> Result<Self, CheckpointError> {
        let checkpoint = Checkpoint::open(note, key)?;
        let (whole, tiles) = (whole.to_owned(), BTreeMap::new());
        Ok(Self { checkpoint, seen: None, whole, told: Vec::new(), tiles })
    }

    /// What the log is.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// What it was, as somebody remembers: it must have grown from that.
    pub fn remember(&mut self, seen: Checkpoint) {
        self.seen = Some(seen);
    }

    /// Adds an entry.
    pub fn tell(&mut self, told: Told) {
        self.told.push(told);
    }

    /// The tiles that are still missing.
    #[must_use]
    pub fn tiles(&self) -> BTreeSet<TileId> {
        let plans = self.told.iter().filter_map(|it| self.inclusion(it)).chain(self.growth());
        let all: BTreeSet<TileId> = plans.flat_map(|it| it.tiles()).collect();
        all.into_iter().filter(|it| !self.tiles.contains_key(it)).collect()
    }

    /// Adds a tile.
    pub fn put(&mut self, tile: TileId, bytes: Vec<u8>) {
        self.tiles.insert(tile, bytes);
    }

    /// What comes of it, once no tile is missing.
    #[must_use]
    pub fn findings(&self) -> Findings {
        let mut findings = Findings::default();
        let log = self.grew().err().map(|why| Wrong { entry: None, why });
        findings.wrong.extend(log);
        for told in &self.told {
            match self.look_at(told) {
                Ok(true) => findings.checked += 1,
                Ok(false) => findings.waiting += 1,
                Err(why) => findings.wrong.push(wrong(told, why)),
            }
        }
        findings.wrong.extend(self.breaks());
        findings
    }

    fn inclusion(&self, told: &Told) -> Option<Plan> {
        Plan::inclusion(told.index?, self.checkpoint.size)
    }

    fn growth(&self) -> Option<Plan> {
        Plan::consistency(self.seen.as_ref()?.size, self.checkpoint.size)
    }

    fn grew(&self) -> Result<(), Why> {
        let Some(seen) = &self.seen else { return Ok(()) };
        if seen.origin != self.checkpoint.origin {
            return Err(Why::OtherLog);
        }
        let plan = self.growth().ok_or(Why::SetBack)?;
        let proof = plan.hashes(&self.tiles).map_err(|_| Why::NoTile)?;
        let now = (self.checkpoint.size, &self.checkpoint.root);
        check_consistency((seen.size, &seen.root), now, &proof).map_err(|_| Why::Rewritten)
    }

    /// Whether it is in the log yet; what is wrong with it by itself otherwise.
    fn look_at(&self, told: &Told) -> Result<bool, Why> {
        let hash = leaf_hash(&told.leaf);
        if hex(&hash) != told.hash {
            return Err(Why::OtherHash);
        }
        let (subject, seq, _) = read(&told.leaf).ok_or(Why::Unreadable)?;
        if subject != told.about || seq != told.seq {
            return Err(Why::OtherSubject);
        }
        // What was logged since the checkpoint was signed waits as well.
        let Some((index, plan)) = told.index.zip(self.inclusion(told)) else { return Ok(false) };
        let proof = plan.hashes(&self.tiles).map_err(|_| Why::NoTile)?;
        let log = (self.checkpoint.size, &self.checkpoint.root);
        check_inclusion(hash, index, log, &proof).map_err(|_| Why::OtherEntry)?;
        Ok(true)
    }

    /// Where the leaves of one subject do not follow from each other.
    fn breaks(&self) -> Vec<Wrong> {
        let mut chains: BTreeMap<&str, BTreeMap<u64, &Told>> = BTreeMap::new();
        let mut breaks = Vec::new();
        for told in &self.told {
            let before = chains.entry(&told.about).or_default().insert(told.seq, told);
            if before.is_some_and(|it| it.leaf != told.leaf) {
                breaks.push(wrong(told, Why::Twice));
            }
        }
        for (about, chain) in chains {
            let mut before: Option<&Told> = None;
            for (seq, told) in chain {
                let follows = before.map_or(0, |it| it.seq) + 1 == seq;
                let prev = read(&told.leaf).map(|it| it.2);
                let wanted = before.map(|it| hex(&leaf_hash(&it.leaf)));
                if !follows && about == self.whole {
                    breaks.push(wrong(told, Why::Missing));
                } else if follows && prev.is_some_and(|it| it != wanted) {
                    breaks.push(wrong(told, Why::OtherPast));
                }
                before = Some(told);
            }
        }
        breaks
    }
}

fn wrong(told: &Told, why: Why) -> Wrong {
    Wrong { entry: Some((told.about.clone(), told.seq)), why }
}

/// Whose leaf it is, its number, and the hash of the one before it.
fn read(leaf: &[u8]) -> Option<(String, u64, Option<String>)> {
    let leaf: Value = serde_json::from_slice(leaf).ok()?;
    let prev = leaf["prev"].as_str().map(str::to_owned);
    Some((leaf["subject"].as_str()?.to_owned(), leaf["seq"].as_u64()?, prev))
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|it| format!("{it:02x}")).collect()
}

impl Why {
    /// As one word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OtherLog => "other_log",
            Self::SetBack => "set_back",
            Self::Rewritten => "rewritten",
            Self::NoTile => "no_tile",
            Self::OtherHash => "other_hash",
            Self::OtherEntry => "other_entry",
            Self::Unreadable => "unreadable",
            Self::OtherSubject => "other_subject",
            Self::OtherPast => "other_past",
            Self::Missing => "missing",
            Self::Twice => "twice",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherLog => "what was seen before is of another log",
            Self::SetBack => "the log had more entries before: it was set back",
            Self::Rewritten => "what was in the log is no longer as it was",
            Self::NoTile => "a part of the log is missing or broken",
            Self::OtherHash => "its receipt was given for another text",
            Self::OtherEntry => "the log has another entry in its place",
            Self::Unreadable => "it cannot be read",
            Self::OtherSubject => "it is of something else, or has another number",
            Self::OtherPast => "it names another event before it than there is",
            Self::Missing => "events before it are left out",
            Self::Twice => "there is another event of its number",
        })
    }
}
