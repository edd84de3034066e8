//! What is said of one subject, in order, under ids that never change.

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, Subject},
    time::Timestamp,
};

/// Everything that is ever said of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// About what.
    pub subject: Subject,
    /// What is said, in order of time.
    pub drafts: Vec<Draft>,
}

impl Story {
    /// Nothing is said yet.
    pub const fn of(subject: Subject) -> Self {
        Self { subject, drafts: Vec::new() }
    }

    /// Says one thing more. Two things of one instant would count in the order of
    /// their ids, so each comes at least a millisecond after the one before.
    pub fn say(&mut self, at: Timestamp, fact: Fact) {
        let place = self.drafts.len() as u64;
        let after = self.drafts.last().map_or(Timestamp::MIN, |it| it.happened_at.plus(1));
        let id = event_id(self.subject, place);
        let happened_at = at.max(after);
        self.drafts.push(Draft { id, subject: self.subject, happened_at, fact });
    }

    /// What of it happens from one instant until just before another.
    #[must_use]
    pub fn within(mut self, from: Timestamp, to: Timestamp) -> Self {
        self.drafts.retain(|it| from <= it.happened_at && it.happened_at < to);
        self
    }
}

/// The id of what is said of a subject at this place in its story.
pub fn event_id(subject: Subject, place: u64) -> EventId {
    EventId::derive(&[b"demo", &[subject.kind() as u8], subject.id_bytes(), &place.to_be_bytes()])
}
