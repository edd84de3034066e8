//! One stretch of a path: an even movement along a great circle; and the same near an
//! instant as polynomials, which cost a hundredth. By these everybody places what moves.

use super::path::Waypoint;
use crate::motion::sphere::{Arc, EARTH_M, Vector};

/// A glide is left where it may be wrong by more than this many metres.
const GLIDE_ERROR_M: f64 = 0.000_2;
/// Slower than this nothing has a course, in radians per millisecond: a metre in an hour.
const STILL: f64 = 4e-14;

/// What happens between two points of a path, or before the first or after the last.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    arc: Arc,
    /// Milliseconds since 1970 at its ends; infinite where it has none.
    ends_ms: [f64; 2],
    height_m: Option<f64>,
    climb_m: f64,
}

/// Where something is, not rounded to what is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Latitude in degrees (WGS 84).
    pub lat: f64,
    /// Longitude in degrees, from -180 to below 180.
    pub lon: f64,
    /// Metres above the ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// Where it is heading, in degrees clockwise from north; nothing at rest.
    pub course_deg: Option<f64>,
}

/// A stretch near an instant: within a millimetre of it from `from_ms` to `until_ms`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glide {
    /// The instant in the middle, in milliseconds since 1970.
    pub at_ms: f64,
    /// It is good from here,
    pub from_ms: f64,
    /// until here.
    pub until_ms: f64,
    /// Degrees, degrees per millisecond, half of degrees per its square.
    pub lat: [f64; 3],
    /// The same of the longitude.
    pub lon: [f64; 3],
    /// Metres, metres per millisecond; no number where nothing tells a height.
    pub height: [f64; 2],
    /// Degrees clockwise from north, degrees per millisecond; no number at rest.
    pub course: [f64; 2],
}

impl Stretch {
    /// The stretch of a path that an instant lies in; `None` if the path has no points.
    #[must_use]
    pub fn on(points: &[Waypoint], millis: f64) -> Option<Self> {
        let after = points.partition_point(|it| it.at.millis() as f64 <= millis);
        let before = after.checked_sub(1).map(|it| &points[it]);
        match (before, points.get(after)) {
            (Some(from), Some(to)) => Some(Self::between(from, to)),
            (Some(last), None) => {
                Some(Self::resting(last, [last.at.millis() as f64, f64::INFINITY]))
            }
            (None, Some(first)) => {
                Some(Self::resting(first, [f64::NEG_INFINITY, first.at.millis() as f64]))
            }
            (None, None) => None,
        }
    }

    /// From one point to another; the first must not be later.
    #[must_use]
    pub fn between(from: &Waypoint, to: &Waypoint) -> Self {
        let metres = |it: &Waypoint| it.height_dm.map(|it| f64::from(it) / 10.0);
        let height_m = metres(from);
        Self {
            arc: Arc::new(Vector::of(from.position), Vector::of(to.position)),
            ends_ms: [from.at.millis() as f64, to.at.millis() as f64],
            height_m,
            climb_m: height_m.zip(metres(to)).map_or(0.0, |(from, to)| to - from),
        }
    }

    fn resting(point: &Waypoint, ends_ms: [f64; 2]) -> Self {
        Self { ends_ms, ..Self::between(point, point) }
    }

    /// From when until when it lasts, in milliseconds since 1970.
    #[must_use]
    pub const fn ends_ms(&self) -> [f64; 2] {
        self.ends_ms
    }

    /// Where it is at an instant, in milliseconds since 1970; outside its ends as there.
    #[must_use]
    pub fn at(&self, millis: f64) -> Place {
        let part = self.part(millis);
        let (point, ahead) = self.arc.going(part);
        let [x, y, z] = point.0;
        let height_m = self.height_m.map(|it| self.climb_m * part + it);
        let lat = libm::atan2(z, libm::sqrt(x * x + y * y)).to_degrees();
        let course_deg = self.moves().then(|| course_deg(point, ahead));
        Place { lat, lon: wrapped(libm::atan2(y, x).to_degrees()), height_m, course_deg }
    }

    /// The same near an instant: what follows from the geodesic's own equations,
    /// `lat'' = -sin lat cos lat lon'^2` and `lon'' = 2 tan lat lat' lon'`, to the second
    /// order, for as long as the third does not count.
    #[must_use]
    pub fn glide(&self, millis: f64) -> Glide {
        let Place { lat, lon, height_m, course_deg } = self.at(millis);
        let span_ms = self.ends_ms[1] - self.ends_ms[0];
        let climb = if span_ms.is_finite() { self.climb_m / span_ms.max(1.0) } else { 0.0 };
        let still = Glide {
            at_ms: millis,
            from_ms: self.ends_ms[0],
            until_ms: self.ends_ms[1],
            lat: [lat, 0.0, 0.0],
            lon: [lon, 0.0, 0.0],
            height: [height_m.unwrap_or(f64::NAN), climb],
            course: [course_deg.unwrap_or(f64::NAN), 0.0],
        };
        let Some(course_deg) = course_deg else { return still };
        let (sin, cos) = libm::sincos(lat.to_radians());
        let cos = cos.max(1e-12);
        let (east, north) = libm::sincos(course_deg.to_radians());
        let speed = self.radians_per_ms();
        let (lat_1, lon_1) = (speed * north, speed * east / cos);
        let lat_2 = -sin * cos * lon_1 * lon_1;
        let lon_2 = 2.0 * sin / cos * lat_1 * lon_1;
        // The nearer a pole, the sooner meridians and parallels turn.
        let bend = 1.0 + 2.0 * sin.abs() / cos;
        let good_ms = libm::cbrt(6.0 * GLIDE_ERROR_M / EARTH_M) / (speed * bend);
        Glide {
            from_ms: (millis - good_ms).max(self.ends_ms[0]),
            until_ms: (millis + good_ms).min(self.ends_ms[1]),
            lat: [lat, lat_1.to_degrees(), lat_2.to_degrees() / 2.0],
            lon: [lon, lon_1.to_degrees(), lon_2.to_degrees() / 2.0],
            course: [course_deg, (lon_1 * sin).to_degrees()],
            ..still
        }
    }

    /// How far it goes, in metres on the sphere.
    #[must_use]
    pub fn length_m(&self) -> f64 {
        self.arc.length_m()
    }

    /// How fast it goes over the ground, in metres per second; 0 at rest.
    #[must_use]
    pub fn speed_m_s(&self) -> f64 {
        if self.moves() { self.radians_per_ms() * EARTH_M * 1_000.0 } else { 0.0 }
    }

    fn moves(&self) -> bool {
        self.radians_per_ms() > STILL
    }

    fn radians_per_ms(&self) -> f64 {
        let span_ms = self.ends_ms[1] - self.ends_ms[0];
        if span_ms.is_finite() { self.arc.length_m() / EARTH_M / span_ms.max(1.0) } else { 0.0 }
    }

    fn part(&self, millis: f64) -> f64 {
        let [from, until] = self.ends_ms;
        if from.is_finite() && until.is_finite() {
            ((millis - from) / (until - from).max(1.0)).clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

impl Glide {
    /// Whether it can be asked about an instant.
    #[must_use]
    pub fn covers(&self, millis: f64) -> bool {
        self.from_ms <= millis && millis < self.until_ms
    }

    /// Latitude and longitude in degrees, height in metres and course in degrees at an
    /// instant that it covers; no numbers for what nobody knows.
    #[inline]
    #[must_use]
    pub fn at(&self, millis: f64) -> [f64; 4] {
        let ms = millis - self.at_ms;
        let lat = self.lat[0] + ms * (self.lat[1] + ms * self.lat[2]);
        let lon = self.lon[0] + ms * (self.lon[1] + ms * self.lon[2]);
        let height_m = self.height[0] + ms * self.height[1];
        [lat, wrapped(lon), height_m, self.course[0] + ms * self.course[1]]
    }
}

/// A longitude that may have gone once around too far.
#[inline]
fn wrapped(lon: f64) -> f64 {
    if lon >= 180.0 {
        lon - 360.0
    } else if lon < -180.0 {
        lon + 360.0
    } else {
        lon
    }
}

/// Which way a direction leads at a point, from 0 to below 360.
fn course_deg(Vector([x, y, _]): Vector, Vector([east, north, up]): Vector) -> f64 {
    let course_deg = libm::atan2(x * north - y * east, up).to_degrees();
    if course_deg < 0.0 { course_deg + 360.0 } else { course_deg }
}
