//! What an auditor is told: a package's own events, and those of whatever carried it
//! while it did.

use domain::{
    event::{Fact, Holder},
    id::{Subject, TrackerId},
    record::{Record, TrackerRecord},
};
use service::audited::{Carrier, Carriers};

use crate::{
    logging::sequencer,
    world::{World, at, draft},
};

struct Told {
    world: World,
    package: domain::id::PackageId,
    truck: Subject,
    ferry: Subject,
    tracker: Subject,
}

/// A package is in a truck from 2 to 10, the truck on a ferry from 4 to 8; its tracker
/// is on the truck from 1 on.
async fn told() -> Told {
    let world = World::new();
    let place = world.place("Hub", 35.0, -90.0).await;
    let (truck, ferry) = (world.truck("Truck 7").await, world.truck("Ferry").await);
    let package = world.package("1Z999").await;
    let tracker = TrackerId::derive(&[b"tracker"]);
    let record = Record::Tracker(TrackerRecord { name: "T1".to_owned(), person: false });
    let tracked = Subject::Tracker(tracker);
    world.say(tracked, 0, Fact::Registered(Box::new(record))).await.unwrap();
    let (on_truck, on_ferry) = (Subject::Container(truck), Subject::Container(ferry));
    world.say(on_truck, 1, Fact::TrackerAttached(tracker)).await.unwrap();
    world.load(package, truck, 2).await.unwrap();
    for hour in [1, 3, 5, 11] {
        let scanned = Fact::Scanned { place, floor: None };
        world.say(on_truck, hour, scanned.clone()).await.unwrap();
        world.say(on_ferry, hour, scanned).await.unwrap();
    }
    let aboard = Holder::Container(ferry);
    world.say(on_truck, 4, Fact::Joined(aboard)).await.unwrap();
    world.say(on_truck, 8, Fact::Left(aboard)).await.unwrap();
    let left = Fact::Left(Holder::Container(truck));
    world.say(Subject::Package(package), 10, left).await.unwrap();
    // Of the tracker itself something is told while it was under way.
    let renamed = Record::Tracker(TrackerRecord { name: "T2".to_owned(), person: false });
    let renamed = Fact::Amended { set: Box::new(renamed), clear: Vec::new() };
    world.say(tracked, 6, renamed).await.unwrap();
    Told { world, package, truck: on_truck, ferry: on_ferry, tracker: tracked }
}

#[tokio::test]
async fn what_carried_a_package_is_told_while_it_did() {
    let Told { world, package, truck, ferry, tracker } = told().await;
    let carriers = world.service.carriers(package).await.unwrap();
    let own = Subject::Package(package);
    let span = |holder, held, from, until| Carrier {
        holder,
        held,
        from: at(from),
        until: Some(at(until)),
    };
    let expected =
        vec![span(truck, own, 2, 10), span(ferry, truck, 4, 8), span(tracker, truck, 2, 10)];
    assert_eq!(carriers, Carriers { spans: expected, more: false });
    let hours = async |of| {
        let all = world.service.logged_while(of, &carriers).await.unwrap();
        let hour = |it: &service::log::Logged| {
            it.recorded.event.happened_at.since(at(0)) / domain::time::HOUR
        };
        all.iter().map(hour).collect::<Vec<_>>()
    };
    assert_eq!(hours(truck).await, [3, 5, 4, 8]);
    assert_eq!(hours(ferry).await, [5]);
    assert_eq!(hours(tracker).await, [6]);
}

#[tokio::test]
async fn an_auditor_reads_all_of_it_page_by_page() {
    let Told { world, package, .. } = told().await;
    sequencer(&world).catch_up().await.unwrap();
    let whole = world.service.audited(package, None, 500).await.unwrap();
    assert!(!whole.more);
    assert!(whole.entries.iter().all(|it| it.1.index.is_some()));
    let own = whole.entries.iter().take_while(|it| it.0 == Subject::Package(package));
    assert_eq!((own.count(), whole.entries.len()), (3, 9));
    for limit in 1..=9 {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let part = world.service.audited(package, after, limit).await.unwrap();
            assert!(part.entries.len() <= limit);
            after = part.entries.last().map(|it| (it.0, it.1.recorded.seq));
            all.extend(part.entries);
            if !part.more {
                break;
            }
        }
        assert_eq!(all, whole.entries, "{limit} at once");
    }
}

#[tokio::test]
async fn what_was_undone_carried_nothing_and_what_lasts_has_no_end() {
    let world = World::new();
    let (truck, other) = (world.truck("Truck 7").await, world.truck("Truck 8").await);
    let package = world.package("1Z999").await;
    let own = Subject::Package(package);
    let joined = world.load(package, truck, 2).await.unwrap();
    let undone = Fact::Voided { target: joined.event, why: None };
    world.record(vec![draft("undone", own, 3, undone)]).await.unwrap();
    world.load(package, other, 4).await.unwrap();
    let carriers = world.service.carriers(package).await.unwrap();
    let holder = Subject::Container(other);
    let span = Carrier { holder, held: own, from: at(4), until: None };
    assert_eq!(carriers.spans, [span]);
}
