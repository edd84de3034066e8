//! Turning what travels into what the domain knows: where we are in the body,
//! every mistake found so far, and the places it speaks of.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    str::FromStr,
};

use domain::id::{PlaceId, Subject};
use service::FieldError;

/// Reads one body. A body is read twice when it names places by text: the first
/// reading collects the texts, the second uses what they resolved to.
#[derive(Debug, Default)]
pub struct Reading<'a> {
    pointer: String,
    resolved: Option<&'a BTreeMap<String, PlaceId>>,
    /// Every mistake found.
    pub faults: Vec<FieldError>,
    /// Texts that name places, and where each stands.
    pub searches: BTreeSet<(String, String)>,
    /// Things spoken of by id, and where.
    pub mentions: Vec<(String, Subject)>,
}

impl<'a> Reading<'a> {
    /// A first reading.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A second reading, with the places that texts resolved to.
    #[must_use]
    pub fn with(resolved: &'a BTreeMap<String, PlaceId>) -> Self {
        Self { resolved: Some(resolved), ..Self::default() }
    }

    /// Reads what stands under one key or index.
    pub fn within<T>(&mut self, key: impl Display, read: impl FnOnce(&mut Self) -> T) -> T {
        let len = self.pointer.len();
        self.pointer = pointer(&self.pointer, &key.to_string());
        let value = read(self);
        self.pointer.truncate(len);
        value
    }

    /// Notes a mistake in what stands under `key`.
    pub fn fault(&mut self, key: &str, code: &'static str, detail: String) {
        let pointer =
            if key.is_empty() { self.pointer.clone() } else { pointer(&self.pointer, key) };
        self.faults.push(FieldError { pointer, code, detail });
    }

    /// Parses text that stands under `key`.
    pub fn parse<T: FromStr<Err: Display>>(&mut self, key: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(why) => {
                self.fault(key, "invalid", why.to_string());
                None
            }
        }
    }

    /// Notes that the value here speaks of a subject.
    pub fn mention(&mut self, subject: Subject) {
        self.mentions.push((self.pointer.clone(), subject));
    }

    /// The place that a text stands for: on the first reading any place, since
    /// what is read then is thrown away.
    pub fn search(&mut self, text: &str) -> PlaceId {
        let text = text.trim();
        let known = self.resolved.and_then(|it| it.get(text));
        known.copied().unwrap_or_else(|| {
            self.searches.insert((text.to_owned(), self.pointer.clone()));
            PlaceId::from_bytes([0; 16])
        })
    }
}

/// One step further down (RFC 6901).
#[must_use]
pub fn pointer(base: &str, key: &str) -> String {
    format!("{base}/{}", key.replace('~', "~0").replace('/', "~1"))
}
