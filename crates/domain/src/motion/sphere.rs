//! Points and velocities as vectors on a sphere: no pole, no antimeridian, no
//! special case. Normals of the ellipsoid stand for its points, so a fix that
//! goes in comes out to the last digit.

use crate::position::LatLon;

/// The Earth's mean radius (IUGG), which turns angles into metres.
pub const EARTH_M: f64 = 6_371_008.8;
/// Equatorial radius of WGS 84.
const EQUATOR_M: f64 = 6_378_137.0;
/// First eccentricity squared of WGS 84.
const ECCENTRICITY_2: f64 = 6.694_379_990_141_316e-3;
/// Angles below this are none: a hundredth of a millimetre on the ground.
const TINY: f64 = 1e-12;

/// A vector in space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector(pub [f64; 3]);

impl Vector {
    /// No direction at all.
    pub const ZERO: Self = Self([0.0; 3]);

    /// The normal of the ellipsoid at a point.
    pub fn of(point: LatLon) -> Self {
        let (sin_lat, cos_lat) = libm::sincos(point.lat().to_radians());
        let (sin_lon, cos_lon) = libm::sincos(point.lon().to_radians());
        Self([cos_lat * cos_lon, cos_lat * sin_lon, sin_lat])
    }

    /// The point with this normal, whatever the vector's length. No direction
    /// at all is nobody's normal, and gives the North Pole.
    pub fn point(self) -> LatLon {
        let [x, y, z] = self.0;
        let lat = libm::atan2(z, libm::hypot(x, y)).to_degrees();
        let lon = libm::atan2(y, x).to_degrees();
        LatLon::wrapped(lat, lon)
    }

    /// A speed and a course at a point, in radians per second.
    pub fn velocity(at: LatLon, speed_m_s: f64, course_deg: f64) -> Self {
        let (sin_lat, cos_lat) = libm::sincos(at.lat().to_radians());
        let (sin_lon, cos_lon) = libm::sincos(at.lon().to_radians());
        let (sin_course, cos_course) = libm::sincos(course_deg.to_radians());
        let squash = 1.0 - ECCENTRICITY_2 * sin_lat * sin_lat;
        // Radii of curvature: across the meridian, and along it.
        let across_m = EQUATOR_M / libm::sqrt(squash);
        let along_m = across_m * (1.0 - ECCENTRICITY_2) / squash;
        let east = speed_m_s * sin_course / across_m;
        let north = speed_m_s * cos_course / along_m;
        Self([
            -sin_lon * east - sin_lat * cos_lon * north,
            cos_lon * east - sin_lat * sin_lon * north,
            cos_lat * north,
        ])
    }

    pub fn plus(self, other: Self) -> Self {
        Self([self.0[0] + other.0[0], self.0[1] + other.0[1], self.0[2] + other.0[2]])
    }

    pub fn minus(self, other: Self) -> Self {
        self.plus(other.times(-1.0))
    }

    pub fn times(self, by: f64) -> Self {
        Self(self.0.map(|it| it * by))
    }

    pub fn dot(self, other: Self) -> f64 {
        self.0[0] * other.0[0] + self.0[1] * other.0[1] + self.0[2] * other.0[2]
    }

    pub fn cross(self, other: Self) -> Self {
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([b * z - c * y, c * x - a * z, a * y - b * x])
    }

    /// How long it is.
    pub fn norm(self) -> f64 {
        libm::sqrt(self.dot(self))
    }

    /// The same direction with length 1; nothing stays nothing.
    pub fn unit(self) -> Self {
        let norm = self.norm();
        if norm > 0.0 && norm.is_finite() { self.times(1.0 / norm) } else { Self::ZERO }
    }

    /// Some direction square to this one.
    fn aside(self) -> Self {
        let [x, y, z] = self.0.map(f64::abs);
        let axis = if x <= y && x <= z {
            Self([1.0, 0.0, 0.0])
        } else if y <= z {
            Self([0.0, 1.0, 0.0])
        } else {
            Self([0.0, 0.0, 1.0])
        };
        self.cross(axis).unit()
    }
}

/// The shortest way between two normals.
#[derive(Clone, Copy, Debug)]
pub struct Arc {
    from: Vector,
    /// The direction in which it leaves, square to `from`.
    ahead: Vector,
    angle: f64,
}

impl Arc {
    /// Between opposite points every direction is shortest; one of them is taken.
    pub fn new(from: Vector, to: Vector) -> Self {
        let cross = from.cross(to);
        let angle = libm::atan2(cross.norm(), from.dot(to));
        let mut ahead = to.minus(from.times(from.dot(to))).unit();
        if ahead == Vector::ZERO {
            ahead = from.aside();
        }
        Self { from, ahead, angle }
    }

    /// Its length in metres.
    pub fn length_m(&self) -> f64 {
        self.angle * EARTH_M
    }

    /// The normal at a fraction of the way.
    pub fn at(&self, fraction: f64) -> Vector {
        if self.angle < TINY {
            return self.from;
        }
        let (sin, cos) = libm::sincos(self.angle * fraction);
        self.from.times(cos).plus(self.ahead.times(sin))
    }

    /// The same, and the direction of travel there, with length 1.
    pub fn going(&self, fraction: f64) -> (Vector, Vector) {
        let (sin, cos) = libm::sincos(self.angle * fraction);
        let point = self.from.times(cos).plus(self.ahead.times(sin));
        (point, self.ahead.times(cos).minus(self.from.times(sin)))
    }

    /// The direction of travel at its start and at its end, as long as its angle.
    pub fn tangents(&self) -> (Vector, Vector) {
        let (sin, cos) = libm::sincos(self.angle);
        let end = self.ahead.times(cos).minus(self.from.times(sin));
        (self.ahead.times(self.angle), end.times(self.angle))
    }
}

/// Where one gets from `from` by a step, which may lead out of the sphere's
/// tangent plane a little and round the Earth once at most.
pub fn step(from: Vector, by: Vector) -> Vector {
    let flat = by.minus(from.times(from.dot(by)));
    let angle = flat.norm();
    if angle < TINY || !angle.is_finite() {
        return from;
    }
    let (sin, cos) = libm::sincos(angle.min(core::f64::consts::PI));
    from.times(cos).plus(flat.times(sin / angle))
}

/// Metres between two normals along the sphere.
pub fn distance_m(a: Vector, b: Vector) -> f64 {
    // Of the sphere and not of the chord: precise for near points as well as far.
    libm::atan2(a.cross(b).norm(), a.dot(b)) * EARTH_M
}
