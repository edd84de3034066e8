//! The live feed: what changes is told to those who watch it, as it is accepted.
//! It waits for no projector, keeps nothing on disk, and forgets what nobody
//! watches. Every frame has a number; who comes back with the last number they
//! saw gets exactly what they missed, or is told that this is not possible.

mod aim;
mod board;
pub mod channel;
mod following;
mod links;
pub mod telling;
pub mod ticket;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use bytes::Bytes;
use domain::{
    event::{Holder, IncidentReason},
    expected::Expected,
    holding::HolderId,
    id::{PlaceId, Subject, TrackerId, UserId},
    leaf::hex,
    map::Mark,
    motion::Fix,
    position::LatLon,
    record::Promise,
    state::{State, Status},
    time::{MINUTE, Millis, Timestamp},
};
use table::{FeedId, Seq};
use tokio::sync::mpsc;

use crate::outside::{Entropy, random};
use board::Board;

pub use aim::Link;
pub use following::Follower;

/// Frames that a reader may be behind; who is slower is cut off, and comes back.
pub const QUEUE_MAX: usize = 64;
/// Frames that are remembered for those who come back.
pub const FRAMES_MAX: usize = 8_192;
/// Topics that all remembered frames together may be about.
const FRAME_TOPICS_MAX: usize = 200_000;
/// A topic that nobody watches any more is followed for so long, so that who
/// comes back within it misses nothing.
pub const LINGER: Millis = 2 * MINUTE;
/// Streams at the same time: each holds one of the server's connections.
pub const STREAMS_MAX: usize = 15_000;
/// Streams of one person at the same time: browsers, tabs and telephones.
pub const STREAMS_EACH_MAX: usize = 32;

/// What can be watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A package, container, place or tracker, and the fixes of whatever carries it.
    Subject(Subject),
    /// A tile of the map.
    Tile {
        /// How far zoomed in.
        z: u8,
        /// Column, from the west.
        x: u32,
        /// Row, from the north.
        y: u32,
    },
}

/// What a frame tells.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Something was recorded of a subject: how it stands now.
    Changed(Box<Changed>),
    /// What holds a watched subject, from itself outwards: another chain than before.
    Carried(Carried),
    /// A tracker was measured.
    Measured(Measured),
    /// A holder on a watched tile of the map.
    Shown(Shown),
}

/// A holder on the map as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub id: HolderId,
    /// Where it is and what it holds; nothing once it is no longer shown.
    pub mark: Option<Box<Mark>>,
    /// Names what is shown; zeros while nothing is.
    pub version: [u8; 8],
    /// The same of what was shown before.
    pub before: [u8; 8],
}

/// How a subject stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// Which.
    pub subject: Subject,
    /// How many events it has: says which of two frames is later.
    pub seq: u64,
    /// How many it had before; nothing if it had none.
    pub prev: Option<u64>,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub status_at: Timestamp,
    /// Why.
    pub reason: Option<IncidentReason>,
    /// What holds it, and since when.
    pub holder: Option<(Holder, Timestamp)>,
    /// Where it was seen last, and when.
    pub last_place: Option<(PlaceId, Timestamp)>,
    /// What travels with it.
    pub tracker: Option<TrackerId>,
    /// When the carrier promised to deliver it.
    pub promised: Option<Promise>,
    /// When it should be delivered, as known now.
    pub expected: Option<Expected>,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
    /// When we learned of the change.
    pub recorded_at: Timestamp,
}

impl Changed {
    fn of(
        subject: Subject,
        (seq, prev): (u64, Option<u64>),
        state: &State,
        expected: Option<Expected>,
    ) -> Self {
        Self {
            subject,
            seq,
            prev,
            status: state.status,
            status_at: state.status_at,
            reason: state.reason,
            holder: state.holder,
            last_place: state.last_place,
            tracker: state.tracker.map(|it| it.0),
            promised: state.package().and_then(|it| it.promised),
            expected,
            delivered_at: state.delivered_at,
            recorded_at: state.recorded_at,
        }
    }
}

/// What carries a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Which.
    pub subject: Subject,
    /// Itself, what holds it, what holds that, and so on.
    pub chain: Vec<Subject>,
    /// The trackers of these, each with what it travels with.
    pub trackers: Vec<(TrackerId, Subject)>,
}

/// Where a tracker is.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Whose.
    pub tracker: TrackerId,
    /// What it travels with, as far as that is watched.
    pub on: Option<Subject>,
    /// The latest fix.
    pub fix: Fix,
    /// When the one before it was measured.
    pub prev: Option<Timestamp>,
    /// What everybody may know of it: itself, the town around a home nearby, or the
    /// region that a person is in.
    pub public: Public,
}

/// What of a fix is for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public {
    /// All of it.
    Exact,
    /// A town, or the region of a tracker that follows a person, as its middle and
    /// radius in metres.
    Around(LatLon, u32),
}

/// One piece of news, shared by everybody whom it reaches.
#[derive(Debug)]
pub struct Frame {
    /// Grows by one from frame to frame.
    pub number: u64,
    /// What it tells.
    pub news: News,
    topics: Box<[Topic]>,
    written: [OnceLock<Option<Bytes>>; 2],
}

impl Frame {
    /// The frame as it travels, written once for everybody of the same sight.
    pub fn written(&self, exact: bool, write: impl FnOnce() -> Option<Bytes>) -> Option<Bytes> {
        self.written[usize::from(exact)].get_or_init(write).clone()
    }
}

/// How a stream begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It was never there before.
    Fresh,
    /// It gets what it missed.
    Resumed,
    /// What it missed is not remembered: everything must be fetched anew.
    Reset,
}

/// Why nobody can be let in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// There are too many streams.
    All,
    /// This person has too many.
    Own,
    /// The server is about to stop.
    Stopping,
}

/// Who watches, and what has been told lately. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Live(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    board: Mutex<Board>,
    boot: OnceLock<String>,
    /// How far each feed was read: what is newer must not be trimmed away.
    at: Mutex<BTreeMap<FeedId, Seq>>,
}

impl Live {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            board: Mutex::default(),
            boot: OnceLock::new(),
            at: Mutex::default(),
        }))
    }

    /// Tells everybody who watches one of the topics. What nobody watches is not kept.
    pub fn publish(&self, topics: &[Topic], news: News) {
        self.board().post(topics.to_vec(), news);
    }

    /// Whether anybody watches a topic, or did a moment ago.
    #[must_use]
    pub fn is_watched(&self, topic: Topic) -> bool {
        self.board().is_watched(topic)
    }

    /// The tiles that somebody watches.
    #[must_use]
    pub fn watched_tiles(&self) -> Vec<(u8, u32, u32)> {
        let tile = |topic| match topic {
            Topic::Tile { z, x, y } => Some((z, x, y)),
            Topic::Subject(_) => None,
        };
        self.board().watched().filter_map(tile).collect()
    }

    /// How many streams are open.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.board().streams()
    }

    /// Ends every stream and lets nobody in any more.
    pub fn close(&self) {
        self.board().close();
    }

    /// Up to where a feed may be trimmed, when others no longer need it up to `seq`.
    pub(crate) fn trimmable(&self, feed: FeedId, seq: Seq) -> Seq {
        let at = self.0.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.get(&feed).map_or(seq, |it| seq.min(*it))
    }

    fn reached(&self, feed: FeedId, seq: Seq) {
        self.0.at.lock().unwrap_or_else(PoisonError::into_inner).insert(feed, seq);
    }

    /// Names this run of the server: numbers of another mean nothing here.
    fn boot(&self, entropy: &dyn Entropy) -> &str {
        self.0.boot.get_or_init(|| hex(&random::<6>(entropy)))
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.0.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream of frames. It ends when dropped.
#[derive(Debug)]
pub struct Subscription {
    live: Live,
    /// Counts the streams of this run.
    pub id: u64,
    /// How it begins.
    pub start: Start,
    /// The number of the newest frame when it began.
    pub number: u64,
    /// What carries each subject that it watches.
    pub carried: Vec<Carried>,
    missed: VecDeque<Arc<Frame>>,
    frames: mpsc::Receiver<Arc<Frame>>,
    access: Arc<AtomicU8>,
}

impl Subscription {
    /// The next frame; `None` once the stream has ended.
    pub async fn next(&mut self) -> Option<Arc<Frame>> {
        if let Some(frame) = self.missed.pop_front() {
            return Some(frame);
        }
        // A long backlog is not kept room for once it was read.
        self.missed = VecDeque::new();
        self.frames.recv().await
    }

    /// The id of a frame of this stream, as it comes back in `Last-Event-ID`.
    #[must_use]
    pub fn id_of(&self, number: u64) -> String {
        format!("{}-{number}", self.live.0.boot.get().map_or("", String::as_str))
    }

    /// Whether the reader was too slow, when the stream has ended.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.live.board().is_closed()
    }

    /// Whether something of the reader's ways in may have ended since this was
    /// asked last. Says so twice: who is asked may not have noticed at first.
    #[must_use]
    pub fn access_may_have_ended(&self) -> bool {
        let less = |it: u8| it.checked_sub(1);
        self.access.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.live.board().leave(self.id);
    }
}

/// Who wants a stream, and what of.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Who; nobody for whoever owns the data folder, who may have any number.
    pub user: Option<UserId>,
    /// What.
    pub topics: Vec<Topic>,
    /// The id of the last frame that was seen, as it came.
    pub after: Option<String>,
}
