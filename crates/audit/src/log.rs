//! The log's files: staged before a checkpoint counts, published after it does, and
//! looked through before anything is added.
//!
//! Files are not trusted. What a log is says one [`Checkpoint`] that whoever calls
//! keeps where it can be swapped only against the one before. The order is: stage,
//! swap, publish. Whatever happens in between, [`LogFiles::load`] brings the files to
//! what was swapped, or says which of them contradicts it.

use std::{collections::BTreeSet, fmt, ops::Range, sync::Arc};

use blobs::{BlobName, Blobs};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::{
    checkpoint::Checkpoint,
    edge::Edge,
    hash::Hash,
    note::PublicKey,
    prove::Plan,
    tile::{Content, TileId, WIDTH},
    verify::{BoxFuture, Source},
};

/// The folder that holds the log as C2SP tlog-tiles has it, and nothing else.
pub const LOG: &str = "log";
/// The folder of what may become part of the log.
const STAGING: &str = "log-staging";
/// The name of the signed checkpoint within the log.
pub const CHECKPOINT: &str = "checkpoint";
/// The name of the public key within the log: for convenience, not for trust.
pub const PUBLIC_KEY: &str = "vkey";
/// Files written or read at the same time.
const AT_ONCE: usize = 32;
/// Files listed at once.
const LISTED: usize = 1_000;

/// A tile or bundle and its bytes.
pub type Tile = (TileId, Vec<u8>);

/// The files of one log.
#[derive(Clone, Debug)]
pub struct LogFiles {
    blobs: Arc<dyn Blobs>,
}

/// A log from elsewhere whose files are copied here as they are read, but for the
/// checkpoint: that it is one is known only once all was read.
pub struct Copying<'a> {
    /// Where it is.
    pub from: &'a dyn Source,
    /// Where it goes.
    pub to: &'a LogFiles,
}

/// Why the files are not as they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogError {
    /// They cannot be reached: try again.
    Unavailable(String),
    /// One of them contradicts what was signed. Nothing may be added: somebody must look.
    Wrong {
        /// The file, below the log's folder.
        object: String,
        /// What it says.
        why: String,
    },
}

impl LogFiles {
    /// The log among these blobs.
    pub fn new(blobs: Arc<dyn Blobs>) -> Self {
        Self { blobs }
    }

    /// A file of the log, as its path below the log's address; `None` if there is none.
    pub async fn read(&self, path: &str) -> Result<Option<Bytes>, LogError> {
        self.get(&in_log(path)).await
    }

    /// Keeps the public key beside the log, for whoever is handed the folder.
    pub async fn put_public_key(&self, key: &PublicKey) -> Result<(), LogError> {
        let text = Bytes::from(format!("{key}\n"));
        self.put_new(PUBLIC_KEY.to_owned(), &in_log(PUBLIC_KEY), text).await
    }

    /// Keeps a file of a log that is being copied here, but for its checkpoint.
    pub async fn copy(&self, path: &str, bytes: Bytes) -> Result<(), LogError> {
        if TileId::of_path(path).is_err() {
            return Ok(());
        }
        self.put_new(path.to_owned(), &in_log(path), bytes).await
    }

    /// Says what log it is that was copied here.
    pub async fn replace_checkpoint(&self, note: &str) -> Result<(), LogError> {
        let bytes = Bytes::copy_from_slice(note.as_bytes());
        self.blobs.put(&in_log(CHECKPOINT), bytes).await.map_err(unavailable)
    }

    /// Removes all of what was copied here and is no log.
    pub async fn discard(&self) -> Result<(), LogError> {
        let folder = BlobName::new(LOG).expect("the folder has a good name");
        self.remove_all(&folder, |_| true).await
    }

    /// Keeps everything that is new with a checkpoint, so that it can be published by
    /// anybody once the checkpoint counts. Nothing of it is part of the log yet. If it
    /// never counts it stays until a later one was loaded: somebody else may have
    /// staged the very same, and count on it. `before` is the size that the log had.
    pub async fn stage(
        &self,
        checkpoint: &Checkpoint,
        tiles: &[Tile],
        before: u64,
    ) -> Result<(), LogError> {
        let name = staging(checkpoint, before);
        let bytes = Bytes::from(staged(tiles));
        self.put_new(name.to_string(), &name, bytes).await
    }

    /// Makes the files those of a checkpoint that counts: tiles, then the checkpoint,
    /// then nothing is staged any more. `before` as it was staged.
    pub async fn publish(
        &self,
        checkpoint: &Checkpoint,
        note: &str,
        tiles: &[Tile],
        before: u64,
    ) -> Result<(), LogError> {
        self.put_tiles(tiles).await?;
        self.put_checkpoint(checkpoint, note).await?;
        let name = staging(checkpoint, before);
        self.blobs.delete(&name).await.map_err(unavailable)?;
        self.remove_superseded(tiles, before).await
    }

    /// Brings the files to what counts, looks through the edge of the log and answers
    /// it. `before` is the size that the log had before the last batch. Files that say anything else than `counts` are [`LogError::Wrong`].
    pub async fn load(
        &self,
        (counts, before): (&Checkpoint, u64),
        note: &str,
        key: &PublicKey,
    ) -> Result<Edge, LogError> {
        let published = self.published(key).await?;
        if let Some(published) = &published {
            check_not_ahead(published, counts)?;
        }
        let is_behind = published.as_ref() != Some(counts);
        if is_behind {
            let name = staging(counts, before);
            // Whoever published it may have been stopped just before it said so.
            if let Some(bytes) = self.get(&name).await? {
                self.put_tiles(&unstaged(&name, &bytes)?).await?;
            }
        }
        let edge = self.edge(counts.size).await?;
        if edge.root() != counts.root {
            let object = Edge::tiles_at(counts.size).last().map_or(CHECKPOINT.into(), path);
            let why = "the tiles at the end of the log do not lead to the root that was signed";
            return Err(LogError::Wrong { object, why: why.to_owned() });
        }
        if is_behind {
            self.put_checkpoint(counts, note).await?;
        }
        self.remove_staged(counts.size).await?;
        Ok(edge)
    }

    /// The entries of a part of a log of so many.
    pub async fn entries(&self, part: Range<u64>, size: u64) -> Result<Vec<Vec<u8>>, LogError> {
        let bundles = part.start / WIDTH..part.end.min(size).div_ceil(WIDTH);
        let tiles = bundles.filter_map(|it| TileId::of(Content::Entries, it, size));
        let read: Vec<Tile> = self.tiles(tiles.collect()).await?;
        let mut entries = Vec::new();
        for (tile, bytes) in read {
            let within = crate::bundle::entries(&bytes);
            let within =
                within.map_err(|it| wrong(&tile, format!("ends in entry {}", it.whole)))?;
            let indices = tile.index * WIDTH..;
            let wanted = std::iter::zip(indices, within).filter(|it| part.contains(&it.0));
            entries.extend(wanted.map(|it| it.1.to_vec()));
        }
        Ok(entries)
    }

    /// The hashes of a proof.
    pub async fn prove(&self, plan: &Plan) -> Result<Vec<Hash>, LogError> {
        let tiles = self.tiles(plan.tiles().into_iter().collect()).await?;
        plan.hashes(&tiles.into_iter().collect())
            .map_err(|tile| wrong(&tile, "is missing or has another length".to_owned()))
    }

    /// The checkpoint that everybody reads, if there is one yet.
    pub async fn published(&self, key: &PublicKey) -> Result<Option<Checkpoint>, LogError> {
        let Some(note) = self.read(CHECKPOINT).await? else { return Ok(None) };
        let opened = Checkpoint::open(&note, key).map(Some);
        opened
            .map_err(|why| LogError::Wrong { object: CHECKPOINT.to_owned(), why: why.to_string() })
    }

    async fn edge(&self, size: u64) -> Result<Edge, LogError> {
        let tiles = self.tiles(Edge::tiles_at(size).collect()).await?;
        Edge::of_tiles(size, &tiles).map_err(|(tile, why)| wrong(&tile, why))
    }

    /// These tiles, each as wide as it is named, in this order.
    async fn tiles(&self, tiles: Vec<TileId>) -> Result<Vec<Tile>, LogError> {
        let read: Vec<_> = tiles.into_iter().map(|tile| self.tile(tile)).collect();
        stream::iter(read).buffered(AT_ONCE).try_collect().await
    }

    /// A tile; if only the full one is left of a partial one, its beginning.
    async fn tile(&self, tile: TileId) -> Result<Tile, LogError> {
        if let Some(bytes) = self.read(&tile.path()).await? {
            return Ok((tile, bytes.into()));
        }
        if !tile.is_full()
            && let Some(bytes) = self.read(&tile.filled().path()).await?
            && let Some(begin) = tile.beginning(&bytes)
        {
            return Ok((tile, begin.to_vec()));
        }
        Err(wrong(&tile, "is missing".to_owned()))
    }

    async fn put_tiles(&self, tiles: &[Tile]) -> Result<(), LogError> {
        let put = |(tile, bytes): &Tile| {
            let (path, bytes) = (tile.path(), Bytes::copy_from_slice(bytes));
            async move { self.put_new(path.clone(), &in_log(&path), bytes).await }
        };
        let all: Vec<_> = tiles.iter().map(put).collect();
        stream::iter(all).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn put_checkpoint(&self, checkpoint: &Checkpoint, note: &str) -> Result<(), LogError> {
        // Another sequencer may have published a later one meanwhile. Should it do so
        // right now, the next that is published is later than both.
        let there = self.read(CHECKPOINT).await?;
        let there = there.and_then(|it| Checkpoint::unsigned(&it).ok());
        if there.is_some_and(|it| it.origin == checkpoint.origin && checkpoint.size < it.size) {
            return Ok(());
        }
        let bytes = Bytes::copy_from_slice(note.as_bytes());
        self.blobs.put(&in_log(CHECKPOINT), bytes).await.map_err(unavailable)
    }

    /// Removes the partial tiles in whose place there is a full one now.
    async fn remove_superseded(&self, tiles: &[Tile], before: u64) -> Result<(), LogError> {
        let was = |it: &TileId| TileId::of(it.content, it.index, before).is_some();
        for (tile, _) in tiles.iter().filter(|it| it.0.is_full() && was(&it.0)) {
            self.remove_all(&in_log(&format!("{}.p", tile.path())), |_| true).await?;
        }
        Ok(())
    }

    /// Removes what was staged for logs that are no larger than the one that counts:
    /// those that are, somebody may be about to swap.
    async fn remove_staged(&self, size: u64) -> Result<(), LogError> {
        let folder = BlobName::new(STAGING).expect("the folder has a good name");
        let is_past = |name: &str| {
            name.split_once('-').and_then(|it| it.0.parse().ok()).is_some_and(|it: u64| it <= size)
        };
        self.remove_all(&folder, is_past).await
    }

    async fn remove_all(
        &self,
        folder: &BlobName,
        chosen: impl Fn(&str) -> bool,
    ) -> Result<(), LogError> {
        let mut found = BTreeSet::new();
        loop {
            let last = found.last().cloned();
            let page = self.blobs.list(Some(folder), last.as_ref(), LISTED).await;
            let page = page.map_err(unavailable)?;
            let count = page.len();
            found.extend(page.into_iter().map(|it| it.name));
            if count < LISTED {
                break;
            }
        }
        let name = |it: &BlobName| it.as_str()[folder.as_str().len() + 1..].to_owned();
        for blob in found.iter().filter(|it| chosen(&name(it))) {
            self.blobs.delete(blob).await.map_err(unavailable)?;
        }
        Ok(())
    }

    async fn get(&self, name: &BlobName) -> Result<Option<Bytes>, LogError> {
        match self.blobs.get(name).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(blobs::Error::Missing(_)) => Ok(None),
            Err(other) => Err(unavailable(other)),
        }
    }

    async fn put_new(&self, object: String, name: &BlobName, bytes: Bytes) -> Result<(), LogError> {
        match self.blobs.put_new(name, bytes).await {
            Err(blobs::Error::Exists(_)) => {
                let why = "is there already and holds something else".to_owned();
                Err(LogError::Wrong { object, why })
            }
            other => other.map_err(unavailable),
        }
    }
}

impl Source for LogFiles {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        Box::pin(async move { self.read(path).await.map_err(|it| it.to_string()) })
    }
}

impl Source for Copying<'_> {
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>> {
        Box::pin(async move {
            let read = self.from.read(path).await?;
            if let Some(bytes) = &read {
                self.to.copy(path, bytes.clone()).await.map_err(|it| it.to_string())?;
            }
            Ok(read)
        })
    }
}

impl fmt::Debug for Copying<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Copying")
    }
}

/// A log never has more entries in its files than were signed and kept.
fn check_not_ahead(published: &Checkpoint, counts: &Checkpoint) -> Result<(), LogError> {
    let why = if counts.size < published.size {
        format!(
            "says {} entries where the table knows of {}: the table was set back, or somebody \
             else signs with this key",
            published.size, counts.size
        )
    } else if counts.size == published.size && counts.root != published.root {
        format!("says another root for the same {} entries than the table", counts.size)
    } else {
        return Ok(());
    };
    Err(LogError::Wrong { object: CHECKPOINT.to_owned(), why })
}

impl TileId {
    /// The beginning of a full tile that is this partial one.
    pub(crate) fn beginning<'a>(&self, full: &'a [u8]) -> Option<&'a [u8]> {
        let width = usize::from(self.width);
        match self.content {
            Content::Hashes(_) => full.get(..width * crate::hash::HASH_LEN),
            Content::Entries => {
                let entries = crate::bundle::entries(full).ok()?;
                let len = entries.get(..width)?.iter().map(|it| 2 + it.len()).sum();
                full.get(..len)
            }
        }
    }
}

/// Version 1: each tile's path and bytes behind their lengths, 1 byte and 4.
fn staged(tiles: &[Tile]) -> Vec<u8> {
    let mut staged = vec![1];
    for (tile, bytes) in tiles {
        let path = tile.path();
        staged.push(path.len() as u8);
        staged.extend(path.as_bytes());
        staged.extend((bytes.len() as u32).to_be_bytes());
        staged.extend(bytes);
    }
    staged
}

/// Reads what [`staged`] wrote.
pub(crate) fn read_staged(staged: &[u8]) -> Option<Vec<Tile>> {
    let (&1, mut rest) = staged.split_first()? else { return None };
    let mut tiles = Vec::new();
    while let Some((len, behind)) = rest.split_first() {
        let (path, behind) = behind.split_at_checked(usize::from(*len))?;
        let tile = TileId::of_path(std::str::from_utf8(path).ok()?).ok()?;
        let (len, behind) = behind.split_first_chunk::<4>()?;
        let (bytes, behind) = behind.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        tiles.push((tile, bytes.to_vec()));
        rest = behind;
    }
    Some(tiles)
}

fn unstaged(name: &BlobName, bytes: &[u8]) -> Result<Vec<Tile>, LogError> {
    let why = "is torn: it is not what was staged".to_owned();
    read_staged(bytes).ok_or(LogError::Wrong { object: name.to_string(), why })
}

/// From where the log grew is part of the name: the same log can be reached in more
/// than one step, with other files.
fn staging(checkpoint: &Checkpoint, before: u64) -> BlobName {
    let root: String = checkpoint.root.iter().map(|it| format!("{it:02x}")).collect();
    let name = format!("{STAGING}/{}-{before}-{root}", checkpoint.size);
    BlobName::new(name).expect("digits and letters name a blob")
}

fn in_log(path: &str) -> BlobName {
    BlobName::new(format!("{LOG}/{path}")).expect("the log's own paths name blobs")
}

fn path(tile: TileId) -> String {
    tile.path()
}

fn wrong(tile: &TileId, why: String) -> LogError {
    LogError::Wrong { object: tile.path(), why }
}

fn unavailable(why: blobs::Error) -> LogError {
    LogError::Unavailable(why.to_string())
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the log's files are unavailable: {why}"),
            Self::Wrong { object, why } => write!(f, "{object} of the log {why}"),
        }
    }
}

impl std::error::Error for LogError {}
