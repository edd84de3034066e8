//! The past of the map. What packages and containers turned to is sealed hour by hour
//! into reels, each day ends in a frame that says how everything stood, and an instant
//! is a frame moved on. Everything follows from the events and names what it was made
//! of, so nothing has to be invalidated, and late facts make again only what they change.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32},
};

use domain::{
    id::PlaceId,
    map::TileId,
    reel::{Frame, Reel},
    time::{MINUTE, Millis, Timestamp},
};
use futures::lock::Mutex as AsyncMutex;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use crate::{map::Narrow, rows::Shown};

mod activity;
mod frames;
mod kept;
mod past;
mod seal;
mod ways;

pub use activity::{ACTIVITY_MAX, Activity};
pub use past::PastTile;
pub use seal::{Sealed, Telling};

/// What is told of an hour is final so long after it ended, but for what comes late.
pub const GRACE: Millis = 5 * MINUTE;
/// The name that sealing remembers under how far it came.
const NAME: &str = "reels";
/// Hours in memory: those of a few days.
const REELS_MAX: usize = 72;
/// Ends of days in memory.
const FRAMES_MAX: usize = 3;
/// Hours in memory of which it is known where everything was.
const WAYS_MAX: usize = 6;
/// Tiles that are remembered.
const TILES_MAX: usize = 1_000;
/// Places that are remembered which nothing is at any more.
const PLACES_MAX: usize = 100_000;

/// Names bytes.
type Name = [u8; 16];

/// Which place an id means by now, and where the map shows it.
type Meant = (PlaceId, Option<Shown>);

/// What one process has in memory of the past.
#[derive(Debug)]
pub(crate) struct Past {
    /// Held while sealing: two at once in one process would do the same twice.
    sealing: AsyncMutex<()>,
    /// What was recorded by then is sealed, in milliseconds since 1970.
    sealed_at: AtomicI64,
    /// The last hour that was got ready after it was over.
    ready: AtomicU32,
    /// The first hour that was.
    older: AtomicU32,
    reels: Cache<Name, Arc<Reel>>,
    frames: Cache<Name, Arc<Frame>>,
    ways: Cache<Name, (Timestamp, Arc<ways::Ways>)>,
    places: Cache<PlaceId, (Timestamp, Meant)>,
    /// The instants that somebody looks at. Held while one is made, so that many who
    /// ask for the same wait for one.
    pictures: AsyncMutex<Vec<past::Pictured>>,
    tiles: Cache<(TileId, Narrow, Timestamp), PastTile>,
}

impl Default for Past {
    fn default() -> Self {
        Self {
            sealing: AsyncMutex::default(),
            sealed_at: AtomicI64::new(-1),
            ready: AtomicU32::new(0),
            older: AtomicU32::new(u32::MAX),
            reels: Cache::new(REELS_MAX),
            frames: Cache::new(FRAMES_MAX),
            ways: Cache::new(WAYS_MAX),
            places: Cache::new(PLACES_MAX),
            pictures: AsyncMutex::default(),
            tiles: Cache::new(TILES_MAX),
        }
    }
}

/// The name of parts, one after the other.
fn name_of(parts: &[&[u8]]) -> Name {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    *hash.finalize().first_chunk().expect("32 bytes have 16")
}
