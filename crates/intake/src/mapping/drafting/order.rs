//! When the events of a row happened, as far as its days leave that open.

use domain::{event::Fact, time::Timestamp};

/// When something happened: at a stated instant, or somewhen on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub earliest: Timestamp,
    pub latest: Timestamp,
    /// What is taken unless another event of the row speaks against it.
    pub likely: Timestamp,
}

impl When {
    /// At this very instant.
    pub const fn at(instant: Timestamp) -> Self {
        Self { earliest: instant, latest: instant, likely: instant }
    }
}

/// An event of a row: the number of its rule among those of its kind, when, what.
pub type Stated = (u16, When, Fact);

/// Chooses an instant for each event. The order of the mapping is the order in
/// which things go: where a day leaves room, an event comes after those before
/// it and before those behind it, whatever the time zones. Stated instants stay
/// as they are, but for a millisecond between two that are equal: otherwise
/// chance would decide which came last.
pub fn in_mapping_order(mut events: Vec<Stated>) -> Vec<(u16, Timestamp, Fact)> {
    let mut next = Timestamp::MAX;
    for (_, when, _) in events.iter_mut().rev() {
        let before_next = next.plus(-1);
        if (when.earliest..=when.latest).contains(&before_next) && when.earliest < when.latest {
            when.latest = before_next;
            when.likely = when.likely.min(before_next);
        }
        next = when.latest;
    }
    let mut last = Timestamp::MIN;
    let mut placed: Vec<(u16, Timestamp, Fact)> = Vec::with_capacity(events.len());
    for (nth, when, fact) in events {
        let after_last = last.plus(1);
        let mut at = when.likely;
        if !placed.is_empty() && at < after_last && after_last <= when.latest {
            at = after_last;
        }
        while placed.iter().any(|(_, taken, _)| *taken == at) && at < Timestamp::MAX {
            at = at.plus(1);
        }
        last = last.max(at);
        placed.push((nth, at, fact));
    }
    placed
}
