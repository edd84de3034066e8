//! Where something is, or was: a pure function of recorded facts. Every link of
//! the chain that holds it offers where it may be; the smallest 95 % disc wins.

use std::fmt;

use crate::{
    id::{PlaceId, Subject},
    position::LatLon,
    time::{Millis, Timestamp},
    words::words,
};

mod chain;
mod choice;
mod disc;
mod evidence;
mod home;
mod moves;
mod pace;
mod search;
#[cfg(test)]
mod tests;
mod track;
mod world;

pub use home::HOME_NEAR_M;
pub(crate) use pace::Pace;
pub(crate) use search::Search;
pub use track::{TRACK_POINTS_MAX, TrackPoint, track, track_needs};
pub use world::{Need, Routes, World};

/// Most links from a package to its outermost holder; a deeper chain is cut.
pub const DEPTH_MAX: usize = 8;

words! {
    /// What an answer rests on.
    Basis, "basis";
    /// A position measured on the thing itself less than a minute before.
    0 Measured "measured",
    /// A sighting at a place.
    1 Scanned "scanned",
    /// A position measured on, or a sighting of, what holds it.
    2 Inherited "inherited",
    /// A movement between two facts.
    3 Interpolated "interpolated",
    /// What is likely since the last fact.
    4 Predicted "predicted",
}

/// Where something is.
#[derive(Clone, Debug, PartialEq)]
pub struct Whereabouts {
    /// The middle of the disc.
    pub position: LatLon,
    /// Metres above the WGS 84 ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// It is within this many metres of the middle with 95 % probability.
    pub radius_95_m: f64,
    /// Its height is within this many metres with 95 % probability.
    pub vertical_95_m: Option<f64>,
    /// What the answer rests on.
    pub basis: Basis,
    /// When the latest fact that it rests on happened.
    pub as_of: Timestamp,
    /// How long before the instant asked for that was.
    pub age_ms: Millis,
    /// From the thing itself outwards to the link whose facts give the answer.
    pub chain: Vec<Subject>,
    /// The place it is at.
    pub place: Option<PlaceId>,
    /// The place it is moving to.
    pub towards: Option<PlaceId>,
    /// Facts that cannot all be true.
    pub contradictions: Vec<Contradiction>,
}

/// Facts that cannot all be true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contradiction {
    /// Two links of the chain are in different parts of the world.
    Apart {
        /// Whose facts were believed.
        believed: Subject,
        /// Whose facts were not.
        other: Subject,
        /// Metres between the two discs.
        gap_m: u64,
    },
    /// It should have stayed at a place but was measured elsewhere.
    Strayed {
        /// What was measured.
        subject: Subject,
        /// Where it should be.
        place: PlaceId,
        /// Metres from that place's edge to the edge of where it was measured.
        gap_m: u64,
    },
    /// It was seen in two places that nothing could travel between in the time.
    TooFast {
        /// What was seen.
        subject: Subject,
        /// When it was first seen.
        from_at: Timestamp,
        /// When it was seen elsewhere.
        to_at: Timestamp,
        /// Metres between the two.
        distance_m: u64,
    },
    /// It would be inside itself: this joining is ignored.
    Cycle {
        /// What was put in.
        child: Subject,
        /// Into what.
        holder: Subject,
        /// When.
        joined_at: Timestamp,
    },
    /// Containers stand more than [`DEPTH_MAX`] deep inside each other: this and
    /// what holds it are ignored.
    TooDeep {
        /// The first container that is ignored.
        holder: Subject,
    },
}

/// Where `subject` was or will be at `at`, from what `world` holds; `None` when
/// nothing at all is known of it by then. Final once [`needs`] has nothing to ask.
#[must_use]
pub fn whereabouts(world: &World, subject: Subject, at: Timestamp) -> Option<Whereabouts> {
    Search::new(world).answer(subject, at)
}

/// What holds `subject` at `at`, from itself outwards: what it is inside, what
/// that is inside, at most [`DEPTH_MAX`] links.
#[must_use]
pub fn holders(world: &World, subject: Subject, at: Timestamp) -> Vec<Subject> {
    let chain = chain::chain(&Search::without_routes(world), subject, at);
    chain.links.into_iter().map(|(link, _)| link).collect()
}

/// What must still be loaded before [`whereabouts`] is final. Chains are found
/// link by link: load what is asked for and ask again until nothing is.
#[must_use]
pub fn needs(world: &World, subject: Subject, at: Timestamp) -> Vec<Need> {
    let search = Search::without_routes(world);
    search.answer(subject, at);
    search.into_needs()
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let km = |metres: &u64| *metres as f64 / 1000.0;
        match self {
            Self::Apart { believed, other, gap_m } => {
                write!(f, "{other} is said to be {:.1} km away from {believed}", km(gap_m))
            }
            Self::Strayed { subject, place, gap_m } => {
                write!(
                    f,
                    "{subject} should be at {place} but was measured {:.1} km away",
                    km(gap_m)
                )
            }
            Self::TooFast { subject, from_at, to_at, distance_m } => {
                let hours = to_at.since(*from_at) as f64 / 3_600_000.0;
                write!(f, "{subject} was seen {:.1} km apart within {hours:.1} h", km(distance_m))
            }
            Self::Cycle { child, holder, .. } => {
                write!(f, "{child} was put into {holder}, which is inside it")
            }
            Self::TooDeep { holder } => {
                write!(f, "{holder} is more than {DEPTH_MAX} containers away and is ignored")
            }
        }
    }
}
