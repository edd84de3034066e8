//! How the installation does, on the wire: numbers for those who run it, and a
//! sentence for each thing that can fall behind.

use domain::time::{DAY, MINUTE, Millis, SECOND, Timestamp};
use serde::Serialize;
use service::{
    log::waiting::Waiting,
    reconcile::{Found, LATE},
    system::{Feed, System},
};
use utoipa::ToSchema;

use crate::{measure::Facts, wire::scalar::Time};

/// What is derived may be so far behind what was accepted.
const DERIVED_MAX: Millis = 10 * SECOND;
/// What is recorded may wait so long for the log.
const LOGGED_MAX: Millis = MINUTE;
/// Batches of fixes may wait so long for a chunk.
const SEALED_MAX: Millis = 10 * MINUTE;
/// News may wait so long to be sent.
const UNSENT_MAX: Millis = 10 * MINUTE;
/// Entries that may wait for the history: twice what makes it write a file.
const HISTORY_MAX: u64 = 131_072;

/// How the installation does.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SystemView {
    /// The version that runs.
    version: &'static str,
    /// When this was looked at.
    at: Time,
    /// Whether each thing does well, in words.
    checks: Vec<Check>,
    /// How far each feed of changes is dealt with.
    feeds: Vec<FeedView>,
    /// What was accepted and does not show yet in lists, search and map.
    underived: WaitingView,
    /// The audit log.
    log: LogView,
    /// The history in files.
    history: HistoryView,
    /// Fixes of trackers.
    fixes: FixesView,
    /// Who compares what was accepted with what is logged and shown.
    reconciler: ReconcilerView,
    /// What others are told.
    outgoing: OutgoingView,
    /// Where it is stored.
    store: StoreView,
}

/// Whether one thing does well.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    /// Which thing.
    name: CheckName,
    /// How it does.
    state: CheckState,
    /// The same in words.
    says: String,
}

/// What can fall behind.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    /// Lists, search and map.
    Map,
    /// The audit log.
    Log,
    /// Fixes of trackers.
    Fixes,
    /// The history in files.
    History,
    /// What should not have to be repaired.
    Reconciler,
    /// What others are told.
    Outgoing,
}

/// How a thing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Well.
    Ok,
    /// Somebody should look.
    Warn,
}

/// How far a feed of changes is dealt with: numbers that only grow, as text, since they
/// are larger than numbers of JSON may be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedView {
    /// Which.
    feed: u64,
    /// Its newest change.
    newest: String,
    /// The last one that shows in lists, search and map.
    derived: String,
    /// The last one that the audit log has dealt with for good.
    logged: String,
}

/// What waits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WaitingView {
    /// How much, counted up to a bound.
    count: u64,
    /// Since when the oldest does.
    since: Option<Time>,
    /// For how many milliseconds.
    waits_ms: i64,
}

/// The audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogView {
    /// How many entries it has.
    entries: u64,
    /// From recorded to logged, of the oldest entry of the last batch, in milliseconds.
    merge_delay_ms: i64,
    /// What is recorded and not in it yet.
    waiting: WaitingView,
    /// Since when nothing can be appended.
    trouble_since: Option<Time>,
    /// Why.
    trouble: Option<String>,
}

/// The history in files.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryView {
    /// Entries of the log that are in files.
    entries: u64,
    /// Entries that are in none yet: today's, mostly.
    waiting: u64,
    /// How many files.
    files: u64,
}

/// Fixes of trackers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FixesView {
    /// How long ago the oldest was accepted that is not taken in, in milliseconds.
    behind_ms: i64,
    /// When the oldest batch was accepted that waits to be sealed into a chunk.
    unsealed_since: Option<Time>,
}

/// Who compares what was accepted with what is logged and shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReconcilerView {
    /// When it ran last.
    ran_at: Option<Time>,
    /// How often it has compared everything.
    rounds: u64,
    /// When it had compared everything last.
    round_at: Option<Time>,
    /// Entries it has found, in all its time, that were not in the log.
    unlogged: u64,
    /// Rows that were missing or wrong.
    rows: u64,
    /// Batches of fixes that were not taken in.
    batches: u64,
    /// When it found something last.
    found_at: Option<Time>,
}

/// What others are told: events on a bus, where there is one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutgoingView {
    /// What could not be sent yet and is tried again.
    waiting: WaitingView,
    /// How many events could not be sent for a day and were given up, in all its time.
    given_up: u64,
    /// When one was given up last.
    given_up_at: Option<Time>,
}

/// Where it is stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoreView {
    /// Bytes on disk, where that is known.
    bytes: Option<u64>,
    /// Bytes of memory that the process holds, where that is known.
    resident_bytes: Option<u64>,
    /// Read units since the start, as DynamoDB counts them.
    read_units: Option<u64>,
    /// Write units.
    write_units: Option<u64>,
}

impl SystemView {
    /// As it is told.
    #[must_use]
    pub fn of(it: &System, facts: &Facts, now: Timestamp) -> Self {
        let trouble = it.log.trouble.clone();
        let reconciler = &it.reconciler;
        Self {
            version: env!("CARGO_PKG_VERSION"),
            at: Time(now),
            checks: checks(it, now),
            feeds: it.feeds.iter().map(FeedView::of).collect(),
            underived: WaitingView::of(it.underived, now),
            log: LogView {
                entries: it.log.size,
                merge_delay_ms: it.log.merge_delay_ms,
                waiting: WaitingView::of(it.unlogged, now),
                trouble_since: trouble.as_ref().map(|it| Time(it.0)),
                trouble: trouble.map(|it| it.1),
            },
            history: HistoryView {
                entries: it.history_until,
                waiting: it.log.size.saturating_sub(it.history_until),
                files: it.history_files,
            },
            fixes: FixesView {
                behind_ms: it.fixes_behind,
                unsealed_since: it.unsealed_since.map(Time),
            },
            reconciler: ReconcilerView {
                ran_at: reconciler.ran_at.map(Time),
                rounds: reconciler.rounds,
                round_at: reconciler.round_at.map(Time),
                unlogged: reconciler.found.unlogged,
                rows: reconciler.found.rows,
                batches: reconciler.found.batches,
                found_at: reconciler.found_at.map(Time),
            },
            outgoing: OutgoingView {
                waiting: WaitingView::of(unsent(it), now),
                given_up: it.outbox.given_up.count,
                given_up_at: it.outbox.given_up.at.map(Time),
            },
            store: StoreView {
                bytes: facts.store_bytes,
                resident_bytes: facts.resident_bytes,
                read_units: facts.read_units,
                write_units: facts.write_units,
            },
        }
    }
}

impl FeedView {
    fn of(it: &Feed) -> Self {
        let (newest, derived) = (it.newest.to_string(), it.derived.to_string());
        Self { feed: it.id.0, newest, derived, logged: it.logged.to_string() }
    }
}

impl WaitingView {
    fn of(it: Waiting, now: Timestamp) -> Self {
        Self { count: it.count, since: it.since.map(Time), waits_ms: waits(it, now) }
    }
}

fn waits(it: Waiting, now: Timestamp) -> Millis {
    it.since.map_or(0, |since| now.since(since).max(0))
}

fn checks(it: &System, now: Timestamp) -> Vec<Check> {
    let behind = waits(it.underived, now);
    let map = if behind < SECOND {
        "Map and lists are up to date".to_owned()
    } else {
        format!("Map is {} behind", seconds(behind))
    };
    let waiting = waits(it.unlogged, now);
    let log = match &it.log.trouble {
        Some((since, why)) => {
            format!("Nothing can be added to the log for {}: {why}", seconds(now.since(*since)))
        }
        None if it.unlogged.count == 0 => "Everything is in the log".to_owned(),
        None => {
            format!("{} wait for the log, the oldest for {}", it.unlogged.count, seconds(waiting))
        }
    };
    let unsealed = it.unsealed_since.map_or(0, |since| now.since(since));
    let fixes = if DERIVED_MAX < it.fixes_behind {
        format!("GPS positions are taken in {} late", seconds(it.fixes_behind))
    } else if SEALED_MAX < unsealed {
        format!("GPS positions wait for their archive for {}", seconds(unsealed))
    } else {
        "GPS positions are taken in as they come".to_owned()
    };
    let in_files = it.log.size.saturating_sub(it.history_until);
    let history = match in_files {
        0 => "Every entry is in a file".to_owned(),
        1 => "Every entry but the newest is in a file".to_owned(),
        some => format!("Every entry but the newest {some} is in a file"),
    };
    let compared = &it.reconciler;
    let late = compared.ran_at.is_some_and(|at| LATE < now.since(at));
    let repaired = compared.found_at.is_some_and(|at| now.since(at) < DAY);
    let reconciler = match compared.ran_at {
        None => "Nothing was compared yet".to_owned(),
        Some(at) if late => format!("Nothing was compared for {}", seconds(now.since(at))),
        Some(_) if compared.found.is_any() => {
            let Found { unlogged, rows, batches } = compared.found;
            format!("{} were left behind and are repaired", unlogged + rows + batches)
        }
        Some(_) => "Nothing was left behind".to_owned(),
    };
    let unsent = unsent(it);
    let (unsent_for, given_up) = (waits(unsent, now), it.outbox.given_up);
    let lost = given_up.at.is_some_and(|at| now.since(at) < DAY);
    let outgoing = match unsent.count {
        _ if lost => format!("{} events could not be sent to others in all", given_up.count),
        0 => "Nothing waits to be sent to others".to_owned(),
        count => format!("{count} wait to be sent, the oldest for {}", seconds(unsent_for)),
    };
    let is_stuck = it.log.trouble.is_some() || LOGGED_MAX < waiting;
    let fixes_wait = DERIVED_MAX < it.fixes_behind || SEALED_MAX < unsealed;
    vec![
        Check::of(CheckName::Map, DERIVED_MAX < behind, map),
        Check::of(CheckName::Log, is_stuck, log),
        Check::of(CheckName::Fixes, fixes_wait, fixes),
        Check::of(CheckName::History, HISTORY_MAX < in_files, history),
        Check::of(CheckName::Reconciler, late || repaired, reconciler),
        Check::of(CheckName::Outgoing, lost || UNSENT_MAX < unsent_for, outgoing),
    ]
}

const fn unsent(it: &System) -> Waiting {
    Waiting { count: it.outbox.waiting, since: it.outbox.since }
}

impl Check {
    const fn of(name: CheckName, is_bad: bool, says: String) -> Self {
        let state = if is_bad { CheckState::Warn } else { CheckState::Ok };
        Self { name, state, says }
    }
}

/// As people read it: tenths below ten seconds, minutes from two on.
fn seconds(millis: Millis) -> String {
    match millis {
        ..10_000 => format!("{:.1} s", millis as f64 / 1e3),
        10_000..120_000 => format!("{} s", millis / SECOND),
        _ => format!("{} min", millis / MINUTE),
    }
}
