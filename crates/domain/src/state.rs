//! What a subject's events amount to: the fold, byte-equal for any order,
//! duplication and batching of the same set of events.

use minicbor::{Decode, Encode};

use crate::{
    event::{Event, Fact, Holder, IncidentReason, Measurement, Order, Proof},
    id::{EventId, PackageId, PhotoId, PlaceId, SubjectKind, TrackerId, UserId},
    mode::Mode,
    money::{CostKind, CostLine},
    record::{PackageRecord, Record},
    time::Timestamp,
    words::words,
};

#[cfg(test)]
mod tests;

words! {
    /// Where a package stands on its way.
    Status, "status";
    0 Registered "registered",
    1 PickedUp "picked_up",
    2 InTransit "in_transit",
    3 Held "held",
    4 OutForDelivery "out_for_delivery",
    5 ReadyToCollect "ready_to_collect",
    6 Delivered "delivered",
    7 Problem "problem",
    8 Returning "returning",
    9 Returned "returned",
    10 Lost "lost",
    11 Cancelled "cancelled",
}

impl Status {
    /// True when nothing more is expected to happen.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Returned | Self::Cancelled)
    }

    /// True when it goes, or went, another way than it should.
    #[must_use]
    pub const fn is_exceptional(self) -> bool {
        use Status::{Cancelled, Held, Lost, Problem, Returned, Returning};
        matches!(self, Held | Problem | Returning | Returned | Lost | Cancelled)
    }

    /// Those that last until somebody says that they are settled, or it goes on.
    const fn interrupts(self) -> bool {
        matches!(self, Self::Held | Self::Problem)
    }
}

/// A departure that no arrival has ended yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(map)]
pub struct OpenLeg {
    /// From where, if anyone said.
    #[n(0)]
    pub from: Option<PlaceId>,
    /// To where, if anyone said.
    #[n(1)]
    pub to: Option<PlaceId>,
    /// How.
    #[n(2)]
    pub mode: Option<Mode>,
    /// When it left.
    #[n(3)]
    pub departed_at: Timestamp,
    /// When it should arrive.
    #[n(4)]
    pub expected_at: Option<Timestamp>,
}

/// Where a package stood before something went wrong or it was held.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Interrupted {
    /// Where it stood.
    #[n(0)]
    pub status: Status,
    /// When it was delivered, if it was.
    #[n(1)]
    pub delivered_at: Option<Timestamp>,
    /// How that is proven.
    #[n(2)]
    pub proof: Option<Proof>,
}

/// Money one way or the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Posting {
    /// The line.
    #[n(0)]
    pub line: CostLine,
    /// True when it lowers the cost.
    #[n(1)]
    pub credit: bool,
}

/// Everything a subject's events amount to. One shape for every kind of
/// subject: a container simply never has a status other than `registered`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct State {
    /// What was registered, with every amendment; `None` until registered.
    #[n(0)]
    pub record: Option<Record>,
    /// Where a package stands.
    #[n(1)]
    pub status: Status,
    /// Since when.
    #[n(2)]
    pub status_at: Timestamp,
    /// Why, when it is `problem`, `held` or `returning`.
    #[n(3)]
    pub reason: Option<IncidentReason>,
    /// What holds it, and since when.
    #[n(4)]
    pub holder: Option<(Holder, Timestamp)>,
    /// The last place it was seen at, and when.
    #[n(5)]
    pub last_place: Option<(PlaceId, Timestamp)>,
    /// The last position measured of itself, and when.
    #[n(6)]
    pub last_position: Option<(Measurement, Timestamp)>,
    /// The movement it is on.
    #[n(7)]
    pub leg: Option<OpenLeg>,
    /// The tracker that travels with it, and since when.
    #[n(8)]
    pub tracker: Option<(TrackerId, Timestamp)>,
    /// What it cost, one posting per source and line id, in that order.
    #[n(9)]
    pub costs: Vec<Posting>,
    /// Costs contained in another package's line.
    #[n(10)]
    pub shared_costs: Vec<(CostKind, PackageId)>,
    /// When it was registered.
    #[n(11)]
    pub registered_at: Option<Timestamp>,
    /// When it first left its origin's hands.
    #[n(12)]
    pub picked_up_at: Option<Timestamp>,
    /// When it was delivered, while that stands.
    #[n(13)]
    pub delivered_at: Option<Timestamp>,
    /// How the delivery is proven.
    #[n(14)]
    pub proof: Option<Proof>,
    /// Photos taken of it, at most the [`PHOTOS_MAX`] newest.
    #[n(15)]
    pub photos: Vec<PhotoId>,
    /// How many notes were written.
    #[n(16)]
    pub notes: u32,
    /// How many events it has, corrected and voided ones included.
    #[n(17)]
    pub events: u32,
    /// The last event's place in the order.
    #[n(18)]
    pub last: Option<Order>,
    /// When we last learned something.
    #[n(19)]
    pub recorded_at: Timestamp,
    /// When we first learned of it: where it stands in lists, for good.
    #[n(20)]
    pub known_since: Timestamp,
    /// Events that a correction or a void took away before we learned of them.
    #[n(21)]
    #[cbor(default)]
    pub refuted: Vec<EventId>,
    /// Which other place it is one with, and since when it was said to be.
    #[n(22)]
    pub merged: Option<(PlaceId, Timestamp)>,
    /// What a problem or a hold interrupted, and what it comes back to when that is settled;
    /// none where that is plain from whether it was picked up.
    #[n(23)]
    pub interrupted: Option<Interrupted>,
    /// Who registered a package: whoever says so in the event that `registered_at` is from, if
    /// that is a person. Connections, imports of the operator's and the demo are nobody.
    #[n(24)]
    pub registered_by: Option<UserId>,
}

/// Most photos a state lists; its history has them all.
pub const PHOTOS_MAX: usize = 32;

impl Default for State {
    fn default() -> Self {
        Self {
            record: None,
            status: Status::Registered,
            status_at: Timestamp::MIN,
            reason: None,
            holder: None,
            last_place: None,
            last_position: None,
            leg: None,
            tracker: None,
            costs: Vec::new(),
            shared_costs: Vec::new(),
            registered_at: None,
            picked_up_at: None,
            delivered_at: None,
            proof: None,
            photos: Vec::new(),
            notes: 0,
            events: 0,
            last: None,
            recorded_at: Timestamp::MIN,
            known_since: Timestamp::MAX,
            refuted: Vec::new(),
            merged: None,
            interrupted: None,
            registered_by: None,
        }
    }
}

/// Folds a set of events of one subject, given in any order, with or without
/// duplicates.
#[must_use]
pub fn fold(events: &[Event]) -> State {
    let sorted = in_order(events);
    let mut voided = voided(&sorted);
    let mut state = sorted.iter().fold(State::default(), |state, event| {
        state.counted(event).applied(event, voided.contains(&event.id))
    });
    for event in sorted {
        voided.remove(&event.id);
    }
    state.refuted = voided.into_iter().collect();
    state
}

/// The events of a set once each, in the order in which they count. Of several
/// tellings of one event the first counts; their bytes decide only if our clock
/// does not, so that the order of arrival leaves no trace.
#[must_use]
pub fn in_order(events: &[Event]) -> Vec<&Event> {
    let mut once: Vec<&Event> = events.iter().collect();
    once.sort_by(|a, b| {
        (a.id, a.recorded_at)
            .cmp(&(b.id, b.recorded_at))
            .then_with(|| a.to_bytes().cmp(&b.to_bytes()))
    });
    once.dedup_by_key(|event| event.id);
    once.sort_by_key(|event| event.order());
    once
}

/// The events that no longer count: every target of a correction or a void.
/// The set only grows, so it is the same whatever the order of arrival; what a
/// void took away comes back only by recording it again.
#[must_use]
pub fn voided(events: &[&Event]) -> std::collections::BTreeSet<EventId> {
    events.iter().filter_map(|event| event.fact.target()).collect()
}

impl State {
    /// Takes in one more event that was not taken in before, if that needs no
    /// look at the others: it must sort last, void nothing and not be voided by
    /// what we learned earlier. Otherwise the caller folds the whole set.
    #[must_use]
    pub fn advanced(self, event: &Event) -> Option<Self> {
        let sorts_last = self.last.is_none_or(|last| last < event.order());
        let refuted = self.refuted.binary_search(&event.id).is_ok();
        if !sorts_last || refuted || event.fact.target().is_some() {
            return None;
        }
        Some(self.counted(event).applied(event, false))
    }

    /// The record of a package.
    #[must_use]
    pub fn package(&self) -> Option<&PackageRecord> {
        match &self.record {
            Some(Record::Package(record)) => Some(record),
            _ => None,
        }
    }

    /// The bytes that are stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("writing to memory cannot fail")
    }

    /// Reads stored bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, minicbor::decode::Error> {
        minicbor::decode(bytes)
    }

    fn counted(mut self, event: &Event) -> Self {
        self.events += 1;
        self.last = Some(event.order());
        self.recorded_at = self.recorded_at.max(event.recorded_at);
        self.known_since = self.known_since.min(event.recorded_at);
        self
    }

    pub(crate) fn applied(mut self, event: &Event, voided: bool) -> Self {
        if let (Some(fact), false) = (event.fact.asserted(), voided) {
            let at = event.effective_at();
            self.move_status(fact, at);
            self.take_record(fact, at, &event.actor);
            self.take_movement(fact, at);
            self.take_money(fact);
        }
        self
    }

    fn move_status(&mut self, fact: &Fact, at: Timestamp) {
        let Some(next) = next_status(self, fact) else { return };
        let before = self.interrupted.take();
        if next.interrupts() {
            self.interrupted = if self.status.interrupts() { before } else { self.interruption() };
        } else if let (Fact::Solved { .. }, Some(before)) = (fact, before) {
            return self.come_back(before, at);
        }
        let reason = match fact {
            Fact::Problem { reason, .. } | Fact::Held { reason, .. } => Some(*reason),
            Fact::Returning { reason, .. } => *reason,
            _ => None,
        };
        if next != self.status {
            self.status_at = at;
        }
        self.status = next;
        self.reason = reason;
        self.delivered_at = if next == Status::Delivered { Some(at) } else { None };
        match fact {
            Fact::Delivered { proof, .. } => self.proof = Some(proof.clone()),
            _ if next != Status::Delivered => self.proof = None,
            _ => (),
        }
        if matches!(next, Status::PickedUp | Status::InTransit) && self.picked_up_at.is_none() {
            self.picked_up_at = Some(at);
        }
    }

    /// What is interrupted from here on, where whether it was picked up does not tell it.
    fn interruption(&self) -> Option<Interrupted> {
        let (status, delivered_at) = (self.status, self.delivered_at);
        let kept = || Interrupted { status, delivered_at, proof: self.proof.clone() };
        (status != self.plain_status()).then(kept)
    }

    fn come_back(&mut self, before: Interrupted, at: Timestamp) {
        (self.status, self.status_at, self.reason) = (before.status, at, None);
        (self.delivered_at, self.proof) = (before.delivered_at, before.proof);
    }

    /// Where it stands if nothing else is known.
    const fn plain_status(&self) -> Status {
        if self.picked_up_at.is_some() { Status::InTransit } else { Status::Registered }
    }

    fn take_record(&mut self, fact: &Fact, at: Timestamp, actor: &str) {
        match fact {
            Fact::Registered(record) => self.register(record, at, actor),
            Fact::Amended { set, clear } => self.amend(set, clear),
            Fact::PromiseChanged(promise) => {
                let change = PackageRecord { promised: Some(*promise), ..Default::default() };
                self.amend(&Record::Package(change), &[]);
            }
            Fact::PhotoAdded(photo) if !self.photos.contains(photo) => {
                self.photos.push(*photo);
                if self.photos.len() > PHOTOS_MAX {
                    self.photos.remove(0);
                }
            }
            Fact::Note(_) => self.notes += 1,
            Fact::Merged { into } => self.merged = into.map(|it| (it, at)),
            _ => (),
        }
    }

    /// A thing may be registered after the first facts about it happened: what
    /// those said stays.
    fn register(&mut self, record: &Record, at: Timestamp, actor: &str) {
        let earlier = self.record.take().filter(|it| it.kind() == record.kind());
        self.record = Some(match (record, earlier) {
            (Record::Package(base), Some(Record::Package(earlier))) => {
                let mut base = base.clone();
                base.amend(&earlier);
                Record::Package(base)
            }
            (_, Some(earlier)) => earlier,
            (_, None) => record.clone(),
        });
        // Both are from the same event: whoever registers it again takes it from nobody.
        if self.registered_at.is_none() {
            self.registered_at = Some(at);
            // Nobody asks it of anything else, and a head is written with each event.
            let package = record.kind() == SubjectKind::Package;
            self.registered_by = actor.parse().ok().filter(|_| package);
        }
        if self.status_at == Timestamp::MIN {
            self.status_at = at;
        }
    }

    fn amend(&mut self, set: &Record, clear: &[crate::record::PackageField]) {
        match (&mut self.record, set) {
            (Some(Record::Package(record)), Record::Package(change)) => {
                record.amend(change);
                for field in clear {
                    record.clear(*field);
                }
            }
            // Other records are small and amended whole; a package may be amended
            // by a fact that happened before its registration.
            (record, set) if record.as_ref().is_none_or(|it| it.kind() == set.kind()) => {
                *record = Some(set.clone());
            }
            _ => (),
        }
    }

    fn take_movement(&mut self, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::Positioned(measurement) => self.last_position = Some((*measurement, at)),
            Fact::Departed { from, to, mode, expected_at } => {
                let from = from.or(self.last_place.map(|(place, _)| place));
                let expected_at = *expected_at;
                self.leg =
                    Some(OpenLeg { from, to: *to, mode: *mode, departed_at: at, expected_at });
            }
            Fact::Joined(holder) => self.holder = Some((*holder, at)),
            Fact::Left(holder) => self.holder = self.holder.filter(|(held, _)| held != holder),
            // Whoever has received it took it out of whatever carried it.
            Fact::ReadyToCollect { .. } | Fact::Delivered { .. } | Fact::Returned { .. } => {
                self.holder = None;
            }
            Fact::TrackerAttached(tracker) => self.tracker = Some((*tracker, at)),
            Fact::TrackerDetached(tracker) => {
                self.tracker = self.tracker.filter(|(attached, _)| attached != tracker);
            }
            _ => (),
        }
        let Some(place) = self.seen_at(fact) else { return };
        self.last_place = Some((place, at));
        if !matches!(fact, Fact::Departed { .. } | Fact::OutForDelivery { .. }) {
            self.leg = None;
        }
    }

    /// The place a fact says the subject was at.
    pub(crate) fn seen_at(&self, fact: &Fact) -> Option<PlaceId> {
        let record = self.package();
        match fact {
            Fact::Scanned { place, .. }
            | Fact::Arrived { place }
            | Fact::ReadyToCollect { place }
            | Fact::Joined(Holder::Place(place)) => Some(*place),
            Fact::PickedUp { place }
            | Fact::Held { place, .. }
            | Fact::Departed { from: place, .. }
            | Fact::OutForDelivery { from: place } => *place,
            Fact::Delivered { place, .. } => place.or(record.and_then(|it| it.destination)),
            Fact::Returned { place } => place.or(record.and_then(|it| it.origin)),
            _ => None,
        }
    }

    fn take_money(&mut self, fact: &Fact) {
        let (line, credit) = match fact {
            Fact::CostAdded(line) => (line, false),
            Fact::CostCredited(line) => (line, true),
            Fact::CostShared { kind, with } => {
                self.shared_costs.retain(|(it, _)| it != kind);
                self.shared_costs.push((*kind, *with));
                self.shared_costs.sort_unstable();
                return;
            }
            _ => return,
        };
        let posting = Posting { line: line.clone(), credit };
        let key = |it: &Posting| (it.line.source.clone(), it.line.id.clone(), it.credit);
        match self.costs.binary_search_by_key(&key(&posting), key) {
            Ok(found) => self.costs[found] = posting,
            Err(free) => self.costs.insert(free, posting),
        }
    }
}

/// The status after a fact, or `None` when the fact says nothing about it.
pub(crate) fn next_status(state: &State, fact: &Fact) -> Option<Status> {
    let now = state.status;
    Some(match fact {
        Fact::PickedUp { .. } => Status::PickedUp,
        Fact::Departed { .. } | Fact::Arrived { .. } => match now {
            Status::Returning => Status::Returning,
            _ => Status::InTransit,
        },
        // A scan alone proves only that it is not lost, stuck or on the last way.
        Fact::Scanned { .. } => match now {
            Status::OutForDelivery | Status::Problem | Status::Held | Status::Lost => {
                Status::InTransit
            }
            _ => return None,
        },
        Fact::Problem { .. } => Status::Problem,
        // A settlement that is learned late settles nothing that was settled before.
        Fact::Solved { .. } if now.interrupts() => {
            state.interrupted.as_ref().map_or(state.plain_status(), |it| it.status)
        }
        Fact::Held { .. } => Status::Held,
        Fact::OutForDelivery { .. } => Status::OutForDelivery,
        Fact::ReadyToCollect { .. } => Status::ReadyToCollect,
        Fact::Delivered { .. } => Status::Delivered,
        Fact::Returning { .. } => Status::Returning,
        Fact::Returned { .. } => Status::Returned,
        Fact::Lost => Status::Lost,
        Fact::Cancelled => Status::Cancelled,
        Fact::Registered(_)
        | Fact::Amended { .. }
        | Fact::Positioned(_)
        | Fact::Joined(_)
        | Fact::Left(_)
        | Fact::TrackerAttached(_)
        | Fact::TrackerDetached(_)
        | Fact::CostAdded(_)
        | Fact::CostCredited(_)
        | Fact::CostShared { .. }
        | Fact::PromiseChanged(_)
        | Fact::PhotoAdded(_)
        | Fact::Note(_)
        | Fact::Solved { .. }
        | Fact::Corrected { .. }
        | Fact::Voided { .. }
        | Fact::Merged { .. } => return None,
    })
}
