//! What facts in a row make of a timeline.

use super::*;
use crate::{
    event::{Fact, Holder, Proof},
    id::{PackageId, Subject},
    time::{DAY, HOUR},
};

const HERE: PlaceId = PlaceId::from_bytes([2; 16]);
const THERE: PlaceId = PlaceId::from_bytes([3; 16]);
const TRUCK: ContainerId = ContainerId::from_bytes([4; 16]);
const TAG: TrackerId = TrackerId::from_bytes([5; 16]);

fn at(hour: i64) -> Timestamp {
    Timestamp::MIN.plus(DAY + hour * HOUR)
}

fn event(number: u8, hour: i64, fact: Fact) -> Event {
    Event {
        id: EventId::from_bytes([number; 16]),
        subject: Subject::Package(PackageId::from_bytes([1; 16])),
        happened_at: at(hour),
        recorded_at: at(hour),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

/// Facts at these hours, told last first.
fn timeline(facts: Vec<(i64, Fact)>) -> Timeline {
    let numbered = (0u8..).zip(facts);
    let mut events: Vec<Event> =
        numbered.map(|(number, (hour, fact))| event(number, hour, fact)).collect();
    events.reverse();
    Timeline::of(&events)
}

fn registered() -> Fact {
    Fact::Registered(Box::new(Record::Package(PackageRecord {
        origin: Some(HERE),
        destination: Some(THERE),
        ..PackageRecord::default()
    })))
}

fn scanned(place: PlaceId) -> Fact {
    Fact::Scanned { place, floor: None }
}

fn on_floor(place: PlaceId, floor: &str) -> Fact {
    Fact::Scanned { place, floor: Some(floor.to_owned()) }
}

fn departed(from: Option<PlaceId>, to: Option<PlaceId>) -> Fact {
    Fact::Departed { from, to, mode: None, expected_at: None }
}

fn delivered() -> Fact {
    Fact::Delivered { place: None, proof: Proof::default() }
}

fn spans(timeline: &Timeline) -> Vec<(PlaceId, Timestamp, Timestamp)> {
    timeline.stops.iter().map(|it| (it.place, it.first_seen, it.last_seen)).collect()
}

#[test]
fn sightings_at_one_place_are_one_stop() {
    let seen = timeline(vec![
        (0, registered()),
        (1, scanned(HERE)),
        (2, Fact::Held { reason: crate::event::IncidentReason::Unknown, place: Some(HERE) }),
        (3, departed(Some(HERE), None)),
        (5, Fact::Arrived { place: THERE }),
        (6, delivered()),
    ]);
    assert_eq!(spans(&seen), [(HERE, at(1), at(3)), (THERE, at(5), at(6))]);
    assert_eq!(seen.stops[0].departed.map(|it| it.at), Some(at(3)));
    assert_eq!((seen.stops[0].firm, seen.stops[1].firm), (false, true));
}

#[test]
fn a_return_to_the_same_place_is_another_stop() {
    let seen = timeline(vec![(1, scanned(HERE)), (2, departed(None, None)), (4, scanned(HERE))]);
    assert_eq!(spans(&seen), [(HERE, at(1), at(1)), (HERE, at(4), at(4))]);
    let at_once = timeline(vec![(1, departed(Some(HERE), None)), (1, scanned(HERE))]);
    assert_eq!(spans(&at_once), [(HERE, at(1), at(1))], "a scan at the gate is the same stop");
}

#[test]
fn another_floor_is_another_stop_and_an_unknown_one_is_not() {
    let seen = timeline(vec![
        (1, scanned(HERE)),
        (2, on_floor(HERE, "3")),
        (3, scanned(HERE)),
        (4, on_floor(HERE, "4")),
    ]);
    let floors: Vec<_> = seen.stops.iter().map(|it| (it.floor.as_deref(), it.last_seen)).collect();
    assert_eq!(floors, [(None, at(1)), (Some("3"), at(3)), (Some("4"), at(4))]);
}

#[test]
fn a_departure_without_a_place_is_from_the_last_stop_or_the_origin() {
    let seen = timeline(vec![(0, registered()), (1, departed(None, Some(THERE)))]);
    assert_eq!(spans(&seen), [(HERE, at(1), at(1))]);
    let twice = timeline(vec![
        (1, scanned(HERE)),
        (2, departed(None, None)),
        (3, departed(None, Some(THERE))),
    ]);
    let departure = twice.stops[0].departed.unwrap();
    assert_eq!((departure.at, departure.to), (at(2), Some(THERE)));
    assert_eq!(timeline(vec![(1, departed(None, None))]).stops, [], "from nowhere");
}

#[test]
fn what_is_in_a_container_stays_in_it_until_it_is_taken_out_or_received() {
    let joined = || (1, Fact::Joined(Holder::Container(TRUCK)));
    let until = |fact| timeline(vec![joined(), (2, fact)]).memberships[0].until;
    assert_eq!(until(Fact::Left(Holder::Container(TRUCK))), Some(at(2)));
    assert_eq!(until(Fact::Joined(Holder::Place(HERE))), Some(at(2)));
    assert_eq!(until(delivered()), Some(at(2)), "received, even if nobody knows where");
    assert_eq!(until(scanned(HERE)), None, "a scan on board unloads nothing");
    assert_eq!(until(Fact::Left(Holder::Container(ContainerId::from_bytes([9; 16])))), None);
    assert_eq!(until(Fact::Joined(Holder::Container(TRUCK))), None, "told twice");
    let moved = timeline(vec![
        joined(),
        (3, Fact::Joined(Holder::Container(ContainerId::from_bytes([9; 16])))),
    ]);
    assert_eq!(moved.membership_at(at(2)).map(|it| it.container), Some(TRUCK));
    assert_eq!(moved.memberships[0].until, Some(at(3)));
    assert_eq!(moved.membership_at(at(3)).map(|it| it.until), Some(None));
}

#[test]
fn a_ride_in_between_ends_a_stop() {
    let seen = timeline(vec![
        (1, scanned(HERE)),
        (2, Fact::Joined(Holder::Container(TRUCK))),
        (3, Fact::Left(Holder::Container(TRUCK))),
        (4, departed(None, Some(THERE))),
        (5, scanned(HERE)),
    ]);
    assert_eq!(spans(&seen), [(HERE, at(1), at(1)), (HERE, at(5), at(5))]);
    assert_eq!(seen.stops[0].departed, None, "it left from where it was taken out");
    assert_eq!(seen.memberships[0].departed.map(|it| it.at), Some(at(4)));
    assert_eq!(seen.departure_by(at(4)).map(|it| it.to), Some(Some(THERE)));
    assert_eq!(seen.departure_by(at(5)), None, "it has been seen since");
}

#[test]
fn a_later_ride_does_not_hide_an_earlier_departure() {
    let other = Holder::Container(ContainerId::from_bytes([9; 16]));
    let first_ride = vec![
        (1, Fact::Joined(Holder::Container(TRUCK))),
        (3, Fact::Left(Holder::Container(TRUCK))),
        (4, departed(None, Some(THERE))),
    ];
    let before = timeline(first_ride.clone());
    let mut both = first_ride;
    both.extend([
        (10, Fact::Joined(other)),
        (11, Fact::Left(other)),
        (12, departed(None, Some(HERE))),
    ]);
    let after = timeline(both);
    for hour in 0..12 {
        assert_eq!(after.departure_by(at(hour)), before.departure_by(at(hour)), "hour {hour}");
    }
    assert_eq!(after.departure_by(at(4)).map(|it| it.to), Some(Some(THERE)));
    assert_eq!(after.departure_by(at(12)).map(|it| it.to), Some(Some(HERE)));
}

#[test]
fn trackers_travel_along_until_they_are_taken_off() {
    let seen = timeline(vec![
        (1, Fact::TrackerAttached(TAG)),
        (2, Fact::TrackerAttached(TAG)),
        (3, Fact::TrackerDetached(TAG)),
        (4, Fact::TrackerDetached(TAG)),
        (5, Fact::TrackerAttached(TAG)),
    ]);
    let spans: Vec<_> = seen.trackers.iter().map(|it| (it.from, it.until)).collect();
    assert_eq!(spans, [(at(1), Some(at(3))), (at(5), None)]);
    assert!(seen.trackers[0].lasts_at(at(3)) && !seen.trackers[0].lasts_at(at(4)));
}

#[test]
fn corrected_and_voided_facts_are_as_if_never_said() {
    let wrong = event(1, 1, scanned(THERE));
    let right = event(2, 1, Fact::Corrected { target: wrong.id, fact: Box::new(scanned(HERE)) });
    let never = event(3, 2, scanned(THERE));
    let void = event(4, 9, Fact::Voided { target: never.id, why: None });
    let seen = Timeline::of(&[void, never, wrong, right]);
    assert_eq!(spans(&seen), [(HERE, at(1), at(1))]);
}

#[test]
fn it_heads_for_its_destination_and_back_where_it_came_from() {
    let facts =
        |to| vec![(0, registered()), (2, Fact::Returning { reason: None, to }), (4, registered())];
    let back = timeline(facts(None));
    assert_eq!(back.heading_at(at(1)), Some(THERE));
    assert_eq!(back.heading_at(at(3)), Some(HERE));
    let elsewhere = PlaceId::from_bytes([9; 16]);
    assert_eq!(timeline(facts(Some(elsewhere))).heading_at(at(3)), Some(elsewhere));
    assert_eq!(
        (back.status_at(at(1)), back.status_at(at(2))),
        (Status::Registered, Status::Returning)
    );
}

#[test]
fn it_starts_with_the_first_thing_known() {
    assert_eq!(Timeline::of(&[]).starts_at(), None);
    assert_eq!(timeline(vec![(1, scanned(HERE)), (2, registered())]).starts_at(), Some(at(1)));
    assert_eq!(timeline(vec![(2, registered())]).starts_at(), Some(at(2)));
}
