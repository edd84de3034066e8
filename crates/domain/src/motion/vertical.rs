//! A guess at the height, in the datum in which the fixes gave it: between two
//! fixes or after the last, by the same rules as on the ground.

use super::{
    evidence::{Echo, Evidence, LENGTHS},
    parameters::{Habits, Kind},
    sphere::distance_m,
    track::Track,
};
use crate::position::Datum;

/// Echoes this many fixes away count half.
const NEAR: f64 = 3.0;
/// Of the curve that the neighbours suggest, so much is taken.
const CURVE: f64 = 0.75;
/// Steps in which senders count heights, in millimetres: 100 ft, 25 ft, 1 m, 0.1 m.
const STEPS_MM: [i32; 4] = [30_480, 7_620, 1_000, 100];

/// A height guessed.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Metres above the datum.
    pub raw_m: f64,
    /// What it is measured from.
    pub datum: Datum,
    /// What bears on its error.
    pub evidence: Evidence,
    /// The 95 % half-width that the nearest sender stated, if any did.
    pub stated_m: Option<f64>,
    /// What it is made from.
    pub kind: Kind,
}

/// Between two fixes that have heights in one datum.
pub fn between(track: &Track, habits: &Habits) -> Option<Level> {
    let ladder = Ladder::new(track)?;
    let next = ladder.before;
    let last = next.checked_sub(1)?;
    if next >= ladder.rungs.len() {
        return None;
    }
    let fastest_m_s = ladder.fastest_m_s(0);
    let told: Vec<Told> = (1..ladder.rungs.len() - 1)
        .map(|middle| {
            let guess = ladder.gap(middle - 1, middle + 1, ladder.rungs[middle].t_s);
            let away = if middle < next { last - middle } else { middle - next };
            ladder.told(middle, away, guess)
        })
        .collect();
    let asked = ladder.gap(last, next, 0.0);
    let lengths = |guess: &Guess| guess.lengths(track.clock_s, fastest_m_s, habits);
    let evidence = ladder.evidence(&asked, &told, lengths, habits);
    Some(ladder.level(Kind::Between, asked.mixed(curve_share(&told)).0, evidence))
}

/// After the last fix that has a height.
pub fn beyond(track: &Track, habits: &Habits) -> Option<Level> {
    let ladder = Ladder::new(track)?;
    let last = ladder.before.checked_sub(1)?;
    let fastest_m_s = ladder.fastest_m_s(last);
    let told: Vec<Told> = (1..=last)
        .map(|told| {
            let guess = ladder.ahead(told - 1, ladder.rungs[told].t_s, habits);
            ladder.told(told, last - told, guess)
        })
        .collect();
    let asked = ladder.ahead(last, 0.0, habits);
    let lengths = |guess: &Guess| guess.lengths(track.clock_s, fastest_m_s, habits);
    let evidence = ladder.evidence(&asked, &told, lengths, habits);
    Some(ladder.level(Kind::Beyond, asked.mixed(curve_share(&told)).0, evidence))
}

/// A height that is known, and what its neighbours would have made of it.
struct Told {
    guess: Guess,
    truth_m: f64,
    weight: f64,
}

/// The heights of a track, all in one datum.
struct Ladder {
    rungs: Vec<Rung>,
    before: usize,
    datum: Datum,
    digits_m: f64,
    stated_m: Option<f64>,
}

struct Rung {
    t_s: f64,
    raw_m: f64,
    /// Metres travelled since the first rung.
    way_m: f64,
}

/// Two ways to have climbed, and how much room there was for others.
struct Guess {
    /// Evenly, or not at all.
    even_m: f64,
    /// As the neighbours suggest.
    curve_m: Option<f64>,
    rise_m: f64,
    way_m: f64,
    span_s: f64,
    /// How much of the span is open to doubt: a bridge's sag, or all of it.
    open: f64,
}

impl Ladder {
    fn new(track: &Track) -> Option<Self> {
        let near = track.before.checked_sub(1).unwrap_or(track.before);
        let datum_of = |index: usize| Some(track.fixes.get(index)?.position.height?.datum());
        let datum = datum_of(near)
            .or_else(|| track.fixes[..track.before].iter().rev().find_map(height_datum))?;
        let mut ladder =
            Self { rungs: Vec::new(), before: 0, datum, digits_m: 0.0, stated_m: None };
        let (mut way_m, mut steps) = (0.0, STEPS_MM.to_vec());
        for (index, (point, fix)) in track.points.iter().zip(&track.fixes).enumerate() {
            if index > 0 {
                way_m += distance_m(track.points[index - 1].normal, point.normal);
            }
            let Some(height) = fix.position.height.filter(|it| it.datum() == datum) else {
                continue;
            };
            // Feet become millimetres with a rounding of one.
            steps.retain(|step| (height.raw_mm() + 1).rem_euclid(*step) <= 2);
            ladder.rungs.push(Rung { t_s: point.t_s, raw_m: height.raw_m(), way_m });
            if index < track.before {
                ladder.before += 1;
                ladder.stated_m = fix.vertical_95_mm.map(|it| f64::from(it) / 1000.0);
            }
        }
        ladder.digits_m = f64::from(*steps.first().unwrap_or(&10)) / 2000.0;
        Some(ladder)
    }

    fn fastest_m_s(&self, until: usize) -> f64 {
        let rungs = if until == 0 { &self.rungs[..] } else { &self.rungs[..=until] };
        let climb =
            |pair: &[Rung]| (pair[1].raw_m - pair[0].raw_m).abs() / (pair[1].t_s - pair[0].t_s);
        rungs.windows(2).map(climb).fold(0.0, f64::max)
    }

    fn gap(&self, from: usize, to: usize, at_s: f64) -> Guess {
        let (a, b) = (&self.rungs[from], &self.rungs[to]);
        let span_s = b.t_s - a.t_s;
        let fraction = ((at_s - a.t_s) / span_s).clamp(0.0, 1.0);
        let (rest, rise_m) = (1.0 - fraction, b.raw_m - a.raw_m);
        let even_m = a.raw_m + rise_m * fraction;
        let earlier = from.checked_sub(1).map(|it| &self.rungs[it]);
        let slopes = slope(earlier, a, Some(b)).zip(slope(Some(a), b, self.rungs.get(to + 1)));
        let curve_m = slopes.map(|(start, end)| {
            let bend = (start * span_s - rise_m) * fraction * rest * rest
                - (end * span_s - rise_m) * fraction * fraction * rest;
            even_m + CURVE * bend
        });
        let open = libm::sqrt(fraction * rest);
        Guess { even_m, curve_m, rise_m, way_m: b.way_m - a.way_m, span_s, open }
    }

    fn ahead(&self, from: usize, at_s: f64, habits: &Habits) -> Guess {
        let here = &self.rungs[from];
        let age_s = (at_s - here.t_s).max(0.0);
        let effective_s = habits.course_s * (1.0 - libm::exp(-age_s / habits.course_s));
        let seen = from.checked_sub(1).map(|it| {
            let earlier = &self.rungs[it];
            let span_s = here.t_s - earlier.t_s;
            ((here.raw_m - earlier.raw_m) / span_s, (here.way_m - earlier.way_m) / span_s)
        });
        Guess {
            even_m: here.raw_m,
            curve_m: seen.map(|(climb, _)| here.raw_m + climb * effective_s),
            rise_m: seen.map_or(0.0, |(climb, _)| climb * age_s),
            way_m: seen.map_or(0.0, |(_, speed)| speed * age_s),
            span_s: age_s,
            open: 1.0,
        }
    }

    fn told(&self, rung: usize, away: usize, guess: Guess) -> Told {
        let weight = 1.0 / (1.0 + away as f64 / NEAR);
        Told { guess, truth_m: self.rungs[rung].raw_m, weight }
    }

    fn evidence(
        &self,
        asked: &Guess,
        told: &[Told],
        lengths: impl Fn(&Guess) -> [f64; LENGTHS],
        habits: &Habits,
    ) -> Evidence {
        let share = curve_share(told);
        let lengths_m = |guess: &Guess| {
            let mut lengths_m = lengths(guess);
            lengths_m[1] = guess.mixed(share).1;
            lengths_m
        };
        let echo = |told: &Told| Echo {
            lengths_m: lengths_m(&told.guess),
            error_m: (told.guess.mixed(share).0 - told.truth_m).abs(),
            weight: told.weight,
        };
        Evidence {
            possible_m: habits.slope * asked.way_m * asked.open,
            floor_m: self.digits_m,
            lengths_m: lengths_m(asked),
            echoes: told.iter().map(echo).collect(),
            span_log: habits.span_log(asked.span_s),
        }
    }

    fn level(self, kind: Kind, raw_m: f64, evidence: Evidence) -> Level {
        Level { raw_m, datum: self.datum, evidence, stated_m: self.stated_m, kind }
    }
}

/// How much the curve counts beside the even way: by their squared errors.
fn curve_share(told: &[Told]) -> f64 {
    let (mut even, mut curve) = (1e-6, 1e-6);
    for Told { guess, truth_m, weight } in told {
        let size = guess.rise_m * guess.rise_m + 1.0;
        even += weight * (guess.even_m - truth_m).powi(2) / size;
        if let Some(curve_m) = guess.curve_m {
            curve += weight * (curve_m - truth_m).powi(2) / size;
        }
    }
    even / (even + curve)
}

/// Climb in metres per second at a rung, by its neighbours.
fn slope(earlier: Option<&Rung>, here: &Rung, later: Option<&Rung>) -> Option<f64> {
    let chord = |from: &Rung, to: &Rung| (to.raw_m - from.raw_m) / (to.t_s - from.t_s);
    match (earlier, later) {
        (Some(a), Some(b)) => {
            let (back_s, on_s) = (here.t_s - a.t_s, b.t_s - here.t_s);
            Some((chord(a, here) * on_s + chord(here, b) * back_s) / (back_s + on_s))
        }
        (Some(a), None) => Some(chord(a, here)),
        (None, Some(b)) => Some(chord(here, b)),
        (None, None) => None,
    }
}

impl Guess {
    /// The height, and how far the two ways to it disagree.
    fn mixed(&self, share: f64) -> (f64, f64) {
        let Some(curve_m) = self.curve_m else { return (self.even_m, 0.0) };
        let apart_m = curve_m - self.even_m;
        let spread_m = apart_m.abs() * libm::sqrt(share * (1.0 - share));
        (self.even_m + share * apart_m, spread_m)
    }

    fn lengths(&self, clock_s: f64, fastest_m_s: f64, habits: &Habits) -> [f64; LENGTHS] {
        [
            clock_s * self.rise_m.abs() / self.span_s.max(clock_s),
            // How far the ways disagree: filled in when they are mixed.
            0.0,
            self.rise_m.abs() * self.open,
            // It may climb as fast as it was seen to.
            fastest_m_s * self.span_s * self.open,
            // Ground and airways rise with the way.
            self.way_m * self.open,
            // It may begin to climb.
            habits.climb_m_s * self.span_s * self.open,
            0.0,
            0.0,
        ]
    }
}

fn height_datum(fix: &super::Fix) -> Option<Datum> {
    fix.position.height.map(crate::position::Height::datum)
}
