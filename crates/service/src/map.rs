//! The map as one process keeps it in memory: every holder that is shown, where it
//! is, and tiles of them. It is read from the rows once and follows the feed.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{
    holding::HolderId,
    map::{TileContent, TileId},
    time::{SECOND, Timestamp},
};
use futures::lock::Mutex as AsyncMutex;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use table::{Changed, FeedId, Scan, Seq, Table};

use crate::{
    Service,
    error::Result,
    keys::{HOLDER_SHARDS, holder_of_row, holders_shard},
    rows::HolderRow,
};

mod filter;
mod layer;
mod picture;

pub use filter::Narrow;
pub(crate) use picture::Picture;
pub(crate) use picture::{open_mark, open_version};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Changes read at once.
const CHANGES_MAX: usize = 2_000;
/// How many tiles are remembered.
const TILES_MAX: usize = 4_000;
/// A tile is good for this long: so many may ask, and one is made.
const FRESH: i64 = SECOND;

/// The map in memory, empty until somebody asks for it.
#[derive(Debug)]
pub(crate) struct Map {
    /// Whose feeds say what changes.
    feed: Arc<dyn Table>,
    picture: RwLock<Picture>,
    /// How far each feed was followed; nothing before the rows were read. Held
    /// while following, so that no older row overtakes a newer one.
    at: AsyncMutex<Option<BTreeMap<FeedId, Seq>>>,
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
    pub(crate) fn new(feed: Arc<dyn Table>) -> Self {
        let (picture, at) = (RwLock::default(), AsyncMutex::new(None));
        Self { feed, picture, at, tiles: Cache::new(TILES_MAX) }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Picture> {
        self.picture.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Picture> {
        self.picture.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// A tile of the map as it is now, at most a second old.
    pub async fn tile(&self, id: TileId, narrow: &Narrow) -> Result<Arc<Tile>> {
        let now = self.clock.now();
        let key = (id, narrow.clone());
        let fresh = |it: &Arc<Tile>| now.since(it.made_at).abs() < FRESH;
        if let Some(tile) = self.map.tiles.get(&key).filter(fresh) {
            return Ok(tile);
        }
        self.follow_map().await?;
        // Whoever waited for the same may find it made.
        if let Some(tile) = self.map.tiles.get(&key).filter(fresh) {
            return Ok(tile);
        }
        if !self.map.read().is_ready(id, narrow, now) {
            self.map.write().make_ready(id, narrow, now);
        }
        let content = self.map.read().tile(id, narrow, now);
        let tile = Arc::new(Tile::of(content, now));
        self.map.tiles.insert(key, Arc::clone(&tile));
        Ok(tile)
    }

    /// What the map in memory shows.
    pub(crate) fn map_picture(&self) -> std::sync::RwLockReadGuard<'_, Picture> {
        self.map.read()
    }

    /// How many holders the map shows.
    pub async fn map_len(&self) -> Result<usize> {
        self.follow_map().await?;
        Ok(self.map.read().len())
    }

    /// Brings a map that somebody has asked for up to date, so that the next one
    /// who asks need not wait for it.
    pub async fn keep_map(&self) -> Result<()> {
        let asked_for = self.map.at.lock().await.is_some();
        if asked_for { self.follow_map().await } else { Ok(()) }
    }

    /// Brings the map in memory up to date.
    pub(crate) async fn follow_map(&self) -> Result<()> {
        let mut at = self.map.at.lock().await;
        let feeds = self.map.feed.feeds().await?;
        if at.is_none() {
            *at = Some(self.read_map(&feeds).await?);
        }
        let positions = at.as_mut().expect("it was just read");
        for feed in feeds {
            loop {
                let after = positions.get(&feed).copied().unwrap_or_default();
                let batch = match self.map.feed.changes(feed, after, CHANGES_MAX).await {
                    // Changes are gone unread: the rows say it all.
                    Err(table::Error::Trimmed(_)) => {
                        let all = self.map.feed.feeds().await?;
                        *positions = self.read_map(&all).await?;
                        break;
                    }
                    other => other?,
                };
                let Some(last) = batch.last().map(|it| it.seq) else { break };
                self.put_on_map(&batch)?;
                positions.insert(feed, last);
            }
        }
        Ok(())
    }

    fn put_on_map(&self, batch: &[Changed]) -> Result<()> {
        let mut rows = Vec::new();
        for change in batch {
            if let Some(holder) = holder_of_row(&change.key) {
                let row = change.new.as_deref().map(minicbor::decode::<HolderRow>).transpose()?;
                rows.push((holder, row));
            }
        }
        if !rows.is_empty() {
            let mut picture = self.map.write();
            rows.into_iter().for_each(|(holder, row)| picture.put(holder, row));
        }
        Ok(())
    }

    /// Reads every row of the map. What changes meanwhile is followed afterwards.
    async fn read_map(&self, feeds: &[FeedId]) -> Result<BTreeMap<FeedId, Seq>> {
        let mut at = BTreeMap::new();
        for feed in feeds {
            at.insert(*feed, self.map.feed.newest(*feed).await?);
        }
        let mut picture = Picture::default();
        for bucket in 0..HOLDER_SHARDS {
            let mut next = Some(Scan::whole(holders_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in page.entries {
                    let Some(holder) = HolderId::from_bytes(&entry.key.sort) else { continue };
                    picture.put(holder, Some(minicbor::decode(&entry.value)?));
                }
                next = page.rest;
            }
        }
        *self.map.write() = picture;
        Ok(at)
    }
}

impl Tile {
    pub(crate) fn of(content: TileContent, made_at: Timestamp) -> Self {
        let bytes: Arc<[u8]> = content.to_bytes().into();
        let digest = *Sha256::digest(&bytes).first_chunk().expect("32 bytes have 16");
        Self { made_at, content: Arc::new(content), bytes, digest }
    }
}

#[cfg(test)]
mod tests;
