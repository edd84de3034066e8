//! Group commit: one thread takes all the writes that wait, checks their guards
//! one after the other, and makes them durable with one fsync.

use std::{
    collections::{BTreeSet, HashMap},
    io, mem,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::{self, JoinHandle},
};

use fjall::{AbstractTree as _, Keyspace, PersistMode, Slice};
use futures::channel::oneshot;
use table::{Change, Error, Key, Result, Seq, Write, limits, spread};

use crate::{
    FEEDS, Shared, reader,
    stored::{self, Rows},
};

/// New entries are handed over for writing to files at this size, in bytes; up
/// to five such sets exist before writes wait.
const ITEMS_IN_MEMORY_MAX: u64 = 24 * 1_024 * 1_024;
/// Changes are read soon or never: they need less.
const FEEDS_IN_MEMORY_MAX: u64 = 12 * 1_024 * 1_024;
/// Requests that may wait; one more is turned away.
const WAITING_MAX: usize = 16_384;
/// Requests, and rows that are each written by itself, in one commit.
const GROUP_WRITES_MAX: usize = 2_048;
/// Bytes in one commit, roughly: keeps the latency of its neighbours bounded.
const GROUP_LEN_MAX: usize = 8 * 1_024 * 1_024;

type Answer = oneshot::Sender<Result<()>>;

enum Request {
    Write { batch: Vec<Write>, answer: Answer },
    Each { writes: Vec<Write>, answer: Answer },
    Trim { feed: usize, mark: u64, rows: Vec<[u8; 9]>, answer: Answer },
}

/// The way to the writer. When it is dropped, the writer finishes and ends.
#[derive(Debug)]
pub(crate) struct Queue(SyncSender<Request>);

/// An answer to wait for.
#[derive(Debug)]
pub(crate) struct Answered(oneshot::Receiver<Result<()>>);

impl Queue {
    /// Asks for a batch, within the limits, to be written.
    pub(crate) fn write(&self, batch: Vec<Write>) -> Result<Answered> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Write { batch, answer })?;
        Ok(Answered(answered))
    }

    /// Asks for writes, within the limits, that need each other in nothing.
    pub(crate) fn write_each(&self, writes: Vec<Write>) -> Result<Answered> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Each { writes, answer })?;
        Ok(Answered(answered))
    }

    /// Asks for these rows to be deleted, and the feed to be marked as trimmed.
    pub(crate) fn trim(&self, feed: usize, mark: u64, rows: Vec<[u8; 9]>) -> Result<Answered> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Trim { feed, mark, rows, answer })?;
        Ok(Answered(answered))
    }

    fn ask(&self, request: Request) -> Result<()> {
        self.0.try_send(request).map_err(|why| match why {
            TrySendError::Full(_) => Error::Unavailable("too many writes are waiting".to_owned()),
            TrySendError::Disconnected(_) => Error::Corrupt("the writer has ended".to_owned()),
        })
    }
}

impl Answered {
    /// The answer, once what was asked for is durable.
    pub(crate) async fn wait(self) -> Result<()> {
        let lost = || Error::Unavailable("the writer ended without an answer".to_owned());
        self.0.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// Starts the writer's thread.
pub(crate) fn start(shared: Arc<Shared>) -> io::Result<(Queue, JoinHandle<()>)> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    let thread = thread::Builder::new()
        .name("table-writer".to_owned())
        .spawn(move || serve(&shared, &receiver))?;
    Ok((Queue(sender), thread))
}

fn serve(shared: &Shared, requests: &Receiver<Request>) {
    /// A panic must not leave readers waiting for changes that never come.
    struct FailOnPanic<'a>(&'a Shared);
    impl Drop for FailOnPanic<'_> {
        fn drop(&mut self) {
            if thread::panicking() {
                self.0.fail("the writer panicked".to_owned());
            }
        }
    }
    let _guard = FailOnPanic(shared);
    while let Ok(first) = requests.recv() {
        let mut group = Group::new(shared);
        group.take(first);
        while !group.is_full()
            && let Ok(next) = requests.try_recv()
        {
            group.take(next);
        }
        group.commit();
    }
}

/// What one commit will hold.
struct Group<'a> {
    shared: &'a Shared,
    /// What became of each entry the group touched: the engine gets each key
    /// once, with its last value.
    written: HashMap<Vec<u8>, Option<Slice>>,
    feeds: [Rows; FEEDS],
    /// A set, because the engine must get each key once.
    trimmed: BTreeSet<[u8; 9]>,
    marks: [u64; FEEDS],
    answers: Vec<(Answer, Result<()>)>,
    /// Rows that were each written by itself.
    alone: usize,
    len: usize,
}

impl<'a> Group<'a> {
    fn new(shared: &'a Shared) -> Self {
        let newest = |feed: usize| shared.watches[feed].newest();
        let rows = |feed| {
            let newest = u64::try_from(newest(feed)).expect("this engine counts in 64 bits");
            Rows::after(feed, newest)
        };
        Self {
            shared,
            written: HashMap::new(),
            feeds: std::array::from_fn(rows),
            trimmed: BTreeSet::new(),
            marks: [0; FEEDS],
            answers: Vec::new(),
            alone: 0,
            len: 0,
        }
    }

    fn is_full(&self) -> bool {
        GROUP_WRITES_MAX <= self.answers.len() + self.alone || GROUP_LEN_MAX <= self.len
    }

    fn take(&mut self, request: Request) {
        let (answer, result) = match request {
            _ if self.shared.failed.get().is_some() => (request.answer(), self.shared.alive()),
            Request::Write { batch, answer } => {
                let result = self.write(batch);
                (answer, result)
            }
            Request::Each { writes, answer } => {
                let result = self.write_each(writes);
                (answer, result)
            }
            Request::Trim { feed, mark, rows, answer } => {
                self.marks[feed] = self.marks[feed].max(mark);
                self.trimmed.extend(rows);
                (answer, Ok(()))
            }
        };
        self.answers.push((answer, result));
    }

    /// Checks a batch against what is stored and what the group wrote before it.
    fn write(&mut self, batch: Vec<Write>) -> Result<()> {
        let mut found = Vec::with_capacity(batch.len());
        for Write { key, .. } in &batch {
            found.push(self.find(key)?);
        }
        let (mut old_lens, mut failed_lens) = (Vec::new(), Vec::new());
        let mut conflict = None;
        for (Write { key, guard, .. }, (_, old)) in batch.iter().zip(&found) {
            let read = old.as_ref().map(|it| stored::read_item(it)).transpose()?;
            let old_len = read.map(|(_, value)| value.len());
            let failed = !guard.holds(read.map(|(version, _)| version));
            old_lens.push(old_len);
            failed_lens.push(old_len.filter(|_| failed));
            if failed && conflict.is_none() {
                conflict = Some(key.clone());
            }
        }
        if let Some(key) = conflict {
            self.shared.meter.count_write(&batch, &failed_lens, true);
            return Err(Error::Conflict(key));
        }
        self.shared.meter.count_write(&batch, &old_lens, false);
        for (Write { key, change, .. }, (item_key, old)) in batch.into_iter().zip(found) {
            self.apply(&key, change, item_key, old.as_ref())?;
        }
        Ok(())
    }

    /// Nothing can stop these: each is what its key holds from now on.
    fn write_each(&mut self, writes: Vec<Write>) -> Result<()> {
        self.alone += writes.len();
        let mut old_lens = Vec::with_capacity(writes.len());
        let mut found = Vec::with_capacity(writes.len());
        for Write { key, .. } in &writes {
            let (item_key, old) = self.find(key)?;
            let read = old.as_ref().map(|it| stored::read_item(it)).transpose()?;
            old_lens.push(read.map(|(_, value)| value.len()));
            found.push((item_key, old));
        }
        self.shared.meter.count_each(&writes, &old_lens);
        for (Write { key, change, .. }, (item_key, old)) in writes.into_iter().zip(found) {
            self.apply(&key, change, item_key, old.as_ref())?;
        }
        Ok(())
    }

    fn find(&self, key: &Key) -> Result<(Vec<u8>, Option<Slice>)> {
        let item_key = stored::item_key(&key.shard, &key.sort);
        let found = match self.written.get(&item_key) {
            Some(written) => written.clone(),
            None => self.shared.items.get(&item_key).map_err(crate::corrupt)?,
        };
        Ok((item_key, found))
    }

    fn apply(
        &mut self,
        key: &Key,
        change: Change,
        item_key: Vec<u8>,
        old: Option<&Slice>,
    ) -> Result<()> {
        let old = old.map(|it| stored::read_item(it)).transpose()?.map(|(_, value)| value);
        let rows = &mut self.feeds[spread(&key.shard, FEEDS)];
        let new = match change {
            Change::Put(value) => Some(value),
            Change::Delete if old.is_some() => None,
            Change::Delete | Change::Check => return Ok(()),
        };
        let item = new.as_ref().map(|value| Slice::from(stored::item(rows.next_seq(), value)));
        rows.push(key, old, new.as_deref());
        self.len +=
            2 * limits::item_len(key, new.map_or(0, |it| it.len())) + old.map_or(0, <[u8]>::len);
        self.written.insert(item_key, item);
        Ok(())
    }

    /// Makes the group durable, then tells everyone. Conflicts wait too: who is
    /// told of one must find what caused it.
    fn commit(mut self) {
        let result = self.commit_to_disk();
        if let Err(why) = &result {
            self.shared.fail(why.to_string());
        }
        for (answer, decided) in mem::take(&mut self.answers) {
            let lost = |why: &Error| Err(Error::Unavailable(why.to_string()));
            // Who no longer waits for the answer does not want it.
            let _ = answer.send(result.as_ref().map_or_else(lost, |()| decided));
        }
    }

    fn commit_to_disk(&mut self) -> Result<()> {
        let Shared { db, items, feeds, watches, .. } = self.shared;
        // Data and file size reach the disk; a journal's name did when it was made.
        let mut batch = db.batch().durability(Some(PersistMode::SyncData));
        for (item_key, item) in self.written.drain() {
            match item {
                Some(item) => batch.insert(items, item_key, item),
                None => batch.remove(items, item_key),
            }
        }
        let mut newest = [0; FEEDS];
        for (feed, rows) in self.feeds.iter_mut().enumerate() {
            let (seq, rows) = mem::replace(rows, Rows::after(feed, 0)).finish();
            newest[feed] = seq;
            for (row_key, row) in rows {
                batch.insert(feeds, row_key, row);
            }
        }
        for row_key in mem::take(&mut self.trimmed) {
            batch.remove(feeds, row_key);
        }
        for (feed, mark) in self.marks.into_iter().enumerate() {
            // Another reader may have trimmed further meanwhile.
            if 0 < mark && reader::trimmed(&db.snapshot(), feeds, feed)? < mark {
                batch.insert(feeds, stored::trimmed_key(feed), mark.to_be_bytes());
            }
        }
        batch.commit().map_err(unavailable)?;
        bound_memory(items, ITEMS_IN_MEMORY_MAX)?;
        bound_memory(feeds, FEEDS_IN_MEMORY_MAX)?;
        for (watch, seq) in watches.iter().zip(newest) {
            if watch.newest() < Seq::from(seq) {
                watch.advance(Seq::from(seq));
            }
        }
        Ok(())
    }
}

impl Request {
    fn answer(self) -> Answer {
        match self {
            Self::Write { answer, .. } | Self::Each { answer, .. } | Self::Trim { answer, .. } => {
                answer
            }
        }
    }
}

/// Left alone, the engine asks its worker for this, which may be compacting; until
/// then what is in memory would grow without bound. Once handed over it counts,
/// and the next commit waits when too much has been.
fn bound_memory(keyspace: &Keyspace, bytes_max: u64) -> Result<()> {
    if bytes_max < keyspace.tree.active_memtable().size() {
        keyspace.rotate_memtable().map_err(unavailable)?;
    }
    Ok(())
}

fn unavailable(why: fjall::Error) -> Error {
    Error::Unavailable(why.to_string())
}
