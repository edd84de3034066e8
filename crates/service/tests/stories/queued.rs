//! Fixes that wait in a queue: whatever is delivered twice, late, in other company or
//! dies on the way, each batch is in one chunk, and all that follows is as it would be
//! without the queue.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use blobs::{Blobs, ObjectBlobs};
use domain::{
    fixes::Batch,
    geodesy::distance_m,
    id::{Subject, TrackerId},
    motion::Fix,
    time::{DAY, MINUTE},
};
use proptest::prelude::*;
use service::{
    Error, Service,
    fixes::{MARKED_FOR, MESSAGE_LEN_MAX},
    keys::{Row, trail_shard, trail_span},
    outside::FixQueue,
    record::Attribution,
};
use table::{BoxFuture, Fault, Faulty, Guard, Memory, Scan, Table, Write};

use crate::{
    fixes::{after, fix, gateway, place, send, tracker},
    logging::{in_good_order, sequencer},
    world::{Counting, World},
};

/// A queue that delivers when it is told to.
#[derive(Debug, Default)]
struct Held(Mutex<Vec<Vec<u8>>>);

impl FixQueue for Held {
    fn send(&self, messages: Vec<Vec<u8>>) -> BoxFuture<'_, service::Result<()>> {
        Box::pin(async move {
            assert!(messages.iter().all(|it| it.len() <= MESSAGE_LEN_MAX));
            self.0.lock().unwrap().extend(messages);
            Ok(())
        })
    }
}

impl Held {
    fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// The world with a queue between acceptance and everything else.
fn queued(mut world: World) -> (World, Arc<Held>) {
    let queue = Arc::new(Held::default());
    world.service = world.service.with_fix_queue(queue.clone());
    (world, queue)
}

async fn deliver(world: &World, messages: Vec<Vec<u8>>) {
    for done in world.service.take_in_queued(messages).await {
        done.unwrap();
    }
}

/// Every batch that a chunk keeps: in how many, and how many fixes it has.
async fn kept(service: &Service) -> BTreeMap<[u8; 16], (usize, usize)> {
    let mut all: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for row in service.chunks().await.unwrap() {
        for batch in service.chunk(&row).await.unwrap() {
            let fixes = Batch::from_bytes(&batch.columns).unwrap().fixes.len();
            let of = all.entry(batch.id).or_default();
            *of = (of.0 + 1, of.1 + fixes);
        }
    }
    all
}

/// Ring and trails of a tracker, to the byte.
async fn derived(world: &World, tag: TrackerId) -> Vec<(Vec<u8>, Vec<u8>)> {
    let trails = Scan::whole(trail_shard(tag, trail_span(after(0))), 1_000);
    let mut rows = world.table.scan(trails).await.unwrap().entries;
    rows.extend(world.table.get(&Row::Ring(tag).key()).await.unwrap());
    rows.into_iter().map(|it| (it.key.sort, it.value)).collect()
}

#[tokio::test]
async fn what_follows_is_the_same_as_without_a_queue() {
    let direct = World::new();
    let (world, queue) = queued(World::new());
    let tag = tracker(&direct, "tag").await;
    assert_eq!(tracker(&world, "tag").await, tag);
    for part in 0..8 {
        for world in [&direct, &world] {
            world.clock_at(after(part * 300 + 300));
            let sent = send(world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
            assert_eq!((sent.fixes, sent.duplicate), (30, false));
        }
        direct.projector.catch_up().await.unwrap();
        assert_eq!(kept(&world.service).await.len() as i64, part, "it waits in the queue");
        deliver(&world, queue.take()).await;
        world.projector.catch_up().await.unwrap();
    }
    assert!(derived(&world, tag).await == derived(&direct, tag).await, "ring and trails differ");
    direct.clock_at(after(2_400).plus(MINUTE));
    while direct.service.seal_fixes().await.unwrap().more {}
    assert_eq!(kept(&world.service).await, kept(&direct.service).await);

    // Each chunk is logged, once, and every batch is known for as long as after sealing.
    assert_eq!(world.service.chunks().await.unwrap().len(), 8);
    sequencer(&world).catch_up().await.unwrap();
    assert!(8 < in_good_order(&world, &[], "by the queue").await);
    assert_eq!(world.service.rebuild(|_| ()).await.unwrap().rows_written, 0);
    is_where_it_was(&world, tag, "made again from chunks").await;
    world.clock_at(after(2_400).plus(MARKED_FOR + DAY));
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 8);
}

#[tokio::test]
async fn a_batch_that_comes_again_is_in_no_second_chunk() {
    let (world, queue) = queued(World::new());
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    let first = send(&world, tag, 0..30).await;
    let second = send(&world, tag, 30..60).await;
    assert_eq!(send(&world, tag, 0..30).await.batch, first.batch, "nobody knows it yet");
    let messages = queue.take();
    assert_eq!(messages.len(), 3);
    deliver(&world, messages.clone()).await;
    let wanted = BTreeMap::from([(first.batch, (1, 30)), (second.batch, (1, 30))]);
    assert_eq!(kept(&world.service).await, wanted);
    let before =
        (world.service.chunks().await.unwrap(), world.service.heard_of(tag).await.unwrap());
    deliver(&world, messages).await;
    let now = (world.service.chunks().await.unwrap(), world.service.heard_of(tag).await.unwrap());
    assert_eq!(now, before);
}

#[tokio::test]
async fn a_message_that_makes_no_sense_keeps_back_no_other() {
    let (world, queue) = queued(World::new());
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    let sent = send(&world, tag, 0..30).await;
    let good = queue.take().remove(0);
    let cut = good[..good.len() - 1].to_vec();
    let messages = vec![b"garbage".to_vec(), cut, good, Vec::new()];
    let done = world.service.take_in_queued(messages).await;
    let corrupt = |it: &service::Result<()>| matches!(it, Err(Error::Corrupt(_)));
    assert_eq!(done.iter().map(corrupt).collect::<Vec<_>>(), [true, true, false, true]);
    assert_eq!(done[2], Ok(()));
    assert_eq!(kept(&world.service).await, BTreeMap::from([(sent.batch, (1, 30))]));
}

#[tokio::test]
async fn a_tracker_whose_ring_is_damaged_keeps_back_no_other() {
    let (world, queue) = queued(World::new());
    let tags = [tracker(&world, "a").await, tracker(&world, "b").await];
    world.it_is(1);
    let garbage = Write::put(Row::Ring(tags[0]).key(), Guard::Any, *b"garbage");
    world.table.write(vec![garbage]).await.unwrap();
    for tag in tags {
        send(&world, tag, 0..30).await;
    }
    let done = world.service.take_in_queued(queue.take()).await;
    assert!(matches!(done[0], Err(Error::Corrupt(_))), "{done:?}");
    assert_eq!(done[1], Ok(()));
    assert!(world.service.heard_of(tags[1]).await.unwrap().is_some());
    assert_eq!(kept(&world.service).await.len(), 2, "both are kept all the same");
}

#[tokio::test]
async fn other_fixes_under_a_key_that_was_used_are_refused_or_kept_beside() {
    let (world, queue) = queued(World::new());
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    let batch = |seconds| Batch::of([(tag, fix(seconds))]);
    let accept = |seconds| {
        let (service, batch) = (world.service.clone(), batch(seconds));
        async move { service.accept_fixes(&gateway(), Some("once"), &batch).await }
    };
    let first = accept(1).await.unwrap();
    // Before the first is taken in nobody can know: nothing that was accepted is lost.
    assert!(!accept(2).await.unwrap().duplicate);
    let messages = queue.take();
    deliver(&world, vec![messages[0].clone()]).await;
    deliver(&world, messages.clone()).await;
    deliver(&world, messages).await;
    let all = kept(&world.service).await;
    assert_eq!(all.len(), 2);
    assert!(all.values().all(|it| *it == (1, 1)), "{all:?}");
    assert!(all.contains_key(&first.batch));

    assert!(accept(1).await.unwrap().duplicate);
    assert!(matches!(accept(3).await, Err(Error::Invalid(_))));
    assert!(queue.take().is_empty());
}

#[tokio::test]
async fn a_large_batch_travels_in_parts_and_stays_in_order() {
    let (world, queue) = queued(World::new());
    let tags = [tracker(&world, "a").await, tracker(&world, "b").await];
    world.it_is(24);
    // Nothing alike beside each other, and everything that can be said of a fix.
    let wild = |it: i64| Fix {
        at: after((it * 7_919) % 80_000).plus(it % 1_000),
        radius_95_mm: Some((it * 104_729 % 4_000_000_000) as u32),
        vertical_95_mm: Some((it * 15_485_863 % 4_000_000_000) as u32),
        speed_mm_s: Some((it * 32_452_843 % 4_000_000_000) as u32),
        course_cdeg: Some((it * 7_919 % 36_000) as u16),
        ..fix((it * 7_919) % 80_000)
    };
    let fixes: Vec<_> = (0..5_000).map(|it| ((it % 2) as u32, wild(it))).collect();
    let batch = Batch { trackers: tags.to_vec(), fixes };
    let accepted = world.service.accept_fixes(&gateway(), Some("large"), &batch).await.unwrap();
    assert_eq!(accepted.fixes, 5_000);
    let messages = queue.take();
    assert!(batch.to_bytes().len() < MESSAGE_LEN_MAX || 1 < messages.len());
    deliver(&world, messages).await;
    let mut all = Vec::new();
    for row in world.service.chunks().await.unwrap() {
        for part in world.service.chunk(&row).await.unwrap() {
            let part = Batch::from_bytes(&part.columns).unwrap();
            let named = |(of, fix): (u32, Fix)| (part.trackers[of as usize], fix);
            all.push(part.fixes.iter().copied().map(named).collect::<Vec<_>>());
        }
    }
    let wanted: Vec<_> = batch.fixes.iter().map(|(of, fix)| (tags[*of as usize], *fix)).collect();
    all.sort_by_key(|it| wanted.iter().position(|other| *other == it[0]));
    assert_eq!(all.concat(), wanted);
    let again = world.service.accept_fixes(&gateway(), Some("large"), &batch).await.unwrap();
    assert!(again.duplicate && queue.take().is_empty());
}

/// Every write of the table and every change of a blob fails once, in every way.
#[tokio::test]
async fn no_failure_loses_a_message_or_keeps_one_twice() {
    let mut tried = 0;
    for of_blobs in [false, true] {
        for fault in [Fault::BeforeApply, Fault::AfterApply] {
            for crash in [false, true] {
                for site in 1.. {
                    if !fails_at(of_blobs, fault, crash, site).await {
                        break;
                    }
                    tried += 1;
                }
            }
        }
    }
    println!("{tried} failures while taking in what a queue delivers");
    assert!(tried > 40, "{tried} failures: hardly anything is tested");
}

/// Says whether there was anything to fail.
async fn fails_at(of_blobs: bool, fault: Fault, crash: bool, site: u64) -> bool {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let blobs = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
    let (table, kept_in): (Arc<dyn Table>, Arc<dyn Blobs>) = (faulty.clone(), blobs.clone());
    let world = World::over(Arc::clone(&table), Arc::clone(&kept_in), Arc::new(Counting::from(7)));
    let (world, queue) = queued(world);
    let tags = [tracker(&world, "a").await, tracker(&world, "b").await];
    world.it_is(3);
    let mut accepted = BTreeMap::new();
    for part in 0..8 {
        let tag = tags[part % 2];
        let (from, to) = (part as i64 * 30, part as i64 * 30 + 30);
        accepted.insert(send(&world, tag, (from..to).map(|it| it * 10)).await.batch, (1, 30));
    }
    let messages = queue.take();
    let (writes, changes) = (faulty.writes(), blobs.changes());
    match (of_blobs, crash) {
        (false, false) => faulty.fail_write(site, fault),
        (false, true) => faulty.crash_at_write(site, fault),
        (true, _) => {
            let fault = match fault {
                Fault::BeforeApply => blobs::Fault::BeforeApply,
                Fault::AfterApply => blobs::Fault::AfterApply,
            };
            blobs.crash_at_change(site, fault);
        }
    }
    let mut undone = Vec::new();
    for company in messages.chunks(3) {
        let done = world.service.take_in_queued(company.to_vec()).await;
        undone.extend(std::iter::zip(company, done).filter(|it| it.1.is_err()).map(|it| it.0));
    }
    let reached = if of_blobs { blobs.changes() - changes } else { faulty.writes() - writes };
    faulty.revive();
    blobs.revive();
    let what = format!("blobs {of_blobs}, {fault:?}, crash {crash}, at {site}");
    // Of a process that ends nobody hears what was done: then all comes again, else
    // only what failed. It comes to a new process and in other company.
    let again: Vec<Vec<u8>> = if crash || of_blobs {
        messages.iter().rev().cloned().collect()
    } else {
        undone.into_iter().cloned().collect()
    };
    let next = World::over(table, kept_in, Arc::new(Counting::from(1_000)));
    next.it_is(4);
    deliver(&next, again).await;
    assert_eq!(kept(&next.service).await, accepted, "{what}");
    for batch in accepted.keys() {
        assert!(next.service.chunk_of(*batch).await.unwrap().is_some(), "{what}");
    }
    for tag in tags {
        is_where_it_was(&next, tag, &what).await;
    }
    site <= reached
}

async fn is_where_it_was(world: &World, tag: TrackerId, what: &str) {
    for seconds in [305, 1_155, 2_005] {
        let found = world.service.whereabouts(Subject::Tracker(tag), after(seconds), true).await;
        let found = found.unwrap().unwrap();
        let off_m = distance_m(found.position, place(seconds));
        assert!(off_m < found.radius_95_m.max(60.0), "{what}: {off_m} m off at {seconds} s");
    }
}

proptest! {
    #![proptest_config(depth::of(60, 3_000))]

    /// Messages come twice and more often, in any order and company, to several at once.
    #[test]
    fn however_it_is_delivered_it_counts_once(
        deliveries in prop::collection::vec(prop::collection::vec(0usize..24, 0..12), 0..10),
        at_once in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(count_once(deliveries, at_once));
    }
}

async fn count_once(deliveries: Vec<Vec<usize>>, at_once: bool) {
    let direct = World::on(Arc::new(Memory::new()));
    let (world, queue) = queued(World::on(Arc::new(Memory::new())));
    let mut accepted = BTreeMap::new();
    let mut tags = Vec::new();
    for name in ["a", "b", "c"] {
        tags.push(tracker(&direct, name).await);
        tracker(&world, name).await;
    }
    for part in 0..24 {
        let tag = tags[part % 3];
        let (from, to) = (part as i64 * 10, part as i64 * 10 + 10);
        for world in [&direct, &world] {
            world.clock_at(after(to * 10));
            let sent = send(world, tag, (from..to).map(|it| it * 10)).await;
            accepted.insert(sent.batch, (1, 10));
        }
    }
    direct.projector.catch_up().await.unwrap();
    let messages = queue.take();
    let company = |of: &[usize]| of.iter().map(|it| messages[*it].clone()).collect::<Vec<_>>();
    let mut running = Vec::new();
    for delivery in &deliveries {
        let (service, messages) = (world.service.clone(), company(delivery));
        let taken = async move { service.take_in_queued(messages).await };
        if at_once {
            running.push(tokio::spawn(taken));
        } else {
            assert!(taken.await.iter().all(Result::is_ok));
        }
    }
    for one in running {
        assert!(one.await.unwrap().iter().all(Result::is_ok));
    }
    // What was not delivered yet comes at last.
    deliver(&world, company(&(0..24).collect::<Vec<_>>())).await;
    assert_eq!(kept(&world.service).await, accepted);
    let names = world.blobs.list(None, None, 1_000).await.unwrap().len();
    assert_eq!(names, world.service.chunks().await.unwrap().len(), "a blob without a row");
    for tag in tags {
        let (heard, wanted) = (
            world.service.heard_of(tag).await.unwrap(),
            direct.service.heard_of(tag).await.unwrap(),
        );
        assert_eq!(heard, wanted);
        is_where_it_was(&world, tag, "delivered anyhow").await;
    }
}

#[tokio::test]
async fn what_came_late_by_the_queue_changes_the_past() {
    let (world, queue) = queued(World::on(Arc::new(Memory::new())));
    let tag = tracker(&world, "tag").await;
    world.service.seal_reels().await.unwrap();
    world.it_is(5);
    send(&world, tag, (0..30).map(|it| it * 10)).await;
    deliver(&world, queue.take()).await;
    let day = service::keys::day(after(0));
    let late = Row::Reel(day, service::keys::ReelPart::Late, 0).key();
    assert!(world.table.get(&late).await.unwrap().is_some(), "the first hour changed");
    world.service.seal_reels().await.unwrap();
}

/// Batches of 25 fixes of one vehicle each, every one a message.
async fn units_per_fix(company: usize) -> f64 {
    const VEHICLES: i64 = 200;
    let (world, queue) = queued(World::on(Arc::new(Memory::new())));
    let mut tags = Vec::new();
    for number in 0..VEHICLES {
        tags.push(tracker(&world, &format!("tag {number}")).await);
    }
    world.it_is(3);
    world.projector.catch_up().await.unwrap();
    let by = Attribution { actor: "trk_device".to_owned(), ..gateway() };
    let round = |turn: i64| {
        let each = tags
            .iter()
            .map(move |tag| Batch::of((0..25).map(|it| (*tag, fix(turn * 250 + it * 10)))));
        each.collect::<Vec<_>>()
    };
    let mut before = None;
    for turn in 0..12 {
        // The rings are full, and what one round adds goes on as the one before.
        if turn == 4 {
            before = Some(world.table.usage().write_units);
        }
        for batch in round(turn) {
            world.service.accept_fixes(&by, None, &batch).await.unwrap();
        }
        for messages in queue.take().chunks(company) {
            deliver(&world, messages.to_vec()).await;
        }
        world.projector.catch_up().await.unwrap();
    }
    world.it_is(4 + 8 * 24);
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 12 * VEHICLES as usize);
    let units = world.table.usage().write_units - before.unwrap();
    units as f64 / (8 * 25 * VEHICLES) as f64
}

#[tokio::test]
async fn a_fix_by_the_queue_costs_little_more_than_a_write_unit_at_worst() {
    let alone = units_per_fix(1).await;
    let together = units_per_fix(200).await;
    println!("write units per fix by the queue: {alone:.3} alone, {together:.3} in company");
    assert!(alone <= 1.2, "{alone}");
    assert!(together <= 0.6, "{together}");
}
