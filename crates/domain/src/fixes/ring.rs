//! The ring: a tracker's latest fixes. What falls out of it becomes a trail.

use super::{Mark, Point, columns, thin::thinned};
use crate::{
    geodesy,
    motion::Fix,
    time::{MINUTE, Millis, Timestamp},
};

/// Most points in a ring.
pub const POINTS_MAX: usize = 32;
/// How many of the oldest leave a full ring together.
const LEAVING: usize = 16;
/// A tracker's clock may be ahead of ours by so much.
const AHEAD_MAX: Millis = 5 * MINUTE;
/// Nothing that carries packages is faster: a jet in a strong tail wind is not.
const SPEED_MAX_M_S: f64 = 400.0;
/// So many fixes that agree with each other outweigh a ring that they contradict.
const SUSPECTS: usize = 3;
/// Receivers jump: nearer than this nothing is too fast.
const JUMP_MAX_M: f64 = 1_000.0;

/// The latest good fixes of one tracker, oldest first, each at its own instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    points: Vec<Point>,
    /// The newest fixes that were too fast for it, oldest first: should they go on
    /// agreeing with each other, it was the ring that was wrong.
    suspects: Vec<Point>,
}

/// What taking fixes in has left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absorbed {
    /// Runs of points that belong into trails: thinned, oldest first.
    pub trails: Vec<Vec<Point>>,
    /// How many fixes were new and good.
    pub good: usize,
    /// How many were marked.
    pub marked: usize,
}

impl Ring {
    /// The points, oldest first; all of them good.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Where the tracker was measured last.
    #[must_use]
    pub fn latest(&self) -> Option<&Fix> {
        self.points.last().map(|it| &it.fix)
    }

    /// Its bytes: the suspects stand last, with their mark.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let all: Vec<Point> = self.points.iter().chain(&self.suspects).copied().collect();
        columns::to_bytes(&all)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, columns::InvalidColumns> {
        let all = columns::from_bytes(bytes)?;
        let (suspects, points) = all.into_iter().partition(|it| it.mark.is_some());
        Ok(Self { points, suspects })
    }

    /// Takes fixes in, whatever their order. Those that are wrong, and those older
    /// than a full ring reaches back, go straight into a trail. Taking the same in
    /// again changes nothing here.
    pub fn absorb(&mut self, fixes: &[Fix], recorded_at: Timestamp) -> Absorbed {
        let mut fixes = fixes.to_vec();
        fixes.sort_by_key(|fix| (fix.at, fix.position.at, fix.radius_95_mm));
        fixes.dedup();
        let known = |fix: &Fix| self.suspects.iter().any(|it| it.fix == *fix);
        fixes.retain(|fix| !known(fix));
        let (mut absorbed, mut late, mut wrong) = (Absorbed::default(), Vec::new(), Vec::new());
        for fix in fixes {
            let place = self.points.partition_point(|it| it.fix.at < fix.at);
            if self.points.get(place).is_some_and(|it| it.fix == fix) {
                continue;
            }
            if let Some(mark) = self.mark(&fix, place, recorded_at) {
                wrong.push(Point { fix, mark: Some(mark) });
                if mark == Mark::TooFast && place == self.points.len() {
                    absorbed.trails.extend(self.suspect(fix));
                }
            } else if place == 0 && POINTS_MAX - LEAVING <= self.points.len() {
                // Older than what a ring surely holds: it must not push out newer ones.
                late.push(Point::good(fix));
            } else {
                self.points.insert(place, Point::good(fix));
                absorbed.good += 1;
                if POINTS_MAX < self.points.len() {
                    let leaving: Vec<Point> = self.points.drain(..LEAVING).collect();
                    absorbed.trails.push(thinned(&leaving));
                }
            }
        }
        absorbed.good += late.len();
        absorbed.marked = wrong.len();
        absorbed.trails.extend([late, wrong].into_iter().filter(|it| !it.is_empty()));
        absorbed
    }

    /// Remembers a fix that is too far from the latest. When the last few agree
    /// with each other the ring begins anew with them, and gives back what it held.
    fn suspect(&mut self, fix: Fix) -> Option<Vec<Point>> {
        let agrees = |it: &Point| it.fix.at < fix.at && !too_fast(&it.fix, &fix);
        self.suspects.retain(agrees);
        self.suspects.push(Point { fix, mark: Some(Mark::TooFast) });
        if self.suspects.len() < SUSPECTS {
            return None;
        }
        let believed = self.suspects.drain(..).map(|it| Point::good(it.fix)).collect();
        let before = std::mem::replace(&mut self.points, believed);
        Some(thinned(&before))
    }

    /// Why a fix cannot be true, as far as the ring tells.
    fn mark(&self, fix: &Fix, place: usize, recorded_at: Timestamp) -> Option<Mark> {
        if AHEAD_MAX < fix.at.since(recorded_at) {
            return Some(Mark::Future);
        }
        let after = self.points.get(place);
        if after.is_some_and(|it| it.fix.at == fix.at) {
            return Some(Mark::Contradicts);
        }
        let before = place.checked_sub(1).map(|it| &self.points[it]);
        let mut beside = [before, after].into_iter().flatten();
        beside.any(|it| too_fast(&it.fix, fix)).then_some(Mark::TooFast)
    }
}

fn too_fast(a: &Fix, b: &Fix) -> bool {
    let seconds = a.at.since(b.at).abs() as f64 / 1000.0;
    let doubt_mm = f64::from(a.radius_95_mm.unwrap_or(0)) + f64::from(b.radius_95_mm.unwrap_or(0));
    let way_max_m = SPEED_MAX_M_S.mul_add(seconds, JUMP_MAX_M) + doubt_mm / 1000.0;
    let (a, b) = (a.position.at, b.position.at);
    // Most fixes are so near that their exact distance does not matter.
    way_max_m < geodesy::distance_bound_m(a, b) && way_max_m < geodesy::distance_m(a, b)
}
