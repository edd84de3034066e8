//! How many packages something holds, by what a map is narrowed to.

use minicbor::{Decode, Encode};

use crate::{
    id::ClientId,
    mode::Mode,
    state::{State, Status},
};

/// Most carriers or clients that are told apart in one count; the rest is summed.
pub const TOLD_APART_MAX: usize = 64;

/// Packages by one property. Values beyond [`TOLD_APART_MAX`] are summed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(array)]
pub struct Tally<K> {
    /// Each value's packages, by value; none is zero.
    #[n(0)]
    each: Vec<(K, i64)>,
    /// Packages of values that are not told apart.
    #[n(1)]
    others: i64,
}

/// Packages by status; and those of which something more is expected by mode,
/// carrier and client.
///
/// Counts are added and subtracted; whatever the order, the sum is the same as
/// long as no more values than [`TOLD_APART_MAX`] are told apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(map)]
pub struct Counts {
    /// By status.
    #[n(0)]
    pub statuses: Tally<Status>,
    /// Open ones by mode; those without one are not in it.
    #[n(1)]
    pub modes: Tally<Mode>,
    /// Open ones by carrier.
    #[n(2)]
    pub carriers: Tally<String>,
    /// Open ones by client.
    #[n(3)]
    pub clients: Tally<ClientId>,
}

/// What one package is counted by. Of one of which nothing more is expected only
/// the status is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Counted {
    /// Where it stands.
    #[n(0)]
    pub status: Status,
    /// How it travels.
    #[n(1)]
    pub mode: Option<Mode>,
    /// The shipping company.
    #[n(2)]
    pub carrier: Option<String>,
    /// Whose goods.
    #[n(3)]
    pub client: Option<ClientId>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self { each: Vec::new(), others: 0 }
    }
}

impl<K: Ord + Clone> Tally<K> {
    /// Packages of one value.
    #[must_use]
    pub fn of(&self, value: &K) -> i64 {
        self.each.binary_search_by(|(it, _)| it.cmp(value)).map_or(0, |at| self.each[at].1)
    }

    /// Every value that is told apart, with its packages.
    #[must_use]
    pub fn each(&self) -> &[(K, i64)] {
        &self.each
    }

    /// The value of most packages, the first of several; nothing where none is told apart.
    #[must_use]
    pub fn most(&self) -> Option<&K> {
        let most = self.each.iter().rev().max_by_key(|it| it.1);
        most.map(|it| &it.0)
    }

    /// Packages of any value.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.others + self.each.iter().map(|it| it.1).sum::<i64>()
    }

    fn add(&mut self, value: &K, by: i64) {
        match self.each.binary_search_by(|(it, _)| it.cmp(value)) {
            Ok(at) => {
                self.each[at].1 += by;
                if self.each[at].1 == 0 {
                    self.each.remove(at);
                }
            }
            Err(at) if self.each.len() < TOLD_APART_MAX => {
                self.each.insert(at, (value.clone(), by));
            }
            Err(_) => self.others += by,
        }
    }

    fn add_all(&mut self, other: &Self, sign: i64) {
        for (value, count) in &other.each {
            self.add(value, sign * count);
        }
        self.others += sign * other.others;
    }
}

impl Counted {
    /// What a package is counted by; nothing of what is no package.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let record = state.package()?;
        let status = state.status;
        if status.is_final() {
            return Some(Self { status, mode: None, carrier: None, client: None });
        }
        let (mode, carrier, client) = (record.mode, record.carrier.clone(), record.client);
        Some(Self { status, mode, carrier, client })
    }

    /// One package of this kind.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        counts.statuses.add(&self.status, 1);
        self.mode.iter().for_each(|it| counts.modes.add(it, 1));
        self.carrier.iter().for_each(|it| counts.carriers.add(it, 1));
        self.client.iter().for_each(|it| counts.clients.add(it, 1));
        counts
    }
}

impl Counts {
    /// One package.
    #[must_use]
    pub fn of_package(state: &State) -> Self {
        Counted::of(state).map(|it| it.counts()).unwrap_or_default()
    }

    /// With what `other` counts as well.
    pub fn add(&mut self, other: &Self) {
        self.add_signed(other, 1);
    }

    /// Without what `other` counts.
    pub fn subtract(&mut self, other: &Self) {
        self.add_signed(other, -1);
    }

    /// All packages.
    #[must_use]
    pub fn packages(&self) -> i64 {
        self.statuses.total()
    }

    /// Packages of which something more is expected.
    #[must_use]
    pub fn open(&self) -> i64 {
        self.statuses.each.iter().filter(|it| !it.0.is_final()).map(|it| it.1).sum()
    }

    /// Whether nothing is counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add_signed(&mut self, other: &Self, sign: i64) {
        self.statuses.add_all(&other.statuses, sign);
        self.modes.add_all(&other.modes, sign);
        self.carriers.add_all(&other.carriers, sign);
        self.clients.add_all(&other.clients, sign);
    }
}
