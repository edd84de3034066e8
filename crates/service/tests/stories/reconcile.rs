//! What no feed will ever bring is found by comparing, and repaired; and how far
//! behind everything is can be asked.

use std::{collections::BTreeMap, sync::Arc};

use blobs::ObjectBlobs;
use domain::{
    event::Fact,
    id::Subject,
    private::Private,
    time::{HOUR, MINUTE, SECOND},
};
use service::{
    keys::Row,
    log::stored::{LogCursor, LogRow},
    packages::Filter,
    projector::Projector,
    reconcile::{Found, LATE},
    rows::{Checkpoint, to_bytes},
};
use table::{FeedId, Guard, Memory, Seq, Write};

use crate::{
    fixes::{after, send, tracker},
    log::{log_row, put_row},
    logged::much_else_happens,
    logging::{in_good_order, sequencer},
    world::{Counting, World},
};

fn world() -> World {
    let (table, blobs) = (Arc::new(Memory::default()), Arc::new(ObjectBlobs::in_memory()));
    World::over(table, blobs, Arc::new(Counting::default()))
}

async fn newest(world: &World) -> BTreeMap<FeedId, Seq> {
    let mut all = BTreeMap::new();
    for feed in world.table.feeds().await.unwrap() {
        all.insert(feed, world.table.newest(feed).await.unwrap());
    }
    all
}

/// Compares until it has been everywhere: a round through all subjects is shorter.
async fn one_round(world: &World) -> Found {
    let mut found = Found::default();
    for _ in 0..6 {
        let some = world.service.reconcile().await.unwrap();
        found.unlogged += some.unlogged;
        found.rows += some.rows;
        found.batches += some.batches;
    }
    let kept = world.service.reconciler().await.unwrap();
    assert!(0 < kept.rounds && kept.ran_at.is_some());
    found
}

async fn say(world: &World, package: domain::id::PackageId, hour: i64) {
    let note = Fact::Note(Private::new(format!("at {hour}")));
    world.say(Subject::Package(package), hour, note).await.unwrap();
}

#[tokio::test]
async fn what_nobody_ever_brought_to_the_log_is_found_and_appended() {
    let world = world();
    let mut first = sequencer(&world);
    let package = world.package("1Z1").await;
    first.catch_up().await.unwrap();
    say(&world, package, 1).await;
    much_else_happens(&world, "ada", 1).await;
    // Somebody took the changes, and lost them.
    let (row, _) = log_row(&world).await;
    put_row(&world, &LogRow { cursors: LogCursor::all(&newest(&world).await), ..row }).await;
    let mut sequencer = sequencer(&world);
    assert_eq!(sequencer.catch_up().await.unwrap(), 0, "no feed brings it");
    assert_eq!(world.service.log_waiting().await.unwrap().count, 0);
    assert_eq!(one_round(&world).await, Found::default(), "it may simply wait");

    world.it_is(3);
    assert_eq!(one_round(&world).await, Found { unlogged: 9, ..Found::default() });
    assert_eq!(one_round(&world).await, Found::default(), "it is found once");
    let waiting = world.service.log_waiting().await.unwrap();
    assert_eq!((waiting.count, waiting.since), (9, Some(crate::world::at(1))));
    assert_eq!(sequencer.catch_up().await.unwrap(), 9);
    assert_eq!(world.service.log_waiting().await.unwrap().count, 0);
    assert_eq!(in_good_order(&world, &[], "compared").await, 10);
    assert_eq!(one_round(&world).await, Found::default());
    let kept = world.service.reconciler().await.unwrap();
    assert_eq!((kept.found.unlogged, kept.found_at), (9, Some(crate::world::at(3))));
}

#[tokio::test]
async fn derived_rows_that_nobody_wrote_are_written() {
    let world = World::new();
    let (one, two) = (world.truck("Truck 1").await, world.truck("Truck 2").await);
    let package = world.package("1Z1").await;
    world.load(package, one, 1).await.unwrap();
    world.projector.catch_up().await.unwrap();
    assert_eq!(one_round(&world).await, Found::default());
    let late = world.package("1Z2").await;
    world.load(late, two, 2).await.unwrap();
    // Somebody took the changes, and lost them.
    for (feed, seq) in newest(&world).await {
        let row = Checkpoint { seq_high: (seq >> 64) as u64, seq_low: seq as u64 };
        let put = Write::put(Row::Checkpoint("rows", feed.0).key(), Guard::Any, to_bytes(&row));
        world.table.write(vec![put]).await.unwrap();
    }
    let projector = Projector::new(world.another());
    projector.catch_up().await.unwrap();
    let listed =
        async || world.service.list(&Filter::default(), None, 500).await.unwrap().lines.len();
    assert_eq!(listed().await, 1);
    world.it_is(4);
    let found = one_round(&world).await;
    assert!(found.rows > 0 && found.unlogged == 0, "{found:?}");
    assert_eq!(listed().await, 2);
    let rebuilt = world.service.rebuild(|_| ()).await.unwrap();
    assert_eq!((rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed), (0, 0, 0));
    assert_eq!(one_round(&world).await, Found::default());
}

#[tokio::test]
async fn a_batch_that_nobody_took_in_is_taken_in_and_sealed() {
    let world = world();
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    world.projector.catch_up().await.unwrap();
    send(&world, tag, 0..30).await;
    for (feed, seq) in newest(&world).await {
        world.table.trim(feed, seq).await.unwrap();
        let row = Checkpoint { seq_high: (seq >> 64) as u64, seq_low: seq as u64 };
        let put = Write::put(Row::Checkpoint("rows", feed.0).key(), Guard::Any, to_bytes(&row));
        world.table.write(vec![put]).await.unwrap();
    }
    Projector::new(world.another()).catch_up().await.unwrap();
    let known = async || world.service.heard_of(tag).await.unwrap().is_some();
    assert!(!known().await);
    assert_eq!(one_round(&world).await, Found::default(), "it may simply wait");
    world.clock_at(crate::world::at(1).plus(LATE + SECOND));
    assert_eq!(one_round(&world).await, Found { batches: 1, ..Found::default() });
    assert!(known().await);
    assert!(world.service.whereabouts(Subject::Tracker(tag), after(20), true).await.is_ok());
    world.clock_at(crate::world::at(1).plus(LATE + 2 * MINUTE));
    assert_eq!(world.service.seal_fixes().await.unwrap().batches, 1);
    assert_eq!(one_round(&world).await, Found::default());
}

#[tokio::test]
async fn each_run_looks_at_a_part_and_goes_on_from_there() {
    let world = world();
    for number in 0..1_200 {
        world.package(&format!("1Z{number}")).await;
    }
    world.projector.catch_up().await.unwrap();
    world.it_is(2);
    for run in 1..=3 {
        let before = world.table.usage();
        world.service.reconcile().await.unwrap();
        let read = (world.table.usage() - before).read_units;
        assert!(read < 20_000, "run {run} read {read} units");
        let kept = world.service.reconciler().await.unwrap();
        assert_eq!(kept.rounds, u64::from(run == 3), "run {run}");
        assert_eq!(kept.round_at.is_some(), run == 3);
    }
    // Two at once do the same, and nothing twice.
    let (one, two) = tokio::join!(world.service.reconcile(), world.service.reconcile());
    assert_eq!((one.unwrap(), two.unwrap()), (Found::default(), Found::default()));
}

#[tokio::test]
async fn how_far_everything_is_behind_can_be_asked() {
    let world = world();
    let mut sequencer = sequencer(&world);
    sequencer.catch_up().await.unwrap();
    let package = world.package("1Z1").await;
    say(&world, package, 1).await;
    world.clock_at(crate::world::at(2));
    let system = world.service.system().await.unwrap();
    assert_eq!((system.unlogged.count, system.underived.count), (2, 2));
    assert_eq!(system.unlogged.since, Some(crate::world::at(0)));
    assert!(system.feeds.iter().any(|it| it.derived < it.newest));
    world.projector.catch_up().await.unwrap();
    sequencer.catch_up().await.unwrap();
    let system = world.service.system().await.unwrap();
    assert_eq!((system.unlogged.count, system.underived.count, system.log.size), (0, 0, 2));
    assert_eq!(system.log.merge_delay_ms, 2 * HOUR);
    assert_eq!((system.history_until, system.history_files), (0, 0));
    world.it_is(30);
    world.service.compact_history().await.unwrap();
    let system = world.service.system().await.unwrap();
    assert_eq!((system.history_until, system.history_files), (2, 1));
    // What is erased changes rows that were logged, and nothing waits.
    let by = service::record::Attribution { actor: "usr_1".to_owned(), source: "api".to_owned() };
    world.service.erase(&by, Subject::Package(package)).await.unwrap();
    assert_eq!(world.service.log_waiting().await.unwrap().count, 1, "only that it was erased");
}
