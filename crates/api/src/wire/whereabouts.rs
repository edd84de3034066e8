//! Where something is, on the wire: one answer, and a path as GeoJSON.

use std::collections::BTreeMap;

use domain::{id::Subject, whereabouts};
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::{
    scalar::{Id, Time, ids},
    word::{Word, words},
};

/// Where something was, is or will be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Whereabouts {
    /// What was asked for.
    pub subject: ids::Subject,
    /// The instant that was asked for.
    pub at: Time,
    /// Latitude of the middle of the disc, in degrees (WGS 84).
    pub lat: f64,
    /// Longitude of the middle of the disc, in degrees (WGS 84).
    pub lon: f64,
    /// Metres above the ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// The same above the sea, for people.
    pub above_sea_m: Option<f64>,
    /// It is within this many metres of the middle, 95 times of 100.
    pub radius_95_m: f64,
    /// Its height is right to this many metres, 95 times of 100.
    pub vertical_95_m: Option<f64>,
    /// What the answer rests on.
    pub basis: words::Basis,
    /// When the latest fact it rests on happened.
    pub as_of: Time,
    /// How long before `at` that was, in seconds.
    pub age_s: f64,
    /// From the thing itself outwards to the link whose facts give the answer.
    pub chain: Vec<ids::Subject>,
    /// The place it is at.
    pub place: Option<ids::Place>,
    /// The place it is moving to.
    pub towards: Option<ids::Place>,
    /// Facts that cannot all be true, in words.
    pub contradictions: Vec<String>,
    /// True when it is near a private place or follows a person, and is shown as the
    /// town or region around it.
    pub coarse: bool,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

impl Whereabouts {
    /// As it travels, with no names yet.
    #[must_use]
    pub fn of(subject: Subject, at: Time, it: &whereabouts::Whereabouts) -> Self {
        let undulation_m = domain::geoid::undulation_m(it.position);
        Self {
            subject: Id(subject),
            at,
            lat: it.position.lat(),
            lon: it.position.lon(),
            height_m: it.height_m.map(|it| rounded(it, 100.0)),
            above_sea_m: it.height_m.map(|it| rounded(it - undulation_m, 10.0)),
            radius_95_m: rounded(it.radius_95_m, 10.0),
            vertical_95_m: it.vertical_95_m.map(|it| rounded(it, 10.0)),
            basis: Word(it.basis),
            as_of: Time(it.as_of),
            age_s: it.age_ms as f64 / 1000.0,
            chain: it.chain.iter().copied().map(Id).collect(),
            place: it.place.map(Id),
            towards: it.towards.map(Id),
            contradictions: it.contradictions.iter().map(ToString::to_string).collect(),
            coarse: false,
            names: BTreeMap::new(),
        }
    }
}

/// Digits that mean something, and no more.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
