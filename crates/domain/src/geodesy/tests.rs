//! Geodesics against values computed by an independent program, geographiclib 2.1
//! for Python (`scripts/earth/references.py`).

use super::*;

struct Case {
    name: &'static str,
    from: LatLon,
    to: LatLon,
    distance_m: f64,
    azimuth_deg: f64,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("../../tests/fixtures/geodesics.tsv").lines();
    let case = |line: &'static str| {
        let (name, numbers) = line.split_once('\t').unwrap();
        let numbers: Vec<f64> = numbers.split('\t').map(|it| it.parse().unwrap()).collect();
        let [from_lat, from_lon, to_lat, to_lon, distance_m, azimuth_deg] = numbers[..] else {
            panic!("six numbers, not {line}");
        };
        let (from, to) = (LatLon::wrapped(from_lat, from_lon), LatLon::wrapped(to_lat, to_lon));
        Case { name, from, to, distance_m, azimuth_deg }
    };
    lines.filter(|line| !line.starts_with('#')).map(case).collect()
}

#[test]
fn distances_and_azimuths_are_those_of_the_reference() {
    assert!(cases().len() >= 12);
    for case in cases() {
        let (found_m, found_deg) = inverse(case.from, case.to);
        assert!((found_m - case.distance_m).abs() < 0.001, "{}: {found_m} m", case.name);
        assert!((distance_m(case.from, case.to) - found_m).abs() < 1e-6, "{}", case.name);
        // A direction says less the nearer the two are: what counts is where it leads.
        let turned_deg = (found_deg - case.azimuth_deg + 540.0).rem_euclid(360.0) - 180.0;
        let aside_m = turned_deg.to_radians().abs() * found_m;
        assert!(turned_deg.abs() < 1e-6 || aside_m < 0.001, "{}: {found_deg}", case.name);
    }
}

#[test]
fn a_geodesic_ends_where_it_leads() {
    for case in cases() {
        let end = destination(case.from, case.azimuth_deg, case.distance_m);
        let off_m = distance_m(end, case.to);
        // Coordinates are kept to about a centimetre, azimuths to 1e-7 degrees.
        assert!(off_m < 0.05, "{}: {off_m} m off", case.name);
        assert_eq!(between(case.from, case.to, 0.0), case.from, "{}", case.name);
        let middle = between(case.from, case.to, 0.5);
        let halves_m = [distance_m(case.from, middle), distance_m(middle, case.to)];
        for half_m in halves_m {
            assert!((half_m - case.distance_m / 2.0).abs() < 0.05, "{}: {halves_m:?}", case.name);
        }
    }
}

#[test]
fn nothing_is_further_than_its_bound() {
    for case in cases() {
        let bound_m = distance_bound_m(case.from, case.to);
        assert!(case.distance_m <= bound_m, "{}: {bound_m} m", case.name);
    }
    // Over the edge of the map it is near.
    let (west, east) = (LatLon::wrapped(10.0, 179.999), LatLon::wrapped(10.0, -179.999));
    assert!(distance_m(west, east) <= distance_bound_m(west, east));
    assert!(distance_bound_m(west, east) < 500.0);
}
