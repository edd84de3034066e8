//! Names of files: the day that their events were recorded on, and the entries of
//! the log that they come from. So the same entries always have the same name.

use std::{fmt, str::FromStr};

use blobs::BlobName;
use domain::time::{DAY, Timestamp};
use jiff::{ToSpan, civil::Date};

/// The folder of all files.
pub const FOLDER: &str = "history/events";

/// A file of events. Days are partitions as Hive writes them: `dt=2026-11-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// The day on which its events were recorded, counted from 1970, UTC.
    pub day: u32,
    /// The first of its entries in the log.
    pub first: u64,
    /// The last one.
    pub last: u64,
}

/// A name that no file of events has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidSegment(pub String);

impl Segment {
    /// The day that an instant falls on.
    #[must_use]
    pub const fn day_of(at: Timestamp) -> u32 {
        (at.millis() / DAY) as u32
    }

    /// Where it is.
    #[must_use]
    pub fn name(&self) -> BlobName {
        BlobName::new(self.to_string()).expect("dates and numbers are names")
    }
}

/// The folder of a day, as Hive writes partitions: `dt=2026-11-25`.
pub(crate) fn dated(day: u32) -> String {
    format!("dt={}", EPOCH.saturating_add(i64::from(day).days()))
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { day, first, last } = self;
        write!(f, "{FOLDER}/{}/{first:012}-{last:012}.parquet", dated(*day))
    }
}

impl FromStr for Segment {
    type Err = InvalidSegment;

    fn from_str(name: &str) -> Result<Self, InvalidSegment> {
        let read = || {
            let rest = name.strip_prefix(FOLDER)?.strip_prefix("/dt=")?;
            let (date, span) = rest.split_once('/')?;
            let (first, last) = span.strip_suffix(".parquet")?.split_once('-')?;
            let days = EPOCH.until(date.parse::<Date>().ok()?).ok()?.get_days();
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            Some(Self { day: days.try_into().ok()?, first, last })
        };
        let segment: Option<Self> = read();
        // Only the one way to write it.
        let same = segment.filter(|it| it.first <= it.last && it.to_string() == name);
        same.ok_or_else(|| InvalidSegment(name.to_owned()))
    }
}

/// The day that days are counted from.
const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl fmt::Display for InvalidSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name: String = self.0.chars().take(80).collect();
        write!(f, "{name:?} is no file of events: {FOLDER}/dt=DATE/FIRST-LAST.parquet is expected")
    }
}

impl std::error::Error for InvalidSegment {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_day_and_entries_and_is_read_back() {
        let segment = Segment { day: 20_782, first: 7, last: 70_006 };
        let name = "history/events/dt=2026-11-25/000000000007-000000070006.parquet";
        assert_eq!(segment.name().as_str(), name);
        assert_eq!(name.parse(), Ok(segment));
    }

    #[test]
    fn other_names_are_refused() {
        for name in [
            "",
            "history/events/dt=2026-11-25/7-8.parquet",
            "history/events/dt=2026-11-31/000000000007-000000000008.parquet",
            "history/events/dt=1969-12-31/000000000007-000000000008.parquet",
            "history/events/dt=2026-11-25/000000000009-000000000008.parquet",
            "history/events/dt=2026-11-25/000000000007-000000000008.csv",
        ] {
            assert!(name.parse::<Segment>().is_err(), "{name}");
        }
    }
}
