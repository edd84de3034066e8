//! The map as one process keeps it in memory: every holder that is shown, where it
//! is, and tiles of them. It is read from the rows once and follows the feed.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use domain::{
    holding::HolderId,
    map::{TileContent, TileId},
    time::{SECOND, Timestamp},
};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use table::{FeedId, Scan, Seq};

use crate::{
    Service,
    error::Result,
    keys::{HOLDER_SHARDS, holder_of_row, holders_shard},
    rows::HolderRow,
};

mod filter;
mod picture;

pub use filter::Narrow;
use picture::Picture;

/// Rows read at once.
const PAGE: usize = 1_000;
/// Changes read at once.
const CHANGES_MAX: usize = 2_000;
/// How many tiles are remembered.
const TILES_MAX: usize = 4_000;
/// A tile is good for this long: so many may ask, and one is made.
const FRESH: i64 = SECOND;

/// The map in memory. Cheap to share.
#[derive(Debug)]
pub struct Map {
    service: Service,
    picture: RwLock<Picture>,
    at: Mutex<BTreeMap<FeedId, Seq>>,
    tiles: Cache<(TileId, Narrow), Arc<Tile>>,
}

/// A tile as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// When it was made.
    pub made_at: Timestamp,
    /// What it carries.
    pub content: Arc<TileContent>,
    /// The same as columns.
    pub bytes: Arc<[u8]>,
    /// Names these bytes: the same again is the same tile.
    pub digest: [u8; 16],
}

impl Map {
    /// Reads every row of the map. What changes meanwhile is followed afterwards.
    pub async fn load(service: Service) -> Result<Self> {
        let mut at = BTreeMap::new();
        for feed in service.table.feeds().await? {
            at.insert(feed, service.table.newest(feed).await?);
        }
        let map = Self {
            service,
            picture: RwLock::default(),
            at: Mutex::new(at),
            tiles: Cache::new(TILES_MAX),
        };
        map.read_rows().await?;
        Ok(map)
    }

    /// The feeds to follow, one [`Self::follow_once`] loop each.
    pub async fn feeds(&self) -> Result<Vec<FeedId>> {
        Ok(self.service.table.feeds().await?)
    }

    /// Takes in what is new in one feed and says how many changes that was.
    pub async fn follow_once(&self, feed: FeedId) -> Result<usize> {
        let after = self.position(feed);
        let batch = match self.service.table.changes(feed, after, CHANGES_MAX).await {
            Err(table::Error::Trimmed(_)) => return self.start_over(feed).await,
            other => other?,
        };
        let Some(last) = batch.last().map(|it| it.seq) else { return Ok(0) };
        let mut changed = Vec::new();
        for change in &batch {
            if let Some(holder) = holder_of_row(&change.key) {
                let row = change.new.as_deref().map(minicbor::decode::<HolderRow>).transpose()?;
                changed.push((holder, row));
            }
        }
        if !changed.is_empty() {
            let mut picture = self.picture.write().unwrap_or_else(PoisonError::into_inner);
            changed.into_iter().for_each(|(holder, row)| picture.put(holder, row));
        }
        self.at.lock().unwrap_or_else(PoisonError::into_inner).insert(feed, last);
        Ok(batch.len())
    }

    /// Completes once a feed holds something this map has not seen.
    pub async fn something_new(&self, feed: FeedId) {
        self.service.table.changed(feed, self.position(feed)).await;
    }

    /// Takes in everything there is.
    pub async fn catch_up(&self) -> Result<()> {
        for feed in self.feeds().await? {
            while self.follow_once(feed).await? != 0 {}
        }
        Ok(())
    }

    /// How many holders are shown.
    pub fn len(&self) -> usize {
        self.picture.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A tile as it is now, at most a second old.
    pub fn tile(&self, id: TileId, narrow: &Narrow) -> Arc<Tile> {
        let now = self.service.clock.now();
        let key = (id, narrow.clone());
        if let Some(tile) = self.tiles.get(&key)
            && now.since(tile.made_at).abs() < FRESH
        {
            return tile;
        }
        let content =
            self.picture.read().unwrap_or_else(PoisonError::into_inner).tile(id, narrow, now);
        let tile = Arc::new(Tile::of(content, now));
        self.tiles.insert(key, Arc::clone(&tile));
        tile
    }

    fn position(&self, feed: FeedId) -> Seq {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.get(&feed).copied().unwrap_or_default()
    }

    /// Changes are gone unread: the rows say it all.
    async fn start_over(&self, feed: FeedId) -> Result<usize> {
        let newest = self.service.table.newest(feed).await?;
        self.read_rows().await?;
        self.at.lock().unwrap_or_else(PoisonError::into_inner).insert(feed, newest);
        Ok(1)
    }

    async fn read_rows(&self) -> Result<()> {
        let mut picture = Picture::default();
        for bucket in 0..HOLDER_SHARDS {
            let mut next = Some(Scan::whole(holders_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.service.table.scan(scan).await?;
                for entry in page.entries {
                    let Some(holder) = HolderId::from_bytes(&entry.key.sort) else { continue };
                    picture.put(holder, Some(minicbor::decode(&entry.value)?));
                }
                next = page.rest;
            }
        }
        *self.picture.write().unwrap_or_else(PoisonError::into_inner) = picture;
        Ok(())
    }
}

impl Tile {
    fn of(content: TileContent, made_at: Timestamp) -> Self {
        let bytes: Arc<[u8]> = content.to_bytes().into();
        let digest = *Sha256::digest(&bytes).first_chunk().expect("32 bytes have 16");
        Self { made_at, content: Arc::new(content), bytes, digest }
    }
}
