//! Instants in milliseconds since 1970, UTC, within the years this product speaks of.

use std::fmt;

use minicbor::{Decode, Decoder, Encode, decode};

/// An instant: milliseconds since 1970-01-01T00:00:00Z. Which clock it was read
/// from is in the name of the variable: `happened_at` (the world's) or
/// `recorded_at` (ours).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[cbor(n(0), decode_with = "stored_millis")] i64);

/// Damaged bytes are refused here: instants are subtracted without a check.
fn stored_millis<C>(from: &mut Decoder<'_>, _: &mut C) -> Result<i64, decode::Error> {
    let read = Timestamp::from_millis(from.i64()?);
    read.map(Timestamp::millis).map_err(decode::Error::custom)
}

/// A length of time in milliseconds; may be negative.
pub type Millis = i64;

/// One second.
pub const SECOND: Millis = 1_000;
/// One minute.
pub const MINUTE: Millis = 60 * SECOND;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;
/// One day of 24 hours.
pub const DAY: Millis = 24 * HOUR;

/// An instant outside the years 1970 to 2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTimestamp(pub i64);

impl fmt::Display for InvalidTimestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time is outside the years 1970 to 2199")
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    /// The first instant there is.
    pub const MIN: Self = Self(0);
    /// The last instant there is: 2199-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(7_258_118_399_999);

    /// Takes milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Result<Self, InvalidTimestamp> {
        if Self::MIN.0 <= millis && millis <= Self::MAX.0 {
            Ok(Self(millis))
        } else {
            Err(InvalidTimestamp(millis))
        }
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; negative when it is before.
    pub const fn since(self, earlier: Self) -> Millis {
        self.0 - earlier.0
    }

    /// This instant moved by `by`, held inside the years there are.
    #[must_use]
    pub fn plus(self, by: Millis) -> Self {
        Self(self.0.saturating_add(by).clamp(Self::MIN.0, Self::MAX.0))
    }
}
