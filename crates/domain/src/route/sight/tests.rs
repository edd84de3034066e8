//! Checks what is seen, and that pulling a way tight keeps it whole.

use super::*;
use crate::geodesy::distance_m;

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::wrapped(lat, lon)
}

#[test]
fn looks_over_one_ground_only() {
    let (munich, berlin) = (at(48.14, 11.58), at(52.52, 13.4));
    assert!(clear(munich, berlin, Ground::Land));
    assert!(!clear(munich, berlin, Ground::Water));
    assert!(!clear(at(51.5, -0.1), at(48.86, 2.35), Ground::Land), "the Channel");
    assert!(clear(at(50.2, -2.0), at(48.0, -8.0), Ground::Water));
    assert!(!clear(at(50.2, -2.0), at(47.0, -2.9), Ground::Water), "Brittany");
    assert!(clear(at(-20.0, 179.0), at(-22.0, -178.0), Ground::Water), "over the antimeridian");
}

#[test]
fn pulls_a_way_tight() {
    // Round the Gulf of Genoa, with detours.
    let way = [
        at(43.75, 7.35),
        at(44.5, 6.9),
        at(44.2, 8.1),
        at(44.9, 8.2),
        at(44.6, 8.9),
        at(44.9, 9.4),
        at(44.2, 9.95),
        at(43.9, 10.6),
    ];
    let straight = straightened(&way, Ground::Land);
    assert_eq!((straight.first(), straight.last()), (way.first(), way.last()));
    let length_m =
        |way: &[LatLon]| -> f64 { way.windows(2).map(|pair| distance_m(pair[0], pair[1])).sum() };
    assert!(length_m(&straight) < length_m(&way) * 0.8, "{}", length_m(&straight));
    for pair in straight.windows(2) {
        assert!(clear(pair[0], pair[1], Ground::Land));
    }
}

#[test]
fn keeps_what_is_too_short_to_pull() {
    assert_eq!(straightened(&[], Ground::Land), []);
    let one = [at(1.0, 2.0)];
    assert_eq!(straightened(&one, Ground::Water), one);
    let two = [at(51.5, -0.1), at(48.86, 2.35)];
    assert_eq!(straightened(&two, Ground::Land), two, "the next point is reached in any case");
}
