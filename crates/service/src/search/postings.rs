//! The rows that a search reads: one posting for each word and number of a
//! package. A posting holds marks of everything else that may be asked of it,
//! so that several words and filters are answered from one scan. What changes
//! on the way (status, holder) is in no posting: a custody event writes none,
//! unless it says that something goes another way than it should.

use std::collections::BTreeMap;

use domain::{
    id::{ClientId, PackageId, PlaceId, Subject},
    mode::Mode,
    record::{PackageRecord, Record},
    state::State,
};
use table::Key;

use super::words::{Findable, words};
use crate::{
    keys::{Posted, Row},
    rows::{PostingRow, to_bytes},
};

/// Something that a posting may be marked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark<'a> {
    /// A word that everybody may search.
    Word(&'a str),
    /// A word of the recipient's name, or the address.
    Personal(&'a str),
    /// Whose goods.
    Client(ClientId),
    /// The shipping company.
    Carrier(&'a str),
    /// How it travels.
    Mode(Mode),
    /// Where it starts or should end.
    Place(PlaceId),
}

impl Mark<'_> {
    /// Two bytes stand for it: one of 65,536 others looks the same, so whatever
    /// matches is looked up before it is answered.
    #[must_use]
    pub fn bytes(self) -> [u8; 2] {
        let hash = match self {
            Self::Word(word) => hash(b'w', word.as_bytes()),
            Self::Personal(word) => hash(b'p', word.as_bytes()),
            Self::Client(id) => hash(b'c', id.as_bytes()),
            Self::Carrier(name) => hash(b's', name.as_bytes()),
            Self::Mode(mode) => hash(b'm', &[mode as u8]),
            Self::Place(id) => hash(b'l', id.as_bytes()),
        };
        ((hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) as u16).to_be_bytes()
    }

    /// Whether a posting has it, or something that looks the same.
    #[must_use]
    pub fn is_in(self, marks: &[u8]) -> bool {
        let mark = self.bytes();
        marks.chunks_exact(2).any(|it| it == mark)
    }
}

/// FNV-1a: short, fast, and the same for ever.
fn hash(kind: u8, bytes: &[u8]) -> u64 {
    std::iter::once(&kind).chain(bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The search's rows of a subject: postings of a package, words of a client.
/// They are derived and hold personal words, so they go when those are erased,
/// and nothing of them is ever logged.
#[must_use]
pub fn rows(subject: Subject, state: &State) -> BTreeMap<Key, Vec<u8>> {
    match (&state.record, subject) {
        (Some(Record::Package(record)), Subject::Package(id)) => postings(id, record, state),
        (Some(Record::Client(record)), Subject::Client(id)) => {
            words(&record.name).map(|it| (Row::ClientWord(&it, id).key(), Vec::new())).collect()
        }
        _ => BTreeMap::new(),
    }
}

/// The row by which a package is found that goes another way than it should: such
/// are few, and looked for among all the others.
#[must_use]
pub fn standing(id: PackageId, state: &State) -> Option<(Key, Vec<u8>)> {
    let status = Some(state.status).filter(|it| it.is_exceptional())?.word().as_bytes();
    let key = Row::Posting(Posted::Standing, status, state.known_since, id).key();
    Some((key, to_bytes(&PostingRow { marks: Vec::new() })))
}

/// Whether two states have the same rows here, known without making them.
#[must_use]
pub fn same(a: Option<&State>, b: Option<&State>) -> bool {
    let asked = |it: &State| (it.known_since, it.record.is_some(), it.registered_by);
    a.map(asked) == b.map(asked)
        && a.and_then(|it| it.record.as_ref()) == b.and_then(|it| it.record.as_ref())
}

fn postings(id: PackageId, record: &PackageRecord, state: &State) -> BTreeMap<Key, Vec<u8>> {
    let all = Findable::of(record);
    let value = to_bytes(&PostingRow { marks: marks(record, &all) });
    let mut rows = BTreeMap::new();
    let mut add = |posted: Posted, token: &[u8]| {
        let key = Row::Posting(posted, token, state.known_since, id).key();
        rows.insert(key, value.clone());
    };
    all.words.iter().for_each(|(it, _)| add(Posted::Word, it.as_bytes()));
    all.personal.iter().for_each(|it| add(Posted::Personal, it.as_bytes()));
    all.numbers.iter().for_each(|(it, _)| add(Posted::Number, it.as_bytes()));
    record.client.iter().for_each(|it| add(Posted::Client, it.as_bytes()));
    // Asked for alone, so without marks: an amendment, which changes those, leaves it as it is.
    if let Some(person) = state.registered_by {
        let key = Row::Posting(Posted::RegisteredBy, person.as_bytes(), state.known_since, id);
        rows.insert(key.key(), to_bytes(&PostingRow { marks: Vec::new() }));
    }
    // A name that no key can hold leads nowhere; as a filter it works all the same.
    if let Some(carrier) = record.carrier.as_ref().filter(|it| (1..=200).contains(&it.len())) {
        rows.insert(Row::Carrier(carrier).key(), Vec::new());
    }
    rows
}

fn marks(record: &PackageRecord, all: &Findable) -> Vec<u8> {
    let words = all.words.iter().map(|(it, _)| Mark::Word(it));
    let personal = all.personal.iter().map(|it| Mark::Personal(it));
    let places = record.origin.into_iter().chain(record.destination).map(Mark::Place);
    let mut marks: Vec<[u8; 2]> = words
        .chain(personal)
        .chain(places)
        .chain(record.client.map(Mark::Client))
        .chain(record.carrier.as_deref().map(Mark::Carrier))
        .chain(record.mode.map(Mark::Mode))
        .map(Mark::bytes)
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks.concat()
}
