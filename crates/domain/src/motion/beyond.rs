//! A guess after the last fix: dead reckoning, mixed of standing still, going
//! on as reported, and going on as seen.

use super::{
    evidence::{Echo, Evidence, LENGTHS},
    parameters::Habits,
    sphere::{EARTH_M, Vector, distance_m, step},
    track::Track,
};

/// How many ways to go on there are.
const WAYS: usize = 3;
/// Echoes this many fixes away count half.
const NEAR: f64 = 3.0;

/// The guess and what bears on its error; nothing without a fix.
pub fn guess(track: &Track, habits: &Habits) -> Option<(Vector, Evidence)> {
    let last = track.before.checked_sub(1)?;
    let told: Vec<Told> = (1..=last).map(|told| Told::new(track, told, habits)).collect();
    let mix = mixture(&told);
    let mixed = |ahead: &Ahead| ahead.mixed(mix, track.clock_s, habits);
    let echo = |told: &Told| {
        let (place, lengths_m) = mixed(&told.ahead);
        Echo { lengths_m, error_m: distance_m(place.unit(), told.truth), weight: told.weight }
    };
    let echoes = told.iter().map(echo).collect();
    let ahead = Ahead::new(track, last, 0.0, habits);
    let (place, lengths_m) = mixed(&ahead);
    let (floor_m, span_log) = (track.digits_m, habits.span_log(ahead.age_s));
    let possible_m = habits.boards_m_s * ahead.age_s;
    Some((place, Evidence { floor_m, possible_m, lengths_m, echoes, span_log }))
}

/// A fix and what one would have expected one fix earlier.
struct Told {
    ahead: Ahead,
    truth: Vector,
    weight: f64,
}

impl Told {
    fn new(track: &Track, told: usize, habits: &Habits) -> Self {
        let here = &track.points[told];
        let ahead = Ahead::new(track, told - 1, here.t_s, habits);
        let away = track.before - 1 - told;
        Self { ahead, truth: here.normal, weight: 1.0 / (1.0 + away as f64 / NEAR) }
    }
}

/// What lies ahead of a fix, and where each way to go on leads.
struct Ahead {
    places: [Option<Vector>; WAYS],
    /// Seconds since the fix.
    age_s: f64,
    speed_m_s: f64,
    fastest_m_s: f64,
}

impl Ahead {
    fn new(track: &Track, from: usize, at_s: f64, habits: &Habits) -> Self {
        let here = &track.points[from];
        let age_s = (at_s - here.t_s).max(0.0);
        // Nothing keeps its course for ever: it is forgotten within this time.
        let effective_s = habits.course_s * (1.0 - libm::exp(-age_s / habits.course_s));
        let seen = from
            .checked_sub(1)
            .map(|it| &track.points[it])
            .map(|earlier| here.normal.minus(earlier.normal).times(1.0 / (here.t_s - earlier.t_s)));
        let on = |velocity: Vector| step(here.normal, velocity.times(effective_s));
        let fastest_m_s = track.points[..=from]
            .windows(2)
            .map(|pair| distance_m(pair[0].normal, pair[1].normal) / (pair[1].t_s - pair[0].t_s))
            .fold(0.0, f64::max);
        let seen_m_s = seen.map(|it| it.norm() * EARTH_M);
        let speed_m_s = here.speed_m_s.or(seen_m_s).unwrap_or(0.0);
        Self {
            places: [Some(here.normal), here.velocity.map(on), seen.map(on)],
            age_s,
            speed_m_s,
            fastest_m_s: fastest_m_s.max(speed_m_s),
        }
    }

    fn mixed(&self, mix: [f64; WAYS], clock_s: f64, habits: &Habits) -> (Vector, [f64; LENGTHS]) {
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
        let lengths_m = [
            clock_s * self.speed_m_s,
            libm::sqrt(spread) * EARTH_M,
            // It may slow down or turn.
            self.speed_m_s * self.age_s,
            // It may be as fast again as it was.
            self.fastest_m_s * self.age_s,
            // It may set out.
            habits.usual_m_s * self.age_s,
            self.speed_m_s * self.age_s * self.age_s / (self.age_s + habits.course_s),
            habits.usual_m_s * self.age_s * self.age_s / (self.age_s + habits.course_s),
            0.0,
        ];
        (place, lengths_m)
    }
}

fn mixture(told: &[Told]) -> [f64; WAYS] {
    // Before anything is known, believe what is reported, then what was seen.
    let mut errors = [0.05, 0.01, 0.02];
    for Told { ahead, truth, weight } in told {
        let reach = (ahead.fastest_m_s * ahead.age_s).powi(2) + 1.0;
        for (error, place) in errors.iter_mut().zip(&ahead.places) {
            if let Some(place) = place {
                let off_m = distance_m(place.unit(), *truth);
                *error += weight * off_m * off_m / reach;
            }
        }
    }
    errors.map(|it| 1.0 / it)
}
