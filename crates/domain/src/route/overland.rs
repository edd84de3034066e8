//! Ways over land: straight where that stays on land, else round the water,
//! else by ferry from shore to shore.

use super::{
    HOLD_ABOVE_M, Sketch,
    search::{self, Ground},
    sight::{clear, straightened},
};
use crate::{geodesy::distance_m, land::Cell, position::LatLon};

/// The way over land between two points that are on land or beside it.
pub fn sketch(from: LatLon, to: LatLon) -> Sketch {
    let mut sketch = Sketch::from(from);
    let straight_m = distance_m(from, to);
    if straight_m <= Ground::Land.spare_m() || clear(from, to, Ground::Land) {
        sketch.draw_to(to);
        return sketch;
    }
    let cells = search::way(Cell::of(from), Cell::of(to), Ground::Land).unwrap_or_default();
    let stretches = stretches(&cells, from, to);
    for (number, stretch) in stretches.iter().enumerate() {
        if number > 0 {
            cross(&mut sketch, stretch[0]);
        }
        for at in straightened(stretch, Ground::Land) {
            sketch.draw_to(at);
        }
    }
    sketch
}

/// The points of each stretch of land on the way. The ends are where they are,
/// whatever the mask says: a town on an islet the mask does not know is a
/// stretch of its own.
fn stretches(cells: &[Cell], from: LatLon, to: LatLon) -> Vec<Vec<LatLon>> {
    let mut stretches = vec![vec![from]];
    let mut at_sea = !Cell::of(from).is_land();
    let inner = cells.iter().skip(1).take(cells.len().saturating_sub(2));
    for cell in inner {
        if !cell.is_land() {
            at_sea = true;
        } else if at_sea {
            stretches.push(vec![cell.centre()]);
            at_sea = false;
        } else {
            stretches.last_mut().expect("there is a first stretch").push(cell.centre());
        }
    }
    if at_sea || !Cell::of(to).is_land() {
        stretches.push(vec![to]);
    } else {
        stretches.last_mut().expect("there is a first stretch").push(to);
    }
    stretches
}

/// Goes over water: drawn where no point of the crossing is far from a shore,
/// else held at the shores.
fn cross(sketch: &mut Sketch, shore: LatLon) {
    if distance_m(sketch.end(), shore) <= HOLD_ABOVE_M {
        sketch.draw_to(shore);
    } else {
        sketch.hold_to(shore);
    }
}
