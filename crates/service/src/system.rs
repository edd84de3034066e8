//! How the installation does: how far everything that follows is behind what was
//! accepted, and what was repaired. Read from the table, so that any process can tell.

use domain::time::{Millis, Timestamp};
use table::{Changed, FeedId, Scan, Seq};

use crate::{
    Service,
    error::Result,
    fixes::accepted,
    keys::{UNSEALED_SHARDS, unsealed_shard},
    log::{LogStatus, waiting::Waiting},
    outgoing::Outbox,
    projector::{self, is_head},
    reconcile::ReconcilerRow,
    rows::{BatchRow, Head},
};

/// Most changes of a feed that are looked through.
const CHANGES_MAX: usize = 2_000;

/// How it does.
#[derive(Clone, Debug)]
pub struct System {
    /// How far each feed is dealt with.
    pub feeds: Vec<Feed>,
    /// What was accepted and is not derived: of subjects and batches of fixes.
    pub underived: Waiting,
    /// How the audit log does.
    pub log: LogStatus,
    /// What is recorded and not in the log.
    pub unlogged: Waiting,
    /// How long ago the oldest batch of fixes was accepted that is not taken in.
    pub fixes_behind: Millis,
    /// When the oldest batch was accepted that no chunk keeps.
    pub unsealed_since: Option<Timestamp>,
    /// How many entries of the log are in files.
    pub history_until: u64,
    /// In how many files.
    pub history_files: u64,
    /// How far the reconciler is.
    pub reconciler: ReconcilerRow,
    /// What waits to be sent to others, and what could not be.
    pub outbox: Outbox,
}

/// How far one feed is dealt with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Which.
    pub id: FeedId,
    /// Its newest change.
    pub newest: Seq,
    /// The last change that is derived.
    pub derived: Seq,
    /// The last change that the log's row has dealt with.
    pub logged: Seq,
}

impl Service {
    /// How the installation does now.
    pub async fn system(&self) -> Result<System> {
        let logged = self.log_row().await?.map(|it| it.0.positions()).unwrap_or_default();
        let (mut feeds, mut underived) = (Vec::new(), Waiting::default());
        for id in self.table.feeds().await? {
            let derived = projector::checkpoint(self, id).await?;
            self.underived_in(id, derived, &mut underived).await?;
            let logged = logged.get(&id).copied().unwrap_or(0);
            feeds.push(Feed { id, newest: self.table.newest(id).await?, derived, logged });
        }
        feeds.sort_by_key(|it| it.id);
        let mut log = self.log_status();
        log.size = log.size.max(self.log_size().await?);
        Ok(System {
            feeds,
            underived,
            log,
            unlogged: self.log_waiting().await?,
            fixes_behind: self.fixes_behind(),
            unsealed_since: self.unsealed_since().await?,
            history_until: self.history_until().await?,
            history_files: self.segments().await?.len() as u64,
            reconciler: self.reconciler().await?,
            outbox: self.outbox().await?,
        })
    }

    async fn underived_in(&self, feed: FeedId, after: Seq, waiting: &mut Waiting) -> Result<()> {
        let batch = match self.table.changes(feed, after, CHANGES_MAX).await {
            // Taken in meanwhile, or the projector derives everything again.
            Err(table::Error::Trimmed(_)) => return Ok(()),
            other => other?,
        };
        for change in batch.iter().filter(|it| after < it.seq) {
            if let Some(since) = accepted_at(change)? {
                waiting.add(since);
            }
        }
        Ok(())
    }

    async fn unsealed_since(&self) -> Result<Option<Timestamp>> {
        let mut oldest: Option<Timestamp> = None;
        for bucket in 0..UNSEALED_SHARDS {
            let page = self.table.scan(Scan::whole(unsealed_shard(bucket), 1)).await?;
            let first = page.entries.first().and_then(|it| it.key.sort.first_chunk::<8>());
            let at = first.and_then(|it| i64::try_from(u64::from_be_bytes(*it)).ok());
            let at = at.and_then(|it| Timestamp::from_millis(it).ok());
            oldest = [oldest, at].into_iter().flatten().min();
        }
        Ok(oldest)
    }
}

/// When what a change has put in place was accepted, if anything follows from it.
fn accepted_at(change: &Changed) -> Result<Option<Timestamp>> {
    if let Some((_, row)) = accepted(change) {
        return Ok(Some(minicbor::decode::<BatchRow>(row)?.recorded_at));
    }
    match &change.new {
        Some(head) if is_head(&change.key) => {
            Ok(Some(minicbor::decode::<Head>(head)?.state.recorded_at))
        }
        _ => Ok(None),
    }
}
