//! Vehicles keep to their element, aircraft to heights that aircraft fly at.

use demo::{Pace, World, fleet::Doing};
use domain::{
    geodesy::distance_m,
    land::{Cell, is_land},
    mode::Mode,
    position::LatLon,
    time::{DAY, HOUR, MINUTE, SECOND},
};

use crate::anchor;

/// Metres to the nearest cell that is land, or water, as wanted.
fn away_m(at: LatLon, land: bool) -> f64 {
    if is_land(at) == land {
        return 0.0;
    }
    let nearest = Cell::of(at).nearest(12, |it| it.is_land() == land);
    nearest.map_or(f64::INFINITY, |it| distance_m(at, it.centre()))
}

#[test]
fn trucks_stay_on_land_and_vessels_on_water() {
    let world = World::new(1, 34_800, anchor());
    for line in &world.network().lines {
        let steps = 400;
        for step in 0..=steps {
            let at = line.route.at_fraction(f64::from(step) / f64::from(steps));
            let name = format!("{} to {}, {step}, {at:?}", line.ends[0].name, line.ends[1].name);
            // Ports lie up rivers that the mask does not know.
            let near_an_end = line.ends.iter().any(|it| distance_m(it.at, at) < 45_000.0);
            match line.mode {
                // A bridge, no more.
                Mode::Road => assert!(away_m(at, true) < 5_000.0, "{name}"),
                // A crossing of up to 9 km is drawn: an island or a canal between two cells.
                Mode::Sea => assert!(near_an_end || away_m(at, false) < 9_000.0, "{name}"),
                _ => (),
            }
        }
    }
}

#[test]
fn as_many_are_on_their_way_as_should_be() {
    let world = World::new(1, 34_800, anchor());
    for hours in [0, 7, 50, 101] {
        let at = anchor().plus(hours * HOUR);
        let (mut high, mut driving, mut sailing) = (0, 0, 0);
        for (number, vehicle) in world.fleet().vehicles.iter().enumerate() {
            let Doing::Moving(_) = world.doing(number, at) else { continue };
            match vehicle.mode {
                Mode::Air => high += usize::from(world.spot(number, at).height_m > Some(3_000.0)),
                Mode::Sea => sailing += 1,
                _ => driving += 1,
            }
        }
        println!("{hours} h: {high} at height, {driving} driving, {sailing} sailing");
        assert!((52..=68).contains(&high), "{high} at height");
        assert!((48..=62).contains(&driving), "{driving} driving");
        assert!((22..=27).contains(&sailing), "{sailing} sailing");
    }
}

#[test]
fn aircraft_climb_cruise_and_descend() {
    let world = World::new(1, 3_000, anchor());
    let (vehicle, _) =
        world.fleet().vehicles.iter().enumerate().find(|(_, it)| it.mode == Mode::Air).unwrap();
    let trip = (0..)
        .map(|it| world.doing(vehicle, anchor().plus(it * 10 * MINUTE)))
        .find_map(|it| if let Doing::Moving(trip) = it { Some(trip) } else { None });
    let trip = trip.unwrap();
    let height_m = |at| world.spot(vehicle, at).height_m.unwrap();
    let (mut at, mut highest_m) = (trip.departs_at, 0.0_f64);
    while at < trip.arrives_at {
        let (now_m, next_m) = (height_m(at), height_m(at.plus(10 * SECOND)));
        assert!((next_m - now_m).abs() < 200.0, "{now_m} to {next_m} in ten seconds");
        let (here, there) = (world.spot(vehicle, at), world.spot(vehicle, at.plus(10 * SECOND)));
        let speed_m_s = distance_m(here.at, there.at) / 10.0;
        assert!(speed_m_s < 290.0, "{speed_m_s} m/s");
        highest_m = highest_m.max(now_m);
        at = at.plus(10 * SECOND);
    }
    assert!((6_000.0..12_500.0).contains(&highest_m), "{highest_m}");
    let ends = &world.network().lines[world.fleet().vehicles[vehicle].line].ends;
    assert!((height_m(trip.departs_at) - ends[trip.from].ground_m).abs() < 1.0);
    assert!((height_m(trip.arrives_at.plus(-SECOND)) - ends[1 - trip.from].ground_m).abs() < 1.0);
}

#[test]
fn one_truck_falls_silent_now_and_then_and_speaks_again() {
    let world = World::new(1, 34_800, anchor());
    let count =
        |at| (0..world.fleet().vehicles.len()).filter(|it| world.is_silent(*it, at)).count();
    assert_eq!((count(anchor()), count(anchor().plus(HOUR))), (1, 0));
    let it = (0..world.fleet().vehicles.len()).find(|it| world.is_silent(*it, anchor())).unwrap();
    let tracker = world.fleet().vehicles[it].tracker;
    let heard = |from: i64, to: i64| {
        let fixes = world.fixes(anchor().plus(from), anchor().plus(to), Pace::Live);
        fixes.iter().filter(|(of, _)| *of == tracker).count()
    };
    assert_eq!(heard(0, 30 * MINUTE), 0);
    assert!(heard(HOUR, 2 * HOUR) >= 50);
}

#[test]
fn fixes_are_near_what_they_measure() {
    let world = World::new(1, 3_000, anchor());
    let fixes = world.fixes(anchor().plus(DAY), anchor().plus(DAY + 5 * MINUTE), Pace::Live);
    for (number, vehicle) in world.fleet().vehicles.iter().enumerate() {
        let own: Vec<_> = fixes.iter().filter(|(of, _)| *of == vehicle.tracker).collect();
        assert!(!own.is_empty() || world.is_silent(number, anchor().plus(DAY)), "{}", vehicle.name);
        for (_, fix) in own {
            let spot = world.spot(number, fix.at);
            assert!(distance_m(spot.at, fix.position.at) < 10.0);
            assert_eq!(fix.position.height.is_some(), vehicle.mode == Mode::Air);
        }
    }
}
