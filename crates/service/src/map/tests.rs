//! Whatever comes and goes, tiles are the same as if the map were read anew.

use domain::{
    holding::HolderId,
    id::{ContainerId, PlaceId},
    map::{Counts, MarkKind, Path, TileId, Waypoint},
    position::LatLon,
    record::{PackageRecord, Record},
    state::{State, Status},
    time::{MINUTE, SECOND, Timestamp},
};
use proptest::prelude::*;

use super::{Narrow, picture::Picture};
use crate::rows::{HolderRow, Shown};

const START: i64 = 1_700_000_000_000;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(START + millis).unwrap()
}

fn row(lat: i32, lon: i32, drift: i32, packages: u8, delivered: u8) -> HolderRow {
    let mut counts = Counts::default();
    let record = || Some(Record::Package(PackageRecord::default()));
    for number in 0..packages {
        let status = if number < delivered { Status::Delivered } else { Status::Problem };
        counts.add(&Counts::of_package(&State { record: record(), status, ..State::default() }));
    }
    let point = |minutes: i32| Waypoint {
        at: at(i64::from(minutes) * MINUTE),
        position: LatLon::from_e7(lat * 10_000, (lon + drift * minutes) * 10_000).unwrap(),
        height_dm: None,
    };
    let path = Path::along(vec![point(0), point(30)]).unwrap();
    let kind = MarkKind::Other;
    let shown =
        Shown { kind, mode: None, name: None, path, radius_95_m: 1, as_of: at(0), basis: None };
    HolderRow { counts, shown: (packages != 0).then_some(shown), ..HolderRow::default() }
}

fn holder(number: u16) -> HolderId {
    let bytes = number.to_be_bytes();
    if number.is_multiple_of(3) {
        HolderId::Container(ContainerId::derive(&[&bytes]))
    } else {
        HolderId::Place(PlaceId::derive(&[&bytes]))
    }
}

proptest! {
    #![proptest_config(depth::of(60, 3_000))]
    #[test]
    fn what_was_followed_shows_what_is_read_anew(
        changes in prop::collection::vec(
            (0u16..700, 47_000i32..49_000, 15_000i32..17_000, -3i32..3, 0u8..4, 0u8..4), 1..1_500),
        wait in 0i64..3_000,
    ) {
        let tiles = [(0, 0, 0), (5, 17, 11), (7, 69, 44), (9, 278, 177), (14, 8_937, 5_679)];
        let tiles = tiles.map(|(z, x, y)| TileId::new(z, x, y).unwrap());
        let (mut followed, mut rows) = (Picture::default(), std::collections::BTreeMap::new());
        let now = at(5 * MINUTE);
        for (turn, (number, lat, lon, drift, packages, delivered)) in changes.into_iter().enumerate() {
            if turn == 300 {
                tiles.iter().for_each(|it| followed.make_ready(*it, &Narrow::Open, now));
            }
            // Two of three rest, as most do.
            let drift = if number.is_multiple_of(3) { drift } else { 0 };
            let row = row(lat, lon, drift, packages, delivered);
            followed.put(holder(number), Some(row.clone()));
            rows.insert(holder(number), row);
        }
        let later = now.plus(SECOND + wait);
        let mut anew = Picture::default();
        rows.iter().for_each(|(id, row)| anew.put(*id, Some(row.clone())));
        for id in tiles {
            followed.make_ready(id, &Narrow::Open, later);
            anew.make_ready(id, &Narrow::Open, later);
            let tile = followed.tile(id, &Narrow::Open, later);
            prop_assert_eq!(&tile, &anew.tile(id, &Narrow::Open, later));
            let shown = tile.clusters.iter().map(|it| i64::from(it.packages)).sum::<i64>()
                + tile.marks.iter().map(|it| i64::from(it.packages)).sum::<i64>();
            let inside = |row: &&HolderRow| {
                row.shown.as_ref().is_some_and(|it| id.contains(it.path.at(later).0))
            };
            prop_assert_eq!(shown, rows.values().filter(inside).map(|it| it.counts.open()).sum::<i64>());
        }
    }
}
