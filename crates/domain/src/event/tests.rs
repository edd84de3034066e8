//! What makes events the same, when they count, and what they assert.

use super::*;
use crate::{id::PackageId, record::PackageRecord, time::HOUR};

fn event(fact: Fact) -> Event {
    Event {
        id: EventId::from_bytes([1; 16]),
        subject: Subject::Package(PackageId::from_bytes([2; 16])),
        happened_at: Timestamp::MIN.plus(HOUR),
        recorded_at: Timestamp::MIN.plus(HOUR),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

#[test]
fn our_clock_and_the_salts_do_not_make_another_event() {
    let told = event(Fact::Note(Private::new("fragile")));
    let mut again = told.clone();
    again.recorded_at = again.recorded_at.plus(HOUR);
    for private in again.fact.privates_mut() {
        private.set_salt([9; 16]);
    }
    assert_eq!(again.content_hash(), told.content_hash());
    again.happened_at = again.happened_at.plus(1);
    assert_ne!(again.content_hash(), told.content_hash());
    assert_ne!(event(Fact::Note(Private::new("heavy"))).content_hash(), told.content_hash());
}

#[test]
fn an_event_counts_when_it_happened_unless_that_is_in_the_future() {
    let mut it = event(Fact::Lost);
    it.happened_at = it.recorded_at.plus(CLOCK_SKEW_MAX);
    assert_eq!(it.effective_at(), it.happened_at);
    it.happened_at = it.happened_at.plus(1);
    assert_eq!(it.effective_at(), it.recorded_at);
    assert_eq!(it.order(), (it.recorded_at, it.id));
}

#[test]
fn a_correction_asserts_what_is_true_and_a_void_nothing() {
    let target = EventId::from_bytes([5; 16]);
    let inner = Fact::Corrected { target, fact: Box::new(Fact::Lost) };
    let outer = Fact::Corrected { target: EventId::from_bytes([6; 16]), fact: Box::new(inner) };
    assert_eq!(outer.asserted(), Some(&Fact::Lost));
    assert_eq!(outer.target(), Some(EventId::from_bytes([6; 16])));
    let void = Fact::Voided { target, why: None };
    assert_eq!((void.asserted(), void.target()), (None, Some(target)));
    let corrected_void = Fact::Corrected { target, fact: Box::new(void) };
    assert_eq!(corrected_void.asserted(), None);
    assert_eq!((Fact::Lost.asserted(), Fact::Lost.target()), (Some(&Fact::Lost), None));
}

#[test]
fn personal_text_is_found_however_deep_it_is() {
    let recipient = crate::record::Recipient {
        name: Some(Private::new("Kim")),
        email: None,
        address: Some(Private::new("1 Main Street")),
    };
    let record = PackageRecord { recipient: Some(recipient), ..PackageRecord::default() };
    let set = Box::new(Record::Package(record));
    let amended = Fact::Amended { set, clear: Vec::new() };
    let target = EventId::from_bytes([5; 16]);
    let mut corrected = Fact::Corrected { target, fact: Box::new(amended) };
    assert_eq!(corrected.privates_mut().len(), 2);
    let mut void = Fact::Voided { target, why: Some(Private::new("typed twice")) };
    assert_eq!(void.privates_mut().len(), 1);
}

#[test]
fn an_erased_event_agrees_with_what_it_was_and_with_nothing_else() {
    let told = event(Fact::Note(Private::new("fragile")));
    let mut erased = told.clone();
    assert_eq!((erased.fact.erase(), erased.fact.erase()), (1, 0));
    assert!(erased.agrees_with(&told) && told.agrees_with(&erased));
    let other = event(Fact::Lost);
    assert!(!erased.agrees_with(&other) && !other.agrees_with(&erased));
    let later = Event { happened_at: told.happened_at.plus(1), ..told.clone() };
    assert!(!erased.agrees_with(&later));
    assert!(!told.agrees_with(&event(Fact::Note(Private::new("heavy")))));
}
