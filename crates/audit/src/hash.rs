//! The hashes of RFC 6962: of leaves, of nodes, and of whole trees.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; HASH_LEN];

/// Bytes of a hash.
pub const HASH_LEN: usize = 32;

/// The hash of an entry: SHA-256 of a zero byte and the entry.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of a node: SHA-256 of a one byte and the hashes below it.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 1 + 2 * HASH_LEN];
    bytes[1..=HASH_LEN].copy_from_slice(left);
    bytes[1 + HASH_LEN..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// The root of a tree over these hashes of subtrees. All are equally large, but the
/// last may be smaller. Of none, it is the hash of nothing.
#[must_use]
pub fn tree_hash(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while 1 < level.len() {
        let mut above = 0;
        for at in (0..level.len()).step_by(2) {
            // One without a neighbour goes up as it is.
            level[above] = match level.get(at + 1) {
                Some(right) => node_hash(&level[at], right),
                None => level[at],
            };
            above += 1;
        }
        level.truncate(above);
    }
    level.first().copied().unwrap_or_else(|| Sha256::digest([]).into())
}

/// The root of a log of which these are the last, partial tiles, lowest level first.
#[must_use]
pub fn root_of<T: AsRef<[Hash]>>(levels: impl IntoIterator<Item = T>) -> Hash {
    let mut root = None;
    for level in levels {
        let mut hashes = level.as_ref().to_vec();
        hashes.extend(root);
        root = (!hashes.is_empty()).then(|| tree_hash(&hashes));
    }
    root.unwrap_or_else(|| tree_hash(&[]))
}

/// Reads the hashes of a tile; `None` if its length is no multiple of theirs.
#[must_use]
pub fn hashes_of(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<HASH_LEN>();
    rest.is_empty().then(|| hashes.to_vec())
}
