//! What a subject's head says about where its news come from.

use domain::{
    id::{PlaceId, Subject, TrackerId},
    position::LatLon,
    record::{ExactPoint, PlaceKind, PlaceRecord, Record},
};

use crate::rows::Head;

/// A home, and the town that everybody else sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// Its exact point.
    pub at: LatLon,
    /// It lies within this many metres of it.
    pub radius_m: u32,
    /// The middle of its town.
    pub town: LatLon,
    /// The radius of its town in metres.
    pub town_radius_m: u32,
}

/// One link of a chain, as its head says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// How many events it has.
    pub seq: u64,
    /// Whether it was registered.
    pub registered: bool,
    /// What holds it.
    pub holder: Option<Subject>,
    /// What travels with it.
    pub tracker: Option<TrackerId>,
    /// Places it comes from, goes to, or was at.
    pub places: Vec<PlaceId>,
    /// Whether it is a tracker that follows a person.
    pub person: bool,
    /// The home it is.
    pub home: Option<Home>,
}

impl Link {
    /// Reads it from a head.
    pub fn of(head: &Head) -> Self {
        let state = &head.state;
        let mut link = Self {
            seq: head.seq,
            registered: state.record.is_some(),
            holder: state.holder.map(|(holder, _)| holder.subject()),
            tracker: state.tracker.map(|(tracker, _)| tracker),
            ..Self::default()
        };
        link.places.extend(state.last_place.map(|(place, _)| place));
        link.places.extend(state.leg.iter().flat_map(|it| [it.from, it.to]).flatten());
        match &state.record {
            Some(Record::Package(record)) => {
                link.places.extend([record.origin, record.destination].into_iter().flatten());
            }
            Some(Record::Tracker(record)) => link.person = record.person,
            Some(Record::Place(record)) => link.home = Home::of(record),
            _ => (),
        }
        link.places.sort_unstable();
        link.places.dedup();
        link
    }
}

impl Home {
    fn of(place: &PlaceRecord) -> Option<Self> {
        let (at, radius_m) = place.exact.as_ref().and_then(ExactPoint::get)?;
        (place.kind == PlaceKind::Home).then_some(Self {
            at,
            radius_m,
            town: place.at,
            town_radius_m: place.radius_m,
        })
    }
}
