//! Looking for what no feed will bring: what was recorded before there was a log, and
//! what changed so long ago unread that the changes are gone.

use std::collections::BTreeMap;

use domain::id::Subject;
use futures::{StreamExt, TryStreamExt, stream};
use table::{FeedId, Scan, Seq};

use super::{
    entries::Pending,
    sequencer::{BATCH, Loaded, Sequencer},
    stored::LogRow,
};
use crate::{
    Service,
    error::Result,
    keys::{SUBJECT_SHARDS, logged_shards, subject_of_bytes, subjects_shard},
};

/// Subjects looked at at the same time.
const AT_ONCE: usize = 64;
/// Rows read at once.
const PAGE: usize = 1_000;

impl Sequencer {
    /// Compares what is recorded of every subject with what is in the log, and appends
    /// the rest. `None` if somebody else appended meanwhile: what was appended here
    /// has its marks, so that the next attempt has less to do.
    pub(super) async fn reconcile(&self, mut loaded: Loaded) -> Result<Option<Loaded>> {
        let all = self.service.table.feeds().await?;
        let whole = loaded.row.whole;
        let lost = all.into_iter().filter(|it| !whole || loaded.lost.contains(it));
        // From before anything is looked at: what is recorded from here on is in the
        // feed, and what is found twice has a mark by then.
        let mut newest: BTreeMap<FeedId, Seq> = BTreeMap::new();
        for feed in lost.collect::<Vec<_>>() {
            newest.insert(feed, self.service.table.newest(feed).await?);
        }
        let size = loaded.row.size;
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.service.table.scan(scan).await?;
                let subjects = page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort));
                let each: Vec<_> = subjects.map(|it| self.service.unlogged(it)).collect();
                let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
                let mut pending: Vec<Pending> = Vec::new();
                while let Some(some) = each.try_next().await? {
                    pending.extend(some);
                    if BATCH <= pending.len() {
                        let some = std::mem::take(&mut pending);
                        match self.append(loaded, some).await? {
                            Some(appended) => loaded = appended,
                            None => return Ok(None),
                        }
                    }
                }
                match self.append(loaded, pending).await? {
                    Some(appended) => loaded = appended,
                    None => return Ok(None),
                }
                next = page.rest;
            }
        }
        let Some(mut loaded) = self.append_others(loaded).await? else { return Ok(None) };
        let found = loaded.row.size - size;
        if whole {
            tracing::warn!(entries = found, "changes were gone unread: all there is was compared");
        }
        loaded.at.extend(newest);
        loaded.lost.clear();
        let row = LogRow { whole: true, ..loaded.row.clone() };
        self.save(loaded, row).await
    }

    /// Appends what is no event and not in the log.
    async fn append_others(&self, mut loaded: Loaded) -> Result<Option<Loaded>> {
        let mut pending: Vec<Pending> = Vec::new();
        for shard in logged_shards(self.service.clock.now()) {
            let mut next = Some(Scan::whole(shard, PAGE));
            while let Some(scan) = next {
                let page = self.service.table.scan(scan).await?;
                for entry in &page.entries {
                    pending.extend(Pending::of_row(&entry.key, &entry.value)?);
                }
                if BATCH <= pending.len() {
                    let Some(appended) = self.append(loaded, std::mem::take(&mut pending)).await?
                    else {
                        return Ok(None);
                    };
                    loaded = appended;
                }
                next = page.rest;
            }
        }
        self.append(loaded, pending).await
    }
}

impl Service {
    /// The events of a subject that have no mark.
    pub(super) async fn unlogged(&self, subject: Subject) -> Result<Vec<Pending>> {
        let Some((head, _)) = self.head(subject).await? else { return Ok(Vec::new()) };
        let logged = self.log_indices(subject).await?;
        if logged.len() as u64 == head.seq {
            return Ok(Vec::new());
        }
        let mut all = self.all_recorded(subject).await?;
        // Only what is logged is filed, whether it has its mark or not.
        let filed = head.filed.unwrap_or(0);
        all.retain(|it| filed < it.seq && !logged.contains_key(&it.seq));
        all.sort_by_key(|it| it.seq);
        Ok(all.iter().map(Pending::of).collect())
    }
}
