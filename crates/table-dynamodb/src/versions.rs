//! Versions that no two writes share, whichever process makes them.

use std::{
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use table::Version;

/// Names writes: 8 bytes that this process drew, and 8 that it counts.
///
/// Nothing is decided by these numbers, so the engine may draw them itself, as
/// every hash map of the standard library does, and from the same source. That
/// two processes draw alike is less likely than a broken disk, and it would
/// matter only if they had written the same entry with the same count.
#[derive(Debug)]
pub(crate) struct Versions {
    process: u64,
    count: AtomicU64,
    dice: AtomicU64,
}

impl Versions {
    pub(crate) fn new() -> Self {
        // Keyed by the operating system's randomness: the hash of anything is drawn.
        let drawn = RandomState::new();
        let dice = AtomicU64::new(drawn.hash_one(1));
        Self { process: drawn.hash_one(0), count: AtomicU64::new(0), dice }
    }

    pub(crate) fn next(&self) -> Version {
        let count = self.count.fetch_add(1, Relaxed);
        Version::from_raw(u128::from(self.process) << 64 | u128::from(count))
    }

    /// Some number below `end`, for waits that must not meet: SplitMix64.
    pub(crate) fn roll(&self, end: u64) -> u64 {
        let mut mixed = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}
