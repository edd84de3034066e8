//! Points on and above the Earth: WGS 84, integers, each height with its datum.

use std::fmt;

use minicbor::{Decode, Decoder, Encode, decode};

use crate::words::words;

/// A point on the WGS 84 ellipsoid, in units of 1e-7 degrees (about 11 mm).
/// Latitude is within ±90°, longitude within [-180°, 180°).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct LatLon {
    #[cbor(n(0), decode_with = "stored_lat_e7")]
    lat_e7: i32,
    #[cbor(n(1), decode_with = "stored_lon_e7")]
    lon_e7: i32,
}

/// Damaged bytes are refused here: a point is on the Earth wherever one is met.
fn stored_lat_e7<C>(from: &mut Decoder<'_>, _: &mut C) -> Result<i32, decode::Error> {
    LatLon::from_e7(from.i32()?, 0).map(|it| it.lat_e7).map_err(decode::Error::custom)
}

fn stored_lon_e7<C>(from: &mut Decoder<'_>, _: &mut C) -> Result<i32, decode::Error> {
    LatLon::from_e7(0, from.i32()?).map(|it| it.lon_e7).map_err(decode::Error::custom)
}

const LAT_E7_MAX: i32 = 900_000_000;
const LON_E7_MAX: i32 = 1_800_000_000;

/// A latitude or longitude that is on no Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum InvalidLatLon {
    /// Latitude in degrees, outside ±90 or not a number.
    Latitude(f64),
    /// Longitude in degrees, outside ±180 or not a number.
    Longitude(f64),
}

impl fmt::Display for InvalidLatLon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latitude(it) => write!(f, "latitude {it} is not within -90 and 90 degrees"),
            Self::Longitude(it) => write!(f, "longitude {it} is not within -180 and 180 degrees"),
        }
    }
}

impl std::error::Error for InvalidLatLon {}

impl LatLon {
    /// Takes degrees. A longitude of exactly 180 becomes -180.
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, InvalidLatLon> {
        if !(-90.0..=90.0).contains(&lat) {
            return Err(InvalidLatLon::Latitude(lat));
        }
        if !(-180.0..=180.0).contains(&lon) {
            return Err(InvalidLatLon::Longitude(lon));
        }
        Ok(Self::rounded(lat, lon))
    }

    /// Takes degrees that a calculation produced: latitude is clamped,
    /// longitude wrapped, so every finite input is some point.
    #[must_use]
    pub fn wrapped(lat: f64, lon: f64) -> Self {
        let lon = (lon + 180.0).rem_euclid(360.0) - 180.0;
        Self::rounded(lat.clamp(-90.0, 90.0), lon)
    }

    /// Takes units of 1e-7 degrees.
    pub fn from_e7(lat_e7: i32, lon_e7: i32) -> Result<Self, InvalidLatLon> {
        Self::from_degrees(f64::from(lat_e7) / 1e7, f64::from(lon_e7) / 1e7)
    }

    fn rounded(lat: f64, lon: f64) -> Self {
        let lat_e7 = ((lat * 1e7).round() as i32).clamp(-LAT_E7_MAX, LAT_E7_MAX);
        let lon_e7 = (lon * 1e7).round() as i32;
        let lon_e7 = if lon_e7 >= LON_E7_MAX { -LON_E7_MAX } else { lon_e7 };
        Self { lat_e7, lon_e7 }
    }

    /// Latitude in 1e-7 degrees.
    pub const fn lat_e7(self) -> i32 {
        self.lat_e7
    }

    /// Longitude in 1e-7 degrees.
    pub const fn lon_e7(self) -> i32 {
        self.lon_e7
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / 1e7
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon_e7) / 1e7
    }
}

words! {
    /// What a height is measured from: every source means something else.
    Datum, "datum";
    /// The WGS 84 ellipsoid: GeoJSON, W3C, Android, `alt_geom` of ADS-B.
    0 Ellipsoid "ellipsoid",
    /// Mean sea level by the EGM96 geoid: NMEA, GPX, iOS, people.
    1 MeanSeaLevel "mean_sea_level",
    /// Pressure altitude in the standard atmosphere: ADS-B `alt_baro`. It may
    /// differ from a true height by hundreds of metres.
    2 Barometric "barometric",
    /// The sender did not say; read as above the sea.
    3 Unknown "unknown",
}

/// A height as it was given, and above the ellipsoid where that can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Height {
    #[n(0)]
    raw_mm: i32,
    #[n(1)]
    datum: Datum,
    #[n(2)]
    ellipsoid_mm: i32,
}

/// A height no package has: outside -1 km (below the Dead Sea) to 100 km.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InvalidHeight(pub f64);

impl fmt::Display for InvalidHeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "height {} is not within -1000 and 100000 metres", self.0)
    }
}

impl std::error::Error for InvalidHeight {}

impl Height {
    /// Takes metres above `datum`, at `at` (the geoid differs from place to place).
    pub fn from_metres(metres: f64, datum: Datum, at: LatLon) -> Result<Self, InvalidHeight> {
        if !(-1_000.0..=100_000.0).contains(&metres) {
            return Err(InvalidHeight(metres));
        }
        let raw_mm = (metres * 1000.0).round() as i32;
        let ellipsoid_mm = match datum {
            Datum::Ellipsoid => raw_mm,
            // People, receivers and pressure altimeters all mean "above the sea".
            Datum::MeanSeaLevel | Datum::Barometric | Datum::Unknown => {
                raw_mm + (crate::geoid::undulation_m(at) * 1000.0).round() as i32
            }
        };
        Ok(Self { raw_mm, datum, ellipsoid_mm })
    }

    /// Takes metres above the ellipsoid.
    pub fn above_ellipsoid(metres: f64) -> Result<Self, InvalidHeight> {
        if !(-1_000.0..=100_000.0).contains(&metres) {
            return Err(InvalidHeight(metres));
        }
        let raw_mm = (metres * 1000.0).round() as i32;
        Ok(Self { raw_mm, datum: Datum::Ellipsoid, ellipsoid_mm: raw_mm })
    }

    /// The height that a leaf tells.
    pub(crate) const fn from_logged(raw_mm: i32, datum: Datum, ellipsoid_mm: i32) -> Self {
        Self { raw_mm, datum, ellipsoid_mm }
    }

    /// Metres as the sender gave them, above [`Self::datum`].
    pub fn raw_m(self) -> f64 {
        f64::from(self.raw_mm) / 1000.0
    }

    /// Millimetres as the sender gave them, above [`Self::datum`].
    pub const fn raw_mm(self) -> i32 {
        self.raw_mm
    }

    /// What [`Self::raw_m`] is measured from.
    pub const fn datum(self) -> Datum {
        self.datum
    }

    /// Metres above the WGS 84 ellipsoid.
    pub fn ellipsoid_m(self) -> f64 {
        f64::from(self.ellipsoid_mm) / 1000.0
    }

    /// Millimetres above the WGS 84 ellipsoid.
    pub const fn ellipsoid_mm(self) -> i32 {
        self.ellipsoid_mm
    }
}

/// A point in space: on the ellipsoid, and above it where a height is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(array)]
pub struct Position {
    /// Where on the ellipsoid.
    #[n(0)]
    pub at: LatLon,
    /// How high, if anyone said.
    #[n(1)]
    pub height: Option<Height>,
}
