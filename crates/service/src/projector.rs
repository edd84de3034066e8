//! The projector: follows the change feed and keeps every derived row true.
//! Idempotent, so delivering a change twice does nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use domain::{id::Subject, state::State, time::Timestamp};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use table::{Change, Changed, FeedId, Guard, Key, Seq, Write, limits};

use crate::{
    Service,
    derive::{all_derived, changes, derived, is_shared},
    error::Result,
    fixes::accepted,
    holders,
    keys::{Row, holder_of_member, subject_of_shard},
    rows::{BatchRow, Checkpoint, Head, to_bytes},
    search,
};

/// Most changes read at once.
const CHANGES_MAX: usize = 2_000;
/// Derived rows written at once, each by itself since none needs a transaction:
/// so many that they share few flushes, so few that events need not wait long.
const ROWS_AT_ONCE: usize = 500;
/// Calls in flight, so that rows are made while others are written.
const CALLS_AT_ONCE: usize = 2;
/// How often is looked again at a feed that moves on meanwhile.
const TRIES_MAX: usize = 8;
/// The name its checkpoints stand under.
pub(crate) const NAME: &str = "rows";

/// Follows the feeds of one service.
#[derive(Debug)]
pub struct Projector {
    service: Service,
    at: Mutex<BTreeMap<FeedId, Seq>>,
    /// Days and carriers known to be listed: their row is the same for every
    /// package that asks for it.
    shared: Mutex<BTreeSet<Key>>,
}

impl Projector {
    /// Starts where the checkpoints say.
    pub fn new(service: Service) -> Self {
        Self { service, at: Mutex::default(), shared: Mutex::default() }
    }

    /// The feeds to follow, one [`Self::follow_once`] loop each.
    pub async fn feeds(&self) -> Result<Vec<FeedId>> {
        Ok(self.service.table.feeds().await?)
    }

    /// Takes in what is new in one feed and says how many changes that was;
    /// 0 means it is up to date.
    pub async fn follow_once(&self, feed: FeedId) -> Result<usize> {
        let after = self.position(feed).await?;
        let batch = match self.service.table.changes(feed, after, CHANGES_MAX).await {
            Err(table::Error::Trimmed(_)) => return self.start_over(feed).await,
            other => other?,
        };
        let Some(last) = batch.last().map(|it| it.seq) else {
            self.service.backlog.caught_up(feed);
            return Ok(0);
        };
        let (oldest, newest) = accepted_between(&batch)?;
        if let Some(oldest) = oldest {
            self.service.backlog.reached(feed, oldest);
        }
        // The rows written here come round in the feed as well. A batch of nothing
        // else moves no checkpoint, or following would never come to rest.
        let taken_in = batch.iter().any(matters);
        if taken_in {
            self.apply(&batch).await.inspect_err(|_| self.forget(feed))?;
            self.checkpoint(feed, last).await.inspect_err(|_| self.forget(feed))?;
        }
        // Only now: until its rows stand, a change counts as not taken in.
        self.lock().insert(feed, last);
        match newest {
            _ if batch.len() < CHANGES_MAX => self.service.backlog.caught_up(feed),
            Some(newest) => self.service.backlog.reached(feed, newest),
            None => (),
        }
        if taken_in {
            let unneeded = self.service.live.trimmable(feed, last);
            let unneeded = self.service.log_trimmable(feed, unneeded).await?;
            let unneeded = self.service.sealed_until(feed, unneeded).await?;
            self.service.table.trim(feed, unneeded).await?;
        }
        Ok(batch.len())
    }

    /// Takes in changes that somebody else reads from the feed and hands over, those
    /// of one key in their order. Repeated, it does nothing twice; after an error all
    /// of them have to be handed over again.
    pub async fn take_in(&self, changes: &[Changed]) -> Result<()> {
        // What others took in meanwhile was not seen here.
        self.service.forget_followed();
        if changes.iter().any(matters) {
            self.apply(changes).await.inspect_err(|_| self.forget_shared())?;
        }
        Ok(())
    }

    /// Completes once a feed holds something this projector has not seen.
    pub async fn something_new(&self, feed: FeedId) -> Result<()> {
        let after = self.position(feed).await?;
        self.service.table.changed(feed, after).await;
        Ok(())
    }

    /// Takes in everything there is, until every feed is up to date.
    pub async fn catch_up(&self) -> Result<()> {
        loop {
            let feeds = self.feeds().await?;
            let seen = try_join_all(feeds.into_iter().map(|it| self.follow_once(it))).await?;
            if seen.iter().all(|it| *it == 0) {
                return Ok(());
            }
        }
    }

    /// How many changes of a feed the derived rows do not show yet, counted up to
    /// a bound.
    pub async fn behind(&self, feed: FeedId) -> Result<usize> {
        for _ in 0..TRIES_MAX {
            let after = self.position(feed).await?;
            let batch = match self.service.table.changes(feed, after, CHANGES_MAX).await {
                // Taken in and trimmed since we looked where we are.
                Err(table::Error::Trimmed(_)) => continue,
                other => other?,
            };
            let counts = |it: &&Changed| it.seq > after && matters(it);
            return Ok(batch.iter().filter(counts).count());
        }
        // It is gone unread: everything has to be derived again.
        Ok(CHANGES_MAX)
    }

    /// Some changes are gone unread: rebuild every row from the events, then
    /// follow from where the feed stood before that.
    async fn start_over(&self, feed: FeedId) -> Result<usize> {
        tracing::warn!(feed = feed.0, "changes are gone unread: rebuilding every derived row");
        let newest = self.service.table.newest(feed).await?;
        self.service.rebuild(|_| ()).await?;
        self.checkpoint(feed, newest).await?;
        self.lock().insert(feed, newest);
        let unneeded = self.service.log_trimmable(feed, newest).await?;
        self.service.table.trim(feed, unneeded).await?;
        Ok(1)
    }

    async fn checkpoint(&self, feed: FeedId, seq: Seq) -> Result<()> {
        let checkpoint = Checkpoint { seq_high: (seq >> 64) as u64, seq_low: seq as u64 };
        let key = Row::Checkpoint(NAME, feed.0).key();
        let put = Write::put(key, Guard::Any, to_bytes(&checkpoint));
        self.service.table.write(vec![put]).await?;
        Ok(())
    }

    /// After a failure only the stored checkpoint counts.
    fn forget(&self, feed: FeedId) {
        self.lock().remove(&feed);
        self.forget_shared();
    }

    /// A day or carrier may have been noted whose row was never written.
    fn forget_shared(&self) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn position(&self, feed: FeedId) -> Result<Seq> {
        if let Some(seq) = self.lock().get(&feed) {
            return Ok(*seq);
        }
        let seq = checkpoint(&self.service, feed).await?;
        self.lock().insert(feed, seq);
        Ok(seq)
    }

    async fn apply(&self, batch: &[Changed]) -> Result<()> {
        self.service.follow_fixes(batch).await?;
        let mut heads: BTreeMap<&Key, Vec<&Changed>> = BTreeMap::new();
        for change in batch.iter().filter(|it| is_head(&it.key)) {
            heads.entry(&change.key).or_default().push(change);
        }
        let mut writes = Vec::new();
        for (key, changed) in heads {
            let subject = subject_of_shard(&key.shard).expect("is_head checked the shard");
            writes.extend(settling(subject, &changed)?);
        }
        writes.retain(|write| !is_shared(&write.key) || self.is_new(&write.key));
        self.service.write_each(writes).await?;
        self.service.follow_holders(batch).await
    }

    fn is_new(&self, key: &Key) -> bool {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<FeedId, Seq>> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Up to where a feed is derived for good.
pub(crate) async fn checkpoint(service: &Service, feed: FeedId) -> Result<Seq> {
    let entry = service.table.get(&Row::Checkpoint(NAME, feed.0).key()).await?;
    let Some(entry) = entry else { return Ok(0) };
    let checkpoint: Checkpoint = minicbor::decode(&entry.value)?;
    Ok(Seq::from(checkpoint.seq_high) << 64 | Seq::from(checkpoint.seq_low))
}

/// When the first and the last batch among these changes were accepted.
fn accepted_between(batch: &[Changed]) -> Result<(Option<Timestamp>, Option<Timestamp>)> {
    let at = |row: Option<([u8; 16], &[u8])>| -> Result<Option<Timestamp>> {
        let row: Option<BatchRow> = row.map(|it| minicbor::decode(it.1)).transpose()?;
        Ok(row.map(|it| it.recorded_at))
    };
    Ok((at(batch.iter().find_map(accepted))?, at(batch.iter().rev().find_map(accepted))?))
}

impl Service {
    /// Writes derived rows, each by itself.
    pub(crate) async fn write_each(&self, mut writes: Vec<Write>) -> Result<()> {
        let mut calls = Vec::new();
        while !writes.is_empty() {
            let mut len = 0;
            let mut fits = |it: &Write| {
                len += it.item_len();
                len <= limits::BATCH_LEN_MAX
            };
            let count = writes.iter().rev().take(ROWS_AT_ONCE).take_while(|it| fits(it)).count();
            calls.push(self.table.write_each(writes.split_off(writes.len() - count.max(1))));
        }
        let calls = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        calls.try_collect::<Vec<()>>().await?;
        Ok(())
    }
}

/// Whether anything follows from a change. The other rows written here come round
/// as well, or following would never come to rest.
fn matters(changed: &Changed) -> bool {
    is_head(&changed.key) || accepted(changed).is_some() || holders::concerns(changed)
}

pub(crate) fn is_head(key: &Key) -> bool {
    key.sort == b"h" && subject_of_shard(&key.shard).is_some()
}

/// The writes after which the rows are those of the last image. An attempt that
/// failed may have written the rows of any image before it, so whatever differs
/// between any of them and the last is written.
fn settling(subject: Subject, changed: &[&Changed]) -> Result<Vec<Write>> {
    let Some(first) = changed.first() else { return Ok(vec![]) };
    let images = std::iter::once(&first.old).chain(changed.iter().map(|it| &it.new));
    let mut heads = images.map(|it| head(it.as_deref())).collect::<Result<Vec<_>>>()?;
    let Some(last) = heads.pop() else { return Ok(vec![]) };
    // Most events leave a package's words as they are: then nothing is cut up.
    let worded = heads.iter().any(|it| !search::same(state(it.as_ref()), state(last.as_ref())));
    let rows = |head: &Option<Head>| match head {
        Some(head) if worded => all_derived(subject, head),
        Some(head) => derived(subject, head),
        None => BTreeMap::new(),
    };
    let new = rows(&last);
    let mut writes = BTreeMap::new();
    for before in &heads {
        let each = changes(&rows(before), &new);
        writes.extend(each.into_iter().map(|it| (it.key.clone(), it)));
    }
    // What a container or merged place counts is written by whoever counts it.
    let counted = |write: &Write| matches!(write.change, Change::Put(_)) && is_member(&write.key);
    let holder = matches!(subject, Subject::Container(_) | Subject::Place(_));
    Ok(writes.into_values().filter(|it| !holder || !counted(it)).collect())
}

fn is_member(key: &Key) -> bool {
    holder_of_member(key).is_some()
}

fn head(image: Option<&[u8]>) -> Result<Option<Head>> {
    Ok(image.map(minicbor::decode).transpose()?)
}

fn state(head: Option<&Head>) -> Option<&State> {
    head.map(|it| &it.state)
}
