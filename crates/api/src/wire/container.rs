//! Containers on the wire.

use std::collections::BTreeMap;

use domain::{
    id::ContainerId,
    record::{ContainerKind, ContainerRecord, Record},
    state::State,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{
    money::{Reference, read_references},
    package::{HolderView, SeenAt},
    reading::Reading,
    scalar::{Id, Line, Time, ids},
    word::{Word, words},
};

/// A container as it is registered or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ContainerInput {
    /// When this became so; now when missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<Time>,
    /// What it is. Needed to register.
    pub kind: Option<words::ContainerKind>,
    /// What people call it. Needed to register.
    #[schema(example = "Truck 7")]
    pub name: Option<Line<200>>,
    /// Number plate, tail number, IMO number, asset tag.
    #[schema(max_items = 40)]
    pub references: Option<Vec<Reference>>,
}

impl ContainerInput {
    /// A whole record: what is said here over what was known.
    pub fn read(
        &self,
        known: Option<&ContainerRecord>,
        reading: &mut Reading,
    ) -> Option<ContainerRecord> {
        let kind = self.kind.map(|it| it.0).or(known.map(|it| it.kind));
        if kind.is_none() {
            let words = ContainerKind::WORDS.join(", ");
            reading.fault("kind", "missing", format!("a kind is needed; allowed: {words}"));
        }
        let name = self.name.as_ref().map(|it| it.0.clone()).or(known.map(|it| it.name.clone()));
        if name.is_none() {
            reading.fault("name", "missing", "a name is needed".to_owned());
        }
        let references = match &self.references {
            Some(all) => reading.within("references", |reading| read_references(all, reading)),
            None => known.map(|it| it.references.clone()).unwrap_or_default(),
        };
        Some(ContainerRecord { kind: kind?, name: name?, references })
    }

    /// As it travels.
    #[must_use]
    pub fn of(record: &ContainerRecord) -> Self {
        Self {
            happened_at: None,
            kind: Some(Word(record.kind)),
            name: Some(Line(record.name.clone())),
            references: Some(record.references.iter().map(Reference::of).collect()),
        }
    }
}

/// A container as it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Container {
    /// Its id.
    pub id: ids::Container,
    /// What was registered, with every change.
    pub record: ContainerInput,
    /// What holds it.
    pub holder: Option<HolderView>,
    /// The last place it was seen at.
    pub last_place: Option<SeenAt>,
    /// The tracker that travels with it.
    pub tracker: Option<ids::Tracker>,
    /// What it holds directly: the first of them, in the order of their ids.
    pub contents: Vec<Content>,
    /// Pass it as `cursor` for more contents; missing at the end.
    pub next: Option<String>,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

/// What is at a place.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Contents {
    /// What is there and in nothing else there: the first of them, in the order of their ids.
    pub contents: Vec<Content>,
    /// Pass it as `cursor` for more contents; missing at the end.
    pub next: Option<String>,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

/// Something a container or a place holds.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Content {
    /// A package or a container.
    pub id: ids::Subject,
    /// Since when.
    pub since: Time,
}

impl Container {
    /// As it stands, with no contents and no names yet.
    #[must_use]
    pub fn of(id: ContainerId, state: &State) -> Self {
        let record = match &state.record {
            Some(Record::Container(record)) => ContainerInput::of(record),
            _ => ContainerInput::default(),
        };
        Self {
            id: Id(id),
            record,
            holder: state.holder.map(|(holder, since)| HolderView::of(holder, since)),
            last_place: state
                .last_place
                .map(|(place, at)| SeenAt { place: Id(place), at: Time(at) }),
            tracker: state.tracker.map(|(id, _)| Id(id)),
            contents: Vec::new(),
            next: None,
            names: BTreeMap::new(),
        }
    }
}
