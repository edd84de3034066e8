//! The sequencer: follows the feed and appends every event to the log, once, and what
//! else is logged for ever.
//!
//! One row of the table says what the log is, and how far the feeds are in it. Whoever
//! appends stages the files, signs, swaps that row against the one it read, and only
//! then publishes and marks. Any number may run at once, and stop anywhere: whoever
//! lost the swap, or does not know, reads the row again. Before it takes anything it
//! marks what is logged and may not be marked, so that a mark, or none, is the truth;
//! what comes round again has one.

use std::collections::{BTreeMap, BTreeSet};

use audit::{
    Checkpoint, Edge, LogKey,
    log::{LogError, LogFiles},
};
use domain::time::Timestamp;
use table::{Changed, FeedId, Guard, Seq, Version, Write};

use super::{
    entries::{Logs, Pending},
    marks::Marked,
    stored::{LogCursor, LogRow},
};
use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    rows::to_bytes,
};

/// Most entries of one batch, give or take what is read of a feed at once.
pub(super) const BATCH: usize = 8_192;
/// Most changes read of a feed at once.
const CHANGES_MAX: usize = 2_000;
/// Changes without an event after which it is kept how far the feeds were read: they
/// are not trimmed before.
const UNSAVED_MAX: usize = 20_000;
/// How often is tried again when somebody else appends meanwhile.
const ATTEMPTS_MAX: usize = 24;
/// Entries marked at once after a restart.
const TAIL: u64 = 4_096;

/// Appends to one log. It keeps what it read as long as nothing goes wrong.
#[derive(Debug)]
pub struct Sequencer {
    pub(super) service: Service,
    key: LogKey,
    files: LogFiles,
    loaded: Option<Loaded>,
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Entries appended.
    pub appended: u64,
    /// Whether there is more to do at once.
    pub more: bool,
}

/// The log as it was read or written last.
#[derive(Debug)]
pub(super) struct Loaded {
    pub row: LogRow,
    version: Version,
    edge: Edge,
    /// How far the feeds were read.
    pub at: BTreeMap<FeedId, Seq>,
    /// Feeds of which changes are gone unread.
    pub lost: BTreeSet<FeedId>,
    /// Changes read since the row said how far.
    unsaved: usize,
}

impl Sequencer {
    /// Appends to the log of this service's table with this key.
    pub fn new(service: Service, key: LogKey) -> Self {
        let files = service.log_files();
        Self { service, key, files, loaded: None }
    }

    /// Appends what is new, at most one batch of the feed. After an error the next
    /// step begins by reading the log again.
    pub async fn step(&mut self) -> Result<Step> {
        let stepped = self.noted_step(&[]).await?;
        Ok(stepped.unwrap_or(Step { appended: 0, more: true }))
    }

    /// Appends what changes have put in place that somebody else reads from the feed
    /// and hands over, and says how many entries that were. Repeated, or done by two at
    /// once, nothing is in the log twice.
    pub async fn take_in(&mut self, changes: &[Changed]) -> Result<u64> {
        let mut given = Vec::new();
        for change in changes {
            given.extend(Pending::of_change(change)?);
        }
        for _ in 0..ATTEMPTS_MAX {
            if let Some(step) = self.noted_step(&given).await? {
                return Ok(step.appended);
            }
        }
        Err(Error::Unavailable("the log is appended to by too many at once".to_owned()))
    }

    /// A step, and what it says of how the log does. `None` if somebody else appended
    /// meanwhile, so that nothing of it counts.
    async fn noted_step(&mut self, given: &[Pending]) -> Result<Option<Step>> {
        let stepped = self.stepped(given).await;
        let now = self.service.clock.now();
        let mut status = self.service.logging.status();
        match &stepped {
            Ok(_) => status.trouble = None,
            Err(why) => {
                let since = status.trouble.as_ref().map_or(now, |it| it.0);
                status.trouble = Some((since, why.to_string()));
            }
        }
        stepped
    }

    /// Appends until nothing is left to do.
    pub async fn catch_up(&mut self) -> Result<u64> {
        let mut appended = 0;
        loop {
            let step = self.step().await?;
            appended += step.appended;
            if step == Step::default() {
                return Ok(appended);
            }
        }
    }

    async fn stepped(&mut self, given: &[Pending]) -> Result<Option<Step>> {
        let mut loaded = match self.loaded.take() {
            Some(loaded) => loaded,
            None => self.load().await?,
        };
        let before = loaded.row.size;
        let mut pending = given.to_vec();
        self.take(&mut loaded, &mut pending).await?;
        let is_full = BATCH <= pending.len();
        let left = self.service.logging.left().all();
        let found: Vec<Logs> = left.iter().map(|it| it.what).collect();
        pending.extend(left);
        let appended = match self.append(loaded, pending).await? {
            // Somebody else swapped: everything is read again.
            None => return Ok(None),
            Some(loaded) if loaded.row.whole && loaded.lost.is_empty() => Some(loaded),
            Some(loaded) => self.reconcile(loaded).await?,
        };
        let Some(mut loaded) = appended else { return Ok(None) };
        self.service.logging.left().appended(&found);
        self.service.logging.read().clone_from(&loaded.at);
        let appended = loaded.row.size - before;
        if UNSAVED_MAX < loaded.unsaved {
            let row = loaded.row.clone();
            match self.save(loaded, row).await? {
                Some(saved) => loaded = saved,
                None => return Ok(Some(Step { appended, more: true })),
            }
        }
        self.loaded = Some(loaded);
        Ok(Some(Step { appended, more: is_full }))
    }

    /// Reads what the log is, brings its files to that, and marks what may not be.
    async fn load(&mut self) -> Result<Loaded> {
        let key = self.key.public();
        let (mut row, mut version) = match self.service.log_row().await? {
            Some(found) => found,
            None => self.begin().await?,
        };
        if row.key != key.to_string() {
            let why = format!("the log is signed with {}, and not with {key}", row.key);
            return Err(Error::Corrupt(why));
        }
        let edge = loop {
            let counts = (&row.checkpoint(key.name()), row.marked);
            let loaded = self.files.load(counts, &row.note, key).await;
            let Err(wrong @ LogError::Wrong { .. }) = loaded else { break loaded? };
            // Files that are ahead of the row are only wrong if the row stands still.
            match self.service.log_row().await? {
                Some(now) if now.1 != version => (row, version) = now,
                _ => return Err(wrong.into()),
            }
        };
        let mut at = row.marked;
        while at < row.size {
            let end = (at + TAIL).min(row.size);
            self.mark_again(at, self.files.entries(at..end, row.size).await?).await?;
            at = end;
        }
        self.publish_status(&row, None);
        let at = row.positions();
        Ok(Loaded { row, version, edge, at, lost: BTreeSet::new(), unsaved: 0 })
    }

    /// Begins a log of nothing. Of many that do, one wins.
    async fn begin(&self) -> Result<(LogRow, Version)> {
        let (edge, key) = (Edge::default(), self.key.public());
        let (size, root) = (edge.size(), edge.root());
        let note = Checkpoint { origin: key.name().to_owned(), size, root }.sign(&self.key);
        let key_text = key.to_string();
        let row = LogRow {
            size,
            root,
            note,
            cursors: Vec::new(),
            marked: 0,
            key: key_text,
            whole: false,
        };
        self.files.put_public_key(key).await?;
        let put = Write::put(Row::Log.key(), Guard::Absent, to_bytes(&row));
        match self.service.table.write(vec![put]).await {
            Ok(()) | Err(table::Error::Conflict(_)) => (),
            Err(other) => return Err(other.into()),
        }
        let found = self.service.log_row().await?;
        found.ok_or_else(|| Error::Corrupt("the log's row is gone".to_owned()))
    }

    /// Entries that are in the log, whoever put them there, get their marks.
    async fn mark_again(&self, first: u64, entries: Vec<Vec<u8>>) -> Result<()> {
        let marked =
            |(index, leaf): (u64, Vec<u8>)| Some(Marked { what: Logs::of_leaf(&leaf)?, index });
        let marked: Vec<Marked> = (first..).zip(entries).filter_map(marked).collect();
        let noted = self.service.noted(marked.iter().map(|it| it.what)).await?;
        self.service.mark(noted, &marked).await
    }

    /// What is new in the feeds.
    async fn take(&self, loaded: &mut Loaded, pending: &mut Vec<Pending>) -> Result<()> {
        for feed in self.service.table.feeds().await? {
            while pending.len() < BATCH {
                let after = loaded.at.get(&feed).copied().unwrap_or(0);
                let batch = match self.service.table.changes(feed, after, CHANGES_MAX).await {
                    Err(table::Error::Trimmed(_)) => {
                        loaded.lost.insert(feed);
                        break;
                    }
                    other => other?,
                };
                let Some(last) = batch.last().map(|it| it.seq) else { break };
                for change in batch.iter().filter(|it| after < it.seq) {
                    pending.extend(Pending::of_change(change)?);
                }
                loaded.unsaved += batch.len();
                loaded.at.insert(feed, last);
            }
        }
        Ok(())
    }

    /// Appends those that are not in the log. `None` if somebody else was first.
    pub(super) async fn append(
        &self,
        mut loaded: Loaded,
        mut pending: Vec<Pending>,
    ) -> Result<Option<Loaded>> {
        let mut seen = BTreeSet::new();
        pending.retain(|it| seen.insert(it.what));
        let noted = self.service.noted(pending.iter().map(|it| it.what)).await?;
        pending.retain(|it| !noted.has(it.what));
        let Some(oldest) = pending.iter().map(|it| it.recorded_at).min() else {
            return Ok(Some(loaded));
        };
        let before = loaded.row.size;
        let grown = loaded.edge.grown(pending.iter().map(|it| &it.leaf));
        let grown = grown.map_err(|it| Error::Corrupt(it.to_string()))?;
        let counts = Checkpoint {
            origin: self.key.public().name().to_owned(),
            size: grown.edge.size(),
            root: grown.edge.root(),
        };
        self.files.stage(&counts, &grown.tiles, before).await?;
        let note = counts.sign(&self.key);
        let row = LogRow {
            size: counts.size,
            root: counts.root,
            note: note.clone(),
            marked: before,
            ..loaded.row.clone()
        };
        loaded.edge = grown.edge;
        let Some(loaded) = self.save(loaded, row).await? else { return Ok(None) };
        self.files.publish(&counts, &note, &grown.tiles, before).await?;
        let marked = |(index, it): (u64, &Pending)| Marked { what: it.what, index };
        let marked: Vec<Marked> = (before..).zip(&pending).map(marked).collect();
        self.service.mark(noted, &marked).await?;
        self.publish_status(&loaded.row, Some(oldest));
        Ok(Some(loaded))
    }

    /// Swaps the log's row, with how far the feeds were read. `None` if it is not the
    /// one that was read any more; then nothing of this counts.
    pub(super) async fn save(&self, loaded: Loaded, row: LogRow) -> Result<Option<Loaded>> {
        let row = LogRow { cursors: LogCursor::all(&loaded.at), ..row };
        let guard = Guard::Unchanged(loaded.version);
        let put = Write::put(Row::Log.key(), guard, to_bytes(&row));
        match self.service.table.write(vec![put]).await {
            Ok(()) => (),
            Err(table::Error::Conflict(_)) => return Ok(None),
            Err(other) => return Err(other.into()),
        }
        // What we wrote counts. Whoever has swapped it since has read it: then our
        // version is old, and the next swap says so.
        let Some((found, version)) = self.service.log_row().await? else {
            return Err(Error::Corrupt("the log's row is gone".to_owned()));
        };
        let version = if found == row { version } else { loaded.version };
        self.service.logging.follows(&row);
        Ok(Some(Loaded { row, version, unsaved: 0, ..loaded }))
    }

    fn publish_status(&self, row: &LogRow, oldest: Option<Timestamp>) {
        self.service.logging.follows(row);
        let mut status = self.service.logging.status();
        status.size = row.size;
        if let Some(oldest) = oldest {
            status.merge_delay_ms = self.service.clock.now().millis() - oldest.millis();
        }
    }
}
