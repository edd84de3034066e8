//! Where the firm's ways lead: hubs, gateways and towns of the gazetteer, and the
//! lines that aircraft, trucks and vessels serve between them.

use domain::{
    geodesy::distance_m,
    id::PlaceId,
    mode::Mode,
    position::LatLon,
    route::{Medium, Route, route},
    time::{HOUR, MINUTE, Millis},
};
use intake::{
    gazetteer::{CountryCode, Entry, Gazetteer, Hint, Kind},
    mapping::FoundPlace,
};

/// A place of the gazetteer where something stops.
#[derive(Clone, Debug)]
pub struct Stop {
    /// The gazetteer's key.
    pub key: String,
    /// The place.
    pub place: PlaceId,
    /// Its name.
    pub name: &'static str,
    /// Where it is.
    pub at: LatLon,
    /// Metres above the sea, of airports.
    pub ground_m: f64,
    /// Its country.
    pub country: CountryCode,
    /// Its time zone.
    pub time_zone: Option<&'static str>,
}

/// An airport that packages come through, and its town.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// The airport.
    pub airport: Stop,
    /// Which hub serves it; the hubs are the first three gateways.
    pub hub: usize,
}

/// A town where somebody gets packages.
#[derive(Clone, Debug)]
pub struct Town {
    /// The town.
    pub stop: Stop,
    /// The gateway it is served from.
    pub gateway: usize,
    /// The road line that serves it, unless it is the gateway's own.
    pub line: Option<usize>,
}

/// Two ends and the vehicles that go to and fro between them.
#[derive(Clone, Debug)]
pub struct Line {
    /// How they go.
    pub mode: Mode,
    /// The ends.
    pub ends: [Stop; 2],
    /// The way from the first end to the second.
    pub route: Route,
    /// How long they take.
    pub travel: Millis,
    /// How long they stay.
    pub dwell: Millis,
    /// The first of its vehicles, and how many it has.
    pub vehicles: (usize, usize),
}

/// All of it.
#[derive(Debug)]
pub struct Network {
    /// Airports; the first three are the hubs.
    pub gateways: Vec<Gateway>,
    /// Towns.
    pub towns: Vec<Town>,
    /// Lines: air, then road, then sea.
    pub lines: Vec<Line>,
    /// For each gateway but the hubs, the line to its hub; for hubs, the line to
    /// the next hub.
    pub air: Vec<usize>,
    /// Which lines are sailed.
    pub sea: Vec<usize>,
}

/// The hubs, by airport: where the firm keeps its goods.
pub const HUBS: [&str; 3] = ["BNA", "LYS", "PUS"];

/// Gateways with their hub, most wanted first, and how many aircraft serve each.
const SPOKES: &[(&str, usize, usize)] = &[
    ("SFO", 0, 2),
    ("LHR", 1, 2),
    ("SIN", 2, 2),
    ("DFW", 0, 2),
    ("MAD", 1, 2),
    ("DEL", 2, 2),
    ("JNB", 1, 2),
    ("BOG", 0, 2),
    ("SYD", 2, 2),
    ("ORD", 0, 1),
    ("BER", 1, 2),
    ("NBO", 1, 2),
    ("SEA", 0, 2),
    ("BOM", 2, 2),
    ("GRU", 0, 2),
    ("DXB", 1, 2),
    ("BKK", 2, 2),
    ("EZE", 0, 2),
    ("LOS", 1, 1),
    ("AKL", 2, 2),
    ("YVR", 0, 2),
    ("CPT", 1, 2),
    ("DEN", 0, 1),
    ("CGK", 2, 2),
    ("LIM", 0, 1),
    ("MEL", 2, 2),
    ("WAW", 1, 1),
    ("SCL", 0, 2),
    ("ADD", 1, 2),
    ("MNL", 2, 2),
    ("LAX", 0, 2),
    ("HEL", 1, 1),
    ("PER", 2, 1),
    ("MEX", 0, 1),
    ("ACC", 1, 1),
    ("ANC", 0, 1),
    ("CAI", 1, 1),
    ("BLR", 2, 1),
    ("YYC", 0, 1),
    ("DAR", 1, 1),
    ("HNL", 2, 2),
];

/// Towns reached by road, with their gateway's code, and how many trucks serve each.
const ROADS: &[(&str, &str, &str, usize)] = &[
    ("BNA", "US", "Atlanta", 2),
    ("LYS", "FR", "Paris", 2),
    ("DFW", "US", "Oklahoma City", 2),
    ("PUS", "KR", "Seoul", 2),
    ("BNA", "US", "Chattanooga", 1),
    ("LYS", "FR", "Dijon", 1),
    ("MAD", "ES", "Zaragoza", 1),
    ("BNA", "US", "Indianapolis", 2),
    ("PUS", "KR", "Daejeon", 1),
    ("LYS", "DE", "Stuttgart", 2),
    ("BNA", "US", "Cincinnati", 1),
    ("ORD", "US", "Des Moines", 2),
    ("LYS", "IT", "Turin", 1),
    ("BNA", "US", "Charlotte", 2),
    ("BER", "DE", "Dresden", 1),
    ("DEN", "US", "Salt Lake City", 2),
    ("BNA", "US", "Little Rock", 2),
    ("MAD", "ES", "Valencia", 2),
    ("LYS", "FR", "Clermont-Ferrand", 1),
    ("BNA", "US", "Birmingham", 1),
    ("DEL", "IN", "Jaipur", 1),
    ("LYS", "FR", "Strasbourg", 2),
    ("BNA", "US", "Knoxville", 1),
    ("JNB", "ZA", "Bloemfontein", 2),
    ("PUS", "KR", "Daegu", 1),
    ("BNA", "US", "St. Louis", 2),
    ("DFW", "US", "Austin", 1),
    ("BER", "DE", "Hannover", 2),
    ("LYS", "IT", "Milan", 2),
    ("BNA", "US", "Memphis", 1),
    ("DEL", "IN", "Agra", 1),
    ("LYS", "FR", "Toulouse", 2),
    ("LAX", "US", "Phoenix", 2),
    ("WAW", "PL", "Krakow", 1),
    ("BNA", "US", "Kansas City", 2),
    ("GRU", "BR", "Belo Horizonte", 2),
    ("LAX", "US", "Las Vegas", 2),
    ("DFW", "US", "San Antonio", 2),
    ("JNB", "ZA", "Polokwane", 1),
    ("ORD", "US", "Madison", 1),
    ("DEN", "US", "Cheyenne", 1),
    ("WAW", "PL", "Wroclaw", 2),
];

/// Ports by country and name, and how many vessels sail between them.
const SEAS: &[(&str, &str, &str, &str, usize)] = &[
    ("KR", "Busan", "US", "Los Angeles", 3),
    ("NL", "Rotterdam", "US", "Savannah", 3),
    ("KR", "Busan", "SG", "Singapore", 2),
    ("FR", "Le Havre", "BR", "Santos", 3),
    ("NL", "Rotterdam", "ZA", "Cape Town", 3),
    ("KR", "Busan", "AU", "Sydney", 3),
    ("SG", "Singapore", "ZA", "Durban", 3),
    ("US", "Los Angeles", "CL", "Valparaiso", 2),
    ("FR", "Le Havre", "CA", "Halifax", 1),
    ("SG", "Singapore", "AU", "Fremantle", 1),
    ("US", "Savannah", "BR", "Santos", 2),
    ("AU", "Sydney", "NZ", "Auckland", 1),
];

impl Network {
    /// The ways of a firm so many times as large as the usual one.
    pub fn new(size: f64) -> Self {
        let part = |count: usize, least: usize| {
            ((count as f64 * size.min(1.0)).ceil() as usize).clamp(least, count)
        };
        let times = |count: usize| {
            if size < 0.75 { 1 } else { count * (size.round() as usize).clamp(1, 10) }
        };
        let mut all = Self {
            gateways: Vec::new(),
            towns: Vec::new(),
            lines: Vec::new(),
            air: Vec::new(),
            sea: Vec::new(),
        };
        let spokes = &SPOKES[..part(SPOKES.len(), 6)];
        let hubs = HUBS.iter().enumerate().map(|(hub, code)| (*code, hub));
        for (code, hub) in hubs.chain(spokes.iter().map(|(code, hub, _)| (*code, *hub))) {
            let airport = stop(&airport(code));
            all.towns.push(Town {
                stop: town_near(&airport),
                gateway: all.gateways.len(),
                line: None,
            });
            all.gateways.push(Gateway { airport, hub });
        }
        let counts = [3, 3, 3].into_iter().chain(spokes.iter().map(|(_, _, count)| *count));
        for (gateway, count) in counts.enumerate() {
            let to = if gateway < 3 { (gateway + 1) % 3 } else { all.gateways[gateway].hub };
            let ends = [to, gateway].map(|it| all.gateways[it].airport.clone());
            let line = all.open(Mode::Air, ends, times(count));
            all.air.push(line);
        }
        for (code, country, name, count) in &ROADS[..part(ROADS.len(), 5)] {
            let of = |it: &Gateway| it.airport.key.ends_with(code);
            let Some(gateway) = all.gateways.iter().position(of) else { continue };
            let to = stop(&town(name, country));
            let ends = [all.gateways[gateway].airport.clone(), to.clone()];
            let line = Some(all.open(Mode::Road, ends, times(*count)));
            all.towns.push(Town { stop: to, gateway, line });
        }
        for (from_country, from, to_country, to, count) in &SEAS[..part(SEAS.len(), 2)] {
            let ends = [port(from, from_country), port(to, to_country)];
            let line = all.open(Mode::Sea, ends.each_ref().map(stop), times(*count));
            all.sea.push(line);
        }
        all
    }

    /// How many vehicles there are.
    pub fn vehicles(&self) -> usize {
        self.lines.last().map_or(0, |it| it.vehicles.0 + it.vehicles.1)
    }

    /// The line between a hub and another, and at which of its ends the first is.
    pub fn between_hubs(&self, from: usize, to: usize) -> (usize, usize) {
        // Line n leads from hub n + 1 to hub n.
        if (to + 1) % 3 == from { (self.air[to], 0) } else { (self.air[from], 1) }
    }

    fn open(&mut self, mode: Mode, ends: [Stop; 2], vehicles: usize) -> usize {
        let medium = match mode {
            Mode::Air => Medium::Air,
            Mode::Road | Mode::Rail => Medium::Land,
            Mode::Sea => Medium::Water,
        };
        let route = route(ends[0].at, ends[1].at, medium);
        let (speed_m_s, around, dwell) = match mode {
            Mode::Air => (242.0, 22 * MINUTE, 75 * MINUTE),
            Mode::Road | Mode::Rail => (20.5, 6 * MINUTE, 50 * MINUTE),
            Mode::Sea => (9.3, HOUR, 16 * HOUR),
        };
        let travel = (route.length_m() / speed_m_s * 1000.0) as Millis + around;
        let vehicles = (self.vehicles(), vehicles);
        self.lines.push(Line { mode, ends, route, travel, dwell, vehicles });
        self.lines.len() - 1
    }
}

/// The gazetteer's stop.
fn stop(entry: &Entry) -> Stop {
    let found = FoundPlace { key: entry.key.clone(), name: String::new(), time_zone: None };
    Stop {
        place: found.id(),
        key: entry.key.clone(),
        name: entry.name,
        at: entry.at,
        ground_m: f64::from(entry.elevation_msl_m.unwrap_or(0)),
        country: entry.country,
        time_zone: entry.time_zone,
    }
}

fn airport(code: &str) -> Entry {
    Gazetteer::embedded().get(&format!("iata:{code}")).expect("a test resolves every name here")
}

/// The town an airport serves: the largest near it.
fn town_near(airport: &Stop) -> Stop {
    let nearest = Gazetteer::embedded().nearest(airport.at, Kind::City);
    stop(&nearest.expect("there are towns near every airport").0)
}

/// The town of this name.
fn town(name: &str, country: &str) -> Entry {
    let hint = Hint { country: CountryCode::new(country), kind: Some(Kind::City) };
    let found = Gazetteer::embedded().resolve(name, hint);
    let fits = |it: &Entry| it.kind == Kind::City && Some(it.country) == hint.country;
    let found = found.into_iter().map(|it| it.entry).find(fits);
    found.unwrap_or_else(|| panic!("{name} in {country}: a test resolves every name here"))
}

/// The port of a town.
fn port(name: &str, country: &str) -> Entry {
    let near = town(name, country).at;
    Gazetteer::embedded().nearest(near, Kind::Port).expect("these towns have ports").0
}

/// Metres between two stops.
pub fn apart_m(from: &Stop, to: &Stop) -> f64 {
    distance_m(from.at, to.at)
}
