//! The few fixes around an instant, made ready: in order, without ties, as
//! vectors, with what their digits and clocks can resolve.

use super::{Fix, sphere::Vector};
use crate::time::Timestamp;

/// At most so many fixes on either side of an instant are looked at: more say
/// nothing about how the thing moves now.
pub const AROUND: usize = 8;

/// One fix, ready to reckon with.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Seconds after the instant asked for.
    pub t_s: f64,
    /// Where.
    pub normal: Vector,
    /// In radians per second, if the sender said it.
    pub velocity: Option<Vector>,
    /// The speed in that, in metres per second.
    pub speed_m_s: Option<f64>,
}

/// Fixes around an instant, oldest first, all at different times.
#[derive(Clone, Debug)]
pub struct Track {
    /// The fixes.
    pub points: Vec<Point>,
    /// The same, as they were given.
    pub fixes: Vec<Fix>,
    /// How many of them are at or before the instant.
    pub before: usize,
    /// The step in which the sender's clock counts, in seconds.
    pub clock_s: f64,
    /// Half the step in which the sender's coordinates count, in metres.
    pub digits_m: f64,
}

impl Track {
    /// Takes fixes in any order; of several at one instant the last given counts.
    pub fn new(before: &[Fix], after: &[Fix], at: Timestamp) -> Self {
        let mut all: Vec<Fix> = before.iter().chain(after).copied().collect();
        all.sort_by_key(|fix| fix.at);
        all.dedup_by(|later, kept| {
            let tie = later.at == kept.at;
            if tie {
                *kept = *later;
            }
            tie
        });
        let split = all.partition_point(|fix| fix.at <= at);
        let fixes: Vec<Fix> =
            all[split.saturating_sub(AROUND)..(split + AROUND).min(all.len())].to_vec();
        Self {
            points: fixes.iter().map(|fix| Point::new(fix, at)).collect(),
            before: split.min(AROUND),
            clock_s: clock_s(&fixes),
            digits_m: digits_m(&fixes),
            fixes,
        }
    }

    /// The same film run backwards, so that what comes before the first fix is
    /// what comes after the last.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.points.reverse();
        self.fixes.reverse();
        self.before = self.points.len() - self.before;
        for point in &mut self.points {
            point.t_s = -point.t_s;
            point.velocity = point.velocity.map(|it| it.times(-1.0));
        }
        self
    }
}

impl Point {
    fn new(fix: &Fix, at: Timestamp) -> Self {
        let course = fix.course_cdeg.map(|it| f64::from(it) / 100.0);
        let speed_m_s = fix.speed_mm_s.map(|it| f64::from(it) / 1000.0);
        let velocity = match (speed_m_s, course) {
            // What stands still has no course, and needs none.
            (Some(0.0), _) => Some(Vector::ZERO),
            (Some(speed), Some(course)) => Some(Vector::velocity(fix.position.at, speed, course)),
            _ => None,
        };
        Self {
            t_s: fix.at.since(at) as f64 / 1000.0,
            normal: Vector::of(fix.position.at),
            velocity,
            speed_m_s: velocity.and(speed_m_s),
        }
    }
}

/// A clock that counts whole seconds misplaces a jet by its length twice over.
fn clock_s(fixes: &[Fix]) -> f64 {
    let step_ms = [1000, 100, 10]
        .into_iter()
        .find(|step| fixes.iter().all(|fix| fix.at.millis() % step == 0));
    step_ms.unwrap_or(1) as f64 / 1000.0
}

fn digits_m(fixes: &[Fix]) -> f64 {
    const E7_M: f64 = 0.011_132;
    let step_e7 = [10_000, 1_000, 100, 10].into_iter().find(|step| {
        fixes
            .iter()
            .all(|fix| fix.position.at.lat_e7() % step == 0 && fix.position.at.lon_e7() % step == 0)
    });
    f64::from(step_e7.unwrap_or(1)) * E7_M / 2.0
}
