//! The demo world: a fictional firm that ships monitors, keyboards and docks all over
//! the Earth. It is a schedule, not a simulation: what happens in any interval follows
//! from a seed, a size and the instant it is anchored to, with the same ids each time,
//! so that a world that was stopped catches up, and an interval told twice says
//! nothing new. Pure: no clock, no I/O, no threads.

mod attention;
pub mod chance;
pub mod fleet;
mod life;
pub mod motion;
pub mod names;
pub mod network;
mod numbers;
mod orders;
mod plan;
pub mod sites;
pub mod standing;
pub mod story;

use std::collections::BTreeMap;

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, Subject, TrackerId},
    mode::Mode,
    motion::Fix,
    time::{DAY, HOUR, MINUTE, Millis, SECOND, Timestamp},
};

use chance::Chance;
use fleet::{Doing, Fleet, Trip};
use motion::Spot;
use network::Network;
use orders::{Calendar, LIFE_MAX, SEA_AFTER, SEA_BEFORE};
use sites::Sites;
use story::Story;

pub use orders::{DENSE, PAST};
pub use standing::Standing;

/// How many packages there are unless somebody says otherwise.
pub const PACKAGES: u64 = 34_800;
/// How long before the anchor aircraft and trucks are recorded with their trips.
const FLEET: Millis = 9 * DAY;

/// How often trackers report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As they do: every 10 seconds on the move by air and road, else every minute.
    Live,
    /// One report of thirty: for a past that nobody watched.
    Thinned,
}

/// The world.
#[derive(Debug)]
pub struct World {
    seed: u64,
    anchored_at: Timestamp,
    slots: usize,
    network: Network,
    fleet: Fleet,
    sites: Sites,
    calendar: Calendar,
}

impl World {
    /// The world of a seed that has about so many packages at this instant.
    #[must_use]
    pub fn new(seed: u64, packages: u64, anchored_at: Timestamp) -> Self {
        let packages = packages.max(50);
        let network = Network::new(packages as f64 / PACKAGES as f64);
        let fleet = Fleet::new(seed, anchored_at, &network);
        let trips_of = |line: &usize| {
            let it = &network.lines[*line];
            it.vehicles.1 as f64 * PAST as f64 / (it.travel + it.dwell) as f64
        };
        let sea_trips: f64 = network.sea.iter().map(trips_of).sum();
        Self {
            seed,
            anchored_at,
            slots: attention::slots(packages),
            sites: Sites::new(seed, packages, &network),
            calendar: Calendar::new(packages, anchored_at, sea_trips),
            network,
            fleet,
        }
    }

    /// When its first order comes in.
    #[must_use]
    pub fn begins_at(&self) -> Timestamp {
        self.calendar.begins_at()
    }

    /// The instant it is anchored to.
    #[must_use]
    pub fn anchored_at(&self) -> Timestamp {
        self.anchored_at
    }

    /// How many packages need attention at any time.
    #[must_use]
    pub fn troubles(&self) -> usize {
        self.slots
    }

    /// Vehicles and their timetable.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// Where its ways lead.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Places and people.
    #[must_use]
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    /// What a vehicle does at an instant.
    #[must_use]
    pub fn doing(&self, vehicle: usize, at: Timestamp) -> Doing {
        self.fleet.doing(&self.network, vehicle, at)
    }

    /// Where a vehicle is at an instant.
    #[must_use]
    pub fn spot(&self, vehicle: usize, at: Timestamp) -> Spot {
        motion::spot(&self.network, &self.fleet, vehicle, at)
    }

    /// Everything that happens from `from` until just before `to`, in order of time.
    /// Takes about as long for a second as for an hour: ask for some minutes at once.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Vec<Draft> {
        let stories = self
            .orders_alive(from, to)
            .flat_map(|it| self.lives(it))
            .chain(self.troubled(from, to))
            .map(|it| it.within(from, to));
        let mut all: Vec<Draft> = stories.flat_map(|it| it.drafts).collect();
        all.extend(self.trips_between(from, to).into_iter().flat_map(|it| it.drafts));
        all.sort_by_key(|it| (it.happened_at, it.id));
        all
    }

    /// The same by subject: what becomes until `until` of all that begins from `from`
    /// until just before `to`. Containers stand before what joins them. This is how
    /// a long past is told quickly: each subject's life at once.
    #[must_use]
    pub fn begun(&self, from: Timestamp, to: Timestamp, until: Timestamp) -> Vec<Story> {
        let is_begun = |it: &Story| {
            it.drafts.first().is_some_and(|it| from <= it.happened_at && it.happened_at < to)
        };
        let orders = self.calendar.between(from, to).map(|it| self.order(it));
        let orders = orders.filter(|it| from <= it.at && it.at < to);
        let sea = self.sea_orders(from, to).filter(|it| from <= it.at && it.at < to);
        let lives = orders.chain(sea).flat_map(|it| self.lives(it));
        let troubled = self.troubled(from, to).into_iter().filter(is_begun);
        let mut all = self.trips_between(from, to.min(until));
        all.extend(lives.chain(troubled).map(|it| it.within(Timestamp::MIN, until)));
        all.retain(|it| !it.drafts.is_empty());
        all.sort_by_key(|it| matches!(it.subject, Subject::Package(_)));
        all
    }

    /// What trackers report from `from` until just before `to`, in order of time.
    #[must_use]
    pub fn fixes(&self, from: Timestamp, to: Timestamp, pace: Pace) -> Vec<(TrackerId, Fix)> {
        let mut all = Vec::new();
        for (number, vehicle) in self.fleet.vehicles.iter().enumerate() {
            for at in self.reports(vehicle.mode, number as u64, from, to, pace) {
                if self.is_silent(number, at) {
                    continue;
                }
                let mut chance = Chance::of(self.seed, &[60, number as u64, at.millis() as u64]);
                let fix = motion::fix(&self.network, &self.fleet, number, at, &mut chance);
                // What stands still says so once a minute.
                if fix.course_cdeg.is_some()
                    || pace == Pace::Thinned
                    || at.millis() / (10 * SECOND) % 6 == 0
                {
                    all.push((vehicle.tracker, fix));
                }
            }
        }
        for slot in 0..self.slots {
            let number = 1_000_000 + slot as u64;
            // Parcels report as seldom as vessels do.
            for at in self.reports(Mode::Sea, number, from, to, pace) {
                let Some(spot) = self.parcel_spot(slot, at) else { continue };
                let mut chance = Chance::of(self.seed, &[60, number, at.millis() as u64]);
                let fix = motion::measured(spot, None, at, &mut chance);
                all.push((attention::tracker(self.seed, slot), fix));
            }
        }
        all.sort_by_key(|(tracker, fix)| (fix.at, *tracker));
        all
    }

    /// Whether this is the truck that is not heard of now and then, and now.
    #[must_use]
    pub fn is_silent(&self, vehicle: usize, at: Timestamp) -> bool {
        let is_it = self.fleet.vehicles[vehicle].mode == Mode::Road
            && self.network.lines[self.fleet.vehicles[vehicle].line].vehicles.0 == vehicle
            && self.fleet.vehicles[..vehicle].iter().all(|it| it.mode != Mode::Road);
        is_it && at.since(self.anchored_at).rem_euclid(3 * HOUR) < 40 * MINUTE
    }

    pub(crate) fn fleet_since(&self) -> Timestamp {
        self.anchored_at.plus(-FLEET)
    }

    /// The instants at which a tracker reports.
    fn reports(
        &self,
        mode: Mode,
        number: u64,
        from: Timestamp,
        to: Timestamp,
        pace: Pace,
    ) -> impl Iterator<Item = Timestamp> + use<> {
        let every = if mode == Mode::Sea { MINUTE } else { 10 * SECOND };
        let phase = Chance::of(self.seed, &[61, number]).within(0, every);
        let every = if pace == Pace::Thinned { 30 * every } else { every };
        let first = (from.millis() - phase + every - 1).div_euclid(every);
        let last = (to.millis() - phase + every - 1).div_euclid(every);
        (first..last).map(move |it| Timestamp::MIN.plus(it * every + phase))
    }

    /// Orders of which something may happen between two instants.
    fn orders_alive(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = orders::Order> {
        let numbers = self.calendar.between(from.plus(-LIFE_MAX), to);
        let alive = move |order: &orders::Order| {
            // The plan is a small part of the work: most are long over.
            let plan = self.plan(&mut order.clone());
            order.at < to && from <= plan.delivered_at.plus(5 * DAY)
        };
        let sea = self.sea_orders(from, to);
        numbers.map(|it| self.order(it)).filter(alive).chain(sea)
    }

    fn sea_orders(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = orders::Order> {
        let vessels =
            (0..self.fleet.vehicles.len()).filter(|it| self.fleet.vehicles[*it].mode == Mode::Sea);
        let trips = vessels.flat_map(move |vessel| {
            self.fleet.trips(&self.network, vessel, from.plus(-SEA_AFTER), to.plus(SEA_BEFORE))
        });
        trips.filter(|it| self.is_sailed(it)).map(|it| self.sea_order(it))
    }

    /// Trips of vessels count whole or not at all.
    fn is_sailed(&self, trip: &Trip) -> bool {
        self.begins_at() <= trip.departs_at.plus(-SEA_BEFORE)
    }

    /// Departures and arrivals of vehicles between two instants.
    fn trips_between(&self, from: Timestamp, to: Timestamp) -> Vec<Story> {
        let mut stories: BTreeMap<usize, Story> = BTreeMap::new();
        for (number, vehicle) in self.fleet.vehicles.iter().enumerate() {
            for trip in self.fleet.trips(&self.network, number, from, to) {
                let told = match vehicle.mode {
                    Mode::Sea => self.is_sailed(&trip),
                    _ => self.fleet_since() <= trip.departs_at,
                };
                for draft in self.trip_told(&trip).into_iter().filter(|_| told) {
                    if from <= draft.happened_at && draft.happened_at < to {
                        let subject = draft.subject;
                        let story = stories.entry(number).or_insert_with(|| Story::of(subject));
                        story.drafts.push(draft);
                    }
                }
            }
        }
        stories.into_values().collect()
    }

    fn trip_told(&self, trip: &Trip) -> [Draft; 2] {
        let vehicle = &self.fleet.vehicles[trip.vehicle];
        let line = &self.network.lines[vehicle.line];
        let [from, to] = [trip.from, 1 - trip.from].map(|end| line.ends[end].place);
        let subject = Subject::Container(vehicle.container);
        let expected_at = Some(trip.departs_at.plus(line.travel));
        let mode = Some(vehicle.mode);
        let departed = Fact::Departed { from: Some(from), to: Some(to), mode, expected_at };
        let draft = |what: &[u8], happened_at, fact| {
            let number = trip.number.to_be_bytes();
            let id = EventId::derive(&[b"demo/trip", vehicle.container.as_bytes(), &number, what]);
            Draft { id, subject, happened_at, fact }
        };
        [
            draft(b"departed", trip.departs_at, departed),
            draft(b"arrived", trip.arrives_at, Fact::Arrived { place: to }),
        ]
    }
}
