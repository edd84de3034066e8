//! A log to tell stories about: its table and blobs watched, slowed down and broken,
//! and everything that must be true of it whatever happened.

use std::{
    collections::BTreeSet,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use audit::{
    Checkpoint, LogKey,
    chain::Chain,
    verify::{Against, verify},
};
use blobs::{BlobName, Blobs, Listed, UploadTicket};
use bytes::Bytes;
use domain::{
    id::{ChunkId, Subject},
    leaf::entry::Entry,
};
use service::{
    keys::{
        Row, SUBJECT_SHARDS, access_of_key, chunk_of_key, day, subject_of_bytes, subjects_shard,
    },
    log::{sequencer::Sequencer, stored::MarkRow},
    people::Access,
    rows::ChunkRow,
};
use table::{BoxFuture, Changed, FeedId, Key, Page, Scan, Seq, Table, Usage, Write};

use crate::{logged::rows_beside_events, world::World};

pub fn key() -> LogKey {
    LogKey::new("stories/log", &[5; 32]).unwrap()
}

pub fn sequencer(world: &World) -> Sequencer {
    Sequencer::new(world.service.clone(), key())
}

/// What is written, in order, and pauses in between as dice fall.
#[derive(Debug, Default)]
pub struct Watch {
    writes: Mutex<Vec<&'static str>>,
    /// Every checkpoint that anybody could read.
    published: Mutex<Vec<Bytes>>,
    /// Of which blobs parts were read.
    read: Mutex<BTreeSet<String>>,
    /// 0 if nobody pauses.
    dice: AtomicU64,
}

impl Watch {
    pub fn pausing(seed: u64) -> Self {
        Self { dice: AtomicU64::new(seed | 1), ..Self::default() }
    }

    pub fn writes(&self) -> Vec<&'static str> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn published(&self) -> Vec<Checkpoint> {
        let all = self.published.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.iter().map(|it| Checkpoint::open(it, key().public()).unwrap()).collect()
    }

    /// Of which blobs parts were read since it was asked last.
    pub fn read(&self) -> BTreeSet<String> {
        std::mem::take(&mut *self.read.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn wrote(&self, what: &'static str) {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }

    /// Others go on in between, as often as the dice say.
    async fn pause(&self) {
        let mut dice = self.dice.load(SeqCst);
        if dice == 0 {
            return;
        }
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        self.dice.store(dice, SeqCst);
        for _ in 0..dice % 4 {
            tokio::task::yield_now().await;
        }
    }
}

#[derive(Debug)]
pub struct WatchedTable(pub Arc<dyn Table>, pub Arc<Watch>);

impl Table for WatchedTable {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, table::Result<Option<table::Entry>>> {
        Box::pin(async move {
            self.1.pause().await;
            self.0.get(key).await
        })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, table::Result<Page>> {
        self.0.scan(scan)
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        Box::pin(async move {
            self.1.pause().await;
            match (batch[0].key.shard.as_slice(), batch[0].key.sort.as_slice()) {
                (_, b"log") => self.1.wrote("swap of the row"),
                ([b'a', .., b'i'], _) => self.1.wrote("mark of access"),
                ([b'x', .., b'i'], _) => self.1.wrote("mark of a chunk"),
                (_, [b'i', ..]) => self.1.wrote("mark"),
                _ => (),
            }
            self.0.write(batch).await
        })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        self.0.write_each(writes)
    }

    fn feeds(&self) -> BoxFuture<'_, table::Result<Vec<FeedId>>> {
        self.0.feeds()
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, table::Result<Vec<Changed>>> {
        self.0.changes(feed, after, limit)
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        self.0.changed(feed, after)
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, table::Result<Seq>> {
        self.0.newest(feed)
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, table::Result<()>> {
        self.0.trim(feed, up_to)
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}

#[derive(Debug)]
pub struct WatchedBlobs(pub Arc<dyn Blobs>, pub Arc<Watch>);

impl WatchedBlobs {
    fn wrote(&self, name: &BlobName, deleted: bool) {
        let what = match (name.as_str(), deleted) {
            ("log/checkpoint", _) => "checkpoint",
            ("log/vkey", _) => "public key",
            (name, false) if name.starts_with("log-staging/") => "staging",
            (name, true) if name.starts_with("log-staging/") => "staging removed",
            (_, true) => "partial tile removed",
            (name, false) if name.starts_with("log/tile/entries/") => "bundle",
            _ => "tile",
        };
        self.1.wrote(what);
    }
}

impl Blobs for WatchedBlobs {
    fn put_new<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, blobs::Result<()>> {
        Box::pin(async move {
            self.1.pause().await;
            self.wrote(name, false);
            self.0.put_new(name, bytes).await
        })
    }

    fn put<'a>(&'a self, name: &'a BlobName, bytes: Bytes) -> BoxFuture<'a, blobs::Result<()>> {
        Box::pin(async move {
            self.1.pause().await;
            self.wrote(name, false);
            if name.as_str() == "log/checkpoint" {
                let mut published = self.1.published.lock().unwrap();
                published.push(bytes.clone());
            }
            self.0.put(name, bytes).await
        })
    }

    fn get<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, blobs::Result<Bytes>> {
        Box::pin(async move {
            self.1.pause().await;
            self.0.get(name).await
        })
    }

    fn get_range<'a>(
        &'a self,
        name: &'a BlobName,
        range: Range<u64>,
    ) -> BoxFuture<'a, blobs::Result<Bytes>> {
        self.1.read.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_string());
        self.0.get_range(name, range)
    }

    fn delete<'a>(&'a self, name: &'a BlobName) -> BoxFuture<'a, blobs::Result<()>> {
        Box::pin(async move {
            self.1.pause().await;
            self.wrote(name, true);
            self.0.delete(name).await
        })
    }

    fn list<'a>(
        &'a self,
        folder: Option<&'a BlobName>,
        after: Option<&'a BlobName>,
        limit: usize,
    ) -> BoxFuture<'a, blobs::Result<Vec<Listed>>> {
        self.0.list(folder, after, limit)
    }

    fn upload_ticket<'a>(
        &'a self,
        name: &'a BlobName,
        len_max: u64,
    ) -> BoxFuture<'a, blobs::Result<Option<UploadTicket>>> {
        self.0.upload_ticket(name, len_max)
    }
}

/// Everything that must be true: the log is in order and grew from every checkpoint
/// that anybody saw; every event and all else that is logged is in it once, at the
/// place its mark says, and nothing else is. Gives the number of entries.
pub async fn in_good_order(world: &World, seen: &[Checkpoint], what: &str) -> u64 {
    let files = world.service.log_files();
    let key = key();
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let against = Against { key: key.public(), since: None };
    let report = verify(&files, against, &mut |_, entry| entries.push(entry.to_vec())).await;
    let report = report.unwrap();
    assert_eq!(report.faults, [], "{what}");
    let size = report.checkpoint.unwrap().size;
    let mut compared: BTreeSet<(u64, [u8; 32])> = BTreeSet::new();
    for seen in seen {
        if compared.insert((seen.size, seen.root)) {
            let against = Against { key: key.public(), since: Some(seen) };
            let report = verify(&files, against, &mut |_, _| ()).await.unwrap();
            assert_eq!(report.faults, [], "{what}: it forked from {seen:?}");
        }
    }
    let mut left: BTreeSet<u64> = (0..size).collect();
    for subject in subjects(world).await {
        let mut chain = Chain::of(&subject.to_string());
        (0..).zip(&entries).for_each(|(index, entry)| chain.take(index, entry));
        assert_eq!(chain.breaks(), [], "{what}: {subject}");
        for logged in world.service.logged(subject).await.unwrap() {
            let seq = logged.recorded.seq;
            let index =
                logged.index.unwrap_or_else(|| panic!("{what}: {subject} {seq} is unmarked"));
            assert_eq!(entries[index as usize], logged.recorded.leaf(), "{what}: {subject} {seq}");
            assert!(left.remove(&index), "{what}: {index} is in the place of two");
        }
    }
    also_logged(world, &entries, &mut left, what).await;
    assert_eq!(left, BTreeSet::new(), "{what}: entries that nobody recorded, or twice");
    size
}

/// The same of what is no event.
async fn also_logged(world: &World, entries: &[Vec<u8>], left: &mut BTreeSet<u64>, what: &str) {
    let mut days = BTreeSet::new();
    for row in rows_beside_events(world).await {
        let mark = match access_of_key(&row.key) {
            Some((at, id)) => {
                days.insert(day(at));
                Row::AccessMark(at, id)
            }
            None => {
                let at = chunk_of_key(&row.key).unwrap();
                let row: ChunkRow = minicbor::decode(&row.value).unwrap();
                Row::ChunkMark(at, ChunkId::from_bytes(*row.digest.first_chunk().unwrap()))
            }
        };
        let entry = world.table.get(&mark.key()).await.unwrap();
        let entry = entry.unwrap_or_else(|| panic!("{what}: {mark:?} is unmarked"));
        let MarkRow { index } = minicbor::decode(&entry.value).unwrap();
        assert!(left.remove(&index), "{what}: {index} is in the place of two");
        match (Entry::from_bytes(&entries[index as usize]).unwrap(), mark) {
            (Entry::Access(it), Row::AccessMark(at, id)) => assert_eq!((it.at, it.id), (at, id)),
            (Entry::Chunk(it), Row::ChunkMark(at, id)) => {
                let row: ChunkRow = minicbor::decode(&row.value).unwrap();
                assert_eq!((it.at, it.id, it.digest), (at, id, row.digest));
                assert_eq!(
                    (it.batches, it.trackers, it.fixes),
                    (row.batches, row.trackers, row.fixes)
                );
            }
            other => panic!("{what}: {other:?} at {index}"),
        }
    }
    // What the leaves say is what is remembered.
    let mut remembered: Vec<String> = Vec::new();
    for day in days {
        let all = world.service.people().access_on(day).await.unwrap();
        let told =
            |it: &Access| (it.at, it.kind.word(), it.actor.clone(), it.user, it.about.clone());
        remembered.extend(all.iter().map(|it| format!("{:?}", told(it))));
    }
    let logged = entries.iter().filter_map(|it| match Entry::from_bytes(it) {
        Ok(Entry::Access(it)) => {
            Some(format!("{:?}", (it.at, it.kind.as_str(), it.actor, it.user, it.about)))
        }
        _ => None,
    });
    let mut logged: Vec<String> = logged.collect();
    logged.sort();
    remembered.sort();
    assert_eq!(logged, remembered, "{what}");
}

pub async fn subjects(world: &World) -> Vec<Subject> {
    let mut all = Vec::new();
    for bucket in 0..SUBJECT_SHARDS {
        let page = world.table.scan(Scan::whole(subjects_shard(bucket), 1_000)).await.unwrap();
        all.extend(page.entries.iter().filter_map(|it| subject_of_bytes(&it.key.sort)));
    }
    all
}
