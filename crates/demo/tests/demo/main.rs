//! The demo world is the same every time, hangs together, and could be ours.

mod lives;
mod schedule;
mod vehicles;

use domain::time::Timestamp;

/// 2026-03-02T10:17:00Z, a Monday morning.
pub fn anchor() -> Timestamp {
    Timestamp::from_millis(1_772_446_620_000).expect("one of our years")
}
