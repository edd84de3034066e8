//! Orders: when each comes in, how many packages it has, from where to whom.

use domain::time::{DAY, Millis, Timestamp};

use crate::{
    World,
    chance::Chance,
    fleet::Trip,
    names::{PRODUCTS, Product},
};

/// How the packages of an order are brought to their last town.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// By the firm's own aircraft and trucks.
    Own,
    /// By a parcel carrier.
    Ups,
    /// By a post, registered.
    Post,
    /// On this trip of a vessel.
    Sea(Trip),
}

/// One order. Everything about it follows from the seed and its number.
#[derive(Clone, Debug)]
pub struct Order {
    /// What makes it one: which stream it is in, and its place there.
    pub key: [u64; 3],
    /// As people write it.
    pub number: String,
    /// When it comes in.
    pub at: Timestamp,
    /// How many packages it has.
    pub pieces: usize,
    /// How it travels.
    pub carriage: Carriage,
    /// From which hub.
    pub hub: usize,
    /// To which site.
    pub site: usize,
    /// What is in every package.
    pub product: Product,
    /// Goes on drawing for what becomes of it.
    pub chance: Chance,
}

/// Packages per order, over and over: the mean is 2.625.
const PIECES: [usize; 16] = [1, 2, 1, 3, 1, 1, 12, 1, 2, 6, 1, 1, 4, 2, 1, 3];
const PIECES_MEAN: f64 = 2.625;
/// How long before the anchor the first order comes in.
pub const PAST: Millis = 395 * DAY;
/// How long before it orders become many.
pub const DENSE: Millis = 8 * DAY;
/// No order takes longer by land and air.
pub const LIFE_MAX: Millis = 16 * DAY;
/// By sea, from before its trip until after.
pub const SEA_BEFORE: Millis = 5 * DAY;
/// After its trip.
pub const SEA_AFTER: Millis = 8 * DAY;
/// Which part of all packages goes by sea.
const SEA_PART: f64 = 0.22;
/// Which part of all packages comes in on each dense day: so many at the same
/// time are under way as are wanted.
const DENSE_PART: f64 = 0.0518;

/// When orders come in.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    begins_at: Timestamp,
    dense_at: Timestamp,
    /// Orders before the dense days.
    sparse: i64,
    /// Milliseconds from one order to the next, before and since.
    sparse_every: f64,
    dense_every: f64,
    /// Packages of each trip of a vessel.
    pub sea_pieces: usize,
}

impl Calendar {
    /// The calendar of a world of so many packages.
    pub fn new(packages: u64, anchored_at: Timestamp, sea_trips: f64) -> Self {
        let (begins_at, dense_at) = (anchored_at.plus(-PAST), anchored_at.plus(-DENSE));
        let packages = packages as f64;
        let sea_pieces = (SEA_PART * packages / sea_trips).round().max(1.0);
        let dense_a_day = (DENSE_PART * packages / PIECES_MEAN).max(0.1);
        let dense = dense_a_day * (DENSE / DAY) as f64;
        let by_land = (packages - sea_pieces * sea_trips).max(0.5 * packages);
        let sparse = (by_land / PIECES_MEAN - dense).max(1.0).round();
        Self {
            begins_at,
            dense_at,
            sparse: sparse as i64,
            sparse_every: (PAST - DENSE) as f64 / sparse,
            dense_every: DAY as f64 / dense_a_day,
            sea_pieces: sea_pieces as usize,
        }
    }

    /// When the first order comes in.
    pub fn begins_at(&self) -> Timestamp {
        self.begins_at
    }

    /// The orders that may come in between two instants.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> std::ops::Range<i64> {
        (self.number_at(from) - 1).max(0)..self.number_at(to) + 1
    }

    fn number_at(&self, at: Timestamp) -> i64 {
        if at < self.dense_at {
            (at.since(self.begins_at) as f64 / self.sparse_every).floor() as i64
        } else {
            self.sparse + (at.since(self.dense_at) as f64 / self.dense_every).floor() as i64
        }
    }

    fn at(&self, number: i64, share: f64) -> Timestamp {
        let place = |since: i64, every: f64| ((since as f64 + share) * every) as Millis;
        if number < self.sparse {
            self.begins_at.plus(place(number, self.sparse_every))
        } else {
            self.dense_at.plus(place(number - self.sparse, self.dense_every))
        }
    }
}

impl World {
    /// The order with this number.
    pub(crate) fn order(&self, number: i64) -> Order {
        let key = [30, number as u64, 0];
        let mut chance = Chance::of(self.seed, &key);
        let at = self.calendar.at(number, chance.share());
        let pieces = PIECES[number.rem_euclid(16) as usize];
        let site = self.site_of(pieces, &mut chance);
        let hub = *chance.pick(&[0, 0, 0, 1, 1, 2]);
        let town = &self.network.towns[self.sites.sites[site].town];
        let abroad = self.network.gateways[town.gateway].hub != hub;
        let carriage = match chance.below(10) {
            0..3 if pieces < 6 => Carriage::Ups,
            3 if pieces == 1 && abroad => Carriage::Post,
            _ => Carriage::Own,
        };
        let number = format!("BR-{}", 100_000 + number);
        let product = *chance.pick(PRODUCTS);
        Order { key, number, at, pieces, carriage, hub, site, product, chance }
    }

    /// The order that a trip of a vessel carries.
    pub(crate) fn sea_order(&self, trip: Trip) -> Order {
        let key = [31, trip.vehicle as u64, trip.number as u64];
        let mut chance = Chance::of(self.seed, &key);
        let at = trip.departs_at.plus(-chance.within(DAY * 5 / 2, SEA_BEFORE));
        let number = format!("BR-S{:02}{:04}", trip.vehicle % 100, trip.number);
        let product = *chance.pick(PRODUCTS);
        let pieces = self.calendar.sea_pieces;
        Order {
            key,
            number,
            at,
            pieces,
            carriage: Carriage::Sea(trip),
            hub: 0,
            site: 0,
            product,
            chance,
        }
    }

    /// Some small parcels are for the person to view as; large orders go to offices.
    fn site_of(&self, pieces: usize, chance: &mut Chance) -> usize {
        let offices = self.sites.sites.len() - self.sites.people.len();
        if pieces <= 2 && chance.one_in(30) {
            self.sites.people[0].home
        } else if pieces <= 2 && chance.one_in(2) {
            offices + chance.below(self.sites.people.len() as u64) as usize
        } else {
            chance.below(offices as u64) as usize
        }
    }
}
