//! What is expected from the first event on, with and without a promise, in
//! time and after it.

use std::sync::Arc;

use super::*;
use crate::{
    event::{Event, Fact, IncidentReason, Proof},
    id::{EventId, PackageId},
    position::LatLon,
    record::{PackageRecord, PlaceKind, PlaceRecord, Promise, Record},
    route::{Medium, Route, route},
    time::{DAY, MINUTE},
};

const PACKAGE: Subject = Subject::Package(PackageId::from_bytes([1; 16]));
const MUNICH: PlaceId = PlaceId::from_bytes([2; 16]);
const HAMBURG: PlaceId = PlaceId::from_bytes([3; 16]);

fn at(hour: i64) -> Timestamp {
    Timestamp::MIN.plus(DAY + hour * HOUR)
}

fn way(from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
    Arc::new(route(from, to, medium))
}

fn place(lat: f64, lon: f64) -> PlaceRecord {
    PlaceRecord {
        kind: PlaceKind::Facility,
        name: "hub".to_owned(),
        at: LatLon::from_degrees(lat, lon).unwrap(),
        radius_m: 150,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    }
}

/// What is expected at an hour, when these facts are told at these hours.
fn asked(facts: &[(i64, Fact)], now: Timestamp) -> Option<Expected> {
    let event = |(number, (hour, fact)): (u8, &(i64, Fact))| Event {
        id: EventId::from_bytes([number; 16]),
        subject: PACKAGE,
        happened_at: at(*hour),
        recorded_at: at(*hour),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact: fact.clone(),
    };
    let events: Vec<Event> = (0..).zip(facts).map(event).collect();
    let mut world = World::new(&way, true);
    world.add_timeline(PACKAGE, Timeline::of(&events));
    world.add_place(MUNICH, Some(place(48.1372, 11.5756)));
    world.add_place(HAMBURG, Some(place(53.55, 9.99)));
    assert_eq!(expected_needs(&world, PACKAGE, now), []);
    expected(&world, PACKAGE, now)
}

fn registered(promised: Option<(i64, i64)>) -> (i64, Fact) {
    let record = PackageRecord {
        origin: Some(MUNICH),
        destination: Some(HAMBURG),
        mode: Some(Mode::Road),
        promised: promised.map(|(first, last)| Promise { first: at(first), last: at(last) }),
        ..PackageRecord::default()
    };
    (0, Fact::Registered(Box::new(Record::Package(record))))
}

fn departed(hour: i64, due: i64) -> (i64, Fact) {
    let expected_at = Some(at(due));
    let fact = Fact::Departed { from: Some(MUNICH), to: Some(HAMBURG), mode: None, expected_at };
    (hour, fact)
}

fn carrier(p50: Timestamp, p90: Timestamp) -> Expected {
    Expected { at_p50: p50, at_p90: p90, basis: ExpectedBasis::Carrier }
}

#[test]
fn something_is_expected_from_the_first_event_on() {
    assert_eq!(asked(&[registered(None)], at(0).plus(-1)), None, "nothing is known yet");
    let plan = asked(&[registered(None)], at(0)).unwrap();
    assert_eq!(plan.basis, ExpectedBasis::Plan);
    assert!(at(12) < plan.at_p50 && plan.at_p90 < at(72), "600 km by lorry: {plan:?}");
    let promised = asked(&[registered(Some((48, 58)))], at(0));
    assert_eq!(promised, Some(carrier(at(53), at(58))));
}

#[test]
fn a_promise_stands_until_its_last_moment() {
    let at_hour = |now| asked(&[registered(Some((48, 58)))], now);
    assert_eq!(at_hour(at(20)), Some(carrier(at(53), at(58))), "the middle of what was promised");
    assert_eq!(at_hour(at(50)), Some(carrier(at(54), at(58))), "the middle of what is left of it");
    let last = at_hour(at(58).plus(-1)).unwrap();
    assert!(at(58).plus(-1) <= last.at_p50 && last.at_p50 <= last.at_p90, "{last:?}");
    let moment = asked(&[registered(Some((58, 58)))], at(1));
    assert_eq!(moment, Some(carrier(at(58), at(58))), "a promise of one moment");
    let swapped = asked(&[registered(Some((60, 58)))], at(1));
    assert_eq!(swapped, Some(carrier(at(58), at(58))), "a promise that ends before it begins");
}

#[test]
fn a_broken_promise_is_no_promise() {
    let late = asked(&[registered(Some((48, 58)))], at(58)).unwrap();
    assert_eq!(late.basis, ExpectedBasis::Plan, "as far as it still has to go");
    assert!(late.at_p50 >= at(58).plus(LATE_MIN), "{late:?}");
    let nowhere = PackageRecord {
        promised: Some(Promise { first: at(1), last: at(2) }),
        ..PackageRecord::default()
    };
    let facts = [(0, Fact::Registered(Box::new(Record::Package(nowhere))))];
    assert_eq!(asked(&facts, at(3)), Some(carrier(at(5), at(7))), "late, and nobody says where to");
    assert_eq!(asked(&facts, at(42)), Some(carrier(at(62), at(122))), "the later, the later still");
}

#[test]
fn on_its_way_the_announced_arrival_counts() {
    let facts = [registered(None), departed(2, 10)];
    let underway = asked(&facts, at(5)).unwrap();
    assert_eq!((underway.at_p50, underway.basis), (at(14), ExpectedBasis::Carrier));
    let overdue = asked(&facts, at(11)).unwrap();
    assert_eq!(overdue.basis, ExpectedBasis::Plan, "it should have arrived by now");
}

#[test]
fn nothing_is_expected_of_what_is_there_gone_or_aimless() {
    let delivered = Fact::Delivered { place: Some(HAMBURG), proof: Proof::default() };
    for end in [delivered, Fact::Lost, Fact::Cancelled] {
        assert_eq!(asked(&[registered(Some((48, 58))), (3, end)], at(4)), None);
    }
    let aimless = Record::Package(PackageRecord::default());
    assert_eq!(asked(&[(0, Fact::Registered(Box::new(aimless)))], at(1)), None);
}

#[test]
fn a_promise_there_is_not_a_promise_back() {
    let reason = Some(IncidentReason::ConsigneeRefused);
    let back = (5, Fact::Returning { reason, to: None });
    let found = asked(&[registered(Some((48, 58))), (4, scanned(HAMBURG)), back], at(6)).unwrap();
    assert_eq!(found.basis, ExpectedBasis::Plan);
    assert!(found.at_p50 > at(16), "600 km back: {found:?}");
}

fn scanned(place: PlaceId) -> Fact {
    Fact::Scanned { place, floor: None }
}

#[test]
fn it_never_lies_in_the_past_and_is_surest_last() {
    let out = (14, Fact::OutForDelivery { from: Some(HAMBURG) });
    let histories = [
        vec![registered(None)],
        vec![registered(Some((20, 30)))],
        vec![registered(Some((30, 20)))],
        vec![registered(Some((20, 30))), departed(2, 10)],
        vec![registered(None), departed(2, 10), (12, scanned(HAMBURG)), out.clone()],
        vec![registered(Some((5, 9))), departed(2, 10), (12, scanned(HAMBURG)), out],
        vec![
            registered(Some((5, 9))),
            (3, Fact::Held { reason: IncidentReason::Unknown, place: None }),
        ],
    ];
    for facts in &histories {
        for step in 0..600 {
            let now = at(0).plus(step * 17 * MINUTE);
            let found = asked(facts, now).unwrap();
            assert!(now <= found.at_p50, "{now:?} {found:?} {facts:?}");
            assert!(found.at_p50 <= found.at_p90, "{now:?} {found:?} {facts:?}");
        }
    }
}
