//! An order as a group: how far its packages are, what travels together, and
//! what needs somebody. Read from the packages as they stand, so that nothing
//! has to be counted when they move.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    event::IncidentReason,
    id::{PackageId, PlaceId, Subject},
    money::Currency,
    record::{Promise, normalise_reference},
    state::{Posting, State, Status},
    time::Timestamp,
};
use futures::future::try_join_all;
use table::Scan;

use crate::{
    Service,
    derive::list_row,
    error::{Error, Result},
    keys::{Posted, posted_package, posted_prefix, posting_shard, reference_shard},
    packages::Listed,
    search::reversed,
    together::{Group, Grouping, Together},
};

/// Most packages of an order that are counted.
pub const ORDER_MAX: usize = 10_000;
/// The schemes of references that name an order.
const SCHEMES: [&[u8]; 2] = [b"order", b"po"];
/// Most packages of an order that are listed as needing somebody.
const PROBLEMS_MAX: usize = 100;
/// Most groups that are told apart.
const GROUPS_MAX: usize = 100;
/// Packages read at once.
const AT_ONCE: usize = 256;

/// A package that needs somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its line.
    pub line: Listed,
    /// Why.
    pub reason: Option<IncidentReason>,
}

/// An order and how far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderView {
    /// How many packages were counted.
    pub packages: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// How many stand where, in the order of the vocabulary.
    pub statuses: Vec<(Status, usize)>,
    /// What those still to come have in common, the largest group first.
    pub groups: Vec<Group>,
    /// Packages with a problem, and lost ones, those known longest first.
    pub problems: Vec<Trouble>,
    /// How many of those there are.
    pub problem_count: usize,
    /// When the first of those still to come is expected (as likely earlier as
    /// later), and the last (nine of ten times no later).
    pub expected: Option<(Timestamp, Timestamp)>,
    /// What shipping all of them cost.
    pub costs: CostTotals,
}

/// A sum of costs in each currency, in minor units.
pub type CostTotals = BTreeMap<Currency, i64>;

/// Adds what a package cost, credits taken off. What another package's line contains is
/// in that line alone, so that nothing is added twice.
pub fn add_costs(totals: &mut CostTotals, state: &State) {
    for Posting { line, credit } in &state.costs {
        let minor = if *credit { -line.amount.minor } else { line.amount.minor };
        *totals.entry(line.amount.currency).or_default() += minor;
    }
}

/// Packages that are expected together: all that bears on it is the same.
type Alike = (Status, Option<Together>, Option<Promise>, [Option<PlaceId>; 3]);

impl Service {
    /// The packages of an order, as a group.
    pub async fn order(&self, order: &str) -> Result<OrderView> {
        let (ids, more) = self.order_packages(order).await?;
        let mut view = OrderView { more, ..OrderView::default() };
        let mut statuses: BTreeMap<u8, (Status, usize)> = BTreeMap::new();
        let mut grouping = Grouping::default();
        let mut alike: HashMap<Alike, PackageId> = HashMap::new();
        for some in ids.chunks(AT_ONCE) {
            let heads = some.iter().map(|id| self.head(Subject::Package(*id)));
            for (id, head) in some.iter().zip(try_join_all(heads).await?) {
                let Some(state) = head.map(|it| it.0.state) else { continue };
                if !belongs(&state, order) {
                    continue;
                }
                view.packages += 1;
                add_costs(&mut view.costs, &state);
                statuses.entry(state.status as u8).or_insert((state.status, 0)).1 += 1;
                if matches!(state.status, Status::Problem | Status::Lost) {
                    view.add_problem(*id, &state);
                }
                if state.status.is_final() || state.status == Status::Lost {
                    continue;
                }
                let together = grouping.add(self, *id, &state).await?;
                alike.entry(key(&state, together)).or_insert(*id);
            }
        }
        if view.packages == 0 {
            return Err(Error::NotFound(format!("the order {order}")));
        }
        view.statuses = statuses.into_values().collect();
        view.groups = grouping.largest_first();
        view.groups.truncate(GROUPS_MAX);
        view.expected = self.expected_of(alike.into_values().take(GROUPS_MAX)).await?;
        Ok(view)
    }

    /// The packages that may belong to an order, and whether there are more.
    async fn order_packages(&self, order: &str) -> Result<(Vec<PackageId>, bool)> {
        let number = normalise_reference(order);
        if number.is_empty() || 200 < number.len() {
            return Ok((Vec::new(), false));
        }
        let token = reversed(order);
        let token = token.as_bytes();
        let shard = posting_shard(Posted::Number, token, 0);
        let said = Scan::prefix(shard, &posted_prefix(token), ORDER_MAX);
        // Rows of references stand as soon as a package is acknowledged.
        let named = Scan::whole(reference_shard(&number), ORDER_MAX);
        let mut ids = BTreeSet::new();
        for scan in [named, said] {
            let mut next = Some(scan);
            while let Some(scan) = next {
                let page = self.table.scan(scan).await?;
                for entry in &page.entries {
                    let id = match entry.key.sort.split_at_checked(16) {
                        Some((id, scheme)) if entry.key.shard.starts_with(b"r") => {
                            let named = SCHEMES.contains(&scheme);
                            id.try_into().ok().filter(|_| named).map(PackageId::from_bytes)
                        }
                        _ => posted_package(&entry.key.sort),
                    };
                    ids.extend(id);
                    if ORDER_MAX < ids.len() {
                        return Ok((ids.into_iter().take(ORDER_MAX).collect(), true));
                    }
                }
                next = page.rest;
            }
        }
        Ok((ids.into_iter().collect(), false))
    }

    async fn expected_of(
        &self,
        ids: impl Iterator<Item = PackageId>,
    ) -> Result<Option<(Timestamp, Timestamp)>> {
        let each: Vec<_> = ids.map(|id| self.expected(Subject::Package(id))).collect();
        let all = try_join_all(each).await?;
        let first = all.iter().flatten().map(|it| it.at_p50).min();
        Ok(first.zip(all.iter().flatten().map(|it| it.at_p90).max()))
    }
}

impl OrderView {
    fn add_problem(&mut self, id: PackageId, state: &State) {
        self.problem_count += 1;
        let Some(record) = state.package().filter(|_| self.problems.len() < PROBLEMS_MAX) else {
            return;
        };
        let line = Listed { id, known_since: state.known_since, row: list_row(record, state) };
        self.problems.push(Trouble { line, reason: state.reason });
        self.problems.sort_by_key(|it| (it.line.known_since, it.line.id));
    }
}

fn belongs(state: &State, order: &str) -> bool {
    let number = normalise_reference(order);
    let Some(record) = state.package() else { return false };
    record.order.as_deref().is_some_and(|it| normalise_reference(it) == number)
        || record
            .references
            .iter()
            .flatten()
            .any(|it| SCHEMES.contains(&it.scheme.as_bytes()) && it.normalised() == number)
}

fn key(state: &State, together: Option<Together>) -> Alike {
    let record = state.package();
    let places = [
        record.and_then(|it| it.origin),
        record.and_then(|it| it.destination),
        state.last_place.map(|it| it.0),
    ];
    (state.status, together, record.and_then(|it| it.promised), places)
}
