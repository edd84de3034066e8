//! Rebuilding: every state and every derived row, from the recorded events alone.
//! It may run beside everything else: what changes meanwhile is looked at again.

use std::collections::BTreeSet;

use domain::{
    holding::HolderId,
    id::{ClientId, Subject, SubjectKind},
    state::fold,
};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Entry, Guard, Page, Scan, Write};

use crate::{
    Service,
    derive::{all_derived, listed_package, membership},
    error::{Error, Result},
    holders::holder_of_subject,
    keys::{
        CLOSED_SHARDS, LIST_SHARDS, LISTED_DAYS, Row, SUBJECT_SHARDS, closed_package, closed_shard,
        holder_of_member, list_shard, named_shard, named_within_shard, posted_package,
        search_shards, subject_of_bytes, subject_shard, subjects_shard,
    },
    record::reference_rows,
    reels::Telling,
    rows::{Head, to_bytes},
};

/// Subjects and rows looked at at the same time: enough to share each flush.
const AT_ONCE: usize = 64;
/// How often a subject is looked at again that others change meanwhile.
const ATTEMPTS_MAX: usize = 24;
/// Rows read at once.
const PAGE: usize = 1_000;

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
        // Where filed events are is derived from the log.
        self.restore_history().await?;
        let mut holders = BTreeSet::new();
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                let each: Vec<_> =
                    subjects(&page).map(|subject| self.rebuild_subject(subject)).collect();
                let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
                while let Some((one, holder)) = each.try_next().await? {
                    holders.extend(holder);
                    done.add(one);
                    progress(done.subjects);
                }
                next = page.rest;
            }
        }
        self.take_all_in().await?;
        done.rows_removed = self.remove_stale().await?;
        for (subject, key) in self.attention_keys().await? {
            if let Some(entry) = self.table.get(&key).await? {
                done.rows_removed +=
                    u64::from(self.remove_unless_asked(Some(subject), entry).await?);
            }
        }
        done.rows_written += self.recount_all(holders).await?;
        self.seal_everything(Telling::Anew).await?;
        Ok(done)
    }

    async fn rebuild_subject(&self, subject: Subject) -> Result<(Rebuilt, Option<HolderId>)> {
        let head_key = Row::Head(subject).key();
        let mut done = Rebuilt { subjects: 1, ..Rebuilt::default() };
        for _ in 0..ATTEMPTS_MAX {
            // The head first: events recorded later change it, and the guard holds.
            let found = self.table.get(&head_key).await?;
            let (mut recorded, filed) = self.recorded_and_filed(subject).await?;
            recorded.sort_by_key(|it| it.seq);
            let Some(last) = recorded.last() else { return Ok((done, None)) };
            let (seq, prev) = (last.seq, last.leaf_hash());
            done.events = recorded.len() as u64;
            let events: Vec<_> = recorded.into_iter().map(|it| it.event).collect();
            let right = Head { seq, prev, state: fold(&events), filed };
            let bytes = to_bytes(&right);
            if found.as_ref().is_none_or(|entry| entry.value != bytes) {
                let guard = found.map_or(Guard::Absent, |entry| Guard::Unchanged(entry.version));
                let put = Write::put(head_key.clone(), guard, bytes.clone());
                match self.table.write(vec![put]).await {
                    Err(table::Error::Conflict(_)) => continue,
                    other => other?,
                }
                done.heads_repaired += 1;
            }
            if let Subject::Tracker(tracker) = subject {
                self.look_again_for(tracker).await?;
            }
            done.rows_written += self.write_rows(subject, &right).await?;
            // Whoever changed the head meanwhile may have been overtaken by these
            // rows; whoever changes it from here on is followed by the projector.
            let now = self.table.get(&head_key).await?;
            if now.is_some_and(|entry| entry.value == bytes) {
                let holder = membership(subject, &right.state).map(|it| it.0);
                return Ok((done, holder));
            }
        }
        Err(Error::Unavailable(format!("{subject} is being changed by too many at once")))
    }

    /// Writes the rows of a head that are missing or other than they should be.
    pub(crate) async fn write_rows(&self, subject: Subject, head: &Head) -> Result<u64> {
        let mut wanted = all_derived(subject, head);
        let references = reference_rows(subject, None, &head.state);
        wanted.extend(references.into_iter().map(|key| (key, vec![])));
        let (mut wrong, mut count) = (Vec::new(), 0);
        for (key, value) in wanted {
            // What a container or merged place counts is written by whoever counts it.
            if let (Some(holder), Some(_)) = (holder_of_subject(subject), holder_of_member(&key)) {
                if self.table.get(&key).await?.is_none() {
                    count += u64::from(self.push_up(holder).await?);
                }
                continue;
            }
            let found = self.table.get(&key).await?;
            if found.is_none_or(|entry| entry.value != value) {
                wrong.push(Write::put(key, Guard::Any, value));
            }
        }
        count += wrong.len() as u64;
        self.write_each(wrong).await?;
        Ok(count)
    }

    /// Removes rows of the derived kinds that no state asks for.
    async fn remove_stale(&self) -> Result<u64> {
        let mut removed = 0;
        for kind in SubjectKind::ALL {
            let of = |entry: &Entry| {
                let id = entry.key.sort.last_chunk::<16>()?;
                Some(Subject::from_parts(*kind, *id))
            };
            for shard in [named_shard(*kind), named_within_shard(*kind)] {
                removed += self.remove_from(Scan::whole(shard, PAGE), of).await?;
            }
        }
        removed += self.remove_unlisted().await?;
        let (postings, client_words) = search_shards();
        for shard in postings {
            let of = |entry: &Entry| posted_package(&entry.key.sort).map(Subject::Package);
            removed += self.remove_from(Scan::whole(shard, PAGE), of).await?;
        }
        for shard in client_words {
            let of = |entry: &Entry| {
                let id = entry.key.sort.last_chunk::<16>()?;
                Some(Subject::Client(ClientId::from_bytes(*id)))
            };
            removed += self.remove_from(Scan::whole(shard, PAGE), of).await?;
        }
        for bucket in 0..CLOSED_SHARDS {
            let of = |entry: &Entry| closed_package(&entry.key.sort).map(Subject::Package);
            removed += self.remove_from(Scan::whole(closed_shard(bucket), PAGE), of).await?;
        }
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for holder in subjects(&page).collect::<Vec<_>>() {
                    if matches!(holder, Subject::Container(_) | Subject::Place(_)) {
                        let members = Scan::prefix(subject_shard(holder), b"m", PAGE);
                        let of = |entry: &Entry| subject_of_bytes(&entry.key.sort[1..]);
                        removed += self.remove_from(members, of).await?;
                    }
                }
                next = page.rest;
            }
        }
        Ok(removed)
    }

    /// Removes list lines that no package asks for, and days without lines.
    async fn remove_unlisted(&self) -> Result<u64> {
        let mut removed = 0;
        let mut next = Some(Scan::whole(LISTED_DAYS, PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let sort = entry.key.sort.as_slice();
                let Ok(day) = sort.try_into().map(|it| !u32::from_be_bytes(it)) else { continue };
                let mut lines = false;
                for bucket in 0..LIST_SHARDS {
                    let shard = list_shard(day, bucket);
                    let of = |entry: &Entry| listed_package(&entry.key.sort).map(Subject::Package);
                    removed += self.remove_from(Scan::whole(shard.clone(), PAGE), of).await?;
                    lines |= !self.table.scan(Scan::whole(shard, 1)).await?.entries.is_empty();
                }
                if !lines {
                    removed += u64::from(self.remove(entry).await?);
                }
            }
            next = page.rest;
        }
        Ok(removed)
    }

    /// Removes what is no row of the subject that `of` finds it to be about.
    async fn remove_from(&self, scan: Scan, of: impl Fn(&Entry) -> Option<Subject>) -> Result<u64> {
        let (mut removed, mut next) = (0, Some(scan));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            let entries = page.entries.into_iter();
            let each: Vec<_> = entries.map(|it| self.remove_unless_asked(of(&it), it)).collect();
            let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
            while let Some(gone) = each.try_next().await? {
                removed += u64::from(gone);
            }
            next = page.rest;
        }
        Ok(removed)
    }

    /// Removes a row that its subject's state does not ask for.
    async fn remove_unless_asked(&self, subject: Option<Subject>, entry: Entry) -> Result<bool> {
        if let Some(subject) = subject
            && let Some((head, _)) = self.head(subject).await?
            && all_derived(subject, &head).contains_key(&entry.key)
        {
            return Ok(false);
        }
        self.remove(entry).await
    }

    /// Removes a row unless it was written again meanwhile.
    async fn remove(&self, entry: Entry) -> Result<bool> {
        let delete = Write::delete(entry.key, Guard::Unchanged(entry.version));
        match self.table.write(vec![delete]).await {
            Ok(()) => Ok(true),
            Err(table::Error::Conflict(_)) => Ok(false),
            Err(other) => Err(other.into()),
        }
    }
}

/// The subjects that a page of their list names.
fn subjects(page: &Page) -> impl Iterator<Item = Subject> {
    page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort))
}

impl Rebuilt {
    fn add(&mut self, one: Self) {
        self.subjects += one.subjects;
        self.events += one.events;
        self.heads_repaired += one.heads_repaired;
        self.rows_written += one.rows_written;
        self.rows_removed += one.rows_removed;
    }
}
