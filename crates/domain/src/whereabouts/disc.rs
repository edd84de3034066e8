//! Discs on the Earth: where something is with 95 % probability, and the
//! geometry of what can be reached in a time.

use crate::{geodesy, position::LatLon};

/// No disc is larger than the Earth.
pub const RADIUS_MAX_M: f64 = 20_037_508.0;
/// No disc is smaller than what coordinates can say.
const RADIUS_MIN_M: f64 = 0.1;
/// The Earth's mean radius; the ellipsoid differs by less than [`ELLIPSOID`].
const EARTH_M: f64 = 6_371_008.8;
/// By how much lengths on the ellipsoid may exceed those on the sphere.
const ELLIPSOID: f64 = 1.006;

/// A height above the WGS 84 ellipsoid and its 95 % half-width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Metres above the ellipsoid.
    pub height_m: f64,
    /// Metres either way.
    pub vertical_95_m: f64,
}

/// Where something is with 95 % probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disc {
    /// Its middle.
    pub centre: LatLon,
    /// Its radius in metres: finite and more than nothing.
    pub radius_m: f64,
    /// How high, if known.
    pub level: Option<Level>,
}

impl Disc {
    /// A disc; its radius is held between a decimetre and the whole Earth.
    #[must_use]
    pub fn new(centre: LatLon, radius_m: f64, level: Option<Level>) -> Self {
        Self { centre, radius_m: 0.0, level }.with_radius(radius_m)
    }

    /// The disc with another radius.
    #[must_use]
    pub fn with_radius(self, radius_m: f64) -> Self {
        // A radius that is no number says nothing: the whole Earth.
        let radius_m = if radius_m.is_nan() { RADIUS_MAX_M } else { radius_m };
        Self { radius_m: radius_m.clamp(RADIUS_MIN_M, RADIUS_MAX_M), ..self }
    }

    /// The disc grown on all sides.
    #[must_use]
    pub fn grown(self, by_m: f64) -> Self {
        self.with_radius(self.radius_m + by_m)
    }

    /// Metres between the edges of two discs; nothing when they overlap.
    #[must_use]
    pub fn gap_m(&self, other: &Self) -> f64 {
        (geodesy::distance_m(self.centre, other.centre) - self.radius_m - other.radius_m).max(0.0)
    }

    /// The smallest disc known to hold everything that is in both discs, which
    /// overlap: one of the two, or the disc on their common chord.
    #[must_use]
    pub fn common(self, other: Self) -> Self {
        let smaller = if other.radius_m < self.radius_m { other } else { self };
        let (distance_m, azimuth_deg) = geodesy::inverse(self.centre, other.centre);
        let (r1, r2) = (self.radius_m / EARTH_M, other.radius_m / EARTH_M);
        let d = distance_m / EARTH_M;
        let quarter = std::f64::consts::FRAC_PI_2;
        if d < 1e-12 || d >= quarter || r1 >= quarter || r2 >= quarter {
            return smaller;
        }
        // Right spherical triangles: cos r = cos h * cos x on either side of the chord.
        let x = libm::atan((libm::cos(r2) / libm::cos(r1) - libm::cos(d)) / libm::sin(d));
        if x <= 0.0 || x >= d {
            return smaller;
        }
        let h = libm::acos((libm::cos(r1) / libm::cos(x)).clamp(-1.0, 1.0));
        let radius_m = h * EARTH_M * ELLIPSOID;
        if radius_m >= smaller.radius_m || h <= 0.0 {
            return smaller;
        }
        let centre = geodesy::destination(self.centre, azimuth_deg, x * EARTH_M);
        Self::new(centre, radius_m, None)
    }

    /// A disc around these points, each with this many metres about it.
    #[must_use]
    pub fn around(middle: LatLon, points: &[LatLon], margin_m: f64) -> Self {
        let furthest =
            |radius: f64, point: &LatLon| radius.max(geodesy::distance_m(middle, *point));
        Self::new(middle, points.iter().fold(0.0, furthest) + margin_m, None)
    }
}
