//! What a subject's events say about where it was: stops, departures, fixes,
//! what held it and which trackers it carried, in the order in which they count.

use crate::{
    event::Event,
    id::{ContainerId, EventId, PlaceId, TrackerId},
    mode::Mode,
    motion::Fix,
    record::{PackageRecord, Promise, Record},
    state::Status,
    time::Timestamp,
};

mod build;
#[cfg(test)]
mod tests;

/// A time spent at one place: from the first to the last time it was seen there
/// without being seen elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub place: PlaceId,
    /// On which floor.
    pub floor: Option<String>,
    /// When it was first seen there.
    pub first_seen: Timestamp,
    /// When it was last seen there.
    pub last_seen: Timestamp,
    /// How it left, if anyone said.
    pub departed: Option<Departure>,
    /// True when it is meant to stay: delivered, returned, ready to be
    /// collected, or put at this place.
    pub firm: bool,
}

/// A departure as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// When.
    pub at: Timestamp,
    /// To where, if anyone said.
    pub to: Option<PlaceId>,
    /// How, if anyone said.
    pub mode: Option<Mode>,
    /// When it should arrive, if anyone said.
    pub expected_at: Option<Timestamp>,
}

/// A time spent inside a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Inside what.
    pub container: ContainerId,
    /// Since when.
    pub joined_at: Timestamp,
    /// The event that says so.
    pub event: EventId,
    /// Until when; missing while it lasts.
    pub until: Option<Timestamp>,
    /// How it travelled on from where it was taken out, if anyone said.
    pub departed: Option<Departure>,
}

/// A time during which a tracker travelled along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrackerSpan {
    /// Which one.
    pub tracker: TrackerId,
    /// Since when.
    pub from: Timestamp,
    /// Until when; missing while it lasts.
    pub until: Option<Timestamp>,
}

/// What one subject's events say about where it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Stops, oldest first.
    pub stops: Vec<Stop>,
    /// Its own measured positions, oldest first.
    pub fixes: Vec<Fix>,
    /// What it was inside, oldest first; at most one at a time.
    pub memberships: Vec<Membership>,
    /// Its trackers, oldest attachment first.
    pub trackers: Vec<TrackerSpan>,
    /// Its status from each of these instants on.
    pub statuses: Vec<(Timestamp, Status)>,
    /// From when on it was on its way back, and to where if anyone said.
    pub returning: Vec<(Timestamp, Option<PlaceId>)>,
    /// What is known of it, every amendment included.
    pub record: Option<Record>,
    /// When it was registered.
    pub registered_at: Option<Timestamp>,
}

impl Membership {
    /// True while it lasts.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.joined_at <= at && self.until.is_none_or(|until| at < until)
    }
}

impl TrackerSpan {
    /// True while it lasts, its last instant included.
    #[must_use]
    pub fn lasts_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at <= until)
    }
}

impl Timeline {
    /// Reads events of one subject, given in any order.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        build::timeline(events)
    }

    /// The first instant of which anything is known.
    #[must_use]
    pub fn starts_at(&self) -> Option<Timestamp> {
        let firsts = [
            self.registered_at,
            self.stops.first().map(|it| it.first_seen),
            self.fixes.first().map(|it| it.at),
            self.memberships.first().map(|it| it.joined_at),
            self.trackers.first().map(|it| it.from),
        ];
        firsts.into_iter().flatten().min()
    }

    /// What it was inside at an instant.
    #[must_use]
    pub fn membership_at(&self, at: Timestamp) -> Option<&Membership> {
        self.memberships.iter().rev().find(|it| it.holds_at(at))
    }

    /// The last stop that began by an instant.
    #[must_use]
    pub fn stop_by(&self, at: Timestamp) -> Option<&Stop> {
        let later = self.stops.partition_point(|stop| stop.first_seen <= at);
        self.stops[..later].last()
    }

    /// The movement it was on at an instant, as far as anyone said that it left
    /// and nobody has seen it since.
    #[must_use]
    pub fn departure_by(&self, at: Timestamp) -> Option<Departure> {
        let stop = self.stop_by(at);
        let left = |it: &Membership| it.departed.filter(|it| it.at <= at);
        let taken_out = self.memberships.iter().rev().find_map(left);
        let departures = [stop.and_then(|it| it.departed), taken_out];
        departures
            .into_iter()
            .flatten()
            .filter(|it| it.at <= at && stop.is_none_or(|stop| stop.first_seen <= it.at))
            .max_by_key(|it| it.at)
    }

    /// Its status at an instant.
    #[must_use]
    pub fn status_at(&self, at: Timestamp) -> Status {
        let until = self.statuses.partition_point(|(since, _)| *since <= at);
        until.checked_sub(1).map_or(Status::Registered, |last| self.statuses[last].1)
    }

    /// Where it was to end, as seen at an instant: its destination, or where it
    /// came from once it is on its way back.
    #[must_use]
    pub fn heading_at(&self, at: Timestamp) -> Option<PlaceId> {
        if matches!(self.status_at(at), Status::Returning | Status::Returned) {
            let until = self.returning.partition_point(|(since, _)| *since <= at);
            let said = until.checked_sub(1).and_then(|last| self.returning[last].1);
            said.or(self.origin())
        } else {
            self.destination()
        }
    }

    /// How it moves, as far as its record says.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        match &self.record {
            Some(Record::Package(record)) => record.mode,
            Some(Record::Container(record)) => record.kind.mode(),
            _ => None,
        }
    }

    /// Where it starts.
    #[must_use]
    pub fn origin(&self) -> Option<PlaceId> {
        self.package()?.origin
    }

    /// Where it should end.
    #[must_use]
    pub fn destination(&self) -> Option<PlaceId> {
        self.package()?.destination
    }

    /// What the carrier promised last.
    #[must_use]
    pub fn promised(&self) -> Option<Promise> {
        self.package()?.promised
    }

    fn package(&self) -> Option<&PackageRecord> {
        match &self.record {
            Some(Record::Package(record)) => Some(record),
            _ => None,
        }
    }
}
