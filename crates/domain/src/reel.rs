//! The past of the map: which packages and containers turned to what, and when. A
//! reel is one hour of turns; a frame says how everything stood between two reels.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};

use crate::{
    event::{Event, Holder},
    holding::{HolderId, Holding},
    id::{EventId, Subject},
    map::Counted,
    state::{State, in_order, voided},
    time::{HOUR, Timestamp},
    timeline::{Membership, Timeline},
};

pub mod frame;
mod stored;
#[cfg(test)]
mod tests;

pub use frame::{Frame, Held};

/// What holds a package or container directly, and what it is counted by. Nothing
/// at all before anything is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Standing {
    /// What holds it. A package that nothing holds stands by itself; a container
    /// that nothing holds has none.
    #[n(0)]
    pub holder: Option<HolderId>,
    /// What a package is counted by.
    #[n(1)]
    pub counted: Option<Counted>,
    /// When a container was put into another, and the event that says so: by these
    /// the containers of a cycle are told apart.
    #[n(2)]
    pub joined: Option<(Timestamp, EventId)>,
}

/// How something stands from an instant on.
pub type Turn = (Timestamp, Standing);

/// The turns of one package or container within one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// How many of its events were known: of two tellings the one that knew more
    /// counts.
    pub seq: u64,
    /// How it stood before the hour.
    pub before: Standing,
    /// Its turns, oldest first; none if what was told of them is no longer true.
    pub turns: Vec<Turn>,
}

/// One hour of turns. Whatever is told of one child, in whatever order and however
/// often, the telling that knew most events stays: so sealing it has no order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reel(BTreeMap<Subject, Entry>);

/// All turns of one package or container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many events they follow from.
    pub seq: u64,
    /// Every turn, oldest first.
    pub turns: Vec<Turn>,
    /// The hours that any of its events lies in, also of those that no longer count:
    /// elsewhere nothing was ever told of it.
    pub hours: Vec<u32>,
}

/// Counts hours from 1970, UTC.
#[must_use]
pub fn hour_of(at: Timestamp) -> u32 {
    (at.millis() / HOUR) as u32
}

/// When an hour begins.
#[must_use]
pub fn begin_of(hour: u32) -> Timestamp {
    Timestamp::MIN.plus(i64::from(hour) * HOUR)
}

impl Told {
    /// What the events of a package or container, given in any order, tell. As in
    /// [`crate::whereabouts`], what we know today counts: a package's record is as it
    /// was amended since.
    #[must_use]
    pub fn by(subject: Subject, events: &[Event]) -> Self {
        let mut hours: Vec<u32> = events.iter().map(|it| hour_of(it.effective_at())).collect();
        hours.sort_unstable();
        hours.dedup();
        Self { seq: events.len() as u64, turns: turns(subject, events), hours }
    }

    /// From when on it tells other than what was told before; mostly something
    /// happened last, and all before that stays.
    #[must_use]
    pub fn differs_since(&self, before: &Self) -> Timestamp {
        let same = std::iter::zip(&self.turns, &before.turns).take_while(|(a, b)| a == b).count();
        let first = [self.turns.get(same), before.turns.get(same)];
        first.into_iter().flatten().map(|it| it.0).min().unwrap_or(Timestamp::MAX)
    }

    /// What is to be told of it in an hour.
    #[must_use]
    pub fn entry(&self, hour: u32) -> Entry {
        let first = self.turns.partition_point(|it| hour_of(it.0) < hour);
        let after = self.turns.partition_point(|it| hour_of(it.0) <= hour);
        let before = first.checked_sub(1).map(|it| self.turns[it].1.clone());
        let turns = self.turns[first..after].to_vec();
        Entry { seq: self.seq, before: before.unwrap_or_default(), turns }
    }
}

impl Reel {
    /// Takes in what is told of a child; says whether that changed anything.
    pub fn tell(&mut self, child: Subject, entry: Entry) -> bool {
        match self.0.get_mut(&child) {
            Some(known) => {
                let same = known.before == entry.before && known.turns == entry.turns;
                if entry.seq <= known.seq || same {
                    return false;
                }
                *known = entry;
                true
            }
            None if entry.turns.is_empty() => false,
            None => {
                self.0.insert(child, entry);
                true
            }
        }
    }

    /// The same, but what knew as much is not believed.
    pub fn tell_anew(&mut self, child: Subject, entry: Entry) -> bool {
        match self.0.get(&child) {
            Some(known) if known.seq == entry.seq && *known != entry => {
                self.0.insert(child, entry);
                true
            }
            _ => self.tell(child, entry),
        }
    }

    /// How often anything turned.
    #[must_use]
    pub fn turns(&self) -> u32 {
        let turns: usize = self.0.values().map(|it| it.turns.len()).sum();
        u32::try_from(turns).unwrap_or(u32::MAX)
    }

    /// What is told, by child.
    pub fn entries(&self) -> impl Iterator<Item = (Subject, &Entry)> {
        self.0.iter().map(|(child, entry)| (*child, entry))
    }
}

/// Every turn, oldest first.
fn turns(subject: Subject, events: &[Event]) -> Vec<Turn> {
    let timeline = Timeline::of(events);
    let Some(starts_at) = timeline.starts_at() else { return Vec::new() };
    let sorted = in_order(events);
    let voided = voided(&sorted);
    let mut state = State::default();
    let mut turns: Vec<Turn> = Vec::new();
    for (index, event) in sorted.iter().enumerate() {
        state = state.applied(event, voided.contains(&event.id));
        let at = event.effective_at();
        let more = sorted.get(index + 1).is_some_and(|it| it.effective_at() == at);
        if more || at < starts_at {
            continue;
        }
        let inside = timeline.membership_at(at);
        let standing = match subject {
            Subject::Package(id) => package(HolderId::Package(id), &mut state, &timeline, inside),
            Subject::Container(_) => container(&state, inside),
            _ => Standing::default(),
        };
        let before = turns.last().map_or_else(Standing::default, |it| it.1.clone());
        if standing != before {
            turns.push((at, standing));
        }
    }
    turns
}

/// How a package stands. One of which nobody knows what holds it, but by other facts
/// perhaps where it is, stands by itself.
fn package(
    itself: HolderId,
    state: &mut State,
    timeline: &Timeline,
    inside: Option<&Membership>,
) -> Standing {
    let record = std::mem::replace(&mut state.record, timeline.record.clone());
    let holding = Holding::of_package(state);
    let counted = Counted::of(state);
    let holder = match (inside, holding) {
        (Some(inside), _) => Some(HolderId::Container(inside.container)),
        (None, Holding::Place(id)) => Some(HolderId::Place(id)),
        (None, Holding::Lane(lane)) if lane.from.is_some() => Some(HolderId::Lane(lane.id())),
        (None, Holding::Nowhere) if is_never_seen(timeline) => None,
        (None, _) => Some(itself),
    };
    state.record = record;
    match (holder, counted) {
        (Some(holder), Some(counted)) => {
            Standing { holder: Some(holder), counted: Some(counted), joined: None }
        }
        _ => Standing::default(),
    }
}

fn container(state: &State, inside: Option<&Membership>) -> Standing {
    let place = match state.holder {
        Some((Holder::Place(id), _)) if state.leg.is_none() => Some(HolderId::Place(id)),
        _ => None,
    };
    let holder = inside.map(|it| HolderId::Container(it.container)).or(place);
    Standing { holder, counted: None, joined: inside.map(|it| (it.joined_at, it.event)) }
}

const fn is_never_seen(timeline: &Timeline) -> bool {
    timeline.stops.is_empty()
        && timeline.fixes.is_empty()
        && timeline.memberships.is_empty()
        && timeline.trackers.is_empty()
}
