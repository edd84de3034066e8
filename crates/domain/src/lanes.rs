//! The sea lanes: a graph of points that ships pass, canals and rivers included.

use std::{cmp::Reverse, collections::BinaryHeap, sync::LazyLock};

use crate::{
    land::{Cell, EARTH_RADIUS_M},
    packed::Packed,
    position::LatLon,
    route::arc::{Vector, chord, vector},
};

/// All lanes. Every point can be reached from every other.
pub static LANES: LazyLock<Lanes> = LazyLock::new(Lanes::embedded);

/// The graph. Points are numbered in the order of their coordinates.
pub struct Lanes {
    points: Vec<LatLon>,
    vectors: Vec<Vector>,
    /// For each point where its edges begin; one more at the end.
    first: Vec<u32>,
    edges: Vec<Edge>,
    /// Points by the cell they lie in.
    by_cell: Vec<(Cell, u32)>,
}

#[derive(Clone, Copy)]
struct Edge {
    to: u32,
    price_m: u32,
    passage: Option<&'static str>,
}

/// A point of the lanes, and what it costs to come there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The point.
    pub point: u32,
    /// Metres, or more where the way is to be avoided.
    pub price_m: u32,
}

/// A way along the lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its points, in order.
    pub points: Vec<u32>,
    /// The named canals, rivers and coasts it takes, in order.
    pub passages: Vec<&'static str>,
    /// What it costs, access included.
    pub price_m: u32,
}

impl Lanes {
    /// Where a point is.
    pub fn at(&self, point: u32) -> LatLon {
        self.points[point as usize]
    }

    /// The points inside a cell.
    pub fn in_cell(&self, cell: Cell) -> impl Iterator<Item = u32> {
        let start = self.by_cell.partition_point(|(it, _)| *it < cell);
        self.by_cell[start..].iter().take_while(move |(it, _)| *it == cell).map(|(_, point)| *point)
    }

    /// Every cell that has a point.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        self.by_cell.iter().map(|(cell, _)| *cell)
    }

    /// Every edge once: its passage if it has one, and the points it joins.
    pub fn edges(&self) -> impl Iterator<Item = (Option<&'static str>, LatLon, LatLon)> {
        (0..self.points.len() as u32).flat_map(move |from| {
            let ahead = self.edges_of(from).iter().filter(move |edge| edge.to > from);
            ahead.map(move |edge| (edge.passage, self.at(from), self.at(edge.to)))
        })
    }

    /// The nearest points, nearest first, each with the metres to it.
    pub fn nearest(&self, to: LatLon, count: usize) -> Vec<Access> {
        let to = vector(to);
        let mut found: Vec<Access> = (0..)
            .zip(&self.vectors)
            .map(|(point, at)| Access { point, price_m: (chord(*at, to) * EARTH_RADIUS_M) as u32 })
            .collect();
        let count = count.min(found.len());
        let order = |it: &Access| (it.price_m, it.point);
        found.select_nth_unstable_by_key(count - 1, order);
        found.truncate(count);
        found.sort_unstable_by_key(order);
        found
    }

    /// The cheapest way from one of `starts` to one of `ends`, where `ends` are
    /// points from which `goal` is reached.
    pub fn way(&self, starts: &[Access], ends: &[Access], goal: LatLon) -> Option<Way> {
        let goal = vector(goal);
        // A chord is never longer than any way, so the first arrival is the cheapest.
        let ahead_m =
            |point: u32| (chord(self.vectors[point as usize], goal) * EARTH_RADIUS_M * 0.99) as u32;
        let arrived = self.points.len() as u32;
        let mut price_m = vec![u32::MAX; self.points.len() + 1];
        let mut came_from = vec![u32::MAX; self.points.len() + 1];
        let mut queue = BinaryHeap::new();
        for start in starts {
            if start.price_m < price_m[start.point as usize] {
                price_m[start.point as usize] = start.price_m;
                queue.push(Reverse((start.price_m + ahead_m(start.point), start.point)));
            }
        }
        while let Some(Reverse((estimate_m, here))) = queue.pop() {
            if here == arrived {
                return Some(self.traced(&came_from, price_m[arrived as usize]));
            }
            let here_m = price_m[here as usize];
            if estimate_m > here_m + ahead_m(here) {
                continue;
            }
            let mut offer = |to: u32, total_m: u32, ahead_m: u32| {
                if total_m < price_m[to as usize] {
                    price_m[to as usize] = total_m;
                    came_from[to as usize] = here;
                    queue.push(Reverse((total_m + ahead_m, to)));
                }
            };
            for edge in self.edges_of(here) {
                offer(edge.to, here_m + edge.price_m, ahead_m(edge.to));
            }
            for end in ends.iter().filter(|end| end.point == here) {
                offer(arrived, here_m + end.price_m, 0);
            }
        }
        None
    }

    fn edges_of(&self, point: u32) -> &[Edge] {
        &self.edges[self.first[point as usize] as usize..self.first[point as usize + 1] as usize]
    }

    fn traced(&self, came_from: &[u32], price_m: u32) -> Way {
        let mut points = Vec::new();
        let mut here = came_from[self.points.len()];
        while here != u32::MAX {
            points.push(here);
            here = came_from[here as usize];
        }
        points.reverse();
        let taken = |pair: &[u32]| {
            self.edges_of(pair[0]).iter().find(|edge| edge.to == pair[1]).and_then(|it| it.passage)
        };
        let mut passages: Vec<&'static str> = points.windows(2).filter_map(taken).collect();
        passages.dedup();
        Way { points, passages, price_m }
    }

    fn embedded() -> Self {
        let chains = chains();
        let mut points: Vec<LatLon> = chains.iter().flat_map(|it| it.points.clone()).collect();
        points.sort_unstable();
        points.dedup();
        let number = |at: &LatLon| points.binary_search(at).expect("every point was listed") as u32;
        let vectors: Vec<Vector> = points.iter().map(|it| vector(*it)).collect();
        let mut edges = Vec::new();
        for chain in &chains {
            for pair in chain.points.windows(2) {
                let (a, b) = (number(&pair[0]), number(&pair[1]));
                let half = chord(vectors[a as usize], vectors[b as usize]) / 2.0;
                let length_m = 2.0 * libm::asin(half.min(1.0)) * EARTH_RADIUS_M;
                let price_m = (length_m * dearness(chain.passage)) as u32;
                edges.push((a, Edge { to: b, price_m, passage: chain.passage }));
                edges.push((b, Edge { to: a, price_m, passage: chain.passage }));
            }
        }
        edges.sort_by_key(|(from, edge)| (*from, edge.to, edge.price_m));
        let first = (0..=points.len() as u32)
            .map(|point| edges.partition_point(|(from, _)| *from < point) as u32)
            .collect();
        let mut by_cell: Vec<_> = (0..).zip(&points).map(|(n, at)| (Cell::of(*at), n)).collect();
        by_cell.sort_unstable();
        let edges = edges.into_iter().map(|(_, edge)| edge).collect();
        Self { points, vectors, first, edges, by_cell }
    }
}

/// How much dearer than open sea a passage is: few ships can take these.
fn dearness(passage: Option<&str>) -> f64 {
    match passage {
        Some("Northern Sea Route") => 4.0,
        Some("Corinth Canal") => 3.0,
        Some("Gulf Intracoastal Waterway") => 2.0,
        _ => 1.0,
    }
}

struct Chain {
    passage: Option<&'static str>,
    points: Vec<LatLon>,
}

fn chains() -> Vec<Chain> {
    let mut packed = Packed::new(include_bytes!("../data/lanes.bin"));
    let names: Vec<&'static str> = (0..packed.unsigned()).map(|_| packed.text()).collect();
    let count = packed.unsigned();
    let (mut lon_e3, mut lat_e3) = (0, 0);
    let chains = (0..count)
        .map(|_| {
            let name = names[packed.unsigned() as usize];
            let length = packed.unsigned();
            let points = (0..length)
                .map(|_| {
                    lon_e3 += packed.signed();
                    lat_e3 += packed.signed();
                    LatLon::from_e7(lat_e3 * 10_000, lon_e3 * 10_000)
                        .expect("lanes were built from points on the Earth")
                })
                .collect();
            Chain { passage: Some(name).filter(|name| !name.is_empty()), points }
        })
        .collect();
    assert!(packed.is_empty(), "lanes.bin has more than it says");
    chains
}

#[cfg(test)]
mod tests;
