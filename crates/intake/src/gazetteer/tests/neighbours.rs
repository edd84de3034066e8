//! The nearest place.

use domain::geodesy::distance_m;
use domain::position::LatLon;
use proptest::prelude::*;

use super::super::store::Run;
use super::super::{Gazetteer, Kind};

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::from_degrees(lat, lon).unwrap()
}

fn nearest_key(lat: f64, lon: f64, kind: Kind) -> String {
    Gazetteer::embedded().nearest(at(lat, lon), kind).unwrap().0.key
}

#[test]
fn known_neighbours() {
    assert_eq!(nearest_key(50.03, 8.55, Kind::Airport), "iata:FRA");
    assert_eq!(nearest_key(-29.87, 31.05, Kind::Port), "port:46850");
    assert_eq!(nearest_key(30.44, 77.62, Kind::City), "city:1260421");
    assert_eq!(nearest_key(48.86, 2.35, Kind::City).split(':').next(), Some("city"));
    // Either side of the date line.
    assert_eq!(
        nearest_key(-16.69, -179.9, Kind::Airport),
        nearest_key(-16.69, 180.0 - 0.1, Kind::Airport)
    );
}

#[test]
fn poles_and_oceans_have_neighbours_too() {
    for (lat, lon) in [(90.0, 0.0), (-90.0, 123.0), (-48.9, -123.4), (0.0, 179.999), (0.0, -180.0)]
    {
        for kind in [Kind::Country, Kind::City, Kind::Airport, Kind::Port] {
            assert!(Gazetteer::embedded().nearest(at(lat, lon), kind).is_some());
        }
    }
}

proptest! {
    // Fewer than usual: a case measures the way to every airport there is.
    #![proptest_config(depth::of(200, 5_000))]

    /// The index finds what looking at every airport finds.
    #[test]
    fn nearest_is_the_nearest(lat in -90.0..90.0_f64, lon in -180.0..180.0_f64) {
        let gazetteer = Gazetteer::embedded();
        let here = at(lat, lon);
        let all = gazetteer.store.run(Run::Airports);
        let least_m = all
            .map(|id| distance_m(here, gazetteer.store.record(id).at()))
            .fold(f64::INFINITY, f64::min);
        let (_, found_m) = gazetteer.nearest(here, Kind::Airport).unwrap();
        prop_assert!((found_m - least_m).abs() < 1e-6, "{found_m} m, not {least_m} m");
    }
}
