//! Ways over water: straight where nothing is in between and it is not far,
//! else along the sea lanes.
//!
//! A port lies at a lane (many rivers and canals are lanes) or near open water.
//! Where neither is near, nobody told us how a ship comes there: the approach
//! is held, and the route is uncertain.

use std::{collections::BTreeSet, sync::LazyLock};

use super::{
    HOLD_ABOVE_M, Sketch,
    search::{self, Ground},
    sight::{clear, straightened},
};
use crate::{
    geodesy::distance_m,
    land::{Cell, regions::REGIONS},
    lanes::{Access, LANES},
    position::LatLon,
};

/// The way over water between two points on or near it.
pub fn sketch(from: LatLon, to: LatLon) -> Sketch {
    let mut sketch = Sketch::from(from);
    let plans =
        [direct(from, to, Waters::Any), direct(from, to, Waters::Laned), by_lanes(from, to)];
    let best = plans.into_iter().flatten().min_by_key(|plan| plan.price_m);
    let Some(plan) = best else {
        sketch.hold_to(to);
        return sketch;
    };
    let mut line = plan.line.into_iter();
    if let Some(first) = line.next() {
        approach_to(&mut sketch, first);
    }
    line.for_each(|at| sketch.draw_to(at));
    approach_to(&mut sketch, to);
    sketch.passages = plan.passages;
    sketch
}

/// A way from the water before one end to the water before the other.
struct Plan {
    price_m: u32,
    line: Vec<LatLon>,
    passages: Vec<&'static str>,
}

/// On which water a ship may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waters {
    /// The nearest that is more than a puddle.
    Any,
    /// The nearest that has lanes, and so is joined to all the others.
    Laned,
}

/// Cells of the smallest water that counts.
const PUDDLE: u32 = 4;
/// How many rows or columns away water is looked for.
const REACH: i32 = 200;
/// Ships go straight on shorter trips than this, if nothing is in between.
const STRAIGHT_M: u32 = 1_500_000;
/// On shorter trips than this they keep to no lane even where they must turn.
const CABOTAGE_M: u32 = 600_000;

/// Seas and lakes with lanes.
static LANED: LazyLock<BTreeSet<u32>> = LazyLock::new(|| {
    LANES.cells().filter_map(|cell| REGIONS.sea(cell)).map(|(sea, _)| sea).collect()
});

fn berth(at: LatLon, waters: Waters) -> Option<Cell> {
    Cell::of(at).nearest(REACH, |cell| {
        REGIONS.sea(cell).is_some_and(|(sea, cells)| match waters {
            Waters::Any => cells >= PUDDLE,
            Waters::Laned => LANED.contains(&sea),
        })
    })
}

/// Metres of an approach, made dear where it leads over land that no ship
/// crosses, so that any known waterway wins.
fn approach_m(from: LatLon, to: LatLon) -> u32 {
    let length_m = distance_m(from, to);
    let dearness = if length_m <= HOLD_ABOVE_M { 2.0 } else { 20.0 };
    (length_m * dearness) as u32
}

fn approach_to(sketch: &mut Sketch, at: LatLon) {
    if distance_m(sketch.end(), at) <= HOLD_ABOVE_M {
        sketch.draw_to(at);
    } else {
        sketch.hold_to(at);
    }
}

fn direct(from: LatLon, to: LatLon, waters: Waters) -> Option<Plan> {
    let (start, goal) = (berth(from, waters)?, berth(to, waters)?);
    let (sea, _) = REGIONS.sea(start)?;
    if REGIONS.sea(goal)?.0 != sea {
        return None;
    }
    let far_m = start.far_m(goal);
    let ends_m = approach_m(from, start.centre()) + approach_m(goal.centre(), to);
    let plan = |line: Vec<LatLon>| {
        let length_m: f64 = line.windows(2).map(|pair| distance_m(pair[0], pair[1])).sum();
        Plan { price_m: ends_m + length_m as u32, line, passages: Vec::new() }
    };
    let ends = vec![start.centre(), goal.centre()];
    if far_m <= STRAIGHT_M && clear(ends[0], ends[1], Ground::Water) {
        return Some(plan(ends));
    }
    if far_m <= CABOTAGE_M || !LANED.contains(&sea) {
        let cells = search::way(start, goal, Ground::Water)?;
        let centres: Vec<LatLon> = cells.into_iter().map(Cell::centre).collect();
        return Some(plan(straightened(&centres, Ground::Water)));
    }
    None
}

fn by_lanes(from: LatLon, to: LatLon) -> Option<Plan> {
    let (starts, ends) = (entries(from), entries(to));
    let accesses = |entries: &[Entry]| entries.iter().map(|it| it.access).collect::<Vec<_>>();
    let way = LANES.way(&accesses(&starts), &accesses(&ends), to)?;
    let entry = |entries: &[Entry], point: u32| {
        let here = entries.iter().filter(|it| it.access.point == point);
        here.min_by_key(|it| it.access.price_m).map(|it| it.line.clone()).unwrap_or_default()
    };
    let (&first, &last) = way.points.first().zip(way.points.last())?;
    let mut end = entry(&ends, last);
    end.reverse();
    let lane = way.points.iter().map(|point| LANES.at(*point));
    let line: Vec<LatLon> = entry(&starts, first).into_iter().chain(lane).chain(end).collect();
    Some(Plan { price_m: way.price_m, line, passages: way.passages })
}

/// A way onto a lane: where, at what price, and past which points.
struct Entry {
    access: Access,
    line: Vec<LatLon>,
}

/// How many points of lanes are enough to choose from.
const ENTRIES: usize = 8;

fn entries(port: LatLon) -> Vec<Entry> {
    let mut entries: Vec<Entry> = LANES
        .nearest(port, ENTRIES)
        .into_iter()
        .enumerate()
        // The nearest point serves where nothing else does.
        .filter(|(number, it)| *number == 0 || f64::from(it.price_m) <= HOLD_ABOVE_M)
        .map(|(_, it)| {
            let price_m = approach_m(port, LANES.at(it.point));
            Entry { access: Access { price_m, ..it }, line: Vec::new() }
        })
        .collect();
    let Some(berth) = berth(port, Waters::Laned) else { return entries };
    let approach_m = approach_m(port, berth.centre());
    let mut at_berth = afloat(berth);
    if at_berth.len() < 3 {
        at_berth.extend(in_sight(berth));
    }
    if at_berth.is_empty() {
        at_berth.extend(far_off(berth));
    }
    entries.extend(at_berth.into_iter().map(|mut entry| {
        entry.access.price_m += approach_m;
        entry
    }));
    entries
}

/// Points of lanes in the water around.
fn afloat(berth: Cell) -> Vec<Entry> {
    let flood = search::flood(berth);
    let mut entries = Vec::new();
    for (cell, price_m) in &flood.settled {
        for point in LANES.in_cell(*cell) {
            let centres: Vec<LatLon> = flood.to(*cell).into_iter().map(Cell::centre).collect();
            let last_m = distance_m(cell.centre(), LANES.at(point)) as u32;
            let line = straightened(&centres, Ground::Water);
            entries.push(Entry { access: Access { point, price_m: price_m + last_m }, line });
        }
        if entries.len() >= ENTRIES {
            break;
        }
    }
    entries
}

/// Points of lanes that are seen from here.
fn in_sight(berth: Cell) -> Vec<Entry> {
    let here = berth.centre();
    LANES
        .nearest(here, 2 * ENTRIES)
        .into_iter()
        .filter(|it| clear(here, LANES.at(it.point), Ground::Water))
        .map(|access| Entry { access, line: vec![here] })
        .collect()
}

/// The nearest point of a lane in the same sea, found the long way.
fn far_off(berth: Cell) -> Option<Entry> {
    let (sea, _) = REGIONS.sea(berth)?;
    let same_sea = |it: &Access| {
        let cell = Cell::of(LANES.at(it.point));
        REGIONS.sea(cell).is_some_and(|(other, _)| other == sea)
    };
    let near = LANES.nearest(berth.centre(), 400).into_iter().find(same_sea)?;
    let goal = Cell::of(LANES.at(near.point));
    let cells = search::way(berth, goal, Ground::Water)?;
    let price_m = cells.windows(2).map(|pair| pair[0].near_m(pair[1])).sum();
    let centres: Vec<LatLon> = cells.into_iter().map(Cell::centre).collect();
    let line = straightened(&centres, Ground::Water);
    Some(Entry { access: Access { point: near.point, price_m }, line })
}

#[cfg(test)]
mod tests;
