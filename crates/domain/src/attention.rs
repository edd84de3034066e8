//! What somebody should look at, why, and from when on: a pure function of what
//! is known, so that nothing has to run for it to be true.

use crate::{
    state::{State, Status},
    time::{MINUTE, Millis, Timestamp},
    words::words,
};

#[cfg(test)]
mod tests;

/// A tracker that was not heard of for this long is silent. Trackers report every
/// few seconds to every quarter of an hour; two of the latter may be lost.
pub const SILENT_AFTER: Millis = 45 * MINUTE;

words! {
    /// Why something needs attention.
    AttentionReason, "attention";
    /// Something went wrong with it; its incident says what.
    0 Problem "problem",
    /// Somebody holds it back.
    1 Held "held",
    /// Nobody knows where it is.
    2 Lost "lost",
    /// It should have been delivered.
    3 Overdue "overdue",
    /// Its tracker is not heard of.
    4 Silent "silent",
}

impl AttentionReason {
    /// What to do about it.
    #[must_use]
    pub const fn next_step(self) -> &'static str {
        match self {
            Self::Problem => "Settle the incident with the carrier and record what was agreed.",
            Self::Held => "Ask whoever holds it what is missing, and send it.",
            Self::Lost => "Ask the carrier to search, and tell whoever waits for it.",
            Self::Overdue => "Ask the carrier for a new date and tell whoever waits for it.",
            Self::Silent => "Ask the driver, or look whether the tracker has power and a signal.",
        }
    }
}

/// Why a package needs attention, each with the instant from which on it does,
/// which may lie in the future: a promise that stands is broken when it has passed.
#[must_use]
pub fn reasons(state: &State) -> Vec<(AttentionReason, Timestamp)> {
    let Some(record) = state.package() else { return Vec::new() };
    let now = match state.status {
        Status::Problem => Some(AttentionReason::Problem),
        Status::Held => Some(AttentionReason::Held),
        Status::Lost => Some(AttentionReason::Lost),
        _ => None,
    };
    let mut all: Vec<_> = now.map(|reason| (reason, state.status_at)).into_iter().collect();
    // A promise is about the way there: not the way back, nor waiting to be collected.
    let on_its_way = !state.status.is_final()
        && !matches!(state.status, Status::Lost | Status::Returning | Status::ReadyToCollect);
    if let Some(promise) = record.promised.filter(|_| on_its_way) {
        all.push((AttentionReason::Overdue, promise.last));
    }
    all
}
