//! Ten thousand random instants of random legs, by sea and by road: no vessel is
//! said to be far inland and no lorry far offshore. What is asked is where
//! something is, not how its way was found, and others than those who drew the
//! way judge the answer.

use std::collections::BTreeMap;

use domain::{geodesy, lanes::LANES, mode::Mode, position::LatLon, whereabouts::whereabouts};

use legs::Leg;
use places::{CITIES, PORTS};

mod judge;
mod legs;
#[path = "../../src/route/tests/places.rs"]
mod places;
mod waterways;

const LEGS: usize = 1_000;
const INSTANTS: usize = 10;
/// How far on the wrong side of the shore an answer may lie.
const LIMIT_M: f64 = 5_000.0;
/// How densely lanes are looked at.
const STEP_M: f64 = 2_000.0;

#[test]
fn no_vessel_is_far_inland() {
    asked(Mode::Sea, PORTS, false).judged("by sea");
}

#[test]
fn no_lorry_is_far_offshore() {
    asked(Mode::Road, CITIES, true).judged("by road");
}

/// A random leg takes few of the lanes; this asks all of them.
#[test]
fn no_lane_leads_far_inland() {
    let mut count = Count::default();
    for (name, from, to) in LANES.edges() {
        let (length_m, azimuth_deg) = geodesy::inverse(from, to);
        let parts = (length_m / STEP_M).ceil().max(1.0) as u32;
        for part in 0..=parts {
            let along_m = length_m * f64::from(part) / f64::from(parts);
            let at = geodesy::destination(from, azimuth_deg, along_m);
            count.take(name.unwrap_or("a lane"), &[], at, false);
        }
    }
    count.judged("on lanes");
}

#[derive(Default)]
struct Count {
    points: usize,
    right: usize,
    near: usize,
    at_an_end: usize,
    waterways: BTreeMap<&'static str, usize>,
    strays: Vec<String>,
}

/// What was answered, at random instants, and how it compares with the shores.
fn asked(mode: Mode, places: &[(&str, f64, f64)], on_land: bool) -> Count {
    let mut seed = 20_261_125;
    let mut count = Count::default();
    for _ in 0..LEGS {
        let leg = Leg::random(&mut seed, mode, places);
        let world = leg.world();
        for _ in 0..INSTANTS {
            let at = leg.instant(&mut seed);
            let found = whereabouts(&world, leg.subject, at).expect("something is known of it");
            count.take(&leg.name, &[leg.from, leg.to], found.position, on_land);
        }
    }
    count
}

impl Count {
    fn take(&mut self, name: &str, ends: &[LatLon], at: LatLon, on_land: bool) {
        self.points += 1;
        let is_end = || ends.iter().any(|it| geodesy::distance_m(*it, at) <= LIMIT_M);
        match judge::distance_m(at, on_land, LIMIT_M) {
            Some(0.0) => self.right += 1,
            Some(_) => self.near += 1,
            None => match waterways::waterway(at).filter(|_| !on_land) {
                Some(waterway) => *self.waterways.entry(waterway).or_default() += 1,
                // Where it starts and where it ends is told, not found.
                None if is_end() => self.at_an_end += 1,
                None => self.strays.push(format!("{name}: {:.3} {:.3}", at.lat(), at.lon())),
            },
        }
    }

    fn judged(&self, how: &str) {
        let share = |count: usize| 100.0 * count as f64 / self.points as f64;
        println!("{how}: {} points", self.points);
        println!("  {:.2} % on the right side of the shore", share(self.right));
        println!("  {:.2} % up to 5 km on the wrong side", share(self.near));
        println!("  {:.2} % where the leg starts or ends", share(self.at_an_end));
        println!(
            "  {:.2} % in narrow waters: {:?}",
            share(self.waterways.values().sum()),
            self.waterways
        );
        println!("  {} astray", self.strays.len());
        assert!(self.strays.is_empty(), "astray:\n{}", self.strays.join("\n"));
    }
}
