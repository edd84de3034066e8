//! Sealing: what the feed says happened becomes turns in the reels of the hours in
//! which it happened. What is told of a child follows from its events alone and the
//! telling that knew most stays, so two may seal at once, and whoever crashed seals
//! again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering::SeqCst,
};

use domain::{
    fixes::Batch,
    id::{Subject, TrackerId},
    reel::{Entry, Reel, Told, begin_of, hour_of},
    time::{HOUR, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Changed, FeedId, Guard, Scan, Seq, Write};

use super::{
    GRACE, NAME,
    kept::{Found, IN_ROW_MAX, Said},
    name_of,
};
use crate::{
    Service,
    error::{Error, Result},
    fixes::accepted,
    keys::{
        ReelPart, Row, SUBJECT_SHARDS, reels_shard, subject_of_bytes, subject_of_shard,
        subjects_shard,
    },
    projector::{self, is_head},
    rows::{BatchRow, Checkpoint, Head, LateRow, ReelDayRow, ReelRow, to_bytes},
};

/// Changes read at once.
const CHANGES_MAX: usize = 2_000;
/// Children sealed together: each hour's reel is then written once for all of them.
const CHILDREN_MAX: usize = 20_000;
/// Turns in memory before they are written, when everything is sealed.
const TURNS_MAX: usize = 500_000;
/// Subjects listed at once.
const PAGE: usize = 1_000;
/// Histories read at the same time.
const READ_AT_ONCE: usize = 64;
/// Hours written at the same time.
const HOURS_AT_ONCE: usize = 16;
/// How often a row is read again that somebody else writes.
const ATTEMPTS_MAX: usize = 24;
/// Most hours before it that one late fix is thought to change.
const LATE_HOURS_MAX: u32 = 48;

/// A first and a last instant, by tracker.
type Spans = BTreeMap<TrackerId, (Timestamp, Timestamp)>;

/// What a sweep sealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Packages and containers of which something was told.
    pub children: usize,
    /// Hours that were written.
    pub hours: usize,
    /// Whether there is more to seal.
    pub more: bool,
}

/// Whether what stands is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// What knew as much is as good.
    Further,
    /// What knew as much may be wrong.
    Anew,
}

/// What is to be told, by hour.
#[derive(Debug, Default)]
struct Pending {
    hours: BTreeMap<u32, BTreeMap<Subject, Entry>>,
    turns: usize,
}

/// What some changes of a feed ask for.
#[derive(Debug, Default)]
struct Asked {
    /// How many events of a child were sealed before.
    children: BTreeMap<Subject, u64>,
    /// Of which spans fixes came late.
    late: Spans,
    /// The last change that was looked at, if any of them matters.
    last: Option<Seq>,
}

impl Service {
    /// Seals what the feeds hold since the last time. Repeated, or done by two at
    /// once, it does nothing twice. The first time everything is sealed.
    pub async fn seal_reels(&self) -> Result<Sealed> {
        let _one = self.past.sealing.lock().await;
        let begun_at = self.clock.now();
        let mut sealed = Sealed::default();
        let (mut begun, mut new) = (Vec::new(), Vec::new());
        for feed in self.table.feeds().await? {
            match self.sealing_at(feed).await? {
                Some(at) => begun.push((feed, at)),
                None => new.push((feed, self.table.newest(feed).await?)),
            }
        }
        if !new.is_empty() {
            self.seal_all(new, &mut sealed).await?;
        }
        for (feed, at) in begun {
            match self.seal_feed(feed, at, &mut sealed).await {
                Err(Stop::Trimmed) => {
                    let newest = self.table.newest(feed).await?;
                    self.seal_all(vec![(feed, newest)], &mut sealed).await?;
                }
                Err(Stop::Failed(error)) => return Err(error),
                Ok(()) => (),
            }
        }
        if !sealed.more {
            self.past.sealed_at.fetch_max(begun_at.millis(), SeqCst);
        }
        Ok(sealed)
    }

    /// Seals what changes say that somebody else reads from the feed and hands over,
    /// once they are derived. Repeated, or done by two at once, it does nothing twice.
    pub async fn seal_changes(&self, changes: &[Changed]) -> Result<Sealed> {
        let (mut sealed, mut asked) = (Sealed::default(), Asked::default());
        asked.take(changes, Seq::MAX, self.clock.now())?;
        self.seal_asked(asked, &mut sealed).await?;
        Ok(sealed)
    }

    /// Up to where a feed may be trimmed, when others no longer need it up to `seq`.
    /// Where nobody ever sealed, nothing is kept for it.
    pub(crate) async fn sealed_until(&self, feed: FeedId, seq: Seq) -> Result<Seq> {
        Ok(self.sealing_at(feed).await?.map_or(seq, |it| seq.min(it)))
    }

    /// Seals all that ever happened, from the events.
    pub(crate) async fn seal_everything(&self, telling: Telling) -> Result<Sealed> {
        let (mut sealed, mut pending) = (Sealed::default(), Pending::default());
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                next = page.rest;
                let subjects = page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort));
                let children = subjects.filter(is_child).map(|it| (it, 0)).collect();
                sealed.children += self.tell_all(children, &mut pending).await?;
                if TURNS_MAX < pending.turns {
                    sealed.hours += self.write_hours(std::mem::take(&mut pending), telling).await?;
                }
            }
        }
        sealed.hours += self.write_hours(pending, telling).await?;
        Ok(sealed)
    }

    /// Seals everything, then goes on in these feeds from where they stood before.
    async fn seal_all(&self, feeds: Vec<(FeedId, Seq)>, sealed: &mut Sealed) -> Result<()> {
        let all = self.seal_everything(Telling::Further).await?;
        sealed.children += all.children;
        sealed.hours += all.hours;
        for (feed, seq) in feeds {
            self.sealed_to(feed, seq).await?;
        }
        Ok(())
    }

    async fn seal_feed(
        &self,
        feed: FeedId,
        mut at: Seq,
        sealed: &mut Sealed,
    ) -> std::result::Result<(), Stop> {
        // Fixes count as come only once rings and trails have them.
        let derived = self.checkpoint_of(projector::NAME, feed).await?.unwrap_or_default();
        let mut asked = Asked::default();
        while asked.children.len() < CHILDREN_MAX {
            let batch = match self.table.changes(feed, at, CHANGES_MAX).await {
                Err(table::Error::Trimmed(_)) => return Err(Stop::Trimmed),
                other => other.map_err(Error::from)?,
            };
            let Some(newest) = batch.last().map(|it| it.seq) else { break };
            let whole = asked.take(&batch, derived, self.clock.now())?;
            at = newest;
            if !whole {
                break;
            }
        }
        sealed.more |= CHILDREN_MAX <= asked.children.len();
        let Some(last) = asked.last else { return Ok(()) };
        self.seal_asked(asked, sealed).await?;
        Ok(self.sealed_to(feed, last).await?)
    }

    async fn seal_asked(&self, asked: Asked, sealed: &mut Sealed) -> Result<()> {
        let mut pending = Pending::default();
        sealed.children += self.tell_all(asked.children, &mut pending).await?;
        sealed.hours += self.write_hours(pending, Telling::Further).await?;
        self.note_late_spans(asked.late).await
    }

    /// Notes what of these batches came late, once rings and trails have them.
    pub(crate) async fn note_late_fixes(&self, rows: &[BatchRow]) -> Result<()> {
        self.note_late_spans(late_spans(rows, self.clock.now())?).await
    }

    async fn note_late_spans(&self, late: Spans) -> Result<()> {
        for hour in self.hours_that_changed(late).await? {
            self.note_late(hour).await?;
        }
        Ok(())
    }

    /// Reads what these children have to tell, of which so many events were sealed.
    async fn tell_all(
        &self,
        children: BTreeMap<Subject, u64>,
        pending: &mut Pending,
    ) -> Result<usize> {
        let count = children.len();
        let each: Vec<_> =
            children.into_iter().map(|(child, known)| self.history_told(child, known)).collect();
        let mut each = stream::iter(each).buffer_unordered(READ_AT_ONCE);
        while let Some((child, since, told)) = each.try_next().await? {
            pending.turns += told.turns.len();
            for hour in told.hours.iter().filter(|it| hour_of(since) <= **it) {
                pending.hours.entry(*hour).or_default().insert(child, told.entry(*hour));
            }
        }
        Ok(count)
    }

    async fn history_told(&self, child: Subject, known: u64) -> Result<(Subject, Timestamp, Told)> {
        for _ in 0..ATTEMPTS_MAX {
            let recorded = self.all_recorded(child).await?;
            // Of a long history some may have come between two pages: then again.
            let last = recorded.iter().map(|it| it.seq).max();
            if last.unwrap_or_default() != recorded.len() as u64 {
                continue;
            }
            let before = recorded.iter().filter(|it| it.seq <= known);
            let before = Told::by(child, &before.map(|it| it.event.clone()).collect::<Vec<_>>());
            let events: Vec<_> = recorded.into_iter().map(|it| it.event).collect();
            let told = Told::by(child, &events);
            return Ok((child, told.differs_since(&before), told));
        }
        Err(Error::Unavailable(format!("{child} is being changed by too many at once")))
    }

    /// Writes what is told into its hours, then says what each day's hours are now.
    async fn write_hours(&self, pending: Pending, telling: Telling) -> Result<usize> {
        let days: BTreeSet<u32> = pending.hours.keys().map(|it| it / 24).collect();
        let hours = pending.hours.into_iter();
        let each: Vec<_> = hours.map(|(hour, told)| self.write_hour(hour, told, telling)).collect();
        let each = stream::iter(each).buffer_unordered(HOURS_AT_ONCE);
        let written: Vec<bool> = each.try_collect().await?;
        // Also of days where nothing was written: whoever wrote may have ended then.
        let each: Vec<_> = days.into_iter().map(|day| self.sum_day(day)).collect();
        stream::iter(each).buffer_unordered(HOURS_AT_ONCE).try_collect::<Vec<()>>().await?;
        Ok(written.into_iter().filter(|it| *it).count())
    }

    /// Writes what is told of an hour; says whether anything was new.
    async fn write_hour(
        &self,
        hour: u32,
        told: BTreeMap<Subject, Entry>,
        telling: Telling,
    ) -> Result<bool> {
        let key = Row::Reel(hour / 24, ReelPart::Turns, (hour % 24) as u8).key();
        for _ in 0..ATTEMPTS_MAX {
            let found = self.read_part(&key).await?;
            let mut reel = match &found {
                Some((_, bytes)) => Reel::from_bytes(bytes)?,
                None => Reel::default(),
            };
            let mut changed = false;
            for (child, entry) in &told {
                changed |= match telling {
                    Telling::Further => reel.tell(*child, entry.clone()),
                    Telling::Anew => reel.tell_anew(*child, entry.clone()),
                };
            }
            if !changed {
                return Ok(false);
            }
            let found: Option<&Found> = found.as_ref().map(|it| &it.0);
            let bytes = reel.to_bytes(hour);
            let turns = Some(reel.turns());
            let said = Said { in_row_max: IN_ROW_MAX, made_of: None, turns };
            if self.keep_part(&key, found, bytes, said).await? {
                return Ok(true);
            }
        }
        Err(Error::Unavailable("an hour of the past is written by too many at once".to_owned()))
    }

    /// Says what the turns of a day's hours are together, as they are now.
    async fn sum_day(&self, day: u32) -> Result<()> {
        let key = Row::ReelDay(day).key();
        for _ in 0..ATTEMPTS_MAX {
            // The row first: whoever changes an hour after that changes it as well.
            let found = self.table.get(&key).await?;
            let rows = self.reel_rows(day).await?;
            let Some(turns) = self.turns_by_hour(&rows).await? else { continue };
            let row = ReelDayRow { digest: day_digest(&rows), turns: Some(turns) };
            let value = to_bytes(&row);
            if found.as_ref().is_some_and(|it| it.value == value) {
                return Ok(());
            }
            let guard = found.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            match self.table.write(vec![Write::put(key.clone(), guard, value)]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(Error::Unavailable("a day of the past is written by too many at once".to_owned()))
    }

    /// The rows of a day's turns, by hour.
    pub(super) async fn reel_rows(&self, day: u32) -> Result<BTreeMap<u8, ReelRow>> {
        let mut rows = BTreeMap::new();
        let mut next = Some(Scan::prefix(reels_shard(day), &[ReelPart::Turns as u8], 24));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                rows.insert(entry.key.sort[1], minicbor::decode(&entry.value)?);
            }
            next = page.rest;
        }
        Ok(rows)
    }

    /// The hours in which something else is known since fixes came late: from the fix
    /// before them to the one after.
    async fn hours_that_changed(&self, late: Spans) -> Result<BTreeSet<u32>> {
        let mut hours = BTreeSet::new();
        for (tracker, (from, to)) in late {
            let fixes = self.fixes_between(tracker, from, to).await?;
            let before = fixes.iter().rev().find(|it| it.at < from).map_or(from, |it| it.at);
            let after = fixes.iter().find(|it| to < it.at).map_or(to, |it| it.at);
            let (first, last) = (hour_of(before), hour_of(after));
            hours.extend(first.max(last.saturating_sub(LATE_HOURS_MAX))..=last);
        }
        Ok(hours)
    }

    async fn note_late(&self, hour: u32) -> Result<()> {
        let key = Row::Reel(hour / 24, ReelPart::Late, (hour % 24) as u8).key();
        for _ in 0..ATTEMPTS_MAX {
            let found = self.table.get(&key).await?;
            let row: Option<LateRow> =
                found.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?;
            let count = row.unwrap_or_default().count + 1;
            let guard = found.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let put = Write::put(key.clone(), guard, to_bytes(&LateRow { count }));
            match self.table.write(vec![put]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(Error::Unavailable("an hour of the past is noted by too many at once".to_owned()))
    }

    async fn sealing_at(&self, feed: FeedId) -> Result<Option<Seq>> {
        self.checkpoint_of(NAME, feed).await
    }

    async fn checkpoint_of(&self, name: &str, feed: FeedId) -> Result<Option<Seq>> {
        let entry = self.table.get(&Row::Checkpoint(name, feed.0).key()).await?;
        let Some(entry) = entry else { return Ok(None) };
        let checkpoint: Checkpoint = minicbor::decode(&entry.value)?;
        Ok(Some(Seq::from(checkpoint.seq_high) << 64 | Seq::from(checkpoint.seq_low)))
    }

    async fn sealed_to(&self, feed: FeedId, seq: Seq) -> Result<()> {
        let checkpoint = Checkpoint { seq_high: (seq >> 64) as u64, seq_low: seq as u64 };
        let key = Row::Checkpoint(NAME, feed.0).key();
        self.table.write(vec![Write::put(key, Guard::Any, to_bytes(&checkpoint))]).await?;
        Ok(())
    }
}

/// Why a feed is not followed further.
enum Stop {
    /// Changes are gone unread.
    Trimmed,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Asked {
    /// Takes in changes; false if some came too early to be dealt with.
    fn take(&mut self, batch: &[Changed], derived: Seq, now: Timestamp) -> Result<bool> {
        for change in batch {
            if is_head(&change.key)
                && let Some(child) = subject_of_shard(&change.key.shard).filter(is_child)
            {
                let old: Option<Head> = change.old.as_deref().map(minicbor::decode).transpose()?;
                let new: Option<Head> = change.new.as_deref().map(minicbor::decode).transpose()?;
                let known = old.map_or(0, |it| it.seq);
                // Filing and erasing record nothing.
                if new.is_none_or(|it| it.seq != known) {
                    let least = self.children.entry(child).or_insert(known);
                    *least = known.min(*least);
                }
                self.last = Some(change.seq);
            } else if let Some((_, row)) = accepted(change) {
                let late = late_spans(&[minicbor::decode(row)?], now)?;
                if !late.is_empty() && derived < change.seq {
                    return Ok(false);
                }
                for (tracker, (from, to)) in late {
                    extend(&mut self.late, tracker, from, to);
                }
                self.last = Some(change.seq);
            }
        }
        Ok(true)
    }
}

/// The first and last fix of each tracker in these batches that came when their hour
/// had been over for a while.
fn late_spans(rows: &[BatchRow], now: Timestamp) -> Result<Spans> {
    let mut spans = Spans::new();
    for row in rows {
        let batch = Batch::from_bytes(&row.columns)
            .map_err(|it| Error::Corrupt(format!("an accepted batch: {it}")))?;
        for (of, fix) in &batch.fixes {
            if HOUR + GRACE <= now.since(begin_of(hour_of(fix.at))) {
                extend(&mut spans, batch.trackers[*of as usize], fix.at, fix.at);
            }
        }
    }
    Ok(spans)
}

fn extend(spans: &mut Spans, tracker: TrackerId, from: Timestamp, to: Timestamp) {
    let span = spans.entry(tracker).or_insert((from, to));
    *span = (from.min(span.0), to.max(span.1));
}

/// What the turns of a day's hours are together.
pub(super) fn day_digest(rows: &BTreeMap<u8, ReelRow>) -> [u8; 16] {
    let each: Vec<u8> =
        rows.iter().flat_map(|(hour, it)| [&[*hour][..], &it.digest].concat()).collect();
    name_of(&[&each])
}

const fn is_child(subject: &Subject) -> bool {
    matches!(subject, Subject::Package(_) | Subject::Container(_))
}
