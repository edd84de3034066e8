//! What is found is shown where it is: as groups that add up to all that there is.

use std::sync::Arc;

use domain::{
    event::{Fact, Holder, Proof},
    id::{PackageId, PlaceId, Subject},
    position::LatLon,
    record::{ExactPoint, PackageRecord, PlaceKind, PlaceRecord, Record},
    state::Status,
};
use service::{
    groups::{COUNTED_MAX, GROUPS_MAX, Groups},
    packages::Filter,
    together::Together,
};
use table::Memory;

use crate::world::World;

fn sizes(groups: &Groups) -> Vec<(Together, usize)> {
    groups.groups.iter().map(|it| (it.group.together, it.group.packages)).collect()
}

fn degrees(at: LatLon) -> (i32, i32) {
    (at.lat().round() as i32, at.lon().round() as i32)
}

async fn home(world: &World, name: &str, lat: f64, lon: f64) -> PlaceId {
    let id = PlaceId::derive(&[name.as_bytes()]);
    let town = LatLon::from_degrees(lat.round(), lon.round()).unwrap();
    let exact = LatLon::from_degrees(lat, lon).unwrap();
    let record = PlaceRecord {
        kind: PlaceKind::Home,
        name: name.to_owned(),
        at: town,
        radius_m: 90_000,
        ground: None,
        time_zone: None,
        country: None,
        code: None,
        floors: Vec::new(),
        address: None,
        exact: Some(ExactPoint::new(exact, 20)),
    };
    let fact = Fact::Registered(Box::new(Record::Place(record)));
    world.say(Subject::Place(id), 0, fact).await.unwrap();
    id
}

async fn delivered(world: &World, package: PackageId, at: PlaceId) {
    let fact = Fact::Delivered { place: Some(at), proof: Proof::default() };
    world.say(Subject::Package(package), 3, fact).await.unwrap();
}

#[tokio::test]
async fn what_is_found_is_in_groups_where_it_is() {
    let world = World::new();
    let depot = world.place("Depot", 52.0, 13.0).await;
    let house = home(&world, "Ada's house", 48.3, 11.4).await;
    let truck = world.truck("Truck 7").await;
    let pallet = world.truck("Pallet 12").await;
    let join = Fact::Joined(Holder::Container(truck));
    world.say(Subject::Container(pallet), 1, join).await.unwrap();
    let seen = Fact::Joined(Holder::Place(depot));
    world.say(Subject::Container(truck), 1, seen.clone()).await.unwrap();
    let ups = PackageRecord { carrier: Some("ups".to_owned()), ..PackageRecord::default() };
    let mut all = Vec::new();
    for number in 0..8 {
        all.push(world.package_with(&format!("N{number}"), ups.clone()).await);
    }
    world.load(all[0], truck, 2).await.unwrap();
    world.load(all[1], pallet, 2).await.unwrap();
    world.load(all[2], pallet, 2).await.unwrap();
    for package in [all[3], all[4]] {
        world.say(Subject::Package(package), 2, seen.clone()).await.unwrap();
    }
    delivered(&world, all[5], house).await;
    // Of the last two nobody knows where they are.
    world.projector.catch_up().await.unwrap();
    let filter = Filter { carrier: Some("ups".to_owned()), ..Filter::default() };

    let groups = world.service.groups("", &filter, false).await.unwrap();
    let held = |it| Together::Held(it);
    let (on_truck, at_depot) = (held(Holder::Container(truck)), held(Holder::Place(depot)));
    let at_house = held(Holder::Place(house));
    assert_eq!(sizes(&groups), [(on_truck, 3), (at_depot, 2), (at_house, 1)]);
    assert_eq!((groups.packages, groups.more, groups.elsewhere), (8, false, 2));
    let at: Vec<_> = groups.groups.iter().map(|it| degrees(it.position)).collect();
    assert_eq!(at, [(52, 13), (52, 13), (48, 11)]);
    assert_eq!(world.service.count("", &filter, false).await.unwrap(), (8, false));

    // A home is its town to those who may not know it.
    let exactly = |it: &Groups| it.groups.iter().any(|it| it.position.lat().fract() > 0.2);
    assert!(!exactly(&groups));
    assert!(exactly(&world.service.groups("", &filter, true).await.unwrap()));

    let done = Filter { status: Some(Status::Delivered), ..filter };
    let groups = world.service.groups("", &done, false).await.unwrap();
    assert_eq!(sizes(&groups), [(at_house, 1)], "what arrived is where it arrived");
    let groups = world.service.groups_of(&[all[1], all[3], all[6]], false).await.unwrap();
    assert_eq!(sizes(&groups).len(), 2);
    assert_eq!((groups.packages, groups.elsewhere), (3, 1));
    let unknown = PackageId::derive(&[b"nobody"]);
    assert_eq!(world.service.groups_of(&[unknown], false).await.unwrap(), Groups::default());
}

#[tokio::test]
async fn more_than_can_be_told_is_counted_and_put_together_by_nearness() {
    let world = World::on(Arc::new(Memory::default()));
    let many = GROUPS_MAX + 40;
    for number in 0..many {
        let lon = f64::from(number as u32 % 10) + 0.3;
        let house = home(&world, &format!("House {number}"), 48.3, lon).await;
        let package = world.package(&format!("N{number}")).await;
        delivered(&world, package, house).await;
    }
    world.projector.catch_up().await.unwrap();
    let groups = world.service.groups("", &Filter::default(), false).await.unwrap();
    assert_eq!(groups.groups.len(), GROUPS_MAX + 10, "ten degrees for those beyond");
    let told: usize = groups.groups.iter().map(|it| it.group.packages).sum();
    let others: usize = groups.groups.iter().map(|it| it.others).sum();
    assert_eq!((told, others, groups.elsewhere), (many, 30, 0));
}

#[tokio::test]
async fn only_so_many_are_counted() {
    let world = World::on(Arc::new(Memory::default()));
    let record = || PackageRecord { carrier: Some("ups".to_owned()), ..PackageRecord::default() };
    for number in 0..COUNTED_MAX {
        world.package_with(&format!("N{number:05}X"), record()).await;
    }
    world.projector.catch_up().await.unwrap();
    let none = Filter::default();
    assert_eq!(world.service.count("", &none, false).await.unwrap(), (COUNTED_MAX, false));
    assert_eq!(world.service.count("ups", &none, false).await.unwrap(), (COUNTED_MAX, false));
    world.package_with("one more", record()).await;
    world.projector.catch_up().await.unwrap();
    assert_eq!(world.service.count("", &none, false).await.unwrap(), (COUNTED_MAX, true));
    assert_eq!(world.service.count("ups", &none, false).await.unwrap(), (COUNTED_MAX, true));
    let before = world.table.usage();
    let groups = world.service.groups("", &none, false).await.unwrap();
    let read = (world.table.usage() - before).items_read;
    assert_eq!((groups.packages, groups.more, groups.elsewhere), (COUNTED_MAX, true, COUNTED_MAX));
    // A row of the list and a head for each, and what a page reads ahead.
    println!("{read} items read");
    assert!(read < 8 * COUNTED_MAX as u64, "{read} items");
}
