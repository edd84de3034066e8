//! The rows that follow from a subject's head: one pure function, so that
//! following the feed, rebuilding and checking cannot disagree.

use std::collections::BTreeMap;

use domain::{
    holding::{HolderId, Holding},
    id::{PackageId, PlaceId, Subject},
    map::Counts,
    record::{PackageRecord, Record},
    state::State,
    time::Timestamp,
};
use table::{Guard, Key, Write};

use crate::{
    attention, filing,
    keys::{CARRIERS, LISTED_DAYS, Row, day},
    rows::{Head, ListRow, MemberRow, NameRow, to_bytes},
};

/// Under so many words of its name a thing is found, besides the first.
const LATER_WORDS_MAX: usize = 7;

/// Every row that a subject's head asks for, by key.
#[must_use]
pub fn all_derived(subject: Subject, head: &Head) -> BTreeMap<Key, Vec<u8>> {
    let mut rows = derived(subject, head);
    rows.extend(crate::search::rows(subject, &head.state));
    rows
}

/// The same without the rows that a search reads.
#[must_use]
pub fn derived(subject: Subject, head: &Head) -> BTreeMap<Key, Vec<u8>> {
    let state = &head.state;
    let mut rows = BTreeMap::new();
    match (&state.record, subject) {
        (Some(Record::Package(record)), Subject::Package(id)) => {
            let key = Row::Listed(state.known_since, id).key();
            rows.insert(key, to_bytes(&list_row(record, state)));
            rows.insert(Row::ListedDay(day(state.known_since)).key(), Vec::new());
            rows.extend(crate::search::standing(id, state));
        }
        (Some(record), _) => {
            if let Some(name) = name(record) {
                rows.extend(named(subject, name, state.merged.map(|it| it.0)));
            }
        }
        (None, _) => (),
    }
    if let Some((holder, row)) = membership(subject, state) {
        rows.insert(Row::Member(holder, subject).key(), to_bytes(&row));
    }
    if let (Some((tracker, _)), Subject::Package(_) | Subject::Container(_)) =
        (state.tracker, subject)
    {
        rows.insert(Row::Carried(tracker, subject).key(), Vec::new());
    }
    rows.extend(attention::rows(subject, state));
    rows.extend(filing::closed_row(subject, head).map(|key| (key, Vec::new())));
    rows
}

/// What holds a package or container, and what its row there says. What a
/// container counts does not follow from its own state: `holders.rs` adds it.
#[must_use]
pub fn membership(subject: Subject, state: &State) -> Option<(HolderId, MemberRow)> {
    if let (Subject::Place(_), Some((into, since))) = (subject, state.merged) {
        return Some((HolderId::Place(into), MemberRow { since, counts: None, lane: None }));
    }
    let (holding, counts) = match subject {
        Subject::Package(_) => (Holding::of_package(state), Some(Counts::of_package(state))),
        Subject::Container(_) => (Holding::of_container(state), None),
        _ => return None,
    };
    let since = state.holder.map(|it| it.1);
    let seen = state.last_place.map_or(state.known_since, |it| it.1);
    let (holder, since, lane) = match (holding, subject) {
        (Holding::Container(id), _) => (HolderId::Container(id), since.unwrap_or(seen), None),
        (Holding::Place(id), _) => (HolderId::Place(id), since.unwrap_or(seen), None),
        (Holding::Lane(lane), _) => (HolderId::Lane(lane.id()), left_at(state), Some(lane)),
        (Holding::Itself, Subject::Package(id)) => (HolderId::Package(id), seen, None),
        (Holding::Itself | Holding::Nowhere, _) => return None,
    };
    Some((holder, MemberRow { since, counts, lane }))
}

fn left_at(state: &State) -> Timestamp {
    state.leg.map_or(state.status_at, |it| it.departed_at)
}

/// Whether other packages ask for the same row: that of a day or a carrier.
#[must_use]
pub fn is_shared(key: &Key) -> bool {
    key.shard == LISTED_DAYS || key.shard == CARRIERS
}

/// The writes that turn the rows of `old` into those of `new`. Shared rows stay.
#[must_use]
pub fn changes(old: &BTreeMap<Key, Vec<u8>>, new: &BTreeMap<Key, Vec<u8>>) -> Vec<Write> {
    let gone = old.keys().filter(|key| !new.contains_key(*key) && !is_shared(key));
    let other = new.iter().filter(|(key, value)| old.get(*key) != Some(*value));
    gone.map(|key| Write::delete(key.clone(), Guard::Any))
        .chain(other.map(|(key, value)| Write::put(key.clone(), Guard::Any, value.clone())))
        .collect()
}

/// The rows by which a name is found. Containers are many and called by what they are
/// and a number: they are found by either, for two rows each.
fn named(subject: Subject, name: &str, merged: Option<PlaceId>) -> Vec<(Key, Vec<u8>)> {
    let value = to_bytes(&NameRow { name: name.to_owned(), merged });
    let sorting = sorting_name(name);
    let whole = (Row::Named(&sorting, subject).key(), value.clone());
    let many = matches!(subject, Subject::Container(_));
    let rests = later_words(&sorting).take(if many { 1 } else { LATER_WORDS_MAX });
    let rests = rests.map(|rest| (Row::NamedWithin(rest, subject).key(), value.clone()));
    rests.chain([whole]).collect()
}

/// A name from each word but its first on.
pub fn later_words(name: &str) -> impl Iterator<Item = &str> {
    let inside = |at: usize| name[..at].chars().next_back().is_none_or(char::is_alphanumeric);
    name.char_indices()
        .filter(move |(at, char)| char.is_alphanumeric() && !inside(*at))
        .map(|(at, _)| &name[at..])
}

/// A name as it sorts and is searched: lower case, bounded.
#[must_use]
pub fn sorting_name(name: &str) -> String {
    name.trim().to_lowercase().chars().take(100).collect()
}

fn name(record: &Record) -> Option<&str> {
    match record {
        Record::Package(_) => None,
        Record::Container(record) => Some(&record.name),
        Record::Place(record) => Some(&record.name),
        Record::Tracker(record) => Some(&record.name),
        Record::Client(record) => Some(&record.name),
    }
}

pub(crate) fn list_row(record: &PackageRecord, state: &State) -> ListRow {
    ListRow {
        status: state.status,
        status_at: state.status_at,
        description: record.description.clone(),
        client: record.client,
        carrier: record.carrier.clone(),
        mode: record.mode,
        number: best_number(record),
        origin: record.origin,
        destination: record.destination,
    }
}

/// The number people most likely know a package by: the carrier's, else the
/// order's, else any.
#[must_use]
pub fn best_number(record: &PackageRecord) -> Option<String> {
    let rank = |scheme: &str| match scheme {
        it if it.starts_with("carrier:") => 0,
        "sscc" => 1,
        "client_ref" => 2,
        "order" => 3,
        _ => 4,
    };
    let references = record.references.iter().flatten();
    references.min_by_key(|it| rank(&it.scheme)).map(|it| it.value.clone())
}

/// The package a list row's key names.
#[must_use]
pub fn listed_package(sort: &[u8]) -> Option<PackageId> {
    Some(PackageId::from_bytes(sort.get(8..)?.try_into().ok()?))
}
