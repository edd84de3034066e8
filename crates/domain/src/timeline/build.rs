//! Reads a timeline from events: one pass in the order in which they count.

use super::{Departure, Membership, Stop, Timeline, TrackerSpan};
use crate::{
    event::{Event, Fact, Holder},
    id::{EventId, PlaceId, TrackerId},
    mode::Mode,
    state::{State, in_order, next_status, voided},
    time::Timestamp,
};

/// The timeline of events of one subject, given in any order.
pub(super) fn timeline(events: &[Event]) -> Timeline {
    let sorted = in_order(events);
    let voided = voided(&sorted);
    let mut builder = Builder::default();
    for event in sorted.iter().filter(|it| !voided.contains(&it.id)) {
        if let Some(fact) = event.fact.asserted() {
            builder.take(event, fact);
            builder.state = builder.state.applied(event, false);
        }
    }
    let mut timeline = builder.timeline;
    timeline.record = builder.state.record;
    timeline.registered_at = builder.state.registered_at;
    timeline
}

#[derive(Default)]
struct Builder {
    timeline: Timeline,
    /// What the facts so far amount to.
    state: State,
    /// True when it was put into or taken out of a container since its last stop:
    /// what is said next is not about that stop any more.
    carried: bool,
}

impl Builder {
    fn take(&mut self, event: &Event, fact: &Fact) {
        let at = event.effective_at();
        self.take_status(fact, at);
        self.take_holder(event.id, fact, at);
        self.take_tracker(fact, at);
        let floor = if let Fact::Scanned { floor, .. } = fact { floor.as_deref() } else { None };
        if let Some(place) = self.state.seen_at(fact) {
            self.seen(place, floor, at, is_firm(fact));
        }
        self.take_departure(fact, at);
        if let Fact::Positioned(measurement) = fact {
            self.timeline.fixes.push(measurement.fix(at));
        }
    }

    fn take_status(&mut self, fact: &Fact, at: Timestamp) {
        if let Some(next) = next_status(&self.state, fact) {
            self.timeline.statuses.push((at, next));
        }
        if let Fact::Returning { to, .. } = fact {
            self.timeline.returning.push((at, *to));
        }
    }

    fn take_holder(&mut self, event: EventId, fact: &Fact, at: Timestamp) {
        let open = self.timeline.memberships.last_mut().filter(|it| it.until.is_none());
        match (fact, open) {
            (Fact::Joined(Holder::Container(container)), open) => {
                match open {
                    Some(open) if open.container == *container => return,
                    Some(open) => open.until = Some(at),
                    None => (),
                }
                self.timeline.memberships.push(Membership {
                    container: *container,
                    joined_at: at,
                    event,
                    until: None,
                    departed: None,
                });
                self.carried = true;
            }
            (Fact::Left(Holder::Container(container)), Some(open))
                if open.container == *container =>
            {
                open.until = Some(at);
                self.carried = true;
            }
            (fact, Some(open)) if is_firm(fact) => {
                open.until = Some(at);
                self.carried = true;
            }
            _ => (),
        }
    }

    fn take_tracker(&mut self, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::TrackerAttached(tracker) if !self.carries(*tracker) => {
                let span = TrackerSpan { tracker: *tracker, from: at, until: None };
                self.timeline.trackers.push(span);
            }
            Fact::TrackerDetached(tracker) => {
                let open = self.timeline.trackers.iter_mut().filter(|it| it.until.is_none());
                for span in open.filter(|it| it.tracker == *tracker) {
                    span.until = Some(at);
                }
            }
            _ => (),
        }
    }

    fn take_departure(&mut self, fact: &Fact, at: Timestamp) {
        let unsaid = Departure { at, to: None, mode: None, expected_at: None };
        let (from, departure) = match fact {
            Fact::Departed { from, to, mode, expected_at } => {
                let departure = Departure { at, to: *to, mode: *mode, expected_at: *expected_at };
                (*from, departure)
            }
            // The last way is a drive, whatever brought it here.
            Fact::OutForDelivery { from } => {
                (*from, Departure { mode: Some(Mode::Road), ..unsaid })
            }
            Fact::PickedUp { place } => (*place, unsaid),
            Fact::Left(Holder::Place(place)) if self.rests_at(*place) => (Some(*place), unsaid),
            _ => return,
        };
        // A movement before any sighting starts at the package's origin.
        if let (None, true, Some(record)) = (from, self.is_unseen(), self.state.package())
            && let Some(origin) = record.origin
        {
            self.seen(origin, None, at, false);
        }
        self.depart(departure);
    }

    /// A sighting: part of the stop it continues, or a new one.
    fn seen(&mut self, place: PlaceId, floor: Option<&str>, at: Timestamp, firm: bool) {
        let carried = std::mem::take(&mut self.carried);
        if let Some(stop) = self.timeline.stops.last_mut() {
            let stayed = !carried && stop.departed.is_none_or(|departed| departed.at == at);
            let same_floor = floor.is_none() || floor == stop.floor.as_deref();
            if stop.place == place && stayed && same_floor {
                stop.last_seen = at;
                stop.firm |= firm;
                return;
            }
        }
        let floor = floor.map(ToOwned::to_owned);
        let stop = Stop { place, floor, first_seen: at, last_seen: at, departed: None, firm };
        self.timeline.stops.push(stop);
    }

    /// A departure from where it was last. A second one before it is seen
    /// elsewhere tells more about the same movement, not about another start.
    fn depart(&mut self, departure: Departure) {
        let departed = if self.carried {
            // Inside a container it moves as that does.
            let released = self.timeline.memberships.last_mut().filter(|it| it.until.is_some());
            released.map(|it| &mut it.departed)
        } else {
            self.timeline.stops.last_mut().map(|it| &mut it.departed)
        };
        let Some(departed) = departed else { return };
        *departed = Some(departed.map_or(departure, |first| Departure {
            at: first.at,
            to: departure.to.or(first.to),
            mode: departure.mode.or(first.mode),
            expected_at: departure.expected_at.or(first.expected_at),
        }));
    }

    fn is_unseen(&self) -> bool {
        self.timeline.stops.is_empty() && self.timeline.memberships.is_empty()
    }

    fn rests_at(&self, place: PlaceId) -> bool {
        let stop = self.timeline.stops.last();
        !self.carried && stop.is_some_and(|it| it.place == place && it.departed.is_none())
    }

    fn carries(&self, tracker: TrackerId) -> bool {
        let mut open = self.timeline.trackers.iter().filter(|it| it.until.is_none());
        open.any(|it| it.tracker == tracker)
    }
}

/// True for facts after which a thing stays where it is, out of any container.
const fn is_firm(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ReadyToCollect { .. }
            | Fact::Delivered { .. }
            | Fact::Returned { .. }
            | Fact::Joined(Holder::Place(_))
    )
}
