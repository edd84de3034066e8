//! Height of mean sea level above the ellipsoid (EGM96).
//!
//! A value per half degree, interpolated by cubics. Against the 5-minute grid
//! of the full model: 0.07 m root mean square, 2 m at worst, on Tenerife.

use std::sync::LazyLock;

use crate::{packed::Packed, position::LatLon};

/// Metres from the WGS 84 ellipsoid up to the EGM96 geoid.
pub fn undulation_m(at: LatLon) -> f64 {
    let row = (90.0 - at.lat()) * PER_DEGREE;
    let column = (at.lon() + 180.0) * PER_DEGREE;
    let (row_floor, column_floor) = (row.floor(), column.floor());
    let row_weights = cubic(row - row_floor);
    let column_weights = cubic(column - column_floor);
    let mut units = 0.0;
    for (down, row_weight) in (-1..).zip(row_weights) {
        for (right, column_weight) in (-1..).zip(column_weights) {
            let value = value(row_floor as i32 + down, column_floor as i32 + right);
            units += row_weight * column_weight * f64::from(value);
        }
    }
    units * UNIT_M
}

const PER_DEGREE: f64 = 2.0;
const ROWS: i32 = 361;
const COLUMNS: i32 = 720;
const UNIT_M: f64 = 0.05;

/// Rows from north to south, columns from 180° west eastwards.
static GRID: LazyLock<Vec<i16>> = LazyLock::new(|| {
    let mut packed = Packed::new(include_bytes!("../data/geoid.bin"));
    let columns = COLUMNS as usize;
    let mut grid = vec![0_i16; ROWS as usize * columns];
    for row in 0..ROWS as usize {
        // Each value is what it adds to its western neighbour, compared with
        // what the row above added there.
        let mut step = 0;
        for column in 0..columns {
            step += packed.signed();
            let above = if row == 0 { 0 } else { grid[(row - 1) * columns + column] };
            grid[row * columns + column] = above + step as i16;
        }
    }
    grid
});

/// The value at a grid point; beyond a pole the grid goes on along the opposite
/// meridian.
fn value(row: i32, column: i32) -> i16 {
    let (row, turn) = match row {
        ..0 => (-row, COLUMNS / 2),
        ROWS.. => (2 * (ROWS - 1) - row, COLUMNS / 2),
        _ => (row, 0),
    };
    let column = (column + turn).rem_euclid(COLUMNS);
    GRID[(row * COLUMNS + column) as usize]
}

/// Weights of four neighbours for a point at `t` between the middle two
/// (Catmull and Rom).
fn cubic(t: f64) -> [f64; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [
        f64::midpoint(-t, -t3) + t2,
        1.0 - 2.5 * t2 + 1.5 * t3,
        0.5 * t + 2.0 * t2 - 1.5 * t3,
        f64::midpoint(-t2, t3),
    ]
}

#[cfg(test)]
mod tests;
