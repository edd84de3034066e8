//! What is recorded and not in the log yet: how much waits, since when, and what the
//! reconciler found that no feed brings any more.

use std::collections::{BTreeMap, BTreeSet};

use domain::{id::Subject, time::Timestamp};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Entry, FeedId, Seq};

use super::entries::{Logs, Pending};
use crate::{Service, error::Result};

/// Most changes of a feed that are looked through.
const CHANGES_MAX: usize = 2_000;
/// Most entries that wait to be appended after they were found.
const FOUND_MAX: usize = 10_000;
/// Subjects looked at at the same time.
const AT_ONCE: usize = 16;

/// What waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How much, counted up to a bound.
    pub count: u64,
    /// When the oldest of it was recorded.
    pub since: Option<Timestamp>,
}

/// What the reconciler found and nobody has appended yet.
#[derive(Debug, Default)]
pub(super) struct Left(BTreeMap<Logs, Pending>);

impl Waiting {
    /// One more that waits.
    pub(crate) fn add(&mut self, since: Timestamp) {
        self.count += 1;
        self.since = Some(self.since.map_or(since, |it| it.min(since)));
    }
}

impl Left {
    /// All of it.
    pub(super) fn all(&self) -> Vec<Pending> {
        self.0.values().cloned().collect()
    }

    /// These are in the log.
    pub(super) fn appended(&mut self, all: &[Logs]) {
        all.iter().for_each(|it| drop(self.0.remove(it)));
    }
}

impl Service {
    /// What is recorded and not in the log, as far as the feeds say and this process
    /// knows. Nothing waits before there is a log.
    pub async fn log_waiting(&self) -> Result<Waiting> {
        let Some((row, _)) = self.log_row().await? else { return Ok(Waiting::default()) };
        let mut read = self.logging.read().clone();
        for (feed, seq) in row.positions() {
            let at = read.entry(feed).or_default();
            *at = seq.max(*at);
        }
        let mut waiting = Waiting::default();
        for feed in self.table.feeds().await? {
            let after = read.get(&feed).copied().unwrap_or(0);
            self.waiting_in(feed, after, &mut waiting).await?;
        }
        self.logging.left().all().iter().for_each(|it| waiting.add(it.recorded_at));
        Ok(waiting)
    }

    async fn waiting_in(&self, feed: FeedId, after: Seq, waiting: &mut Waiting) -> Result<()> {
        let batch = match self.table.changes(feed, after, CHANGES_MAX).await {
            // The sequencer finds out by itself, and compares everything.
            Err(table::Error::Trimmed(_)) => return Ok(()),
            other => other?,
        };
        for change in batch.iter().filter(|it| after < it.seq) {
            // Personal text that is erased changes an event's row, which was logged.
            if change.old.is_none()
                && let Some(pending) = Pending::of_change(change)?
            {
                waiting.add(pending.recorded_at);
            }
        }
        Ok(())
    }

    /// Looks which events of these subjects, and which of these rows, are recorded
    /// before `until` and not in the log, and hands them to the sequencer. While that
    /// cannot append, everything waits and nothing is left behind.
    pub(crate) async fn look_for_unlogged(
        &self,
        subjects: &[Subject],
        rows: &[Entry],
        until: Timestamp,
    ) -> Result<u64> {
        if self.log_status().trouble.is_some() || self.log_row().await?.is_none() {
            return Ok(0);
        }
        let each: Vec<_> = subjects.iter().map(|it| self.unlogged(*it)).collect();
        let each: Vec<Vec<Pending>> =
            stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        let mut found = each.concat();
        let mut others = Vec::new();
        for row in rows {
            others.extend(Pending::of_row(&row.key, &row.value)?);
        }
        let noted = self.noted(others.iter().map(|it| it.what)).await?;
        found.extend(others.into_iter().filter(|it| !noted.has(it.what)));
        found.retain(|it| it.recorded_at < until);
        let mut left = self.logging.left();
        let known: BTreeSet<Logs> = left.0.keys().copied().collect();
        let new = found.into_iter().filter(|it| !known.contains(&it.what));
        let new: Vec<Pending> = new.take(FOUND_MAX.saturating_sub(known.len())).collect();
        let count = new.len() as u64;
        left.0.extend(new.into_iter().map(|it| (it.what, it)));
        Ok(count)
    }
}
