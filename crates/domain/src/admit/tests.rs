//! Which facts are admitted about what, and when.

use super::*;
use crate::{
    id::{ContainerId, EventId, PackageId, PlaceId},
    record::{ClientRecord, PackageRecord, Record},
    state::fold,
    time::Timestamp,
};

fn event(number: u8, subject: Subject, fact: Fact) -> Event {
    Event {
        id: EventId::from_bytes([number; 16]),
        subject,
        happened_at: Timestamp::MIN.plus(i64::from(number)),
        recorded_at: Timestamp::MIN.plus(i64::from(number)),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

const PACKAGE: Subject = Subject::Package(PackageId::from_bytes([1; 16]));
const PLACE: PlaceId = PlaceId::from_bytes([2; 16]);

fn registration() -> Event {
    let record = Record::Package(PackageRecord::default());
    event(1, PACKAGE, Fact::Registered(Box::new(record)))
}

#[test]
fn a_thing_is_registered_first_and_once() {
    let scan = event(2, PACKAGE, Fact::Scanned { place: PLACE, floor: None });
    assert_eq!(admit(None, &scan), Err(Refusal::NotRegistered(PACKAGE)));
    assert_eq!(admit(None, &registration()), Ok(()));
    let state = fold(&[registration()]);
    assert_eq!(admit(Some(&state), &scan), Ok(()));
    assert_eq!(admit(Some(&state), &registration()), Err(Refusal::AlreadyRegistered(PACKAGE)));
}

#[test]
fn a_registration_that_was_taken_back_can_be_made_again() {
    let void = event(3, PACKAGE, Fact::Voided { target: registration().id, why: None });
    let promise = crate::record::Promise { first: Timestamp::MIN, last: Timestamp::MAX };
    let promised = event(4, PACKAGE, Fact::PromiseChanged(promise));
    let state = fold(&[registration(), promised.clone(), void]);
    assert_eq!(admit(Some(&state), &promised), Err(Refusal::NotRegistered(PACKAGE)));
    assert_eq!(admit(Some(&state), &registration()), Ok(()));
}

#[test]
fn every_kind_of_fact_has_subjects_it_is_about() {
    for fact in FactKind::ALL {
        let subjects: Vec<_> =
            SubjectKind::ALL.iter().filter(|subject| applies(*fact, **subject)).collect();
        let whom = match fact {
            FactKind::Merged => SubjectKind::Place,
            _ => SubjectKind::Package,
        };
        assert!(subjects.contains(&&whom), "{fact} is about a {whom}");
    }
    assert!(applies(FactKind::Joined, SubjectKind::Container));
    assert!(!applies(FactKind::Joined, SubjectKind::Place));
    assert!(!applies(FactKind::Delivered, SubjectKind::Container));
    assert!(applies(FactKind::Note, SubjectKind::Client));
}

#[test]
fn facts_about_the_wrong_kind_of_thing_are_refused() {
    let place = Subject::Place(PLACE);
    let record = Record::Client(ClientRecord { name: "Acme".to_owned() });
    let wrong = event(1, place, Fact::Registered(Box::new(record)));
    let refusal = Refusal::WrongRecord(SubjectKind::Client, SubjectKind::Place);
    assert_eq!(admit(None, &wrong), Err(refusal));
    let state = fold(&[registration()]);
    let delivered = event(2, place, Fact::Lost);
    let refusal = Refusal::WrongSubject(FactKind::Lost, SubjectKind::Place);
    assert_eq!(admit(Some(&state), &delivered), Err(refusal));
    let corrected = Fact::Corrected { target: registration().id, fact: Box::new(Fact::Lost) };
    let refusal = Refusal::WrongSubject(FactKind::Lost, SubjectKind::Place);
    assert_eq!(admit(Some(&state), &event(3, place, corrected)), Err(refusal));
}

#[test]
fn a_correction_says_what_is_true() {
    let state = fold(&[registration()]);
    let target = registration().id;
    for inner in
        [Fact::Voided { target, why: None }, Fact::Corrected { target, fact: Box::new(Fact::Lost) }]
    {
        let nested = Fact::Corrected { target, fact: Box::new(inner) };
        assert_eq!(admit(Some(&state), &event(2, PACKAGE, nested)), Err(Refusal::NestedCorrection));
    }
    let plain = Fact::Corrected { target, fact: Box::new(Fact::Lost) };
    assert_eq!(admit(Some(&state), &event(2, PACKAGE, plain)), Ok(()));
}

#[test]
fn nothing_is_put_into_itself() {
    let id = ContainerId::from_bytes([3; 16]);
    let subject = Subject::Container(id);
    let state = fold(&[registration()]);
    let joined = event(2, subject, Fact::Joined(Holder::Container(id)));
    assert_eq!(admit(Some(&state), &joined), Err(Refusal::InsideItself(subject)));
}

#[test]
fn refusals_read_as_sentences() {
    let text = Refusal::WrongSubject(FactKind::Lost, SubjectKind::Place).to_string();
    assert_eq!(text, "a place cannot be lost");
}

#[test]
fn a_place_is_not_merged_into_itself_and_nothing_else_is_merged() {
    let place = Subject::Place(PLACE);
    let merged = |subject, into| check_fact(subject, &Fact::Merged { into });
    let other = PlaceId::from_bytes([9; 16]);
    assert_eq!(merged(place, Some(PLACE)), Err(Refusal::OneWithItself(PLACE)));
    assert_eq!(merged(place, Some(other)), Ok(()));
    assert_eq!(merged(place, None), Ok(()));
    let wrong = Refusal::WrongSubject(FactKind::Merged, SubjectKind::Package);
    assert_eq!(merged(PACKAGE, Some(other)), Err(wrong));
}
