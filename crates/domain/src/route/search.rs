//! Finds ways over the cells of the mask: first from region to region, then
//! from cell to cell in the blocks along that way. Costs are whole metres and
//! ties go to the lower number, so every machine finds the same way.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::sight::clear;
use crate::land::{
    COLUMNS, Cell,
    regions::{BLOCK_COLUMNS, BLOCK_ROWS, REGIONS, Region, SIDE, blocks_around},
};

/// What one moves over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Over land, and over water only where there is no other way: by ferry.
    Land,
    /// Over water alone.
    Water,
}

/// What a ferry costs before it leaves: nobody crosses a fjord to save a mile.
const EMBARK_M: u32 = 30_000;
/// How much dearer a metre of water is than a metre of land, for those who
/// move on land.
const FERRY_PRICE: u32 = 3;

impl Ground {
    /// So close to a point on this ground the mask need not be asked.
    pub const fn spare_m(self) -> f64 {
        match self {
            Self::Land => 4_000.0,
            // Ends over water may be points of lanes, which hug the shore.
            Self::Water => 1_500.0,
        }
    }
}

/// Cells of a cheap way, both ends included; none where ships cannot pass.
/// Neighbours in it touch, or see each other over the ground, or are both on
/// the water between two shores.
pub fn way(from: Cell, to: Cell, ground: Ground) -> Option<Vec<Cell>> {
    if ground == Ground::Water && REGIONS.sea(from).zip(REGIONS.sea(to)).is_none_or(|(a, b)| a != b)
    {
        return None;
    }
    let regions = region_way(from, to, ground)?;
    let mut marks: Vec<Cell> = regions.iter().map(|it| REGIONS.get(*it).centre).collect();
    marks[0] = from;
    if marks.len() == 1 {
        marks.push(to);
    }
    let last = marks.len() - 1;
    marks[last] = to;
    let is_plain = |mark: usize| plain(marks[mark], marks[mark + 1], ground);
    let mut cells = vec![from];
    let mut here = 0;
    while here < last {
        let mut there = here + 1;
        if is_plain(here) {
            cells.push(marks[there]);
        } else {
            // Only what is not plain is searched cell by cell.
            while there < last && !is_plain(there) {
                there += 1;
            }
            let span = &regions[here..=there.min(regions.len() - 1)];
            let rough = Corridor::along(span).way(marks[here], marks[there], ground)?;
            cells.extend(rough.into_iter().skip(1));
        }
        here = there;
    }
    Some(cells)
}

fn plain(from: Cell, to: Cell, ground: Ground) -> bool {
    match (ground, from.is_land(), to.is_land()) {
        (Ground::Land, false, false) => true,
        (Ground::Land, true, true) | (Ground::Water, false, false) => {
            clear(from.centre(), to.centre(), ground)
        }
        _ => false,
    }
}

/// The cells around `from` that are reached over water, nearest first, each
/// with its price and the cells to it.
pub fn flood(from: Cell) -> Flood {
    let corridor = Corridor::along(&[REGIONS.of(from)]);
    let mut settled = Vec::new();
    let keep = |cell, price_m| {
        settled.push((cell, price_m));
        false
    };
    let came_from = corridor.search(from, |_| 0, keep, Ground::Water);
    Flood { corridor, came_from, settled }
}

/// The water around a cell.
pub struct Flood {
    corridor: Corridor,
    came_from: Vec<u32>,
    /// Its cells, nearest first, each with the metres to it.
    pub settled: Vec<(Cell, u32)>,
}

impl Flood {
    /// The cells from the middle of the flood to one of its cells.
    pub fn to(&self, cell: Cell) -> Vec<Cell> {
        let number = self.corridor.number(cell);
        number.map_or_else(Vec::new, |it| self.corridor.traced(&self.came_from, it))
    }
}

/// A cheap way from region to region.
fn region_way(from: Cell, to: Cell, ground: Ground) -> Option<Vec<u32>> {
    let (start, goal) = (REGIONS.of(from), REGIONS.of(to));
    let ahead_m = |region: u32| REGIONS.get(region).centre.far_m(to);
    let mut price_m = vec![u32::MAX; REGIONS.count()];
    let mut came_from = vec![u32::MAX; REGIONS.count()];
    let mut queue = BinaryHeap::from([Reverse((ahead_m(start), start))]);
    price_m[start as usize] = 0;
    let mut done = vec![false; REGIONS.count()];
    while let Some(Reverse((_, here))) = queue.pop() {
        if here == goal {
            let mut way = vec![here];
            let mut here = here;
            while came_from[here as usize] != u32::MAX {
                here = came_from[here as usize];
                way.push(here);
            }
            way.reverse();
            return Some(way);
        }
        if std::mem::replace(&mut done[here as usize], true) {
            continue;
        }
        let here_m = price_m[here as usize];
        for next in REGIONS.neighbours(here) {
            let Some(step_m) = region_step_m(REGIONS.get(here), REGIONS.get(next), ground) else {
                continue;
            };
            let total_m = here_m + step_m;
            if total_m < price_m[next as usize] && !done[next as usize] {
                price_m[next as usize] = total_m;
                came_from[next as usize] = here;
                queue.push(Reverse((total_m + ahead_m(next), next)));
            }
        }
    }
    None
}

fn region_step_m(from: &Region, to: &Region, ground: Ground) -> Option<u32> {
    let length_m = from.centre.near_m(to.centre);
    match ground {
        Ground::Land => Some(land_price_m(length_m, from.is_land, to.is_land)),
        Ground::Water => (!to.is_land).then_some(length_m),
    }
}

fn land_price_m(length_m: u32, from_land: bool, to_land: bool) -> u32 {
    match (from_land, to_land) {
        (true, true) => length_m,
        (true, false) => length_m * FERRY_PRICE.midpoint(1) + EMBARK_M,
        (false, true) => length_m * FERRY_PRICE.midpoint(1),
        (false, false) => length_m * FERRY_PRICE,
    }
}

/// The cells one can step to, with what the step costs.
fn steps(from: Cell, ground: Ground) -> impl Iterator<Item = (Cell, u32)> {
    const AROUND: [(i32, i32); 8] =
        [(-1, 0), (0, -1), (0, 1), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1)];
    let from_land = from.is_land();
    AROUND.into_iter().filter_map(move |(south, east)| {
        let next = from.offset(south, east)?;
        let length_m = from.step_m(south, east);
        match ground {
            Ground::Land => Some((next, land_price_m(length_m, from_land, next.is_land()))),
            Ground::Water => {
                let wet = |cell: Option<Cell>| cell.is_some_and(|cell| !cell.is_land());
                let open = !next.is_land()
                    && (south == 0
                        || east == 0
                        || wet(from.offset(south, 0)) && wet(from.offset(0, east)));
                open.then_some((next, length_m))
            }
        }
    })
}

/// Some blocks and their neighbours, numbered densely.
struct Corridor {
    /// For each block of the Earth its slot, or `OUTSIDE`.
    slots: Vec<u32>,
    blocks: Vec<u32>,
}

const OUTSIDE: u32 = u32::MAX;
const CELLS: u32 = SIDE * SIDE;

impl Corridor {
    fn along(regions: &[u32]) -> Self {
        let mut slots = vec![OUTSIDE; (BLOCK_ROWS * BLOCK_COLUMNS) as usize];
        let mut blocks = Vec::new();
        let path = regions.iter().map(|it| REGIONS.get(*it).block);
        for block in path.flat_map(blocks_around).map(|(_, _, block)| block) {
            if slots[block as usize] == OUTSIDE {
                slots[block as usize] = blocks.len() as u32;
                blocks.push(block);
            }
        }
        Self { slots, blocks }
    }

    fn way(&self, from: Cell, to: Cell, ground: Ground) -> Option<Vec<Cell>> {
        let goal = self.number(to)?;
        let came_from =
            self.search(from, |cell| estimate_m(cell, to), |cell, _| cell == to, ground);
        (from == to || came_from[goal as usize] != OUTSIDE).then(|| self.traced(&came_from, goal))
    }

    /// Visits cells, cheapest first by price and `ahead_m`, until `visit` has
    /// enough; returns for each cell the one it was reached from.
    fn search(
        &self,
        from: Cell,
        ahead_m: impl Fn(Cell) -> u32,
        mut visit: impl FnMut(Cell, u32) -> bool,
        ground: Ground,
    ) -> Vec<u32> {
        let cells = self.blocks.len() * CELLS as usize;
        let mut price_m = vec![u32::MAX; cells];
        let mut still_m = vec![u32::MAX; cells];
        let mut came_from = vec![OUTSIDE; cells];
        // A cell is left once, even if a cheaper way to it turns up later: the
        // estimate exceeds the truth a little, and going back would never end.
        let mut done = vec![false; cells];
        let Some(start) = self.number(from) else { return came_from };
        price_m[start as usize] = 0;
        let mut queue = BinaryHeap::from([Reverse((0, start))]);
        while let Some(Reverse((_, here))) = queue.pop() {
            if std::mem::replace(&mut done[here as usize], true) {
                continue;
            }
            let (cell, here_m) = (self.cell(here), price_m[here as usize]);
            if visit(cell, here_m) {
                break;
            }
            for (cell, step_m) in steps(cell, ground) {
                let Some(next) = self.number(cell) else { continue };
                let (at, total_m) = (next as usize, here_m + step_m);
                if total_m < price_m[at] && !done[at] {
                    if price_m[at] == u32::MAX {
                        still_m[at] = ahead_m(cell);
                    }
                    price_m[at] = total_m;
                    came_from[at] = here;
                    queue.push(Reverse((total_m + still_m[at], next)));
                }
            }
        }
        came_from
    }

    fn traced(&self, came_from: &[u32], mut here: u32) -> Vec<Cell> {
        let mut cells = vec![self.cell(here)];
        while came_from[here as usize] != OUTSIDE {
            here = came_from[here as usize];
            cells.push(self.cell(here));
        }
        cells.reverse();
        cells
    }

    fn number(&self, cell: Cell) -> Option<u32> {
        let block = cell.row() / SIDE * BLOCK_COLUMNS + cell.column() / SIDE;
        let slot = self.slots[block as usize];
        let inside = cell.row() % SIDE * SIDE + cell.column() % SIDE;
        (slot != OUTSIDE).then(|| slot * CELLS + inside)
    }

    fn cell(&self, number: u32) -> Cell {
        let block = self.blocks[(number / CELLS) as usize];
        let inside = number % CELLS;
        let row = block / BLOCK_COLUMNS * SIDE + inside / SIDE;
        let column = block % BLOCK_COLUMNS * SIDE + inside % SIDE;
        debug_assert!(column < COLUMNS, "a block lies inside its row");
        Cell::new(row, column)
    }
}

/// A little more than the straight way: steps in eight directions are up to
/// 8 % longer than that, and without this the search would fan out.
fn estimate_m(from: Cell, to: Cell) -> u32 {
    let far_m = from.far_m(to);
    far_m + far_m / 20
}

#[cfg(test)]
mod tests;
