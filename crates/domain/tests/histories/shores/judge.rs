//! The shores by which answers are judged: cells of 1/120 degree, drawn by others
//! than those by which routes are found (see `scripts/earth/judge.py`).

use std::sync::LazyLock;

use domain::{geodesy, position::LatLon};

const PER_DEGREE: f64 = 120.0;
const ROWS: usize = 180 * 120;
const COLUMNS: u32 = 360 * 120;
/// Metres from the middle of a cell to its neighbour's in the north, at least.
const CELL_M: f64 = 920.0;

/// For each row, from north to south, where water and land begin by turns.
static EDGES: LazyLock<Vec<Vec<u32>>> = LazyLock::new(|| {
    let mut bytes = include_bytes!("../../fixtures/shores.bin").iter().copied();
    let row = |_| {
        let (mut at, mut edges) = (0, Vec::new());
        while at < COLUMNS {
            at += run(&mut bytes);
            edges.push(at);
        }
        edges
    };
    let rows = (0..ROWS).map(row).collect();
    assert_eq!(bytes.next(), None, "shores.bin has more than it says");
    rows
});

/// A number in base 128, the lowest digit first.
fn run(bytes: &mut impl Iterator<Item = u8>) -> u32 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes.next().expect("shores.bin has every row");
        value |= u32::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            return value;
        }
    }
}

/// Metres from a point to the middle of the nearest cell that is land, or water,
/// as wanted; nothing on such a cell, `None` when there is none within `reach_m`.
pub fn distance_m(at: LatLon, land: bool, reach_m: f64) -> Option<f64> {
    let row = row_of(at.lat());
    let column = (((at.lon() + 180.0) * PER_DEGREE) as u32).min(COLUMNS - 1);
    if is_land(row, column) == land {
        return Some(0.0);
    }
    let rows = (reach_m / CELL_M).ceil() as usize;
    let near = (row.saturating_sub(rows)..=(row + rows).min(ROWS - 1))
        .filter_map(|row| nearest_in_row(at, row, column, land, reach_m))
        .min_by(f64::total_cmp);
    near.filter(|it| *it <= reach_m)
}

fn nearest_in_row(at: LatLon, row: usize, column: u32, land: bool, reach_m: f64) -> Option<f64> {
    let lat = 90.0 - (row as f64 + 0.5) / PER_DEGREE;
    let width_m = (CELL_M * lat.to_radians().cos()).max(1.0);
    let columns = (reach_m / width_m).ceil().min(f64::from(COLUMNS / 2)) as u32;
    let to = |column: u32| {
        let lon = (f64::from(column) + 0.5) / PER_DEGREE - 180.0;
        geodesy::distance_m(at, LatLon::wrapped(lat, lon))
    };
    let fits = |column: &u32| is_land(row, *column) == land;
    let east = (0..=columns).map(|step| (column + step) % COLUMNS).find(fits);
    let west = (0..=columns).map(|step| (column + COLUMNS - step) % COLUMNS).find(fits);
    east.into_iter().chain(west).map(to).min_by(f64::total_cmp)
}

fn row_of(lat: f64) -> usize {
    (((90.0 - lat) * PER_DEGREE) as usize).min(ROWS - 1)
}

fn is_land(row: usize, column: u32) -> bool {
    EDGES[row].partition_point(|edge| *edge <= column) % 2 == 1
}

#[test]
fn the_shores_are_where_they_are_known_to_be() {
    let at = |lat, lon| LatLon::from_degrees(lat, lon).unwrap();
    let inland = |lat, lon| distance_m(at(lat, lon), false, 5_000.0);
    let offshore = |lat, lon| distance_m(at(lat, lon), true, 5_000.0);
    for (lat, lon) in [(48.14, 11.58), (38.5, -98.0), (-25.0, 135.0), (-80.0, 20.0), (67.0, 179.5)]
    {
        assert_eq!((inland(lat, lon), offshore(lat, lon)), (None, Some(0.0)), "{lat} {lon}");
    }
    for (lat, lon) in [(56.0, 3.0), (0.0, -140.0), (43.5, -87.0), (42.0, 50.5), (-16.0, -179.99)] {
        assert_eq!((inland(lat, lon), offshore(lat, lon)), (Some(0.0), None), "{lat} {lon}");
    }
    // The Thames below Tilbury is 1 km wide, which the routes' mask does not see.
    assert_eq!(inland(51.47, 0.45), Some(0.0));
    let dover_m = offshore(51.09, 1.34).unwrap();
    assert!((500.0..4_000.0).contains(&dover_m), "{dover_m}");
}
