//! Whatever was recorded: what holds what is a forest, and every question about
//! where something is has a sane answer.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    event::Event,
    id::Subject,
    motion::Fix,
    position::LatLon,
    route::{Medium, Route, route},
    time::{DAY, HOUR, Timestamp},
    timeline::Timeline,
    whereabouts::{DEPTH_MAX, Need, TRACK_POINTS_MAX, World, holders, needs, track, whereabouts},
};
use proptest::prelude::*;

use crate::samples::{
    container_history, container_id, package_history, package_id, places, start, tracker_id,
};

/// Histories of a package and four containers that may be inside each other.
fn world_events() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let containers = (0..4u8).map(|it| container_history(it).boxed());
    containers.chain([package_history().boxed()]).collect::<Vec<_>>()
}

fn subjects() -> Vec<Subject> {
    let containers = (0..4u8).map(|it| Subject::Container(container_id(it)));
    containers.chain([Subject::Package(package_id(0)), Subject::Tracker(tracker_id(0))]).collect()
}

fn way(from: LatLon, to: LatLon, _medium: Medium) -> Arc<Route> {
    // Straight ways: finding real ones is proved elsewhere and takes its time.
    Arc::new(route(from, to, Medium::Air))
}

/// Loads what is asked for until nothing is, as a service does.
fn answered<'a>(facts: &BTreeMap<Subject, Timeline>, subject: Subject, at: Timestamp) -> World<'a> {
    let mut world = World::new(&way, at.millis() % 2 == 0);
    for _ in 0..200 {
        let missing = needs(&world, subject, at);
        if missing.is_empty() {
            return world;
        }
        for need in missing {
            match need {
                Need::Timeline(subject, _) => {
                    world.add_timeline(subject, facts.get(&subject).cloned().unwrap_or_default());
                }
                Need::Place(id) => {
                    let mut places = places().into_iter();
                    world.add_place(id, places.find(|it| it.0 == id).map(|it| it.1));
                }
                Need::Fixes(id, from, to) => {
                    world.add_fixes(id, from, to, &fixes(id.as_bytes()[0]));
                }
            }
        }
    }
    panic!("asks without end for {subject} at {}", at.millis())
}

/// A tracker that flies round the world in two days and then falls silent.
fn fixes(number: u8) -> Vec<Fix> {
    let fix = |hour: i64| Fix {
        at: start().plus(hour * HOUR + 1),
        position: domain::position::Position {
            at: LatLon::wrapped(f64::from(number) * 20.0, hour as f64 * 7.5),
            height: None,
        },
        radius_95_mm: Some(10_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    };
    (-6..42).map(fix).collect()
}

fn instants(histories: &[Vec<Event>]) -> Vec<Timestamp> {
    let mut all = vec![Timestamp::MIN, Timestamp::MAX, start().plus(3 * DAY)];
    for event in histories.iter().flatten() {
        all.extend([-1, 0, 1, HOUR / 2].map(|by| event.effective_at().plus(by)));
    }
    all.sort_unstable();
    all.dedup();
    // Enough of them, evenly: every history asks at its own.
    let step = (all.len() / 12).max(1);
    all.into_iter().step_by(step).collect()
}

fn check(facts: &BTreeMap<Subject, Timeline>, subject: Subject, at: Timestamp) {
    let world = answered(facts, subject, at);
    let chain = holders(&world, subject, at);
    assert!(chain.len() <= DEPTH_MAX && chain.first() == Some(&subject));
    for (index, link) in chain.iter().enumerate() {
        assert!(!chain[index + 1..].contains(link), "{link} is inside itself");
        let outer = holders(&world, *link, at);
        let shared = chain.len() - index;
        assert_eq!(outer[..shared], chain[index..], "the holders of {link} depend on who asks");
    }
    let Some(found) = whereabouts(&world, subject, at) else { return };
    assert!(found.radius_95_m.is_finite() && found.radius_95_m > 0.0, "{found:?}");
    assert!(found.vertical_95_m.is_none_or(|it| it.is_finite() && it > 0.0), "{found:?}");
    assert!(found.height_m.is_none_or(f64::is_finite), "{found:?}");
    assert!((-90.0..=90.0).contains(&found.position.lat()), "{found:?}");
    assert!((-180.0..180.0).contains(&found.position.lon()), "{found:?}");
    assert_eq!(found.chain.first(), Some(&subject), "{found:?}");
    assert!(found.age_ms >= 0 && found.as_of <= at, "{found:?}");
}

proptest! {
    #![proptest_config(depth::usual())]

    #[test]
    fn every_question_has_a_sane_answer(histories in world_events()) {
        let facts: BTreeMap<Subject, Timeline> = histories
            .iter()
            .filter_map(|events| Some((events.first()?.subject, Timeline::of(events))))
            .collect();
        for at in instants(&histories) {
            for subject in subjects() {
                check(&facts, subject, at);
            }
        }
        let package = Subject::Package(package_id(0));
        let world = answered(&facts, package, start());
        let points = track(&world, package, start(), start().plus(2 * DAY), 50);
        prop_assert!(points.len() <= 50.min(TRACK_POINTS_MAX));
        prop_assert!(points.is_sorted_by(|a, b| a.at < b.at));
    }
}
