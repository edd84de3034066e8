//! Reads the gazetteer's bytes in place: nothing is unpacked, every index is in the file.
//!
//! `scripts/gazetteer/layout.py` writes them; both describe the same version.

use std::cmp::Ordering;
use std::ops::Range;

use domain::position::LatLon;

const MAGIC: &[u8; 8] = b"WHGAZ\0\0\x01";
const SECTIONS: usize = 16;
const BLOCK: usize = 16;
const RECORD_BYTES: usize = 13;
const REGION_BYTES: usize = 5;
const COUNTRY_BYTES: usize = 5;
const AIRPORT_BYTES: usize = 5;
const FOLD_BYTES: usize = 5;
const LOCODE_BYTES: usize = 6;
const CITY_CODE_BYTES: usize = 6;
const ID_BYTES: usize = 3;
const NO_ELEVATION: i16 = i16::MIN;

/// Bytes that are no gazetteer of this version, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged(pub &'static str);

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not a gazetteer this program can read: {}; rebuild the file", self.0)
    }
}

impl std::error::Error for Damaged {}

/// The five runs of entries, in file order; each is sorted by its own code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// By two-letter code; an entry's number is its country's number.
    Countries,
    /// By GeoNames id.
    Cities,
    /// By IATA code.
    Airports,
    /// By World Port Index number.
    Ports,
    /// Ports that only UN/LOCODE knows, by that code.
    LocodePorts,
}

impl Run {
    const ALL: [Self; 5] =
        [Self::Countries, Self::Cities, Self::Airports, Self::Ports, Self::LocodePorts];
}

/// One entry's fixed-size columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) lat_q: u32,
    pub(super) lon_q: u32,
    pub(super) population: u64,
    pub(super) region: u16,
    /// GeoNames id, port number, ICAO or UN/LOCODE in base 36, or a country's radius in km.
    pub(super) ext: u32,
}

impl Record {
    pub(super) fn at(&self) -> LatLon {
        let lat = f64::from(self.lat_q) / f64::from(0x00FF_FFFF) * 180.0 - 90.0;
        let lon = f64::from(self.lon_q) / f64::from(0x0100_0000) * 360.0 - 180.0;
        LatLon::wrapped(lat, lon)
    }
}

/// Country, region within it (0 for none) and time zone, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub(super) country: u8,
    pub(super) admin1: u16,
    pub(super) zone: u16,
}

/// One meaning of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting {
    pub(super) id: u32,
    pub(super) alias: bool,
    /// A country name that outranks an airport code of the same letters.
    pub(super) strong: bool,
}

/// The sections of the file.
pub(super) struct Store {
    ends: [u32; 5],
    fold: &'static [u8],
    countries: &'static [u8],
    zones: Strings,
    admin1_country: &'static [u8],
    admin1_codes: Strings,
    admin1_names: Strings,
    regions: &'static [u8],
    records: &'static [u8],
    names: Strings,
    airports: &'static [u8],
    /// Names of entries.
    pub(super) keys: Keys,
    /// Names and codes of regions.
    pub(super) region_keys: Keys,
    locodes: &'static [u8],
    city_codes: &'static [u8],
    nearby: &'static [u8],
}

impl Store {
    /// Checks that every section is there and as long as it says; the entries
    /// themselves are the build script's word, and a test walks them all.
    pub(super) fn open(bytes: &'static [u8]) -> Result<Self, Damaged> {
        let sections = sections(bytes)?;
        let mut ends = [0; 5];
        let ranges = sections[0];
        if ranges.len() != 20 {
            return Err(Damaged("the ranges of entries have another size"));
        }
        for (end, at) in ends.iter_mut().zip((0..20).step_by(4)) {
            *end = u32_at(ranges, at);
        }
        let store = Self {
            ends,
            fold: sections[1],
            countries: sections[2],
            zones: Strings::open(sections[3])?,
            admin1_country: sections[4],
            admin1_codes: Strings::open(sections[5])?,
            admin1_names: Strings::open(sections[6])?,
            regions: sections[7],
            records: sections[8],
            names: Strings::open(sections[9])?,
            airports: sections[10],
            keys: Keys::open(sections[11])?,
            region_keys: Keys::open(sections[12])?,
            locodes: sections[13],
            city_codes: sections[14],
            nearby: sections[15],
        };
        store.checked()
    }

    fn checked(self) -> Result<Self, Damaged> {
        let entries = self.ends[4] as usize;
        let run_len = |run: Run| self.run(run).len();
        let right = self.ends.is_sorted()
            && self.records.len() == entries * RECORD_BYTES
            && self.names.len() == entries
            && self.nearby.len() == entries * ID_BYTES
            && self.countries.len() == run_len(Run::Countries) * COUNTRY_BYTES
            && run_len(Run::Countries) <= 256
            && self.airports.len() == run_len(Run::Airports) * AIRPORT_BYTES
            && self.admin1_codes.len() == self.admin1_country.len()
            && self.admin1_names.len() == self.admin1_country.len();
        if right { Ok(self) } else { Err(Damaged("its columns differ in length")) }
    }

    pub(super) fn run(&self, run: Run) -> Range<u32> {
        let place = run as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        start..self.ends[place]
    }

    pub(super) fn run_of(&self, id: u32) -> Run {
        let place = self.ends.iter().position(|end| id < *end);
        Run::ALL[place.expect("an entry's number comes from the file")]
    }

    pub(super) fn record(&self, id: u32) -> Record {
        let row = row(self.records, id as usize, RECORD_BYTES);
        let count = u16_at(row, 6);
        Record {
            lat_q: u24_at(row, 0),
            lon_q: u24_at(row, 3),
            population: u64::from(count >> 5) << (count & 31),
            region: u16_at(row, 8),
            ext: u24_at(row, 10),
        }
    }

    pub(super) fn region(&self, number: u16) -> Region {
        let row = row(self.regions, usize::from(number), REGION_BYTES);
        Region { country: row[0], admin1: u16_at(row, 1), zone: u16_at(row, 3) }
    }

    pub(super) fn name(&self, id: u32) -> &'static str {
        self.names.get(id as usize)
    }

    pub(super) fn zone(&self, number: u16) -> &'static str {
        self.zones.get(usize::from(number))
    }

    pub(super) fn admin1_code(&self, number: u16) -> &'static str {
        self.admin1_codes.get(usize::from(number))
    }

    pub(super) fn admin1_name(&self, number: u16) -> &'static str {
        self.admin1_names.get(usize::from(number))
    }

    /// Two-letter and three-letter code of a country.
    pub(super) fn country_codes(&self, country: u8) -> ([u8; 2], [u8; 3]) {
        let row = row(self.countries, usize::from(country), COUNTRY_BYTES);
        ([row[0], row[1]], [row[2], row[3], row[4]])
    }

    pub(super) fn country_by_alpha2(&self, code: [u8; 2]) -> Option<u8> {
        let found = find_row(self.countries, COUNTRY_BYTES, |row| row[..2].cmp(&code))?;
        Some(found as u8)
    }

    pub(super) fn country_by_alpha3(&self, code: [u8; 3]) -> Option<u8> {
        let found = self.countries.chunks_exact(COUNTRY_BYTES).position(|row| row[2..] == code)?;
        Some(found as u8)
    }

    pub(super) fn iata(&self, id: u32) -> [u8; 3] {
        let row = self.airport_row(id);
        [row[0], row[1], row[2]]
    }

    /// Metres above mean sea level.
    pub(super) fn airport_elevation_m(&self, id: u32) -> Option<i16> {
        let row = self.airport_row(id);
        let metres = i16::from_le_bytes([row[3], row[4]]);
        (metres != NO_ELEVATION).then_some(metres)
    }

    fn airport_row(&self, id: u32) -> &'static [u8] {
        row(self.airports, (id - self.run(Run::Airports).start) as usize, AIRPORT_BYTES)
    }

    pub(super) fn airport_by_iata(&self, code: [u8; 3]) -> Option<u32> {
        let found = find_row(self.airports, AIRPORT_BYTES, |row| row[..3].cmp(&code))?;
        Some(self.run(Run::Airports).start + found as u32)
    }

    /// The entry of a run whose own number is `ext`; for runs sorted by it.
    pub(super) fn by_ext(&self, run: Run, ext: u32) -> Option<u32> {
        let range = self.run(run);
        let rows =
            &self.records[range.start as usize * RECORD_BYTES..range.end as usize * RECORD_BYTES];
        let found = find_row(rows, RECORD_BYTES, |row| u24_at(row, 10).cmp(&ext))?;
        Some(range.start + found as u32)
    }

    /// The town of a metropolitan airport code, as LON for London.
    pub(super) fn city_by_code(&self, code: [u8; 3]) -> Option<u32> {
        let found = find_row(self.city_codes, CITY_CODE_BYTES, |row| row[..3].cmp(&code))?;
        Some(u24_at(row(self.city_codes, found, CITY_CODE_BYTES), 3))
    }

    /// What a UN/LOCODE stands for: the town first, then port and airport.
    pub(super) fn by_locode(&self, country: u8, code: u16) -> impl Iterator<Item = u32> + use<> {
        let wanted = (country, code);
        let rows = self.locodes;
        let start = partition(rows, LOCODE_BYTES, |row| locode_of(row) < wanted);
        rows[start * LOCODE_BYTES..]
            .chunks_exact(LOCODE_BYTES)
            .take_while(move |row| locode_of(row) == wanted)
            .map(|row| u24_at(row, 3) & 0x7F_FFFF)
    }

    /// An entry's own UN/LOCODE, as a number in base 36.
    pub(super) fn locode_of(&self, id: u32, country: u8) -> Option<u16> {
        let start = partition(self.locodes, LOCODE_BYTES, |row| row[0] < country);
        self.locodes[start * LOCODE_BYTES..]
            .chunks_exact(LOCODE_BYTES)
            .take_while(|row| row[0] == country)
            .find(|row| u24_at(row, 3) == id | 0x80_0000)
            .map(|row| u16_at(row, 1))
    }

    /// A run's entries by band of latitude, then longitude.
    pub(super) fn nearby(&self, run: Run) -> NearbyOrder<'_> {
        let range = self.run(run);
        let rows = &self.nearby[range.start as usize * ID_BYTES..range.end as usize * ID_BYTES];
        NearbyOrder { store: self, rows }
    }

    /// What replaces a non-ASCII character in keys, where not itself.
    pub(super) fn folded(&self, char: char) -> Option<&'static str> {
        let code = u16::try_from(u32::from(char)).ok()?;
        let found = find_row(self.fold, FOLD_BYTES, |row| u16_at(row, 0).cmp(&code))?;
        let letters = &row(self.fold, found, FOLD_BYTES)[2..];
        let len = letters.iter().position(|byte| *byte == 0).unwrap_or(letters.len());
        Some(text(&letters[..len]))
    }
}

/// Entries in the order that finds neighbours: see [`Store::nearby`].
pub(super) struct NearbyOrder<'s> {
    store: &'s Store,
    rows: &'static [u8],
}

impl NearbyOrder<'_> {
    /// The entries of a band (0 to 255 from the south pole) between two
    /// longitudes, in units of 360°/2^24, both included.
    pub(super) fn between(&self, band: u32, lon_q: Range<u32>) -> impl Iterator<Item = u32> {
        let place = |row: &[u8]| {
            let record = self.store.record(u24_at(row, 0));
            (record.lat_q >> 16, record.lon_q)
        };
        let start = partition(self.rows, ID_BYTES, |row| place(row) < (band, lon_q.start));
        let end = partition(self.rows, ID_BYTES, |row| place(row) < (band, lon_q.end));
        self.rows[start * ID_BYTES..end.max(start) * ID_BYTES]
            .chunks_exact(ID_BYTES)
            .map(|row| u24_at(row, 0))
    }
}

/// Strings by number.
struct Strings {
    len: usize,
    offsets: &'static [u8],
    body: &'static [u8],
}

impl Strings {
    fn open(section: &'static [u8]) -> Result<Self, Damaged> {
        let (len, offsets, body) = blocks(section)?;
        Ok(Self { len, offsets, body })
    }

    fn len(&self) -> usize {
        self.len
    }

    fn get(&self, number: usize) -> &'static str {
        let mut at = u32_at(self.offsets, number / BLOCK * 4) as usize;
        for _ in 0..number % BLOCK {
            at += 1 + usize::from(self.body[at]);
        }
        let len = usize::from(self.body[at]);
        text(&self.body[at + 1..=at + len])
    }
}

/// Sorted, front-coded keys with what they name.
pub(super) struct Keys {
    offsets: &'static [u8],
    body: &'static [u8],
}

impl Keys {
    fn open(section: &'static [u8]) -> Result<Self, Damaged> {
        let (_, offsets, body) = blocks(section)?;
        Ok(Self { offsets, body })
    }

    /// What `key` names, best first; empty where nothing bears it.
    pub(super) fn find(&self, key: &str) -> Vec<Posting> {
        let key = key.as_bytes();
        let blocks = self.offsets.len() / 4;
        let block = partition(self.offsets, 4, |offset| self.first_of(u32_at(offset, 0)) <= key);
        let Some(block) = block.checked_sub(1) else { return Vec::new() };
        let end = if block + 1 < blocks {
            u32_at(self.offsets, (block + 1) * 4) as usize
        } else {
            self.body.len()
        };
        let mut cursor = Cursor { body: self.body, at: u32_at(self.offsets, block * 4) as usize };
        let mut current = Vec::with_capacity(64);
        while cursor.at < end {
            cursor.next_key(&mut current);
            match current.as_slice().cmp(key) {
                Ordering::Less => cursor.skip_postings(),
                Ordering::Equal => return cursor.postings(),
                Ordering::Greater => break,
            }
        }
        Vec::new()
    }

    fn first_of(&self, offset: u32) -> &'static [u8] {
        let at = offset as usize;
        let (_, rest, start) = head(self.body, at);
        &self.body[start..start + rest]
    }

    /// Every key with its postings, for tests.
    #[cfg(test)]
    pub(super) fn all(&self) -> Vec<(String, Vec<Posting>)> {
        let mut cursor = Cursor { body: self.body, at: 0 };
        let mut out = Vec::new();
        let mut current = Vec::new();
        while cursor.at < self.body.len() {
            cursor.next_key(&mut current);
            out.push((String::from_utf8(current.clone()).unwrap(), cursor.postings()));
        }
        out
    }
}

struct Cursor {
    body: &'static [u8],
    at: usize,
}

impl Cursor {
    fn next_key(&mut self, current: &mut Vec<u8>) {
        let (shared, rest, start) = head(self.body, self.at);
        current.truncate(shared);
        current.extend_from_slice(&self.body[start..start + rest]);
        self.at = start + rest;
    }

    fn next_posting(&mut self) -> (Posting, bool) {
        let raw = u24_at(self.body, self.at);
        self.at += ID_BYTES;
        let posting = Posting {
            id: raw & 0xF_FFFF,
            alias: raw & (1 << 20) != 0,
            strong: raw & (1 << 21) != 0,
        };
        (posting, raw & (1 << 23) != 0)
    }

    fn skip_postings(&mut self) {
        while !self.next_posting().1 {}
    }

    fn postings(&mut self) -> Vec<Posting> {
        let mut out = Vec::new();
        loop {
            let (posting, last) = self.next_posting();
            out.push(posting);
            if last {
                return out;
            }
        }
    }
}

/// Bytes shared with the key before, bytes that follow, and where those start.
fn head(body: &[u8], at: usize) -> (usize, usize, usize) {
    match body[at] {
        0xFF => (usize::from(body[at + 1]), usize::from(body[at + 2]), at + 3),
        both => (usize::from(both >> 4), usize::from(both & 15), at + 1),
    }
}

type Blocks = (usize, &'static [u8], &'static [u8]);

fn blocks(section: &'static [u8]) -> Result<Blocks, Damaged> {
    if section.len() < 4 {
        return Err(Damaged("a list is cut off"));
    }
    let len = u32_at(section, 0) as usize;
    let offsets = len.div_ceil(BLOCK) * 4;
    let (offsets, body) =
        section[4..].split_at_checked(offsets).ok_or(Damaged("a list is cut off"))?;
    Ok((len, offsets, body))
}

fn sections(bytes: &'static [u8]) -> Result<[&'static [u8]; SECTIONS], Damaged> {
    if !bytes.starts_with(MAGIC) {
        return Err(Damaged("another version, or another kind of file"));
    }
    if bytes.len() < 12 + 8 * SECTIONS || u32_at(bytes, 8) as usize != SECTIONS {
        return Err(Damaged("another number of sections"));
    }
    let mut out = [&bytes[..0]; SECTIONS];
    for (place, section) in out.iter_mut().enumerate() {
        let start = u32_at(bytes, 12 + 8 * place) as usize;
        let len = u32_at(bytes, 16 + 8 * place) as usize;
        let found = start.checked_add(len).and_then(|end| bytes.get(start..end));
        *section = found.ok_or(Damaged("it is cut off"))?;
    }
    Ok(out)
}

fn locode_of(row: &[u8]) -> (u8, u16) {
    (row[0], u16_at(row, 1))
}

fn row(rows: &'static [u8], number: usize, bytes: usize) -> &'static [u8] {
    &rows[number * bytes..(number + 1) * bytes]
}

/// The first row for which `before` no longer holds.
fn partition(rows: &[u8], bytes: usize, before: impl Fn(&[u8]) -> bool) -> usize {
    let (mut low, mut high) = (0, rows.len() / bytes);
    while low < high {
        let middle = low.midpoint(high);
        if before(&rows[middle * bytes..(middle + 1) * bytes]) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn find_row(rows: &[u8], bytes: usize, order: impl Fn(&[u8]) -> Ordering) -> Option<usize> {
    let found = partition(rows, bytes, |row| order(row) == Ordering::Less);
    let row = rows.get(found * bytes..(found + 1) * bytes)?;
    (order(row) == Ordering::Equal).then_some(found)
}

fn text(bytes: &'static [u8]) -> &'static str {
    std::str::from_utf8(bytes).expect("the build script writes UTF-8, and a test reads it all")
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u24_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
