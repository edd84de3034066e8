//! Where the sun stands overhead: what is far from there is dark on the map.
//!
//! "Approximate solar coordinates" of the Astronomical Almanac: right to about an arc
//! minute from 1950 to 2050, two kilometres on the ground.

use crate::{
    position::LatLon,
    time::{DAY, Timestamp},
};

/// Noon of 1 January 2000, in milliseconds since 1970.
const J2000_MS: i64 = 946_728_000_000;

/// The point that the sun stands above.
#[must_use]
pub fn overhead(at: Timestamp) -> LatLon {
    let days = (at.millis() - J2000_MS) as f64 / DAY as f64;
    let anomaly = (357.529 + 0.985_600_28 * days).to_radians();
    let mean_deg = 280.459 + 0.985_647_36 * days;
    let (sin, sin_twice) = (libm::sin(anomaly), libm::sin(2.0 * anomaly));
    let (sin, cos) = libm::sincos((mean_deg + 1.915 * sin + 0.020 * sin_twice).to_radians());
    let (sin_tilt, cos_tilt) = libm::sincos((23.439 - 0.000_000_36 * days).to_radians());
    let ascension_deg = libm::atan2(cos_tilt * sin, cos).to_degrees();
    let declination_deg = libm::asin(sin_tilt * sin).to_degrees();
    // How far the Earth has turned, as Greenwich's mean sidereal time.
    let turned_deg = 15.0 * (18.697_374_558 + 24.065_709_824_419_08 * days);
    LatLon::wrapped(declination_deg, ascension_deg - turned_deg)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).unwrap()
    }

    #[test]
    fn the_sun_is_where_almanacs_say() {
        // Meeus, Astronomical Algorithms, examples 25.a and 28.a: 1992 October 13, 0 h:
        // declination -7 deg 47' 06", equation of time 13 min 42.6 s.
        let sun = overhead(at(718_934_400_000));
        assert!((sun.lat() - -7.785).abs() < 0.02, "{sun:?}");
        assert!((sun.lon() - (180.0 - 13.71 / 4.0)).abs() < 0.03, "{sun:?}");
        // The equinox of 20 March 2024, 03:06, and the solstice of 20 June 2024, 20:51.
        assert!(overhead(at(1_710_903_960_000)).lat().abs() < 0.01);
        assert!((overhead(at(1_718_916_660_000)).lat() - 23.436).abs() < 0.01);
    }
}
