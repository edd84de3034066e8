//! Trails of long ago move from rows into blobs, and no answer changes for it:
//! whatever comes late, and whatever fails on the way.

use std::sync::Arc;

use blobs::{Blobs, ObjectBlobs};
use domain::{
    event::{Fact, Holder},
    fixes::Batch,
    id::{PackageId, Subject, TrackerId},
    motion::Fix,
    position::{LatLon, Position},
    time::{DAY, HOUR, MINUTE, Timestamp},
};
use proptest::prelude::*;
use service::{
    Service,
    keys::{ARCHIVING_SHARDS, archiving_shard, trail_shard, trail_span, trail_span_end},
};
use table::{Fault, Faulty, Memory, Scan, Table};

use crate::{
    fixes::{gateway, tracker},
    world::{Counting, MONDAY, World, draft},
};

/// From then on the first of the spans here is old enough.
const OLD: i64 = 62 * DAY;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(MONDAY + millis).unwrap()
}

/// A lorry that goes to and fro, so slowly that nothing is too fast.
fn fix(millis: i64, odd: bool) -> Fix {
    let hours = millis as f64 / HOUR as f64;
    let (north, east) = ((hours / 7.0).sin() * 0.5, (hours / 11.0).cos() * 0.5);
    Fix {
        at: at(millis),
        position: Position {
            at: LatLon::from_degrees(48.0 + north, 9.0 + east).unwrap(),
            height: None,
        },
        radius_95_mm: odd.then_some(8_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    }
}

/// The package of the story is on a lorry with the tracker.
async fn scene(world: &World) -> (PackageId, TrackerId) {
    let tag = tracker(world, "tag").await;
    let lorry = world.truck("Truck 7").await;
    let package = world.package("1Z1").await;
    let (on, load) = (Fact::TrackerAttached(tag), Fact::Joined(Holder::Container(lorry)));
    world.record(vec![draft("on", Subject::Container(lorry), 0, on)]).await.unwrap();
    world.record(vec![draft("load", Subject::Package(package), 0, load)]).await.unwrap();
    (package, tag)
}

async fn send(world: &World, tag: TrackerId, fixes: &[(i64, bool)]) {
    for part in fixes.chunks(400) {
        let batch = Batch::of(part.iter().map(|(millis, odd)| (tag, fix(*millis, *odd))));
        world.service.accept_fixes(&gateway(), None, &batch).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
}

/// Where package and tracker were at these instants, and the package's way between
/// some of them.
async fn answers(world: &World, package: PackageId, tag: TrackerId, asked: &[i64]) -> Vec<String> {
    let mut all = Vec::new();
    for subject in [Subject::Package(package), Subject::Tracker(tag)] {
        for millis in asked {
            let found = world.service.whereabouts(subject, at(*millis), true).await.unwrap();
            all.push(format!("{subject} at {millis}: {found:?}"));
        }
    }
    for pair in asked.windows(2).take(3) {
        let (from, to) = (pair[0].min(pair[1]), pair[0].max(pair[1]));
        let span = (at(from), at(to));
        let track = world.service.track(Subject::Package(package), span, 500, true).await.unwrap();
        all.push(format!("{track:?}"));
    }
    all
}

async fn archive(service: &Service) -> usize {
    let mut rows = 0;
    loop {
        let archived = service.archive_trails().await.unwrap();
        rows += archived.rows;
        if !archived.more {
            return rows;
        }
    }
}

/// The rows of trails in spans that are over for long.
async fn old_rows(world: &World, tag: TrackerId, now: i64) -> usize {
    let mut rows = 0;
    for span in trail_span(at(0))..trail_span(at(now - 30 * DAY)) {
        let scan = Scan::whole(trail_shard(tag, span), 10_000);
        let page = world.table.scan(scan).await.unwrap();
        rows += page.entries.iter().filter(|it| it.key.sort.len() == 16).count();
    }
    rows
}

async fn blobs_of(blobs: &dyn Blobs) -> Vec<String> {
    let folder = blobs::BlobName::new("fixes/trails").unwrap();
    let all = blobs.list(Some(&folder), None, 1_000).await.unwrap();
    all.into_iter().map(|it| it.name.to_string()).collect()
}

#[tokio::test]
async fn old_trails_leave_the_table_and_are_found_in_the_archive() {
    let kept_in: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
    let table = Arc::new(Memory::new());
    let world = World::over(table, Arc::clone(&kept_in), Arc::new(Counting::default()));
    let (package, tag) = scene(&world).await;
    world.clock_at(at(40 * DAY));
    // Every five minutes for twenty days, and a day of another span.
    let fixes: Vec<(i64, bool)> =
        (0..20 * 288).chain(39 * 288..40 * 288).map(|it| (it * 5 * MINUTE, true)).collect();
    send(&world, tag, &fixes).await;
    let asked: Vec<i64> = (0..40).map(|it| it * 13 * HOUR + 7 * MINUTE).collect();
    assert_eq!(archive(&world.service).await, 0, "nothing is old");

    world.clock_at(at(OLD));
    let before = answers(&world, package, tag, &asked).await;
    let rows = old_rows(&world, tag, OLD).await;
    let units = world.table.usage();
    assert_eq!(archive(&world.service).await, rows);
    let used = world.table.usage() - units;
    println!(
        "{rows} rows archived by {} write and {} read units",
        used.write_units, used.read_units
    );
    assert!(400 < rows && used.write_units <= rows as u64 + 10, "{rows} rows, {used:?}");
    assert_eq!(old_rows(&world, tag, OLD).await, 0);
    assert_eq!(blobs_of(&*kept_in).await.len(), 1);
    assert_eq!(answers(&world, package, tag, &asked).await, before);
    let units = world.table.usage();
    assert_eq!(archive(&world.service).await, 0);
    let used = world.table.usage() - units;
    assert!(used.write_units == 0 && used.read_units <= 20, "an idle sweep: {used:?}");

    // What comes late is rows again, until the next sweep merges it.
    let late: Vec<(i64, bool)> = (0..50).map(|it| (it * 7 * HOUR + 3 * MINUTE, false)).collect();
    send(&world, tag, &late).await;
    assert_ne!(old_rows(&world, tag, OLD).await, 0);
    let before = answers(&world, package, tag, &asked).await;
    assert_ne!(archive(&world.service).await, 0);
    assert_eq!(old_rows(&world, tag, OLD).await, 0);
    assert_eq!(blobs_of(&*kept_in).await.len(), 1, "the one before is removed");
    assert_eq!(answers(&world, package, tag, &asked).await, before);
}

/// What happens in a random life.
#[derive(Clone, Debug)]
enum Step {
    /// Fixes come, early or late.
    Fixes(Vec<(i64, bool)>),
    /// A sweep in which this fails, or nothing.
    Sweep(Option<(bool, bool, u64)>),
    /// So many days pass.
    Days(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let instants = prop_oneof![
        prop::collection::vec((0..70 * DAY, any::<bool>()), 1..60),
        // Many at nearly the same time, also across the ends of hours and spans.
        (0..70i64, 0..24i64, prop::collection::vec((-40..40i64, any::<bool>()), 1..60)).prop_map(
            |(day, hour, near)| {
                let begin = day * DAY + hour * HOUR;
                let millis = |it: i64| (begin + it * 90_000).max(0);
                near.into_iter().map(|(it, odd)| (millis(it), odd)).collect()
            }
        ),
    ];
    let fault = prop::option::of((any::<bool>(), any::<bool>(), 1..12u64));
    let step = prop_oneof![
        3 => instants.prop_map(Step::Fixes),
        3 => fault.prop_map(Step::Sweep),
        1 => (1..40i64).prop_map(Step::Days),
    ];
    prop::collection::vec(step, 3..14)
}

proptest! {
    // Each case asks a hundred questions a dozen times: some 0.2 s.
    #![proptest_config(depth::of(60, 5_000))]

    #[test]
    fn no_answer_changes_when_trails_are_archived(
        steps in steps(),
        asked in prop::collection::vec(0..75 * DAY, 12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(a_life(steps, &asked));
    }
}

#[tokio::test]
async fn whoever_is_stopped_twice_in_a_row_leaves_no_blob_behind() {
    let fixes: Vec<(i64, bool)> = (0..60).map(|it| (it * 25 * HOUR, it % 2 == 0)).collect();
    for first in 1..4 {
        for second in 1..4 {
            let stops =
                [(true, true, first), (false, true, second)].map(|it| Step::Sweep(Some(it)));
            let steps = [Step::Fixes(fixes.clone())].into_iter().chain(stops).collect();
            a_life(steps, &[3 * DAY, 40 * DAY]).await;
        }
    }
}

async fn a_life(steps: Vec<Step>, asked: &[i64]) {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let kept_in = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
    let world = World::over(faulty.clone(), kept_in.clone(), Arc::new(Counting::default()));
    let (package, tag) = scene(&world).await;
    let mut now = OLD + 8 * DAY;
    world.clock_at(at(now));
    for step in steps.into_iter().chain([Step::Days(120), Step::Sweep(None)]) {
        match step {
            Step::Fixes(fixes) => send(&world, tag, &fixes).await,
            Step::Days(days) => {
                now += days * DAY;
                world.clock_at(at(now));
            }
            Step::Sweep(fault) => {
                let before = answers(&world, package, tag, asked).await;
                if let Some((of_blobs, applies, site)) = fault {
                    match (of_blobs, applies) {
                        (false, false) => faulty.crash_at_write(site, Fault::BeforeApply),
                        (false, true) => faulty.crash_at_write(site, Fault::AfterApply),
                        (true, false) => kept_in.crash_at_change(site, blobs::Fault::BeforeApply),
                        (true, true) => kept_in.crash_at_change(site, blobs::Fault::AfterApply),
                    }
                    let _ = world.service.archive_trails().await;
                    faulty.revive();
                    kept_in.revive();
                    let now = answers(&world, package, tag, asked).await;
                    assert_eq!(now, before, "in the middle of a sweep");
                    continue;
                }
                archive(&world.service).await;
                assert_eq!(answers(&world, package, tag, asked).await, before, "after a sweep");
                assert_eq!(old_rows(&world, tag, now).await, 0);
            }
        }
    }
    // One blob a span, each named by a row, and nothing left to do.
    let mut named = 0;
    for span in trail_span(at(0))..trail_span(at(now)) {
        let page = world.table.scan(Scan::whole(trail_shard(tag, span), 10)).await.unwrap();
        assert!(page.entries.iter().all(|it| it.key.sort == b"a"), "{:?}", trail_span_end(span));
        named += page.entries.len();
    }
    assert_eq!(blobs_of(&*kept_in).await.len(), named, "a blob that no row names");
    for bucket in 0..ARCHIVING_SHARDS {
        let notes = world.table.scan(Scan::whole(archiving_shard(bucket), 10)).await.unwrap();
        assert!(notes.entries.is_empty(), "{:?}", notes.entries);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_archive_at_once_while_fixes_come_late() {
    for round in 0..10 {
        let kept_in: Arc<dyn Blobs> = Arc::new(ObjectBlobs::in_memory());
        let table: Arc<dyn Table> = Arc::new(Memory::new());
        let world = World::over(table, Arc::clone(&kept_in), Arc::new(Counting::default()));
        let (package, tag) = scene(&world).await;
        world.clock_at(at(OLD));
        let fixes: Vec<(i64, bool)> = (0..500).map(|it| (it * 37 * MINUTE, true)).collect();
        send(&world, tag, &fixes).await;
        let each: Vec<_> = (0..3)
            .map(|_| {
                let service = world.service.clone();
                tokio::spawn(async move {
                    for _ in 0..20 {
                        service.archive_trails().await.unwrap();
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        let mut late = Vec::new();
        for part in 0..10 {
            late.push((part * 31 * HOUR + round * MINUTE + 11, false));
            send(&world, tag, &late[part as usize..]).await;
        }
        for one in each {
            one.await.unwrap();
        }
        archive(&world.service).await;
        assert_eq!(old_rows(&world, tag, OLD).await, 0);
        assert_eq!(blobs_of(&*kept_in).await.len(), 1);
        // The same without an archive.
        let other = World::on(Arc::new(Memory::new()));
        let (_, same) = scene(&other).await;
        other.clock_at(at(OLD));
        send(&other, same, &fixes).await;
        for part in 0..10 {
            send(&other, same, &late[part..=part]).await;
        }
        let asked: Vec<i64> = (0..30).map(|it| it * 9 * HOUR + 5 * MINUTE).collect();
        let now = answers(&world, package, tag, &asked).await;
        assert_eq!(now, answers(&other, package, same, &asked).await);
    }
}
