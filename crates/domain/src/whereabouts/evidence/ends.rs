//! The last sighting before an instant and the next fact after it.

use super::{Heard, stop_disc};
use crate::{
    id::{PlaceId, Subject},
    time::Timestamp,
    timeline::{Departure, Membership, Stop, Timeline},
    whereabouts::{Basis, Search, choice::Candidate, disc::Disc, moves::End},
};

/// The last sighting by an instant: a stop, or being taken out of a container.
pub struct Seen {
    /// The latest it was seen there by that instant.
    pub at: Timestamp,
    /// The latest anything spoke for its being there by that instant.
    pub confirmed_at: Timestamp,
    /// The latest it was seen there at all.
    pub until: Timestamp,
    pub disc: Disc,
    pub place: Option<PlaceId>,
    pub basis: Basis,
    pub firm: bool,
    /// How it left, even if later.
    pub departed: Option<Departure>,
    subject: Subject,
}

/// The next fact after an instant that says where it is.
pub struct Next {
    pub at: Timestamp,
    pub disc: Disc,
    pub place: Option<PlaceId>,
    pub is_fix: bool,
}

impl Seen {
    /// The latest instant by `at` at which it was still there.
    pub fn sighted_at(&self, at: Timestamp) -> Timestamp {
        self.left_by(at).map_or(self.at, |departure| self.at.max(departure.at))
    }

    /// How it had left by an instant.
    pub fn left_by(&self, at: Timestamp) -> Option<Departure> {
        self.departed.filter(|it| it.at <= at)
    }

    /// Still there.
    pub fn here(&self) -> Candidate {
        Candidate { place: self.place, ..self.moved(self.disc, self.basis, None, self.at) }
    }

    /// Somewhere else since.
    pub fn moved(
        &self,
        disc: Disc,
        basis: Basis,
        towards: Option<PlaceId>,
        as_of: Timestamp,
    ) -> Candidate {
        Candidate { disc, basis, as_of, chain: vec![self.subject], place: None, towards }
    }
}

impl Next {
    pub const fn end(&self) -> End {
        End { at: self.at, disc: self.disc }
    }
}

/// The last sighting by `at`. What had left its last place before it was put
/// inside something was not seen where that happened.
pub fn last_seen(
    search: &Search,
    subject: Subject,
    timeline: &Timeline,
    at: Timestamp,
    inside: Option<&Membership>,
    nesting: usize,
) -> Option<Seen> {
    let left = |stop: &Stop, by| stop.departed.is_some_and(|it| it.at <= by);
    let counts = |stop: &&Stop| inside.is_none_or(|it| !left(stop, it.joined_at));
    let stop = timeline.stop_by(at).filter(counts);
    // What was taken out of a container is where that was at the moment.
    let taken_out = timeline.memberships.iter().rev().find_map(|it| {
        let until = it.until.filter(|until| *until <= at && inside.is_none())?;
        Some((until, it)).filter(|_| stop.is_none_or(|stop| stop.first_seen < until))
    });
    if let Some((until, membership)) = taken_out {
        let holder = Subject::Container(membership.container);
        if let Some(found) = search.nested(holder, until, nesting) {
            let basis = match found.basis {
                Basis::Measured | Basis::Scanned => Basis::Inherited,
                other => other,
            };
            return Some(Seen {
                at: until,
                confirmed_at: until,
                until,
                disc: found.disc,
                place: found.place,
                basis,
                firm: false,
                departed: membership.departed,
                subject,
            });
        }
    }
    let stop = stop?;
    let seen_at = if stop.last_seen <= at { stop.last_seen } else { stop.first_seen };
    Some(Seen {
        at: seen_at,
        confirmed_at: seen_at,
        until: stop.last_seen,
        disc: stop_disc(search, stop)?,
        place: Some(stop.place),
        basis: Basis::Scanned,
        firm: stop.firm,
        departed: stop.departed,
        subject,
    })
}

/// The next stop, fix or container after `at`.
pub fn next(
    search: &Search,
    timeline: &Timeline,
    at: Timestamp,
    inside: Option<&Membership>,
    heard: &[Heard],
    nesting: usize,
) -> Option<Next> {
    let later = timeline.stops.partition_point(|stop| stop.first_seen <= at);
    let stop = timeline.stops.get(later).and_then(|stop| {
        let disc = stop_disc(search, stop)?;
        Some(Next { at: stop.first_seen, disc, place: Some(stop.place), is_fix: false })
    });
    let fix = heard.iter().filter_map(|it| it.after.first()).min_by_key(|fix| fix.at);
    let fix = fix.map(|fix| {
        let disc = super::fixes::disc(fix);
        Next { at: fix.at, disc, place: None, is_fix: true }
    });
    let soonest = [stop, fix].into_iter().flatten().min_by_key(|next| next.at);
    let put_in = timeline.memberships.iter().find(|it| at < it.joined_at && inside.is_none());
    let put_in = put_in.filter(|it| soonest.as_ref().is_none_or(|next| it.joined_at < next.at));
    let joined = put_in.and_then(|it| {
        let found = search.nested(Subject::Container(it.container), it.joined_at, nesting)?;
        let (disc, place) = (found.disc, found.place);
        Some(Next { at: it.joined_at, disc, place, is_fix: false })
    });
    joined.or(soonest)
}
