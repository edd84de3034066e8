//! Checking that an entry is in a log, and that a log only grew (RFC 9162).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    checkpoint::{Checkpoint, CheckpointError},
    hash::{Hash, leaf_hash, node_hash, tree_hash},
    note::PublicKey,
};

/// The first line of a proof's file.
const TLOG_PROOF: &str = "c2sp.org/tlog-proof@v1";
/// Most hashes of a proof: a tree of 2^63 entries is so high.
const HASHES_MAX: usize = 64;

/// Why a proof proves nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// The index is not in a log of that size, or the later log is smaller.
    OutOfRange,
    /// It has too few or too many hashes.
    Length,
    /// It leads to another root.
    OtherRoot,
    /// Its file cannot be read.
    Malformed(&'static str),
    /// Its checkpoint is not the log's.
    Checkpoint(CheckpointError),
}

/// A proof that an entry is in a log, which needs nothing else but the log's public
/// key: C2SP tlog-proof, kept as `NAME.tlog-proof`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// The place of the entry.
    pub index: u64,
    /// From the entry's neighbour up to below the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub note: String,
}

/// Checks that the entry with this hash is at `index` of a log.
pub fn check_inclusion(
    leaf: Hash,
    index: u64,
    (size, root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    if size <= index {
        return Err(ProofError::OutOfRange);
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf);
    for other in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(other, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, other);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::OtherRoot),
        _ => Err(ProofError::Length),
    }
}

/// Checks that a log of the first size and root became one of the second by growing.
pub fn check_consistency(
    (old_size, old_root): (u64, &Hash),
    (size, root): (u64, &Hash),
    proof: &[Hash],
) -> Result<(), ProofError> {
    if size < old_size {
        return Err(ProofError::OutOfRange);
    }
    if old_size == 0 || old_size == size {
        let before = if old_size == 0 { tree_hash(&[]) } else { *root };
        return match (proof.is_empty(), before == *old_root) {
            (true, true) => Ok(()),
            (true, false) => Err(ProofError::OtherRoot),
            (false, _) => Err(ProofError::Length),
        };
    }
    // The old tree is whole: it is the first hash itself.
    let first = old_size.is_power_of_two().then_some(*old_root);
    let mut hashes = first.into_iter().chain(proof.iter().copied());
    let begin = hashes.next().ok_or(ProofError::Length)?;
    let (mut at, mut last) = (old_size - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old, mut new) = (begin, begin);
    for other in hashes {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if at & 1 == 1 || at == last {
            old = node_hash(&other, &old);
            new = node_hash(&other, &new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node_hash(&new, &other);
        }
        at >>= 1;
        last >>= 1;
    }
    match (last, old == *old_root && new == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::OtherRoot),
        _ => Err(ProofError::Length),
    }
}

impl TlogProof {
    /// The file.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = format!("{TLOG_PROOF}\nindex {}\n", self.index);
        for hash in &self.hashes {
            text += &STANDARD.encode(hash);
            text.push('\n');
        }
        text.push('\n');
        text + &self.note
    }

    /// Reads a file.
    pub fn of_text(text: &str) -> Result<Self, ProofError> {
        let malformed = ProofError::Malformed;
        let rest = text.strip_prefix(TLOG_PROOF).and_then(|it| it.strip_prefix('\n'));
        let rest = rest.ok_or(malformed("it does not begin as a proof does"))?;
        // Whatever else somebody put in says nothing that was proved.
        let rest = match rest.strip_prefix("extra ") {
            Some(extra) => extra.split_once('\n').ok_or(malformed("it ends too early"))?.1,
            None => rest,
        };
        let (proof, note) = rest.split_once("\n\n").ok_or(malformed("it has no checkpoint"))?;
        let mut lines = proof.split('\n');
        let index = lines.next().and_then(|it| it.strip_prefix("index "));
        let index = index.filter(|it| *it == "0" || !it.starts_with(['0', '+']));
        let index = index.and_then(|it| it.parse().ok()).ok_or(malformed("it has no index"))?;
        let hash = |line| STANDARD.decode(line).ok().and_then(|it| it.try_into().ok());
        let hashes: Option<Vec<Hash>> = lines.take(HASHES_MAX + 1).map(hash).collect();
        let hashes = hashes.ok_or(malformed("a line of it is no hash"))?;
        if HASHES_MAX < hashes.len() {
            return Err(ProofError::Length);
        }
        Ok(Self { index, hashes, note: note.to_owned() })
    }

    /// Checks that the entry is in the log of this key, and says which log that was.
    pub fn check(&self, entry: &[u8], key: &PublicKey) -> Result<Checkpoint, ProofError> {
        let checkpoint = Checkpoint::open(self.note.as_bytes(), key);
        let checkpoint = checkpoint.map_err(ProofError::Checkpoint)?;
        let log = (checkpoint.size, &checkpoint.root);
        check_inclusion(leaf_hash(entry), self.index, log, &self.hashes)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange => f.write_str("the log has no such entry"),
            Self::Length => f.write_str("the proof has too few or too many hashes"),
            Self::OtherRoot => f.write_str("the proof leads to another root"),
            Self::Malformed(why) => write!(f, "this is no proof: {why}"),
            Self::Checkpoint(why) => write!(f, "the proof's checkpoint is not the log's: {why}"),
        }
    }
}

impl std::error::Error for ProofError {}
