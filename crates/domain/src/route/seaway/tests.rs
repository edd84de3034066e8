//! Checks where ships begin, and what happens where none can.

use super::*;

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::wrapped(lat, lon)
}

#[test]
fn a_ship_begins_on_the_nearest_water() {
    let berth = |at| berth(at, Waters::Laned).expect("there is water");
    assert!(distance_m(berth(at(51.95, 1.31)).centre(), at(51.95, 1.31)) < 9_000.0, "Felixstowe");
    let lake = berth(at(41.88, -87.63));
    assert!(lake.column() > Cell::of(at(41.88, -87.63)).column(), "Chicago lies west of its lake");
    assert_eq!(super::berth(at(48.0, 90.0), Waters::Laned), None, "the middle of Asia");
}

#[test]
fn a_port_up_a_river_begins_on_the_river() {
    for (name, port) in [
        ("Hamburg", at(53.53, 9.95)),
        ("Antwerp", at(51.28, 4.33)),
        ("Houston", at(29.73, -95.1)),
        ("Manaus", at(-3.14, -60.01)),
        ("Wuhan", at(30.63, 114.33)),
    ] {
        let best = entries(port).into_iter().min_by_key(|it| it.access.price_m).expect("a lane");
        assert!(best.access.price_m < 20_000, "{name}: {}", best.access.price_m);
    }
}

#[test]
fn an_approach_that_nobody_knows_is_held() {
    let (munich, genoa) = (at(48.14, 11.58), at(44.4, 8.9));
    let sketch = sketch(munich, genoa);
    assert_eq!(sketch.held, [0]);
    assert!(distance_m(sketch.points[1], munich) > 100_000.0);
}

#[test]
fn a_lake_without_lanes_is_crossed_directly() {
    let sketch = sketch(at(-0.12, 34.74), at(-2.5, 32.9));
    assert!(sketch.held.is_empty(), "Kisumu to Mwanza over Lake Victoria");
    assert!(sketch.points.len() > 3);
}
