//! Batches of fixes leave the table for chunks: each for exactly one, whatever
//! fails, and everything that follows from them stays as it was.

use std::{collections::BTreeMap, sync::Arc};

use blobs::{Blobs, ObjectBlobs};
use domain::{
    fixes::Batch,
    id::{Subject, TrackerId},
    time::{DAY, MINUTE},
};
use service::{
    Error, Service,
    fixes::{CHUNK_LEN, MARKED_FOR},
    keys::{Row, trail_shard, trail_span},
    projector::Projector,
};
use table::{Fault, Faulty, Guard, Memory, Scan, Table, Write};

use crate::{
    fixes::{after, fix, gateway, send, tracker},
    world::{Counting, World},
};

/// Seals until there is nothing more to seal.
async fn seal(service: &Service) -> usize {
    let mut chunks = 0;
    loop {
        let sealed = service.seal_fixes().await.unwrap();
        chunks += sealed.chunks;
        if !sealed.more {
            return chunks;
        }
    }
}

/// Every batch that a chunk keeps, and in how many; every chunk is read whole.
async fn kept(service: &Service) -> BTreeMap<[u8; 16], usize> {
    let mut all = BTreeMap::new();
    for row in service.chunks().await.unwrap() {
        let batches = service.chunk(&row).await.unwrap();
        assert_eq!(row.batches, batches.len() as u64);
        let head = service.chunk_head(&row).await.unwrap();
        assert_eq!(head.trackers.iter().map(|it| it.fixes).sum::<u64>(), row.fixes);
        for batch in batches {
            *all.entry(batch.id).or_default() += 1;
        }
    }
    all
}

async fn answers(world: &World, tag: TrackerId) -> Vec<String> {
    let mut all = vec![format!("{:?}", world.service.heard_of(tag).await.unwrap())];
    for seconds in [5, 155, 333, 605, 1100, 2000] {
        let found = world.service.whereabouts(Subject::Tracker(tag), after(seconds), true).await;
        all.push(format!("{:?}", found.unwrap()));
    }
    all
}

#[tokio::test]
async fn a_sealed_batch_is_known_and_its_fixes_stay_where_they_were() {
    let world = World::new();
    let tag = tracker(&world, "tag").await;
    world.clock_at(after(1_300));
    let mut batches = Vec::new();
    for part in 0..4 {
        batches.push(send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await.batch);
    }
    let key = Some("once");
    let one = Batch::of([(tag, fix(1_250))]);
    batches.push(world.service.accept_fixes(&gateway(), key, &one).await.unwrap().batch);
    assert_eq!(seal(&world.service).await, 0, "nothing is sealed that was not taken in");
    world.projector.catch_up().await.unwrap();
    let before = answers(&world, tag).await;
    assert_eq!(seal(&world.service).await, 0, "they are few and young");

    world.clock_at(after(1_300).plus(MINUTE));
    assert_eq!(seal(&world.service).await, 1);
    assert_eq!(kept(&world.service).await, batches.iter().map(|it| (*it, 1)).collect());
    for batch in &batches {
        let value = world.table.get(&Row::Batch(*batch).key()).await.unwrap().unwrap().value;
        assert!(value.len() < 100, "a marker of {} bytes", value.len());
        assert_eq!(world.service.chunk_of(*batch).await.unwrap().unwrap().batches, 5);
    }
    world.projector.catch_up().await.unwrap();
    assert_eq!(answers(&world, tag).await, before);
    assert_eq!(seal(&world.service).await, 0);

    assert!(send(&world, tag, (0..30).map(|it| it * 10)).await.duplicate);
    assert!(world.service.accept_fixes(&gateway(), key, &one).await.unwrap().duplicate);
    let other = Batch::of([(tag, fix(1_251))]);
    let other = world.service.accept_fixes(&gateway(), key, &other).await;
    assert!(matches!(other, Err(Error::Invalid(_))), "other fixes under a key that was used");
}

#[tokio::test]
async fn chunks_are_sealed_early_when_there_is_much() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.it_is(24);
    let mut len = 0;
    for part in 0..120 {
        let batch = Batch::of((part * 5_000..(part + 1) * 5_000).map(|it| {
            // Nothing alike beside each other, so that columns are long.
            let spread = (it * 7_919) % 80_000;
            (tag, domain::motion::Fix { at: after(spread).plus(it % 1_000), ..fix(spread) })
        }));
        len += batch.to_bytes().len() as u64;
        world.service.accept_fixes(&gateway(), None, &batch).await.unwrap();
    }
    world.projector.catch_up().await.unwrap();
    let chunks = seal(&world.service).await as u64;
    assert!((len / CHUNK_LEN - 1..=len / CHUNK_LEN).contains(&chunks), "{chunks} for {len} bytes");
    let rows = world.service.chunks().await.unwrap();
    assert!(rows.iter().all(|it| it.len < CHUNK_LEN * 3 / 2), "{rows:?}");
}

/// Every write of the table and every change of a blob fails once, in every way.
#[tokio::test]
async fn no_failure_loses_a_batch_or_keeps_one_twice() {
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
    println!("{tried} failures while sealing");
    assert!(tried > 50, "{tried} failures: hardly anything is tested");
}

/// Says whether there was anything to fail.
async fn fails_at(of_blobs: bool, fault: Fault, crash: bool, site: u64) -> bool {
    let faulty = Arc::new(Faulty::new(Arc::new(Memory::new())));
    let blobs = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
    let (table, kept_in): (Arc<dyn Table>, Arc<dyn Blobs>) = (faulty.clone(), blobs.clone());
    let world = World::over(Arc::clone(&table), Arc::clone(&kept_in), Arc::new(Counting::from(7)));
    let tag = tracker(&world, "tag").await;
    world.it_is(3);
    let mut accepted = BTreeMap::new();
    for part in 0..8 {
        let sent = send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
        accepted.insert(sent.batch, 1);
    }
    world.projector.catch_up().await.unwrap();
    world.it_is(4);
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
    for _ in 0..4 {
        let _ = world.service.seal_fixes().await;
    }
    let reached = if of_blobs { blobs.changes() - changes } else { faulty.writes() - writes };
    faulty.revive();
    blobs.revive();
    // More comes before anybody goes on, in a new process.
    let next = World::over(table, kept_in, Arc::new(Counting::from(1_000)));
    next.it_is(5);
    accepted.insert(send(&next, tag, (300..320).map(|it| it * 10)).await.batch, 1);
    Projector::new(next.service.clone()).catch_up().await.unwrap();
    next.it_is(6);
    seal(&next.service).await;
    let what = format!("blobs {of_blobs}, {fault:?}, crash {crash}, at {site}");
    assert_eq!(kept(&next.service).await, accepted, "{what}");
    let names = blobs.list(None, None, 100).await.unwrap().len();
    assert_eq!(names, next.service.chunks().await.unwrap().len(), "{what}: a blob without a row");
    for shard in [b"x".to_vec(), vec![b'y', 0], vec![b'y', 1], vec![b'y', 2], vec![b'y', 3]] {
        let left = next.table.scan(Scan::whole(shard, 10)).await.unwrap().entries;
        assert!(left.is_empty(), "{what}: {left:?}");
    }
    site <= reached
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_may_seal_at_once() {
    for round in 0..20 {
        let world = World::on(Arc::new(Memory::new()));
        let tag = tracker(&world, "tag").await;
        world.it_is(2);
        let mut accepted = BTreeMap::new();
        for part in 0..40 {
            let sent = send(&world, tag, (part * 5..part * 5 + 5).map(|it| it * 10)).await;
            accepted.insert(sent.batch, 1);
            if part % 4 == 0 {
                world.projector.catch_up().await.unwrap();
            }
        }
        world.projector.catch_up().await.unwrap();
        world.it_is(3);
        let each = (0..4).map(|_| {
            let service = world.service.clone();
            tokio::spawn(async move { seal(&service).await })
        });
        for one in each.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        assert_eq!(kept(&world.service).await, accepted, "round {round}");
    }
}

#[tokio::test]
async fn after_a_week_the_same_batch_again_does_no_harm() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.it_is(1);
    for part in 0..8 {
        send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
    }
    world.projector.catch_up().await.unwrap();
    world.it_is(2);
    assert_eq!(seal(&world.service).await, 1);
    let before = answers(&world, tag).await;
    world.clock_at(after(7_200).plus(MARKED_FOR - DAY / 2));
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 0);
    assert!(send(&world, tag, (0..30).map(|it| it * 10)).await.duplicate);
    world.clock_at(after(7_200).plus(MARKED_FOR + DAY / 2));
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 8);
    assert_eq!(world.service.seal_fixes().await.unwrap().markers_removed, 0);

    assert!(!send(&world, tag, (0..30).map(|it| it * 10)).await.duplicate);
    world.projector.catch_up().await.unwrap();
    // It was heard of again; where it was is the same, and as sure.
    assert_eq!(answers(&world, tag).await[1..], before[1..]);
}

#[tokio::test]
async fn rings_and_trails_are_made_again_from_chunks() {
    let world = World::new();
    let tag = tracker(&world, "tag").await;
    world.it_is(2);
    for part in 0..8 {
        send(&world, tag, (part * 30..part * 30 + 30).map(|it| it * 10)).await;
        world.projector.catch_up().await.unwrap();
        if part == 5 {
            world.it_is(3);
            assert_eq!(seal(&world.service).await, 1);
        }
    }
    let before = answers(&world, tag).await;
    let trails = trail_shard(tag, trail_span(after(0)));
    let mut gone = world.table.scan(Scan::whole(trails, 1_000)).await.unwrap().entries;
    assert!(!gone.is_empty());
    gone.extend(world.table.get(&Row::Ring(tag).key()).await.unwrap());
    for entry in gone {
        world.table.write(vec![Write::delete(entry.key, Guard::Any)]).await.unwrap();
    }
    world.service.rebuild(|_| ()).await.unwrap();
    world.projector.catch_up().await.unwrap();
    let now = answers(&world, tag).await;
    assert_eq!(now[0], before[0], "when and where it was measured last");
    for seconds in [5, 155, 333, 605, 1100, 2000] {
        let subject = Subject::Tracker(tag);
        let found = world.service.whereabouts(subject, after(seconds), true).await.unwrap();
        let off_m =
            domain::geodesy::distance_m(found.unwrap().position, crate::fixes::place(seconds));
        assert!(off_m < 20.0, "{off_m} m off at {seconds} s");
    }
    world.it_is(5);
    assert_eq!(seal(&world.service).await, 1, "what no chunk kept yet is not forgotten");
}

#[tokio::test]
async fn the_past_is_sealed_on_when_batches_have_become_chunks() {
    let world = World::on(Arc::new(Memory::new()));
    let tag = tracker(&world, "tag").await;
    world.service.seal_reels().await.unwrap();
    world.it_is(2);
    send(&world, tag, (0..30).map(|it| it * 10)).await;
    world.projector.catch_up().await.unwrap();
    world.it_is(3);
    assert_eq!(seal(&world.service).await, 1);
    world.service.seal_reels().await.unwrap();
}
