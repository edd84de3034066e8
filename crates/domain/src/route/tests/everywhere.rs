//! Ten thousand random instants of random legs: no truck far offshore, no
//! vessel far inland. Here the mask is the judge; `scripts/earth/check.py` asks
//! the true shores.

use super::*;
use crate::lanes::LANES;

const LEGS: usize = 1_000;
const INSTANTS: usize = 10;
const LIMIT_M: f64 = 5_000.0;

#[test]
fn no_truck_is_far_offshore() {
    let judge = |point: LatLon, _: &Route| nearest_m(point, true) <= LIMIT_M;
    assert_eq!(strays(Medium::Land, CITIES, judge), Vec::<String>::new());
}

#[test]
fn no_vessel_is_far_inland() {
    // The mask is blind to water narrower than a cell, such as the Thames. What
    // lanes do there was held against the true shores when they were built.
    let blind_m = 6_000.0;
    let judge = |point: LatLon, route: &Route| {
        let inland_m = nearest_m(point, false);
        inland_m <= LIMIT_M
            || on_lane(point, |name| name.is_some_and(|it| route.passages().contains(&it)))
            || (inland_m <= LIMIT_M + blind_m || is_up_the_st_lawrence(point))
                && on_lane(point, |_| true)
    };
    assert_eq!(strays(Medium::Water, PORTS, judge), Vec::<String>::new());
}

/// Above Québec the river is narrower than a cell for 200 km on end, and only
/// some of its lanes have its name.
fn is_up_the_st_lawrence(point: LatLon) -> bool {
    (45.3..47.0).contains(&point.lat()) && (-74.0..-71.0).contains(&point.lon())
}

/// The instants that the judge refuses, except close to an end of their leg.
fn strays(
    medium: Medium,
    places: &[(&str, f64, f64)],
    fits: impl Fn(LatLon, &Route) -> bool,
) -> Vec<String> {
    let mut seed = 20_261_123;
    let mut strays = Vec::new();
    for _ in 0..LEGS {
        let from = places[pick(&mut seed, places.len())];
        let to = places[pick(&mut seed, places.len())];
        let route = route(place(places, from.0), place(places, to.0), medium);
        for _ in 0..INSTANTS {
            let metres = route.length_m() * pick(&mut seed, 1_000_001) as f64 / 1e6;
            let point = route.at(metres);
            let ends = [route.at(0.0), route.at(route.length_m())];
            let end_m = distance_m(point, ends[0]).min(distance_m(point, ends[1]));
            if end_m > LIMIT_M && !fits(point, &route) {
                let (lat, lon) = (point.lat(), point.lon());
                strays.push(format!("{} to {}: {lat:.3} {lon:.3}", from.0, to.0));
            }
        }
    }
    strays
}

fn nearest_m(point: LatLon, wanted_land: bool) -> f64 {
    // Narrow cells near the poles: look farther east and west.
    let reach = if point.lat().abs() > 75.0 { 12 } else { 4 };
    let nearest = Cell::of(point).nearest(reach, |cell| cell.is_land() == wanted_land);
    nearest.map_or(f64::INFINITY, |cell| distance_m(cell.centre(), point))
}

fn on_lane(point: LatLon, fits: impl Fn(Option<&str>) -> bool) -> bool {
    LANES.edges().filter(|(name, ..)| fits(*name)).any(|(_, from, to)| {
        let (out_m, back_m) = (distance_m(from, point), distance_m(point, to));
        out_m + back_m <= distance_m(from, to) + 200.0
    })
}

/// A number below `below` (SplitMix64).
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % below as u64) as usize
}
