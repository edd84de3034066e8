//! The audit log: what is in it, and how it is read. Who appends to it is
//! `log/sequencer.rs`; what is logged, `log/entries.rs`; where it is, `log/marks.rs`.

mod entries;
mod marks;
mod reconcile;
pub mod sequencer;
pub mod stored;
pub mod waiting;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A program in plain Python that checks evidence, and whole logs, without us.
pub use audit::VERIFIER;
use audit::{
    Checkpoint, TileId,
    log::{CHECKPOINT, LogError, LogFiles, PUBLIC_KEY},
    proof::TlogProof,
    prove::Plan,
};
use bytes::Bytes;
use domain::{id::Subject, time::Timestamp};
use table::{FeedId, Seq};

use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    rows::Recorded,
};
use stored::LogRow;
use waiting::Left;

/// How the log does in this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogStatus {
    /// How many entries it has, as far as this process knows.
    pub size: u64,
    /// How long after it was recorded the oldest event of the last batch was in the
    /// log, in milliseconds.
    pub merge_delay_ms: i64,
    /// Since when, and why, nothing can be appended.
    pub trouble: Option<(Timestamp, String)>,
}

/// What this process knows of the log.
#[derive(Debug, Default)]
pub(crate) struct Logging {
    status: Mutex<LogStatus>,
    followed: Mutex<Followed>,
    /// Up to where the sequencer has read each feed and appended what it found.
    read: Mutex<BTreeMap<FeedId, Seq>>,
    left: Mutex<Left>,
}

/// Up to where each feed is in the log for good.
#[derive(Clone, Debug, Default)]
enum Followed {
    /// Nobody has looked yet.
    #[default]
    Unknown,
    /// There was no log when somebody looked.
    NoLog,
    /// Up to here.
    UpTo(BTreeMap<FeedId, Seq>),
}

/// The log as everybody can read it at an instant: what several proofs can lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The signed checkpoint.
    pub note: String,
    /// What it says.
    pub checkpoint: Checkpoint,
}

/// An event and its place in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// The event.
    pub recorded: Recorded,
    /// Its place; nothing while it waits to be logged, which takes seconds.
    pub index: Option<u64>,
}

impl Service {
    /// The log's files.
    #[must_use]
    pub fn log_files(&self) -> LogFiles {
        LogFiles::new(std::sync::Arc::clone(&self.blobs))
    }

    /// A file of the log as C2SP tlog-tiles names it, or its public key.
    pub async fn log_file(&self, path: &str) -> Result<Bytes> {
        let is_one = path == CHECKPOINT || path == PUBLIC_KEY || TileId::of_path(path).is_ok();
        let file = if is_one { self.log_files().read(path).await? } else { None };
        file.ok_or_else(|| Error::NotFound(path.to_owned()))
    }

    /// The log as it is published now.
    pub async fn published_log(&self) -> Result<Published> {
        let note = self.log_file(CHECKPOINT).await?;
        let broken = |why: String| Error::Corrupt(format!("the log's checkpoint: {why}"));
        let checkpoint = Checkpoint::unsigned(&note).map_err(|it| broken(it.to_string()))?;
        let note = String::from_utf8(note.into()).map_err(|it| broken(it.to_string()))?;
        Ok(Published { note, checkpoint })
    }

    /// The proof that an entry is in the log as it is published now.
    pub async fn log_proof(&self, index: u64) -> Result<TlogProof> {
        self.log_proof_in(&self.published_log().await?, index).await
    }

    /// The proof that an entry is in the log as it was published.
    pub async fn log_proof_in(&self, log: &Published, index: u64) -> Result<TlogProof> {
        let size = log.checkpoint.size;
        let plan = Plan::inclusion(index, size);
        let plan = plan.ok_or_else(|| Error::NotFound(format!("entry {index} of {size}")))?;
        let hashes = self.log_files().prove(&plan).await?;
        Ok(TlogProof { index, hashes, note: log.note.clone() })
    }

    /// Everything recorded of a subject, in the order of recording, with its place in
    /// the log.
    pub async fn logged(&self, subject: Subject) -> Result<Vec<Logged>> {
        // The places first: what is recorded meanwhile has none yet.
        let indices = self.log_indices(subject).await?;
        let mut all = self.all_recorded(subject).await?;
        if all.is_empty() {
            return Err(Error::NotFound(subject.to_string()));
        }
        all.sort_by_key(|it| it.seq);
        let logged = |recorded: Recorded| {
            let index = indices.get(&recorded.seq).copied();
            Logged { recorded, index }
        };
        Ok(all.into_iter().map(logged).collect())
    }

    /// How many entries the log has that can be read; none before there is a log.
    pub(crate) async fn log_size(&self) -> Result<u64> {
        let Some(note) = self.log_files().read(CHECKPOINT).await? else { return Ok(0) };
        let checkpoint = Checkpoint::unsigned(&note);
        let checkpoint =
            checkpoint.map_err(|it| Error::Corrupt(format!("the log's checkpoint: {it}")))?;
        Ok(checkpoint.size)
    }

    /// The key of the log that this table belongs to; nothing before it has one.
    pub async fn log_key(&self) -> Result<Option<String>> {
        Ok(self.log_row().await?.map(|it| it.0.key))
    }

    /// How the log does in this process.
    #[must_use]
    pub fn log_status(&self) -> LogStatus {
        self.logging.status().clone()
    }

    /// How much of a feed nobody needs again who appends to the log: changes that are
    /// gone before they are in the log would have to be looked for everywhere.
    pub(crate) async fn log_trimmable(&self, feed: FeedId, seq: Seq) -> Result<Seq> {
        let is_known = !matches!(*self.logging.followed(), Followed::Unknown);
        if !is_known {
            let found = match self.log_row().await? {
                Some((row, _)) => Followed::UpTo(row.positions()),
                None => Followed::NoLog,
            };
            let mut followed = self.logging.followed();
            // A sequencer that looked meanwhile knows better.
            if matches!(*followed, Followed::Unknown) {
                *followed = found;
            }
        }
        Ok(match &*self.logging.followed() {
            Followed::UpTo(cursors) => seq.min(cursors.get(&feed).copied().unwrap_or(0)),
            Followed::Unknown | Followed::NoLog => seq,
        })
    }

    pub(crate) async fn log_row(&self) -> Result<Option<(LogRow, table::Version)>> {
        let Some(entry) = self.table.get(&Row::Log.key()).await? else { return Ok(None) };
        Ok(Some((minicbor::decode(&entry.value)?, entry.version)))
    }
}

impl Logging {
    fn status(&self) -> MutexGuard<'_, LogStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self) -> MutexGuard<'_, BTreeMap<FeedId, Seq>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follows(&self, row: &LogRow) {
        *self.followed() = Followed::UpTo(row.positions());
    }
}

impl From<LogError> for Error {
    fn from(error: LogError) -> Self {
        match error {
            LogError::Unavailable(why) => Self::Unavailable(why),
            wrong @ LogError::Wrong { .. } => Self::Corrupt(wrong.to_string()),
        }
    }
}
