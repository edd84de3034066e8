//! What everybody may know of where a person is: a region of about 10 km, never a
//! point. Homes show as their town; who travels with a tracker has no town.

use crate::{
    motion::Fix,
    position::{LatLon, Position},
};

/// Whatever is in a region lies within so many metres of its middle.
pub const COARSE_RADIUS_M: u32 = 10_000;
/// How high a region is, in 1e-7 degrees: 11 km.
const HIGH_E7: i64 = 1_000_000;
/// Around the Earth.
const ROUND_E7: i64 = 3_600_000_000;
/// The radius of a fix whose sender did not say, in metres.
const RADIUS_M: u32 = 30;

/// A fix as everybody may know it: in the middle of its region, without anything
/// that tells more. The grid stands still, so any number of fixes tells no more
/// than one.
#[must_use]
pub fn coarsened(fix: &Fix) -> Fix {
    let radius_m = fix.radius_95_mm.map_or(RADIUS_M, |it| it.div_ceil(1_000));
    let radius_95_m = COARSE_RADIUS_M.saturating_add(radius_m);
    Fix {
        at: fix.at,
        position: Position { at: middle(fix.position.at), height: None },
        radius_95_mm: Some(radius_95_m.saturating_mul(1_000)),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

/// The middle of the region that a point is in. A row holds as many regions as
/// keep them about as wide as high.
fn middle(at: LatLon) -> LatLon {
    let rows = 1_800_000_000 / HIGH_E7;
    let row = ((i64::from(at.lat_e7()) + 900_000_000) / HIGH_E7).min(rows - 1);
    let lat_e7 = row * HIGH_E7 + HIGH_E7 / 2 - 900_000_000;
    let around = (ROUND_E7 / HIGH_E7) as f64 * libm::cos((lat_e7 as f64 / 1e7).to_radians());
    let columns = (around as i64).max(1);
    let from_west = (i64::from(at.lon_e7()) + ROUND_E7 / 2).rem_euclid(ROUND_E7);
    let column = from_west * columns / ROUND_E7;
    let lon_e7 = (2 * column + 1) * ROUND_E7 / (2 * columns) - ROUND_E7 / 2;
    LatLon::from_e7(lat_e7 as i32, lon_e7 as i32).expect("the middle of a region is on Earth")
}
