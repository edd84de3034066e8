//! Checks the geoid against published values and against receivers.

use super::*;

fn at(lat: f64, lon: f64) -> f64 {
    undulation_m(LatLon::wrapped(lat, lon))
}

/// The check points published with the EGM96 interpolation program, in metres.
const PUBLISHED: [(f64, f64, f64); 6] = [
    (38.628_155, 269.779_155, -31.628),
    (-14.621_217, 305.021_114, -2.969),
    (46.874_319, 102.448_729, -43.575),
    (-23.617_446, 133.874_712, 15.871),
    (38.625_473, 359.999_5, 50.066),
    (-0.466_744, 0.002_3, 17.329),
];

#[test]
fn agrees_with_the_published_check_points() {
    for (lat, lon, expected_m) in PUBLISHED {
        let found_m = at(lat, lon);
        assert!((found_m - expected_m).abs() < 0.2, "{lat} {lon}: {found_m}, not {expected_m}");
    }
}

#[test]
fn is_as_near_to_the_full_model_as_it_says() {
    // `scripts/earth/references.py`: points spread evenly, then the worst of all.
    let lines = include_str!("../../tests/fixtures/geoid.tsv").lines();
    let off_m = |line: &str| {
        let numbers: Vec<f64> = line.split('\t').map(|it| it.parse().unwrap()).collect();
        at(numbers[0], numbers[1]) - numbers[2]
    };
    let off_m: Vec<f64> = lines.filter(|line| !line.starts_with('#')).map(off_m).collect();
    assert_eq!(off_m.len(), 2_200);
    let squares: f64 = off_m[..2_000].iter().map(|it| it * it).sum();
    let rms_m = (squares / 2_000.0).sqrt();
    let worst_m = off_m.iter().fold(0.0, |worst: f64, it| worst.max(it.abs()));
    println!("{rms_m:.3} m root mean square, {worst_m:.2} m at worst");
    assert!((0.06..0.08).contains(&rms_m), "{rms_m}");
    assert!((1.9..2.0).contains(&worst_m), "{worst_m}");
}

#[test]
fn has_the_known_extremes_and_poles() {
    assert!((at(48.14, 11.58) - 45.48).abs() < 0.3, "Munich");
    assert!((at(4.75, 78.75) + 107.0).abs() < 0.5, "south of Sri Lanka");
    assert!((at(-8.25, 147.25) - 85.4).abs() < 0.9, "New Guinea");
    for lon in [-180.0, -77.7, 0.0, 13.1, 179.99] {
        assert!((at(90.0, lon) - 13.61).abs() < 0.05, "north pole");
        assert!((at(-90.0, lon) + 29.53).abs() < 0.05, "south pole");
    }
}

#[test]
fn has_no_step_at_the_antimeridian_or_near_a_pole() {
    for lat in [-89.9, -60.0, -16.1, 0.0, 52.3, 71.2, 89.9] {
        let jump_m = at(lat, 179.999_999) - at(lat, -179.999_999);
        assert!(jump_m.abs() < 0.01, "{lat}: {jump_m}");
    }
    assert!((at(89.999_999, 20.0) - at(89.999_999, -160.0)).abs() < 0.01);
}

#[test]
fn agrees_with_what_receivers_report() {
    // Receivers carry coarse tables of their own: metres apart is normal, a
    // wrong sign or a swapped axis is tens of metres.
    let reported = [
        (52.84, 5.7, 45.8),
        (44.07, -121.3, -20.3),
        (-36.75, 174.74, 37.0),
        (65.06, 25.47, 21.6),
        (42.36, -71.03, -33.06),
        (48.65, 2.25, 47.3),
        (41.58, -93.75, -31.44),
        (54.1, 10.82, 43.6),
        (38.42, 27.14, 37.7),
        (31.24, 121.59, 8.3),
        (20.63, -87.07, -13.9),
    ];
    for (lat, lon, reported_m) in reported {
        let apart_m = (at(lat, lon) - reported_m).abs();
        assert!(apart_m < 5.0, "{lat} {lon}: {apart_m} m");
    }
}
