//! Thinning a run of points: those that the straight way between their
//! neighbours explains are left out.

use super::Point;
use crate::{
    geodesy,
    motion::Fix,
    position::{Height, LatLon},
};

/// No point is left out that is further than this from what remains, in metres;
/// or than its own accuracy, where that is worse.
const ERROR_M: f64 = 15.0;

/// Ways up to here are nearly straight in degrees, in metres.
const SHORT_M: f64 = 10_000.0;
/// Further from the equator degrees of longitude are too short for that.
const LAT_MAX: f64 = 80.0;
/// The Earth's radius where it bends most, in metres.
const EARTH_M: f64 = 6_335_000.0;

/// The points that remain: the first, the last, and every one that would
/// otherwise be missed (Douglas and Peucker 1973, by time instead of by place).
#[must_use]
pub fn thinned(points: &[Point]) -> Vec<Point> {
    let mut keep = vec![false; points.len()];
    if let (Some(first), Some(last)) = (0.into(), points.len().checked_sub(1)) {
        (keep[first], keep[last]) = (true, true);
        keep_between(points, first, last, &mut keep);
    }
    std::iter::zip(points, keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

fn keep_between(points: &[Point], first: usize, last: usize, keep: &mut [bool]) {
    let (a, b) = (&points[first].fix, &points[last].fix);
    let span = b.at.since(a.at).max(1) as f64;
    let mut worst: Option<(f64, usize)> = None;
    for (at, point) in points.iter().enumerate().take(last).skip(first + 1) {
        let fix = &point.fix;
        let part = fix.at.since(a.at) as f64 / span;
        let allowed_m = ERROR_M.max(f64::from(fix.radius_95_mm.unwrap_or(0)) / 1000.0);
        let off_height_m = off_height_m(point, a, b, part);
        if off_bound_m(fix, a, b, part).max(off_height_m) <= allowed_m {
            continue;
        }
        let expected = geodesy::between(a.position.at, b.position.at, part);
        let off_m = geodesy::distance_m(expected, fix.position.at).max(off_height_m);
        let excess = off_m / allowed_m;
        if 1.0 < excess && worst.is_none_or(|(most, _)| most < excess) {
            worst = Some((excess, at));
        }
    }
    if let Some((_, at)) = worst {
        keep[at] = true;
        keep_between(points, first, at, keep);
        keep_between(points, at, last, keep);
    }
}

/// More metres than a fix is off the straight way, where a few multiplications
/// tell that: on short ways, far from the poles and from the edge of the map.
pub(super) fn off_bound_m(fix: &Fix, a: &Fix, b: &Fix, part: f64) -> f64 {
    let (from, to) = (a.position.at, b.position.at);
    let way_m = geodesy::distance_bound_m(from, to);
    let (lat, lon) = (to.lat() - from.lat(), to.lon() - from.lon());
    if SHORT_M < way_m || LAT_MAX < from.lat().abs() || 1.0 < lon.abs() {
        return f64::INFINITY;
    }
    let straight =
        LatLon::from_degrees(lat.mul_add(part, from.lat()), lon.mul_add(part, from.lon()));
    let Ok(straight) = straight else { return f64::INFINITY };
    // How far the shortest way bends away from the straight line of degrees, doubled.
    let bend_m = way_m * way_m / (4.0 * EARTH_M) * from.lat().to_radians().tan().abs();
    geodesy::distance_bound_m(straight, fix.position.at) + bend_m + 0.1
}

/// How far its height is from the straight way; a height that comes or goes is missed.
fn off_height_m(point: &Point, a: &Fix, b: &Fix, part: f64) -> f64 {
    let height_m = |fix: &Fix| fix.position.height.map(Height::ellipsoid_m);
    match (height_m(&point.fix), height_m(a), height_m(b)) {
        (None, _, _) => 0.0,
        (Some(here), Some(a), Some(b)) => ((b - a).mul_add(part, a) - here).abs(),
        (Some(_), _, _) => f64::INFINITY,
    }
}
