//! Checks the mask against known places, and its measures against geodesics.

use super::*;
use crate::geodesy::distance_m;

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::wrapped(lat, lon)
}

#[test]
fn knows_land_from_water() {
    let land = [
        ("Munich", 48.14, 11.58),
        ("Kansas", 38.5, -98.0),
        ("Alice Springs", -23.7, 133.88),
        ("Antarctica", -80.0, 20.0),
        ("the south pole", -90.0, 0.0),
        ("Chukotka, west of the antimeridian", 67.0, 179.5),
        ("Chukotka, east of it", 66.5, -179.0),
        ("Fiji", -17.8, 178.0),
        ("Java", -7.3, 110.0),
    ];
    let water = [
        ("the north pole", 90.0, 0.0),
        ("the North Sea", 56.0, 3.0),
        ("the Channel", 50.2, -1.0),
        ("the Pacific", 0.0, -140.0),
        ("the Pacific at Fiji's latitude", -16.15, -100.0),
        ("the Caspian", 41.0, 51.0),
        ("Lake Michigan", 43.5, -87.0),
        ("Lake Victoria", -1.0, 33.0),
        ("the Black Sea", 43.0, 34.0),
    ];
    for (name, lat, lon) in land {
        assert!(is_land(at(lat, lon)), "{name}");
    }
    for (name, lat, lon) in water {
        assert!(!is_land(at(lat, lon)), "{name}");
    }
}

#[test]
fn has_as_much_land_as_the_earth() {
    let (mut land, mut all) = (0.0, 0.0);
    for row in 0..ROWS {
        let share = libm::cos((90.0 - (f64::from(row) + 0.5) / 20.0).to_radians());
        let words = &LAND[(row * COLUMNS / WORD) as usize..((row + 1) * COLUMNS / WORD) as usize];
        land += share * f64::from(words.iter().map(|word| word.count_ones()).sum::<u32>());
        all += share * f64::from(COLUMNS);
    }
    // 29.2 %, ice shelves and big lakes aside.
    assert!((0.283..0.293).contains(&(land / all)), "{}", land / all);
}

#[test]
fn every_cell_is_the_cell_of_its_centre() {
    for row in (0..ROWS).step_by(37) {
        for column in (0..COLUMNS).step_by(41) {
            let cell = Cell::new(row, column);
            assert_eq!(Cell::of(cell.centre()), cell);
        }
    }
    assert_eq!(Cell::of(at(90.0, -180.0)), Cell::new(0, 0));
    assert_eq!(Cell::of(at(-90.0, 179.999_999_9)), Cell::new(ROWS - 1, COLUMNS - 1));
}

#[test]
fn wraps_at_the_antimeridian_and_ends_at_the_poles() {
    let west = Cell::new(1000, 0);
    let east = Cell::new(1000, COLUMNS - 1);
    assert_eq!(west.offset(0, -1), Some(east));
    assert_eq!(east.offset(0, 1), Some(west));
    assert_eq!(west.columns_from(east), 1);
    assert_eq!(Cell::new(0, 5).offset(-1, 0), None);
    assert_eq!(Cell::new(ROWS - 1, 5).offset(1, 0), None);
}

#[test]
fn measures_as_geodesics_do() {
    for (lat, lon) in [(0.0, 0.0), (48.0, 11.0), (-33.0, 179.98), (70.0, -150.0), (-77.0, 20.0)] {
        let here = Cell::of(at(lat, lon));
        for (south, east) in [(0, 1), (1, 1), (-1, 0), (-1, 1)] {
            let there = here.offset(south, east).unwrap();
            let true_m = distance_m(here.centre(), there.centre());
            for found_m in [here.step_m(south, east), here.near_m(there), here.far_m(there)] {
                assert!(
                    (f64::from(found_m) / true_m - 1.0).abs() < 0.02,
                    "{lat} {found_m} {true_m}"
                );
            }
        }
        let far = Cell::of(at(10.0, 60.0));
        let true_m = distance_m(here.centre(), far.centre());
        assert!((f64::from(here.far_m(far)) / true_m - 1.0).abs() < 0.006, "{lat} {lon}");
    }
}

#[test]
fn finds_the_nearest_cell_that_fits() {
    for (lat, lon) in [(54.3, 7.0), (48.1, 11.6), (-17.0, 179.99), (71.0, -179.98), (80.2, 30.0)] {
        let here = Cell::of(at(lat, lon));
        let wanted = !here.is_land();
        let found = here.nearest(200, |cell| cell.is_land() == wanted).unwrap();
        let mut best = u32::MAX;
        for south in -200..=200 {
            for east in -200..=200 {
                let cell = here.offset(south, east).filter(|cell| cell.is_land() == wanted);
                best = best.min(cell.map_or(u32::MAX, |cell| here.far_m(cell)));
            }
        }
        assert_eq!(here.far_m(found), best, "{lat} {lon}");
    }
    assert_eq!(Cell::of(at(0.0, -140.0)).nearest(20, Cell::is_land), None);
}

#[test]
fn fills_runs_across_words() {
    for (from, count) in [(0, 1), (3, 13), (3, 14), (15, 2), (16, 32), (5, 0), (7, 40)] {
        let mut words = vec![0_u16; 4];
        fill(&mut words, from, count);
        for bit in 0..64 {
            let is_set = words[bit / 16] >> (bit % 16) & 1 == 1;
            assert_eq!(
                is_set,
                (from..from + count).contains(&(bit as u32)),
                "{from} {count} {bit}"
            );
        }
    }
}
