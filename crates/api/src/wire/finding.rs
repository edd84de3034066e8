//! Lists of packages, and orders, on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use service::{
    orders::{OrderView, Trouble},
    packages::Listed,
    search::{Field, Hit},
};
use utoipa::ToSchema;

use crate::wire::{
    grouping::Group,
    money::Money,
    package::sums,
    scalar::{Id, Line, Time, ids},
    viewer::Viewer,
    word::{Vocabulary, Word, words},
};

/// A line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackageLine {
    /// Its id.
    pub id: ids::Package,
    /// Where it stands on its way.
    pub status: words::Status,
    /// Since when.
    pub status_at: Time,
    /// What it is.
    pub description: Option<String>,
    /// The number people most likely know it by.
    pub number: Option<String>,
    /// Whose goods.
    pub client: Option<ids::Client>,
    /// The shipping company.
    pub carrier: Option<String>,
    /// How it travels.
    pub mode: Option<words::Mode>,
    /// Where it starts.
    pub origin: Option<ids::Place>,
    /// Where it should end.
    pub destination: Option<ids::Place>,
    /// When we first learned of it.
    pub known_since: Time,
    /// Where it has what was asked for, one for each part of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub found_in: Vec<words::FoundIn>,
    /// True when it was searched for and closed so long ago that its events are in the
    /// archive: they are answered all the same, a little later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub archived: bool,
}

impl Vocabulary for Field {
    const NAME: &'static str = "FoundIn";
    const WORDS: &'static [&'static str] = Self::WORDS;
}

impl PackageLine {
    /// As it travels.
    #[must_use]
    pub fn of(it: &Listed) -> Self {
        Self {
            id: Id(it.id),
            status: Word(it.row.status),
            status_at: Time(it.row.status_at),
            description: it.row.description.clone(),
            number: it.row.number.clone(),
            client: it.row.client.map(Id),
            carrier: it.row.carrier.clone(),
            mode: it.row.mode.map(Word),
            origin: it.row.origin.map(Id),
            destination: it.row.destination.map(Id),
            known_since: Time(it.known_since),
            found_in: Vec::new(),
            archived: false,
        }
    }

    /// With where it was found.
    #[must_use]
    pub fn of_hit(hit: &Hit) -> Self {
        let found_in = hit.by.iter().map(|it| Word(*it)).collect();
        Self { found_in, archived: hit.filed, ..Self::of(&hit.line) }
    }
}

/// A part of the list of packages, those we learned of last first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackageList {
    /// The lines.
    pub packages: Vec<PackageLine>,
    /// Pass it as `cursor` for more; missing at the end. About 2,000 packages are
    /// looked at for one page, so where few of them match it is short, even empty,
    /// and there may be more: only a missing `next` says that this was all.
    pub next: Option<String>,
    /// True when a part of the text is so common that only some of what it
    /// stands for was looked through: say more of it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub partial: bool,
    /// What the clients and places spoken of are called, by id; a private place by its town
    /// for whoever may not know more.
    pub names: BTreeMap<String, String>,
}

/// Packages that somebody picked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickedInput {
    /// Ids, or numbers that name exactly one package each.
    #[schema(min_items = 1, max_items = 1000)]
    pub packages: Vec<Line<200>>,
}

/// An order and how far its packages are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Order {
    /// The number, as it was asked for.
    pub order: String,
    /// How many packages were counted, at most 10,000.
    pub packages: usize,
    /// True when there are more than were counted.
    pub more: bool,
    /// How many stand where; what no package stands at is left out.
    pub statuses: Vec<StatusCount>,
    /// What those still to come have in common, the largest group first.
    pub groups: Vec<Group>,
    /// Those with a problem, and lost ones; at most 100, known longest first.
    pub problems: Vec<Problematic>,
    /// How many of those there are.
    pub problem_count: usize,
    /// When the first of those still to come is expected: as likely earlier as later.
    pub expected_first: Option<Time>,
    /// When the last is expected: nine of ten times no later.
    pub expected_last: Option<Time>,
    /// What shipping cost, in each currency, credits taken off; for those who may see it.
    pub costs: Option<Vec<Money>>,
    /// The names of what is spoken of by id.
    pub names: BTreeMap<String, String>,
}

/// How many packages stand at one point of their way.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct StatusCount {
    /// Where.
    pub status: words::Status,
    /// How many.
    pub packages: usize,
}

/// A package that needs somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problematic {
    /// Its line.
    pub package: PackageLine,
    /// Why.
    pub reason: Option<words::IncidentReason>,
}

impl Order {
    /// As this viewer may see it, without names.
    #[must_use]
    pub fn of(order: String, view: &OrderView, viewer: Viewer) -> Self {
        let status = |(status, packages): &(_, usize)| StatusCount {
            status: Word(*status),
            packages: *packages,
        };
        let problem = |it: &Trouble| Problematic {
            package: PackageLine::of(&it.line),
            reason: it.reason.map(Word),
        };
        Self {
            order,
            packages: view.packages,
            more: view.more,
            statuses: view.statuses.iter().map(status).collect(),
            groups: view.groups.iter().map(Group::of).collect(),
            problems: view.problems.iter().map(problem).collect(),
            problem_count: view.problem_count,
            expected_first: view.expected.map(|it| Time(it.0)),
            expected_last: view.expected.map(|it| Time(it.1)),
            costs: viewer.costs.then(|| sums(&view.costs)),
            names: BTreeMap::new(),
        }
    }
}
