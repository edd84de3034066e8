//! What moves is drawn on from its fixes alone, for a while.

use domain::{
    id::TrackerId,
    map::{Counts, MarkKind, Path, Waypoint},
    motion::Fix,
    position::{LatLon, Position},
    time::{MINUTE, SECOND, Timestamp},
    whereabouts::Basis,
};

use super::{FORETOLD_FOR, drawn_on, point};
use crate::rows::{Foretold, HolderRow, Shown};

const BY: TrackerId = TrackerId::from_bytes([7; 16]);

fn after(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_780_000_000_000).unwrap().plus(seconds * SECOND)
}

fn on_way(minutes: i64) -> Waypoint {
    point(
        after(minutes * 60),
        LatLon::from_degrees(48.0 + minutes as f64 / 100.0, 9.0).unwrap(),
        None,
    )
}

/// A lorry that left a moment ago for somewhere an hour away.
fn leaving() -> HolderRow {
    let shown = Shown {
        kind: MarkKind::Truck,
        mode: None,
        name: Some("Truck 7".to_owned()),
        path: Path::along([0, 5, 10, 20, 60].map(on_way).to_vec()).unwrap(),
        radius_95_m: 900,
        as_of: after(0),
        basis: Some(Basis::Predicted),
    };
    let foretold = Some(Foretold { at: after(0), by: BY });
    HolderRow { counts: Counts::default(), shown: Some(shown), foretold, ..HolderRow::default() }
}

/// Measured beside its way, going east at 20 m/s.
fn measured(seconds: i64) -> Fix {
    Fix {
        at: after(seconds),
        position: Position { at: LatLon::from_degrees(48.01, 9.02).unwrap(), height: None },
        radius_95_mm: Some(12_300),
        vertical_95_mm: None,
        speed_mm_s: Some(20_000),
        course_cdeg: Some(9_000),
    }
}

#[test]
fn a_fix_moves_where_a_way_begins_and_leaves_its_end() {
    let row = drawn_on(&leaving(), &measured(70), BY, after(75)).unwrap();
    let shown = row.shown.unwrap();
    let times: Vec<Timestamp> = shown.path.points().iter().map(|it| it.at).collect();
    assert_eq!(times, [after(70), after(130), after(20 * 60), after(60 * 60)]);
    assert_eq!(shown.path.points()[0].position, measured(70).position.at);
    assert!(measured(70).position.at.lon_e7() < shown.path.points()[1].position.lon_e7());
    assert_eq!((shown.radius_95_m, shown.as_of), (13, after(70)));
    assert_eq!(shown.basis, Some(Basis::Measured));
    assert_eq!(shown.name.as_deref(), Some("Truck 7"));
    assert_eq!(row.foretold, leaving().foretold, "the rest of it is as old as it was");
}

#[test]
fn everything_is_looked_at_when_a_fix_alone_does_not_say_it() {
    let nothing = |row: &HolderRow, fix: &Fix, by, now| drawn_on(row, fix, by, now).is_none();
    let (row, fix) = (leaving(), measured(70));
    let late = FORETOLD_FOR / SECOND;
    assert!(nothing(&row, &measured(late), BY, after(late)), "the way is old");
    assert!(nothing(&row, &fix, TrackerId::from_bytes([8; 16]), after(75)), "another tracker");
    assert!(nothing(&row, &fix, BY, after(70).plus(MINUTE)), "the fix is old");
    assert!(nothing(&row, &Fix { speed_mm_s: Some(100), ..fix }, BY, after(75)), "it stands");
    assert!(nothing(&row, &Fix { course_cdeg: None, ..fix }, BY, after(75)), "going where?");
    assert!(nothing(&row, &Fix { radius_95_mm: None, ..fix }, BY, after(75)), "how exactly?");
    let unseen = HolderRow { shown: None, ..row.clone() };
    assert!(nothing(&unseen, &fix, BY, after(75)), "something else holds it");
    assert!(nothing(&HolderRow { foretold: None, ..row }, &fix, BY, after(75)));
}
