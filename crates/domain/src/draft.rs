//! A fact before it is recorded: who says it and when we learned it come later.

use crate::{
    event::Fact,
    id::{EventId, Subject},
    time::Timestamp,
};

/// One fact that somebody wants recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its id: derived from what makes two tellings the same.
    pub id: EventId,
    /// What it is about.
    pub subject: Subject,
    /// When it happened, by the world's clock.
    pub happened_at: Timestamp,
    /// What is said.
    pub fact: Fact,
}
