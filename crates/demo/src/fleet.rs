//! Vehicles and their timetable: which trip each is on at any instant.

use domain::{
    id::{ContainerId, TrackerId},
    mode::Mode,
    time::{DAY, Millis, Timestamp},
};

use crate::{chance::Chance, names::SHIPS, network::Network};

/// Something that goes to and fro on a line.
#[derive(Clone, Debug)]
pub struct Vehicle {
    /// Its line.
    pub line: usize,
    /// How it goes.
    pub mode: Mode,
    /// What people call it.
    pub name: String,
    /// As a holder of packages.
    pub container: ContainerId,
    /// What reports where it is.
    pub tracker: TrackerId,
    /// When its trip 0 begins, after the timetable does.
    phase: Millis,
}

/// One way from an end of a line to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trip {
    /// Which vehicle.
    pub vehicle: usize,
    /// The how manieth since the timetable began.
    pub number: i64,
    /// From which end of its line.
    pub from: usize,
    /// When it leaves.
    pub departs_at: Timestamp,
    /// When it arrives.
    pub arrives_at: Timestamp,
}

/// What a vehicle is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// It stands at this end of its line.
    Resting(usize),
    /// It is on its way.
    Moving(Trip),
}

/// Every vehicle with its timetable.
#[derive(Debug)]
pub struct Fleet {
    seed: u64,
    /// When the timetable begins.
    epoch: Timestamp,
    /// The vehicles, line by line.
    pub vehicles: Vec<Vehicle>,
}

/// How long the timetable has been running when the world is anchored.
const RUNNING: Millis = 500 * DAY;
/// Trips are late by up to this part of the time at the end.
const LATE_PART: i64 = 4;

impl Fleet {
    /// The vehicles of a network.
    pub fn new(seed: u64, anchored_at: Timestamp, network: &Network) -> Self {
        let mut vehicles = Vec::with_capacity(network.vehicles());
        let mut numbers = [0_usize; 4];
        for (line, it) in network.lines.iter().enumerate() {
            let count = it.vehicles.1;
            let mut chance = Chance::of(seed, &[10, line as u64]);
            let first = chance.within(0, 2 * (it.travel + it.dwell));
            for nth in 0..count {
                let number = &mut numbers[it.mode as usize];
                *number += 1;
                let name = match it.mode {
                    Mode::Air => format!("Flight WB {}", 400 + *number),
                    Mode::Road | Mode::Rail => format!("Truck {number}"),
                    Mode::Sea => ship(*number),
                };
                let key = (seed, vehicles.len() as u64);
                let parts: [&[u8]; 3] =
                    [b"demo/vehicle", &key.0.to_be_bytes(), &key.1.to_be_bytes()];
                vehicles.push(Vehicle {
                    line,
                    mode: it.mode,
                    name,
                    container: ContainerId::derive(&parts),
                    tracker: TrackerId::derive(&parts),
                    // Spread evenly over there and back.
                    phase: first + 2 * (it.travel + it.dwell) * nth as i64 / count as i64,
                });
            }
        }
        Self { seed, epoch: anchored_at.plus(-RUNNING), vehicles }
    }

    /// A trip of a vehicle.
    pub fn trip(&self, network: &Network, vehicle: usize, number: i64) -> Trip {
        let it = &self.vehicles[vehicle];
        let line = &network.lines[it.line];
        let mut chance = Chance::of(self.seed, &[11, vehicle as u64, number as u64]);
        let late = (line.dwell / LATE_PART).max(1);
        let begins = self.epoch.plus(it.phase + number * (line.travel + line.dwell));
        let departs_at = begins.plus(chance.within(0, late));
        let arrives_at = departs_at.plus(line.travel + chance.within(0, late));
        Trip { vehicle, number, from: number.rem_euclid(2) as usize, departs_at, arrives_at }
    }

    /// What a vehicle does at an instant.
    pub fn doing(&self, network: &Network, vehicle: usize, at: Timestamp) -> Doing {
        let trip = self.trip(network, vehicle, self.number_at(network, vehicle, at));
        if at < trip.departs_at {
            Doing::Resting(trip.from)
        } else if at < trip.arrives_at {
            Doing::Moving(trip)
        } else {
            Doing::Resting(1 - trip.from)
        }
    }

    /// The trips of a vehicle that are under way or at an end between two instants.
    pub fn trips(
        &self,
        network: &Network,
        vehicle: usize,
        from: Timestamp,
        to: Timestamp,
    ) -> impl Iterator<Item = Trip> {
        let first = self.number_at(network, vehicle, from) - 1;
        let last = self.number_at(network, vehicle, to);
        (first..=last)
            .map(move |number| self.trip(network, vehicle, number))
            .filter(move |it| from <= it.arrives_at && it.departs_at < to)
    }

    /// The first trip of a line that leaves an end at an instant or later.
    pub fn next(&self, network: &Network, line: usize, from: usize, after: Timestamp) -> Trip {
        let (first, count) = network.lines[line].vehicles;
        let soonest = |vehicle| {
            let number = self.number_at(network, vehicle, after);
            let ahead = (number..number + 4).map(|it| self.trip(network, vehicle, it));
            ahead
                .filter(|it| it.from == from && after <= it.departs_at)
                .min_by_key(|it| it.departs_at)
        };
        let all = (first..first + count).filter_map(soonest);
        all.min_by_key(|it| it.departs_at).expect("every second trip leaves this end")
    }

    fn number_at(&self, network: &Network, vehicle: usize, at: Timestamp) -> i64 {
        let it = &self.vehicles[vehicle];
        let line = &network.lines[it.line];
        (at.since(self.epoch) - it.phase).div_euclid(line.travel + line.dwell)
    }
}

fn ship(number: usize) -> String {
    let name = SHIPS[(number - 1) % SHIPS.len()];
    match (number - 1) / SHIPS.len() {
        0 => format!("MV {name}"),
        again => format!("MV {name} {}", again + 1),
    }
}
