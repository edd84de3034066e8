//! Tests of tiles, counts, paths and their columns.

use proptest::prelude::*;

use super::*;
use crate::{
    holding::HolderId,
    id::{ContainerId, PlaceId},
    map::columns::MarkKind,
    mode::Mode,
    position::LatLon,
    record::{PackageRecord, Record},
    state::{State, Status},
    time::Timestamp,
};

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::from_degrees(lat, lon).unwrap()
}

fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn point(millis: i64, lat: f64, lon: f64, height_dm: Option<i32>) -> Waypoint {
    Waypoint { at: instant(millis), position: at(lat, lon), height_dm }
}

#[test]
fn tiles_are_those_that_map_libraries_ask_for() {
    // By the formula of https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames, elsewhere.
    assert_eq!(TileId::of(at(50.7753, 6.0839), 10), TileId::new(10, 529, 343).unwrap());
    assert_eq!(TileId::of(at(0.1, 0.1), 1), TileId::new(1, 1, 0).unwrap());
    assert_eq!(TileId::of(at(-89.9, 179.9), 2), TileId::new(2, 3, 3).unwrap());
    assert!(TileId::new(2, 4, 0).is_err() && TileId::new(23, 0, 0).is_err());
    let tile = TileId::new(10, 529, 343).unwrap();
    assert_eq!(TileId::of(tile.point(0.5, 0.5), 10), tile);
}

#[test]
fn an_aircraft_between_two_points_flies_the_great_circle() {
    let path = Path::along(vec![point(0, 50.0, 0.0, Some(0)), point(1_000, 50.0, 90.0, Some(500))]);
    let path = path.unwrap();
    let (middle, height) = path.at(instant(500));
    // The middle of a great circle between two points of one latitude lies nearer the pole:
    // tan lat = tan 50 / cos 45.
    assert!((middle.lat() - 59.317_9).abs() < 1e-3, "{middle:?}");
    assert!((middle.lon() - 45.0).abs() < 1e-6);
    assert_eq!(height, Some(250));
    assert_eq!(path.at(instant(5_000)).0, at(50.0, 90.0));
    assert_eq!(path.during(instant(100), instant(200)).len(), 2);
    assert_eq!(path.during(instant(2_000), instant(3_000)).len(), 1);
}

fn package(status: Status, mode: Option<Mode>, carrier: u8) -> Counts {
    let carrier = Some(format!("carrier{carrier}"));
    let record = PackageRecord { carrier, mode, ..PackageRecord::default() };
    Counts::of_package(&State { record: Some(Record::Package(record)), status, ..State::default() })
}

proptest! {
    #[test]
    fn every_point_lies_in_the_tiles_that_contain_it(
        lat in -85.0f64..85.0, lon in -180.0f64..180.0, zoom in 0u8..=22,
    ) {
        let point = at(lat, lon);
        let tile = TileId::of(point, zoom);
        prop_assert!(tile.contains(point));
        let outer = TileId::of(point, zoom.saturating_sub(1));
        prop_assert!(outer.range().start <= tile.range().start);
        prop_assert!(tile.range().end <= outer.range().end);
        let cell = tile.cell_of(tile::number(point), 5);
        let middle = tile.point(
            (f64::from(cell % 32) + 0.5) / 32.0,
            (f64::from(cell / 32) + 0.5) / 32.0,
        );
        let side = 360.0 / f64::from(1u32 << zoom) / 32.0;
        prop_assert!((middle.lon() - point.lon()).abs() <= 0.51 * side + 1e-6);
        prop_assert!((middle.lat() - point.lat()).abs() <= 0.6 * side + 1e-6);
    }

    #[test]
    fn counts_forget_what_is_taken_away(
        parts in prop::collection::vec((0usize..12, prop::option::of(0usize..4), 0u8..6), 1..40),
        away in 0usize..40,
    ) {
        let parts: Vec<Counts> = parts
            .into_iter()
            .map(|(status, mode, carrier)| {
                package(Status::ALL[status], mode.map(|it| Mode::ALL[it]), carrier)
            })
            .collect();
        let away = away % parts.len();
        let sum = |parts: &[Counts]| {
            let mut sum = Counts::default();
            parts.iter().for_each(|it| sum.add(it));
            sum
        };
        let mut counts = sum(&parts);
        prop_assert_eq!(counts.packages(), parts.len() as i64);
        parts[..away].iter().for_each(|it| counts.subtract(it));
        prop_assert_eq!(counts, sum(&parts[away..]));
    }

    #[test]
    fn a_tile_is_read_as_it_was_written(
        clusters in prop::collection::vec(
            (-85_000_000i32..85_000_000, -179_999_999i32..179_999_999, any::<u32>()), 0..20),
        marks in prop::collection::vec(
            (any::<[u8; 16]>(), -800_000_000i32..800_000_000, prop::option::of(-1000i32..150_000),
             0i64..4_000_000_000, "[a-zé ]{0,30}", 1usize..5), 0..20),
    ) {
        let content = TileContent {
            clusters: clusters
                .into_iter()
                .map(|(lat, lon, count)| Cluster {
                    at: LatLon::from_e7(lat / 10 * 10, lon / 10 * 10).unwrap(),
                    holders: count, packages: count / 2, problems: count / 7,
                })
                .collect(),
            marks: marks
                .into_iter()
                .map(|(id, degrees, height_dm, tenths, name, len)| Mark {
                    id: if degrees % 2 == 0 {
                        HolderId::Container(ContainerId::from_bytes(id))
                    } else {
                        HolderId::Place(PlaceId::from_bytes(id))
                    },
                    kind: MarkKind::Aircraft,
                    mode: (tenths % 2 == 0).then_some(Mode::Air),
                    packages: tenths as u32,
                    problems: 3,
                    radius_95_m: 12,
                    as_of: instant(tenths * 100),
                    name: (!name.is_empty()).then_some(name),
                    path: (0..len as i64)
                        .map(|step| Waypoint {
                            at: instant((tenths + step) * 100),
                            position: LatLon::from_e7(degrees / 10 * 10, degrees / 10 * 10).unwrap(),
                            height_dm,
                        })
                        .collect(),
                })
                .collect(),
        };
        let bytes = content.to_bytes();
        prop_assert_eq!(TileContent::from_bytes(&bytes), Ok(content));
        for len in 0..bytes.len() {
            prop_assert!(TileContent::from_bytes(&bytes[..len]).is_err());
        }
    }

    #[test]
    fn strangers_bytes_are_refused_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(content) = TileContent::from_bytes(&bytes) {
            // Another spelling of a number is the same number.
            let again = TileContent::from_bytes(&content.to_bytes());
            prop_assert_eq!(again, Ok(content));
        }
    }
}
