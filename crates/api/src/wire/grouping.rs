//! What travels or rests together, on the wire.

use std::collections::BTreeMap;

use domain::event::Holder;
use serde::Serialize;
use service::{
    groups::{Groups, Placed},
    together::{self, Together},
};
use utoipa::ToSchema;

use crate::wire::{
    scalar::{Id, Time, ids},
    word::{Word, words},
};

/// How many packages were found.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PackageCount {
    /// How many were counted, at most 2,000.
    pub packages: usize,
    /// True when there may be more than were counted.
    pub more: bool,
}

/// Packages by where they are just now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackageGroups {
    /// How many were counted; of what is found, at most 2,000.
    pub packages: usize,
    /// True when there may be more than were counted.
    pub more: bool,
    /// Where they are together, the largest group first; some hundred at most.
    pub groups: Vec<PlacedGroup>,
    /// How many of those counted are in no group that is told, most as nobody knows where.
    pub elsewhere: usize,
    /// What the groups are called, by id; a private place by its town for whoever may not
    /// know more.
    pub names: BTreeMap<String, String>,
}

/// A group and where it is just now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlacedGroup {
    /// What.
    #[serde(flatten)]
    pub group: Group,
    /// Latitude, in degrees (WGS 84); of a private place that of its town, for whoever may
    /// not know more.
    pub lat: f64,
    /// Longitude, in degrees (WGS 84).
    pub lon: f64,
    /// Metres above the ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// How many places more, near to the one named, are in it: there were too many to tell
    /// each.
    pub others: usize,
}

/// Packages that travel or rest together: in a container, at a place, or on the
/// same way at the same time; or one by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Group {
    /// How many.
    pub packages: usize,
    /// One of them: where it is, all of them are.
    pub one: ids::Package,
    /// The outermost container around them.
    pub container: Option<ids::Container>,
    /// The place that holds them.
    pub place: Option<ids::Place>,
    /// Where their way began, when nothing we know holds them.
    pub from: Option<ids::Place>,
    /// Where it leads.
    pub to: Option<ids::Place>,
    /// How they travel it.
    pub mode: Option<words::Mode>,
    /// In which hour it began.
    pub departed_at: Option<Time>,
}

impl PackageGroups {
    /// As they travel, with no names yet.
    #[must_use]
    pub fn of(it: &Groups) -> Self {
        let group = |it: &Placed| PlacedGroup {
            group: Group::of(&it.group),
            lat: it.position.lat(),
            lon: it.position.lon(),
            height_m: it.height_m.map(f64::round),
            others: it.others,
        };
        Self {
            packages: it.packages,
            more: it.more,
            groups: it.groups.iter().map(group).collect(),
            elsewhere: it.elsewhere,
            names: BTreeMap::new(),
        }
    }
}

impl Group {
    /// As it travels.
    #[must_use]
    pub fn of(it: &together::Group) -> Self {
        let group = Self {
            packages: it.packages,
            one: Id(it.one),
            container: None,
            place: None,
            from: None,
            to: None,
            mode: None,
            departed_at: None,
        };
        match it.together {
            Together::Held(Holder::Container(id)) => Self { container: Some(Id(id)), ..group },
            Together::Held(Holder::Place(id)) => Self { place: Some(Id(id)), ..group },
            Together::Leg { from, to, mode, departed_at } => Self {
                from: from.map(Id),
                to: to.map(Id),
                mode: mode.map(Word),
                departed_at: Some(Time(departed_at)),
                ..group
            },
            Together::Alone(_) => group,
        }
    }
}
