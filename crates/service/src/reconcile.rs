//! The reconciler: compares what was accepted with what is logged and what is derived,
//! a part of everything each time, round after round, and repairs what a lost feed left
//! behind. Nothing rests on it: it is there for what should not happen.

use domain::{
    id::Subject,
    time::{MINUTE, Millis, Timestamp},
};
use futures::{StreamExt, TryStreamExt, stream};
use minicbor::{Decode, Encode};
use table::{Entry, Guard, Scan, Write};

use crate::{
    Service,
    derive::membership,
    error::{Error, Result},
    keys::{
        BATCH_SHARDS, Row, SUBJECT_SHARDS, batch_of, batch_shard, logged_shards, subject_of_bytes,
        subjects_shard,
    },
    rows::{BatchRow, Batched, to_bytes},
};

/// What is younger than this may simply not have been dealt with yet.
pub const LATE: Millis = 10 * MINUTE;
/// Most subjects that are compared in one run.
const SUBJECTS: usize = 500;
/// Most other entries of the log that are.
const ENTRIES: usize = 500;
/// Most batches of fixes that are: they may be large.
const BATCHES: usize = 100;
/// Most shards that are looked into in one run: many are empty.
const SHARDS: usize = 64;
/// Subjects compared at the same time.
const AT_ONCE: usize = 16;
/// How often a subject is looked at again that others change meanwhile.
const ATTEMPTS_MAX: usize = 24;

/// How far the reconciler is, and what it has found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReconcilerRow {
    /// Where it goes on among the subjects; missing where a round begins.
    #[n(0)]
    pub subjects: Option<PositionRow>,
    /// Among what else is logged.
    #[n(1)]
    pub entries: Option<PositionRow>,
    /// Among accepted batches.
    #[n(2)]
    pub batches: Option<PositionRow>,
    /// How many rounds through all subjects are over.
    #[n(3)]
    pub rounds: u64,
    /// When the last of them was.
    #[n(4)]
    pub round_at: Option<Timestamp>,
    /// When it ran last.
    #[n(5)]
    pub ran_at: Option<Timestamp>,
    /// What it has found in all its time.
    #[n(6)]
    pub found: Found,
    /// When it found something last.
    #[n(7)]
    pub found_at: Option<Timestamp>,
}

/// Where a walk through rows goes on.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PositionRow {
    /// In this shard,
    #[cbor(n(0), with = "minicbor::bytes")]
    pub shard: Vec<u8>,
    /// from this key on.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub from: Vec<u8>,
}

/// What was left behind, and is repaired.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Found {
    /// Entries that were not in the log: the sequencer appends them.
    #[n(0)]
    pub unlogged: u64,
    /// Derived rows that were missing or wrong.
    #[n(1)]
    pub rows: u64,
    /// Batches of fixes that were not taken in.
    #[n(2)]
    pub batches: u64,
}

impl Found {
    /// Whether there was anything.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

impl Service {
    /// Compares the next part of everything, and repairs it. Any number may do so at
    /// once, and stop anywhere: what is repaired is right.
    pub async fn reconcile(&self) -> Result<Found> {
        let (before, guard) = self.reconciler_entry().await?;
        let mut row = before;
        let shards: Vec<_> = (0..SUBJECT_SHARDS).map(subjects_shard).collect();
        let (subjects, next) = self.next_rows(&shards, row.subjects, SUBJECTS).await?;
        row.subjects = next;
        let now = self.clock.now();
        if row.subjects.is_none() {
            (row.rounds, row.round_at) = (row.rounds + 1, Some(now));
        }
        let subjects: Vec<Subject> =
            subjects.iter().filter_map(|it| subject_of_bytes(&it.key.sort)).collect();
        let shards: Vec<_> = logged_shards(now).collect();
        let (entries, next) = self.next_rows(&shards, row.entries, ENTRIES).await?;
        row.entries = next;
        let shards: Vec<_> = (0..BATCH_SHARDS).map(batch_shard).collect();
        let (batches, next) = self.next_rows(&shards, row.batches, BATCHES).await?;
        row.batches = next;
        let found = Found {
            unlogged: self.look_for_unlogged(&subjects, &entries, now.plus(-LATE)).await?,
            rows: self.derive_again(&subjects, now.plus(-LATE)).await?,
            batches: self.take_in_again(batches, now.plus(-LATE)).await?,
        };
        if found.is_any() {
            tracing::warn!(?found, "what had been left behind is repaired");
            row.found_at = Some(now);
        }
        row.found.unlogged += found.unlogged;
        row.found.rows += found.rows;
        row.found.batches += found.batches;
        row.ran_at = Some(now);
        let put = Write::put(Row::Reconciler.key(), guard, to_bytes(&row));
        match self.table.write(vec![put]).await {
            // Somebody else compared the same.
            Ok(()) | Err(table::Error::Conflict(_)) => Ok(found),
            Err(other) => Err(other.into()),
        }
    }

    /// How far the reconciler is.
    pub async fn reconciler(&self) -> Result<ReconcilerRow> {
        Ok(self.reconciler_entry().await?.0)
    }

    /// The next rows of these shards, and where it goes on; nothing at the end.
    async fn next_rows(
        &self,
        shards: &[Vec<u8>],
        position: Option<PositionRow>,
        most: usize,
    ) -> Result<(Vec<Entry>, Option<PositionRow>)> {
        let position = position.unwrap_or_else(|| PositionRow { shard: vec![], from: vec![] });
        let found = shards.iter().position(|it| *it == position.shard);
        let (begin, mut from) = found.map_or((0, Vec::new()), |at| (at, position.from));
        let mut entries = Vec::new();
        for shard in shards.iter().skip(begin).take(SHARDS) {
            if most <= entries.len() {
                return Ok((entries, Some(PositionRow { shard: shard.clone(), from })));
            }
            let mut scan = Scan::whole(shard.clone(), most - entries.len());
            scan.range.start = std::mem::take(&mut from);
            let page = self.table.scan(scan).await?;
            entries.extend(page.entries);
            if let Some(rest) = page.rest {
                let from = rest.range.start;
                return Ok((entries, Some(PositionRow { shard: shard.clone(), from })));
            }
        }
        let next = shards.get(begin + SHARDS);
        Ok((entries, next.map(|it| PositionRow { shard: it.clone(), from: Vec::new() })))
    }

    /// Makes derived rows what the heads say, of those that are long since derived.
    async fn derive_again(&self, subjects: &[Subject], until: Timestamp) -> Result<u64> {
        let each: Vec<_> = subjects.iter().map(|it| self.derive_one_again(*it, until)).collect();
        let each: Vec<u64> = stream::iter(each).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(each.into_iter().sum())
    }

    async fn derive_one_again(&self, subject: Subject, until: Timestamp) -> Result<u64> {
        let mut wrong = 0;
        for tried in 0..ATTEMPTS_MAX {
            let Some((head, version)) = self.head(subject).await? else { return Ok(wrong) };
            if tried == 0 && until <= head.state.recorded_at {
                return Ok(0);
            }
            wrong += self.write_rows(subject, &head).await?;
            if wrong == 0 {
                return Ok(0);
            }
            // Whoever changed the head meanwhile may have been overtaken by these rows.
            if self.head(subject).await?.is_some_and(|it| it.1 == version) {
                let holder = membership(subject, &head.state).map(|it| it.0);
                return Ok(wrong + self.recount_these(holder.into_iter().collect()).await?);
            }
        }
        Err(Error::Unavailable(format!("{subject} is being changed by too many at once")))
    }

    /// Takes in batches that nobody has taken in, or that nobody noted for sealing.
    async fn take_in_again(&self, batches: Vec<Entry>, until: Timestamp) -> Result<u64> {
        let mut late = Vec::new();
        for entry in &batches {
            if let (Some(id), Batched::Whole(row)) =
                (batch_of(&entry.key), Batched::from_bytes(&entry.value)?)
                && row.recorded_at < until
            {
                late.push((id, row));
            }
        }
        if late.is_empty() {
            return Ok(0);
        }
        let noted = self.noted_batches().await?;
        late.retain(|it| !noted.contains(&it.0));
        let ids: Vec<_> =
            late.iter().map(|(id, row)| (*id, row.recorded_at, row.columns.len())).collect();
        let rows: Vec<BatchRow> = late.into_iter().map(|it| it.1).collect();
        self.take_in(rows).await?;
        self.note_unsealed(&ids).await?;
        Ok(ids.len() as u64)
    }

    async fn reconciler_entry(&self) -> Result<(ReconcilerRow, Guard)> {
        match self.table.get(&Row::Reconciler.key()).await? {
            None => Ok((ReconcilerRow::default(), Guard::Absent)),
            Some(it) => Ok((minicbor::decode(&it.value)?, Guard::Unchanged(it.version))),
        }
    }
}
