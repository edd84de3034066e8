//! Geodesics on the WGS 84 ellipsoid (Karney 2013, by `geographiclib-rs`).

use std::sync::LazyLock;

use geographiclib_rs::{DirectGeodesic, Geodesic, InverseGeodesic};

use crate::position::LatLon;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Metres along the shortest path between two points.
pub fn distance_m(from: LatLon, to: LatLon) -> f64 {
    WGS84.inverse(from.lat(), from.lon(), to.lat(), to.lon())
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
