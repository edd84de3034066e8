//! Great circles on the sphere, with the same bits on every machine: only
//! `libm` and basic arithmetic.

use crate::{land::EARTH_RADIUS_M, position::LatLon};

/// A direction from the centre of the Earth, of length one.
pub type Vector = [f64; 3];

/// The direction of a point.
pub fn vector(at: LatLon) -> Vector {
    let (lat, lon) = (at.lat().to_radians(), at.lon().to_radians());
    let cos_lat = libm::cos(lat);
    [cos_lat * libm::cos(lon), cos_lat * libm::sin(lon), libm::sin(lat)]
}

/// The point in a direction of any length but zero.
pub fn point(v: Vector) -> LatLon {
    let flat = libm::sqrt(v[0] * v[0] + v[1] * v[1]);
    LatLon::wrapped(libm::atan2(v[2], flat).to_degrees(), libm::atan2(v[1], v[0]).to_degrees())
}

/// The straight line between two directions, through the Earth.
pub fn chord(a: Vector, b: Vector) -> f64 {
    let d = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    libm::sqrt(dot(d, d))
}

/// The shortest way between two points of the sphere.
pub struct Arc {
    start: Vector,
    /// At a right angle to `start`, towards the end.
    ahead: Vector,
    angle: f64,
}

impl Arc {
    /// The arc between two points. Between opposite points it leads over a pole
    /// or, from pole to pole, along the prime meridian.
    pub fn new(from: LatLon, to: LatLon) -> Self {
        let (start, end) = (vector(from), vector(to));
        let along = dot(start, end);
        let sideways: [f64; 3] = std::array::from_fn(|axis| end[axis] - along * start[axis]);
        let size = libm::sqrt(dot(sideways, sideways));
        let angle = libm::atan2(size, along);
        let ahead = if size > 1e-12 { scaled(sideways, 1.0 / size) } else { poleward(start) };
        Self { start, ahead, angle }
    }

    /// Metres on the sphere.
    pub fn length_m(&self) -> f64 {
        self.angle * EARTH_RADIUS_M
    }

    /// The point at `fraction` (0 to 1) of the way.
    pub fn at(&self, fraction: f64) -> LatLon {
        let angle = self.angle * fraction;
        point(mixed(self.start, libm::cos(angle), self.ahead, libm::sin(angle)))
    }

    /// The fraction of the way at which it is nearest to a point.
    pub fn nearest(&self, to: LatLon) -> f64 {
        let to = vector(to);
        let angle = libm::atan2(dot(to, self.ahead), dot(to, self.start));
        if (0.0..=self.angle).contains(&angle) {
            return angle / self.angle.max(f64::MIN_POSITIVE);
        }
        // Beyond both ends: the nearer of them.
        let end = mixed(self.start, libm::cos(self.angle), self.ahead, libm::sin(self.angle));
        if chord(to, end) < chord(to, self.start) { 1.0 } else { 0.0 }
    }

    /// Points that cut the arc into `parts` equal steps, without its ends.
    pub fn between(&self, parts: u32) -> impl Iterator<Item = LatLon> {
        let step = self.angle / f64::from(parts.max(1));
        let twice_cos = 2.0 * libm::cos(step);
        let mut before = self.start;
        let mut here = mixed(self.start, libm::cos(step), self.ahead, libm::sin(step));
        // Each point follows from the two before it: no sine per point.
        (1..parts).map(move |_| {
            let now = here;
            here = mixed(now, twice_cos, before, -1.0);
            before = now;
            point(now)
        })
    }
}

fn poleward(v: Vector) -> Vector {
    let north = [-v[0] * v[2], -v[1] * v[2], 1.0 - v[2] * v[2]];
    let size = libm::sqrt(dot(north, north));
    if size > 1e-9 { scaled(north, 1.0 / size) } else { [1.0, 0.0, 0.0] }
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn scaled(v: Vector, by: f64) -> Vector {
    v.map(|it| it * by)
}

fn mixed(a: Vector, much_a: f64, b: Vector, much_b: f64) -> Vector {
    std::array::from_fn(|axis| a[axis] * much_a + b[axis] * much_b)
}

#[cfg(test)]
mod tests;
