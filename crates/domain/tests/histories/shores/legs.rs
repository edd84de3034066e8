//! Random legs of packages, ships and lorries: told in full, late, slow, in part.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use domain::{
    event::{Event, Fact, Measurement},
    id::{ContainerId, EventId, PackageId, PlaceId, Subject},
    mode::Mode,
    position::{LatLon, Position},
    record::{ContainerKind, ContainerRecord, PackageRecord, PlaceKind, PlaceRecord, Record},
    route::{Medium, Route, route},
    time::{HOUR, Timestamp},
    timeline::Timeline,
    whereabouts::World,
};

use crate::samples::start;

/// What was told of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// Departed and arrived, in the usual time.
    Whole,
    /// Departed and arrived, much later than usual.
    Slow,
    /// Departed, to arrive by an announced hour; asked until long after it.
    Due,
    /// Departed, nothing else.
    Open,
    /// Seen at one end and then at the other.
    SeenTwice,
    /// Seen where it starts, and silent since.
    Silent,
    /// Announced, and then seen at the other end.
    Announced,
    /// Departed, measured once on its way, arrived.
    MeasuredOnce,
    /// Measured twice on its way, far apart, without a departure.
    MeasuredTwice,
}

const ALL: [Told; 9] = [
    Told::Whole,
    Told::Slow,
    Told::Due,
    Told::Open,
    Told::SeenTwice,
    Told::Silent,
    Told::Announced,
    Told::MeasuredOnce,
    Told::MeasuredTwice,
];

/// A leg, and what is known of it.
pub struct Leg {
    pub told: Told,
    pub subject: Subject,
    pub from: LatLon,
    pub to: LatLon,
    pub name: String,
    begins: Timestamp,
    ends: Timestamp,
    events: Vec<Event>,
}

const PACKAGE: PackageId = PackageId::from_bytes([1; 16]);
const VEHICLE: ContainerId = ContainerId::from_bytes([2; 16]);
const ENDS: [PlaceId; 2] = [PlaceId::from_bytes([3; 16]), PlaceId::from_bytes([4; 16])];
/// How far a port or a town reaches.
const PLACE_M: u32 = 3_000;

impl Leg {
    /// A leg between two of these places.
    pub fn random(seed: &mut u64, mode: Mode, places: &[(&str, f64, f64)]) -> Self {
        let from = places[pick(seed, places.len())];
        let to = places[pick(seed, places.len())];
        let told = ALL[pick(seed, ALL.len())];
        let at = |(_, lat, lon): (&str, f64, f64)| LatLon::from_degrees(lat, lon).unwrap();
        // Only packages are known to head somewhere.
        let announced = matches!(told, Told::Silent | Told::Announced);
        let subject = if announced || pick(seed, 2) == 0 {
            Subject::Package(PACKAGE)
        } else {
            Subject::Container(VEHICLE)
        };
        let mut leg = Self {
            told,
            subject,
            from: at(from),
            to: at(to),
            name: format!("{told:?} {} to {}", from.0, to.0),
            begins: start(),
            ends: start(),
            events: Vec::new(),
        };
        leg.tell(seed, mode);
        leg
    }

    /// A random instant at which it may be asked for.
    pub fn instant(&self, seed: &mut u64) -> Timestamp {
        let span = self.ends.since(self.begins).max(1);
        self.begins.plus(pick(seed, span as usize) as i64)
    }

    /// Everything that is known of it.
    pub fn world<'a>(&self) -> World<'a> {
        let mut world = World::new(&way, true);
        world.add_timeline(self.subject, Timeline::of(&self.events));
        world.add_place(ENDS[0], Some(place(self.from)));
        world.add_place(ENDS[1], Some(place(self.to)));
        world
    }

    fn tell(&mut self, seed: &mut u64, mode: Mode) {
        let (medium, usual_m_s) =
            if mode == Mode::Sea { (Medium::Water, 8.0) } else { (Medium::Land, 17.0) };
        let route = way(self.from, self.to, medium);
        let usual = (1000.0 * route.length_m() / usual_m_s) as i64 + HOUR;
        let times = |seed: &mut u64, low: f64, high: f64| {
            let factor = low + (high - low) * pick(seed, 1_000) as f64 / 1_000.0;
            start().plus((usual as f64 * factor) as i64)
        };
        let registered = Fact::Registered(Box::new(match self.subject {
            Subject::Container(_) => Record::Container(ContainerRecord {
                kind: if mode == Mode::Sea { ContainerKind::Vessel } else { ContainerKind::Truck },
                name: "carrier".to_owned(),
                references: Vec::new(),
            }),
            _ => Record::Package(PackageRecord {
                origin: Some(ENDS[0]),
                destination: Some(ENDS[1]),
                mode: Some(mode),
                ..PackageRecord::default()
            }),
        }));
        self.push(start(), registered);
        let departed = |expected_at| Fact::Departed {
            from: Some(ENDS[0]),
            to: Some(ENDS[1]),
            mode: Some(mode),
            expected_at,
        };
        let seen = |end: usize| Fact::Scanned { place: ENDS[end], floor: None };
        let arrived = Fact::Arrived { place: ENDS[1] };
        match self.told {
            Told::Whole | Told::Slow => {
                let slow = self.told == Told::Slow;
                let ends =
                    if slow { times(seed, 2.2, 8.0).plus(HOUR) } else { times(seed, 0.6, 1.9) };
                self.push(start(), departed(None));
                self.push(ends, arrived);
            }
            Told::Due => {
                let due = times(seed, 0.8, 1.5);
                self.push(start(), departed(Some(due)));
                self.ends = due.plus(due.since(start()) + 24 * HOUR);
            }
            Told::Open => {
                self.push(start(), departed(None));
                self.ends = times(seed, 0.2, 3.0).plus(48 * HOUR);
            }
            Told::SeenTwice => {
                self.push(start(), seen(0));
                self.push(times(seed, 0.5, 6.0), seen(1));
            }
            Told::Silent => {
                self.push(start(), seen(0));
                self.ends = times(seed, 0.5, 3.0).plus(24 * HOUR);
            }
            Told::Announced => self.push(times(seed, 0.5, 4.0), arrived),
            Told::MeasuredOnce => {
                let ends = times(seed, 0.8, 4.0);
                self.push(start(), departed(None));
                self.measure(&route, ends, pick(seed, 1_000) as f64 / 1_000.0);
                self.push(ends, arrived);
            }
            Told::MeasuredTwice => {
                let ends = times(seed, 0.8, 2.0);
                let mut parts = [pick(seed, 1_000), pick(seed, 1_000)];
                parts.sort_unstable();
                for part in parts {
                    self.measure(&route, ends, part as f64 / 1_000.0);
                }
                self.begins = self.events[1].happened_at;
                self.ends = self.ends.plus(6 * HOUR);
            }
        }
    }

    /// A position measured on a part of the way; where the way is held, nothing
    /// tells where it is.
    fn measure(&mut self, route: &Route, ends: Timestamp, part: f64) {
        let happened_at = start().plus((ends.since(start()) as f64 * part) as i64);
        let position = Position { at: route.at_fraction(part), height: None };
        self.push(
            happened_at,
            Fact::Positioned(Measurement {
                position,
                radius_95_mm: Some(10_000),
                vertical_95_mm: None,
                speed_mm_s: None,
                course_cdeg: None,
            }),
        );
    }

    fn push(&mut self, happened_at: Timestamp, fact: Fact) {
        self.events.push(Event {
            id: EventId::from_bytes([self.events.len() as u8; 16]),
            subject: self.subject,
            happened_at,
            recorded_at: happened_at,
            actor: "usr_1".to_owned(),
            source: "api".to_owned(),
            fact,
        });
        self.ends = self.ends.max(happened_at);
    }
}

fn place(at: LatLon) -> PlaceRecord {
    PlaceRecord {
        kind: PlaceKind::Port,
        name: "end".to_owned(),
        at,
        radius_m: PLACE_M,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    }
}

type Found = HashMap<(LatLon, LatLon, Medium), Arc<Route>>;

/// Ways that were found are kept, as a service does.
fn way(from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
    static FOUND: LazyLock<Mutex<Found>> = LazyLock::new(Mutex::default);
    let key = (from, to, medium);
    if let Some(found) = FOUND.lock().unwrap().get(&key) {
        return Arc::clone(found);
    }
    let found = Arc::new(route(from, to, medium));
    FOUND.lock().unwrap().insert(key, Arc::clone(&found));
    found
}

/// A number below `below` (SplitMix64).
fn pick(seed: &mut u64, below: usize) -> usize {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *seed;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((mixed ^ (mixed >> 31)) % below as u64) as usize
}
