//! Recording: nothing acknowledged is lost, nothing counts twice, nothing half-done stays.

use domain::{
    event::{Fact, Holder},
    holding::HolderId,
    id::{ContainerId, EventId, PackageId, Subject},
    private::Private,
    record::PackageRecord,
    state::Status,
};
use service::{Error, packages::Filter};

use crate::world::{World, at, draft, reference};

fn note(text: &str) -> Fact {
    Fact::Note(Private::new(text))
}

#[tokio::test]
async fn the_same_said_twice_is_one_event_and_the_same_receipt() {
    let world = World::new();
    let package = Subject::Package(world.package("1Z1").await);
    let said = vec![draft("n", package, 3, note("left at the desk"))];

    let first = world.record(said.clone()).await.unwrap();
    world.it_is(9);
    let again = world.record(said).await.unwrap();

    assert!(!first[0].duplicate && again[0].duplicate);
    assert_eq!((first[0].leaf, first[0].seq), (again[0].leaf, again[0].seq));
    assert_eq!(world.service.history(package).await.unwrap().len(), 2);
}

#[tokio::test]
async fn other_content_under_the_same_id_is_refused_and_kept_aside() {
    let world = World::new();
    let package = Subject::Package(world.package("1Z1").await);
    world.record(vec![draft("n", package, 3, note("at the desk"))]).await.unwrap();

    let other = world.record(vec![draft("n", package, 3, note("at the gate"))]).await;

    let event = EventId::derive(&[b"n"]);
    assert_eq!(other, Err(Error::Differs { event, subject: package }));
    let kept = world.table.scan(table::Scan::whole(*b"q", 10)).await.unwrap();
    assert_eq!(kept.entries.len(), 1);
    assert_eq!(world.service.history(package).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_chain_of_leaves_has_no_gap() {
    let world = World::new();
    let package = Subject::Package(world.package("1Z1").await);
    for hours in [5, 2, 9, 4] {
        world.say(package, hours, note("seen")).await.unwrap();
    }
    let mut history = world.service.history(package).await.unwrap();
    history.sort_by_key(|it| it.seq);
    let mut prev = None;
    for (index, recorded) in history.iter().enumerate() {
        assert_eq!((recorded.seq, recorded.prev), (index as u64 + 1, prev));
        prev = Some(recorded.leaf_hash());
    }
}

#[tokio::test]
async fn a_truck_inside_its_own_load_is_refused() {
    let world = World::new();
    let (truck, trailer) = (world.truck("Truck 7").await, world.truck("Trailer 2").await);
    let into = |it: ContainerId| Fact::Joined(Holder::Container(it));
    world.say(Subject::Container(trailer), 1, into(truck)).await.unwrap();

    let cycle = world.say(Subject::Container(truck), 2, into(trailer)).await;
    assert!(matches!(cycle, Err(Error::Refused(_))), "{cycle:?}");
    let itself = world.say(Subject::Container(truck), 2, into(truck)).await;
    assert!(matches!(itself, Err(Error::Refused(_))), "{itself:?}");
}

#[tokio::test]
async fn what_nobody_registered_cannot_be_mentioned() {
    let world = World::new();
    let stranger = PackageId::derive(&[b"nobody"]);
    let said = world.say(Subject::Package(stranger), 1, note("hello")).await;
    assert!(matches!(said, Err(Error::Refused(_))), "{said:?}");

    let package = world.package("1Z1").await;
    let loaded = world.load(package, ContainerId::derive(&[b"ghost"]), 1).await;
    assert!(matches!(loaded, Err(Error::Invalid(_))), "{loaded:?}");
}

#[tokio::test]
async fn a_correction_replaces_and_a_void_removes() {
    let world = World::new();
    let memphis = world.place("Memphis hub", 35.05, -89.98).await;
    let id = world.package("1Z1").await;
    let package = Subject::Package(id);
    let lost = world.say(package, 4, Fact::Lost).await.unwrap();
    assert_eq!(world.service.known(package).await.unwrap().state.status, Status::Lost);

    let fact = Box::new(Fact::Arrived { place: memphis });
    let right = world.say(package, 4, Fact::Corrected { target: lost.event, fact }).await.unwrap();
    let state = world.service.known(package).await.unwrap().state;
    assert_eq!((state.status, state.last_place), (Status::InTransit, Some((memphis, at(4)))));

    let void = Fact::Voided { target: right.event, why: None };
    world.say(package, 5, void).await.unwrap();
    let state = world.service.known(package).await.unwrap().state;
    assert_eq!((state.status, state.last_place), (Status::Registered, None));

    let unknown = Fact::Voided { target: EventId::derive(&[b"?"]), why: None };
    assert!(matches!(world.say(package, 6, unknown).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_number_finds_every_package_that_ever_had_it() {
    let world = World::new();
    let old = world.package("1Z 999-AA1").await;
    world.it_is(1000);
    let record = PackageRecord {
        references: Some(vec![reference("order", "1z999aa1")]),
        ..PackageRecord::default()
    };
    let new = world.package("other").await;
    let amended =
        Fact::Amended { set: Box::new(domain::record::Record::Package(record)), clear: Vec::new() };
    world.say(Subject::Package(new), 1001, amended).await.unwrap();

    assert_eq!(world.service.find("1z999aa1").await.unwrap(), [new, old]);
    assert_eq!(world.service.find(&old.to_string()).await.unwrap(), [old]);
    assert_eq!(world.service.find("1Z999AA2").await.unwrap(), []);
}

#[tokio::test]
async fn the_list_shows_the_newest_first_page_by_page() {
    let world = World::new();
    let mut wanted = Vec::new();
    for day in 0..3 {
        for number in 0..40 {
            world.it_is(day * 24 + 1);
            wanted.push(world.package(&format!("{day}-{number}")).await);
        }
    }
    world.projector.catch_up().await.unwrap();
    for limit in [1, 7, 500] {
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = world.service.list(&Filter::default(), after, limit).await.unwrap();
            seen.extend(page.lines.iter().map(|it| (it.known_since, it.id)));
            after = page.after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), wanted.len(), "limit {limit}");
        assert!(seen.is_sorted_by_key(|it| std::cmp::Reverse(it.0)), "limit {limit}");
    }
    let none = Filter { status: Some(Status::Lost), ..Filter::default() };
    assert!(world.service.list(&none, None, 10).await.unwrap().lines.is_empty());
}

#[tokio::test]
async fn unloading_moves_the_membership_and_rebuilding_changes_nothing() {
    let world = World::new();
    let (one, two) = (world.truck("Truck 1").await, world.truck("Truck 2").await);
    let package = world.package("1Z1").await;
    world.load(package, one, 1).await.unwrap();
    world.projector.catch_up().await.unwrap();
    world.load(package, two, 2).await.unwrap();
    world.projector.catch_up().await.unwrap();

    let held = async |truck| {
        world.service.members(Subject::Container(truck), None, 10).await.unwrap().members.len()
    };
    assert_eq!((held(one).await, held(two).await), (0, 1));
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
    assert_eq!(rebuilt.subjects, 3);
}

#[tokio::test]
async fn rebuilding_restores_what_was_lost_and_removes_what_was_forged() {
    let world = World::new();
    let truck = world.truck("Truck 1").await;
    let package = world.package("1Z1").await;
    world.load(package, truck, 1).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let before = world.service.known(Subject::Package(package)).await.unwrap();

    let head = service::keys::Row::Head(Subject::Package(package)).key();
    let forged = service::keys::Row::Member(HolderId::Container(truck), Subject::Container(truck));
    let writes = vec![
        table::Write::delete(head, table::Guard::Any),
        table::Write::put(forged.key(), table::Guard::Any, []),
    ];
    world.table.write(writes).await.unwrap();

    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_removed), (1, 1));
    assert_eq!(world.service.known(Subject::Package(package)).await.unwrap(), before);
}
