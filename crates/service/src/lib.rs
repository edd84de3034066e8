//! The use cases. Every change is an event recorded by [`Service::record`];
//! everything else is derived from events and read here.

pub mod attention;
pub mod audited;
pub mod backlog;
pub mod backup;
pub mod derive;
pub mod devices;
pub mod erasing;
pub mod error;
pub mod expiry;
pub mod filing;
pub mod fixes;
pub mod groups;
pub mod history;
pub mod holders;
pub mod import;
pub mod keys;
pub mod live;
pub mod log;
pub mod map;
pub mod merging;
pub mod names;
pub mod orders;
pub mod outgoing;
pub mod outside;
pub mod packages;
pub mod people;
pub mod photos;
pub mod places;
pub mod projector;
pub mod rebuild;
pub mod reconcile;
pub mod record;
mod recorded;
pub mod reels;
pub mod restoring;
pub mod rows;
pub mod search;
pub mod system;
pub mod together;
mod turns;
pub mod watchlist;
pub mod whereabouts;

use std::sync::{Arc, OnceLock};

use blobs::Blobs;
use domain::{
    id::{Subject, TrackerId},
    time::Timestamp,
};
use live::{Live, ticket::TicketKey};
use outside::{Clock, Entropy, FixQueue, Publisher};
use people::People;
use quick_cache::sync::Cache;
use table::Table;
use turns::Turns;
use whereabouts::Ways;

pub use error::{Error, FieldError, Result};

/// How many subjects are remembered as registered, at some 50 bytes each: a large
/// fleet's trackers, so that a batch of fixes reads nothing.
const KNOWN_MAX: usize = 1_000_000;

/// How many trackers are remembered with what they travel with, at some 60 bytes
/// each and 17 more for whatever that is: mostly nothing.
const CARRIED_MAX: usize = 1_000_000;

/// The use cases over one table and one blob store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Service {
    pub(crate) table: Arc<dyn Table>,
    pub(crate) blobs: Arc<dyn Blobs>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Subjects known to be registered. Nothing registered is ever unregistered,
    /// so remembering needs no expiry.
    known: Arc<Cache<Subject, ()>>,
    people: People,
    pub(crate) live: Live,
    pub(crate) photo_turns: Arc<Turns>,
    pub(crate) ways: Ways,
    map: Arc<map::Map>,
    past: Arc<reels::Past>,
    /// What device keys are made from, once it was read.
    device_master: Arc<OnceLock<[u8; 32]>>,
    pub(crate) ring_turns: Arc<fixes::RingTurns>,
    /// Spans of trackers' trails that are known to be noted for the archive.
    pub(crate) archiving: Arc<Cache<(TrackerId, u16), ()>>,
    /// What trackers travel with, as far as this process follows the feed.
    pub(crate) carried: Arc<Cache<TrackerId, Arc<[Subject]>>>,
    /// Whether trackers follow people, as far as this process follows the feed.
    pub(crate) persons: Arc<Cache<TrackerId, bool>>,
    pub(crate) backlog: Arc<backlog::Backlog>,
    pub(crate) logging: Arc<log::Logging>,
    pub(crate) history: Arc<::history::Reader>,
    /// Where accepted fixes wait, if not in the table.
    pub(crate) fix_queue: Option<Arc<dyn FixQueue>>,
    /// Who passes on what others are told, if anybody does.
    pub(crate) publisher: Option<Arc<dyn Publisher>>,
    /// What tickets to watch are signed with, where somebody else publishes news.
    pub(crate) ticket_key: Option<TicketKey>,
}

impl Service {
    /// Puts the use cases on their ports.
    pub fn new(
        table: Arc<dyn Table>,
        blobs: Arc<dyn Blobs>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let history = Arc::new(::history::Reader::new(Arc::clone(&blobs)));
        let people = People::new(Arc::clone(&table), Arc::clone(&clock), Arc::clone(&entropy));
        Self {
            blobs,
            clock,
            entropy,
            known: Arc::new(Cache::new(KNOWN_MAX)),
            people,
            live: Live::new(),
            photo_turns: Arc::new(photos::turns()),
            ways: Ways::new(),
            map: Arc::new(map::Map::new(Arc::clone(&table))),
            past: Arc::default(),
            device_master: Arc::default(),
            ring_turns: Arc::default(),
            archiving: Arc::new(Cache::new(CARRIED_MAX)),
            carried: Arc::new(Cache::new(CARRIED_MAX)),
            persons: Arc::new(Cache::new(CARRIED_MAX)),
            backlog: Arc::default(),
            logging: Arc::default(),
            history,
            table,
            fix_queue: None,
            publisher: None,
            ticket_key: None,
        }
    }

    /// The same, with the map in memory following the feeds of another table: where
    /// not everybody may read those of this one, somebody passes on what the map needs.
    #[must_use]
    pub fn with_map_feed(mut self, feed: Arc<dyn Table>) -> Self {
        self.map = Arc::new(map::Map::new(feed));
        self
    }

    /// Lets accepted fixes wait in a queue, not in the table.
    #[must_use]
    pub fn with_fix_queue(self, queue: Arc<dyn FixQueue>) -> Self {
        Self { fix_queue: Some(queue), ..self }
    }

    /// Tells others what is recorded: [`outgoing`].
    #[must_use]
    pub fn with_publisher(self, publisher: Arc<dyn Publisher>) -> Self {
        Self { publisher: Some(publisher), ..self }
    }

    /// Gives tickets to those who watch where somebody else publishes news:
    /// [`live::ticket`].
    #[must_use]
    pub fn with_ticket_key(self, key: TicketKey) -> Self {
        Self { ticket_key: Some(key), ..self }
    }

    /// The present instant, by our clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Accounts, signing in, sessions and tokens.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Whether a subject is remembered as registered.
    pub(crate) fn is_remembered(&self, subject: Subject) -> bool {
        self.known.get(&subject).is_some()
    }

    /// Whether a subject was registered.
    pub(crate) async fn is_registered(&self, subject: Subject) -> Result<bool> {
        if self.is_remembered(subject) {
            return Ok(true);
        }
        let registered =
            self.head(subject).await?.is_some_and(|(head, _)| head.state.record.is_some());
        if registered {
            self.known.insert(subject, ());
        }
        Ok(registered)
    }
}
