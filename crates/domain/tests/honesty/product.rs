//! The same flights, asked of the product: two places, a departure and an arrival
//! are recorded, and `whereabouts` answers for every instant between them.

use std::sync::Arc;

use domain::{
    event::{Event, Fact},
    geodesy,
    id::{ContainerId, EventId, PlaceId, Subject},
    mode::Mode,
    motion::Fix,
    position::{Datum, Height, LatLon},
    record::{PlaceKind, PlaceRecord},
    route::{Medium, Route, route},
    timeline::Timeline,
    whereabouts::{World, whereabouts},
};

use crate::{questions, tracks};

const PLANE: Subject = Subject::Container(ContainerId::from_bytes([1; 16]));

#[test]
fn what_is_answered_between_departure_and_arrival_is_honest() {
    let Some(tracks) = tracks::load() else { return tracks::skip() };
    let (mut asked, mut within, mut as_high) = (0, 0, 0);
    for track in tracks.iter().filter(|it| it.mode == Some(Mode::Air)) {
        for journey in questions::journeys(&track.fixes) {
            let world = world(&journey[0], &journey[journey.len() - 1]);
            for truth in &journey[1..journey.len() - 1] {
                let answer = whereabouts(&world, PLANE, truth.at).expect("it is somewhere");
                let off_m = geodesy::distance_m(answer.position, truth.position.at);
                // Above the sea, as the two ends are: the file has no other height.
                let high_m = above_sea(truth).map(Height::ellipsoid_m);
                let off_high_m = answer.height_m.zip(high_m).map(|(a, b)| (a - b).abs());
                asked += 1;
                within += usize::from(off_m <= answer.radius_95_m);
                as_high += usize::from(off_high_m <= answer.vertical_95_m);
            }
        }
    }
    let per_cent = |of: usize| 100.0 * of as f64 / asked as f64;
    let (within, as_high) = (per_cent(within), per_cent(as_high));
    println!("air, ends told, asked of the product: {asked} {within:.1} % | {as_high:.1} %");
    assert!(within >= 93.0 && as_high >= 93.0, "{within} {as_high}");
}

fn world(first: &Fix, last: &Fix) -> World<'static> {
    let [home, away] = [[2; 16], [3; 16]].map(PlaceId::from_bytes);
    let departed = Fact::Departed {
        from: Some(home),
        to: Some(away),
        mode: Some(Mode::Air),
        expected_at: None,
    };
    let facts = [
        (first, Fact::Scanned { place: home, floor: None }),
        (first, departed),
        (last, Fact::Arrived { place: away }),
    ];
    let mut world = World::new(&way, true);
    world.add_timeline(PLANE, Timeline::of(&facts.map(|(fix, fact)| event(fix, fact))));
    world.add_place(home, Some(airfield(first)));
    world.add_place(away, Some(airfield(last)));
    world
}

fn event(fix: &Fix, fact: Fact) -> Event {
    let number = match fact {
        Fact::Scanned { .. } => 1,
        Fact::Departed { .. } => 2,
        _ => 3,
    };
    Event {
        id: EventId::from_bytes([number; 16]),
        subject: PLANE,
        happened_at: fix.at,
        recorded_at: fix.at,
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact,
    }
}

fn airfield(fix: &Fix) -> PlaceRecord {
    PlaceRecord {
        kind: PlaceKind::Airport,
        name: "Airfield".to_owned(),
        at: fix.position.at,
        radius_m: 10,
        ground: above_sea(fix),
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: None,
    }
}

fn above_sea(fix: &Fix) -> Option<Height> {
    let raw_m = fix.position.height?.raw_m();
    Height::from_metres(raw_m, Datum::MeanSeaLevel, fix.position.at).ok()
}

fn way(from: LatLon, to: LatLon, medium: Medium) -> Arc<Route> {
    Arc::new(route(from, to, medium))
}
