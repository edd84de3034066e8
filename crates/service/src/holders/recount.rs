//! Counting what every holder holds anew, from its members alone, while whoever
//! follows the feed goes on.

use std::collections::{BTreeMap, BTreeSet};

use domain::{holding::HolderId, map::Counts};
use table::{Guard, Scan, Seq, Write};

use super::counts_of;
use crate::{
    Service,
    error::Result,
    keys::{HOLDER_SHARDS, Row, holder_of_member, holder_of_row, holder_shard, holders_shard},
    rows::{HolderRow, to_bytes},
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Changes read at once.
const CHANGES: usize = 2_000;

/// For each holder, its members' last change that nobody may have counted yet.
type Open = BTreeMap<HolderId, Seq>;

impl Service {
    /// Counts each of these holders and every one there is a row of, until all
    /// agree with their members; says how many rows were wrong.
    pub(crate) async fn recount_all(&self, mut holders: BTreeSet<HolderId>) -> Result<u64> {
        for bucket in 0..HOLDER_SHARDS {
            let mut next = Some(Scan::whole(holders_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                holders.extend(page.entries.iter().filter_map(|it| holder_of_row(&it.key)));
                next = page.rest;
            }
        }
        self.recount_these(holders).await
    }

    /// Counts each of these holders, and what holds them, until all agree with their
    /// members; says how many rows were wrong.
    pub(crate) async fn recount_these(&self, mut holders: BTreeSet<HolderId>) -> Result<u64> {
        let mut wrong = 0;
        // What a container or merged place counts is counted again by what holds it.
        while !holders.is_empty() {
            let before = self.open_changes().await?;
            let mut again = BTreeSet::new();
            for holder in holders {
                let counts = self.recount(holder).await?;
                let open = before.get(&holder).copied().unwrap_or_default();
                match self.set_counts(holder, counts, open).await? {
                    Set::Right => (),
                    Set::Written(above) => {
                        wrong += 1;
                        again.extend(above);
                    }
                    Set::Overtaken => {
                        again.insert(holder);
                    }
                }
            }
            holders = again;
        }
        Ok(wrong)
    }

    /// What a holder's members count together, read one by one.
    async fn recount(&self, holder: HolderId) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut next = Some(Scan::prefix(holder_shard(holder), b"m", PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in &page.entries {
                counts.add(&counts_of(Some(&entry.value))?);
            }
            next = page.rest;
        }
        Ok(counts)
    }

    async fn set_counts(&self, holder: HolderId, counts: Counts, open: Seq) -> Result<Set> {
        let key = Row::Holder(holder).key();
        let entry = self.table.get(&key).await?;
        let before: HolderRow = match &entry {
            Some(entry) => minicbor::decode(&entry.value)?,
            None => HolderRow::default(),
        };
        // What is still open is in these counts: following must not add it again.
        let mut row = HolderRow { counts, ..before.clone() };
        row.set_seq(before.seq().max(open));
        let held = self.is_held(holder, &row).await?;
        self.place_on_map(holder, &mut row, (false, held)).await?;
        if row.counts == before.counts && row.shown == before.shown {
            return Ok(Set::Right);
        }
        // A member changed while its holder was counted: count again.
        if self.open_changes().await?.get(&holder).copied().unwrap_or_default() != open {
            return Ok(Set::Overtaken);
        }
        let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
        match self.table.write(vec![Write::put(key, guard, to_bytes(&row))]).await {
            Err(table::Error::Conflict(_)) => return Ok(Set::Overtaken),
            other => other?,
        }
        self.push_up(holder).await?;
        Ok(Set::Written(self.holder_of(holder).await?))
    }

    /// The changes of members that are still kept in the feeds: whatever is not
    /// counted yet is among them.
    async fn open_changes(&self) -> Result<Open> {
        let mut open = Open::new();
        for feed in self.table.feeds().await? {
            let mut after = 0;
            loop {
                let batch = match self.table.changes(feed, after, CHANGES).await {
                    // Trimmed under our eyes: taken in by whoever follows.
                    Err(table::Error::Trimmed(_)) => {
                        after = 0;
                        continue;
                    }
                    other => other?,
                };
                let Some(last) = batch.last().map(|it| it.seq) else { break };
                for change in batch {
                    if let Some(holder) = holder_of_member(&change.key) {
                        open.insert(holder, change.seq);
                    }
                }
                after = last;
            }
        }
        Ok(open)
    }
}

/// What became of a holder's counts.
enum Set {
    /// They were right.
    Right,
    /// They were written; this holds it.
    Written(Option<HolderId>),
    /// Somebody changed something meanwhile.
    Overtaken,
}
