//! What the map shows, as JSON for people and scripts; the web app reads columns.

use domain::{
    holding::HolderId,
    id::Subject,
    map::{Cluster, Mark, TileContent, Waypoint},
};
use serde::Serialize;
use service::reels;
use utoipa::ToSchema;

use crate::wire::{
    scalar::{Id, Time, ids},
    word::{Word, words},
};

/// How much happened on the map, hour by hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Activity {
    /// When the first hour begins (UTC).
    pub from: Time,
    /// For each hour, how often a package or container came to stand otherwise: at another
    /// place, in something else, under way, or with another status. It counts when it
    /// happened, whenever we learned of it, at most a minute later. Nothing (null) for
    /// hours from before this was counted.
    pub changes: Vec<Option<u32>>,
}

impl Activity {
    /// As it travels.
    #[must_use]
    pub fn of(it: reels::Activity) -> Self {
        Self { from: Time(it.from), changes: it.turns }
    }
}

/// What a tile of the map shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tile {
    /// Where there are too many holders to be shown one by one.
    pub clusters: Vec<Crowd>,
    /// Holders one by one.
    pub marks: Vec<Holder>,
}

/// Several holders that lie too close to be told apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Crowd {
    /// Latitude of their middle, in degrees (WGS 84).
    pub lat: f64,
    /// Longitude of their middle, in degrees (WGS 84).
    pub lon: f64,
    /// How many they are.
    pub holders: u32,
    /// Packages that match.
    pub packages: u32,
    /// Those of them that have a problem.
    pub problems: u32,
}

/// A container, place, lane or package on the map.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Holder {
    /// Names it for as long as it is shown.
    pub key: String,
    /// Which one; missing for a lane, which has no page of its own.
    pub id: Option<ids::Subject>,
    /// What it is.
    pub kind: &'static str,
    /// How it moves.
    pub mode: Option<words::Mode>,
    /// What its place rested on when that was found out. What was measured more than a
    /// minute ago is predicted since.
    pub basis: Option<words::Basis>,
    /// The carrier of most of its packages that are on their way, as in `ups`.
    pub carrier: Option<String>,
    /// Packages that match.
    pub packages: u32,
    /// Those of them that have a problem.
    pub problems: u32,
    /// It is within this many metres of its path, 95 times of 100, as far as was
    /// known at `as_of`.
    pub radius_95_m: u32,
    /// When the latest fact it rests on happened.
    pub as_of: Time,
    /// What people call it, where few are shown.
    pub name: Option<String>,
    /// Where it is over the next minutes: an even movement along the great circle
    /// between two points, rest after the last. One point if it rests.
    pub path: Vec<PathPoint>,
}

/// A point of a path.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PathPoint {
    /// When.
    pub at: Time,
    /// Latitude in degrees (WGS 84).
    pub lat: f64,
    /// Longitude in degrees (WGS 84).
    pub lon: f64,
    /// Metres above the ellipsoid, where anything says so.
    pub height_m: Option<f64>,
}

impl Tile {
    /// As it travels.
    #[must_use]
    pub fn of(content: &TileContent) -> Self {
        Self {
            clusters: content.clusters.iter().map(Crowd::of).collect(),
            marks: content.marks.iter().map(Holder::of).collect(),
        }
    }
}

impl Crowd {
    fn of(it: &Cluster) -> Self {
        let Cluster { at, holders, packages, problems } = *it;
        Self { lat: at.lat(), lon: at.lon(), holders, packages, problems }
    }
}

impl Holder {
    /// As it travels.
    #[must_use]
    pub fn of(it: &Mark) -> Self {
        let id = match it.id {
            HolderId::Package(id) => Some(Subject::Package(id)),
            HolderId::Container(id) => Some(Subject::Container(id)),
            HolderId::Place(id) => Some(Subject::Place(id)),
            HolderId::Lane(_) => None,
        };
        Self {
            key: key(it.id),
            id: id.map(Id),
            kind: it.kind.word(),
            mode: it.mode.map(Word),
            basis: it.basis.map(Word),
            carrier: it.carrier.clone(),
            packages: it.packages,
            problems: it.problems,
            radius_95_m: it.radius_95_m,
            as_of: Time(it.as_of),
            name: it.name.clone(),
            path: it.path.iter().map(PathPoint::of).collect(),
        }
    }
}

/// A holder's name on the map: in columns it is the same as bytes.
#[must_use]
pub fn key(id: HolderId) -> String {
    domain::leaf::hex(&id.to_bytes())
}

impl PathPoint {
    fn of(it: &Waypoint) -> Self {
        Self {
            at: Time(it.at),
            lat: it.position.lat(),
            lon: it.position.lon(),
            height_m: it.height_dm.map(|it| f64::from(it) / 10.0),
        }
    }
}
