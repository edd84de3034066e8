//! Where the one thing that is selected was, is and will be: along the track that the
//! service told, then by what was measured since, as `domain` estimates it.

use domain::{
    map::{Stretch, Waypoint},
    mode::Mode,
    motion::{AROUND, Fix, Habits, Parameters, guess},
    position::{Height, LatLon, Position},
    time::MINUTE,
    whereabouts::Basis,
};
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

use crate::{instant, thrown};

/// Numbers of a point of a track: instant, longitude, latitude, height, radius.
const ROW: usize = 5;
/// Most fixes that are kept.
const FIXES_MAX: usize = 4_096;

/// A track, and what was measured since.
#[derive(Debug)]
#[wasm_bindgen]
pub struct Trail {
    mode: Option<Mode>,
    points: Vec<Waypoint>,
    radii_m: Vec<f64>,
    bases: Vec<u8>,
    /// Oldest first, all later than the track's last point.
    fixes: Vec<Fix>,
}

#[wasm_bindgen]
impl Trail {
    /// A track: for each point, oldest first, instant, longitude, latitude, height and
    /// 95 % radius in `rows`, and in `bases` what it rests on, counted as `domain` does.
    /// `mode` is how it travels, empty if nobody knows. Throws if a point is on no Earth.
    #[wasm_bindgen(constructor)]
    pub fn new(mode: &str, rows: &[f64], bases: &[u8]) -> Result<Self, JsError> {
        let mode = if mode.is_empty() { None } else { Some(mode.parse().map_err(thrown)?) };
        if rows.len() != ROW * bases.len() {
            return Err(thrown("a point has five numbers and one basis"));
        }
        let mut trail = Self {
            mode,
            points: Vec::new(),
            radii_m: Vec::new(),
            bases: bases.to_vec(),
            fixes: Vec::new(),
        };
        for row in rows.chunks_exact(ROW) {
            trail.points.push(waypoint(row[0], row[1], row[2], row[3]).map_err(thrown)?);
            trail.radii_m.push(row[4]);
        }
        if !trail.points.is_sorted_by_key(|it| it.at) {
            return Err(thrown("the points are not in order"));
        }
        Ok(trail)
    }

    /// Adds what was measured, in any order; speed in metres per second, course in
    /// degrees. What the track knows already says nothing new. Throws if it is on no Earth.
    #[expect(clippy::too_many_arguments, reason = "a browser hands over plain numbers")]
    pub fn heard(
        &mut self,
        millis: f64,
        lon: f64,
        lat: f64,
        height_m: f64,
        radius_95_m: f64,
        speed_m_s: f64,
        course_deg: f64,
    ) -> Result<(), JsError> {
        let at = instant(millis);
        let point = LatLon::from_degrees(lat, lon).map_err(thrown)?;
        let height = known(height_m).map(Height::above_ellipsoid).transpose().map_err(thrown)?;
        if self.points.last().is_some_and(|it| at <= it.at) {
            return Ok(());
        }
        let fix = Fix {
            at,
            position: Position { at: point, height },
            radius_95_mm: known(radius_95_m).map(|it| (it * 1_000.0) as u32),
            vertical_95_mm: None,
            speed_mm_s: known(speed_m_s).map(|it| (it * 1_000.0) as u32),
            course_cdeg: known(course_deg).map(|it| (it * 100.0) as u16),
        };
        let place = self.fixes.partition_point(|it| it.at < at);
        if self.fixes.get(place).is_none_or(|it| it.at != at) {
            self.fixes.insert(place, fix);
        }
        let many = self.fixes.len().saturating_sub(FIXES_MAX);
        self.fixes.drain(..many);
        Ok(())
    }

    /// Where it is at an instant: longitude, latitude, height, course, 95 % radius, basis,
    /// and the instant of the latest fact that this rests on. Nothing without a fact.
    #[must_use]
    pub fn at(&self, millis: f64) -> Vec<f64> {
        let at = instant(millis);
        if self.fixes.first().is_some_and(|it| it.at <= at) {
            return self.by_fixes(&self.fixes, millis);
        }
        let Some(last) = self.points.last() else {
            // Before the first fix a guess runs backwards.
            return self.by_fixes(&self.fixes, millis);
        };
        if last.at < at {
            return self.by_fixes(&self.with_end(last), millis);
        }
        self.along(millis)
    }

    fn along(&self, millis: f64) -> Vec<f64> {
        let Some(stretch) = Stretch::on(&self.points, millis) else { return Vec::new() };
        let after = self.points.partition_point(|it| it.at.millis() as f64 <= millis);
        let here = after.saturating_sub(1);
        let next = after.min(self.points.len() - 1);
        let [from_ms, until_ms] = stretch.ends_ms();
        let part = if here == next { 0.0 } else { (millis - from_ms) / (until_ms - from_ms) };
        let radius_m = self.radii_m[here] + (self.radii_m[next] - self.radii_m[here]) * part;
        let place = stretch.at(millis);
        let (height_m, course_deg) = (place.height_m, place.course_deg);
        let mut told = vec![place.lon, place.lat, unknown(height_m), unknown(course_deg)];
        let as_of_ms = self.points[here].at.millis() as f64;
        told.extend([radius_m, f64::from(self.bases[here]), as_of_ms]);
        told
    }

    /// The track's end as if it had been measured, and the fixes since.
    fn with_end(&self, last: &Waypoint) -> Vec<Fix> {
        let height_m = last.height_dm.map(|it| f64::from(it) / 10.0);
        let height = height_m.and_then(|it| Height::above_ellipsoid(it).ok());
        let radius_m = self.radii_m.last().copied().unwrap_or_default();
        let end = Fix {
            at: last.at,
            position: Position { at: last.position, height },
            radius_95_mm: Some((radius_m * 1_000.0) as u32),
            vertical_95_mm: None,
            speed_mm_s: None,
            course_cdeg: None,
        };
        std::iter::once(end).chain(self.fixes.iter().copied()).collect()
    }

    fn by_fixes(&self, fixes: &[Fix], millis: f64) -> Vec<f64> {
        let at = instant(millis);
        let split = fixes.partition_point(|it| it.at <= at);
        let before = &fixes[split.saturating_sub(AROUND)..split];
        let after = &fixes[split..(split + AROUND).min(fixes.len())];
        let habits = Habits::of(self.mode);
        let Some(guess) = guess(habits, before, after, at) else { return Vec::new() };
        let radius_m = guess.radius_95_m(Parameters::of(self.mode));
        let latest = before.last().or(after.first()).expect("a guess is made from fixes");
        let basis = match (after.is_empty(), at.since(latest.at)) {
            (_, 0..MINUTE) => Basis::Measured,
            (false, _) => Basis::Interpolated,
            (true, _) => Basis::Predicted,
        };
        let course_deg = latest.course_cdeg.map(|it| f64::from(it) / 100.0);
        let height_m = guess.level.map(|it| it.raw_m);
        vec![
            guess.at.lon(),
            guess.at.lat(),
            unknown(height_m),
            unknown(course_deg),
            radius_m,
            f64::from(basis as u8),
            latest.at.millis() as f64,
        ]
    }
}

/// A point of a path, as a browser tells it.
pub(crate) fn waypoint(
    millis: f64,
    lon: f64,
    lat: f64,
    height_m: f64,
) -> Result<Waypoint, domain::position::InvalidLatLon> {
    let height_dm = known(height_m).map(|it| (it * 10.0).round() as i32);
    Ok(Waypoint { at: instant(millis), position: LatLon::from_degrees(lat, lon)?, height_dm })
}

fn known(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

fn unknown(number: Option<f64>) -> f64 {
    number.unwrap_or(f64::NAN)
}
