//! Where a holder is over a time: points with instants, an even movement between
//! two, rest before the first and after the last.

use minicbor::{Decode, Encode};

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
        let after = self.0.partition_point(|it| it.at <= at);
        let Some(from) = after.checked_sub(1).map(|it| &self.0[it]) else {
            return (self.0[0].position, self.0[0].height_dm);
        };
        let Some(to) = self.0.get(after) else { return (from.position, from.height_dm) };
        let part = at.since(from.at) as f64 / to.at.since(from.at).max(1) as f64;
        let height = match (from.height_dm, to.height_dm) {
            (Some(a), Some(b)) => Some((f64::from(b - a).mul_add(part, f64::from(a))) as i32),
            (a, _) => a,
        };
        (between(from.position, to.position, part), height)
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

/// The point of the great circle between two at a part of the way.
fn between(a: LatLon, b: LatLon, part: f64) -> LatLon {
    let (from, to) = (unit(a), unit(b));
    let cos: f64 = (0..3).map(|axis| from[axis] * to[axis]).sum();
    let angle = libm::acos(cos.clamp(-1.0, 1.0));
    let (near, far) = if angle < 1e-9 {
        (1.0 - part, part)
    } else {
        let sin = libm::sin(angle);
        (libm::sin((1.0 - part) * angle) / sin, libm::sin(part * angle) / sin)
    };
    let at: [f64; 3] = std::array::from_fn(|axis| near * from[axis] + far * to[axis]);
    let lat = libm::atan2(at[2], at[0].hypot(at[1])).to_degrees();
    LatLon::wrapped(lat, libm::atan2(at[1], at[0]).to_degrees())
}

fn unit(at: LatLon) -> [f64; 3] {
    let (lat, lon) = (at.lat().to_radians(), at.lon().to_radians());
    [libm::cos(lat) * libm::cos(lon), libm::cos(lat) * libm::sin(lon), libm::sin(lat)]
}
