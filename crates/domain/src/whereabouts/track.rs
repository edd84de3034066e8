//! The path of something over a time: its whereabouts at every instant that
//! matters, thinned to what a map can show.

use std::collections::BTreeSet;

use super::{Basis, Need, Search, Whereabouts, World};
use crate::{
    id::Subject,
    position::LatLon,
    time::{MINUTE, Timestamp},
    timeline::Timeline,
};

/// Most points of a track.
pub const TRACK_POINTS_MAX: usize = 2_000;
/// How many instants are asked for before thinning, for each point of a track: so many
/// that in a full one a day's fixes each count, and in a short one a bend does.
const INSTANTS_PER_POINT: usize = 8;
/// The same for the longest.
const INSTANTS_MAX: usize = 2 * TRACK_POINTS_MAX;
/// Into how many parts a time without facts is divided: a flight bends.
const PARTS: i64 = 16;
/// Times without facts shorter than this are not divided.
const GAP_MIN: i64 = 10 * MINUTE;
/// The Earth's mean radius.
const EARTH_M: f64 = 6_371_008.8;
/// Points nearer to the line than this are left out, in metres.
const TOLERANCE_M: f64 = 10.0;

/// A point of a track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackPoint {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub position: LatLon,
    /// Metres above the WGS 84 ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// Within how many metres, with 95 % probability.
    pub radius_95_m: f64,
    /// What it rests on.
    pub basis: Basis,
}

/// Where `subject` was between two instants: at most `points_max` points, oldest
/// first, the ends and the sharpest bends among them.
#[must_use]
pub fn track(
    world: &World,
    subject: Subject,
    from: Timestamp,
    to: Timestamp,
    points_max: usize,
) -> Vec<TrackPoint> {
    let search = Search::new(world);
    let instants = instants(&search, subject, (from, to), points_max);
    let points: Vec<TrackPoint> = instants
        .into_iter()
        .filter_map(|at| search.answer(subject, at).map(|it| point(at, &it)))
        .collect();
    thinned(&points, points_max.clamp(2, TRACK_POINTS_MAX))
}

/// What must still be loaded before [`track`] is final; ask again until nothing is.
#[must_use]
pub fn track_needs(
    world: &World,
    subject: Subject,
    from: Timestamp,
    to: Timestamp,
    points_max: usize,
) -> Vec<Need> {
    let search = Search::without_routes(world);
    for at in instants(&search, subject, (from, to), points_max) {
        search.answer(subject, at);
    }
    search.into_needs()
}

const fn point(at: Timestamp, it: &Whereabouts) -> TrackPoint {
    TrackPoint {
        at,
        position: it.position,
        height_m: it.height_m,
        radius_95_m: it.radius_95_m,
        basis: it.basis,
    }
}

/// Instants at which a fact of it or of what held it says something, and some between
/// facts that are far apart; every one, unless they are many more than the points.
fn instants(
    search: &Search,
    subject: Subject,
    (from, to): (Timestamp, Timestamp),
    points_max: usize,
) -> Vec<Timestamp> {
    let mut facts = BTreeSet::from([from, to.max(from)]);
    gather(search, subject, from, to, super::DEPTH_MAX, &mut facts);
    let facts: Vec<Timestamp> = facts.into_iter().collect();
    let mut all = Vec::with_capacity(facts.len());
    for pair in facts.windows(2) {
        all.push(pair[0]);
        let gap = pair[1].since(pair[0]);
        if gap >= GAP_MIN {
            all.extend((1..PARTS).map(|part| pair[0].plus(gap * part / PARTS)));
        }
    }
    all.extend(facts.last());
    evenly(all, points_max.saturating_mul(INSTANTS_PER_POINT).min(INSTANTS_MAX))
}

fn gather(
    search: &Search,
    subject: Subject,
    from: Timestamp,
    to: Timestamp,
    depth: usize,
    facts: &mut BTreeSet<Timestamp>,
) {
    let Some(timeline) = search.timeline(subject, from) else { return };
    let mut own = own_instants(timeline);
    own.retain(|at| (from..=to).contains(at));
    facts.extend(own);
    for span in &timeline.trackers {
        let (first, last) = (from.max(span.from), to.min(span.until.unwrap_or(to)));
        if first <= last {
            let fixes = search.fixes(span.tracker, first, last).iter().map(|fix| fix.at);
            facts.extend(fixes.filter(|at| (first..=last).contains(at)));
        }
    }
    for span in &timeline.memberships {
        let (first, last) = (from.max(span.joined_at), to.min(span.until.unwrap_or(to)));
        if first <= last && depth > 0 {
            gather(search, Subject::Container(span.container), first, last, depth - 1, facts);
        }
    }
}

fn own_instants(timeline: &Timeline) -> Vec<Timestamp> {
    let mut all: Vec<Timestamp> = timeline.fixes.iter().map(|fix| fix.at).collect();
    for stop in &timeline.stops {
        all.extend([stop.first_seen, stop.last_seen]);
        all.extend(stop.departed.map(|it| it.at));
        all.extend(stop.departed.and_then(|it| it.expected_at));
    }
    for span in &timeline.memberships {
        all.push(span.joined_at);
        all.extend(span.until);
        all.extend(span.departed.map(|it| it.at));
    }
    all.extend(timeline.registered_at);
    all
}

/// At most `most` of them, evenly chosen, the first and the last among them.
fn evenly(all: Vec<Timestamp>, most: usize) -> Vec<Timestamp> {
    if all.len() <= most {
        return all;
    }
    let last = all.len() - 1;
    (0..most).map(|index| all[index * last / (most - 1)]).collect()
}

/// Leaves out points that lie on the line through their neighbours, the least
/// telling first (Douglas and Peucker, best first), in space and height.
fn thinned(points: &[TrackPoint], most: usize) -> Vec<TrackPoint> {
    if points.len() <= 2 {
        return points.to_vec();
    }
    let mut kept = BTreeSet::from([0, points.len() - 1]);
    let mut open = vec![furthest(points, 0, points.len() - 1)];
    while kept.len() < most {
        let widest = (0..open.len()).max_by(|a, b| open[*a].off_m.total_cmp(&open[*b].off_m));
        let Some(span) = widest.map(|it| open.swap_remove(it)) else { break };
        if span.off_m < TOLERANCE_M {
            break;
        }
        kept.insert(span.middle);
        open.push(furthest(points, span.first, span.middle));
        open.push(furthest(points, span.middle, span.last));
    }
    kept.into_iter().map(|index| points[index]).collect()
}

struct Span {
    first: usize,
    middle: usize,
    last: usize,
    off_m: f64,
}

/// The point between two that is furthest from where an even movement would be.
fn furthest(points: &[TrackPoint], first: usize, last: usize) -> Span {
    let mut widest = Span { first, middle: first, last, off_m: 0.0 };
    for middle in first + 1..last {
        let off_m = off_m(&points[first], &points[middle], &points[last]);
        if off_m > widest.off_m {
            widest = Span { first, middle, last, off_m };
        }
    }
    widest
}

/// How far a point is from where an even movement between two others would be.
fn off_m(from: &TrackPoint, point: &TrackPoint, to: &TrackPoint) -> f64 {
    let whole = to.at.since(from.at).max(1) as f64;
    let fraction = point.at.since(from.at) as f64 / whole;
    let across_m = EARTH_M * off_line(from.position, point.position, to.position, fraction);
    let up_m = match (from.height_m, point.height_m, to.height_m) {
        (Some(a), Some(it), Some(b)) => it - (b - a).mul_add(fraction, a),
        (None, None, None) => 0.0,
        // Where a height begins or ends, the point tells something.
        _ => TOLERANCE_M,
    };
    across_m.hypot(up_m)
}

/// The same on a sphere of radius 1: it only ranks points, so the sphere does.
fn off_line(from: LatLon, point: LatLon, to: LatLon, fraction: f64) -> f64 {
    let (a, it, b) = (unit(from), unit(point), unit(to));
    let even: [f64; 3] = std::array::from_fn(|axis| (b[axis] - a[axis]).mul_add(fraction, a[axis]));
    let length = norm(even);
    if length < 1e-9 {
        return norm(it);
    }
    norm(std::array::from_fn(|axis| it[axis] - even[axis] / length))
}

fn unit(at: LatLon) -> [f64; 3] {
    let (lat, lon) = (at.lat().to_radians(), at.lon().to_radians());
    [libm::cos(lat) * libm::cos(lon), libm::cos(lat) * libm::sin(lon), libm::sin(lat)]
}

fn norm(it: [f64; 3]) -> f64 {
    it[0].hypot(it[1]).hypot(it[2])
}
