//! From a text to the places it may mean.

use super::rank::Candidate;
use super::store::Posting;
use super::{Gazetteer, Hint, Kind, Match, TEXT_MAX_BYTES, Why};

/// More parts than an address line has are not looked at.
const PARTS_MAX: usize = 6;
/// Longest country or region name without a comma before it, in words.
const TAIL_WORDS_MAX: usize = 5;
/// An airport serves the towns this near.
const SERVES_M: f64 = 60_000.0;

/// A name with its commas says more than a name before a comma.
const WHOLE_BONUS: i32 = 200;
/// New York is called by its state's name; smaller towns only by mistake.
const CALLED_AS_REGION_MIN_POPULATION: u64 = 500_000;

/// One way to read a text: a name, and what the rest of the text says about it.
struct Reading {
    name: String,
    parts: Vec<String>,
    /// The name is the whole text, with the commas and brackets in it: "Congo (Kinshasa)".
    whole: bool,
}

impl Reading {
    fn new(name: &str, parts: &[&str]) -> Self {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        Self { name: name.to_owned(), parts, whole: false }
    }
}

/// A name as it was looked up.
struct Named<'k> {
    key: &'k str,
    asked: Option<Kind>,
    bonus: i32,
}

/// What a part of a text may say about where a place is.
struct Part {
    countries: Vec<u8>,
    regions: Vec<u16>,
    /// Codes in it ("Frankfurt (FRA)"), as entries.
    codes: Vec<u32>,
    /// A postal code: understood, and says nothing.
    number: bool,
}

impl Gazetteer {
    /// Everything that the text may mean, best first, at most [`super::MATCHES_MAX`].
    ///
    /// Takes codes (`FRA`, `EDDF`, `DEFRA`, `DE`), names in many languages, former
    /// names, and names with their region, country, kind or postal code around them:
    /// "Paris, TX", "Lagos Nigeria", "Port of Durban", "75001 Paris (France)".
    pub fn resolve(&self, text: &str, hint: Hint) -> Vec<Match> {
        if text.len() > TEXT_MAX_BYTES {
            return Vec::new();
        }
        let text = text.trim();
        let mut found = Vec::new();
        self.add_codes(text, hint, &mut found);
        for reading in self.readings(text) {
            self.add_reading(&reading, hint, &mut found);
        }
        self.ranked(found, hint)
    }

    fn add_codes(&self, text: &str, hint: Hint, found: &mut Vec<Candidate>) {
        let plain = text.trim_start_matches('(').trim_end_matches(')');
        // "Oslo" is a name; so is "Lima": four letters are a code in capitals only.
        let capitals = !plain.bytes().any(|byte| byte.is_ascii_lowercase());
        let ids = self.ids_by_code(plain);
        let names_country = self.store.keys.find(&self.store.key(plain));
        let outranked = names_country.iter().any(|posting| posting.strong);
        for (place, id) in ids.into_iter().enumerate() {
            let kind = self.kind_of(id);
            let mut candidate = Candidate::new(id, Why::ExactCode);
            // The code list's order is our order.
            candidate.bonus = -200 * place as i32;
            // Three letters are an airport unless the asker wants a country or "USA" says so.
            candidate.doubt = !capitals || outranked && kind != Kind::Country;
            if hint.kind == Some(kind) {
                candidate.bonus = 0;
                candidate.doubt = !capitals;
            }
            found.push(candidate);
        }
    }

    fn readings(&self, text: &str) -> Vec<Reading> {
        let parts = split(text);
        let mut out = vec![Reading { whole: parts.len() > 1, ..Reading::new(text, &[]) }];
        if parts.len() > PARTS_MAX {
            return out;
        }
        if parts.len() > 1 {
            for (place, name) in parts.iter().enumerate() {
                let mut others = parts.clone();
                others.remove(place);
                out.push(Reading::new(name, &others));
            }
            // "Washington, D.C., USA"
            out.push(Reading::new(&format!("{} {}", parts[0], parts[1]), &parts[2..]));
        }
        if let Some((first, rest)) = parts.split_first() {
            self.add_tails(first, rest, &mut out);
        }
        out
    }

    /// "Lagos Nigeria", "Paris TX, USA": the name's last words are a country or region.
    fn add_tails(&self, name: &str, rest: &[&str], out: &mut Vec<Reading>) {
        let words: Vec<&str> = name.split_whitespace().collect();
        for start in (1..words.len()).rev().take(TAIL_WORDS_MAX) {
            let tail = words[start..].join(" ");
            let part = self.part(&tail);
            if !part.countries.is_empty() || !part.regions.is_empty() {
                let mut parts = rest.to_vec();
                parts.push(&tail);
                out.push(Reading::new(&words[..start].join(" "), &parts));
            }
        }
    }

    fn add_reading(&self, reading: &Reading, hint: Hint, found: &mut Vec<Candidate>) {
        let parts: Vec<Part> = reading.parts.iter().map(|part| self.part(part)).collect();
        let mut key = self.store.key(&reading.name);
        let mut postings = self.store.keys.find(&key);
        if postings.is_empty() {
            key = self.store.key(&without_numbers(&reading.name));
            postings = self.store.keys.find(&key);
        }
        let bonus = if reading.whole { WHOLE_BONUS } else { 0 };
        if !postings.is_empty() {
            // "Port Elizabeth" and "Mexico City" are names; nobody asks for a kind there.
            let named = Named { key: &key, asked: None, bonus };
            self.add_postings(postings, &named, &parts, hint, found);
        } else if let Some((bare, kind)) = without_kind_words(&key) {
            let named = Named { key: bare, asked: Some(kind), bonus };
            self.add_postings(self.store.keys.find(bare), &named, &parts, hint, found);
        }
    }

    fn add_postings(
        &self,
        postings: Vec<Posting>,
        named: &Named<'_>,
        parts: &[Part],
        hint: Hint,
        found: &mut Vec<Candidate>,
    ) {
        let regions = self.store.region_keys.find(named.key);
        for posting in postings {
            let Some(mut candidate) = self.read(posting, parts) else { continue };
            candidate.kind = named.asked;
            candidate.bonus += named.bonus;
            candidate.doubt = posting.alias && self.means_region(posting.id, &regions);
            found.push(candidate);
            let airports = named.asked == Some(Kind::Airport) || hint.kind == Some(Kind::Airport);
            if airports && self.kind_of(posting.id) == Kind::City {
                self.add_airports_of(candidate, found);
            }
        }
    }

    /// A small town that some call by its region's name ("Goa") is not what the name means.
    pub(super) fn means_region(&self, id: u32, regions: &[Posting]) -> bool {
        let record = self.store.record(id);
        let region = u32::from(self.store.region(record.region).admin1);
        self.kind_of(id) == Kind::City
            && record.population < CALLED_AS_REGION_MIN_POPULATION
            && regions.iter().any(|posting| posting.id == region)
    }

    /// What a name means, given what the other parts say; none where they contradict it.
    fn read(&self, posting: Posting, parts: &[Part]) -> Option<Candidate> {
        let why = if posting.alias { Why::Alias } else { Why::Name };
        let mut candidate = Candidate::new(posting.id, why);
        if posting.strong {
            candidate.bonus = 300;
        }
        let region = self.store.region(self.store.record(posting.id).region);
        let is_country = self.kind_of(posting.id) == Kind::Country;
        for part in parts {
            let silent = part.countries.is_empty() && part.regions.is_empty();
            let confirms = part.countries.contains(&region.country)
                || !is_country && part.regions.contains(&region.admin1)
                || part.codes.iter().any(|code| self.close(*code, posting.id));
            if confirms {
                candidate.confirmed += 1;
            } else if silent || is_country {
                candidate.unread += u8::from(!part.number);
            } else {
                return None;
            }
        }
        Some(candidate)
    }

    fn close(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.store.record(a).at(), self.store.record(b).at());
        domain::geodesy::distance_m(a, b) <= 100_000.0
    }

    /// "Nairobi Airport": the airports near the town of that name.
    fn add_airports_of(&self, town: Candidate, found: &mut Vec<Candidate>) {
        let at = self.store.record(town.id).at();
        let country = self.country_of(town.id);
        let near = self.within(super::store::Run::Airports, at, SERVES_M);
        for (place, (_, id)) in near.into_iter().take(5).enumerate() {
            if self.country_of(id) == country {
                let bonus = -10 * place as i32;
                found.push(Candidate { id, why: Why::ServesTown, bonus, ..town });
            }
        }
    }

    fn part(&self, text: &str) -> Part {
        let store = &self.store;
        let number = is_number(text);
        let text = if number { text } else { &without_numbers(text) };
        let key = store.key(text);
        let countries = store.run(super::store::Run::Countries);
        let postings = store.keys.find(&key);
        let mut found: Vec<u8> = postings
            .iter()
            .filter(|posting| countries.contains(&posting.id))
            .map(|posting| posting.id as u8)
            .collect();
        let regions = store.region_keys.find(&key);
        let codes = if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
            Vec::new()
        } else {
            self.ids_by_code(text)
        };
        found.extend(codes.iter().filter(|id| countries.contains(id)).map(|id| *id as u8));
        Part {
            countries: found,
            regions: regions.iter().map(|posting| posting.id as u16).collect(),
            codes: codes.into_iter().filter(|id| !countries.contains(id)).collect(),
            number,
        }
    }
}

/// The text's parts: between commas, brackets, slashes, and dashes with spaces.
fn split(text: &str) -> Vec<&str> {
    text.split([',', ';', '/', '|', '(', ')', '[', ']', '\n', '\t'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .filter(|part| part.chars().any(char::is_alphanumeric))
        .collect()
}

/// "Texas 75460" is Texas.
fn without_numbers(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !is_number(word)).collect();
    words.join(" ")
}

/// A postal code rather than a word: four to eight characters, two fifths of them digits.
fn is_number(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let others = text.bytes().any(|byte| !byte.is_ascii_alphanumeric() && !b" -".contains(&byte));
    !others && (4..=8).contains(&letters) && digits * 5 >= letters * 2
}

/// "port of durban" is `durban` and asks for a port.
fn without_kind_words(key: &str) -> Option<(&str, Kind)> {
    const BEFORE: [(&str, Kind); 9] = [
        ("port of ", Kind::Port),
        ("puerto de ", Kind::Port),
        ("porto di ", Kind::Port),
        ("harbour of ", Kind::Port),
        ("seaport of ", Kind::Port),
        ("airport of ", Kind::Airport),
        ("city of ", Kind::City),
        ("town of ", Kind::City),
        ("port ", Kind::Port),
    ];
    const AFTER: [(&str, Kind); 9] = [
        (" seaport", Kind::Port),
        (" port", Kind::Port),
        (" harbour", Kind::Port),
        (" harbor", Kind::Port),
        (" container terminal", Kind::Port),
        (" international airport", Kind::Airport),
        (" intl airport", Kind::Airport),
        (" airport", Kind::Airport),
        (" city", Kind::City),
    ];
    let before = BEFORE.iter().find_map(|(word, kind)| Some((key.strip_prefix(word)?, *kind)));
    let after = || AFTER.iter().find_map(|(word, kind)| Some((key.strip_suffix(word)?, *kind)));
    before.or_else(after).filter(|(rest, _)| !rest.is_empty())
}
