//! What single facts do to the state of a package.

use super::*;
use crate::{
    id::{ContainerId, PlaceId, Subject},
    money::{Currency, Money},
    private::Private,
    record::{ContainerKind, ContainerRecord, Promise},
    time::{DAY, HOUR},
};

const PACKAGE: Subject = Subject::Package(PackageId::from_bytes([1; 16]));
const HERE: PlaceId = PlaceId::from_bytes([2; 16]);
const THERE: PlaceId = PlaceId::from_bytes([3; 16]);
const TRUCK: Holder = Holder::Container(ContainerId::from_bytes([4; 16]));

fn at(hour: i64) -> Timestamp {
    Timestamp::MIN.plus(DAY + hour * HOUR)
}

fn event(hour: i64, fact: Fact) -> Event {
    Event {
        id: EventId::from_bytes([hour as u8; 16]),
        subject: PACKAGE,
        happened_at: at(hour),
        recorded_at: at(hour),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

/// Facts an hour apart.
fn after(facts: Vec<Fact>) -> State {
    let events: Vec<Event> = (0..).zip(facts).map(|(hour, fact)| event(hour, fact)).collect();
    fold(&events)
}

fn registered() -> Fact {
    Fact::Registered(Box::new(Record::Package(PackageRecord {
        origin: Some(HERE),
        destination: Some(THERE),
        ..PackageRecord::default()
    })))
}

fn departed(from: Option<PlaceId>) -> Fact {
    Fact::Departed { from, to: None, mode: None, expected_at: None }
}

fn scanned(place: PlaceId) -> Fact {
    Fact::Scanned { place, floor: None }
}

fn delivered() -> Fact {
    Fact::Delivered { place: None, proof: Proof::default() }
}

#[test]
fn a_package_goes_through_its_statuses() {
    let reason = IncidentReason::ConsigneeNotHome;
    let steps = [
        (registered(), Status::Registered),
        (scanned(HERE), Status::Registered),
        (Fact::PickedUp { place: None }, Status::PickedUp),
        (departed(None), Status::InTransit),
        (Fact::Arrived { place: THERE }, Status::InTransit),
        (Fact::Held { reason, place: None }, Status::Held),
        (scanned(THERE), Status::InTransit),
        (Fact::OutForDelivery { from: None }, Status::OutForDelivery),
        (Fact::Problem { reason, detail: None }, Status::Problem),
        (Fact::ReadyToCollect { place: THERE }, Status::ReadyToCollect),
        (delivered(), Status::Delivered),
        (scanned(THERE), Status::Delivered),
        (Fact::Returning { reason: None, to: None }, Status::Returning),
        (departed(None), Status::Returning),
        (Fact::Returned { place: None }, Status::Returned),
    ];
    for count in 1..=steps.len() {
        let facts = steps[..count].iter().map(|(fact, _)| fact.clone()).collect();
        assert_eq!(after(facts).status, steps[count - 1].1, "after {count} facts");
    }
}

#[test]
fn the_reason_goes_with_its_status() {
    let reason = IncidentReason::WeatherDelay;
    let state = after(vec![registered(), Fact::Problem { reason, detail: None }]);
    assert_eq!((state.reason, state.status_at), (Some(reason), at(1)));
    let state = after(vec![registered(), Fact::Problem { reason, detail: None }, delivered()]);
    assert_eq!((state.reason, state.delivered_at), (None, Some(at(2))));
}

#[test]
fn what_is_settled_comes_back_to_where_it_stood() {
    let reason = IncidentReason::WeatherDelay;
    let problem = || Fact::Problem { reason, detail: None };
    let held = || Fact::Held { reason, place: None };
    let solved = || Fact::Solved { detail: None };
    let picked_up = || vec![registered(), Fact::PickedUp { place: None }];
    let settled = |mut before: Vec<Fact>, troubles: &[Fact]| {
        before.extend(troubles.iter().cloned().chain([solved()]));
        after(before)
    };
    assert_eq!(settled(vec![registered()], &[problem()]).status, Status::Registered);
    let state = settled(picked_up(), &[problem()]);
    assert_eq!((state.status, state.reason, state.status_at), (Status::PickedUp, None, at(3)));
    for (fact, status) in [
        (Fact::OutForDelivery { from: None }, Status::OutForDelivery),
        (Fact::ReadyToCollect { place: THERE }, Status::ReadyToCollect),
        (Fact::Returning { reason: None, to: None }, Status::Returning),
    ] {
        let before = || picked_up().into_iter().chain([fact.clone()]).collect::<Vec<_>>();
        assert_eq!(settled(before(), &[problem()]).status, status);
        // A hold in a problem interrupts what the problem interrupted.
        assert_eq!(settled(before(), &[problem(), held()]).status, status);
    }
    // It has neither left nor been anywhere: only a departure or a scan says that.
    let state = settled(vec![registered(), scanned(HERE)], &[problem()]);
    assert_eq!((state.leg, state.last_place), (None, Some((HERE, at(1)))));
}

#[test]
fn a_delivery_that_was_doubted_stands_again_with_its_proof() {
    let proof = Proof { received_by: Some(Private::new("Kim")), ..Proof::default() };
    let reason = IncidentReason::CarrierDamagedParcel;
    let doubted = vec![
        registered(),
        Fact::Delivered { place: None, proof },
        Fact::Problem { reason, detail: None },
    ];
    assert_eq!(after(doubted.clone()).proof, None);
    let mut settled = doubted.clone();
    settled.push(Fact::Solved { detail: None });
    let state = after(settled);
    assert_eq!((state.status, state.delivered_at), (Status::Delivered, Some(at(1))));
    assert!(state.proof.is_some() && state.interrupted.is_none());
    // What was lost meanwhile is not back because the problem is settled.
    let mut lost = doubted;
    lost.extend([Fact::Lost, Fact::Solved { detail: None }]);
    let state = after(lost);
    assert_eq!((state.status, state.interrupted), (Status::Lost, None));
}

#[test]
fn a_delivery_that_does_not_stand_leaves_no_proof() {
    let proof = Proof { received_by: Some(Private::new("Kim")), ..Proof::default() };
    let handed_over = Fact::Delivered { place: None, proof };
    assert!(after(vec![registered(), handed_over.clone()]).proof.is_some());
    let state = after(vec![registered(), handed_over, departed(None)]);
    assert_eq!((state.proof, state.delivered_at, state.status), (None, None, Status::InTransit));
}

#[test]
fn whatever_is_received_leaves_its_container() {
    let loaded = || vec![registered(), Fact::Joined(TRUCK)];
    assert_eq!(after(loaded()).holder, Some((TRUCK, at(1))));
    for fact in [delivered(), Fact::Returned { place: None }, Fact::ReadyToCollect { place: THERE }]
    {
        let mut facts = loaded();
        facts.push(fact.clone());
        assert_eq!(after(facts).holder, None, "{}", fact.kind());
    }
    let mut facts = loaded();
    facts.push(scanned(THERE));
    assert_eq!(after(facts).holder, Some((TRUCK, at(1))), "a scan on board unloads nothing");
}

#[test]
fn leaving_another_container_changes_nothing() {
    let other = Holder::Container(ContainerId::from_bytes([5; 16]));
    let state = after(vec![registered(), Fact::Joined(TRUCK), Fact::Left(other)]);
    assert_eq!(state.holder, Some((TRUCK, at(1))));
    let state = after(vec![registered(), Fact::Joined(TRUCK), Fact::Left(TRUCK)]);
    assert_eq!(state.holder, None);
}

#[test]
fn a_leg_is_open_until_it_is_seen_somewhere() {
    let open = after(vec![registered(), scanned(HERE), departed(None)]);
    assert_eq!(open.leg.map(|it| (it.from, it.departed_at)), Some((Some(HERE), at(2))));
    let closed = after(vec![registered(), scanned(HERE), departed(None), scanned(THERE)]);
    assert_eq!((closed.leg, closed.last_place), (None, Some((THERE, at(3)))));
}

#[test]
fn a_place_that_is_not_said_is_the_destination_or_the_origin() {
    assert_eq!(after(vec![registered(), delivered()]).last_place, Some((THERE, at(1))));
    let back = after(vec![registered(), Fact::Returned { place: None }]);
    assert_eq!(back.last_place, Some((HERE, at(1))));
}

#[test]
fn what_was_said_before_the_registration_stays() {
    let promise = Promise { first: at(1), last: at(2) };
    let set = PackageRecord { carrier: Some("ups".to_owned()), ..PackageRecord::default() };
    let amended = Fact::Amended { set: Box::new(Record::Package(set)), clear: Vec::new() };
    let state = after(vec![Fact::PromiseChanged(promise), amended, registered()]);
    let record = state.package().unwrap();
    assert_eq!(record.promised, Some(promise));
    assert_eq!(record.carrier.as_deref(), Some("ups"));
    assert_eq!(record.destination, Some(THERE));
    assert_eq!(state.registered_at, Some(at(2)));

    let container = |name: &str| {
        let (kind, name) = (ContainerKind::Truck, name.to_owned());
        Box::new(Record::Container(ContainerRecord { kind, name, references: Vec::new() }))
    };
    let renamed = Fact::Amended { set: container("Truck 8"), clear: Vec::new() };
    let state = after(vec![renamed, Fact::Registered(container("Truck 7"))]);
    assert_eq!(state.record, Some(*container("Truck 8")));
}

#[test]
fn a_package_is_from_the_person_who_registered_it_first() {
    let [ada, ben] = [7, 8].map(|it| UserId::from_bytes([it; 16]));
    let by = |actor: &str, hour, fact| Event { actor: actor.to_owned(), ..event(hour, fact) };
    let (of_ada, of_ben) = (ada.to_string(), ben.to_string());
    let first = by(&of_ada, 1, registered());
    let again = by(&of_ben, 2, registered());
    let corrected =
        |hour| Fact::Corrected { target: event(hour, Fact::Lost).id, fact: Box::new(registered()) };
    let voided = |hour| Fact::Voided { target: event(hour, Fact::Lost).id, why: None };
    let from = |events: &[Event]| {
        let state = fold(events);
        (state.registered_by, state.registered_at)
    };
    let (first_at, again_at) = (Some(at(1)), Some(at(2)));
    assert_eq!(from(std::slice::from_ref(&first)), (Some(ada), first_at));
    // Whoever says something else of it, or registers it once more, is not who did.
    let scan = by(&of_ben, 0, scanned(HERE));
    assert_eq!(from(&[again.clone(), scan, first.clone()]), (Some(ada), first_at));
    // What is voided or corrected was not said: it is who says what is true.
    let void = by(&of_ada, 3, voided(1));
    assert_eq!(from(&[first.clone(), again.clone(), void.clone()]), (Some(ben), again_at));
    assert_eq!(from(&[first.clone(), void]), (None, None));
    let right = by(&of_ben, 3, corrected(1));
    assert_eq!(from(&[first.clone(), right]), (Some(ben), Some(at(3))));
    let right = by(&of_ben, 3, corrected(2));
    assert_eq!(from(&[first, again.clone(), right]), (Some(ada), first_at));
    // Nobody takes what no person registered.
    for nobody in ["demo", "operator", "bus:erp", "trk_0G40R40G40R40G40R40G40R40G", "usr_1", ""] {
        let first = by(nobody, 1, registered());
        assert_eq!(from(&[first, again.clone()]), (None, first_at), "{nobody}");
    }
}

#[test]
fn only_of_packages_is_kept_who_registered_them() {
    let (kind, name) = (ContainerKind::Truck, "Truck 7".to_owned());
    let truck = Record::Container(ContainerRecord { kind, name, references: Vec::new() });
    let actor = UserId::from_bytes([7; 16]).to_string();
    let truck = Event { actor, ..event(1, Fact::Registered(Box::new(truck))) };
    let state = fold(&[truck]);
    assert_eq!((state.registered_at, state.registered_by), (Some(at(1)), None));
}

#[test]
fn a_cost_line_told_again_replaces_itself() {
    let line = |minor, id: &str| CostLine {
        kind: CostKind::Freight,
        amount: Money { currency: Currency::USD, minor },
        source: "invoice".to_owned(),
        id: id.to_owned(),
    };
    let state = after(vec![
        registered(),
        Fact::CostAdded(line(100, "2")),
        Fact::CostAdded(line(70, "1")),
        Fact::CostAdded(line(120, "2")),
        Fact::CostCredited(line(20, "2")),
    ]);
    let costs: Vec<_> = state.costs.iter().map(|it| (it.line.amount.minor, it.credit)).collect();
    assert_eq!(costs, [(70, false), (120, false), (20, true)]);
}

#[test]
fn a_clock_that_runs_ahead_is_not_believed() {
    let mut early = event(1, scanned(THERE));
    early.happened_at = at(24 * 700);
    let state = fold(&[event(0, registered()), early.clone(), event(2, scanned(HERE))]);
    assert_eq!(state.last_place, Some((HERE, at(2))), "the fact from the future is not the latest");
    early.happened_at = early.recorded_at.plus(crate::event::CLOCK_SKEW_MAX);
    assert_eq!(early.effective_at(), early.happened_at, "a small difference is");
}

#[test]
fn a_void_that_comes_first_takes_its_target_away_all_the_same() {
    let target = event(3, delivered());
    let void = event(1, Fact::Voided { target: target.id, why: None });
    let before = fold(&[event(0, registered()), void.clone()]);
    assert_eq!(before.refuted, [target.id]);
    assert_eq!(before.clone().advanced(&target), None, "so the whole set is folded");
    let whole = fold(&[event(0, registered()), void, target]);
    assert_eq!((whole.status, whole.refuted.len()), (Status::Registered, 0));
    assert_eq!(whole.events, 3);
}

#[test]
fn only_the_newest_photos_are_listed() {
    let photo = |number: usize| PhotoId::from_bytes([number as u8; 16]);
    let facts = (0..PHOTOS_MAX + 3).map(|it| Fact::PhotoAdded(photo(it))).collect();
    let state = after(facts);
    assert_eq!(state.photos.len(), PHOTOS_MAX);
    assert_eq!((state.photos[0], state.photos[PHOTOS_MAX - 1]), (photo(3), photo(PHOTOS_MAX + 2)));
}

#[test]
fn a_place_is_what_was_said_last_that_it_is() {
    let other = |number: u8| Some(PlaceId::from_bytes([number; 16]));
    let merged = [other(8), None, other(9), None].map(|into| Fact::Merged { into });
    let said: Vec<Event> = (1i64..).zip(merged).map(|(at, fact)| event(at, fact)).collect();
    assert_eq!(fold(&said[..1]).merged.map(|it| it.0), other(8));
    assert_eq!(fold(&said[..2]).merged, None);
    let (late, at) = ([said[2].clone(), said[0].clone()], said[2].effective_at());
    assert_eq!(fold(&late).merged, other(9).map(|it| (it, at)));
    assert_eq!(fold(&said).merged, None);
}
