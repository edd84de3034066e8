//! Which facts may be recorded about a subject, given what is already known.

use std::fmt;

use crate::{
    event::{Event, Fact, FactKind, Holder},
    id::{PlaceId, Subject, SubjectKind},
    state::State,
};

#[cfg(test)]
mod tests;

/// Why a fact is not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is known of the subject: it must be registered first.
    NotRegistered(Subject),
    /// The subject is registered already.
    AlreadyRegistered(Subject),
    /// This kind of fact makes no sense for this kind of subject.
    WrongSubject(FactKind, SubjectKind),
    /// The record is for another kind of subject.
    WrongRecord(SubjectKind, SubjectKind),
    /// A correction must say what is true instead, not correct or void in turn.
    NestedCorrection,
    /// A thing cannot be inside itself.
    InsideItself(Subject),
    /// A place cannot be merged into itself.
    OneWithItself(PlaceId),
    /// A place cannot be merged into one that is itself merged: into this instead.
    IntoMerged {
        /// The place that was named.
        place: PlaceId,
        /// The one that it is.
        is: PlaceId,
    },
    /// Several places are one here, and none of them may become a home.
    MergedHome(Subject),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegistered(it) => write!(f, "{it} is not registered"),
            Self::AlreadyRegistered(it) => write!(f, "{it} is registered already"),
            Self::WrongSubject(fact, kind) => write!(f, "a {kind} cannot be {fact}"),
            Self::WrongRecord(record, subject) => {
                write!(f, "a {record} record cannot describe a {subject}")
            }
            Self::NestedCorrection => {
                f.write_str("a correction holds the fact that is true, not another correction")
            }
            Self::InsideItself(it) => write!(f, "{it} cannot be inside itself"),
            Self::OneWithItself(it) => write!(f, "{it} cannot be merged into itself"),
            Self::IntoMerged { place, is } => {
                write!(f, "{place} is merged into {is}: name {is}, or separate them before")
            }
            Self::MergedHome(it) => {
                write!(f, "{it} is one with another place: separate them before it becomes a home")
            }
        }
    }
}

impl std::error::Error for Refusal {}

/// Says whether `event` may be recorded beside what `state` already holds.
/// `None` means that nothing is known of the subject.
pub fn admit(state: Option<&State>, event: &Event) -> Result<(), Refusal> {
    let registered = state.is_some_and(|state| state.registered_at.is_some());
    match (&event.fact, registered) {
        (Fact::Registered(_), true) => return Err(Refusal::AlreadyRegistered(event.subject)),
        (Fact::Registered(_), false) | (_, true) => (),
        (_, false) => return Err(Refusal::NotRegistered(event.subject)),
    }
    check_fact(event.subject, &event.fact)
}

fn check_fact(subject: Subject, fact: &Fact) -> Result<(), Refusal> {
    let kind = subject.kind();
    match fact {
        Fact::Registered(record) | Fact::Amended { set: record, .. } if record.kind() != kind => {
            return Err(Refusal::WrongRecord(record.kind(), kind));
        }
        Fact::Joined(Holder::Container(it)) if subject == Subject::Container(*it) => {
            return Err(Refusal::InsideItself(subject));
        }
        Fact::Merged { into: Some(it) } if subject == Subject::Place(*it) => {
            return Err(Refusal::OneWithItself(*it));
        }
        Fact::Corrected { fact, .. } => {
            return if matches!(**fact, Fact::Corrected { .. } | Fact::Voided { .. }) {
                Err(Refusal::NestedCorrection)
            } else {
                check_fact(subject, fact)
            };
        }
        _ => (),
    }
    if applies(fact.kind(), kind) { Ok(()) } else { Err(Refusal::WrongSubject(fact.kind(), kind)) }
}

/// Which kinds of fact make sense for which kinds of subject.
#[must_use]
pub const fn applies(fact: FactKind, subject: SubjectKind) -> bool {
    match fact {
        FactKind::Registered
        | FactKind::Amended
        | FactKind::Corrected
        | FactKind::Voided
        | FactKind::Note => true,
        FactKind::Positioned
        | FactKind::Scanned
        | FactKind::Departed
        | FactKind::Arrived
        | FactKind::Joined
        | FactKind::Left
        | FactKind::TrackerAttached
        | FactKind::TrackerDetached
        | FactKind::PhotoAdded => {
            matches!(subject, SubjectKind::Package | SubjectKind::Container)
        }
        FactKind::PickedUp
        | FactKind::CostAdded
        | FactKind::CostCredited
        | FactKind::CostShared
        | FactKind::PromiseChanged
        | FactKind::Problem
        | FactKind::Solved
        | FactKind::Held
        | FactKind::OutForDelivery
        | FactKind::ReadyToCollect
        | FactKind::Delivered
        | FactKind::Returning
        | FactKind::Returned
        | FactKind::Lost
        | FactKind::Cancelled => matches!(subject, SubjectKind::Package),
        FactKind::Merged => matches!(subject, SubjectKind::Place),
    }
}
