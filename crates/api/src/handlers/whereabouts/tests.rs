//! Lines that cross the 180th meridian.

use domain::{
    position::LatLon,
    time::Timestamp,
    whereabouts::{Basis, TrackPoint},
};

use super::lines;

fn point(lat: f64, lon: f64) -> TrackPoint {
    TrackPoint {
        at: Timestamp::MIN,
        position: LatLon::from_degrees(lat, lon).expect("a point"),
        height_m: Some(10_000.0),
        radius_95_m: 1.0,
        basis: Basis::Measured,
    }
}

#[test]
fn a_line_is_cut_where_the_map_ends() {
    let parts = lines(&[point(10.0, 170.0), point(20.0, -170.0), point(30.0, 175.0)]);
    assert_eq!(parts.len(), 3);
    assert_eq!(parts[0], [vec![170.0, 10.0, 10_000.0], vec![180.0, 15.0, 10_000.0]]);
    assert_eq!(parts[1][0], [-180.0, 15.0, 10_000.0]);
    assert_eq!(parts[1][1], [-170.0, 20.0, 10_000.0]);
    let lat = parts[1][2][1];
    assert!((lat - (20.0 + 10.0 * 10.0 / 15.0)).abs() < 1e-9, "{lat}");
    assert_eq!(parts[2][0][0], 180.0);
}

#[test]
fn a_line_that_stays_on_the_map_is_whole() {
    assert_eq!(lines(&[point(0.0, -10.0), point(0.0, 10.0)]).len(), 1);
    assert_eq!(lines(&[point(0.0, -90.0), point(0.0, 80.0)]).len(), 1);
}
