//! Who watches what, and the frames of late: everything behind one lock, so that
//! frames have one order and nobody sees a gap.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use domain::{id::UserId, time::Timestamp};
use tokio::sync::mpsc;

use super::{
    FRAME_TOPICS_MAX, FRAMES_MAX, Frame, Full, LINGER, News, QUEUE_MAX, STREAMS_EACH_MAX,
    STREAMS_MAX, Start, Topic, links::Links,
};

/// Everything.
#[derive(Debug, Default)]
pub struct Board {
    /// The number of the newest frame.
    pub number: u64,
    /// Chains of watched subjects.
    pub links: Links,
    /// Frames up to this one are no longer remembered.
    floor: u64,
    frames: VecDeque<Arc<Frame>>,
    frame_topics: usize,
    topics: HashMap<Topic, Watched>,
    streams: HashMap<u64, Stream>,
    of_user: HashMap<UserId, BTreeSet<u64>>,
    next_stream: u64,
    swept_at: Option<Timestamp>,
    closed: bool,
}

/// A topic that is followed.
#[derive(Debug)]
struct Watched {
    /// Every frame after this one that is about it was kept.
    since: u64,
    by: BTreeSet<u64>,
    idle_since: Timestamp,
}

#[derive(Debug)]
struct Stream {
    user: Option<UserId>,
    topics: Box<[Topic]>,
    frames: mpsc::Sender<Arc<Frame>>,
    access: Arc<AtomicU8>,
}

/// A place among those who watch.
#[derive(Debug)]
pub struct Joined {
    pub id: u64,
    pub start: Start,
    pub missed: VecDeque<Arc<Frame>>,
    pub frames: mpsc::Receiver<Arc<Frame>>,
    pub access: Arc<AtomicU8>,
}

/// Where a stream was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// It is new.
    Never,
    /// It has seen everything up to this frame.
    After(u64),
    /// It was at another process, or is no stream of ours.
    Elsewhere,
}

impl Board {
    /// Numbers a frame, keeps it, and hands it to everybody who watches one of
    /// its topics. Nothing happens when none of them is watched.
    pub fn post(&mut self, mut topics: Vec<Topic>, news: News) {
        topics.retain(|it| self.topics.contains_key(it));
        if topics.is_empty() {
            return;
        }
        topics.sort_unstable();
        topics.dedup();
        self.number += 1;
        let (number, topics) = (self.number, topics.into_boxed_slice());
        let frame = Arc::new(Frame { number, news, topics, written: Default::default() });
        let mut behind = Vec::new();
        let watched = frame.topics.iter().filter_map(|it| self.topics.get(it));
        let mut hand = |id: u64| {
            if let Some(stream) = self.streams.get(&id)
                && stream.frames.try_send(Arc::clone(&frame)).is_err()
            {
                behind.push(id);
            }
        };
        if frame.topics.len() == 1 {
            watched.flat_map(|it| it.by.iter()).for_each(|it| hand(*it));
        } else {
            let all: BTreeSet<u64> = watched.flat_map(|it| it.by.iter().copied()).collect();
            all.into_iter().for_each(hand);
        }
        // Who is too slow may read what waits already, and comes back for the rest.
        behind.into_iter().for_each(|id| self.leave(id));
        self.frame_topics += frame.topics.len();
        self.frames.push_back(frame);
        while FRAMES_MAX < self.frames.len() || FRAME_TOPICS_MAX < self.frame_topics {
            let Some(gone) = self.frames.pop_front() else { break };
            self.frame_topics -= gone.topics.len();
            self.floor = gone.number;
        }
    }

    /// Begins to keep what is said of a topic, if that is not done already.
    pub fn watch(&mut self, topic: Topic, now: Timestamp) {
        let since = self.number;
        let new = || Watched { since, by: BTreeSet::new(), idle_since: now };
        self.topics.entry(topic).or_insert_with(new);
    }

    /// Whether there is room for one more stream.
    pub fn room_for(&self, user: Option<UserId>) -> Result<(), Full> {
        let own = user.and_then(|it| self.of_user.get(&it)).map_or(0, BTreeSet::len);
        match () {
            () if self.closed => Err(Full::Stopping),
            () if STREAMS_MAX <= self.streams.len() => Err(Full::All),
            () if STREAMS_EACH_MAX <= own => Err(Full::Own),
            () => Ok(()),
        }
    }

    /// Adds a stream that goes on where it was. Every topic must be followed already, or it is `None`.
    pub fn join(
        &mut self,
        user: Option<UserId>,
        topics: &[Topic],
        resume: Resume,
    ) -> Result<Option<Joined>, Full> {
        self.room_for(user)?;
        let Some(since) = topics.iter().map(|it| self.topics.get(it).map(|it| it.since)).collect()
        else {
            return Ok(None);
        };
        let since: Vec<u64> = since;
        let kept = |after: u64| {
            self.floor <= after && after <= self.number && since.iter().all(|it| *it <= after)
        };
        let (start, missed) = match resume {
            Resume::Never => (Start::Fresh, VecDeque::new()),
            Resume::After(after) if kept(after) => (Start::Resumed, self.after(after, topics)),
            Resume::After(_) | Resume::Elsewhere => (Start::Reset, VecDeque::new()),
        };
        let id = self.next_stream;
        self.next_stream += 1;
        let (sender, frames) = mpsc::channel(QUEUE_MAX);
        let access = Arc::new(AtomicU8::new(0));
        for topic in topics {
            if let Some(watched) = self.topics.get_mut(topic) {
                watched.by.insert(id);
            }
        }
        if let Some(user) = user {
            self.of_user.entry(user).or_default().insert(id);
        }
        let (topics, shared) = (topics.into(), Arc::clone(&access));
        self.streams.insert(id, Stream { user, topics, frames: sender, access: shared });
        Ok(Some(Joined { id, start, missed, frames, access }))
    }

    fn after(&self, number: u64, topics: &[Topic]) -> VecDeque<Arc<Frame>> {
        let from = self.frames.partition_point(|it| it.number <= number);
        let about = |it: &&Arc<Frame>| it.topics.iter().any(|it| topics.contains(it));
        self.frames.range(from..).filter(about).cloned().collect()
    }

    /// Takes a stream off every topic. Again is nothing.
    pub fn leave(&mut self, id: u64) {
        let Some(stream) = self.streams.remove(&id) else { return };
        for topic in &stream.topics {
            if let Some(watched) = self.topics.get_mut(topic) {
                watched.by.remove(&id);
                // When it was left is noted by the next sweep: nobody needs it sooner.
                watched.idle_since = Timestamp::MAX;
            }
        }
        if let Some(user) = stream.user
            && let Some(own) = self.of_user.get_mut(&user)
        {
            own.remove(&id);
            if own.is_empty() {
                self.of_user.remove(&user);
            }
        }
    }

    /// Forgets topics that nobody has watched for long.
    pub fn sweep(&mut self, now: Timestamp) {
        if self.swept_at.is_some_and(|it| now.since(it) < LINGER / 4) {
            return;
        }
        self.swept_at = Some(now);
        let mut gone = Vec::new();
        for (topic, watched) in &mut self.topics {
            if watched.idle_since == Timestamp::MAX || !watched.by.is_empty() {
                watched.idle_since = now;
            } else if LINGER < now.since(watched.idle_since) {
                gone.push(*topic);
            }
        }
        gone.into_iter().for_each(|it| self.drop_topic(it));
    }

    /// Forgets a topic.
    pub fn drop_topic(&mut self, topic: Topic) {
        self.topics.remove(&topic);
        if let Topic::Subject(subject) = topic {
            self.links.forget(subject);
        }
    }

    /// Says to the streams of a person that something of their access has changed.
    pub fn access_changed(&self, user: UserId) {
        for id in self.of_user.get(&user).into_iter().flatten() {
            if let Some(stream) = self.streams.get(id) {
                stream.access.store(2, Ordering::Relaxed);
            }
        }
    }

    /// Changes are gone unread: nobody can be told what they missed.
    pub fn start_over(&mut self) {
        self.number += 1;
        self.floor = self.number;
        self.frames.clear();
        self.frame_topics = 0;
        self.streams.clear();
        self.of_user.clear();
        self.topics.clear();
        self.links = Links::default();
    }

    /// Ends every stream, for good.
    pub fn close(&mut self) {
        self.closed = true;
        self.streams.clear();
        self.of_user.clear();
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    pub fn is_watched(&self, topic: Topic) -> bool {
        self.topics.contains_key(&topic)
    }

    pub fn watched(&self) -> impl Iterator<Item = Topic> {
        self.topics.keys().copied()
    }

    pub fn streams(&self) -> usize {
        self.streams.len()
    }
}
