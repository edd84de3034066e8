//! Checks the graph of lanes: whole, measured, and passing where ships pass.

use super::*;
use crate::geodesy::distance_m;

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::wrapped(lat, lon)
}

fn way(from: LatLon, to: LatLon) -> Way {
    LANES.way(&LANES.nearest(from, 1), &LANES.nearest(to, 1), to).expect("lanes hang together")
}

#[test]
fn hang_together() {
    let mut seen = vec![false; LANES.points.len()];
    let mut left = vec![0_u32];
    while let Some(point) = left.pop() {
        if !std::mem::replace(&mut seen[point as usize], true) {
            left.extend(LANES.edges_of(point).iter().map(|edge| edge.to));
        }
    }
    assert!(seen.iter().all(|it| *it));
    assert!(seen.len() > 5_000, "{} points", seen.len());
}

#[test]
fn edges_cost_at_least_their_length_and_lead_back() {
    for from in 0..LANES.points.len() as u32 {
        for edge in LANES.edges_of(from) {
            let length_m = distance_m(LANES.at(from), LANES.at(edge.to));
            assert!(f64::from(edge.price_m) > length_m * 0.993 - 1.0, "{length_m}");
            let back = LANES.edges_of(edge.to).iter().find(|it| it.to == from);
            assert_eq!(back.map(|it| it.price_m), Some(edge.price_m));
        }
    }
}

#[test]
fn finds_the_nearest_points_in_order() {
    let found = LANES.nearest(at(51.95, 4.1), 12);
    assert_eq!(found.len(), 12);
    assert!(found.is_sorted_by_key(|it| it.price_m));
    let least =
        (0..).zip(&LANES.points).map(|(point, it)| (distance_m(*it, at(51.95, 4.1)) as u32, point));
    assert_eq!(found[0].point, least.min().map(|(_, point): (u32, u32)| point).unwrap());
}

#[test]
fn finds_the_points_in_a_cell() {
    for point in (0..LANES.points.len() as u32).step_by(53) {
        assert!(LANES.in_cell(Cell::of(LANES.at(point))).any(|it| it == point));
    }
    assert_eq!(LANES.in_cell(Cell::of(at(48.14, 11.58))).count(), 0);
}

#[test]
fn pass_the_canals() {
    let passes = |from: LatLon, to: LatLon, name: &str| way(from, to).passages.contains(&name);
    assert!(passes(at(51.95, 4.1), at(1.26, 103.8), "Suez Canal"));
    assert!(passes(at(29.3, -94.6), at(33.7, -118.3), "Panama Canal"));
    assert!(passes(at(53.9, 8.7), at(54.5, 18.8), "Kiel Canal"));
    assert!(passes(at(41.85, -87.5), at(46.9, -71.1), "St Lawrence Seaway"));
    assert!(!passes(at(51.95, 4.1), at(35.3, 139.7), "Northern Sea Route"), "it is shut by ice");
}

#[test]
fn the_way_back_costs_the_same() {
    let (from, to) = (at(-33.0, -71.7), at(59.9, 30.1));
    let (there, back) = (way(from, to), way(to, from));
    assert!(there.price_m.abs_diff(back.price_m) < 10);
    assert_eq!(there.points.first(), back.points.last());
}

#[test]
fn access_is_paid_for_and_missing_access_is_no_way() {
    let (start, end) = (LANES.nearest(at(40.0, -30.0), 1), LANES.nearest(at(30.0, -50.0), 1));
    let goal = LANES.at(end[0].point);
    let near = |price_m| [Access { price_m, ..start[0] }];
    let arrive = [Access { price_m: 0, ..end[0] }];
    let least = LANES.way(&near(0), &arrive, goal).unwrap().price_m;
    assert_eq!(LANES.way(&near(70_000), &arrive, goal).unwrap().price_m, least + 70_000);
    assert_eq!(LANES.way(&[], &arrive, goal), None);
    assert_eq!(LANES.way(&near(0), &[], goal), None);
}
