//! Places of the firm and of those it ships to: headquarters with floors and
//! shelves, depots, offices, homes; and the people who wait there.

use domain::{
    geodesy::destination,
    id::{ClientId, ContainerId, PlaceId},
    land::is_land,
    position::{Datum, Height, LatLon},
    private::Private,
    record::{ExactPoint, Floor, PlaceKind, PlaceRecord},
};

use crate::{
    chance::Chance,
    names::{CLIENT_BEGINS, CLIENT_ENDS, FIRM, FIRM_MAIL, FIRST, LAST_BEGINS, LAST_ENDS, STREETS},
    network::{Network, Stop},
};

/// Floors of the headquarters, and shelves on each.
pub const FLOORS: usize = 4;
/// Shelves on each floor.
pub const SHELVES: usize = 12;

/// Somebody who gets packages.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their name.
    pub name: String,
    /// Where mail reaches them.
    pub email: String,
    /// For which client they work.
    pub client: usize,
    /// Their home, among the sites.
    pub home: usize,
}

/// Whose goods.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// Its offices, among the sites.
    pub offices: Vec<usize>,
}

/// Where something is kept or delivered.
#[derive(Clone, Debug)]
pub struct Site {
    /// The place.
    pub place: PlaceId,
    /// What is registered of it.
    pub record: PlaceRecord,
    /// Which town it is in.
    pub town: usize,
    /// Whose office it is; of a home, for whom its owner works.
    pub client: usize,
    /// Whose home it is.
    pub owner: Option<usize>,
}

/// Every site, client and person.
#[derive(Debug)]
pub struct Sites {
    /// Where goods are kept, hub by hub; the first is the headquarters.
    pub depots: Vec<(PlaceId, PlaceRecord)>,
    /// Where goods from a port go, line end by line end of the sea lines.
    pub quays: Vec<[(PlaceId, PlaceRecord); 2]>,
    /// Shelves of the headquarters, floor by floor.
    pub shelves: Vec<ContainerId>,
    /// Clients.
    pub clients: Vec<Client>,
    /// Offices, then homes.
    pub sites: Vec<Site>,
    /// Who gets packages; the first is the one to view as.
    pub people: Vec<Person>,
}

impl Sites {
    /// The sites of a firm of so many packages.
    pub fn new(seed: u64, packages: u64, network: &Network) -> Self {
        let clients = (12 + packages / 300).min((CLIENT_BEGINS.len() * CLIENT_ENDS.len()) as u64);
        let people = (50 + packages / 60).min(12_000);
        let mut all = Self {
            depots: depots(seed, network),
            quays: quays(seed, network),
            shelves: (0..FLOORS * SHELVES)
                .map(|it| ContainerId::derive(&name(seed, b"shelf", it).slices()))
                .collect(),
            clients: (0..clients as usize).map(|it| client(seed, it)).collect(),
            sites: Vec::new(),
            people: Vec::new(),
        };
        for number in 0..all.clients.len() {
            let mut chance = Chance::of(seed, &[20, number as u64]);
            for _ in 0..=chance.below(3) {
                let town = chance.below(network.towns.len() as u64) as usize;
                all.clients[number].offices.push(all.sites.len());
                let id = all.sites.len();
                let site = office(seed, id, town, number, &all.clients[number].name, network);
                all.sites.push(site);
            }
        }
        for number in 0..people as usize {
            all.settle(seed, number, network);
        }
        all
    }

    fn settle(&mut self, seed: u64, number: usize, network: &Network) {
        let mut chance = Chance::of(seed, &[21, number as u64]);
        let client = chance.below(self.clients.len() as u64) as usize;
        let town = chance.below(network.towns.len() as u64) as usize;
        let first = *chance.pick(FIRST);
        let last = format!("{}{}", chance.pick(LAST_BEGINS), chance.pick(LAST_ENDS));
        let mail = mail_of(&self.clients[client].name);
        // Namesakes tell their addresses apart by a number.
        let again = if number == 0 { String::new() } else { format!("{number}") };
        let email = format!("{}.{}{again}@{mail}", first.to_lowercase(), last.to_lowercase());
        let person =
            Person { name: format!("{first} {last}"), email, client, home: self.sites.len() };
        let site = home(seed, number, town, &person, network);
        self.sites.push(site);
        self.people.push(person);
    }
}

/// The bytes that name a thing of this world.
pub struct Name(Vec<u8>, [u8; 8], [u8; 8]);

impl Name {
    /// As parts of an id.
    pub fn slices(&self) -> [&[u8]; 3] {
        [&self.0, &self.1, &self.2]
    }
}

/// The name of the nth thing of its sort.
pub fn name(seed: u64, sort: &[u8], number: usize) -> Name {
    Name([b"demo/", sort].concat(), seed.to_be_bytes(), (number as u64).to_be_bytes())
}

fn depots(seed: u64, network: &Network) -> Vec<(PlaceId, PlaceRecord)> {
    let hubs = network.towns.iter().take(3).enumerate();
    let depot = |(hub, town): (usize, &crate::network::Town)| {
        let title = if hub == 0 { "headquarters" } else { "depot" };
        let id = PlaceId::derive(&name(seed, b"depot", hub).slices());
        let mut record = facility(format!("{FIRM}, {title}, {}", town.stop.name), &town.stop);
        record.at = on_land(&town.stop, Chance::of(seed, &[22, hub as u64]));
        if hub == 0 {
            record.radius_m = 120;
            record.ground = Height::from_metres(170.0, Datum::MeanSeaLevel, record.at).ok();
            let floor =
                |it| Floor { name: format!("{}", it + 1), above_ground_mm: 4_200 * it as i32 };
            record.floors = (0..FLOORS).map(floor).collect();
        }
        (id, record)
    };
    hubs.map(depot).collect()
}

fn quays(seed: u64, network: &Network) -> Vec<[(PlaceId, PlaceRecord); 2]> {
    let both = |line: &usize| {
        let ends = &network.lines[*line].ends;
        [0, 1].map(|end| {
            // Several lines meet in one port: its quay is named by the port.
            let id =
                PlaceId::derive(&[b"demo/quay", &seed.to_be_bytes(), ends[end].key.as_bytes()]);
            (id, facility(format!("{FIRM}, quay, {}", ends[end].name), &ends[end]))
        })
    };
    network.sea.iter().map(both).collect()
}

fn client(seed: u64, number: usize) -> Client {
    let (begin, end) = (number % CLIENT_BEGINS.len(), number % CLIENT_ENDS.len());
    // 24 and 8 meet again after 24: the ends go one further each time around.
    let end = (end + number / CLIENT_BEGINS.len()) % CLIENT_ENDS.len();
    let id = ClientId::derive(&name(seed, b"client", number).slices());
    Client {
        id,
        name: format!("{} {}", CLIENT_BEGINS[begin], CLIENT_ENDS[end]),
        offices: Vec::new(),
    }
}

fn office(
    seed: u64,
    id: usize,
    town: usize,
    client: usize,
    whose: &str,
    network: &Network,
) -> Site {
    let stop = &network.towns[town].stop;
    let mut record = facility(format!("{whose}, {} office", stop.name), stop);
    record.at = on_land(stop, Chance::of(seed, &[23, id as u64]));
    record.radius_m = 150;
    let place = PlaceId::derive(&name(seed, b"office", id).slices());
    Site { place, record, town, client, owner: None }
}

fn home(seed: u64, number: usize, town: usize, owner: &Person, network: &Network) -> Site {
    let stop = &network.towns[town].stop;
    let mut chance = Chance::of(seed, &[24, number as u64]);
    let address = format!("{} {}, {}", 1 + chance.below(180), chance.pick(STREETS), stop.name);
    let record = PlaceRecord {
        kind: PlaceKind::Home,
        address: Some(Private::new(address)),
        exact: Some(ExactPoint::new(on_land(stop, chance), 40)),
        radius_m: 6_000,
        ..facility(format!("A home in {}", stop.name), stop)
    };
    let place = PlaceId::derive(&name(seed, b"home", number).slices());
    Site { place, record, town, client: owner.client, owner: Some(number) }
}

fn facility(name: String, near: &Stop) -> PlaceRecord {
    PlaceRecord {
        kind: PlaceKind::Facility,
        name,
        at: near.at,
        radius_m: 400,
        ground: None,
        time_zone: near.time_zone.map(str::to_owned),
        country: Some(near.country.to_string()),
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    }
}

/// A point on land within 3 km of a stop; the stop itself where there is none.
fn on_land(stop: &Stop, mut chance: Chance) -> LatLon {
    let mut tries = (0..8)
        .map(|_| destination(stop.at, 360.0 * chance.share(), 300.0 + 2_700.0 * chance.share()));
    tries.find(|it| is_land(*it)).unwrap_or(stop.at)
}

fn mail_of(client: &str) -> String {
    let plain: String = client.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{plain}.example")
}

/// The address of somebody of the firm.
pub fn staff_mail(name: &str) -> String {
    format!("{}@{FIRM_MAIL}", name.to_lowercase().replace(' ', "."))
}
