//! Checks great circles at ordinary and at awkward places.

use super::*;
use crate::geodesy::distance_m;

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::wrapped(lat, lon)
}

const PAIRS: [((f64, f64), (f64, f64)); 7] = [
    ((48.1, 11.6), (40.7, -74.0)),
    ((-36.8, 174.8), (34.0, -118.2)),
    ((90.0, 0.0), (10.0, 20.0)),
    ((-90.0, 0.0), (-89.0, 170.0)),
    ((65.0, 179.9), (65.0, -179.9)),
    ((10.0, 10.0), (10.0, 10.000_01)),
    ((10.0, 10.0), (-10.0, -170.0)),
];

#[test]
fn goes_from_end_to_end_in_equal_steps() {
    for ((lat, lon), (to_lat, to_lon)) in PAIRS {
        let (from, to) = (at(lat, lon), at(to_lat, to_lon));
        let arc = Arc::new(from, to);
        assert!(distance_m(arc.at(0.0), from) < 0.1);
        assert!(distance_m(arc.at(1.0), to) < 0.1, "{from:?} {to:?}");
        let inner: Vec<LatLon> = arc.between(50).collect();
        assert_eq!(inner.len(), 49);
        for (number, point) in (1..).zip(&inner) {
            let direct = arc.at(f64::from(number) / 50.0);
            assert!(distance_m(*point, direct) < 0.1, "{from:?} {to:?} {number}");
        }
        let sphere_m = arc.length_m();
        let ellipsoid_m = distance_m(from, to);
        assert!((sphere_m - ellipsoid_m).abs() <= ellipsoid_m * 0.006 + 0.1);
    }
}

#[test]
fn stays_put_between_equal_points() {
    for (lat, lon) in [(0.0, 0.0), (90.0, 0.0), (-90.0, 12.0), (51.0, -180.0)] {
        let arc = Arc::new(at(lat, lon), at(lat, lon));
        assert!(arc.length_m() < 0.1);
        assert!(distance_m(arc.at(0.5), at(lat, lon)) < 0.1);
        assert_eq!(arc.between(0).count(), 0);
    }
}

#[test]
fn finds_where_it_is_nearest() {
    let arc = Arc::new(at(0.0, 170.0), at(0.0, -170.0));
    for (lat, lon, fraction) in
        [(10.0, 180.0, 0.5), (-3.0, 175.0, 0.25), (5.0, 160.0, 0.0), (-5.0, -100.0, 1.0)]
    {
        assert!((arc.nearest(at(lat, lon)) - fraction).abs() < 1e-9, "{lat} {lon}");
    }
    assert_eq!(Arc::new(at(1.0, 2.0), at(1.0, 2.0)).nearest(at(3.0, 4.0)).fract(), 0.0);
}
