//! Fixes: a batch is accepted by one write; what follows from it, each tracker's
//! ring and trails, is derived from the feed.

use std::collections::BTreeMap;

use domain::{
    fixes::{Batch, Point, Ring, columns},
    id::{Subject, TrackerId, derive_bytes},
    motion::Fix,
    time::{HOUR, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use table::{Changed, Guard, Scan, Write, spread};
use tokio::sync::Mutex;

use crate::{
    Service,
    error::{Error, FieldError, Result},
    keys::{Row, batch_of, trail_shard, trail_span},
    record::Attribution,
    rows::{BatchRow, Batched, RingRow, to_bytes},
};

pub(crate) mod chunks;
mod sealing;

pub use sealing::{CHUNK_LEN, MARKED_FOR, Sealed};

/// Most fixes of one batch: it is kept as one row.
pub const FIXES_MAX: usize = 5_000;
/// Trackers whose rings are moved on at the same time.
const TRACKERS_AT_ONCE: usize = 256;
/// Rows of one tracker's trails that are written at the same time.
const TRAILS_AT_ONCE: usize = 16;
/// Points of runs that are kept as one.
const TRAIL_POINTS_MAX: usize = 1_024;
/// Turns that trackers share.
const RING_TURNS: usize = 1_024;
/// How often a ring is read again that somebody else moves on.
const ATTEMPTS_MAX: usize = 24;
/// Fixes before and after a span that tell how something moves there.
const AROUND: usize = 8;
/// Spans of trails that are looked through for the fixes before an instant.
const SPANS_MAX: usize = 24;

/// A batch that will not be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id: the same again is the same batch.
    pub batch: [u8; 16],
    /// How many fixes it has.
    pub fixes: usize,
    /// True when it had been accepted before.
    pub duplicate: bool,
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
    /// sender its content names it, so that sending it again is always safe.
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
            None => derive_bytes(&[b"fixes", by.actor.as_bytes(), b"", &Sha256::digest(&columns)]),
        };
        let accepted = Accepted { batch: id, fixes: batch.fixes.len(), duplicate: false };
        let (recorded_at, actor) = (self.clock.now(), by.actor.clone());
        let row = BatchRow { recorded_at, actor, columns };
        let key = Row::Batch(id).key();
        match self.table.write(vec![Write::put(key.clone(), Guard::Absent, to_bytes(&row))]).await {
            Ok(()) => Ok(accepted),
            Err(error @ (table::Error::Conflict(_) | table::Error::Unavailable(_))) => {
                let Some(entry) = self.table.get(&key).await? else { return Err(error.into()) };
                let before = Batched::from_bytes(&entry.value)?;
                let same = match &before {
                    Batched::Whole(it) => it.columns == row.columns,
                    Batched::Sealed(it) => it.digest == *Sha256::digest(&row.columns),
                };
                if same {
                    // Our own write whose answer was lost is no duplicate.
                    let lost = matches!(error, table::Error::Unavailable(_));
                    let ours = lost && before == Batched::Whole(row);
                    return Ok(Accepted { duplicate: !ours, ..accepted });
                }
                let detail = "other fixes were sent under this key before";
                Err(Error::invalid("header:Idempotency-Key", "differs", detail))
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

    /// Keeps runs of points under names that their content gives, none longer
    /// than an hour unless a ring let it go: so what reaches over an instant is
    /// found a few rows before it. Runs that go on from each other are one.
    async fn keep_trails(&self, tracker: TrackerId, trails: Vec<Vec<Point>>) -> Result<()> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        for trail in trails {
            match runs.last_mut().filter(|it| goes_on(it, &trail)) {
                Some(run) => run.extend(trail),
                None => runs.push(trail),
            }
        }
        let hour = |it: &Point| it.fix.at.millis() / HOUR;
        let parts = runs.iter().flat_map(|run| run.chunk_by(move |a, b| hour(a) == hour(b)));
        let writes: Vec<_> = parts
            .map(|part| {
                let bytes = columns::to_bytes(part);
                let digest = Sha256::digest(&bytes);
                let hash = *digest.first_chunk().expect("32 bytes have 8");
                let key = Row::Trail(tracker, part[0].fix.at, hash).key();
                self.table.write(vec![Write::put(key, Guard::Any, bytes)])
            })
            .collect();
        stream::iter(writes).buffer_unordered(TRAILS_AT_ONCE).try_collect::<()>().await?;
        Ok(())
    }

    /// What is known of a tracker's positions; nothing if it never spoke.
    pub async fn heard_of(&self, tracker: TrackerId) -> Result<Option<Heard>> {
        let Some(entry) = self.table.get(&Row::Ring(tracker).key()).await? else { return Ok(None) };
        let (heard_at, ring) = ring_of(&entry.value)?;
        Ok(Some(Heard { heard_at, latest: ring.latest().copied() }))
    }

    /// A tracker's good fixes between two instants, and a few before and after.
    pub(crate) async fn fixes_between(
        &self,
        tracker: TrackerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Fix>> {
        let entry = self.table.get(&Row::Ring(tracker).key()).await?;
        let Some(entry) = entry else { return Ok(Vec::new()) };
        let (_, ring) = ring_of(&entry.value)?;
        let mut points = ring.points().to_vec();
        if points.iter().filter(|it| it.fix.at <= from).count() < AROUND {
            points.extend(self.trails_before(tracker, from).await?);
            points.extend(self.trails_after(tracker, from, to).await?);
        }
        let mut fixes: Vec<Fix> =
            points.into_iter().filter(|it| it.mark.is_none()).map(|it| it.fix).collect();
        fixes.sort_by_key(|fix| (fix.at, fix.position.at));
        fixes.dedup();
        Ok(fixes)
    }

    /// The points of the last few trails that begin by an instant.
    async fn trails_before(&self, tracker: TrackerId, by: Timestamp) -> Result<Vec<Point>> {
        let mut points: Vec<Point> = Vec::new();
        let first = trail_span(by);
        for span in (0..=first).rev().take(SPANS_MAX) {
            let mut scan = Scan::whole(trail_shard(tracker, span), AROUND);
            scan.reverse = true;
            scan.range.end = by.plus(1).millis().to_be_bytes().to_vec();
            for entry in self.table.scan(scan).await?.entries {
                points.extend(points_of(&entry.value)?);
            }
            let good = points.iter().filter(|it| it.mark.is_none() && it.fix.at <= by);
            if AROUND <= good.count() {
                break;
            }
        }
        Ok(points)
    }

    /// The points of the trails that begin between two instants, and of the next few.
    async fn trails_after(
        &self,
        tracker: TrackerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Point>> {
        let mut points: Vec<Point> = Vec::new();
        for span in trail_span(from)..=trail_span(to).saturating_add(1) {
            let mut scan = Scan::whole(trail_shard(tracker, span), 1_000);
            scan.range.start = from.millis().to_be_bytes().to_vec();
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                next = page.rest;
                for entry in page.entries {
                    points.extend(points_of(&entry.value)?);
                    let beyond = points.iter().filter(|it| it.mark.is_none() && to < it.fix.at);
                    if AROUND <= beyond.count() {
                        return Ok(points);
                    }
                }
            }
        }
        Ok(points)
    }
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

/// Whether good points continue a run of good ones.
fn goes_on(run: &[Point], trail: &[Point]) -> bool {
    let good = run.iter().chain(trail).all(|it| it.mark.is_none());
    let ends = run.last().zip(trail.first());
    good && ends.is_some_and(|(last, first)| last.fix.at < first.fix.at)
        && run.len() + trail.len() <= TRAIL_POINTS_MAX
}

fn points_of(bytes: &[u8]) -> Result<Vec<Point>> {
    columns::from_bytes(bytes).map_err(|it| Error::Corrupt(format!("a trail: {it}")))
}
