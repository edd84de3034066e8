//! Finds the place that a text means, offline: countries, towns, airports and ports of the world.
//!
//! Nothing is guessed silently: [`Gazetteer::resolve`] ranks everything a text may mean, and
//! [`unambiguous`] says whether the best answer may be taken without asking a person.

mod codes;
mod fold;
mod free_text;
mod nearby;
mod rank;
mod resolve;
mod store;
mod verdict;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::LazyLock;

use domain::position::LatLon;

pub use store::Damaged;
pub use verdict::{Resolution, unambiguous};

use store::{Run, Store};

/// Longest text that is looked at; longer ones mean nothing here.
pub const TEXT_MAX_BYTES: usize = 300;
/// Most answers to one question.
pub const MATCHES_MAX: usize = 20;

/// Every place the product knows without asking anyone.
pub struct Gazetteer {
    store: Store,
}

/// What sort of place an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A country or territory with an ISO 3166-1 code.
    Country,
    /// A town of about 5,000 inhabitants or more.
    City,
    /// An airport with an IATA code.
    Airport,
    /// A seaport, or a river port with a UN/LOCODE.
    Port,
}

/// An ISO 3166-1 two-letter code, as in `DE`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Takes two letters in either case; whether a country bears them is
    /// [`Gazetteer::country`]'s to say.
    pub fn new(code: &str) -> Option<Self> {
        match *code.trim().as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("made of ASCII letters")
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place of the gazetteer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable across versions of the data: `country:CI`, `city:2988507` (GeoNames),
    /// `iata:FRA`, `port:46850` (World Port Index), `locode:DEDUI` (a port only UN/LOCODE has).
    pub key: String,
    /// As people write it, with its marks.
    pub name: &'static str,
    /// What sort of place it is.
    pub kind: Kind,
    /// The country it is in, or is.
    pub country: CountryCode,
    /// Short code of its region (`TX`, `ON`, `BY`), where the region has one in letters.
    pub region_code: Option<&'static str>,
    /// Name of its region.
    pub region: Option<&'static str>,
    /// A point in it: a town's centre, a runway, a quay; inside the main part of a country.
    pub at: LatLon,
    /// "At this place" lies within this many metres of [`Self::at`].
    pub radius_m: u32,
    /// Metres above mean sea level; known for airports.
    pub elevation_msl_m: Option<i16>,
    /// IANA name, where the whole place keeps one time.
    pub time_zone: Option<&'static str>,
    /// Inhabitants, to 0.1 %; known for towns and countries.
    pub population: Option<u64>,
    /// Airport code of IATA.
    pub iata: Option<String>,
    /// Airport code of ICAO.
    pub icao: Option<String>,
    /// Five letters of UN/LOCODE: the place's own, where several lead to it.
    pub locode: Option<String>,
}

/// What the asker knows besides the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// The place is in this country: others are listed last and never taken unasked.
    pub country: Option<CountryCode>,
    /// The place is of this kind, as in a column of airports.
    pub kind: Option<Kind>,
}

impl Hint {
    /// Nothing but the text.
    pub const NONE: Self = Self { country: None, kind: None };

    /// The place is of this kind.
    pub const fn kind(kind: Kind) -> Self {
        Self { country: None, kind: Some(kind) }
    }

    /// The place is in this country.
    pub const fn country(country: CountryCode) -> Self {
        Self { country: Some(country), kind: None }
    }
}

/// One thing a text may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The place.
    pub entry: Entry,
    /// Higher is better; only comparable within one answer.
    pub score: u16,
    /// How the text leads to the place.
    pub why: Why,
    evidence: rank::Evidence,
}

/// How a text leads to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The whole text is its code.
    ExactCode,
    /// The text gives its name.
    Name,
    /// The text gives another of its names: former, foreign, short.
    Alias,
    /// The text names a town and asks for an airport; this is one near that town.
    ServesTown,
    /// The name stands somewhere in a longer text.
    Mentioned,
}

static EMBEDDED: LazyLock<Gazetteer> = LazyLock::new(|| {
    Gazetteer::open(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/gazetteer.bin")))
        .expect("the file was built for this version, and a test opens it")
});

impl Gazetteer {
    /// The gazetteer inside the program.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads a gazetteer in place; takes microseconds, allocates nothing.
    pub fn open(bytes: &'static [u8]) -> Result<Self, Damaged> {
        Ok(Self { store: Store::open(bytes)? })
    }

    /// The entry with this stable key, as stored in [`Entry::key`].
    pub fn get(&self, key: &str) -> Option<Entry> {
        let (scheme, value) = key.split_once(':')?;
        let id = match scheme {
            "country" => u32::from(self.country_number(CountryCode::new(value)?)?),
            "city" => self.store.by_ext(Run::Cities, value.parse().ok()?)?,
            "port" => self.store.by_ext(Run::Ports, value.parse().ok()?)?,
            "iata" => self.store.airport_by_iata(value.as_bytes().try_into().ok()?)?,
            "locode" => self.locode_port(value)?,
            _ => return None,
        };
        let entry = self.entry(id);
        // "city:007" is nobody's key.
        (entry.key == key).then_some(entry)
    }

    /// The one country that a text means: a name, former name or code.
    pub fn country(&self, text: &str) -> Option<Entry> {
        let matches = self.resolve(text, Hint::kind(Kind::Country));
        unambiguous(&matches).map(|found| found.entry.clone()).filter(|it| it.kind == Kind::Country)
    }

    fn entry(&self, id: u32) -> Entry {
        let store = &self.store;
        let record = store.record(id);
        let region = store.region(record.region);
        let run = store.run_of(id);
        let (alpha2, _) = store.country_codes(region.country);
        let is_airport = run == Run::Airports;
        Entry {
            key: self.stable_key(id, run),
            name: store.name(id),
            kind: kind_of(run),
            country: CountryCode(alpha2),
            region_code: some(store.admin1_code(region.admin1)),
            region: some(store.admin1_name(region.admin1)),
            at: record.at(),
            radius_m: radius_m(run, &record),
            elevation_msl_m: if is_airport { store.airport_elevation_m(id) } else { None },
            time_zone: some(store.zone(region.zone)),
            population: (record.population > 0).then_some(record.population),
            iata: is_airport.then(|| ascii(&store.iata(id))),
            icao: (is_airport && record.ext > 0).then(|| codes::from_base36(record.ext, 4)),
            locode: store
                .locode_of(id, region.country)
                .map(|code| ascii(&alpha2) + &codes::from_base36(u32::from(code), 3)),
        }
    }

    fn stable_key(&self, id: u32, run: Run) -> String {
        let ext = self.store.record(id).ext;
        let country = self.store.region(self.store.record(id).region).country;
        let alpha2 = ascii(&self.store.country_codes(country).0);
        match run {
            Run::Countries => format!("country:{alpha2}"),
            Run::Cities => format!("city:{ext}"),
            Run::Airports => format!("iata:{}", ascii(&self.store.iata(id))),
            Run::Ports => format!("port:{ext}"),
            Run::LocodePorts => format!("locode:{alpha2}{}", codes::from_base36(ext, 3)),
        }
    }

    fn country_number(&self, code: CountryCode) -> Option<u8> {
        self.store.country_by_alpha2(code.0)
    }
}

fn kind_of(run: Run) -> Kind {
    match run {
        Run::Countries => Kind::Country,
        Run::Cities => Kind::City,
        Run::Airports => Kind::Airport,
        Run::Ports | Run::LocodePorts => Kind::Port,
    }
}

/// How far "at this place" reaches. A country's disc holds its land and towns (the
/// file has it). A town's holds its built-up area: towns of N inhabitants cover
/// roughly in step with N^(2/3), so tenfold people are about twice as wide.
fn radius_m(run: Run, record: &store::Record) -> u32 {
    match run {
        Run::Countries => record.ext * 1_000,
        // A cargo area lies up to a runway's length from the reference point.
        Run::Airports | Run::Ports => 3_000,
        // UN/LOCODE gives whole minutes: 1.9 km more.
        Run::LocodePorts => 5_000,
        Run::Cities => match record.population {
            0..20_000 => 3_000,
            20_000..50_000 => 4_000,
            50_000..100_000 => 5_000,
            100_000..200_000 => 6_500,
            200_000..500_000 => 9_000,
            500_000..1_000_000 => 12_000,
            1_000_000..2_000_000 => 15_000,
            2_000_000..5_000_000 => 19_000,
            5_000_000..10_000_000 => 22_000,
            _ => 25_000,
        },
    }
}

fn some(text: &'static str) -> Option<&'static str> {
    (!text.is_empty()).then_some(text)
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
