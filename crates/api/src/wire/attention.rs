//! What needs attention, on the wire.

use serde::Serialize;
use service::attention;
use utoipa::ToSchema;

use crate::wire::{
    scalar::{Id, Time, ids},
    word::{Word, words},
};

/// A part of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttentionList {
    /// Newest first. There may be none on a page that has a next one.
    pub attention: Vec<Attention>,
    /// Pass it as `cursor` for more; missing at the end.
    pub next: Option<String>,
}

/// Something that needs attention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Attention {
    /// A package, or a container whose tracker is silent.
    pub subject: ids::Subject,
    /// Why.
    pub reason: words::AttentionReason,
    /// Since when: something went wrong, a promise was broken, a tracker was heard last.
    pub since: Time,
    /// What went wrong, where somebody said.
    pub incident: Option<words::IncidentReason>,
    /// What to do about it.
    pub next_step: &'static str,
    /// Where a package stands.
    pub status: Option<words::Status>,
    /// What people call it.
    pub name: Option<String>,
    /// The number people most likely know a package by.
    pub number: Option<String>,
    /// The silent tracker.
    pub tracker: Option<ids::Tracker>,
}

/// How much needs attention.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttentionCounts {
    /// How many lines the list has for each reason; every reason is here.
    pub reasons: Vec<ReasonCount>,
    /// How many lines it has in all.
    pub total: usize,
    /// True when there are so many that only some were counted.
    pub more: bool,
}

/// How much needs attention for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonCount {
    /// Why.
    pub reason: words::AttentionReason,
    /// How many lines of the list.
    pub lines: usize,
}

impl AttentionCounts {
    /// As it travels.
    #[must_use]
    pub fn of(it: attention::AttentionCounts) -> Self {
        let count =
            |(reason, lines): &(_, usize)| ReasonCount { reason: Word(*reason), lines: *lines };
        Self {
            reasons: it.reasons.iter().map(count).collect(),
            total: it.reasons.iter().map(|it| it.1).sum(),
            more: it.more,
        }
    }
}

impl Attention {
    /// As it travels.
    #[must_use]
    pub fn of(it: attention::Attention) -> Self {
        Self {
            subject: Id(it.subject),
            reason: Word(it.reason),
            since: Time(it.since),
            incident: it.incident.map(Word),
            next_step: it.reason.next_step(),
            status: it.status.map(Word),
            name: it.name,
            number: it.number,
            tracker: it.tracker.map(Id),
        }
    }
}
