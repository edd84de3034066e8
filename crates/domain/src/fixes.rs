//! What trackers report: fixes in columns, the chunks that keep them for good, the
//! ring of a tracker's latest, and the trails of those before them. A wrong fix is marked, never dropped.

pub mod archive;
pub mod chunk;
mod coarse;
pub mod columns;
pub mod ring;
mod thin;

#[cfg(test)]
mod tests;

use crate::{motion::Fix, words::words};

pub use chunk::Chunk;
pub use coarse::{COARSE_RADIUS_M, coarsened};
pub use columns::{Batch, InvalidColumns};
pub use ring::{Absorbed, Ring};
pub use thin::thinned;

words! {
    /// Why a fix says nothing about where its tracker is.
    Mark, "mark";
    /// It was said to be measured later than when we heard of it.
    0 Future "future",
    /// Nothing gets there from the fixes beside it in the time.
    1 TooFast "too_fast",
    /// Another fix of the same instant was heard before and says otherwise.
    2 Contradicts "contradicts",
}

/// A fix as it is kept. Earlier ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// What was measured.
    pub fix: Fix,
    /// Why it does not count, if it does not.
    pub mark: Option<Mark>,
}

impl Point {
    /// A fix that nothing speaks against.
    #[must_use]
    pub const fn good(fix: Fix) -> Self {
        Self { fix, mark: None }
    }
}
