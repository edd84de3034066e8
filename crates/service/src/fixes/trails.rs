//! Trails: the points that a tracker's ring has let go of, as rows and, once their
//! span of days is long over, as one blob. Whichever it is, answers are the same.

use domain::{
    fixes::{Point, columns},
    id::TrackerId,
    motion::Fix,
    time::{DAY, HOUR, Millis, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use table::{Entry, Guard, Scan, Write};

use super::ring_of;
use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, trail_shard, trail_span, trail_span_end},
    rows::{ArchivingRow, to_bytes},
};

/// Rows of one tracker's trails that are written at the same time.
pub const TRAILS_AT_ONCE: usize = 16;
/// Points of runs that are kept as one.
const TRAIL_POINTS_MAX: usize = 1_024;
/// Fixes before and after a span that tell how something moves there.
const AROUND: usize = 8;
/// Spans of trails that are looked through for the fixes before an instant.
const SPANS_MAX: usize = 24;
/// A span is left in its rows for so long after it has ended,
pub const ARCHIVED_AFTER: Millis = 30 * DAY;
/// and is looked for in the archive a little sooner: clocks differ.
const LOOKED_FOR_AFTER: Millis = 29 * DAY;
/// The sort keys of trails are so long: the archive's own lies among them.
const TRAIL_SORT_LEN: usize = 16;

impl Service {
    /// Keeps runs of points under names that their content gives, none beyond a
    /// whole hour: so what reaches over an instant is found in its hour. Runs that
    /// go on from each other are one.
    pub(super) async fn keep_trails(
        &self,
        tracker: TrackerId,
        trails: Vec<Vec<Point>>,
    ) -> Result<()> {
        let mut runs: Vec<Vec<Point>> = Vec::new();
        for trail in trails {
            match runs.last_mut().filter(|it| goes_on(it, &trail)) {
                Some(run) => run.extend(trail),
                None => runs.push(trail),
            }
        }
        let parts =
            runs.iter().flat_map(|run| run.chunk_by(|a, b| hour(a.fix.at) == hour(b.fix.at)));
        let mut spans = Vec::new();
        let writes: Vec<_> = parts
            .map(|part| {
                let bytes = columns::to_bytes(part);
                let digest = Sha256::digest(&bytes);
                let hash = *digest.first_chunk().expect("32 bytes have 8");
                let key = Row::Trail(tracker, part[0].fix.at, hash).key();
                spans.push(trail_span(part[0].fix.at));
                self.table.write(vec![Write::put(key, Guard::Any, bytes)])
            })
            .collect();
        stream::iter(writes).buffer_unordered(TRAILS_AT_ONCE).try_collect::<()>().await?;
        spans.sort_unstable();
        spans.dedup();
        for span in spans {
            self.note_for_archive(tracker, span).await?;
        }
        Ok(())
    }

    /// Notes that a tracker has trails of a span, after they stand: whoever
    /// archives looks at them again once the note is gone.
    pub(super) async fn note_for_archive(&self, tracker: TrackerId, span: u16) -> Result<()> {
        // A note of a span that may have been archived may be gone.
        let remembered = !self.may_be_archived(span);
        if remembered && self.archiving.get(&(tracker, span)).is_some() {
            return Ok(());
        }
        let note = to_bytes(&ArchivingRow::default());
        let put = Write::put(Row::Archiving(span, tracker).key(), Guard::Absent, note);
        match self.table.write(vec![put]).await {
            Ok(()) | Err(table::Error::Conflict(_)) => (),
            Err(other) => return Err(other.into()),
        }
        if remembered {
            self.archiving.insert((tracker, span), ());
        }
        Ok(())
    }

    /// Whether the trails of a span may be in the archive.
    pub(super) fn may_be_archived(&self, span: u16) -> bool {
        LOOKED_FOR_AFTER <= self.clock.now().since(trail_span_end(span))
    }

    /// A tracker's good fixes between two instants, and at least a few of the
    /// nearest before and after, as far as there are any. First the ring is read,
    /// then rows, then the archive: what moves on meanwhile is met again.
    pub(crate) async fn fixes_between(
        &self,
        tracker: TrackerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Fix>> {
        let entry = self.table.get(&Row::Ring(tracker).key()).await?;
        let Some(entry) = entry else { return Ok(Vec::new()) };
        let (_, ring) = ring_of(&entry.value)?;
        let mut good = Good(Vec::new());
        good.add(ring.points().to_vec());
        if good.0.iter().filter(|it| it.at <= from).count() < AROUND {
            self.trails_before(tracker, from, &mut good).await?;
            self.trails_after(tracker, from, to, &mut good).await?;
        }
        Ok(good.0)
    }

    /// Adds the last few fixes by an instant.
    async fn trails_before(
        &self,
        tracker: TrackerId,
        by: Timestamp,
        good: &mut Good,
    ) -> Result<()> {
        for span in (0..=trail_span(by)).rev().take(SPANS_MAX) {
            let mut scan = Scan::whole(trail_shard(tracker, span), AROUND);
            scan.reverse = true;
            scan.range.end = by.plus(1).millis().to_be_bytes().to_vec();
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                next = page.rest;
                for entry in page.entries {
                    // What begins in an hour before the last few has none of them.
                    let begun = hour(begins_at(&entry)?);
                    if good.last_few(by).is_some_and(|first| begun < hour(first)) {
                        next = None;
                        break;
                    }
                    good.add(points_of(&entry.value)?);
                }
            }
            good.add(self.archived(tracker, span).await?);
            if good.last_few(by).is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Adds the fixes between two instants, and the next few.
    async fn trails_after(
        &self,
        tracker: TrackerId,
        from: Timestamp,
        to: Timestamp,
        good: &mut Good,
    ) -> Result<()> {
        let begin = Timestamp::MIN.plus(hour(from) * HOUR);
        for span in trail_span(begin)..=trail_span(to).saturating_add(1) {
            let mut scan = Scan::whole(trail_shard(tracker, span), 1_000);
            scan.range.start = begin.millis().to_be_bytes().to_vec();
            // The archive's own row lies behind all trails.
            scan.range.end = b"a".to_vec();
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                next = page.rest;
                for entry in page.entries {
                    let begun = begins_at(&entry)?;
                    if good.next_few(to).is_some_and(|last| last < begun) {
                        next = None;
                        break;
                    }
                    good.add(points_of(&entry.value)?);
                }
            }
            good.add(self.archived(tracker, span).await?);
            if good.next_few(to).is_some_and(|last| last < trail_span_end(span)) {
                break;
            }
        }
        Ok(())
    }
}

/// Good fixes, oldest first, each once.
struct Good(Vec<Fix>);

impl Good {
    fn add(&mut self, points: Vec<Point>) {
        let before = self.0.len();
        self.0.extend(points.into_iter().filter(|it| it.mark.is_none()).map(|it| it.fix));
        if before < self.0.len() {
            self.0.sort_unstable();
            self.0.dedup();
        }
    }

    /// When the first of the last few by an instant was; nothing if there are fewer.
    fn last_few(&self, by: Timestamp) -> Option<Timestamp> {
        let later = self.0.partition_point(|it| it.at <= by);
        later.checked_sub(AROUND).map(|it| self.0[it].at)
    }

    /// When the last of the next few after an instant was; nothing if there are fewer.
    fn next_few(&self, after: Timestamp) -> Option<Timestamp> {
        let later = self.0.partition_point(|it| it.at <= after);
        self.0.get(later + AROUND - 1).map(|it| it.at)
    }
}

/// Whether a row of a tracker's trails is one.
pub fn is_trail(entry: &Entry) -> bool {
    entry.key.sort.len() == TRAIL_SORT_LEN
}

/// Reads a row of a trail.
pub fn points_of(bytes: &[u8]) -> Result<Vec<Point>> {
    columns::from_bytes(bytes).map_err(|it| Error::Corrupt(format!("a trail: {it}")))
}

/// Whether good points continue a run of good ones.
fn goes_on(run: &[Point], trail: &[Point]) -> bool {
    let good = run.iter().chain(trail).all(|it| it.mark.is_none());
    let ends = run.last().zip(trail.first());
    good && ends.is_some_and(|(last, first)| last.fix.at < first.fix.at)
        && run.len() + trail.len() <= TRAIL_POINTS_MAX
}

fn begins_at(entry: &Entry) -> Result<Timestamp> {
    let millis = entry.key.sort.first_chunk::<8>().map(|it| i64::from_be_bytes(*it));
    let at = millis.and_then(|it| Timestamp::from_millis(it).ok());
    at.ok_or_else(|| Error::Corrupt("the key of a trail".to_owned()))
}

const fn hour(at: Timestamp) -> i64 {
    at.millis() / HOUR
}
