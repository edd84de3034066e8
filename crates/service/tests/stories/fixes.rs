//! Trackers: a lorry's fixes say where its packages are, now and then.

use domain::{
    event::{Fact, Holder},
    fixes::Batch,
    geodesy::distance_m,
    id::{PackageId, Subject, TrackerId},
    motion::Fix,
    position::{LatLon, Position},
    record::{Record, TrackerRecord},
    time::{SECOND, Timestamp},
    whereabouts::Basis,
};
use service::{Error, fixes::Accepted, projector::Projector, record::Attribution};
use std::sync::Arc;
use table::{Fault, Faulty, Memory, Table};

use crate::world::{MONDAY, World, draft};

pub fn place(seconds: i64) -> LatLon {
    // North at 20 m/s, swinging from side to side so that nothing is straight.
    let (north, side) = (seconds as f64 * 0.000_18, (seconds as f64 / 300.0).sin() * 0.02);
    LatLon::from_degrees(48.0 + north, 9.0 + side).unwrap()
}

pub fn after(seconds: i64) -> Timestamp {
    Timestamp::from_millis(MONDAY + seconds * SECOND).unwrap()
}

pub fn fix(seconds: i64) -> Fix {
    Fix {
        at: after(seconds),
        position: Position { at: place(seconds), height: None },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

pub fn gateway() -> Attribution {
    Attribution { actor: "usr_gateway".to_owned(), source: "api".to_owned() }
}

pub async fn tracker(world: &World, name: &str) -> TrackerId {
    let id = TrackerId::derive(&[name.as_bytes()]);
    let record = TrackerRecord { name: name.to_owned(), person: false };
    let fact = Fact::Registered(Box::new(Record::Tracker(record)));
    world.record(vec![draft(name, Subject::Tracker(id), 0, fact)]).await.unwrap();
    id
}

/// A package on a lorry that has a tracker.
pub async fn scene(world: &World) -> (PackageId, TrackerId) {
    let tag = tracker(world, "tag").await;
    let lorry = world.truck("Truck 7").await;
    let package = world.package("1Z1").await;
    let (on, load) = (Fact::TrackerAttached(tag), Fact::Joined(Holder::Container(lorry)));
    world.record(vec![draft("on", Subject::Container(lorry), 0, on)]).await.unwrap();
    world.record(vec![draft("load", Subject::Package(package), 0, load)]).await.unwrap();
    (package, tag)
}

pub async fn send(world: &World, of: TrackerId, seconds: impl Iterator<Item = i64>) -> Accepted {
    let batch = Batch::of(seconds.map(|it| (of, fix(it))));
    world.service.accept_fixes(&gateway(), None, &batch).await.unwrap()
}

async fn off_m(world: &World, package: PackageId, seconds: i64) -> (f64, f64, Basis) {
    let subject = Subject::Package(package);
    let found = world.service.whereabouts(subject, after(seconds), true).await.unwrap().unwrap();
    (distance_m(found.position, place(seconds)), found.radius_95_m, found.basis)
}

#[tokio::test]
async fn a_package_is_where_its_lorry_was_measured() {
    let world = World::on(Arc::new(Memory::new()));
    let (package, tag) = scene(&world).await;
    world.it_is(3);
    for hour in 0..3 {
        send(&world, tag, (hour * 360..(hour + 1) * 360).map(|it| it * 10)).await;
    }
    world.projector.catch_up().await.unwrap();

    let (off, radius, basis) = off_m(&world, package, 3 * 3600 - 10).await;
    assert!(off < 1.0 && radius < 50.0, "{off} m off, within {radius} m");
    assert_eq!(basis, Basis::Inherited);
    // An hour and two ago, from the trails.
    for seconds in [3600, 3605, 7203, 20] {
        let (off, radius, _) = off_m(&world, package, seconds).await;
        assert!(off < radius && off < 40.0, "{off} m off, within {radius} m, at {seconds} s");
    }
}

#[tokio::test]
async fn runs_that_go_on_from_each_other_are_one_trail() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    for part in 0..6 {
        send(&world, tag, (part * 60..part * 60 + 60).map(|it| it * 5)).await;
    }
    world.projector.catch_up().await.unwrap();
    let span = service::keys::trail_span(after(0));
    let trails = service::keys::trail_shard(tag, span);
    let rows = world.table.scan(table::Scan::whole(trails, 100)).await.unwrap().entries.len();
    assert!((1..=8).contains(&rows), "{rows} rows for half an hour");
}

#[tokio::test]
async fn the_same_batch_twice_is_one_and_other_fixes_under_its_key_are_refused() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    let first = send(&world, tag, 0..100).await;
    world.it_is(2);
    let again = send(&world, tag, 0..100).await;
    assert_eq!((first.duplicate, again.duplicate), (false, true));
    assert_eq!(first.batch, again.batch);

    let batch = |seconds| Batch::of([(tag, fix(seconds))]);
    let key = Some("once");
    world.service.accept_fixes(&gateway(), key, &batch(1)).await.unwrap();
    assert!(world.service.accept_fixes(&gateway(), key, &batch(1)).await.unwrap().duplicate);
    let other = world.service.accept_fixes(&gateway(), key, &batch(2)).await;
    assert!(matches!(other, Err(Error::Invalid(_))));
    let stranger = Batch::of([(TrackerId::derive(&[b"nobody"]), fix(1))]);
    let unknown = world.service.accept_fixes(&gateway(), None, &stranger).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn late_and_wrong_fixes_never_become_the_latest() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.it_is(2);
    send(&world, tag, (600..700).map(|it| it * 10)).await;
    send(&world, tag, 10..40).await;
    let far = Fix { at: after(7100), position: Position { at: place(0), height: None }, ..fix(0) };
    let far = Fix {
        position: Position { at: LatLon::from_degrees(-33.0, 151.0).unwrap(), height: None },
        ..far
    };
    let tomorrow = Fix { at: after(90_000), ..fix(6990) };
    let wrong = Batch::of([(tag, far), (tag, tomorrow)]);
    world.service.accept_fixes(&gateway(), None, &wrong).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let heard = world.service.heard_of(tag).await.unwrap().unwrap();
    assert_eq!(heard.latest, Some(fix(6990)));
}

/// Every place where deriving writes fails once, in every way; then it goes on.
#[tokio::test]
async fn no_write_that_fails_changes_what_follows_from_a_batch() {
    let mut expected = None;
    for fault in [None, Some(Fault::BeforeApply), Some(Fault::AfterApply)] {
        for site in 1..=12 {
            let memory: Arc<dyn Table> = Arc::new(Memory::new());
            let faulty = Arc::new(Faulty::new(Arc::clone(&memory)));
            let world = World::on(faulty.clone());
            let tags = [tracker(&world, "a").await, tracker(&world, "b").await];
            world.it_is(3);
            for tag in tags {
                for part in 0..4 {
                    send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
                }
            }
            if let Some(fault) = fault {
                faulty.crash_at_write(site, fault);
                let _ = world.projector.catch_up().await;
                faulty.revive();
            }
            Projector::new(world.service.clone()).catch_up().await.unwrap();
            let mut now = Vec::new();
            for tag in tags {
                // Rings and trails may have been cut elsewhere; what they say is the same.
                for seconds in [5, 155, 333, 605, 1100] {
                    let subject = Subject::Tracker(tag);
                    let found = world.service.whereabouts(subject, after(seconds), true);
                    let off_m = distance_m(found.await.unwrap().unwrap().position, place(seconds));
                    assert!(off_m < 20.0, "{off_m} m off after {fault:?} at write {site}");
                }
                now.push(world.service.heard_of(tag).await.unwrap().unwrap());
            }
            let expected = expected.get_or_insert_with(|| now.clone());
            assert_eq!(&now, expected, "{fault:?} at write {site}");
        }
    }
}

#[tokio::test]
async fn a_fix_costs_little_more_than_a_write_unit_at_worst() {
    let world = World::on(Arc::new(Memory::new()));
    let mut tags = Vec::new();
    for number in 0..500 {
        tags.push(tracker(&world, &format!("tag {number}")).await);
    }
    world.it_is(3);
    world.projector.catch_up().await.unwrap();
    // The worst: every fix of a batch is another tracker's, rings full.
    let round = |seconds: i64| Batch::of(tags.iter().map(|tag| (*tag, fix(seconds))));
    for turn in 0..64 {
        world.service.accept_fixes(&gateway(), None, &round(turn * 10)).await.unwrap();
        world.projector.catch_up().await.unwrap();
    }
    let before = world.table.usage().write_units;
    for turn in 64..96 {
        world.service.accept_fixes(&gateway(), None, &round(turn * 10)).await.unwrap();
        world.projector.catch_up().await.unwrap();
    }
    let per_fix = |units: u64| (units - before) as f64 / (32.0 * 500.0);
    let derived = per_fix(world.table.usage().write_units);
    // All there is becomes a chunk, twice what these rounds sent; a week later
    // nothing but the chunk is left.
    let unsealed = world.table.usage().write_units;
    world.it_is(4);
    while world.service.seal_fixes().await.unwrap().more {}
    world.it_is(4 + 8 * 24);
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 96);
    let sealing = (world.table.usage().write_units - unsealed) as f64 / (96.0 * 500.0);
    let per_fix = derived + sealing;
    println!(
        "write units per fix, each of another tracker: {per_fix:.3}, {sealing:.3} for sealing"
    );
    assert!(per_fix <= 1.2, "{per_fix} write units per fix");
}
