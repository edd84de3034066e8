//! Regions: connected land or water inside blocks of 16 × 16 cells. A way is
//! searched from region to region first, then from cell to cell near that way.
//!
//! Land hangs together over corners, water does not: otherwise ships would
//! slip diagonally through an isthmus one cell wide.

use std::sync::LazyLock;

use super::{COLUMNS, Cell, LAND, ROWS};

/// Cells along the side of a block.
pub const SIDE: u32 = 16;
/// Rows of blocks.
pub const BLOCK_ROWS: u32 = ROWS / SIDE;
/// Blocks in a row.
pub const BLOCK_COLUMNS: u32 = COLUMNS / SIDE;

/// Every region there is.
pub static REGIONS: LazyLock<Regions> = LazyLock::new(Regions::of_the_mask);

/// One connected piece of land or water inside one block.
pub struct Region {
    /// The number of its block, growing eastwards, then southwards.
    pub block: u32,
    /// Whether it is land.
    pub is_land: bool,
    /// A cell in its midst, for measuring.
    pub centre: Cell,
    cells: Shape,
}

/// Regions by number, in the order of their blocks.
pub struct Regions {
    all: Vec<Region>,
    /// For each block the number of its first region; one more at the end.
    first: Vec<u32>,
    /// For each water region the lowest region of the same sea.
    sea: Vec<u32>,
    /// For each lowest region of a sea the number of its cells.
    sea_size: Vec<u32>,
}

/// Cells of a block, a word per row, the westernmost bit lowest.
type Shape = [u16; SIDE as usize];

impl Regions {
    /// The region with this number.
    pub fn get(&self, region: u32) -> &Region {
        &self.all[region as usize]
    }

    /// How many there are.
    pub const fn count(&self) -> usize {
        self.all.len()
    }

    /// The region that has this cell.
    pub fn of(&self, cell: Cell) -> u32 {
        let block = cell.row() / SIDE * BLOCK_COLUMNS + cell.column() / SIDE;
        let (row, bit) = ((cell.row() % SIDE) as usize, cell.column() % SIDE);
        self.in_block(block)
            .find(|region| self.get(*region).cells[row] >> bit & 1 == 1)
            .expect("the regions of a block cover it")
    }

    /// The sea or lake of a water cell, and how many cells that has; none on land.
    pub fn sea(&self, cell: Cell) -> Option<(u32, u32)> {
        if cell.is_land() {
            return None;
        }
        let sea = self.sea[self.of(cell) as usize];
        Some((sea, self.sea_size[sea as usize]))
    }

    /// The regions that touch a region.
    pub fn neighbours(&self, region: u32) -> impl Iterator<Item = u32> {
        let here = self.get(region);
        blocks_around(here.block).flat_map(move |(south, east, block)| {
            self.in_block(block).filter(move |other| {
                let there = self.get(*other);
                let both_water = !here.is_land && !there.is_land;
                let corner = south != 0 && east != 0;
                *other != region
                    && !(both_water && corner)
                    && touches(&here.cells, &there.cells, south, east, !both_water)
            })
        })
    }

    fn in_block(&self, block: u32) -> impl Iterator<Item = u32> + use<> {
        self.first[block as usize]..self.first[block as usize + 1]
    }

    /// The water regions that touch a water region in the east or south.
    fn water_ahead(&self, region: u32) -> Vec<u32> {
        let here = self.get(region);
        let mut found = Vec::new();
        for (south, east, block) in blocks_around(here.block) {
            if (south, east) == (0, 1) || (south, east) == (1, 0) {
                found.extend(self.in_block(block).filter(|other| {
                    let there = self.get(*other);
                    !there.is_land && touches(&here.cells, &there.cells, south, east, false)
                }));
            }
        }
        found
    }

    fn of_the_mask() -> Self {
        let mut all = Vec::new();
        let mut first = vec![0];
        for block in 0..BLOCK_ROWS * BLOCK_COLUMNS {
            let land = block_cells(block);
            let water = land.map(|row| !row);
            split(block, true, land, &mut all);
            split(block, false, water, &mut all);
            first.push(all.len() as u32);
        }
        let mut regions = Self { all, first, sea: Vec::new(), sea_size: Vec::new() };
        regions.find_seas();
        regions
    }

    fn find_seas(&mut self) {
        let count = self.count() as u32;
        let mut sea: Vec<u32> = (0..count).collect();
        for region in (0..count).filter(|it| !self.get(*it).is_land) {
            // Looking east and south meets every pair once.
            for other in self.water_ahead(region) {
                let (a, b) = (lowest(&mut sea, region), lowest(&mut sea, other));
                sea[a.max(b) as usize] = a.min(b);
            }
        }
        self.sea_size = vec![0; count as usize];
        for region in 0..count {
            let lowest = lowest(&mut sea, region);
            let cells: u32 = self.get(region).cells.iter().map(|row| row.count_ones()).sum();
            self.sea_size[lowest as usize] += cells;
        }
        self.sea = sea;
    }
}

fn lowest(sea: &mut [u32], mut region: u32) -> u32 {
    while sea[region as usize] != region {
        sea[region as usize] = sea[sea[region as usize] as usize];
        region = sea[region as usize];
    }
    region
}

/// A block and its up to eight neighbours, each with how it lies.
pub fn blocks_around(block: u32) -> impl Iterator<Item = (i32, i32, u32)> {
    let (row, column) = (block / BLOCK_COLUMNS, block % BLOCK_COLUMNS);
    (-1..=1).flat_map(move |south: i32| {
        (-1..=1).filter_map(move |east: i32| {
            let row = row.checked_add_signed(south).filter(|row| *row < BLOCK_ROWS)?;
            let column = (column as i32 + east).rem_euclid(BLOCK_COLUMNS as i32) as u32;
            Some((south, east, row * BLOCK_COLUMNS + column))
        })
    })
}

fn block_cells(block: u32) -> Shape {
    let (row, column) = (block / BLOCK_COLUMNS * SIDE, block % BLOCK_COLUMNS);
    std::array::from_fn(|down| LAND[((row + down as u32) * BLOCK_COLUMNS + column) as usize])
}

/// Adds the connected parts of `cells` as regions.
fn split(block: u32, is_land: bool, mut cells: Shape, all: &mut Vec<Region>) {
    if cells == [u16::MAX; SIDE as usize] {
        // Nine blocks out of ten.
        all.push(Region { block, is_land, centre: cell_in(block, SIDE / 2, SIDE / 2), cells });
        return;
    }
    while let Some(row) = cells.iter().position(|row| *row != 0) {
        let mut part = [0; SIDE as usize];
        part[row] = cells[row] & cells[row].wrapping_neg();
        loop {
            let grown = grown(&part, is_land, &cells);
            if grown == part {
                break;
            }
            part = grown;
        }
        for (left, taken) in cells.iter_mut().zip(part) {
            *left &= !taken;
        }
        all.push(Region { block, is_land, centre: centre(block, &part), cells: part });
    }
}

/// `part` and its neighbours among `cells`.
fn grown(part: &Shape, over_corners: bool, cells: &Shape) -> Shape {
    let wide = part.map(widened);
    let reach = if over_corners { &wide } else { part };
    std::array::from_fn(|row| {
        let above = if row == 0 { 0 } else { reach[row - 1] };
        let below = reach.get(row + 1).copied().unwrap_or(0);
        (wide[row] | above | below) & cells[row]
    })
}

const fn widened(row: u16) -> u16 {
    row | row << 1 | row >> 1
}

/// The part's cell nearest to its middle.
fn centre(block: u32, part: &Shape) -> Cell {
    let mut cells = Vec::with_capacity(256);
    for (row, bits) in (0..).zip(part) {
        cells
            .extend((0..SIDE).filter(|column| bits >> column & 1 == 1).map(|column| (row, column)));
    }
    let count = cells.len() as u32;
    let row = cells.iter().map(|(row, _)| row).sum::<u32>() / count;
    let column = cells.iter().map(|(_, column)| column).sum::<u32>() / count;
    let apart = |it: &(u32, u32)| (it.0.abs_diff(row).pow(2) + it.1.abs_diff(column).pow(2), *it);
    let (row, column) = cells.into_iter().min_by_key(apart).expect("a part has a cell");
    cell_in(block, row, column)
}

const fn cell_in(block: u32, row: u32, column: u32) -> Cell {
    Cell::new(block / BLOCK_COLUMNS * SIDE + row, block % BLOCK_COLUMNS * SIDE + column)
}

/// Whether two parts touch, the second lying `south` and `east` of the first.
fn touches(a: &Shape, b: &Shape, south: i32, east: i32, over_corners: bool) -> bool {
    let last = SIDE as usize - 1;
    let edge_row = |shape: &Shape, side: i32| if side < 0 { shape[0] } else { shape[last] };
    let along = |a: u16, b: u16| (if over_corners { widened(a) } else { a }) & b != 0;
    match (south, east) {
        (0, 0) => grown(a, over_corners, b) != [0; SIDE as usize],
        (_, 0) => along(edge_row(a, south), edge_row(b, -south)),
        (0, _) => along(edge_column(a, east), edge_column(b, -east)),
        _ => {
            let corner = |row: u16, side: i32| if side < 0 { row & 1 } else { row >> last & 1 };
            corner(edge_row(a, south), east) & corner(edge_row(b, -south), -east) == 1
        }
    }
}

fn edge_column(shape: &Shape, side: i32) -> u16 {
    let bit = if side < 0 { 0 } else { SIDE - 1 };
    (0..).zip(shape).fold(0, |column, (row, bits)| column | (bits >> bit & 1) << row)
}

#[cfg(test)]
mod tests;
