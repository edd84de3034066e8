//! Dates and times as people write them, by the formats a mapping names.

use std::fmt;

use jiff::civil;

mod format;
#[cfg(test)]
mod tests;

pub use format::{DateFormat, InvalidFormat};

/// A moment as it is written: with or without a time of day, with or without
/// saying where on Earth that time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A day by some local calendar.
    Day(civil::Date),
    /// A day and time by some local clock.
    Local(civil::DateTime),
    /// An instant: milliseconds since 1970, UTC.
    Instant(i64),
}

/// Why a text is no moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidMoment {
    /// It is not written as the format says.
    Unlike,
    /// It is written as the format says, and there is no such moment.
    Impossible(&'static str),
}

impl fmt::Display for InvalidMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unlike => f.write_str("not written as the format says"),
            Self::Impossible(what) => write!(f, "impossible: {what}"),
        }
    }
}

impl std::error::Error for InvalidMoment {}

/// Reads a text by the first format it is written in. A text that fits a format
/// but names no real moment is refused even if a later format could read it:
/// 13/02/2020 must not turn into another day.
pub fn parse_any(formats: &[DateFormat], text: &str) -> Result<Moment, InvalidMoment> {
    for format in formats {
        match format.parse(text) {
            Err(InvalidMoment::Unlike) => (),
            outcome => return outcome,
        }
    }
    Err(InvalidMoment::Unlike)
}
