//! Checks ways over cells: whole, on their ground, and the same every time.

use super::*;
use crate::position::LatLon;

fn cell(lat: f64, lon: f64) -> Cell {
    Cell::of(LatLon::wrapped(lat, lon))
}

fn length_m(way: &[Cell]) -> u32 {
    way.windows(2).map(|pair| pair[0].far_m(pair[1])).sum()
}

#[test]
fn ships_keep_to_the_water() {
    let (from, to) = (cell(43.2, 4.9), cell(44.3, 13.5));
    let way = way(from, to, Ground::Water).expect("round Italy");
    assert_eq!((way.first(), way.last()), (Some(&from), Some(&to)));
    assert!(way.iter().all(|cell| !cell.is_land()));
    assert!((2_200_000..3_000_000).contains(&length_m(&way)), "{}", length_m(&way));
}

#[test]
fn ships_do_not_cross_an_isthmus() {
    let (caribbean, pacific) = (cell(9.7, -79.7), cell(8.3, -79.3));
    let way = way(caribbean, pacific, Ground::Water).expect("round the Horn");
    assert!(length_m(&way) > 10_000_000, "{}", length_m(&way));
    assert_eq!(super::way(cell(41.0, 51.0), cell(43.0, 34.0), Ground::Water), None, "Caspian");
    assert_eq!(super::way(cell(48.1, 11.6), cell(43.0, 34.0), Ground::Water), None, "Munich");
}

#[test]
fn on_land_one_drives_round_the_water() {
    let (from, to) = (cell(40.85, 14.27), cell(41.39, 2.17));
    let way = way(from, to, Ground::Land).expect("land is always reached");
    let wet = way.iter().filter(|cell| !cell.is_land()).count();
    assert!(wet < 4, "{wet} cells of water between Naples and Barcelona");
    assert!(length_m(&way) < 1_900_000, "{}", length_m(&way));
}

#[test]
fn on_land_one_takes_a_ferry_where_there_is_no_other_way() {
    let way = way(cell(53.35, -6.26), cell(40.42, -3.7), Ground::Land).expect("always");
    assert!(way.iter().any(|cell| !cell.is_land()));
}

#[test]
fn a_way_to_where_one_is_is_short() {
    let here = cell(48.1, 11.6);
    assert_eq!(way(here, here, Ground::Land).unwrap().iter().filter(|it| **it != here).count(), 0);
    let next = here.offset(0, 1).unwrap();
    assert_eq!(way(here, next, Ground::Land).unwrap().last(), Some(&next));
}

#[test]
fn is_the_same_every_time() {
    let find = || way(cell(38.7, -9.1), cell(60.2, 24.9), Ground::Land);
    assert_eq!(find(), find());
}

#[test]
fn a_flood_spreads_over_water_alone() {
    let middle = cell(44.2, 8.9);
    let flood = flood(middle);
    assert!(flood.settled.len() > 200);
    assert!(flood.settled.is_sorted_by_key(|(_, price_m)| *price_m));
    let (last, price_m) = *flood.settled.last().unwrap();
    let way = flood.to(last);
    assert_eq!((way.first(), way.last()), (Some(&middle), Some(&last)));
    assert!(way.iter().all(|cell| !cell.is_land()));
    assert!(way.windows(2).all(|pair| pair[0].near_m(pair[1]) < 8_000), "step by step");
    assert!(length_m(&way).abs_diff(price_m) < price_m / 50 + 100);
}
