//! The geometry of discs, and what is asked for while a chain is loaded.

use std::sync::Arc;

use super::{
    disc::{Disc, RADIUS_MAX_M},
    *,
};
use crate::{
    event::{Event, Fact, Holder},
    geodesy,
    id::{ContainerId, EventId, PackageId, TrackerId},
    record::{PlaceKind, PlaceRecord},
    route::{Medium, Route, route},
    timeline::Timeline,
};

fn at(lat: f64, lon: f64) -> LatLon {
    LatLon::from_degrees(lat, lon).unwrap()
}

fn disc(lat: f64, lon: f64, radius_m: f64) -> Disc {
    Disc::new(at(lat, lon), radius_m, None)
}

/// Points inside a disc: rings of them, out to its edge.
fn inside(disc: &Disc) -> impl Iterator<Item = LatLon> {
    let ring =
        |ring: u32| (0..36).map(move |step| (f64::from(ring) / 12.0, f64::from(step) * 10.0));
    let (centre, radius_m) = (disc.centre, disc.radius_m);
    (1..=12).flat_map(ring).map(move |(part, azimuth_deg)| {
        geodesy::destination(centre, azimuth_deg, part * 0.999 * radius_m)
    })
}

#[test]
fn the_common_disc_holds_all_that_is_in_both() {
    let pairs = [
        (disc(48.0, 11.0, 300e3), disc(52.0, 13.0, 350e3)),
        (disc(48.0, 11.0, 600e3), disc(52.0, 13.0, 100e3)),
        (disc(48.0, 11.0, 5_000e3), disc(48.0, 12.0, 5_000e3)),
        (disc(64.0, -22.0, 4_000e3), disc(35.0, 139.0, 6_000e3)),
        (disc(-17.0, 179.9, 200e3), disc(-17.0, -179.0, 150e3)),
        (disc(89.9, 0.0, 900e3), disc(85.0, 180.0, 700e3)),
        (disc(10.0, 10.0, 9_000e3), disc(-10.0, -170.0, 12_000e3)),
        (disc(50.0, 8.0, 100.0), disc(50.001, 8.0, 60.0)),
    ];
    for (a, b) in pairs {
        for (a, b) in [(a, b), (b, a)] {
            let common = a.common(b);
            assert!(common.radius_m <= a.radius_m.min(b.radius_m));
            let in_both = inside(&a).filter(|it| geodesy::distance_m(*it, b.centre) <= b.radius_m);
            for point in in_both {
                let off_m = geodesy::distance_m(point, common.centre);
                assert!(off_m <= common.radius_m + 0.1, "{a:?} {b:?}: {off_m} {common:?}");
            }
        }
    }
}

#[test]
fn a_lens_is_smaller_than_either_disc() {
    let common = disc(48.0, 11.0, 100e3).common(disc(49.5, 11.0, 100e3));
    assert!((50e3..60e3).contains(&common.radius_m), "{common:?}");
    assert!(geodesy::distance_m(common.centre, at(48.75, 11.0)) < 1_000.0);
}

#[test]
fn no_disc_is_endless_or_empty() {
    for radius_m in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1e300] {
        let radius_m = disc(0.0, 0.0, radius_m).radius_m;
        assert!(radius_m > 0.0 && radius_m <= RADIUS_MAX_M);
    }
}

fn way(from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
    Arc::new(route(from, to, medium))
}

fn event(number: u8, subject: Subject, fact: Fact) -> Event {
    let happened_at = Timestamp::MIN.plus(i64::from(number) * crate::time::HOUR);
    Event {
        id: EventId::from_bytes([number; 16]),
        subject,
        happened_at,
        recorded_at: happened_at,
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

#[test]
fn a_chain_is_asked_for_link_by_link() {
    let package = Subject::Package(PackageId::from_bytes([1; 16]));
    let container = ContainerId::from_bytes([2; 16]);
    let (truck, tag) = (Subject::Container(container), TrackerId::from_bytes([3; 16]));
    let place = PlaceId::from_bytes([4; 16]);
    let now = Timestamp::MIN.plus(crate::time::DAY);
    let mut world = World::new(&way, true);
    assert_eq!(needs(&world, package, now), [Need::Timeline(package, now)]);
    assert_eq!(whereabouts(&world, package, now), None);

    let joined = event(1, package, Fact::Joined(Holder::Container(container)));
    world.add_timeline(package, Timeline::of(&[joined]));
    assert_eq!(needs(&world, package, now), [Need::Timeline(truck, now)]);

    let on_truck = [
        event(1, truck, Fact::TrackerAttached(tag)),
        event(2, truck, Fact::Scanned { place, floor: None }),
    ];
    let later = now.plus(1);
    world.add_timeline_since(truck, Timeline::of(&on_truck), later);
    assert_eq!(
        needs(&world, package, now),
        [Need::Timeline(truck, now)],
        "what is there is too new"
    );
    world.add_timeline(truck, Timeline::of(&on_truck));
    assert_eq!(needs(&world, package, now), [Need::Place(place), Need::Fixes(tag, now, now)]);

    world.add_place(place, None);
    world.add_fixes(tag, Timestamp::MIN, now.plus(-1), &[]);
    assert_eq!(needs(&world, package, now), [Need::Fixes(tag, now, now)], "loaded for other times");
    world.add_fixes(tag, now, now, &[]);
    assert_eq!(needs(&world, package, now), []);
}

/// A month for what takes ten days: where it waited nobody said, but at sea.
#[test]
fn a_slow_ship_is_not_in_the_middle_of_a_continent() {
    let ship = Subject::Container(ContainerId::from_bytes([2; 16]));
    let (valparaiso, santos) = (PlaceId::from_bytes([3; 16]), PlaceId::from_bytes([4; 16]));
    let port = |lat, lon| PlaceRecord {
        kind: PlaceKind::Port,
        name: "port".to_owned(),
        at: at(lat, lon),
        radius_m: 3_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    };
    let departed = Fact::Departed {
        from: Some(valparaiso),
        to: Some(santos),
        mode: Some(crate::mode::Mode::Sea),
        expected_at: None,
    };
    let left = event(1, ship, departed);
    let begins = left.happened_at;
    let mut arrived = event(2, ship, Fact::Arrived { place: santos });
    arrived.happened_at = begins.plus(30 * crate::time::DAY);
    arrived.recorded_at = arrived.happened_at;
    let mut world = World::new(&way, true);
    world.add_timeline(ship, Timeline::of(&[left, arrived]));
    world.add_place(valparaiso, Some(port(-33.03, -71.63)));
    world.add_place(santos, Some(port(-23.96, -46.31)));
    for hour in 6..714 {
        let found = whereabouts(&world, ship, begins.plus(hour * crate::time::HOUR)).unwrap();
        let cell = crate::land::Cell::of(found.position);
        let water = cell.nearest(1, |it| !it.is_land());
        assert!(water.is_some(), "hour {hour}: {:?}", found.position);
    }
}

#[test]
fn a_disc_moved_to_its_way_holds_all_that_it_held() {
    let (rotterdam, singapore) = (at(51.95, 4.1), at(1.26, 103.8));
    let known = moves::Way::Known(way(rotterdam, singapore, Medium::Water));
    for disc in [disc(30.0, 60.0, 2_000e3), disc(46.0, 10.0, 300e3), disc(12.0, 50.0, 10e3)] {
        let moved = known.centred(disc);
        assert!(
            moved.radius_m < RADIUS_MAX_M && known.centred(moved).radius_m < moved.radius_m + 1.0
        );
        for point in inside(&disc) {
            assert!(geodesy::distance_m(point, moved.centre) <= moved.radius_m + 0.1, "{moved:?}");
        }
    }
    let flown = moves::Way::Known(way(rotterdam, singapore, Medium::Air));
    assert_eq!(flown.centred(disc(30.0, 60.0, 2_000e3)), disc(30.0, 60.0, 2_000e3));
}

#[test]
fn contradictions_read_as_sentences() {
    let subject = Subject::Place(PlaceId::from_bytes([0; 16]));
    let strayed =
        Contradiction::Strayed { subject, place: PlaceId::from_bytes([0; 16]), gap_m: 40_120 };
    let zeros = "plc_00000000000000000000000000";
    assert_eq!(
        strayed.to_string(),
        format!("{zeros} should be at {zeros} but was measured 40.1 km away")
    );
}
