//! Places mentioned somewhere in a longer text, such as a company's name and address.

use super::rank::Candidate;
use super::store::Run;
use super::{Gazetteer, Hint, Kind, Match, TEXT_MAX_BYTES, Why};

/// Longest name looked for, in words.
const WINDOW_WORDS: usize = 6;
const WORDS_MAX: usize = 60;
/// A town counts alone, without its country beside it, from this size on; by another
/// name only if bigger, for small towns are called everything.
const ALONE_MIN_POPULATION: u64 = 100_000;
const ALONE_BY_ALIAS_MIN_POPULATION: u64 = 500_000;
/// Shorter words are companies' initials more often than towns.
const ALONE_MIN_LETTERS: usize = 4;

struct Word<'t> {
    text: &'t str,
    key: String,
}

/// What a window of words may name.
struct Mention {
    first: usize,
    words: usize,
    id: u32,
    alias: bool,
}

impl Gazetteer {
    /// The places that a longer text names, best first: "Ranbaxy, Paonta Sahib, India"
    /// gives the town, then the country. These are suggestions for a person:
    /// [`super::unambiguous`] takes none of them.
    pub fn find_in_text(&self, text: &str) -> Vec<Match> {
        if text.len() > TEXT_MAX_BYTES {
            return Vec::new();
        }
        let words = self.words(text);
        let mentions = self.mentions(&words);
        let countries = self.named_countries(&mentions);
        let by_code = self.country_code_at_end(&words);
        let mut found: Vec<Candidate> = Vec::new();
        let mut towns = Vec::new();
        for mention in &mentions {
            if self.kind_of(mention.id) == Kind::City {
                let country = self.country_of(mention.id);
                let confirmed = countries.contains(&country)
                    || countries.is_empty() && by_code == Some(country);
                if confirmed || countries.is_empty() && self.stands_alone(mention, &words) {
                    towns.push(suggestion(mention, confirmed));
                }
            }
        }
        for mention in &mentions {
            if self.kind_of(mention.id) == Kind::Country {
                found.push(suggestion(mention, false));
            }
        }
        if let Some(country) = by_code.filter(|_| countries.is_empty()) {
            let mut candidate = Candidate::new(u32::from(country), Why::Mentioned);
            candidate.doubt = true;
            // "S.A." is a company as often as a country: any big town says more.
            candidate.bonus = -100;
            found.push(candidate);
        }
        found.extend(towns);
        self.ranked(found, Hint::NONE)
    }

    fn words<'t>(&self, text: &'t str) -> Vec<Word<'t>> {
        text.split(|char: char| char.is_whitespace() || ",;:/|()[]\"".contains(char))
            .filter(|word| !word.is_empty())
            .map(|text| Word { text, key: self.store.key(text) })
            .filter(|word| !word.key.is_empty())
            .take(WORDS_MAX)
            .collect()
    }

    /// Names in the text; a word inside a longer name names nothing itself.
    fn mentions(&self, words: &[Word<'_>]) -> Vec<Mention> {
        let mut taken = vec![false; words.len()];
        let mut out = Vec::new();
        for len in (1..=WINDOW_WORDS.min(words.len())).rev() {
            for first in 0..=words.len() - len {
                let window = first..first + len;
                if taken[window.clone()].iter().any(|taken| *taken) || !capital(&words[first]) {
                    continue;
                }
                let joined: Vec<&str> =
                    words[window.clone()].iter().map(|word| word.key.as_str()).collect();
                let name = joined.join(" ");
                let regions = self.store.region_keys.find(&name);
                let postings = self.store.keys.find(&name);
                let places = postings.iter().filter(|posting| {
                    matches!(self.kind_of(posting.id), Kind::City | Kind::Country)
                        && !(posting.alias && self.means_region(posting.id, &regions))
                });
                let before = out.len();
                out.extend(places.map(|posting| Mention {
                    first,
                    words: len,
                    id: posting.id,
                    alias: posting.alias,
                }));
                if len > 1 && out.len() > before {
                    taken[window].fill(true);
                }
            }
        }
        out
    }

    fn named_countries(&self, mentions: &[Mention]) -> Vec<u8> {
        let countries = self.store.run(Run::Countries);
        mentions
            .iter()
            .filter(|mention| countries.contains(&mention.id))
            .map(|mention| mention.id as u8)
            .collect()
    }

    /// "Hetero, Hyderabad IN": two capitals at the very end.
    fn country_code_at_end(&self, words: &[Word<'_>]) -> Option<u8> {
        let last = words.last().filter(|_| words.len() > 1)?.text.trim_end_matches('.');
        let code: [u8; 2] = last.as_bytes().try_into().ok()?;
        code.iter().all(u8::is_ascii_uppercase).then(|| self.store.country_by_alpha2(code))?
    }

    fn stands_alone(&self, mention: &Mention, words: &[Word<'_>]) -> bool {
        let population = self.store.record(mention.id).population;
        let least =
            if mention.alias { ALONE_BY_ALIAS_MIN_POPULATION } else { ALONE_MIN_POPULATION };
        population >= least && words[mention.first].key.len() >= ALONE_MIN_LETTERS
    }
}

fn suggestion(mention: &Mention, confirmed: bool) -> Candidate {
    let mut candidate = Candidate::new(mention.id, Why::Mentioned);
    candidate.confirmed = u8::from(confirmed);
    candidate.doubt = true;
    // A town says more than the country that confirms it.
    candidate.bonus = if confirmed { 60 } else { 0 };
    candidate.bonus += 20 * mention.words as i32 - if mention.alias { 40 } else { 0 }
        // The end of an address says more than a company's name at its start.
        + mention.first.min(10) as i32;
    candidate
}

fn capital(word: &Word<'_>) -> bool {
    word.text.chars().find(|char| char.is_alphanumeric()).is_some_and(|char| !char.is_lowercase())
}
