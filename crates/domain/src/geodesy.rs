//! Geodesics on the WGS 84 ellipsoid (Karney 2013, by `geographiclib-rs`).

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use crate::position::LatLon;

/// No degree of latitude or longitude is longer, in metres.
const DEGREE_MAX_M: f64 = 111_700.0;
/// A whole turn in ten-millionths of a degree.
const TURN_E7: u64 = 3_600_000_000;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Metres along the shortest path between two points.
pub fn distance_m(from: LatLon, to: LatLon) -> f64 {
    WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon())
}

/// More metres than lie between two points, at the cost of a multiplication: a
/// meridian's longest degree and the equator's are taken for every degree.
#[must_use]
pub fn distance_bound_m(from: LatLon, to: LatLon) -> f64 {
    let lat = i64::from(from.lat_e7()).abs_diff(i64::from(to.lat_e7()));
    let lon = i64::from(from.lon_e7()).abs_diff(i64::from(to.lon_e7()));
    let lon = lon.min(TURN_E7.abs_diff(lon));
    (lat + lon) as f64 * DEGREE_MAX_M / 1e7
}

/// The shortest path between two points: how far, and in which direction it
/// leaves `from` (degrees clockwise from north).
pub fn inverse(from: LatLon, to: LatLon) -> (f64, f64) {
    let (distance_m, azimuth_deg, _, _) = WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon());
    (distance_m, azimuth_deg)
}

/// The point `distance_m` metres from `from` along the geodesic that leaves it
/// at `azimuth_deg`.
#[must_use]
pub fn destination(from: LatLon, azimuth_deg: f64, distance_m: f64) -> LatLon {
    let (lat, lon) = WGS84.direct(from.lat(), from.lon(), azimuth_deg, distance_m);
    LatLon::wrapped(lat, lon)
}

/// The point at `fraction` (0 to 1) of the shortest path between two points.
#[must_use]
pub fn between(from: LatLon, to: LatLon, fraction: f64) -> LatLon {
    let (distance_m, azimuth_deg) = inverse(from, to);
    destination(from, azimuth_deg, distance_m * fraction)
}

#[cfg(test)]
mod tests;
