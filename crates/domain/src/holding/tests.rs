//! Tests of what holds a thing.

use super::*;
use crate::record::{PackageRecord, Record};

fn place(id: u8) -> PlaceId {
    PlaceId::from_bytes([id; 16])
}

fn package() -> State {
    let record = PackageRecord {
        origin: Some(place(1)),
        destination: Some(place(2)),
        carrier: Some("ups".to_owned()),
        ..PackageRecord::default()
    };
    State { record: Some(Record::Package(record)), ..State::default() }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

#[test]
fn a_package_nobody_has_seen_is_at_its_origin() {
    assert_eq!(Holding::of_package(&package()), Holding::Place(place(1)));
    assert_eq!(Holding::of_package(&State::default()), Holding::Nowhere);
}

#[test]
fn packages_that_left_for_the_same_place_in_one_hour_share_a_lane() {
    let left = |minute: i64| {
        let leg = OpenLeg {
            from: Some(place(1)),
            to: None,
            mode: None,
            departed_at: at(HOUR + minute * 60_000),
            expected_at: None,
        };
        match Holding::of_package(&State { leg: Some(leg), ..package() }) {
            Holding::Lane(lane) => lane,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(left(3), left(59));
    assert_eq!(left(3).id(), left(59).id());
    assert_ne!(left(3).id(), left(60).id());
    assert_eq!(left(3).to, Some(place(2)));
}

#[test]
fn what_is_out_for_delivery_is_on_a_lane_and_what_is_in_a_container_is_there() {
    let mut state = package();
    state.status = Status::OutForDelivery;
    state.last_place = Some((place(3), at(0)));
    assert!(
        matches!(Holding::of_package(&state), Holding::Lane(lane) if lane.from == Some(place(3)))
    );
    let container = ContainerId::from_bytes([7; 16]);
    state.holder = Some((Holder::Container(container), at(5)));
    assert_eq!(Holding::of_package(&state), Holding::Container(container));
}

#[test]
fn a_holder_is_read_as_it_was_written() {
    for id in [
        HolderId::Package(PackageId::from_bytes([1; 16])),
        HolderId::Container(ContainerId::from_bytes([2; 16])),
        HolderId::Place(place(3)),
        HolderId::Lane(LaneId([4; 16])),
    ] {
        assert_eq!(HolderId::from_bytes(&id.to_bytes()), Some(id));
    }
    assert_eq!(HolderId::from_bytes(&[5; 17]), None);
}
