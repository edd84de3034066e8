//! Discs of things on the move: along a way between two known points, towards
//! an expected one, or anywhere that can be reached in the time.

use std::sync::Arc;

use super::{
    Pace,
    disc::{Disc, Level, RADIUS_MAX_M},
    world::Routes,
};
use crate::{
    geodesy,
    land::{Cell, is_land, regions::REGIONS},
    mode::Mode,
    motion::{Habits, Leg, Parameters},
    position::{Datum, LatLon},
    route::{Certainty, Medium, Route},
    time::{HOUR, Millis, Timestamp},
};

/// What travels in an unknown way flies when it goes further than this.
const DRIVE_MAX_M: f64 = 600_000.0;
/// How much longer than the shortest a way may be that nobody described.
const DETOUR: f64 = 1.4;
/// And how much more: a tour through town, but little between two doors.
const ROUND_MAX_M: f64 = 10_000.0;
/// Nothing that comes back to where it was goes further away than this.
const ROUND_TRIP_MAX_M: f64 = 300_000.0;
/// When something expected is this late, it may as well never have left.
pub const SILENCE_MAX: Millis = 12 * HOUR;
/// As long as nobody saw it arrive, it may be at this fraction of its way.
const UNSEEN: f64 = 0.9;
/// What is known this well lies where it was measured, whatever the mask says.
pub const SURE_M: f64 = 5_000.0;
/// Cells of the smallest water on which a ship is looked for.
const POND: u32 = 100;
/// Metres across a cell of the mask, and how many cells away ground is looked for.
const CELL_M: f64 = 5_560.0;
const REACH_MAX: i32 = 400;
/// How many points of a way a disc around part of it must hold.
const SAMPLES: u32 = 8;

/// A way between two points.
pub enum Way {
    /// As a ship, a lorry or an aircraft goes.
    Known(Arc<Route>),
    /// Straight on: between which points, and how far.
    Straight(LatLon, LatLon, f64),
}

impl Way {
    pub fn find(from: LatLon, to: LatLon, mode: Option<Mode>, routes: Option<Routes>) -> Self {
        let distance_m = geodesy::distance_m(from, to);
        let medium = match mode {
            Some(Mode::Sea) => Medium::Water,
            Some(Mode::Road | Mode::Rail) => Medium::Land,
            None if distance_m <= DRIVE_MAX_M => Medium::Land,
            Some(Mode::Air) | None => Medium::Air,
        };
        match routes {
            Some(routes) => Self::Known(routes(from, to, medium)),
            None => Self::Straight(from, to, distance_m),
        }
    }

    pub fn length_m(&self) -> f64 {
        match self {
            Self::Known(route) => route.length_m(),
            Self::Straight(_, _, distance_m) => *distance_m,
        }
    }

    /// The point at a fraction of it, from 0 to 1.
    pub fn at(&self, fraction: f64) -> LatLon {
        match self {
            Self::Known(route) => route.at_fraction(fraction),
            Self::Straight(from, to, _) => geodesy::between(*from, *to, fraction),
        }
    }

    /// A disc around the part between two fractions.
    fn part(&self, first: f64, last: f64, margin_m: f64) -> Disc {
        let step = (last - first) / f64::from(SAMPLES);
        let points: Vec<LatLon> =
            (0..=SAMPLES).map(|it| self.at(f64::from(it).mul_add(step, first))).collect();
        Disc::around(points[SAMPLES as usize / 2], &points, margin_m)
    }

    /// The disc with its middle moved to the way, for what keeps to water or to
    /// land; it holds all that it held.
    pub fn centred(&self, disc: Disc) -> Disc {
        let Self::Known(route) = self else { return disc };
        if route.certainty() == Certainty::Geodesic {
            return disc;
        }
        let centre = route.nearest(disc.centre);
        Disc { centre, ..disc.grown(geodesy::distance_m(disc.centre, centre)) }
    }
}

/// A known point in time and space at one end of a movement.
#[derive(Clone, Copy, Debug)]
pub struct End {
    pub at: Timestamp,
    pub disc: Disc,
}

/// Where something is that left one end and arrived at the other, known to have
/// travelled in between.
pub fn travelled(way: &Way, from: End, to: End, mode: Option<Mode>, at: Timestamp) -> Disc {
    let (pace, habits) = (Pace::of(mode), Habits::of(mode));
    let length_m = way.length_m();
    let (gone_s, left_s) = (seconds(from.at, at), seconds(at, to.at));
    let margin_m = from.disc.radius_m.max(to.disc.radius_m);
    let nominal = leg(way, from, to, mode, at);
    let spare_s = gone_s + left_s - pace.travel_s(length_m);
    let travelled = if spare_s <= habits.detour_s.max(pace.travel_s(length_m) + 3_600.0) {
        nominal
    } else {
        // It must have waited somewhere: at the start, at the end or on the way.
        let first = (1.0 - pace.cruise_m_s * left_s / length_m.max(1.0)).max(0.0);
        let last = (pace.cruise_m_s * gone_s / length_m.max(1.0)).min(1.0);
        let slack = way.part(first.min(last), last.max(first), nominal.radius_m.min(margin_m));
        Disc { level: nominal.level, ..slack }
    };
    let detour_m = habits.usual_m_s * spare_s.clamp(0.0, habits.detour_s);
    narrower(travelled, reached(way, from, to, mode, at, detour_m))
}

/// Where something is that was seen at two ends, by whichever way it came. The
/// middle is on the usual way: ships may be anywhere at sea, but not in the
/// middle of a continent.
pub fn roamed(way: &Way, from: End, to: End, mode: Option<Mode>, at: Timestamp) -> Disc {
    reached(way, from, to, mode, at, 0.0)
}

/// No further from either end than it can have travelled in the time, by a way
/// that is longer than the shortest as ways are, or by `detour_m`.
fn reached(
    way: &Way,
    from: End,
    to: End,
    mode: Option<Mode>,
    at: Timestamp,
    detour_m: f64,
) -> Disc {
    let distance_m = geodesy::distance_m(from.disc.centre, to.disc.centre);
    let longest_m = DETOUR.mul_add(distance_m, ROUND_MAX_M.min(2.0 * distance_m));
    let longest_m = longest_m.max(distance_m + detour_m);
    let (gone_s, left_s) = (seconds(from.at, at), seconds(at, to.at));
    // Facts that ask for more than the top speed are believed all the same.
    let needed_m_s = distance_m / (gone_s + left_s).max(0.001);
    let speed_m_s = Pace::of(mode).top_m_s.max(1.02 * needed_m_s);
    let near_from = from.disc.grown((speed_m_s * gone_s).min(longest_m));
    let near_to = to.disc.grown((speed_m_s * left_s).min(longest_m));
    let margin_m = from.disc.radius_m.max(to.disc.radius_m);
    let middle = geodesy::between(from.disc.centre, to.disc.centre, 0.5);
    let ellipse = Disc::new(middle, longest_m / 2.0 + margin_m, None);
    [near_from, near_to, way.centred(near_from.common(near_to)), way.centred(ellipse)]
        .into_iter()
        .min_by(|a, b| a.radius_m.total_cmp(&b.radius_m))
        .expect("there are four")
}

/// Where something is that left and was not seen since. `expected_at` is when
/// it should be at its target, if anyone said so.
pub fn underway(
    way: &Way,
    from: End,
    target: Disc,
    expected_at: Option<Timestamp>,
    mode: Option<Mode>,
    at: Timestamp,
) -> Disc {
    let pace = Pace::of(mode);
    let length_m = way.length_m().max(1.0);
    let usual_s = pace.travel_s(length_m);
    let said_s = expected_at.map(|it| seconds(from.at, it)).filter(|it| *it > 0.0);
    let due_s = said_s.unwrap_or(usual_s + 3_600.0 * pace.handling_h);
    let gone_s = seconds(from.at, at);
    let late_ms = (1000.0 * (gone_s - due_s)) as Millis;
    let arrives_at = from.at.plus((1000.0 * due_s) as Millis);
    let nominal = leg(way, from, End { at: arrives_at, disc: target }, mode, at);
    let (first, last) = if late_ms > SILENCE_MAX {
        (0.0, 1.0)
    } else if said_s.is_some() {
        // Times are kept within half an hour and a seventh of the way so far.
        let early = (gone_s * 1.15 + 1_800.0) / due_s;
        let late = (gone_s * 0.85 - 1_800.0) / due_s;
        (late.clamp(0.0, UNSEEN), early.min(1.0))
    } else {
        // All the handling may come first, or last; and drivers differ.
        let early = 1.3 * gone_s / usual_s;
        let late = 0.6 * (gone_s - 3_600.0 * pace.handling_h) / usual_s;
        (late.clamp(0.0, UNSEEN), early.min(1.0))
    };
    let margin_m =
        from.disc.radius_m.max(target.radius_m).max(nominal.radius_m.min(0.05 * length_m));
    let disc = way.part(first, last, margin_m);
    Disc { level: nominal.level, ..disc }
}

/// Where something is that has not been heard of for a while, at a place that it
/// was only to pass through: between there and as far towards its target as it
/// can have got. A disc that reaches the target holds all of that, and grows no more.
pub fn lingering(way: &Way, from: Disc, target: Disc, mode: Option<Mode>, moving: Millis) -> Disc {
    let length_m = way.length_m();
    let reach_m = Pace::of(mode).cruise_m_s * (moving.max(0) as f64 / 1000.0);
    let covered = (reach_m / length_m.max(1.0)).min(1.0);
    let ends_m = if covered < 1.0 { from.radius_m } else { from.radius_m.max(target.radius_m) };
    // A tenth more, since few keep to the shortest way.
    way.part(0.0, covered, (0.05 * covered).mul_add(length_m, ends_m))
}

/// True unless the mask says that things of this mode do not move here.
pub fn on_ground(at: LatLon, mode: Option<Mode>) -> bool {
    match mode {
        Some(Mode::Sea) => !is_land(at),
        Some(Mode::Road | Mode::Rail) => is_land(at),
        Some(Mode::Air) | None => true,
    }
}

/// The disc with its middle moved to the nearest ground that the mode moves over,
/// if it has any; it holds all that it held.
pub fn ashore_or_afloat(disc: Disc, mode: Option<Mode>) -> Disc {
    let fits = |cell: Cell| match mode {
        Some(Mode::Sea) => REGIONS.sea(cell).is_some_and(|(_, cells)| cells >= POND),
        _ => on_ground(cell.centre(), mode),
    };
    let reach = (disc.radius_m / CELL_M) as i32 + 1;
    let Some(cell) = Cell::of(disc.centre).nearest(reach.min(REACH_MAX), fits) else { return disc };
    let centre = cell.centre();
    Disc { centre, ..disc.grown(geodesy::distance_m(disc.centre, centre)) }
}

/// Where something is that left a place and came back to it.
pub fn on_a_round(
    from: Disc,
    left_at: Timestamp,
    back_at: Timestamp,
    mode: Option<Mode>,
    at: Timestamp,
) -> Disc {
    let turn_s = seconds(left_at, at).min(seconds(at, back_at));
    from.grown((Pace::of(mode).cruise_m_s * turn_s).min(ROUND_TRIP_MAX_M))
}

/// Where something is that went off, nobody knows where to.
pub fn adrift(from: Disc, mode: Option<Mode>, moving_ms: Millis) -> Disc {
    let reach_m = Pace::of(mode).top_m_s * (moving_ms.max(0) as f64 / 1000.0);
    from.grown(reach_m.min(RADIUS_MAX_M))
}

/// The place on a leg between two known ends, as is usual for the mode.
fn leg(way: &Way, from: End, to: End, mode: Option<Mode>, at: Timestamp) -> Disc {
    let habits = Habits::of(mode);
    let levels = [from.disc.level, to.disc.level];
    let vertical_m = levels.iter().flatten().map(|it| it.vertical_95_m).fold(0.0, f64::max);
    let leg = Leg {
        length_m: way.length_m(),
        whole_s: seconds(from.at, to.at),
        gone_s: seconds(from.at, at),
        ends_m: levels.map(|it| it.map(|it| it.height_m)),
        datum: Datum::Ellipsoid,
        stated_m: from.disc.radius_m.max(to.disc.radius_m),
        vertical_m,
    };
    let guess = leg.guess(habits, way.at(leg.fraction(habits)));
    let estimate = guess.estimate(Parameters::of(mode));
    let height = estimate.position.height.zip(estimate.vertical_95_m);
    let level = height
        .map(|(height, vertical_95_m)| Level { height_m: height.ellipsoid_m(), vertical_95_m });
    Disc::new(estimate.position.at, estimate.radius_95_m, level)
}

fn narrower(a: Disc, b: Disc) -> Disc {
    if b.radius_m < a.radius_m { Disc { level: a.level, ..b } } else { a }
}

fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.since(from).max(0) as f64 / 1000.0
}
