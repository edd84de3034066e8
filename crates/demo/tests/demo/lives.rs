//! Every life hangs together: registered first, admitted fact by fact, its statuses
//! in an order that packages go through, and never in two vehicles at once.

use std::collections::{BTreeMap, BTreeSet};

use demo::{World, story::Story};
use domain::{
    admit::admit,
    draft::Draft,
    event::{Event, Fact, Holder},
    id::Subject,
    record::normalise_reference,
    state::{State, Status, fold},
    time::{DAY, HOUR, Timestamp},
};
use intake::references::{gs1_digit, postal_digit, ups_digit};

use crate::anchor;

fn event(draft: &Draft) -> Event {
    Event {
        id: draft.id,
        subject: draft.subject,
        happened_at: draft.happened_at,
        recorded_at: draft.happened_at,
        actor: "demo".to_owned(),
        source: "demo".to_owned(),
        fact: draft.fact.clone(),
    }
}

fn state(story: &Story) -> State {
    fold(&story.drafts.iter().map(event).collect::<Vec<_>>())
}

/// Whether a package is known and not yet at its end.
pub fn is_live(story: &Story) -> bool {
    !state(story).status.is_final()
}

fn all_begun(world: &World, from: i64, to: i64) -> Vec<Story> {
    let at = |days: i64| anchor().plus(days * DAY);
    world.begun(at(from), at(to), at(400))
}

/// What may come after what.
fn may_follow(before: Status, after: Status) -> bool {
    use Status::*;
    before == after
        || match before {
            Registered => matches!(after, PickedUp | Cancelled),
            PickedUp => {
                matches!(after, InTransit | OutForDelivery | Held | ReadyToCollect | Problem)
            }
            InTransit => matches!(after, Held | OutForDelivery | ReadyToCollect | Problem),
            Held => matches!(after, InTransit | OutForDelivery),
            OutForDelivery => matches!(after, Delivered | Held | Returning),
            ReadyToCollect => after == Delivered,
            Delivered => after == Problem,
            Problem => after == InTransit,
            Returning => after == Returned,
            Returned | Lost | Cancelled => false,
        }
}

#[test]
fn every_life_is_admitted_and_ends() {
    let world = World::new(1, 4_000, anchor());
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    let of_packages = |it: &Story| matches!(it.subject, Subject::Package(_));
    for story in all_begun(&world, -30, 5).into_iter().filter(of_packages) {
        let mut now: Option<State> = None;
        for draft in &story.drafts {
            let event = event(draft);
            admit(now.as_ref(), &event).unwrap_or_else(|it| panic!("{it}: {draft:?}"));
            let before = now.clone().map_or(Status::Registered, |it| it.status);
            let next = now.unwrap_or_default().advanced(&event).expect("told in order");
            assert!(may_follow(before, next.status), "{before:?} to {:?}: {story:?}", next.status);
            now = Some(next);
        }
        let last = now.expect("something is said");
        assert!(last.status.is_final(), "{last:?}");
        assert!(last.holder.is_none() || last.status == Status::Cancelled, "{last:?}");
        *ends.entry(last.status.to_string()).or_default() += 1;
    }
    println!("{ends:?}");
    assert!(ends["delivered"] > 1_000 && ends.len() == 3, "{ends:?}");
}

#[test]
fn a_life_is_over_when_the_schedule_stops_looking_at_it() {
    let world = World::new(2, 34_800, anchor());
    for story in all_begun(&world, -2, 2) {
        let (Some(first), Some(last)) = (story.drafts.first(), story.drafts.last()) else {
            continue;
        };
        let by_sea = story.drafts.iter().any(|it| {
            matches!(it.fact, Fact::Departed { mode: Some(domain::mode::Mode::Sea), .. })
        });
        if !by_sea {
            assert!(last.happened_at.since(first.happened_at) < 16 * DAY, "{story:?}");
        }
    }
}

#[test]
fn nothing_is_in_two_vehicles_at_once_or_in_one_that_does_not_go_there() {
    let world = World::new(1, 4_000, anchor());
    let mut loaded = 0;
    let vehicles: BTreeMap<_, _> =
        world.fleet().vehicles.iter().enumerate().map(|(it, of)| (of.container, it)).collect();
    for story in all_begun(&world, -6, 2) {
        let mut inside: Option<(Holder, Timestamp)> = None;
        for draft in &story.drafts {
            match &draft.fact {
                Fact::Joined(holder @ Holder::Container(id)) if vehicles.contains_key(id) => {
                    assert!(inside.is_none(), "{story:?}");
                    inside = Some((*holder, draft.happened_at));
                }
                Fact::Left(holder) if inside.is_some_and(|(it, _)| it == *holder) => {
                    let (Holder::Container(id), since) = inside.take().unwrap() else { panic!() };
                    let middle = since.plus(draft.happened_at.since(since) / 2);
                    let doing = world.doing(vehicles[&id], middle);
                    let demo::fleet::Doing::Moving(trip) = doing else { panic!("{doing:?}") };
                    assert!(since < trip.departs_at && trip.arrives_at < draft.happened_at);
                    loaded += 1;
                }
                _ => (),
            }
        }
    }
    assert!(loaded > 100, "{loaded}");
}

#[test]
fn whatever_is_mentioned_was_registered_before() {
    let world = World::new(4, 2_000, anchor());
    let standing = world.standing();
    let mut known: BTreeSet<Subject> = BTreeSet::new();
    let places = standing
        .gazetteer
        .iter()
        .map(|key| domain::id::PlaceId::derive(&[b"gazetteer", key.as_bytes()]));
    known.extend(places.map(Subject::Place));
    let begun = all_begun(&world, -20, 3);
    for story in standing.first.iter().chain(&standing.then).chain(&begun) {
        for draft in &story.drafts {
            let mentioned = match &draft.fact {
                Fact::Registered(record) => {
                    known.insert(draft.subject);
                    match &**record {
                        domain::record::Record::Package(it) => {
                            let places = [it.origin, it.destination].into_iter().flatten();
                            let client = it.client.map(Subject::Client);
                            places.map(Subject::Place).chain(client).collect()
                        }
                        _ => Vec::new(),
                    }
                }
                Fact::Joined(it) | Fact::Left(it) => vec![it.subject()],
                Fact::TrackerAttached(it) => vec![Subject::Tracker(*it)],
                Fact::Departed { from, to, .. } => {
                    [*from, *to].into_iter().flatten().map(Subject::Place).collect()
                }
                Fact::Arrived { place }
                | Fact::Scanned { place, .. }
                | Fact::ReadyToCollect { place } => vec![Subject::Place(*place)],
                Fact::PickedUp { place }
                | Fact::Held { place, .. }
                | Fact::OutForDelivery { from: place }
                | Fact::Delivered { place, .. } => {
                    place.iter().map(|it| Subject::Place(*it)).collect()
                }
                _ => Vec::new(),
            };
            for subject in mentioned {
                assert!(known.contains(&subject), "{subject} in {draft:?}");
            }
        }
    }
}

#[test]
fn numbers_are_told_apart_and_valid() {
    let world = World::new(1, 4_000, anchor());
    let mut seen = BTreeSet::new();
    let mut ups = 0;
    for story in all_begun(&world, -60, 1) {
        let state = state(&story);
        let Some(record) = state.package() else { continue };
        for reference in record.references.iter().flatten() {
            let number = normalise_reference(&reference.value);
            if let Some(carrier) = reference.scheme.strip_prefix("carrier:") {
                assert!(seen.insert(number.clone()), "{number} twice");
                let (body, check) = number.split_at(number.len() - 1);
                let expected = match carrier {
                    "ups" => {
                        ups += 1;
                        ups_digit(&body[2..])
                    }
                    "post" => {
                        assert_eq!(postal_digit(&number[2..10]).to_string(), number[10..11]);
                        continue;
                    }
                    _ => gs1_digit(body),
                };
                assert_eq!(expected.to_string(), check, "{number}");
            }
        }
        let email = record.recipient.as_ref().and_then(|it| it.email.as_ref()?.text());
        assert!(email.is_none_or(|it| it.ends_with(".example")), "{email:?}");
    }
    assert!(ups > 50, "{ups}");
}

#[test]
fn as_many_need_attention_as_should_at_any_time() {
    let world = World::new(1, 34_800, anchor());
    assert_eq!(world.troubles(), 18);
    for hours in [0, 5, 31, 77, 150] {
        let at = anchor().plus(hours * HOUR);
        let mut reasons = BTreeSet::new();
        let mut count = 0;
        let stories = world.begun(anchor().plus(-20 * DAY), at, at);
        for story in stories.iter().filter(|it| matches!(it.subject, Subject::Package(_))) {
            let state = state(story);
            if state.status == Status::Problem {
                count += 1;
                reasons.insert(state.reason);
            }
        }
        assert_eq!(count, 18, "{hours} hours after");
        assert!(reasons.len() > 8, "{reasons:?}");
    }
}

#[test]
fn somebody_to_view_as_always_waits_for_something() {
    for packages in [300, 34_800] {
        let world = World::new(1, packages, anchor());
        let me = &world.sites().people[0].email;
        let waits = |story: &Story| {
            let state = state(story);
            let email =
                state.package().and_then(|it| it.recipient.as_ref()?.email.as_ref()?.text());
            email == Some(me) && !state.status.is_final()
        };
        let stories = world.begun(anchor().plus(-20 * DAY), anchor(), anchor());
        assert!(stories.iter().any(waits), "{packages}");
    }
}
