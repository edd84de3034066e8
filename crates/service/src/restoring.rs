//! Making a store again from its audit log, into an empty one: events with their ids,
//! their numbers and both clocks, what happened to people's access, and where in the log
//! each is. What the log does not say comes from a backup, whose every text must have
//! the digest that was logged; what was erased stays erased. Whatever of it is done is
//! done again without harm, so one that was interrupted goes on.

mod chunks;
mod filling;

use std::{collections::BTreeMap, io::Read, sync::Arc};

use audit::{Checkpoint, PublicKey};
use blobs::Blobs;
use domain::{
    id::Subject,
    leaf::entry::{Access, Entry},
    time::Timestamp,
};
use futures::{StreamExt, TryStreamExt, stream};
use minicbor::{Decode, Encode};
use table::{Guard, Scan, Write};

use crate::{
    Service,
    backup::{Piece, Reader},
    error::{Error, Result},
    fixes::chunks::from_blobs,
    keys::{
        Row, SUBJECT_SHARDS, login_name_shards, subject_of_bytes, subject_shard, subjects_shard,
    },
    log::stored::{LogCursor, LogRow},
    people::AccessKind,
    projector,
    rebuild::Rebuilt,
    rows::{Checkpoint as Reached, Recorded, to_bytes},
};

/// Rows read at once.
const PAGE: usize = 1_000;
/// Subjects looked at at the same time.
const AT_ONCE: usize = 64;
/// Rows of a backup written at once.
const ROWS: usize = 1_000;

/// A store that is being made again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct RestoringRow {
    /// The signed checkpoint of the log that it is made from.
    #[n(0)]
    pub note: String,
    /// How many entries are in it.
    #[n(1)]
    pub filled: u64,
}

/// What was erased by when, as the log says: collected before anything is restored.
#[derive(Clone, Debug, Default)]
pub struct Erasures(BTreeMap<Subject, Timestamp>);

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// Entries of the log.
    pub entries: u64,
    /// Events among them.
    pub events: u64,
    /// Events whose personal text came from the backup.
    pub texts: u64,
    /// Events with personal text that is not in the log, and that nobody erased.
    pub texts_missing: u64,
    /// Events that were acknowledged before the backup and are in no log: they will be.
    pub unlogged: u64,
    /// Events of the backup that contradict the log, and were left out.
    pub contradicting: u64,
    /// Events that the log lacks between others.
    pub events_missing: u64,
    /// Chunks of fixes that were found.
    pub chunks: u64,
    /// Chunks of fixes that are nowhere: the way of what carried these trackers is lost.
    pub chunks_missing: u64,
    /// What was made from all that.
    pub rebuilt: Rebuilt,
}

/// A verified log, and what else there is.
pub struct Sources<'a> {
    /// The log's checkpoint as it was verified. Its files are copied already.
    pub note: &'a str,
    /// Its key.
    pub key: &'a PublicKey,
    /// What was erased.
    pub erasures: &'a Erasures,
    /// The blobs that lay beside the log, where chunks of fixes are found.
    pub blobs: Option<Arc<dyn Blobs>>,
}

impl Erasures {
    /// Takes an entry of the log, whatever it is about.
    pub fn take(&mut self, entry: &[u8]) {
        let word = AccessKind::Erased.word().as_bytes();
        // Reading every entry would take longer than hashing it.
        if !entry.windows(word.len()).any(|it| it == word) {
            return;
        }
        let Ok(Entry::Access(Access { kind, about: Some(about), at, .. })) =
            Entry::from_bytes(entry)
        else {
            return;
        };
        let subject = about.parse().ok().filter(|_| kind.as_bytes() == word);
        if let Some(subject) = subject {
            let last = self.0.entry(subject).or_insert(at);
            *last = at.max(*last);
        }
    }

    fn has(&self, recorded: &Recorded) -> bool {
        let erased = self.0.get(&recorded.event.subject);
        erased.is_some_and(|at| recorded.event.recorded_at <= *at)
    }
}

impl Service {
    /// Whether somebody began to make this store again and did not end.
    pub async fn unfinished_restoring(&self) -> Result<Option<RestoringRow>> {
        let entry = self.table.get(&Row::Restoring.key()).await?;
        entry.map(|it| minicbor::decode(&it.value).map_err(Error::from)).transpose()
    }

    /// Whether nothing was ever recorded here: only such a store is made again.
    pub async fn is_empty(&self) -> Result<bool> {
        let mut shards: Vec<Vec<u8>> = (0..SUBJECT_SHARDS).map(subjects_shard).collect();
        shards.extend(login_name_shards());
        shards.push(Row::Log.key().shard);
        for shard in shards {
            if !self.table.scan(Scan::whole(shard, 1)).await?.entries.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Takes over a backup, of which [`Reader::check`] said that it is whole. Gives the
    /// key that signs the log, if it is in there.
    pub async fn restore_backup<R: Read + Send>(
        &self,
        from: &mut Reader<R>,
    ) -> Result<Option<String>> {
        let (mut key, mut writes) = (None, BTreeMap::new());
        while let Some(piece) = from.next_piece()? {
            match piece {
                Piece::LogKey(text) => key = Some(text),
                Piece::Blob(name, bytes) => {
                    self.blobs.put(&name, bytes).await.map_err(from_blobs)?;
                }
                Piece::Row(at, value) => {
                    writes.insert(at.clone(), Write::put(at, Guard::Any, value));
                }
                Piece::Event(it) => {
                    let subject = it.event.subject;
                    let known = Row::Subject(subject).key();
                    writes.insert(known.clone(), Write::put(known, Guard::Any, []));
                    let at = Row::BackedUp(subject, it.seq).key();
                    let put = Write::put(at.clone(), Guard::Any, to_bytes(&*it));
                    writes.insert(at, put);
                }
            }
            if ROWS <= writes.len() {
                self.write_each(std::mem::take(&mut writes).into_values().collect()).await?;
            }
        }
        self.write_each(writes.into_values().collect()).await?;
        Ok(key)
    }

    /// Says that this store is being made again from a log: until it is, nobody else
    /// should use it.
    pub async fn begin_restoring(&self, note: &str) -> Result<RestoringRow> {
        let begun = self.unfinished_restoring().await?;
        let filled = begun.as_ref().map_or(0, |it| it.filled);
        let row = RestoringRow { note: note.to_owned(), filled };
        self.save_restoring(&row).await?;
        Ok(row)
    }

    /// Makes the store again from entries that were verified and copied here, and tells
    /// `progress` how many are in.
    pub async fn restore(
        &self,
        sources: Sources<'_>,
        mut progress: impl FnMut(u64),
    ) -> Result<Restored> {
        let checkpoint = Checkpoint::open(sources.note.as_bytes(), sources.key);
        let checkpoint = checkpoint.map_err(|it| Error::Corrupt(it.to_string()))?;
        let row = self.begin_restoring(sources.note).await?;
        let mut done = Restored { entries: checkpoint.size, ..Restored::default() };
        let chunks = self.fill(row, checkpoint.size, &sources, &mut done, &mut progress).await?;
        self.settle_backup(sources.erasures, &mut done).await?;
        self.restore_chunks(sources.blobs.as_deref(), &chunks, &mut done).await?;
        let files = self.log_files();
        files.put_public_key(sources.key).await?;
        files.replace_checkpoint(sources.note).await?;
        done.rebuilt = self.rebuild(|_| ()).await?;
        self.end_restoring(&checkpoint, &sources).await?;
        Ok(done)
    }

    async fn save_restoring(&self, row: &RestoringRow) -> Result<()> {
        let put = Write::put(Row::Restoring.key(), Guard::Any, to_bytes(row));
        Ok(self.table.write(vec![put]).await?)
    }

    /// Takes what the log does not say from the backup, and counts what nobody says.
    async fn settle_backup(&self, erasures: &Erasures, done: &mut Restored) -> Result<()> {
        for bucket in 0..SUBJECT_SHARDS {
            let mut next = Some(Scan::whole(subjects_shard(bucket), PAGE));
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                let subjects = page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort));
                let each: Vec<_> =
                    subjects.map(|subject| self.settle_subject(subject, erasures)).collect();
                let mut each = stream::iter(each).buffer_unordered(AT_ONCE);
                while let Some(one) = each.try_next().await? {
                    done.add(&one);
                }
                next = page.rest;
            }
        }
        Ok(())
    }

    /// An event of the backup that is in the log has the same leaf, so its text has the
    /// digest that was logged. One that is not is recorded if it fits behind the last
    /// that is: it was acknowledged, and will be logged.
    async fn settle_subject(&self, subject: Subject, erasures: &Erasures) -> Result<Restored> {
        let mut done = Restored::default();
        let mut all = self.all_recorded(subject).await?;
        all.sort_by_key(|it| it.seq);
        let mut last = all.last().map(|it| (it.seq, it.leaf_hash()));
        done.events_missing = last.map_or(0, |it| it.0).saturating_sub(all.len() as u64);
        let mut writes = Vec::new();
        let mut next = Some(Scan::prefix(subject_shard(subject), b"u", PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in page.entries {
                let recorded: Recorded = minicbor::decode(&entry.value)?;
                let key = Row::Event(subject, recorded.event.id).key();
                let (seq, prev) = (last.map_or(1, |it| it.0 + 1), last.map(|it| it.1));
                let place = all.binary_search_by_key(&recorded.seq, |it| it.seq);
                match place.ok().map(|it| &mut all[it]) {
                    Some(it) if it.leaf() == recorded.leaf() => {
                        if !erasures.has(&recorded) {
                            writes.push(Write::put(key, Guard::Any, entry.value));
                            *it = recorded;
                            done.texts += 1;
                        }
                    }
                    None if (recorded.seq, recorded.prev) == (seq, prev) => {
                        last = Some((seq, recorded.leaf_hash()));
                        writes.push(Write::put(key, Guard::Any, entry.value));
                        done.unlogged += 1;
                    }
                    _ => done.contradicting += 1,
                }
                writes.push(Write::delete(entry.key, Guard::Any));
            }
            next = page.rest;
        }
        let is_lost =
            |it: &mut Recorded| it.event.fact.privates_mut().iter().any(|it| it.is_lost());
        done.texts_missing = all.iter_mut().map(is_lost).filter(|it| *it).count() as u64;
        if last.is_none() {
            writes.push(Write::delete(Row::Subject(subject).key(), Guard::Any));
        }
        self.write_each(writes).await?;
        Ok(done)
    }

    /// Everything is derived: readers of the feeds begin behind all that, and the log goes
    /// on from where it was. Whoever appends first compares every subject with it.
    async fn end_restoring(&self, log: &Checkpoint, sources: &Sources<'_>) -> Result<()> {
        let mut cursors = BTreeMap::new();
        for feed in self.table.feeds().await? {
            let seq = self.table.newest(feed).await?;
            let reached = Reached { seq_high: (seq >> 64) as u64, seq_low: seq as u64 };
            let key = Row::Checkpoint(projector::NAME, feed.0).key();
            self.table.write(vec![Write::put(key, Guard::Any, to_bytes(&reached))]).await?;
            cursors.insert(feed, seq);
        }
        let row = LogRow {
            size: log.size,
            root: log.root,
            note: sources.note.to_owned(),
            cursors: LogCursor::all(&cursors),
            // Whoever appends first marks all that is not: what is no event has marks, too.
            marked: 0,
            key: sources.key.to_string(),
            whole: false,
        };
        let put = Write::put(Row::Log.key(), Guard::Any, to_bytes(&row));
        let delete = Write::delete(Row::Restoring.key(), Guard::Any);
        self.table.write(vec![put, delete]).await?;
        for (feed, seq) in cursors {
            self.table.trim(feed, seq).await?;
        }
        Ok(())
    }
}

impl Restored {
    /// What was found of one subject.
    const fn add(&mut self, one: &Self) {
        self.texts += one.texts;
        self.texts_missing += one.texts_missing;
        self.unlogged += one.unlogged;
        self.contradicting += one.contradicting;
        self.events_missing += one.events_missing;
    }
}
