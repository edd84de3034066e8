//! Fixes: a batch is accepted by one write; what follows from it, each tracker's
//! ring and trails, is derived from the feed.

use std::collections::BTreeMap;

use domain::{
    fixes::{Batch, Ring},
    id::{Subject, TrackerId, derive_bytes},
    motion::Fix,
    time::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Changed, Guard, Write, spread};
use tokio::sync::Mutex;

use crate::{
    Service,
    error::{Error, FieldError, Result},
    keys::{Row, batch_of},
    record::Attribution,
    rows::{BatchRow, Batched, RingRow, to_bytes},
};

mod archive;
pub(crate) mod chunks;
mod history;
mod queued;
mod sealing;
mod trails;

pub use archive::Archived;
pub use history::{FixHistoryRow, FixesCompacted};
pub use queued::{MESSAGE_LEN_MAX, Queued};
pub use sealing::{CHUNK_LEN, MARKED_FOR, Sealed};

/// Most fixes of one batch: it is kept as one row.
pub const FIXES_MAX: usize = 5_000;
/// Trackers whose rings are moved on at the same time.
const TRACKERS_AT_ONCE: usize = 256;
/// Turns that trackers share.
const RING_TURNS: usize = 1_024;
/// How often a ring is read again that somebody else moves on.
const ATTEMPTS_MAX: usize = 24;

/// A batch that will not be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id: the same again is the same batch.
    pub batch: [u8; 16],
    /// How many fixes it has.
    pub fixes: usize,
    /// True when it had been accepted before, as far as that is known.
    pub duplicate: bool,
    /// True when it waits in a queue, and may turn out to have been accepted before.
    pub queued: bool,
}

/// What is known of a tracker's positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// When we heard of it last.
    pub heard_at: Timestamp,
    /// Where it was measured last.
    pub latest: Option<Fix>,
}

/// Whose turn it is to move a ring on.
#[derive(Debug)]
pub(crate) struct RingTurns(Box<[Mutex<()>]>);

impl Default for RingTurns {
    fn default() -> Self {
        Self((0..RING_TURNS).map(|_| Mutex::default()).collect())
    }
}

impl RingTurns {
    fn of(&self, tracker: TrackerId) -> &Mutex<()> {
        &self.0[spread(tracker.as_bytes(), RING_TURNS)]
    }
}

impl Service {
    /// Accepts a batch durably, all of it or nothing. Without a `key` of the
    /// sender its content names it, so that sending it again is always safe. Where there
    /// is a queue of fixes, that keeps it.
    pub async fn accept_fixes(
        &self,
        by: &Attribution,
        key: Option<&str>,
        batch: &Batch,
    ) -> Result<Accepted> {
        self.check_batch(batch).await?;
        let columns = batch.to_bytes();
        let id = match key {
            Some(key) => derive_bytes(&[b"fixes", by.actor.as_bytes(), key.as_bytes()]),
            None => queued::id_of_content(&by.actor, &columns),
        };
        if let Some(queue) = &self.fix_queue {
            return self.queue_fixes(&**queue, by, id, (key.is_some(), batch)).await;
        }
        let fixes = batch.fixes.len();
        let accepted = Accepted { batch: id, fixes, duplicate: false, queued: false };
        let (recorded_at, actor) = (self.clock.now(), by.actor.clone());
        let row = BatchRow { recorded_at, actor, columns };
        let key = Row::Batch(id).key();
        match self.table.write(vec![Write::put(key.clone(), Guard::Absent, to_bytes(&row))]).await {
            Ok(()) => Ok(accepted),
            Err(error @ (table::Error::Conflict(_) | table::Error::Unavailable(_))) => {
                let Some(entry) = self.table.get(&key).await? else { return Err(error.into()) };
                let before = Batched::from_bytes(&entry.value)?;
                if before.is_of(&row.columns) {
                    // Our own write whose answer was lost is no duplicate.
                    let lost = matches!(error, table::Error::Unavailable(_));
                    let ours = lost && before == Batched::Whole(row);
                    return Ok(Accepted { duplicate: !ours, ..accepted });
                }
                Err(differs())
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn check_batch(&self, batch: &Batch) -> Result<()> {
        let count = batch.fixes.len();
        if count == 0 || FIXES_MAX < count {
            let detail = format!("1 to {FIXES_MAX} fixes are taken at once, not {count}");
            return Err(Error::invalid("", "count", detail));
        }
        let subjects = batch.trackers.iter().map(|id| Subject::Tracker(*id));
        let asked: Vec<Subject> = subjects.filter(|it| !self.is_remembered(*it)).collect();
        let each: Vec<_> = asked.iter().map(|it| self.is_registered(*it)).collect();
        let known: Vec<bool> = stream::iter(each).buffered(64).try_collect().await?;
        let unknown = std::iter::zip(&asked, known).filter(|(_, known)| !known);
        let faults: Vec<FieldError> = unknown
            .map(|(id, _)| FieldError {
                pointer: String::new(),
                code: "unknown",
                detail: format!("{id} is no tracker that is registered here"),
            })
            .collect();
        if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
    }

    /// Moves on every tracker that the batches among these changes speak of.
    pub(crate) async fn follow_fixes(&self, changes: &[Changed]) -> Result<()> {
        let (mut ids, mut rows) = (Vec::new(), Vec::new());
        for (id, row) in changes.iter().filter_map(accepted) {
            let row: BatchRow = minicbor::decode(row)?;
            ids.push((id, row.recorded_at, row.columns.len()));
            rows.push(row);
        }
        self.take_in(rows).await?;
        // Only now: what a chunk keeps has been derived.
        self.note_unsealed(&ids).await
    }

    /// Moves on every tracker that these batches speak of.
    pub(crate) async fn take_in(&self, rows: Vec<BatchRow>) -> Result<()> {
        let mut runs: BTreeMap<TrackerId, Vec<(Timestamp, Vec<Fix>)>> = BTreeMap::new();
        for row in rows {
            let batch = Batch::from_bytes(&row.columns)
                .map_err(|it| Error::Corrupt(format!("an accepted batch: {it}")))?;
            let mut by_tracker: BTreeMap<u32, Vec<Fix>> = BTreeMap::new();
            for (of, fix) in batch.fixes {
                by_tracker.entry(of).or_default().push(fix);
            }
            for (of, fixes) in by_tracker {
                let tracker = batch.trackers[of as usize];
                runs.entry(tracker).or_default().push((row.recorded_at, fixes));
            }
        }
        let each: Vec<_> = runs.into_iter().map(|(of, runs)| self.move_on(of, runs)).collect();
        stream::iter(each).buffer_unordered(TRACKERS_AT_ONCE).try_collect().await
    }

    /// Takes runs of fixes into a tracker's ring. Idempotent.
    async fn move_on(&self, tracker: TrackerId, runs: Vec<(Timestamp, Vec<Fix>)>) -> Result<()> {
        let key = Row::Ring(tracker).key();
        // The feeds of one process would only make each other read again.
        let _turn = self.ring_turns.of(tracker).lock().await;
        for _ in 0..ATTEMPTS_MAX {
            let entry = self.table.get(&key).await?;
            let before = entry.as_ref().map(|it| ring_of(&it.value)).transpose()?;
            let heard_before = before.as_ref().map(|it| it.0);
            let (mut heard_at, mut ring) = before.unwrap_or((Timestamp::MIN, Ring::default()));
            let mut trails = Vec::new();
            for (recorded_at, fixes) in &runs {
                heard_at = heard_at.max(*recorded_at);
                trails.extend(ring.absorb(fixes, *recorded_at).trails);
            }
            // Trails first: what a ring has let go of is in one already.
            self.keep_trails(tracker, trails).await?;
            self.expect_fixes(tracker, heard_before, heard_at).await?;
            let row = to_bytes(&RingRow { heard_at, ring: ring.to_bytes() });
            if entry.as_ref().is_some_and(|it| it.value == row) {
                return Ok(());
            }
            let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            match self.table.write(vec![Write::put(key.clone(), guard, row)]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(Error::Unavailable(format!("{tracker} is being moved on by too many at once")))
    }

    /// What is known of a tracker's positions; nothing if it never spoke.
    pub async fn heard_of(&self, tracker: TrackerId) -> Result<Option<Heard>> {
        let Some(entry) = self.table.get(&Row::Ring(tracker).key()).await? else { return Ok(None) };
        let (heard_at, ring) = ring_of(&entry.value)?;
        Ok(Some(Heard { heard_at, latest: ring.latest().copied() }))
    }
}

fn differs() -> Error {
    let detail = "other fixes were sent under this key before";
    Error::invalid("header:Idempotency-Key", "differs", detail)
}

/// The id and row of a batch that a change accepted. That a chunk keeps one by
/// now is no news.
pub(crate) fn accepted(change: &Changed) -> Option<([u8; 16], &[u8])> {
    let row = change.new.as_deref().filter(|it| Batched::is_whole(it))?;
    batch_of(&change.key).map(|id| (id, row))
}

/// Reads a ring's row: when its tracker was heard of last, and the ring.
pub(crate) fn ring_of(bytes: &[u8]) -> Result<(Timestamp, Ring)> {
    let row: RingRow = minicbor::decode(bytes)?;
    let ring = Ring::from_bytes(&row.ring).map_err(|it| Error::Corrupt(format!("a ring: {it}")))?;
    Ok((row.heard_at, ring))
}
