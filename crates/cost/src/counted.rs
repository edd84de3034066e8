//! What each thing that happens takes, as it was counted. Units of the table are counted by the
//! service's own stories (`crates/service/tests/stories/counted.rs`), which fail when they differ
//! from what stands here; the rest says where it is from.

/// Units of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Units {
    /// Write units.
    pub writes: f64,
    /// Read units, each of a strongly consistent read.
    pub reads: f64,
}

/// A package is registered by a person: two numbers, a recipient, words to be found by.
pub const REGISTRATION: Units = Units { writes: 36.0, reads: 4.0 };
/// One of the fifteen custody events of most packages, 25 packages at once: recorded, with the lists,
/// map and search that follow from it.
pub const CUSTODY_EVENT: Units = Units { writes: 5.8, reads: 1.8 };
/// The same event gets into the audit log.
pub const LOGGED_EVENT: Units = Units { writes: 1.04, reads: 1.04 };
/// A tracker's ring is moved on by what came of it together, however many fixes.
pub const RING: Units = Units { writes: 1.0, reads: 1.0 };
/// Besides, for each fix: its part of a trail.
pub const FIX: Units = Units { writes: 0.09, reads: 0.02 };
/// A queued message of fixes is marked as taken in, and the mark removed after a week.
pub const MESSAGE: Units = Units { writes: 3.0, reads: 1.0 };
/// Besides, for each fix of what carries packages: its mark on the map is looked at, and drawn on
/// where it errs; once in ten minutes everything that is known is looked at. Mean over an hour
/// on the road with a fix each ten seconds that tells speed and course.
pub const CARRYING: Units = Units { writes: 0.67, reads: 2.22 };
/// A package is read by somebody with a session, and where it is.
pub const QUESTION: Units = Units { writes: 0.0, reads: 9.0 };
/// A look at what is due, when nothing is.
pub const IDLE_DUE: Units = Units { writes: 0.0, reads: 32.0 };
/// A look at what is over and at what may be missing, when nothing is.
pub const IDLE_LOOK: Units = Units { writes: 1.63, reads: 212.0 };

/// What a function of half a gigabyte takes, in milliseconds. Local figures of
/// docs/benchmarks.md (82 µs for an event, 31 µs for a fix, of one processor) times three for a
/// smaller share of one, and a round trip of 5 ms to the table where that is waited for.
pub mod took_ms {
    /// A request that waits for the table twice.
    pub const REQUEST: f64 = 12.0;
    /// More for each event in one.
    pub const EVENT: f64 = 6.0;
    /// An event in a batch of changes.
    pub const EVENT_DERIVED: f64 = 6.0;
    /// A fix in a batch of messages: 256 rings are moved on side by side.
    pub const FIX: f64 = 0.12;
    /// A mark that is looked at: one read, and at times a write after it; each tenth minute some
    /// thirty reads, one after the other.
    pub const CARRYING: f64 = 1.2;
    /// A change that is only looked at.
    pub const CHANGE: f64 = 0.02;
    /// A look when there is nothing.
    pub const IDLE_LOOK: f64 = 300.0;
}

/// Changes in the table's stream for an event, a registration.
pub const CHANGES_OF_EVENT: f64 = 6.0;
/// Changes for a registration.
pub const CHANGES_OF_REGISTRATION: f64 = 35.0;
/// Changes that a batch of the stream holds at most (deploy/template.yaml, the projector's).
pub const BATCH_CHANGES: f64 = 1_000.0;
/// Messages that the function of fixes gets at most at once (deploy/template.yaml).
pub const BATCH_MESSAGES: f64 = 500.0;
/// Messages that one request to a queue brings or removes.
pub const QUEUE_TOGETHER: f64 = 10.0;
/// Shards of the stream at the design load: a partition takes a thousand write units a second,
/// and they are not filled evenly.
pub const STREAM_SHARDS: f64 = 10.0;
/// Sorts of news among the events of a batch (docs/events.md): most are `moved`.
pub const SORTS_TOLD: f64 = 4.0;
/// Both who read the stream.
pub const STREAM_READERS: f64 = 2.0;
/// Seconds between two batches of the log at most (deploy/template.yaml, the sequencer's window).
pub const LOG_EVERY_S: f64 = 10.0;
/// Files written for a batch of the log: staged, edge tiles of two levels, entries, checkpoint.
pub const LOG_FILES: f64 = 5.0;
/// Entries in a full tile.
pub const TILE_ENTRIES: f64 = 256.0;

/// Bytes that are kept or sent.
pub mod bytes {
    /// An event's row, for 90 days after its package was closed.
    pub const EVENT_ROW: f64 = 900.0;
    /// A package's own rows: head, list, membership, what it is found by.
    pub const PACKAGE_ROWS: f64 = 6_000.0;
    /// A tracker's ring.
    pub const RING_ROW: f64 = 1_000.0;
    /// An event in the log, with its hashes.
    pub const LOGGED: f64 = 600.0;
    /// An event in the history (docs/benchmarks.md).
    pub const HISTORY: f64 = 96.0;
    /// A fix in a chunk.
    pub const FIX: f64 = 25.0;
    /// An answer about a package, compressed.
    pub const ANSWER: f64 = 2_000.0;
    /// A tile of the live map (docs/benchmarks.md: at most 47 kB for six).
    pub const TILE: f64 = 8_000.0;
    /// A line of operating log.
    pub const LOG_LINE: f64 = 300.0;
}

/// Polls of an empty queue in a month: five pollers, each asks three times a minute.
pub const IDLE_POLLS_OF_QUEUE: f64 = 650_000.0;
