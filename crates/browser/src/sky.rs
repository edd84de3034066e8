//! Day and night on the map.

use domain::{position::LatLon, sun};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::instant;

/// Most points of the edge of the night.
const POINTS_MAX: u32 = 4_096;

/// Longitude and latitude of the point that the sun stands above.
#[must_use]
#[wasm_bindgen]
pub fn overhead(millis: f64) -> Vec<f64> {
    flat(&[sun::overhead(instant(millis))])
}

/// Longitudes and latitudes around where the sun stands lower than `altitude_deg`.
#[must_use]
#[wasm_bindgen]
pub fn night(millis: f64, altitude_deg: f64, points: u32) -> Vec<f64> {
    flat(&sun::night(instant(millis), altitude_deg, points.min(POINTS_MAX) as usize))
}

fn flat(points: &[LatLon]) -> Vec<f64> {
    points.iter().flat_map(|it| [it.lon(), it.lat()]).collect()
}
