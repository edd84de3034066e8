//! Where vehicles are on their trips: along great circles with climb, cruise and
//! descent, over land, or along sea lanes.

use domain::{
    geodesy::{destination, distance_m, inverse},
    mode::Mode,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    time::{SECOND, Timestamp},
};

use crate::{
    chance::Chance,
    fleet::{Doing, Fleet, Trip},
    network::{Line, Network},
};

/// Where something is, and how high above the sea where that says something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Where.
    pub at: LatLon,
    /// Metres above the sea; of what flies.
    pub height_m: Option<f64>,
}

/// Seconds over which an aircraft gains its speed, and loses it again.
const RAMP_S: f64 = 900.0;
/// Its speed at either end, in parts of the speed of its cruise.
const SLOW_END: f64 = 0.35;
/// Seconds on the runway.
const RUNWAY_S: f64 = 45.0;
/// Metres per second upwards and downwards.
const CLIMB_M_S: f64 = 9.5;
const SINK_M_S: f64 = 7.0;

/// Where a vehicle is.
pub fn spot(network: &Network, fleet: &Fleet, vehicle: usize, at: Timestamp) -> Spot {
    let line = &network.lines[fleet.vehicles[vehicle].line];
    match fleet.doing(network, vehicle, at) {
        Doing::Resting(end) => {
            let way_m = if end == 0 { 0.0 } else { line.route.length_m() };
            let flies = line.mode == Mode::Air;
            Spot { at: line.route.at(way_m), height_m: flies.then(|| line.ends[end].ground_m) }
        }
        Doing::Moving(trip) => on_the_way(line, &trip, at),
    }
}

/// A measurement of where it is, with the error that a receiver has.
pub fn fix(
    network: &Network,
    fleet: &Fleet,
    vehicle: usize,
    at: Timestamp,
    chance: &mut Chance,
) -> Fix {
    let here = spot(network, fleet, vehicle, at);
    let soon = spot(network, fleet, vehicle, at.plus(SECOND));
    let speed_m_s = distance_m(here.at, soon.at);
    let (_, course_deg) = inverse(here.at, soon.at);
    let moves = 0.3 < speed_m_s;
    measured(here, moves.then_some((speed_m_s, course_deg)), at, chance)
}

/// A measurement of this spot, at rest unless a speed and a course are given.
pub fn measured(spot: Spot, moving: Option<(f64, f64)>, at: Timestamp, chance: &mut Chance) -> Fix {
    let off_m = 6.0 * chance.share() * chance.share();
    let point = destination(spot.at, 360.0 * chance.share(), off_m);
    let height = spot.height_m.and_then(|height_m| {
        let height_m = height_m + 8.0 * (chance.share() - 0.5);
        Height::from_metres((height_m * 10.0).round() / 10.0, Datum::MeanSeaLevel, point).ok()
    });
    let course = |deg: f64| ((deg.rem_euclid(360.0) * 100.0) as u16).min(35_999);
    Fix {
        at,
        position: Position { at: point, height },
        radius_95_mm: Some(8_000),
        vertical_95_mm: height.map(|_| 15_000),
        speed_mm_s: Some(moving.map_or(0, |(speed_m_s, _)| (speed_m_s * 1000.0) as u32)),
        course_cdeg: moving.map(|(_, course_deg)| course(course_deg)),
    }
}

fn on_the_way(line: &Line, trip: &Trip, at: Timestamp) -> Spot {
    let whole_s = trip.arrives_at.since(trip.departs_at) as f64 / 1000.0;
    let gone_s = at.since(trip.departs_at) as f64 / 1000.0;
    let length_m = line.route.length_m();
    let flies = line.mode == Mode::Air;
    let part = if flies { flown(gone_s, whole_s) } else { (gone_s / whole_s).clamp(0.0, 1.0) };
    let way_m = length_m * if trip.from == 0 { part } else { 1.0 - part };
    let height_m = flies.then(|| {
        let [from_m, to_m] = [trip.from, 1 - trip.from].map(|end| line.ends[end].ground_m);
        let climbed_m = from_m + CLIMB_M_S * (gone_s - RUNWAY_S).max(0.0);
        let sinks_m = to_m + SINK_M_S * (whole_s - gone_s - RUNWAY_S).max(0.0);
        climbed_m.min(sinks_m).min(cruise_m(length_m, trip.from))
    });
    Spot { at: line.route.at(way_m), height_m }
}

/// How much of its way an aircraft has flown: slower at both ends.
fn flown(gone_s: f64, whole_s: f64) -> f64 {
    let ramp_s = RAMP_S.min(whole_s / 2.0);
    let ramped = |gone_s: f64| {
        if gone_s < ramp_s {
            gone_s * (SLOW_END + (1.0 - SLOW_END) * gone_s / (2.0 * ramp_s))
        } else {
            gone_s - ramp_s * (1.0 - SLOW_END) / 2.0
        }
    };
    let whole = whole_s - ramp_s * (1.0 - SLOW_END);
    let gone_s = gone_s.clamp(0.0, whole_s);
    if gone_s <= whole_s / 2.0 {
        ramped(gone_s) / whole
    } else {
        1.0 - ramped(whole_s - gone_s) / whole
    }
}

/// Longer flights cruise higher; eastbound and westbound keep 300 m apart.
fn cruise_m(length_m: f64, from: usize) -> f64 {
    let level_m = match length_m {
        ..600_000.0 => 7_300.0,
        ..1_500_000.0 => 9_750.0,
        ..5_000_000.0 => 10_970.0,
        _ => 11_580.0,
    };
    level_m - 305.0 * from as f64
}
