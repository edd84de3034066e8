//! Making proofs from tiles: first which tiles are needed, then the hashes.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    hash::{Hash, hashes_of, tree_hash},
    tile::{Content, TileId, WIDTH},
};

/// What a proof is made of: each hash is that of a run of entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    size: u64,
    runs: Vec<(u64, u64)>,
}

impl Plan {
    /// A proof that the entry at `index` is in a log; `None` if it is not.
    #[must_use]
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        (index < size).then(|| {
            let mut runs = Vec::new();
            path(index, (0, size), &mut runs);
            Self { size, runs }
        })
    }

    /// A proof that a log of `old` entries became one of `size`; `None` if it is
    /// larger than that.
    #[must_use]
    pub fn consistency(old: u64, size: u64) -> Option<Self> {
        (old <= size).then(|| {
            let mut runs = Vec::new();
            if 0 < old && old < size {
                grown(old, (0, size), true, &mut runs);
            }
            Self { size, runs }
        })
    }

    /// The tiles it takes.
    #[must_use]
    pub fn tiles(&self) -> BTreeSet<TileId> {
        let nodes = self.runs.iter().flat_map(|run| nodes(*run));
        nodes.filter_map(|node| node.tile(self.size)).collect()
    }

    /// The proof, from the bytes of those tiles; the tile that is missing or broken
    /// otherwise.
    pub fn hashes(&self, tiles: &BTreeMap<TileId, Vec<u8>>) -> Result<Vec<Hash>, TileId> {
        let run = |run: &(u64, u64)| {
            let mut right = None;
            // From the smallest, which is the last, to the largest.
            let mut all: Vec<Node> = nodes(*run).collect();
            all.reverse();
            for node in all {
                let left = node.hash(self.size, tiles)?;
                right = Some(match right {
                    Some(right) => crate::hash::node_hash(&left, &right),
                    None => left,
                });
            }
            Ok(right.expect("a run has entries"))
        };
        self.runs.iter().map(run).collect()
    }
}

/// A whole subtree: of 2^height entries, the `index`th of that height.
#[derive(Clone, Copy, Debug)]
struct Node {
    height: u32,
    index: u64,
}

impl Node {
    fn level(self) -> u8 {
        (self.height / 8) as u8
    }

    /// The first of the hashes of its level below it, and how many there are.
    fn below(self) -> (u64, u64) {
        let count = 1 << (self.height % 8);
        (self.index * count, count)
    }

    fn tile(self, size: u64) -> Option<TileId> {
        TileId::of(Content::Hashes(self.level()), self.below().0 / WIDTH, size)
    }

    fn hash(self, size: u64, tiles: &BTreeMap<TileId, Vec<u8>>) -> Result<Hash, TileId> {
        let tile = self.tile(size).expect("a subtree of the log is in a tile of it");
        let (first, count) = self.below();
        let within = (first % WIDTH) as usize;
        let bytes = tiles.get(&tile).ok_or(tile)?;
        let hashes = hashes_of(bytes).filter(|it| it.len() == usize::from(tile.width));
        let hashes = hashes.ok_or(tile)?;
        Ok(tree_hash(hashes.get(within..within + count as usize).ok_or(tile)?))
    }
}

/// The largest whole subtrees that a run of entries consists of, the largest first.
fn nodes((begin, end): (u64, u64)) -> impl Iterator<Item = Node> {
    let mut at = begin;
    std::iter::from_fn(move || {
        let left = end - at;
        (0 < left).then(|| {
            let fits = left.ilog2();
            let height = if at == 0 { fits } else { fits.min(at.trailing_zeros()) };
            let node = Node { height, index: at >> height };
            at += 1 << height;
            node
        })
    })
}

/// RFC 9162 section 2.1.3.1, with runs in the place of their hashes.
fn path(index: u64, (begin, end): (u64, u64), runs: &mut Vec<(u64, u64)>) {
    if end - begin == 1 {
        return;
    }
    let middle = begin + split(end - begin);
    let (own, other) = if index < middle {
        ((begin, middle), (middle, end))
    } else {
        ((middle, end), (begin, middle))
    };
    path(index, own, runs);
    runs.push(other);
}

/// RFC 9162 section 2.1.4.1.
fn grown(old: u64, (begin, end): (u64, u64), whole: bool, runs: &mut Vec<(u64, u64)>) {
    if old == end {
        if !whole {
            runs.push((begin, end));
        }
        return;
    }
    let middle = begin + split(end - begin);
    if old <= middle {
        grown(old, (begin, middle), whole, runs);
        runs.push((middle, end));
    } else {
        grown(old, (middle, end), false, runs);
        runs.push((begin, middle));
    }
}

/// The largest power of two below a number above 1.
fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}
