//! A subject's history on the wire.

use std::collections::BTreeMap;

use domain::{id::EventId, leaf::hex};
use serde::Serialize;
use service::rows::Recorded;
use utoipa::ToSchema;

use crate::wire::{
    event::Event,
    scalar::{Id, Time, ids},
    viewer::Viewer,
    word::{Word, words},
};

/// A part of a history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct History {
    /// What it is about.
    pub subject: ids::Subject,
    /// The events, in the order in which they count.
    pub events: Vec<HistoryEvent>,
    /// Pass it as `cursor` for more; missing at the end.
    pub next: Option<String>,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

/// One event as it was recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryEvent {
    /// Its id.
    pub id: ids::Event,
    /// What kind of thing it says.
    pub kind: words::FactKind,
    /// When it happened, by the world's clock.
    pub happened_at: Time,
    /// When we learned it.
    pub recorded_at: Time,
    /// Who said it: an opaque id.
    pub actor: String,
    /// Which way it came.
    pub source: String,
    /// Its number among the subject's events, from 1, in the order of recording.
    pub seq: u64,
    /// The hash of the bytes that are logged, in hexadecimal.
    pub leaf: String,
    /// The later event that corrected or voided it: it no longer counts.
    pub superseded_by: Option<ids::Event>,
    /// What it says; `null` to those who may not read it.
    pub event: Option<Event>,
}

impl HistoryEvent {
    /// As this viewer may see it.
    #[must_use]
    pub fn of(recorded: &Recorded, superseded_by: Option<EventId>, viewer: Viewer) -> Self {
        let event = &recorded.event;
        Self {
            id: Id(event.id),
            kind: Word(event.fact.kind()),
            happened_at: Time(event.happened_at),
            recorded_at: Time(event.recorded_at),
            actor: event.actor.clone(),
            source: event.source.clone(),
            seq: recorded.seq,
            leaf: hex(&recorded.leaf_hash()),
            superseded_by: superseded_by.map(Id),
            event: Event::of(&event.fact, event.happened_at, viewer),
        }
    }
}
