//! Canals and rivers that are narrower than the shores are drawn: where a ship
//! may be although no water is near.

use std::sync::LazyLock;

use domain::{geodesy, position::LatLon};
use serde_json::Value;

/// How far from the middle of a listed waterway a ship may be.
const WIDTH_M: f64 = 3_000.0;

/// Their courses: a name and a line, or several.
static COURSES: LazyLock<Vec<(String, Vec<LatLon>)>> = LazyLock::new(|| {
    let text = include_str!("../../../../../scripts/earth/waterways.json");
    let listed: Value = serde_json::from_str(text).unwrap();
    let mut courses = Vec::new();
    for group in ["added", "courses", "published"] {
        for (name, lines) in listed[group].as_object().unwrap() {
            let line = |it: &Value| (name.clone(), line(it));
            match group {
                "published" => courses.extend(lines.as_array().unwrap().iter().map(line)),
                _ => courses.push(line(lines)),
            }
        }
    }
    courses
});

fn line(points: &Value) -> Vec<LatLon> {
    let degrees = |it: &Value| it.as_f64().unwrap();
    let point = |it: &Value| LatLon::from_degrees(degrees(&it[1]), degrees(&it[0])).unwrap();
    points.as_array().unwrap().iter().map(point).collect()
}

/// The listed waterway that a point is on.
pub fn waterway(at: LatLon) -> Option<&'static str> {
    let on = |line: &[LatLon]| line.windows(2).any(|it| off_m(at, it[0], it[1]) <= WIDTH_M);
    COURSES.iter().find(|(_, line)| on(line)).map(|(name, _)| name.as_str())
}

/// Metres from a point to a straight stretch; the Earth is flat on such a scale.
fn off_m(at: LatLon, from: LatLon, to: LatLon) -> f64 {
    let squeeze = at.lat().to_radians().cos();
    let plane = |it: LatLon| ((it.lon() - at.lon()) * squeeze, it.lat() - at.lat());
    let ((x, y), (to_x, to_y)) = (plane(from), plane(to));
    let (ahead_x, ahead_y) = (to_x - x, to_y - y);
    let along = -(x * ahead_x + y * ahead_y) / ahead_x.hypot(ahead_y).powi(2).max(1e-18);
    let along = along.clamp(0.0, 1.0);
    let nearest = LatLon::wrapped(
        from.lat() + along * (to.lat() - from.lat()),
        from.lon() + along * (to.lon() - from.lon()),
    );
    geodesy::distance_m(at, nearest)
}
