//! Rebuilding: every state and every derived row, from the recorded events alone.

use std::collections::BTreeSet;

use domain::{
    id::{Subject, SubjectKind},
    state::fold,
};
use table::{Guard, Key, Scan, Write};

use crate::{
    Service,
    derive::derived,
    error::Result,
    keys::{
        LIST_SHARDS, Row, SUBJECT_SHARDS, list_shard, named_shard, subject_of_bytes, subject_shard,
        subjects_shard,
    },
    rows::{Head, to_bytes},
};

/// What a rebuild found and did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Subjects read.
    pub subjects: u64,
    /// Events folded.
    pub events: u64,
    /// Heads that did not say what their events amount to.
    pub heads_repaired: u64,
    /// Derived rows that were missing or wrong.
    pub rows_written: u64,
    /// Derived rows that nothing asks for.
    pub rows_removed: u64,
}

impl Service {
    /// Makes every head and derived row what the events say, and tells
    /// `progress` how many subjects are done. A store in good order stays as it is.
    pub async fn rebuild(&self, mut progress: impl FnMut(u64)) -> Result<Rebuilt> {
        let mut done = Rebuilt::default();
        let mut wanted = BTreeSet::new();
        for bucket in 0..SUBJECT_SHARDS {
            for sort in self.sorts(subjects_shard(bucket)).await? {
                let Some(subject) = subject_of_bytes(&sort) else { continue };
                self.rebuild_subject(subject, &mut wanted, &mut done).await?;
                done.subjects += 1;
                progress(done.subjects);
            }
        }
        self.remove_stale(&wanted, &mut done).await?;
        Ok(done)
    }

    async fn rebuild_subject(
        &self,
        subject: Subject,
        wanted: &mut BTreeSet<Key>,
        done: &mut Rebuilt,
    ) -> Result<()> {
        let mut recorded = self.all_recorded(subject).await?;
        recorded.sort_by_key(|it| it.seq);
        done.events += recorded.len() as u64;
        let Some(last) = recorded.last() else { return Ok(()) };
        let (seq, prev) = (last.seq, last.leaf_hash());
        let events: Vec<_> = recorded.into_iter().map(|it| it.event).collect();
        let right = Head { seq, prev, state: fold(&events) };
        let found = self.table.get(&Row::Head(subject).key()).await?;
        let bytes = to_bytes(&right);
        if found.as_ref().is_none_or(|entry| entry.value != bytes) {
            let guard = found.map_or(Guard::Absent, |entry| Guard::Unchanged(entry.version));
            self.table.write(vec![Write::put(Row::Head(subject).key(), guard, bytes)]).await?;
            done.heads_repaired += 1;
        }
        for (key, value) in derived(subject, &right.state) {
            let found = self.table.get(&key).await?;
            if found.is_none_or(|entry| entry.value != value) {
                self.table.write(vec![Write::put(key.clone(), Guard::Any, value)]).await?;
                done.rows_written += 1;
            }
            wanted.insert(key);
        }
        Ok(())
    }

    /// Removes rows of the derived kinds that no state asks for.
    async fn remove_stale(&self, wanted: &BTreeSet<Key>, done: &mut Rebuilt) -> Result<()> {
        let mut shards = vec![b"ld".to_vec()];
        shards.extend(SubjectKind::ALL.iter().map(|kind| named_shard(*kind)));
        for sort in self.sorts(b"ld".to_vec()).await? {
            let day = sort.try_into().map_or(0, |day| !u32::from_be_bytes(day));
            shards.extend((0..LIST_SHARDS).map(|bucket| list_shard(day, bucket)));
        }
        for shard in shards {
            for sort in self.sorts(shard.clone()).await? {
                self.remove_unless_wanted(Key::new(shard.clone(), sort), wanted, done).await?;
            }
        }
        for bucket in 0..SUBJECT_SHARDS {
            for subject in self.sorts(subjects_shard(bucket)).await? {
                let Some(holder) = subject_of_bytes(&subject) else { continue };
                if !matches!(holder, Subject::Container(_) | Subject::Place(_)) {
                    continue;
                }
                let shard = subject_shard(holder);
                for sort in self.sorts_with(Scan::prefix(shard.clone(), b"m", 1000)).await? {
                    self.remove_unless_wanted(Key::new(shard.clone(), sort), wanted, done).await?;
                }
            }
        }
        Ok(())
    }

    async fn remove_unless_wanted(
        &self,
        key: Key,
        wanted: &BTreeSet<Key>,
        done: &mut Rebuilt,
    ) -> Result<()> {
        if !wanted.contains(&key) {
            self.table.write(vec![Write::delete(key, Guard::Any)]).await?;
            done.rows_removed += 1;
        }
        Ok(())
    }

    /// Every sort key of a shard.
    async fn sorts(&self, shard: Vec<u8>) -> Result<Vec<Vec<u8>>> {
        self.sorts_with(Scan::whole(shard, 1000)).await
    }

    async fn sorts_with(&self, scan: Scan) -> Result<Vec<Vec<u8>>> {
        let mut sorts = Vec::new();
        let mut next = Some(scan);
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            sorts.extend(page.entries.into_iter().map(|it| it.key.sort));
            next = page.rest;
        }
        Ok(sorts)
    }
}
