//! From words to places: what an import needs of a gazetteer, and a memory of
//! what was asked before, since a table names the same few places again and again.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use domain::id::PlaceId;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::gazetteer::Kind;

/// How a text speaks of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wording {
    /// The text is a name or a code: "Lagos, Nigeria", "FRA".
    Name,
    /// The name is somewhere in it: "Ranbaxy, Paonta Sahib, India".
    FreeText,
}

/// Which place is meant?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'t> {
    /// The words.
    pub text: &'t str,
    /// How they speak of it.
    pub wording: Wording,
    /// What sort of place it must be, where the mapping says.
    pub kind: Option<Kind>,
}

/// Answers which place a text means. Must answer the same question alike each
/// time, and never guess: a text that may mean two places is [`Found::Several`].
pub trait PlaceFinder {
    /// The place that the words mean.
    fn find(&self, question: Question<'_>) -> Found;
}

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// This place.
    One(FoundPlace),
    /// One of these, as a person would tell them apart; the likeliest first.
    Several(Vec<String>),
    /// No place that is known.
    None,
}

/// A place of the gazetteer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundPlace {
    /// The gazetteer's key for it, as in `iata:FRA`.
    pub key: String,
    /// What it is called.
    pub name: String,
    /// Its time zone by the IANA name.
    pub time_zone: Option<String>,
}

impl FoundPlace {
    /// The id under which the place is registered: the same for every import.
    #[must_use]
    pub fn id(&self) -> PlaceId {
        PlaceId::derive(&[b"gazetteer", self.key.as_bytes()])
    }
}

/// Time zones come from inside the program, so that every machine agrees.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The time zone of this IANA name.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" { Some(TimeZone::UTC) } else { ZONES.get(name).ok() }
}

/// Most texts that are remembered; a table with more of them forgets and asks again.
pub const REMEMBERED_MAX: usize = 100_000;

/// An answer, ready for use.
#[derive(Clone, Debug)]
pub enum Answer {
    One(Arc<KnownPlace>),
    /// No single place; why, in words.
    No(Arc<str>),
}

/// A place with everything that rows need of it.
#[derive(Debug)]
pub struct KnownPlace {
    pub id: PlaceId,
    pub zone: Option<TimeZone>,
    pub place: Arc<FoundPlace>,
}

/// Answers given before.
#[derive(Default)]
pub struct Remembered {
    /// A mapping asks in one or two ways only: a list is the quickest map.
    by_manner: Vec<(Manner, HashMap<Box<str>, Answer>)>,
}

type Manner = (Wording, Option<Kind>);

impl Remembered {
    /// The place a text names.
    pub fn find(&mut self, question: Question<'_>, finder: &dyn PlaceFinder) -> Answer {
        let answers = self.answers((question.wording, question.kind));
        if let Some(answer) = answers.get(question.text) {
            return answer.clone();
        }
        if answers.len() >= REMEMBERED_MAX {
            answers.clear();
        }
        let answer = ask(question, finder);
        answers.insert(question.text.into(), answer.clone());
        answer
    }

    fn answers(&mut self, manner: Manner) -> &mut HashMap<Box<str>, Answer> {
        let known = self.by_manner.iter().position(|(it, _)| *it == manner);
        let index = known.unwrap_or_else(|| {
            self.by_manner.push((manner, HashMap::new()));
            self.by_manner.len() - 1
        });
        &mut self.by_manner[index].1
    }
}

fn ask(question: Question<'_>, finder: &dyn PlaceFinder) -> Answer {
    match finder.find(question) {
        Found::One(place) => Answer::One(Arc::new(KnownPlace {
            id: place.id(),
            zone: place.time_zone.as_deref().and_then(time_zone),
            place: Arc::new(place),
        })),
        Found::Several(names) => {
            let names: Vec<String> = names.into_iter().take(5).collect();
            Answer::No(format!("may mean {}", names.join(" or ")).into())
        }
        Found::None if question.wording == Wording::FreeText => {
            Answer::No("names no known place".into())
        }
        Found::None => Answer::No("is no known place".into()),
    }
}
