//! The storage port over fjall: one folder, durable before it answers.
//!
//! One thread writes. It takes everything that waits, checks the guards, and
//! commits the lot with a single fsync, so a hundred callers share the price of
//! one. Reads go straight to the engine on the caller's thread. Changes are
//! stored in the same commit as the entries they describe, one row per feed and
//! commit.

mod folder;
mod journal;
mod reader;
mod stored;
mod writer;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    thread::JoinHandle,
};

use fjall::{Database, Keyspace};
use folder::Folder;
use table::{
    BoxFuture, Changed, Entry, Error, FeedId, Key, Meter, Page, Result, Scan, Seq, Table, Usage,
    Watch, Write, limits,
};
use writer::Queue;

/// How many feeds there are. Stored changes depend on it.
const FEEDS: usize = 4;

/// What may be chosen when a folder is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Memory for blocks read from disk, in bytes. Unwritten data comes on top,
    /// at most about 100 MB.
    pub cache_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1_024 * 1_024 }
    }
}

/// Why a folder could not be opened.
#[derive(Debug)]
pub enum OpenError {
    /// Another process works with it: stop that one first.
    InUse(PathBuf),
    /// It was written by another version of this program: use that one.
    OtherFormat {
        /// The folder.
        folder: PathBuf,
        /// The format it says it has.
        found: String,
    },
    /// The operating system refused: see why, and try again.
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// What it said.
        why: String,
    },
    /// Stored bytes make no sense: restore a backup.
    Corrupt {
        /// The folder.
        folder: PathBuf,
        /// What makes no sense.
        why: String,
    },
}

impl std::error::Error for OpenError {}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(folder) => {
                let folder = folder.display();
                write!(f, "the data folder {folder} is in use by another whereabouts process")
            }
            Self::OtherFormat { folder, found } => write!(
                f,
                "the data folder {} has the format {found:?}; this version reads {:?}",
                folder.display(),
                folder::FORMAT.trim_end(),
            ),
            Self::Unusable { folder, why } => {
                write!(f, "the data folder {} cannot be used: {why}", folder.display())
            }
            Self::Corrupt { folder, why } => {
                write!(f, "the data folder {} is damaged: {why}", folder.display())
            }
        }
    }
}

/// A table in a folder. Dropping it finishes the writes that wait.
pub struct Embedded {
    shared: Arc<Shared>,
    queue: Option<Queue>,
    writer: Option<JoinHandle<()>>,
    /// Last, so that the folder stays locked until everything else is closed.
    folder: Folder,
}

/// What the callers and the writer share.
struct Shared {
    db: Database,
    items: Keyspace,
    feeds: Keyspace,
    watches: [Watch; FEEDS],
    meter: Meter,
    /// Why the engine stopped for good, once a commit has failed.
    failed: OnceLock<String>,
}

impl Embedded {
    /// Opens a folder, creating it if there is none, and takes its lock.
    pub fn open(path: &Path, options: Options) -> std::result::Result<Self, OpenError> {
        let folder = Folder::take(path)?;
        let engine = folder.open_engine(options)?;
        let watches = reader::newest_of_all(&engine.db, &engine.feeds)
            .map_err(|why| OpenError::Corrupt { folder: path.into(), why: why.to_string() })?
            .map(|newest| Watch::new(Seq::from(newest)));
        let shared = Arc::new(Shared {
            db: engine.db,
            items: engine.items,
            feeds: engine.feeds,
            watches,
            meter: Meter::default(),
            failed: OnceLock::new(),
        });
        let (queue, writer) = writer::start(Arc::clone(&shared))
            .map_err(|why| OpenError::Unusable { folder: path.into(), why: why.to_string() })?;
        Ok(Self { shared, queue: Some(queue), writer: Some(writer), folder })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Space the data takes on disk, journals included.
    pub fn disk_bytes(&self) -> Result<u64> {
        self.shared.db.disk_space().map_err(corrupt)
    }

    fn queue(&self) -> &Queue {
        self.queue.as_ref().expect("only drop takes the queue")
    }

    async fn write_durably(&self, batch: Vec<Write>) -> Result<()> {
        limits::check_batch(&batch)?;
        self.shared.alive()?;
        self.queue().write(batch)?.wait().await
    }

    async fn write_each_durably(&self, writes: Vec<Write>) -> Result<()> {
        limits::check_each(&writes)?;
        self.shared.alive()?;
        self.queue().write_each(writes)?.wait().await
    }

    async fn trim_durably(&self, feed: FeedId, up_to: Seq) -> Result<()> {
        let at = feed_index(feed)?;
        let up_to = up_to.min(self.shared.watches[at].newest());
        let up_to = u64::try_from(up_to).expect("the newest seq fits 64 bits");
        loop {
            self.shared.alive()?;
            let Some((rows, mark)) = self.shared.rows_to_trim(at, up_to)? else { return Ok(()) };
            self.queue().trim(at, mark, rows)?.wait().await?;
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has told its callers already.
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("folder", &self.folder()).finish_non_exhaustive()
    }
}

impl Table for Embedded {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>>> {
        Box::pin(async { self.shared.get(key) })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, Result<Page>> {
        Box::pin(async { self.shared.scan(scan) })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write_durably(batch))
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.write_each_durably(writes))
    }

    fn feeds(&self) -> BoxFuture<'_, Result<Vec<FeedId>>> {
        Box::pin(async { Ok((0..FEEDS as u64).map(FeedId).collect()) })
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Changed>>> {
        Box::pin(async move { self.shared.changes(feed, after, limit) })
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            // An unknown feed fails in `changes`, so there is nothing to wait for.
            if let Ok(at) = feed_index(feed) {
                self.shared.watches[at].wait(after).await;
            }
        })
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, Result<Seq>> {
        Box::pin(async move { Ok(self.shared.watches[feed_index(feed)?].newest()) })
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.trim_durably(feed, up_to))
    }

    fn usage(&self) -> Usage {
        self.shared.meter.usage()
    }
}

impl Shared {
    /// After a failed commit nobody knows what is on disk until the folder is
    /// opened again: an fsync that failed once must not be trusted twice.
    fn alive(&self) -> Result<()> {
        match self.failed.get() {
            None => Ok(()),
            Some(why) => Err(Error::Corrupt(format!("stopped until reopened: {why}"))),
        }
    }

    fn fail(&self, why: String) {
        // The first reason is the one that explains the others.
        let _ = self.failed.set(why);
        self.watches.iter().for_each(Watch::close);
    }
}

fn feed_index(feed: FeedId) -> Result<usize> {
    let at = usize::try_from(feed.0).ok().filter(|&at| at < FEEDS);
    at.ok_or_else(|| Error::Invalid(format!("there is no feed {}", feed.0)))
}

fn corrupt(why: fjall::Error) -> Error {
    Error::Corrupt(why.to_string())
}
