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
    whereabouts::Basis,
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
fn what_was_measured_is_likely_a_minute_later() {
    let path = vec![point(0, 1.0, 1.0, None)];
    let mark = |basis| Mark {
        id: HolderId::Place(PlaceId::from_bytes([1; 16])),
        kind: MarkKind::Truck,
        mode: None,
        basis,
        carrier: None,
        packages: 1,
        problems: 0,
        radius_95_m: 1,
        as_of: instant(1_000),
        name: None,
        path: path.clone(),
    };
    let measured = mark(Some(Basis::Measured));
    assert_eq!(measured.basis_at(instant(60_999)), Some(Basis::Measured));
    assert_eq!(measured.basis_at(instant(61_000)), Some(Basis::Predicted));
    assert_eq!(mark(Some(Basis::Scanned)).basis_at(instant(61_000)), Some(Basis::Scanned));
    assert_eq!(mark(None).basis_at(instant(61_000)), None);
    assert!(MarkKind::Home.is_place() && !MarkKind::Other.is_place());
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

/// Metres between two points that are near each other, heights and courses aside.
fn apart_m(a: [f64; 2], b: [f64; 2]) -> f64 {
    let east = (a[1] - b[1] + 540.0).rem_euclid(360.0) - 180.0;
    (a[0] - b[0]).hypot(east * a[0].to_radians().cos()).to_radians() * 6_371_008.8
}

#[test]
fn a_course_leads_where_the_path_goes() {
    let to = |lat, lon| {
        let path = [point(0, 10.0, 20.0, None), point(3_600_000, lat, lon, None)];
        Stretch::on(&path, 0.0).unwrap().at(0.0).course_deg.unwrap()
    };
    assert!(to(11.0, 20.0).abs() < 1e-6);
    assert!((to(9.0, 20.0) - 180.0).abs() < 1e-6);
    // Towards the east one leaves a little north of east, as Karney's geodesics do.
    let (_, azimuth) = crate::geodesy::inverse(at(10.0, 20.0), at(10.0, 21.0));
    assert!((to(10.0, 21.0) - azimuth).abs() < 0.01, "{} {azimuth}", to(10.0, 21.0));
    assert!((to(10.0, 19.0) - 270.0).abs() < 0.2);
    let resting = Stretch::on(&[point(0, 10.0, 20.0, Some(7))], 5.0).unwrap();
    assert_eq!(resting.at(9e12).course_deg, None);
    assert_eq!(resting.at(9e12).height_m, Some(0.7));
    assert!(resting.glide(5.0).covers(9e12) && resting.glide(5.0).course[0].is_nan());
    assert!(Stretch::on(&[], 0.0).is_none());
    // What is lifted goes nowhere, and has no course.
    let lifted = [point(0, 10.0, 20.0, Some(0)), point(1_000, 10.0, 20.0, Some(100))];
    let lifted = Stretch::on(&lifted, 250.0).unwrap();
    assert_eq!((lifted.at(250.0).height_m, lifted.at(250.0).course_deg), (Some(2.5), None));
    assert!((lifted.glide(250.0).at(750.0)[2] - 7.5).abs() < 1e-9);
}

proptest! {
    #[test]
    fn a_glide_stays_within_a_millimetre_of_its_stretch(
        (lat, lon) in (-89.9f64..89.9, -180.0f64..180.0),
        (lat_by, lon_by) in (-9.0f64..9.0, -9.0f64..9.0),
        minutes in 1i64..3_000, start in 0.0f64..1.0, on in 0.0f64..1.0,
    ) {
        let end = LatLon::wrapped(lat + lat_by, lon + lon_by);
        let path = [
            point(0, lat, lon, Some(0)),
            Waypoint { at: instant(minutes * 60_000), position: end, height_dm: Some(90_000) },
        ];
        let at_ms = start * (minutes * 60_000) as f64;
        let stretch = Stretch::on(&path, at_ms).unwrap();
        let glide = stretch.glide(at_ms);
        prop_assert!(glide.covers(at_ms) || at_ms == glide.until_ms);
        for part in [0.0, on, 1.0] {
            let then = glide.from_ms + part * (glide.until_ms - glide.from_ms);
            let ([lat, lon, height_m, course_deg], exact) = (glide.at(then), stretch.at(then));
            let off_m = apart_m([lat, lon], [exact.lat, exact.lon]);
            prop_assert!(off_m < 0.001, "{off_m} m");
            prop_assert!((height_m - exact.height_m.unwrap()).abs() < 0.001);
            if let Some(course) = exact.course_deg {
                let turned = (course - course_deg + 540.0).rem_euclid(360.0) - 180.0;
                prop_assert!(turned.abs() < 0.2, "{course} {course_deg}");
            }
        }
    }

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
                    basis: Basis::ALL.get(tenths as usize % 6).copied(),
                    carrier: [None, Some("ups"), Some("dhl")][tenths as usize % 3].map(str::to_owned),
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
