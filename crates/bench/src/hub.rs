//! The place at which things happen where a benchmark does not care which.

use domain::{
    id::PlaceId,
    position::LatLon,
    record::{PlaceKind, PlaceRecord, Record},
};

/// Its id.
pub fn id() -> PlaceId {
    PlaceId::derive(&[b"hub"])
}

/// What is said of it.
pub fn record() -> Record {
    facility("Memphis hub", LatLon::from_degrees(35.05, -89.98).expect("it is on Earth"), 500)
}

/// What is said of any facility.
pub fn facility(name: &str, at: LatLon, radius_m: u32) -> Record {
    Record::Place(PlaceRecord {
        kind: PlaceKind::Facility,
        name: name.to_owned(),
        at,
        radius_m,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    })
}
