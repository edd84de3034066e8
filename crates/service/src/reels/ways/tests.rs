//! The stored bytes of an hour's ways, and what of a home or person they leave out.

use domain::{
    holding::LaneId,
    id::{ContainerId, PackageId},
    map::Waypoint,
    whereabouts::Basis,
};

use super::*;
use crate::rows::tests::{at, check, sample};

#[test]
fn ways_are_read_from_the_bytes_they_were_written_as() {
    let point = |minutes: i64, lat: f64| Waypoint {
        at: at().plus(minutes * MINUTE),
        position: LatLon::from_degrees(lat, 11.5).unwrap(),
        height_dm: Some(109_000),
    };
    let shown = Shown {
        kind: MarkKind::Truck,
        mode: Some(Mode::Road),
        name: Some("Truck 7".to_owned()),
        path: Path::along(vec![point(0, 48.1), point(30, 48.2)]).unwrap(),
        radius_95_m: 140,
        as_of: at(),
        basis: None,
    };
    let latest = Some(Subject::Package(PackageId::from_bytes([0x11; 16])));
    let known = Way { latest, seq: 7, settled: true, shown: Some(shown.clone()) };
    let unknown = Way { latest: None, seq: 2, settled: false, shown: None };
    let truck = HolderId::Container(ContainerId::from_bytes([0x66; 16]));
    let lane = HolderId::Lane(LaneId::from_bytes([0x77; 16]));
    let ways = Ways { late: 1, told: BTreeMap::from([(truck, known), (lane, unknown)]) };
    let measured = Shown { basis: Some(Basis::Measured), ..shown.clone() };
    let way = Way { latest, seq: 7, settled: true, shown: Some(measured.clone()) };
    let later = Ways { late: 1, told: BTreeMap::from([(truck, way)]) };
    check("ways.txt", &[sample("ways", ways.stored()), sample("ways-with-basis", later.stored())]);
    let read = Ways::from_bytes(&to_bytes(&later.stored())).unwrap();
    assert_eq!(read.shown(truck, at()), Some(&measured));
    let read = Ways::from_bytes(&to_bytes(&ways.stored())).unwrap();
    assert_eq!(read.stored(), ways.stored());
    assert_eq!(read.shown(truck, at()), Some(&shown));
    assert_eq!(read.shown(truck, at().plus(-1)), None, "nobody knew yet");
    assert_eq!((read.knows(lane), read.shown(lane, at())), (true, None));
    assert!(!read.knows(HolderId::Container(ContainerId::from_bytes([0x67; 16]))));
}

#[test]
fn what_is_coarse_says_nothing_of_where_in_its_cell_it_is() {
    let cell = |lat: f64, lon: f64| coarse(LatLon::from_degrees(lat, lon).unwrap());
    assert_eq!(cell(48.111, 11.55), cell(48.189, 11.51));
    assert_ne!(cell(48.111, 11.55), cell(48.211, 11.55));
    assert_eq!(cell(-0.01, -0.01), cell(-0.09, -0.09));
}
