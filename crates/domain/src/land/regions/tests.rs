//! Checks that regions cover the Earth, and what hangs together.

use super::*;
use crate::position::LatLon;

fn cell(lat: f64, lon: f64) -> Cell {
    Cell::of(LatLon::wrapped(lat, lon))
}

#[test]
fn cover_every_block_once() {
    for block in (0..BLOCK_ROWS * BLOCK_COLUMNS).step_by(7) {
        let mut covered = [0_u16; SIDE as usize];
        for region in REGIONS.in_block(block) {
            let region = REGIONS.get(region);
            assert_eq!(region.block, block);
            assert_eq!(region.centre.is_land(), region.is_land);
            for (row, cells) in covered.iter_mut().zip(region.cells) {
                assert_eq!(*row & cells, 0, "regions do not overlap");
                *row |= cells;
            }
        }
        assert_eq!(covered, [u16::MAX; SIDE as usize]);
    }
}

#[test]
fn a_cell_lies_in_its_region() {
    for (lat, lon) in [(41.0, 29.0), (-52.6, -70.2), (1.3, 103.8), (90.0, 0.0), (-90.0, 179.99)] {
        let cell = cell(lat, lon);
        assert_eq!(REGIONS.get(REGIONS.of(cell)).is_land, cell.is_land());
    }
}

#[test]
fn neighbours_are_mutual() {
    for region in (0..REGIONS.count() as u32).step_by(97) {
        for other in REGIONS.neighbours(region) {
            assert!(REGIONS.neighbours(other).any(|it| it == region), "{region} {other}");
        }
    }
}

#[test]
fn tells_seas_from_lakes() {
    let sea = |lat, lon| REGIONS.sea(cell(lat, lon)).expect("water");
    let ocean = sea(0.0, -30.0);
    for (lat, lon) in [(0.0, -140.0), (56.0, 3.0), (35.0, 18.0), (20.0, 38.0), (-60.0, 179.99)] {
        assert_eq!(sea(lat, lon), ocean, "{lat} {lon}");
    }
    for (lat, lon) in [(41.0, 51.0), (43.5, -87.0), (-1.0, 33.0)] {
        assert_ne!(sea(lat, lon), ocean, "{lat} {lon}");
        assert!(sea(lat, lon).1 < ocean.1 / 1000);
    }
    assert_eq!(REGIONS.sea(cell(48.14, 11.58)), None);
}

#[test]
fn only_land_hangs_together_over_corners() {
    let shape = |rows: [u16; 2]| {
        let mut shape = [0; SIDE as usize];
        shape[..2].copy_from_slice(&rows);
        shape
    };
    let mut parts = Vec::new();
    split(0, true, shape([0b01, 0b10]), &mut parts);
    assert_eq!(parts.len(), 1);
    parts.clear();
    split(0, false, shape([0b01, 0b10]), &mut parts);
    assert_eq!(parts.len(), 2);
    assert!(touches(&shape([0b01, 0]), &shape([0, 0b10]), 0, 0, true));
    assert!(!touches(&shape([0b01, 0]), &shape([0, 0b10]), 0, 0, false));
}

#[test]
fn blocks_touch_along_edges_and_at_corners() {
    let mut south_east = [0; SIDE as usize];
    south_east[15] = 1 << 15;
    let mut north_west = [0; SIDE as usize];
    north_west[0] = 1;
    assert!(touches(&south_east, &north_west, 1, 1, true));
    assert!(touches(&north_west, &south_east, -1, -1, true));
    assert!(!touches(&south_east, &north_west, -1, 1, true));
    let mut north_east = [0; SIDE as usize];
    north_east[0] = 1 << 15;
    assert!(touches(&south_east, &north_east, 1, 0, false));
    assert!(touches(&north_east, &north_west, 0, 1, false));
    assert!(!touches(&south_east, &north_west, 0, 1, true));
}
