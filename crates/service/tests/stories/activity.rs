//! How much happened on the map in each hour: counted where it happened, whenever we
//! learned of it, and once, however often we were told.

use domain::{
    event::Fact,
    id::{PackageId, PlaceId, Subject},
    record::PackageRecord,
};
use service::{Service, rows::ReelDayRow, rows::to_bytes};
use table::{Guard, Scan, Write};

use crate::world::{World, at, draft};

/// Sealed as a running server does every minute.
async fn seal(world: &World) {
    world.projector.catch_up().await.unwrap();
    world.service.sweep_past().await.unwrap();
}

/// The hours in which anything happened, from the first hour of the stories on.
async fn busy(service: &Service) -> Vec<(usize, u32)> {
    let told = service.activity(at(0), at(14 * 24)).await.unwrap();
    let hours = told.turns.iter().enumerate();
    hours.map(|(hour, turns)| (hour, turns.unwrap())).filter(|it| it.1 != 0).collect()
}

/// Two packages at one hub go to another.
async fn two_packages(world: &World) -> ([PackageId; 2], [PlaceId; 2]) {
    let hubs = [world.place("Bonn", 50.7, 7.1).await, world.place("Kiel", 54.3, 10.1).await];
    let record = PackageRecord { origin: Some(hubs[0]), ..PackageRecord::default() };
    let first = world.package_with("1Z1", record.clone()).await;
    ([first, world.package_with("1Z2", record).await], hubs)
}

fn departed(to: PlaceId) -> Fact {
    Fact::Departed { from: None, to: Some(to), mode: None, expected_at: None }
}

#[tokio::test]
async fn what_happens_is_counted_in_its_hour_and_once() {
    let world = World::new();
    let ([one, other], [_, kiel]) = two_packages(&world).await;
    for (package, hours) in [(one, 5), (other, 5), (other, 30)] {
        let fact = if hours == 5 { departed(kiel) } else { Fact::Arrived { place: kiel } };
        world.say(Subject::Package(package), hours, fact).await.unwrap();
    }
    // A note is about a package, but changes nothing on the map.
    let note = Fact::Note(domain::private::Private::new("call first"));
    world.say(Subject::Package(one), 31, note).await.unwrap();
    seal(&world).await;
    let before = vec![(0, 2), (5, 2), (30, 1)];
    assert_eq!(busy(&world.service).await, before);

    // Told again, it is known; sealed again, nothing changes.
    world.say(Subject::Package(one), 5, departed(kiel)).await.unwrap();
    seal(&world).await;
    world.another().sweep_past().await.unwrap();
    assert_eq!(busy(&world.service).await, before);

    // Two days later we learn when the first one arrived.
    world.it_is(80);
    let late = Fact::Arrived { place: kiel };
    world.record(vec![draft("late", Subject::Package(one), 28, late)]).await.unwrap();
    seal(&world).await;
    let wanted = vec![(0, 2), (5, 2), (28, 1), (30, 1)];
    assert_eq!(busy(&world.service).await, wanted);
    world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!(busy(&world.another()).await, wanted);
}

#[tokio::test]
async fn two_weeks_are_one_query_however_many_packages_there_are() {
    let world = World::new();
    let ([one, _], [bonn, kiel]) = two_packages(&world).await;
    for day in 1..14 {
        let place = if day % 2 == 0 { bonn } else { kiel };
        world.say(Subject::Package(one), 24 * day, Fact::Arrived { place }).await.unwrap();
    }
    for number in 0..100 {
        world.package(&format!("1Z9{number}")).await;
    }
    world.it_is(14 * 24);
    seal(&world).await;
    let before = world.table.usage();
    let told = world.service.activity(at(12), at(12 + 14 * 24)).await.unwrap();
    let used = world.table.usage() - before;
    assert!(used.read_units <= 1 && used.write_units == 0, "{used:?}");
    // What is to come has no hours.
    assert_eq!(told.turns.len(), 14 * 24 - 12 + 1);
    assert_eq!(told.turns.iter().flatten().sum::<u32>(), 13);
}

#[tokio::test]
async fn a_day_sealed_before_anything_was_counted_says_so_until_it_is_rebuilt() {
    let world = World::new();
    two_packages(&world).await;
    world.it_is(3);
    seal(&world).await;
    let rows = world.table.scan(Scan::whole(service::keys::REEL_DAYS, 10)).await.unwrap();
    for entry in rows.entries {
        let row: ReelDayRow = minicbor::decode(&entry.value).unwrap();
        let old = to_bytes(&ReelDayRow { turns: None, ..row });
        world.table.write(vec![Write::put(entry.key, Guard::Any, old)]).await.unwrap();
    }
    let told = world.service.activity(at(0), at(2)).await.unwrap();
    assert_eq!(told.turns, [None, None]);
    world.service.rebuild(|_| ()).await.unwrap();
    let told = world.service.activity(at(0), at(2)).await.unwrap();
    assert_eq!(told.turns, [Some(2), Some(0)]);
}
