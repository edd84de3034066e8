//! Straightens ways: what can be seen from a point without looking across the
//! wrong ground is reached straight.

use super::{arc::Arc, search::Ground};
use crate::{land::is_land, position::LatLon};

/// How far apart the points are that a look is made of.
const STEP_M: f64 = 1000.0;

/// How closely a way is looked at when it is pulled tight.
const DENSE_M: f64 = 20_000.0;
/// How often a way is pulled tight; more changes little.
const PULLS: usize = 2;

/// Whether the straight way keeps to its ground. Close to its ends it may do as
/// it likes: the ends are on that ground or are where they are.
pub fn clear(from: LatLon, to: LatLon, ground: Ground) -> bool {
    sees(from, to, ground, ground.spare_m())
}

/// A shorter way along points that are on the ground and of which each sees the
/// next.
pub fn straightened(points: &[LatLon], ground: Ground) -> Vec<LatLon> {
    let mut way = pulled(points, |from, to| clear(from, to, ground));
    for _ in 0..PULLS {
        if way.len() > 2 {
            // Points in between are on the ground by the mask alone, so looking
            // from them spares nothing.
            way = pulled(&dense(&way), |from, to| sees(from, to, ground, 0.0));
        }
    }
    way
}

fn sees(from: LatLon, to: LatLon, ground: Ground, spare_m: f64) -> bool {
    let arc = Arc::new(from, to);
    let parts = (arc.length_m() / STEP_M).ceil().max(1.0);
    let step_m = arc.length_m() / parts;
    let spared = (spare_m / step_m.max(1.0)) as usize;
    let steps = parts as usize;
    arc.between(parts as u32).zip(1..).all(|(at, step)| {
        step <= spared || steps - step <= spared || is_land(at) == (ground == Ground::Land)
    })
}

fn dense(way: &[LatLon]) -> Vec<LatLon> {
    let mut points = vec![way[0]];
    for pair in way.windows(2) {
        let arc = Arc::new(pair[0], pair[1]);
        points.extend(arc.between((arc.length_m() / DENSE_M).ceil() as u32));
        points.push(pair[1]);
    }
    points
}

/// Each point and then the farthest that it sees; the next it sees anyway.
fn pulled(points: &[LatLon], sees: impl Fn(LatLon, LatLon) -> bool) -> Vec<LatLon> {
    let mut kept: Vec<LatLon> = points.first().copied().into_iter().collect();
    let mut here = 0;
    while here + 1 < points.len() {
        here = farthest_seen(points, here, &sees);
        kept.push(points[here]);
    }
    kept
}

/// Doubles the look ahead until it is blocked, then halves back.
fn farthest_seen(points: &[LatLon], here: usize, sees: impl Fn(LatLon, LatLon) -> bool) -> usize {
    let last = points.len() - 1;
    let sees = |there: usize| there <= last && sees(points[here], points[there]);
    let (mut seen, mut blocked) = (here + 1, here + 2);
    while sees(blocked) {
        seen = blocked;
        blocked = here + 2 * (blocked - here);
    }
    while blocked - seen > 1 {
        let middle = usize::midpoint(seen, blocked);
        if sees(middle) {
            seen = middle;
        } else {
            blocked = middle;
        }
    }
    seen
}

#[cfg(test)]
mod tests;
