//! Where a moving thing is between and after the fixes we have of it.

mod between;
mod beyond;
mod evidence;
mod fitted;
mod leg;
mod parameters;
pub(crate) mod sphere;
#[cfg(test)]
mod tests;
mod track;
mod vertical;

use minicbor::{Decode, Encode};

pub use evidence::{Echo, Evidence, LENGTHS, Scale};
pub use leg::Leg;
pub use parameters::{Habits, Kind, PRIOR, Parameters, Scales};
pub use track::AROUND;
pub use vertical::Level;

use crate::{
    mode::Mode,
    position::{Height, LatLon, Position},
    time::Timestamp,
};
use track::Track;

/// One measured position at an instant. Earlier ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Fix {
    /// When it was measured.
    #[n(0)]
    pub at: Timestamp,
    /// Where.
    #[n(1)]
    pub position: Position,
    /// Horizontal 95 % radius in millimetres.
    #[n(2)]
    pub radius_95_mm: Option<u32>,
    /// Vertical 95 % half-width in millimetres.
    #[n(3)]
    pub vertical_95_mm: Option<u32>,
    /// Speed over ground in millimetres per second.
    #[n(4)]
    pub speed_mm_s: Option<u32>,
    /// Course over ground in hundredths of a degree, clockwise from north.
    #[n(5)]
    pub course_cdeg: Option<u16>,
}

/// Where something is, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The best guess; its height is in the datum in which the fixes gave theirs.
    pub position: Position,
    /// A fix taken at that instant would lie within this many metres of it with
    /// 95 % probability; what the senders stated of their own accuracy is in it.
    pub radius_95_m: f64,
    /// The same for the height, where there is one.
    pub vertical_95_m: Option<f64>,
}

/// A guess before its doubt is weighed: what fitting the parameters works on.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// Where.
    pub at: LatLon,
    /// What bears on how wrong that is.
    pub evidence: Evidence,
    /// How high.
    pub level: Option<Level>,
    /// The 95 % radius that the nearest senders stated, if they did.
    pub stated_m: Option<f64>,
    /// What it is made from.
    pub kind: Kind,
}

/// No estimate is vaguer than the Earth is large: half its girth.
const RADIUS_MAX_M: f64 = 20_037_508.0;
/// No estimate is sharper than a coordinate's last digit.
const RADIUS_MIN_M: f64 = 0.01;

/// Where something is at an instant that fixes surround: `before` has the latest
/// at or before it and `after` the earliest after it, eight of each at most, in
/// any order. With fixes on one side only it is as [`after_last`], run backwards
/// if need be; without any there is nothing to say.
pub fn between(
    mode: Option<Mode>,
    before: &[Fix],
    after: &[Fix],
    at: Timestamp,
) -> Option<Estimate> {
    let guess = guess(Habits::of(mode), before, after, at)?;
    Some(guess.estimate(Parameters::of(mode)))
}

/// Where something may be after its last fix: its radius grows with the time
/// since then, by its speed and by how steadily it was seen to move.
pub fn after_last(mode: Option<Mode>, before: &[Fix], at: Timestamp) -> Option<Estimate> {
    between(mode, before, &[], at)
}

/// The guess and its evidence, before parameters make it an estimate.
pub fn guess(habits: &Habits, before: &[Fix], after: &[Fix], at: Timestamp) -> Option<Guess> {
    let mut track = Track::new(before, after, at);
    if track.before == 0 {
        track = track.reversed();
    }
    let bounded = track.before > 0 && track.before < track.points.len();
    let kind = if bounded { Kind::Between } else { Kind::Beyond };
    let (place, evidence) =
        if bounded { between::guess(&track, habits)? } else { beyond::guess(&track, habits)? };
    let level = vertical::between(&track, habits).or_else(|| vertical::beyond(&track, habits));
    Some(Guess { at: place.point(), evidence, level, stated_m: stated_m(&track), kind })
}

impl Guess {
    /// The guess with its doubt weighed.
    pub fn estimate(&self, parameters: &Parameters) -> Estimate {
        let radius_95_m = self.radius_95_m(parameters);
        let height = self.level.as_ref().and_then(|level| {
            let scale = parameters.height.of(level.kind);
            let height = Height::from_metres(level.raw_m, level.datum, self.at).ok()?;
            Some((height, within(level.evidence.radius_95_m(scale), level.stated_m)))
        });
        Estimate {
            position: Position { at: self.at, height: height.map(|(height, _)| height) },
            radius_95_m,
            vertical_95_m: height.map(|(_, vertical_95_m)| vertical_95_m),
        }
    }

    /// How far off the guess may be, in metres with 95 % probability.
    pub fn radius_95_m(&self, parameters: &Parameters) -> f64 {
        let scale = parameters.ground.of(self.kind);
        within(self.evidence.radius_95_m(scale), self.stated_m)
    }
}

/// Two independent errors add as squares; the sum stays on this Earth.
fn within(radius_m: f64, stated_m: Option<f64>) -> f64 {
    let both = libm::hypot(radius_m, stated_m.unwrap_or(0.0));
    if both.is_finite() { both.clamp(RADIUS_MIN_M, RADIUS_MAX_M) } else { RADIUS_MAX_M }
}

/// What the fixes beside the instant state: the vaguer of two.
fn stated_m(track: &Track) -> Option<f64> {
    let sides = [track.before.checked_sub(1), Some(track.before)];
    let stated = sides.into_iter().flatten().filter_map(|it| track.fixes.get(it)?.radius_95_mm);
    stated.max().map(|it| f64::from(it) / 1000.0)
}
