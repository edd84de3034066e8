//! Where a holder is over a time: points with instants, an even movement between
//! two, rest before the first and after the last.

use minicbor::{Decode, Encode};

use super::stretch::Stretch;
use crate::{geodesy::distance_m, position::LatLon, time::Timestamp};

/// Most points of a path.
pub const WAYPOINTS_MAX: usize = 48;

/// A point of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Waypoint {
    /// When.
    #[n(0)]
    pub at: Timestamp,
    /// Where.
    #[n(1)]
    pub position: LatLon,
    /// Decimetres above the WGS 84 ellipsoid, where anything says so.
    #[n(2)]
    pub height_dm: Option<i32>,
}

/// Where something is over a time; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Path(#[n(0)] Vec<Waypoint>);

impl Path {
    /// A path along these points, oldest first; `None` if there is none.
    #[must_use]
    pub fn along(mut points: Vec<Waypoint>) -> Option<Self> {
        points.truncate(WAYPOINTS_MAX);
        points.dedup_by_key(|it| it.at);
        (!points.is_empty()).then_some(Self(points))
    }

    /// Its points.
    #[must_use]
    pub fn points(&self) -> &[Waypoint] {
        &self.0
    }

    /// Whether it goes anywhere.
    #[must_use]
    pub fn is_resting(&self) -> bool {
        self.0.iter().all(|it| it.position == self.0[0].position)
    }

    /// Where it is at an instant, and its height in decimetres.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> (LatLon, Option<i32>) {
        let millis = at.millis() as f64;
        let place = Stretch::on(&self.0, millis).expect("a path has points").at(millis);
        let height_dm = place.height_m.map(|it| libm::round(it * 10.0) as i32);
        (LatLon::wrapped(place.lat, place.lon), height_dm)
    }

    /// The part of it that matters between two instants: the points in between and
    /// one on either side.
    #[must_use]
    pub fn during(&self, from: Timestamp, to: Timestamp) -> &[Waypoint] {
        let first = self.0.partition_point(|it| it.at <= from).saturating_sub(1);
        let last = self.0.partition_point(|it| it.at < to);
        &self.0[first..(last + 1).min(self.0.len())]
    }

    /// How far it moves, at most, between two of its points' instants, in metres.
    #[must_use]
    pub fn length_m(&self, from: Timestamp, to: Timestamp) -> f64 {
        let points = self.during(from, to);
        points.windows(2).map(|it| distance_m(it[0].position, it[1].position)).sum()
    }
}
