//! Walking a whole log: every entry is hashed, every tile compared, and what is wrong
//! is named. Reads each file once and keeps one tile of each level.

use std::{fmt, pin::Pin};

use bytes::Bytes;
use futures::{StreamExt as _, stream};

use crate::{
    bundle,
    checkpoint::Checkpoint,
    hash::{HASH_LEN, Hash, hashes_of, leaf_hash, root_of, tree_hash},
    log::CHECKPOINT,
    note::PublicKey,
    tile::{Content, TileId, WIDTH, levels},
};

/// Most faults that are told one by one.
const FAULTS_MAX: usize = 100;
/// Most faults of one file that are.
const FAULTS_OF_ONE_MAX: usize = 4;
/// Bundles read ahead.
const AHEAD: usize = 8;

/// A future that can cross threads and trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where a log's files are: in a folder, behind a URL, among blobs.
pub trait Source: Send + Sync {
    /// Reads the file at this path below the log's address; `None` if there is none.
    /// An error is told as it is, and ends the walk.
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, String>>;
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, below the log's address.
    pub object: String,
    /// The entry, if it can be told.
    pub leaf: Option<u64>,
    /// What is wrong with it.
    pub why: String,
}

/// What came of a walk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the log says it is, if anything of it can be believed.
    pub checkpoint: Option<Checkpoint>,
    /// How many entries were hashed.
    pub entries: u64,
    /// Bytes of those entries.
    pub bytes: u64,
    /// What is wrong, in the order of the walk: at most 100, and 4 of one file.
    pub faults: Vec<Fault>,
    /// How many more there are.
    pub more_faults: u64,
}

/// What the walk is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Against<'a> {
    /// The log's key, from somewhere else than the log.
    pub key: &'a PublicKey,
    /// An earlier checkpoint of the same log, that it must have grown from.
    pub since: Option<&'a Checkpoint>,
}

/// Walks the log, and hands every entry to `each`, in order. `Err` only if the
/// files cannot be reached.
pub async fn verify(
    source: &dyn Source,
    against: Against<'_>,
    each: &mut (dyn FnMut(u64, &[u8]) + Send),
) -> Result<Report, String> {
    let nothing = |fault: Fault| Report {
        checkpoint: None,
        entries: 0,
        bytes: 0,
        faults: vec![fault],
        more_faults: 0,
    };
    let Some(note) = source.read(CHECKPOINT).await? else {
        return Ok(nothing(fault(CHECKPOINT, None, "there is none: this is no log")));
    };
    let checkpoint = match Checkpoint::open(&note, against.key) {
        Ok(checkpoint) => checkpoint,
        Err(why) => return Ok(nothing(fault(CHECKPOINT, None, &why.to_string()))),
    };
    let mut walk = Walk::new(source, checkpoint);
    walk.compare_sizes(against.since);
    walk.read_edge().await?;
    walk.go(against.since, each).await?;
    walk.compare_edge();
    Ok(walk.report)
}

struct Walk<'a> {
    source: &'a dyn Source,
    size: u64,
    root: Hash,
    /// The partial tiles as they are kept, lowest level first; nothing where one is broken.
    edge: Vec<Option<Vec<Hash>>>,
    /// Whether the root says that those are right.
    edge_is_right: bool,
    /// The tile of each level that the walk is within, as it is kept.
    within: Vec<Within>,
    /// The same, as it follows from the entries.
    made: Vec<Vec<Hash>>,
    /// Entries and tiles that disagree while nothing says which are right, each told
    /// once as the entry's fault and once as the tile's.
    unsettled: Vec<(Fault, Fault)>,
    report: Report,
}

/// A tile that the walk is within.
#[derive(Clone, Debug, Default)]
struct Within {
    index: Option<u64>,
    hashes: Option<Vec<Hash>>,
    /// Whether the tiles above it say that it is right.
    is_right: bool,
    /// What they say its hash is.
    wanted: Option<Hash>,
}

impl<'a> Walk<'a> {
    fn new(source: &'a dyn Source, checkpoint: Checkpoint) -> Self {
        let (size, root) = (checkpoint.size, checkpoint.root);
        let levels = usize::from(levels(size));
        let report = Report {
            checkpoint: Some(checkpoint),
            entries: 0,
            bytes: 0,
            faults: Vec::new(),
            more_faults: 0,
        };
        Self {
            source,
            size,
            root,
            edge: Vec::new(),
            edge_is_right: false,
            within: vec![Within::default(); levels],
            made: vec![Vec::new(); levels + 1],
            unsettled: Vec::new(),
            report,
        }
    }

    /// A log that is smaller than it was has lost its end.
    fn compare_sizes(&mut self, since: Option<&Checkpoint>) {
        let Some(since) = since else { return };
        let origin = self.report.checkpoint.as_ref().map(|it| it.origin.clone());
        if origin.as_ref() != Some(&since.origin) {
            let why = format!("is of {}, the earlier one of another log", since.origin);
            self.tell(fault(CHECKPOINT, None, &why));
        } else if self.size < since.size {
            let why = format!(
                "has {} entries, and had {} before: it was set back",
                self.size, since.size
            );
            self.tell(fault(CHECKPOINT, None, &why));
        }
    }

    /// Reads the partial tiles, from which the root follows.
    async fn read_edge(&mut self) -> Result<(), String> {
        for level in 0..levels(self.size) {
            let content = Content::Hashes(level);
            let last = (self.size >> (8 * u32::from(level))) / WIDTH;
            let hashes = match TileId::of(content, last, self.size) {
                Some(tile) => self.read_hashes(tile).await?,
                None => Some(Vec::new()),
            };
            self.edge.push(hashes);
        }
        let whole: Option<Vec<&Vec<Hash>>> = self.edge.iter().map(Option::as_ref).collect();
        self.edge_is_right = whole.is_some_and(|it| root_of(it) == self.root);
        Ok(())
    }

    async fn go(
        &mut self,
        since: Option<&Checkpoint>,
        each: &mut (dyn FnMut(u64, &[u8]) + Send),
    ) -> Result<(), String> {
        let (source, size) = (self.source, self.size);
        let bundle = |index| async move {
            let tile = TileId::of(Content::Entries, index, size).expect("the log has the bundle");
            (tile, read_tile(source, tile).await)
        };
        let mut bundles = stream::iter((0..size.div_ceil(WIDTH)).map(bundle)).buffered(AHEAD);
        while let Some((tile, bytes)) = bundles.next().await {
            for level in (0..self.within.len()).rev() {
                let index = tile.index >> (8 * level as u32);
                if self.within[level].index != Some(index) {
                    self.within[level] = self.enter(level, index).await?;
                }
            }
            let leaves = match bytes? {
                Some(bytes) => self.leaves(tile, &bytes, each),
                None => {
                    self.tell(fault(&tile.path(), Some(tile.index * WIDTH), "is missing"));
                    None
                }
            };
            self.compare_leaves(tile, leaves, since);
        }
        Ok(())
    }

    /// Reads the tile of a level and asks the one above whether it is right.
    async fn enter(&mut self, level: usize, index: u64) -> Result<Within, String> {
        let tile = TileId::of(Content::Hashes(level as u8), index, self.size);
        let Some(tile) = tile.filter(TileId::is_full) else {
            let hashes = self.edge[level].clone();
            let is_right = self.edge_is_right;
            return Ok(Within { index: Some(index), hashes, is_right, wanted: None });
        };
        let above = self.within.get(level + 1).filter(|it| it.is_right);
        let place = (index % WIDTH) as usize;
        let wanted = above.and_then(|it| it.hashes.as_ref()?.get(place).copied());
        let hashes = self.read_hashes(tile).await?;
        let found = hashes.as_deref().map(tree_hash);
        let is_right = wanted.is_some() && found == wanted;
        if found.is_some() && wanted.is_some() && !is_right {
            let above = TileId::of(Content::Hashes(level as u8 + 1), index / WIDTH, self.size);
            let above = above.map_or(String::new(), |it| it.path());
            let why = format!("does not hash to the hash {place} of {above}");
            self.tell(fault(&tile.path(), None, &why));
        }
        Ok(Within { index: Some(index), hashes, is_right, wanted })
    }

    /// The hashes of a bundle's entries.
    fn leaves(
        &mut self,
        tile: TileId,
        bytes: &[u8],
        each: &mut (dyn FnMut(u64, &[u8]) + Send),
    ) -> Option<Vec<Hash>> {
        let first = tile.index * WIDTH;
        let entries = match bundle::entries(bytes) {
            Ok(entries) => entries,
            Err(torn) => {
                let leaf = Some(first + torn.whole as u64);
                self.tell(fault(&tile.path(), leaf, "ends within an entry"));
                return None;
            }
        };
        if entries.len() != usize::from(tile.width) {
            let leaf = Some(first + entries.len().min(usize::from(tile.width)) as u64);
            let why = format!("holds {} entries, not {}", entries.len(), tile.width);
            self.tell(fault(&tile.path(), leaf, &why));
            return None;
        }
        self.report.entries += entries.len() as u64;
        for (index, entry) in (first..).zip(&entries) {
            self.report.bytes += entry.len() as u64;
            each(index, entry);
        }
        Some(entries.into_iter().map(leaf_hash).collect())
    }

    /// Compares entries with the tile of their hashes, and goes on with the tree.
    fn compare_leaves(
        &mut self,
        bundle: TileId,
        leaves: Option<Vec<Hash>>,
        since: Option<&Checkpoint>,
    ) {
        let kept = self.within[0].clone();
        let first = bundle.index * WIDTH;
        let path = TileId { content: Content::Hashes(0), ..bundle }.path();
        match (&leaves, &kept.hashes) {
            (Some(leaves), Some(hashes)) if leaves != hashes => {
                for (at, (leaf, hash)) in (first..).zip(leaves.iter().zip(hashes)) {
                    if leaf != hash && kept.is_right {
                        let why = "holds another entry than was logged";
                        self.tell(fault(&bundle.path(), Some(at), why));
                    } else if leaf != hash && kept.wanted.is_none_or(|it| it != tree_hash(leaves)) {
                        let why = format!("disagrees with {path}, and nothing says which is right");
                        let tile = fault(&path, None, "does not follow from the entries below it");
                        if self.unsettled.len() < FAULTS_MAX {
                            self.unsettled.push((fault(&bundle.path(), Some(at), &why), tile));
                        }
                    }
                }
            }
            // Both are there and agree, or the tile is missing.
            (Some(leaves), _) if kept.wanted.is_some_and(|it| it != tree_hash(leaves)) => {
                let why = "holds other entries than were logged";
                self.tell(fault(&bundle.path(), Some(first), why));
            }
            _ => (),
        }
        let nothing = || vec![[0; HASH_LEN]; usize::from(bundle.width)];
        let leaves = leaves.or(kept.hashes).unwrap_or_else(nothing);
        self.compare_past(first, &leaves, since);
        self.made[0] = leaves;
        if bundle.is_full() {
            self.close(0);
        }
    }

    /// Whether the log was what an earlier checkpoint says, when it had that size.
    fn compare_past(&mut self, first: u64, leaves: &[Hash], since: Option<&Checkpoint>) {
        let Some(since) = since else { return };
        let Some(count) = since.size.checked_sub(first).filter(|it| *it != 0) else { return };
        let Some(then) = leaves.get(..count as usize) else { return };
        let levels = std::iter::once(then).chain(self.made[1..].iter().map(Vec::as_slice));
        if root_of(levels) != since.root {
            let size = since.size;
            let why = format!("its first {size} entries are not those of the earlier checkpoint");
            self.tell(fault(CHECKPOINT, None, &why));
        }
    }

    /// A tile is complete as it follows from the entries: on to the level above.
    fn close(&mut self, level: usize) {
        let made = std::mem::take(&mut self.made[level]);
        let kept = &self.within[level];
        if 0 < level && !kept.is_right && kept.wanted.is_none() {
            let differs = kept.hashes.as_ref().is_some_and(|it| *it != made);
            if let (true, Some(index)) = (differs, kept.index) {
                let tile = TileId::of(Content::Hashes(level as u8), index, self.size);
                let path = tile.map_or(String::new(), |it| it.path());
                self.tell(fault(&path, None, "does not follow from the tiles below it"));
            }
        }
        let hash = tree_hash(&made);
        self.made[level + 1].push(hash);
        if self.made[level + 1].len() as u64 == WIDTH {
            self.close(level + 1);
        }
    }

    /// At the end: the partial tiles, and the root itself.
    fn compare_edge(&mut self) {
        let entries_are_right = root_of(&self.made) == self.root;
        for (of_entry, of_tile) in std::mem::take(&mut self.unsettled) {
            // The tile of a whole bundle may have been told already.
            let is_known = self.report.faults.iter().any(|it| it.object == of_tile.object);
            if !entries_are_right {
                self.tell(of_entry);
            }
            if !is_known {
                self.tell(of_tile);
            }
        }
        let unsure = if self.edge_is_right { 0 } else { self.edge.len() };
        for level in 1..unsure {
            let last = (self.size >> (8 * level as u32)) / WIDTH;
            let tile = TileId::of(Content::Hashes(level as u8), last, self.size);
            let differs = self.edge[level].as_ref().is_some_and(|it| *it != self.made[level]);
            if let (true, Some(tile)) = (differs, tile) {
                self.tell(fault(&tile.path(), None, "does not follow from what is below it"));
            }
        }
        if self.report.faults.is_empty() && !entries_are_right {
            let why = "its root is not that of the log's entries and tiles";
            self.tell(fault(CHECKPOINT, None, why));
        }
    }

    async fn read_hashes(&mut self, tile: TileId) -> Result<Option<Vec<Hash>>, String> {
        let Some(bytes) = read_tile(self.source, tile).await? else {
            self.tell(fault(&tile.path(), None, "is missing"));
            return Ok(None);
        };
        let wanted = usize::from(tile.width);
        let hashes = hashes_of(&bytes).filter(|it| it.len() == wanted);
        if hashes.is_none() {
            let why = format!("has {} bytes, not {}", bytes.len(), wanted * HASH_LEN);
            self.tell(fault(&tile.path(), None, &why));
        }
        Ok(hashes)
    }

    fn tell(&mut self, fault: Fault) {
        let faults = &self.report.faults;
        let alike = faults.iter().rev().take_while(|it| it.object == fault.object).count();
        if faults.len() < FAULTS_MAX && alike < FAULTS_OF_ONE_MAX {
            self.report.faults.push(fault);
        } else {
            self.report.more_faults += 1;
        }
    }
}

/// A tile; if only the full one is left of a partial one, its beginning.
async fn read_tile(source: &dyn Source, tile: TileId) -> Result<Option<Bytes>, String> {
    let read = source.read(&tile.path()).await?;
    if read.is_some() || tile.is_full() {
        return Ok(read);
    }
    let full = source.read(&tile.filled().path()).await?;
    Ok(full.and_then(|it| tile.beginning(&it).map(Bytes::copy_from_slice)))
}

fn fault(object: &str, leaf: Option<u64>, why: &str) -> Fault {
    Fault { object: object.to_owned(), leaf, why: why.to_owned() }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.leaf {
            Some(leaf) => write!(f, "{}, entry {leaf}: {}", self.object, self.why),
            None => write!(f, "{}: {}", self.object, self.why),
        }
    }
}
