//! The place nearest to a point.

use domain::geodesy;
use domain::position::LatLon;

use super::store::{NearbyOrder, Run};
use super::{Entry, Gazetteer, Kind};

/// Latitude of one band of the index, in degrees: 180° / 256.
const BAND_DEG: f64 = 180.0 / 256.0;
const BANDS: i32 = 256;
const METRES_PER_DEGREE: f64 = 110_500.0;
const LON_Q: f64 = 16_777_216.0;
/// Mean radius of the Earth.
const SPHERE_M: f64 = 6_371_008.8;
/// Distances on the sphere are off by up to 0.56 %.
const SPHERE_ERROR: f64 = 0.006;

impl Gazetteer {
    /// The entry of a kind whose point is nearest, and how far that is in metres.
    /// For countries prefer the country of the nearest town: a big country's point
    /// may be farther than a small neighbour's.
    pub fn nearest(&self, to: LatLon, kind: Kind) -> Option<(Entry, f64)> {
        let runs: &[Run] = match kind {
            Kind::Country => &[Run::Countries],
            Kind::City => &[Run::Cities],
            Kind::Airport => &[Run::Airports],
            Kind::Port => &[Run::Ports, Run::LocodePorts],
        };
        // Most points have a neighbour in the first ring; the last holds the Earth.
        for reach_m in [50_000.0, 300_000.0, 1_500_000.0, 3_000_000.0, 21_000_000.0] {
            let near: Vec<(f64, u32)> =
                runs.iter().flat_map(|run| self.roughly_within(*run, to, reach_m)).collect();
            let least_m = near.iter().map(|(rough_m, _)| *rough_m).fold(f64::INFINITY, f64::min);
            let exact = near
                .iter()
                .filter(|(rough_m, _)| *rough_m <= least_m * (1.0 + 2.0 * SPHERE_ERROR))
                .map(|(_, id)| (geodesy::distance_m(to, self.store.record(*id).at()), *id))
                .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let Some((distance_m, id)) = exact.filter(|(distance_m, _)| *distance_m <= reach_m) {
                return Some((self.entry(id), distance_m));
            }
        }
        None
    }

    /// Entries of a run within `reach_m`, nearest first.
    pub(super) fn within(&self, run: Run, of: LatLon, reach_m: f64) -> Vec<(f64, u32)> {
        let mut found: Vec<(f64, u32)> = self
            .roughly_within(run, of, reach_m)
            .into_iter()
            .map(|(_, id)| (geodesy::distance_m(of, self.store.record(id).at()), id))
            .filter(|(distance_m, _)| *distance_m <= reach_m)
            .collect();
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found
    }

    /// Every entry of a run within `reach_m` and perhaps a few beyond, with its distance
    /// on a sphere: a geodesic costs a hundred times as much.
    fn roughly_within(&self, run: Run, of: LatLon, reach_m: f64) -> Vec<(f64, u32)> {
        let order = self.store.nearby(run);
        let home = band(of);
        let rows = (reach_m / METRES_PER_DEGREE / BAND_DEG).ceil() as i32;
        let from = Direction::of(of);
        let mut found = Vec::new();
        for row in (home - rows).max(0)..=(home + rows).min(BANDS - 1) {
            for id in in_row(&order, row, of, reach_m) {
                let rough_m = from.metres_to(Direction::of(self.store.record(id).at()));
                if rough_m <= reach_m * (1.0 + SPHERE_ERROR) {
                    found.push((rough_m, id));
                }
            }
        }
        found
    }
}

/// A point as a unit vector.
#[derive(Clone, Copy)]
struct Direction([f64; 3]);

impl Direction {
    fn of(at: LatLon) -> Self {
        let (lat_sin, lat_cos) = at.lat().to_radians().sin_cos();
        let (lon_sin, lon_cos) = at.lon().to_radians().sin_cos();
        Self([lat_cos * lon_cos, lat_cos * lon_sin, lat_sin])
    }

    fn metres_to(self, other: Self) -> f64 {
        let squares = self.0.iter().zip(other.0).map(|(a, b)| (a - b) * (a - b));
        let chord: f64 = squares.sum::<f64>().sqrt();
        2.0 * (chord / 2.0).min(1.0).asin() * SPHERE_M
    }
}

fn band(at: LatLon) -> i32 {
    (((at.lat() + 90.0) / BAND_DEG) as i32).clamp(0, BANDS - 1)
}

/// Entries of one band that may lie within `reach_m` of the point, by longitude alone.
fn in_row(order: &NearbyOrder<'_>, row: i32, of: LatLon, reach_m: f64) -> Vec<u32> {
    let edge_deg = (f64::from(row) * BAND_DEG - 90.0).abs();
    let other_edge_deg = (f64::from(row + 1) * BAND_DEG - 90.0).abs();
    let widest_lat_deg = edge_deg.max(other_edge_deg).max(of.lat().abs());
    let reach_deg = reach_m / METRES_PER_DEGREE;
    let row = row as u32;
    // Near a pole, and for discs that are no longer flat, every longitude may be near.
    let half_deg = if widest_lat_deg + reach_deg >= 80.0 || reach_deg > 20.0 {
        180.0
    } else {
        reach_deg / widest_lat_deg.to_radians().cos() * 1.05 + 0.01
    };
    let quantised =
        |lon_deg: f64| (((lon_deg + 180.0) / 360.0 * LON_Q) as i64).clamp(0, 1 << 24) as u32;
    if half_deg >= 180.0 {
        return order.between(row, 0..1 << 24).collect();
    }
    let (west, east) = (of.lon() - half_deg, of.lon() + half_deg);
    let mut found: Vec<u32> = order.between(row, quantised(west)..quantised(east) + 1).collect();
    if west < -180.0 {
        found.extend(order.between(row, quantised(west + 360.0)..1 << 24));
    }
    if east >= 180.0 {
        found.extend(order.between(row, 0..quantised(east - 360.0) + 1));
    }
    found
}
