//! Land and water: a mask of the Earth in cells of 1/20 degree.
//!
//! A cell is land when its centre is on land that is not a big lake. A cell is
//! at most 5.6 km wide, so no point of it is more than 3.9 km from its centre,
//! and no point between the centres of two neighbours is farther from one.

use std::sync::LazyLock;

use crate::{packed::Packed, position::LatLon};

pub mod regions;

/// Whether the cell around this point is land.
pub fn is_land(at: LatLon) -> bool {
    Cell::of(at).is_land()
}

/// Rows of cells, from north to south.
pub const ROWS: u32 = 3600;
/// Cells in a row, from 180° west eastwards.
pub const COLUMNS: u32 = 7200;
const CELL_E7: i64 = 500_000;

/// One cell of the mask: a number that grows eastwards, then southwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell(u32);

impl Cell {
    /// The cell in a row and a column that exist.
    pub const fn new(row: u32, column: u32) -> Self {
        Self(row * COLUMNS + column)
    }

    /// The cell around a point.
    pub fn of(at: LatLon) -> Self {
        // In integers, so that every machine names the same cell.
        let row = (900_000_000 - i64::from(at.lat_e7())) / CELL_E7;
        let column = (i64::from(at.lon_e7()) + 1_800_000_000) / CELL_E7;
        Self::new((row as u32).min(ROWS - 1), (column as u32).min(COLUMNS - 1))
    }

    /// Its row, from the north pole down.
    pub const fn row(self) -> u32 {
        self.0 / COLUMNS
    }

    /// Its column, from 180° west eastwards.
    pub const fn column(self) -> u32 {
        self.0 % COLUMNS
    }

    /// Its middle.
    pub fn centre(self) -> LatLon {
        let lat_e7 = 900_000_000 - i64::from(self.row()) * CELL_E7 - CELL_E7 / 2;
        let lon_e7 = i64::from(self.column()) * CELL_E7 + CELL_E7 / 2 - 1_800_000_000;
        LatLon::from_e7(lat_e7 as i32, lon_e7 as i32).expect("rows and columns lie on the Earth")
    }

    /// Whether its middle is on land.
    pub fn is_land(self) -> bool {
        let word = LAND[(self.0 / WORD) as usize];
        word >> (self.0 % WORD) & 1 == 1
    }

    /// The cell some rows south and columns east; none beyond a pole.
    pub fn offset(self, south: i32, east: i32) -> Option<Self> {
        let row = self.row().checked_add_signed(south).filter(|row| *row < ROWS)?;
        let column = (self.column() as i32 + east).rem_euclid(COLUMNS as i32);
        Some(Self::new(row, column as u32))
    }

    /// How many columns east of `other` it is, the shorter way round.
    pub fn columns_from(self, other: Self) -> i32 {
        let east = (self.column() as i32 - other.column() as i32).rem_euclid(COLUMNS as i32);
        if east > COLUMNS as i32 / 2 { east - COLUMNS as i32 } else { east }
    }

    /// Metres to a neighbour in this direction.
    pub fn step_m(self, south: i32, east: i32) -> u32 {
        let row = self.row() as usize;
        match (south, east) {
            (_, 0) => CELL_NORTH_M as u32,
            (0, _) => SCALE.east_m[row] as u32,
            _ => SCALE.corner_m[row],
        }
    }

    /// Metres to a cell so near that the Earth between them is flat.
    pub fn near_m(self, other: Self) -> u32 {
        let south_m = u64::from(self.row().abs_diff(other.row())) * CELL_NORTH_M;
        let row = u32::midpoint(self.row(), other.row());
        let east_m =
            u64::from(other.columns_from(self).unsigned_abs()) * SCALE.east_m[row as usize];
        (south_m * south_m + east_m * east_m).isqrt() as u32
    }

    /// Metres to any cell, along a great circle.
    pub fn far_m(self, other: Self) -> u32 {
        let (row, other_row) = (self.row() as usize, other.row() as usize);
        let turn = self.columns_from(other).unsigned_abs() as usize;
        let cos = SCALE.sin[row] * SCALE.sin[other_row]
            + SCALE.cos[row] * SCALE.cos[other_row] * SCALE.turn_cos[turn];
        (libm::acos(cos.clamp(-1.0, 1.0)) * EARTH_RADIUS_M) as u32
    }

    /// The nearest cell that `fits`, itself included, within `reach` rows or
    /// columns; of equally near ones the first by number.
    pub fn nearest(self, reach: i32, fits: impl Fn(Self) -> bool) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for ring in 0..=reach {
            // A ring's nearest cell lies straight east or west of the middle or,
            // near a pole, of the ring's poleward end.
            let poleward = self.row().min(ROWS - 1 - self.row()).saturating_sub(ring as u32);
            let ring_m = ring as u32 * SCALE.east_m[poleward as usize] as u32;
            if best.is_some_and(|(best_m, _)| best_m < ring_m) {
                break;
            }
            for cell in self.ring(ring).filter(|cell| fits(*cell)) {
                let candidate = (self.far_m(cell), cell);
                best = Some(best.map_or(candidate, |best| best.min(candidate)));
            }
        }
        best.map(|(_, cell)| cell)
    }

    /// The cells whose larger offset from this one is exactly `ring`.
    fn ring(self, ring: i32) -> impl Iterator<Item = Self> {
        (-ring..=ring).flat_map(move |south| {
            let step = if south.abs() == ring { 1 } else { (2 * ring).max(1) };
            (-ring..=ring).step_by(step as usize).filter_map(move |east| self.offset(south, east))
        })
    }
}

/// The sphere on which ways are searched; lengths that are told come from the
/// ellipsoid.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;
const CELL_NORTH_M: u64 = 5560;
const WORD: u32 = 16;

/// One bit per cell, in words of sixteen columns, the westernmost lowest.
static LAND: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut packed = Packed::new(include_bytes!("../data/land.bin"));
    let mut words = vec![0_u16; (ROWS * COLUMNS / WORD) as usize];
    for row in 0..ROWS {
        let (mut column, mut is_land) = (0, false);
        while column < COLUMNS {
            let run = packed.unsigned();
            if is_land {
                fill(&mut words, row * COLUMNS + column, run);
            }
            column += run;
            is_land = !is_land;
        }
    }
    words
});

fn fill(words: &mut [u16], from: u32, count: u32) {
    let mut at = from;
    while at < from + count {
        let bits = (WORD - at % WORD).min(from + count - at);
        words[(at / WORD) as usize] |= (u16::MAX >> (WORD - bits)) << (at % WORD);
        at += bits;
    }
}

/// What a row or a column is on the sphere.
struct Scale {
    east_m: Vec<u64>,
    corner_m: Vec<u32>,
    sin: Vec<f64>,
    cos: Vec<f64>,
    turn_cos: Vec<f64>,
}

static SCALE: LazyLock<Scale> = LazyLock::new(|| {
    let row_rad = |row: u32| (90.0 - (f64::from(row) + 0.5) / 20.0).to_radians();
    let turn_rad = |columns: u32| (f64::from(columns) / 20.0).to_radians();
    let cos: Vec<f64> = (0..ROWS).map(|row| libm::cos(row_rad(row))).collect();
    let east_m: Vec<u64> = cos.iter().map(|cos| (cos * CELL_NORTH_M as f64) as u64).collect();
    let corner_m = |east_m: &u64| (east_m * east_m + CELL_NORTH_M * CELL_NORTH_M).isqrt() as u32;
    Scale {
        corner_m: east_m.iter().map(corner_m).collect(),
        east_m,
        sin: (0..ROWS).map(|row| libm::sin(row_rad(row))).collect(),
        cos,
        turn_cos: (0..=COLUMNS / 2).map(|columns| libm::cos(turn_rad(columns))).collect(),
    }
});

#[cfg(test)]
mod tests;
