//! A guess between a departure and an arrival: how far along its way something
//! is, and how high, by what is usual for its mode.

use super::{
    Guess, Habits,
    evidence::{Evidence, LENGTHS},
    parameters::Kind,
    vertical::Level,
};
use crate::position::{Datum, LatLon};

/// The speed at either end of a flight, in parts of the speed of its cruise.
const SLOW_END: f64 = 0.4;
/// No flight climbs higher above the sea, in metres.
const CEILING_M: f64 = 15_000.0;
/// How far apart the levels are that flights cruise at, whatever their length.
const LEVELS_M: f64 = 7_500.0;
/// How high long flights cruise, in metres.
const CRUISE_M: f64 = 11_000.0;
/// And those that have much time to spare, for their length.
const LOITER_M: f64 = 6_000.0;
/// Flights of this length cruise at two thirds of that, shorter ones lower.
const CRUISE_WAY_M: f64 = 500_000.0;
/// What the height of an unknown ground is taken for, in metres, and how wrong
/// that is in 95 % of cases.
const GROUND_M: (f64, f64) = (200.0, 1_500.0);

/// A movement from a departure to an arrival, and an instant in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// How long the usual way is, in metres.
    pub length_m: f64,
    /// Seconds from departure to arrival.
    pub whole_s: f64,
    /// Seconds since departure.
    pub gone_s: f64,
    /// How high both ends are, if known.
    pub ends_m: [Option<f64>; 2],
    /// What heights are measured from.
    pub datum: Datum,
    /// The 95 % radius of the vaguer end.
    pub stated_m: f64,
    /// The same for the ends' heights.
    pub vertical_m: f64,
}

impl Leg {
    /// How far along its way it is, from 0 to 1: slower at both ends of a flight.
    pub fn fraction(&self, habits: &Habits) -> f64 {
        let time = self.time();
        let ramp = (habits.ramp_s / self.whole_s.max(1.0)).min(0.5);
        let whole = 1.0 - ramp * (1.0 - SLOW_END);
        let gone = |time: f64| {
            if time < ramp {
                time * (SLOW_END + (1.0 - SLOW_END) * time / (2.0 * ramp))
            } else {
                time - ramp * (1.0 - SLOW_END) / 2.0
            }
        };
        if time <= 0.5 { gone(time) / whole } else { 1.0 - gone(1.0 - time) / whole }
    }

    /// The guess, `at` being the point of the way at [`Self::fraction`].
    pub fn guess(&self, habits: &Habits, at: LatLon) -> Guess {
        let uneven_m = habits.uneven * self.length_m * self.middle();
        let evidence = evidence([uneven_m, self.astray_m(habits)], 0.0);
        let stated_m = Some(self.stated_m);
        Guess { at, evidence, level: self.level(habits), stated_m, kind: Kind::Leg }
    }

    /// The part of the time that is gone.
    fn time(&self) -> f64 {
        (self.gone_s / self.whole_s.max(0.001)).clamp(0.0, 1.0)
    }

    /// How far from both ends it is: half a way whose speed is misjudged is
    /// misjudged most in its middle.
    fn middle(&self) -> f64 {
        2.0 * self.time() * (1.0 - self.time())
    }

    /// How far to a side it may have strayed with the time that it had to spare:
    /// half the width of the ellipse that it could reach, bridged from end to end.
    /// Nobody spends all of a long wait on the move.
    fn astray_m(&self, habits: &Habits) -> f64 {
        let spare_s = self.whole_s - self.length_m / habits.usual_m_s;
        let reach_m = self.length_m + habits.usual_m_s * spare_s.clamp(0.0, habits.detour_s);
        let width_m = libm::sqrt((reach_m * reach_m - self.length_m * self.length_m).max(0.0));
        width_m * libm::sqrt(self.time() * (1.0 - self.time()))
    }

    fn level(&self, habits: &Habits) -> Option<Level> {
        let (raw_m, room_m, stated_m) = if habits.cruises {
            self.flight_level(habits)
        } else {
            let [from_m, to_m] = [self.ends_m[0]?, self.ends_m[1]?];
            let raw_m = from_m + (to_m - from_m) * self.time();
            (raw_m, habits.slope * self.length_m * self.middle(), self.vertical_m)
        };
        let evidence = evidence([room_m, 0.0], 100.0);
        let (datum, stated_m) = (self.datum, Some(stated_m));
        Some(Level { raw_m, datum, evidence, stated_m, kind: Kind::Leg })
    }

    /// Up to the level that flights of this length cruise at, and down again; how
    /// far off that may be; and how wrong the ends may be.
    fn flight_level(&self, habits: &Habits) -> (f64, f64, f64) {
        let [from_m, to_m] = self.ends_m.map(|it| it.unwrap_or(GROUND_M.0));
        let known = self.ends_m.iter().all(Option::is_some);
        let stated_m = if known { self.vertical_m } else { self.vertical_m.max(GROUND_M.1) };
        let left_s = (self.whole_s - self.gone_s).max(0.0);
        let climbed_m = habits.climb_m_s * self.gone_s.max(0.0);
        let sinks_m = habits.climb_m_s * left_s;
        let straight_m = CRUISE_M * (1.0 - libm::exp(-self.length_m / CRUISE_WAY_M));
        let straight = (self.length_m / (habits.usual_m_s * self.whole_s.max(1.0))).min(1.0);
        let cruise_m = LOITER_M + (straight_m - LOITER_M) * straight;
        let highest_m = (from_m + climbed_m).min(to_m + sinks_m).min(CEILING_M);
        let lowest_m = (from_m - climbed_m).max(to_m - sinks_m).max(0.0);
        let raw_m = cruise_m.max(lowest_m).min(highest_m.max(lowest_m));
        (raw_m, (highest_m - lowest_m).clamp(0.0, LEVELS_M), stated_m)
    }
}

fn evidence([first_m, second_m]: [f64; 2], floor_m: f64) -> Evidence {
    let mut lengths_m = [0.0; LENGTHS];
    (lengths_m[0], lengths_m[1]) = (first_m, second_m);
    Evidence { floor_m, lengths_m, ..Evidence::default() }
}

#[cfg(test)]
mod tests;
