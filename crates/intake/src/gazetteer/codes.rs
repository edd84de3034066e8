//! Places by their code: IATA, ICAO, UN/LOCODE, ISO 3166.

use super::store::Run;
use super::{Entry, Gazetteer, Kind};

impl Gazetteer {
    /// Everything a code stands for, the likeliest first: three characters are an
    /// airport, else a city's airports, else a country; four an airport; five a
    /// UN/LOCODE (the town, then its port and airport); two a country. Case and the
    /// space in "DE FRA" do not matter.
    pub fn by_code(&self, code: &str) -> Vec<Entry> {
        self.ids_by_code(code).into_iter().map(|id| self.entry(id)).collect()
    }

    pub(super) fn ids_by_code(&self, code: &str) -> Vec<u32> {
        let code = code.trim();
        if code.len() > 8 {
            return Vec::new();
        }
        let letters: Vec<u8> = code
            .bytes()
            .filter(|byte| !matches!(byte, b' ' | b'-'))
            .map(|byte| byte.to_ascii_uppercase())
            .collect();
        if !letters.iter().all(u8::is_ascii_alphanumeric) {
            return Vec::new();
        }
        match *letters.as_slice() {
            [a, b] => self.store.country_by_alpha2([a, b]).map(u32::from).into_iter().collect(),
            [a, b, c] => self.ids_by_three([a, b, c]),
            [_, _, _, _] => self.airport_by_icao(&letters).into_iter().collect(),
            [a, b, ref rest @ ..] if rest.len() == 3 => self.ids_by_locode([a, b], rest),
            _ => Vec::new(),
        }
    }

    fn ids_by_three(&self, code: [u8; 3]) -> Vec<u32> {
        let store = &self.store;
        let mut ids: Vec<u32> = store.city_by_code(code).into_iter().collect();
        let airport = store.airport_by_iata(code);
        // Where one airport bears its city's code, the code is the airport's.
        ids.splice(0..0, airport);
        ids.extend(store.country_by_alpha3(code).map(u32::from));
        ids
    }

    fn airport_by_icao(&self, code: &[u8]) -> Option<u32> {
        // Zero stands for none.
        let wanted = to_base36(code).filter(|wanted| *wanted > 0)?;
        // A few thousand comparisons, some ten microseconds: not worth an index.
        self.store.run(Run::Airports).find(|id| self.store.record(*id).ext == wanted)
    }

    fn ids_by_locode(&self, country: [u8; 2], rest: &[u8]) -> Vec<u32> {
        let Some(country) = self.store.country_by_alpha2(country) else { return Vec::new() };
        let Some(code) = to_base36(rest) else { return Vec::new() };
        let ids: Vec<u32> = self.store.by_locode(country, code as u16).collect();
        if !ids.is_empty() {
            return ids;
        }
        // Most towns with an airport bear its code.
        let code: [u8; 3] = rest.try_into().expect("three characters were matched");
        let airport = self.store.airport_by_iata(code);
        airport.filter(|id| self.country_of(*id) == country).into_iter().collect()
    }

    pub(super) fn locode_port(&self, code: &str) -> Option<u32> {
        let ids = self.ids_by_code(code);
        ids.into_iter().find(|id| self.store.run_of(*id) == Run::LocodePorts)
    }

    pub(super) fn country_of(&self, id: u32) -> u8 {
        self.store.region(self.store.record(id).region).country
    }

    pub(super) fn kind_of(&self, id: u32) -> Kind {
        super::kind_of(self.store.run_of(id))
    }
}

pub(super) fn from_base36(mut value: u32, letters: usize) -> String {
    let mut out = vec![b'0'; letters];
    for place in out.iter_mut().rev() {
        *place = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(value % 36) as usize];
        value /= 36;
    }
    super::ascii(&out)
}

fn to_base36(code: &[u8]) -> Option<u32> {
    code.iter().try_fold(0, |value, byte| Some(value * 36 + char::from(*byte).to_digit(36)?))
}
