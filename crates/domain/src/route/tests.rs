//! Checks whole routes: where they lead, what they avoid, and how they end.

use super::*;
use crate::land::is_land;
use places::{CITIES, PORTS};

mod places;

fn place(list: &[(&str, f64, f64)], name: &str) -> LatLon {
    let found = list.iter().find(|(it, ..)| *it == name).expect("the place is listed");
    LatLon::from_degrees(found.1, found.2).unwrap()
}

fn by_sea(from: &str, to: &str) -> Route {
    route(place(PORTS, from), place(PORTS, to), Medium::Water)
}

fn by_road(from: &str, to: &str) -> Route {
    route(place(CITIES, from), place(CITIES, to), Medium::Land)
}

fn km(route: &Route) -> f64 {
    route.length_m() / 1000.0
}

#[test]
fn rotterdam_to_singapore_passes_suez() {
    let route = by_sea("Rotterdam", "Singapore");
    assert_eq!(route.passages(), ["Suez Canal"]);
    // 8,300 nautical miles by the tables.
    assert!((15_000.0..16_200.0).contains(&km(&route)), "{}", km(&route));
    assert_eq!(route.certainty(), Certainty::Network);
}

#[test]
fn valparaiso_to_santos_rounds_the_south() {
    let route = by_sea("Valparaiso", "Santos");
    let southmost = route.points().iter().map(|at| at.lat()).fold(90.0, f64::min);
    assert!((-58.0..-51.0).contains(&southmost), "{southmost}");
    assert!((5_500.0..7_200.0).contains(&km(&route)), "{}", km(&route));
}

#[test]
fn hamburg_to_new_york_goes_down_the_elbe() {
    let route = by_sea("Hamburg", "New York");
    assert_eq!(route.passages(), ["Elbe"]);
    assert!((6_200.0..7_000.0).contains(&km(&route)), "{}", km(&route));
    assert!(route.held_parts().next().is_none());
}

#[test]
fn a_short_crossing_is_short() {
    let route = by_sea("Copenhagen", "Malmo");
    assert!((20.0..45.0).contains(&km(&route)), "{}", km(&route));
}

#[test]
fn auckland_to_los_angeles_crosses_the_antimeridian_once() {
    let route = by_sea("Auckland", "Los Angeles");
    assert!((10_400.0..11_300.0).contains(&km(&route)), "{}", km(&route));
    let jumps = route.points().windows(2).filter(|it| (it[0].lon() - it[1].lon()).abs() > 180.0);
    assert_eq!(jumps.count(), 1);
    let before = route.at(route.length_m() * 0.2);
    assert!(before.lon() > 170.0 || before.lon() < -130.0, "{before:?}");
}

#[test]
fn lisbon_to_vladivostok_stays_on_land() {
    let route = by_road("Lisbon", "Vladivostok");
    assert_eq!(route.certainty(), Certainty::Network);
    assert!((10_129.0..11_000.0).contains(&km(&route)), "{}", km(&route));
}

#[test]
fn london_to_paris_waits_at_the_channel() {
    let route = by_road("London", "Paris");
    assert_eq!(route.certainty(), Certainty::Unknown);
    assert!((344.0..500.0).contains(&km(&route)), "{}", km(&route));
    let held: Vec<_> = route.held_parts().collect();
    let [(last, first)] = held[..] else { panic!("one crossing, not {held:?}") };
    assert!(is_land(last) && is_land(first));
    let crossing_m = distance_m(last, first);
    assert!((30_000.0..60_000.0).contains(&crossing_m), "{crossing_m}");

    let mut metres = 0.0;
    while route.at(metres) != last {
        metres += 500.0;
        assert!(metres < route.length_m(), "the way rests at the shore");
    }
    assert!(route.held_m(metres) < 600.0);
    let (quarter_m, late_m) = (metres + crossing_m * 0.25, metres + crossing_m * 0.75);
    assert_eq!((route.at(quarter_m), route.at(late_m)), (last, first));
    assert!((route.held_m(quarter_m) - crossing_m * 0.25).abs() < 600.0);
    assert!(route.held_m(late_m) < crossing_m / 2.0, "never more than half of it");
    assert_eq!(route.held_m(1_000.0), 0.0);
}

#[test]
fn the_nearest_point_of_a_way_is_on_it() {
    let route = by_sea("Rotterdam", "Singapore");
    for metres in [0.0, 1e6, 7.3e6, 1.2e7, route.length_m()] {
        let on_it = route.at(metres);
        assert!(distance_m(route.nearest(on_it), on_it) < 1.0, "{metres}");
    }
    let kazan = LatLon::from_degrees(55.8, 49.1).unwrap();
    let nearest_m = distance_m(route.nearest(kazan), kazan);
    let sampled = (0..20_000).map(|it| distance_m(route.at(f64::from(it) * 1_000.0), kazan));
    let sampled_m = sampled.min_by(f64::total_cmp).unwrap();
    // The way is drawn on the sphere, and measured on the ellipsoid.
    assert!((sampled_m - nearest_m).abs() < 0.005 * nearest_m, "{nearest_m} {sampled_m}");
    let waiting = by_road("London", "Paris");
    let (last, first) = waiting.held_parts().next().unwrap();
    let mid_channel = LatLon::from_degrees(51.0, 1.5).unwrap();
    assert!([last, first].contains(&waiting.nearest(mid_channel)), "it rests at a shore");
}

#[test]
fn dublin_to_madrid_needs_ferries() {
    let route = by_road("Dublin", "Madrid");
    assert_eq!(route.certainty(), Certainty::Unknown);
    assert!(km(&route) < 2_200.0, "{}", km(&route));
}

#[test]
fn vladivostok_to_anchorage_by_road_crosses_at_bering() {
    let route = by_road("Vladivostok", "Anchorage");
    let north = route.points().iter().any(|at| at.lat() > 63.0 && at.lon() < -160.0);
    assert!(north, "the way over Chukotka");
    assert!(route.points().iter().all(|at| at.lon() > 120.0 || at.lon() < -140.0));
}

#[test]
fn through_the_air_is_the_geodesic_itself() {
    let (from, to) = (place(CITIES, "Tokyo"), place(CITIES, "San Francisco"));
    let route = route(from, to, Medium::Air);
    assert_eq!(route.certainty(), Certainty::Geodesic);
    assert_eq!(route.length_m(), distance_m(from, to));
    assert_eq!(route.points(), [from, to]);
    let (_, azimuth_deg) = inverse(from, to);
    let quarter = destination(from, azimuth_deg, route.length_m() * 0.25);
    assert!(distance_m(route.at_fraction(0.25), quarter) < 0.05);
}

#[test]
fn begins_and_ends_where_it_should_and_moves_evenly() {
    for medium in [Medium::Air, Medium::Land, Medium::Water] {
        let (from, to) = (place(PORTS, "Genoa"), place(PORTS, "Naples"));
        let route = route(from, to, medium);
        assert_eq!((route.at(0.0), route.at(route.length_m())), (from, to));
        assert_eq!((route.at(-5.0), route.at(f64::MAX)), (from, to));
        for step in 0..200 {
            let metres = route.length_m() * f64::from(step) / 200.0;
            let ahead_m = route.length_m() / 200.0;
            let moved_m = distance_m(route.at(metres), route.at(metres + ahead_m));
            assert!(moved_m <= ahead_m * 1.001 + 0.1, "{medium:?} {step}: {moved_m} of {ahead_m}");
        }
    }
}

#[test]
fn awkward_ends_do_no_harm() {
    let at = |lat, lon| LatLon::wrapped(lat, lon);
    let ends = [
        (at(90.0, 0.0), at(-90.0, 0.0)),
        (at(90.0, 0.0), at(90.0, 120.0)),
        (at(-90.0, 10.0), at(-33.9, 18.4)),
        (at(10.0, 20.0), at(-10.0, -160.0)),
        (at(48.0, 11.0), at(48.0, 11.0)),
        (at(48.0, 11.0), at(48.000_009, 11.0)),
        (at(54.0, 5.0), at(54.0, 5.000_015)),
        (at(65.0, 179.999), at(65.0, -179.999)),
        (at(0.0, -140.0), at(0.0, 40.0)),
    ];
    for medium in [Medium::Air, Medium::Land, Medium::Water] {
        for (from, to) in ends {
            let route = route(from, to, medium);
            assert_eq!(route.at(0.0), from, "{medium:?} {from:?} {to:?}");
            assert!(
                distance_m(route.at(route.length_m()), to) < 0.02,
                "{medium:?} {from:?} {to:?}"
            );
            assert!(route.length_m() + 0.001 >= distance_m(from, to));
            for metres in [f64::NAN, f64::INFINITY, -1.0, route.length_m() * 0.37] {
                let point = route.at(metres);
                assert!(point.lat().abs() <= 90.0);
                assert!(route.held_m(metres) >= 0.0);
            }
        }
    }
}

#[test]
fn a_metre_is_a_metre() {
    let (from, to) = (LatLon::wrapped(48.0, 11.0), LatLon::wrapped(48.000_009, 11.0));
    for medium in [Medium::Air, Medium::Land] {
        let route = route(from, to, medium);
        assert!((route.length_m() - 1.0).abs() < 0.01, "{medium:?} {}", route.length_m());
    }
}
