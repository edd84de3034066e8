//! A guess between two fixes: three ways to travel from one to the other,
//! mixed by how well each tells the fixes nearby.

use super::{
    evidence::{Echo, Evidence, LENGTHS},
    parameters::Habits,
    sphere::{Arc, EARTH_M, Vector, distance_m},
    track::{Point, Track},
};

/// How many ways there are: straight, in a curve through the neighbours, and
/// in a curve that fits the speeds and courses reported.
const WAYS: usize = 3;
/// Of the curve that the neighbours suggest, so much is taken: neighbours are
/// far, and a full spline overshoots.
const CURVE: f64 = 0.75;
/// Echoes this many fixes away count half.
const NEAR: f64 = 3.0;

/// The guess and what bears on its error.
pub fn guess(track: &Track, habits: &Habits) -> Option<(Vector, Evidence)> {
    let next = track.before;
    let last = next.checked_sub(1)?;
    if next >= track.points.len() {
        return None;
    }
    let gap = Gap::new(track, last, next, 0.0, habits);
    let middles = 1..track.points.len() - 1;
    let told: Vec<Told> = middles.map(|middle| Told::new(track, middle, habits)).collect();
    let mix = mixture(&told);
    let fastest_m_s = fastest_m_s(track).max(gap.chord_m_s());
    let mixed = |gap: &Gap| gap.mixed(mix, track.clock_s, fastest_m_s, habits);
    let echo = |told: &Told| {
        let (place, lengths_m) = mixed(&told.gap);
        Echo { lengths_m, error_m: distance_m(place.unit(), told.truth), weight: told.weight }
    };
    let echoes = told.iter().map(echo).collect();
    let (place, lengths_m) = mixed(&gap);
    let (floor_m, span_log) = (track.digits_m, habits.span_log(gap.span_s));
    Some((place, Evidence { possible_m: 0.0, floor_m, lengths_m, echoes, span_log }))
}

/// A gap between two fixes, an instant in it, and where each way is then.
struct Gap {
    places: [Option<Vector>; WAYS],
    /// Seconds from one end to the other.
    span_s: f64,
    /// How far into it, 0 to 1.
    fraction: f64,
    length_m: f64,
    /// The mean of the speeds reported at its ends.
    speed_m_s: Option<f64>,
}

/// A gap whose answer is known.
struct Told {
    gap: Gap,
    truth: Vector,
    weight: f64,
}

impl Told {
    /// A fix, as if it were not known.
    fn new(track: &Track, middle: usize, habits: &Habits) -> Self {
        let here = &track.points[middle];
        let gap = Gap::new(track, middle - 1, middle + 1, here.t_s, habits);
        let away =
            if middle < track.before { track.before - 1 - middle } else { middle - track.before };
        Self { gap, truth: here.normal, weight: 1.0 / (1.0 + away as f64 / NEAR) }
    }
}

impl Gap {
    fn new(track: &Track, from: usize, to: usize, at_s: f64, habits: &Habits) -> Self {
        let (a, b) = (&track.points[from], &track.points[to]);
        let span_s = b.t_s - a.t_s;
        let fraction = ((at_s - a.t_s) / span_s).clamp(0.0, 1.0);
        let arc = Arc::new(a.normal, b.normal);
        let straight = arc.at(fraction);
        let (leaving, arriving) = arc.tangents();
        let bend = |start: Vector, end: Vector| {
            let rest = 1.0 - fraction;
            let start = start.times(span_s).minus(leaving).times(fraction * rest * rest);
            start.minus(end.times(span_s).minus(arriving).times(fraction * fraction * rest))
        };
        let points = &track.points;
        let earlier = from.checked_sub(1).map(|it| &points[it]);
        let curve = slope(earlier, a, Some(b))
            .zip(slope(Some(a), b, points.get(to + 1)))
            .map(|(start, end)| straight.plus(bend(start, end).times(CURVE)));
        // A course soon says nothing about a far future: it fades with the gap.
        let trust = 1.0 / (1.0 + (span_s / habits.steady_s) * (span_s / habits.steady_s));
        let reported = a
            .velocity
            .zip(b.velocity)
            .map(|(start, end)| straight.plus(bend(start, end).times(trust)));
        Self {
            places: [Some(straight), curve, reported],
            span_s,
            fraction,
            length_m: arc.length_m(),
            speed_m_s: a.speed_m_s.zip(b.speed_m_s).map(|(start, end)| f64::midpoint(start, end)),
        }
    }

    fn chord_m_s(&self) -> f64 {
        self.length_m / self.span_s
    }

    /// The mixture of the ways, and the lengths that speak of its error.
    fn mixed(
        &self,
        mix: [f64; WAYS],
        clock_s: f64,
        fastest_m_s: f64,
        habits: &Habits,
    ) -> (Vector, [f64; LENGTHS]) {
        let (mut place, mut total) = (Vector::ZERO, 0.0);
        for (way, share) in self.places.iter().zip(mix) {
            if let Some(way) = way {
                place = place.plus(way.times(share));
                total += share;
            }
        }
        let place = place.times(1.0 / total);
        let mut spread = 0.0;
        for (way, share) in self.places.iter().zip(mix) {
            if let Some(way) = way {
                let off = way.minus(place).norm();
                spread += share / total * off * off;
            }
        }
        // The standard deviation of a Brownian bridge: most doubt in the middle.
        let bridge = libm::sqrt(self.fraction * (1.0 - self.fraction));
        let chord_m_s = self.chord_m_s();
        let lost_m = |speed: f64| {
            libm::sqrt((speed * speed - chord_m_s * chord_m_s).max(0.0)) * self.span_s * bridge
        };
        let long = self.span_s / (self.span_s + habits.course_s);
        let lengths_m = [
            // A clock that counts in whole steps.
            clock_s * chord_m_s,
            // The ways disagree.
            libm::sqrt(spread) * EARTH_M,
            // The way itself: any speed may have varied on it.
            self.length_m * bridge,
            // It went faster than the chord explains: it turned, or waited.
            self.speed_m_s.map_or(0.0, lost_m),
            // As that, by how fast it is seen to be elsewhere.
            lost_m(fastest_m_s),
            fastest_m_s * self.span_s * bridge,
            // In a gap longer than a course is kept, all of that may have happened.
            self.speed_m_s.map_or(0.0, lost_m) * long,
            habits.usual_m_s * self.span_s * bridge * long * long,
        ];
        (place, lengths_m)
    }
}

/// Velocity at a fix from its neighbours (a parabola through three), in radians
/// per second.
fn slope(earlier: Option<&Point>, here: &Point, later: Option<&Point>) -> Option<Vector> {
    let chord =
        |from: &Point, to: &Point| to.normal.minus(from.normal).times(1.0 / (to.t_s - from.t_s));
    match (earlier, later) {
        (Some(a), Some(b)) => {
            let (back_s, on_s) = (here.t_s - a.t_s, b.t_s - here.t_s);
            let whole_s = back_s + on_s;
            Some(chord(a, here).times(on_s / whole_s).plus(chord(here, b).times(back_s / whole_s)))
        }
        (Some(a), None) => Some(chord(a, here)),
        (None, Some(b)) => Some(chord(here, b)),
        (None, None) => None,
    }
}

/// How much each way counts: inversely to its squared error about fixes nearby,
/// measured in lengths of the gap so that long gaps do not outvote all others.
fn mixture(told: &[Told]) -> [f64; WAYS] {
    let mut errors = [1e-6; WAYS];
    let total: f64 = told.iter().map(|it| it.weight).sum();
    for told in told {
        let size = told.gap.length_m * told.gap.length_m + 1.0;
        for (error, place) in errors.iter_mut().zip(&told.gap.places) {
            if let Some(place) = place {
                let off_m = distance_m(place.unit(), told.truth);
                *error += told.weight / total * off_m * off_m / size;
            }
        }
    }
    errors.map(|it| 1.0 / it)
}

/// The fastest chord between any two fixes in a row.
pub fn fastest_m_s(track: &Track) -> f64 {
    track
        .points
        .windows(2)
        .map(|pair| distance_m(pair[0].normal, pair[1].normal) / (pair[1].t_s - pair[0].t_s))
        .fold(0.0, f64::max)
}
