//! What the gazetteer answers, on its own data and against others'.

mod answers;
mod data_file;
mod neighbours;
mod other_sources;
mod suggestions;

use super::{CountryCode, Entry, Gazetteer, Hint, Match, unambiguous};

fn resolve(text: &str, hint: Hint) -> Vec<Match> {
    Gazetteer::embedded().resolve(text, hint)
}

/// The key of the one place a text surely means.
fn one(text: &str) -> Option<String> {
    one_with(text, Hint::NONE)
}

fn one_with(text: &str, hint: Hint) -> Option<String> {
    unambiguous(&resolve(text, hint)).map(|found| found.entry.key.clone())
}

fn keys(matches: &[Match]) -> Vec<&str> {
    matches.iter().map(|found| found.entry.key.as_str()).collect()
}

fn within(country: &str) -> Hint {
    Hint::country(CountryCode::new(country).unwrap())
}

fn get(key: &str) -> Entry {
    Gazetteer::embedded().get(key).unwrap_or_else(|| panic!("no {key}"))
}
