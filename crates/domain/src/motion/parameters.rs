//! What is known in advance of how things move: `Habits` are physics, written
//! down; `Scale`s start from a prior and are learnt from real tracks, by
//! `tests/honesty`.

use super::{
    evidence::{LENGTHS, Scale},
    fitted,
};
use crate::mode::Mode;

/// What is usual for a mode of transport.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Habits {
    /// Over gaps much longer than this, a course reported at the ends says little
    /// about the middle; in seconds.
    pub steady_s: f64,
    /// A thing forgets its course within this many seconds.
    pub course_s: f64,
    /// Its usual speed under way, in metres per second.
    pub usual_m_s: f64,
    /// How fast it may be after it was lost sight of, whatever was seen before: what
    /// travels in an unknown way may have boarded something. In metres per second.
    pub boards_m_s: f64,
    /// How much the ground it keeps to rises or falls per metre, where it does.
    pub slope: f64,
    /// Its usual climb, in metres per second.
    pub climb_m_s: f64,
    /// Whether it climbs to a level, cruises there and descends.
    pub cruises: bool,
    /// How many seconds it takes from its ends to its full speed.
    pub ramp_s: f64,
    /// How uneven its speed is on a leg, in parts of its way.
    pub uneven: f64,
    /// How many seconds of the time it has to spare it may be on detours; the
    /// rest it waits at an end.
    pub detour_s: f64,
}

/// What a guess is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Fixes on both sides of the instant.
    Between,
    /// Fixes before it alone, or after it alone.
    Beyond,
    /// A departure and an arrival.
    Leg,
}

/// How doubt becomes a radius, for each kind of guess.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scales {
    /// Between two fixes.
    pub between: Scale,
    /// After the last fix.
    pub beyond: Scale,
    /// Between departure and arrival.
    pub leg: Scale,
}

/// Everything a guess needs to know of a mode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// Of positions.
    pub ground: Scales,
    /// Of heights.
    pub height: Scales,
}

impl Scales {
    /// That of one kind of guess.
    pub const fn of(&self, kind: Kind) -> &Scale {
        match kind {
            Kind::Between => &self.between,
            Kind::Beyond => &self.beyond,
            Kind::Leg => &self.leg,
        }
    }
}

impl Habits {
    /// How long a gap is, in powers of ten of the time in which a course is forgotten.
    pub fn span_log(&self, span_s: f64) -> f64 {
        libm::log10((span_s / self.course_s).clamp(0.01, 100.0))
    }

    /// The habits of people on foot.
    pub const ON_FOOT: Self = Self {
        steady_s: 60.0,
        course_s: 120.0,
        usual_m_s: 6.0,
        boards_m_s: 12.0,
        slope: 0.03,
        climb_m_s: 0.1,
        cruises: false,
        ramp_s: 0.0,
        uneven: 0.2,
        detour_s: 0.0,
    };

    /// The habits of a mode; what travels in an unknown way is on foot or slower.
    pub const fn of(mode: Option<Mode>) -> &'static Self {
        match mode {
            Some(Mode::Air) => &Self {
                steady_s: 1500.0,
                course_s: 300.0,
                usual_m_s: 200.0,
                boards_m_s: 0.0,
                slope: 0.0,
                climb_m_s: 5.0,
                cruises: true,
                ramp_s: 1200.0,
                uneven: 0.3,
                detour_s: 21600.0,
            },
            Some(Mode::Sea) => &Self {
                steady_s: 1500.0,
                course_s: 900.0,
                usual_m_s: 6.0,
                boards_m_s: 0.0,
                slope: 0.0,
                climb_m_s: 0.01,
                cruises: false,
                ramp_s: 0.0,
                uneven: 0.15,
                detour_s: 21600.0,
            },
            Some(Mode::Road | Mode::Rail) => &Self {
                steady_s: 60.0,
                course_s: 120.0,
                usual_m_s: 15.0,
                boards_m_s: 0.0,
                slope: 0.03,
                climb_m_s: 0.3,
                cruises: false,
                ramp_s: 0.0,
                uneven: 0.2,
                detour_s: 7200.0,
            },
            None => &Self::ON_FOOT,
        }
    }
}

impl Parameters {
    /// The parameters of a mode.
    pub const fn of(mode: Option<Mode>) -> &'static Self {
        match mode {
            Some(Mode::Air) => &fitted::AIR,
            Some(Mode::Sea) => &fitted::SEA,
            Some(Mode::Road | Mode::Rail) | None => &fitted::LAND,
        }
    }
}

/// Where fitting starts, and stays near where tracks say little: the same for all
/// modes. How it was found is told in `docs/decisions/0011-how-a-radius-is-found.md`.
pub const PRIOR: Parameters = Parameters {
    ground: Scales {
        between: Scale {
            shares: [0.4, 14.0, 0.05, 0.1, 0.07, 0.06, 0.08, 0.95],
            prior: 0.1,
            factor: 6.8,
            alone: 1.0,
            short: 1.6,
            long: 0.8,
        },
        beyond: Scale {
            shares: [0.3, 0.2, 0.13, 0.008, 0.06, 0.02, 0.03, 0.001],
            prior: 0.5,
            factor: 6.6,
            alone: 0.65,
            short: 0.8,
            long: 1.3,
        },
        leg: leg([1.0, 0.75]),
    },
    height: Scales {
        between: Scale {
            shares: [0.16, 3.0, 0.3, 0.1, 0.0005, 0.01, 0.001, 0.001],
            prior: 0.13,
            factor: 4.1,
            alone: 0.3,
            short: 2.1,
            long: 1.65,
        },
        beyond: Scale {
            shares: [0.2, 1.0, 0.1, 0.05, 0.002, 0.3, 0.001, 0.001],
            prior: 0.1,
            factor: 2.5,
            alone: 0.5,
            short: 1.0,
            long: 1.0,
        },
        leg: leg([0.5, 0.001]),
    },
};

/// A leg has two lengths and no echoes: its shares are all there is to fit.
const fn leg([first, second]: [f64; 2]) -> Scale {
    let mut shares = [0.001; LENGTHS];
    (shares[0], shares[1]) = (first, second);
    Scale { shares, prior: 1.0, factor: 1.0, alone: 0.001, short: 1.0, long: 1.0 }
}
