//! The history by tracker: fixes of days that are over are in files, each once, but
//! those of people; whoever is stopped writes the same again.

use std::sync::Arc;

use blobs::{BlobName, Blobs, ObjectBlobs};
use domain::{
    event::Fact,
    fixes::Batch,
    id::{Subject, TrackerId},
    record::{Record, TrackerRecord},
    time::{DAY, HOUR},
};
use service::fixes::FixesCompacted;
use table::{Memory, Table};

use crate::{
    fixes::{after, fix, gateway, tracker},
    world::{Counting, World},
};

async fn person(world: &World) -> TrackerId {
    let id = TrackerId::derive(&[b"a person's"]);
    let record = Record::Tracker(TrackerRecord { name: "Ada's phone".to_owned(), person: true });
    world.say(Subject::Tracker(id), 0, Fact::Registered(Box::new(record))).await.unwrap();
    id
}

/// Two days of fixes of a lorry and of a person, a batch every hour, sealed as they come.
async fn two_days(world: &World) -> u64 {
    let (tag, person) = (tracker(world, "tag").await, person(world).await);
    let mut count = 0;
    for hour in 0..48 {
        world.clock_at(after(hour * 3_600 + 300));
        let fixes = (0..20).flat_map(|it| {
            let seconds = hour * 3_600 + it * 10;
            [(tag, fix(seconds)), (person, fix(seconds))]
        });
        world.service.accept_fixes(&gateway(), None, &Batch::of(fixes)).await.unwrap();
        world.projector.catch_up().await.unwrap();
        world.clock_at(after(hour * 3_600 + 600));
        while world.service.seal_fixes().await.unwrap().more {}
        count += 20;
    }
    count
}

async fn files(blobs: &dyn Blobs) -> Vec<(String, u64)> {
    let folder = BlobName::new("history/fixes").unwrap();
    let all = blobs.list(Some(&folder), None, 100).await.unwrap();
    all.into_iter().map(|it| (it.name.to_string(), it.len)).collect()
}

fn world() -> (World, Arc<blobs::Faulty>, Arc<table::Faulty>) {
    let blobs = Arc::new(blobs::Faulty::new(Arc::new(ObjectBlobs::in_memory())));
    let table = Arc::new(table::Faulty::new(Arc::new(Memory::default())));
    let on = Arc::clone(&table) as Arc<dyn Table>;
    (World::over(on, blobs.clone(), Arc::new(Counting::default())), blobs, table)
}

#[tokio::test]
async fn days_that_are_over_are_in_files_once_and_nobody_s_way_is() {
    let (world, blobs, _) = world();
    let count = two_days(&world).await;
    let first = world.service.compact_fixes().await.unwrap();
    assert!(first.fixes < count && first.files == 1, "the second day is not over: {first:?}");
    world.clock_at(after(48 * 3_600).plus(DAY));
    let second = world.service.compact_fixes().await.unwrap();
    assert_eq!(first.fixes + second.fixes, count);
    assert_eq!(world.service.compact_fixes().await.unwrap(), FixesCompacted::default());
    assert_eq!(files(&*blobs).await.len(), first.files + second.files);
}

#[tokio::test]
async fn whatever_fails_the_files_are_the_same() {
    let (plain, blobs, _) = world();
    two_days(&plain).await;
    plain.clock_at(after(72 * 3_600).plus(HOUR));
    plain.service.compact_fixes().await.unwrap();
    let expected = files(&*blobs).await;
    assert!(2 <= expected.len());
    for of_blobs in [false, true] {
        for applied in [false, true] {
            for site in 1..=2 {
                let (world, blobs, table) = world();
                two_days(&world).await;
                world.clock_at(after(72 * 3_600).plus(HOUR));
                match (of_blobs, applied) {
                    (false, false) => table.fail_write(site, table::Fault::BeforeApply),
                    (false, true) => table.fail_write(site, table::Fault::AfterApply),
                    (true, false) => blobs.fail_change(site, blobs::Fault::BeforeApply),
                    (true, true) => blobs.fail_change(site, blobs::Fault::AfterApply),
                }
                assert!(world.service.compact_fixes().await.is_err(), "nothing failed");
                world.service.compact_fixes().await.unwrap();
                assert_eq!(files(&*blobs).await, expected);
            }
        }
    }
}
